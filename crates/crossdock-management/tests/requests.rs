//! What requests do and how they are refused, one rule each.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use crossdock_management::{Change, Response, handle_request};
use crossdock_schema::{AdminStatus, Entity, EntityKind, RouterMode, Value as SchemaValue, check_entity};
use support::amqp::Tree;
use support::memory::Memory;
use support::message::{Answer, Value, map, raw_request, request};

const PREFIX: &str = "org.apache.qpid.dispatch.";

fn full(name: &str) -> Value {
    Value::Text(format!("{PREFIX}{name}"))
}

fn text(text: &str) -> Tree {
    let mut encoded = vec![0xa1, text.len() as u8];
    encoded.extend_from_slice(text.as_bytes());
    Tree::Scalar(encoded)
}

/// A router with one listener, one log entity, one address and a connection.
fn router() -> Memory {
    let mut store =
        Memory { id: "A".into(), mode: Some(RouterMode::Interior), others: vec!["B".into()], ..Memory::default() };
    for (kind, attributes) in [
        (EntityKind::Listener, vec![("name", "in"), ("host", "127.0.0.1"), ("port", "5672")]),
        (EntityKind::Log, vec![("module", "AGENT"), ("enable", "info+")]),
        (EntityKind::Address, vec![("name", "news"), ("prefix", "news"), ("distribution", "multicast")]),
    ] {
        let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), SchemaValue::Text(value.into())));
        let (entity, _) = check_entity(kind, RouterMode::Interior, attributes).expect("a valid entity");
        store.add(entity);
    }
    add(&mut store, EntityKind::Connection, &[("identity", text("7")), ("name", text("connection/h:1"))]);
    add(&mut store, EntityKind::Router, &[("identity", text("1")), ("name", text("A")), ("id", text("A"))]);
    store
}

fn add(store: &mut Memory, kind: EntityKind, values: &[(&str, Tree)]) {
    let values: BTreeMap<String, Tree> =
        values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    store.add_values(kind, values);
}

fn answer(store: &mut Memory, message: &[u8]) -> Answer {
    Answer::read(&handle_request(message, store).expect("an answer").message)
}

fn ask<const N: usize>(store: &mut Memory, properties: [(&str, Value); N], body: Value) -> Answer {
    answer(store, &request(properties, body))
}

/// Status and description of the answer.
fn said<const N: usize>(store: &mut Memory, properties: [(&str, Value); N], body: Value) -> (i64, String) {
    let answer = ask(store, properties, body);
    (answer.status(), answer.description().to_owned())
}

