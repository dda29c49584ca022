//! What the clients know: their links, what they sent, what they got, what they were told.

use crossdock_amqp::codec::StateKind;
use crossdock_amqp::engine::{LinkId, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::script::{Mode, Op};
use crate::support::message::Message;

/// The clients' addresses; [`crate::support::net::TREATMENTS`] says what happens there.
pub(crate) const ADDRESSES: [&str; 4] = ["balanced.a", "closest.b", "multicast.c", "flood.d"];

pub(crate) fn is_multicast(address: usize) -> bool {
    address >= 2
}

/// A client's connection.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) sessions: Vec<SessionId>,
    /// What it will do when it has opened.
    pub(crate) later: Option<Vec<Op>>,
    /// The client has closed or cut it, or saw it closed.
    pub(crate) gone: bool,
    /// The router was told to close it.
    pub(crate) shut: bool,
    /// Its transport broke: what was under way is lost.
    pub(crate) cut: bool,
    /// Deliveries to the router that the client has done with by itself: words on them may still be under way.
    pub(crate) done_out: BTreeSet<(SessionId, DeliveryNumber)>,
    /// Likewise from the router.
    pub(crate) done_in: BTreeSet<(SessionId, DeliveryNumber)>,
    /// Receipts of deliveries from the router that are not settled.
    pub(crate) incoming: BTreeMap<(SessionId, DeliveryNumber), usize>,
}

#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) end: usize,
    pub(crate) session: SessionId,
    pub(crate) link: LinkId,
    /// None if each message says where it goes.
    pub(crate) address: Option<usize>,
    pub(crate) mode: Mode,
    /// Settles at once when it is told an outcome.
    pub(crate) eager: bool,
    pub(crate) capacity: u32,
    pub(crate) attached: bool,
    pub(crate) gone: bool,
    pub(crate) held: bool,
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
    pub(crate) end: usize,
    pub(crate) session: SessionId,
    pub(crate) link: LinkId,
    pub(crate) address: usize,
    pub(crate) mode: Mode,
    pub(crate) second: bool,
    pub(crate) attached: bool,
    pub(crate) gone: bool,
    /// The delivery of which not everything has come.
    pub(crate) current: Option<usize>,
    /// Receipts, in the order in which they began.
    pub(crate) receipts: Vec<usize>,
}

/// A message, from its sender's point of view.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) message: Message,
    pub(crate) sender: usize,
    pub(crate) address: usize,
    pub(crate) presettled: bool,
    pub(crate) pieces: usize,
    pub(crate) progress: Progress,
    /// Place among the messages of its link.
    pub(crate) turn: u64,
    /// The sender's link went while it was unsettled.
    pub(crate) left: bool,
    /// The sender settled without having been told an outcome.
    pub(crate) forgotten: bool,
    pub(crate) outcome: Option<StateKind>,
    pub(crate) settled: bool,
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
    pub(crate) message: u32,
    pub(crate) bytes: Vec<u8>,
    pub(crate) complete: bool,
    pub(crate) aborted: bool,
    /// It came settled.
    pub(crate) presettled: bool,
    /// What its receiver said: an outcome, or none at all with settlement.
    pub(crate) verdict: Option<StateKind>,
    pub(crate) settled: bool,
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { receiver, message, bytes, complete, aborted, presettled, verdict, settled } = self;
        let end = if *complete {
            "complete"
        } else if *aborted {
            "aborted"
        } else {
            "so far"
        };
        write!(f, "message {message} at receiver {receiver}: {} bytes {end}, presettled: {presettled}, ", bytes.len())?;
        write!(f, "verdict: {verdict:?}, settled: {settled}")
    }
}
