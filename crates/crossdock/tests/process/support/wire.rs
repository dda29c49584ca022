//! AMQP encodings, byte by byte: right ones and wrong ones.

use crossdock_amqp::codec::{self, Disposition, Flow, Performative, ProtocolHeader, Transfer};

/// A frame of type AMQP with this body.
pub(crate) fn frame(channel: u16, body: &[u8]) -> Vec<u8> {
    raw_frame(body.len() as u32 + 8, 2, 0, channel, body)
}

/// A frame whose header says whatever the test likes.
pub(crate) fn raw_frame(size: u32, data_offset: u8, kind: u8, channel: u16, body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(8 + body.len());
    frame.extend_from_slice(&size.to_be_bytes());
    frame.extend_from_slice(&[data_offset, kind]);
    frame.extend_from_slice(&channel.to_be_bytes());
    frame.extend_from_slice(body);
    frame
}

/// A frame with this performative.
pub(crate) fn performative(channel: u16, performative: impl Into<Performative>) -> Vec<u8> {
    let mut out = Vec::new();
    codec::encode_performative(&mut out, channel, &performative.into()).unwrap();
    out
}

pub(crate) fn transfer(channel: u16, transfer: &Transfer<'_>, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + payload.len());
    codec::encode_transfer_head(&mut out, channel, transfer, payload.len());
    out.extend_from_slice(payload);
    out
}

pub(crate) fn disposition(channel: u16, disposition: &Disposition<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    codec::encode_disposition(&mut out, channel, disposition);
    out
}

pub(crate) fn flow(channel: u16, flow: &Flow<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    codec::encode_flow(&mut out, channel, flow);
    out
}

/// The AMQP protocol header.
pub(crate) fn amqp_header() -> [u8; 8] {
    ProtocolHeader::Amqp.bytes()
}

/// The SASL protocol header.
pub(crate) fn sasl_header() -> [u8; 8] {
    ProtocolHeader::Sasl.bytes()
}

/// sasl-init with the mechanism ANONYMOUS.
pub(crate) fn sasl_anonymous() -> Vec<u8> {
    let body = described(0x41, &list(&[symbol("ANONYMOUS")]));
    raw_frame(body.len() as u32 + 8, 2, 1, 0, &body)
}

/// sasl-mechanisms with an array of these names.
pub(crate) fn sasl_mechanisms(names: &[&str]) -> Vec<u8> {
    let symbols: Vec<u8> = names.iter().flat_map(|name| symbol(name).split_off(1)).collect();
    let body = described(0x40, &list(&[compound(0xf0, names.len() as u32, &[&[0xb3], &symbols[..]].concat())]));
    raw_frame(body.len() as u32 + 8, 2, 1, 0, &body)
}

/// sasl-outcome with this code.
pub(crate) fn sasl_outcome(code: u8) -> Vec<u8> {
    let body = described(0x44, &list(&[vec![0x50, code]]));
    raw_frame(body.len() as u32 + 8, 2, 1, 0, &body)
}

/// A message with one data section of this content.
pub(crate) fn message(content: &[u8]) -> Vec<u8> {
    let mut message = described(0x75, &[0xb0]);
    message.extend_from_slice(&(content.len() as u32).to_be_bytes());
    message.extend_from_slice(content);
    message
}

// ---- values ------------------------------------------------------------------------------------------------------------

pub(crate) fn described(descriptor: u8, value: &[u8]) -> Vec<u8> {
    [&[0x00, 0x53, descriptor], value].concat()
}

pub(crate) fn null() -> Vec<u8> {
    vec![0x40]
}

pub(crate) fn boolean(value: bool) -> Vec<u8> {
    vec![if value { 0x41 } else { 0x42 }]
}

pub(crate) fn uint(value: u32) -> Vec<u8> {
    [&[0x70][..], &value.to_be_bytes()].concat()
}

pub(crate) fn string(text: &str) -> Vec<u8> {
    string_of(text.as_bytes())
}

/// A string of octets that need not be UTF-8.
pub(crate) fn string_of(octets: &[u8]) -> Vec<u8> {
    [&[0xb1][..], &(octets.len() as u32).to_be_bytes(), octets].concat()
}

pub(crate) fn symbol(text: &str) -> Vec<u8> {
    [&[0xb3][..], &(text.len() as u32).to_be_bytes(), text.as_bytes()].concat()
}

pub(crate) fn binary(octets: &[u8]) -> Vec<u8> {
    [&[0xb0][..], &(octets.len() as u32).to_be_bytes(), octets].concat()
}

pub(crate) fn list(elements: &[Vec<u8>]) -> Vec<u8> {
    compound(0xd0, elements.len() as u32, &elements.concat())
}

/// A map of these keys and values, in turn.
pub(crate) fn map(elements: &[Vec<u8>]) -> Vec<u8> {
    compound(0xd1, elements.len() as u32, &elements.concat())
}

/// A list, map or array that says it has `count` elements.
pub(crate) fn compound(constructor: u8, count: u32, content: &[u8]) -> Vec<u8> {
    [&[constructor][..], &(content.len() as u32 + 4).to_be_bytes(), &count.to_be_bytes(), content].concat()
}

/// An array of 2³²-1 nulls: ten bytes.
pub(crate) fn zero_width_array() -> Vec<u8> {
    compound(0xf0, u32::MAX, &[0x40])
}

/// Lists in lists, so deep.
pub(crate) fn nested(depth: usize) -> Vec<u8> {
    let mut value = Vec::with_capacity(9 * depth + 1);
    for left in (1..=depth).rev() {
        value.push(0xd0);
        // What is inside: this list's count, and the shorter lists.
        value.extend_from_slice(&(9 * left as u32 - 4).to_be_bytes());
        value.extend_from_slice(&1u32.to_be_bytes());
    }
    value.push(0x45);
    value
}
