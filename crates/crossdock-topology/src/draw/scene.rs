//! What there is to draw: a box for each router and broker, a line for each connection.

use std::collections::BTreeSet;

use crossdock_schema::{Role, RouterMode};

use super::View;
use crate::model::Mesh;
use crate::network::Network;
use crate::plan::{changes, flows};
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
    /// It has failed.
    pub(super) is_lost: bool,
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
    /// It has failed, or an end of it.
    pub(super) is_lost: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) items: Vec<Item>,
    pub(super) lines: Vec<Line>,
    /// Routers are dots with their names beside them.
    pub(super) dots: bool,
    pub(super) is_highlighted: bool,
    /// The ways that stand out are those that are other ones without what is lost.
    pub(super) shows_changes: bool,
}

/// Width of a text, about: fonts differ.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.58
}

impl Scene {
    pub(super) fn new(mesh: &Mesh, view: &View) -> Self {
        let dots = mesh.routers.len() > MAX_BOXES;
        let (is_highlighted, shows_changes) = (false, false);
        let mut scene = Self { items: Vec::new(), lines: Vec::new(), dots, is_highlighted, shows_changes };
        let network = Network::without(mesh, view.without.iter().cloned());
        for router in &mesh.routers {
            let attached = mesh.clients.iter().enumerate().filter(|(_, class)| class.routers.contains(&router.id));
            let classes: Vec<usize> = attached.map(|(index, _)| index).collect();
            let kind = if router.mode == RouterMode::Edge { Kind::Edge } else { Kind::Interior };
            let room = text_width(&router.id, 14.0).max(classes.len() as f64 * 14.0) + 30.0;
            let (width, height) =
                if dots { (14.0, 14.0) } else { (room, if classes.is_empty() { 36.0 } else { 48.0 }) };
            let (label, tier) = (router.id.clone(), router.tier.clone());
            let is_lost = !network.is_up(&router.id);
            scene.items.push(Item { kind, label, classes, tier, width, height, is_faint: false, is_lost });
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
                is_lost: !network.has_broker(&broker.id),
            });
        }
        for (index, connection) in mesh.connections.iter().enumerate() {
            let (Some(from), Some(to)) = (scene.find(&connection.from, false), scene.find(&connection.to, false))
            else {
                continue;
            };
            let (cost, role, is_lost) = (connection.cost, connection.role, !network.carries(index));
            scene.lines.push(Line { from, to, cost, role, carries: (false, false), is_lost });
        }
        for broker in &mesh.brokers {
            let Some(to) = scene.find(&broker.id, true) else { continue };
            for router in &broker.routers {
                let Some(from) = scene.find(router, false) else { continue };
                let is_lost = !network.has_broker(&broker.id) || !network.is_up(router);
                let (role, carries) = (Role::RouteContainer, (false, false));
                scene.lines.push(Line { from, to, cost: 1, role, carries, is_lost });
            }
        }
        if let Some(address) = &view.address {
            scene.highlight(&network, address);
        } else if !view.without.is_empty() {
            scene.show_changes(&network);
        }
        scene
    }

    fn find(&self, id: &str, broker: bool) -> Option<usize> {
        self.items.iter().position(|item| item.label == id && (item.kind == Kind::Broker) == broker)
    }

    /// Marks the ways of messages of an address; all else becomes faint.
    fn highlight(&mut self, network: &Network<'_>, address: &str) {
        self.is_highlighted = true;
        let mut steps: BTreeSet<(String, String)> = BTreeSet::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let all = flows(network, &Services::new(network.mesh()));
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
            item.is_faint = !seen.contains(&item.label) && !item.is_lost;
        }
        self.mark(&steps);
    }

    /// Marks the ways between routers that are other ones than with all parts.
    fn show_changes(&mut self, network: &Network<'_>) {
        self.shows_changes = true;
        let changes = changes(&Network::whole(network.mesh()), network, &Services::new(network.mesh()));
        let ways = changes.routes.iter().filter_map(|(_, after)| after.path.as_ref());
        let steps = ways.flat_map(|path| path.routers.windows(2)).filter_map(|step| match step {
            [from, to] => Some((from.clone(), to.clone())),
            _ => None,
        });
        self.mark(&steps.collect());
    }

    /// Lines that are taken by these steps carry.
    fn mark(&mut self, steps: &BTreeSet<(String, String)>) {
        let labels: Vec<String> = self.items.iter().map(|item| item.label.clone()).collect();
        let mut done: BTreeSet<(usize, usize)> = BTreeSet::new();
        // Of several connections of two routers the cheapest carries all.
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        order.sort_by_key(|index| self.lines.get(*index).map(|line| line.cost));
        for index in order {
            let Some(line) = self.lines.get_mut(index).filter(|line| !line.is_lost) else { continue };
            let (Some(from), Some(to)) = (labels.get(line.from), labels.get(line.to)) else { continue };
            if done.insert((line.from.min(line.to), line.from.max(line.to))) {
                let step = |from: &String, to: &String| steps.contains(&(from.clone(), to.clone()));
                line.carries = (step(from, to), step(to, from));
            }
        }
    }
}
