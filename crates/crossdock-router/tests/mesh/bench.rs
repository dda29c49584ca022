//! Routers, connections and clients on one clock.

use bytes::Bytes;
use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Chunk, Config, Handshake, LinkId, NewDelivery, Payload, SessionId, Time, attach};
use crossdock_amqp::serial::DeliveryNumber;
use crossdock_core::address::Treatment;
use crossdock_router::{
    Adaptor, AddressSettings, ConnectionRole, ConnectionSettings, Holdings, Node, Peer as PeerNames, RouterMode,
    RouterSettings, Shared,
};
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use fe2o3_amqp_types::performatives::Attach;
use fe2o3_amqp_types::primitives::{Symbol, Value};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};

use super::peer::{Peer, Seen};

#[derive(Debug, Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A router.
pub(crate) struct Site {
    pub(crate) shared: Arc<Shared>,
    pub(crate) node: Node,
    woken: Arc<Flag>,
    /// Names that its next links get, before it makes up its own.
    pub(crate) names: Arc<Mutex<VecDeque<String>>>,
}

/// Who is at the other end of a connection.
pub(crate) enum Far {
    /// The connection with this number, of another router.
    Router(usize),
    Client(Box<Client>),
    /// Nobody: what was said to it.
    Hand(Vec<u8>),
}

/// A client or a neighbour by the test's grace: an engine, what it got, what became of what it sent.
pub(crate) struct Client {
    pub(crate) peer: Peer,
    /// Whether it accepts what it gets.
    pub(crate) accepts: bool,
    /// Messages: on which link, whether settled, the octets.
    pub(crate) got: Vec<(LinkId, bool, Vec<u8>)>,
    parts: HashMap<LinkId, Vec<u8>>,
    /// Outcomes of what it sent; of a rejection its text is in the octets.
    pub(crate) outcomes: Vec<(StateKind, Vec<u8>)>,
    pub(crate) errors: Vec<String>,
    /// Links that the router attached and nobody has answered.
    pub(crate) attached: Vec<(LinkId, Box<Attach>)>,
    /// Of each detach, whether it closed the link.
    pub(crate) closed: Vec<bool>,
    /// Answers to its attaches.
    pub(crate) answers: Vec<Attach>,
    /// Tags of the deliveries that it got, and their numbers where it does not accept them.
    pub(crate) tags: Vec<Vec<u8>>,
    pub(crate) numbers: Vec<(SessionId, DeliveryNumber)>,
    /// Messages and words about them, in the order in which they came.
    pub(crate) order: Vec<&'static str>,
    /// How often credit came back.
    pub(crate) drained: usize,
    /// It answers attaches, if it is a container of addresses.
    pub(crate) container: Option<Container>,
}

/// What a container does about attaches, and those that came.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) refuses: bool,
    /// Leaves the answer to the test.
    pub(crate) is_slow: bool,
    /// Says nothing of links at all.
    pub(crate) is_silent: bool,
    pub(crate) attached: Vec<(LinkId, Box<Attach>)>,
}

pub(crate) struct Conn {
    pub(crate) adaptor: Adaptor,
    woken: Arc<Flag>,
    pub(crate) far: Far,
    partial: Vec<u8>,
    pub(crate) over: bool,
}

pub(crate) struct Bench {
    pub(crate) now: Time,
    pub(crate) sites: Vec<Site>,
    pub(crate) conns: Vec<Conn>,
    names: usize,
}

const LETTERS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_";

impl Bench {
    pub(crate) fn new(now: u64) -> Self {
        Self { now: Time::from_millis(now), sites: Vec::new(), conns: Vec::new(), names: 0 }
    }