fn query<const N: usize>(store: &mut Memory, entity_type: &str, more: [(&str, Value); N], names: &[&str]) -> Answer {
    let mut properties = vec![("operation", "QUERY".into()), ("entityType", full(entity_type))];
    properties.extend(more);
    let properties = Value::Map(properties.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
    let body = map([("attributeNames", Value::texts(names))]);
    answer(store, &raw_request("reply".into(), Value::Null, "1".into(), Some(properties), Some(body)))
}

fn nothing() -> Value {
    map([])
}

// --- envelope ---------------------------------------------------------------------------------------------------------

#[test]
fn a_correlation_id_comes_back_with_its_type_and_encoding() {
    let uuid = [vec![0x98], vec![7; 16]].concat();
    for id in [uuid, vec![0x53, 9], vec![0x80, 0, 0, 0, 0, 0, 0, 0, 9], vec![0xa0, 2, 0, 255], vec![0xa1, 1, b'x']] {
        let properties = Some(map([("operation", "GET-MGMT-NODES".into())]));
        let message = raw_request("reply".into(), Value::Null, Value::Raw(id.clone()), properties, Some(nothing()));
        let answer = answer(&mut router(), &message);
        assert_eq!(answer.properties.elements()[5], Tree::Scalar(id));
        assert_eq!(answer.properties.elements()[2].text(), Some("reply"));
    }
}

#[test]
fn without_a_correlation_id_the_message_id_stands_in() {
    let properties = Some(map([("operation", "GET-MGMT-NODES".into())]));
    let message = raw_request("reply".into(), "m".into(), Value::Null, properties, Some(nothing()));
    assert_eq!(answer(&mut router(), &message).properties.elements()[5].text(), Some("m"));
}

#[test]
fn what_is_no_message_id_is_not_repeated() {
    for id in [Value::List(vec![]), Value::Long(3), Value::Boolean(true)] {
        let properties = Some(map([("operation", "GET-MGMT-NODES".into())]));
        let message = raw_request("reply".into(), Value::Null, id, properties, Some(nothing()));
        assert!(answer(&mut router(), &message).properties.elements()[5].is_null());
    }
}

#[test]
fn without_a_reply_to_there_is_no_answer_and_nothing_is_done() {
    let mut store = router();
    let properties = [("operation", "DELETE".into()), ("type", full("listener")), ("name", "in".into())];
    for reply_to in [Value::Null, Value::Long(1), "".into()] {
        let message = raw_request(reply_to, Value::Null, "1".into(), Some(map(properties.clone())), Some(nothing()));
        assert_eq!(handle_request(&message, &mut store), None);
    }
    assert_eq!(store.rows[&EntityKind::Listener].len(), 1);
}

#[test]
fn the_response_says_what_the_log_needs() {
    let message = request([("operation", "read".into()), ("name", "x".into())], nothing());
    let Response { to, operation, problem, .. } = handle_request(&message, &mut router()).expect("an answer");
    assert_eq!((&*to, &*operation, problem.as_deref()), ("reply", "READ", Some("No entity with name=x")));
}

// --- malformed --------------------------------------------------------------------------------------------------------

#[test]
fn a_request_without_operation_is_a_bad_request() {
    let mut store = router();
    for properties in [None, Some(nothing()), Some(map([("operation", "".into())])), Some(Value::Null)] {
        let message = raw_request("reply".into(), Value::Null, "1".into(), properties, Some(nothing()));
        let answer = answer(&mut store, &message);
        assert_eq!(answer.status(), 400);
        assert!(answer.description().starts_with("No 'operation' property"), "{}", answer.description());
    }
}

#[test]
fn properties_of_the_wrong_type_are_bad_requests() {
    let mut store = router();
    let number = || Value::Long(5);
    assert_eq!(
        said(&mut store, [("operation", number())], nothing()),
        (400, "Property 'operation' is not a text, but has to be one".into())
    );
    for key in ["type", "name", "identity"] {
        let (status, words) = said(&mut store, [("operation", "READ".into()), (key, number())], nothing());
        assert!(status == 400 && words.contains(key), "{status} {words}");
    }
    for key in ["offset", "count"] {
        let (status, words) = said(&mut store, [("operation", "QUERY".into()), (key, "many".into())], map([]));
        assert_eq!((status, words), (400, format!("Property '{key}' is 'many'; a whole number is needed")));
    }
}

#[test]
fn a_body_that_is_no_map_is_a_bad_request() {
    let mut store = router();
    let expected = (400, String::from("Body of request must be a map"));
    for body in [Value::Null, "text".into(), Value::List(vec![])] {
        let of = |operation: &str, name: &str| {
            [("operation", operation.into()), ("type", full(name)), ("identity", "log/AGENT".into())]
        };
        assert_eq!(said(&mut store, of("UPDATE", "log"), body.clone()), expected);
        let create = [("operation", "CREATE".into()), ("type", full("listener")), ("name", "x".into())];
        assert_eq!(said(&mut store, create, body.clone()), expected);
        let query = [("operation", "QUERY".into()), ("entityType", full("listener"))];
        assert_eq!(said(&mut store, query, body.clone()), expected);
        // The core agent of qdrouterd takes it for a query for everything.
        let query = [("operation", "QUERY".into()), ("entityType", full("connection"))];
        assert_eq!(ask(&mut store, query, body).rows().len(), 1);
    }
}

#[test]
fn a_map_of_a_megabyte_is_refused_with_its_size() {
    let many: Vec<(String, Value)> =
        (0..60_000).map(|number| (format!("attribute-{number}"), Value::Long(1))).collect();
    let create = [("operation", "CREATE".into()), ("type", full("listener")), ("name", "x".into())];
    let (status, words) = said(&mut router(), create.clone(), Value::Map(many));
    assert!(status == 400 && words.contains("1048576"), "{status} {words}");
    let fewer: Vec<(String, Value)> = (0..2_000).map(|number| (format!("a{number}"), Value::Long(1))).collect();
    let (status, words) = said(&mut router(), create.clone(), Value::Map(fewer));
    assert_eq!((status, &*words), (400, "The body has 2000 entries; at most 1024 are read"));
    let zeros = [vec![0xf0], 14_u32.to_be_bytes().to_vec(), u32::MAX.to_be_bytes().to_vec(), vec![0x45; 10]].concat();
    let (status, words) = said(&mut router(), create, map([("openProperties", Value::Raw(zeros))]));
    assert!(status == 400 && words.starts_with("The request is malformed"), "{status} {words}");
}

#[test]
fn names_of_64_kib_are_refused_in_few_words() {
    let mut store = router();
    let long = "n".repeat(64 * 1024);
    let create = [("operation", "CREATE".into()), ("type", full("listener")), ("name", Value::Text(long.clone()))];
    let (status, words) = said(&mut store, create, map([("port", "0".into())]));
    assert_eq!((status, &*words), (400, "The name has 65536 bytes; at most 1024 are taken"));
    for (key, value) in [("name", long.clone()), ("type", long.clone()), ("operation", long.clone())] {
        let mut properties = BTreeMap::from([("operation", "READ".to_owned()), ("name", "x".to_owned())]);
        properties.insert(key, value);
        let properties = properties.into_iter().map(|(key, value)| (key.to_owned(), Value::Text(value))).collect();
        let message =
            raw_request("reply".into(), Value::Null, "1".into(), Some(Value::Map(properties)), Some(nothing()));
        let answer = answer(&mut store, &message);
        assert!((400..502).contains(&answer.status()) && answer.description().len() < 800, "{}", answer.status());
    }
    let (status, words) = said(
        &mut store,
        [("operation", "QUERY".into()), ("entityType", full("listener"))],
        map([("attributeNames", Value::texts(&[&long]))]),
    );
    assert!(status == 404 && words.len() < 800, "{words}");
}

#[test]
fn a_message_that_breaks_off_is_a_bad_request_with_the_place() {
    let whole = request([("operation", "QUERY".into()), ("entityType", full("listener"))], map([("x", "y".into())]));
    let (status, words) = {
        let answer = answer(&mut router(), &whole[..whole.len() - 1]);
        (answer.status(), answer.description().to_owned())
    };
    assert!(status == 400 && words.starts_with("The request is malformed") && words.contains("byte"), "{words}");
}

// --- QUERY ------------------------------------------------------------------------------------------------------------

fn links(count: usize) -> Memory {
    let mut store = router();
    for number in 0..count {
        add(&mut store, EntityKind::RouterLink, &[("identity", text(&number.to_string()))]);
    }
    store
}

#[test]
fn a_page_looks_at_its_own_rows_only() {
    let mut store = links(10_000);
    let page = query(&mut store, "router.link", [("offset", 9_000.into()), ("count", 10.into())], &["identity"]);
    let expected: Vec<Tree> = (9_000..9_010).map(|number| text(&number.to_string())).collect();
    assert_eq!(page.column("identity"), expected);
    assert_eq!(store.looked_at.get(), 10);
}

#[test]
fn pages_of_every_type_join_to_the_whole() {
    for (entity_type, kind) in [("router.link", EntityKind::RouterLink), ("logStats", EntityKind::LogStats)] {
        let mut store = router();
        for number in 0..10 {
            add(&mut store, kind, &[("identity", text(&number.to_string()))]);
        }
        let mut seen = Vec::new();
        for offset in [0, 4, 8, 12] {
            let page = query(&mut store, entity_type, [("offset", offset.into()), ("count", 4.into())], &["identity"]);
            assert!(page.rows().len() <= 4);
            seen.extend(page.column("identity"));
        }
        assert_eq!(seen.len(), 10, "{entity_type}");
    }
}

#[test]
fn pages_go_across_types() {
    let mut store = router();
    let whole = ask(&mut store, [("operation", "QUERY".into())], map([("attributeNames", Value::texts(&["name"]))]));
    let all = whole.column("name");
    assert!(all.len() >= 5 && all.contains(&text("self")) && all.contains(&text("router/A")), "{all:?}");
    let mut joined = Vec::new();
    for offset in 0..all.len() as i64 {
        let properties = [("operation", "QUERY".into()), ("offset", offset.into()), ("count", 1.into())];
        let page = ask(&mut store, properties, map([("attributeNames", Value::texts(&["name"]))]));
        joined.extend(page.column("name"));
    }
    assert_eq!(joined, all);
}

#[test]
fn no_count_zero_and_negative_counts_are_no_limit_and_offsets_behind_the_end_give_nothing() {
    let mut store = links(5);
    for count in [Value::Null, 0.into(), (-1).into(), "0".into()] {
        assert_eq!(query(&mut store, "router.link", [("count", count)], &["identity"]).rows().len(), 5);
    }
    for offset in [5.into(), (-1).into(), i64::MAX.into(), "99".into()] {
        assert!(query(&mut store, "router.link", [("offset", offset)], &["identity"]).rows().is_empty());
    }
    assert_eq!(
        query(&mut store, "router.link", [("offset", "3".into()), ("count", "1".into())], &["identity"]).rows().len(),
        1
    );
}

#[test]
fn rows_without_any_value_are_left_out_and_do_not_count() {
    let mut store = router();
    for number in 0..6 {
        let module = (number % 2 == 1).then(|| ("traceCount", text(&number.to_string())));
        let values: Vec<_> = std::iter::once(("identity", text("x"))).chain(module).collect();
        add(&mut store, EntityKind::LogStats, &values);
    }
    let page = query(&mut store, "logStats", [("offset", 1.into()), ("count", 2.into())], &["traceCount"]);
    assert_eq!(page.column("traceCount"), [text("3"), text("5")]);
}

#[test]
fn short_type_names_mean_the_full_ones() {
    let mut store = links(2);
    let properties = [("operation", "QUERY".into()), ("entityType", "router.link".into())];
    let answer = ask(&mut store, properties, map([("attributeNames", Value::texts(&["identity"]))]));
    assert_eq!(answer.rows().len(), 2);
}

#[test]
fn unknown_columns_are_named() {
    let answer = query(&mut router(), "connection", [], &["name", "nosuch", "neither"]);
    assert_eq!(answer.status(), 404);
    assert_eq!(
        answer.description(),
        "Unknown attributes ['nosuch', 'neither'] for type org.apache.qpid.dispatch.connection."
    );
}

#[test]
fn columns_go_by_every_name_they_have() {
    let mut store = router();
    add(&mut store, EntityKind::AutoLink, &[("identity", text("3")), ("direction", text("in"))]);
    let answer = query(&mut store, "router.config.autoLink", [], &["dir", "direction"]);
    assert_eq!((answer.column("dir"), answer.column("direction")), (vec![text("in")], vec![text("in")]));
    let answer = query(&mut store, "router", [], &["linksBlocked", "blockedLinkCount", "id"]);
    assert_eq!(answer.column("id"), [text("A")]);
}

#[test]
fn a_histogram_ends_with_its_last_count() {
    let mut store = router();
    let counts = [0, 3, 0, 0, 0].map(|count| Tree::Scalar(vec![0x53, count]));
    add(&mut store, EntityKind::RouterLink, &[("ingressHistogram", Tree::List(counts.to_vec()))]);
    let answer = query(&mut store, "router.link", [], &["ingressHistogram", "linkName"]);
    let short = [Tree::Scalar(vec![0x44]), Tree::Scalar(vec![0x53, 3])];
    assert_eq!(answer.column("ingressHistogram"), [Tree::List(short.to_vec())]);
    assert!(answer.column("linkName")[0].is_null());
}

// --- READ -------------------------------------------------------------------------------------------------------------

#[test]
fn entities_are_chosen_by_type_name_and_identity() {
    let mut store = router();
    let identity = "listener/127.0.0.1:5672:in";
    let no = |words: &str| (404, words.to_owned());
    let bad = |words: &str| (400, words.to_owned());
    let mut read = |properties: &[(&str, &str)]| {
        let properties = properties.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value)));
        let properties = Value::Map([("operation".to_owned(), "READ".into())].into_iter().chain(properties).collect());
        let message = raw_request("reply".into(), Value::Null, "1".into(), Some(properties), Some(nothing()));
        let answer = answer(&mut store, &message);
        (answer.status(), answer.description().to_owned())
    };
    let listener = "org.apache.qpid.dispatch.listener";
    for found in [
        vec![("name", "in")],
        vec![("identity", identity)],
        vec![("name", "in"), ("identity", identity), ("type", listener)],
        vec![("name", "in"), ("type", "listener")],
        vec![("name", "self")],
        vec![("identity", "router/A")],
        vec![("type", "org.apache.qpid.dispatch.connection"), ("identity", "7")],
        vec![("type", "org.apache.qpid.dispatch.router.config.address"), ("name", "news")],
    ] {
        assert_eq!(read(&found), (200, "OK".to_owned()), "{found:?}");
    }
    assert_eq!(read(&[("name", "in"), ("identity", "x")]), bad("Conflicting name=in identity=x"));
    assert_eq!(read(&[("name", "out")]), no("No entity with name=out"));
    assert_eq!(read(&[("identity", "out")]), no("No entity with identity=out"));
    assert_eq!(read(&[("type", listener)]), bad("org.apache.qpid.dispatch.listener: No name or identity provided"));
    assert_eq!(
        read(&[("type", "org.apache.qpid.dispatch.connector"), ("name", "in")]),
        bad(
            "Entity type 'org.apache.qpid.dispatch.listener' does not extend requested type 'org.apache.qpid.dispatch.connector'"
        )
    );
    assert_eq!(read(&[("type", "configurationEntity"), ("name", "in")]).0, 404);
    assert_eq!(
        read(&[("type", "org.apache.qpid.dispatch.connection"), ("name", "in")]),
        bad("Name not supported. Identity required")
    );
    assert_eq!(read(&[("type", "org.apache.qpid.dispatch.router.address")]), no("Not Found"));
    assert_eq!(
        read(&[("type", "org.apache.qpid.dispatch.router.config.address")]),
        bad("No name or identity provided")
    );
    for forbidden in ["router", "console"] {
        let name = format!("{PREFIX}{forbidden}");
        assert_eq!(read(&[("type", &name), ("identity", "1")]), (403, "Forbidden".to_owned()));
    }
}

