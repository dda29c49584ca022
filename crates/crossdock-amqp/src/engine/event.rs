//! What a connection tells its owner.

use fe2o3_amqp_types::definitions::Error;
use fe2o3_amqp_types::performatives::{Attach, Begin, Open};
use std::fmt;

use super::{LinkId, SessionId};
use crate::codec::{DecodeError, StateRef};
use crate::condition::Condition;
use crate::serial::{DeliveryNumber, WireDeliveryNumber};

/// Bytes to be read, and how many of them have been.
#[derive(Debug)]
pub struct Input<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) consumed: usize,
}

impl<'a> Input<'a> {
    /// Bytes that begin where the last input's consumed bytes ended.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, consumed: 0 }
    }

    /// How many bytes the connection has used. The rest is part of a frame that is not complete: give it again, with what
    /// follows it.
    pub fn consumed(&self) -> usize {
        self.consumed
    }
}

/// Something happened on the connection.
#[derive(Debug)]
pub enum Event<'a> {
    /// The peer's open came. A server answers with [`super::Connection::open`].
    Opened(Box<Open>),
    /// The peer closed, or broke the protocol, or fell silent: nothing more comes from it. Our close is in the output if
    /// one could be sent. The error tells who and why.
    Closed {
        /// The peer's error, or what it did wrong.
        error: Option<Error>,
        /// Whether it was this side that ended the connection.
        by_us: bool,
    },
    /// The peer began a session; it is answered already.
    Begun(SessionId, Box<Begin>),
    /// The session is ending: the peer ended it, or broke its rules. The owner gives up its links and then calls
    /// [`super::Connection::end`].
    Ended {
        /// Which.
        session: SessionId,
        /// The peer's error, or what it did wrong (then our end is to carry it).
        error: Option<Error>,
    },
    /// The peer attached a link (the first attach): the owner answers with `accept_link` or `refuse_link`.
    Attached(LinkId, Box<Attach>),
    /// The peer answered our attach.
    AttachAnswered(LinkId, Box<Attach>),
    /// The peer detached, or broke the link's rules. The owner calls [`super::Connection::detach`].
    Detached {
        /// Which.
        link: LinkId,
        /// Whether the link is closed for good.
        closed: bool,
        /// The peer's error, or what it did wrong (then our detach is to carry it).
        error: Option<Error>,
    },
    /// A transfer frame.
    Transfer(IncomingTransfer<'a>),
    /// The peer disposed of deliveries. The owner looks them up in the session's ledger.
    Disposition {
        /// The session.
        session: SessionId,
        /// Whether the peer speaks as receiver, of deliveries that we sent.
        of_outgoing: bool,
        /// First delivery.
        first: WireDeliveryNumber,
        /// Last delivery, inclusive.
        last: WireDeliveryNumber,
        /// Whether the peer has settled them.
        settled: bool,
        /// The state it gives them.
        state: StateRef<'a>,
    },
    /// Credit or drain of an outgoing link changed.
    Credit(LinkId),
    /// The sender of an incoming link gave credit back by draining.
    Drained(LinkId),
    /// The peer can take more transfers on this session.
    Window(SessionId),
}

/// One transfer frame of a delivery.
#[derive(Clone, Copy, Debug)]
pub struct IncomingTransfer<'a> {
    /// The session.
    pub session: SessionId,
    /// The link.
    pub link: LinkId,
    /// The delivery.
    pub delivery: DeliveryNumber,
    /// Whether it is the delivery's first frame.
    pub first: bool,
    /// Whether more frames follow.
    pub more: bool,
    /// Whether the sender gave the delivery up; the payload means nothing.
    pub aborted: bool,
    /// Whether the sender has settled it.
    pub settled: bool,
    /// The delivery's tag; empty in later frames.
    pub tag: &'a [u8],
    /// Format of the message; 0 unless the sender says otherwise.
    pub message_format: u32,
    /// Whether the sender overrides the link's receiver settle mode to *second*.
    pub rcv_second: bool,
    /// A state that the sender attached to the transfer.
    pub state: StateRef<'a>,
    /// The payload.
    pub payload: &'a [u8],
    /// Where the payload starts in the input, so that the owner can share the read buffer instead of copying.
    pub payload_at: usize,
}

/// How much of the connection an error takes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole connection.
    Connection,
    /// One session.
    Session,
    /// One link.
    Link,
}

/// The peer broke a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolError {
    /// What is closed.
    pub scope: Scope,
    /// The condition in our close, end or detach.
    pub condition: Condition,
    /// What the peer did, for people.
    pub description: String,
}

impl ProtocolError {
    pub(super) fn connection(condition: Condition, description: impl Into<String>) -> Self {
        Self { scope: Scope::Connection, condition, description: description.into() }
    }

    pub(super) fn session(condition: Condition, description: impl Into<String>) -> Self {
        Self { scope: Scope::Session, condition, description: description.into() }
    }

    pub(super) fn link(condition: Condition, description: impl Into<String>) -> Self {
        Self { scope: Scope::Link, condition, description: description.into() }
    }
}

impl From<DecodeError> for ProtocolError {
    /// Bytes that cannot be decoded leave nothing on the connection that could be trusted.
    fn from(error: DecodeError) -> Self {
        Self::connection(Condition::FramingError, error.to_string())
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.condition, self.description)
    }
}

impl std::error::Error for ProtocolError {}
