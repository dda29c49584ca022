//! What must hold between sections, and how errors are told.

#![allow(clippy::expect_used, reason = "what a test cannot do without")]

mod support;

use crossdock_schema::{Role, parse};
use support::{accepted, refused, section, warnings};

/// The errors about one attribute, without file, line and entity.
fn problems(text: &str, attribute: &str) -> Vec<String> {
    let errors = parse("router.conf", text).expect_err("a broken rule");
    errors
        .into_iter()
        .filter(|error| error.attribute.as_deref() == Some(attribute))
        .map(|error| error.problem)
        .collect()
}

#[test]
fn singletons_stand_once() {
    assert_eq!(
        refused("router {\n}\nrouter {\n}\npolicy {\n}\npolicy {\n}\n"),
        [
            "router.conf:3: router: at most one such section is allowed; the first is on line 1",
            "router.conf:7: policy: at most one such section is allowed; the first is on line 5",
        ]
    );
}

#[test]
fn names_and_identities_are_unique_over_all_types_and_apart() {
    let text = "listener {\nname: a\nidentity: b\n}\naddress {\nprefix: x\nname: b\nidentity: a\n}\n";
    accepted(text);
    let errors = refused(&text.replace("name: b", "name: a").replace("identity: a", "identity: b"));
    assert_eq!(
        errors,
        [
            "router.conf:7: address: name 'a' is not unique: it is also given on line 2",
            "router.conf:8: address: identity 'b' is not unique: it is also given on line 3",
        ]
    );
}

#[test]
fn router_ids_are_short_and_hold_no_control_or_separator_characters() {
    accepted(&section("router", &[&format!("id: {}", "é".repeat(127))]));
    for id in [
        String::from("a b"),
        String::from("a\\u0007"),
        String::from("a\\u200b"),
        String::from("a\\u2028"),
        "a".repeat(128),
    ] {
        let errors = refused(&section("router", &[&format!("id: {id}")]));
        assert_eq!(errors.len(), 1, "{id}");
        assert!(errors[0].starts_with("router.conf:2: router: the router id "), "{errors:?}");
    }
}

#[test]
fn a_standalone_router_talks_to_no_other_router() {
    for entity in ["listener", "connector"] {
        for role in ["inter-router", "edge"] {
            let text = section(entity, &[&format!("role: {role}"), "port: 77777"]);
            assert!(
                problems(&text, "role").contains(
                    &"role='standalone' not allowed to connect to or accept connections from other routers.".into()
                ),
                "{text}"
            );
        }
    }
}

#[test]
fn inter_router_connections_need_mode_interior() {
    let text = "router {\nmode: edge\n}\nlistener {\nrole: inter-router\nname: peer\n}\n";
    let expected = "role='inter-router' only allowed with router mode='interior' for peer";
    assert!(problems(text, "role").contains(&expected.into()));
}

#[test]
fn an_interior_router_talks_to_other_interior_routers() {
    let text = "router {\nmode: interior\nid: A\n}\nlistener {\nrole: inter-router\nname: peer\ncost: 3\n}\n\
                connector {\nrole: inter-router\nport: 55672\ncost: 4\n}\n";
    let configuration = accepted(text);
    let (listener, connector) = (&configuration.listeners[0].value, &configuration.connectors[0].value);
    assert_eq!((listener.role, listener.cost), (Role::InterRouter, 3));
    assert_eq!((connector.role, connector.cost, connector.host.as_str()), (Role::InterRouter, 4, "127.0.0.1"));
    let errors = problems(&text.replacen("inter-router", "edge", 1), "role");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].ends_with("not in this version"), "{errors:?}");
}

#[test]
fn a_connector_that_can_only_use_plain_wants_a_user_name() {
    let text = section("connector", &["saslMechanisms: PLAIN EXTERNAL"]);
    let expected = "router.conf:2: connector: PLAIN, the only mechanism of 'saslMechanisms' that can be used, needs a 'saslUsername'";
    assert_eq!(warnings(&text), [expected]);
    let named = section("connector", &["saslMechanisms: PLAIN", "saslUsername: me", "saslPassword: pass:secret"]);
    assert_eq!(warnings(&named), [""; 0]);
    assert_eq!(warnings(&section("connector", &["saslMechanisms: PLAIN ANONYMOUS"])), [""; 0]);
}

#[test]
fn an_edge_router_accepts_no_edge_connections_but_makes_them() {
    let text = "router {\nmode: edge\n}\nlistener {\nrole: edge\n}\n";
    let expected = "role='edge' only allowed with router mode='interior' for listener";
    assert!(problems(text, "role").contains(&expected.into()));
    assert!(
        !problems(&text.replace("listener", "connector"), "role").iter().any(|problem| problem.contains("allowed"))
    );
}

#[test]
fn open_properties_are_for_clients_only() {
    let text = section("listener", &["role: edge", "openProperties: {\"a\": 1}"]);
    assert_eq!(problems(&text, "openProperties"), ["openProperties not allowed for role edge"]);
}

#[test]
fn keys_the_router_sets_itself_are_reserved() {
    let text = "router {\nmode: interior\n}\nconnector {\nrole: inter-router\nopenProperties: {\"a\": 1}\n}\n";
    assert_eq!(problems(text, "openProperties"), ["openProperties not allowed for role inter-router"]);
    for key in ["product", "version", "failover-server-list", "network-host", "port", "qd.x", "x-opt-qd.y"] {
        let text = section("listener", &[&format!("openProperties: {{\"{key}\": 1}}")]);
        assert_eq!(
            refused(&text),
            [format!("router.conf:2: listener: Reserved key '{key}' not allowed in openProperties")]
        );
    }
    accepted(&section("listener", &["openProperties: {\"scheme\": 1, \"hostname\": 2, \"qd\": 3}"]));
}

#[test]
fn all_errors_are_told_at_once_in_the_order_of_lines() {
    let text = "\
router {
    mode: standalne
    worker: 5
}
listener {
    port: 99999
    port 5
}
lisener {
}
log {
}
address {
    prefix: a
    priority: 10
router {
}
";
    let errors = refused(text);
    let lines: Vec<&str> = errors.iter().filter_map(|error| error.split(':').nth(1)).collect();
    assert_eq!(lines, ["2", "3", "6", "7", "9", "11", "13", "15", "16"], "{errors:#?}");
}

#[test]
fn a_file_that_is_no_configuration_does_not_flood_the_reader() {
    let errors = refused(&"?\n".repeat(10_000));
    assert_eq!(errors.len(), 201);
    assert_eq!(errors[200], "router.conf: 9800 more errors are not shown");
}

#[test]
fn the_parts_of_an_error_can_be_read_by_programs() {
    let errors = parse("a/b.conf", "\nlistener {\n  hots: x\n}\n").expect_err("a misspelt name");
    let error = &errors[0];
    assert_eq!((error.file.as_str(), error.line, error.entity.as_str()), ("a/b.conf", 3, "listener"));
    assert_eq!(error.attribute.as_deref(), Some("hots"));
    assert_eq!(error.problem, "'hots' is not an attribute of listener; did you mean 'host'?");
}
