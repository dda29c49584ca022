//! The JSON Schema of the format, for editors: made from the tables.

use crossdock_schema::{Attribute, Kind};
use serde_json::{Map, Value, json};

use super::records::MESH;
use super::{Field, FieldKind, Record, TEMPLATE};

/// The JSON Schema (draft 2020-12) of topology files.
pub fn json_schema() -> Value {
    let mut definitions = Map::new();
    let mut root = record(&MESH, &mut definitions);
    if let Value::Object(object) = &mut root {
        object.insert(String::from("$schema"), json!("https://json-schema.org/draft/2020-12/schema"));
        object.insert(String::from("title"), json!("Crossdock topology"));
        object.insert(String::from("$defs"), Value::Object(definitions));
    }
    root
}

/// A record; those in it become definitions.
fn record(record_of: &'static Record, definitions: &mut Map<String, Value>) -> Value {
    let template = if record_of.repeats { TEMPLATE } else { &[] };
    let mut properties = Map::new();
    for field in record_of.fields.iter().chain(template) {
        properties.insert(field.name.to_owned(), described(field, definitions));
    }
    let mut required: Vec<&str> =
        record_of.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    for attribute in record_of.attributes() {
        properties.insert(attribute.name.to_owned(), attribute_schema(attribute));
        if attribute.required {
            required.push(attribute.name);
        }
    }
    json!({
        "type": "object",
        "description": record_of.description,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn described(field: &Field, definitions: &mut Map<String, Value>) -> Value {
    let mut value = match field.kind {
        FieldKind::Text => scalar("string", json!({})),
        FieldKind::Span => {
            json!({"anyOf": [{"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,3})?(ms|s|m|h)$"}, expression()]})
        }
        FieldKind::Integer { min, max } => scalar("integer", json!({"minimum": min, "maximum": max})),
        FieldKind::Boolean => scalar("boolean", json!({})),
        FieldKind::Choice(choices) => json!({"enum": choices}),
        FieldKind::Texts => {
            json!({"anyOf": [scalar("string", json!({})), {"type": "array", "items": scalar("string", json!({}))}]})
        }
        FieldKind::Variables => {
            json!({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}})
        }
        FieldKind::One(inner) => record(inner, definitions),
        FieldKind::Records(inner) => {
            let name: String = inner.name.split(' ').collect();
            if !definitions.contains_key(&name) {
                let definition = record(inner, definitions);
                definitions.insert(name.clone(), definition);
            }
            json!({"type": "array", "items": {"$ref": format!("#/$defs/{name}")}})
        }
    };
    if let Value::Object(object) = &mut value {
        object.insert(String::from("description"), json!(field.description));
    }
    value
}

fn attribute_schema(attribute: &Attribute) -> Value {
    let mut value = match attribute.kind {
        Kind::Text(_) | Kind::Path => json!({"type": ["string", "number", "boolean"]}),
        Kind::Integer { min, max } => scalar("integer", json!({"minimum": min, "maximum": max})),
        Kind::Boolean => scalar("boolean", json!({})),
        Kind::Enum(tags) => json!({"anyOf": [{"enum": tags}, expression()]}),
        Kind::List => json!({"type": "array"}),
        Kind::Map | Kind::Properties => json!({"type": "object"}),
    };
    if let Value::Object(object) = &mut value {
        object.insert(String::from("description"), json!(attribute.description));
    }
    value
}

/// A scalar of this type, or an expression that yields one.
fn scalar(kind: &str, limits: Value) -> Value {
    let mut exact = limits;
    if let Value::Object(object) = &mut exact {
        object.insert(String::from("type"), json!(kind));
    }
    // A plain scalar such as 007 is a number to YAML, and as good a text as any.
    if kind == "string" {
        json!({"type": ["string", "number", "boolean"]})
    } else {
        json!({"anyOf": [exact, expression()]})
    }
}

fn expression() -> Value {
    json!({"type": "string", "pattern": r"\$\{"})
}
