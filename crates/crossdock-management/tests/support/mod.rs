//! What the tests of this crate share: values as trees, requests, a store in memory, recorded conversations.

#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::expect_used, clippy::wildcard_enum_match_arm, reason = "a test fails by panicking")]

pub(crate) mod amqp;
pub(crate) mod capture;
pub(crate) mod memory;
pub(crate) mod message;
pub(crate) mod reviewed;
