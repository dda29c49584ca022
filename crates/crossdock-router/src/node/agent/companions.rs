//! Fallback destinations, ways past queues and shards in words, for EXPLAIN.

use crossdock_core::route::Route;
use crossdock_core::routers::Origin;
use crossdock_core::shards::{KeyHash, OnLoss};
use crossdock_core::table::AddressEntry;
use crossdock_management::MAX_EXPLAINED;

use crate::node::Node;

/// What other addresses there are that may take deliveries.
pub(super) fn companions(node: &Node, route: &Route, key: Option<&str>) -> Vec<String> {
    let Some(companions) = route.entry().companions() else { return Vec::new() };
    let who = |entry: &AddressEntry| match node.addresses.get(&entry.key().key_ref()) {
        Some(address) if address.consumers + address.remote > 0 => {
            let here = count(address.consumers, "consumer");
            match address.remote {
                0 => format!("{here} here"),
                remote => format!("{here} here, {} with some elsewhere", count(remote, "router")),
            }
        }
        Some(_) | None => String::from("without consumers"),
    };
    let mut all = Vec::new();
    if let Some(bypass) = &companions.bypass {
        all.push(format!("Pre-settled messages go past the queue to {}: {}.", bypass.key(), who(bypass)));
    }
    if let Some(shards) = &companions.shards {
        let lost = match shards.on_loss {
            OnLoss::Move => "the others take the keys of a shard without consumers",
            OnLoss::Wait => "messages with the key of a shard without consumers are released",
        };
        all.push(format!(
            "Messages are spread over {} by {}; {lost}.",
            count(shards.members.len(), "shard"),
            shards.key
        ));
        for member in shards.members.iter().take(MAX_EXPLAINED) {
            let state = if member.draining { ", draining" } else { "" };
            all.push(format!("Shard {}: {}{state}.", member.entry.key(), who(&member.entry)));
        }
        if let Some(key) = key {
            let hash = KeyHash::new(key.as_bytes());
            all.push(match route.takers(Origin::Own, Some(hash)).first() {
                Some(taker) => format!("The key '{key}' goes to {} now.", taker.entry().key()),
                None => format!("The key '{key}' goes nowhere now."),
            });
        }
    }
    if let Some(fallback) = &companions.fallback {
        all.push(format!(
            "What nobody else takes goes to the fallback destination {}: {}.",
            fallback.key(),
            who(fallback)
        ));
    }
    all
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
