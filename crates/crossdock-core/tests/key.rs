//! Where the key of a message is, and what counts of it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crossdock_core::message::{HEAD_LIMIT, Head, HeadScanner, KeyScan, KeySource, KeyValue, Malformed, Want};
use proptest::prelude::*;

const BODY: [u8; 6] = [0x00, 0x53, 0x75, 0xa0, 0x01, b'x'];

fn string(text: &str) -> Vec<u8> {
    [&[0xa1, text.len() as u8], text.as_bytes()].concat()
}

fn symbol(text: &str) -> Vec<u8> {
    [&[0xa3, text.len() as u8], text.as_bytes()].concat()
}

fn section(code: u8, constructor: u8, elements: &[Vec<u8>]) -> Vec<u8> {
    let content = elements.concat();
    let mut out = vec![0x00, 0x53, code, constructor];
    out.extend_from_slice(&(content.len() as u32 + 4).to_be_bytes());
    out.extend_from_slice(&(elements.len() as u32).to_be_bytes());
    out.extend_from_slice(&content);
    out
}

/// Properties whose group-id, or any other field, is this value.
fn properties(field: usize, value: Vec<u8>) -> Vec<u8> {
    let mut fields = vec![vec![0x40]; field];
    fields.push(value);
    section(0x73, 0xd0, &fields)
}

fn application_properties(name: &str, value: Vec<u8>) -> Vec<u8> {
    section(0x74, 0xd1, &[string("other"), string("value"), string(name), value])
}

fn head(message: &[u8]) -> Head {
    let mut scanner = HeadScanner::new();
    scanner.scan(message, Want::Annotations, true).unwrap();
    *scanner.head()
}

fn find<'m>(source: &str, message: &'m [u8]) -> Result<KeyScan<'m>, Malformed> {
    KeySource::parse(source).unwrap().find(message, &head(message))
}

fn octets(source: &str, message: &[u8]) -> Option<Vec<u8>> {
    match find(source, message).unwrap() {
        KeyScan::Found(key) => Some(key.octets().to_vec()),
        KeyScan::Absent => None,
        KeyScan::NeedMore => panic!("all of it is there"),
    }
}

#[test]
fn each_source_finds_its_key_and_no_other() {
    let message = [
        section(0x72, 0xd1, &[symbol("x-device"), string("annotation")]),
        properties(10, string("group")),
        application_properties("device", string("property")),
        BODY.to_vec(),
    ]
    .concat();
    assert_eq!(octets("group-id", &message), Some(b"group".to_vec()));
    assert_eq!(octets("property:device", &message), Some(b"property".to_vec()));
    assert_eq!(octets("annotation:x-device", &message), Some(b"annotation".to_vec()));
    for source in ["to", "property:x-device", "annotation:device", "property:devic"] {
        assert_eq!(octets(source, &message), None, "{source}");
    }
    let to = [properties(2, string("there")), BODY.to_vec()].concat();
    assert_eq!((octets("to", &to), octets("group-id", &to)), (Some(b"there".to_vec()), None));
}

#[test]
fn a_message_without_the_section_has_no_key() {
    for message in [BODY.to_vec(), application_properties("other", string("x")), properties(0, vec![0x40])] {
        let message = [message, BODY.to_vec()].concat();
        for source in ["to", "group-id", "property:device", "annotation:device"] {
            assert_eq!(octets(source, &message), None, "{source} {message:?}");
        }
    }
}

