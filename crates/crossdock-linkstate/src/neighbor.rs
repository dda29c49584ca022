//! Who is one hop away, and over which connection.
//!
//! ```text
//!   of a control link:
//!
//!              HELLO              HELLO that lists us
//!     Silent ─────────► Heard ─────────────────────────► Qualified ◄─┐ HELLO that lists us
//!       ▲                 │  no HELLO for max age            │ └─────┘
//!       └─────────────────┴──────────────────────────────────┘
//!                            no HELLO that lists us for max age
//!
//!   of a router: it is a neighbour while one of the links to it is Qualified.
//! ```
//!
//! Routers may be joined by several connections. One of them is the path; it stays that while it qualifies and no cheaper
//! one does. When it goes, the cheapest that qualifies takes its place and the router remains a neighbour.
//!
//! A connection that is about to be closed is retired first: it is no path any more here, and greetings on it do not list the
//! peer. A peer that is listed on another connection at the same time takes that one at once, any other when the old
//! greetings have aged; so nothing is under way on the connection when it goes.

use std::collections::BTreeMap;

use crossdock_amqp::engine::Time;

use crate::message::Peers;
use crate::{ConnectionKey, Cost, RouterId};

/// All control links, and the neighbours that follow from them.
#[derive(Debug, Default)]
pub(crate) struct Neighbors {
    links: BTreeMap<ConnectionKey, ControlLink>,
    paths: BTreeMap<RouterId, NeighborPath>,
    /// When a HELLO of a router came last, listing us or not.
    heard: BTreeMap<RouterId, Time>,
}

#[derive(Debug)]
struct ControlLink {
    cost: Cost,
    /// Who greeted on it first. That does not change while a connection lives.
    peer: Option<RouterId>,
    state: State,
    is_retired: bool,
    is_reported: bool,
}

/// State of a control link; times are those of the HELLO that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Silent,
    Heard(Time),
    Qualified(Time),
}

/// The way to a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NeighborPath {
    pub(crate) connection: ConnectionKey,
    pub(crate) cost: Cost,
}

/// What became of a neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NeighborChange {
    Gained(RouterId, NeighborPath),
    Moved(RouterId, NeighborPath),
    Lost(RouterId),
}

/// Why a HELLO counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HelloRefusal {
    UnknownConnection,
    /// Another router greeted on this connection before.
    OtherRouter(RouterId),
}

impl State {
    fn hello(self, lists_us: bool, now: Time) -> Self {
        match (self, lists_us) {
            (Self::Silent | Self::Heard(_) | Self::Qualified(_), true) => Self::Qualified(now),
            (Self::Silent | Self::Heard(_), false) => Self::Heard(now),
            // The peer may have missed one of our HELLOs: only time undoes what was reached.
            (Self::Qualified(at), false) => Self::Qualified(at),
        }
    }

    fn aged(self, now: Time, max_age: u64) -> Self {
        match self {
            Self::Silent => Self::Silent,
            Self::Heard(at) | Self::Qualified(at) if now.millis_since(at) > max_age => Self::Silent,
            Self::Heard(_) | Self::Qualified(_) => self,
        }
    }
}

impl Neighbors {
    /// A connection is there, at this cost; or it was there and has another cost now.
    pub(crate) fn up(&mut self, on: ConnectionKey, cost: Cost) -> Option<NeighborChange> {
        let new = ControlLink { cost, peer: None, state: State::Silent, is_retired: false, is_reported: false };
        let link = self.links.entry(on).or_insert(new);
        link.cost = cost;
        let peer = link.peer.clone()?;
        self.choose(peer)
    }

    /// A connection is gone.
    pub(crate) fn lost(&mut self, on: ConnectionKey) -> Option<NeighborChange> {
        let peer = self.links.remove(&on)?.peer?;
        if !self.links.values().any(|link| link.peer.as_ref() == Some(&peer)) {
            self.heard.remove(&peer);
        }
        self.choose(peer)
    }

