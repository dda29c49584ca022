//! `generated.rs`: enums, structs and tables.

use std::fmt::Write;

use super::{Attribute, Effect, Entity, Format, Kind, Nature, Schema, Wire};

pub(super) fn generate(schema: &Schema) -> String {
    let mut out = String::from(
        "//! Entities of the configuration. Generated from `router-config/schema.json`; do not edit:\n\
         //! `cargo run -p crossdock-schema --example generate`.\n\n\
         use std::collections::BTreeMap;\n\n\
         use crate::check::Checked;\n\
         use crate::entity::{Attribute, Column, Constant, Effect, EntityType, Format, Kind, Nature, Wire, tagged_enum};\n\
         use crate::value::{Secret, Value};\n",
    );
    for name in schema.enums.keys() {
        enumeration(&mut out, name, &schema.tags(name));
    }
    for entity in schema.entities.iter().filter(|entity| !entity.operational) {
        structure(&mut out, schema, entity);
    }
    sum(&mut out, schema);
    for entity in &schema.entities {
        table(&mut out, schema, entity);
    }
    out
}

fn enumeration(out: &mut String, name: &str, tags: &[&str]) {
    w(out, format_args!("\ntagged_enum! {{\n    /// Values of `{name}` attributes.\n    pub enum {name} {{\n"));
    for tag in tags {
        w(out, format_args!("        {} = \"{tag}\",\n", variant(tag)));
    }
    out.push_str("    }\n}\n");
}

fn structure(out: &mut String, schema: &Schema, entity: &Entity) {
    let name = pascal(&entity.name);
    let fields: Vec<&Attribute> = schema.attributes(entity).filter(|attribute| attribute.is_field()).collect();
    let float = fields.iter().any(|a| matches!(a.kind, Kind::Map | Kind::Properties | Kind::List));
    let eq = if float { "" } else { ", Eq" };
    w(
        out,
        format_args!("\n/// {}\n#[derive(Debug, Clone, PartialEq{eq})]\npub struct {name} {{\n", entity.description),
    );
    for field in &fields {
        w(
            out,
            format_args!(
                "    /// {}\n    pub {}: {},\n",
                doc(&field.description),
                snake(&field.name),
                field_type(field)
            ),
        );
    }
    out.push_str("}\n");

    if fields.iter().all(|field| !field.required) {
        w(out, format_args!("\nimpl Default for {name} {{\n    fn default() -> Self {{\n        {name} {{\n"));
        for field in &fields {
            w(out, format_args!("            {}: {},\n", snake(&field.name), default(field)));
        }
        out.push_str("        }\n    }\n}\n");
    }

    w(
        out,
        format_args!(
            "\nimpl {name} {{\n    /// Type of this entity.\n    pub const TYPE: &'static EntityType = &{};\n",
            constant(&entity.name)
        ),
    );
    w(
        out,
        format_args!("\n    /// Names and values of all attributes that have a value, in order; secrets as a mask.\n"),
    );
    w(
        out,
        format_args!(
            "    pub fn values(&self) -> Vec<(&'static str, Value)> {{\n        let mut values = Vec::new();\n"
        ),
    );
    for field in &fields {
        let (place, value) = if field.is_certain() {
            (format!("self.{}", snake(&field.name)), None)
        } else {
            (String::from("value"), Some(format!("&self.{}", snake(&field.name))))
        };
        let push = format!("values.push((\"{}\", {}));", field.name, to_value(field, &place));
        match value {
            None => w(out, format_args!("        {push}\n")),
            Some(option) if field.secret => w(
                out,
                format_args!(
                    "        if {}.is_some() {{\n            {push}\n        }}\n",
                    option.trim_start_matches('&')
                ),
            ),
            Some(option) => {
                w(out, format_args!("        if let Some(value) = {option} {{\n            {push}\n        }}\n"))
            }
        }
    }
    out.push_str("        values\n    }\n");
    let unused = if entity.embedded { "    #[allow(dead_code)]\n" } else { "" };
    w(
        out,
        format_args!(
            "\n{unused}    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {{\n        Some({name} {{\n"
        ),
    );
    for field in &fields {
        let question = if field.is_certain() { "?" } else { "" };
        w(
            out,
            format_args!(
                "            {}: checked.{}(\"{}\"){}{question},\n",
                snake(&field.name),
                reader(field),
                field.name,
                mapped(field)
            ),
        );
    }
    out.push_str("        })\n    }\n}\n");
}

