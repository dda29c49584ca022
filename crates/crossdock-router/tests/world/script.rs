//! What clients do, as a list: written by a generator, printed when it breaks something, pasted as a test.

use crate::support::rng::Rng;

/// What one client does next. Numbers of ends, senders and receivers are taken modulo how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// A client connects, through SASL or all at once. Frame sizes in bytes, windows in frames, each as the client's and the router's side grants them; the router's
    /// content target and limit, and the transport's buffer, in bytes.
    Connect { sasl: bool, frames: [u32; 2], windows: [u32; 2], content: [usize; 2], capacity: u32, pipe: usize },
    /// A further session.
    Begin { end: usize },
    /// A producer attaches; to no address in particular if `anonymous`.
    Sender { end: usize, address: usize, anonymous: bool, mode: Mode, second: bool, eager: bool },
    /// A consumer attaches.
    Receiver { end: usize, address: usize, mode: Mode, second: bool },
    /// A message is to be sent in `pieces`. `extras`: 1 with annotations, 2 with those of routers, 4 garbled.
    Send { sender: usize, address: usize, len: usize, presettled: bool, pieces: usize, extras: u8 },
    /// A producer rests, or goes on.
    Hold { sender: usize, held: bool },
    /// A producer gives up the message under way.
    Abort { sender: usize },
    /// A producer settles what it has sent, oldest first, whatever the consumers say.
    Forget { sender: usize, n: usize },
    /// A consumer gives credit.
    Grant { receiver: usize, n: u32 },
    /// A consumer wants its credit back.
    Drain { receiver: usize },
    /// A consumer says something of what it has got, oldest or newest first.
    Settle { receiver: usize, n: usize, verdict: Verdict, settled: bool, newest: bool, ranged: bool },
    /// A producer or consumer detaches.
    Detach { sender: bool, which: usize },
    /// A client ends one of its sessions.
    End { end: usize, which: usize },
    /// A client closes its connection.
    Close { end: usize },
    /// The router closes a connection.
    Shut { end: usize },
    /// A transport breaks; with `at_once` what is under way to the router is lost.
    Cut { end: usize, at_once: bool },
    /// A client reads no more, or reads again.
    Read { end: usize, reading: bool },
    /// The router gives memory of a connection back, as in a quiet moment.
    Shrink { end: usize },
    /// Milliseconds pass.
    Wait(u64),
    /// So many things happen, in an order of the generator's.
    Run(usize),
}

/// Sender settle modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Mixed,
    Settled,
    Unsettled,
}

/// What a consumer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    Rejected,
    Released,
    Modified,
    /// Settled without an outcome.
    Nothing,
    /// Not an outcome: so much has come.
    Received,
}

/// What kind of world a seed makes.
struct Flavour {
    addresses: usize,
    departures: bool,
    presettled: usize,
    large: usize,
    largest: usize,
    odd_modes: bool,
    tiny_frames: bool,
    tiny_windows: bool,
    stops: bool,
    /// One producer, and little room for its content. Several could wait for each other for ever: each for the room that the
    /// other's queued content takes, behind a message that it cannot finish.
    tight: bool,
}

pub(crate) fn generate(seed: u64) -> Vec<Op> {
    let rng = &mut Rng::new(seed);
    let flavour = Flavour {
        addresses: rng.range(1, 4),
        departures: rng.one_in(2),
        presettled: *rng.pick(&[0, 3, 10]),
        large: *rng.pick(&[0, 0, 10, 30]),
        largest: *rng.pick(&[3_000, 20_000, 20_000, 200_000]),
        odd_modes: rng.one_in(2),
        tiny_frames: rng.one_in(3),
        tiny_windows: rng.one_in(3),
        stops: rng.one_in(3),
        tight: rng.one_in(5),
    };
    let mut ops = Vec::new();
    for _ in 0..rng.range(1, 3) {
        ops.push(connect(rng, &flavour));
    }
    for _ in 0..if flavour.tight { 1 } else { rng.range(1, 3) } {
        ops.push(sender(rng, &flavour));
    }
    for _ in 0..rng.range(0, 3) {
        ops.push(receiver(rng, &flavour));
    }
    if rng.one_in(2) {
        ops.push(Op::Run(200));
        for receiver in 0..3 {
            ops.push(Op::Grant { receiver, n: 10 });
        }
    }
    for _ in 0..rng.range(5, 60) {
        ops.push(next(rng, &flavour));
        if rng.one_in(10) {
            ops.push(Op::Wait(rng.range(1, 50) as u64));
        }
        if rng.one_in(2) {
            ops.push(Op::Run(rng.range(1, 60)));
        }
    }
    ops
}

