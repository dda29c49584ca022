//! One line: taken from an event, rendered as text or as JSON.

use std::fmt::{self, Debug, Write};
use std::time::Duration;

use crossdock_schema::Level;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata};

use super::clock::Clock;
use super::module::Module;
use super::settings::Resolved;

/// Longest text of a line, in bytes.
const MAX_TEXT: usize = 2048;

/// Fields that say a level and are not part of the text.
const NOTICE: &str = "notice";
const CRITICAL: &str = "critical";

/// The level of events with this metadata.
pub(super) fn level(metadata: &Metadata<'_>) -> Level {
    let has = |name: &str| metadata.fields().field(name).is_some();
    match *metadata.level() {
        tracing::Level::TRACE => Level::Trace,
        tracing::Level::DEBUG => Level::Debug,
        tracing::Level::INFO if has(NOTICE) => Level::Notice,
        tracing::Level::INFO => Level::Info,
        tracing::Level::WARN => Level::Warning,
        tracing::Level::ERROR if has(CRITICAL) => Level::Critical,
        tracing::Level::ERROR => Level::Error,
    }
}

/// What a line says.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) module: Module,
    pub(super) level: Level,
    pub(super) text: String,
    pub(super) file: Option<&'static str>,
    pub(super) source_line: Option<u32>,
    /// Time since 1970.
    pub(super) time: Duration,
}

impl Line {
    pub(super) fn new(event: &Event<'_>, time: Duration) -> Self {
        let metadata = event.metadata();
        let mut text = Text(String::with_capacity(128));
        event.record(&mut text);
        Line {
            module: Module::of_target(metadata.target()),
            level: level(metadata),
            text: text.0,
            file: metadata.file(),
            source_line: metadata.line(),
            time,
        }
    }
    /// `2026-11-22 13:33:09.123456 +0100 SERVER (notice) text (file:line)`
    pub(super) fn render_text(&self, settings: &Resolved, clock: &mut Clock, out: &mut String) {
        if settings.timestamp {
            clock.render(self.time, out);
            out.push(' ');
        }
        out.push_str(self.module.name());
        out.push_str(" (");
        out.push_str(self.level.as_str());
        out.push_str(") ");
        push_on_one_line(&self.text, out);
        if settings.source
            && let (Some(file), Some(line)) = (self.file, self.source_line)
        {
            // Writing to a String cannot fail.
            let _ = write!(out, " ({file}:{line})");
        }
        out.push('\n');
    }

    /// `{"time":"2026-11-22T13:33:09.123456+01:00","module":"SERVER","level":"notice","text":"…","file":"…","line":7}`
    pub(super) fn render_json(&self, settings: &Resolved, clock: &mut Clock, out: &mut String) {
        out.push('{');
        if settings.timestamp {
            let mut time = String::new();
            clock.render(self.time, &mut time);
            out.push_str("\"time\":");
            push_json(&time, out);
            out.push(',');
        }
        let _ = write!(out, "\"module\":\"{}\",\"level\":\"{}\",\"text\":", self.module.name(), self.level);
        push_json(&self.text, out);
        if settings.source
            && let (Some(file), Some(line)) = (self.file, self.source_line)
        {
            out.push_str(",\"file\":");
            push_json(file, out);
            let _ = write!(out, ",\"line\":{line}");
        }
        out.push_str("}\n");
    }
}

/// Text from peers may hold anything; it must neither begin a new line nor command a terminal.
fn push_on_one_line(text: &str, out: &mut String) {
    let is_harmless = |letter: char| !letter.is_control() || letter == '\t';
    if text.chars().all(is_harmless) {
        out.push_str(text);
        return;
    }
    for letter in text.chars() {
        if is_harmless(letter) {
            out.push(letter);
        } else {
            out.extend(letter.escape_default());
        }
    }
}

fn push_json(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// Collects the text of an event: the message, then all other fields as ` name=value`, at most [`MAX_TEXT`] bytes.
struct Text(String);

impl Write for Text {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = MAX_TEXT.saturating_sub(self.0.len());
        let end = piece.floor_char_boundary(room);
        self.0.push_str(piece.get(..end).unwrap_or_default());
        // Whoever formats a long value can stop here.
        if end < piece.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // The only error is that the line is full.
        let _ = match field.name() {
            NOTICE | CRITICAL => Ok(()),
            "message" if self.0.is_empty() => write!(self, "{value:?}"),
            "message" => {
                let fields = std::mem::take(&mut self.0);
                write!(self, "{value:?}{fields}")
            }
            name => write!(self, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.record_debug(field, &format_args!("{value}"));
        } else {
            self.record_debug(field, &value);
        }
    }
}
