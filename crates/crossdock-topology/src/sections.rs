//! The configuration of each router, as sections: what the mesh means for it.

use std::collections::BTreeSet;

use crossdock_schema::{Direction, Entity, EntityKind, Role, RouterMode, Value, check_entity, check_written};
use serde_json::json;

use crate::model::{Mesh, Router, Settings, Shard};
use crate::service::Services;

/// A section of a router's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Which.
    pub kind: EntityKind,
    /// Attributes by their names in files, in order; what is not there has its default.
    pub values: Vec<(String, Value)>,
}

impl Section {
    fn new(kind: EntityKind) -> Self {
        Self { kind, values: Vec::new() }
    }

    /// Sets an attribute; what was there is replaced.
    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), Value::Text(value.into())));
        self
    }

    /// Adds what the file gives, besides what is there.
    fn given(mut self, settings: &Settings) -> Self {
        for (name, _, value) in &settings.given {
            if self.value(name).is_none() {
                self.values.push((name.clone(), value.clone()));
            }
        }
        self
    }

    /// The value of an attribute, if it is set.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The same as it is written in a configuration.
    pub fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(Value::to_string)
    }

    /// The section as a router reads it, defaults filled in.
    ///
    /// # Errors
    ///
    /// What is wrong with it, one sentence each.
    pub fn entity(&self, mode: RouterMode) -> Result<Entity, Vec<String>> {
        check_entity(self.kind, mode, self.values.clone()).map(|(entity, _)| entity)
    }
}

/// The sections of a router's configuration; none if there is no router of this id.
pub fn sections(mesh: &Mesh, router: &str) -> Vec<Section> {
    let Some(router) = mesh.router(router) else { return Vec::new() };
    let mut maker = Maker { mesh, router, names: BTreeSet::new(), sections: Vec::new() };
    maker.router();
    maker.listeners();
    maker.connectors();
    maker.addresses();
    maker.shards();
    maker.auto_links();
    maker.link_routes();
    maker.sections
}

/// The sections that this version of the router takes, and those that it refuses, each with the reason.
pub fn honoured_sections(mesh: &Mesh, router: &str) -> (Vec<Section>, Vec<(Section, String)>) {
    let mode = mesh.router(router).map_or(RouterMode::Interior, |router| router.mode);
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for section in sections(mesh, router) {
        let given = section.values.iter().map(|(name, value)| (name.clone(), 0, value.clone()));
        let errors = check_written(section.kind, mode, "", 0, given).1.err().unwrap_or_default();
        match errors.into_iter().find(|error| error.is_refusal) {
            Some(error) => refused.push((section, error.problem)),
            None => taken.push(section),
        }
    }
    (taken, refused)
}

