//! What holds for every text and every configuration.

#![allow(clippy::expect_used, reason = "what a test cannot do without")]

mod support;

use crossdock_schema::{
    Attribute, Configuration, ENTITY_TYPES, Effect, EntityType, Format, Kind, Nature, Secret, Value, parse,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use support::accepted_as;

/// A section to write: its type and the attributes to give.
type Written = (&'static EntityType, Vec<(&'static Attribute, Value)>);

fn fragments() -> impl Strategy<Value = String> {
    let known = vec![
        "listener",
        "router",
        "log",
        "openProperties",
        "groups",
        "pattern",
        "port",
        "role",
        "{",
        "}",
        ": ",
        "\n",
        "\n",
        "#",
        "\"",
        "[",
        "]",
        ",",
        "\\",
        "$default",
        "5672",
        "yes",
        "a b",
        "\t",
        "\r\n",
        "-",
        "é",
        "\\u00",
        "null",
        "1.5",
        "type",
        "name",
        "identity",
    ];
    vec(select(known), 0..60).prop_map(|parts| parts.concat())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9/._-]{1,12}", "[ -~]{1,12}", r##"[a-z#"\\ é☃\t]{1,8}"##]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        text().prop_map(Value::Text)
    ]
}

fn value(entity: &str, attribute: &Attribute) -> BoxedStrategy<Value> {
    match attribute.kind {
        Kind::Text(Format::Port) => {
            select(vec!["0", "amqp", "65535", "http-alt"]).prop_map(|text| Value::Text(text.into())).boxed()
        }
        Kind::Text(Format::Levels) => {
            select(vec!["info+", "none", "d, e+"]).prop_map(|text| Value::Text(text.into())).boxed()
        }
        Kind::Text(Format::FailoverUrls) => {
            select(vec!["a", "amqps://b:1,c"]).prop_map(|text| Value::Text(text.into())).boxed()
        }
        Kind::Text(Format::DataConnections) => {
            select(vec!["auto", "0", "64"]).prop_map(|text| Value::Text(text.into())).boxed()
        }
        Kind::Text(Format::ClientMechanisms) => {
            select(vec!["PLAIN", "SCRAM-SHA-1 ANONYMOUS"]).prop_map(|text| Value::Text(text.into())).boxed()
        }
        Kind::Text(Format::KeySource) => {
            select(vec!["to", "group-id", "property:a b"]).prop_map(|text| Value::Text(text.into())).boxed()
        }
        Kind::Text(Format::Any) if entity == "router" => "[a-zA-Z0-9+_.]{1,20}".prop_map(Value::Text).boxed(),
        Kind::Text(Format::Any) | Kind::Path => text().prop_map(Value::Text).boxed(),
        Kind::Integer { min, max } => (min..=max).prop_map(Value::Integer).boxed(),
        Kind::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Kind::Enum(tags) => select(tags).prop_map(|tag| Value::Text(tag.to_owned())).boxed(),
        Kind::List => vec(leaf(), 0..3).prop_map(Value::List).boxed(),
        Kind::Map | Kind::Properties => btree_map("k[ -~]{0,6}", leaf(), 0..4).prop_map(Value::Map).boxed(),
    }
}

fn section(entity_type: &'static EntityType) -> BoxedStrategy<Written> {
    let usable: Vec<&'static Attribute> = entity_type
        .attributes
        .iter()
        .filter(|attribute| attribute.nature == Nature::Configuration && !attribute.unique)
        // A bypass needs phases.
        .filter(|attribute| !matches!(attribute.effect, Effect::None { .. }))
        .filter(|attribute| !matches!(attribute.name, "pattern" | "bypass"))
        .collect();
    let count = usable.len();
    subsequence(usable.clone(), 0..=count)
        .prop_flat_map(move |mut chosen| {
            for attribute in &usable {
                let needed = attribute.required || attribute.name == "prefix";
                if needed && !chosen.iter().any(|other| other.name == attribute.name) {
                    chosen.push(attribute);
                }
            }
            let values: Vec<_> = chosen.iter().map(|attribute| value(entity_type.name, attribute)).collect();
            values.prop_map(move |values| (entity_type, chosen.iter().copied().zip(values).collect()))
        })
        .boxed()
}

