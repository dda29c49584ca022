//! What happens to a world, as a list: written by a generator, printed when it breaks something, pasted as a test.

use crate::rng::Rng;
use crate::world::{ClientTerms, Post, Taste, Verdict, WireTerms, World};

/// The clients' addresses.
const ADDRESSES: [&str; 5] = ["balanced.a", "closest.b", "multicast.c", "balanced.d", "multicast.e"];

/// Milliseconds in which the routers agree, whatever happened: a silent connection takes 16 s to be given up.
const SETTLE: u64 = 60_000;

/// What happens next. Numbers of routers, wires, clients, senders and receivers are taken modulo how many there are; what
/// concerns nobody does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A router starts.
    Router,
    /// A router that knows no others starts.
    Standalone,
    /// One router connects to another.
    Connect {
        /// The one with the connector.
        a: usize,
        /// The one with the listener.
        b: usize,
        /// Cost of the connection.
        cost: u32,
        /// Milliseconds that bytes travel.
        latency: u64,
        /// Bytes under way in each direction.
        pipe: usize,
        /// Largest frame (bytes).
        frame: u32,
        /// Further connections that share the traffic.
        data: u32,
    },
    /// The mesh is complete: what routers hold now is what they may hold in the end.
    Complete,
    /// Time passes until all routers know all there is to know.
    Calm,
    /// A client connects.
    Client {
        /// To this router.
        router: usize,
        /// Largest frame (bytes).
        frame: u32,
        /// Transfers that each side takes on a session.
        window: u32,
        /// Bytes under way in each direction.
        pipe: usize,
    },
    /// A sender attaches; to no address in particular if `anonymous`.
    Sender {
        /// Of this client.
        client: usize,
        /// The address.
        address: usize,
        /// Whether messages say where they go.
        anonymous: bool,
    },
    /// A receiver attaches.
    Receiver {
        /// Of this client.
        client: usize,
        /// The address.
        address: usize,
        /// Its first credit.
        credit: u32,
        /// What it says by itself.
        verdict: Option<Verdict>,
        /// Whether it wants everything settled.
        presettled: bool,
    },
    /// Messages are to be sent.
    Send {
        /// By this sender.
        sender: usize,
        /// There, if it is anonymous.
        address: usize,
        /// So many.
        count: usize,
        /// Length of each (bytes).
        len: usize,
        /// Whether they are sent settled.
        presettled: bool,
        /// Transfers for each.
        pieces: usize,
        /// Priority.
        priority: u8,
    },
    /// A sender gives up the message under way.
    Abort {
        /// Which.
        sender: usize,
    },
    /// A receiver gives credit.
    Grant {
        /// Which.
        receiver: usize,
        /// How much.
        n: u32,
    },
    /// A receiver settles what it has got, oldest first.
    Settle {
        /// Which.
        receiver: usize,
        /// So many.
        n: usize,
        /// With these words.
        verdict: Verdict,
    },
    /// A sender or receiver detaches.
    Detach {
        /// A sender.
        sender: bool,
        /// Which.
        which: usize,
    },
    /// A client closes its connection.
    Close {
        /// Which.
        client: usize,
    },
    /// A client's connection breaks.
    Drop {
        /// Which.
        client: usize,
        /// What it wrote last is lost.
        at_once: bool,
    },
    /// A client stops reading, or goes on.
    Read {
        /// Which.
        client: usize,
        /// Goes on.
        reading: bool,
    },
    /// A wire breaks.
    Cut {
        /// Which.
        wire: usize,
        /// What is under way is lost.
        at_once: bool,
    },
    /// One of a wire's further connections breaks.
    DropData {
        /// Of this wire.
        wire: usize,
        /// Which.
        which: usize,
        /// What is under way is lost.
        at_once: bool,
    },
    /// Nothing arrives any more over a wire, and nobody is told.
    Silence {
        /// Which.
        wire: usize,
    },
    /// A wire works again.
    Heal {
        /// Which.
        wire: usize,
    },
    /// A wire gets another latency.
    Delay {
        /// Which.
        wire: usize,
        /// Milliseconds.
        millis: u64,
    },
    /// A router's process dies.
    Stop {
        /// Which.
        router: usize,
    },
    /// A router starts again.
    Restart {
        /// Which.
        router: usize,
    },
    /// So many things happen, in the order of the world's dice.
    Run {
        /// How many.
        steps: usize,
    },
    /// Milliseconds pass.
    Wait {
        /// How many.
        millis: u64,
    },
}

