//! Routers, clients and the wires between them, on one clock.
//!
//! [`Net`] does for each machine what the shell does and no more: a connection looks into its mailbox, and a node at its
//! actions, only after it was woken. Whenever several could go on, the generator says who does, and how many bytes it reads
//! or writes.

mod end;
mod feeds;
mod frames;
mod peer;
mod pipe;
mod schedule;
mod wires;

use crossdock_amqp::engine::{Config, Time};
use crossdock_core::address::Treatment;
use crossdock_router::{
    Adaptor, AddressSettings, ConnectionRole, ConnectionSettings, Holdings, Node, Peer as PeerNames, RouterMode,
    RouterSettings, Shared, plan,
};
use crossdock_schema::Configuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

use crate::rng::Rng;
pub(crate) use end::{End, Machine};
pub(crate) use feeds::{Container, Feed};
use frames::Frames;
pub(crate) use peer::{Disposition, Heard, Part, Peer};
use pipe::Pipe;
pub(crate) use schedule::Happened;
use schedule::{Actor, Schedule};
pub(crate) use wires::{Wire, WireState};

/// Addresses that begin with these words are treated so; others are balanced.
pub(crate) const TREATMENTS: [(&str, Treatment); 3] =
    [("closest", Treatment::Closest), ("multicast", Treatment::Multicast), ("unavailable", Treatment::Unavailable)];

/// When worlds begin (milliseconds).
const START: Time = Time::from_millis(1_000_000);

/// Instances are seconds since the epoch; the first routers start then.
const FIRST_INSTANCE: u64 = 1_577_836_800;

/// Everything that moves.
pub(crate) struct Net {
    pub(crate) now: Time,
    pub(crate) rng: Rng,
    pub(crate) routers: Vec<Router>,
    pub(crate) ends: Vec<End>,
    pub(crate) wires: Vec<Wire>,
    /// Who is connected to by connectors and is no router.
    pub(crate) containers: Vec<Container>,
    pub(crate) feeds: Vec<Feed>,
    /// Ends of containers that nobody has looked at yet, each with its feed.
    pub(crate) visitors: Vec<(usize, usize)>,
    transports: Vec<Transport>,
    schedule: Schedule,
    /// Whether bytes come in pieces of all sizes.
    pub(crate) is_choppy: bool,
    /// What cannot happen unless a machine broke a rule.
    pub(crate) breaches: Vec<String>,
    trace: u64,
}

/// A router, running or not.
pub(crate) struct Router {
    pub(crate) name: String,
    pub(crate) mode: RouterMode,
    pub(crate) instance: u64,
    pub(crate) process: Option<Process>,
    /// What it reads when it starts; without, the settings are those of [`Net`].
    pub(crate) configuration: Option<Arc<Configuration>>,
}

/// A router that runs.
pub(crate) struct Process {
    pub(crate) shared: Arc<Shared>,
    pub(crate) node: Node,
    waker: Waker,
    woken: bool,
}

/// Two pipes; each is written by the end with its number.
struct Transport {
    pipes: [Pipe; 2],
    /// What is read from the pipe.
    frames: [Frames; 2],
    ends: [usize; 2],
    wire: Option<usize>,
    feed: Option<usize>,
    /// Milliseconds that bytes travel.
    latency: u64,
    /// Nothing arrives, and nobody is told.
    is_frozen: bool,
    /// What is written goes nowhere.
    is_broken: bool,
    /// It was frozen once: an end may have lost its patience since.
    was_frozen: bool,
}

