//! A step or more for each difference.

use std::collections::BTreeMap;

use crossdock_schema::{EntityKind, Role};

use super::{Action, Omission, Phase, Planner, STAND_IN, Until};
use crate::live::{Difference, Entity, KINDS, Kind};
use crate::sections::{Section, honoured_sections};

/// An entity of the file that is other in the mesh, and in which attributes.
pub(super) struct Changed<'d> {
    pub(super) router: &'d str,
    pub(super) section: &'d Section,
    pub(super) found: &'d Entity,
    pub(super) name: &'d str,
    pub(super) attributes: Vec<&'static str>,
    pub(super) reason: String,
}

impl Planner<'_> {
    pub(super) fn plan(&mut self, differences: &[Difference]) {
        for difference in differences.iter().filter(|difference| difference.kind == Kind::Missing) {
            self.missing(difference);
        }
        let changed = changed(differences);
        for change in &changed {
            self.changed(change);
        }
        self.listeners(differences, &changed);
        self.connectors(&changed);
        self.changed_shards(&changed);
        for difference in differences.iter().filter(|difference| difference.kind == Kind::Down) {
            self.down(difference);
        }
        self.extras(differences);
    }

    fn missing(&mut self, difference: &Difference) {
        let (router, name) = (difference.router.as_str(), difference.name.as_str());
        let (Some(kind), Some(section)) = (difference.entity, &difference.section) else {
            let advice = "a router cannot be started from here: write its configuration with 'crossdock topology generate', and start it";
            self.beyond(difference.to_string(), advice);
            return;
        };
        let values = self.values(router, section);
        let create = Action::Create { values };
        let reason = "it is in the file only";
        #[expect(clippy::wildcard_enum_match_arm, reason = "listeners have their own rules")]
        match kind {
            EntityKind::Connector if section.text("role").as_deref() == Some(Role::InterRouter.as_str()) => {
                let other = self.target(router, name).map(str::to_owned);
                let is_up = other.as_deref().is_some_and(|other| self.is_live(other));
                let step = self.step(Phase::Connectors, router, kind, name, create, reason);
                // To a router that does not run it will connect once that does.
                step.until = is_up.then(|| Until::Connected { connector: name.to_owned(), other });
            }
            EntityKind::Connector => {
                let step = self.step(Phase::Containers, router, kind, name, create, reason);
                step.until = Some(Until::Connected { connector: name.to_owned(), other: None });
            }
            EntityKind::Address => {
                self.step(Phase::Addresses, router, kind, name, create, reason);
            }
            EntityKind::AutoLink => {
                self.step(Phase::AutoLinks, router, kind, name, create, reason).until = active(kind, name)
            }
            EntityKind::LinkRoute => {
                self.step(Phase::LinkRoutes, router, kind, name, create, reason).until = active(kind, name)
            }
            EntityKind::Shard => {
                self.step(Phase::Shards, router, kind, name, create, reason).until = active(kind, name)
            }
            _ => {}
        }
    }

    fn changed(&mut self, change: &Changed<'_>) {
        let Changed { router, section, found, name, reason, .. } = change;
        let kind = section.kind;
        let values = self.values(router, section);
        let replace = Action::Replace { before: (*found).clone(), values: values.clone() };
        #[expect(clippy::wildcard_enum_match_arm, reason = "listeners, connectors and shards have their own rules")]
        match kind {
            EntityKind::Router => {
                let advice = "a router reads this when it starts: write its configuration with 'crossdock topology generate', and start it again";
                self.beyond(format!("{router}: {reason}"), advice);
            }
            EntityKind::Address => {
                let step = self.step(Phase::ChangedAddresses, router, kind, name, replace, reason);
                step.effect = Some(String::from(
                    "addresses in use keep their treatment until their last link is gone; links keep their phase",
                ));
            }
            EntityKind::AutoLink | EntityKind::LinkRoute => {
                let new = self.free_name(router, kind, name);
                let create = Action::Create { values: super::renamed(&values, &new) };
                self.step(Phase::NewLinks, router, kind, &new, create, reason).until = active(kind, &new);
                let delete = Action::Delete { identity: found.text("identity").to_owned() };
                let step = self.step(Phase::OldLinks, router, kind, found.label(), delete, "the new one is up");
                step.effect = Some(String::from(if kind == EntityKind::AutoLink {
                    "deliveries that wait for their outcome on the old link are released"
                } else {
                    "links that are attached stay where they are"
                }));
            }
            _ => {}
        }
    }

    /// What is down comes up by itself if something it waits for is made; otherwise that is elsewhere.
    fn down(&mut self, difference: &Difference) {
        let Some(found) = &difference.found else { return };
        let comes = self.plan.steps.iter().any(|step| {
            let made = matches!(step.action, Action::Create { .. } | Action::Replace { .. });
            let is_its = match difference.entity {
                Some(EntityKind::AutoLink | EntityKind::LinkRoute) => {
                    step.router == difference.router && step.name == found.text("connection")
                }
                Some(EntityKind::Shard) => step.kind == EntityKind::AutoLink,
                Some(EntityKind::Connector) => {
                    step.kind == EntityKind::Listener
                        || (step.router == difference.router && step.name == difference.name)
                }
                Some(_) | None => false,
            };
            made && is_its
        });
        if !comes {
            self.beyond(difference.to_string(), "nothing is to be changed here: see to what it leads to");
        }
    }

    fn extras(&mut self, differences: &[Difference]) {
        let mut removable = Vec::new();
        for difference in differences.iter().filter(|difference| difference.kind == Kind::Extra) {
            let (router, name) = (difference.router.as_str(), difference.name.as_str());
            let (Some(kind), Some(found)) = (difference.entity, &difference.found) else {
                let advice = "a router cannot be stopped from here";
                self.leave(difference, advice);
                continue;
            };
            let is_handled = self.plan.steps.iter().any(|step| {
                let same = step.router == router && step.kind == kind;
                same && match &step.action {
                    Action::Replace { before, .. } => before.text("identity") == found.text("identity"),
                    Action::Delete { identity } => identity == found.text("identity"),
                    Action::Create { .. } => false,
                }
            });
            let stands_in = name.strip_suffix(STAND_IN).filter(|_| kind == EntityKind::Connector);
            let delete = Action::Delete { identity: found.text("identity").to_owned() };
            if is_handled || stands_in.is_some_and(|name| self.stands_in(router, name)) {
                continue;
            }
            if is_double(self.mesh_sections(router).as_slice(), found) {
                let reason = "another one does its work: an earlier run made it";
                self.step(Phase::OldLinks, router, kind, name, delete, reason);
            } else if self.wishes.prune {
                removable.push((router, found));
            } else {
                self.leave(difference, "--prune removes it");
            }
        }
        self.removals(&removable);
    }

    fn mesh_sections(&self, router: &str) -> Vec<Section> {
        honoured_sections(self.mesh, router).0
    }

    /// The name, or one with a number, that no entity of this kind has.
    fn free_name(&self, router: &str, kind: EntityKind, name: &str) -> String {
        let is_taken = |name: &str| self.live.state(router).is_some_and(|state| state.named(kind, name).is_some());
        let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    pub(super) fn beyond(&mut self, what: String, advice: &str) {
        self.plan.beyond.push(Omission { what, advice: advice.to_owned() });
    }

    fn leave(&mut self, difference: &Difference, advice: &str) {
        self.plan.left.push(Omission { what: difference.to_string(), advice: advice.to_owned() });
    }
}

