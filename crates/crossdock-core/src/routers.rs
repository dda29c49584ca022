//! The other routers of the network, as far as deliveries are concerned: over which connections each is reached, at what
//! cost, and whose traffic for it passes through this router.
//!
//! The node owns the table and changes it when paths change. Routes to addresses copy from it (see
//! [`Route`](crate::route::Route)) and are told by an epoch when to copy again.

use hashbrown::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::batch::ConnId;
use crate::mailbox::Mailbox;

/// A remote router, as long as there is a path to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RouterIndex(u32);

impl RouterIndex {
    /// The number: small, and given again when its router has gone.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// A connection to a neighbour.
#[derive(Clone, Debug)]
pub struct Way {
    /// The connection.
    pub conn: ConnId,
    /// Its mailbox.
    pub mailbox: Arc<Mailbox>,
    /// Whether the neighbour knows what a probe is.
    pub takes_probes: bool,
}

/// The connections to a neighbour that share the traffic to it.
#[derive(Debug)]
pub struct Neighbor {
    /// The connection with the control links.
    control: ConnId,
    ways: RwLock<Vec<Way>>,
}

impl Neighbor {
    /// A neighbour with one connection.
    pub fn new(way: Way) -> Arc<Self> {
        Arc::new(Self { control: way.conn, ways: RwLock::new(vec![way]) })
    }

    /// The connection with the control links.
    pub fn control(&self) -> ConnId {
        self.control
    }

    /// Adds a connection.
    pub fn add(&self, way: Way) {
        self.ways.write().unwrap_or_else(PoisonError::into_inner).push(way);
    }

    /// Takes a connection out.
    pub fn remove(&self, conn: ConnId) {
        self.ways.write().unwrap_or_else(PoisonError::into_inner).retain(|way| way.conn != conn);
    }

    /// The connections.
    pub fn ways(&self) -> Vec<Way> {
        self.ways.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The connection that a sender with this number uses: always the same, so that order is kept.
    pub fn way(&self, sender: u32) -> Option<Way> {
        let ways = self.ways.read().unwrap_or_else(PoisonError::into_inner);
        let at = (sender as usize).checked_rem(ways.len())?;
        ways.get(at).cloned()
    }
}

/// How a router is reached.
#[derive(Clone, Debug)]
pub struct Path {
    /// The neighbour that is next on the way.
    pub neighbor: Arc<Neighbor>,
    /// How annotations call that neighbour: `0/ID`.
    pub next_hop: Arc<str>,
    /// Sum of the costs.
    pub cost: u64,
}

/// A set of routers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouterSet(Vec<u64>);

impl RouterSet {
    /// Adds a router.
    pub fn insert(&mut self, router: RouterIndex) {
        let (word, bit) = (router.0 as usize / 64, router.0 % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// Whether a router is in it.
    #[inline]
    pub fn contains(&self, router: RouterIndex) -> bool {
        self.0.get(router.0 as usize / 64).is_some_and(|word| word & (1 << (router.0 % 64)) != 0)
    }
}

/// Where a message entered the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Here.
    Own,
    /// At another router.
    Router(RouterIndex),
    /// At a router that is not known here.
    Unknown,
}

/// What is known of a remote router.
#[derive(Clone, Debug)]
pub struct RemoteRouter {
    /// How annotations call it: `0/ID`.
    pub identity: Arc<str>,
    /// How it is reached.
    pub path: Path,
    /// The routers whose traffic for it may pass through this one.
    pub origins: Arc<RouterSet>,
}

/// All remote routers to which there is a path.
#[derive(Debug, Default)]
pub struct Routers {
    /// Moves on with each change.
    epoch: AtomicU64,
    radius: AtomicU32,
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    list: Vec<Option<RemoteRouter>>,
    free: Vec<u32>,
    index: HashMap<Arc<str>, RouterIndex>,
}

impl Routers {
    /// Adds a router, or gives one that is there another path.
    pub fn set_path(&self, identity: &Arc<str>, path: Path) -> RouterIndex {
        let mut guard = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let inner = &mut *guard;
        if let Some(&index) = inner.index.get(identity) {
            if let Some(Some(router)) = inner.list.get_mut(index.0 as usize) {
                router.path = path;
            }
            return index;
        }
        let index = RouterIndex(inner.free.pop().unwrap_or_else(|| {
            inner.list.push(None);
            inner.list.len() as u32 - 1
        }));
        if let Some(place) = inner.list.get_mut(index.0 as usize) {
            *place = Some(RemoteRouter { identity: Arc::clone(identity), path, origins: Arc::default() });
        }
        inner.index.insert(Arc::clone(identity), index);
        index
    }

    /// Takes a router out: there is no path to it.
    pub fn remove(&self, identity: &str) {
        let mut guard = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let inner = &mut *guard;
        let Some(index) = inner.index.remove(identity) else { return };
        if let Some(place) = inner.list.get_mut(index.0 as usize) {
            *place = None;
            inner.free.push(index.0);
        }
    }

    /// Sets the routers whose traffic for a router may pass through this one.
    pub fn set_origins(&self, router: RouterIndex, origins: RouterSet) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Some(router)) = inner.list.get_mut(router.0 as usize)
            && *router.origins != origins
        {
            router.origins = Arc::new(origins);
        }
    }

    /// Sets the number of hops to the farthest router.
    pub fn set_radius(&self, radius: u32) {
        self.radius.store(radius, Ordering::Relaxed);
    }

    /// Number of hops to the farthest router.
    pub fn radius(&self) -> u32 {
        self.radius.load(Ordering::Relaxed)
    }

    /// Ends a change: everybody looks again.
    pub fn publish(&self) {
        self.epoch.fetch_add(1, Ordering::Release);
    }

    /// How many changes there were.
    #[inline]
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// The router that annotations call so.
    pub fn find(&self, identity: &str) -> Option<RouterIndex> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).index.get(identity).copied()
    }

    /// What is known of a router.
    pub fn router(&self, router: RouterIndex) -> Option<RemoteRouter> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).list.get(router.0 as usize)?.clone()
    }

    /// Number of routers.
    pub fn len(&self) -> usize {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).index.len()
    }

    /// Whether there is no other router.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
