//! Encodes values by hand, so that tests can say exactly which encoding they mean.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use crossdock_amqp::codec::FrameHeader;

pub const MAX_FRAME_SIZE: usize = 1 << 20;

pub const NULL: &[u8] = &[0x40];
pub const TRUE: &[u8] = &[0x41];
pub const FALSE: &[u8] = &[0x42];
pub const UINT_0: &[u8] = &[0x43];
pub const LIST_0: &[u8] = &[0x45];

/// A frame on channel 1 with this body.
pub fn frame(body: &[u8]) -> Vec<u8> {
    frame_of_type(0, body)
}

pub fn sasl_frame(body: &[u8]) -> Vec<u8> {
    frame_of_type(1, body)
}

fn frame_of_type(kind: u8, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).expect("a small frame");
    [&size.to_be_bytes()[..], &[2, kind, 0, 1], body].concat()
}

/// The header of a complete frame.
pub fn header(frame: &[u8]) -> FrameHeader {
    let header = FrameHeader::decode(frame, MAX_FRAME_SIZE).expect("a sound frame header").expect("eight bytes");
    assert_eq!(header.size, frame.len());
    header
}

pub fn described(code: u8, value: &[u8]) -> Vec<u8> {
    [&[0, 0x53, code], value].concat()
}

pub fn described_by(name: &str, value: &[u8]) -> Vec<u8> {
    [&[0][..], &symbol(name), value].concat()
}

pub fn symbol(text: &str) -> Vec<u8> {
    variable(0xa3, text.as_bytes())
}

pub fn string(text: &str) -> Vec<u8> {
    variable(0xa1, text.as_bytes())
}

pub fn binary(bytes: &[u8]) -> Vec<u8> {
    variable(0xa0, bytes)
}

fn variable(constructor: u8, bytes: &[u8]) -> Vec<u8> {
    [&[constructor, u8::try_from(bytes.len()).expect("a short value")], bytes].concat()
}

pub fn uint(value: u8) -> Vec<u8> {
    vec![0x52, value]
}

pub fn list<T: AsRef<[u8]>>(elements: &[T]) -> Vec<u8> {
    compound(0xc0, 0xd0, elements)
}

pub fn map<T: AsRef<[u8]>>(elements: &[T]) -> Vec<u8> {
    compound(0xc1, 0xd1, elements)
}

fn compound<T: AsRef<[u8]>>(short: u8, long: u8, elements: &[T]) -> Vec<u8> {
    let content = elements.iter().flat_map(AsRef::as_ref).copied().collect::<Vec<u8>>();
    match (u8::try_from(content.len() + 1), u8::try_from(elements.len())) {
        (Ok(size), Ok(count)) => [&[short, size, count][..], &content].concat(),
        _ => {
            let size = u32::try_from(content.len() + 4).expect("a small compound");
            let count = u32::try_from(elements.len()).expect("few elements");
            [&[long][..], &size.to_be_bytes(), &count.to_be_bytes(), &content].concat()
        }
    }
}

/// An array with elements of this constructor (descriptors included); each element without it.
pub fn array<T: AsRef<[u8]>>(constructor: &[u8], elements: &[T]) -> Vec<u8> {
    let content = elements.iter().flat_map(AsRef::as_ref).copied().collect::<Vec<u8>>();
    let size = u8::try_from(content.len() + constructor.len() + 1).expect("a short array");
    let count = u8::try_from(elements.len()).expect("few elements");
    [&[0xe0, size, count][..], constructor, &content].concat()
}

pub fn symbols(names: &[&str]) -> Vec<u8> {
    let elements = names.iter().map(|name| symbol(name).split_off(1)).collect::<Vec<_>>();
    array(&[0xa3], &elements)
}