fn active(kind: EntityKind, name: &str) -> Option<Until> {
    Some(Until::Active { kind, name: name.to_owned() })
}

/// The differences of attributes, by entity.
fn changed(differences: &[Difference]) -> Vec<Changed<'_>> {
    let mut places: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut changed: Vec<Changed<'_>> = Vec::new();
    for difference in differences.iter().filter(|difference| difference.kind == Kind::Differs) {
        let (Some(section), Some(found), Some(attribute)) =
            (&difference.section, &difference.found, difference.attribute)
        else {
            continue;
        };
        let or_nothing =
            |text: &Option<String>| text.clone().filter(|text| !text.is_empty()).unwrap_or(String::from("nothing"));
        let reason =
            format!("{attribute} is {}, in the file {}", or_nothing(&difference.live), or_nothing(&difference.file));
        let (router, name) = (difference.router.as_str(), difference.name.as_str());
        let place = (router, difference.what(), found.text("identity"));
        match places.get(&place).and_then(|at| changed.get_mut(*at)) {
            Some(known) => {
                known.attributes.push(attribute);
                known.reason = format!("{}; {reason}", known.reason);
            }
            None => {
                places.insert(place, changed.len());
                changed.push(Changed { router, section, found, name, attributes: vec![attribute], reason });
            }
        }
    }
    changed
}

/// Whether a link to a container does what another one does that the file has.
fn is_double(sections: &[Section], found: &Entity) -> bool {
    if !matches!(found.kind, EntityKind::AutoLink | EntityKind::LinkRoute) {
        return false;
    }
    let keys = KINDS.iter().find(|(kind, _)| *kind == found.kind).map_or(&[][..], |(_, keys)| keys);
    let is_same = |section: &Section| keys.iter().all(|key| section.text(key).unwrap_or_default() == found.text(key));
    sections.iter().any(|section| section.kind == found.kind && is_same(section))
}
