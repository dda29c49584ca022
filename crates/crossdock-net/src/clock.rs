//! The one clock.

use crossdock_amqp::engine::Time;
use std::time::{Duration, Instant};

/// Tells machines the time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { origin: Instant::now() }
    }

    #[inline]
    pub(crate) fn now(self) -> Time {
        Time::from_micros(self.origin.elapsed().as_micros() as u64)
    }

    /// When this time is, for the runtime's timers; none if it is never.
    pub(crate) fn instant(self, time: Time) -> Option<tokio::time::Instant> {
        if time == Time::NEVER {
            return None;
        }
        // A machine's millisecond must have passed in full when the timer fires.
        let after = Duration::from_millis(time.as_millis().saturating_add(1));
        self.origin.checked_add(after).map(tokio::time::Instant::from_std)
    }
}
