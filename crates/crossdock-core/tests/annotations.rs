//! Writing what precedes the bare message for the next hop.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use crossdock_core::{
    address::Phase,
    message::{Head, HeadScanner, NewRouterAnnotations, NewTrace, Want, write_annotations},
};
use proptest::prelude::*;
use support::{
    Value, body, delivery_annotations, header, hex, message_annotations, properties_to, router_entry, strings,
};

fn scan(message: &[u8]) -> Head {
    let mut scanner = HeadScanner::new();
    scanner.finish(message, Want::Annotations, false).unwrap();
    *scanner.head()
}

/// The whole message as it leaves.
fn forwarded(message: &[u8], router: Option<&NewRouterAnnotations<'_>>) -> Vec<u8> {
    let head = scan(message);
    let mut out = Vec::new();
    write_annotations(&mut out, message, &head, router);
    out.extend_from_slice(&message[head.rest as usize..]);
    out
}

fn originate(identity: &str) -> NewRouterAnnotations<'_> {
    NewRouterAnnotations { ingress: Some(identity), trace: NewTrace::Append(identity), ..Default::default() }
}

/// The annotations of a captured HELLO, MAU and so on.
const CAPTURED: &str = "005372 c13004 a310782d6f70742d71642e696e6772657373 a103302f41
                        a30e782d6f70742d71642e7472616365 c00601a103302f41";

fn captured_header() -> Vec<u8> {
    hex("005370 d0000000050000000142")
}

#[test]
fn ingress_and_trace_are_written_as_captured() {
    let bare = hex("005373 d00000001f00000006 40 40 a114616d71703a2f5f6c6f63616c2f716468656c6c6f 40 40 40");
    let message = [captured_header(), bare.clone()].concat();
    assert_eq!(forwarded(&message, Some(&originate("0/A"))), [captured_header(), hex(CAPTURED), bare].concat());
}

#[test]
fn stripping_removes_router_entries_and_the_section_if_it_gets_empty() {
    let bare = body("x");
    let message = [captured_header(), hex(CAPTURED), bare.clone()].concat();
    assert_eq!(forwarded(&message, None), [captured_header(), bare.clone()].concat());
    let message = [message_annotations(vec![]), bare.clone()].concat();
    assert_eq!(forwarded(&message, None), bare, "an empty section goes as well");
}

#[test]
fn users_entries_stay_octet_for_octet() {
    let user = || vec![(Value::symbol("a").wide(), Value::Int(1).wide()), (Value::string("x-opt-qd.to"), Value::Null)];
    let mut entries = user();
    entries.extend([router_entry("to", Value::string("q")), router_entry("ingress", Value::string("0/A"))]);
    let delivery = delivery_annotations(vec![(Value::symbol("d"), Value::Null)]);
    let message = [delivery.clone(), message_annotations(entries), body("x")].concat();
    assert_eq!(forwarded(&message, None), [delivery, message_annotations(user()), body("x")].concat());
}

#[test]
fn a_transit_router_appends_itself_to_the_trace() {
    let arrived = vec![
        (Value::symbol("u"), Value::string("v")),
        router_entry("to", Value::string("bar")),
        router_entry("ingress", Value::string("0/A")),
        router_entry("trace", strings(&["0/A"])),
    ];
    let mut leaving = arrived.clone();
    leaving[3] = router_entry("trace", strings(&["0/A", "0/B"]));
    let message = [message_annotations(arrived), properties_to(Value::string("bar"))].concat();
    let router = NewRouterAnnotations {
        to: Some("bar"),
        ingress: Some("0/A"),
        trace: NewTrace::Append("0/B"),
        ..Default::default()
    };
    let expected = [message_annotations(leaving), properties_to(Value::string("bar"))].concat();
    assert_eq!(forwarded(&message, Some(&router)), expected);
}

