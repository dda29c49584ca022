//! The machine: its tables, its inputs, its outputs.

mod receive;
mod settle;
mod spread;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crossdock_amqp::engine::Time;

use crate::config::Config;
use crate::message::{Message, MessageError, Peers};
use crate::mobile::LocalAddresses;
use crate::neighbor::{NeighborChange, Neighbors};
use crate::node::Node;
use crate::output::{Notice, Output, Path};
use crate::paths::{Topology, ValidOrigins};
use crate::{ConnectionKey, Cost, Instance, LsSeq, MobileSeq, RouterId};

/// The link-state protocol of one router. See the [crate] for what it is.
///
/// Events, messages and the time are arguments; results are taken with [`poll_output`](LinkState::poll_output) after each
/// call, until there is none. [`tick`](LinkState::tick) is to be called when [`poll_timeout`](LinkState::poll_timeout)
/// says, or at least each second.
#[derive(Debug)]
pub struct LinkState {
    config: Config,
    neighbors: Neighbors,
    nodes: BTreeMap<RouterId, Node>,
    addresses: LocalAddresses,
    own: Own,
    topology: Topology,
    /// The radius belongs to the routes that the paths were made of.
    radius: u32,
    /// The paths that the owner was told of.
    paths: BTreeMap<RouterId, Path>,
    /// For the present topology, if somebody asked.
    valid_origins: Option<ValidOrigins>,
    timers: Timers,
    outputs: VecDeque<Output>,
    counters: Counters,
    reported: Reported,
}

/// The own link state, as the others are told.
#[derive(Debug)]
struct Own {
    ls_seq: LsSeq,
    peers: Peers,
}

/// When something is due.
#[derive(Debug)]
struct Timers {
    hello: Time,
    advertisement: Time,
    tick: Time,
    /// When the first request without answer is to be repeated.
    ask: Time,
    /// Until then advertisements are frequent.
    flux_until: Time,
    /// When something changed that paths depend on: compute them then.
    settle: Option<Time>,
    /// When they were computed last.
    settled: Option<Time>,
}

/// What was refused so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages that said nothing to us.
    pub malformed: u64,
    /// Messages of a later version of the protocol.
    pub later_version: u64,
    /// Messages with our own name that were not ours.
    pub own_id: u64,
}

/// What was reported once and is not again.
#[derive(Debug, Default)]
struct Reported {
    own_id: bool,
    too_many: bool,
    versions: BTreeSet<RouterId>,
}

impl LinkState {
    /// The machine of a router without connections.
    pub fn new(config: Config, now: Time) -> Self {
        Self {
            neighbors: Neighbors::default(),
            nodes: BTreeMap::new(),
            addresses: LocalAddresses::default(),
            own: Own { ls_seq: LsSeq(0), peers: Peers::new() },
            topology: Topology::new([]),
            radius: 0,
            paths: BTreeMap::new(),
            valid_origins: None,
            timers: Timers {
                hello: now,
                advertisement: now,
                tick: now,
                ask: Time::NEVER,
                flux_until: now,
                settle: None,
                settled: None,
            },
            outputs: VecDeque::new(),
            counters: Counters::default(),
            reported: Reported::default(),
            config,
        }
    }

    /// An inter-router connection has its control links, or has another cost now. The cost is the
    /// [effective](Cost::effective) one.
    pub fn handle_connection_up(&mut self, on: ConnectionKey, cost: Cost, now: Time) {
        let change = self.neighbors.up(on, cost);
        self.note_neighbor(change, now);
        // No need for the peer to wait for the next round.
        self.send_hello(vec![on]);
        self.settle_if_due(now);
    }

    /// A connection is about to be closed: from now on other ones carry what it carried, and the peer is told so.
    pub fn handle_connection_retired(&mut self, on: ConnectionKey, now: Time) {
        let change = self.neighbors.retire(on);
        self.note_neighbor(change, now);
        self.send_hello(vec![on]);
        self.settle_if_due(now);
    }

    /// Whether the router at the other end of a connection can be reached.
    pub fn reaches_peer_on(&self, on: ConnectionKey) -> bool {
        self.neighbors.peer_on(on).is_some_and(|peer| self.paths.contains_key(peer))
    }

    /// A connection or one of its control links is gone.
    pub fn handle_link_lost(&mut self, on: ConnectionKey, now: Time) {
        let change = self.neighbors.lost(on);
        self.note_neighbor(change, now);
        self.settle_if_due(now);
    }

    /// Deliveries came from the neighbour on a connection. On a busy one a HELLO may be late behind them, and whoever sends
    /// them lives.
    pub fn handle_traffic(&mut self, on: ConnectionKey, at: Time) {
        self.neighbors.traffic(on, at);
    }

    /// A message came on a control link: for this router, for all, or greeting the neighbours. Messages to all are to be
    /// passed on as well, see [`pass_on`](LinkState::pass_on); those for others are none of the machine's business but for
    /// their [way](LinkState::connection_towards).
    pub fn handle_message(&mut self, message: &Message, from: ConnectionKey, now: Time) {
        if !self.neighbors.knows(from) {
            return;
        }
        if *message.id() == self.config.id {
            self.receive_own(message, from);
            return;
        }
        match message {
            Message::Hello(hello) => self.receive_hello(hello, from, now),
            Message::RouterAdvertisement(advertisement) => self.receive_advertisement(advertisement, now),
            Message::LinkStateRequest(request) => self.receive_link_state_request(request, from, now),
            Message::LinkStateUpdate(update) => self.receive_link_state_update(update, now),
            Message::MobileAddressRequest(request) => self.receive_address_request(request, from, now),
            Message::MobileAddressUpdate(update) => self.receive_address_update(update, now),
        }
        self.settle_if_due(now);
    }