fn next(rng: &mut Rng, flavour: &Flavour) -> Op {
    let any = rng.below(100);
    match rng.below(100) {
        0..30 => {
            let large = rng.below(100) < flavour.large;
            Op::Send {
                sender: any,
                address: rng.below(flavour.addresses),
                len: if large { rng.range(500, flavour.largest) } else { rng.below(200) },
                presettled: rng.below(10) < flavour.presettled,
                pieces: if rng.one_in(3) { *rng.pick(&[2, 3, 4, 6, 30]) } else { 1 },
                extras: if rng.one_in(4) { rng.below(4) as u8 + 4 * u8::from(rng.one_in(20)) } else { 0 },
            }
        }
        30..45 => Op::Grant { receiver: any, n: *rng.pick(&[1, 1, 2, 5, 20, 100]) },
        45..62 => {
            let verdict = if rng.one_in(2) {
                Verdict::Accepted
            } else {
                use Verdict::*;
                *rng.pick(&[Rejected, Released, Modified, Nothing, Received])
            };
            Op::Settle {
                receiver: any,
                n: *rng.pick(&[1, 1, 2, 10, 100]),
                verdict,
                settled: !rng.one_in(4),
                newest: rng.one_in(3),
                ranged: rng.one_in(2),
            }
        }
        62..65 => Op::Drain { receiver: any },
        65..68 => Op::Forget { sender: any, n: rng.range(1, 3) },
        68..71 => Op::Abort { sender: any },
        71..74 => Op::Hold { sender: any, held: rng.one_in(2) },
        74..78 if !flavour.tight => sender(rng, flavour),
        78..84 => receiver(rng, flavour),
        84 => Op::Begin { end: any },
        85 => Op::Shrink { end: any },
        86..88 => connect(rng, flavour),
        88..91 if flavour.stops => Op::Read { end: any, reading: rng.one_in(2) },
        91..96 if flavour.departures => Op::Detach { sender: rng.one_in(3), which: any },
        96 if flavour.departures => Op::End { end: any, which: rng.below(3) },
        97 if flavour.departures => Op::Close { end: any },
        98 if flavour.departures => Op::Cut { end: any, at_once: rng.one_in(2) },
        99 if flavour.departures && rng.one_in(2) => Op::Shut { end: any },
        _ => Op::Run(rng.range(1, 100)),
    }
}

fn connect(rng: &mut Rng, flavour: &Flavour) -> Op {
    let frames = if flavour.tiny_frames { [512, 513, 600, 1024] } else { [512, 4096, 16_384, 65_536] };
    let windows = if flavour.tiny_windows { [1, 2, 3, 10] } else { [10, 50, 500, 2048] };
    Op::Connect {
        sasl: rng.one_in(2),
        frames: [*rng.pick(&frames), *rng.pick(&frames)],
        windows: [*rng.pick(&windows), *rng.pick(&windows)],
        content: if flavour.tight {
            *rng.pick(&[[1_000, 10_000], [20_000, 200_000], [100_000, 1_000_000]])
        } else {
            [2_000_000, 32_000_000]
        },
        capacity: *rng.pick(&[1, 5, 20, 250]),
        pipe: *rng.pick(&[100, 5_000, 100_000]),
    }
}

fn sender(rng: &mut Rng, flavour: &Flavour) -> Op {
    Op::Sender {
        end: rng.below(100),
        address: rng.below(flavour.addresses),
        anonymous: rng.one_in(5),
        mode: mode(rng, flavour),
        second: flavour.odd_modes && rng.one_in(3),
        eager: !rng.one_in(3),
    }
}

fn receiver(rng: &mut Rng, flavour: &Flavour) -> Op {
    Op::Receiver {
        end: rng.below(100),
        address: rng.below(flavour.addresses),
        mode: mode(rng, flavour),
        second: flavour.odd_modes && rng.one_in(3),
    }
}

fn mode(rng: &mut Rng, flavour: &Flavour) -> Mode {
    if flavour.odd_modes { *rng.pick(&[Mode::Mixed, Mode::Settled, Mode::Unsettled]) } else { Mode::Mixed }
}
