//! The time as far as records care, and how long a delivery has been here.

use crossdock_amqp::engine::Time;

/// Length of a tick (ms): how exactly delays are known.
const TICK: u64 = 50;

/// Ticks after which a delivery is delayed: 1 s.
const DELAYED: u16 = 1_000 / TICK as u16;

/// Ticks after which it is delayed for long, or stuck: 10 s.
const LONG: u16 = 10_000 / TICK as u16;

/// The time of one round of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    time: Time,
    second: u32,
    tick: u16,
}

impl Moment {
    /// This moment.
    #[inline]
    pub fn at(time: Time) -> Self {
        let millis = time.as_millis();
        // Zero says that a delivery came long ago.
        let tick = ((millis / TICK) as u16).max(1);
        Self { time, second: (millis / 1_000) as u32, tick }
    }

    /// The time.
    #[inline]
    pub fn time(&self) -> Time {
        self.time
    }

    /// Seconds since the origin of time.
    #[inline]
    pub(super) fn second(&self) -> u32 {
        self.second
    }
}

/// When a delivery came to this router, in so few octets that it fits between what else is remembered of each.
///
/// The number comes round after 54 minutes. Whoever keeps unsettled deliveries looks at them every now and then, and replaces
/// those that have been here for more than 10 s with [`Arrival::LONG_AGO`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival(u16);

/// How long a delivery has been here, as far as anybody counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// Less than 1 s.
    Prompt,
    /// 1 to 10 s.
    Delayed,
    /// 10 s and more.
    DelayedLong,
}

impl Arrival {
    /// More than 10 s ago.
    pub const LONG_AGO: Self = Self(0);

    /// Now.
    #[inline]
    pub fn now(moment: &Moment) -> Self {
        Self(moment.tick)
    }

    /// Comes to be long ago when it is, and tells whether it just did.
    #[inline]
    pub fn note_age(&mut self, now: &Moment) -> bool {
        let passed = *self != Self::LONG_AGO && self.age(now) == Age::DelayedLong;
        if passed {
            *self = Self::LONG_AGO;
        }
        passed
    }

    /// How long ago that was.
    #[inline]
    pub fn age(self, now: &Moment) -> Age {
        if self == Self::LONG_AGO {
            return Age::DelayedLong;
        }
        let ticks = now.tick.wrapping_sub(self.0);
        // Connections read the clock at different times: a delivery may come a little after "now".
        if !(DELAYED..=u16::MAX / 2).contains(&ticks) {
            Age::Prompt
        } else if ticks < LONG {
            Age::Delayed
        } else {
            Age::DelayedLong
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::at(Time::from_millis(millis))
    }

    #[test]
    fn ages_change_at_one_and_at_ten_seconds_wherever_the_clock_stands() {
        for start in [0, 50, 1_000, 65_535 * 50, 65_536 * 50, 65_540 * 50, 1_000_000_000] {
            let arrival = Arrival::now(&at(start));
            // The tick that says "long ago" is left out: two are one tick apart from what they say.
            for (after, age) in [
                (0, Age::Prompt),
                (900, Age::Prompt),
                (1_050, Age::Delayed),
                (9_900, Age::Delayed),
                (10_050, Age::DelayedLong),
                (60_000, Age::DelayedLong),
            ] {
                assert_eq!(arrival.age(&at(start + after)), age, "{after} ms after {start}");
            }
        }
    }

    #[test]
    fn what_comes_a_little_later_than_now_is_prompt() {
        assert_eq!(Arrival::now(&at(100_000)).age(&at(99_500)), Age::Prompt);
    }

    #[test]
    fn long_ago_stays_long_ago() {
        for millis in [0, 50, 1_000, 65_536 * 50] {
            assert_eq!(Arrival::LONG_AGO.age(&at(millis)), Age::DelayedLong);
        }
    }
}
