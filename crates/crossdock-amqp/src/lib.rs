//! AMQP 1.0 without IO: bytes and time in, events and bytes out.
//!
//! What a connection *is* lives here: frames ([`codec`]), the two ledgers of credit and unsettled deliveries ([`ledger`]),
//! and the machine that puts them together ([`engine`]). What becomes of a message does not: routing is the business of
//! the crates above. There is no socket, clock, thread or random number in this crate, so the same code runs under tokio
//! in production and under a seeded clock in tests.
//!
//! Read [`engine::Connection`] first, then [`ledger::Unsettled`].

pub mod codec;
pub mod condition;
pub mod engine;
pub mod ledger;
pub mod serial;