fn sum(out: &mut String, schema: &Schema) {
    let sections: Vec<&Entity> = schema.entities.iter().filter(|entity| entity.is_section()).collect();
    out.push_str("\n/// A section of a configuration.\n#[derive(Debug, Clone, PartialEq)]\npub enum Entity {\n");
    for entity in &sections {
        w(out, format_args!("    /// `{0}`\n    {1}({1}),\n", entity.name, pascal(&entity.name)));
    }
    out.push_str("}\n\nimpl Entity {\n");
    for (doc, signature, body) in [
        ("Type of this entity.", "entity_type(&self) -> &'static EntityType", "::TYPE"),
        ("Its name, if it has been given one.", "name(&self) -> Option<&str>", "entity.name.as_deref()"),
        ("Its identity, if it has been given one.", "identity(&self) -> Option<&str>", "entity.identity.as_deref()"),
        (
            "Names and values of all attributes that have a value, in order; secrets as a mask.",
            "values(&self) -> Vec<(&'static str, Value)>",
            "entity.values()",
        ),
    ] {
        w(out, format_args!("    /// {doc}\n    pub fn {signature} {{\n        match self {{\n"));
        for entity in &sections {
            let name = pascal(&entity.name);
            if body.starts_with("::") {
                w(out, format_args!("            Entity::{name}(_) => {name}{body},\n"));
            } else {
                w(out, format_args!("            Entity::{name}(entity) => {body},\n"));
            }
        }
        out.push_str("        }\n    }\n\n");
    }
    out.push_str("    pub(crate) fn from_checked(entity_type: &EntityType, checked: &Checked) -> Option<Self> {\n        match entity_type.name {\n");
    for entity in &sections {
        let name = pascal(&entity.name);
        w(out, format_args!("            \"{}\" => {name}::from_checked(checked).map(Entity::{name}),\n", entity.name));
    }
    out.push_str("            _ => None,\n        }\n    }\n}\n");
    out.push_str("\n/// All types of entities.\npub static ENTITY_TYPES: &[&EntityType] = &[\n");
    for entity in &schema.entities {
        w(out, format_args!("    &{},\n", constant(&entity.name)));
    }
    out.push_str("];\n");
}

fn table(out: &mut String, schema: &Schema, entity: &Entity) {
    let wire_name = format!("{}.{}", schema.prefix, entity.wire_name.as_deref().unwrap_or(&entity.name));
    w(
        out,
        format_args!(
            "\n/// Type `{}`.\npub static {}: EntityType = EntityType {{\n",
            entity.name,
            constant(&entity.name)
        ),
    );
    w(
        out,
        format_args!(
            "    name: {:?},\n    wire_name: {wire_name:?},\n    singleton: {},\n    embedded: {},\n    operational: {},\n    core: {},\n",
            entity.name, entity.singleton, entity.embedded, entity.operational, entity.core
        ),
    );
    w(
        out,
        format_args!(
            "    operations: &{:?},\n    effect: {},\n",
            entity.operations,
            effect(entity.effect, entity.reason.as_deref(), &[])
        ),
    );
    w(out, format_args!("    description: {:?},\n    attributes: &[\n", entity.description));
    for a in schema.attributes(entity) {
        w(
            out,
            format_args!(
                "        Attribute {{ name: {:?}, wire_name: {:?}, kind: {}, default: {}, ",
                a.name,
                a.wire_name.as_deref().unwrap_or(&a.name),
                kind(schema, a),
                table_default(a)
            ),
        );
        w(
            out,
            format_args!(
                "required: {}, unique: {}, create: {}, update: {}, alias: {:?}, ",
                a.required, a.unique, a.create, a.update, a.alias
            ),
        );
        let nature = match a.nature {
            Nature::Configuration => "Nature::Configuration",
            Nature::Status => "Nature::Status",
            Nature::Statistic => "Nature::Statistic",
        };
        let wire = match a.wire {
            Wire::Number => "Wire::Number",
            Wire::Ulong => "Wire::Ulong",
            Wire::Uint => "Wire::Uint",
            Wire::Int => "Wire::Int",
            Wire::Long => "Wire::Long",
        };
        w(
            out,
            format_args!(
                "wire: {wire}, nature: {nature}, secret: {}, extension: {}, effect: {}, ",
                a.secret,
                a.extension,
                effect(a.effect, a.reason.as_deref(), &a.honoured)
            ),
        );
        w(out, format_args!("description: {:?} }},\n", a.description));
    }
    out.push_str("    ],\n    columns: &[\n");
    for (name, attribute) in columns(schema, entity) {
        w(out, format_args!("        Column {{ name: {name:?}, attribute: {attribute} }},\n"));
    }
    out.push_str("    ],\n};\n");
}