    pub(crate) fn router(&mut self, id: &str, instance: u64) -> usize {
        let names: Arc<Mutex<VecDeque<String>>> = Arc::default();
        let (dice, given) = (AtomicU64::new(1), Arc::clone(&names));
        let entropy = Box::new(move || {
            let mut octets = [0; 15];
            if let Some(name) = given.lock().unwrap().pop_front() {
                let letters = name.bytes().map(|letter| LETTERS.iter().position(|&known| known == letter).unwrap());
                octets.iter_mut().zip(letters).for_each(|(octet, at)| *octet = at as u8);
            } else {
                let n = dice.fetch_add(1, Ordering::Relaxed);
                octets.iter_mut().enumerate().for_each(|(at, octet)| *octet = (n >> (6 * at).min(60)) as u8 & 63);
            }
            octets
        });
        let shared = Shared::new(&RouterSettings::new(id, RouterMode::Interior, instance), entropy);
        let treatment = AddressSettings::new(Treatment::Multicast);
        shared.configure_prefix("multicast", treatment).unwrap();
        let node = Node::new(Arc::clone(&shared), self.now);
        let woken = Arc::new(Flag(AtomicBool::new(true)));
        self.sites.push(Site { shared, node, woken, names });
        self.sites.len() - 1
    }

    fn settings(id: &str, role: ConnectionRole, initiates: bool) -> ConnectionSettings {
        let mut engine = if initiates { Config::client(id) } else { Config::server(id) };
        engine.open.max_frame_size = 16_384.into();
        engine.idle_timeout = 0;
        engine.handshake_timeout = 0;
        ConnectionSettings { role, ..ConnectionSettings::new(Arc::new(engine)) }
    }

    fn add(&mut self, site: usize, role: ConnectionRole, initiates: bool, cost: u32, far: Far) -> usize {
        let shared = &self.sites[site].shared;
        let settings = ConnectionSettings { cost, ..Self::settings(shared.router_id(), role, initiates) };
        let settings = Arc::new(settings);
        let names = PeerNames { remote: "there".into(), local: "here".into() };
        let adaptor = match initiates {
            true => Adaptor::initiate(shared, &settings, names, self.now),
            false => Adaptor::accept(shared, &settings, names, self.now),
        };
        let woken = Arc::new(Flag::default());
        adaptor.mailbox().register(&Waker::from(Arc::clone(&woken)));
        self.conns.push(Conn { adaptor, woken, far, partial: Vec::new(), over: false });
        self.conns.len() - 1
    }

    /// A connection between routers whose other end is the test's.
    pub(crate) fn by_hand(&mut self, site: usize, initiates: bool, cost: u32) -> usize {
        self.add(site, ConnectionRole::InterRouter, initiates, cost, Far::Hand(Vec::new()))
    }

    /// One router connects to another.
    pub(crate) fn join(&mut self, from: usize, to: usize) {
        let one = self.add(from, ConnectionRole::InterRouter, true, 1, Far::Hand(Vec::new()));
        let other = self.add(to, ConnectionRole::InterRouter, false, 1, Far::Router(one));
        self.conns[one].far = Far::Router(other);
    }

    /// A client that accepts what it gets, or a neighbour that has only opened and begun a session.
    pub(crate) fn connect(&mut self, site: usize, role: ConnectionRole, id: &str) -> usize {
        self.connect_saying(site, role, id, &[])
    }

    /// The same, with these properties in its open.
    pub(crate) fn connect_saying(&mut self, site: usize, role: ConnectionRole, id: &str, says: &[&str]) -> usize {
        let mut config = Config::client(id);
        let properties = says.iter().map(|key| (Symbol::from(*key), Value::Bool(true)));
        config.open.properties = (!says.is_empty()).then(|| properties.collect());
        config.handshake = Handshake::Plain;
        config.idle_timeout = 0;
        config.open.idle_time_out = None;
        config.open.max_frame_size = 16_384.into();
        config.incoming_window = 1 << 20;
        let client = Client {
            peer: Peer::new(config, self.now),
            accepts: true,
            got: Vec::new(),
            parts: HashMap::new(),
            outcomes: Vec::new(),
            errors: Vec::new(),
            attached: Vec::new(),
            closed: Vec::new(),
            answers: Vec::new(),
            tags: Vec::new(),
            numbers: Vec::new(),
            order: Vec::new(),
            drained: 0,
            container: None,
        };
        let at = self.add(site, role, false, 1, Far::Client(Box::new(client)));
        self.client(at).peer.conn.begin().unwrap();
        self.settle();
        at
    }

