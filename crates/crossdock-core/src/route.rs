//! Which destination takes a delivery.

mod companions;

pub use companions::{Case, Via};

use std::sync::Arc;

use crate::address::Treatment;
use crate::batch::ConnId;
use crate::mailbox::Mailbox;
use crate::record::SenderCounts;
use crate::routers::{Origin, RouterIndex, RouterSet, Routers};
use crate::table::{AddressEntry, Destination, OutgoingCounters, Party};

/// Destinations that are looked at for one delivery; with more than this, a window of them that moves on.
const CANDIDATES: usize = 64;

/// One sender's copy of an address's destinations.
#[derive(Debug)]
pub struct Route {
    entry: Arc<AddressEntry>,
    /// Of the entry, when it was copied.
    epoch: u64,
    /// Of the paths to other routers, likewise.
    paths_epoch: u64,
    local: Vec<Destination>,
    /// Cheapest first.
    remote: Vec<RemoteDestination>,
    /// How many of `remote` are the cheapest.
    nearest: usize,
    next: usize,
    next_remote: usize,
    /// Tells senders apart, so that several connections to one neighbour are shared among them.
    sender: u32,
    /// Who the sender is.
    party: Party,
    counts: Arc<SenderCounts>,
    /// Place of `counts` in the entry.
    counts_at: usize,
    /// Ways to the address's companions, if it has any.
    companions: Option<Box<companions::CompanionRoutes>>,
    /// Whether this is such a way: those of companions are not followed further.
    is_companion: bool,
    /// See [`Route::renames`].
    renames: bool,
}

impl Drop for Route {
    fn drop(&mut self) {
        self.entry.remove_sender(self.counts_at);
    }
}

/// A router that has destinations of an address, and the way to it.
#[derive(Clone, Debug)]
pub struct RemoteDestination {
    /// The router.
    pub router: RouterIndex,
    /// What it costs to go there.
    pub cost: u64,
    /// The neighbour on the way, by its control connection.
    pub neighbor: ConnId,
    /// How annotations call that neighbour.
    pub next_hop: Arc<str>,
    /// The connection to use.
    pub conn: ConnId,
    /// Its mailbox.
    pub mailbox: Arc<Mailbox>,
    /// Whether the neighbour knows what a probe is.
    pub takes_probes: bool,
    /// Deliveries of the address that are under way to the neighbour, if they are counted.
    pub under_way: Option<Arc<OutgoingCounters>>,
    origins: Arc<RouterSet>,
}

