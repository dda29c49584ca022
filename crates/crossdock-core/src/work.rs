//! The control plane's messages: [`Action`] from a connection to the node, [`Work`] from the node to a connection.

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{LinkId, LinkRole};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::address::Phase;
use crate::batch::ConnId;
use crate::mailbox::Mailbox;
use crate::probe::ProbeNews;
use crate::record::{ConnectionRecord, LinkRecord};
use crate::routed::LinkWay;
use crate::table::{AddressEntry, OutgoingCounters, Party};

/// What a connection tells the node.
#[derive(Debug)]
pub enum Action {
    /// A peer wants to attach a link.
    Attach(AttachRequest),
    /// A peer has opened its connection.
    Opened {
        /// What is to be seen of it.
        record: Arc<ConnectionRecord>,
    },
    /// A connection that was opened is gone; its links went before.
    Closed {
        /// The connection.
        conn: ConnId,
    },
    /// A link that the node ordered with [`Work::Attach`] was not granted, or is gone.
    AutoLinkLost {
        /// The auto link.
        auto_link: u64,
        /// The connection.
        conn: ConnId,
        /// Why, if the peer said.
        error: Option<String>,
    },
    /// There is a link that was none of the node's business.
    Linked {
        /// The link.
        link: LinkId,
        /// What is to be seen of it.
        record: Arc<LinkRecord>,
    },
    /// A link is gone, or its attach was withdrawn.
    Detach {
        /// The link's number.
        number: u64,
    },
    /// An inter-router connection has a control link in each direction.
    NeighborUp {
        /// The connection.
        conn: ConnId,
        /// Where deliveries and control messages for it go.
        mailbox: Arc<Mailbox>,
        /// The greater of the costs that its two ends are configured with.
        cost: u32,
        /// What further connections to the same neighbour name to belong to this one; 0 if there are none.
        group: u64,
        /// When deliveries came over it last (milliseconds).
        traffic: Arc<AtomicU64>,
        /// Whether the neighbour knows what a probe is.
        takes_probes: bool,
    },
    /// A further connection to a neighbour is ready for deliveries.
    NeighborData {
        /// The connection.
        conn: ConnId,
        /// Where deliveries for it go.
        mailbox: Arc<Mailbox>,
        /// The group that it belongs to.
        group: u64,
        /// Whether the neighbour knows what a probe is.
        takes_probes: bool,
    },
    /// A connection to a neighbour, or one of its control links, is gone.
    NeighborLost {
        /// The connection.
        conn: ConnId,
    },
    /// A connection to a neighbour is to be closed once others carry what it carries.
    NeighborRetired {
        /// The connection.
        conn: ConnId,
        /// Why, in words.
        description: String,
    },
    /// A probe came, or something became of one.
    Probe(ProbeNews),
    /// A message came on a control link.
    Control {
        /// The connection.
        conn: ConnId,
        /// The message.
        message: Vec<u8>,
    },
}

/// A peer's wish for a link, as far as the node must know it.
#[derive(Debug)]
pub struct AttachRequest {
    /// The connection.
    pub conn: ConnId,
    /// Where answers go.
    pub mailbox: Arc<Mailbox>,
    /// The link.
    pub link: LinkId,
    /// Which end this router is.
    pub role: LinkRole,
    /// What the terminus on this router's side names.
    pub wish: Wish,
    /// The phase that the terminus asks for by a capability; none: that of the address's configuration.
    pub phase: Option<Phase>,
    /// Counters of an outgoing link, shared with those who send to it.
    pub counters: Arc<OutgoingCounters>,
    /// Whether messages to this peer keep the annotations of routers.
    pub annotated: bool,
    /// The auto link, if it is this router that attaches and the peer has granted it.
    pub auto_link: Option<u64>,
    /// Who attaches.
    pub party: Party,
    /// Whether the terminus on this router's side is to outlive the connection.
    pub is_resumable: bool,
    /// What is to be seen of the link once it is accepted.
    pub record: Arc<LinkRecord>,
}

/// What a terminus names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// An address.
    Address(Box<str>),
    /// An address that the router makes up.
    Dynamic,
    /// An address that the container of a link route makes up; this text says which link route.
    DynamicAt(Box<str>),
    /// Nothing: a sender says in each message where it goes.
    Anonymous,
    /// A transaction coordinator.
    Coordinator,
}

/// A link that this router attaches to a container by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoLink {
    /// The auto link's number.
    pub number: u64,
    /// Which end this router is.
    pub role: LinkRole,
    /// Its address here, as configured.
    pub address: Box<str>,
    /// Phase of that address.
    pub phase: Phase,
    /// Its address at the container.
    pub external_address: Box<str>,
}

/// What the node tells a connection.
#[derive(Debug)]
pub enum Work {
    /// Attach a link.
    Attach(Box<AutoLink>),
    /// Detach the link of this auto link.
    Detach {
        /// The auto link.
        auto_link: u64,
    },
    /// Answer the attach: the link exists.
    Accept {
        /// The link.
        link: LinkId,
        /// Its address; none for an anonymous sender.
        entry: Option<Arc<AddressEntry>>,
        /// The address that was made up for a dynamic terminus.
        dynamic: Option<String>,
        /// Whether there is somebody to send to, so that a sender gets credit.
        reachable: bool,
    },
    /// Answer the attach: the link is refused.
    Refuse {
        /// The link.
        link: LinkId,
        /// Why, as a symbol.
        condition: Condition,
        /// Why, in words.
        description: &'static str,
    },
    /// The link goes on to another connection; it is answered when that is.
    Route {
        /// The link.
        link: LinkId,
        /// Where it goes.
        way: LinkWay,
    },
    /// The address of an incoming link has got its first destination.
    Reachable {
        /// The link.
        link: LinkId,
    },
    /// The address of an incoming link from a container has lost its last destination.
    Unreachable {
        /// The link.
        link: LinkId,
    },
    /// Send a message on the control link.
    Control {
        /// The message.
        message: Arc<[u8]>,
    },
    /// So many control messages from this connection have been handled: their credit may go back.
    ControlTaken {
        /// How many.
        count: u32,
    },
    /// Close the connection when it is not needed any more: it is to a neighbour that can be reached by others.
    Retire {
        /// Why, in words.
        description: String,
    },
    /// Close the connection: the router stops or an operator wants it.
    Close {
        /// Why, in words.
        description: String,
    },
}
