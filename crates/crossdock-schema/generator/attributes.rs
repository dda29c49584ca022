//! `attributes.rs`: the attribute names of each entity type as an enum, for what answers management.

use std::fmt::Write;

use super::rust::{constant, integer, pascal, snake};
use super::{Attribute, Entity, Kind, Schema};

pub(super) fn generate(schema: &Schema) -> String {
    let mut out = String::from(
        "//! Attribute names of all entity types. Generated from `router-config/schema.json`; do not edit:\n\
         //! `cargo run -p crossdock-schema --example generate`.\n\n\
         use crate::entity::{AttributeName, EntityType, Supply, attribute_enum};\n\
         use crate::generated::*;\n\
         use crate::value::Field;\n",
    );
    kinds(&mut out, schema);
    for entity in schema.entities.iter().filter(|entity| !entity.embedded) {
        names(&mut out, schema, entity);
        if !entity.operational {
            supply(&mut out, schema, entity);
        }
    }
    out
}

fn kinds(out: &mut String, schema: &Schema) {
    out.push_str(
        "\n/// The entity types, in the order of the schema.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum EntityKind {\n",
    );
    for entity in &schema.entities {
        w(out, format_args!("    /// `{}`\n    {},\n", entity.name, pascal(&entity.name)));
    }
    out.push_str("}\n\nimpl EntityKind {\n    /// All of them.\n    pub const ALL: &'static [EntityKind] = &[\n");
    for entity in &schema.entities {
        w(out, format_args!("        EntityKind::{},\n", pascal(&entity.name)));
    }
    out.push_str(
        "    ];\n\n    /// What is known of the type.\n    pub const fn entity_type(self) -> &'static EntityType {\n        match self {\n",
    );
    for entity in &schema.entities {
        w(out, format_args!("            EntityKind::{} => &{},\n", pascal(&entity.name), constant(&entity.name)));
    }
    out.push_str("        }\n    }\n}\n");
}

/// Everything but `type`, which is last.
fn supplied<'a>(schema: &'a Schema, entity: &'a Entity) -> impl Iterator<Item = &'a Attribute> {
    schema.attributes(entity).filter(|attribute| attribute.name != "type")
}

fn names(out: &mut String, schema: &Schema, entity: &Entity) {
    let kind = pascal(&entity.name);
    w(
        out,
        format_args!(
            "\nattribute_enum! {{\n    /// Attributes of `{}`.\n    pub enum {kind}Attr of {kind} {{\n",
            entity.name
        ),
    );
    for attribute in supplied(schema, entity) {
        w(out, format_args!("        {} = \"{}\",\n", pascal(&attribute.name), attribute.name));
    }
    out.push_str("    }\n}\n");
}

fn supply(out: &mut String, schema: &Schema, entity: &Entity) {
    let kind = pascal(&entity.name);
    w(
        out,
        format_args!(
            "\n/// Attributes of `{}` that its configuration does not settle.\n\
             #[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum {kind}State {{\n",
            entity.name
        ),
    );
    for attribute in supplied(schema, entity).filter(|attribute| is_running(attribute)) {
        w(out, format_args!("    /// `{}`\n    {},\n", attribute.name, pascal(&attribute.name)));
    }
    w(
        out,
        format_args!(
            "}}\n\nimpl {kind} {{\n    /// Value of an attribute, if it is the configuration that has it.\n    \
             pub fn supply(&self, attribute: {kind}Attr) -> Supply<'_, {kind}State> {{\n        match attribute {{\n"
        ),
    );
    for attribute in supplied(schema, entity) {
        let name = pascal(&attribute.name);
        let value = if is_running(attribute) {
            format!("Supply::Running({kind}State::{name})")
        } else {
            format!("Supply::Configured({})", field(attribute))
        };
        w(out, format_args!("            {kind}Attr::{name} => {value},\n"));
    }
    out.push_str("        }\n    }\n}\n");
}

/// A name or identity may be configured, but it is the router that gives one to every entity.
fn is_running(attribute: &Attribute) -> bool {
    !attribute.is_field() || attribute.name == "name" || attribute.name == "identity"
}

fn field(a: &Attribute) -> String {
    let place = format!("self.{}", snake(&a.name));
    if !a.is_certain() {
        let value = present(a, "value", "*value");
        let pattern = if a.secret { "_" } else { "value" };
        return format!("match &{place} {{ Some({pattern}) => {value}, None => Field::Absent }}");
    }
    let borrowed = format!("&{place}");
    present(a, if matches!(a.kind, Kind::Enum) { &place } else { &borrowed }, &place)
}

fn present(a: &Attribute, borrowed: &str, copied: &str) -> String {
    match a.kind {
        Kind::String | Kind::Path if a.secret => String::from("Field::Secret"),
        Kind::String | Kind::Path => format!("Field::Text({borrowed})"),
        Kind::Enum => format!("Field::Text({borrowed}.as_str())"),
        Kind::Integer if integer(a) == "u64" => {
            format!("Field::Integer(i64::try_from({copied}).unwrap_or(i64::MAX))")
        }
        Kind::Integer => format!("Field::Integer(i64::from({copied}))"),
        Kind::Boolean => format!("Field::Boolean({copied})"),
        Kind::List => format!("Field::List({borrowed})"),
        Kind::Map | Kind::Properties => format!("Field::Map({borrowed})"),
    }
}

fn w(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("a String takes everything");
}
