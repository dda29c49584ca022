//! What holds for the head of every message, however it is encoded and however it arrives.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use crossdock_core::message::{
    Head, HeadScanner, Malformed, NewRouterAnnotations, NewTrace, Scan, Want, write_annotations,
};
use proptest::prelude::*;
use support::{Value, body, router_entry, strings};

/// A message, and what a router has to see in it.
#[derive(Clone, Debug)]
struct Sample {
    octets: Vec<u8>,
    priority: u8,
    durable: bool,
    user_elements: u32,
    to_override: Option<String>,
    trace: Option<Vec<String>>,
    to: Option<String>,
}

fn any_section(code: u64, value: Value) -> impl Strategy<Value = Vec<u8>> {
    let names =
        ["amqp:header:list", "amqp:delivery-annotations:map", "amqp:message-annotations:map", "amqp:properties:list"];
    let name = Value::symbol(names[code as usize - 0x70]);
    let descriptors = vec![Value::Ulong(code), Value::Ulong(code), Value::Ulong(code).wide(), name];
    (prop::sample::select(descriptors), any::<bool>()).prop_map(move |(descriptor, wide)| {
        let value = if wide { value.clone().wide() } else { value.clone() };
        [&[0][..], &descriptor.encoded(), &value.encoded()].concat()
    })
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<u8>().prop_map(Value::Ubyte),
        any::<i32>().prop_map(Value::Int),
        any::<u64>().prop_map(Value::Ulong),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Binary),
        "[a-z]{0,9}".prop_map(Value::String),
        "(x-opt-qd\\.)?(to|trace)?".prop_map(Value::Symbol),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((inner.clone(), inner.clone()), 0..3).prop_map(Value::Map),
            (inner.clone(), inner.clone())
                .prop_map(|(descriptor, value)| Value::Described(descriptor.into(), value.into())),
            inner.prop_map(Value::wide),
        ]
    })
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let user_key = prop_oneof!["[a-z]{1,9}".prop_map(Value::Symbol), Just(Value::string("x-opt-qd.to"))];
    let user = prop::collection::vec((user_key, any_value()), 0..4);
    let header = prop::option::of((any::<bool>(), 0_u8..12));
    let delivery = prop::option::of(prop::collection::vec((any_value(), any_value()), 0..3));
    let router =
        (prop::option::of("[a-z/]{0,12}"), prop::option::of(prop::collection::vec("0/[A-Z]", 0..5)), any::<bool>());
    let properties = prop::option::of((any_value(), any_value(), prop::option::of("[a-z/:.]{0,12}")));
    (header, delivery, prop::option::of((user, router)), properties).prop_flat_map(
        |(header, delivery, annotations, properties)| {
            let mut sections = Vec::new();
            let mut sample = Sample {
                octets: Vec::new(),
                priority: 4,
                durable: false,
                user_elements: 0,
                to_override: None,
                trace: None,
                to: None,
            };
            if let Some((durable, priority)) = header {
                (sample.durable, sample.priority) = (durable, priority.min(9));
                let fields = vec![Value::Bool(durable), Value::Ubyte(priority), Value::Null];
                sections.push(any_section(0x70, Value::List(fields)).boxed());
            }
            sections.extend(delivery.map(|entries| any_section(0x71, Value::Map(entries)).boxed()));
            if let Some((user, (to, trace, reversed))) = annotations {
                sample.user_elements = user.len() as u32 * 2;
                let mut router = Vec::new();
                router.extend(to.as_deref().map(|to| router_entry("to", Value::string(to))));
                router.extend(trace.as_ref().map(|trace| {
                    let trace: Vec<&str> = trace.iter().map(String::as_str).collect();
                    router_entry("trace", strings(&trace))
                }));
                if reversed {
                    router.reverse();
                }
                (sample.to_override, sample.trace) = (to, trace);
                sections.push(any_section(0x72, Value::Map([user, router].concat())).boxed());
            }
            if let Some((id, user, to)) = properties {
                let address = to.as_deref().map_or(Value::Null, Value::string);
                sample.to = to;
                sections.push(any_section(0x73, Value::List(vec![id, user, address, Value::Null])).boxed());
            }
            sections.prop_map(move |sections| {
                let mut sample = sample.clone();
                sample.octets = [sections.concat(), body("body")].concat();
                sample
            })
        },
    )
}

fn scan_whole(message: &[u8], want: Want, strip_in: bool) -> Result<Head, Malformed> {
    let mut scanner = HeadScanner::new();
    scanner.finish(message, want, strip_in)?;
    Ok(*scanner.head())
}

/// Scans with ever more of the message, each time up to one of `ends`.
fn scan_pieces(
    message: &[u8],
    ends: impl Iterator<Item = usize>,
    want: Want,
    strip_in: bool,
) -> Result<Head, Malformed> {
    let mut scanner = HeadScanner::new();
    for end in ends {
        if scanner.scan(&message[..end], want, strip_in)? == Scan::Done {
            return Ok(*scanner.head());
        }
    }
    scanner.finish(message, want, strip_in)?;
    Ok(*scanner.head())
}