#[test]
fn a_number_is_the_same_key_however_wide_it_was_written() {
    let five: [&[u8]; 10] = [
        &[0x50, 5],
        &[0x60, 0, 5],
        &[0x70, 0, 0, 0, 5],
        &[0x52, 5],
        &[0x53, 5],
        &[0x80, 0, 0, 0, 0, 0, 0, 0, 5],
        &[0x51, 5],
        &[0x54, 5],
        &[0x55, 5],
        &[0x71, 0, 0, 0, 5],
    ];
    for value in five {
        let message = application_properties("n", value.to_vec());
        assert_eq!(octets("property:n", &message), Some(vec![0, 0, 0, 0, 0, 0, 0, 5]), "{value:?}");
    }
    for value in [&[0x55, 0xff][..], &[0x61, 0xff, 0xff], &[0x81, 255, 255, 255, 255, 255, 255, 255, 255]] {
        let message = application_properties("n", value.to_vec());
        assert_eq!(octets("property:n", &message), Some(vec![255; 8]), "{value:?}");
    }
    for (value, number) in [([0x43].to_vec(), 0), ([0x44].to_vec(), 0), ([0x41].to_vec(), 1), ([0x56, 1].to_vec(), 1)] {
        let message = application_properties("n", value);
        assert_eq!(octets("property:n", &message), Some(vec![0, 0, 0, 0, 0, 0, 0, number]));
    }
}

#[test]
fn a_text_is_the_same_key_as_string_symbol_and_binary() {
    for constructor in [0xa0, 0xa1, 0xa3] {
        let message = application_properties("n", vec![constructor, 2, b'a', b'b']);
        assert_eq!(octets("property:n", &message), Some(b"ab".to_vec()));
    }
    let long = application_properties("n", vec![0xb1, 0, 0, 0, 2, b'a', b'b']);
    assert_eq!(octets("property:n", &long), Some(b"ab".to_vec()));
}

#[test]
fn null_and_compound_values_are_no_keys() {
    for value in [&[0x40][..], &[0x45], &[0xc0, 1, 0], &[0xc1, 1, 0], &[0x00, 0x53, 1, 0x41]] {
        assert_eq!(octets("property:n", &application_properties("n", value.to_vec())), None, "{value:?}");
    }
}

#[test]
fn a_key_is_waited_for_as_far_as_it_goes_and_no_further() {
    let message = [properties(10, string("group")), application_properties("n", string("x")), BODY.to_vec()].concat();
    let (of_group, of_property) = (properties(10, string("group")).len(), message.len() - BODY.len());
    for length in 4..message.len() {
        let part = &message[..length];
        let found = |source: &str| find(source, part).unwrap() != KeyScan::NeedMore;
        assert_eq!(found("group-id"), length >= of_group, "{length}");
        assert_eq!(found("property:n"), length >= of_property, "{length}");
        assert!(found("annotation:n"));
    }
}

#[test]
fn properties_beyond_the_limit_are_an_error() {
    let long = vec![b'x'; HEAD_LIMIT];
    let value = [&[0xb1][..], &(long.len() as u32).to_be_bytes(), &long].concat();
    let message = application_properties("n", value);
    assert_eq!(find("property:n", &message[..100]), Err(Malformed::HeadTooLarge));
    let list = section(0x74, 0xd0, &[string("n"), string("x")]);
    assert_eq!(find("property:n", &list), Err(Malformed::Format));
}

#[test]
fn what_is_no_source_is_refused() {
    for text in ["", "TO", "subject", "property:", "annotation:", "property", "group-id:x"] {
        assert!(KeySource::parse(text).is_err(), "{text}");
    }
    for text in ["to", "group-id", "property:a:b", "annotation:x"] {
        assert_eq!(KeySource::parse(text).unwrap().to_string(), text);
    }
}

proptest! {
    #[test]
    fn any_octets_are_looked_at_without_harm(octets in prop::collection::vec(any::<u8>(), 0..80), cut in 0..80_usize) {
        for front in [&[][..], &[0x00, 0x53, 0x73, 0xd0], &[0x00, 0x53, 0x74, 0xc1], &[0x00, 0x53, 0x72, 0xc1]] {
            let message = [front, &octets].concat();
            let mut scanner = HeadScanner::new();
            if scanner.scan(&message, Want::Annotations, true).is_err() {
                continue;
            }
            for source in ["to", "group-id", "property:n", "annotation:n"] {
                let source = KeySource::parse(source).unwrap();
                let _ = source.find(&message[..cut.min(message.len())], scanner.head());
                if let Ok(KeyScan::Found(KeyValue::Octets(key))) = source.find(&message, scanner.head()) {
                    prop_assert!(key.len() <= message.len());
                }
            }
        }
    }
}