/// How large a world is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Routers, at most.
    pub routers: usize,
    /// Steps after the mesh is there, at most.
    pub steps: usize,
}

impl World {
    /// Does one step of a script.
    pub fn apply(&mut self, step: &Step) {
        let Some(()) = self.try_apply(step) else { return };
    }

    fn try_apply(&mut self, step: &Step) -> Option<()> {
        match *step {
            Step::Router => {
                self.add_router();
            }
            Step::Standalone => {
                self.add_standalone_router();
            }
            Step::Connect { a, b, cost, latency, pipe, frame, data } => {
                let (a, b) = (self.some_router(a)?, self.some_router(b)?);
                if a != b {
                    self.connect_with(a, b, WireTerms { cost, latency, pipe, frame, data_connections: data });
                }
            }
            Step::Complete => self.mark_baseline(),
            Step::Calm => {
                for client in 0..self.clients.len() {
                    self.set_reading(client, true);
                }
                self.converge(SETTLE);
            }
            Step::Client { router, frame, window, pipe } => {
                let router = self.some_router(router)?;
                if self.is_running(router) {
                    self.client_with(router, ClientTerms { frame, window, pipe });
                }
            }
            Step::Sender { client, address, anonymous } => {
                let client = self.some_client(client)?;
                if anonymous {
                    self.anonymous_sender(client);
                } else {
                    self.sender(client, address_of(address));
                }
            }
            Step::Receiver { client, address, credit, verdict, presettled } => {
                let client = self.some_client(client)?;
                self.receiver_with(client, address_of(address), Taste { credit, verdict, presettled });
            }
            Step::Send { sender, address, count, len, presettled, pieces, priority } => {
                let sender = self.some_sender(sender)?;
                for _ in 0..count {
                    self.send_with(
                        sender,
                        Post { len, presettled, pieces, priority, to: address_of(address), group: "" },
                    );
                }
            }
            Step::Abort { sender } => self.abort(self.some_sender(sender)?),
            Step::Grant { receiver, n } => self.grant(self.some_receiver(receiver)?, n),
            Step::Settle { receiver, n, verdict } => self.settle(self.some_receiver(receiver)?, n, verdict),
            Step::Detach { sender: true, which } => self.detach_sender(self.some_sender(which)?),
            Step::Detach { sender: false, which } => self.detach_receiver(self.some_receiver(which)?),
            Step::Close { client } => self.close(self.some_client(client)?),
            Step::Drop { client, at_once } => self.drop_client(self.some_client(client)?, at_once),
            Step::Read { client, reading } => self.set_reading(self.some_client(client)?, reading),
            Step::Cut { wire, at_once } => self.cut(self.some_wire(wire)?, at_once),
            Step::DropData { wire, which, at_once } => self.drop_data_connection(self.some_wire(wire)?, which, at_once),
            Step::Silence { wire } => self.silence(self.some_wire(wire)?),
            Step::Heal { wire } => self.heal(self.some_wire(wire)?),
            Step::Delay { wire, millis } => {
                let wire = self.some_wire(wire)?;
                self.delay(wire, millis.min(slowest(self.net.wires[wire].pipe)));
            }
            Step::Stop { router } => self.stop(self.some_router(router)?),
            Step::Restart { router } => self.restart(self.some_router(router)?),
            Step::Run { steps } => self.run_steps(steps, 1_000),
            Step::Wait { millis } => self.run_for(millis),
        }
        Some(())
    }

    fn some_router(&self, which: usize) -> Option<usize> {
        nth(which, 0..self.net.routers.len())
    }

