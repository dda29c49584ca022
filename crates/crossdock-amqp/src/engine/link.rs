//! One link as the connection sees it: names, handles, modes, credit and the delivery under way.
//!
//! ```text
//!   peer attaches:  AttachReceived ──accept──► Attached ──peer detaches──► DetachReceived ──detach──► (gone)
//!                        └──refuse──────────────┬──detach──► DetachSent ──peer detaches──► (gone)
//!   we attach:      AttachSent ──answer──► Attached
//! ```

use fe2o3_amqp_types::definitions::{ReceiverSettleMode, SenderSettleMode};

use super::SessionId;
use crate::ledger::{ReceiverCredit, SenderCredit};
use crate::serial::{DeliveryCount, DeliveryNumber};

/// Direction of a link seen from this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkRole {
    /// This end sends deliveries.
    Sender,
    /// This end receives deliveries.
    Receiver,
}

/// Where a link is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// We attached and await the answer.
    AttachSent,
    /// The peer attached and awaits the answer.
    AttachReceived,
    /// Both ends are attached.
    Attached,
    /// We detached; what still arrives on it is discarded.
    DetachSent,
    /// The peer detached and awaits our detach.
    DetachReceived,
}

/// A link of a connection.
#[derive(Debug)]
pub struct Link {
    pub(super) session: SessionId,
    pub(super) name: Box<str>,
    pub(super) state: LinkState,
    /// Whether we attached it and the peer's attach has not come.
    pub(super) unanswered: bool,
    pub(super) output_handle: u32,
    pub(super) input_handle: Option<u32>,
    pub(super) snd_settle_mode: SenderSettleMode,
    pub(super) rcv_settle_mode: ReceiverSettleMode,
    pub(super) max_message_size: u64,
    pub(super) flow: LinkFlow,
}

#[derive(Debug)]
pub(super) enum LinkFlow {
    Sender { credit: SenderCredit, partial: Option<Partial> },
    Receiver { credit: ReceiverCredit, partial: Option<Partial> },
}

/// A delivery whose last frame has not passed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partial {
    pub(super) number: DeliveryNumber,
    pub(super) settled: bool,
}

/// Where our own counts start.
pub(super) const INITIAL_DELIVERY_COUNT: DeliveryCount = DeliveryCount::new(0);

impl Link {
    /// The session it belongs to.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The link's name, chosen by the end that attached first.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which end this is.
    pub fn role(&self) -> LinkRole {
        match self.flow {
            LinkFlow::Sender { .. } => LinkRole::Sender,
            LinkFlow::Receiver { .. } => LinkRole::Receiver,
        }
    }

    /// Where it is in its life.
    pub fn state(&self) -> LinkState {
        self.state
    }

    /// The sender's settle mode in force.
    pub fn snd_settle_mode(&self) -> &SenderSettleMode {
        &self.snd_settle_mode
    }

    /// The receiver's settle mode in force.
    pub fn rcv_settle_mode(&self) -> &ReceiverSettleMode {
        &self.rcv_settle_mode
    }

    /// Largest message the peer takes (bytes); 0 = any.
    pub fn max_message_size(&self) -> u64 {
        self.max_message_size
    }

    /// The credit of an outgoing link.
    pub fn sender_credit(&self) -> Option<&SenderCredit> {
        match &self.flow {
            LinkFlow::Sender { credit, .. } => Some(credit),
            LinkFlow::Receiver { .. } => None,
        }
    }

    /// The credit of an incoming link.
    pub fn receiver_credit(&self) -> Option<&ReceiverCredit> {
        match &self.flow {
            LinkFlow::Receiver { credit, .. } => Some(credit),
            LinkFlow::Sender { .. } => None,
        }
    }

    /// The delivery whose last frame has not passed yet.
    pub fn unfinished(&self) -> Option<DeliveryNumber> {
        match &self.flow {
            LinkFlow::Sender { partial, .. } | LinkFlow::Receiver { partial, .. } => {
                partial.map(|partial| partial.number)
            }
        }
    }
}
