//! Why links that have credit do not go on.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// What an outgoing link with deliveries that wait was waiting for when it was looked at last, if not for credit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stall {
    /// Nothing, or the rest of a delivery that has not come yet.
    #[default]
    None,
    /// The peer has closed the window of its session.
    Window,
    /// The transport takes no output: the peer does not read.
    Transport,
}

/// A [`Stall`] with one writer and any number of readers.
#[derive(Debug, Default)]
pub(super) struct StallCell(AtomicU8);

impl StallCell {
    pub(super) fn set(&self, stall: Stall) {
        let number = match stall {
            Stall::None => 0,
            Stall::Window => 1,
            Stall::Transport => 2,
        };
        self.0.store(number, Ordering::Relaxed);
    }

    pub(super) fn level(&self) -> Stall {
        match self.0.load(Ordering::Relaxed) {
            1 => Stall::Window,
            2 => Stall::Transport,
            _ => Stall::None,
        }
    }
}

/// Whether a peer may send anything in a session: shared by the links that it has there. Written by the connection.
#[derive(Debug, Default)]
pub struct SessionWindow(AtomicBool);

impl SessionWindow {
    /// The window has been used up, and is not opened before content has left; or it is open again.
    pub fn set_shut(&self, shut: bool) {
        self.0.store(shut, Ordering::Relaxed);
    }

    /// Whether nothing more may come.
    pub fn is_shut(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
