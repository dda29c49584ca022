//! The part of the builder that concerns simulations.

use super::builder::Builder;
use super::item::Item;
use crate::diagnostic::Code;
use crate::format;
use crate::network::Part;
use crate::simulation::{Fault, Load, Simulation, parse_span};
use crate::text::{Tree, expand_list, substitute};

impl Builder<'_> {
    /// The sections `simulation` of all files; the main one's comes first.
    pub(super) fn simulation(&mut self) {
        for file in self.files {
            let Some(entry) = file.entry("simulation") else { continue };
            let node = substitute(&entry.node, &self.scope, self.diagnostics);
            let Some(item) = Item::new(&node, &format::SIMULATION, self.diagnostics) else { continue };
            let mut simulation = self.mesh.simulation.take().unwrap_or_default();
            simulation.length = simulation.length.or(item.text("for").as_deref().and_then(parse_span));
            simulation.delay = simulation.delay.or(item.text("delay").as_deref().and_then(parse_span));
            self.delays(&item, &mut simulation);
            self.loads(&item, &mut simulation);
            if item.node("faults").is_some() {
                let faults = simulation.faults.get_or_insert_default();
                for (text, at) in item.texts("faults") {
                    match Fault::parse(&self.mesh, &text) {
                        Ok(fault) => faults.push(fault),
                        Err(problem) => self.diagnostics.error(Code::Simulation, at, problem),
                    }
                }
            }
            self.mesh.simulation = Some(simulation);
        }
    }

    fn delays(&mut self, item: &Item<'_>, simulation: &mut Simulation) {
        let Some(Tree::List(nodes)) = item.node("delays").map(|node| &node.tree) else { return };
        for node in expand_list(nodes, &self.scope, self.diagnostics) {
            let Some(delay) = Item::new(&node, &format::DELAY, self.diagnostics) else { continue };
            let Some(millis) = delay.text("delay").as_deref().and_then(parse_span) else { continue };
            for (name, at) in delay.texts("connection") {
                match Part::named(&self.mesh, &name) {
                    Ok(Part::Connection(index)) => simulation.delays.push((index, millis)),
                    Ok(Part::Router(_) | Part::Broker(_)) => {
                        self.diagnostics.error(Code::Simulation, at, format!("'{name}' is not a connection"));
                    }
                    Err(problem) => self.diagnostics.error(Code::Simulation, at, problem),
                }
            }
        }
    }

    fn loads(&mut self, item: &Item<'_>, simulation: &mut Simulation) {
        let Some(Tree::List(nodes)) = item.node("load").map(|node| &node.tree) else { return };
        for node in expand_list(nodes, &self.scope, self.diagnostics) {
            let Some(item) = Item::new(&node, &format::LOAD, self.diagnostics) else { continue };
            let number = |key: &str| item.integer(key).and_then(|number| u64::try_from(number).ok());
            let load = Load {
                class: item.text("clients").unwrap_or_default(),
                address: item.text("address"),
                rate: number("rate"),
                messages: number("messages"),
                size: number("size"),
                settled: item.node("settled").map(|_| item.boolean("settled")),
                number: number("number"),
            };
            match load.check(&self.mesh) {
                Ok(()) => simulation.loads.push(load),
                Err(problem) => self.diagnostics.error(Code::Simulation, item.at(), problem),
            }
        }
    }
}
