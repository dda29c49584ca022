//! What steps bring about, and how one sees that it is so.

use crossdock_schema::EntityKind;

use crate::live::{Entity, LiveMesh};

/// What has to be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// A connector has its connection; between routers: they know each other too.
    Connected {
        /// Its name.
        connector: String,
        /// The router it leads to.
        other: Option<String>,
    },
    /// A connection is no more. Its number is known when its connector is removed.
    Closed {
        /// The number.
        connection: Option<String>,
    },
    /// A link to a container, or a shard, works.
    Active {
        /// Which kind.
        kind: EntityKind,
        /// Its name.
        name: String,
    },
}

impl Until {
    /// What is to be seen: in a sentence without beginning.
    pub fn describe(&self) -> String {
        match self {
            Until::Connected { connector, other: None } => format!("connector {connector} is connected"),
            Until::Connected { connector, other: Some(other) } => {
                format!("connector {connector} is connected, and {other} answers over it")
            }
            Until::Closed { .. } => String::from("its connection is closed"),
            Until::Active { kind, name } => format!("{} {name} is up", kind.entity_type().name),
        }
    }

    /// What is not so yet, at this router; none: it is so. The states need connectors, connections, auto links, link routes
    /// and shards.
    pub fn lack(&self, router: &str, live: &LiveMesh) -> Option<String> {
        let Some(state) = live.state(router) else { return Some(format!("{router} does not answer")) };
        match self {
            Until::Connected { connector, other } => {
                let Some(entity) = state.named(EntityKind::Connector, connector) else {
                    return Some(format!("there is no connector {connector}"));
                };
                if let Some(reason) = entity.why_down() {
                    return Some(format!("connector {connector} is not connected ({reason})"));
                }
                let other = other.as_deref()?;
                // The greetings of routers follow the open: a connection that is a second old has had them.
                let own = entity.connection();
                let is_settled = state.of(EntityKind::Connection).any(|connection| {
                    Some(connection.text("identity")) == own && connection.text("uptimeSeconds") != "0"
                });
                if !is_settled {
                    return Some(format!("connector {connector} has just been connected"));
                }
                let knows = |from: &str, to: &str| live.state(from).is_some_and(|state| state.ways.contains_key(to));
                (!knows(router, other) || !knows(other, router))
                    .then(|| format!("{router} and {other} do not know each other"))
            }
            Until::Closed { connection } => {
                let connection = connection.as_deref()?;
                let is_there = state.of(EntityKind::Connection).any(|one| one.text("identity") == connection);
                is_there.then(|| format!("connection {connection} is still there"))
            }
            Until::Active { kind, name } => match state.named(*kind, name) {
                Some(entity) => entity.why_down().map(|why| format!("{} {name} is {why}", kind.entity_type().name)),
                None => Some(format!("there is no {} {name}", kind.entity_type().name)),
            },
        }
    }
}

impl Entity {
    /// The number of a connector's connection, from its last event: `[C7] Connection Opened: …`.
    pub fn connection(&self) -> Option<&str> {
        self.text("connectionMsg").strip_prefix("[C")?.split_once(']').map(|(number, _)| number)
    }
}
