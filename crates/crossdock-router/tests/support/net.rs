//! The router, its clients, and the wires between them.

use bytes::Bytes;
use crossdock_amqp::engine::{Config, Time};
use crossdock_core::address::Treatment;
use crossdock_router::{
    Adaptor, AddressSettings, ConnectionSettings, Node, Peer as PeerNames, RouterMode, RouterSettings, Shared,
};
use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Wake, Waker};

use super::peer::Peer;

/// Whether somebody was woken.
#[derive(Debug, Default)]
pub(crate) struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Flag {
    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One direction of a transport: takes so many bytes and no more until some are read.
#[derive(Debug)]
struct Pipe {
    bytes: VecDeque<u8>,
    capacity: usize,
    ended: bool,
}

impl Pipe {
    fn new(capacity: usize) -> Self {
        Self { bytes: VecDeque::new(), capacity, ended: false }
    }

    fn room(&self) -> usize {
        self.capacity.saturating_sub(self.bytes.len())
    }

    fn take(&mut self, n: usize) -> Vec<u8> {
        let n = n.min(self.bytes.len());
        self.bytes.drain(..n).collect()
    }
}

/// A connection: the router's machine, the client's, and two pipes.
pub(crate) struct End {
    pub(crate) adaptor: Adaptor,
    pub(crate) peer: Peer,
    up: Pipe,
    down: Pipe,
    /// The beginning of a frame whose rest the router has not got.
    partial: Vec<u8>,
    woken: Arc<Flag>,
    /// The router's side is over.
    over: bool,
    /// Whether the client takes bytes.
    pub(crate) reading: bool,
    /// The client has gone without a word.
    hung: bool,
    /// Credit of each link to the router.
    pub(crate) capacity: u32,
}

/// Something that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The node looks at its actions.
    Node,
    /// An adaptor looks into its mailbox.
    Mail(usize),
    /// An adaptor reads.
    RouterRead(usize),
    /// An adaptor writes.
    RouterWrite(usize),
    /// A client reads.
    PeerRead(usize),
    /// A client writes.
    PeerWrite(usize),
    /// An adaptor does what is due.
    Due(usize),
}

/// Milliseconds after which a moment is quiet.
pub(crate) const QUIET: u64 = 20;

pub(crate) struct Net {
    pub(crate) shared: Arc<Shared>,
    pub(crate) node: Node,
    pub(crate) now: Time,
    pub(crate) ends: Vec<End>,
    node_woken: Arc<Flag>,
    /// Hash of everything that went over a wire, in order.
    pub(crate) trace: u64,
}

/// Addresses that begin with these words are treated so; others are balanced.
pub(crate) const TREATMENTS: [(&str, Treatment); 4] = [
    ("closest", Treatment::Closest),
    ("multicast", Treatment::Multicast),
    ("flood", Treatment::MulticastFlood),
    ("unavailable", Treatment::Unavailable),
];

impl Net {
    pub(crate) fn new() -> Self {
        let dice = AtomicU64::new(1);
        let entropy = Box::new(move || {
            let mut octets = [0; crossdock_core::address::DYNAMIC_RANDOM];
            let n = dice.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            octets.iter_mut().zip(n).for_each(|(octet, n)| *octet = n);
            octets
        });
        let settings = RouterSettings::new("R", RouterMode::Standalone, 0);
        let shared = Shared::new(&settings, entropy);
        for (prefix, treatment) in TREATMENTS {
            shared.configure_prefix(prefix, AddressSettings::new(treatment)).unwrap();
        }
        let now = Time::from_millis(0);
        let mut node = Node::new(Arc::clone(&shared), now);
        let node_woken = Arc::new(Flag::default());
        let waker = Waker::from(Arc::clone(&node_woken));
        assert!(!node.handle_actions(now, Some(&waker)));
        Self { shared, node, now, ends: Vec::new(), node_woken, trace: 0xcbf2_9ce4_8422_2325 }
    }

