//! Log lines as qdrouterd writes them, from `tracing` events.
//!
//! An event's target is its module (`SERVER`, `ROUTER_CORE`, …; other targets count as `SERVER`). Its level is tracing's,
//! with two more: a field called `notice` makes an info event a notice, a field called `critical` an error critical:
//!
//! ```text
//! tracing::info!(target: "SERVER", notice = true, "Operational, {threads} Threads Running (process ID {pid})");
//! tracing::error!(target: "MAIN", critical = true, "Router start-up failed: {reason}");
//! ```
//!
//! Since module and level are known from the call site alone, a call site that is switched off costs one load: tracing
//! caches the answer of [`LogLayer::register_callsite`]. A line that is written takes one lock, for the clock, the sink
//! and the list of recent lines.
//!
//! [`Logging`] is the handle: it applies a configuration, changes one module while the router runs, and tells the
//! recent lines and the counts for management.

mod clock;
mod line;
mod module;
mod settings;
mod sink;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossdock_net::{LogBook, LogLine};
use crossdock_schema::{Configuration, Level, LevelSet, Log, LogFormat};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use clock::Clock;
use line::Line;
use module::{MODULES, Module};
use settings::{Resolved, Settings};
use sink::Sinks;

/// Lines kept for management.
const RECENT_LINES: usize = 1000;

/// A line written lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecentLine {
    pub(crate) module: &'static str,
    pub(crate) level: Level,
    pub(crate) text: String,
    pub(crate) file: Option<&'static str>,
    pub(crate) line: Option<u32>,
    /// Time since 1970.
    pub(crate) time: Duration,
}

/// The log of this process. Clones are the same log.
#[derive(Debug, Clone)]
pub(crate) struct Logging(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Levels wanted by each module, apart from the rest so that call sites can ask without a lock.
    levels: [AtomicU8; MODULES.len()],
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    settings: Settings,
    resolved: Vec<Resolved>,
    sinks: Sinks,
    clock: Clock,
    recent: VecDeque<RecentLine>,
    counts: [[u64; Level::ALL.len()]; MODULES.len()],
    buffer: String,
}

impl Logging {
    /// The log before any configuration is known: info and above to stderr.
    pub(crate) fn new() -> Self {
        // stderr, the only sink by default, cannot fail to open.
        Self::with(Settings::default()).unwrap_or_else(|(logging, _)| logging)
    }

    /// A log that writes to this file what would go to stderr or stdout.
    ///
    /// # Errors
    ///
    /// The file cannot be opened.
    pub(crate) fn in_file(file: &Path) -> Result<Self, String> {
        let streams = Some(file.display().to_string());
        Self::with(Settings::default().with_streams(streams)).map_err(|(_, problem)| problem)
    }

    fn with(settings: Settings) -> Result<Self, (Self, String)> {
        let state = State {
            settings: Settings::default(),
            resolved: Vec::new(),
            sinks: Sinks::default(),
            clock: Clock::new(None, false, LogFormat::Text),
            recent: VecDeque::new(),
            counts: Default::default(),
            buffer: String::new(),
        };
        let logging = Logging(Arc::new(Shared { levels: Default::default(), state: Mutex::new(state) }));
        match logging.adopt(settings) {
            Ok(()) => Ok(logging),
            Err(problem) => Err((logging, problem)),
        }
    }

    /// Makes this the log of the whole process; call it once.
    pub(crate) fn install(&self) {
        // It fails when another subscriber has been installed, which then stays.
        let _ = tracing::subscriber::set_global_default(self.subscriber());
    }

    /// Makes this the log of what `act` does on this thread.
    pub(crate) fn install_while<T>(&self, act: impl FnOnce() -> T) -> T {
        tracing::subscriber::with_default(self.subscriber(), act)
    }

