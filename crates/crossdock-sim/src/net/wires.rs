//! Wires between routers, and what can happen to them and to the routers.

use crossdock_core::work::Work;
use crossdock_router::{Adaptor, ConnectionSettings, Peer as PeerNames};
use std::sync::Arc;

use super::schedule::Actor;
use super::{End, Machine, Net, Transport, between_routers};

/// Milliseconds after which a connector whose connection ended tries again.
pub(super) const RECONNECT: u64 = 2_000;

/// Two routers that are to be connected: the first by its connector, the second by its listener.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) ends: [usize; 2],
    pub(crate) cost: u32,
    /// Milliseconds that bytes travel.
    pub(crate) latency: u64,
    /// Bytes that are under way at most, in each direction.
    pub(crate) pipe: usize,
    /// Largest frame (bytes).
    pub(crate) frame: u32,
    pub(crate) link_capacity: u32,
    pub(crate) state: WireState,
    /// Further connections that both ends want.
    pub(crate) data_connections: u32,
    /// The latest connection over it that has control links.
    pub(crate) transport: Option<usize>,
    /// Connections that share its traffic, and the group they were told to belong to.
    pub(crate) data: Vec<usize>,
    pub(crate) group: Option<(u64, u32)>,
    /// Of the connection, at the connector and at the listener, if they are configured.
    pub(crate) settings: Option<[Arc<ConnectionSettings>; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireState {
    Up,
    /// Nothing arrives, and nobody is told.
    Silent,
    Cut,
}

impl Wire {
    /// A wire between two routers that is to be connected: wide, fast and cheap.
    pub(crate) fn new(a: usize, b: usize) -> Self {
        Self {
            ends: [a, b],
            cost: 1,
            latency: 1,
            pipe: 1 << 20,
            frame: 16_384,
            link_capacity: 250,
            state: WireState::Up,
            data_connections: 0,
            transport: None,
            data: Vec::new(),
            group: None,
            settings: None,
        }
    }
}

impl Net {
    pub(crate) fn add_wire(&mut self, wire: Wire) -> usize {
        self.wires.push(wire);
        let at = self.wires.len() - 1;
        self.schedule.enqueue(Actor::Wire(at));
        at
    }

    /// The connector does its work, if it can.
    pub(super) fn reconnect(&mut self, at: usize) {
        let wire = &self.wires[at];
        let run = wire.ends.map(|router| self.routers[router].process.is_some());
        if wire.state != WireState::Up || run != [true, true] {
            return;
        }
        if !self.is_connected(at) {
            self.wires[at].transport = Some(self.make_connection(at, None));
            self.wires[at].group = None;
            self.wires[at].data = Vec::new();
            return;
        }
        let Some((group, count)) = self.wires[at].group else { return };
        let live: Vec<usize> = self.wires[at].data.iter().copied().filter(|&one| self.is_live(one)).collect();
        let missing = (count as usize).saturating_sub(live.len());
        self.wires[at].data = live;
        for _ in 0..missing {
            let transport = self.make_connection(at, Some(group));
            self.wires[at].data.push(transport);
        }
    }

    /// A connection between a wire's routers: with control links, or belonging to a group.
    fn make_connection(&mut self, at: usize, group: Option<u64>) -> usize {
        let wire = self.wires[at].clone();
        let [a, b] = wire.ends;
        let transport = self.transports.len();
        let ends = [self.ends.len(), self.ends.len() + 1];
        self.transports.push(Transport::new(wire.pipe, ends, Some(at), wire.latency));
        let shared = Arc::clone(&self.routers[a].process.as_ref().expect("it runs").shared);
        let names = PeerNames { remote: self.routers[b].name.clone(), local: format!("transport:{transport}") };
        let [initiating, accepting] = wire.settings.clone().unwrap_or_else(|| {
            let settings = |router: usize, initiates| between_routers(&self.routers[router].name, initiates, &wire);
            [settings(a, true), settings(b, false)].map(Arc::new)
        });
        let adaptor = match group {
            None => Adaptor::initiate(&shared, &initiating, names, self.now),
            Some(group) => Adaptor::initiate_data(&shared, &initiating, names, group, self.now),
        };
        self.add_end(Machine::Adaptor(Box::new(adaptor)), Some(a), transport, 0);
        self.accept(b, accepting, transport);
        transport
    }

    /// The connector of a wire has got so far that it knows which further connections are wanted.
    pub(super) fn look_for_data_connections(&mut self, end: usize) {
        let End { transport, side: 0, .. } = self.ends[end] else { return };
        let Some(at) = self.transports[transport].wire else { return };
        let wire = &mut self.wires[at];
        if wire.data_connections > 0 && wire.transport == Some(transport) && wire.group.is_none() {
            wire.group = self.ends[end].adaptor().and_then(Adaptor::data_connections);
            if wire.group.is_some() {
                self.schedule.enqueue(Actor::Wire(at));
            }
        }
    }

    /// The connector of a wire lets go of the further connections when the first is gone.
    fn close_data_connections(&mut self, at: usize) {
        let initiators = self.wires[at].data.iter().map(|&one| self.transports[one].ends[0]);
        for adaptor in initiators.filter_map(|end| self.ends[end].adaptor()) {
            let description = "The connection it belongs to is gone".into();
            adaptor.mailbox().instruct(Work::Close { description });
        }
    }

    /// Whether the end of a connection at its connector lives.
    fn is_live(&self, transport: usize) -> bool {
        !self.ends[self.transports[transport].ends[0]].over
    }

    /// Whether a connection may end by itself: it lost its patience, or the one it belongs to.
    pub(super) fn may_end(&self, transport: usize) -> bool {
        let Some(wire) = self.transports[transport].wire.map(|at| &self.wires[at]) else { return true };
        let is_orphan = wire.transport != Some(transport)
            && wire.transport.is_none_or(|first| self.transports[first].ends.iter().any(|&end| self.ends[end].over));
        let is_old = wire.transport != Some(transport) && !wire.data.contains(&transport);
        self.transports[transport].was_frozen || is_orphan || is_old
    }

    /// Whether the connector believes that it has a connection.
    fn is_connected(&self, at: usize) -> bool {
        self.wires[at].transport.is_some_and(|transport| !self.ends[self.transports[transport].ends[0]].over)
    }

    /// Whether both ends of a wire have a connection that works.
    pub(crate) fn is_whole(&self, at: usize) -> bool {
        let wire = &self.wires[at];
        wire.state == WireState::Up
            && wire.transport.is_some_and(|transport| {
                let ends = self.transports[transport].ends;
                ends.iter().all(|&end| !self.ends[end].over)
            })
    }

    /// Whether all further connections that are wanted are there.
    pub(crate) fn has_data_connections(&self, at: usize) -> bool {
        let wire = &self.wires[at];
        let whole = |transport: usize| self.transports[transport].ends.iter().all(|&end| !self.ends[end].over);
        wire.data.iter().filter(|&&one| whole(one)).count() >= wire.data_connections as usize
    }

    pub(super) fn connection_ended(&mut self, at: usize) {
        if !self.is_connected(at) {
            self.close_data_connections(at);
        }
        let again = self.now.plus_millis(RECONNECT);
        self.schedule.arm(Actor::Wire(at), again);
    }

    /// The wire breaks: both ends see the end of the stream. What is under way is lost, if `at_once`.
    pub(crate) fn cut(&mut self, at: usize, at_once: bool) {
        self.wires[at].state = WireState::Cut;
        for transport in self.transports_of(at) {
            self.break_transport(transport, at_once);
        }
    }

    /// One of the further connections breaks likewise.
    pub(crate) fn drop_data_connection(&mut self, at: usize, which: usize, at_once: bool) {
        let data = &self.wires[at].data;
        if !data.is_empty() {
            self.break_transport(data[which % data.len()], at_once);
        }
    }

    /// A client's connection breaks likewise.
    pub(crate) fn cut_client(&mut self, end: usize, at_once: bool) {
        self.break_transport(self.ends[end].transport, at_once);
        if !self.ends[end].over {
            self.lose(end);
        }
    }

    /// Nothing arrives any more, and nobody is told.
    pub(crate) fn silence(&mut self, at: usize) {
        if self.wires[at].state == WireState::Up {
            self.wires[at].state = WireState::Silent;
            for transport in self.transports_of(at) {
                self.transports[transport].is_frozen = true;
                self.transports[transport].was_frozen = true;
            }
        }
    }

    /// All is well again with a wire. What a silent one held back arrives now.
    pub(crate) fn heal(&mut self, at: usize) {
        self.wires[at].state = WireState::Up;
        for transport in self.transports_of(at) {
            self.transports[transport].is_frozen = false;
            for end in self.transports[transport].ends {
                self.schedule.enqueue(Actor::End(end));
            }
        }
        self.schedule.enqueue(Actor::Wire(at));
    }

    /// Bytes travel for so long from now on.
    pub(crate) fn delay(&mut self, at: usize, millis: u64) {
        self.wires[at].latency = millis;
        for transport in self.transports_of(at) {
            self.transports[transport].latency = millis;
        }
    }

    /// The process ends: its kernel closes its connections, after what it has written.
    pub(crate) fn stop(&mut self, router: usize) {
        self.routers[router].process = None;
        for at in 0..self.ends.len() {
            if self.ends[at].router == Some(router) && !self.ends[at].over {
                self.ends[at].machine = Machine::Gone;
                self.lose(at);
            }
        }
    }

    /// A stopped router starts anew.
    pub(crate) fn restart(&mut self, router: usize) {
        self.start(router);
        for at in 0..self.wires.len() {
            if self.wires[at].ends[0] == router {
                self.schedule.enqueue(Actor::Wire(at));
            } else if self.wires[at].ends[1] == router {
                self.connection_ended(at);
            }
        }
        for at in (0..self.feeds.len()).filter(|&at| self.feeds[at].router == router) {
            self.schedule.enqueue(Actor::Feed(at));
        }
    }

    pub(super) fn break_transport(&mut self, at: usize, at_once: bool) {
        let now = self.now;
        let transport = &mut self.transports[at];
        transport.is_broken = true;
        transport.is_frozen = false;
        let mut arrivals = [now; 2];
        for (pipe, arrival) in transport.pipes.iter_mut().zip(&mut arrivals) {
            if at_once {
                pipe.clear();
            }
            pipe.finish(now);
            *arrival = pipe.next_arrival();
        }
        let ends = transport.ends;
        for (side, &end) in ends.iter().enumerate() {
            self.announce(end, arrivals[1 - side]);
        }
    }

    fn transports_of(&self, wire: usize) -> Vec<usize> {
        let is_live = |transport: &Transport| transport.ends.iter().any(|&end| !self.ends[end].over);
        let all = self.transports.iter().enumerate();
        all.filter(|(_, one)| one.wire == Some(wire) && is_live(one)).map(|(at, _)| at).collect()
    }

    /// Ends of connections between routers that are not over.
    pub(crate) fn wire_ends(&self) -> impl Iterator<Item = (usize, &End)> {
        let all = self.ends.iter().enumerate();
        all.filter(|(_, end)| !end.over && self.transports[end.transport].wire.is_some())
    }
}
