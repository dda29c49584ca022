//! The world: routers, wires, clients, and what the clients do and know.

mod books;
mod clients;
mod containers;
mod ending;
mod mesh;
mod model;
mod news;
mod rules;

use crossdock_amqp::codec::StateKind;
use crossdock_amqp::engine::Time;
use crossdock_router::{Adaptor, RouterMode};

use crate::net::{Happened, Net, Wire};
pub use clients::{ClientTerms, Post};
pub(crate) use containers::{Fate, Store, Stored};
use model::{Client, Receipt, Receiver, Sender, Sent};
pub use model::{Taste, Verdict};
pub(crate) use rules::{Rules, is_routed};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

/// What a wire between routers is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireTerms {
    /// Cost, as both ends have it.
    pub cost: u32,
    /// Milliseconds that bytes travel.
    pub latency: u64,
    /// Bytes under way in each direction, of each connection.
    pub pipe: usize,
    /// Largest frame (bytes).
    pub frame: u32,
    /// Further connections that share the traffic.
    pub data_connections: u32,
}

impl Default for WireTerms {
    fn default() -> Self {
        Self { cost: 1, latency: 1, pipe: 1 << 20, frame: 16_384, data_connections: 0 }
    }
}

/// Costs of the ways from a router to all others.
type Costs = BTreeMap<usize, Vec<Option<u64>>>;

/// Something that happened to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Its connection is gone.
    Lost { client: usize },
    /// The router does not want its sender or receiver, or not any more.
    Unlinked { client: usize, error: String },
}

/// A mesh of routers with its clients, on one seeded clock.
///
/// What a test wants done is a method; whatever follows from it happens in [`World::run_for`] and its siblings. All
/// methods panic when something happens that may not: [`crate::play`] makes a report of that.
pub struct World {
    pub(crate) net: Net,
    pub(crate) clients: Vec<Client>,
    pub(crate) senders: Vec<Sender>,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) messages: Vec<Sent>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) rules: Rules,
    pub(crate) stores: Vec<Store>,
    /// What containers have taken.
    pub(crate) stored: BTreeMap<u32, Stored>,
    /// What happened to clients that did not want it, if somebody listens.
    pub(crate) news: Option<VecDeque<News>>,
    /// The router that was wrong about others last.
    suspect: Cell<usize>,
    /// Costs of ways in a calm.
    known_costs: RefCell<(u32, Costs)>,
    /// The number of the present calm: all routers agree with the topology and nothing has disturbed it since.
    pub(crate) calm: Option<u32>,
    calms: u32,
    disturbances: u64,
    links: usize,
    /// Counts whatever clients hear of messages.
    progress: u64,
    /// What the mesh held before there were clients.
    baseline: Option<Vec<ending::Leftovers>>,
}

impl World {
    /// An empty world, whose every choice follows from the seed.
    pub fn new(seed: u64) -> Self {
        Self {
            net: Net::new(seed),
            clients: Vec::new(),
            senders: Vec::new(),
            receivers: Vec::new(),
            messages: Vec::new(),
            receipts: Vec::new(),
            rules: Rules::default(),
            stores: Vec::new(),
            stored: BTreeMap::new(),
            news: None,
            suspect: Cell::default(),
            known_costs: RefCell::default(),
            calm: None,
            calms: 0,
            disturbances: 0,
            links: 0,
            progress: 0,
            baseline: None,
        }
    }

    /// Whether reads and writes are cut into pieces of all sizes (they are), or move all there is.
    pub fn set_choppy(&mut self, is_choppy: bool) {
        self.net.is_choppy = is_choppy;
    }

    // ---- the mesh --------------------------------------------------------------------------------------------------------

    /// An interior router starts. Routers are numbered from 0, and so are wires, clients, senders and receivers.
    pub fn add_router(&mut self) -> usize {
        self.disturb();
        self.net.add_router(RouterMode::Interior)
    }

    /// A router that knows no others.
    pub fn add_standalone_router(&mut self) -> usize {
        self.disturb();
        self.net.add_router(RouterMode::Standalone)
    }

    /// `a` connects to `b`, and will again when the connection ends. Both have the same cost.
    pub fn connect(&mut self, a: usize, b: usize, cost: u32) -> usize {
        self.connect_with(a, b, WireTerms { cost, ..WireTerms::default() })
    }

    /// The same on these terms.
    pub fn connect_with(&mut self, a: usize, b: usize, terms: WireTerms) -> usize {
        self.disturb();
        let WireTerms { cost, latency, pipe, frame, data_connections } = terms;
        self.net.add_wire(Wire { cost, latency, pipe, frame, data_connections, ..Wire::new(a, b) })
    }

    /// The wire breaks, and both routers see it. What is under way is lost if `at_once`, and arrives before that if not.
    pub fn cut(&mut self, wire: usize, at_once: bool) {
        self.disturb();
        self.net.cut(wire, at_once);
    }

    /// One of the further connections of a wire breaks, if there are any.
    pub fn drop_data_connection(&mut self, wire: usize, which: usize, at_once: bool) {
        self.disturb();
        self.net.drop_data_connection(wire, which, at_once);
    }

    /// Nothing arrives over the wire any more, and nobody is told.
    pub fn silence(&mut self, wire: usize) {
        self.disturb();
        self.net.silence(wire);
    }

