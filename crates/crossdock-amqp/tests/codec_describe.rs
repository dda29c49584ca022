//! The text of frames: as Qpid Proton writes it, of limited length, and without secrets.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod codec_support;

use std::path::Path;

use codec_support::{NULL, array, binary, described, described_by, frame, list, map, sasl_frame, string, symbol, uint};
use crossdock_amqp::codec::{ProtocolHeader, describe, describe_beginning};
use proptest::prelude::*;

const ATTACH: u8 = 0x12;
const END: u8 = 0x17;

/// The text of the value under `k` in the properties of an attach.
fn value_text(value: &[u8]) -> String {
    let nulls = [NULL; 10];
    let (name, properties) = (string("n"), map(&[&symbol("k")[..], value]));
    let fields = [&[&name[..], &[0x43], &[0x41]][..], &nulls, &[&properties]].concat();
    let text = describe(&frame(&described(ATTACH, &list(&fields)))).to_string();
    let value = text.strip_prefix("@attach(18) [name=\"n\", handle=0x0, role=true, properties={:k=").expect(&text);
    value.strip_suffix("}]").expect(&text).to_owned()
}

#[test]
fn frames_look_as_in_qdrouterds_trace_log() {
    let lines = include_str!("data/frame-texts.txt").lines().filter(|line| !line.starts_with('#'));
    let mut count = 0;
    for line in lines {
        let (bytes, text) = line.split_once(' ').expect("two columns");
        let bytes: Vec<u8> =
            (0..bytes.len()).step_by(2).map(|at| u8::from_str_radix(&bytes[at..at + 2], 16).expect("hex")).collect();
        assert_eq!(describe(&bytes).to_string(), text);
        count += 1;
    }
    assert!(count > 100);
}

#[test]
fn what_proton_leaves_out_is_there() {
    assert_eq!(value_text(&[0x73, 0, 0, 0, b'x']), "'x'");
    assert_eq!(value_text(&[0x73, 0, 0, 0x20, 0xac]), "'\\xe2\\x82\\xac'");
    assert_eq!(value_text(&[0x74, 1, 2, 3, 255]), "D32(010203ff)");
    assert_eq!(value_text(&array(&[0xe0], &[[3, 1, 0x50, 9]])), "@<array>[@<ubyte>[0x9]]");
    assert_eq!(value_text(&array(&[0x73], &[[0, 0, 0, b'a'], [0, 0, 0, b'b']])), "@<char>['a', 'b']");
    assert_eq!(value_text(&[0xe0, 1, 0]), "@<>[]");
    // Types are named whatever encoding their descriptor has.
    assert_eq!(value_text(&described_by("amqp:accepted:list", &[0x45])), "@accepted(36) []");
    let long = [&[0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x28][..], &list(&[string("a")])].concat();
    assert_eq!(value_text(&long), "@source(40) [address=\"a\"]");
    assert_eq!(value_text(&described(0x05, &list(&[uint(1)]))), "@5 [0x1]");
}

#[test]
fn protocol_headers_are_named() {
    let texts = [ProtocolHeader::Amqp, ProtocolHeader::Sasl, ProtocolHeader::TlsTunnel]
        .map(|header| describe(&header.bytes()).to_string());
    assert_eq!(texts, ["AMQP", "SASL", "TLS"]);
    let malformed = describe(b"AMQP\0\x09\0\0").to_string();
    assert!(malformed.starts_with("<malformed: not a protocol header"), "{malformed}");
}

#[test]
fn what_is_malformed_is_described_as_far_as_it_goes() {
    let whole = frame(&described(END, &list(&[described(0x1d, &list(&[symbol("a:b")]))])));
    assert_eq!(describe(&whole).to_string(), "@end(23) [error=@error(29) [condition=:\"a:b\"]]");
    let mut lying = whole.clone();
    let size = lying.len() - 1;
    lying[3] = u8::try_from(size).expect("a short frame");
    lying.truncate(size);
    assert_eq!(
        describe(&lying).to_string(),
        "@end(23) <malformed: a size that reaches beyond the value around it, or does not cover its own count (at byte 13)>"
    );
    let of = |body: &[u8]| describe(&frame(body)).to_string();
    assert_eq!(of(&[0xff]), "<malformed: constructor 0xff does not exist (at byte 8)>");
    assert_eq!(
        of(&[0, 0x53, END, 0xc0, 2, 2, 0x40]),
        "@end(23) [<malformed: the bytes end inside a value (at byte 15)>"
    );
    assert_eq!(
        of(&[0, 0x53, END, 0xc0, 2, 0, 0x40]),
        "@end(23) [<malformed: count 0: the elements must fill the size exactly (at byte 14)>"
    );
    assert_eq!(describe(&whole[..6]).to_string(), "<malformed: the bytes end inside a value (at byte 6)>");
    assert_eq!(describe(&whole[..20]).to_string(), "<malformed: the bytes end inside a value (at byte 20)>");
    assert_eq!(describe(b"").to_string(), "<malformed: the bytes end inside a value (at byte 0)>");
    let deep = (0..100).fold(NULL.to_vec(), |inner, _| [&[0, 0x53, 1][..], &inner].concat());
    let deep = of(&deep);
    assert!(deep.ends_with("@1 <malformed: values are nested too deep (at byte 107)>"), "{deep}");
}

