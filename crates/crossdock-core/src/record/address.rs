//! Deliveries of one address.

use std::sync::{Arc, Mutex, PoisonError};

use super::counter::Counter;

/// Deliveries of an address, by where they came from and where they went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddressCounts {
    /// From producers of this router.
    pub ingress: u64,
    /// To consumers of this router.
    pub egress: u64,
    /// To other routers.
    pub transit: u64,
    /// To the router itself.
    pub to_container: u64,
    /// From the router itself.
    pub from_container: u64,
    /// Of `ingress`, over connections to containers of addresses.
    pub ingress_route_container: u64,
    /// Of `egress`, likewise.
    pub egress_route_container: u64,
    /// To the fallback destination.
    pub redirected: u64,
}

/// What one sender has sent to one address. Written by the sender's connection.
#[derive(Debug, Default)]
pub struct SenderCounts {
    /// See [`AddressCounts::ingress`].
    pub ingress: Counter,
    /// See [`AddressCounts::egress`].
    pub egress: Counter,
    /// See [`AddressCounts::transit`].
    pub transit: Counter,
    /// See [`AddressCounts::to_container`].
    pub to_container: Counter,
    /// See [`AddressCounts::from_container`].
    pub from_container: Counter,
    /// See [`AddressCounts::ingress_route_container`].
    pub ingress_route_container: Counter,
    /// See [`AddressCounts::egress_route_container`].
    pub egress_route_container: Counter,
    /// See [`AddressCounts::redirected`].
    pub redirected: Counter,
}

/// The senders of an address, those that went included.
#[derive(Debug, Default)]
pub(crate) struct Senders(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    here: Vec<Option<Arc<SenderCounts>>>,
    free: Vec<usize>,
    gone: AddressCounts,
}

impl Senders {
    /// A new sender, and its place.
    pub(crate) fn add(&self) -> (usize, Arc<SenderCounts>) {
        let counts = Arc::<SenderCounts>::default();
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = match inner.free.pop() {
            Some(at) => at,
            None => {
                inner.here.push(None);
                inner.here.len() - 1
            }
        };
        if let Some(place) = inner.here.get_mut(at) {
            *place = Some(Arc::clone(&counts));
        }
        (at, counts)
    }

    /// The sender at this place has gone.
    pub(crate) fn remove(&self, at: usize) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counts) = inner.here.get_mut(at).and_then(Option::take) {
            inner.gone.add(&counts);
            inner.free.push(at);
        }
    }

    /// What all have sent.
    pub(crate) fn sum(&self) -> AddressCounts {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sum = inner.gone;
        inner.here.iter().flatten().for_each(|counts| sum.add(counts));
        sum
    }
}

impl AddressCounts {
    fn add(&mut self, counts: &SenderCounts) {
        self.ingress += counts.ingress.count();
        self.egress += counts.egress.count();
        self.transit += counts.transit.count();
        self.to_container += counts.to_container.count();
        self.from_container += counts.from_container.count();
        self.ingress_route_container += counts.ingress_route_container.count();
        self.egress_route_container += counts.egress_route_container.count();
        self.redirected += counts.redirected.count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_senders_sent_is_counted_when_they_have_gone_and_their_places_are_used_again() {
        let senders = Senders::default();
        let (first, counts) = senders.add();
        let (second, others) = senders.add();
        counts.ingress.add(3);
        counts.egress.add(2);
        others.transit.add(4);
        let expected = AddressCounts { ingress: 3, egress: 2, transit: 4, ..AddressCounts::default() };
        assert_eq!(senders.sum(), expected);
        senders.remove(first);
        senders.remove(first);
        assert_eq!(senders.sum(), expected);
        let (again, fresh) = senders.add();
        assert_eq!((again, fresh.ingress.count()), (first, 0));
        fresh.ingress.add(1);
        senders.remove(second);
        assert_eq!(senders.sum(), AddressCounts { ingress: 4, ..expected });
    }
}