    /// A message came on a control link that [`Message::decode`] refused: it is counted, and reported once.
    pub fn handle_malformed(&mut self, error: MessageError, from: ConnectionKey) {
        /// Names remembered; beyond, a router may be reported again.
        const MOST: usize = 1_000;
        let is_news = match &error {
            MessageError::Version { id, .. } => {
                self.counters.later_version += 1;
                if self.reported.versions.len() >= MOST {
                    self.reported.versions.clear();
                }
                self.reported.versions.insert(id.clone())
            }
            MessageError::Encoding(_) | MessageError::Content { .. } => {
                self.counters.malformed += 1;
                self.neighbors.report_once(from)
            }
        };
        if is_news {
            self.notice(Notice::Refused { on: from, error });
        }
    }

    /// This router became a destination of an address (class, phase and text, `M0orders`). `hint` is the number of the
    /// treatment that it has here. The others are told in the next tick.
    pub fn add_local_address(&mut self, address: &str, hint: u8) {
        self.addresses.add(Arc::from(address), hint);
    }

    /// This router is no destination of an address any more.
    pub fn remove_local_address(&mut self, address: &str) {
        self.addresses.remove(address);
    }

    /// The next result, if there is one.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`tick`](LinkState::tick) next, at the latest.
    pub fn poll_timeout(&self) -> Time {
        let Timers { hello, advertisement, tick, ask, settle, .. } = self.timers;
        hello.min(advertisement).min(tick).min(ask).min(settle.unwrap_or(Time::NEVER))
    }

    /// The own name.
    pub fn id(&self) -> &RouterId {
        &self.config.id
    }

    /// Version of the own link state.
    pub fn ls_seq(&self) -> LsSeq {
        self.own.ls_seq
    }

    /// Version of the own addresses.
    pub fn mobile_seq(&self) -> MobileSeq {
        self.addresses.seq()
    }

    /// The neighbours: name, connection, cost.
    pub fn neighbors(&self) -> impl Iterator<Item = (&RouterId, ConnectionKey, Cost)> {
        self.neighbors.paths().iter().map(|(router, path)| (router, path.connection, path.cost))
    }

    /// The reachable routers and the paths to them, by name.
    pub fn paths(&self) -> &BTreeMap<RouterId, Path> {
        &self.paths
    }

    /// All routers that are known, reachable or not: name, version of link state, version of addresses.
    pub fn routers(&self) -> impl Iterator<Item = (&RouterId, LsSeq, MobileSeq)> {
        self.nodes.iter().map(|(router, node)| (router, node.ls_seq, node.mobile_seq))
    }

    /// This life of this router.
    pub fn instance(&self) -> Instance {
        self.config.instance
    }

    /// What a router, reachable or not, says of itself: its life, and its neighbours.
    pub fn state_of(&self, router: &RouterId) -> Option<(Instance, impl Iterator<Item = &RouterId>)> {
        self.nodes.get(router).map(|node| (node.instance, node.peers.keys()))
    }

    /// The addresses that a router, reachable or not, said it is a destination of, with hints.
    pub fn addresses_of(&self, router: &RouterId) -> impl Iterator<Item = (&str, Option<i64>)> {
        let addresses = self.nodes.get(router).map(|node| &node.addresses);
        addresses.into_iter().flatten().map(|(address, &hint)| (&**address, hint))
    }

    /// Number of hops to the farthest reachable router.
    pub fn radius(&self) -> u32 {
        self.radius
    }

    /// For each reachable router the others whose traffic for it may pass through this one. Computed when asked for first
    /// after [`Output::TopologyChanged`], which takes time in proportion to routers times connections.
    pub fn valid_origins(&mut self) -> &ValidOrigins {
        self.valid_origins.get_or_insert_with(|| self.topology.valid_origins(&self.config.id))
    }

    /// What was refused so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    fn notice(&mut self, notice: Notice) {
        self.output(Output::Notice(notice));
    }

    /// The node of a router, made if it is new. None if it is this router, or there are too many.
    fn node(&mut self, router: &RouterId, now: Time) -> Option<&mut Node> {
        if *router == self.config.id {
            return None;
        }
        if !self.nodes.contains_key(router) && self.nodes.len() >= self.config.router_limit {
            if !std::mem::replace(&mut self.reported.too_many, true) {
                self.notice(Notice::TooManyRouters { router: router.clone() });
            }
            return None;
        }
        Some(self.nodes.entry(router.clone()).or_insert_with(|| Node::new(now)))
    }

    fn note_neighbor(&mut self, change: Option<NeighborChange>, now: Time) {
        let notice = match change {
            None => return,
            Some(NeighborChange::Gained(router, path)) => {
                if let Some(node) = self.node(&router, now) {
                    node.link_state_request.want();
                }
                Notice::NeighborGained { router, on: path.connection, cost: path.cost }
            }
            Some(NeighborChange::Moved(router, path)) => {
                Notice::NeighborMoved { router, on: path.connection, cost: path.cost }
            }
            Some(NeighborChange::Lost(router)) => Notice::NeighborLost { router },
        };
        let is_loss = matches!(notice, Notice::NeighborLost { .. } | Notice::NeighborMoved { .. });
        self.notice(notice);
        self.want_settle(now);
        if is_loss {
            // What takes the old way meanwhile is lost: that is worse than computing often.
            self.timers.settle = Some(now);
        }
    }
}