impl Net {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            now: START,
            rng: Rng::new(seed ^ 0x5eed),
            routers: Vec::new(),
            ends: Vec::new(),
            wires: Vec::new(),
            containers: Vec::new(),
            feeds: Vec::new(),
            visitors: Vec::new(),
            transports: Vec::new(),
            schedule: Schedule::new(),
            is_choppy: true,
            breaches: Vec::new(),
            trace: 0xcbf2_9ce4_8422_2325,
        }
    }

    pub(crate) fn add_router(&mut self, mode: RouterMode) -> usize {
        let name = router_name(self.routers.len());
        self.add(Router { name, mode, instance: FIRST_INSTANCE, process: None, configuration: None })
    }

    /// A router that reads a configuration. They must come in the order of their names.
    pub(crate) fn add_configured_router(&mut self, configuration: Arc<Configuration>) -> usize {
        let settings = plan::router(&configuration, [0; 15], FIRST_INSTANCE).settings;
        let (name, mode) = (settings.id, settings.mode);
        assert!(self.routers.last().is_none_or(|last| last.name < name), "routers come in the order of their names");
        let configuration = Some(configuration);
        self.add(Router { name, mode, instance: FIRST_INSTANCE, process: None, configuration })
    }

    fn add(&mut self, router: Router) -> usize {
        let at = self.routers.len();
        self.routers.push(router);
        self.start(at);
        at
    }

    /// A new process, with another instance than any before.
    pub(crate) fn start(&mut self, at: usize) {
        let router = &mut self.routers[at];
        router.instance += 1;
        let dice = AtomicU64::new(router.instance << 16 | at as u64);
        let entropy = Box::new(move || {
            let mut octets = [0; crossdock_core::address::DYNAMIC_RANDOM];
            let n = dice.fetch_add(1 << 32, Ordering::Relaxed).to_le_bytes();
            octets.iter_mut().zip(n).for_each(|(octet, n)| *octet = n);
            octets
        });
        let settings = match &router.configuration {
            Some(configuration) => plan::router(configuration, [0; 15], router.instance).settings,
            None => RouterSettings::new(&router.name, router.mode, router.instance),
        };
        let shared = Shared::new(&settings, entropy);
        if router.configuration.is_none() {
            for (prefix, treatment) in TREATMENTS {
                shared.configure_prefix(prefix, AddressSettings::new(treatment)).expect("prefixes differ");
            }
        }
        let mut node = Node::new(Arc::clone(&shared), self.now);
        if let Some(configuration) = &router.configuration {
            // Without a platform nothing listens: connections are made here.
            let _ = node.configure(configuration);
        }
        let waker = self.schedule.waker(Actor::Node(at));
        router.process = Some(Process { shared, node, waker, woken: true });
        self.schedule.enqueue(Actor::Node(at));
    }

    /// A client connects to a router that runs. `pipe` is how many bytes each direction of the transport holds.
    pub(crate) fn connect_client(
        &mut self,
        router: usize,
        peer: Peer,
        settings: ConnectionSettings,
        (pipe, latency): (usize, u64),
    ) -> usize {
        let transport = self.transports.len();
        let (client, accepted) = (self.ends.len(), self.ends.len() + 1);
        self.transports.push(Transport::new(pipe, [client, accepted], None, latency));
        self.add_end(Machine::Peer(Box::new(peer)), None, transport, 0);
        self.accept(router, Arc::new(settings), transport);
        client
    }

    fn accept(&mut self, router: usize, settings: Arc<ConnectionSettings>, transport: usize) {
        let shared = &self.routers[router].process.as_ref().expect("the router runs").shared;
        let names = PeerNames { remote: format!("transport:{transport}"), local: self.routers[router].name.clone() };
        let adaptor = Adaptor::accept(shared, &settings, names, self.now);
        self.add_end(Machine::Adaptor(Box::new(adaptor)), Some(router), transport, 1);
    }

    fn add_end(&mut self, machine: Machine, router: Option<usize>, transport: usize, side: usize) {
        let at = self.ends.len();
        let end = End::new(machine, router, transport, side);
        if let Some(adaptor) = end.adaptor() {
            adaptor.mailbox().register(&self.schedule.waker(Actor::End(at)));
        }
        self.ends.push(end);
        self.schedule.enqueue(Actor::End(at));
    }

    pub(crate) fn peer(&mut self, end: usize) -> &mut Peer {
        // Whatever is done with it may give it something to write.
        self.schedule.enqueue(Actor::End(end));
        match &mut self.ends[end].machine {
            Machine::Peer(peer) => peer,
            Machine::Adaptor(_) | Machine::Gone => panic!("end {end} is no client"),
        }
    }

    pub(crate) fn look_at_peer(&self, end: usize) -> &Peer {
        match &self.ends[end].machine {
            Machine::Peer(peer) => peer,
            Machine::Adaptor(_) | Machine::Gone => panic!("end {end} is no client"),
        }
    }

    /// The other end of an end's transport.
    pub(crate) fn opposite(&self, end: usize) -> usize {
        let End { transport, side, .. } = self.ends[end];
        self.transports[transport].ends[1 - side]
    }

    /// What machines hold and have not written: while it changes, messages move.
    pub(crate) fn under_way(&mut self) -> Vec<(Holdings, usize)> {
        let live = self.ends.iter_mut().filter(|end| !end.over);
        live.map(|end| (end.adaptor().map(Adaptor::holdings).unwrap_or_default(), end.output_len())).collect()
    }

    /// Transfers that routers have read from each other.
    pub(crate) fn transfers(&self) -> u64 {
        let wires = self.transports.iter().filter(|transport| transport.wire.is_some());
        wires.flat_map(|transport| &transport.frames).map(|frames| frames.transfers).sum()
    }

    /// Something about an end changed from outside.
    pub(crate) fn prod(&mut self, end: usize) {
        self.schedule.enqueue(Actor::End(end));
    }

    /// Hash of everything that went over any wire, in order and with its time.
    pub(crate) fn trace(&self) -> u64 {
        self.trace
    }

    /// Milliseconds since the world began.
    pub(crate) fn age(&self) -> u64 {
        self.now.millis_since(START)
    }

    fn note(&mut self, end: usize, bytes: &[u8]) {
        let time = self.now.as_millis().to_le_bytes();
        for byte in (end as u32).to_le_bytes().iter().chain(&time).chain(bytes) {
            self.trace = (self.trace ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl Transport {
    fn new(pipe: usize, ends: [usize; 2], wire: Option<usize>, latency: u64) -> Self {
        Self {
            pipes: [Pipe::new(pipe), Pipe::new(pipe)],
            frames: Default::default(),
            ends,
            wire,
            feed: None,
            latency,
            is_frozen: false,
            is_broken: false,
            was_frozen: false,
        }
    }
}

/// Names in the order of numbers.
pub(crate) fn router_name(at: usize) -> String {
    format!("R{at:03}")
}

/// Settings of a connection between routers.
fn between_routers(name: &str, initiates: bool, wire: &Wire) -> ConnectionSettings {
    let mut engine = if initiates { Config::client(name) } else { Config::server(name) };
    engine.open.max_frame_size = wire.frame.into();
    ConnectionSettings {
        role: ConnectionRole::InterRouter,
        cost: wire.cost,
        link_capacity: wire.link_capacity,
        data_connections: wire.data_connections,
        name: format!("to-{name}"),
        ..ConnectionSettings::new(Arc::new(engine))
    }
}
