//! Addresses in use, and how a delivery finds its destination.
//!
//! The node owns the table and changes it when links come and go. Connections read: each incoming link keeps a [`Route`], its
//! own copy of the address's destinations, and an epoch counter tells it when to copy again. So a transfer costs one atomic
//! load here and no lock.

use crossdock_amqp::engine::LinkId;
use hashbrown::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::address::{AddressKey, KeyRef, Treatment};
use crate::batch::ConnId;
use crate::mailbox::Mailbox;

/// What an outgoing link has been given, finished and been allowed, counted since it was attached. The link's owner writes
/// all but `assigned`; whoever routes to it adds to that. Readers may see them a moment late.
#[derive(Debug, Default)]
pub struct OutgoingCounters {
    assigned: AtomicU64,
    finished: AtomicU64,
    allowed: AtomicU64,
}

impl OutgoingCounters {
    /// A delivery was assigned to the link.
    #[inline]
    pub fn assign(&self) {
        self.assigned.fetch_add(1, Ordering::Relaxed);
    }

    /// `n` deliveries are over: settled, sent settled, or given up.
    #[inline]
    pub fn finish(&self, n: u64) {
        self.finished.fetch_add(n, Ordering::Relaxed);
    }

    /// The consumer's credit reaches up to this many deliveries since the attach.
    #[inline]
    pub fn allow(&self, deliveries: u64) {
        self.allowed.store(deliveries, Ordering::Relaxed);
    }

    /// Deliveries waiting for credit or settlement.
    #[inline]
    pub fn outstanding(&self) -> u64 {
        // `finished` first: read in the other order it could overtake.
        let finished = self.finished.load(Ordering::Relaxed);
        self.assigned.load(Ordering::Relaxed).saturating_sub(finished)
    }

    /// Whether a further delivery would be sent at once, as far as credit goes.
    #[inline]
    pub fn has_credit(&self) -> bool {
        self.allowed.load(Ordering::Relaxed) > self.assigned.load(Ordering::Relaxed)
    }
}

/// An outgoing link that takes deliveries of an address.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Its connection.
    pub conn: ConnId,
    /// The connection's mailbox.
    pub mailbox: Arc<Mailbox>,
    /// The link.
    pub link: LinkId,
    /// Its counters.
    pub counters: Arc<OutgoingCounters>,
}

/// An address in use.
#[derive(Debug)]
pub struct AddressEntry {
    key: AddressKey,
    treatment: Treatment,
    priority: Option<u8>,
    epoch: AtomicU64,
    retired: AtomicBool,
    destinations: RwLock<Vec<Destination>>,
}

impl AddressEntry {
    /// An address nobody consumes yet. `priority` is that of its configuration and overrides the messages' own.
    pub fn new(key: AddressKey, treatment: Treatment, priority: Option<u8>) -> Arc<Self> {
        Arc::new(Self {
            key,
            treatment,
            priority,
            epoch: AtomicU64::new(1),
            retired: AtomicBool::new(false),
            destinations: RwLock::default(),
        })
    }

    /// Its key.
    pub fn key(&self) -> &AddressKey {
        &self.key
    }

    /// How deliveries are forwarded.
    pub fn treatment(&self) -> Treatment {
        self.treatment
    }

    /// The configured priority.
    pub fn priority(&self) -> Option<u8> {
        self.priority
    }

    /// Whether the entry is no longer in the table: look the address up again.
    pub fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Acquire)
    }

    /// Number of destinations.
    pub fn destination_count(&self) -> usize {
        self.destinations.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Adds a destination and tells whether it is the first.
    pub fn add(&self, destination: Destination) -> bool {
        let mut destinations = self.destinations.write().unwrap_or_else(PoisonError::into_inner);
        destinations.push(destination);
        let first = destinations.len() == 1;
        drop(destinations);
        self.epoch.fetch_add(1, Ordering::Release);
        first
    }

    /// Removes a link's destination.
    pub fn remove(&self, conn: ConnId, link: LinkId) {
        let mut destinations = self.destinations.write().unwrap_or_else(PoisonError::into_inner);
        destinations.retain(|destination| destination.conn != conn || destination.link != link);
        drop(destinations);
        self.epoch.fetch_add(1, Ordering::Release);
    }

    fn retire(&self) {
        self.retired.store(true, Ordering::Release);
        self.epoch.fetch_add(1, Ordering::Release);
    }
}

