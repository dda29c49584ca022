//! Connectors that change. There is no way to change one: a new one is made, and the old one is removed.
//!
//! Between routers another connector stands in meanwhile. Of several connections to a neighbour the cheapest carries the
//! traffic, so that the new cost counts at once if it is lower, and otherwise when the old connection goes: the router that
//! made it says so in its greetings, both ends take the other one, and it is closed when nothing is under way on it.
//!
//! ```text
//!   to-a ══════════════════════╗ removed
//!             to-a~apply ══════╩══════════════════════╗ removed
//!                                       to-a (new) ═══╩═══════════
//! ```

use std::collections::BTreeMap;

use crossdock_schema::{EntityKind, Role};

use super::changes::Changed;
use super::{Action, Phase, Planner, STAND_IN, Until, renamed};
use crate::live::Entity;
use crate::sections::{Section, honoured_sections};

/// What is noticed when a connection gives way to another one.
pub(super) const HANDOVER: &str = "what is under way arrives first; routed links over it are detached";

/// A connector to be made anew.
struct Renewal {
    section: Section,
    found: Entity,
    reason: String,
}

impl Planner<'_> {
    pub(super) fn connectors(&mut self, changed: &[Changed<'_>]) {
        let mut renewals: BTreeMap<(String, String), Renewal> = BTreeMap::new();
        for change in changed.iter().filter(|change| change.section.kind == EntityKind::Connector) {
            let renewal =
                Renewal { section: change.section.clone(), found: change.found.clone(), reason: change.reason.clone() };
            renewals.insert((change.router.to_owned(), change.name.to_owned()), renewal);
        }
        for change in changed.iter().filter(|change| change.section.kind == EntityKind::Listener) {
            if change.attributes.contains(&"cost") {
                self.renew_arrivals(change, &mut renewals);
            }
        }
        let mut containers = 0;
        for ((router, name), renewal) in renewals {
            let Renewal { section, found, reason } = &renewal;
            let is_connected = found.why_down().is_none();
            let other = self.target(&router, &name).map(str::to_owned);
            if section.text("role").as_deref() != Some(Role::InterRouter.as_str()) {
                containers += 1;
                let replace = Action::Replace { before: found.clone(), values: self.values(&router, section) };
                let phase = Phase::ChangedContainer(containers);
                let step = self.step(phase, &router, EntityKind::Connector, &name, replace, reason);
                step.until = Some(Until::Connected { connector: name.clone(), other: None });
                step.effect = is_connected.then(|| {
                    format!(
                        "this interrupts: what is under way between {router} and {name} is released, and links are \
                         attached again; other routers that hold a connection to {name} carry on"
                    )
                });
            } else if is_connected && other.as_deref().is_some_and(|other| self.is_live(other)) {
                self.stand_in(&router, &name, other, &renewal);
            } else {
                let replace = Action::Replace { before: found.clone(), values: self.values(&router, section) };
                let is_up = other.as_deref().is_some_and(|other| self.is_live(other));
                let step = self.step(Phase::NewConnectors, &router, EntityKind::Connector, &name, replace, reason);
                step.until = is_up.then_some(Until::Connected { connector: name, other });
            }
        }
    }

    /// The cost of a listener counts when a connection is opened: those that came in by it are made anew.
    fn renew_arrivals(&self, change: &Changed<'_>, renewals: &mut BTreeMap<(String, String), Renewal>) {
        for connection in &self.mesh.connections {
            if connection.to != change.router || connection.listener.as_deref() != Some(change.name) {
                continue;
            }
            let sections = honoured_sections(self.mesh, &connection.from).0;
            let is_it = |section: &&Section| {
                section.kind == EntityKind::Connector && section.text("name").as_ref() == Some(&connection.name)
            };
            let found = self.live.state(&connection.from);
            let found = found.and_then(|state| state.named(EntityKind::Connector, &connection.name));
            if let (Some(section), Some(found)) = (sections.iter().find(is_it), found) {
                let reason =
                    format!("the listener of {} has another cost, which counts for new connections", change.router);
                let (section, found) = (section.clone(), found.clone());
                let key = (connection.from.clone(), connection.name.clone());
                renewals.entry(key).or_insert(Renewal { section, found, reason });
            }
        }
    }

    fn stand_in(&mut self, router: &str, name: &str, other: Option<String>, renewal: &Renewal) {
        const KIND: EntityKind = EntityKind::Connector;
        let values = self.values(router, &renewal.section);
        let spare = format!("{name}{STAND_IN}");
        let connected =
            |connector: &str| Some(Until::Connected { connector: connector.to_owned(), other: other.clone() });
        let left = self.live.state(router).and_then(|state| state.named(KIND, &spare)).cloned();
        let is_right = left.as_ref().is_some_and(|left| {
            values.iter().filter(|(name, _)| name != "name").all(|(name, value)| left.text(name) == value.to_string())
        });
        let remove = |entity: &Entity| Action::Delete { identity: entity.text("identity").to_owned() };
        let closed = || Some(Until::Closed { connection: None });
        if let Some(left) = left.filter(|_| !is_right) {
            let step = self.step(Phase::Leftovers, router, KIND, &spare, remove(&left), "an earlier run left it");
            step.until = closed();
        }
        if !is_right {
            let create = Action::Create { values: renamed(&values, &spare) };
            let reason = format!("it stands in for {name}: {}", renewal.reason);
            self.step(Phase::Connectors, router, KIND, &spare, create, &reason).until = connected(&spare);
        }
        let reason = format!("{spare} carries on");
        let step = self.step(Phase::OldConnectors, router, KIND, name, remove(&renewal.found), &reason);
        step.until = closed();
        step.effect = Some(String::from(HANDOVER));
        let create = Action::Create { values: renamed(&values, name) };
        self.step(Phase::NewConnectors, router, KIND, name, create, &renewal.reason).until = connected(name);
        // It is called what management will call it.
        let value = |key: &str| values.iter().find(|(name, _)| name == key).map(|(_, value)| value.to_string());
        let place = (value("host").unwrap_or_default(), value("port").unwrap_or_default());
        let delete = Action::Delete { identity: format!("connector/{}:{}:{spare}", place.0, place.1) };
        let reason = format!("{name} carries on");
        let step = self.step(Phase::StandIns, router, KIND, &spare, delete, &reason);
        step.until = closed();
        step.effect = Some(String::from(HANDOVER));
    }

    /// Whether a connector of this name is of the file: one that stands in for it, and that no step is about yet, an earlier
    /// run has left.
    pub(super) fn stands_in(&mut self, router: &str, name: &str) -> bool {
        const KIND: EntityKind = EntityKind::Connector;
        let spare = format!("{name}{STAND_IN}");
        let sections = honoured_sections(self.mesh, router).0;
        if !sections.iter().any(|section| section.kind == KIND && section.text("name").as_deref() == Some(name)) {
            return false;
        }
        let is_planned = |step: &super::Step| step.router == router && step.kind == KIND && step.name == spare;
        let found = self.live.state(router).and_then(|state| state.named(KIND, &spare));
        if let (Some(found), false) = (found, self.plan.steps.iter().any(is_planned)) {
            let delete = Action::Delete { identity: found.text("identity").to_owned() };
            let reason = format!("an earlier run left it; {name} carries on");
            let step = self.step(Phase::StandIns, router, KIND, &spare, delete, &reason);
            step.until = Some(Until::Closed { connection: None });
        }
        true
    }
}
