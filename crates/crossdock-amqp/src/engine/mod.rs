//! One AMQP connection as a machine without IO: bytes and time go in, events and bytes come out.
//!
//! ```text
//!    bytes ──► poll_event ──► Event (opened, attached, transfer, disposition, credit …)
//!                 │
//!   the owner answers: open, begin, attach, send, settle, grant, detach, end, close
//!                 │
//!    bytes ◄── output
//! ```
//!
//! The machine keeps what belongs to the connection alone: handshake, channels, handles, session windows, link credit,
//! unsettled deliveries, heartbeats. It decides nothing about messages; who gets what is its owner's business. Both ends
//! use the same machine: [`Connection::accept`] waits for the peer's header, [`Connection::initiate`] sends the first.
//!
//! The owner calls [`Connection::poll_event`] until it returns none, reacts to each event before it asks for the next, and
//! then takes the [`Output`]. Contexts `I` and `O` are the owner's memory of each unsettled incoming and outgoing delivery.

mod attempt;
mod config;
mod connection;
mod echo;
mod event;
mod flow;
mod handshake;
mod link;
mod links;
mod output;
mod session;
mod sessions;
mod slab;
mod transfers;

pub use attempt::Attempt;
pub use config::{Config, Credentials, Handshake, Time};
pub use connection::Connection;
pub use event::{Event, IncomingTransfer, Input, ProtocolError, Scope};
pub use link::{Link, LinkRole, LinkState};
pub use links::attach;
pub use output::{Chunk, Gauge, Output};
pub use session::Session;
pub use slab::{LinkId, SessionId};
pub use transfers::{NewDelivery, Payload, Sent};