fn sections() -> impl Strategy<Value = Vec<Written>> {
    let usable: Vec<&'static EntityType> = ENTITY_TYPES
        .iter()
        .copied()
        // Shards need names, and must agree with each other.
        .filter(|entity_type| entity_type.effect == Effect::Full && entity_type.is_section())
        .filter(|entity_type| entity_type.name != "shard")
        .collect();
    vec(select(usable).prop_flat_map(section), 0..6).prop_map(|mut sections: Vec<Written>| {
        let mut singletons = Vec::new();
        sections.retain(|(entity_type, _)| {
            let again = entity_type.singleton && singletons.contains(&entity_type.name);
            singletons.push(entity_type.name);
            !again
        });
        sections
    })
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(truth) => (*truth).into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

fn native_text(sections: &[Written]) -> String {
    let mut out = String::new();
    for (entity_type, attributes) in sections {
        out.push_str(&format!("{} {{\n", entity_type.name));
        for (attribute, value) in attributes {
            // Plain where the grammar can say it, in double quotes where it cannot.
            let text = match value {
                Value::Text(text) if text.bytes().all(|letter| letter.is_ascii_alphanumeric()) => text.clone(),
                Value::Boolean(_) | Value::Integer(_) => value.to_string(),
                Value::Null | Value::Float(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
                    json(value).to_string()
                }
            };
            out.push_str(&format!("    {}: {text}\n", attribute.name));
        }
        out.push_str("}\n");
    }
    out
}

fn json_text(sections: &[Written]) -> String {
    let pairs: Vec<serde_json::Value> = sections
        .iter()
        .map(|(entity_type, attributes)| {
            let map = attributes.iter().map(|(attribute, value)| (attribute.name.to_owned(), json(value)));
            serde_json::json!([entity_type.name, map.collect::<serde_json::Map<_, _>>()])
        })
        .collect();
    serde_json::to_string_pretty(&pairs).expect("JSON")
}

/// All values of all sections of the types honoured now; `of_type` counts those of one type.
fn values(configuration: &Configuration, type_name: &str, of_type: usize) -> Vec<(&'static str, Value)> {
    match type_name {
        "router" => configuration.router.values(),
        "policy" => configuration.policy.values(),
        "listener" => configuration.listeners[of_type].value.values(),
        "connector" => configuration.connectors[of_type].value.values(),
        "address" => configuration.addresses[of_type].value.values(),
        "autoLink" => configuration.auto_links[of_type].value.values(),
        "linkRoute" => configuration.link_routes[of_type].value.values(),
        "log" => configuration.logs[of_type].value.values(),
        other => panic!("{other} is honoured now: add it here"),
    }
}

fn without_lines(mut configuration: Configuration) -> Configuration {
    configuration.listeners.iter_mut().for_each(|located| located.line = 0);
    configuration.connectors.iter_mut().for_each(|located| located.line = 0);
    configuration.addresses.iter_mut().for_each(|located| located.line = 0);
    configuration.auto_links.iter_mut().for_each(|located| located.line = 0);
    configuration.link_routes.iter_mut().for_each(|located| located.line = 0);
    configuration.logs.iter_mut().for_each(|located| located.line = 0);
    configuration
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parsers_panic(any in ".{0,80}", parts in fragments()) {
        for text in [&any, &parts, &format!("listener {{\n{parts}\n}}\n"), &format!("[[\"listener\", {{{parts}}}]]")] {
            for name in ["a.conf", "a.json"] {
                let lines = u32::try_from(text.split('\n').count()).expect("a short text");
                if let Err(errors) = parse(name, text) {
                    prop_assert!(!errors.is_empty());
                    prop_assert!(errors.iter().all(|error| error.line <= lines), "{:?}", errors);
                }
            }
        }
    }

    #[test]
    fn a_rendered_configuration_is_read_back_equal_in_both_forms(sections in sections()) {
        let native_text = if sections.is_empty() { String::from("#") } else { native_text(&sections) };
        let (native, _) = accepted_as("a.conf", &native_text);
        let (json, _) = accepted_as("a.json", &json_text(&sections));
        prop_assert_eq!(without_lines(native.clone()), without_lines(json));
        let mut counts = std::collections::BTreeMap::new();
        for (entity_type, attributes) in &sections {
            let count = counts.entry(entity_type.name).or_insert(0_usize);
            let read = values(&native, entity_type.name, *count);
            *count += 1;
            for (attribute, value) in attributes {
                let value = if attribute.secret { Value::Text(Secret::MASK.into()) } else { value.clone() };
                prop_assert!(read.contains(&(attribute.name, value)), "{} in\n{}", attribute.name, native_text);
            }
        }
    }
}