#[test]
fn the_one_policy_needs_no_identity() {
    let mut store = router();
    add(&mut store, EntityKind::Policy, &[("identity", text("policy/None")), ("name", text("policy/None"))]);
    let policy = ("type", full("policy"));
    for chosen in [("name", Value::Null), ("identity", "policy/None".into()), ("identity", "policy".into())] {
        let answer = ask(&mut store, [("operation", "READ".into()), policy.clone(), chosen], nothing());
        assert_eq!(answer.body.get("identity").and_then(Tree::text), Some("policy/None"));
    }
}

#[test]
fn links_can_be_read() {
    let properties = [("operation", "READ".into()), ("type", full("router.link")), ("identity", "1".into())];
    let answer = ask(&mut links(3), properties, nothing());
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.body.entries().len(), 29);
}

#[test]
fn the_router_shows_its_configuration_to_those_who_read_it_by_identity() {
    let answer = ask(&mut router(), [("operation", "READ".into()), ("identity", "router/A".into())], nothing());
    assert_eq!(answer.body.get("name").and_then(Tree::text), Some("router/A"));
    assert_eq!(answer.body.get("id").and_then(Tree::text), Some("A"));
    assert!(answer.body.get("metadata").is_none());
}

// --- CREATE -----------------------------------------------------------------------------------------------------------

