//! Every request that the tools of qdrouterd 1.19 were recorded with gets the answer that they got: same status, same order of
//! status properties, same names, and values of the same type and encoding. What differs on purpose stands in
//! `replay/differences.txt`, each with its reason; what is listed there and does not differ is an error too.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use crossdock_management::handle_request;
use crossdock_schema::{Entity, EntityKind, LogModule, Role, RouterMode, Value, check_entity};
use support::amqp::Tree;
use support::capture::{exchanges, names};
use support::memory::Memory;
use support::message::Answer;
use support::reviewed::{Found, judge};

#[test]
fn every_recorded_request_gets_the_recorded_answer() {
    let mut found = Found::new();
    let mut count = 0;
    for name in names() {
        for exchange in exchanges(&name) {
            count += 1;
            let recorded = exchange.response.as_deref().map(Answer::read);
            let mut store = store_of(&name, recorded.as_ref());
            let response = handle_request(&exchange.request, &mut store).expect("an answer");
            let ours = Answer::read(&response.message);
            let mut note = |path: &str, what: String| found.insert((name.clone(), path.to_owned()), what);
            match &recorded {
                Some(recorded) => compare(recorded, &ours, &mut note),
                None => drop(note("no response", format!("ours: {} {}", ours.status(), ours.description()))),
            }
        }
    }
    assert!(count > 80, "{count} exchanges");
    judge(&found, include_str!("replay/differences.txt"));
}

type Note<'a> = &'a mut dyn FnMut(&str, String) -> Option<String>;

fn compare(recorded: &Answer, ours: &Answer, note: Note<'_>) {
    assert_eq!(recorded.properties, ours.properties, "to and correlation-id");
    let order = |answer: &Answer| -> Vec<String> {
        answer.application_properties.entries().iter().map(|(key, _)| key.clone()).collect()
    };
    if order(recorded) != order(ours) {
        note("order of status properties", format!("{:?}", order(ours)));
    }
    compare_trees("", &recorded.application_properties, &ours.application_properties, note);
    compare_trees("body", &recorded.body, &ours.body, note);
}

fn compare_trees(path: &str, recorded: &Tree, ours: &Tree, note: Note<'_>) {
    match (recorded, ours) {
        (Tree::Map(left), Tree::Map(right)) => {
            let keys: BTreeSet<&str> = left.iter().chain(right).map(|(key, _)| key.as_str()).collect();
            for key in keys {
                let path = format!("{path}.{}", key.trim_start_matches("org.apache.qpid.dispatch."));
                match (recorded.get(key), ours.get(key)) {
                    (Some(left), Some(right)) => compare_trees(&path, left, right, note),
                    (Some(left), None) => drop(note(&path, format!("missing: {left}"))),
                    (None, Some(right)) => drop(note(&path, format!("new: {right}"))),
                    (None, None) => {}
                }
            }
        }
        (Tree::List(left), Tree::List(right)) if left != right && sorted(left) == sorted(right) => {
            note(path, String::from("another order"));
        }
        (Tree::List(left), Tree::List(right)) if left.len() == right.len() => {
            for (left, right) in left.iter().zip(right) {
                compare_trees(&format!("{path}[]"), left, right, note);
            }
        }
        (left, right) if left == right => {}
        (Tree::List(left), Tree::List(right)) if left.iter().chain(right).all(|element| element.text().is_some()) => {
            let both = |list: &[Tree]| -> BTreeSet<String> {
                list.iter().filter_map(|element| element.text().map(str::to_owned)).collect()
            };
            let (left, right) = (both(left), both(right));
            left.difference(&right).for_each(|text| drop(note(&format!("{path}[-{text}]"), String::from("missing"))));
            right.difference(&left).for_each(|text| drop(note(&format!("{path}[+{text}]"), String::from("new"))));
        }
        (left, right) => drop(note(path, format!("recorded {left}, ours {right}"))),
    }
}

fn sorted(elements: &[Tree]) -> Vec<String> {
    let mut texts: Vec<String> = elements.iter().map(Tree::to_string).collect();
    texts.sort();
    texts
}

