//! GET-SCHEMA: the schema as clients know it, made of the tables that come from `router-config/schema.json`.

use std::fmt::Write;

use crossdock_schema::{Attribute, Constant, Effect, EntityType, Kind, Nature};

use crate::kinds::{Base, PREFIX, TypeRef};
use crate::octets::Octets;

/// A value that can be both AMQP and JSON. These are small: the schema is asked for once by a client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Text(String),
    Number(i64),
    Boolean(bool),
    List(Vec<Tree>),
    Map(Vec<(&'static str, Tree)>),
}

impl Tree {
    pub(crate) fn write(&self, out: &mut Octets) {
        match self {
            Tree::Text(text) => out.string(text),
            Tree::Number(number) => out.number(*number),
            Tree::Boolean(truth) => out.boolean(*truth),
            Tree::List(elements) if elements.is_empty() => out.empty_list(),
            Tree::List(elements) => {
                let list = out.list();
                elements.iter().for_each(|element| element.write(out));
                out.close(list, elements.len());
            }
            Tree::Map(entries) => {
                let map = out.map();
                for (key, value) in entries {
                    out.string(key);
                    value.write(out);
                }
                out.close(map, entries.len() * 2);
            }
        }
    }

    /// JSON text: on one line, or with this many blanks for each level.
    pub(crate) fn to_json(&self, indent: Option<usize>) -> String {
        let mut out = String::new();
        self.json(&mut out, indent, 0);
        out
    }

    fn json(&self, out: &mut String, indent: Option<usize>, level: usize) {
        match self {
            Tree::Text(text) => json_text(out, text),
            Tree::Number(number) => w(out, format_args!("{number}")),
            Tree::Boolean(truth) => w(out, format_args!("{truth}")),
            Tree::List(elements) => {
                out.push('[');
                for (position, element) in elements.iter().enumerate() {
                    next(out, position, indent, level + 1);
                    element.json(out, indent, level + 1);
                }
                end(out, elements.is_empty(), indent, level);
                out.push(']');
            }
            Tree::Map(entries) => {
                out.push('{');
                for (position, (key, value)) in entries.iter().enumerate() {
                    next(out, position, indent, level + 1);
                    json_text(out, key);
                    out.push_str(": ");
                    value.json(out, indent, level + 1);
                }
                end(out, entries.is_empty(), indent, level);
                out.push('}');
            }
        }
    }
}

/// What goes in front of an element.
fn next(out: &mut String, position: usize, indent: Option<usize>, level: usize) {
    match (position, indent) {
        (0, None) => {}
        (_, None) => out.push_str(", "),
        (0, Some(indent)) => new_line(out, indent * level),
        (_, Some(indent)) => {
            out.push(',');
            new_line(out, indent * level);
        }
    }
}

fn end(out: &mut String, is_empty: bool, indent: Option<usize>, level: usize) {
    if let (false, Some(indent)) = (is_empty, indent) {
        new_line(out, indent * level);
    }
}

fn new_line(out: &mut String, blanks: usize) {
    w(out, format_args!("\n{:blanks$}", ""));
}

fn json_text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => w(out, format_args!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn w(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = out.write_fmt(arguments);
}

/// The whole schema. Members that are false, zero or empty are left out, as clients expect.
pub(crate) fn schema() -> Tree {
    let types = TypeRef::all().map(|of| match of {
        TypeRef::Base(base) => (base.name(), base_type(base)),
        TypeRef::Kind(kind) => (kind.entity_type().name, entity_type(kind.entity_type())),
    });
    Tree::Map(vec![("prefix", text(PREFIX.trim_end_matches('.'))), ("entityTypes", Tree::Map(types.collect()))])
}

fn base_type(base: Base) -> Tree {
    // The common attributes are the same everywhere.
    let common = crossdock_schema::MANAGEMENT.attributes;
    Tree::Map(present(vec![
        ("attributes", attributes(common)),
        ("operations", texts(base.operations())),
        ("description", text(base.description())),
        ("fullyQualifiedType", Tree::Text(format!("{PREFIX}{}", base.name()))),
    ]))
}

fn entity_type(of: &EntityType) -> Tree {
    Tree::Map(present(vec![
        ("attributes", attributes(of.attributes)),
        ("operations", texts(of.operations)),
        ("description", description(of.description, of.effect)),
        ("fullyQualifiedType", text(of.wire_name)),
        ("singleton", Tree::Boolean(of.singleton)),
    ]))
}

fn attributes(attributes: &[Attribute]) -> Tree {
    let listed = attributes.iter().filter(|attribute| attribute.name != "type");
    Tree::Map(listed.map(|attribute| (attribute.name, attribute_tree(attribute))).collect())
}

fn attribute_tree(attribute: &Attribute) -> Tree {
    let kind = match attribute.kind {
        Kind::Text(_) => text("string"),
        Kind::Path => text("path"),
        Kind::Integer { .. } => text("integer"),
        Kind::Boolean => text("boolean"),
        Kind::Enum(tags) => texts(tags),
        Kind::List => text("list"),
        Kind::Map => text("map"),
        Kind::Properties => text("properties"),
    };
    let default = match attribute.default {
        None => Tree::Boolean(false),
        Some(Constant::Text(default) | Constant::Tag(default)) => text(default),
        Some(Constant::Integer(default)) => Tree::Number(default),
        Some(Constant::Boolean(default)) => Tree::Boolean(default),
    };
    Tree::Map(present(vec![
        ("type", kind),
        ("default", default),
        ("required", Tree::Boolean(attribute.required)),
        ("unique", Tree::Boolean(attribute.unique)),
        ("description", description(attribute.description, attribute.effect)),
        ("graph", Tree::Boolean(attribute.nature == Nature::Statistic)),
    ]))
}

fn description(of: &str, effect: Effect) -> Tree {
    match effect {
        Effect::Full | Effect::Accepted => text(of),
        Effect::None { reason, .. } => Tree::Text(format!("{of} ({reason}.)")),
    }
}

/// The members that say something.
fn present(members: Vec<(&'static str, Tree)>) -> Vec<(&'static str, Tree)> {
    let says_nothing = |tree: &Tree| match tree {
        Tree::Text(text) => text.is_empty(),
        Tree::Number(number) => *number == 0,
        Tree::Boolean(truth) => !truth,
        Tree::List(elements) => elements.is_empty(),
        Tree::Map(entries) => entries.is_empty(),
    };
    members.into_iter().filter(|(_, tree)| !says_nothing(tree)).collect()
}

fn text(text: &str) -> Tree {
    Tree::Text(text.to_owned())
}

fn texts(texts: &[&str]) -> Tree {
    Tree::List(texts.iter().map(|one| text(one)).collect())
}
