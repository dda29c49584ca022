//! Routers, connections, brokers, clients.

use crossdock_schema::{EntityKind, Role, RouterMode, Value};

use crate::text::Place;

/// Attributes of a section of a router's configuration, as far as they are given.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Which section.
    pub kind: EntityKind,
    /// Attribute, place, value, in the order of the file.
    pub given: Vec<(String, Place, Value)>,
}

impl Settings {
    /// The value of an attribute, if it is given.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.given.iter().find(|(given, ..)| given == name).map(|(.., value)| value)
    }
}

/// A router.
#[derive(Clone, Debug, PartialEq)]
pub struct Router {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub at: Place,
    /// Given, or interior if there are several routers.
    pub mode: RouterMode,
    /// Host it runs on.
    pub host: String,
    /// Layer of the picture.
    pub tier: Option<String>,
    /// Its listeners.
    pub listeners: Vec<Listener>,
    /// Further attributes.
    pub settings: Settings,
}

impl Router {
    /// The first listener of a role.
    pub fn listener(&self, role: Role) -> Option<&Listener> {
        self.listeners.iter().find(|listener| listener.role == role)
    }
}

/// A listener.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// Given, or the role and a number.
    pub name: String,
    /// Where it stands.
    pub at: Place,
    /// What for.
    pub role: Role,
    /// Address it binds; empty: all.
    pub host: String,
    /// Port; none if it cannot be told.
    pub port: Option<u16>,
    /// Of an inter-router connection; the larger one of both ends counts.
    pub cost: u32,
    /// Attributes given.
    pub settings: Settings,
}

/// A connection between two routers.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Name of the connector: given, or the name of the other router.
    pub name: String,
    /// Where it stands.
    pub at: Place,
    /// Router that opens it.
    pub from: String,
    /// Router that accepts it.
    pub to: String,
    /// `inter-router` or `edge`.
    pub role: Role,
    /// What counts: the larger cost of both ends.
    pub cost: u32,
    /// The listener of `to`; none if there is none to take it.
    pub listener: Option<String>,
    /// Attributes given.
    pub settings: Settings,
}

impl Connection {
    /// How it is called on the command line and in messages.
    pub fn label(&self) -> String {
        format!("{}-{}", self.from, self.to)
    }
}

/// A broker.
#[derive(Clone, Debug, PartialEq)]
pub struct Broker {
    /// Its id here, also the name of the connectors to it.
    pub id: String,
    /// Where it stands.
    pub at: Place,
    /// Container id.
    pub container: String,
    /// Routers that hold a connection to it.
    pub routers: Vec<String>,
    /// It is the built-in test broker.
    pub embedded: bool,
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Its queues, if they are known.
    pub queues: Vec<String>,
    /// Attributes of the connectors to it.
    pub settings: Settings,
}

/// Clients that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientClass {
    /// Name.
    pub name: String,
    /// Where it stands.
    pub at: Place,
    /// Routers they attach to, each client to any one of them.
    pub routers: Vec<String>,
    /// Addresses they send to, with places.
    pub send: Vec<(String, Place)>,
    /// Addresses they receive from.
    pub receive: Vec<(String, Place)>,
    /// How many there are, about.
    pub number: Option<u64>,
}