    pub(crate) fn client(&mut self, conn: usize) -> &mut Client {
        match &mut self.conns[conn].far {
            Far::Client(client) => client,
            Far::Router(_) | Far::Hand(_) => panic!("connection {conn} has no client"),
        }
    }

    pub(crate) fn session(&mut self, conn: usize) -> SessionId {
        self.client(conn).peer.conn.sessions().next().unwrap()
    }

    pub(crate) fn attach(&mut self, conn: usize, role: Role, address: Option<&str>, credit: u32) -> LinkId {
        self.names += 1;
        let request = request(&format!("link-{}", self.names), role, address);
        self.attach_as(conn, request, credit)
    }

    pub(crate) fn attach_as(&mut self, conn: usize, request: Attach, credit: u32) -> LinkId {
        let is_receiver = request.role == Role::Receiver;
        let session = self.session(conn);
        let engine = &mut self.client(conn).peer.conn;
        let link = engine.attach(session, request, 0).unwrap();
        if is_receiver && credit > 0 {
            engine.add_credit(link, credit);
            engine.open_gate(link);
        }
        self.settle();
        link
    }

    /// A client answers the earliest attach of the router's that it has not answered, and gives credit.
    pub(crate) fn answer(&mut self, conn: usize, credit: u32) -> LinkId {
        let client = self.client(conn);
        let (link, attach) = client.attached.remove(0);
        client.peer.conn.accept_link(link, attach.source, attach.target, credit, 0);
        client.peer.conn.open_gate(link);
        self.settle();
        link
    }

    /// Sends a message; a further part of one if there is one under way.
    pub(crate) fn send(&mut self, conn: usize, link: LinkId, message: &[u8], settled: bool, more: bool) {
        self.send_as(b"tag", conn, link, message, settled, more);
    }

    /// As [`send`](Self::send), with a tag of one's own.
    pub(crate) fn send_as(&mut self, tag: &[u8], conn: usize, link: LinkId, message: &[u8], settled: bool, more: bool) {
        let new = NewDelivery {
            tag,
            message_format: 0,
            context: (!settled).then_some(0),
            state: StateRef::None,
            rcv_second: false,
        };
        let chunk = Chunk::free(Bytes::copy_from_slice(message));
        let engine = &mut self.client(conn).peer.conn;
        let mut sent = match engine.continue_delivery(link, Payload::Shared(&chunk), more) {
            Some(sent) => sent,
            None => engine.start_delivery(link, new, Payload::Shared(&chunk), more).expect("there is credit"),
        };
        let mut at = sent.bytes;
        self.settle();
        while !sent.finished && !self.conns[conn].over {
            let rest = chunk.slice(at..chunk.len());
            let engine = &mut self.client(conn).peer.conn;
            sent = engine.continue_delivery(link, Payload::Shared(&rest), more).expect("there is a window");
            at += sent.bytes;
            self.settle();
        }
    }

    pub(crate) fn credit(&mut self, conn: usize, link: LinkId) -> u32 {
        self.client(conn).peer.conn.link(link).unwrap().sender_credit().unwrap().available()
    }

    /// Gives a router bytes of its peer.
    pub(crate) fn give(&mut self, conn: usize, bytes: &[u8]) {
        let Conn { adaptor, partial, .. } = &mut self.conns[conn];
        partial.extend_from_slice(bytes);
        let input = Bytes::from(std::mem::take(partial));
        let used = adaptor.handle_input(&input, self.now);
        self.conns[conn].partial = input[used..].to_vec();
        self.settle();
    }