fn create(store: &mut Memory, entity_type: &str, attributes: &[(&str, Value)]) -> (i64, String) {
    let properties = [("operation", "CREATE".into()), ("type", full(entity_type)), ("name", "new".into())];
    let body = Value::Map(attributes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect());
    said(store, properties, body)
}

#[test]
fn what_is_created_is_there() {
    let mut store = router();
    assert_eq!(create(&mut store, "listener", &[("port", "0".into()), ("linkCapacity", 10.into())]).0, 201);
    let answer = query(&mut store, "listener", [], &["name", "port", "linkCapacity"]);
    assert_eq!(answer.column("name"), [text("in"), text("new")]);
    assert_eq!(answer.column("linkCapacity")[1], Tree::Scalar(vec![0x54, 10]));
}

#[test]
fn creation_of_a_listener_is_checked_like_a_file() {
    let mut store = router();
    let listener = |store: &mut Memory, attributes: &[(&str, Value)]| create(store, "listener", attributes);
    for (attributes, words) in [
        (vec![("cost", "abc".into())], "org.apache.qpid.dispatch.listener: 'cost' is 'abc'; allowed are whole numbers"),
        (vec![("role", "boss".into())], "org.apache.qpid.dispatch.listener: 'role' is 'boss'; allowed are normal"),
        (vec![("http", "abc".into())], "org.apache.qpid.dispatch.listener: 'http' is 'abc'; allowed are yes"),
        (vec![("sslProfile", "tls".into())], "org.apache.qpid.dispatch.listener: 'sslProfile'"),
        (vec![("identity", "x".into())], "Cannot set attribute 'identity' in CREATE"),
        (vec![("name", "other".into())], "Conflicting values for 'name'"),
        (
            vec![("socketAddressFamily", "IPv4".into()), ("protocolFamily", "IPv6".into())],
            "'socketAddressFamily' is given also by its other name",
        ),
        (vec![("prot", "0".into())], "Unknown attribute 'prot' for 'org.apache.qpid.dispatch.listener'"),
    ] {
        let (status, said) = listener(&mut store, &attributes);
        assert!(status == 400 && said.starts_with(words), "{status} {said}");
    }
    assert_eq!(store.rows[&EntityKind::Listener].len(), 1);
}

