//! The shell: sockets, clock, randomness, signals and threads around the machines of a router.
//!
//! It decides nothing. A connection's task moves bytes between its socket and its [`crossdock_router::Adaptor`]; the node's
//! task runs the [`crossdock_router::Node`] whenever a connection has something for it; [`run()`] builds both from a
//! configuration and stops them on a signal.

mod clock;
mod connection;
mod connector;
mod connectors;
mod data_connections;
mod listener;
mod listeners;
mod places;
mod plan;
mod platform;
mod run;
mod secret;
mod signals;
mod trace;

pub use crossdock_router::LogLine;
pub use platform::LogBook;
pub use run::{Outcome, RunError, raise_file_limit, run, run_on_this_thread};
pub use signals::die_of_interrupt;
