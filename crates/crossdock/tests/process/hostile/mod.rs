//! Peers that break the protocol, or stretch it: each gets the right error or close, and nobody else notices.

mod frames;
mod handshake;
mod links;
mod memory;
mod storms;
