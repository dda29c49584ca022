//! Whole meshes in memory: routers, clients and wires on one seeded clock, running the machines that ship.
//!
//! ```text
//!   client ═══ Adaptor ─┐               ┌─ Adaptor ═══ client          ═══ a wire: bytes, delay, cut, silence
//!                     Node A          Node B
//!              Adaptor ─┘               └─ Adaptor
//!                 ╚═════════ wire ═════════╝
//! ```
//!
//! A [`World`] has all of it. Nothing in it reads a clock or rolls dice but the world's own: whenever several machines could
//! go on, and however many bytes could be read, the seed says who and how many. So the same seed gives the same bytes.
//!
//! While it runs, a model of what the clients know looks at whatever they hear: nothing comes that was not sent, comes twice,
//! changed, or out of order; nobody gets an outcome twice, or credit beyond the link's capacity. In the end
//! ([`World::finish`]) each delivery has the outcome that its receiver gave it, and when everybody has left, nothing is left.
//!
//! Worlds are written by hand, as transcripts, or by a generator, as lists of [`Step`]s: [`generate`] makes one from a seed,
//! [`play`] plays it, [`try_seed`] reports a seed that breaks something, with the shortest list found that does so, as a
//! test to be pasted. A [`rehearsal`] plays a topology with a load and faults, and counts. The program `crossdock-sim` does that with as many seeds as one likes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a simulation fails by panicking, and the seed repeats it")]

mod message;
mod net;
mod play;
pub mod rehearsal;
mod rng;
mod script;
mod world;

pub use crossdock_amqp::codec::StateKind;
pub use play::{Failure, play, try_seed};
pub use script::{Size, Step, generate};
pub use world::{ClientTerms, Post, Taste, Verdict, WireTerms, World};