/// Names of the columns, each with the index of its attribute.
fn columns(schema: &Schema, entity: &Entity) -> Vec<(String, usize)> {
    let attributes: Vec<&Attribute> = schema.attributes(entity).collect();
    let wire_name = |a: &Attribute| a.wire_name.clone().unwrap_or_else(|| a.name.clone());
    if entity.columns.is_empty() {
        return attributes.iter().enumerate().map(|(index, a)| (wire_name(a), index)).collect();
    }
    let find = |name: &String| {
        attributes.iter().position(|a| wire_name(a) == *name || a.name == *name || a.alias.as_ref() == Some(name))
    };
    let column = |name: &String| {
        let index = find(name).unwrap_or_else(|| panic!("{}: no attribute for column {name}", entity.name));
        (name.clone(), index)
    };
    entity.columns.iter().map(column).collect()
}

fn kind(schema: &Schema, a: &Attribute) -> String {
    match a.kind {
        Kind::String => match a.format {
            Format::Any => "Kind::Text(Format::Any)".into(),
            Format::Port => "Kind::Text(Format::Port)".into(),
            Format::Levels => "Kind::Text(Format::Levels)".into(),
            Format::FailoverUrls => "Kind::Text(Format::FailoverUrls)".into(),
            Format::DataConnections => "Kind::Text(Format::DataConnections)".into(),
            Format::KeySource => "Kind::Text(Format::KeySource)".into(),
            Format::ClientMechanisms => "Kind::Text(Format::ClientMechanisms)".into(),
        },
        Kind::Path => "Kind::Path".into(),
        Kind::Integer => {
            let (min, max) = (a.min.unwrap_or(0), a.max.unwrap_or(i64::MAX));
            format!("Kind::Integer {{ min: {min}, max: {max} }}")
        }
        Kind::Boolean => "Kind::Boolean".into(),
        Kind::Enum => format!("Kind::Enum(&{:?})", schema.tags(a.tags.as_deref().expect("an enum has a name"))),
        Kind::List => "Kind::List".into(),
        Kind::Map => "Kind::Map".into(),
        Kind::Properties => "Kind::Properties".into(),
    }
}

fn effect(effect: Effect, reason: Option<&str>, honoured: &[String]) -> String {
    match effect {
        Effect::Full => "Effect::Full".into(),
        Effect::Accepted => "Effect::Accepted".into(),
        Effect::None => {
            format!(
                "Effect::None {{ reason: {:?}, honoured: &{honoured:?} }}",
                reason.expect("effect none has a reason")
            )
        }
    }
}

/// Type of the field, `Option` when a value is not certain.
fn field_type(a: &Attribute) -> String {
    let bare = match a.kind {
        Kind::String | Kind::Path if a.secret => "Secret".into(),
        Kind::String | Kind::Path => "String".into(),
        Kind::Integer => integer(a).into(),
        Kind::Boolean => "bool".into(),
        Kind::Enum => a.tags.clone().expect("an enum has a name"),
        Kind::List => "Vec<Value>".into(),
        Kind::Map | Kind::Properties => "BTreeMap<String, Value>".into(),
    };
    if a.is_certain() { bare } else { format!("Option<{bare}>") }
}

/// The smallest of the usual integer types that holds the range.
pub(super) fn integer(a: &Attribute) -> &'static str {
    let (min, max) = (a.min.expect("a configured integer has min"), a.max.expect("a configured integer has max"));
    match (min >= 0, max <= i64::from(u32::MAX), i32::try_from(min).is_ok() && i32::try_from(max).is_ok()) {
        (true, true, _) => "u32",
        (true, false, _) => "u64",
        (false, _, true) => "i32",
        (false, _, false) => "i64",
    }
}