    fn some_wire(&self, which: usize) -> Option<usize> {
        nth(which, 0..self.net.wires.len())
    }

    fn some_client(&self, which: usize) -> Option<usize> {
        nth(which, (0..self.clients.len()).filter(|&at| !self.clients[at].gone))
    }

    fn some_sender(&self, which: usize) -> Option<usize> {
        nth(which, (0..self.senders.len()).filter(|&at| !self.senders[at].gone))
    }

    fn some_receiver(&self, which: usize) -> Option<usize> {
        nth(which, (0..self.receivers.len()).filter(|&at| !self.receivers[at].gone))
    }
}

fn nth(which: usize, all: impl Iterator<Item = usize> + Clone) -> Option<usize> {
    let count = all.clone().count();
    if count == 0 { None } else { all.clone().nth(which % count) }
}

/// Milliseconds of latency with which so many bytes under way are still 300 kB/s. Over less, greetings wait for so long behind
/// other traffic that neighbours take each other for dead.
fn slowest(pipe: usize) -> u64 {
    pipe as u64 / 300
}

fn address_of(address: usize) -> &'static str {
    ADDRESSES[address % ADDRESSES.len()]
}

/// What kind of world a seed makes.
struct Flavour {
    addresses: usize,
    departures: bool,
    presettled: usize,
    large: usize,
    largest: usize,
    tiny: bool,
    faults: usize,
    slow: bool,
    data: bool,
}

/// The script of a seed: a mesh, some clients, and what happens to them.
pub fn generate(seed: u64, size: Size) -> Vec<Step> {
    let rng = &mut Rng::new(seed);
    let flavour = Flavour {
        addresses: rng.range(1, ADDRESSES.len()),
        departures: rng.one_in(2),
        presettled: *rng.pick(&[0, 3, 10]),
        large: *rng.pick(&[0, 0, 10, 30]),
        largest: *rng.pick(&[3_000, 20_000, 300_000]),
        tiny: rng.one_in(3),
        faults: *rng.pick(&[0, 3, 10]),
        slow: rng.one_in(3),
        data: rng.one_in(4),
    };
    let mut steps = mesh(rng, rng.clone().range(1, size.routers.max(1)), &flavour);
    for _ in 0..rng.range(1, 4) {
        steps.push(client(rng, &flavour));
    }
    for _ in 0..rng.range(1, 4) {
        steps.push(sender(rng, &flavour));
    }
    for _ in 0..rng.range(0, 4) {
        steps.push(receiver(rng, &flavour));
    }
    steps.push(Step::Calm);
    for _ in 0..rng.range(size.steps.min(5), size.steps.max(5)) {
        steps.push(next(rng, &flavour));
        match rng.below(20) {
            0 => steps.push(Step::Wait { millis: rng.range(1, 50) as u64 }),
            1 => steps.push(Step::Wait { millis: rng.range(50, 5_000) as u64 }),
            2..10 => steps.push(Step::Run { steps: rng.range(1, 100) }),
            _ => {}
        }
    }
    steps
}

/// A connected mesh: each router to an earlier one, and some more.
fn mesh(rng: &mut Rng, routers: usize, flavour: &Flavour) -> Vec<Step> {
    let mut steps = vec![Step::Router; routers];
    let pipes = if flavour.tiny { [300, 1_000, 5_000] } else { [5_000, 100_000, 1 << 20] };
    let mut connect = |rng: &mut Rng, a, b| {
        let pipe = *rng.pick(&pipes);
        steps.push(Step::Connect {
            a,
            b,
            cost: rng.range(1, 5) as u32,
            latency: slowest(pipe).min(*rng.pick(&[0, 1, 1, 5, 30])),
            pipe,
            frame: *rng.pick(if flavour.tiny { &[512, 600, 4096] } else { &[4096, 16_384, 65_536] }),
            data: if flavour.data { rng.below(4) as u32 } else { 0 },
        });
    };
    for a in 1..routers {
        let b = rng.below(a);
        if rng.one_in(2) { connect(rng, a, b) } else { connect(rng, b, a) }
    }
    if routers > 1 {
        for _ in 0..rng.range(0, routers) {
            let a = rng.below(routers);
            let b = (a + rng.range(1, routers - 1)) % routers;
            connect(rng, a, b);
        }
    }
    steps.push(Step::Complete);
    steps
}

