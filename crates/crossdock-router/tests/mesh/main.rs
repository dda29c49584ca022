//! Routers in memory beside recorded routers, and beside neighbours that mean no good.
//!
//! [`bench`] holds routers, connections and clients on one clock; at the other end of a connection is another router, a
//! client's engine, or nobody: then what the router says is kept, and what it hears comes from the test. [`capture`] reads
//! recorded conversations, [`frames`] what either side says in them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::wildcard_enum_match_arm, reason = "of what is said a test looks at some")]

#[path = "../support/peer.rs"]
#[allow(dead_code, reason = "these tests use some of it")]
mod peer;

mod bench;
mod capture;
mod frames;
mod hostile;
mod replay;
mod retired;
mod routed;
mod streams;
mod trace;