    /// A connection is about to be closed: it is a path no more.
    pub(crate) fn retire(&mut self, on: ConnectionKey) -> Option<NeighborChange> {
        let link = self.links.get_mut(&on)?;
        link.is_retired = true;
        let peer = link.peer.clone()?;
        self.choose(peer)
    }

    /// The router at the other end of a connection, if it greeted.
    pub(crate) fn peer_on(&self, on: ConnectionKey) -> Option<&RouterId> {
        self.links.get(&on)?.peer.as_ref()
    }

    /// Whether a connection is about to be closed.
    pub(crate) fn is_retired(&self, on: ConnectionKey) -> bool {
        self.links.get(&on).is_some_and(|link| link.is_retired)
    }

    /// A router greeted.
    pub(crate) fn hello(
        &mut self,
        id: &RouterId,
        lists_us: bool,
        on: ConnectionKey,
        now: Time,
    ) -> Result<Option<NeighborChange>, HelloRefusal> {
        let is_listed_elsewhere = self.links.iter().any(|(&other, link)| {
            other != on && link.peer.as_ref() == Some(id) && matches!(link.state, State::Qualified(_))
        });
        let link = self.links.get_mut(&on).ok_or(HelloRefusal::UnknownConnection)?;
        let peer = link.peer.get_or_insert_with(|| id.clone());
        if peer != id {
            return Err(HelloRefusal::OtherRouter(peer.clone()));
        }
        // Not on this connection, though it hears us: it has retired it.
        let is_meant = !lists_us && is_listed_elsewhere;
        link.state = if is_meant { State::Heard(now) } else { link.state.hello(lists_us, now) };
        self.heard.insert(id.clone(), now);
        Ok(self.choose(id.clone()))
    }

    /// Other messages came on this connection: HELLOs may only be late.
    pub(crate) fn traffic(&mut self, on: ConnectionKey, at: Time) {
        let Some(link) = self.links.get_mut(&on) else { return };
        match &mut link.state {
            State::Silent => return,
            State::Heard(last) | State::Qualified(last) => *last = (*last).max(at),
        }
        if let Some(last) = link.peer.as_ref().and_then(|peer| self.heard.get_mut(peer)) {
            *last = (*last).max(at);
        }
    }

    /// Time passes.
    pub(crate) fn expire(&mut self, now: Time, max_age: u64) -> Vec<NeighborChange> {
        self.heard.retain(|_, &mut at| now.millis_since(at) <= max_age);
        let mut silent = Vec::new();
        for link in self.links.values_mut() {
            let aged = link.state.aged(now, max_age);
            if aged != link.state {
                link.state = aged;
                silent.extend(link.peer.clone());
            }
        }
        silent.into_iter().filter_map(|peer| self.choose(peer)).collect()
    }

    /// Settles which connection is the path to this router.
    fn choose(&mut self, router: RouterId) -> Option<NeighborChange> {
        let is_candidate = |link: &ControlLink| {
            link.peer.as_ref() == Some(&router) && !link.is_retired && matches!(link.state, State::Qualified(_))
        };
        let path = |(&connection, link): (&ConnectionKey, &ControlLink)| NeighborPath { connection, cost: link.cost };
        let current = self.paths.get(&router).copied();
        let candidates = self.links.iter().filter(|(_, link)| is_candidate(link)).map(path);
        // Of equal ones the one in use, then the first.
        let best = candidates.min_by_key(|path| {
            let is_other = current.is_none_or(|current| current.connection != path.connection);
            (path.cost, is_other, path.connection)
        });
        match (current, best) {
            (None, None) => None,
            (Some(_), None) => {
                self.paths.remove(&router);
                Some(NeighborChange::Lost(router))
            }
            (None, Some(best)) => {
                self.paths.insert(router.clone(), best);
                Some(NeighborChange::Gained(router, best))
            }
            (Some(current), Some(best)) if current == best => None,
            (Some(_), Some(best)) => {
                self.paths.insert(router.clone(), best);
                Some(NeighborChange::Moved(router, best))
            }
        }
    }

    /// All connections.
    pub(crate) fn connections(&self) -> impl Iterator<Item = ConnectionKey> {
        self.links.keys().copied()
    }