    /// What was said to a hand since the last call.
    pub(crate) fn heard(&mut self, conn: usize) -> Vec<u8> {
        match &mut self.conns[conn].far {
            Far::Hand(heard) => std::mem::take(heard),
            Far::Router(_) | Far::Client(_) => panic!("connection {conn} is in nobody's hand"),
        }
    }

    pub(crate) fn lose(&mut self, conn: usize) {
        self.conns[conn].adaptor.handle_transport_lost(self.now);
        self.conns[conn].over = true;
        self.settle();
    }

    /// What a connection holds, links aside.
    pub(crate) fn holdings(&self, conn: usize) -> Holdings {
        Holdings { links: 0, ..self.conns[conn].adaptor.holdings() }
    }

    /// Time passes; what is due on the way happens when it is due.
    pub(crate) fn run_until(&mut self, at: u64) {
        self.settle();
        loop {
            let nodes = self.sites.iter().map(|site| site.node.poll_timeout());
            let live = self.conns.iter().filter(|conn| !conn.over);
            let next = nodes.chain(live.map(|conn| conn.adaptor.poll_timeout())).min().unwrap();
            if next > Time::from_millis(at) {
                break;
            }
            self.now = self.now.max(next);
            self.settle();
        }
        self.now = self.now.max(Time::from_millis(at));
    }

    pub(crate) fn run_for(&mut self, millis: u64) {
        self.run_until(self.now.as_millis() + millis);
    }

    /// Goes on until nothing moves.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            let mut moved = false;
            for site in 0..self.sites.len() {
                moved |= self.step_site(site);
            }
            for conn in 0..self.conns.len() {
                moved |= self.step(conn);
            }
            if !moved {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    fn step_site(&mut self, at: usize) -> bool {
        let (now, site) = (self.now, &mut self.sites[at]);
        let is_due = site.node.poll_timeout() <= now;
        if is_due {
            site.node.handle_timeout(now);
        }
        let woken = site.woken.0.swap(false, Ordering::Relaxed);
        if woken {
            let waker = Waker::from(Arc::clone(&site.woken));
            while site.node.handle_actions(now, Some(&waker)) {}
        }
        is_due || woken
    }

    fn step(&mut self, at: usize) -> bool {
        let now = self.now;
        let conn = &mut self.conns[at];
        if conn.over {
            return false;
        }
        let mut moved = conn.woken.0.swap(false, Ordering::Relaxed) && conn.adaptor.handle_mailbox(now);
        if conn.adaptor.poll_timeout() <= now {
            conn.adaptor.handle_timeout(now);
            moved = true;
        }
        conn.adaptor.mark_output(now);
        let bytes = conn.adaptor.output().take_all();
        if !bytes.is_empty() {
            conn.adaptor.handle_output_room(now);
            moved = true;
        }
        if conn.adaptor.is_closed() && conn.adaptor.output().is_empty() {
            conn.adaptor.handle_transport_lost(now);
            conn.over = true;
        }
        let answer = match &mut conn.far {
            Far::Hand(heard) => {
                heard.extend_from_slice(&bytes);
                return moved;
            }
            &mut Far::Router(other) => {
                if !bytes.is_empty() {
                    self.give_quietly(other, &bytes);
                }
                return moved;
            }
            Far::Client(client) => client.hear(&bytes, now),
        };
        if !answer.is_empty() {
            self.give_quietly(at, &answer);
            moved = true;
        }
        moved
    }

    fn give_quietly(&mut self, conn: usize, bytes: &[u8]) {
        let Conn { adaptor, partial, over, .. } = &mut self.conns[conn];
        if *over {
            return;
        }
        partial.extend_from_slice(bytes);
        let input = Bytes::from(std::mem::take(partial));
        let used = adaptor.handle_input(&input, self.now);
        *partial = input[used..].to_vec();
    }
}

impl Client {
    /// Takes what the router says; gives what is to be said.
    fn hear(&mut self, bytes: &[u8], now: Time) -> Vec<u8> {
        if !bytes.is_empty() {
            self.peer.read(bytes, now);
        }
        while let Some(seen) = self.peer.seen.pop_front() {
            self.note(seen);
        }
        self.peer.conn.output().take_all()
    }

