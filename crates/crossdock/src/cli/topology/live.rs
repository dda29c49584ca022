//! What a running mesh says about itself, through management.

use std::collections::BTreeMap;

use crossdock_schema::EntityKind;
use crossdock_topology::{Mesh, Network};

use crate::management_client::{Agent, ClientError, Query, Row, Rows};

/// The way from one router to another, as far as that router knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// The neighbour it begins with.
    pub(super) next_hop: String,
    /// Cost of the whole path.
    pub(super) cost: u64,
}

/// All entities of a kind.
pub(super) async fn rows(agent: &mut Agent, kind: EntityKind) -> Result<Rows, ClientError> {
    agent.query(Query { entity_type: Some(kind.entity_type().wire_name), attributes: &[], limit: 0 }).await
}

/// The ways of a router to all others, from its rows of `router.node`.
pub(super) fn ways(nodes: &Rows) -> BTreeMap<String, Way> {
    let way = |row: Row<'_>| {
        let id = row.text("id")?.to_owned();
        let next_hop = match row.text("nextHop") {
            Some("(self)") => return None,
            Some(other) => other.to_owned(),
            // Behind neighbours there is no hop.
            None => id.clone(),
        };
        Some((id, Way { next_hop, cost: u64::try_from(row.number("cost")).unwrap_or(0) }))
    };
    nodes.iter().filter_map(way).collect()
}

/// The ways of a router to all others, as the plan has them.
pub(super) fn planned_ways(network: &Network<'_>, from: &str) -> BTreeMap<String, Way> {
    let others = network.mesh().routers.iter().filter(|router| router.id != from);
    let way = |to: &str| {
        let path = network.path(from, to)?;
        Some((to.to_owned(), Way { next_hop: path.routers.get(1)?.clone(), cost: path.cost }))
    };
    others.filter_map(|router| way(&router.id)).collect()
}

/// What a link that a router attaches by itself is called: the name, or what it is for.
pub(super) fn link_name(row: &Row<'_>) -> String {
    let texts = ["name", "address", "prefix", "pattern"].iter().find_map(|attribute| row.text(attribute));
    texts.unwrap_or("?").to_owned()
}

/// Links, link routes and shards that are not up, each with the reason.
pub(super) fn not_up(rows: &Rows) -> Vec<String> {
    let sentence = |row: Row<'_>| {
        let status = row.text("operStatus").unwrap_or("unknown");
        let error = row.text("lastError").filter(|error| !error.is_empty());
        let reason = error.map(|error| format!(": {error}")).unwrap_or_default();
        (!matches!(status, "active" | "up")).then(|| format!("{} is {status}{reason}", link_name(&row)))
    };
    rows.iter().filter_map(sentence).collect()
}

/// Where management of a router is asked: host and port of a listener for clients, here or at another router, and the
/// address.
pub(super) fn door(mesh: &Mesh, router: &str) -> Option<(String, u16, String)> {
    let listener = |id: &str| {
        let listener = mesh.router(id)?.listener(crossdock_schema::Role::Normal)?;
        let host = if listener.host.is_empty() { "127.0.0.1" } else { listener.host.as_str() };
        Some((host.to_owned(), listener.port?))
    };
    if let Some((host, port)) = listener(router) {
        return Some((host, port, String::from("$management")));
    }
    let (host, port) = mesh.routers.iter().find_map(|other| listener(&other.id))?;
    Some((host, port, format!("_topo/0/{router}/$management")))
}
