//! A cursor reads every encoding of the type it is asked for, and nothing else.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod codec_support;

use codec_support::{NULL, described, described_by, list, map, string, symbol, uint};
use crossdock_amqp::codec::{Cursor, DecodeError, Descriptor, Expected, Problem};

fn all<'a, T>(bytes: &'a [u8], read: impl Fn(&mut Cursor<'a>) -> Result<Option<T>, DecodeError>) -> Vec<Option<T>> {
    let mut cursor = Cursor::new(bytes);
    let mut found = Vec::new();
    while !cursor.is_empty() {
        found.push(read(&mut cursor).expect("one of its encodings"));
    }
    assert_eq!((cursor.offset(), cursor.remaining(), cursor.peek()), (bytes.len(), 0, None));
    assert_eq!(read(&mut cursor).err(), Some(DecodeError { offset: bytes.len(), problem: Problem::Truncated }));
    found
}

#[test]
fn every_encoding_of_a_number_is_read() {
    assert_eq!(all(&[0x50, 0xff, 0x40], Cursor::ubyte), [Some(255), None]);
    assert_eq!(all(&[0x60, 1, 2, 0x40], Cursor::ushort), [Some(0x0102), None]);
    assert_eq!(
        all(&[0x43, 0x52, 0xff, 0x70, 1, 2, 3, 4, 0x40], Cursor::uint),
        [Some(0), Some(255), Some(0x0102_0304), None]
    );
    assert_eq!(
        all(&[0x44, 0x53, 0xff, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 0x40], Cursor::ulong),
        [Some(0), Some(255), Some(0x0102_0304_0506_0708), None]
    );
    assert_eq!(all(&[0x54, 0xfe, 0x71, 0xff, 0xff, 0xff, 0xfd, 0x40], Cursor::int), [Some(-2), Some(-3), None]);
    assert_eq!(
        all(&[0x55, 0xfe, 0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfd, 0x40], Cursor::long),
        [Some(-2), Some(-3), None]
    );
    assert_eq!(
        all(&[0x41, 0x42, 0x56, 0, 0x56, 1, 0x40], Cursor::boolean),
        [Some(true), Some(false), Some(false), Some(true), None]
    );
}

#[test]
fn every_encoding_of_a_sequence_of_bytes_is_read() {
    assert_eq!(all(&[0xa0, 1, 0xff, 0xb0, 0, 0, 0, 0, 0x40], Cursor::binary), [Some(&[0xff][..]), Some(&[]), None]);
    assert_eq!(all(&[0xa1, 1, b'x', 0xb1, 0, 0, 0, 2, 0xc3, 0xa4, 0x40], Cursor::string), [Some("x"), Some("ä"), None]);
    assert_eq!(all(&[0xa3, 1, b'x', 0xb3, 0, 0, 0, 1, b'y', 0x40], Cursor::symbol), [Some("x"), Some("y"), None]);
}

#[test]
fn text_that_its_type_forbids_is_refused_where_it_starts() {
    assert_eq!(Cursor::new(&[0xa1, 2, b'x', 0xff]).string(), Err(DecodeError { offset: 3, problem: Problem::Utf8 }));
    assert_eq!(Cursor::new(&[0xa3, 2, b'x', 0xff]).symbol(), Err(DecodeError { offset: 2, problem: Problem::Ascii }));
}

