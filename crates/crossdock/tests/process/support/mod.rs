//! What the tests have in common.

mod pair;
pub(crate) mod peer;
mod router;
pub(crate) mod wire;

use std::time::Duration;

pub(crate) use pair::Pair;
pub(crate) use peer::{Answer, Peer};
pub(crate) use router::{Router, command, folder, listener};

/// How long anything may take that is to happen. Only a failing test waits for so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const MIB: u64 = 1 << 20;