#[test]
fn entries_are_written_in_the_order_all_routers_keep_and_after_the_users() {
    let message = [message_annotations(vec![(Value::symbol("u"), Value::Null)]), body("")].concat();
    let router = NewRouterAnnotations {
        phase: Phase::FALLBACK,
        stream: true,
        to: Some("q"),
        ingress: Some("0/A"),
        trace: NewTrace::Restart("0/A"),
    };
    let expected = message_annotations(vec![
        (Value::symbol("u"), Value::Null),
        router_entry("phase", Value::Int(22)),
        router_entry("stream", Value::Int(1)),
        router_entry("to", Value::string("q")),
        router_entry("ingress", Value::string("0/A")),
        router_entry("trace", strings(&["0/A"])),
    ]);
    assert_eq!(forwarded(&message, Some(&router)), [expected, body("")].concat());
}

#[test]
fn an_edge_adds_an_override_alone_or_nothing() {
    let message = [message_annotations(vec![(Value::symbol("um"), Value::string("v"))]), body("")].concat();
    let router = NewRouterAnnotations { to: Some("in.dest"), ..Default::default() };
    let expected = message_annotations(vec![
        (Value::symbol("um"), Value::string("v")),
        router_entry("to", Value::string("in.dest")),
    ]);
    assert_eq!(forwarded(&message, Some(&router)), [expected, body("")].concat());
    assert_eq!(forwarded(&body(""), Some(&NewRouterAnnotations::default())), body(""));
}

#[test]
fn a_trace_is_dropped_or_begun_anew_when_asked() {
    let message = message_annotations(vec![router_entry("trace", strings(&["0/A", "0/B"]))]);
    let omitted = NewRouterAnnotations { to: Some("q"), ..Default::default() };
    assert_eq!(forwarded(&message, Some(&omitted)), message_annotations(vec![router_entry("to", Value::string("q"))]));
    let restarted = NewRouterAnnotations { trace: NewTrace::Restart("0/C"), ..Default::default() };
    assert_eq!(
        forwarded(&message, Some(&restarted)),
        message_annotations(vec![router_entry("trace", strings(&["0/C"]))])
    );
}

proptest! {
    /// The encoder of the tests and the one of the router agree, in particular where sizes outgrow one octet.
    #[test]
    fn what_is_written_is_what_an_encoder_of_values_writes(
        with_header in any::<bool>(),
        user in prop::collection::vec(("[a-z]{1,3}", prop_oneof![0_usize..4, 200_usize..300]), 0..4),
        phase in prop::sample::select(vec![0, 1, 9, 22]),
        stream in any::<bool>(),
        to in prop::option::of(prop_oneof!["[a-z]{0,9}", "[a-z]{180,270}"]),
        ingress in prop::option::of("0/[A-Z]{1,3}"),
        passed in prop_oneof![prop::collection::vec("0/[A-Z]{1,3}", 0..4), prop::collection::vec("0/[A-Z]{1,3}", 30..300)],
        own in prop::option::of("0/[A-Z]{1,3}"),
    ) {
        let passed: Vec<&str> = passed.iter().map(String::as_str).collect();
        let user: Vec<_> =
            user.iter().map(|(key, length)| (Value::symbol(key), Value::Binary(vec![7; *length]))).collect();
        let front = if with_header { header(vec![Value::Bool(true)]) } else { Vec::new() };
        let mut arrived = user.clone();
        if !passed.is_empty() {
            arrived.push(router_entry("trace", strings(&passed)));
        }
        let message = [front.clone(), message_annotations(arrived), body("b")].concat();

        let router = NewRouterAnnotations {
            phase: Phase::from_number(phase).unwrap(),
            stream,
            to: to.as_deref(),
            ingress: ingress.as_deref(),
            trace: own.as_deref().map_or(NewTrace::Omit, NewTrace::Append),
        };
        let mut leaving = user;
        leaving.extend((phase != 0).then(|| router_entry("phase", Value::Int(phase.into()))));
        leaving.extend(stream.then(|| router_entry("stream", Value::Int(1))));
        leaving.extend(to.as_deref().map(|to| router_entry("to", Value::string(to))));
        leaving.extend(ingress.as_deref().map(|ingress| router_entry("ingress", Value::string(ingress))));
        leaving.extend(own.as_deref().map(|own| router_entry("trace", strings(&[&passed[..], &[own]].concat()))));
        let section = if leaving.is_empty() { Vec::new() } else { message_annotations(leaving) };
        prop_assert_eq!(forwarded(&message, Some(&router)), [front, section, body("b")].concat());
    }
}
