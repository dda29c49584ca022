//! A file against what a mesh says about itself.

use std::collections::BTreeMap;

use crossdock_schema::{Entity, EntityKind, Value as Wanted};
use crossdock_topology::{Mesh, Network, Section, honoured_sections};

use super::super::live::{link_name, planned_ways, ways};
use crate::management_client::{Row, Rows, Value};

/// The kinds of sections that are compared, and the attributes that tell one from another.
pub(super) const KINDS: [(EntityKind, &[&str]); 6] = [
    (EntityKind::Listener, &["name"]),
    (EntityKind::Connector, &["name"]),
    (EntityKind::Address, &["prefix", "pattern"]),
    (EntityKind::AutoLink, &["address", "direction", "connection", "containerId", "externalAddress"]),
    (EntityKind::LinkRoute, &["prefix", "pattern", "direction", "connection", "containerId"]),
    (EntityKind::Shard, &["name"]),
];

/// Something that is not as the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The router where it is so.
    pub(super) router: String,
    /// `missing`, `extra`, `differs`, `down` or `way`.
    pub(super) kind: &'static str,
    /// What it is about: `router`, or the type of an entity.
    pub(super) what: &'static str,
    /// Its name, or what tells it from others.
    pub(super) name: String,
    /// The attribute that differs.
    pub(super) attribute: Option<&'static str>,
    /// As in the file.
    pub(super) file: Option<String>,
    /// As in the mesh.
    pub(super) live: Option<String>,
}

/// What one router answered.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) nodes: Rows,
    /// In the order of [`KINDS`].
    pub(super) entities: Vec<Rows>,
}

/// What does not matter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leave {
    /// Ports, as a mesh on free ports has others.
    pub(super) ports: bool,
}

/// Everything that differs at one router, which is there.
pub(super) fn compare(network: &Network<'_>, router: &str, answers: &Answers, leave: Leave) -> Vec<Difference> {
    let mesh = network.mesh();
    let mut out = Vec::new();
    let (sections, _) = honoured_sections(mesh, router);
    for ((kind, keys), rows) in KINDS.iter().zip(&answers.entities) {
        let wanted = sections.iter().filter(|section| section.kind == *kind);
        entities(mesh, router, *kind, keys, wanted, rows, leave, &mut out);
    }
    routes(network, router, &answers.nodes, &mut out);
    out
}

/// Routers of the file that the mesh does not have, and the other way round.
pub(super) fn membership(mesh: &Mesh, live: &[String]) -> Vec<Difference> {
    let difference = |router: &str, kind: &'static str| Difference {
        router: router.to_owned(),
        kind,
        what: "router",
        name: router.to_owned(),
        attribute: None,
        file: None,
        live: None,
    };
    let missing = mesh.routers.iter().filter(|router| !live.contains(&router.id));
    let extra = live.iter().filter(|id| mesh.router(id).is_none());
    let missing = missing.map(|router| difference(&router.id, "missing"));
    missing.chain(extra.map(|id| difference(id, "extra"))).collect()
}

#[expect(clippy::too_many_arguments, reason = "a comparison has two sides")]
fn entities<'s>(
    mesh: &Mesh,
    router: &str,
    kind: EntityKind,
    keys: &[&'static str],
    wanted: impl Iterator<Item = &'s Section>,
    rows: &Rows,
    leave: Leave,
    out: &mut Vec<Difference>,
) {
    let what = kind.entity_type().name;
    let mut live: BTreeMap<Vec<String>, Row<'_>> = BTreeMap::new();
    for row in rows.iter() {
        live.insert(keys.iter().map(|key| shown(row.value(key))).collect(), row);
    }
    let difference = |kind: &'static str, name: String| Difference {
        router: router.to_owned(),
        kind,
        what,
        name,
        attribute: None,
        file: None,
        live: None,
    };
    let mode = mesh.router(router).map_or(crossdock_schema::RouterMode::Interior, |router| router.mode);
    for section in wanted {
        // With defaults, as management shows them.
        let Ok(entity) = section.entity(mode) else { continue };
        let values = values(&entity);
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| written(value));
        let key: Vec<String> = keys.iter().map(|key| value(key).unwrap_or_default()).collect();
        let name = name_of(section);
        let Some(row) = live.remove(&key) else {
            out.push(difference("missing", name));
            continue;
        };
        // Only what the file says; that two releases have different defaults is no difference.
        for (attribute, _) in &section.values {
            let Some(attribute) = kind.entity_type().attribute(attribute) else { continue };
            let is_left = matches!(attribute.name, "host" | "name") || (leave.ports && attribute.name == "port");
            if is_left || attribute.secret {
                continue;
            }
            let (file, live) = (value(attribute.name).unwrap_or_default(), shown(row.value(attribute.wire_name)));
            if file != live {
                let (file, live, attribute) = (Some(file), Some(live), Some(attribute.name));
                out.push(Difference { attribute, file, live, ..difference("differs", name.clone()) });
            }
        }
        if let Some(reason) = why_down(kind, &row) {
            out.push(Difference { live: Some(reason), ..difference("down", name) });
        }
    }
    out.extend(live.values().map(|row| difference("extra", link_name(row))));
}

/// Why an entity does not work; none if it does.
fn why_down(kind: EntityKind, row: &Row<'_>) -> Option<String> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "only these can be down")]
    let (status, good, message) = match kind {
        EntityKind::Connector => ("connectionStatus", "SUCCESS", "connectionMsg"),
        EntityKind::AutoLink => ("operStatus", "active", "lastError"),
        EntityKind::LinkRoute => ("operStatus", "active", "lastError"),
        EntityKind::Shard => ("operStatus", "up", "lastError"),
        _ => return None,
    };
    let status = row.text(status)?;
    let message = row.text(message).filter(|message| !message.is_empty());
    (status != good).then(|| message.map_or_else(|| status.to_owned(), |message| format!("{status}: {message}")))
}

fn routes(network: &Network<'_>, router: &str, nodes: &Rows, out: &mut Vec<Difference>) {
    let live = ways(nodes);
    for (to, way) in planned_ways(network, router) {
        // A router that is missing is told once.
        let Some(known) = live.get(&to) else { continue };
        if *known != way {
            let text = |way: &super::super::live::Way| format!("cost {} by {}", way.cost, way.next_hop);
            out.push(Difference {
                router: router.to_owned(),
                kind: "way",
                what: "router",
                name: to,
                attribute: None,
                file: Some(text(&way)),
                live: Some(text(known)),
            });
        }
    }
}

fn name_of(section: &Section) -> String {
    let texts = ["name", "prefix", "pattern", "address"].iter().find_map(|attribute| section.text(attribute));
    texts.unwrap_or_default()
}

fn values(entity: &Entity) -> Vec<(&'static str, Wanted)> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "these are compared")]
    match entity {
        Entity::Listener(one) => one.values(),
        Entity::Connector(one) => one.values(),
        Entity::Address(one) => one.values(),
        Entity::AutoLink(one) => one.values(),
        Entity::LinkRoute(one) => one.values(),
        Entity::Shard(one) => one.values(),
        _ => Vec::new(),
    }
}

fn written(value: &Wanted) -> String {
    value.to_string()
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