#[test]
fn another_type_is_refused_and_the_right_one_named() {
    let long = [0x55, 1];
    let error = |expected| Some(DecodeError { offset: 0, problem: Problem::Constructor { found: 0x55, expected } });
    assert_eq!(Cursor::new(&long).boolean().err(), error(Expected::Boolean));
    assert_eq!(Cursor::new(&long).ubyte().err(), error(Expected::Ubyte));
    assert_eq!(Cursor::new(&long).ushort().err(), error(Expected::Ushort));
    assert_eq!(Cursor::new(&long).uint().err(), error(Expected::Uint));
    assert_eq!(Cursor::new(&long).ulong().err(), error(Expected::Ulong));
    assert_eq!(Cursor::new(&long).int().err(), error(Expected::Int));
    assert_eq!(Cursor::new(&long).binary().err(), error(Expected::Binary));
    assert_eq!(Cursor::new(&long).string().err(), error(Expected::String));
    assert_eq!(Cursor::new(&long).symbol().err(), error(Expected::Symbol));
    assert_eq!(Cursor::new(&long).list().err(), error(Expected::List));
    assert_eq!(Cursor::new(&long).map().err(), error(Expected::Map));
    assert_eq!(Cursor::new(&long).descriptor().err(), error(Expected::Described));
    assert_eq!(Cursor::new(&[0x54, 1]).long().map_err(|error| error.offset), Err(0));
}

#[test]
fn the_elements_of_a_compound_end_where_it_ends() {
    let bytes = [&map(&[&symbol("k")[..], &uint(7)])[..], &list(&[NULL]), &[0x45, 0x40]].concat();
    let mut cursor = Cursor::new(&bytes);
    let mut pairs = cursor.map().expect("sound").expect("a map");
    assert_eq!((pairs.count, pairs.elements.offset()), (2, 3));
    assert_eq!(pairs.elements.symbol(), Ok(Some("k")));
    assert_eq!(pairs.elements.uint(), Ok(Some(7)));
    assert_eq!(pairs.elements.uint().map_err(|error| error.problem), Err(Problem::Truncated));
    assert_eq!(cursor.list().expect("sound").map(|list| list.count), Some(1));
    assert_eq!(cursor.list().expect("sound").map(|list| list.count), Some(0));
    assert!(cursor.list().expect("sound").is_none());
    assert!(cursor.is_empty());
    assert_eq!(Cursor::new(&[0xc1, 2, 1, 0x40]).map().map_err(|error| error.problem).err(), Some(Problem::OddMap(1)));
}

#[test]
fn a_descriptor_has_one_code_however_it_is_written() {
    for bytes in [
        &[0, 0x53, 0x75, 0x40][..],
        &[0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x75, 0x40],
        &described_by("amqp:data:binary", NULL),
    ] {
        let mut cursor = Cursor::new(bytes);
        assert_eq!(cursor.descriptor().expect("sound").code(), Some(0x75));
        assert_eq!(cursor.remaining(), 1);
    }
    let unknown = described_by("my:own", NULL);
    let descriptor = Cursor::new(&unknown).descriptor().expect("sound");
    assert_eq!((descriptor, descriptor.code()), (Descriptor::Symbol(b"my:own"), None));
    assert_eq!(Cursor::new(&[0, 0x44, 0x40]).descriptor(), Ok(Descriptor::Code(0)));
}

#[test]
fn a_value_is_passed_over_by_its_size_alone() {
    let nonsense = [0xc0, 4, 9, 0xff, 0xff, 0xff];
    for value in [
        described(0x75, &[0xb0, 0, 0, 0, 2, 1, 2]),
        described(0x72, &nonsense),
        described_by("a:b", &described(1, &uint(1))),
        [vec![0xf0, 0, 0, 0, 6], vec![0xff; 6]].concat(),
        [vec![0x98], vec![1; 16]].concat(),
        string("x"),
        NULL.to_vec(),
    ] {
        let bytes = [&value[..], &[0x41]].concat();
        let mut cursor = Cursor::new(&bytes);
        assert_eq!(cursor.pass_over(), Ok(&value[..]));
        assert_eq!(cursor.boolean(), Ok(Some(true)));
        for length in 0..value.len() {
            assert_eq!(
                Cursor::new(&value[..length]).pass_over().map_err(|error| error.problem),
                Err(Problem::Truncated)
            );
        }
    }
    assert_eq!(Cursor::new(&[0x3f]).pass_over().map_err(|error| error.problem), Err(Problem::UnknownConstructor(0x3f)));
}