#[test]
fn names_and_identities_are_unique() {
    let mut store = router();
    let listener = |name: &str| [("operation", "CREATE".into()), ("type", full("listener")), ("name", name.into())];
    let (status, words) = said(&mut store, listener("in"), map([("port", "0".into())]));
    assert_eq!(status, 400);
    assert_eq!(words, "'in' duplicates unique attribute 'name' from existing org.apache.qpid.dispatch.listener");
    assert_eq!(said(&mut store, listener("log/AGENT"), map([("port", "0".into())])).0, 400);
    let nameless = || [("operation", "CREATE".into()), ("type", full("listener"))];
    assert_eq!(said(&mut store, nameless(), map([("port", "0".into())])).0, 201);
    let (status, words) = said(&mut store, nameless(), map([("port", "0".into())]));
    assert!(status == 400 && words.contains("unique attribute 'identity'"), "{words}");
}

#[test]
fn addresses_are_refused_in_the_words_of_qdrouterd() {
    let mut store = router();
    let prefix = || ("prefix", Value::from("a"));
    for (attributes, words) in [
        (vec![], "Either a 'prefix' or 'pattern' attribute must be provided"),
        (vec![prefix(), ("pattern", "b".into())], "Cannot specify both a 'prefix' and a 'pattern' attribute"),
        (vec![("prefix", 5.into())], "Prefix must be a non-empty string type"),
        (vec![("pattern", "".into())], "Pattern must be a non-empty string type"),
        (vec![("prefix", "./.".into())], "Prefix invalid - no tokens"),
        (vec![prefix(), ("ingressPhase", 10.into())], "Phase values must be between 0 and 9"),
        (vec![prefix(), ("ingressPhase", 1.into())], "Phase values must be between 0 and 9"),
        (
            vec![prefix(), ("fallback", true.into()), ("waypoint", true.into())],
            "Fallback cannot be specified with waypoint or non-zero ingress and egress phases",
        ),
        (vec![prefix(), ("priority", 10.into())], "Priority value, if present, must be between 0 and QDR_MAX_PRIORITY"),
    ] {
        let (status, said) = create(&mut store, "router.config.address", &attributes);
        assert_eq!((status, &*said), (400, words));
    }
    let properties = [("operation", "CREATE".into()), ("type", full("router.config.address")), ("name", "news".into())];
    let answer = ask(&mut store, properties, map([("prefix", "b".into())]));
    assert_eq!(answer.description(), "Name conflicts with an existing entity");
    assert!(answer.body.is_null());
}