    /// A client connects. `pipe` is how many bytes each direction of the transport holds.
    pub(crate) fn connect(&mut self, client: Config, server: Config, link_capacity: u32, pipe: usize) -> usize {
        self.connect_with(
            client,
            ConnectionSettings { link_capacity, ..ConnectionSettings::new(Arc::new(server)) },
            pipe,
        )
    }

    pub(crate) fn connect_with(&mut self, client: Config, settings: ConnectionSettings, pipe: usize) -> usize {
        let capacity = settings.link_capacity;
        let names = PeerNames { remote: format!("client:{}", self.ends.len()), local: "router:5672".into() };
        let adaptor = Adaptor::accept(&self.shared, &Arc::new(settings), names, self.now);
        let woken = Arc::new(Flag::default());
        adaptor.mailbox().register(&Waker::from(Arc::clone(&woken)));
        self.ends.push(End {
            adaptor,
            peer: Peer::new(client, self.now),
            up: Pipe::new(pipe),
            down: Pipe::new(pipe),
            partial: Vec::new(),
            woken,
            over: false,
            reading: true,
            hung: false,
            capacity,
        });
        self.ends.len() - 1
    }

    /// Everything that can happen now.
    pub(crate) fn ready(&mut self, steps: &mut Vec<Step>) {
        steps.clear();
        if self.node_woken.is_set() || self.node.poll_timeout() <= self.now {
            steps.push(Step::Node);
        }
        for (at, end) in self.ends.iter_mut().enumerate() {
            if !end.over {
                if end.adaptor.poll_timeout() <= self.now {
                    steps.push(Step::Due(at));
                }
                if end.woken.is_set() {
                    steps.push(Step::Mail(at));
                }
                let something = !end.up.bytes.is_empty() || end.up.ended;
                if something && end.adaptor.wants_input() && !end.adaptor.is_closed() {
                    steps.push(Step::RouterRead(at));
                }
                if !end.adaptor.output().is_empty() && end.down.room() > 0 {
                    steps.push(Step::RouterWrite(at));
                }
            }
            if end.peer.conn.is_closed() && end.peer.conn.output().is_empty() {
                // The client hangs up.
                end.up.ended = true;
            }
            if end.reading && !end.hung && !end.down.bytes.is_empty() {
                steps.push(Step::PeerRead(at));
            }
            if !end.peer.conn.output().is_empty() && end.up.room() > 0 && !end.up.ended {
                steps.push(Step::PeerWrite(at));
            }
        }
    }

    /// Does one thing; those that move bytes move at most `n`.
    pub(crate) fn step(&mut self, step: Step, n: usize) {
        match step {
            Step::Node => {
                self.node_woken.take();
                let waker = Waker::from(Arc::clone(&self.node_woken));
                while self.node.handle_actions(self.now, Some(&waker)) {}
                if self.node.poll_timeout() <= self.now {
                    self.node.handle_timeout(self.now);
                }
            }
            Step::Mail(at) => {
                let end = &mut self.ends[at];
                end.woken.take();
                end.adaptor.handle_mailbox(self.now);
                end.look_over(self.now);
            }
            Step::RouterRead(at) => {
                let end = &mut self.ends[at];
                let bytes = end.up.take(n);
                note(&mut self.trace, at * 2, &bytes);
                if bytes.is_empty() {
                    end.lose(self.now);
                    return;
                }
                end.partial.extend_from_slice(&bytes);
                let input = Bytes::from(std::mem::take(&mut end.partial));
                let used = end.adaptor.handle_input(&input, self.now);
                end.partial = input[used..].to_vec();
                end.look_over(self.now);
            }
            Step::RouterWrite(at) => {
                let end = &mut self.ends[at];
                let n = n.min(end.down.room());
                end.adaptor.mark_output(self.now);
                let taken = take(&mut end.adaptor, n);
                note(&mut self.trace, at * 2 + 1, &taken);
                if !end.hung {
                    end.down.bytes.extend(taken);
                }
                end.adaptor.handle_output_room(self.now);
                end.look_over(self.now);
            }
            Step::Due(at) => {
                let end = &mut self.ends[at];
                end.adaptor.handle_timeout(self.now);
                end.look_over(self.now);
            }
            Step::PeerRead(at) => {
                let end = &mut self.ends[at];
                let bytes = end.down.take(n);
                end.peer.read(&bytes, self.now);
            }
            Step::PeerWrite(at) => {
                let end = &mut self.ends[at];
                let n = n.min(end.up.room());
                let output = end.peer.conn.output();
                let mut slices = [IoSlice::new(&[]); 64];
                let used = output.slices(&mut slices);
                let bytes: Vec<u8> = slices[..used].iter().flat_map(|slice| slice.iter().copied()).take(n).collect();
                output.advance(bytes.len());
                end.up.bytes.extend(bytes);
            }
        }
    }

