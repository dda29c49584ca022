//! Identity and timing.

use crate::{Instance, RouterId};

/// Who this router is, and how long it waits for what. All times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The own name.
    pub id: RouterId,
    /// This life of the process: constant while it runs, another one after each start.
    pub instance: Instance,
    /// Time from one HELLO to the next (`helloIntervalSeconds`).
    pub hello_interval: u64,
    /// A neighbour without a HELLO for longer than this is none any more (`helloMaxAgeSeconds`).
    pub hello_max_age: u64,
    /// Time from one RA to the next while nothing changes (`raIntervalSeconds`).
    pub ra_interval: u64,
    /// The same after a change (`raIntervalFluxSeconds`).
    pub ra_interval_flux: u64,
    /// How long a change keeps RAs at the short interval.
    pub flux_duration: u64,
    /// Link state of a router that was not heard of for longer than this is dropped (`remoteLsMaxAgeSeconds`).
    pub remote_ls_max_age: u64,
    /// Time between two rounds of ageing, and least time between two updates of mobile addresses.
    pub tick: u64,
    /// Least time between two computations of paths, and between two versions of the own link state. The first change
    /// after a quiet time takes effect at once; what follows closely is taken together.
    pub settle: u64,
    /// Time after which an unanswered request is repeated; doubled each time up to `ra_interval_flux`. While paths come into being, a request may get through where the
    /// answer finds no way back yet.
    pub request_repeat: u64,
    /// How many remote routers are kept, a bound for what hostile messages can fill the memory with. The protocol has none.
    pub router_limit: usize,
}

impl Config {
    /// The times of qdrouterd 1.19.
    pub fn new(id: RouterId, instance: Instance) -> Self {
        Self {
            id,
            instance,
            hello_interval: 1_000,
            hello_max_age: 3_000,
            ra_interval: 30_000,
            ra_interval_flux: 4_000,
            flux_duration: 8_000,
            remote_ls_max_age: 60_000,
            tick: 1_000,
            settle: 100,
            request_repeat: 200,
            router_limit: 65_536,
        }
    }
}