/// All addresses in use on this router.
#[derive(Debug, Default)]
pub struct AddressTable {
    entries: RwLock<HashMap<AddressKey, Arc<AddressEntry>>>,
}

impl AddressTable {
    /// The entry with this key.
    pub fn find(&self, key: KeyRef<'_>) -> Option<Arc<AddressEntry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    /// Adds an entry.
    pub fn insert(&self, entry: Arc<AddressEntry>) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).insert(entry.key().clone(), entry);
    }

    /// Takes an entry out.
    pub fn remove(&self, key: &AddressKey) {
        let removed = self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(key);
        if let Some(entry) = removed {
            entry.retire();
        }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether no address is in use.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Destinations that are looked at for one delivery; with more than this, a window of them that moves on.
const CANDIDATES: usize = 64;

/// One sender's copy of an address's destinations.
#[derive(Debug)]
pub struct Route {
    entry: Arc<AddressEntry>,
    epoch: u64,
    destinations: Vec<Destination>,
    next: usize,
}

impl Route {
    /// A route to the address, not looked at yet.
    pub fn new(entry: Arc<AddressEntry>) -> Self {
        Self { entry, epoch: 0, destinations: Vec::new(), next: 0 }
    }

    /// The address.
    pub fn entry(&self) -> &Arc<AddressEntry> {
        &self.entry
    }

    /// Copies the destinations if they have changed.
    #[inline]
    pub fn refresh(&mut self) {
        let epoch = self.entry.epoch.load(Ordering::Acquire);
        if epoch != self.epoch {
            self.reload(epoch);
        }
    }

    #[cold]
    fn reload(&mut self, epoch: u64) {
        self.epoch = epoch;
        let destinations = self.entry.destinations.read().unwrap_or_else(PoisonError::into_inner);
        self.destinations.clone_from(&destinations);
        self.next = self.next.min(self.destinations.len());
    }

    /// The destinations as of the last refresh.
    #[inline]
    pub fn destinations(&self) -> &[Destination] {
        &self.destinations
    }

    /// Chooses the destination of a delivery that goes to one of them, and counts it there. `capacity` is the number of
    /// outstanding deliveries beyond which a link is chosen only if all are.
    #[inline]
    pub fn choose(&mut self, capacity: u64) -> Option<&Destination> {
        let index = match self.destinations.len() {
            0 => return None,
            1 => 0,
            _ => match self.entry.treatment {
                Treatment::Balanced | Treatment::LinkBalanced => self.least_outstanding(capacity),
                Treatment::Closest | Treatment::Multicast | Treatment::MulticastFlood | Treatment::Unavailable => {
                    self.in_turn()
                }
            },
        };
        let chosen = self.destinations.get(index)?;
        chosen.counters.assign();
        Some(chosen)
    }

    /// Closest: they take turns; one that has no credit is passed over while another has.
    fn in_turn(&mut self) -> usize {
        let count = self.destinations.len();
        let start = self.next % count;
        let index = (0..count.min(CANDIDATES))
            .map(|step| (start + step) % count)
            .find(|&index| self.destinations.get(index).is_some_and(|destination| destination.counters.has_credit()))
            .unwrap_or(start);
        self.next = index + 1;
        index
    }

    /// Balanced: the one with the fewest outstanding deliveries; those that have credit and room come before those that
    /// have not, and equals take turns.
    fn least_outstanding(&mut self, capacity: u64) -> usize {
        let count = self.destinations.len();
        let start = self.next % count;
        let mut best = (true, u64::MAX, start);
        for step in 0..count.min(CANDIDATES) {
            let index = (start + step) % count;
            let Some(destination) = self.destinations.get(index) else { continue };
            let outstanding = destination.counters.outstanding();
            let blocked = outstanding >= capacity || !destination.counters.has_credit();
            if (blocked, outstanding) < (best.0, best.1) {
                best = (blocked, outstanding, index);
            }
        }
        self.next = best.2 + 1;
        best.2
    }
}
