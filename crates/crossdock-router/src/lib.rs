//! The machines of a router: an [`Adaptor`] for each connection and one [`Node`].
//!
//! ```text
//!   socket ⇄ Adaptor ──Batch──► Adaptor ⇄ socket        data: mailbox to mailbox, nobody in between
//!               │  ▲               │  ▲
//!         Action│  │Work     Action│  │Work              control: through the node
//!               ▼  │               ▼  │
//!              Node (address table, who is where)
//! ```
//!
//! An adaptor drives its connection's protocol engine and decides, from its own copy of an address's destinations, where
//! each delivery goes. The node alone changes who is a destination of what. Both are plain machines: bytes, messages and
//! time go in, bytes and messages come out; the shell (or a simulator) supplies sockets, clock and randomness.

mod adaptor;
mod node;
pub mod plan;
mod probe;
mod shared;

pub use adaptor::{Adaptor, Holdings, Peer};
pub use crossdock_core::address::RouterMode;
pub use crossdock_core::record;
pub use crossdock_linkstate::Config as LinkStateConfig;
pub use crossdock_management::{LogLine, Refusal};
pub use node::{COMPATIBLE_VERSION, ConnectionCounts, ConnectorFare, Node, Platform, StartFailure};
pub use shared::{
    AddressSettings, ConnectionRole, ConnectionSettings, Entropy, RouterSettings, Shared, StripAnnotations,
};