/// What router A held when the recording was made. The listeners, addresses and logs are made of its configuration; of all
/// other rows the values are those that the recorded answer shows, without their types.
fn store_of(name: &str, recorded: Option<&Answer>) -> Memory {
    let id = if name.ends_with("router-B") { "B" } else { "A" };
    let other = if id == "A" { "B" } else { "A" };
    let mut store = Memory {
        id: id.to_owned(),
        mode: Some(RouterMode::Interior),
        others: vec![other.to_owned()],
        next: 1,
        ..Memory::default()
    };
    for module in LogModule::TAGS {
        store.add(entity(EntityKind::Log, &[("module", module)]));
    }
    for (name, port, role) in [
        ("clients", "24610", Role::Normal),
        ("ir", "24601", Role::InterRouter),
        ("broker-in", "24603", Role::RouteContainer),
    ] {
        let mut listener = entity(EntityKind::Listener, &[("name", name), ("host", "127.0.0.1"), ("port", port)]);
        if let Entity::Listener(listener) = &mut listener {
            listener.role = role;
        }
        store.add(listener);
    }
    if ["read-listener", "create-listener-duplicate", "update-listener-refused", "delete-listener"].contains(&name) {
        let listener = [("name", "golden-listener"), ("host", "127.0.0.1"), ("port", "24620")];
        store.add(entity(EntityKind::Listener, &listener));
    }
    let multicast = [("name", "mc"), ("prefix", "multicast"), ("distribution", "multicast")];
    store.add(entity(EntityKind::Address, &multicast));
    let mut waypoint = entity(EntityKind::Address, &[("name", "wp"), ("prefix", "work")]);
    if let Entity::Address(address) = &mut waypoint {
        address.waypoint = true;
    }
    store.add(waypoint);
    store.next = 71;
    let golden = [
        "create-address-duplicate",
        "read-address-by-name",
        "read-address-by-identity",
        "update-address-unsupported",
        "delete-address",
    ];
    if golden.contains(&name) {
        let address =
            [("name", "golden-addr"), ("prefix", "golden.m"), ("distribution", "multicast"), ("priority", "7")];
        store.add(entity(EntityKind::Address, &address));
    }
    if let Some(answer) = recorded {
        take_rows(&mut store, name, answer);
        take_lines(&mut store, answer);
    }
    store
}

fn entity(kind: EntityKind, attributes: &[(&str, &str)]) -> Entity {
    let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), Value::Text((*value).to_owned())));
    check_entity(kind, RouterMode::Interior, attributes).expect("a valid entity").0
}

fn take_rows(store: &mut Memory, name: &str, answer: &Answer) {
    let Some(names) = answer.body.get("attributeNames") else { return };
    let names: Vec<String> = names.texts().into_iter().map(str::to_owned).collect();
    for row in answer.rows() {
        let values: BTreeMap<&str, &Tree> = names.iter().map(String::as_str).zip(row.elements()).collect();
        let Some(kind) = kind_of(name, &values) else { continue };
        let attributes = kind.entity_type().attributes;
        let by_column = |column: &str| {
            let wanted = |attribute: &&crossdock_schema::Attribute| {
                attribute.wire_name == column || attribute.alias == Some(column)
            };
            attributes.iter().find(wanted).map(|attribute| attribute.name.to_owned())
        };
        let values = values
            .into_iter()
            .map(|(column, value)| (by_column(column).unwrap_or_else(|| column.to_owned()), value.clone()))
            .collect();
        store.add_values(kind, values);
    }
}

/// The kind of a row, if its table is to be filled from the recording.
fn kind_of(name: &str, values: &BTreeMap<&str, &Tree>) -> Option<EntityKind> {
    use EntityKind::{
        Address, Allocator, AutoLink, Connection, LinkRoute, Listener, Log, Management, Router, RouterLink,
    };
    let kind = match values.get("type").and_then(|name| name.text()) {
        Some(name) => *EntityKind::ALL.iter().find(|kind| kind.entity_type().wire_name == name)?,
        None => match name {
            "qdstat-l" => RouterLink,
            "qdstat-a" => EntityKind::RouterAddress,
            "qdstat-m" if values.contains_key("memoryUsage") => Router,
            "qdstat-m" => Allocator,
            "qdstat-linkroutes" => LinkRoute,
            "qdstat-autolinks" => AutoLink,
            "qdstat-c" | "qdstat-e" => Connection,
            _ => return None,
        },
    };
    (!matches!(kind, Address | Listener | Log | Management)).then_some(kind)
}

fn take_lines(store: &mut Memory, answer: &Answer) {
    for line in answer.body.elements() {
        let [module, level, text, file, number, time] = line.elements() else { continue };
        let text_of = |tree: &Tree| tree.text().expect("a text").to_owned();
        let source = file.text().map(|file| (file.to_owned(), number.number().expect("a line") as u32));
        let time = time.number().expect("a time");
        store.lines.push((text_of(module), text_of(level), text_of(text), source, time));
    }
}