#[test]
fn addresses_take_what_qdrouterd_takes() {
    let mut store = router();
    let properties = [("operation", "CREATE".into()), ("type", full("router.config.address"))];
    let body = map([
        ("pattern", "a/#".into()),
        ("priority", (-5).into()),
        ("distribution", "unheard-of".into()),
        ("colour", "blue".into()),
    ]);
    let answer = ask(&mut store, properties, body);
    assert_eq!((answer.status(), answer.description()), (201, "Created"));
    assert!(answer.body.get("name").is_some_and(Tree::is_null));
    assert_eq!(answer.body.get("distribution").and_then(Tree::text), Some("balanced"));
    assert_eq!(answer.body.get("priority").and_then(Tree::number), Some(-1));
}

#[test]
fn types_without_create_say_what_they_have() {
    let mut store = router();
    let words = "Operation 'CREATE' not implemented for 'org.apache.qpid.dispatch.log' ['UPDATE', 'READ']";
    assert_eq!(create(&mut store, "log", &[]), (501, words.into()));
    assert_eq!(create(&mut store, "entity", &[]).0, 501);
    assert_eq!(create(&mut store, "router.link", &[]).0, 501);
    assert_eq!(create(&mut store, "connection", &[]).0, 501);
    assert_eq!(create(&mut store, "router", &[]), (403, "Forbidden".into()));
    assert_eq!(create(&mut store, "nosuch", &[]).0, 400);
    assert_eq!(said(&mut store, [("operation", "CREATE".into())], nothing()).0, 400);
}

#[test]
fn link_routes_of_connections_need_pattern_and_direction() {
    let mut store = router();
    let create =
        |store: &mut Memory, attributes: &[(&str, Value)]| create(store, "router.connection.linkRoute", attributes);
    let bad = |words: &str| (400, words.to_owned());
    let pattern = || ("pattern", Value::from("a.#"));
    assert_eq!(create(&mut store, &[("direction", "in".into())]), bad("Pattern field is required"));
    assert_eq!(create(&mut store, &[pattern()]), bad("Missing value for 'direction'"));
    assert_eq!(create(&mut store, &[pattern(), ("direction", "up".into())]), bad("Invalid value for 'direction'"));
    // This store refuses them as a policy may.
    assert_eq!(create(&mut store, &[pattern(), ("direction", "in".into())]), (403, "Forbidden".into()));
}

