//! What the clients know: their links, what they sent, what they got, what they were told.

use crossdock_amqp::codec::StateKind;
use crossdock_amqp::engine::{LinkId, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A client's connection.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) end: usize,
    pub(crate) router: usize,
    pub(crate) session: SessionId,
    /// It has closed, or its connection is gone.
    pub(crate) gone: bool,
    /// Deliveries to the router that the client has done with by itself: words on them may still be under way.
    pub(crate) done_out: BTreeSet<DeliveryNumber>,
    /// Likewise from the router.
    pub(crate) done_in: BTreeSet<DeliveryNumber>,
    /// Receipts of deliveries from the router that are not settled.
    pub(crate) incoming: BTreeMap<DeliveryNumber, usize>,
}

#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) client: usize,
    pub(crate) link: LinkId,
    /// None if each message says where it goes.
    pub(crate) address: Option<String>,
    pub(crate) attached: bool,
    pub(crate) gone: bool,
    pub(crate) queue: VecDeque<u32>,
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
    pub(crate) address: String,
    pub(crate) taste: Taste,
    pub(crate) attached: bool,
    pub(crate) gone: bool,
    /// Every router has known of it since this calm began.
    pub(crate) known_since: Option<u32>,
    /// The delivery of which not everything has come.
    pub(crate) current: Option<usize>,
    /// Receipts, in the order in which they began.
    pub(crate) receipts: Vec<usize>,
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
        let Self { receiver, message, bytes, complete, aborted, presettled, verdict, settled } = self;
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

/// Whether all consumers of an address get a copy.
pub(crate) fn is_multicast(address: &str) -> bool {
    address.starts_with("multicast")
}

/// Whether deliveries go to the nearest consumer.
pub(crate) fn is_closest(address: &str) -> bool {
    address.starts_with("closest")
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
