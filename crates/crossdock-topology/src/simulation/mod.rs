//! What a simulation of the mesh is to do: load, delays, faults.
//!
//! Faults are sentences, in the file and on the command line alike: [`Fault::parse`]. The simulator itself is elsewhere; what
//! is not said here it chooses.

mod fault;
mod load;
mod span;

pub use fault::{Act, Fault, Manner, Target, Time};
pub use load::Load;
pub use span::{parse_span, write_span};

/// The section `simulation` of a topology.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulation {
    /// How long the load runs (ms).
    pub length: Option<u64>,
    /// How long bytes travel over a connection (ms).
    pub delay: Option<u64>,
    /// The same of single connections between routers, by index.
    pub delays: Vec<(usize, u64)>,
    /// Who sends what.
    pub loads: Vec<Load>,
    /// What breaks; none: not said.
    pub faults: Option<Vec<Fault>>,
}
