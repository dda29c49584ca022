//! Reads `router-config/schema.json` and writes what follows from it: `src/generated.rs`, `src/attributes.rs` and
//! `router-config/REFERENCE.md`. Used by the example that writes them and by the test that proves them fresh.

#![allow(clippy::expect_used, reason = "a schema that does not fit stops the generator, and nobody else")]

mod attributes;
mod reference;
mod rust;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Schema {
    pub(crate) prefix: String,
    #[serde(rename = "description")]
    _description: String,
    #[serde(rename = "keys")]
    _keys: BTreeMap<String, String>,
    pub(crate) enums: serde_json::Map<String, Value>,
    pub(crate) common: Vec<Attribute>,
    pub(crate) entities: Vec<Entity>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Entity {
    pub(crate) name: String,
    pub(crate) wire_name: Option<String>,
    #[serde(default)]
    pub(crate) singleton: bool,
    #[serde(default)]
    pub(crate) embedded: bool,
    #[serde(default)]
    pub(crate) operational: bool,
    #[serde(default)]
    pub(crate) core: bool,
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    pub(crate) operations: Vec<String>,
    #[serde(default)]
    pub(crate) effect: Effect,
    pub(crate) reason: Option<String>,
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) omit: Vec<String>,
    pub(crate) attributes: Vec<Attribute>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(rename = "enum")]
    pub(crate) tags: Option<String>,
    #[serde(default)]
    pub(crate) format: Format,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    pub(crate) default: Option<Value>,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) unique: bool,
    #[serde(default)]
    pub(crate) create: bool,
    #[serde(default)]
    pub(crate) update: bool,
    pub(crate) alias: Option<String>,
    pub(crate) wire_name: Option<String>,
    #[serde(default)]
    pub(crate) wire: Wire,
    #[serde(default)]
    pub(crate) nature: Nature,
    #[serde(default)]
    pub(crate) secret: bool,
    #[serde(default)]
    pub(crate) extension: bool,
    #[serde(default)]
    pub(crate) effect: Effect,
    #[serde(default)]
    pub(crate) honoured: Vec<String>,
    pub(crate) reason: Option<String>,
    pub(crate) description: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    String,
    Path,
    Integer,
    Boolean,
    Enum,
    List,
    Map,
    Properties,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Format {
    #[default]
    Any,
    Port,
    Levels,
    FailoverUrls,
    DataConnections,
    KeySource,
    ClientMechanisms,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Nature {
    #[default]
    Configuration,
    Status,
    Statistic,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Wire {
    #[default]
    Number,
    Ulong,
    Uint,
    Int,
    Long,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Effect {
    #[default]
    Full,
    Accepted,
    None,
}

impl Schema {
    /// Own attributes in order, then the common ones the entity does not omit.
    pub(crate) fn attributes<'a>(&'a self, entity: &'a Entity) -> impl Iterator<Item = &'a Attribute> {
        let common = self.common.iter().filter(|attribute| !entity.omit.contains(&attribute.name));
        entity.attributes.iter().chain(common)
    }

    pub(crate) fn tags(&self, name: &str) -> Vec<&str> {
        self.enums[name]
            .as_array()
            .expect("an enum is an array")
            .iter()
            .map(|tag| tag.as_str().expect("a tag"))
            .collect()
    }
}

impl Entity {
    /// Whether a configuration can have a section of this type.
    pub(crate) fn is_section(&self) -> bool {
        !self.embedded && !self.operational
    }
}

impl Attribute {
    /// Whether the attribute is a field of the entity's struct.
    pub(crate) fn is_field(&self) -> bool {
        self.nature == Nature::Configuration
    }

    /// Whether the field always has a value.
    pub(crate) fn is_certain(&self) -> bool {
        self.required || self.default.is_some()
    }
}

/// The files to generate, with their text.
pub(crate) fn outputs() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("router-config/schema.json")).expect("schema.json is readable");
    let mut schema: Schema = serde_json::from_str(&text).expect("schema.json fits the generator");
    let operational = schema.entities.iter_mut().filter(|entity| entity.operational);
    for attribute in operational.flat_map(|entity| &mut entity.attributes) {
        if attribute.nature == Nature::Configuration {
            attribute.nature = Nature::Status;
        }
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    vec![
        (source.join("generated.rs"), rust::generate(&schema)),
        (source.join("attributes.rs"), attributes::generate(&schema)),
        (root.join("router-config/REFERENCE.md"), reference::generate(&schema)),
    ]
}
