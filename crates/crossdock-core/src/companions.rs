//! Addresses that stand by another one: the fallback destination, the stage behind a waypoint, the shards.
//!
//! The node keeps them in the table's entries; a [`Route`](crate::route::Route) follows them where its address has some. In
//! the order in which they are tried:
//!
//! ```text
//! settled ──► bypass, if anybody is there        (past the broker, straight to the consumers behind it)
//! all     ──► the shard that has the key
//!         ──► the address's own destinations
//!         ──► fallback
//! ```

use std::sync::Arc;

use crate::shards::Shards;
use crate::table::AddressEntry;

/// The companions of one address.
#[derive(Clone, Debug, Default)]
pub struct Companions {
    /// Takes what has no other destination.
    pub fallback: Option<Arc<AddressEntry>>,
    /// Takes settled deliveries as long as it has destinations: the same address, behind its waypoint.
    pub bypass: Option<Arc<AddressEntry>>,
    /// Take all deliveries, each a part of the keys.
    pub shards: Option<Shards>,
}

impl Companions {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fallback.is_none() && self.bypass.is_none() && self.shards.is_none()
    }

    /// All of them; members that are drained as well.
    pub fn entries(&self) -> impl Iterator<Item = &Arc<AddressEntry>> {
        let members = self.shards.iter().flat_map(|shards| shards.members.iter().map(|member| &member.entry));
        self.fallback.iter().chain(&self.bypass).chain(members)
    }
}