    fn subscriber(&self) -> impl Subscriber + Send + Sync + 'static {
        tracing_subscriber::registry().with(self.layer())
    }

    /// The layer that writes this log.
    pub(crate) fn layer(&self) -> LogLayer {
        LogLayer(self.clone())
    }

    /// Follows the `log` sections and the log attributes of the router. `format` overrules `router.logFormat`.
    ///
    /// # Errors
    ///
    /// A file cannot be opened. Nothing has changed then.
    pub(crate) fn apply(&self, configuration: &Configuration, format: Option<LogFormat>) -> Result<(), String> {
        let streams = self.state().settings.streams.clone();
        self.adopt(Settings::new(configuration, format).with_streams(streams))
    }

    /// Changes what one module logs; attributes that are absent stay as they are.
    ///
    /// # Errors
    ///
    /// A file cannot be opened. Nothing has changed then.
    pub(crate) fn update(&self, change: &Log) -> Result<(), String> {
        let mut settings = self.state().settings.clone();
        settings.merge(change);
        self.adopt(settings)
    }

    /// The newest `limit` lines, oldest first.
    pub(crate) fn recent(&self, limit: usize) -> Vec<RecentLine> {
        let state = self.state();
        let skipped = state.recent.len().saturating_sub(limit);
        state.recent.iter().skip(skipped).cloned().collect()
    }

    /// Lines a module has written since the start, by level from trace to critical.
    pub(crate) fn counts(&self, module: &str) -> [u64; Level::ALL.len()] {
        let module = Module::all().find(|known| known.name() == module);
        let index = module.map(Module::index);
        index.and_then(|index| self.state().counts.get(index).copied()).unwrap_or_default()
    }

    fn adopt(&self, settings: Settings) -> Result<(), String> {
        {
            let mut state = self.state();
            let resolved: Vec<Resolved> = Module::all().map(|module| settings.resolve(module)).collect();
            let outputs = resolved.iter().map(|resolved| &resolved.output);
            state.sinks.open(outputs)?;
            state.clock = Clock::new(settings.time_format.as_deref(), settings.utc, settings.format);
            for (levels, resolved) in self.0.levels.iter().zip(&resolved) {
                levels.store(resolved.levels.bits(), Ordering::Relaxed);
            }
            state.resolved = resolved;
            state.settings = settings;
        }
        // Asks all layers again about all call sites; the lock must be free.
        tracing::callsite::rebuild_interest_cache();
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn levels(&self, module: Module) -> LevelSet {
        let bits = self.0.levels.get(module.index()).map_or(0, |levels| levels.load(Ordering::Relaxed));
        LevelSet::from_bits(bits)
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        self.levels(Module::of_target(metadata.target())).contains(line::level(metadata))
    }
}

/// What management does with the log.
impl LogBook for Logging {
    fn update(&self, log: &Log) -> Result<(), String> {
        Logging::update(self, log)
    }

    fn counts(&self, module: &str) -> [u64; Level::ALL.len()] {
        Logging::counts(self, module)
    }

    fn for_each_recent(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>) {
        // Copied, since a visitor that logged would wait for itself.
        for line in self.recent(RECENT_LINES).iter().rev() {
            let line = LogLine {
                module: line.module,
                level: line.level.as_str(),
                text: &line.text,
                source: line.file.zip(line.line),
                time: i64::try_from(line.time.as_secs()).unwrap_or(i64::MAX),
            };
            if visit(&line).is_break() {
                return;
            }
        }
    }
}

impl State {
    fn write(&mut self, line: Line) {
        let Some(resolved) = self.resolved.get(line.module.index()) else { return };
        self.buffer.clear();
        match self.settings.format {
            LogFormat::Text => line.render_text(resolved, &mut self.clock, &mut self.buffer),
            LogFormat::Json => line.render_json(resolved, &mut self.clock, &mut self.buffer),
        }
        self.sinks.write(&resolved.output, &line, &self.buffer);
        if let Some(count) =
            self.counts.get_mut(line.module.index()).and_then(|counts| counts.get_mut(line.level as usize))
        {
            *count += 1;
        }
        if self.recent.len() >= RECENT_LINES {
            self.recent.pop_front();
        }
        self.recent.push_back(RecentLine {
            module: line.module.name(),
            level: line.level,
            text: line.text,
            file: line.file,
            line: line.source_line,
            time: line.time,
        });
    }
}

/// Writes events to a [`Logging`].
#[derive(Debug)]
pub(crate) struct LogLayer(Logging);

impl<S: Subscriber> Layer<S> for LogLayer {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if !metadata.is_span() && self.0.wants(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.0.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let lowest = Module::all().filter_map(|module| self.0.levels(module).lowest()).min();
        Some(lowest.map_or(LevelFilter::OFF, |level| match level {
            Level::Trace => LevelFilter::TRACE,
            Level::Debug => LevelFilter::DEBUG,
            Level::Info | Level::Notice => LevelFilter::INFO,
            Level::Warning => LevelFilter::WARN,
            Level::Error | Level::Critical => LevelFilter::ERROR,
        }))
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // Another layer may have wanted the event.
        if self.0.wants(event.metadata()) {
            let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let line = Line::new(event, time);
            self.0.state().write(line);
        }
    }
}

#[cfg(test)]
mod tests;
