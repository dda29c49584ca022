//! Deliveries per second.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use super::counter::Gauge32;
use super::moment::Moment;

/// Seconds that are remembered, a power of two greater than [`OVER`].
const SECONDS: u32 = 8;

/// Complete seconds over which a rate is taken.
const OVER: u32 = 5;

/// How many of something there were in each of the last seconds. Written by one owner.
#[derive(Debug, Default)]
pub struct Rate {
    /// The second that the owner counted in last.
    latest: AtomicU32,
    counts: [Gauge32; SECONDS as usize],
}

impl Rate {
    /// There was one more.
    #[inline]
    pub fn note(&self, now: &Moment) {
        let second = now.second();
        if self.latest.load(Ordering::Relaxed) != second {
            self.go_on_to(second);
        }
        self.place(second).raise();
    }

    /// How many there were per second, over the last five complete seconds.
    pub fn per_second(&self, now: &Moment) -> u32 {
        let latest = self.latest.load(Ordering::Relaxed);
        let seconds = (1..=OVER).map(|ago| now.second().wrapping_sub(ago));
        let known = seconds.filter(|second| latest.wrapping_sub(*second) < SECONDS);
        known.fold(0_u32, |sum, second| sum.saturating_add(self.place(second).level())) / OVER
    }

    #[cold]
    fn go_on_to(&self, second: u32) {
        let latest = self.latest.load(Ordering::Relaxed);
        for passed in 0..second.wrapping_sub(latest).min(SECONDS) {
            self.place(second.wrapping_sub(passed)).set(0);
        }
        self.latest.store(second, Ordering::Relaxed);
    }

    #[inline]
    fn place(&self, second: u32) -> &Gauge32 {
        #[allow(clippy::indexing_slicing, reason = "the remainder is less than the length")]
        &self.counts[(second % SECONDS) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_amqp::engine::Time;

    fn at(second: u64) -> Moment {
        Moment::at(Time::from_millis(second * 1_000))
    }

    #[test]
    fn a_rate_is_taken_over_the_last_five_complete_seconds() {
        let rate = Rate::default();
        for second in 100..105 {
            for _ in 0..second {
                rate.note(&at(second));
            }
        }
        assert_eq!(rate.per_second(&at(104)), (100 + 101 + 102 + 103) / 5);
        assert_eq!(rate.per_second(&at(105)), 102);
        assert_eq!(rate.per_second(&at(107)), (102 + 103 + 104) / 5);
        assert_eq!(rate.per_second(&at(110)), 0);
        assert_eq!(rate.per_second(&at(10_000)), 0);
    }

    #[test]
    fn what_was_counted_before_a_pause_is_forgotten() {
        let rate = Rate::default();
        for second in [8, 9, 10, 16, 17, 1_000] {
            for _ in 0..50 {
                rate.note(&at(second));
            }
        }
        assert_eq!(rate.per_second(&at(1_001)), 10);
        assert_eq!(rate.per_second(&at(1_000)), 0);
    }
}
