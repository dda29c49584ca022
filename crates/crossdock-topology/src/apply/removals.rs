//! What the file does not have is removed: nothing that would cut the mesh, or leave an address to nobody.

use std::collections::{BTreeMap, BTreeSet};

use crossdock_schema::{EntityKind, Role};

use super::{Action, Omission, Phase, Planner, Until};
use crate::live::Entity;
use crate::service::{Service, Services, overlap};

impl Planner<'_> {
    pub(super) fn removals(&mut self, extras: &[(&str, &Entity)]) {
        let mut edges = self.edges(extras);
        let mut connectors = 0;
        for (router, found) in extras.iter().copied() {
            let identity = found.text("identity").to_owned();
            let delete = Action::Delete { identity };
            let reason = "it is not in the file";
            let is_between = found.text("role") == Role::InterRouter.as_str();
            #[expect(clippy::wildcard_enum_match_arm, reason = "these are compared")]
            let (phase, harm, effect) = match found.kind {
                EntityKind::Shard => (Phase::RemovedShards, None, Some("the other shards take its keys")),
                EntityKind::AutoLink | EntityKind::LinkRoute => {
                    let is_out = found.text("direction") == "out";
                    let phase = match (found.kind, is_out) {
                        (EntityKind::LinkRoute, _) => Phase::RemovedLinkRoutes,
                        (_, true) => Phase::RemovedAutoLinksOut,
                        (_, false) => Phase::RemovedAutoLinksIn,
                    };
                    let effect = match (found.kind, is_out) {
                        (EntityKind::LinkRoute, _) => "links that are attached stay where they are",
                        (_, true) => "deliveries that wait for their outcome on the link are released",
                        (_, false) => "what is in the queue stays there",
                    };
                    (phase, self.leaves_to_nobody(found), Some(effect))
                }
                EntityKind::Address => (
                    Phase::RemovedAddresses,
                    None,
                    Some("addresses in use keep their treatment until their last link is gone"),
                ),
                EntityKind::Connector if is_between => {
                    connectors += 1;
                    let harm = self.cuts(router, found, &mut edges);
                    (Phase::RemovedConnector(connectors), harm, Some(super::connectors::HANDOVER))
                }
                EntityKind::Connector => (Phase::RemovedContainers, None, Some("what is under way on it is released")),
                EntityKind::Listener => {
                    let is_door = self
                        .live
                        .door
                        .as_ref()
                        .is_some_and(|(at, port)| at == router && found.text("port") == port.to_string());
                    let harm = is_door.then(|| {
                        String::from(
                            "it is the listener by which this command came in: connect to another one, or use --force",
                        )
                    });
                    (if is_door { Phase::RemovedDoor } else { Phase::RemovedListeners }, harm, Some("connections stay"))
                }
                _ => continue,
            };
            if let Some(harm) = harm
                && !self.wishes.force
            {
                let what = format!("{router}: {} {} stays", found.kind.entity_type().name, found.label());
                self.plan.refused.push(Omission { what, advice: harm });
                continue;
            }
            let step = self.step(phase, router, found.kind, found.label(), delete, reason);
            step.effect = effect.map(str::to_owned);
            if found.kind == EntityKind::Connector {
                step.until = Some(Until::Closed { connection: None });
            }
        }
    }

    /// The connections between routers that will be there, each with the connector it is made by.
    fn edges(&self, extras: &[(&str, &Entity)]) -> BTreeMap<(String, String), String> {
        let of_file = self.mesh.connections.iter().filter(|connection| connection.role == Role::InterRouter);
        let up = of_file.filter(|connection| self.is_live(&connection.from) && self.is_live(&connection.to));
        let mut edges: BTreeMap<(String, String), String> =
            up.map(|connection| ((connection.from.clone(), connection.name.clone()), connection.to.clone())).collect();
        for (router, found) in extras {
            if found.kind == EntityKind::Connector
                && let Some(to) = self.leads_to(router, found)
            {
                edges.insert(((*router).to_owned(), found.label().to_owned()), to);
            }
        }
        edges
    }

    /// The router to which a connector leads: whose listener has its port, or that is known by nobody else.
    fn leads_to(&self, from: &str, connector: &Entity) -> Option<String> {
        let is_it = |entity: &Entity| {
            entity.text("role") == Role::InterRouter.as_str() && entity.text("port") == connector.text("port")
        };
        let others = self.live.states.iter().filter(|state| state.id != from);
        let known =
            others.clone().find(|state| state.of(EntityKind::Listener).any(is_it)).map(|state| state.id.clone());
        // Of a router that is not in the file there are no listeners to be seen; its neighbours have a way to it.
        let state = self.live.state(from)?;
        let stranger = || {
            let direct = state.ways.iter().filter(|(to, way)| **to == way.next_hop && self.mesh.router(to).is_none());
            direct.map(|(to, _)| to.clone()).next()
        };
        known.or_else(stranger)
    }

    /// Why a connection is needed: without it fewer routers reach each other. It is taken out of `edges` if it is not.
    fn cuts(&self, router: &str, found: &Entity, edges: &mut BTreeMap<(String, String), String>) -> Option<String> {
        let key = (router.to_owned(), found.label().to_owned());
        let before = self.parts(edges);
        let to = edges.remove(&key)?;
        if self.parts(edges) == before || self.wishes.force {
            return None;
        }
        let harm = format!("without it {router} and {to} do not reach each other: --force removes it all the same");
        edges.insert(key, to);
        Some(harm)
    }

    /// Into how many parts the mesh falls.
    fn parts(&self, edges: &BTreeMap<(String, String), String>) -> usize {
        let mut left: BTreeSet<&str> = self.live.routers.iter().map(String::as_str).collect();
        let mut parts = 0;
        while let Some(first) = left.pop_first() {
            parts += 1;
            let mut stack = vec![first];
            while let Some(here) = stack.pop() {
                for ((from, _), to) in edges {
                    let next = if from == here { to.as_str() } else { from.as_str() };
                    if (from == here || to == here) && left.remove(next) {
                        stack.push(next);
                    }
                }
            }
        }
        parts
    }

    /// The address of the file that nobody serves without this link.
    fn leaves_to_nobody(&self, found: &Entity) -> Option<String> {
        let own =
            ["address", "pattern", "prefix"].into_iter().map(|key| found.text(key)).find(|text| !text.is_empty())?;
        let own = if found.text("prefix").is_empty() { own.to_owned() } else { format!("{own}/#") };
        let services = Services::new(self.mesh);
        let used = self.mesh.clients.iter().flat_map(|class| class.send.iter().chain(&class.receive));
        for (address, _) in used.filter(|(address, _)| overlap(address, &own)) {
            let all = services.takers(address).into_iter().chain(services.givers(address));
            if !all.into_iter().any(|service| self.is_up(service)) {
                return Some(format!("nobody else serves {address}: --force removes it all the same"));
            }
        }
        None
    }

    /// Whether something that serves an address works: as far as management shows it.
    fn is_up(&self, service: Service) -> bool {
        let works = |kind: EntityKind, is_it: &dyn Fn(&Entity) -> bool| {
            let mut all = self.live.states.iter().flat_map(|state| state.of(kind));
            all.any(|entity| entity.why_down().is_none() && is_it(entity))
        };
        match service {
            Service::Clients(_) => true,
            Service::AutoLink(index) => self.mesh.auto_links.get(index).is_some_and(|link| {
                works(EntityKind::AutoLink, &|entity| {
                    entity.text("address") == link.address && entity.text("connection") == link.broker
                })
            }),
            Service::LinkRoute(index) => self.mesh.link_routes.get(index).is_some_and(|route| {
                works(EntityKind::LinkRoute, &|entity| {
                    let text =
                        if entity.text("prefix").is_empty() { entity.text("pattern") } else { entity.text("prefix") };
                    text == route.text && entity.text("connection") == route.broker
                })
            }),
            Service::Shard(index, _) => self
                .mesh
                .shards
                .get(index)
                .is_some_and(|shard| works(EntityKind::Shard, &|entity| entity.text("address") == shard.address)),
        }
    }
}
