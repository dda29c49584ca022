//! Tests of the router as a process: the real program, real sockets, real signals.
//!
//! They are here, and not in a package of their own, because only the tests of the package that has the program are
//! given its path (`CARGO_BIN_EXE_crossdock`), and with it the certainty that it is built and fresh. They are one
//! program, because linking one is quicker than linking five, and because all of them use `support`:
//!
//! * [`support::Router`] – a router process: started with a configuration, its log read, stopped and judged at the end.
//! * [`support::Peer`] – a connection in the hands of the test, which can send any bytes whatever.
//! * [`support::Pair`] – a well-behaved sender and receiver, to show that others are not disturbed.
//!
//! Nothing sleeps: a test waits for bytes, for a line in the log or for the end of the process, each with a deadline.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do without")]

mod clients;
mod connectors;
mod hostile;
mod lifecycle;
mod replay;
mod shards;
mod support;
mod tls;
mod trace;
