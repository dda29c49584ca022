//! What `crossdock manage` asks routers to do.

use fe2o3_amqp_types::primitives::{OrderedMap, Value};

use crate::router::{Answer, Asked, Router};
use crate::{Ran, run, run_as};

/// A router that does all, and knows the attributes of a listener.
fn obedient() -> Router {
    Router::start(|asked| {
        Some(match asked.property("operation").as_str() {
            "CREATE" => Answer::new(201, "Created", asked.body.clone()),
            "DELETE" => Answer::new(204, "No Content", map(&[])),
            "GET-SCHEMA" => Answer::new(200, "OK", schema()),
            _ => Answer::new(200, "OK", asked.body.clone()),
        })
    })
}

fn schema() -> Value {
    let of_type = |name: &str| map(&[("type", text(name))]);
    let attributes = map(&[
        ("host", of_type("string")),
        ("port", of_type("string")),
        ("cost", of_type("integer")),
        ("http", of_type("boolean")),
        ("name", of_type("string")),
    ]);
    map(&[("entityTypes", map(&[("listener", map(&[("attributes", attributes)]))]))])
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn map(entries: &[(&str, Value)]) -> Value {
    let mut map = OrderedMap::new();
    for (key, value) in entries {
        map.insert(text(key), value.clone());
    }
    Value::Map(map)
}

/// Runs `crossdock manage` and gives back the last request.
fn manage(router: &Router, arguments: &[&str], stdin: &str) -> (Ran, Asked) {
    let bus = router.bus();
    let all: Vec<_> = ["manage", "-b", &bus].into_iter().chain(arguments.iter().copied()).collect();
    let ran = run_as("crossdock", &all, stdin);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    (ran, router.asked().pop().unwrap())
}

#[test]
fn attributes_have_the_types_of_the_routers_schema() {
    let arguments = ["create", "--type", "listener", "--name", "l", "port=5672", "cost=3", "http=yes", "host"];
    let (ran, asked) = manage(&obedient(), &arguments, "");
    assert_eq!(asked.property("operation"), "CREATE");
    assert_eq!(asked.property("type"), "org.apache.qpid.dispatch.listener");
    assert_eq!(asked.property("name"), "l");
    let attributes =
        [("port", text("5672")), ("cost", Value::Long(3)), ("http", Value::Bool(true)), ("host", Value::Null)];
    assert_eq!(asked.body, map(&attributes));
    assert_eq!(ran.stdout, "{\n  \"port\": \"5672\",\n  \"cost\": 3,\n  \"http\": true,\n  \"host\": null\n}\n");
}

#[test]
fn an_attribute_that_the_schema_does_not_have_is_refused_before_anything_is_changed() {
    let router = obedient();
    let ran = run(&["manage", "-b", &router.bus(), "create", "--type", "listener", "colour=red"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains("Unknown attribute 'colour'") && ran.stderr.contains("cost"), "{ran:?}");
    assert!(router.asked().iter().all(|asked| asked.property("operation") != "CREATE"));
}

#[test]
fn a_list_from_stdin_is_created_one_by_one_and_printed_as_a_list() {
    let stdin = r#"[{"type": "listener", "name": "a", "cost": 1}, {"type": "listener", "name": "b"}]"#;
    let router = obedient();
    let (ran, asked) = manage(&router, &["create", "--stdin", "--indent", "-1"], stdin);
    assert_eq!(
        (asked.property("name"), asked.property("type")),
        ("b".into(), "org.apache.qpid.dispatch.listener".into())
    );
    let created: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((created.as_array().unwrap().len(), &created[0]["cost"]), (2, &1.into()));
    assert_eq!(router.asked().len(), 3, "the schema is asked for once");
}

#[test]
fn an_identity_says_more_than_a_name() {
    let (_, asked) = manage(&obedient(), &["read", "--type", "link", "--name", "n", "--identity", "7"], "");
    assert_eq!((asked.property("identity"), asked.property("name")), ("7".into(), String::new()));
    assert_eq!(asked.property("type"), "org.apache.qpid.dispatch.router.link");
}

#[test]
fn delete_prints_nothing() {
    let (ran, asked) = manage(&obedient(), &["DELETE", "--type", "address", "--name", "n"], "");
    assert_eq!((ran.stdout, asked.property("operation")), (String::new(), "DELETE".into()));
    assert_eq!(asked.property("type"), "org.apache.qpid.dispatch.router.config.address");
}

#[test]
fn an_unknown_operation_is_sent_as_it_is_with_its_arguments() {
    let arguments = ["get-something", "limit=5", "--properties", r#"{"p": true}"#, "--body", "[1]", "--indent", "-1"];
    let (ran, asked) = manage(&obedient(), &arguments, "");
    assert_eq!((asked.property("operation"), asked.property("limit")), ("get-something".into(), "5".into()));
    assert_eq!((asked.property("p"), asked.property("type")), ("Bool(true)".into(), String::new()));
    assert_eq!(ran.stdout, "[1]\n");
}

#[test]
fn raw_shows_a_refusal_as_it_came() {
    let router = Router::start(|_| Some(Answer::new(403, "Forbidden", map(&[]))));
    let (ran, _) = manage(&router, &["read", "--name", "x", "--raw", "--indent", "-1"], "");
    assert_eq!(ran.stdout, "{\"statusCode\": 403, \"statusDescription\": \"Forbidden\", \"body\": {}}\n");
}

#[test]
fn what_makes_no_sense_is_refused_without_a_router() {
    let wrong: [&[&str]; 6] = [
        &["manage"],
        &["manage", "read", "x=1"],
        &["manage", "update", "--properties", "[]"],
        &["manage", "frobnicate", "--body", "{"],
        &["manage", "create", "--name", "a", "name=b"],
        &["manage", "get-types", "a", "b"],
    ];
    for arguments in wrong {
        let ran = run(&[arguments, &["-b", "127.0.0.1:1"]].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""), "{arguments:?} {ran:?}");
    }
}