    /// All is well with the wire again.
    pub fn heal(&mut self, wire: usize) {
        self.disturb();
        self.net.heal(wire);
    }

    /// From now on bytes travel for so many milliseconds.
    pub fn delay(&mut self, wire: usize, millis: u64) {
        self.net.delay(wire, millis);
    }

    /// The router's process dies.
    pub fn stop(&mut self, router: usize) {
        self.disturb();
        if self.net.routers[router].process.is_some() {
            self.net.stop(router);
        }
    }

    /// A router that was stopped starts again, as another instance.
    pub fn restart(&mut self, router: usize) {
        self.disturb();
        if self.net.routers[router].process.is_none() {
            self.net.restart(router);
        }
    }

    /// Whether a router runs.
    pub fn is_running(&self, router: usize) -> bool {
        self.net.routers[router].process.is_some()
    }

    /// Transfers that routers have read from each other so far: while there are no clients, messages of the routing protocol.
    pub fn transfers_between_routers(&self) -> u64 {
        self.net.transfers()
    }

    /// Hash of all that went over any wire, in order and with its time.
    pub fn trace(&self) -> u64 {
        self.net.trace()
    }

    /// Milliseconds since some time before the world began.
    pub fn now(&self) -> u64 {
        self.net.now.as_millis()
    }

    /// How many things have happened.
    pub fn steps(&self) -> u64 {
        self.net.steps()
    }

    // ---- what is to be seen ----------------------------------------------------------------------------------------------

    /// Numbers of the messages that a receiver has got in full, in the order in which they came.
    pub fn received(&self, receiver: usize) -> Vec<u32> {
        let receipts = self.receivers[receiver].receipts.iter().map(|&at| &self.receipts[at]);
        receipts.filter(|receipt| receipt.complete).filter_map(|receipt| receipt.message).collect()
    }

    /// What a sender was told of each of its messages.
    pub fn outcomes(&self, sender: usize) -> Vec<Option<StateKind>> {
        self.messages.iter().filter(|sent| sent.sender == sender).map(|sent| sent.outcome).collect()
    }

    /// The credit that a sender has.
    pub fn credit(&self, sender: usize) -> u32 {
        let conn = &self.net.look_at_peer(self.clients[self.senders[sender].client].end).conn;
        let link = conn.link(self.senders[sender].link);
        link.and_then(|link| link.sender_credit()).map_or(0, |credit| credit.available())
    }

    /// What a router's connections hold, links aside, summed up: deliveries that are not settled or wait, bytes of content.
    pub fn held(&self, router: usize) -> (usize, usize) {
        let ends = self.net.ends.iter().filter(|end| !end.over && end.router == Some(router));
        let holdings = ends.filter_map(|end| end.adaptor()).map(Adaptor::holdings);
        holdings.fold((0, 0), |(deliveries, content), one| {
            (deliveries + one.incoming + one.outgoing + one.waiting, content + one.content)
        })
    }

    // ---- time ------------------------------------------------------------------------------------------------------------

    /// Milliseconds pass, and what is to happen in them does.
    pub fn run_for(&mut self, millis: u64) {
        let until = self.net.now.plus_millis(millis);
        while self.step(until) {}
    }

    /// So many things happen, or fewer until something is due only `most` milliseconds from now.
    pub fn run_steps(&mut self, steps: usize, most: u64) {
        let until = self.net.now.plus_millis(most);
        for _ in 0..steps {
            if !self.step(until) {
                return;
            }
        }
    }

    /// Runs until the condition holds, looked at in each millisecond. How many milliseconds that took.
    pub fn run_until(&mut self, most: u64, what: &str, condition: impl Fn(&Self) -> bool) -> u64 {
        let start = self.net.now;
        loop {
            self.run_for(0);
            if condition(self) {
                return self.net.now.millis_since(start);
            }
            assert!(self.net.now.millis_since(start) < most, "not within {most} ms: {what}");
            self.run_for(1);
        }
    }

    /// Runs until nothing of messages has moved for a while. Routers go on greeting each other.
    pub fn rest(&mut self) {
        let slowest = self.net.wires.iter().map(|wire| wire.latency).max().unwrap_or(0);
        let quiet = 100 + 4 * slowest * (self.net.routers.len() as u64 + 1);
        loop {
            let before = (self.progress, self.net.under_way());
            self.run_for(quiet);
            if (self.progress, self.net.under_way()) == before {
                return;
            }
        }
    }

    /// One thing happens. False if none does until then.
    fn step(&mut self, until: Time) -> bool {
        let happened = self.net.step(until);
        match happened {
            Happened::Nothing => return false,
            Happened::Something => {}
            Happened::Heard(end) => self.listen(end),
            Happened::Pump(end) => self.pump_client(end),
            Happened::Lost(end) => self.lost(end),
        }
        if !self.net.visitors.is_empty() {
            self.welcome();
        }
        if let Some(breach) = self.net.breaches.first() {
            panic!("{breach}");
        }
        true
    }

    /// Something changes in the mesh: what follows may be lost or go astray until all have learnt of it.
    fn disturb(&mut self) {
        self.disturbances += 1;
        self.calm = None;
    }
}