const WANTS: [(Want, bool); 4] =
    [(Want::Annotations, false), (Want::Annotations, true), (Want::To, false), (Want::To, true)];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_head_is_what_was_encoded(sample in any_sample()) {
        let message = &sample.octets;
        let head = scan_whole(message, Want::To, false).unwrap();
        prop_assert_eq!((head.priority, head.durable), (sample.priority, sample.durable));
        prop_assert_eq!(head.user_elements, sample.user_elements);
        let destination = head.destination(message).unwrap().map(|destination| destination.text.to_owned());
        prop_assert_eq!(destination, sample.to_override.clone().or(sample.to.clone()));
        let router = head.router_annotations;
        prop_assert_eq!(router.is_some(), sample.to_override.is_some() || sample.trace.is_some());
        if let Some(router) = router {
            let trace: Vec<_> = router.trace_entries(message).map(|entry| String::from_utf8(entry.to_vec()).unwrap()).collect();
            prop_assert_eq!(router.trace_count as usize, trace.len());
            prop_assert_eq!(router.trace.map(|_| trace), sample.trace);
        }
        let stripped = scan_whole(message, Want::To, true).unwrap();
        prop_assert_eq!(stripped.destination(message).unwrap().map(|destination| destination.text.to_owned()), sample.to);
        prop_assert_eq!(stripped.user_annotations, head.user_annotations);
    }

    #[test]
    fn it_does_not_matter_in_which_pieces_a_message_comes(sample in any_sample(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        let message = &sample.octets;
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(message.len() + 1)).collect();
        ends.sort_unstable();
        for (want, strip_in) in WANTS {
            let whole = scan_whole(message, want, strip_in);
            prop_assert_eq!(scan_pieces(message, ends.iter().copied(), want, strip_in), whole);
            prop_assert_eq!(scan_pieces(message, 0..=message.len(), want, strip_in), whole);
        }
    }

    #[test]
    fn a_changed_octet_or_a_lost_end_is_survived_and_seen_alike_in_pieces(
        sample in any_sample(), at in any::<prop::sample::Index>(), octet in any::<u8>(), end in any::<prop::sample::Index>(),
    ) {
        let mut message = sample.octets;
        let at = at.index(message.len());
        message[at] = octet;
        message.truncate(end.index(2 * message.len()));
        for (want, strip_in) in WANTS {
            let whole = scan_whole(&message, want, strip_in);
            prop_assert_eq!(scan_pieces(&message, 0..=message.len(), want, strip_in), whole);
        }
    }

    #[test]
    fn what_is_scanned_can_be_written_and_scanned_again(message in prop_oneof![
        any_sample().prop_map(|sample| sample.octets),
        octets_like_a_message(),
    ]) {
        let Ok(head) = scan_whole(&message, Want::To, false) else { return Ok(()) };
        let router = NewRouterAnnotations { to: Some("q"), trace: NewTrace::Append("0/A"), ..Default::default() };
        let mut out = Vec::new();
        write_annotations(&mut out, &message, &head, Some(&router));
        let again = scan_whole(&out, Want::Annotations, false).unwrap();
        prop_assert_eq!(again.user_annotations.of(&out), head.user_annotations.of(&message));
        prop_assert_eq!(again.header.of(&out), head.header.of(&message));
        prop_assert_eq!(again.delivery_annotations.of(&out), head.delivery_annotations.of(&message));
        let passed = head.router_annotations.map_or(0, |router| router.trace_count);
        let written = again.router_annotations.unwrap();
        prop_assert_eq!(written.trace_count, passed + 1);
        prop_assert_eq!(written.trace_entries(&out).last(), Some(&b"0/A"[..]));

        let mut stripped = Vec::new();
        write_annotations(&mut stripped, &message, &head, None);
        prop_assert!(stripped.is_empty() || scan_whole(&stripped, Want::Annotations, true).unwrap().router_annotations.is_none());
    }

    #[test]
    fn any_octets_are_survived(message in octets_like_a_message()) {
        for (want, strip_in) in WANTS {
            let whole = scan_whole(&message, want, strip_in);
            prop_assert_eq!(scan_pieces(&message, 0..=message.len(), want, strip_in), whole);
            if let Ok(head) = whole {
                prop_assert!(head.rest as usize <= message.len());
                let _ = head.destination(&message);
            }
        }
    }
}

/// Octets that mean something where they are likely to be looked at.
fn octets_like_a_message() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![0x70_u8, 0x71, 0x72, 0x73]).prop_map(|code| vec![0x00, 0x53, code]),
        4 => prop::sample::select(vec![0x00_u8, 0x40, 0x41, 0x45, 0x53, 0x54, 0xa1, 0xa3, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xf0]).prop_map(|octet| vec![octet]),
        3 => (0_u8..8).prop_map(|octet| vec![octet]),
        1 => (0_u8..40).prop_map(|octet| vec![0, 0, 0, octet]),
        2 => prop::sample::select(vec!["to", "phase", "trace", "ingress", "class", "stream", ""])
            .prop_map(|name| Value::symbol(&format!("x-opt-qd.{name}")).encoded()),
        1 => any::<u8>().prop_map(|octet| vec![octet]),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}
