//! A mesh of machines joined by virtual connections, on one seeded clock.
//!
//! Messages travel as values, in order on each connection and direction, after a random delay. What forwards control
//! messages between routers is in [`Mesh::arrive`]: the few lines that the owner of a machine has to add.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    reason = "not every test uses all of it; a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crossdock_linkstate::message::{Message, Recipient};
use crossdock_linkstate::{Config, ConnectionKey, Cost, Instance, LinkState, Notice, Output, Path, RouterId, Time};

/// The world.
pub struct Mesh {
    pub now: Time,
    pub routers: Vec<Option<Router>>,
    links: Vec<Link>,
    events: BTreeMap<(Time, u64), Event>,
    sequence: u64,
    random: Random,
    /// Messages sent, each hop counted, by opcode.
    pub sent: BTreeMap<&'static str, u64>,
    /// Changes with everything that arrives anywhere.
    pub trace_hash: u64,
    pub notices: Vec<(usize, Notice)>,
    instances: u64,
    tune: fn(&mut Config),
}

/// A router and what its owner was told.
pub struct Router {
    pub machine: LinkState,
    pub reachable: BTreeMap<RouterId, Path>,
    pub addresses: BTreeSet<(RouterId, String)>,
    wake_at: Time,
}

struct Link {
    ends: [usize; 2],
    cost: u32,
    state: Wire,
    /// Messages of an earlier life of the connection are lost.
    life: u64,
    busy_until: [Time; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wire {
    Up,
    /// Nothing arrives, and nobody is told.
    Silent,
    Down,
}

enum Event {
    Wake(usize),
    Arrive { router: usize, link: usize, life: u64, packet: Rc<Packet> },
}

struct Packet {
    to: Recipient,
    message: Message,
    trace: Vec<RouterId>,
}

struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below.max(1)
    }
}

pub fn name(router: usize) -> RouterId {
    RouterId::new(&format!("R{router:04}"))
}

impl Mesh {
    /// Routers that start within the first second, joined by these connections (two ends, cost), which come up then too.
    pub fn start(seed: u64, routers: usize, links: &[(usize, usize, u32)]) -> Self {
        Self::start_tuned(seed, routers, links, |_| {})
    }