    /// When nothing moves: lets time pass until something is due. False if nothing ever will be.
    pub(crate) fn pass_time(&mut self) -> bool {
        let live = self.ends.iter().filter(|end| !end.over);
        let next = live.map(|end| end.adaptor.poll_timeout()).fold(self.node.poll_timeout(), Time::min);
        if next != Time::NEVER {
            self.now = self.now.max(next);
        }
        next != Time::NEVER
    }

    /// Goes on until nothing moves any more; credit that waits for a quiet moment gets one.
    pub(crate) fn run(&mut self) {
        self.settle();
        self.later(QUIET);
    }

    /// Goes on until nothing moves any more and nothing is due now.
    fn settle(&mut self) {
        let mut steps = Vec::new();
        for _ in 0..1_000_000 {
            self.ready(&mut steps);
            if steps.is_empty() {
                return;
            }
            for &step in &steps {
                let mut still = Vec::new();
                self.ready(&mut still);
                if still.contains(&step) {
                    self.step(step, usize::MAX);
                }
            }
        }
        panic!("it never comes to rest");
    }

    /// The transport breaks; what the client had written and the router had not read is lost if `now`.
    pub(crate) fn cut(&mut self, at: usize, now: bool) {
        let end = &mut self.ends[at];
        end.hung = true;
        end.up.ended = true;
        end.down.bytes.clear();
        end.peer.conn.output().take_all();
        if now && !end.over {
            end.lose(self.now);
        }
    }

    /// Whether the router's side of this connection is over.
    pub(crate) fn is_over(&self, at: usize) -> bool {
        self.ends[at].over
    }

    /// So much time passes at once, and what is due then happens.
    pub(crate) fn later(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        self.settle();
    }

    /// Whether the router has hung up, and the client has read everything.
    pub(crate) fn is_hung_up(&self, at: usize) -> bool {
        self.ends[at].over && self.ends[at].down.bytes.is_empty()
    }
}

impl End {
    /// What the shell does after each round: when all is said and written, the transport goes.
    fn look_over(&mut self, now: Time) {
        if !self.over && self.adaptor.is_closed() && self.adaptor.output().is_empty() {
            self.over = true;
            self.adaptor.handle_transport_lost(now);
        }
    }

    fn lose(&mut self, now: Time) {
        self.over = true;
        self.up.ended = true;
        self.up.bytes.clear();
        self.adaptor.handle_transport_lost(now);
        self.adaptor.output().take_all();
    }
}

fn take(adaptor: &mut Adaptor, n: usize) -> Vec<u8> {
    let output = adaptor.output();
    let mut slices = [IoSlice::new(&[]); 64];
    let used = output.slices(&mut slices);
    let bytes: Vec<u8> = slices[..used].iter().flat_map(|slice| slice.iter().copied()).take(n).collect();
    output.advance(bytes.len());
    bytes
}

/// FNV-1a.
fn note(trace: &mut u64, wire: usize, bytes: &[u8]) {
    for byte in (wire as u32).to_le_bytes().iter().chain(bytes) {
        *trace = (*trace ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
}
