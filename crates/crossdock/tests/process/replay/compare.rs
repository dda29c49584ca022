//! Two answers to one request.
//!
//! Status, order of the status properties, names of attributes and their order are the same, and so are rows, text and truth;
//! numbers are of the same type. What no two runs have in common is called by one name before: ports, temporary addresses,
//! identities of containers, names of links, identities that are numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::amqp::Tree;
use super::message::Answer;

type Note<'a> = &'a mut dyn FnMut(&str, String);

pub(super) fn answers(recorded: &Answer, ours: &Answer, note: Note<'_>) {
    let order = |answer: &Answer| -> Vec<String> {
        answer.application_properties.entries().iter().map(|(key, _)| key.clone()).collect()
    };
    if order(recorded) != order(ours) {
        note("order of status properties", format!("{:?}", order(ours)));
    }
    trees("", &recorded.application_properties, &ours.application_properties, note);
    let names = |answer: &Answer| answer.body.get("attributeNames").map(Tree::texts_owned);
    match (names(recorded), names(ours)) {
        (Some(recorded_names), Some(our_names)) => {
            texts("attributeNames", &recorded_names, &our_names, note);
            rows((recorded, &recorded_names), (ours, &our_names), note);
        }
        _ => trees("body", &recorded.body, &ours.body, note),
    }
}

/// Rows by what they are about.
fn rows(recorded: (&Answer, &[String]), ours: (&Answer, &[String]), note: Note<'_>) {
    let (left, right) = (by_key(recorded.0, recorded.1), by_key(ours.0, ours.1));
    let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    for key in keys {
        match (left.get(key), right.get(key)) {
            (Some(left), Some(right)) => {
                for (column, left) in left {
                    if let Some(right) = right.get(column) {
                        trees(&format!("{key}.{column}"), left, right, note);
                    }
                }
            }
            (Some(_), None) => note(key, String::from("missing")),
            (None, _) => note(key, String::from("new")),
        }
    }
}

type Columns<'a> = BTreeMap<&'a str, &'a Tree>;

/// The rows, each by its key; the second of one key has a 2 behind it.
fn by_key<'a>(answer: &'a Answer, names: &'a [String]) -> BTreeMap<String, Columns<'a>> {
    let mut found = BTreeMap::new();
    for row in answer.rows() {
        let columns: Columns<'_> = names.iter().map(String::as_str).zip(row.elements()).collect();
        let key = key(&columns);
        let free = (1..).map(|n| if n == 1 { key.clone() } else { format!("{key} {n}") });
        let free = free.into_iter().find(|key| !found.contains_key(key)).unwrap();
        found.insert(free, columns);
    }
    found
}

/// What a row is about: for links and connections what they are for, for all others their name.
fn key(columns: &Columns<'_>) -> String {
    let about: &[&[&str]] = &[
        &["linkType", "linkDir", "owningAddr", "priority"],
        &["role", "dir", "container"],
        &["type", "name"],
        &["prefix", "direction"],
        &["address", "direction"],
        &["name"],
        &["identity"],
        &["id"],
    ];
    let all = about.iter().find(|names| names.iter().all(|name| columns.contains_key(*name)));
    let parts = all.into_iter().flat_map(|names| names.iter()).filter_map(|name| columns.get(*name));
    let text = |tree: &&Tree| match (tree.text(), tree.number()) {
        (Some(text), _) => Some(typical(text).trim_start_matches("org.apache.qpid.dispatch.").to_owned()),
        (None, Some(number)) => Some(number.to_string()),
        (None, None) => None,
    };
    format!("[{}]", parts.filter_map(text).collect::<Vec<_>>().join(" "))
}

fn trees(path: &str, recorded: &Tree, ours: &Tree, note: Note<'_>) {
    match (recorded, ours) {
        (Tree::Map(left), Tree::Map(right)) => {
            let keys: BTreeSet<&str> = left.iter().chain(right).map(|(key, _)| key.as_str()).collect();
            for key in keys {
                let path = format!("{path}.{}", key.trim_start_matches("org.apache.qpid.dispatch."));
                match (recorded.get(key), ours.get(key)) {
                    (Some(left), Some(right)) => trees(&path, left, right, note),
                    (Some(left), None) => note(&path, format!("missing: {left}")),
                    (None, Some(right)) => note(&path, format!("new: {right}")),
                    (None, None) => {}
                }
            }
        }
        (Tree::List(left), Tree::List(right)) if left.iter().chain(right).all(|element| element.text().is_some()) => {
            texts(path, &recorded.texts_owned(), &ours.texts_owned(), note);
        }
        // Lists of all else are logs and counters: each element of ours is like the first of theirs.
        (Tree::List(left), Tree::List(right)) => {
            for right in right {
                let alike = left.iter().find(|left| shape(left) == shape(right));
                if let (None, Some(first)) = (alike, left.first()) {
                    note(&format!("{path}[]"), format!("recorded {first}, ours {right}"));
                    return;
                }
            }
        }
        (left, right) => match (left.text(), right.text()) {
            (Some(text), Some(other)) if typical(text) == typical(other) => {}
            (None, None) if shape(left) == shape(right) && is_alike(path, left.number(), right.number()) => {}
            _ if left == right => {}
            _ => note(path, format!("recorded {left}, ours {right}")),
        },
    }
}

