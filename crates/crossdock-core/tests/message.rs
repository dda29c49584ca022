//! Scanning the head of a message.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use crossdock_core::{
    address::Phase,
    message::{Destination, HEAD_LIMIT, Head, HeadScanner, Malformed, RouterAnnotations, Scan, Span, Want},
};
use support::{
    Value, body, delivery_annotations, header, hex, message_annotations, properties_to, router_entry, section, strings,
};

fn scan_whole(message: &[u8], want: Want, strip_in: bool) -> Result<Head, Malformed> {
    let mut scanner = HeadScanner::new();
    scanner.finish(message, want, strip_in)?;
    Ok(*scanner.head())
}

fn head(message: &[u8]) -> Head {
    scan_whole(message, Want::To, false).unwrap()
}

fn error(message: &[u8]) -> Malformed {
    scan_whole(message, Want::To, false).unwrap_err()
}

fn router(message: &[u8]) -> RouterAnnotations {
    head(message).router_annotations.unwrap()
}

fn destination(message: &[u8]) -> Option<(&str, u8)> {
    head(message).destination(message).unwrap().map(|Destination { text, phase }| (text, phase.number()))
}

fn trace(message: &[u8]) -> Vec<&str> {
    router(message).trace_entries(message).map(|entry| std::str::from_utf8(entry).unwrap()).collect()
}

