//! The part of the builder that concerns addresses.

use crossdock_schema::{Address, Direction, Entity, RouterMode};

use super::builder::Builder;
use super::item::{Item, check_settings};
use super::links::{AddressRule, AutoLink, LinkRoute, Member, Shard};
use crate::diagnostic::Code;
use crate::format;
use crate::text::Tree;

impl Builder<'_> {
    pub(super) fn addresses(&mut self) {
        for node in self.items("addresses") {
            let Some(item) = Item::new(&node, &format::ADDRESS, self.diagnostics) else { continue };
            let Some((text, pattern)) = self.pattern(&item, "an address") else { continue };
            let settings = item.settings();
            let entity = check_settings(&settings, &[], RouterMode::Interior, item.at(), self.diagnostics);
            let address = if let Some(Entity::Address(address)) = entity { address } else { Address::default() };
            let waypoint = u32::from(address.waypoint);
            let routers = self.resolve_routers(&item.texts("routers"));
            if address.ingress_phase.is_some() != address.egress_phase.is_some() {
                let problem = "give both ingressPhase and egressPhase, or neither";
                self.diagnostics.error(Code::Phase, item.at(), problem);
            }
            self.mesh.addresses.push(AddressRule {
                at: item.at(),
                text,
                pattern,
                ingress_phase: address.ingress_phase.unwrap_or(0),
                egress_phase: address.egress_phase.unwrap_or(waypoint),
                address,
                routers,
                settings,
            });
        }
    }

    /// What `prefix` or `pattern` of an item says: as written, and as a pattern.
    fn pattern(&mut self, item: &Item<'_>, what: &str) -> Option<(String, String)> {
        match (item.text("prefix"), item.text("pattern")) {
            (Some(prefix), None) => {
                let pattern = format!("{}/#", prefix.trim_end_matches(['.', '/']));
                Some((prefix, pattern))
            }
            (None, Some(pattern)) => Some((pattern.clone(), pattern)),
            (None, None) | (Some(_), Some(_)) => {
                let problem = format!("{what} needs either 'prefix' or 'pattern'");
                self.diagnostics.error(Code::MissingKey, item.at(), problem);
                None
            }
        }
    }

    /// Directions of an item that may say `both`.
    fn directions(item: &Item<'_>) -> Vec<Direction> {
        match item.text("direction").as_deref() {
            Some("both") => vec![Direction::Out, Direction::In],
            Some(one) => Direction::from_tag(one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    pub(super) fn auto_links(&mut self) {
        for node in self.items("autoLinks") {
            let Some(item) = Item::new(&node, &format::AUTO_LINK, self.diagnostics) else { continue };
            let settings = item.settings();
            let brokers = self.resolve_brokers(&item.texts("broker"));
            for direction in Self::directions(&item) {
                let further = [("direction", direction.as_str())];
                let entity = check_settings(&settings, &further, RouterMode::Interior, item.at(), self.diagnostics);
                let Some(Entity::AutoLink(link)) = entity else { continue };
                let default_phase = u32::from(direction == Direction::In && !link.fallback);
                for broker in &brokers {
                    self.mesh.auto_links.push(AutoLink {
                        at: item.at(),
                        address: link.address.clone(),
                        queue: link.external_address.clone().unwrap_or_else(|| link.address.clone()),
                        broker: broker.clone(),
                        direction,
                        phase: link.phase.unwrap_or(default_phase),
                        fallback: link.fallback,
                        settings: settings.clone(),
                    });
                }
            }
        }
    }

    pub(super) fn link_routes(&mut self) {
        for node in self.items("linkRoutes") {
            let Some(item) = Item::new(&node, &format::LINK_ROUTE, self.diagnostics) else { continue };
            let Some((text, pattern)) = self.pattern(&item, "a link route") else { continue };
            let settings = item.settings();
            let brokers = self.resolve_brokers(&item.texts("broker"));
            for direction in Self::directions(&item) {
                let further = [("direction", direction.as_str())];
                check_settings(&settings, &further, RouterMode::Interior, item.at(), self.diagnostics);
                for broker in &brokers {
                    self.mesh.link_routes.push(LinkRoute {
                        at: item.at(),
                        text: text.clone(),
                        pattern: pattern.clone(),
                        broker: broker.clone(),
                        direction,
                        settings: settings.clone(),
                    });
                }
            }
        }
    }

    pub(super) fn shards(&mut self) {
        for node in self.items("shards") {
            let Some(item) = Item::new(&node, &format::SHARD, self.diagnostics) else { continue };
            let (Some(name), Some(address)) = (item.text("name"), item.text("address")) else { continue };
            // A blank is as good as the colon of the configuration.
            let key = item.text("key").unwrap_or_else(|| String::from("group-id")).replacen(' ', ":", 1);
            let is_known = matches!(&*key, "to" | "group-id")
                || ["property:", "annotation:"]
                    .iter()
                    .any(|kind| key.strip_prefix(kind).is_some_and(|name| !name.trim().is_empty()));
            if !is_known {
                let problem =
                    format!("the key of a shard is '{key}'; allowed are to, group-id, property:NAME, annotation:NAME");
                self.diagnostics.error(Code::Shard, item.place("key"), problem);
            }
            let mut members = Vec::new();
            if let Some(Tree::List(nodes)) = item.node("members").map(|node| &node.tree) {
                for node in nodes {
                    let Some(member) = Item::new(node, &format::MEMBER, self.diagnostics) else { continue };
                    let queue = member.text("externalAddress").unwrap_or_else(|| address.clone());
                    for broker in self.resolve_brokers(&member.texts("broker")) {
                        members.push(Member { at: member.at(), broker, queue: queue.clone() });
                    }
                }
            }
            let on_loss = item.text("onLoss").unwrap_or_else(|| String::from("move"));
            self.mesh.shards.push(Shard { at: item.at(), name, address, key, on_loss, members });
        }
    }
}
