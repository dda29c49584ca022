//! Fixed schedules, and wake-ups more precise than the runtime's timer, whose steps are milliseconds.

use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::unix::AsyncFd;

/// The shortest time between two alarms (ns): a schedule with more than one event in it is kept in bunches, so that the
/// load generator does not spend more on waking up than on sending.
const QUANTUM: u64 = 100_000;

/// An alarm clock for one task.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    timer: Option<AsyncFd<Timer>>,
    /// When it rings (ns); in the past if it has rung.
    at: u64,
}

impl Alarm {
    /// Wakes the task at `time` (ns) or a little later, unless an alarm is pending.
    ///
    /// # Errors
    /// The system has no timer left.
    pub(super) fn set(&mut self, time: u64, now: u64, waker: &Waker) -> io::Result<()> {
        if self.at > now {
            return Ok(());
        }
        let timer = match &mut self.timer {
            Some(timer) => timer,
            None => self.timer.insert(Timer::register()?),
        };
        // What the timer says by being readable is known already: its expirations are not read, setting it clears them.
        while let Poll::Ready(ready) = timer.poll_read_ready(&mut Context::from_waker(waker)) {
            ready?.clear_ready();
        }
        self.at = time.max(now + QUANTUM);
        let wait = TimeSpec::from_duration(Duration::from_nanos(self.at - now));
        timer.get_ref().0.set(Expiration::OneShot(wait), TimerSetTimeFlags::empty())?;
        Ok(())
    }
}

/// The system's timer.
#[derive(Debug)]
struct Timer(TimerFd);

impl Timer {
    /// The new name of what registers it is an unsafe function; what that asks of its caller, a descriptor that is owned
    /// and never exchanged gives.
    #[allow(deprecated)]
    fn register() -> io::Result<AsyncFd<Self>> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        AsyncFd::new(Self(TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?))
    }
}

impl AsRawFd for Timer {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

/// A fixed schedule: event `k` is due at `start + k / rate`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    start: u64,
    interval: f64,
}

impl Schedule {
    /// `rate` events per second from `start` (ns).
    pub(super) fn new(start: u64, rate: f64) -> Self {
        Self { start, interval: 1e9 / rate }
    }

    /// When event `k` is due (ns).
    #[inline]
    pub(super) fn time(&self, k: u64) -> u64 {
        self.start.saturating_add((k as f64 * self.interval) as u64)
    }

    /// Events due by `now`.
    #[inline]
    pub(super) fn due(&self, now: u64) -> u64 {
        match now.checked_sub(self.start) {
            Some(elapsed) => (elapsed as f64 / self.interval) as u64 + 1,
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn events_are_due_from_their_time_on() {
        let schedule = Schedule::new(1_000, 20_000.0);
        assert_eq!(schedule.due(999), 0);
        for k in 0..100_000 {
            assert_eq!(schedule.time(k), 1_000 + k * 50_000);
            assert_eq!(schedule.due(schedule.time(k)), k + 1);
            assert_eq!(schedule.due(schedule.time(k) + 49_999), k + 1);
        }
    }

    #[test]
    fn an_alarm_rings_again_and_again_and_never_early() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let origin = Instant::now();
        let clock = || u64::try_from(origin.elapsed().as_nanos()).unwrap() + 1;
        let mut alarm = Alarm::default();
        for _ in 0..20 {
            let due = clock() + 300_000;
            runtime.block_on(std::future::poll_fn(|cx| {
                let now = clock();
                if now >= due {
                    return Poll::Ready(());
                }
                alarm.set(due, now, cx.waker()).unwrap();
                Poll::Pending
            }));
            assert!(clock() >= due);
        }
    }
}
