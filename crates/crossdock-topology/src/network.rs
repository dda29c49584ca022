//! The paths of a mesh, as the routers compute them (`crossdock_linkstate::paths`), also with something missing.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use crossdock_linkstate::message::Peers;
use crossdock_linkstate::paths::{Routes, Topology};
use crossdock_linkstate::{Cost, RouterId};
use crossdock_schema::{Role, RouterMode};

use crate::model::Mesh;

/// A part of a mesh that may fail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A router, by id.
    Router(String),
    /// A connection between routers, by its index in [`Mesh::connections`].
    Connection(usize),
    /// A broker, by id.
    Broker(String),
}

/// A way through the mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// All routers, both ends included; one if they are the same.
    pub routers: Vec<String>,
    /// Sum of the costs.
    pub cost: u64,
}

impl Path {
    /// Number of connections between routers on the way.
    pub fn hops(&self) -> usize {
        self.routers.len().saturating_sub(1)
    }
}

/// What is left of a mesh, and its paths.
pub struct Network<'a> {
    mesh: &'a Mesh,
    missing: BTreeSet<Part>,
    /// The interior routers, as their link states describe them.
    topology: Topology,
    peers: BTreeMap<RouterId, Peers>,
    /// Computed when asked for.
    routes: RefCell<BTreeMap<RouterId, Rc<Routes>>>,
}

impl fmt::Debug for Network<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("missing", &self.missing).finish_non_exhaustive()
    }
}

impl<'a> Network<'a> {
    /// The mesh without these parts.
    pub fn without(mesh: &'a Mesh, missing: impl IntoIterator<Item = Part>) -> Self {
        let missing: BTreeSet<Part> = missing.into_iter().collect();
        let mut network = Self {
            mesh,
            missing,
            topology: Topology::new([]),
            peers: BTreeMap::new(),
            routes: RefCell::new(BTreeMap::new()),
        };
        let interior =
            mesh.routers.iter().filter(|router| router.mode != RouterMode::Edge && network.is_up(&router.id));
        network.peers = interior.map(|router| (RouterId::new(&router.id), Peers::new())).collect();
        for (index, connection) in mesh.connections.iter().enumerate() {
            if connection.role != Role::InterRouter || !network.carries(index) {
                continue;
            }
            for (own, other) in [(&connection.from, &connection.to), (&connection.to, &connection.from)] {
                // Of several connections to one neighbour the cheapest counts.
                if let Some(peers) = network.peers.get_mut(own.as_str()) {
                    let cost = peers.entry(RouterId::new(other)).or_insert(Cost(u32::MAX));
                    *cost = (*cost).min(Cost(connection.cost));
                }
            }
        }
        network.topology = Topology::new(&network.peers);
        network
    }

    /// The whole mesh.
    pub fn whole(mesh: &'a Mesh) -> Self {
        Self::without(mesh, [])
    }

