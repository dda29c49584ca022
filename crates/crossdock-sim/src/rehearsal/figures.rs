//! Counting what became of messages.

use crossdock_amqp::codec::StateKind;
use std::collections::BTreeMap;

use super::report::{Latency, Outcomes};
use crate::world::{Fate, World};

/// What became of each message that a client sent.
pub(super) struct Figures<'w> {
    world: &'w World,
    /// When copies of it came to consumers, by message; what containers pass on counts for what they got.
    came: BTreeMap<u32, Vec<u64>>,
}

impl<'w> Figures<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        let mut came: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for receipt in world.receipts.iter().filter(|receipt| receipt.complete) {
            let (Some(message), None) = (receipt.message, &world.receivers[receipt.receiver].sink) else { continue };
            let attempt = world.messages[message as usize].attempt;
            came.entry(attempt.map_or(message, |attempt| attempt.origin)).or_default().push(receipt.came);
        }
        Self { world, came }
    }

    fn came(&self, message: u32) -> &[u64] {
        self.came.get(&message).map(Vec::as_slice).unwrap_or_default()
    }

    /// What became of these messages.
    pub(super) fn outcomes(&self, messages: impl Iterator<Item = u32>) -> Outcomes {
        let mut all = Outcomes::default();
        for id in messages {
            let sent = &self.world.messages[id as usize];
            let stored = self.world.stored.get(&id);
            let copies = self.came(id).len() as u64;
            all.sent += 1;
            match sent.outcome {
                _ if sent.presettled => all.settled += 1,
                Some(StateKind::Accepted) => all.accepted += 1,
                Some(StateKind::Rejected) => all.rejected += 1,
                Some(StateKind::Released) => all.released += 1,
                Some(StateKind::Modified) => all.modified += 1,
                _ => all.unknown += 1,
            }
            all.delivered += u64::from(copies > 0);
            all.copies += copies;
            match stored.map(|stored| stored.fate) {
                Some(Fate::Waits | Fate::UnderWay) if copies == 0 => all.queued += 1,
                Some(Fate::GivenUp | Fate::Consumed(StateKind::Rejected)) => all.discarded += 1,
                Some(_) => {}
                None if copies == 0 && (sent.presettled || sent.outcome == Some(StateKind::Accepted)) => all.lost += 1,
                None => {}
            }
            if copies > 1 && !self.world.rules.is_multicast(&sent.key) {
                let attempts = stored.map_or(1, |stored| u64::from(stored.attempts));
                all.repeated += copies.min(attempts) - 1;
                all.doubled += copies.saturating_sub(attempts);
            }
        }
        all
    }

    /// How long these messages took to get to consumers.
    pub(super) fn latency(&self, messages: impl Iterator<Item = u32>) -> Option<Latency> {
        let took = |id: u32| {
            let born = self.world.messages[id as usize].born;
            self.came(id).iter().map(move |came| came.saturating_sub(born))
        };
        let mut all: Vec<u64> = messages.flat_map(took).collect();
        all.sort_unstable();
        let of = |share: usize| all.get((all.len() * share).div_ceil(100).saturating_sub(1)).copied();
        Some(Latency { p50: of(50)?, p99: of(99)?, max: *all.last()? })
    }
}
