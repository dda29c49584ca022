//! What is logged and where to: as configured, and with inheritance from module DEFAULT worked out.

use crossdock_schema::{Configuration, Level, LevelSet, Log, LogFormat, LogModule};

use super::module::{MODULES, Module};
use super::sink::Output;

/// The settings of the whole log.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    /// By module; what is absent comes from DEFAULT.
    wishes: Vec<Wishes>,
    pub(super) format: LogFormat,
    pub(super) time_format: Option<String>,
    pub(super) utc: bool,
    /// A file in the place of the standard streams.
    pub(super) streams: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Wishes {
    levels: Option<LevelSet>,
    timestamp: Option<bool>,
    source: Option<bool>,
    output: Option<Output>,
}

/// The settings of one module.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resolved {
    pub(super) levels: LevelSet,
    pub(super) timestamp: bool,
    pub(super) source: bool,
    pub(super) output: Output,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            wishes: vec![Wishes::default(); MODULES.len()],
            format: LogFormat::Text,
            time_format: None,
            utc: false,
            streams: None,
        }
    }
}

impl Settings {
    pub(super) fn new(configuration: &Configuration, format: Option<LogFormat>) -> Self {
        let router = &configuration.router;
        let mut settings = Settings {
            format: format.unwrap_or(router.log_format),
            time_format: router.timestamp_format.clone(),
            utc: router.timestamps_in_utc,
            ..Settings::default()
        };
        for log in &configuration.logs {
            settings.merge(&log.value);
        }
        settings
    }

    /// The same with a file in the place of the standard streams.
    pub(super) fn with_streams(self, streams: Option<String>) -> Self {
        Settings { streams, ..self }
    }

    /// Takes over what `log` says about its module.
    pub(super) fn merge(&mut self, log: &Log) {
        let Some(wishes) = self.wishes.get_mut(Module::from(log.module).index()) else { return };
        if let Some(Ok(levels)) = log.enable.as_deref().map(LevelSet::parse) {
            wishes.levels = levels;
        }
        wishes.timestamp = log.include_timestamp.or(wishes.timestamp);
        wishes.source = log.include_source.or(wishes.source);
        if let Some(name) = &log.output_file {
            wishes.output = Some(Output::named(name));
        }
    }

    pub(super) fn resolve(&self, module: Module) -> Resolved {
        let nothing = Wishes::default();
        let own = self.wishes.get(module.index()).unwrap_or(&nothing);
        let default = self.wishes.get(Module::from(LogModule::Default).index()).unwrap_or(&nothing);
        let mut output = own.output.clone().or_else(|| default.output.clone()).unwrap_or(Output::Stderr);
        if let (Output::Stderr | Output::Stdout, Some(file)) = (&output, &self.streams) {
            output = Output::File(file.clone());
        }
        Resolved {
            levels: own.levels.or(default.levels).unwrap_or(LevelSet::and_above(Level::Info)),
            // The system log has its own clock.
            timestamp: own.timestamp.or(default.timestamp).unwrap_or(true) && output != Output::Syslog,
            source: own.source.or(default.source).unwrap_or(false),
            output,
        }
    }
}
