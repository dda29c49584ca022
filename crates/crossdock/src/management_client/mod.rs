//! A client of AMQP management: what `crossdock stat` and `crossdock manage` talk to routers with. `crossdock send` and its
//! like share the connection.
//!
//! ```text
//!   Endpoint, Login (TLS, SASL) ─► Client ──one for each management address──► Agent ──Request──► router
//!                                                                                    ◄─Response──
//! ```
//!
//! A [`Client`] is one connection. An [`Agent`] is one management address on it, of the router at the other end or of
//! another one: a sender, a dynamic receiver for the replies, and one request at a time. What is said in AMQP values on
//! the wire is a [`Value`] here. Every step has the same patience; what goes wrong says what and with whom
//! ([`ClientError`]).
//!
//! Read `agent` first.

mod agent;
mod client;
mod endpoint;
mod error;
mod login;
mod request;
mod rows;
mod stream;
mod tls;
mod value;

pub(crate) use agent::{Agent, Query};
pub(crate) use client::{Client, within};
pub(crate) use endpoint::Endpoint;
pub(crate) use error::ClientError;
pub(crate) use login::Login;
pub(crate) use request::{Request, Response};
pub(crate) use rows::{Row, Rows};
pub(crate) use tls::TlsOptions;
pub(crate) use value::Value;
