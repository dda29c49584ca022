//! A line on standard error while the run goes on.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Shows how far a run is: once a second in place on a terminal, every five seconds as a line elsewhere.
#[derive(Debug)]
pub(super) struct Display {
    every: Option<Duration>,
    terminal: bool,
    last: Instant,
    shown: usize,
}

impl Display {
    pub(super) fn new(quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let every = Duration::from_secs(if terminal { 1 } else { 5 });
        Self { every: (!quiet).then_some(every), terminal, last: Instant::now(), shown: 0 }
    }

    /// Time since the last line, if it is time for another.
    pub(super) fn is_due(&mut self, now: Instant) -> Option<Duration> {
        let passed = now.duration_since(self.last);
        let due = self.every.is_some_and(|every| passed >= every);
        if due {
            self.last = now;
        }
        due.then_some(passed)
    }

    /// Shows a line.
    pub(super) fn show(&mut self, line: &str) {
        let mut out = std::io::stderr().lock();
        // What standard error cannot take is not worth ending the run for.
        let _ =
            if self.terminal { write!(out, "\r{line:<width$}", width = self.shown) } else { writeln!(out, "{line}") };
        let _ = out.flush();
        self.shown = line.chars().count();
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if self.terminal && self.shown > 0 {
            let _ = write!(std::io::stderr(), "\r{:<width$}\r", "", width = self.shown);
        }
    }
}