    /// Whether this connection is there.
    pub(crate) fn knows(&self, on: ConnectionKey) -> bool {
        self.links.contains_key(&on)
    }

    /// The neighbours and the ways to them.
    pub(crate) fn paths(&self) -> &BTreeMap<RouterId, NeighborPath> {
        &self.paths
    }

    /// The own link state.
    pub(crate) fn peers(&self) -> Peers {
        self.paths.iter().map(|(router, path)| (router.clone(), path.cost)).collect()
    }

    /// Who was heard lately.
    pub(crate) fn seen(&self) -> Vec<RouterId> {
        self.heard.keys().cloned().collect()
    }

    /// Whether something about this connection may be reported: once.
    pub(crate) fn report_once(&mut self, on: ConnectionKey) -> bool {
        self.links.get_mut(&on).is_some_and(|link| !std::mem::replace(&mut link.is_reported, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: u64 = 3_000;

    fn at(millis: u64) -> Time {
        Time::from_millis(millis)
    }

    #[test]
    fn every_state_meets_every_event() {
        use State::{Heard, Qualified, Silent};
        let (then, now) = (at(1_000), at(2_000));
        // state, HELLO without us, HELLO with us, within its age, beyond it
        let table = [
            (Silent, Heard(now), Qualified(now), Silent, Silent),
            (Heard(then), Heard(now), Qualified(now), Heard(then), Silent),
            (Qualified(then), Qualified(then), Qualified(now), Qualified(then), Silent),
        ];
        for (state, without, with, young, old) in table {
            assert_eq!(state.hello(false, now), without, "{state:?}");
            assert_eq!(state.hello(true, now), with, "{state:?}");
            assert_eq!(state.aged(at(4_000), AGE), young, "{state:?}");
            assert_eq!(state.aged(at(4_001), AGE), old, "{state:?}");
        }
    }

    /// Connections 1, 2, … to router N at these costs.
    fn joined(costs: &[u32]) -> (Neighbors, RouterId) {
        let mut neighbors = Neighbors::default();
        for (number, &cost) in (1..).zip(costs) {
            neighbors.up(ConnectionKey(number), Cost(cost));
        }
        (neighbors, RouterId::new("N"))
    }

    fn path(connection: u64, cost: u32) -> NeighborPath {
        NeighborPath { connection: ConnectionKey(connection), cost: Cost(cost) }
    }

    #[test]
    fn who_does_not_list_us_is_heard_but_no_neighbour() {
        let (mut neighbors, n) = joined(&[1]);
        assert_eq!(neighbors.hello(&n, false, ConnectionKey(1), at(0)), Ok(None));
        assert_eq!((neighbors.seen(), neighbors.peers().len()), (vec![n.clone()], 0));
        neighbors.expire(at(AGE + 1), AGE);
        assert!(neighbors.seen().is_empty());
    }

    #[test]
    fn the_path_stays_among_equals_and_moves_to_a_cheaper_one() {
        let (mut neighbors, n) = joined(&[5, 5, 2]);
        let gained = Some(NeighborChange::Gained(n.clone(), path(2, 5)));
        assert_eq!(neighbors.hello(&n, true, ConnectionKey(2), at(0)), Ok(gained));
        assert_eq!(neighbors.hello(&n, true, ConnectionKey(1), at(0)), Ok(None));
        let moved = Some(NeighborChange::Moved(n.clone(), path(3, 2)));
        assert_eq!(neighbors.hello(&n, true, ConnectionKey(3), at(0)), Ok(moved));
        assert_eq!(neighbors.lost(ConnectionKey(3)), Some(NeighborChange::Moved(n.clone(), path(1, 5))));
        assert_eq!(neighbors.lost(ConnectionKey(2)), None);
        assert_eq!(neighbors.lost(ConnectionKey(1)), Some(NeighborChange::Lost(n)));
    }

    #[test]
    fn another_cost_of_a_connection_counts_at_once() {
        let (mut neighbors, n) = joined(&[5, 7]);
        for connection in [1, 2] {
            neighbors.hello(&n, true, ConnectionKey(connection), at(0)).unwrap();
        }
        assert_eq!(neighbors.up(ConnectionKey(1), Cost(6)), Some(NeighborChange::Moved(n.clone(), path(1, 6))));
        assert_eq!(neighbors.up(ConnectionKey(1), Cost(7)), Some(NeighborChange::Moved(n.clone(), path(1, 7))));
        assert_eq!(neighbors.up(ConnectionKey(1), Cost(8)), Some(NeighborChange::Moved(n, path(2, 7))));
    }

    #[test]
    fn a_connection_that_falls_silent_gives_way_to_one_that_does_not() {
        let (mut neighbors, n) = joined(&[1, 1]);
        neighbors.hello(&n, true, ConnectionKey(1), at(0)).unwrap();
        neighbors.hello(&n, true, ConnectionKey(2), at(2_000)).unwrap();
        assert_eq!(neighbors.expire(at(3_001), AGE), [NeighborChange::Moved(n.clone(), path(2, 1))]);
        assert_eq!(neighbors.expire(at(5_001), AGE), [NeighborChange::Lost(n)]);
    }

    #[test]
    fn traffic_keeps_a_neighbour_and_makes_none() {
        let (mut neighbors, n) = joined(&[1]);
        neighbors.traffic(ConnectionKey(1), at(0));
        assert!(neighbors.seen().is_empty());
        neighbors.hello(&n, true, ConnectionKey(1), at(0)).unwrap();
        neighbors.traffic(ConnectionKey(1), at(2_000));
        assert_eq!(neighbors.expire(at(5_000), AGE), []);
        assert_eq!(neighbors.seen().len(), 1);
        assert_eq!(neighbors.expire(at(5_001), AGE), [NeighborChange::Lost(n)]);
    }

    #[test]
    fn a_connection_that_is_retired_gives_way_to_another_one() {
        let (mut neighbors, n) = joined(&[1, 5]);
        neighbors.hello(&n, true, ConnectionKey(1), at(0)).unwrap();
        neighbors.hello(&n, true, ConnectionKey(2), at(0)).unwrap();
        let moved = Some(NeighborChange::Moved(n.clone(), path(2, 5)));
        assert_eq!(neighbors.retire(ConnectionKey(1)), moved);
        assert_eq!(neighbors.hello(&n, true, ConnectionKey(1), at(1)), Ok(None), "it comes not back");
        assert_eq!(neighbors.retire(ConnectionKey(2)), Some(NeighborChange::Lost(n)));
    }

    #[test]
    fn who_lists_us_on_one_connection_and_not_on_another_has_retired_that() {
        let (mut neighbors, n) = joined(&[1, 5]);
        neighbors.hello(&n, true, ConnectionKey(1), at(0)).unwrap();
        assert_eq!(neighbors.hello(&n, false, ConnectionKey(1), at(1)), Ok(None), "it may have missed ours");
        neighbors.hello(&n, true, ConnectionKey(2), at(1)).unwrap();
        let moved = Ok(Some(NeighborChange::Moved(n.clone(), path(2, 5))));
        assert_eq!(neighbors.hello(&n, false, ConnectionKey(1), at(2)), moved);
        assert_eq!(neighbors.hello(&n, false, ConnectionKey(2), at(3)), Ok(None), "of the last one only time decides");
    }

    #[test]
    fn a_connection_belongs_to_who_greeted_first() {
        let (mut neighbors, n) = joined(&[1]);
        neighbors.hello(&n, true, ConnectionKey(1), at(0)).unwrap();
        let other = RouterId::new("O");
        let refusal = Err(HelloRefusal::OtherRouter(n.clone()));
        assert_eq!(neighbors.hello(&other, true, ConnectionKey(1), at(1)), refusal);
        assert_eq!(neighbors.hello(&n, true, ConnectionKey(9), at(1)), Err(HelloRefusal::UnknownConnection));
        assert_eq!(neighbors.seen(), [n]);
    }
}
