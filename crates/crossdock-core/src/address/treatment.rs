//! How messages to an address are distributed.

/// The forwarding rule of an address. The numbers are those of the `hints` in a mobile address update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Treatment {
    /// To every consumer, without regard to the ingress router: routing protocol only.
    MulticastFlood = 0,
    /// To every consumer.
    Multicast = 1,
    /// To the consumer at the lowest cost.
    Closest = 2,
    /// To the consumer with the least outstanding.
    Balanced = 3,
    /// Whole links are balanced, not messages: link routes.
    LinkBalanced = 4,
    /// Refused.
    Unavailable = 5,
}

impl Treatment {
    /// The number of this treatment in the `hints` of a mobile address update.
    pub fn hint(self) -> u8 {
        self as u8
    }

    /// The treatment meant by a received hint; `None` for a number that has no meaning.
    pub fn from_hint(hint: i64) -> Option<Self> {
        match hint {
            0 => Some(Self::MulticastFlood),
            1 => Some(Self::Multicast),
            2 => Some(Self::Closest),
            3 => Some(Self::Balanced),
            4 => Some(Self::LinkBalanced),
            5 => Some(Self::Unavailable),
            _ => None,
        }
    }

    /// The `distribution` as management shows it.
    pub fn distribution(self) -> &'static str {
        match self {
            Self::MulticastFlood => "flood",
            Self::Multicast => "multicast",
            Self::Closest => "closest",
            Self::Balanced => "balanced",
            Self::LinkBalanced => "linkBalanced",
            Self::Unavailable => "unavailable",
        }
    }
}
