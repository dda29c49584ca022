//! Whatever comes in, what goes out is sound and of bounded length.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use std::sync::LazyLock;

use crossdock_amqp::codec::walk::{self, Budget};
use crossdock_management::{FateKind, Report, Said, TracedFate, TracedHop, TracedStep, TracedTo, handle_request};
use crossdock_schema::{EntityKind, RouterMode, Value as SchemaValue, check_entity};
use proptest::prelude::*;
use support::capture::{exchanges, names};
use support::memory::Memory;
use support::message::{Answer, Value, map, raw_request};

/// A store with something to find.
fn store() -> Memory {
    let mut store = Memory { id: "A".into(), mode: Some(RouterMode::Interior), ..Memory::default() };
    for (kind, attributes) in [
        (EntityKind::Listener, vec![("name", "a"), ("host", "127.0.0.1"), ("port", "5672")]),
        (EntityKind::Log, vec![("module", "AGENT")]),
        (EntityKind::Address, vec![("name", "b"), ("prefix", "b")]),
    ] {
        let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), SchemaValue::Text(value.into())));
        store.add(check_entity(kind, RouterMode::Interior, attributes).expect("a valid entity").0);
    }
    store
}

/// The answer to a message is a message, with a status, and not out of proportion.
fn check(message: &[u8]) -> Result<(), TestCaseError> {
    let Some(response) = handle_request(message, &mut store()) else { return Ok(()) };
    let mut rest = &response.message[..];
    while !rest.is_empty() {
        let length = walk::value(rest, &mut Budget { depth: 24, elements: 1 << 20 });
        rest = &rest[length.map_err(|error| TestCaseError::fail(error.to_string()))?..];
    }
    let answer = Answer::read(&response.message);
    prop_assert_eq!(answer.status(), i64::from(response.status.code()));
    prop_assert_eq!(answer.status() >= 400, response.problem.is_some());
    if answer.status() >= 400 {
        // Of the request only the reply-to, the correlation-id and the beginnings of names come back.
        prop_assert!(response.message.len() < 4096 + message.len());
        prop_assert!(!answer.description().is_empty());
    } else {
        prop_assert!(response.message.len() < 200_000 + message.len());
    }
    Ok(())
}

static REQUESTS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| names().iter().flat_map(|name| exchanges(name)).map(|exchange| exchange.request).collect());

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Long),
        word().prop_map(Value::Text),
        Just(Value::Raw(vec![0x98; 17])),
        Just(Value::Raw(vec![0xa0, 1, 0xff])),
        Just(Value::Raw(vec![0x82, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0])),
        Just(Value::Raw(
            [vec![0xf0], 9_u32.to_be_bytes().to_vec(), 1_u32.to_be_bytes().to_vec(), vec![0xa1, 3, 97, 98, 99]]
                .concat()
        )),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::vec((word(), inner), 0..6).prop_map(Value::Map),
        ]
    })
}

/// Words that mean something somewhere, and some that do not.
fn word() -> impl Strategy<Value = String> {
    let known = [
        "QUERY",
        "CREATE",
        "READ",
        "UPDATE",
        "DELETE",
        "get-log",
        "GET-SCHEMA",
        "GET-TYPES",
        "a",
        "b",
        "1",
        "self",
        "",
        "name",
        "type",
        "identity",
        "operation",
        "entityType",
        "attributeNames",
        "adminStatus",
        "enable",
        "port",
        "prefix",
        "log/AGENT",
        "info+",
        "listener",
        "router",
        "org.apache.qpid.dispatch.listener",
        "org.apache.qpid.dispatch.log",
        "org.apache.qpid.dispatch.router.config.address",
        "org.apache.qpid.dispatch.router",
        "org.amqp.management",
        "org.apache.qpid.dispatch.connection",
        "entity",
        "openProperties",
        "listener/127.0.0.1:5672:a",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_octets_are_survived(message in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&message)?;
    }

    #[test]
    fn recorded_requests_with_changed_octets_are_survived(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut message = which.get(&REQUESTS).clone();
        for (place, octet) in changes {
            *place.get_mut(&mut message) = octet;
        }
        check(&message)?;
    }

    #[test]
    fn every_well_formed_request_with_a_reply_to_is_answered(
        properties in prop_oneof![
            prop::collection::vec((word(), value()), 0..8).prop_map(Value::Map),
            prop::collection::vec((word(), word().prop_map(Value::Text)), 1..8).prop_map(Value::Map),
        ],
        operation in word(),
        entity_type in word(),
        body in value(),
    ) {
        let Value::Map(mut entries) = properties else { unreachable!("a map") };
        entries.push(("operation".to_owned(), Value::Text(operation)));
        entries.push(("type".to_owned(), Value::Text(entity_type)));
        let message = raw_request("reply".into(), Value::Null, "1".into(), Some(Value::Map(entries)), Some(body));
        prop_assert!(handle_request(&message, &mut store()).is_some());
        check(&message)?;
    }
}

/// A report of a router, with everything that there may be.
fn report() -> Vec<u8> {
    let fate = TracedFate { kind: FateKind::Left, micros: 7, note: Some("note".into()) };
    let step = TracedStep {
        to: TracedTo::Router,
        name: "B".into(),
        connection: 1,
        link: 2,
        cost: 3,
        note: Some("note".into()),
        fate: Some(fate),
    };
    let hop = TracedHop { steps: vec![step], why: Some("why".into()), ..TracedHop::default() };
    Report { id: [7; 16], path: vec!["A".into(), "B".into()], said: Said::Decided(hop) }.encode("to")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn reports_with_changed_octets_are_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut message = report();
        for (place, octet) in changes {
            *place.get_mut(&mut message) = octet;
        }
        if let Some(report) = Report::decode(&message) {
            prop_assert!(report.path.len() <= 256);
        }
        check(&message)?;
    }
}

#[test]
fn deep_nesting_is_refused() {
    let mut value = Value::Null;
    for _ in 0..100 {
        value = Value::List(vec![value]);
    }
    let properties = map([("operation", "CREATE".into()), ("type", "listener".into())]);
    let message =
        raw_request("reply".into(), Value::Null, "1".into(), Some(properties), Some(map([("openProperties", value)])));
    let response = handle_request(&message, &mut store()).expect("an answer");
    assert_eq!(Answer::read(&response.message).status(), 400);
}