// --- UPDATE, DELETE ---------------------------------------------------------------------------------------------------

fn update(store: &mut Memory, entity_type: &str, identity: &str, attributes: &[(&str, Value)]) -> (i64, String) {
    let properties = [("operation", "UPDATE".into()), ("type", full(entity_type)), ("identity", identity.into())];
    let body = Value::Map(attributes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect());
    said(store, properties, body)
}

#[test]
fn a_log_update_changes_what_it_names_and_nothing_else() {
    let mut store = router();
    let ok = (200, String::from("OK"));
    assert_eq!(update(&mut store, "log", "log/AGENT", &[("includeSource", true.into())]), ok);
    let Some(Change::Log(log)) = store.changes.last() else { panic!("a log change") };
    assert_eq!((log.enable.as_deref(), log.include_source), (Some("info+"), Some(true)));
    assert_eq!(update(&mut store, "log", "log/AGENT", &[("module", "AGENT".into()), ("enable", "trace".into())]), ok);
    let Some(Change::Log(log)) = store.changes.last() else { panic!("a log change") };
    assert_eq!((log.enable.as_deref(), log.include_source), (Some("trace"), Some(true)));
}

#[test]
fn a_refused_update_changes_nothing() {
    let mut store = router();
    for (attribute, value, words) in [
        ("module", Value::from("ROUTER"), "Cannot update attribute 'module' in UPDATE"),
        ("zz", "1".into(), "Unknown attribute 'zz' for 'org.apache.qpid.dispatch.log'"),
        ("includeSource", "xyz".into(), "org.apache.qpid.dispatch.log: 'includeSource' is 'xyz'"),
        ("enable", "loud".into(), "org.apache.qpid.dispatch.log: 'loud' is not a valid log level."),
    ] {
        let (status, said) = update(&mut store, "log", "log/AGENT", &[("outputFile", "f".into()), (attribute, value)]);
        assert!(status == 400 && said.starts_with(words), "{status} {said}");
    }
    assert!(store.changes.is_empty());
}

#[test]
fn connections_can_be_closed_and_traced() {
    let mut store = router();
    let update = |store: &mut Memory, attributes: &[(&str, Value)]| update(store, "connection", "7", attributes);
    assert_eq!(update(&mut store, &[("adminStatus", "deleted".into())]), (200, "OK".into()));
    assert_eq!(update(&mut store, &[("enableProtocolTrace", true.into())]), (200, "OK".into()));
    assert_eq!(
        store.changes,
        [
            Change::Connection { admin_status: Some(AdminStatus::Deleted), enable_protocol_trace: None },
            Change::Connection { admin_status: None, enable_protocol_trace: Some(true) },
        ]
    );
    for attributes in [vec![], vec![("adminStatus", Value::from("zz"))], vec![("enableProtocolTrace", "x".into())]] {
        let (status, words) = update(&mut store, &attributes);
        assert!(status == 400 && words.starts_with("Bad Request"), "{words}");
    }
    assert_eq!(store.changes.len(), 2);
}

#[test]
fn an_unknown_connection_is_a_bad_request() {
    let (status, _) = update(&mut router(), "connection", "99", &[("adminStatus", "deleted".into())]);
    assert_eq!(status, 400);
}

#[test]
fn an_update_of_a_link_has_no_effect_and_takes_nothing_else() {
    let mut store = links(2);
    let update = |store: &mut Memory, attributes: &[(&str, Value)]| update(store, "router.link", "1", attributes).0;
    assert_eq!(update(&mut store, &[("adminStatus", "enabled".into())]), 200);
    assert_eq!(update(&mut store, &[("adminStatus", "deleted".into())]), 400);
    assert_eq!(update(&mut store, &[("linkName", "other".into())]), 400);
    assert!(store.changes.is_empty());
}

#[test]
fn what_cannot_be_updated_or_deleted_says_so_at_once() {
    let mut store = links(2);
    for (operation, entity_type, status) in [
        ("UPDATE", "router.config.address", 501),
        ("UPDATE", "router.address", 501),
        ("UPDATE", "router", 501),
        ("DELETE", "router.address", 501),
        ("DELETE", "router.link", 501),
        ("DELETE", "connection", 403),
        ("DELETE", "router", 403),
        ("DELETE", "console", 403),
    ] {
        let properties = [("operation", operation.into()), ("type", full(entity_type)), ("identity", "1".into())];
        assert_eq!(said(&mut store, properties, nothing()).0, status, "{operation} {entity_type}");
    }
    let log = [("operation", "DELETE".into()), ("type", full("log")), ("identity", "log/AGENT".into())];
    assert_eq!(said(&mut store, log, nothing()).0, 501);
}

