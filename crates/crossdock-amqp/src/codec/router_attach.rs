//! The attach of a link between routers.
//!
//! It is written by hand because qdrouterd takes the capability of such a link only as a bare symbol, where an array of one
//! symbol would say the same [AMQP 3.5.3 "multiple"], and serde writes the array.

/// An attach of a link between routers: no addresses, the capability on both termini.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouterAttach<'a> {
    /// Name of the link, at most 200 bytes.
    pub name: &'a str,
    /// Our handle.
    pub handle: u32,
    /// Whether this end is the receiver.
    pub receiver: bool,
    /// What the link carries: `qd.router`, `qd.router-data`. At most 64 bytes.
    pub capability: &'a str,
}

// Constructors [AMQP 1.6].
const NULL: u8 = 0x40;
const TRUE: u8 = 0x41;
const FALSE: u8 = 0x42;
const UINT_0: u8 = 0x43;
const ULONG_0: u8 = 0x44;
const UBYTE: u8 = 0x50;
const UINT: u8 = 0x70;
const STRING_8: u8 = 0xa1;
const SYMBOL_8: u8 = 0xa3;
const LIST_32: u8 = 0xd0;

const EXPIRY_POLICY: &str = "link-detach";

/// Writes it as a complete frame.
pub fn encode_router_attach(out: &mut Vec<u8>, channel: u16, attach: &RouterAttach<'_>) {
    let start = out.len();
    out.extend_from_slice(&[0, 0, 0, 0, 2, 0]);
    out.extend_from_slice(&channel.to_be_bytes());
    list(out, 0x12, 14, |out| {
        text(out, STRING_8, attach.name);
        out.push(UINT);
        out.extend_from_slice(&attach.handle.to_be_bytes());
        out.push(if attach.receiver { TRUE } else { FALSE });
        // Settle modes mixed and first.
        out.extend_from_slice(&[UBYTE, 2, UBYTE, 0]);
        list(out, 0x28, 11, |out| {
            terminus(out);
            out.extend_from_slice(&[NULL; 4]);
            text(out, SYMBOL_8, attach.capability);
        });
        list(out, 0x29, 7, |out| {
            terminus(out);
            text(out, SYMBOL_8, attach.capability);
        });
        // Nothing unsettled, initial delivery count, no limit of size.
        out.extend_from_slice(&[NULL, NULL, UINT_0, ULONG_0, NULL, NULL, NULL]);
    });
    let size = (out.len() - start) as u32;
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&size.to_be_bytes());
    }
}

/// Address to dynamic-node-properties, which source and target have in common.
fn terminus(out: &mut Vec<u8>) {
    out.extend_from_slice(&[NULL, UINT_0]);
    text(out, SYMBOL_8, EXPIRY_POLICY);
    out.extend_from_slice(&[UINT_0, FALSE, NULL]);
}

fn text(out: &mut Vec<u8>, constructor: u8, text: &str) {
    out.extend_from_slice(&[constructor, text.len() as u8]);
    out.extend_from_slice(text.as_bytes());
}

fn list(out: &mut Vec<u8>, descriptor: u8, count: u32, fields: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(&[0x00, 0x53, descriptor, LIST_32]);
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&count.to_be_bytes());
    fields(out);
    let size = (out.len() - start - 4) as u32;
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&size.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{FrameHeader, Performative, decode_performative};

    #[test]
    fn it_says_what_qdrouterd_says_with_the_capability_as_a_bare_symbol() {
        let mut frame = Vec::new();
        let attach = RouterAttach { name: "qdlink.1", handle: 1, receiver: false, capability: "qd.router" };
        encode_router_attach(&mut frame, 3, &attach);
        let header = FrameHeader::decode(&frame, 512).unwrap().unwrap();
        assert_eq!((header.size, header.channel), (frame.len(), 3));
        let Performative::Attach(read) = decode_performative(&frame, &header).unwrap() else { panic!("not an attach") };
        assert_eq!((read.name.as_str(), read.handle.0), ("qdlink.1", 1));
        assert_eq!(read.source.unwrap().capabilities.unwrap().0[0].as_str(), "qd.router");
        let symbol = b"\xa3\x09qd.router";
        assert_eq!(frame.windows(symbol.len()).filter(|window| window == symbol).count(), 2);
    }
}
