//! Signals that stop the router.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// TERM, QUIT and INT stop; HUP is caught and means nothing.
pub(crate) struct StopSignals {
    term: Signal,
    quit: Signal,
    int: Signal,
    hup: Signal,
}

/// Which signal it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Terminate,
    Interrupt,
}

impl StopSignals {
    pub(crate) fn install() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            quit: signal(SignalKind::quit())?,
            int: signal(SignalKind::interrupt())?,
            hup: signal(SignalKind::hangup())?,
        })
    }

    pub(crate) async fn wait(&mut self) -> Stop {
        loop {
            tokio::select! {
                _ = self.term.recv() => return Stop::Terminate,
                _ = self.quit.recv() => return Stop::Terminate,
                _ = self.int.recv() => return Stop::Interrupt,
                _ = self.hup.recv() => {}
            }
        }
    }
}

/// Ends the process by SIGINT, as a shell expects of a program that was interrupted. Call it when everything is done.
pub fn die_of_interrupt() {
    // SAFETY: both calls only concern the signal disposition of this process; no handler of ours is left to be run.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::raise(libc::SIGINT);
    }
}