/// Sections as a configuration file in the JSON form.
pub fn sections_to_json(sections: &[Section]) -> String {
    let value = |value: &Value| match value {
        Value::Boolean(flag) => json!(flag),
        Value::Integer(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Null | Value::Text(_) | Value::List(_) | Value::Map(_) => json!(value.to_string()),
    };
    let line = |section: &Section| {
        let attributes: serde_json::Map<String, serde_json::Value> =
            section.values.iter().map(|(name, given)| (name.clone(), value(given))).collect();
        format!("    {}", json!([section.kind.entity_type().name, attributes]))
    };
    let lines: Vec<String> = sections.iter().map(line).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// The address at which the messages for one member of a shard leave the mesh.
fn member_address(shard: &Shard, index: usize) -> String {
    let Some(member) = shard.members.get(index) else { return String::new() };
    let same = shard.members.iter().filter(|other| other.broker == member.broker).count();
    let (address, broker) = (&shard.address, &member.broker);
    if same == 1 { format!("{address}/{broker}") } else { format!("{address}/{broker}/{}", member.queue) }
}

/// Whether a router has a connection to a broker.
fn holds(mesh: &Mesh, router: &Router, broker: &str) -> bool {
    mesh.broker(broker).is_some_and(|broker| broker.routers.contains(&router.id))
}

struct Maker<'a> {
    mesh: &'a Mesh,
    router: &'a Router,
    names: BTreeSet<String>,
    sections: Vec<Section>,
}

impl Maker<'_> {
    /// Adds a section under this name, or, where the name is taken, with a number behind it.
    fn named(&mut self, name: &str, section: Section) {
        let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.names.contains(name));
        let name = free.unwrap_or_default();
        let mut section = section;
        section.values.retain(|(known, _)| known != "name");
        section.values.insert(0, (String::from("name"), Value::Text(name.clone())));
        self.names.insert(name);
        self.sections.push(section);
    }

    fn router(&mut self) {
        let section =
            Section::new(EntityKind::Router).with("id", &self.router.id).with("mode", self.router.mode.as_str());
        self.sections.push(section.given(&self.router.settings));
    }

    fn listeners(&mut self) {
        for listener in &self.router.listeners {
            let mut section = Section::new(EntityKind::Listener).with("role", listener.role.as_str());
            section = section.with("host", &listener.host);
            if let Some(port) = listener.port {
                section = section.with("port", port.to_string());
            }
            self.named(&listener.name, section.given(&listener.settings));
        }
    }

    fn connectors(&mut self) {
        let mesh = self.mesh;
        for connection in mesh.connections.iter().filter(|connection| connection.from == self.router.id) {
            let Some(to) = mesh.router(&connection.to) else { continue };
            let listener = to.listeners.iter().find(|listener| Some(&listener.name) == connection.listener.as_ref());
            let Some(port) = listener.and_then(|listener| listener.port) else { continue };
            let section = Section::new(EntityKind::Connector)
                .with("role", connection.role.as_str())
                .with("host", &to.host)
                .with("port", port.to_string())
                .with("cost", connection.cost.to_string());
            self.named(&connection.name, section.given(&connection.settings));
        }
        for broker in mesh.brokers.iter().filter(|broker| broker.routers.contains(&self.router.id)) {
            let section = Section::new(EntityKind::Connector)
                .with("role", Role::RouteContainer.as_str())
                .with("host", &broker.host)
                .with("port", broker.port.to_string());
            self.named(&broker.id, section.given(&broker.settings));
        }
    }

    fn addresses(&mut self) {
        let services = Services::new(self.mesh);
        let own = |routers: &[String]| routers.is_empty() || routers.contains(&self.router.id);
        for rule in self.mesh.addresses.iter().filter(|rule| own(&rule.routers)) {
            self.sections.push(Section::new(EntityKind::Address).given(&rule.settings));
        }
        for shard in &self.mesh.shards {
            let pattern = |address: &str| Section::new(EntityKind::Address).with("pattern", address);
            // What comes out of the queues must not be spread over them again: consumers are behind the queues.
            let (ingress, egress) = services.phases(&shard.address);
            let has_own =
                self.mesh.addresses.iter().any(|rule| rule.text == shard.address && rule.pattern == rule.text);
            if ingress == egress && !has_own {
                let treatment = services.rule(&shard.address).map(|rule| rule.address.distribution.as_str());
                let section = pattern(&shard.address).with("waypoint", "yes");
                self.sections.push(section.with("distribution", treatment.unwrap_or("balanced")));
            }
            // Of several connections to one broker the nearest is used: that keeps the order of a key.
            for index in 0..shard.members.len() {
                self.sections.push(pattern(&member_address(shard, index)).with("distribution", "closest"));
            }
        }
    }

    fn shards(&mut self) {
        for shard in &self.mesh.shards {
            for index in 0..shard.members.len() {
                let member = member_address(shard, index);
                let section = Section::new(EntityKind::Shard)
                    .with("address", &shard.address)
                    .with("member", &member)
                    .with("key", shard.key.replacen(' ', ":", 1))
                    .with("onLoss", &shard.on_loss);
                self.named(&format!("{}-{}", shard.name, index + 1), section);
            }
        }
    }

    fn auto_links(&mut self) {
        let (mesh, router) = (self.mesh, self.router);
        for link in mesh.auto_links.iter().filter(|link| holds(mesh, router, &link.broker)) {
            let section = Section::new(EntityKind::AutoLink)
                .with("direction", link.direction.as_str())
                .with("connection", &link.broker)
                .given(&link.settings);
            let standard = format!("{}-{}-{}", link.address, link.direction.as_str(), link.broker);
            self.named(&section.text("name").unwrap_or(standard), section);
        }
        for shard in &mesh.shards {
            let held = shard.members.iter().enumerate().filter(|(_, member)| holds(mesh, router, &member.broker));
            for (index, member) in held {
                let outside = member_address(shard, index);
                for (direction, address) in [(Direction::Out, &outside), (Direction::In, &shard.address)] {
                    let section = Section::new(EntityKind::AutoLink)
                        .with("address", address)
                        .with("direction", direction.as_str())
                        .with("connection", &member.broker)
                        .with("externalAddress", &member.queue);
                    self.named(&format!("{outside}-{}", direction.as_str()), section);
                }
            }
        }
    }

    fn link_routes(&mut self) {
        let (mesh, router) = (self.mesh, self.router);
        for route in mesh.link_routes.iter().filter(|route| holds(mesh, router, &route.broker)) {
            let section = Section::new(EntityKind::LinkRoute)
                .with("direction", route.direction.as_str())
                .with("connection", &route.broker)
                .given(&route.settings);
            let standard = format!("{}-{}-{}", route.text, route.direction.as_str(), route.broker);
            self.named(&section.text("name").unwrap_or(standard), section);
        }
    }
}
