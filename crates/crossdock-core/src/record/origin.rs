//! Where the deliveries of a link entered the network.

use std::sync::OnceLock;

use super::counter::Counter;
use crate::routers::Origin;

/// Routers that are told apart; this one is the first.
const ROUTERS: usize = 128;

/// Where a delivery entered the network, in one octet: the number of the router in this router's table, which has 0 itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OriginIndex(u8);

impl OriginIndex {
    /// Here.
    pub const OWN: Self = Self(0);

    /// At a router that has no number, or none so small.
    const ELSEWHERE: Self = Self(u8::MAX);
}

impl From<Origin> for OriginIndex {
    #[inline]
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Own => Self::OWN,
            Origin::Router(router) => match u8::try_from(router.number().saturating_add(1)) {
                Ok(number) if usize::from(number) < ROUTERS => Self(number),
                Ok(_) | Err(_) => Self::ELSEWHERE,
            },
            Origin::Unknown => Self::ELSEWHERE,
        }
    }
}

/// Deliveries by where they entered. Those that entered here are all others: nothing is written for them.
#[derive(Debug, Default)]
pub(super) struct OriginCounts(OnceLock<Box<Remote>>);

#[derive(Debug)]
struct Remote {
    routers: [Counter; ROUTERS],
    elsewhere: Counter,
}

impl Default for Remote {
    fn default() -> Self {
        Self { routers: std::array::from_fn(|_| Counter::default()), elsewhere: Counter::default() }
    }
}

impl OriginCounts {
    /// There was one more.
    #[inline]
    pub(super) fn note(&self, origin: OriginIndex) {
        if origin != OriginIndex::OWN {
            let remote = self.0.get_or_init(Box::default);
            remote.routers.get(usize::from(origin.0)).unwrap_or(&remote.elsewhere).add(1);
        }
    }

    /// How many of all `deliveries` entered where, by number of the router.
    pub(super) fn counts(&self, deliveries: u64) -> Vec<u64> {
        let Some(remote) = self.0.get() else { return vec![deliveries] };
        let mut counts: Vec<u64> = remote.routers.iter().map(Counter::count).collect();
        let elsewhere = counts.iter().sum::<u64>() + remote.elsewhere.count();
        if let Some(own) = counts.first_mut() {
            // The counters are read one after the other.
            *own = deliveries.saturating_sub(elsewhere);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_to_come_from_elsewhere_entered_here() {
        let counts = OriginCounts::default();
        assert_eq!(counts.counts(3), [3]);
        for origin in [OriginIndex::OWN, OriginIndex(2), OriginIndex(2), OriginIndex(127), OriginIndex::ELSEWHERE] {
            counts.note(origin);
        }
        let found = counts.counts(5);
        assert_eq!((found.len(), found.iter().sum::<u64>()), (ROUTERS, 4));
        assert_eq!((found[0], found[2], found[127]), (1, 2, 1));
    }
}
