//! The mesh as the file means it: templates expanded, names resolved, values typed.

mod address_items;
mod builder;
mod item;
mod items;
mod links;
mod names;
mod simulation_items;

use crate::diagnostic::Code;
use crate::simulation::Simulation;
use crate::text::Place;

pub(crate) use builder::build;
pub(crate) use builder::is_this_machine;
pub use items::{Broker, ClientClass, Connection, Listener, Router, Settings};
pub use links::{AddressRule, AutoLink, LinkRoute, Member, Shard};

/// A mesh.
#[derive(Clone, Debug, Default)]
pub struct Mesh {
    /// Its name: letters, digits, dashes.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Names of the files it was read from, the main one first; [`Place::file`] counts them.
    pub files: Vec<String>,
    /// In the order of the file, as all lists here.
    pub routers: Vec<Router>,
    /// One for each pair of routers and line.
    pub connections: Vec<Connection>,
    /// Brokers.
    pub brokers: Vec<Broker>,
    /// Address sections.
    pub addresses: Vec<AddressRule>,
    /// Auto links, one for each broker and direction.
    pub auto_links: Vec<AutoLink>,
    /// Link routes, one for each broker and direction.
    pub link_routes: Vec<LinkRoute>,
    /// Shards.
    pub shards: Vec<Shard>,
    /// Classes of clients.
    pub clients: Vec<ClientClass>,
    /// Warnings that are meant to be so.
    pub accepted: Vec<Accepted>,
    /// What a simulation of it is to do, if that is said.
    pub simulation: Option<Simulation>,
    /// How to draw it.
    pub layout: LayoutWish,
}

/// A warning that is meant to be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Which.
    pub code: Code,
    /// Only those whose text has this in it.
    pub about: Option<String>,
    /// Why it is meant to be so.
    pub because: String,
    /// Where it stands.
    pub at: Place,
}

/// How the picture is to be laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayoutWish {
    /// `layers`, `ring` or `force`; none: chosen by the shape of the mesh.
    pub layout: Option<String>,
    /// The tiers, left to right.
    pub tiers: Vec<String>,
}

impl Mesh {
    /// The router with this id.
    pub fn router(&self, id: &str) -> Option<&Router> {
        self.routers.iter().find(|router| router.id == id)
    }

    /// The broker with this id.
    pub fn broker(&self, id: &str) -> Option<&Broker> {
        self.brokers.iter().find(|broker| broker.id == id)
    }

    /// How a place is written in messages: `file:line`.
    pub fn place(&self, at: Place) -> String {
        let file = self.files.get(at.file).map_or("topology", String::as_str);
        if at.line == 0 { file.to_owned() } else { format!("{file}:{}", at.line) }
    }
}
