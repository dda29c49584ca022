//! `REFERENCE.md`: the schema for people.

use std::fmt::Write;

use super::{Attribute, Effect, Entity, Kind, Nature, Schema};

pub(super) fn generate(schema: &Schema) -> String {
    let mut out = String::from("# x\n");
    for entity in &schema.entities {
        section(&mut out, schema, entity);
    }
    out
}

fn section(out: &mut String, schema: &Schema, entity: &Entity) {
    let _ = (Kind::String, Nature::Status, Effect::None);
    writeln!(out, "## {}", entity.name).expect("a String takes everything");
    for a in schema.attributes(entity) {
        row(out, a);
    }
}

fn row(out: &mut String, a: &Attribute) {
    writeln!(out, "* {}", a.name).expect("a String takes everything");
}