/// The destination of a delivery that goes to one.
#[derive(Clone, Copy, Debug)]
pub enum Choice<'r> {
    /// A link of this router. [`Route::choose`] has counted the delivery there.
    Local(&'r Destination),
    /// Another router. It is for the caller to count the delivery while it is under way.
    Remote(&'r RemoteDestination),
}

/// The same, by its place.
enum Pick {
    Local(usize),
    Remote(usize),
}

impl RemoteDestination {
    /// Whether traffic from `origin` for this router may pass here.
    #[inline]
    fn takes_from(&self, origin: Origin, unknown: bool) -> bool {
        match origin {
            Origin::Own => true,
            Origin::Router(router) => self.origins.contains(router),
            Origin::Unknown => unknown,
        }
    }

    /// What is under way to it counts together with what it costs to go there.
    #[inline]
    fn weigh(&self, capacity: u64) -> Weight {
        let under_way = self.under_way.as_ref().map_or(0, |counters| counters.outstanding());
        (under_way >= capacity, under_way.saturating_add(self.cost))
    }
}

/// Of balanced destinations the lightest is chosen: whether it has no credit or room, and what it has to do.
type Weight = (bool, u64);

#[inline]
fn weigh(local: &Destination, capacity: u64) -> Weight {
    let outstanding = local.counters.outstanding();
    (outstanding >= capacity || !local.counters.has_credit(), outstanding)
}

impl Route {
    /// A route to the address, not looked at yet, of the sender with this number.
    pub fn new(entry: Arc<AddressEntry>, sender: u32, party: Party) -> Self {
        let (counts_at, counts) = entry.add_sender();
        let turn = entry.take_turn();
        Self {
            entry,
            epoch: 0,
            paths_epoch: 0,
            local: Vec::new(),
            remote: Vec::new(),
            nearest: 0,
            next: turn,
            next_remote: turn,
            sender,
            party,
            counts,
            counts_at,
            companions: None,
            is_companion: false,
            renames: false,
        }
    }

    /// The address.
    pub fn entry(&self) -> &Arc<AddressEntry> {
        &self.entry
    }

    /// Whether its messages name another address, so that the routers that follow must be told this one.
    #[inline]
    pub fn renames(&self) -> bool {
        self.renames
    }

    /// Says that its messages name another address.
    pub fn set_renames(&mut self, renames: bool) {
        self.renames = renames;
    }

    /// Copies the destinations if they, or the paths to them, have changed.
    #[inline]
    pub fn refresh(&mut self, routers: &Routers) {
        let epoch = self.entry.epoch();
        let paths_epoch = routers.epoch();
        if epoch != self.epoch || paths_epoch != self.paths_epoch {
            self.reload(epoch, paths_epoch, routers);
        }
    }

    #[cold]
    fn reload(&mut self, epoch: u64, paths_epoch: u64, routers: &Routers) {
        let entry = Arc::clone(&self.entry);
        let (remote, companions) = entry.with_members(|members| {
            if epoch != self.epoch {
                self.local.clone_from(&members.local);
            }
            (members.remote.clone(), members.companions.clone())
        });
        (self.epoch, self.paths_epoch) = (epoch, paths_epoch);
        self.remote.clear();
        for index in remote {
            let Some(router) = routers.router(index) else { continue };
            let neighbor = &router.path.neighbor;
            let Some(way) = neighbor.way(self.sender) else { continue };
            self.remote.push(RemoteDestination {
                router: index,
                cost: router.path.cost,
                neighbor: neighbor.control(),
                next_hop: router.path.next_hop,
                conn: way.conn,
                mailbox: way.mailbox,
                takes_probes: way.takes_probes,
                under_way: matches!(entry.treatment(), Treatment::Balanced)
                    .then(|| entry.under_way(neighbor.control())),
                origins: router.origins,
            });
        }
        self.remote.sort_by_key(|remote| (remote.cost, remote.router));
        let least = self.remote.first().map_or(0, |remote| remote.cost);
        self.nearest = self.remote.iter().take_while(|remote| remote.cost == least).count();
        if !self.is_companion {
            self.reload_companions(companions, routers);
        }
    }

    /// The links of this router, as of the last refresh.
    #[inline]
    pub fn local(&self) -> &[Destination] {
        &self.local
    }

    /// The other routers, as of the last refresh, cheapest first.
    #[inline]
    pub fn remote(&self) -> &[RemoteDestination] {
        &self.remote
    }

    /// One destination for each neighbour to which a copy of a message from `origin` goes. Traffic of routers that are not
    /// known here goes to none: it might go round.
    pub fn copies(&self, origin: Origin) -> impl Iterator<Item = &RemoteDestination> {
        self.remote.iter().enumerate().filter_map(move |(at, remote)| {
            let is_wanted = |remote: &RemoteDestination| remote.takes_from(origin, false);
            let earlier = self.remote.iter().take(at);
            let is_first = is_wanted(remote)
                && !earlier.filter(|other| is_wanted(other)).any(|other| other.neighbor == remote.neighbor);
            is_first.then_some(remote)
        })
    }

    /// A delivery came from the sender, and goes somewhere. [`Route::choose`] counts its own.
    #[inline]
    pub fn count_coming(&self) {
        match self.party {
            Party::Client => self.counts.ingress.add(1),
            Party::RouteContainer => {
                self.counts.ingress.add(1);
                self.counts.ingress_route_container.add(1);
            }
            Party::Router => self.counts.from_container.add(1),
            Party::Network => {}
        }
    }

    /// A delivery, or a copy of one, goes to a link with this party at its other end.
    #[inline]
    pub fn count_going(&self, to: Party) {
        match to {
            Party::Client => self.counts.egress.add(1),
            Party::RouteContainer => {
                self.counts.egress.add(1);
                self.counts.egress_route_container.add(1);
            }
            Party::Router => self.counts.to_container.add(1),
            Party::Network => self.counts.transit.add(1),
        }
    }

    /// Chooses the destination of a delivery that goes to one of them. `capacity` is the number of outstanding deliveries
    /// beyond which a link or a way is chosen only if all are.
    #[inline]
    pub fn choose(&mut self, capacity: u64, origin: Origin) -> Option<Choice<'_>> {
        match (self.local.len(), self.remote.len()) {
            (0, 0) => return None,
            (1, 0) => return self.take_local(0),
            _ => {}
        }
        match self.pick(capacity, origin)? {
            Pick::Local(index) => {
                self.next = index + 1;
                self.take_local(index)
            }
            Pick::Remote(index) => self.take_remote(index),
        }
    }

    /// What [`Route::choose`] would choose now. Nothing is counted, and nobody's turn is used up.
    pub fn foresee(&self, capacity: u64, origin: Origin) -> Option<Choice<'_>> {
        match self.pick(capacity, origin)? {
            Pick::Local(index) => self.local.get(index).map(Choice::Local),
            Pick::Remote(index) => self.remote.get(index).map(Choice::Remote),
        }
    }

    #[inline]
    fn pick(&self, capacity: u64, origin: Origin) -> Option<Pick> {
        match self.entry.treatment() {
            Treatment::Balanced | Treatment::LinkBalanced => self.least_outstanding(capacity, origin),
            Treatment::Closest | Treatment::Multicast | Treatment::MulticastFlood | Treatment::Unavailable => {
                if self.local.is_empty() { self.nearest_in_turn() } else { self.in_turn() }
            }
        }
    }

    /// All that [`Route::choose`] might choose for the next delivery, were it the turn of each of them; of a multicast
    /// address all that get a copy. Nothing is counted.
    pub fn candidates(&self, capacity: u64, origin: Origin) -> Vec<Choice<'_>> {
        let (local, remote) = (self.local.iter(), self.remote.iter());
        match self.entry.treatment() {
            Treatment::Multicast | Treatment::MulticastFlood => {
                local.map(Choice::Local).chain(self.copies(origin).map(Choice::Remote)).collect()
            }
            Treatment::Balanced | Treatment::LinkBalanced => {
                let remote = remote.filter(|to| to.takes_from(origin, true));
                let least_here = local.clone().map(|to| weigh(to, capacity)).min();
                let least_there = remote.clone().map(|to| to.weigh(capacity)).min();
                if least_here.is_some_and(|here| least_there.is_none_or(|there| here <= there)) {
                    local.filter(|to| Some(weigh(to, capacity)) == least_here).map(Choice::Local).collect()
                } else {
                    remote.filter(|to| Some(to.weigh(capacity)) == least_there).map(Choice::Remote).collect()
                }
            }
            Treatment::Closest | Treatment::Unavailable if self.local.is_empty() => {
                remote.take(self.nearest).map(Choice::Remote).collect()
            }
            Treatment::Closest | Treatment::Unavailable => {
                let any_has_credit = self.local.iter().any(|to| to.counters.has_credit());
                local.filter(|to| to.counters.has_credit() || !any_has_credit).map(Choice::Local).collect()
            }
        }
    }

    #[inline]
    fn take_local(&self, index: usize) -> Option<Choice<'_>> {
        let chosen = self.local.get(index)?;
        chosen.counters.assign();
        self.count_coming();
        self.count_going(chosen.party);
        Some(Choice::Local(chosen))
    }

    #[inline]
    fn take_remote(&mut self, index: usize) -> Option<Choice<'_>> {
        self.next_remote = index + 1;
        let chosen = self.remote.get(index)?;
        self.count_coming();
        self.count_going(Party::Network);
        Some(Choice::Remote(chosen))
    }

    /// Closest: links take turns; one that has no credit is passed over while another has.
    #[inline]
    fn in_turn(&self) -> Option<Pick> {
        let count = self.local.len();
        let start = self.next.checked_rem(count)?;
        let index = (0..count.min(CANDIDATES))
            .map(|step| (start + step) % count)
            .find(|&index| self.local.get(index).is_some_and(|destination| destination.counters.has_credit()))
            .unwrap_or(start);
        Some(Pick::Local(index))
    }

    /// Closest, with no link here: the nearest routers take turns.
    #[inline]
    fn nearest_in_turn(&self) -> Option<Pick> {
        self.next_remote.checked_rem(self.nearest).map(Pick::Remote)
    }

    /// Balanced: the one with the fewest outstanding deliveries; those that have credit and room come before those that
    /// have not, and equals take turns. What it costs to go to another router counts like so many deliveries.
    #[inline]
    fn least_outstanding(&self, capacity: u64, origin: Origin) -> Option<Pick> {
        let count = self.local.len();
        let mut best = None;
        if let Some(start) = self.next.checked_rem(count) {
            let mut least = (true, u64::MAX, start);
            for step in 0..count.min(CANDIDATES) {
                let index = (start + step) % count;
                let Some(destination) = self.local.get(index) else { continue };
                let (blocked, outstanding) = weigh(destination, capacity);
                if (blocked, outstanding) < (least.0, least.1) {
                    least = (blocked, outstanding, index);
                }
            }
            best = Some(least);
        }
        let better_than = best.map_or((true, u64::MAX), |(blocked, outstanding, _)| (blocked, outstanding));
        if better_than != (false, 0)
            && let Some(index) = self.lightest_remote(capacity, origin, best.map(|_| better_than))
        {
            return Some(Pick::Remote(index));
        }
        best.map(|(_, _, index)| Pick::Local(index))
    }

    /// The router with the fewest deliveries under way towards it and its cost, if that is better than what is known.
    fn lightest_remote(&self, capacity: u64, origin: Origin, known: Option<Weight>) -> Option<usize> {
        let count = self.remote.len();
        let start = self.next_remote.checked_rem(count)?;
        let mut best = None;
        let mut least = known;
        for step in 0..count.min(CANDIDATES) {
            let index = (start + step) % count;
            let Some(remote) = self.remote.get(index) else { continue };
            if !remote.takes_from(origin, true) {
                continue;
            }
            let weight = remote.weigh(capacity);
            if least.is_none_or(|least| weight < least) {
                least = Some(weight);
                best = Some(index);
            }
        }
        best
    }
}