fn next(rng: &mut Rng, flavour: &Flavour) -> Step {
    let any = rng.below(100);
    if rng.below(100) < flavour.faults {
        return fault(rng);
    }
    match rng.below(100) {
        0..35 => {
            let large = rng.below(100) < flavour.large;
            Step::Send {
                sender: any,
                address: rng.below(flavour.addresses),
                // Producers of more could wait for each other for ever: each for the room that the other's content takes,
                // queued behind a message that it cannot finish.
                count: *rng.pick(if large { &[1, 1, 1, 1, 2] } else { &[1, 1, 2, 5, 20] }),
                len: if large { rng.range(500, flavour.largest) } else { rng.below(200) },
                presettled: rng.below(10) < flavour.presettled,
                pieces: if rng.one_in(3) { *rng.pick(&[2, 3, 4, 6, 30]) } else { 1 },
                priority: if rng.one_in(4) { rng.below(10) as u8 } else { 4 },
            }
        }
        35..45 => Step::Grant { receiver: any, n: *rng.pick(&[1, 1, 2, 5, 20, 100]) },
        45..60 => {
            let verdict = *rng.pick(&[
                Verdict::Accepted,
                Verdict::Accepted,
                Verdict::Rejected,
                Verdict::Released,
                Verdict::Modified,
            ]);
            Step::Settle { receiver: any, n: *rng.pick(&[1, 1, 2, 10, 100]), verdict }
        }
        60..62 => Step::Abort { sender: any },
        62..66 => sender(rng, flavour),
        66..74 => receiver(rng, flavour),
        74..78 => client(rng, flavour),
        78..82 => Step::Calm,
        82..86 if flavour.slow => Step::Read { client: any, reading: rng.one_in(2) },
        86..92 if flavour.departures => Step::Detach { sender: rng.one_in(3), which: any },
        92 if flavour.departures => Step::Close { client: any },
        93 if flavour.departures => Step::Drop { client: any, at_once: rng.one_in(2) },
        _ => Step::Run { steps: rng.range(1, 200) },
    }
}

fn fault(rng: &mut Rng) -> Step {
    let any = rng.below(100);
    match rng.below(13) {
        12 => Step::DropData { wire: any, which: rng.below(3), at_once: rng.one_in(2) },
        0..3 => Step::Cut { wire: any, at_once: rng.one_in(2) },
        3 => Step::Silence { wire: any },
        4..9 => Step::Heal { wire: any },
        9 => Step::Delay { wire: any, millis: *rng.pick(&[0, 1, 10, 100]) },
        10 => Step::Stop { router: any },
        _ => Step::Restart { router: any },
    }
}

fn client(rng: &mut Rng, flavour: &Flavour) -> Step {
    Step::Client {
        router: rng.below(100),
        frame: *rng.pick(if flavour.tiny { &[512, 600, 4096] } else { &[4096, 16_384, 65_536] }),
        window: *rng.pick(if flavour.tiny { &[2, 10, 100] } else { &[50, 500, 2048] }),
        pipe: *rng.pick(&[300, 5_000, 1 << 20]),
    }
}

fn sender(rng: &mut Rng, flavour: &Flavour) -> Step {
    Step::Sender { client: rng.below(100), address: rng.below(flavour.addresses), anonymous: rng.one_in(5) }
}

fn receiver(rng: &mut Rng, flavour: &Flavour) -> Step {
    Step::Receiver {
        client: rng.below(100),
        address: rng.below(flavour.addresses),
        credit: *rng.pick(&[0, 1, 10, 250]),
        verdict: *rng.pick(&[None, Some(Verdict::Accepted), Some(Verdict::Accepted), Some(Verdict::InTurn)]),
        presettled: rng.one_in(8),
    }
}
