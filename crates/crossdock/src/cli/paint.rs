//! Colours, on terminals only.

use std::fmt;
use std::io::IsTerminal;

/// Whether to colour what goes to one stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    /// Colours if the stream is a terminal that can show them and nobody has asked for none (NO_COLOR).
    pub(super) fn on(stream: &impl IsTerminal) -> Paint {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let unable = std::env::var_os("TERM").is_none_or(|terminal| terminal == "dumb");
        Paint(stream.is_terminal() && !unwanted && !unable)
    }

    pub(super) fn red(self, text: impl fmt::Display) -> String {
        self.colour("31;1", text)
    }

    pub(super) fn yellow(self, text: impl fmt::Display) -> String {
        self.colour("33;1", text)
    }

    pub(super) fn green(self, text: impl fmt::Display) -> String {
        self.colour("32;1", text)
    }

    fn colour(self, code: &str, text: impl fmt::Display) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}
