//! What each connection has counted so far, and all of them together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Progress {
    /// Not attached yet.
    Starting,
    /// Its link is attached.
    Ready,
    /// A sender has sent all it had to and everything is settled; a churner has made its cycles.
    Done,
    /// It ended before its time.
    Failed,
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What one connection has counted so far: written by it alone, read by all.
        #[derive(Debug)]
        pub(super) struct Counters {
            progress: AtomicU8,
            /// When it last sent or received a message (ns).
            last: AtomicU64,
            $($name: AtomicU64,)*
        }

        /// Counts at one moment.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) struct Counts {
            $($(#[$doc])* pub(super) $name: u64,)*
        }

        impl Counters {
            pub(super) fn new() -> Self {
                Self { progress: AtomicU8::new(0), last: AtomicU64::new(0), $($name: AtomicU64::new(0),)* }
            }

            #[inline]
            fn publish(&self, counts: &Counts, now: u64) {
                $(self.$name.store(counts.$name, Ordering::Relaxed);)*
                self.last.store(now, Ordering::Relaxed);
            }

            fn load(&self) -> Counts {
                Counts { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }

        impl Counts {
            /// Adds another's counts.
            pub(super) fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }

            /// What was counted since `earlier`.
            pub(super) fn since(&self, earlier: &Self) -> Self {
                Self { $($name: self.$name.saturating_sub(earlier.$name),)* }
            }
        }
    };
}

counters! {
    /// Messages whose last frame has been handed to the transport.
    sent,
    /// Messages that were settled when they were sent.
    presettled,
    /// Outcomes.
    accepted,
    /// Outcomes.
    rejected,
    /// Outcomes.
    released,
    /// Outcomes.
    modified,
    /// Unsettled messages that ended with none of these.
    no_outcome,
    /// Complete messages received.
    received,
    /// Messages that came for the first time.
    unique,
    /// Messages received that nobody here sent.
    foreign,
    /// Messages that the sender gave up halfway.
    aborted,
    /// Links attached and detached.
    cycles,
}

impl Counts {
    /// Messages sent that the receivers are to get.
    pub(super) fn owed(&self) -> u64 {
        self.presettled + self.accepted
    }

    /// A number that grows whenever anything happens.
    pub(super) fn activity(&self) -> u64 {
        let outcomes = self.accepted + self.rejected + self.released + self.modified + self.no_outcome;
        self.sent + outcomes + self.received + self.cycles
    }
}

impl Counters {
    /// Says how far the connection is.
    pub(super) fn set_progress(&self, progress: Progress) {
        self.progress.store(progress as u8, Ordering::Release);
    }

    /// How far the connection is.
    pub(super) fn progress(&self) -> Progress {
        match self.progress.load(Ordering::Acquire) {
            0 => Progress::Starting,
            1 => Progress::Ready,
            2 => Progress::Done,
            _ => Progress::Failed,
        }
    }
}

/// A connection's own counts, and where it shows them.
#[derive(Debug)]
pub(super) struct Tally {
    counters: Arc<Counters>,
    pub(super) counts: Counts,
    published: Counts,
}

impl Tally {
    pub(super) fn new(counters: Arc<Counters>) -> Self {
        Self { counters, counts: Counts::default(), published: Counts::default() }
    }

    /// Shows the counts if they have changed.
    #[inline]
    pub(super) fn publish(&mut self, now: u64) {
        if self.counts != self.published {
            self.counters.publish(&self.counts, now);
            self.published = self.counts;
        }
    }

    /// Says how far the connection is.
    pub(super) fn set_progress(&self, progress: Progress) {
        self.counters.set_progress(progress);
    }
}

/// The connections of a run, seen together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Overview {
    pub(super) counts: Counts,
    pub(super) starting: usize,
    pub(super) done: usize,
    pub(super) failed: usize,
    /// When a message was last sent or received (ns).
    pub(super) last: u64,
}

impl Overview {
    /// Adds up what these connections say.
    pub(super) fn of<'a>(counters: impl IntoIterator<Item = &'a Counters>) -> Self {
        let mut overview = Self::default();
        for one in counters {
            overview.counts.add(&one.load());
            overview.last = overview.last.max(one.last.load(Ordering::Relaxed));
            match one.progress() {
                Progress::Starting => overview.starting += 1,
                Progress::Ready => {}
                Progress::Done => overview.done += 1,
                Progress::Failed => overview.failed += 1,
            }
        }
        overview
    }
}
