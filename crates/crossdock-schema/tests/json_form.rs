//! The JSON form.

mod support;

use crossdock_schema::Value;
use support::{accepted, accepted_as, refused_as};

const JSON: &str = "router.json";

#[test]
fn both_forms_say_the_same() {
    let native = "\
router {
    id: QDR
    workerThreads: 2
}
listener {
    port: 20000
    authenticatePeer: no
    openProperties: {
        \"team\": \"blue\"
    }
}
address {
    pattern: a/#
    distribution: multicast
}
";
    let json = r#"
# the same
[
    ["router", {"id": "QDR", "worker-threads": 2}],
    ["listener", {"port": 20000, "authenticatePeer": false,
                  "openProperties": {"team": "blue"}}],
    # one more
    ["address", {"pattern": "a/#", "distribution": 0}]
]
"#;
    let (mut from_json, warnings) = accepted_as(JSON, json);
    assert_eq!(warnings, [""; 0]);
    let from_native = accepted(native);
    assert_eq!((from_json.listeners[0].line, from_json.addresses[0].line), (5, 8));
    from_json.listeners[0].line = from_native.listeners[0].line;
    from_json.addresses[0].line = from_native.addresses[0].line;
    assert_eq!(from_json, from_native);
}

#[test]
fn the_top_level_must_be_a_list_of_pairs() {
    assert_eq!(
        refused_as(JSON, "{\"router\": {}}"),
        ["router.json:1: the file must hold a list of [\"section\", {…}] pairs"]
    );
    let errors = refused_as(JSON, "[\n[\"router\"],\n[\"listener\", {}, 1],\n7,\n[\"listener\", []],\n[1, {}]\n]");
    let lines: Vec<_> = errors.iter().map(|error| error.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(lines, ["router.json:2", "router.json:3", "router.json:4", "router.json:5", "router.json:6"]);
}

#[test]
fn nothing_but_whole_line_comments_is_relaxed() {
    assert!(refused_as(JSON, "[[\"router\", {}],]")[0].contains("expected a value"));
    assert!(refused_as(JSON, "[[\"router\", {\"id\": 'a'}]]")[0].contains("expected a value"));
    assert!(refused_as(JSON, "[ # comment\n]")[0].contains("expected a value"));
    assert!(refused_as(JSON, "router {\n}\n")[0].starts_with("router.json:1: "));
}

#[test]
fn errors_name_the_line_of_the_attribute() {
    let errors =
        refused_as(JSON, "[\n[\"listener\", {\n  \"port\": 70000,\n  \"hots\": \"a\"\n}],\n[\"lisener\", {}]\n]");
    assert_eq!(
        errors,
        [
            "router.json:3: listener: 'port' is '70000'; allowed are numbers from 0 to 65535 and names of services",
            "router.json:4: listener: 'hots' is not an attribute of listener; did you mean 'host'?",
            "router.json:6: lisener: no such entity type; did you mean 'listener'?",
        ]
    );
}

#[test]
fn a_syntax_error_names_its_line() {
    assert_eq!(refused_as(JSON, "[\n[\"router\",\n{\"id\" \"a\"}]]"), ["router.json:3: expected ':', found '\"'"]);
}

#[test]
fn native_values_are_taken_and_null_is_no_value() {
    let (configuration, _) = accepted_as(
        JSON,
        r#"[["router", {"id": null, "metadata": 5, "timestampsInUTC": 1}],
            ["listener", {"idleTimeoutSeconds": "8", "role": 0, "openProperties": {"f": 1.5, "n": null}}]]"#,
    );
    assert_eq!((configuration.router.id, configuration.router.metadata.as_deref()), (None, Some("5")));
    assert!(configuration.router.timestamps_in_utc);
    let listener = &configuration.listeners[0].value;
    assert_eq!(listener.idle_timeout_seconds, 8);
    let expected = [(String::from("f"), Value::Float(1.5)), (String::from("n"), Value::Null)];
    assert_eq!(listener.open_properties, Some(expected.into()));
}

#[test]
fn only_the_end_of_the_name_selects_the_json_form() {
    assert_eq!(accepted_as("a.json.conf", "router {\n}\n"), accepted_as("a.json", "[[\"router\", {}]]"));
}
