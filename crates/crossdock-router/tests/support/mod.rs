//! A router in memory: its node, its adaptors, and at the other end of each wire a client's protocol engine.
//!
//! [`Net`] holds them and moves bytes and mail, either until nothing moves any more or step by step, in whatever order a
//! test chooses. It does for each connection what the shell does and no more: an adaptor looks into its mailbox only after
//! it was woken.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(dead_code, unused_imports, reason = "each test file uses some of it")]

pub(crate) mod message;
pub(crate) mod net;
pub(crate) mod peer;
pub(crate) mod rng;
pub(crate) mod stage;

pub(crate) use net::Net;
pub(crate) use peer::Seen;