    fn note(&mut self, seen: Seen) {
        match seen {
            Seen::Part(part) => {
                self.order.push("message");
                if part.first {
                    self.tags.push(part.tag.clone());
                }
                let message = self.parts.entry(part.link).or_default();
                message.extend_from_slice(&part.payload);
                if part.more && !part.aborted {
                    return;
                }
                let message = self.parts.remove(&part.link).unwrap();
                if !part.aborted {
                    self.got.push((part.link, part.settled, message));
                }
                if !self.accepts {
                    self.numbers.push((part.session, part.number));
                }
                let known = self.peer.conn.session_mut(part.session);
                if self.accepts && !part.settled {
                    let known = known.map(|session| session.incoming_mut().remove(part.number));
                    assert!(known.is_some());
                    self.peer.conn.write_disposition(
                        part.session,
                        true,
                        part.number,
                        part.number,
                        true,
                        StateRef::Accepted,
                    );
                }
            }
            Seen::State { first, last, settled, state, .. } => {
                self.order.push("state");
                for _ in first.raw()..=last.raw() {
                    if settled {
                        let octets = match state.as_wire() {
                            StateRef::Other(octets) => octets.to_vec(),
                            _ => Vec::new(),
                        };
                        self.outcomes.push((state.as_wire().kind(), octets));
                    }
                }
            }
            Seen::Answered(_, attach) => self.answers.push(*attach),
            Seen::Drained(_) => self.drained += 1,
            Seen::Attached(link, attach) => self.note_attached(link, attach),
            Seen::Detached { error, link, closed } => {
                self.errors.push(format!("detached: {}", error.unwrap_or_default()));
                self.closed.push(closed);
                self.parts.remove(&link);
                match &self.container {
                    Some(container) if container.is_silent => {}
                    Some(container) if container.is_slow => self.peer.conn.refuse_link(link, None, None, None),
                    Some(_) | None => self.peer.conn.detach(link, closed, None),
                }
            }
            Seen::Ended { error, session } => {
                // Silence is what the router says of streams that are over.
                self.errors.extend(error.map(|error| format!("ended: {error}")));
                self.peer.conn.end(session, None);
            }
            Seen::Closed { error, .. } => self.errors.push(format!("closed: {}", error.unwrap_or_default())),
            Seen::Opened | Seen::Begun(_) | Seen::Credit(_) | Seen::Window(_) => {}
        }
    }

    fn note_attached(&mut self, link: LinkId, attach: Box<Attach>) {
        let Some(container) = &mut self.container else { return self.attached.push((link, attach)) };
        container.attached.push((link, attach.clone()));
        let Attach { source, target, .. } = *attach;
        if container.refuses {
            let error = Condition::NotFound.error("no such node");
            self.peer.conn.refuse_link(link, source, target, Some(error));
        } else if !container.is_slow && !container.is_silent {
            self.peer.conn.accept_link(link, source, target, 0, 0);
        }
    }

    /// Deliveries that have begun to come in.
    pub(crate) fn begun(&self) -> usize {
        self.parts.len()
    }

    pub(crate) fn kinds(&self) -> Vec<StateKind> {
        self.outcomes.iter().map(|(kind, _)| *kind).collect()
    }
}

pub(crate) fn request(name: &str, role: Role, address: Option<&str>) -> Attach {
    let (mut source, mut target) = (Source::default(), Target::default());
    match role {
        Role::Sender => target.address = address.map(Into::into),
        Role::Receiver => source.address = address.map(Into::into),
    }
    attach(name, role, Some(source), Some(TargetArchetype::Target(target)))
}
