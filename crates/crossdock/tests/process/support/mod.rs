//! What the tests have in common.

mod answer;
pub(crate) mod honest;
mod pair;
mod peer;
mod router;
pub(crate) mod wire;

use std::time::Duration;

pub(crate) use answer::Answer;
pub(crate) use pair::Pair;
pub(crate) use peer::Peer;
pub(crate) use router::{Router, command, folder, listener};

/// How long anything may take that is to happen. Only a failing test waits for so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const MIB: u64 = 1 << 20;
