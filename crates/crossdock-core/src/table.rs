//! Addresses in use, and their destinations.
//!
//! The node owns the table and changes it when links come and go, here or at other routers. Connections read: each incoming
//! link keeps a [`Route`](crate::route::Route), its own copy of the address's destinations, and an epoch counter tells it
//! when to copy again. So a transfer costs an atomic load or two and no lock.

use crossdock_amqp::engine::LinkId;
use hashbrown::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use crate::address::{AddressKey, KeyRef, Treatment};
use crate::batch::ConnId;
use crate::companions::Companions;
use crate::mailbox::Mailbox;
use crate::record::{AddressCounts, SenderCounts, Senders};
use crate::routers::RouterIndex;

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
    /// Whether it gets the annotations of routers.
    pub annotated: bool,
    /// Who is at its other end.
    pub party: Party,
}

/// Who is at the other end of a link, as far as its deliveries are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Party {
    /// A client.
    #[default]
    Client,
    /// A container of addresses.
    RouteContainer,
    /// The router itself.
    Router,
    /// Another router.
    Network,
}

/// An address in use.
#[derive(Debug)]
pub struct AddressEntry {
    key: AddressKey,
    treatment: Treatment,
    priority: Option<u8>,
    epoch: AtomicU64,
    retired: AtomicBool,
    members: RwLock<Members>,
    senders: Senders,
    /// Counts senders, so that each begins with another destination: who comes to send one request only takes turns too.
    turns: AtomicUsize,
}

/// Who takes deliveries of an address.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// Links of this router.
    pub(crate) local: Vec<Destination>,
    /// Routers that have destinations, in ascending order.
    pub(crate) remote: Vec<RouterIndex>,
    /// Deliveries of this address under way to each neighbour, by its control connection.
    under_way: Vec<(ConnId, Weak<OutgoingCounters>)>,
    /// Other addresses that take deliveries in this one's place.
    pub(crate) companions: Option<Arc<Companions>>,
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
            members: RwLock::default(),
            senders: Senders::default(),
            turns: AtomicUsize::new(0),
        })
    }

    /// Deliveries so far. Takes as long as there are senders.
    pub fn counts(&self) -> AddressCounts {
        self.senders.sum()
    }

    pub(crate) fn add_sender(&self) -> (usize, Arc<SenderCounts>) {
        self.senders.add()
    }

    pub(crate) fn remove_sender(&self, at: usize) {
        self.senders.remove(at);
    }

    /// Where a new sender begins among the destinations.
    pub(crate) fn take_turn(&self) -> usize {
        self.turns.fetch_add(1, Ordering::Relaxed)
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

    /// Changes whenever the destinations do.
    #[inline]
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Looks at the destinations.
    pub(crate) fn with_members<T>(&self, look: impl FnOnce(&Members) -> T) -> T {
        look(&self.members.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Members) -> T) -> T {
        let result = change(&mut self.members.write().unwrap_or_else(PoisonError::into_inner));
        self.epoch.fetch_add(1, Ordering::Release);
        result
    }

    /// Adds a link of this router.
    pub fn add(&self, destination: Destination) {
        self.change(|members| members.local.push(destination));
    }

    /// Removes a link of this router.
    pub fn remove(&self, conn: ConnId, link: LinkId) {
        self.change(|members| {
            members.local.retain(|destination| destination.conn != conn || destination.link != link);
        });
    }

    /// Adds a router that has destinations. False if it was known.
    pub fn add_router(&self, router: RouterIndex) -> bool {
        self.change(|members| match members.remote.binary_search(&router) {
            Ok(_) => false,
            Err(at) => {
                members.remote.insert(at, router);
                true
            }
        })
    }

    /// Removes a router that has no destinations any more. False if it was not known.
    pub fn remove_router(&self, router: RouterIndex) -> bool {
        self.change(|members| match members.remote.binary_search(&router) {
            Ok(at) => {
                members.remote.remove(at);
                true
            }
            Err(_) => false,
        })
    }

    /// Other addresses that take deliveries in this one's place.
    pub fn companions(&self) -> Option<Arc<Companions>> {
        self.with_members(|members| members.companions.clone())
    }

    /// Says which other addresses take deliveries in this one's place.
    pub fn set_companions(&self, companions: Option<Arc<Companions>>) {
        self.change(|members| members.companions = companions);
    }

    /// Has senders look again: a companion has got its first destination, or lost its last.
    pub fn companions_changed(&self) {
        self.change(|_| ());
    }

    /// The routers that have destinations, in ascending order.
    pub fn remote_routers(&self) -> Vec<RouterIndex> {
        self.with_members(|members| members.remote.clone())
    }

    /// Deliveries of this address that are under way to the neighbour with this control connection.
    pub fn outstanding_towards(&self, control: ConnId) -> u64 {
        self.with_members(|members| {
            let counters = members.under_way.iter().find(|(of, _)| *of == control);
            counters.and_then(|(_, counters)| counters.upgrade()).map_or(0, |counters| counters.outstanding())
        })
    }

    /// Counters of the deliveries of this address that are under way to the neighbour with this control connection.
    pub(crate) fn under_way(&self, control: ConnId) -> Arc<OutgoingCounters> {
        let mut members = self.members.write().unwrap_or_else(PoisonError::into_inner);
        let known = members.under_way.iter().find(|(of, _)| *of == control);
        if let Some(counters) = known.and_then(|(_, counters)| counters.upgrade()) {
            return counters;
        }
        let counters = Arc::default();
        members.under_way.retain(|(of, counters)| *of != control && counters.strong_count() > 0);
        members.under_way.push((control, Arc::downgrade(&counters)));
        counters
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