#[test]
fn the_beginning_of_a_frame_is_enough_for_all_but_the_payload() {
    let head = described(0x14, &list(&[uint(1)]));
    let whole = frame(&[&head[..], &[b'x'; 2000]].concat());
    let text = describe(&whole).to_string();
    assert_eq!(text, format!("@transfer(20) [handle=0x1] (2000) {} ... (truncated)", "x".repeat(511)));
    assert_eq!(describe_beginning(&whole[..1000]).to_string(), text);
    assert_eq!(describe_beginning(&whole).to_string(), text);
    let less = describe_beginning(&whole[..30]).to_string();
    let shown = 30 - 8 - head.len();
    assert_eq!(less, format!("@transfer(20) [handle=0x1] (2000) {}", "x".repeat(shown)));
}

#[test]
fn long_frames_are_cut() {
    for address in [string(&"y".repeat(255)), [&[0xb1, 0, 0, 0x27, 0x10][..], &[b'"'; 10_000]].concat()] {
        let text = value_text_of_length(&address);
        assert!(text.starts_with("@attach(18) [name=") && text.ends_with("... (truncated)"), "{text}");
        assert!((1700..2000).contains(&text.len()), "{}", text.len());
    }
}

fn value_text_of_length(value: &[u8]) -> String {
    let values = [value; 10];
    let mut body = vec![0xd0];
    let content = values.concat();
    body.extend_from_slice(&u32::try_from(content.len() + 4).expect("small").to_be_bytes());
    body.extend_from_slice(&10u32.to_be_bytes());
    body.extend_from_slice(&content);
    describe(&frame(&described(ATTACH, &body))).to_string()
}

#[test]
fn what_authenticates_is_not_shown() {
    let of = |body: &[u8]| describe(&sasl_frame(body)).to_string();
    assert_eq!(
        of(&described(0x40, &list(&[codec_support::symbols(&["PLAIN", "ANONYMOUS"])]))),
        "@sasl-mechanisms(64) [sasl-server-mechanisms=@<symbol>[:PLAIN, :ANONYMOUS]]"
    );
    let secret = binary(b"\0user\0pass");
    assert_eq!(
        of(&described(0x41, &list(&[symbol("PLAIN"), secret.clone(), string("host")]))),
        "@sasl-init(65) [mechanism=:PLAIN, initial-response=<10 bytes>, hostname=\"host\"]"
    );
    assert_eq!(of(&described(0x42, &list(&[&secret]))), "@sasl-challenge(66) [challenge=<10 bytes>]");
    assert_eq!(of(&described(0x43, &list(&[&secret]))), "@sasl-response(67) [response=<10 bytes>]");
    assert_eq!(
        of(&described(0x44, &list(&[&[0x50, 1][..], &secret]))),
        "@sasl-outcome(68) [code=0x1, additional-data=<10 bytes>]"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Wherever a SASL frame has it, and whatever else is wrong with the frame.
    #[test]
    fn no_secret_is_shown_in_any_sasl_frame(
        code in any::<u8>(),
        before in prop::collection::vec(prop_oneof![Just(NULL.to_vec()), Just(uint(7)), Just(symbol("PLAIN"))], 0..5),
        kind in 0..5,
        in_list in any::<bool>(),
        cut in 0usize..8,
    ) {
        let secret = match kind {
            0 => binary(b"secret"),
            1 => string("secret"),
            2 => symbol("secret"),
            3 => map(&[symbol("secret"), string("secret")]),
            _ => described_by("secret", &binary(b"secret")),
        };
        // A hostname is no secret, where it belongs; neither is the name of a mechanism.
        prop_assume!(!matches!((code, before.len()), (0x41, 0 | 2) | (0x40, 0)));
        let secret = if in_list { list(&[NULL.to_vec(), secret]) } else { secret };
        let fields = [before, vec![secret.clone()]].concat();
        let bodies = [described(code, &list(&fields)), described(code, &secret), [described(0x41, &[0x45]), secret].concat()];
        for body in bodies {
            let mut bytes = sasl_frame(&body);
            let text = describe(&bytes).to_string();
            prop_assert!(!text.contains("secret"), "{}", text);
            bytes.truncate(bytes.len() - cut);
            let text = describe_beginning(&bytes).to_string();
            prop_assert!(!text.contains("secret"), "{}", text);
        }
    }

    #[test]
    fn any_bytes_have_a_text_of_limited_length(
        kind in 0u8..3,
        start in prop::collection::vec(any::<u8>(), 0..4),
        body in prop::collection::vec(prop_oneof![any::<u8>(), Just(0), Just(0x53), Just(0xc0), Just(0xe0), Just(0x40), 0x10u8..0x19, 0x24u8..0x35], 0..300),
        rest in 0usize..5000,
    ) {
        let body = [start, body, vec![0xff; rest]].concat();
        let size = u32::try_from(body.len() + 8).expect("small");
        let bytes = [&size.to_be_bytes()[..], &[2, kind, 0, 1], &body].concat();
        for text in [describe(&bytes), describe_beginning(&bytes), describe(&body), describe_beginning(&body)] {
            let text = text.to_string();
            prop_assert!(text.len() <= 2048, "{}", text.len());
            prop_assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}", text);
        }
    }
}

#[test]
fn every_frame_of_every_capture_has_a_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the captures") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("text");
        for line in text.lines().skip(1) {
            let unit: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
            let hex = unit["hex"].as_str().expect("hex");
            let bytes: Vec<u8> =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect();
            if bytes.is_empty() {
                continue;
            }
            let text = describe(&bytes).to_string();
            let is_known = text.starts_with('@') || matches!(&text[..], "AMQP" | "SASL" | "(EMPTY FRAME)");
            assert!(is_known && !text.contains("<malformed"), "{text}");
            count += 1;
        }
    }
    assert!(count > 500);
}