fn default(a: &Attribute) -> String {
    let Some(value) = &a.default else { return "None".into() };
    match a.kind {
        Kind::String | Kind::Path => format!("String::from({value})"),
        Kind::Enum => {
            format!("{}::{}", a.tags.as_deref().expect("an enum has a name"), variant(value.as_str().expect("a tag")))
        }
        Kind::Integer | Kind::Boolean => value.to_string(),
        Kind::List | Kind::Map | Kind::Properties => panic!("{}: no defaults for collections", a.name),
    }
}

fn table_default(a: &Attribute) -> String {
    let Some(value) = &a.default else { return "None".into() };
    let constant = match a.kind {
        Kind::String | Kind::Path => "Text",
        Kind::Enum => "Tag",
        Kind::Integer => "Integer",
        Kind::Boolean => "Boolean",
        Kind::List | Kind::Map | Kind::Properties => panic!("{}: no defaults for collections", a.name),
    };
    format!("Some(Constant::{constant}({value}))")
}

fn to_value(a: &Attribute, place: &str) -> String {
    // A certain field is a place, an optional one is bound to a reference.
    let number = if a.is_certain() { place.to_owned() } else { format!("*{place}") };
    match a.kind {
        Kind::String | Kind::Path if a.secret => "Value::Text(Secret::MASK.to_owned())".into(),
        Kind::String | Kind::Path => format!("Value::Text({place}.clone())"),
        Kind::Integer if integer(a) == "u64" => format!("Value::Integer(i64::try_from({number}).unwrap_or(i64::MAX))"),
        Kind::Integer => format!("Value::Integer(i64::from({number}))"),
        Kind::Boolean => format!("Value::Boolean({number})"),
        Kind::Enum => format!("Value::Text({place}.as_str().to_owned())"),
        Kind::List => format!("Value::List({place}.clone())"),
        Kind::Map | Kind::Properties => format!("Value::Map({place}.clone())"),
    }
}

fn reader(a: &Attribute) -> &'static str {
    match a.kind {
        Kind::String | Kind::Path | Kind::Enum => "text",
        Kind::Integer => "integer",
        Kind::Boolean => "boolean",
        Kind::List => "list",
        Kind::Map | Kind::Properties => "map",
    }
}

fn mapped(a: &Attribute) -> String {
    match a.kind {
        Kind::String | Kind::Path if a.secret => ".map(Secret::new)".into(),
        Kind::Enum => format!(".and_then(|tag| {}::from_tag(&tag))", a.tags.as_deref().expect("an enum has a name")),
        Kind::String | Kind::Path | Kind::Integer | Kind::Boolean | Kind::List | Kind::Map | Kind::Properties => {
            String::new()
        }
    }
}

fn w(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("a String takes everything");
}

/// Brackets of a description are no links.
fn doc(description: &str) -> String {
    description.replace('[', "\\[").replace(']', "\\]")
}

/// `sslProfile` to `SslProfile`, `router.link` to `RouterLink`.
pub(super) fn pascal(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('.').map(capital).collect()
}

/// `sslProfile` to `SSL_PROFILE`.
pub(super) fn constant(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// `timestampsInUTC` to `timestamps_in_utc`, `deliveriesDelayed10Sec` to `deliveries_delayed10_sec`, `router.link` to
/// `router_link`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut before_upper = true;
    for letter in name.chars() {
        if letter == '.' {
            before_upper = true;
            out.push('_');
            continue;
        }
        if letter.is_ascii_uppercase() && !before_upper {
            out.push('_');
        }
        before_upper = letter.is_ascii_uppercase();
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// `inter-router` to `InterRouter`, `CONN_MGR` to `ConnMgr`, `IPv4` stays.
fn variant(tag: &str) -> String {
    let shouting = tag.chars().all(|letter| !letter.is_ascii_lowercase());
    tag.split(['-', '_']).map(|word| if shouting { pascal(&word.to_ascii_lowercase()) } else { pascal(word) }).collect()
}
