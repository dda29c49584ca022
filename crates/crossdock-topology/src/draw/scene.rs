//! What there is to draw: a box for each router and broker, a line for each connection.

use std::collections::BTreeSet;

use crossdock_schema::{Role, RouterMode};

use super::View;
use crate::model::Mesh;
use crate::network::Network;
use crate::plan::flows;
use crate::service::{Services, overlap};

/// Meshes of more routers are drawn with dots instead of boxes.
const MAX_BOXES: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Interior,
    Edge,
    Broker,
}

/// A router or broker.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) label: String,
    /// Client classes that attach here, by index.
    pub(super) classes: Vec<usize>,
    pub(super) tier: Option<String>,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Not part of what is shown.
    pub(super) is_faint: bool,
}

/// A connection between two items.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) cost: u32,
    pub(super) role: Role,
    /// Messages of the address take it: from `from` to `to`, and back.
    pub(super) carries: (bool, bool),
}

#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) items: Vec<Item>,
    pub(super) lines: Vec<Line>,
    /// Routers are dots with their names beside them.
    pub(super) dots: bool,
    pub(super) is_highlighted: bool,
}

/// Width of a text, about: fonts differ.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.58
}

impl Scene {
    pub(super) fn new(mesh: &Mesh, view: &View) -> Self {
        let dots = mesh.routers.len() > MAX_BOXES;
        let mut scene = Self { items: Vec::new(), lines: Vec::new(), dots, is_highlighted: false };
        for router in &mesh.routers {
            let attached = mesh.clients.iter().enumerate().filter(|(_, class)| class.routers.contains(&router.id));
            let classes: Vec<usize> = attached.map(|(index, _)| index).collect();
            let kind = if router.mode == RouterMode::Edge { Kind::Edge } else { Kind::Interior };
            let room = text_width(&router.id, 14.0).max(classes.len() as f64 * 14.0) + 30.0;
            let (width, height) =
                if dots { (14.0, 14.0) } else { (room, if classes.is_empty() { 36.0 } else { 48.0 }) };
            let (label, tier) = (router.id.clone(), router.tier.clone());
            scene.items.push(Item { kind, label, classes, tier, width, height, is_faint: false });
        }
        for broker in &mesh.brokers {
            scene.items.push(Item {
                kind: Kind::Broker,
                label: broker.id.clone(),
                classes: Vec::new(),
                tier: None,
                width: text_width(&broker.id, 13.0) + 26.0,
                height: 50.0,
                is_faint: false,
            });
        }
        for connection in &mesh.connections {
            let (Some(from), Some(to)) = (scene.find(&connection.from, false), scene.find(&connection.to, false))
            else {
                continue;
            };
            scene.lines.push(Line { from, to, cost: connection.cost, role: connection.role, carries: (false, false) });
        }
        for broker in &mesh.brokers {
            let Some(to) = scene.find(&broker.id, true) else { continue };
            for router in &broker.routers {
                let Some(from) = scene.find(router, false) else { continue };
                scene.lines.push(Line { from, to, cost: 1, role: Role::RouteContainer, carries: (false, false) });
            }
        }
        if let Some(address) = &view.address {
            scene.highlight(mesh, address);
        }
        scene
    }

    fn find(&self, id: &str, broker: bool) -> Option<usize> {
        self.items.iter().position(|item| item.label == id && (item.kind == Kind::Broker) == broker)
    }

    /// Marks the ways of messages of an address; all else becomes faint.
    fn highlight(&mut self, mesh: &Mesh, address: &str) {
        self.is_highlighted = true;
        let mut steps: BTreeSet<(String, String)> = BTreeSet::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let network = Network::whole(mesh);
        let all = flows(&network, &Services::new(mesh));
        for flow in all.iter().filter(|flow| overlap(&flow.address, address)) {
            for leg in flow.legs.iter().filter(|leg| leg.is_used) {
                let Some(path) = &leg.path else { continue };
                seen.extend(path.routers.iter().cloned());
                for step in path.routers.windows(2) {
                    if let [from, to] = step {
                        steps.insert((from.clone(), to.clone()));
                    }
                }
                if let Some((_, broker)) = leg.service.rsplit_once(" at ") {
                    seen.insert(broker.to_owned());
                    let (router, broker) = (leg.router.clone(), broker.to_owned());
                    steps.insert(if flow.sends { (router, broker) } else { (broker, router) });
                }
            }
        }
        for item in &mut self.items {
            item.is_faint = !seen.contains(&item.label);
        }
        let labels: Vec<String> = self.items.iter().map(|item| item.label.clone()).collect();
        let mut done: BTreeSet<(usize, usize)> = BTreeSet::new();
        // Of several connections of two routers the cheapest carries all.
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        order.sort_by_key(|index| self.lines.get(*index).map(|line| line.cost));
        for index in order {
            let Some(line) = self.lines.get_mut(index) else { continue };
            let (Some(from), Some(to)) = (labels.get(line.from), labels.get(line.to)) else { continue };
            if done.insert((line.from.min(line.to), line.from.max(line.to))) {
                let step = |from: &String, to: &String| steps.contains(&(from.clone(), to.clone()));
                line.carries = (step(from, to), step(to, from));
            }
        }
    }
}
