//! The sections of a router's configuration.

use std::collections::BTreeSet;

use crossdock_schema::{Direction, Role, Value};

use super::names::Names;
use crate::model::{AutoLink, Mesh, Router, Settings};
use crate::service::Services;

/// Where the router will run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the hosts of the topology.
    Hosts,
    /// In containers that are called as the routers and embedded brokers.
    Containers,
}

/// A section of a configuration.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) attributes: Vec<(String, Value)>,
}

impl Section {
    fn new(name: &'static str, settings: &Settings) -> Self {
        let given = settings.given.iter().map(|(name, _, value)| (name.clone(), value.clone()));
        Self { name, attributes: given.collect() }
    }

    /// Gives an attribute, which comes before those given in the file.
    fn with(mut self, name: &str, value: Value) -> Self {
        self.attributes.retain(|(given, _)| given != name);
        self.attributes.push((name.to_owned(), value));
        self
    }

    fn with_text(self, name: &str, text: &str) -> Self {
        self.with(name, Value::Text(text.to_owned()))
    }

    fn without(mut self, name: &str) -> Self {
        self.attributes.retain(|(given, _)| given != name);
        self
    }
}

/// All sections of one router.
pub(crate) fn sections(mesh: &Mesh, router: &Router, place: Place) -> Vec<Section> {
    let names = Names::new(mesh);
    let mode = router.mode.as_str();
    let mut sections =
        vec![Section::new("router", &router.settings).with_text("id", &router.id).with_text("mode", mode)];
    for listener in &router.listeners {
        let mut section = Section::new("listener", &listener.settings).with_text("name", &listener.name);
        if let Some(port) = listener.port {
            section = section.with("port", Value::Integer(port.into()));
        }
        sections.push(match place {
            Place::Containers => section.without("host"),
            Place::Hosts if listener.host.is_empty() => section,
            Place::Hosts => section.with_text("host", &listener.host),
        });
    }
    connectors(mesh, router, place, &names, &mut sections);
    for rule in &mesh.addresses {
        if rule.routers.is_empty() || rule.routers.contains(&router.id) {
            sections.push(Section::new("address", &rule.settings));
        }
    }
    members(mesh, &mut sections);
    links(mesh, router, &mut sections);
    shards(mesh, router, &mut sections);
    sections
}

fn connectors(mesh: &Mesh, router: &Router, place: Place, names: &Names, sections: &mut Vec<Section>) {
    for connection in mesh.connections.iter().filter(|connection| connection.from == router.id) {
        let Some(other) = mesh.router(&connection.to) else { continue };
        let listener = other.listeners.iter().find(|listener| Some(&listener.name) == connection.listener.as_ref());
        let host = if place == Place::Containers { names.router(&other.id) } else { &other.host };
        let mut section = Section::new("connector", &connection.settings)
            .with_text("name", &connection.name)
            .with_text("role", connection.role.as_str())
            .with_text("host", host);
        if let Some(port) = listener.and_then(|listener| listener.port) {
            section = section.with("port", Value::Integer(port.into()));
        }
        sections.push(section);
    }
    for broker in mesh.brokers.iter().filter(|broker| broker.routers.contains(&router.id)) {
        let is_container = place == Place::Containers && broker.embedded;
        let host = if is_container { names.broker(&broker.id) } else { &broker.host };
        let section = Section::new("connector", &broker.settings)
            .with_text("name", &broker.id)
            .with_text("role", Role::RouteContainer.as_str())
            .with_text("host", host);
        sections.push(section.with("port", Value::Integer(broker.port.into())));
    }
}

fn links(mesh: &Mesh, router: &Router, sections: &mut Vec<Section>) {
    let holds = |broker: &str| mesh.broker(broker).is_some_and(|broker| broker.routers.contains(&router.id));
    for link in mesh.auto_links.iter().filter(|link| holds(&link.broker)) {
        let name = format!("{}-{}-{}", link.broker, link.queue, towards(link));
        // A name of the file would stand for several links.
        let section = Section::new("autoLink", &link.settings).with_text("name", &unique(&name, sections));
        let section = section.with_text("direction", link.direction.as_str());
        sections.push(section.with_text("connection", &link.broker));
    }
    for route in mesh.link_routes.iter().filter(|route| holds(&route.broker)) {
        let name = format!("{}-{}-{}", route.broker, route.text, route.direction);
        let section = Section::new("linkRoute", &route.settings).with_text("name", &unique(&name, sections));
        let section = section.with_text("direction", route.direction.as_str());
        sections.push(section.with_text("connection", &route.broker));
    }
}

/// Addresses of members over which a router sends all messages the same way.
fn members(mesh: &Mesh, sections: &mut Vec<Section>) {
    let services = Services::new(mesh);
    let mut done = BTreeSet::new();
    for (shard, member) in mesh.shards.iter().flat_map(|shard| shard.members.iter().map(move |member| (shard, member)))
    {
        let address = shard.member_address(member);
        if services.is_closest_by_itself(shard, member) && done.insert(address.clone()) {
            let attributes = [("pattern", address.as_str()), ("distribution", "closest")];
            let attributes = attributes.map(|(name, value)| (name.to_owned(), Value::Text(value.to_owned())));
            sections.push(Section { name: "address", attributes: attributes.to_vec() });
        }
    }
}

/// A shard is a section for each member on every router, and auto links where the member's broker is.
fn shards(mesh: &Mesh, router: &Router, sections: &mut Vec<Section>) {
    for shard in &mesh.shards {
        for member in &shard.members {
            let own = shard.member_address(member);
            // What the address has before the member's own part, the name has from the shard.
            let name = own.strip_prefix(&format!("{}/", shard.address)).unwrap_or(&own).replace('/', "-");
            let name = format!("{}-{name}", shard.name);
            let attributes = [
                ("name", name.clone()),
                ("address", shard.address.clone()),
                ("member", own.clone()),
                ("key", shard.key.clone()),
                ("onLoss", shard.on_loss.clone()),
            ];
            let attributes = attributes.map(|(name, value)| (name.to_owned(), Value::Text(value)));
            sections.push(Section { name: "shard", attributes: attributes.to_vec() });
            if !mesh.broker(&member.broker).is_some_and(|broker| broker.routers.contains(&router.id)) {
                continue;
            }
            for (direction, address) in [(Direction::Out, &own), (Direction::In, &shard.address)] {
                let attributes = [
                    ("name", format!("{name}-{direction}")),
                    ("address", address.clone()),
                    ("direction", direction.as_str().to_owned()),
                    ("externalAddress", member.queue.clone()),
                    ("connection", member.broker.clone()),
                ];
                let attributes = attributes.map(|(name, value)| (name.to_owned(), Value::Text(value)));
                sections.push(Section { name: "autoLink", attributes: attributes.to_vec() });
            }
        }
    }
}

fn towards(link: &AutoLink) -> &'static str {
    match (link.direction, link.fallback) {
        (Direction::Out, false) => "out",
        (Direction::In, false) => "in",
        (Direction::Out, true) => "fallback-out",
        (Direction::In, true) => "fallback-in",
    }
}

/// The name, with a number behind it if it is taken.
fn unique(name: &str, sections: &[Section]) -> String {
    let is_taken = |name: &str| {
        let taken = Value::Text(name.to_owned());
        sections.iter().any(|section| section.attributes.iter().any(|(key, value)| key == "name" && *value == taken))
    };
    let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}