/// Whether numbers of one type are the same, as far as two runs can have them so: of counters, whether they are zero; of times
/// and what belongs to the process, nothing.
fn is_alike(path: &str, left: Option<i64>, right: Option<i64>) -> bool {
    let column = path.rsplit('.').next().unwrap_or_default();
    const ITS_OWN: [&str; 10] = [
        // The request itself is settled by one thread while another answers it.
        "unsettledCount",
        "uptimeSeconds",
        "lastDlvSeconds",
        "zeroCreditSeconds",
        "settleRate",
        "memoryUsage",
        "instance",
        "lastTopoChange",
        "deliveriesDelayed1Sec",
        "deliveriesDelayed10Sec",
    ];
    const COUNTERS: [&str; 6] =
        ["eliveries", "deliveryCount", "presettledCount", "acceptedCount", "credit", "connectionsProcessed"];
    match (left, right) {
        _ if ITS_OWN.contains(&column) => true,
        (Some(left), Some(right)) if COUNTERS.iter().any(|counter| column.contains(counter)) => {
            (left == 0) == (right == 0)
        }
        (left, right) => left == right,
    }
}

/// Lists of texts: those that are on one side only, or their order.
fn texts(path: &str, left: &[String], right: &[String], note: Note<'_>) {
    let set = |texts: &[String]| -> BTreeSet<String> { texts.iter().map(|text| typical(text)).collect() };
    let (all_left, all_right) = (set(left), set(right));
    all_left.difference(&all_right).for_each(|text| note(&format!("{path}[-{text}]"), String::from("missing")));
    all_right.difference(&all_left).for_each(|text| note(&format!("{path}[+{text}]"), String::from("new")));
    let common = |texts: &[String], other: &BTreeSet<String>| -> Vec<String> {
        texts.iter().map(|text| typical(text)).filter(|text| other.contains(text)).collect()
    };
    if common(left, &all_right) != common(right, &all_left) {
        note(path, String::from("another order"));
    }
}

/// The type, without the value: the constructors of one type that are there for small values are one.
fn shape(tree: &Tree) -> String {
    match tree {
        Tree::Scalar(bytes) => String::from(match bytes.first() {
            Some(0x41 | 0x42 | 0x56) => "boolean",
            Some(0x43 | 0x52 | 0x70) => "uint",
            Some(0x44 | 0x53 | 0x80) => "ulong",
            Some(0x54 | 0x71) => "int",
            Some(0x55 | 0x81) => "long",
            Some(0xa1 | 0xb1) => "string",
            Some(0xa3 | 0xb3) => "symbol",
            Some(0x40) => "null",
            _ => "other",
        }),
        Tree::EmptyList => String::from("[]"),
        Tree::List(elements) => {
            let shapes: Vec<String> = elements.iter().map(shape).collect();
            format!("[{}]", shapes.join(" "))
        }
        Tree::Map(_) => String::from("{}"),
        Tree::Described(code, value) => format!("@{code:#x} {}", shape(value)),
    }
}

/// The text, as all runs have it.
fn typical(text: &str) -> String {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(text) {
        return String::from("N");
    }
    // uuid, as containers of python-proton are called, and links after them.
    let is_uuid = text.len() >= 36
        && text.bytes().take(36).enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if is_uuid {
        return String::from("UUID");
    }
    if let Some((before, _)) = text.split_once("temp.") {
        return format!("{before}temp.X");
    }
    if text.starts_with("qdlink.") {
        return String::from("qdlink.X");
    }
    match text.split_once("127.0.0.1:") {
        Some((before, after)) => {
            let behind = after.trim_start_matches(|char: char| char.is_ascii_digit());
            format!("{before}127.0.0.1:P{behind}")
        }
        None => text.to_owned(),
    }
}
