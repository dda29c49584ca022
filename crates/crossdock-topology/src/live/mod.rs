//! A mesh that runs, as management shows it, against the file.

mod compare;

use std::collections::BTreeMap;

use crossdock_schema::EntityKind;

use crate::network::Network;

pub use compare::{Difference, Kind, Leave, compare, membership};

/// The kinds of sections that are compared, and the attributes that tell one from another.
pub const KINDS: [(EntityKind, &[&str]); 7] = [
    (EntityKind::Router, &[]),
    (EntityKind::Listener, &["name"]),
    (EntityKind::Connector, &["name"]),
    (EntityKind::Address, &["prefix", "pattern"]),
    (EntityKind::AutoLink, &["address", "direction", "connection", "containerId", "externalAddress"]),
    (EntityKind::LinkRoute, &["prefix", "pattern", "direction", "connection", "containerId"]),
    (EntityKind::Shard, &["name"]),
];

/// The way from one router to another, as far as that router knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The neighbour it begins with.
    pub next_hop: String,
    /// Cost of the whole path.
    pub cost: u64,
}

/// An entity of a router that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Which.
    pub kind: EntityKind,
    /// By the names of management, as a file would have them; what is null is not there.
    pub values: BTreeMap<String, String>,
}

impl Entity {
    /// An attribute; empty if it has no value.
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// What it is called: its name, or what it is for.
    pub fn label(&self) -> &str {
        ["name", "address", "prefix", "pattern"]
            .into_iter()
            .map(|name| self.text(name))
            .find(|text| !text.is_empty())
            .unwrap_or("?")
    }

    /// Why it does not work; none if it does, or if its kind always does.
    pub fn why_down(&self) -> Option<String> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "only these can be down")]
        let (status, good, message) = match self.kind {
            EntityKind::Connector => ("connectionStatus", "SUCCESS", "connectionMsg"),
            EntityKind::AutoLink | EntityKind::LinkRoute => ("operStatus", "active", "lastError"),
            EntityKind::Shard => ("operStatus", "up", "lastError"),
            _ => return None,
        };
        let (status, message) = (self.text(status), self.text(message));
        let text = if message.is_empty() { status.to_owned() } else { format!("{status}: {message}") };
        (status != good && !status.is_empty()).then_some(text)
    }
}

/// What one router says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouterState {
    /// Its id.
    pub id: String,
    /// Its ways to the others.
    pub ways: BTreeMap<String, Way>,
    /// Of all [`KINDS`].
    pub entities: Vec<Entity>,
}

impl RouterState {
    /// The entities of a kind.
    pub fn of(&self, kind: EntityKind) -> impl Iterator<Item = &Entity> {
        self.entities.iter().filter(move |entity| entity.kind == kind)
    }

    /// The entity of a kind with this name.
    pub fn named(&self, kind: EntityKind, name: &str) -> Option<&Entity> {
        self.of(kind).find(|entity| entity.text("name") == name)
    }
}

/// What the mesh says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveMesh {
    /// The ids of all routers that are there.
    pub routers: Vec<String>,
    /// Those of the file that are there, in the order of the file.
    pub states: Vec<RouterState>,
    /// The router through which all are asked, and the port it was reached at.
    pub door: Option<(String, u16)>,
}

impl LiveMesh {
    /// What a router says.
    pub fn state(&self, router: &str) -> Option<&RouterState> {
        self.states.iter().find(|state| state.id == router)
    }

    /// Everything that differs from the file.
    pub fn differences(&self, network: &Network<'_>, leave: Leave) -> Vec<Difference> {
        let mut all = membership(network.mesh(), &self.routers);
        all.extend(self.states.iter().flat_map(|state| compare(network, state, leave)));
        all
    }
}

/// The ways of a router to all others, as the plan has them.
pub fn planned_ways(network: &Network<'_>, from: &str) -> BTreeMap<String, Way> {
    let others = network.mesh().routers.iter().filter(|router| router.id != from);
    let way = |to: &str| {
        let path = network.path(from, to)?;
        Some((to.to_owned(), Way { next_hop: path.routers.get(1)?.clone(), cost: path.cost }))
    };
    others.filter_map(|router| way(&router.id)).collect()
}
