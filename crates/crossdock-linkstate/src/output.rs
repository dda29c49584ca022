//! What the machine wants done, and what it found out.

use std::fmt;
use std::sync::Arc;

use crate::message::{Message, MessageError, Recipient};
use crate::{ConnectionKey, Cost, Instance, RouterId};

/// A result of the machine. They are to be taken out, in order, after each call that may change something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this message on the control links of these connections. [`Message::encode`] gives the octets.
    Send {
        /// The connections.
        on: Vec<ConnectionKey>,
        /// Who it is for.
        to: Recipient,
        /// The message.
        message: Message,
    },
    /// There is a path to a router that had none. Its addresses follow, as [`Output::AddressAdded`].
    Reachable {
        /// The router.
        router: RouterId,
        /// The path.
        path: Path,
    },
    /// The path to a reachable router is another one, or its cost.
    PathChanged {
        /// The router.
        router: RouterId,
        /// The new path.
        path: Path,
    },
    /// There is no path any more. All addresses of the router were removed just before.
    Unreachable {
        /// The router.
        router: RouterId,
    },
    /// Links between routers, or their costs, changed: [`LinkState::valid_origins`](crate::LinkState::valid_origins) and
    /// [`LinkState::radius`](crate::LinkState::radius) may have other results.
    TopologyChanged,
    /// A reachable router became a destination of an address, or the hint on the treatment changed.
    AddressAdded {
        /// The router.
        router: RouterId,
        /// Class, phase and text of the address, as received.
        address: Arc<str>,
        /// The number of the treatment it has at that router, as received.
        hint: Option<i64>,
    },
    /// A router is no destination of an address any more, or cannot be reached.
    AddressRemoved {
        /// The router.
        router: RouterId,
        /// The address.
        address: Arc<str>,
    },
    /// Something for the log.
    Notice(Notice),
}

/// The way to a router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The neighbour that is next on it.
    pub next_hop: RouterId,
    /// The connection to that neighbour.
    pub connection: ConnectionKey,
    /// Sum of the costs.
    pub cost: u64,
    /// Number of connections on it.
    pub hops: u32,
}

/// Something for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A router became a neighbour.
    NeighborGained {
        /// The router.
        router: RouterId,
        /// The connection that leads there.
        on: ConnectionKey,
        /// Its cost.
        cost: Cost,
    },
    /// Another connection leads to a neighbour now.
    NeighborMoved {
        /// The router.
        router: RouterId,
        /// The connection that leads there.
        on: ConnectionKey,
        /// Its cost.
        cost: Cost,
    },
    /// A router is no neighbour any more.
    NeighborLost {
        /// The router.
        router: RouterId,
    },
    /// A router was started anew; what was known of it is forgotten.
    Restarted {
        /// The router.
        router: RouterId,
        /// Its life now.
        instance: Instance,
    },
    /// Nothing was heard of a router for too long; its link state is forgotten.
    Expired {
        /// The router.
        router: RouterId,
    },
    /// Nobody knows a router any more; it is forgotten altogether.
    Forgotten {
        /// The router.
        router: RouterId,
    },
    /// There is another router with our name. Reported once.
    OwnIdTaken {
        /// Where it was heard.
        on: ConnectionKey,
        /// Its life.
        instance: Instance,
    },
    /// Two routers greet on one connection. Reported once for a connection.
    PeerRenamed {
        /// The connection.
        on: ConnectionKey,
        /// Who greeted first and keeps the connection.
        was: RouterId,
        /// Who greeted now and is ignored.
        is: RouterId,
    },
    /// A message that says nothing to us. Reported once for a connection, and once for a router with a later version.
    Refused {
        /// Where it came from.
        on: ConnectionKey,
        /// Why.
        error: MessageError,
    },
    /// There are more routers than may be kept. Reported once.
    TooManyRouters {
        /// One that is ignored.
        router: RouterId,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeighborGained { router, on, cost } => {
                write!(f, "router {router} is a neighbour, over connection {on} at cost {cost}")
            }
            Self::NeighborMoved { router, on, cost } => {
                write!(f, "neighbour {router} is reached over connection {on} at cost {cost} now")
            }
            Self::NeighborLost { router } => write!(f, "router {router} is no neighbour any more"),
            Self::Restarted { router, instance } => write!(f, "router {router} was restarted (instance {instance})"),
            Self::Expired { router } => write!(f, "nothing heard of router {router} for too long"),
            Self::Forgotten { router } => write!(f, "router {router} is forgotten"),
            Self::OwnIdTaken { on, instance } => {
                write!(f, "another router has our name (instance {instance}, heard on connection {on})")
            }
            Self::PeerRenamed { on, was, is } => {
                write!(f, "router {is} greets on connection {on}, which is that of router {was}: ignored")
            }
            Self::Refused { on, error } => write!(f, "routing message refused on connection {on}: {error}"),
            Self::TooManyRouters { router } => write!(f, "too many routers: {router} and others are ignored"),
        }
    }
}
