//! The performatives that serde reads: what clients send is understood, and what serde_amqp 0.18 gets wrong never reaches
//! it.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod codec_support;

use codec_support::{
    FALSE, LIST_0, NULL, TRUE, UINT_0, array, binary, described, described_by, frame, header, list, map, sasl_frame,
    string, symbol, symbols, uint,
};
use crossdock_amqp::codec::{DecodeError, Expected, Performative, Problem, decode_performative, encode_performative};
use fe2o3_amqp_types::definitions::{AmqpError, ErrorCondition, LinkError, ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{
    DeliveryState, DistributionMode, Outcome, TargetArchetype, TerminusDurability, TerminusExpiryPolicy,
};
use fe2o3_amqp_types::performatives::{Attach, Begin, Close, Detach, End, Open};
use fe2o3_amqp_types::transaction::TxnCapability;
use proptest::prelude::*;
use serde_amqp::Value;
use serde_amqp::described::Described;
use serde_amqp::descriptor::Descriptor;
use serde_amqp::primitives::Symbol;

const OPEN: u8 = 0x10;
const BEGIN: u8 = 0x11;
const ATTACH: u8 = 0x12;
const DETACH: u8 = 0x16;
const END: u8 = 0x17;
const CLOSE: u8 = 0x18;
const ERROR: u8 = 0x1d;
const SOURCE: u8 = 0x28;
const TARGET: u8 = 0x29;
const COORDINATOR: u8 = 0x30;

fn decode(body: &[u8]) -> Result<Performative, DecodeError> {
    let frame = frame(body);
    decode_performative(&frame, &header(&frame))
}

/// Decodes, and checks on the way that the performative means the same after it was encoded again.
fn decoded(body: &[u8]) -> Performative {
    let performative = decode(body).unwrap_or_else(|error| panic!("{error}: {body:02x?}"));
    let mut again = Vec::new();
    encode_performative(&mut again, 9, &performative).expect("encodes");
    assert_eq!(header(&again).channel, 9);
    assert_eq!(decode_performative(&again, &header(&again)).as_ref(), Ok(&performative));
    performative
}

fn problem(body: &[u8]) -> Problem {
    decode(body).expect_err("must be refused").problem
}

fn open(fields: &[&[u8]]) -> Open {
    let performative = decoded(&described(OPEN, &list(fields)));
    let Performative::Open(open) = performative else { panic!("not an open: {performative:?}") };
    *open
}

/// An attach with these termini and the fields behind them.
fn attach_body(source: &[u8], target: &[u8], rest: &[&[u8]]) -> Vec<u8> {
    let name = string("link");
    let fields = [&[&name[..], UINT_0, FALSE, &[0x50, 2], &[0x50, 0], source, target][..], rest].concat();
    described(ATTACH, &list(&fields))
}

fn attach(source: &[u8], target: &[u8], rest: &[&[u8]]) -> Attach {
    let performative = decoded(&attach_body(source, target, rest));
    let Performative::Attach(attach) = performative else { panic!("not an attach: {performative:?}") };
    *attach
}

/// The value under `key` in the properties of an open.
fn property(value: &[u8]) -> Value {
    let properties = map(&[&symbol("a")[..], value, &symbol("behind"), &uint(5)]);
    let name = string("c");
    let open = open(&[&name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &properties]);
    let properties = open.properties.expect("properties");
    assert_eq!(properties.get(&Symbol::from("behind")), Some(&Value::Uint(5)));
    properties.get(&Symbol::from("a")).expect("the value").clone()
}

#[test]
fn an_open_with_every_field_is_read() {
    let fields = [
        string("c"),
        string("host"),
        uint(200),
        vec![0x60, 0, 9],
        uint(3),
        symbol("en-US"),
        symbols(&["en", "de"]),
        symbols(&["A"]),
        symbol("B"),
        map(&[symbol("product"), string("x")]),
    ];
    let open = open(&fields.each_ref().map(|field| &field[..]));
    assert_eq!((&open.container_id[..], open.hostname.as_deref()), ("c", Some("host")));
    assert_eq!((open.max_frame_size.0, open.channel_max.0, open.idle_time_out), (200, 9, Some(3)));
    let of = |names: &[&str]| names.iter().map(|name| Symbol::from(*name)).collect::<Vec<_>>();
    assert_eq!(open.outgoing_locales.expect("locales").0, of(&["en-US"]));
    assert_eq!(open.incoming_locales.expect("locales").0, of(&["en", "de"]));
    assert_eq!(open.offered_capabilities.expect("capabilities").0, of(&["A"]));
    assert_eq!(open.desired_capabilities.expect("capabilities").0, of(&["B"]));
    assert_eq!(open.properties.expect("properties").len(), 1);
}

#[test]
fn fields_left_off_are_the_defaults() {
    let open = open(&[&string("c")]);
    assert_eq!((open.max_frame_size.0, open.channel_max.0, open.idle_time_out), (u32::MAX, u16::MAX, None));
    let begin = decoded(&described(BEGIN, &list(&[NULL, UINT_0, &uint(9), &uint(8)])));
    let Performative::Begin(begin) = begin else { panic!("not a begin: {begin:?}") };
    assert_eq!((begin.remote_channel, begin.handle_max.0), (None, u32::MAX));
    let attach = decoded(&described(ATTACH, &list(&[&string("l")[..], &uint(1), &[0x56, 1]])));
    let Performative::Attach(attach) = attach else { panic!("not an attach: {attach:?}") };
    assert_eq!((attach.role, attach.snd_settle_mode), (Role::Receiver, SenderSettleMode::Mixed));
    assert_eq!((attach.rcv_settle_mode, attach.source, attach.target), (ReceiverSettleMode::First, None, None));
    assert_eq!(decoded(&described(END, LIST_0)), End { error: None }.into());
    assert_eq!(decoded(&described(CLOSE, &list(&[NULL]))), Close { error: None }.into());
}

#[test]
fn every_type_of_value_survives_in_a_property() {
    let ulong = |constructor: u8| vec![constructor, 0, 0, 0, 0, 0, 0, 0, 1];
    for value in [
        TRUE.to_vec(),
        vec![0x56, 0],
        UINT_0.to_vec(),
        vec![0x44],
        vec![0x50, 1],
        vec![0x51, 0xff],
        vec![0x53, 1],
        vec![0x54, 0xff],
        vec![0x55, 0xff],
        vec![0x60, 0, 1],
        vec![0x61, 0, 1],
        vec![0x70, 0, 0, 1, 0],
        vec![0x71, 0, 0, 1, 0],
        vec![0x72, 0, 0, 0, 0],
        vec![0x73, 0, 0, 0, 0x41],
        vec![0x74, 0, 0, 0, 1],
        ulong(0x80),
        ulong(0x81),
        ulong(0x82),
        ulong(0x83),
        ulong(0x84),
        [vec![0x94], vec![7; 16]].concat(),
        [vec![0x98], vec![7; 16]].concat(),
        binary(&[1]),
        string("ä"),
        symbol("s"),
        LIST_0.to_vec(),
        list(&[LIST_0, NULL]),
        map(&[&string("k")[..], NULL]),
        map(&[&uint(1)[..], &list(&[TRUE])]),
        symbols(&["a", "b"]),
        array(&[0x71], &[[0, 0, 0, 1]]),
        array(&[0x56], &[[0], [1]]),
        described(0x24, LIST_0),
        described_by("a:b", &string("x")),
        described_by("a:b", NULL),
        described_by("a:b", &symbols(&["x"])),
        described_by("a:b", &described_by("c:d", &map(&[symbol("k"), uint(1)]))),
    ] {
        property(&value);
    }
    assert_eq!(property(&[0x55, 0xfe]), Value::Long(-2));
    assert_eq!(property(&string("ä")), Value::String("ä".into()));
}

/// serde_amqp leaves the constructor of an empty array unread and takes it for the next field.
#[test]
fn an_empty_array_is_nothing_with_its_constructor_and_without() {
    for empty in [&[0xe0, 2, 0, 0xa3][..], &[0xe0, 1, 0], &[0xf0, 0, 0, 0, 5, 0, 0, 0, 0, 0xa3]] {
        let terminus = described(SOURCE, LIST_0);
        let attach = attach(&terminus, NULL, &[NULL, NULL, &uint(7), NULL, empty, &symbol("d")]);
        assert_eq!(attach.offered_capabilities, None);
        assert_eq!(attach.desired_capabilities.expect("capabilities").0, [Symbol::from("d")]);
        assert_eq!(property(empty), Value::Array(Vec::new().into()));
    }
}

/// serde_amqp reads the elements of such arrays as if each had a constructor of its own.
#[test]
fn an_array_of_compound_or_described_values_is_read_as_a_list() {
    let one = |value: Value| Value::List(vec![value]);
    assert_eq!(property(&array(&[0xc0], &[[2, 1, 0x41]])), one(one(Value::Bool(true))));
    assert_eq!(property(&array(&[0xe0], &[[3, 1, 0x50, 7]])), one(Value::Array(vec![Value::Ubyte(7)].into())));
    let symbolic = array(&[0, 0xa3, 1, b'd', 0xa1], &[[1, b'x']]);
    let element = Described { descriptor: Descriptor::Name(Symbol::from("d")), value: Value::String("x".into()) };
    assert_eq!(property(&symbolic), one(Value::Described(Box::new(element))));
    let maps = property(&array(&[0xc1], &[[5, 2, 0xa1, 1, b'k', 0x40]]));
    let Value::List(maps) = maps else { panic!("not a list: {maps:?}") };
    assert!(matches!(&maps[..], [Value::Map(map)] if map.len() == 1), "{maps:?}");
}

/// serde_amqp refuses an array of more elements than bytes, and encodes an array of empty lists wrongly.
#[test]
fn an_array_of_elements_without_bytes_is_read_as_a_list() {
    let nothing = [[0_u8; 0]; 3];
    assert_eq!(property(&array(&[0x41], &nothing)), Value::List(vec![Value::Bool(true); 3]));
    assert_eq!(property(&array(&[0x43], &nothing)), Value::List(vec![Value::Uint(0); 3]));
    assert_eq!(property(&array(&[0x45], &nothing)), Value::List(vec![Value::List(Vec::new()); 3]));
}

/// serde_amqp writes the length of a string in an array in characters.
#[test]
fn an_array_of_strings_is_read_as_a_list_when_they_are_not_ascii() {
    let string = |text: &str| Value::String(text.into());
    let ascii = array(&[0xa1], &[&[1, b'x'][..], &[2, b'y', b'z']]);
    assert_eq!(property(&ascii), Value::Array(vec![string("x"), string("yz")].into()));
    let other = array(&[0xa1], &[&[1, b'x'][..], &[2, 0xc3, 0xa4]]);
    assert_eq!(property(&other), Value::List(vec![string("x"), string("ä")]));
}

/// serde_amqp remembers the type of the key when it writes the value.
#[test]
fn keys_that_spoil_their_value_are_rewritten() {
    let timestamp = [0x83, 0, 0, 0, 0, 0, 0, 0, 7];
    for key in [&timestamp[..], &described_by("a:b", &timestamp), &list(&[timestamp]), &symbols(&["a"])] {
        for value in [&string("x")[..], &[0x55, 1], LIST_0, &symbols(&["x"])] {
            let found = property(&map(&[key, value]));
            assert!(matches!(&found, Value::Map(map) if map.len() == 1), "{found:?}");
        }
    }
    let Value::Map(map) = property(&map(&[&timestamp[..], &string("x")])) else { panic!("not a map") };
    assert_eq!(map.get(&Value::Long(7)), Some(&Value::String("x".into())));
}

#[test]
fn what_would_not_be_well_formed_is_not_written() {
    let spoilt = Value::Array(vec![Value::String("ä".into())].into());
    let mut open = open(&[&string("c")]);
    open.properties = Some([(Symbol::from("a"), spoilt)].into_iter().collect());
    let mut out = vec![7];
    let error = encode_performative(&mut out, 1, &open.into()).expect_err("must be refused");
    assert!(error.to_string().contains("well-formed"), "{error}");
    assert_eq!(out, [7]);
}

#[test]
fn a_rewritten_array_leaves_everything_around_it_in_its_place() {
    let awkward = array(&[0xc0], &[&[1, 0][..], &[2, 1, 0x40]]);
    let long = string(&"x".repeat(200));
    let filters = map(&[symbol("f"), described_by("a:b", &list(&[&awkward, &long])), symbol("g"), awkward.clone()]);
    let address = string("q");
    let source = described(SOURCE, &list(&[&address[..], NULL, NULL, NULL, NULL, NULL, NULL, &filters]));
    let target = described(TARGET, &list(&[&address]));
    let attach = attach(&source, &target, &[NULL, NULL, &uint(7), NULL, NULL, NULL, &map(&[symbol("p"), uint(1)])]);
    assert_eq!(attach.source.expect("source").filter.expect("filter").len(), 2);
    assert!(
        matches!(*attach.target.expect("target"), TargetArchetype::Target(target) if target.address.as_deref() == Some("q"))
    );
    assert_eq!(attach.initial_delivery_count, Some(7));
    assert_eq!(attach.properties.expect("properties").len(), 1);
}

#[test]
fn the_filters_of_real_clients_are_read() {
    let numeric = [&[0, 0x80, 0, 0, 0x46, 0x8c, 0, 0, 0, 4][..], &string("colour = 'red'")].concat();
    for (filter, descriptor) in [
        (described_by("apache.org:selector-filter:string", &string("a = 1")), "apache.org:selector-filter:string"),
        (described_by("apache.org:no-local-filter:list", LIST_0), "apache.org:no-local-filter:list"),
        (numeric, "0x468c00000004"),
    ] {
        let filters = map(&[symbol("f"), filter]);
        let source = described(SOURCE, &list(&[&string("q")[..], NULL, NULL, NULL, NULL, NULL, NULL, &filters]));
        let filters = attach(&source, NULL, &[]).source.expect("source").filter.expect("filter");
        let Some(Value::Described(filter)) = filters.get(&Symbol::from("f")) else { panic!("{filters:?}") };
        let found = match &filter.descriptor {
            Descriptor::Name(name) => name.to_string(),
            Descriptor::Code(code) => format!("{code:#x}"),
        };
        assert_eq!(found, descriptor);
    }
}

#[test]
fn every_field_of_a_terminus_is_read() {
    let modified = described(0x27, &list(&[TRUE, FALSE]));
    let lifetime = described(0x2b, LIST_0);
    let fields = [
        string("q"),
        uint(2),
        symbol("never"),
        uint(60),
        TRUE.to_vec(),
        map(&[symbol("lifetime-policy"), lifetime]),
        symbol("copy"),
        map(&[&symbol("f")[..], NULL]),
        modified,
        symbols(&["amqp:accepted:list", "amqp:released:list"]),
        symbol("queue"),
    ];
    let target = described_by(
        "amqp:target:list",
        &list(&[&fields[0], &uint(1), &fields[2], &fields[3], &fields[4], &fields[5], &fields[10]]),
    );
    let attach = attach(&described(SOURCE, &list(&fields)), &target, &[NULL, NULL, &uint(0), &[0x44]]);
    let source = *attach.source.expect("source");
    assert_eq!(
        (source.durable, source.expiry_policy),
        (TerminusDurability::UnsettledState, TerminusExpiryPolicy::Never)
    );
    assert_eq!((source.timeout, source.dynamic, source.distribution_mode), (60, true, Some(DistributionMode::Copy)));
    assert_eq!(source.dynamic_node_properties.expect("node properties").len(), 1);
    assert!(
        matches!(source.default_outcome, Some(Outcome::Modified(modified)) if modified.delivery_failed == Some(true))
    );
    assert_eq!(
        (source.outcomes.expect("outcomes").0.len(), source.capabilities.expect("capabilities").0.len()),
        (2, 1)
    );
    let target = attach.target.expect("target");
    let TargetArchetype::Target(target) = *target else { panic!("not a target: {target:?}") };
    assert_eq!((target.durable, target.timeout, target.dynamic), (TerminusDurability::Configuration, 60, true));
    assert_eq!(target.capabilities.expect("capabilities").0, [Symbol::from("queue")]);
    assert_eq!(attach.max_message_size, Some(0));
}

#[test]
fn a_coordinator_is_a_target_with_one_capability_or_several() {
    for capabilities in [symbols(&["amqp:local-transactions"]), symbol("amqp:local-transactions")] {
        let attach = attach(&described(SOURCE, LIST_0), &described(COORDINATOR, &list(&[capabilities])), &[]);
        let target = attach.target.expect("target");
        let TargetArchetype::Coordinator(coordinator) = *target else { panic!("not a coordinator: {target:?}") };
        assert_eq!(coordinator.capabilities.expect("capabilities").0, [TxnCapability::LocalTransactions]);
    }
    let source = attach_body(&described(COORDINATOR, LIST_0), NULL, &[]);
    assert_eq!(problem(&source), Problem::Descriptor(u64::from(COORDINATOR)));
}

#[test]
fn unsettled_deliveries_are_read() {
    let received = described(0x23, &list(&[uint(1), vec![0x53, 9]]));
    let unsettled = map(&[&binary(b"a")[..], NULL, &binary(b"b"), &described(0x24, LIST_0), &binary(b"c"), &received]);
    let attach = attach(NULL, NULL, &[&unsettled, TRUE, &uint(7)]);
    let unsettled = attach.unsettled.expect("unsettled");
    let states = unsettled.values().collect::<Vec<_>>();
    assert!(
        matches!(states[..], [None, Some(DeliveryState::Accepted(_)), Some(DeliveryState::Received(_))]),
        "{states:?}"
    );
    assert!(attach.incomplete_unsettled);
}

#[test]
fn an_error_is_read_with_its_info() {
    let info = map(&[symbol("network-host"), string("b"), symbol("port"), uint(7)]);
    let error = described(ERROR, &list(&[symbol("amqp:link:detach-forced"), string("why"), info]));
    let detach = decoded(&described(DETACH, &list(&[UINT_0, TRUE, &error])));
    let Performative::Detach(detach) = detach else { panic!("not a detach: {detach:?}") };
    let error = detach.error.expect("error");
    assert_eq!(error.condition, ErrorCondition::LinkError(LinkError::DetachForced));
    assert_eq!((error.description.as_deref(), error.info.expect("info").len()), (Some("why"), 2));

    for (body, condition) in [
        (list(&[symbol("amqp:not-found")]), ErrorCondition::AmqpError(AmqpError::NotFound)),
        (list(&[&symbol("qd:own")[..], NULL, &map(&[NULL; 0])]), ErrorCondition::Custom(Symbol::from("qd:own"))),
    ] {
        for error in [described(ERROR, &body), described_by("amqp:error:list", &body)] {
            let close = decoded(&described(CLOSE, &list(&[error])));
            let Performative::Close(close) = close else { panic!("not a close: {close:?}") };
            assert_eq!(close.error.expect("error").condition, condition);
        }
    }
}

#[test]
fn a_mandatory_field_that_is_null_or_absent_is_refused_by_name() {
    let no_error = |descriptor| Problem::Missing { descriptor, field: 0 };
    assert_eq!(problem(&described(OPEN, LIST_0)), no_error(OPEN));
    assert_eq!(problem(&described(OPEN, &list(&[NULL, &string("host")]))), no_error(OPEN));
    let begin = problem(&described(BEGIN, &list(&[NULL, UINT_0, UINT_0])));
    assert_eq!(begin, Problem::Missing { descriptor: BEGIN, field: 3 });
    assert!(begin.to_string().contains("outgoing-window"), "{begin}");
    let attach = problem(&described(ATTACH, &list(&[&string("l")[..], UINT_0, NULL])));
    assert_eq!(attach, Problem::Missing { descriptor: ATTACH, field: 2 });
    assert_eq!(problem(&described(CLOSE, &list(&[described(ERROR, LIST_0)]))), no_error(ERROR));
}

#[test]
fn a_field_of_another_type_is_refused_with_its_place() {
    let error = decode(&described(OPEN, &list(&[string("c"), symbol("host")]))).expect_err("must be refused");
    let hostname = 8 + 3 + 3 + 3;
    assert_eq!(
        error,
        DecodeError { offset: hostname, problem: Problem::Constructor { found: 0xa3, expected: Expected::String } }
    );
    let of_strings = array(&[0xa1], &[[1, b'x']]);
    let name = string("c");
    let open = described(OPEN, &list(&[&name[..], NULL, NULL, NULL, NULL, &of_strings]));
    assert_eq!(problem(&open), Problem::Constructor { found: 0xa1, expected: Expected::Symbol });
    let target = attach_body(NULL, &list(&[string("q")]), &[]);
    assert_eq!(problem(&target), Problem::Constructor { found: 0xc0, expected: Expected::Described });
}

/// serde_amqp does not look at how many fields there are, and goes on in the middle of the composite.
#[test]
fn more_fields_than_a_composite_has_are_refused_at_every_depth() {
    let nulls = |count: usize| vec![NULL; count];
    assert_eq!(problem(&described(CLOSE, &list(&nulls(2)))), Problem::Fields { found: 2, most: 1 });
    let source = attach_body(&described(SOURCE, &list(&nulls(12))), NULL, &[]);
    assert_eq!(problem(&source), Problem::Fields { found: 12, most: 11 });
    let target = attach_body(NULL, &described(TARGET, &list(&nulls(8))), &[]);
    assert_eq!(problem(&target), Problem::Fields { found: 8, most: 7 });
    let symbol = symbol("a:b");
    let error = described(ERROR, &list(&[&symbol[..], NULL, NULL, NULL]));
    assert_eq!(problem(&described(END, &list(&[error]))), Problem::Fields { found: 4, most: 3 });
}

#[test]
fn a_value_that_its_type_does_not_allow_is_refused() {
    let bad_mode = described(ATTACH, &list(&[&string("l")[..], UINT_0, TRUE, &[0x50, 3]]));
    let bad_durability = attach_body(&described(SOURCE, &list(&[NULL, &uint(3)])), NULL, &[]);
    for body in [bad_mode, bad_durability] {
        assert_eq!(problem(&body), Problem::Content(ATTACH));
    }
    let no_symbol = attach_body(&described(SOURCE, &list(&[NULL, NULL, &string("never")])), NULL, &[]);
    assert_eq!(problem(&no_symbol), Problem::Constructor { found: 0xa1, expected: Expected::Symbol });
}

/// Clients write symbols here that only their broker knows. A link with the default is better than no connection.
#[test]
fn policies_and_capabilities_that_are_not_in_the_standard_are_read_as_absent() {
    let odd = symbol("some-time");
    let target = described(TARGET, &list(&[&string("t")[..], NULL, &odd]));
    // Beside something else that must be rewritten, and with an address behind which all is still in place.
    let filter = map(&[&symbol("f")[..], &array(&[0x45], &[[0; 0]; 2])]);
    let source = list(&[&string("s")[..], NULL, &odd, &uint(7), NULL, NULL, &odd, &filter]);
    let read = attach(&described(SOURCE, &source), &target, &[NULL, NULL, &uint(9)]);
    let source = read.source.expect("source");
    assert_eq!((source.address.as_deref(), source.timeout), (Some("s"), 7));
    assert_eq!((source.expiry_policy, source.distribution_mode), (TerminusExpiryPolicy::SessionEnd, None));
    assert_eq!(source.filter.expect("filter").len(), 1);
    let Some(TargetArchetype::Target(target)) = read.target.map(|target| *target) else { panic!("not a target") };
    assert_eq!((target.address.as_deref(), target.expiry_policy), (Some("t"), TerminusExpiryPolicy::SessionEnd));
    assert_eq!(read.initial_delivery_count, Some(9));

    for capabilities in [symbols(&["amqp:local-transactions", "x:y"]), symbol("x:y")] {
        let read = attach(NULL, &described(COORDINATOR, &list(&[capabilities])), &[]);
        let Some(TargetArchetype::Coordinator(read)) = read.target.map(|target| *target) else { panic!("another") };
        assert_eq!(read.capabilities, None);
    }
}

#[test]
fn hostile_values_are_refused_before_serde_sees_them() {
    let deep = (0..10_000).fold(NULL.to_vec(), |inner, _| [&[0, 0x53, 1][..], &inner].concat());
    let many = [0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x40];
    let name = string("c");
    for (value, expected) in [(&deep[..], Problem::Depth), (&many, Problem::Elements), (&[0xc0, 0, 0], Problem::Size)] {
        let properties = map(&[&symbol("a")[..], value]);
        let body = described(OPEN, &list(&[&name[..], NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &properties]));
        assert_eq!(problem(&body), expected);
    }
}

/// As a list, 8000 elements of this array would each have a descriptor of 200 bytes.
#[test]
fn an_array_that_would_grow_out_of_bounds_is_refused() {
    let descriptor = symbol(&"x".repeat(200));
    let array = |count: u16| {
        let size = u8::try_from(4 + 1 + descriptor.len() + 1).expect("short");
        [&[0xf0, 0, 0, 0, size, 0, 0][..], &count.to_be_bytes(), &[0], &descriptor, &[0x40]].concat()
    };
    let of = |count| {
        let properties = map(&[symbol("a"), array(count)]);
        let name = string("c");
        described(OPEN, &list(&[&name[..], NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &properties]))
    };
    assert!(decode(&of(10)).is_ok());
    assert_eq!(problem(&of(8000)), Problem::Elements);
}

#[test]
fn a_performative_ends_where_the_frame_ends() {
    let body = [described(CLOSE, LIST_0), vec![0x40]].concat();
    assert_eq!(decode(&body), Err(DecodeError { offset: 8 + 4, problem: Problem::TrailingBytes }));
}

#[test]
fn what_is_no_cold_performative_is_refused() {
    assert_eq!(problem(&described(0x14, LIST_0)), Problem::Descriptor(0x14));
    assert_eq!(problem(&described_by("my:own", LIST_0)), Problem::DescriptorSymbol);
    assert_eq!(problem(&[]), Problem::Truncated);
    let sasl = sasl_frame(&described(OPEN, &list(&[string("c")])));
    let error = decode_performative(&sasl, &header(&sasl)).expect_err("must be refused");
    assert_eq!(error.problem, Problem::FrameType(1));
}

#[test]
fn a_performative_is_made_from_its_parts() {
    let begin = Begin {
        remote_channel: Some(1),
        next_outgoing_id: 2,
        incoming_window: 3,
        outgoing_window: 4,
        handle_max: 5.into(),
        offered_capabilities: None,
        desired_capabilities: None,
        properties: None,
    };
    let detach = Detach { handle: 1.into(), closed: true, error: None };
    for performative in [Performative::from(begin), detach.into(), End { error: None }.into()] {
        let mut out = vec![0xee];
        encode_performative(&mut out, 1, &performative).expect("encodes");
        let frame = out.split_off(1);
        assert_eq!(out, [0xee]);
        assert_eq!(decode_performative(&frame, &header(&frame)), Ok(performative));
    }
}

/// Well-formed values of any type, nested, with all their odd encodings.
fn any_value() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            vec![0x40],
            vec![0x41],
            vec![0x43],
            vec![0x44],
            vec![0x45],
            vec![0x52, 1],
            vec![0x56, 1]
        ]),
        "[a-z]{0,5}".prop_map(|text| string(&text)),
        "[a-z]{0,5}".prop_map(|text| symbol(&text)),
        prop::collection::vec(any::<u8>(), 0..5).prop_map(|bytes| binary(&bytes)),
        (0_u8..4).prop_map(|count| vec![0xe0, 2, count, 0x43]),
        prop::collection::vec(any::<[u8; 2]>(), 0..3).prop_map(|elements| array(&[0x60], &elements)),
        prop::collection::vec("[a-zä]{0,3}", 0..3).prop_map(|texts| {
            array(&[0xa1], &texts.iter().map(|text| string(text).split_off(1)).collect::<Vec<_>>())
        }),
        any::<i64>().prop_map(|at| [&[0x83][..], &at.to_be_bytes()].concat()),
        prop::collection::vec(any::<bool>(), 0..3).prop_map(|elements| array(
            &[0x56],
            &elements.into_iter().map(|element| [u8::from(element)]).collect::<Vec<_>>()
        )),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let inners = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            inners().prop_map(|elements| list(&elements)),
            prop::collection::vec((inner.clone(), inner.clone()), 0..3)
                .prop_map(|pairs| map(&pairs.into_iter().flat_map(|(key, value)| [key, value]).collect::<Vec<_>>())),
            inner.clone().prop_map(|value| described_by("a:b", &value)),
            inner.clone().prop_map(|value| described(0x77, &value)),
            prop::collection::vec(inners(), 0..3).prop_filter_map("too long for a short array", |lists| {
                let elements = lists.iter().map(|elements| list(elements)).collect::<Vec<_>>();
                let short = elements.iter().all(|element| element[0] == 0xc0);
                let length = elements.iter().map(Vec::len).sum::<usize>();
                (short && length < 200)
                    .then(|| array(&[0xc0], &elements.iter().map(|element| &element[1..]).collect::<Vec<_>>()))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_well_formed_property_is_read_and_means_the_same_after_encoding_it_again(value in any_value()) {
        property(&value);
    }

    #[test]
    fn an_attach_with_any_byte_changed_or_cut_is_no_panic(value in any_value(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let filters = map(&[symbol("f"), value]);
        let source = described(SOURCE, &list(&[&string("q")[..], NULL, NULL, NULL, NULL, NULL, NULL, &filters]));
        let mut body = attach_body(&source, &described(TARGET, LIST_0), &[NULL, NULL, &uint(7), NULL, &symbols(&["a"])]);
        let at = at.index(body.len());
        prop_assert!(decode(&body[..at]).is_err());
        body[at] = byte;
        if let Ok(performative) = decode(&body) {
            let mut again = Vec::new();
            encode_performative(&mut again, 1, &performative).expect("encodes");
            prop_assert_eq!(decode_performative(&again, &header(&again)), Ok(performative));
        }
    }
}