    /// The same with other times.
    pub fn start_tuned(seed: u64, routers: usize, links: &[(usize, usize, u32)], tune: fn(&mut Config)) -> Self {
        let mut mesh = Self {
            now: Time::from_millis(1_000_000),
            routers: (0..routers).map(|_| None).collect(),
            links: Vec::new(),
            events: BTreeMap::new(),
            sequence: 0,
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            sent: BTreeMap::new(),
            trace_hash: 0xcbf2_9ce4_8422_2325,
            notices: Vec::new(),
            instances: 1_577_836_800,
            tune,
        };
        mesh.links = links
            .iter()
            .map(|&(a, b, cost)| Link { ends: [a, b], cost, state: Wire::Down, life: 0, busy_until: [mesh.now; 2] })
            .collect();
        let mut order: Vec<usize> = (0..routers).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, mesh.random.below(at as u64 + 1) as usize);
        }
        for router in order {
            let until = mesh.now.plus_millis(mesh.random.below(1_000 / routers as u64 + 1));
            mesh.run_until(until);
            mesh.start_router(router);
        }
        mesh
    }

    /// A new process, with connections to all of its neighbours that are there.
    pub fn start_router(&mut self, router: usize) {
        self.instances += 1;
        let mut config = Config::new(name(router), Instance(self.instances));
        (self.tune)(&mut config);
        let machine = LinkState::new(config, self.now);
        let (reachable, addresses) = (BTreeMap::new(), BTreeSet::new());
        self.routers[router] = Some(Router { machine, reachable, addresses, wake_at: Time::NEVER });
        self.drain(router);
        for link in 0..self.links.len() {
            if self.links[link].ends.contains(&router) {
                self.heal(link);
            }
        }
    }

    /// The process dies; its neighbours see their connections close.
    pub fn stop_router(&mut self, router: usize) {
        for link in 0..self.links.len() {
            if self.links[link].ends.contains(&router) {
                self.cut(link);
            }
        }
        self.routers[router] = None;
    }

    /// The connection comes up again, if both routers are there.
    pub fn heal(&mut self, link: usize) {
        let Link { ends, cost, state, .. } = self.links[link];
        if state == Wire::Up || ends.iter().any(|&end| self.routers[end].is_none()) {
            return;
        }
        self.cut(link);
        self.links[link].state = Wire::Up;
        self.links[link].life += 1;
        let key = self.key(link);
        let now = self.now;
        for end in ends {
            self.with(end, |machine| machine.handle_connection_up(key, Cost::effective(cost, 1), now));
        }
    }

    /// The connection closes at both ends.
    pub fn cut(&mut self, link: usize) {
        if self.links[link].state == Wire::Down {
            return;
        }
        self.links[link].state = Wire::Down;
        let key = self.key(link);
        let now = self.now;
        for end in self.links[link].ends {
            self.with(end, |machine| machine.handle_link_lost(key, now));
        }
    }

    /// Nothing arrives any more, but no end is told.
    pub fn silence(&mut self, link: usize) {
        self.links[link].state = Wire::Silent;
    }

    fn key(&self, link: usize) -> ConnectionKey {
        ConnectionKey(self.links[link].life * 1_000_000 + link as u64)
    }

    pub fn machine(&mut self, router: usize) -> &mut LinkState {
        &mut self.routers[router].as_mut().expect("a running router").machine
    }

    /// Does something with a machine and what follows from it.
    pub fn with(&mut self, router: usize, act: impl FnOnce(&mut LinkState)) {
        if let Some(running) = &mut self.routers[router] {
            act(&mut running.machine);
            self.drain(router);
        }
    }

    pub fn run(&mut self, millis: u64) {
        self.run_until(self.now.plus_millis(millis));
    }

    pub fn run_until(&mut self, until: Time) {
        while let Some(entry) = self.events.first_entry() {
            if entry.key().0 > until {
                break;
            }
            let ((at, _), event) = entry.remove_entry();
            self.now = at;
            match event {
                Event::Wake(router) => self.wake(router),
                Event::Arrive { router, link, life, packet } => {
                    if self.links[link].state == Wire::Up && self.links[link].life == life {
                        self.arrive(router, link, &packet);
                    }
                }
            }
        }
        self.now = until;
    }

    /// Runs until every router has the right paths. The milliseconds that took.
    pub fn run_until_settled(&mut self, most: u64) -> u64 {
        let start = self.now;
        loop {
            match self.wrong() {
                None => return self.now.millis_since(start),
                Some(wrong) if self.now.millis_since(start) >= most => panic!("not settled after {most} ms: {wrong}"),
                Some(_) => self.run(10),
            }
        }
    }

    fn wake(&mut self, router: usize) {
        let now = self.now;
        let Some(running) = &mut self.routers[router] else { return };
        if running.wake_at == now {
            running.wake_at = Time::NEVER;
            running.machine.tick(now);
            self.drain(router);
        }
    }

    /// What a router does with a control message: for itself, for all, or for another.
    fn arrive(&mut self, router: usize, link: usize, packet: &Packet) {
        let (now, key) = (self.now, self.key(link));
        self.note(&(now, link, router, packet.message.opcode(), packet.message.id().as_str()));
        let own = name(router);
        let is_loop = packet.trace.contains(&own);
        let mut on = Vec::new();
        let Some(running) = &mut self.routers[router] else { return };
        match &packet.to {
            Recipient::Neighbors => running.machine.handle_message(&packet.message, key, now),
            Recipient::Router(to) if *to == own => running.machine.handle_message(&packet.message, key, now),
            Recipient::Router(to) if !is_loop => on.extend(running.machine.connection_towards(to)),
            Recipient::Router(_) => {}
            Recipient::All => {
                running.machine.handle_message(&packet.message, key, now);
                let trace: Vec<&str> = packet.trace.iter().map(RouterId::as_str).collect();
                on = running.machine.pass_on(&packet.message, &trace, key, now);
            }
        }
        if !on.is_empty() {
            let trace = packet.trace.iter().cloned().chain([own]).collect();
            self.send(router, &on, Packet { to: packet.to.clone(), message: packet.message.clone(), trace });
        }
        self.drain(router);
    }

    fn send(&mut self, router: usize, on: &[ConnectionKey], packet: Packet) {
        let packet = Rc::new(packet);
        for key in on {
            *self.sent.entry(packet.message.opcode()).or_default() += 1;
            let index = (key.0 % 1_000_000) as usize;
            let delay = 1 + self.random.below(5);
            if self.key_is_stale(*key, index) {
                continue;
            }
            let link = &mut self.links[index];
            let side = usize::from(link.ends[1] == router);
            let at = self.now.plus_millis(delay).max(link.busy_until[side]);
            link.busy_until[side] = at;
            let event =
                Event::Arrive { router: link.ends[1 - side], link: index, life: link.life, packet: Rc::clone(&packet) };
            self.schedule(at, event);
        }
    }

    fn key_is_stale(&self, key: ConnectionKey, link: usize) -> bool {
        self.key(link) != key || self.links[link].state == Wire::Down
    }

    fn schedule(&mut self, at: Time, event: Event) {
        self.sequence += 1;
        self.events.insert((at, self.sequence), event);
    }

    fn drain(&mut self, router: usize) {
        while let Some(output) = self.routers[router].as_mut().and_then(|running| running.machine.poll_output()) {
            self.apply(router, output);
        }
        let now = self.now;
        let Some(running) = &mut self.routers[router] else { return };
        let due = running.machine.poll_timeout().max(now);
        if due < running.wake_at {
            running.wake_at = due;
            self.schedule(due, Event::Wake(router));
        }
    }

    /// What the owner of a machine does, and the order that it may rely on.
    fn apply(&mut self, router: usize, output: Output) {
        let running = self.routers[router].as_mut().expect("a running router");
        match output {
            Output::Send { on, to, message } => {
                let trace = vec![name(router)];
                self.send(router, &on, Packet { to, message, trace });
            }
            Output::Reachable { router: other, path } => {
                assert!(running.reachable.insert(other, path).is_none(), "reachable twice");
            }
            Output::PathChanged { router: other, path } => {
                let before = running.reachable.insert(other, path.clone()).expect("a reachable router");
                assert_ne!(before, path, "a change that is none");
            }
            Output::Unreachable { router: other } => {
                assert!(!running.addresses.iter().any(|(at, _)| *at == other), "addresses of who cannot be reached");
                running.reachable.remove(&other).expect("a reachable router");
            }
            Output::AddressAdded { router: other, address, .. } => {
                assert!(running.reachable.contains_key(&other), "an address of who cannot be reached");
                assert!(running.addresses.insert((other, address.to_string())), "added twice");
            }
            Output::AddressRemoved { router: other, address } => {
                assert!(running.addresses.remove(&(other, address.to_string())), "removed, but not there");
            }
            Output::TopologyChanged => {}
            Output::Notice(notice) => self.notices.push((router, notice)),
        }
    }

    fn note(&mut self, event: &impl std::fmt::Debug) {
        for byte in format!("{event:?}").bytes() {
            self.trace_hash = (self.trace_hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    /// All messages sent so far but for HELLO.
    pub fn messages(&self) -> u64 {
        self.sent.iter().filter(|(opcode, _)| **opcode != "HELLO").map(|(_, count)| count).sum()
    }

    /// What is different from the rules taken literally, if anything is.
    pub fn wrong(&self) -> Option<String> {
        let costs = self.costs();
        for (from, running) in self.routers.iter().enumerate() {
            let Some(running) = running else { continue };
            if running.machine.paths() != &running.reachable {
                return Some(format!("{}: the owner was told something else", name(from)));
            }
            let expected = tree(&costs, from);
            for (to, expected) in expected.iter().enumerate().filter(|&(to, _)| to != from) {
                let found = running.reachable.get(&name(to));
                let found = found.map(|path| (path.next_hop.clone(), path.cost, path.hops));
                let expected = expected.map(|(next_hop, cost, hops)| (name(next_hop), cost, hops));
                if found != expected {
                    return Some(format!("{} to {}: {found:?} instead of {expected:?}", name(from), name(to)));
                }
            }
        }
        None
    }

    /// Every path, followed from next hop to next hop, ends where it should.
    pub fn assert_loop_free(&self) {
        for from in 0..self.routers.len() {
            let Some(running) = &self.routers[from] else { continue };
            for (to, path) in &running.reachable {
                let mut at = from;
                for _ in 0..path.hops {
                    let running = self.routers[at].as_ref().expect("a running router");
                    let next = &running.reachable.get(to).expect("a path").next_hop;
                    at = (0..self.routers.len()).find(|&router| name(router) == *next).expect("a router");
                }
                assert_eq!(name(at), *to, "from {} in {} hops", name(from), path.hops);
            }
        }
    }

    /// Every router knows exactly these addresses of others.
    pub fn assert_addresses(&self, expected: &[(usize, &str)]) {
        for (at, running) in self.routers.iter().enumerate() {
            let Some(running) = running else { continue };
            let expected: BTreeSet<(RouterId, String)> = expected
                .iter()
                .filter(|&&(router, _)| running.reachable.contains_key(&name(router)))
                .map(|&(router, address)| (name(router), address.to_string()))
                .collect();
            assert_eq!(running.addresses, expected, "at {}", name(at));
        }
    }

    fn costs(&self) -> Vec<BTreeMap<usize, u64>> {
        let mut costs = vec![BTreeMap::new(); self.routers.len()];
        for Link { ends: [a, b], cost, state, .. } in &self.links {
            if *state == Wire::Up {
                for (from, to) in [(*a, *b), (*b, *a)] {
                    let known = costs[from].entry(to).or_insert(u64::from(*cost));
                    *known = (*known).min(u64::from(*cost));
                }
            }
        }
        costs
    }
}

/// Next hop, cost and hops from `root` to each router; numbers are in the order of names. Looks through all routers for
/// the next one, as the rule says.
fn tree(costs: &[BTreeMap<usize, u64>], root: usize) -> Vec<Option<(usize, u64, u32)>> {
    let mut known: Vec<Option<(usize, u64, u32)>> = vec![None; costs.len()];
    let mut done = vec![false; costs.len()];
    known[root] = Some((root, 0, 0));
    loop {
        let open = (0..costs.len()).filter(|&router| !done[router]);
        let next = open.filter_map(|router| Some((known[router]?.1, router))).min();
        let Some((cost, at)) = next else { return known };
        done[at] = true;
        let (first, _, hops) = known[at].expect("known");
        for (&to, step) in &costs[at] {
            if known[to].is_none_or(|(_, least, _)| cost + step < least) {
                known[to] = Some((if at == root { to } else { first }, cost + step, hops + 1));
            }
        }
    }
}

pub fn line(routers: usize) -> Vec<(usize, usize, u32)> {
    (1..routers).map(|router| (router - 1, router, 1 + router as u32 % 3)).collect()
}

pub fn ring(routers: usize) -> Vec<(usize, usize, u32)> {
    (0..routers).map(|router| (router, (router + 1) % routers, 1)).collect()
}

/// A ring in which every second router has a chord.
pub fn ring_with_chords(routers: usize, seed: u64) -> Vec<(usize, usize, u32)> {
    let mut random = Random(seed | 1);
    let mut links = ring(routers);
    for router in (0..routers).step_by(2) {
        let other = (router + 2 + random.below(routers as u64 - 3) as usize) % routers;
        links.push((router, other, 1 + random.below(4) as u32));
    }
    links
}
