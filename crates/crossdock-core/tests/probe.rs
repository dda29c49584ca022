//! The mark of a probe: where it means something, and how the next router gets it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use crossdock_core::message::{
    Head, HeadScanner, NewRouterAnnotations, NewTrace, ProbeId, ProbeMark, Want, write_probe,
};
use support::{Value, body, header, message_annotations, properties_to, router_entry, strings};

const KEY: &str = "x-opt-crossdock.probe";
const MARK: ProbeMark = ProbeMark { id: ProbeId(*b"0123456789abcdef"), patience: 5_000, settled: true };

fn scan(message: &[u8], strip_in: bool) -> Head {
    let mut scanner = HeadScanner::new();
    scanner.finish(message, Want::To, strip_in).unwrap();
    *scanner.head()
}

fn entry(value: Value) -> (Value, Value) {
    (Value::symbol(KEY), value)
}

fn ingress() -> (Value, Value) {
    router_entry("ingress", Value::string("0/A"))
}

#[test]
fn in_front_of_the_annotations_of_routers_it_is_a_users() {
    for entries in [vec![entry(Value::Int(1))], vec![entry(Value::Int(1)), ingress()]] {
        let head = scan(&[message_annotations(entries), body("x")].concat(), false);
        assert_eq!(head.user_elements, 2);
        assert!(head.router_annotations.is_none_or(|annotations| annotations.probe.is_none()));
    }
}

#[test]
fn behind_them_it_is_a_mark_unless_they_mean_nothing() {
    let message = [message_annotations(vec![ingress(), entry(Value::Int(1))]), body("x")].concat();
    let probe = scan(&message, false).router_annotations.unwrap().probe.unwrap();
    assert_eq!(probe.of(&message), Value::Int(1).encoded());
    assert_eq!(scan(&message, true).router_annotations.unwrap().probe, None);
    // A text that looks like the key is not the key.
    let message = [message_annotations(vec![ingress(), (Value::string(KEY), Value::Int(1))]), body("x")].concat();
    assert_eq!(scan(&message, false).router_annotations.unwrap().probe, None);
}

#[test]
fn the_next_router_gets_the_mark_and_the_annotations_and_nothing_of_a_user() {
    let annotations = message_annotations(vec![
        (Value::symbol("user"), Value::Int(1)),
        ingress(),
        router_entry("trace", strings(&["0/A"])),
        entry(Value::Null),
    ]);
    let front = header(vec![Value::Bool(false), Value::Ubyte(7)]);
    let rest = [properties_to(Value::string("news")), body("x")].concat();
    let message = [front.clone(), annotations, rest.clone()].concat();
    let new = NewRouterAnnotations {
        to: Some("other"),
        ingress: Some("0/A"),
        trace: NewTrace::Append("0/B"),
        ..NewRouterAnnotations::default()
    };
    let mut out = Vec::new();
    write_probe(&mut out, &message, &scan(&message, false), &new, MARK);
    let head = scan(&out, false);
    let found = head.router_annotations.unwrap();
    assert_eq!((head.priority, head.user_elements), (7, 0));
    assert_eq!(ProbeMark::decode(found.probe.unwrap().of(&out)), Some(MARK));
    assert_eq!(found.trace_entries(&out).collect::<Vec<_>>(), [b"0/A", b"0/B"]);
    assert_eq!(found.to.unwrap().of(&out), b"other");
    assert_eq!(&out[head.rest as usize..], rest);
}