/// HELLO of router A, as captured.
fn hello() -> Vec<u8> {
    hex("005370 d0000000050000000142
         005372 c13004 a310782d6f70742d71642e696e6772657373 a103302f41 a30e782d6f70742d71642e7472616365 c00601a103302f41
         005373 d00000001f00000006 40 40 a114616d71703a2f5f6c6f63616c2f716468656c6c6f 40 40 40
         005374 d10000001300000002 a1066f70636f6465 a10548454c4c4f
         005377 d10000003b0000000a a1026964 a10141 a1027076 5401 a10461726561 a10130 a108696e7374616e6365 716b02f4e9
         a1047365656e d00000000700000001a10158")
}

#[test]
fn the_head_of_a_captured_hello() {
    let message = hello();
    let head = head(&message);
    assert_eq!((head.priority, head.durable), (4, false));
    assert_eq!(head.header, Span { start: 0, end: 13 });
    assert!(head.delivery_annotations.is_empty());
    assert_eq!(head.message_annotations, Span { start: 13, end: 66 });
    assert_eq!((head.user_annotations.len(), head.user_elements), (0, 0));
    assert_eq!(head.rest, 66);
    let router = head.router_annotations.unwrap();
    assert_eq!((router.to, router.phase, router.stream), (None, None, false));
    assert_eq!(router.ingress.unwrap().of(&message), b"0/A");
    assert_eq!((trace(&message), router.trace_count), (vec!["0/A"], 1));
    assert_eq!(destination(&message), Some(("amqp:/_local/qdhello", 0)));
}

#[test]
fn a_user_message_between_routers_goes_where_the_override_says() {
    let message = [
        header(vec![Value::Bool(false)]),
        message_annotations(vec![
            (Value::symbol("u"), Value::string("v")),
            router_entry("phase", Value::Int(1)),
            router_entry("to", Value::string("bar")),
            router_entry("ingress", Value::string("0/A")),
            router_entry("trace", strings(&["0/A", "0/B"])),
        ]),
        properties_to(Value::string("elsewhere")),
        body("body"),
    ]
    .concat();
    assert_eq!(destination(&message), Some(("bar", 1)));
    assert_eq!(trace(&message), ["0/A", "0/B"]);
    let head = head(&message);
    assert_eq!((head.user_annotations.of(&message), head.user_elements), (&b"\xa3\x01u\xa1\x01v"[..], 2));
    assert_eq!(head.to, None, "not looked for");
    assert_eq!(message[head.rest as usize..][..3], [0x00, 0x53, 0x73]);
}

#[test]
fn without_override_the_phase_means_nothing() {
    let annotations = message_annotations(vec![router_entry("phase", Value::Int(1))]);
    let message = [annotations, properties_to(Value::string("q")), body("")].concat();
    assert_eq!(destination(&message), Some(("q", 0)));
    assert_eq!(router(&message).phase, Phase::from_number(1));
}

#[test]
fn the_phase_of_a_fallback_is_22() {
    let entries = vec![router_entry("to", Value::string("q")), router_entry("phase", Value::Int(22))];
    let message = message_annotations(entries);
    assert_eq!(destination(&message), Some(("q", 22)));
    assert_eq!(router(&message).phase, Some(Phase::FALLBACK));
}

#[test]
fn priority_is_at_most_9_and_4_unless_given() {
    for (fields, durable, priority) in [
        (vec![], false, 4),
        (vec![Value::Bool(true)], true, 4),
        (vec![Value::Bool(true).wide(), Value::Ubyte(0)], true, 0),
        (vec![Value::Bool(false), Value::Ubyte(9), Value::Raw(vec![0x52, 7])], false, 9),
        (vec![Value::Null, Value::Ubyte(10)], false, 9),
        (vec![Value::Null, Value::Ubyte(255)], false, 9),
        (vec![Value::Null, Value::Null], false, 4),
        (vec![Value::Int(1), Value::Int(1)], false, 4),
    ] {
        for list in [Value::List(fields.clone()), Value::List(fields.clone()).wide()] {
            let message = [section(0x70, list.clone()), body("")].concat();
            let head = head(&message);
            assert_eq!((head.durable, head.priority), (durable, priority), "{list:?}");
            assert_eq!(head.header, Span { start: 0, end: head.rest });
        }
    }
}

#[test]
fn to_is_found_behind_ids_of_any_type() {
    let uuid = Value::Raw([&[0x98], &[7; 16][..]].concat());
    let described = Value::Described(
        Box::new(Value::Described(Box::new(Value::symbol("d")), Box::new(Value::Null))),
        Box::new(Value::List(vec![Value::string("x")])),
    );
    for id in [Value::Null, Value::string("id"), Value::Ulong(0), Value::Ulong(300), uuid, described] {
        for user in [Value::Null, Value::Binary(vec![1; 300])] {
            for to in [Value::string("q"), Value::string("q").wide(), Value::symbol("q")] {
                let fields = Value::List(vec![id.clone(), user.clone(), to, Value::string("subject")]);
                let message = [section(0x73, fields), body("")].concat();
                assert_eq!(destination(&message), Some(("q", 0)), "{id:?} {user:?}");
                assert_eq!(head(&message).rest, 0);
            }
        }
    }
}

#[test]
fn a_message_may_name_no_destination() {
    for message in [
        body("x"),
        header(vec![]),
        [header(vec![]), body("x")].concat(),
        [section(0x73, Value::List(vec![])), body("x")].concat(),
        [section(0x73, Value::List(vec![Value::Null, Value::Null])), body("x")].concat(),
        [properties_to(Value::Null), body("x")].concat(),
        section(0x74, Value::Map(vec![])),
        // A section in front that this router does not know.
        [section(0x534B_5052_2D2D_5241, Value::List(vec![])), properties_to(Value::string("q"))].concat(),
    ] {
        assert_eq!(destination(&message), None, "{message:x?}");
    }
}

#[test]
fn an_address_that_is_not_utf8_is_an_error_of_the_message() {
    let message = properties_to(Value::Raw(vec![0xa1, 2, b'q', 0xff]));
    assert_eq!(head(&message).destination(&message), Err(Malformed::AddressText));
}

#[test]
fn an_empty_address_is_an_address() {
    assert_eq!(destination(&properties_to(Value::string(""))), Some(("", 0)));
}

#[test]
fn descriptors_may_be_eight_octets_or_symbols() {
    let fields = || Value::List(vec![Value::Bool(true)]).encoded();
    let entries = || Value::Map(vec![router_entry("to", Value::string("q"))]).encoded();
    let long = |code| [&[0x00, 0x80][..], &u64::to_be_bytes(code)].concat();
    let named = |name| [vec![0x00], Value::symbol(name).encoded()].concat();
    for (header, annotations) in
        [(long(0x70), long(0x72)), (named("amqp:header:list"), named("amqp:message-annotations:map"))]
    {
        let message = [header, fields(), annotations, entries(), body("")].concat();
        assert_eq!(destination(&message), Some(("q", 0)));
        assert!(head(&message).durable);
        assert_resumable(&message);
    }
    let message = [
        [named("amqp:delivery-annotations:map"), Value::Map(vec![]).encoded()].concat(),
        [named("amqp:properties:list"), Value::List(vec![Value::Null, Value::Null, Value::string("q")]).encoded()]
            .concat(),
    ]
    .concat();
    assert_eq!(destination(&message), Some(("q", 0)));
}

#[test]
fn only_symbols_are_keys_of_routers() {
    let entries = vec![
        (Value::string("x-opt-qd.to"), Value::Int(1)),
        (Value::Ulong(7), Value::Null),
        (Value::symbol("x-opt-qd.unheard-of"), Value::Null),
        (Value::symbol("x-opt-qdto"), Value::Null),
    ];
    let message = message_annotations(entries);
    let head = head(&message);
    assert_eq!((head.router_annotations, head.user_elements), (None, 8));
    assert_eq!(head.user_annotations, Span { start: 6, end: head.rest });
}

#[test]
fn users_entries_behind_the_first_router_entry_are_lost_without_harm() {
    let message = message_annotations(vec![
        (Value::symbol("a"), Value::Int(1)),
        router_entry("class", Value::Map(vec![(Value::symbol("x-opt-qd.to"), Value::Null)])),
        (Value::symbol("b"), Value::List(vec![Value::symbol("x-opt-qd.to")])),
        router_entry("", Value::string("anything")),
        router_entry("trace", strings(&["0/A"]).wide()),
        router_entry("to", Value::string("q")),
    ]);
    let head = head(&message);
    assert_eq!((head.user_elements, head.user_annotations.of(&message)), (2, &b"\xa3\x01a\x54\x01"[..]));
    assert_eq!(destination(&message), Some(("q", 0)));
    assert_eq!(trace(&message), ["0/A"]);
}

#[test]
fn obsolete_router_entries_are_router_entries_that_say_nothing() {
    for name in ["class", ""] {
        let message = message_annotations(vec![router_entry(name, Value::Int(1))]);
        assert_eq!((router(&message), head(&message).user_elements), (RouterAnnotations::default(), 0), "{name}");
    }
}

#[test]
fn any_value_of_stream_sets_it() {
    for value in [Value::Int(1), Value::Int(0), Value::Null, Value::string("no")] {
        assert!(router(&message_annotations(vec![router_entry("stream", value)])).stream);
    }
}

#[test]
fn a_phase_is_any_integer_that_is_a_phase() {
    for octets in ["5401", "7100000001", "5001", "5201", "7000000001", "600001", "810000000000000001", "5301"] {
        let message = message_annotations(vec![router_entry("phase", Value::Raw(hex(octets)))]);
        assert_eq!(router(&message).phase, Phase::from_number(1), "{octets}");
    }
    for octets in ["43", "44", "5400"] {
        let message = message_annotations(vec![router_entry("phase", Value::Raw(hex(octets)))]);
        assert_eq!(router(&message).phase, Some(Phase::ZERO), "{octets}");
    }
    for octets in ["540a", "54ff", "7100000101", "7101000001", "a10131", "41", "40", "5601", "45", "7200000001"] {
        let message = message_annotations(vec![router_entry("phase", Value::Raw(hex(octets)))]);
        assert_eq!(error(&message), Malformed::Phase, "{octets}");
    }
}

#[test]
fn values_of_router_entries_are_checked_and_named_in_the_error() {
    for (name, value, description) in [
        ("to", Value::symbol("q"), "to-override not a valid string type"),
        ("to", Value::Null, "to-override not a valid string type"),
        ("ingress", Value::symbol("0/A"), "ingress router not a string type"),
        ("trace", Value::string("0/A"), "trace annotation is not a list"),
        ("trace", Value::Map(vec![]), "trace annotation is not a list"),
        ("trace", Value::List(vec![Value::string("0/A"), Value::Int(1)]), "trace list contains non-string entries"),
        ("trace", Value::List(vec![Value::symbol("0/A")]), "trace list contains non-string entries"),
    ] {
        let message = message_annotations(vec![router_entry(name, value.clone())]);
        let error = error(&message);
        assert_eq!((error.condition(), error.description()), ("amqp:invalid-field", description), "{value:?}");
        let stripped = scan_whole(&message, Want::To, true).unwrap();
        assert_eq!(stripped.router_annotations, Some(RouterAnnotations::default()), "not judged when stripped");
    }
}

#[test]
fn stripping_leaves_the_users_entries_and_to() {
    let message = [
        message_annotations(vec![
            (Value::symbol("a"), Value::Int(1)),
            router_entry("to", Value::string("forged")),
            router_entry("trace", strings(&["0/A"])),
        ]),
        properties_to(Value::string("q")),
    ]
    .concat();
    let head = scan_whole(&message, Want::To, true).unwrap();
    assert_eq!(head.destination(&message).unwrap().unwrap().text, "q");
    assert_eq!((head.user_elements, head.user_annotations.of(&message)), (2, &b"\xa3\x01a\x54\x01"[..]));
}

#[test]
fn annotations_that_cannot_be_read_are_an_invalid_field() {
    for (map, expected) in [
        ("40", Malformed::AnnotationsNotMap),
        ("45", Malformed::AnnotationsNotMap),
        ("c00100", Malformed::AnnotationsNotMap),
        ("c10401 a30161", Malformed::AnnotationsOdd),
        ("c10402 a30161", Malformed::AnnotationsFormat),
        ("c10502 a30161 a1", Malformed::AnnotationsFormat),
        ("c10702 a30161 a10561", Malformed::AnnotationsFormat),
        ("c10502 a30161 10", Malformed::AnnotationsFormat),
        ("c100", Malformed::AnnotationsFormat),
        ("d100000003 000000", Malformed::AnnotationsFormat),
        ("d100000004 fffffffe", Malformed::AnnotationsFormat),
    ] {
        let message = [hex("005372"), hex(map)].concat();
        assert_eq!(error(&message), expected, "{map}");
        assert_eq!(expected.condition(), "amqp:invalid-field");
    }
}

#[test]
fn what_is_no_message_is_a_decode_error() {
    let header = || header(vec![]);
    let annotations = || message_annotations(vec![]);
    let properties = || properties_to(Value::Null);
    for message in [
        vec![],
        hex("00"),
        hex("0053"),
        hex("005370"),
        hex("005370c0"),
        hex("005370c00501"),
        hex("005370c10100"),
        hex("00537040"),
        hex("005370c000"),
        hex("005370c00101"),
        hex("005371c00100"),
        hex("005373c10100"),
        hex("005373c00103"),
        hex("005373c00403404005"),
        hex("005373c00403404041"),
        hex("00805300"),
        hex("00a31061"),
        hex("00005370"),
        hex("0010"),
        hex("00c0"),
        b"hello".to_vec(),
        [header(), header()].concat(),
        [delivery_annotations(vec![]), header()].concat(),
        [annotations(), header()].concat(),
        [annotations(), delivery_annotations(vec![])].concat(),
        [annotations(), annotations()].concat(),
        [header(), b"hello".to_vec()].concat(),
        [header(), properties()[..4].to_vec()].concat(),
        [header(), vec![0]].concat(),
    ] {
        let error = error(&message);
        assert_eq!(
            (error.condition(), error.description()),
            ("amqp:decode-error", "invalid message format"),
            "{message:x?}"
        );
    }
}

#[test]
fn nesting_of_descriptors_costs_no_stack() {
    let nested = Value::Raw(vec![0; 60_000]);
    let message = section(0x73, Value::List(vec![nested]));
    assert_eq!(destination(&message), None, "fewer than three fields are not looked at");
    let message = section(0x73, Value::List(vec![Value::Raw(vec![0; 60_000]), Value::Null, Value::Null]));
    assert_eq!(error(&message), Malformed::Format);
}

#[test]
fn a_head_beyond_the_limit_is_refused_before_it_has_come() {
    for code in [0x70, 0x71, 0x72, 0x73] {
        let compound = if code == 0x70 || code == 0x73 { 0xd0 } else { 0xd1 };
        for (end, expected) in [(HEAD_LIMIT, Ok(Scan::NeedMore)), (HEAD_LIMIT + 1, Err(Malformed::HeadTooLarge))] {
            let size = (end - 8) as u32;
            let message = [&[0x00, 0x53, code, compound], &size.to_be_bytes()[..]].concat();
            let scanned = HeadScanner::new().scan(&message, Want::Annotations, true);
            let scanned = if code == 0x73 { HeadScanner::new().scan(&message, Want::To, true) } else { scanned };
            assert_eq!(scanned, expected, "{code:x}");
        }
        let message = [0x00, 0x53, code, compound, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(HeadScanner::new().scan(&message, Want::To, true), Err(Malformed::HeadTooLarge));
    }
    let half = || Value::Binary(vec![0; HEAD_LIMIT / 2]);
    let message = [
        delivery_annotations(vec![(Value::symbol("a"), half())]),
        message_annotations(vec![(Value::symbol("a"), half())]),
    ]
    .concat();
    assert_eq!(error(&message), Malformed::HeadTooLarge, "sections count together");
    let message = [properties_to(Value::string("q")), body(&"x".repeat(HEAD_LIMIT))].concat();
    assert_eq!(destination(&message), Some(("q", 0)), "the body does not count");
}

#[test]
fn a_scan_for_annotations_does_not_look_at_properties() {
    let message = [header(vec![]), hex("005373 ff")].concat();
    let mut scanner = HeadScanner::new();
    assert_eq!(scanner.scan(&message, Want::Annotations, false), Ok(Scan::Done));
    assert_eq!(scanner.head().rest, 4);
    assert_eq!(scanner.scan(&message, Want::To, false), Err(Malformed::Format), "wanting more goes on from there");
    assert_eq!(scanner.scan(&message, Want::To, false), Err(Malformed::Format), "an error stays");
}

#[test]
fn after_message_annotations_nothing_more_is_awaited() {
    let message = message_annotations(vec![router_entry("to", Value::string("q"))]);
    assert_eq!(HeadScanner::new().scan(&message, Want::Annotations, false), Ok(Scan::Done));
    assert_eq!(HeadScanner::new().scan(&message, Want::To, false), Ok(Scan::Done));
    assert_eq!(HeadScanner::new().scan(&message, Want::To, true), Ok(Scan::NeedMore), "a stripped override is none");
}

#[test]
fn captured_heads_are_resumable_at_every_octet() {
    assert_resumable(&hello());
    assert_resumable(&[header(vec![]), properties_to(Value::string("q")).clone(), body("x")].concat());
}

/// Octet by octet the scan finds what it finds in the whole.
fn assert_resumable(message: &[u8]) {
    for want in [Want::Annotations, Want::To] {
        for strip_in in [false, true] {
            let whole = scan_whole(message, want, strip_in);
            let mut scanner = HeadScanner::new();
            let mut scanned = Ok(Scan::NeedMore);
            for end in 0..=message.len() {
                scanned = scanner.scan(&message[..end], want, strip_in);
                if scanned != Ok(Scan::NeedMore) {
                    break;
                }
            }
            let pieces = scanned.and_then(|_| scanner.finish(message, want, strip_in)).map(|()| *scanner.head());
            assert_eq!(pieces, whole, "{message:x?}");
        }
    }
}