#[test]
fn what_is_deleted_is_gone() {
    let mut store = router();
    let delete = || [("operation", "DELETE".into()), ("type", full("listener")), ("name", "in".into())];
    assert_eq!(said(&mut store, delete(), nothing()), (204, "No Content".into()));
    assert_eq!(said(&mut store, delete(), nothing()), (404, "No entity with name=in".into()));
}

// --- the management node ----------------------------------------------------------------------------------------------

#[test]
fn only_interior_routers_name_management_nodes() {
    for (mode, count) in [(RouterMode::Interior, 2), (RouterMode::Standalone, 0), (RouterMode::Edge, 0)] {
        let mut store = Memory { mode: Some(mode), ..router() };
        let answer = ask(&mut store, [("operation", "GET-MGMT-NODES".into())], nothing());
        assert_eq!(answer.body.elements().len(), count, "{mode}");
    }
}

#[test]
fn the_newest_lines_of_the_log_come_in_their_order() {
    let mut store = router();
    for number in 0..5 {
        store.lines.push(("AGENT".into(), "info".into(), number.to_string(), None, number));
    }
    let mut lines = |limit: Value| -> Vec<i64> {
        let answer = ask(&mut store, [("operation", "get-log".into()), ("limit", limit)], nothing());
        answer.body.elements().iter().map(|line| line.elements()[5].number().expect("a time")).collect()
    };
    assert_eq!(lines("2".into()), [3, 4]);
    assert_eq!(lines(1.into()), [4]);
    for all in [Value::Null, 0.into(), (-3).into(), 99.into()] {
        assert_eq!(lines(all), [0, 1, 2, 3, 4]);
    }
}

#[test]
fn operations_of_the_node_are_not_operations_of_an_entity() {
    let properties = [("operation", "GET-TYPES".into()), ("type", full("listener")), ("name", "in".into())];
    let words =
        "Operation 'GET-TYPES' not implemented for 'org.apache.qpid.dispatch.listener' ['CREATE', 'DELETE', 'READ']";
    assert_eq!(said(&mut router(), properties, nothing()), (501, words.into()));
    for operation in ["GET-SCHEMA-JSON", "PROFILE", "CREATE-NOTHING"] {
        assert_eq!(said(&mut router(), [("operation", operation.into())], nothing()).0, 501);
    }
}

#[test]
fn secrets_are_masked() {
    let mut store = router();
    let profile = crossdock_schema::SslProfile {
        name: Some("tls".into()),
        password: Some(crossdock_schema::Secret::new("swordfish".into())),
        ..Default::default()
    };
    store.add(Entity::SslProfile(profile));
    add(&mut store, EntityKind::Connector, &[("identity", text("c")), ("saslPassword", text("swordfish"))]);
    for (entity_type, secret) in [("sslProfile", "password"), ("connector", "saslPassword")] {
        let answer = query(&mut store, entity_type, [], &[]);
        assert_eq!(answer.column(secret), [text("***")]);
        assert!(!format!("{}", answer.body).contains("swordfish"));
    }
}

#[test]
fn explain_wants_an_address_and_answers_with_a_map() {
    let mut store = router();
    let answer = ask(&mut store, [("operation", "explain".into()), ("address", "news".into())], nothing());
    assert_eq!(answer.status(), 200);
    let answer = ask(&mut store, [("operation", "EXPLAIN".into())], nothing());
    assert_eq!(answer.status(), 400);
}

#[test]
fn trace_wants_an_address_and_numbers_in_their_ranges_and_answers_with_a_map_when_the_store_knows() {
    let mut store = router();
    let answer = ask(&mut store, [("operation", "TRACE".into()), ("address", "news".into())], nothing());
    assert_eq!(answer.status(), 200);
    assert!(format!("{}", answer.body).contains("M0news"), "{}", answer.body);
    let answer = ask(&mut store, [("operation", "TRACE".into())], nothing());
    assert_eq!(answer.status(), 400);
    let priority = [("operation", "TRACE".into()), ("address", "news".into()), ("priority", "10".into())];
    assert_eq!(ask(&mut store, priority, nothing()).status(), 400);
}
