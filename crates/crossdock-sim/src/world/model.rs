//! What the clients know: their links, what they sent, what they got, what they were told.

use crossdock_amqp::codec::StateKind;
use crossdock_amqp::engine::{LinkId, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::containers::Attempt;

/// A client's connection.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) end: usize,
    pub(crate) router: usize,
    /// Of the links that it attaches; those of a container are on sessions that the router began.
    pub(crate) session: SessionId,
    /// It has closed, or its connection is gone.
    pub(crate) gone: bool,
    /// Credit that the router gives to each of its senders.
    pub(crate) capacity: u32,
    /// It is a container's end of a connection that a router made.
    pub(crate) container: Option<usize>,
    pub(crate) feed: Option<usize>,
    /// Its links so far.
    pub(crate) senders: Vec<usize>,
    pub(crate) receivers: Vec<usize>,
    /// Deliveries to the router that the client has done with by itself: words on them may still be under way.
    pub(crate) done_out: BTreeSet<(SessionId, DeliveryNumber)>,
    /// Likewise from the router.
    pub(crate) done_in: BTreeSet<(SessionId, DeliveryNumber)>,
    /// Receipts of deliveries from the router that are not settled.
    pub(crate) incoming: BTreeMap<(SessionId, DeliveryNumber), usize>,
}

impl Client {
    pub(crate) fn new(end: usize, router: usize, capacity: u32) -> Self {
        Self {
            end,
            router,
            session: SessionId::NONE,
            gone: false,
            capacity,
            container: None,
            feed: None,
            senders: Vec::new(),
            receivers: Vec::new(),
            done_out: BTreeSet::new(),
            done_in: BTreeSet::new(),
            incoming: BTreeMap::new(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) client: usize,
    pub(crate) link: LinkId,
    pub(crate) session: SessionId,
    /// None if each message says where it goes.
    pub(crate) address: Option<String>,
    /// What it stands for in the mesh; empty if each message says where it goes.
    pub(crate) key: String,
    pub(crate) attached: bool,
    pub(crate) gone: bool,
    pub(crate) queue: VecDeque<u32>,
    /// The container's queue from which it sends.
    pub(crate) source: Option<String>,
    pub(crate) current: Option<Sending>,
    pub(crate) sent: u64,
}

/// A message of which not everything has been sent.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) message: u32,
    pub(crate) bytes: Vec<u8>,
    pub(crate) at: usize,
    pub(crate) piece: usize,
}

#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) client: usize,
    pub(crate) link: LinkId,
    pub(crate) session: SessionId,
    pub(crate) address: String,
    /// What it stands for in the mesh.
    pub(crate) key: String,
    pub(crate) taste: Taste,
    pub(crate) attached: bool,
    pub(crate) gone: bool,
    /// Every router has known of it since this calm began.
    pub(crate) known_since: Option<u32>,
    /// The delivery of which not everything has come.
    pub(crate) current: Option<usize>,
    /// Receipts, in the order in which they began.
    pub(crate) receipts: Vec<usize>,
    /// Messages that came, and of those of each sender and priority that came in a calm, one way, the turn of the latest.
    pub(crate) seen: BTreeSet<u32>,
    pub(crate) latest: BTreeMap<(usize, u8, u32), u64>,
    /// The container's queue that gets what comes.
    pub(crate) sink: Option<String>,
    /// Words spoken so far.
    pub(crate) said: usize,
}

/// How a receiver behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taste {
    /// Credit at the beginning (deliveries).
    pub credit: u32,
    /// What it says of what has come, at once, replacing the credit. Otherwise it says something when told to.
    pub verdict: Option<Verdict>,
    /// Whether it wants everything settled.
    pub presettled: bool,
}

impl Default for Taste {
    fn default() -> Self {
        Self { credit: 50, verdict: Some(Verdict::Accepted), presettled: false }
    }
}

/// What a receiver says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has it.
    Accepted,
    /// It cannot be used.
    Rejected,
    /// It was not touched.
    Released,
    /// It may have been touched.
    Modified,
    /// Of four deliveries in turn: accepted, released, rejected, modified.
    InTurn,
}

/// A message, from its sender's point of view.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) sender: usize,
    pub(crate) address: String,
    /// What the address stands for in the mesh.
    pub(crate) key: String,
    /// What its properties say.
    pub(crate) to: Option<String>,
    pub(crate) group: Option<String>,
    /// It is a container's attempt to deliver another message.
    pub(crate) attempt: Option<Attempt>,
    /// When it was to be sent (milliseconds since the beginning).
    pub(crate) born: u64,
    pub(crate) bytes: usize,
    pub(crate) len: usize,
    pub(crate) priority: u8,
    pub(crate) presettled: bool,
    pub(crate) pieces: usize,
    pub(crate) progress: Progress,
    /// Place among the messages of its link.
    pub(crate) turn: u64,
    /// The sender's link went while it was unsettled.
    pub(crate) left: bool,
    pub(crate) outcome: Option<StateKind>,
    pub(crate) settled: bool,
    /// The calm in which it was sent.
    pub(crate) calm: Option<u32>,
    /// Disturbances until it was sent, of the mesh and of its address.
    pub(crate) disturbances: u64,
    /// Whether something was disturbed between its sending and its outcome.
    pub(crate) disturbed: bool,
    /// Who was to receive it, as all routers knew.
    pub(crate) audience: Vec<usize>,
    /// Whether there is one way to each receiver that might get it.
    pub(crate) has_one_way: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Queued,
    UnderWay,
    Complete,
    Aborted,
}

/// A delivery, from its receiver's point of view.
pub(crate) struct Receipt {
    pub(crate) receiver: usize,
    /// None while too little has come to tell.
    pub(crate) message: Option<u32>,
    pub(crate) bytes: Vec<u8>,
    /// When all of it had come (milliseconds since the beginning).
    pub(crate) came: u64,
    pub(crate) complete: bool,
    pub(crate) aborted: bool,
    /// It came settled.
    pub(crate) presettled: bool,
    /// What its receiver said.
    pub(crate) verdict: Option<StateKind>,
    pub(crate) settled: bool,
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { receiver, message, bytes, complete, aborted, presettled, verdict, settled, .. } = self;
        let end = match (complete, aborted) {
            (true, _) => "complete",
            (false, true) => "aborted",
            (false, false) => "so far",
        };
        write!(
            f,
            "message {message:?} at receiver {receiver}: {} bytes {end}, presettled: {presettled}, ",
            bytes.len()
        )?;
        write!(f, "verdict: {verdict:?}, settled: {settled}")
    }
}

/// Rejected beats accepted beats modified beats released.
pub(crate) fn rank(kind: StateKind) -> u8 {
    match kind {
        StateKind::Rejected => 4,
        StateKind::Accepted => 3,
        StateKind::Modified => 2,
        StateKind::Released => 1,
        StateKind::None
        | StateKind::Received
        | StateKind::Declared
        | StateKind::Transactional
        | StateKind::Extended => 0,
    }
}
