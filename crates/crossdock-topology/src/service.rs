//! Who serves an address: which client classes, queues and link routes take what is sent to it, and give what is received.

use crossdock_core::pattern::{PatternTree, normal_form};
use crossdock_schema::{Direction, Distribution};

use crate::model::{AddressRule, AutoLink, Member, Mesh, Shard};

/// The end of a message's way, or its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// A class of clients, by index.
    Clients(usize),
    /// A queue behind an auto link, by index.
    AutoLink(usize),
    /// A member of a shard, by indexes.
    Shard(usize, usize),
    /// A broker behind a link route, by index.
    LinkRoute(usize),
}

/// The patterns of a mesh, ready to be asked.
#[derive(Debug)]
pub struct Services<'a> {
    mesh: &'a Mesh,
    rules: PatternTree<usize>,
    /// For links of senders, and of receivers.
    link_routes: [PatternTree<usize>; 2],
}

impl<'a> Services<'a> {
    /// Of a mesh.
    pub fn new(mesh: &'a Mesh) -> Self {
        let mut services =
            Self { mesh, rules: PatternTree::new(), link_routes: [PatternTree::new(), PatternTree::new()] };
        for (index, rule) in mesh.addresses.iter().enumerate() {
            // Of two that mean the same the first counts.
            let _ = services.rules.insert(&rule.pattern, index);
        }
        for (index, route) in mesh.link_routes.iter().enumerate() {
            let [senders, receivers] = &mut services.link_routes;
            let tree = if route.direction == Direction::In { senders } else { receivers };
            let _ = tree.insert(&route.pattern, index);
        }
        services
    }

    /// The section that speaks for an address.
    pub fn rule(&self, address: &str) -> Option<&'a AddressRule> {
        self.rules.best_match(address).and_then(|index| self.mesh.addresses.get(*index))
    }

    /// Index of the section that speaks for an address.
    pub fn rule_index(&self, address: &str) -> Option<usize> {
        self.rules.best_match(address).copied()
    }

    /// Whether a router sends all messages of a member the nearest way, for this reason alone: several routers hold the broker,
    /// and balanced over them messages of one key could overtake each other. What the file says of just this address counts.
    pub fn is_closest_by_itself(&self, shard: &Shard, member: &Member) -> bool {
        let address = shard.member_address(member);
        let own = normal_form(&address).ok();
        let is_held_by_several = self.mesh.broker(&member.broker).is_some_and(|broker| broker.routers.len() > 1);
        let is_said = self.rule(&address).is_some_and(|rule| normal_form(&rule.pattern).ok() == own);
        is_held_by_several && own.is_some() && !is_said
    }

    /// How messages get to a member of a shard.
    pub fn distribution(&self, shard: &Shard, member: &Member) -> Distribution {
        if self.is_closest_by_itself(shard, member) {
            return Distribution::Closest;
        }
        let rule = self.rule(&shard.member_address(member));
        rule.map_or(Distribution::Balanced, |rule| rule.address.distribution)
    }

    /// Phases of senders and receivers of an address.
    pub fn phases(&self, address: &str) -> (u32, u32) {
        self.rule(address).map_or((0, 0), |rule| (rule.ingress_phase, rule.egress_phase))
    }

    /// Index of the link route that takes links of this direction to an address; `In` for senders.
    pub fn link_route(&self, address: &str, direction: Direction) -> Option<usize> {
        let [senders, receivers] = &self.link_routes;
        let tree = if direction == Direction::In { senders } else { receivers };
        tree.best_match(address).copied()
    }

    /// Who takes what is sent to an address, first of all: behind a queue it goes on.
    pub fn takers(&self, address: &str) -> Vec<Service> {
        self.of(address, Direction::In)
    }

    /// Who gives what is received from an address.
    pub fn givers(&self, address: &str) -> Vec<Service> {
        self.of(address, Direction::Out)
    }

    fn of(&self, address: &str, direction: Direction) -> Vec<Service> {
        if let Some(index) = self.link_route(address, direction) {
            // All link routes of the same pattern serve alike.
            let pattern = self.mesh.link_routes.get(index).and_then(|route| normal_form(&route.pattern).ok());
            let all = self
                .mesh
                .link_routes
                .iter()
                .enumerate()
                .filter(|(_, route)| route.direction == direction && normal_form(&route.pattern).ok() == pattern);
            return all.map(|(index, _)| Service::LinkRoute(index)).collect();
        }
        let sending = direction == Direction::In;
        let (ingress, egress) = self.phases(address);
        let phase = if sending { ingress } else { egress };
        let mut services = Vec::new();
        for (index, link) in self.mesh.auto_links.iter().enumerate() {
            let towards = if sending { Direction::Out } else { Direction::In };
            if link.direction == towards && link.phase == phase && !link.fallback && overlap(&link.address, address) {
                services.push(Service::AutoLink(index));
            }
        }
        for (index, shard) in self.mesh.shards.iter().enumerate() {
            if overlap(&shard.address, address) {
                services.extend((0..shard.members.len()).map(|member| Service::Shard(index, member)));
            }
        }
        // With a queue between them, clients do not meet directly. A shard is always one.
        let is_sharded = services.iter().any(|service| matches!(service, Service::Shard(..)));
        if ingress == egress && !is_sharded {
            for (index, class) in self.mesh.clients.iter().enumerate() {
                let others = if sending { &class.receive } else { &class.send };
                let opposite = if sending { Direction::Out } else { Direction::In };
                let meets =
                    |(other, _): &(String, _)| overlap(other, address) && self.link_route(other, opposite).is_none();
                if others.iter().any(meets) {
                    services.push(Service::Clients(index));
                }
            }
        }
        services
    }

    /// Auto links that could be meant by an address, whatever their phase.
    pub fn auto_links(&self, address: &str) -> impl Iterator<Item = &'a AutoLink> {
        self.mesh.auto_links.iter().filter(move |link| overlap(&link.address, address))
    }
}

