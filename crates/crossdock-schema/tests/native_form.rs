//! The grammar of the line-oriented form.

#![allow(clippy::expect_used, reason = "what a test cannot do without")]

mod support;

use crossdock_schema::{Configuration, Value};
use support::{accepted, refused, section, warnings};

fn metadata(line: &str) -> Option<String> {
    accepted(&section("router", &[line])).router.metadata
}

fn open_properties(lines: &str) -> Vec<(String, Value)> {
    let configuration = accepted(&format!("listener {{\n{lines}\n}}\n"));
    configuration.listeners[0].value.open_properties.clone().expect("properties").into_iter().collect()
}

#[test]
fn a_file_of_comments_and_blank_lines_is_all_defaults() {
    assert_eq!(accepted("# nothing\n\n   # more\n"), Configuration::default());
}

#[test]
fn an_empty_file_is_refused() {
    assert_eq!(refused(""), ["router.conf: Configuration file was empty"]);
}

#[test]
fn lines_may_end_in_lf_or_crlf_and_be_indented_anyhow() {
    let lf = "router {\n  id: a\n}\nlistener{\n\t port:7\n }";
    let configuration = accepted(lf);
    assert_eq!(configuration.router.id.as_deref(), Some("a"));
    assert_eq!(configuration.listeners[0].value.port, "7");
    assert_eq!(accepted(&lf.replace('\n', "\r\n")), configuration);
}

#[test]
fn blanks_around_the_colon_are_optional_and_inner_blanks_stay() {
    for line in ["metadata:a  b", "metadata : a  b", "metadata   :a  b  "] {
        assert_eq!(metadata(line).as_deref(), Some("a  b"), "{line}");
    }
}

#[test]
fn everything_from_a_number_sign_on_is_cut_even_inside_a_value() {
    assert_eq!(metadata("metadata: a#b").as_deref(), Some("a"));
    assert_eq!(metadata("metadata: a # b").as_deref(), Some("a"));
    let configuration = accepted("address { # comment\n prefix: a/#\n} # comment\n");
    assert_eq!(configuration.addresses[0].value.prefix.as_deref(), Some("a/"));
    assert_eq!(refused("router {\nmetadata: # nothing\n}"), ["router.conf:2: router: 'metadata' has no value"]);
}

#[test]
fn a_comment_that_cuts_a_word_is_warned_of() {
    let warnings = warnings("router {\nmetadata: a#b\n}");
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("router.conf:2: router: 'metadata' ends before '#'"), "{warnings:?}");
}

#[test]
fn patterns_keep_the_number_sign_and_are_the_first_word_only() {
    for (line, pattern) in
        [("pattern: a/#", "a/#"), ("pattern: a.*.# # comment", "a.*.#"), ("pattern: a b", "a"), ("pattern: #", "#")]
    {
        let configuration = accepted(&section("address", &[line]));
        assert_eq!(configuration.addresses[0].value.pattern.as_deref(), Some(pattern), "{line}");
    }
    assert_eq!(warnings(&section("address", &["pattern: a b"])).len(), 1);
    assert_eq!(warnings(&section("address", &["pattern: a # b"])).len(), 0);
}

#[test]
fn single_quotes_and_trailing_commas_are_part_of_the_value() {
    assert_eq!(metadata("metadata: 'a',").as_deref(), Some("'a',"));
}

