//! What the tests of this crate share: values as trees, requests, a store in memory, recorded conversations.

#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod amqp;
pub(crate) mod capture;
pub(crate) mod memory;
pub(crate) mod message;
