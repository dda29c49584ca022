//! GET-SCHEMA and its relatives say what `router-config/schema.json` says.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use crossdock_management::handle_request;
use crossdock_schema::{AttributeName, EntityKind, RouterLinkAttr};
use serde_json::Value;
use support::amqp::Tree;
use support::memory::Memory;
use support::message::{Answer, Value as Sent, map, request};

fn ask<const N: usize>(properties: [(&str, Sent); N]) -> Tree {
    let response = handle_request(&request(properties, map([])), &mut Memory::default()).expect("an answer");
    let answer = Answer::read(&response.message);
    assert_eq!(answer.status(), 200, "{}", answer.description());
    answer.body
}

/// The tree as JSON, where encodings play no part.
fn json(tree: &Tree) -> Value {
    match tree {
        Tree::EmptyList => Value::Array(Vec::new()),
        Tree::List(elements) => Value::Array(elements.iter().map(json).collect()),
        Tree::Map(entries) => Value::Object(entries.iter().map(|(key, value)| (key.clone(), json(value))).collect()),
        Tree::Scalar(_) | Tree::Described(..) => match (tree.text(), tree.number(), tree.boolean()) {
            (Some(text), ..) => text.into(),
            (None, Some(number), _) => number.into(),
            (None, None, Some(truth)) => truth.into(),
            _ => panic!("{tree}"),
        },
    }
}

fn source() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../router-config/schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("schema.json")).expect("JSON")
}

fn says_something(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != 0 && *value != ""
}

#[test]
fn get_schema_equals_the_source() {
    let schema = json(&ask([("operation", "GET-SCHEMA".into())]));
    let source = source();
    assert_eq!(schema["prefix"], source["prefix"]);
    let entities = source["entities"].as_array().expect("entities");
    // Besides these there are the four bases.
    assert_eq!(schema["entityTypes"].as_object().expect("types").len(), entities.len() + 4);
    for entity in entities {
        let name = entity["name"].as_str().expect("a name");
        let shown = &schema["entityTypes"][name];
        let wire_name = entity["wireName"].as_str().unwrap_or(name);
        assert_eq!(shown["fullyQualifiedType"], format!("org.apache.qpid.dispatch.{wire_name}"), "{name}");
        assert_eq!(shown["operations"], entity["operations"], "{name}");
        assert_eq!(shown["singleton"] == true, entity["singleton"] == true, "{name}");
        let starts =
            |shown: &Value, said: &Value| shown.as_str().expect("a text").starts_with(said.as_str().expect("a text"));
        assert!(starts(&shown["description"], &entity["description"]), "{name}");
        let omitted: Vec<&Value> = entity["omit"].as_array().into_iter().flatten().collect();
        let common = source["common"].as_array().expect("common");
        let common =
            common.iter().filter(|attribute| attribute["name"] != "type" && !omitted.contains(&&attribute["name"]));
        let attributes = entity["attributes"].as_array().expect("attributes");
        let mut count = 0;
        for attribute in attributes.iter().chain(common) {
            count += 1;
            let place = format!("{name}.{}", attribute["name"].as_str().expect("a name"));
            let shown = &shown["attributes"][attribute["name"].as_str().expect("a name")];
            let kind = match attribute["enum"].as_str() {
                Some(tags) => &source["enums"][tags],
                None => &attribute["type"],
            };
            assert_eq!(&shown["type"], kind, "{place}");
            for key in ["default", "required", "unique"] {
                let wanted = &attribute[key];
                assert_eq!(&shown[key], if says_something(wanted) { wanted } else { &Value::Null }, "{place}.{key}");
            }
            assert_eq!(shown["graph"] == true, attribute["nature"] == "statistic", "{place}");
            assert!(starts(&shown["description"], &attribute["description"]), "{place}");
        }
        assert_eq!(shown["attributes"].as_object().map_or(0, serde_json::Map::len), count, "{name}");
    }
}

#[test]
fn vhost_group_settings_show_the_defaults_that_qdstat_reads() {
    let schema = json(&ask([("operation", "get-schema".into())]));
    let settings = &schema["entityTypes"]["vhostUserGroupSettings"]["attributes"];
    assert_eq!(settings["maxSenders"]["default"], 2_147_483_647);
    assert_eq!(settings["allowAdminStatusUpdate"]["default"], true);
}

#[test]
fn get_json_schema_is_the_same_as_text() {
    let schema = json(&ask([("operation", "GET-SCHEMA".into())]));
    for indent in [Sent::Null, 2.into(), "4".into(), i64::MAX.into(), (-1).into()] {
        let text = ask([("operation", "GET-JSON-SCHEMA".into()), ("indent", indent)]);
        let parsed: Value = serde_json::from_str(text.text().expect("a text")).expect("JSON");
        assert_eq!(parsed, schema);
    }
    let lines = |indent: Sent| {
        ask([("operation", "GET-JSON-SCHEMA".into()), ("indent", indent)]).text().expect("a text").lines().count()
    };
    assert_eq!(lines(Sent::Null), 1);
    assert!(lines(2.into()) > 1000);
}

#[test]
fn every_kind_has_sound_columns() {
    for kind in EntityKind::ALL {
        let entity_type = kind.entity_type();
        let names: BTreeSet<&str> = entity_type.columns.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), entity_type.columns.len(), "{}: a column twice", entity_type.name);
        assert!(!names.is_empty());
        for column in entity_type.columns {
            let attribute = &entity_type.attributes[column.attribute];
            let names = [Some(attribute.name), Some(attribute.wire_name), attribute.alias];
            assert!(names.contains(&Some(column.name)), "{}.{}", entity_type.name, column.name);
        }
    }
    let columns = |kind: EntityKind| kind.entity_type().columns.len();
    assert_eq!(columns(EntityKind::Router), 33);
    assert_eq!(columns(EntityKind::RouterLink), 29);
    assert_eq!(columns(EntityKind::Connection), 25);
    assert_eq!(columns(EntityKind::RouterAddress), 21);
}

#[test]
fn attribute_enums_stand_in_the_order_of_the_table() {
    let table = EntityKind::RouterLink.entity_type().attributes;
    assert_eq!(RouterLinkAttr::ALL.len() + 1, table.len());
    for (attribute, row) in RouterLinkAttr::ALL.iter().zip(table) {
        assert_eq!(format!("{attribute:?}").to_lowercase(), row.name.to_lowercase());
    }
}

#[test]
fn types_filter_with_derived_types_and_attributes_without() {
    let types = ask([("operation", "GET-TYPES".into()), ("entityType", "operationalEntity".into())]);
    let names: Vec<&str> = types.entries().iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"org.apache.qpid.dispatch.router.link"));
    assert!(names.contains(&"org.apache.qpid.dispatch.org.amqp.management"));
    assert!(!names.contains(&"org.apache.qpid.dispatch.listener"));
    let attributes = ask([("operation", "GET-ATTRIBUTES".into()), ("entityType", "entity".into())]);
    assert_eq!(attributes.entries().len(), 1);
    assert_eq!(attributes.entries()[0].1.texts(), ["name", "identity", "type"]);
}
