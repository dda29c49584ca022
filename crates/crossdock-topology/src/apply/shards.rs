//! Shards that change. Those of one address agree about the key and about what a loss means, at each router.

use std::collections::BTreeSet;

use crossdock_schema::EntityKind;

use super::changes::Changed;
use super::{Action, Phase, Planner};

impl Planner<'_> {
    pub(super) fn changed_shards(&mut self, changed: &[Changed<'_>]) {
        let shards = || changed.iter().filter(|change| change.section.kind == EntityKind::Shard);
        let mut agreements: BTreeSet<(String, String)> = BTreeSet::new();
        for change in shards() {
            let address = change.section.text("address").unwrap_or_default();
            if change.attributes.iter().any(|attribute| matches!(*attribute, "key" | "onLoss")) {
                agreements.insert((change.router.to_owned(), address));
                continue;
            }
            let values = self.values(change.router, change.section);
            let replace = Action::Replace { before: change.found.clone(), values };
            let step =
                self.step(Phase::ChangedShards, change.router, EntityKind::Shard, change.name, replace, &change.reason);
            step.effect = Some(String::from("for a moment the other shards take its keys"));
        }
        for (router, address) in agreements {
            let of_address = |change: &&Changed<'_>| {
                change.router == router && change.section.text("address").as_deref() == Some(&address)
            };
            let all: Vec<&Changed<'_>> = shards().filter(of_address).collect();
            for change in &all {
                let delete = Action::Delete { identity: change.found.text("identity").to_owned() };
                let step =
                    self.step(Phase::ChangedShards, &router, EntityKind::Shard, change.name, delete, &change.reason);
                step.effect =
                    Some(format!("this interrupts: messages to {address} wait until its shards are there again"));
            }
            for change in &all {
                let create = Action::Create { values: self.values(&router, change.section) };
                self.step(
                    Phase::ChangedShards,
                    &router,
                    EntityKind::Shard,
                    change.name,
                    create,
                    "all shards agree now",
                );
            }
            // New ones would be refused beside the old ones.
            for step in &mut self.plan.steps {
                let is_new = step.phase == Phase::Shards && step.router == router;
                if let (true, Action::Create { values }) = (is_new, &step.action)
                    && values.iter().any(|(name, value)| name == "address" && value.to_string() == address)
                {
                    step.phase = Phase::ChangedShards;
                }
            }
        }
    }
}
