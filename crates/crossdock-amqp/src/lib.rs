//! AMQP 1.0 without IO: bytes, frames, and the machines of a connection.

pub mod codec;
