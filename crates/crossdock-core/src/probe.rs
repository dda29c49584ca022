//! Probes: messages that go the way of messages and are not delivered. Every router on the way tells the first one where they
//! went, how long that took, and why they went no further.
//!
//! A connection that takes a probe in decides as for any message, hands it on to the connections of the next hops, and tells
//! the node ([`TakenProbe`]); those tell the node in turn what has become of it ([`Fate`]). The node writes the reports.

use crossdock_amqp::engine::{LinkId, Time};
use std::sync::Arc;

use crate::batch::{ConnId, DeliveryRef};
use crate::message::ProbeMark;
use crate::record::Stall;
use crate::table::{AddressEntry, Party};

/// Hops of a probe, at most.
pub const MAX_HOPS: usize = 64;

/// Octets of a probe, at most: its trace included.
pub const MAX_PROBE: usize = 16 * 1024;

/// Destinations of this router that are told of, at most; the others are counted.
pub const MAX_FORKS: usize = 32;

/// What the node is told.
#[derive(Debug)]
pub enum ProbeNews {
    /// One came.
    Taken(Box<TakenProbe>),
    /// Something became of one on its way to a neighbour.
    Fate(ProbeFate),
}

/// What became of a probe on its way to a neighbour, and which it was.
#[derive(Debug)]
pub struct ProbeFate {
    /// The connection over which it came.
    pub from: ConnId,
    /// What it was there.
    pub delivery: DeliveryRef,
    /// The connection to the neighbour; none for any that is gone, if there is no knowing which.
    pub conn: Option<ConnId>,
    /// Number of the link there; 0 if it had none.
    pub link: u64,
    /// When.
    pub at: Time,
    /// What.
    pub fate: Fate,
}

/// What became of a probe on its way to a neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits, behind so many deliveries.
    Waits {
        /// Whether the link has credit.
        has_credit: bool,
        /// What stops the link otherwise.
        stall: Stall,
        /// Deliveries that wait in front of it.
        behind: usize,
    },
    /// It has left.
    Left,
    /// It is gone, for this reason.
    Lost(&'static str),
}

/// A probe that came from another router.
#[derive(Debug)]
pub struct TakenProbe {
    /// The connection.
    pub from: ConnId,
    /// What it is there.
    pub delivery: DeliveryRef,
    /// Number of the link.
    pub link: u64,
    /// What it says of itself.
    pub mark: ProbeMark,
    /// The router that wants to know, as annotations call it.
    pub origin: Box<str>,
    /// The routers that it has passed, as annotations call them.
    pub passed: Vec<Box<str>>,
    /// When it came.
    pub came: Time,
    /// Where it goes from here.
    pub decision: Decision,
}

/// Where a message goes.
#[derive(Debug, Default)]
pub struct Decision {
    /// The address whose destinations take it.
    pub entry: Option<Arc<AddressEntry>>,
    /// Whether that is another one than the message names, so that the routers that follow must be told.
    pub renamed: bool,
    /// Its priority.
    pub priority: u8,
    /// Where to.
    pub forks: Vec<Fork>,
    /// Destinations of this router that are not among these.
    pub left_out: usize,
    /// Why it goes nowhere, if so.
    pub why: Option<String>,
}

/// One of the places to which a message goes.
#[derive(Clone, Debug)]
pub enum Fork {
    /// A link of this router.
    Local {
        /// Its connection.
        conn: ConnId,
        /// The link.
        link: LinkId,
        /// Whether it has credit for it.
        has_credit: bool,
        /// Deliveries that are assigned to it and not over.
        outstanding: u64,
        /// Who is at its other end.
        party: Party,
    },
    /// A neighbour.
    Router {
        /// How annotations call it.
        identity: Arc<str>,
        /// The connection.
        conn: ConnId,
        /// Cost of the way to the router with the consumer.
        cost: u64,
        /// Whether it knows what a probe is, so that it may get one.
        takes_probes: bool,
    },
}

impl Fork {
    /// The connection over which a probe goes on, if it may.
    pub fn way(&self) -> Option<ConnId> {
        match self {
            Self::Router { conn, takes_probes: true, .. } => Some(*conn),
            Self::Router { .. } | Self::Local { .. } => None,
        }
    }
}
