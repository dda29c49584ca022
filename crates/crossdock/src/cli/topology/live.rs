//! What a running mesh says about itself, through management.

use std::collections::BTreeMap;

use crossdock_schema::EntityKind;
use crossdock_topology::Mesh;
use crossdock_topology::live::{Entity, KINDS, LiveMesh, RouterState, Way};

use crate::cli::connection::Session;
use crate::management_client::{Agent, ClientError, Query, Row, Rows, Value};

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

/// Links, link routes and shards that are not up, each with the reason.
pub(super) fn not_up(kind: EntityKind, rows: &Rows) -> Vec<String> {
    let entities = rows.iter().map(|row| entity(kind, row));
    entities.filter_map(|entity| entity.why_down().map(|why| format!("{} is {why}", entity.label()))).collect()
}

/// A row, in the words of files.
fn entity(kind: EntityKind, row: Row<'_>) -> Entity {
    let values = row.entries().filter(|(_, value)| !value.is_null());
    Entity { kind, values: values.map(|(name, value)| (name.to_owned(), shown(value))).collect() }
}

/// A value of management as a file would have it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Boolean(true) => String::from("yes"),
        Value::Boolean(false) => String::from("no"),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(_) | Value::Map(_) => String::from("…"),
    }
}

/// A mesh that runs, asked through one of its routers.
pub(super) struct Asked {
    session: Session,
    here: Agent,
    own: String,
    agents: BTreeMap<String, Agent>,
}

impl Asked {
    /// Learns which router is at the other end.
    pub(super) async fn new(mut session: Session) -> Result<Self, ClientError> {
        let mut here = session.here().await?;
        let router = rows(&mut here, EntityKind::Router).await?;
        let own = router.first().and_then(|row| row.text("id")).unwrap_or_default().to_owned();
        Ok(Self { session, here, own, agents: BTreeMap::new() })
    }

    /// The router at the other end.
    pub(super) fn own(&self) -> &str {
        &self.own
    }

    /// The ids of all routers.
    pub(super) async fn routers(&mut self) -> Result<Vec<String>, ClientError> {
        let live: Vec<String> = self.here.routers().await?.into_iter().map(|(id, _)| id).collect();
        // A router outside of any network lists nobody, itself included.
        Ok(if live.is_empty() { vec![self.own.clone()] } else { live })
    }

    /// The management of a router.
    pub(super) async fn agent(&mut self, router: &str) -> Result<&mut Agent, ClientError> {
        if router == self.own {
            return Ok(&mut self.here);
        }
        if !self.agents.contains_key(router) {
            let agent = self.session.at(&format!("_topo/0/{router}/$management")).await?;
            self.agents.insert(router.to_owned(), agent);
        }
        let unknown = || ClientError::UnknownRouter { router: router.to_owned(), known: Vec::new() };
        self.agents.get_mut(router).ok_or_else(unknown)
    }

    /// Asks a router by new links the next time.
    pub(super) fn forget(&mut self, router: &str) {
        self.agents.remove(router);
    }

    /// What a router says, of these kinds.
    pub(super) async fn state(&mut self, router: &str, kinds: &[EntityKind]) -> Result<RouterState, ClientError> {
        let agent = self.agent(router).await?;
        let ways = ways(&rows(agent, EntityKind::RouterNode).await?);
        let mut entities = Vec::new();
        for kind in kinds {
            let rows = match rows(agent, *kind).await {
                // Routers of other makes do not know what it is.
                Err(ClientError::Status { .. }) if *kind == EntityKind::Shard => Rows::default(),
                rows => rows?,
            };
            entities.extend(rows.iter().map(|row| entity(*kind, row)));
        }
        Ok(RouterState { id: router.to_owned(), ways, entities })
    }

    /// What all routers of the file say that are there.
    pub(super) async fn mesh(&mut self, mesh: &Mesh) -> Result<LiveMesh, ClientError> {
        let routers = self.routers().await?;
        let kinds = KINDS.map(|(kind, _)| kind);
        let mut states = Vec::new();
        for router in mesh.routers.iter().filter(|router| routers.contains(&router.id)) {
            states.push(self.state(&router.id, &kinds).await?);
        }
        Ok(LiveMesh { routers, states, door: None })
    }

    pub(super) async fn close(self) {
        self.session.close().await;
    }
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