#[test]
fn double_quotes_enclose_a_whole_value_and_keep_the_number_sign() {
    assert_eq!(metadata(r#"metadata: "a#\"b" # comment"#).as_deref(), Some("a#\"b"));
    for line in [r#"metadata: a"b"#, r#"metadata: "a" b"#, r#"metadata: "a"#] {
        assert_eq!(refused(&section("router", &[line])).len(), 1, "{line}");
    }
}

#[test]
fn a_backslash_is_a_json_escape() {
    assert_eq!(metadata(r"metadata: a\tb\u0041").as_deref(), Some("a\tbA"));
    for line in [r"metadata: a\qb", r"metadata: a\"] {
        assert!(refused(&section("router", &[line]))[0].contains("write a backslash as '\\\\'"), "{line}");
    }
}

#[test]
fn of_an_attribute_given_twice_the_last_one_counts_with_a_warning() {
    let text = section("router", &["metadata: a", "metadata: b"]);
    assert_eq!(accepted(&text).router.metadata.as_deref(), Some("b"));
    assert_eq!(warnings(&text), ["router.conf:3: router: 'metadata' is given twice; this one counts, not line 2"]);
}

#[test]
fn an_attribute_without_value_is_refused() {
    assert_eq!(refused("router {\nmetadata:\n}"), ["router.conf:2: router: 'metadata' has no value"]);
}

#[test]
fn a_section_on_one_line_is_refused() {
    let errors = refused("router { id: a }\nlistener {\nport: 5\n}\n");
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("router.conf:1: router: nothing may follow '{'"), "{errors:?}");
}

#[test]
fn a_brace_on_the_next_line_is_one_error() {
    assert_eq!(
        refused("listener\n\n{\nport: 5\n}\n"),
        ["router.conf:3: listener: '{' must stand on the same line as 'listener'"]
    );
}

#[test]
fn a_section_opened_with_a_colon_is_one_error() {
    assert_eq!(
        refused("listener: {\nport: 5\n}\n"),
        ["router.conf:1: listener: a section opens with 'listener {', without a colon"]
    );
}

#[test]
fn sections_must_be_closed_and_closed_once() {
    assert_eq!(refused("router {\nid: a\n"), ["router.conf:1: router: the section is not closed: '}' is missing"]);
    assert_eq!(refused("router {\n}\n}\n"), ["router.conf:3: '}' closes nothing"]);
    assert_eq!(
        refused("router {\nid: a\nlistener {\n}\n"),
        ["router.conf:1: router: the section is not closed before 'listener {' on line 3: '}' is missing"]
    );
}

#[test]
fn attributes_stand_in_sections() {
    assert_eq!(refused("id: a\n"), ["router.conf:1: attribute 'id' stands outside of any section"]);
}

#[test]
fn lines_that_fit_nowhere_are_named_by_number() {
    let errors = refused("router {\nid\n}\nwhat is this?\n{\n=\nrouter.config {\n");
    assert_eq!(errors.len(), 5, "{errors:?}");
    for (error, line) in errors.iter().zip([2, 4, 5, 6, 7]) {
        assert!(error.starts_with(&format!("router.conf:{line}: ")), "{error}");
        assert!(error.contains("is neither"), "{error}");
    }
}

#[test]
fn names_of_sections_and_attributes_have_many_spellings() {
    for spelling in ["idleTimeoutSeconds", "idle-timeout-seconds", "idle_timeout_seconds", "idle-Timeout_Seconds"] {
        let configuration = accepted(&section("listener", &[&format!("{spelling}: 7")]));
        assert_eq!(configuration.listeners[0].value.idle_timeout_seconds, 7);
    }
    assert!(accepted("router {\ntimestamps-in-UTC: yes\n}").router.timestamps_in_utc);
    assert!(
        refused("ssl-profile {\nname: a\n}")[0].starts_with("router.conf:1: ssl-profile: such a section is refused")
    );
}

#[test]
fn open_properties_are_json_with_tolerant_commas_and_comments() {
    let expected =
        [(String::from("a"), Value::Integer(1)), (String::from("b"), Value::List(vec![Value::Boolean(true)]))];
    for lines in [
        "openProperties: {\n\"a\": 1,\n\"b\": [true]\n}",
        "openProperties: {\n# one\n\"a\": 1,\n  # two\n\"b\": [true,],\n}",
        "openProperties: {\"a\": 1, \"b\": [true]}",
        "open-properties : { # comment\n\"a\": 1,\n\"b\": [\ntrue\n]\n} # comment",
    ] {
        assert_eq!(open_properties(lines), expected, "{lines}");
    }
}

#[test]
fn braces_inside_a_json_map_are_balanced_in_any_layout() {
    let inner = |value: i64| Value::Map([(String::from("x"), Value::Integer(value))].into());
    let lines = "openProperties: {\n\"a\": {\n\"x\": 1\n},\n\"b\": {\"x\": 2},\n\"c\": \"}\"\n}\nport: 7";
    let expected = [("a", inner(1)), ("b", inner(2)), ("c", Value::Text("}".into()))];
    assert_eq!(open_properties(lines), expected.map(|(key, value)| (key.to_owned(), value)));
}

#[test]
fn keys_inside_a_json_map_are_not_normalised() {
    assert_eq!(open_properties("openProperties: {\"a-b c\": null}"), [(String::from("a-b c"), Value::Null)]);
}

#[test]
fn a_broken_json_map_is_one_error_and_reading_goes_on_behind_it() {
    let errors =
        refused("listener {\nopenProperties: {\n\"a\": {\n\"x\" 1\n},\n}\nport: 99999\n}\nrouter {\nid: a\n}\n");
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[0], "router.conf:4: listener: 'openProperties' is no JSON map: expected ':', found '1'");
    assert!(errors[1].starts_with("router.conf:7: listener: 'port' is '99999'"), "{errors:?}");
}

#[test]
fn maps_may_be_written_without_quotes() {
    assert_eq!(
        open_properties("openProperties: {\nteam: blue # comment\n# more\n}"),
        [("team".into(), Value::Text("blue".into()))]
    );
    let errors = refused(
        "vhost {\nhostname: h\ngroups: {\n$default: {\nusers: *\nallowDynamicSource: true\n}\nadmin: {\nusers: a, b\n}\n}\n}\n",
    );
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].starts_with("router.conf:1: vhost: such a section is refused"), "{errors:?}");
}

#[test]
fn other_attributes_take_no_map() {
    let errors = refused("listener {\nhost: {\na: b\n}\nport: 99999\n}\n");
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[0], "router.conf:2: listener: 'host' is a map; a text is needed");
}

#[test]
fn a_map_that_is_not_closed_is_named_where_it_opens() {
    let errors = refused("listener {\nopenProperties: {\na: b\n");
    assert_eq!(errors[1], "router.conf:2: listener: the map 'openProperties' is not closed: '}' is missing");
    assert!(refused("listener {\nopenProperties: {\n\"a\": 1\n")[1].contains("found the end of the file"));
}

#[test]
fn nesting_of_maps_is_limited() {
    let deep = format!("listener {{\nopenProperties: {{\n{}", "a: {\n".repeat(1_000));
    assert!(refused(&deep).iter().any(|error| error.contains("levels deep")));
}

#[test]
fn a_byte_order_mark_is_no_error() {
    assert_eq!(accepted("\u{feff}router {\nid: a\n}\n").router.id.as_deref(), Some("a"));
}
