//! Which connections an auto link or a link route is for.

use crossdock_core::batch::ConnId;
use crossdock_core::record::{ConnectionRecord, ConnectionRole};
use crossdock_management::Refusal;
use std::fmt;

/// Who is at the other end of a connection that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Container {
    /// Whoever calls itself so.
    Id(Box<str>),
    /// Whoever is connected by the listener or connector of this name.
    Connection(Box<str>),
    /// The peer of this connection, which wants it so.
    Own(ConnId),
    /// Nobody.
    Nobody,
}

impl Container {
    /// As an entity names it.
    pub(super) fn named(container_id: Option<&str>, connection: Option<&str>) -> Result<Self, Refusal> {
        match (container_id, connection) {
            (Some(id), None) => Ok(Self::Id(id.into())),
            (None, Some(name)) => Ok(Self::Connection(name.into())),
            (None, None) => Ok(Self::Nobody),
            (Some(_), Some(_)) => {
                // The words of qdrouterd.
                let problem = "Both connection and containerId cannot be specified. Specify only one";
                Err(Refusal::bad_request(problem))
            }
        }
    }

    /// Whether a connection leads there.
    pub(super) fn is(&self, connection: &ConnectionRecord) -> bool {
        let is_container = connection.role == ConnectionRole::RouteContainer;
        match self {
            Self::Id(id) => is_container && *id == connection.container,
            Self::Connection(name) => is_container && *name == connection.name,
            Self::Own(conn) => *conn == connection.id,
            Self::Nobody => false,
        }
    }
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "container '{id}'"),
            Self::Connection(name) => write!(f, "connection '{name}'"),
            Self::Own(conn) => write!(f, "connection {conn}"),
            Self::Nobody => f.write_str("no container"),
        }
    }
}
