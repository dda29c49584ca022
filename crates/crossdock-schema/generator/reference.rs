//! `REFERENCE.md`: the schema for people.

use std::fmt::Write;

use super::{Attribute, Effect, Entity, Format, Kind, Nature, Schema};

const PREFACE: &str = "\
# Configuration reference

Generated from [schema.json](schema.json); do not edit: `cargo run -p crossdock-schema --example generate`.
How a file is written is told in [README.md](README.md).

Every section of a configuration file is one entity of the types below. *Required* attributes must be given; all others
have the default shown, or no value when none is shown. Where a row says

* *no effect*, the attribute is accepted and nothing comes of it;
* *only …*, other values are refused with an error until Crossdock can do what they say: nothing is silently ignored;
* *was …*, that older spelling is accepted with a warning;
* *Crossdock only*, qdrouterd does not know the attribute and refuses a file that has it.

Every section may also have a `name` and an `identity`, each unique over all sections of all types.
";

const OPERATIONAL: &str = "
# The running router

Entities of these types are shown by management (`qdstat`, `qdmanage query`) and are never sections of a file. They too have
a `name`, an `identity` and a `type`.
";

pub(super) fn generate(schema: &Schema) -> String {
    let mut out = String::from(PREFACE);
    for entity in schema.entities.iter().filter(|entity| !entity.operational) {
        section(&mut out, schema, entity);
    }
    out.push_str(OPERATIONAL);
    for entity in schema.entities.iter().filter(|entity| entity.operational) {
        w(&mut out, format_args!("\n## {}\n\n{}\n", entity.name, escape(&entity.description)));
        shown(&mut out, schema, entity);
    }
    out
}

fn section(out: &mut String, schema: &Schema, entity: &Entity) {
    w(out, format_args!("\n## {}\n\n{}\n", entity.name, escape(&entity.description)));
    if let Some(reason) = &entity.reason {
        w(out, format_args!("\n**Refused in this version:** {reason}.\n"));
    }
    let configured: Vec<&Attribute> = entity.attributes.iter().filter(|attribute| attribute.is_field()).collect();
    out.push_str("\n| Attribute | Type | Default | Meaning |\n|---|---|---|---|\n");
    for attribute in configured {
        row(out, schema, attribute);
    }
    shown(out, schema, entity);
}

fn shown(out: &mut String, schema: &Schema, entity: &Entity) {
    let shown: Vec<&Attribute> = entity.attributes.iter().filter(|attribute| !attribute.is_field()).collect();
    if shown.is_empty() {
        return;
    }
    out.push_str("\nShown by management:\n\n| Attribute | Type | Meaning |\n|---|---|---|\n");
    for attribute in shown {
        let counter = if attribute.nature == Nature::Statistic { " (statistic)" } else { "" };
        let kind = type_text(schema, attribute);
        let update = if attribute.update { " *May be updated by management.*" } else { "" };
        w(out, format_args!("| {} | {kind}{counter} | {}{update} |\n", attribute.name, escape(&attribute.description)));
    }
}

fn row(out: &mut String, schema: &Schema, a: &Attribute) {
    let default = match &a.default {
        None if a.required => String::from("*required*"),
        None => String::new(),
        Some(serde_json::Value::String(text)) if text.is_empty() => String::from("(empty)"),
        Some(serde_json::Value::String(text)) => format!("`{text}`"),
        Some(serde_json::Value::Bool(true)) => String::from("yes"),
        Some(serde_json::Value::Bool(false)) => String::from("no"),
        Some(other) => other.to_string(),
    };
    let mut notes = Vec::new();
    match a.effect {
        Effect::Full => {}
        Effect::Accepted => notes.push(String::from("*No effect.*")),
        Effect::None => {
            let mut allowed: Vec<String> = if a.default.is_some() { vec![default.clone()] } else { Vec::new() };
            allowed.extend(a.honoured.iter().map(|value| format!("`{value}`")));
            let only = if allowed.is_empty() { "Not to be given" } else { "Only" };
            let reason = a.reason.as_deref().unwrap_or_default();
            notes.push(format!("*{}: {reason}.*", [only.to_owned(), allowed.join(" or ")].join(" ").trim_end()));
        }
    }
    if let Some(alias) = &a.alias {
        notes.push(format!("*Was `{alias}`.*"));
    }
    if let Some(name) = &a.wire_name {
        notes.push(format!("*In management `{name}`.*"));
    }
    if a.extension {
        notes.push(String::from("*Crossdock only.*"));
    }
    if a.secret {
        notes.push(String::from("*Never shown.*"));
    }
    if a.update {
        notes.push(String::from("*May be updated by management.*"));
    }
    let meaning = [vec![escape(&a.description)], notes].concat().join(" ");
    w(out, format_args!("| {} | {} | {default} | {meaning} |\n", a.name, type_text(schema, a)));
}

fn type_text(schema: &Schema, a: &Attribute) -> String {
    match a.kind {
        Kind::String => match a.format {
            Format::Any | Format::FailoverUrls | Format::ClientMechanisms => String::from("text"),
            Format::DataConnections => String::from("integer, 0 to 64, or `auto`"),
            Format::KeySource => String::from("`to`, `group-id`, `property:NAME` or `annotation:NAME`"),
            Format::Port => String::from("port"),
            Format::Levels => String::from("log levels"),
        },
        Kind::Path => String::from("path"),
        Kind::Integer => match (a.min, a.max) {
            (Some(min), Some(max)) if max == i64::MAX => format!("integer, {min} or more"),
            (Some(min), Some(max)) => format!("integer, {min} to {max}"),
            _ => String::from("integer"),
        },
        Kind::Boolean => String::from("boolean"),
        Kind::Enum => {
            let tags = schema.tags(a.tags.as_deref().expect("an enum has a name"));
            tags.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(", ")
        }
        Kind::List => String::from("list"),
        Kind::Map => String::from("map"),
        Kind::Properties => String::from("map with ASCII keys"),
    }
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}

fn w(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("a String takes everything");
}