    /// The mesh of which this is left.
    pub fn mesh(&self) -> &'a Mesh {
        self.mesh
    }

    /// Whether a router is left.
    pub fn is_up(&self, router: &str) -> bool {
        self.mesh.router(router).is_some() && !self.missing.contains(&Part::Router(router.to_owned()))
    }

    /// Whether a broker is left.
    pub fn has_broker(&self, broker: &str) -> bool {
        self.mesh.broker(broker).is_some() && !self.missing.contains(&Part::Broker(broker.to_owned()))
    }

    /// Routers that are left and hold a connection to a broker that is left.
    pub fn holders(&self, broker: &str) -> Vec<&'a str> {
        let broker = self.mesh.broker(broker).filter(|broker| self.has_broker(&broker.id));
        let routers = broker.map(|broker| broker.routers.as_slice()).unwrap_or_default();
        routers.iter().map(String::as_str).filter(|router| self.is_up(router)).collect()
    }

    /// The routes of an interior router, as it computes them itself.
    pub fn routes(&self, router: &str) -> Rc<Routes> {
        let id = RouterId::new(router);
        let mut all = self.routes.borrow_mut();
        Rc::clone(all.entry(id.clone()).or_insert_with(|| Rc::new(self.topology.routes(&id))))
    }

    /// The way a message takes from one router to another: at each router the next hop that this router chooses.
    pub fn path(&self, from: &str, to: &str) -> Option<Path> {
        if !self.is_up(from) || !self.is_up(to) {
            return None;
        }
        if from == to {
            return Some(Path { routers: vec![from.to_owned()], cost: 0 });
        }
        // An edge router knows but its uplink.
        let (entry, before) = self.attachment(from)?;
        let (exit, behind) = self.attachment(to)?;
        let mut routers = Vec::new();
        if entry != from {
            routers.push(from.to_owned());
        }
        routers.push(entry.to_owned());
        let mut cost = before + behind;
        let target = RouterId::new(exit);
        if entry != exit {
            cost += self.routes(entry).routes.get(&target)?.cost;
            let mut here = RouterId::new(entry);
            while here != target && routers.len() <= self.mesh.routers.len() {
                here = self.routes(here.as_str()).routes.get(&target)?.next_hop.clone();
                routers.push(here.as_str().to_owned());
            }
        }
        if exit != to {
            routers.push(to.to_owned());
        }
        Some(Path { routers, cost })
    }

    /// The neighbours that begin a path as cheap as the cheapest. More than one: names decide.
    pub fn equal_next_hops(&self, from: &str, to: &str) -> Vec<String> {
        let routes = self.routes(from);
        let target = RouterId::new(to);
        let (Some(best), Some(peers)) = (routes.routes.get(&target), self.peers.get(from)) else { return Vec::new() };
        let is_as_cheap = |neighbour: &RouterId, cost: Cost| {
            let onward = if *neighbour == target {
                Some(0)
            } else {
                self.routes(neighbour.as_str()).routes.get(&target).map(|route| route.cost)
            };
            onward.is_some_and(|onward| onward + u64::from(cost.0) == best.cost)
        };
        let equal = peers.iter().filter(|&(neighbour, &cost)| is_as_cheap(neighbour, cost));
        equal.map(|(neighbour, _)| neighbour.as_str().to_owned()).collect()
    }

    /// The interior router through which a router takes part, and what it costs to get there.
    fn attachment<'s>(&'s self, router: &'s str) -> Option<(&'s str, u64)> {
        if self.mesh.router(router)?.mode != RouterMode::Edge {
            return Some((router, 0));
        }
        let mut uplinks = self.mesh.connections.iter().enumerate().filter(|(index, connection)| {
            connection.role == Role::Edge && connection.from == router && self.carries(*index)
        });
        uplinks.next().map(|(_, connection)| (connection.to.as_str(), u64::from(connection.cost)))
    }

    /// Whether a connection is left, with both ends.
    pub fn carries(&self, index: usize) -> bool {
        let Some(connection) = self.mesh.connections.get(index) else { return false };
        !self.missing.contains(&Part::Connection(index)) && self.is_up(&connection.from) && self.is_up(&connection.to)
    }
}

impl Part {
    /// The part that goes by this name: a router, a broker, or a connection as `A-B`, `B-A` or by the connector's name.
    ///
    /// # Errors
    ///
    /// A sentence that says what there is.
    pub fn named(mesh: &Mesh, name: &str) -> Result<Part, String> {
        if mesh.router(name).is_some() {
            return Ok(Part::Router(name.to_owned()));
        }
        if mesh.broker(name).is_some() {
            return Ok(Part::Broker(name.to_owned()));
        }
        let is_it = |connection: &crate::model::Connection| {
            let reversed = format!("{}-{}", connection.to, connection.from);
            name == connection.label() || name == reversed || name == connection.name
        };
        let mut found = mesh.connections.iter().enumerate().filter(|(_, connection)| is_it(connection));
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Ok(Part::Connection(index)),
            (Some(_), Some(_)) => Err(format!("'{name}' is the name of several connections")),
            (None, _) => {
                let labels: Vec<String> = mesh.connections.iter().map(crate::model::Connection::label).collect();
                let ids = mesh.routers.iter().map(|router| router.id.as_str());
                let brokers = mesh.brokers.iter().map(|broker| broker.id.as_str());
                let all = ids.chain(brokers).chain(labels.iter().map(String::as_str));
                let hint = match crossdock_schema::suggestion(name, all) {
                    Some(meant) => format!("did you mean '{meant}'?"),
                    None => String::from("name a router, a broker, or a connection as FROM-TO"),
                };
                Err(format!("there is no router, connection or broker '{name}'; {hint}"))
            }
        }
    }

    /// How it is called in texts.
    pub fn describe(&self, mesh: &Mesh) -> String {
        match self {
            Part::Router(id) => format!("router {id}"),
            Part::Broker(id) => format!("broker {id}"),
            Part::Connection(index) => match mesh.connections.get(*index) {
                Some(connection) => format!("connection {}", connection.label()),
                None => String::from("a connection"),
            },
        }
    }
}