/// Whether there is an address that both patterns match.
pub fn overlap(left: &str, right: &str) -> bool {
    let (Ok(left), Ok(right)) = (normal_form(left), normal_form(right)) else { return false };
    let left: Vec<&str> = left.split('.').collect();
    let right: Vec<&str> = right.split('.').collect();
    // Whether what follows from each pair of tokens on can be the same; `below` is the row of the next token on the left.
    let mut below: Vec<bool> = Vec::new();
    for row in (0..=left.len()).rev() {
        let own = left.get(row).copied();
        let mut current = vec![false; right.len() + 1];
        for column in (0..=right.len()).rev() {
            let other = right.get(column).copied();
            let at = |row: &[bool], column: usize| row.get(column).copied().unwrap_or(false);
            let meets = match (own, other) {
                (None, None) => true,
                (Some("#"), _) => at(&below, column) || (other.is_some() && at(&current, column + 1)),
                (_, Some("#")) => at(&current, column + 1) || (own.is_some() && at(&below, column)),
                (Some(own), Some(other)) => (own == other || own == "*" || other == "*") && at(&below, column + 1),
                (None, Some(_)) | (Some(_), None) => false,
            };
            if let Some(place) = current.get_mut(column) {
                *place = meets;
            }
        }
        below = current;
    }
    below.first().copied().unwrap_or(false)
}

/// Whether an address is the router's own business or made up by it.
pub(crate) fn is_special(address: &str) -> bool {
    address.starts_with('$') || ["_local/", "_topo/", "_edge/", "_$"].iter().any(|start| address.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn patterns_overlap_if_an_address_matches_both() {
        for (left, right, expected) in [
            ("a", "a", true),
            ("a/b", "a.b", true),
            ("a", "b", false),
            ("a/*", "*/b", true),
            ("a/*", "a", false),
            ("a/#", "a", true),
            ("#", "x/y/z", true),
            ("a/#/z", "a/*", true),
            ("a/#/z", "b/#", false),
            ("*/x/#", "#/y", true),
            ("#/a/#", "#/b/#", true),
            ("a/*", "a/b/#/c", false),
        ] {
            assert_eq!(overlap(left, right), expected, "{left} {right}");
            assert_eq!(overlap(right, left), expected, "{right} {left}");
        }
    }
}
