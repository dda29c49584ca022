//! Listeners that are new or change. Two cannot have one port at a time, so that one that is in the way goes first.

use std::collections::BTreeSet;

use crossdock_schema::{EntityKind, Value};

use super::changes::Changed;
use super::{Action, Phase, Planner};
use crate::live::{Difference, Entity, Kind};

const KIND: EntityKind = EntityKind::Listener;

/// What is noticed of it.
const EFFECT: &str = "connections stay; for a moment no new ones are taken";

/// A listener to be.
struct Wanted<'d> {
    name: &'d str,
    values: Vec<(String, Value)>,
    reason: String,
    /// The one it is now.
    before: Option<&'d Entity>,
    /// It wants a port that others have.
    waits: bool,
}

impl Planner<'_> {
    pub(super) fn listeners(&mut self, all: &[Difference], changed: &[Changed<'_>]) {
        let routers: BTreeSet<&str> = all.iter().map(|difference| difference.router.as_str()).collect();
        for router in routers {
            let here = |kind: Kind| {
                let is_it =
                    move |one: &&Difference| one.kind == kind && one.router == router && one.entity == Some(KIND);
                all.iter().filter(is_it)
            };
            let missing = here(Kind::Missing).filter_map(|difference| {
                let values = self.values(router, difference.section.as_ref()?);
                let reason = String::from("it is in the file only");
                Some(Wanted { name: &difference.name, values, reason, before: None, waits: false })
            });
            let own = changed.iter().filter(|change| change.router == router && change.section.kind == KIND);
            let own = own.map(|change| {
                let values = self.values_of_listener(router, change);
                let (name, reason) = (change.name, change.reason.clone());
                Wanted { name, values, reason, before: Some(change.found), waits: false }
            });
            let wanted: Vec<Wanted<'_>> = missing.chain(own).collect();
            let extras: Vec<&Entity> = here(Kind::Extra).filter_map(|difference| difference.found.as_ref()).collect();
            self.listeners_of(router, wanted, extras);
        }
    }

    fn listeners_of<'d>(&mut self, router: &str, mut wanted: Vec<Wanted<'d>>, mut extras: Vec<&'d Entity>) {
        let befores: Vec<&Entity> = wanted.iter().filter_map(|one| one.before).collect();
        let mut in_the_way = Vec::new();
        for one in &mut wanted {
            let at = extras.iter().position(|extra| clash(&one.values, extra));
            match at.map(|at| extras.remove(at)) {
                Some(extra) if one.before.is_none() => {
                    one.reason = format!("it takes the place of {}, which has its port", extra.label());
                    one.before = Some(extra);
                }
                Some(extra) => {
                    one.waits = true;
                    in_the_way.push(extra);
                }
                None => {
                    let own = one.before.map(|own| own.text("identity"));
                    let others = befores.iter().filter(|before| Some(before.text("identity")) != own);
                    one.waits = others.into_iter().any(|before| clash(&one.values, before));
                }
            }
        }
        // With one that waits, all that change make room first.
        let is_crowded = wanted.iter().any(|one| one.waits);
        if is_crowded {
            let changing = wanted.iter().filter_map(|one| one.before).chain(in_the_way);
            for before in changing {
                let delete = Action::Delete { identity: before.text("identity").to_owned() };
                let reason = "another listener gets its port";
                let step = self.step(Phase::ChangedListeners, router, KIND, before.label(), delete, reason);
                step.effect = Some(String::from(EFFECT));
            }
        }
        for Wanted { name, values, reason, before, waits } in wanted {
            match before {
                Some(before) if !is_crowded => {
                    let replace = Action::Replace { before: before.clone(), values };
                    let step = self.step(Phase::ChangedListeners, router, KIND, name, replace, &reason);
                    step.effect = Some(String::from(EFFECT));
                }
                Some(_) => {
                    self.step(Phase::ChangedListeners, router, KIND, name, Action::Create { values }, &reason);
                }
                None => {
                    let phase = if waits { Phase::ChangedListeners } else { Phase::Listeners };
                    self.step(phase, router, KIND, name, Action::Create { values }, &reason);
                }
            }
        }
    }

    /// Where ports do not count, a listener stays where it is.
    fn values_of_listener(&self, router: &str, change: &Changed<'_>) -> Vec<(String, Value)> {
        let mut values = self.values(router, change.section);
        if self.wishes.any_ports {
            for name in ["host", "port"] {
                values.retain(|(known, _)| known != name);
                values.push((name.to_owned(), Value::Text(change.found.text(name).to_owned())));
            }
        }
        values
    }
}

/// Whether a listener to be cannot listen while another one does.
fn clash(values: &[(String, Value)], other: &Entity) -> bool {
    let text = |name: &str| {
        values.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_string()).unwrap_or_default()
    };
    let is_any = |host: &str| matches!(host, "" | "0.0.0.0" | "::" | "[::]");
    let (host, port) = (text("host"), text("port"));
    let same_host = host == other.text("host") || is_any(&host) || is_any(other.text("host"));
    other.kind == KIND && port != "0" && port == other.text("port") && same_host
}
