//! The configuration of each router, as sections: to be written, to be run, to be compared with what runs.

use crossdock_schema::{Entity, EntityKind, RouterMode, Value, check_entity, check_written};
use serde_json::json;

use crate::generate::{self, Place};
use crate::model::Mesh;

/// A section of a router's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Which.
    pub kind: EntityKind,
    /// Attributes by their names in files, in order; what is not there has its default.
    pub values: Vec<(String, Value)>,
}

impl Section {
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

/// The sections of a router's configuration, on the hosts of the topology; none if there is no router of this id.
pub fn sections(mesh: &Mesh, router: &str) -> Vec<Section> {
    let Some(router) = mesh.router(router) else { return Vec::new() };
    let known = |name: &str| EntityKind::ALL.iter().copied().find(|kind| kind.entity_type().name == name);
    let section =
        |section: generate::Section| known(section.name).map(|kind| Section { kind, values: section.attributes });
    generate::sections(mesh, router, Place::Hosts).into_iter().filter_map(section).collect()
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
