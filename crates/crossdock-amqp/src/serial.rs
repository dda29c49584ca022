//! Serial numbers [RFC 1982]: 32-bit counters that wrap, and whose order is a matter of distance.
//!
//! A bare `u32` comparison of two of them is a bug, so `+`, `-` and `<` do not exist on these types.

use std::fmt;

macro_rules! serial {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(u32);

        impl $name {
            /// The serial number with this value on the wire.
            #[inline]
            pub const fn new(raw: u32) -> Self {
                Self(raw)
            }

            /// The value on the wire.
            #[inline]
            pub const fn raw(self) -> u32 {
                self.0
            }

            /// The number `n` steps later.
            #[inline]
            pub const fn plus(self, n: u32) -> Self {
                Self(self.0.wrapping_add(n))
            }

            /// The number after this one.
            #[inline]
            pub const fn next(self) -> Self {
                self.plus(1)
            }

            /// Steps from `earlier` to this number; negative if this one is the earlier. A distance of 2³¹, where
            /// RFC 1982 leaves the order undefined, comes out as `i32::MIN`: "earlier", the side on which nothing is
            /// accepted.
            #[inline]
            pub const fn since(self, earlier: Self) -> i32 {
                self.0.wrapping_sub(earlier.0) as i32
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

serial! {
    /// Number of a transfer frame within a session and direction [AMQP 2.5.6 next-outgoing-id].
    TransferId
}
serial! {
    /// Deliveries sent over a link so far [AMQP 2.6.7 delivery-count].
    DeliveryCount
}
serial! {
    /// Delivery-id as it travels on the wire, scoped to a session and direction [AMQP 2.8.5].
    WireDeliveryNumber
}

/// A delivery's number within its session and direction, extended to 64 bits so that it never wraps: a session may live
/// past 2³² deliveries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DeliveryNumber(pub(crate) u64);

impl DeliveryNumber {
    /// The delivery-id as it travels on the wire.
    #[inline]
    pub const fn wire(self) -> WireDeliveryNumber {
        WireDeliveryNumber::new(self.0 as u32)
    }

    /// The number after this one.
    #[inline]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number `n` steps later.
    #[inline]
    pub const fn plus(self, n: u64) -> Self {
        Self(self.0 + n)
    }

    /// Deliveries from this one to `later`, 0 if `later` is not later.
    #[inline]
    pub const fn until(self, later: Self) -> u64 {
        later.0.saturating_sub(self.0)
    }
}

impl fmt::Debug for DeliveryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_measured_across_the_wrap() {
        assert_eq!(TransferId::new(2).since(TransferId::new(u32::MAX)), 3);
        assert_eq!(TransferId::new(u32::MAX).since(TransferId::new(2)), -3);
        assert_eq!(TransferId::new(u32::MAX).plus(2), TransferId::new(1));
    }

    #[test]
    fn half_the_circle_counts_as_earlier() {
        assert_eq!(DeliveryCount::new(1 << 31).since(DeliveryCount::new(0)), i32::MIN);
    }
}
