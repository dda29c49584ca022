//! Every frame of every capture in `tests/captures` (top of the repository) is understood, and means the same after it
//! was encoded again.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

use crossdock_amqp::codec::{
    Body, FirstBytes, FrameHeader, FrameKind, ProtocolHeader, SaslFrame, decode_body, decode_performative, decode_sasl,
    encode_disposition, encode_empty_frame, encode_flow, encode_performative, encode_sasl, encode_transfer_head,
    transfer_head_len,
};

const MAX_FRAME_SIZE: usize = 65_536;

const CAPTURES: [&str; 6] = ["client", "inter-router", "multicast-a-b", "link-route-a-b", "autolink", "edge"];

/// The units (protocol header or frame) of one direction of a capture.
fn units(capture: &str, from: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(format!("{capture}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .skip(1)
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a JSON line"))
        .filter(|unit| unit["from"] == from)
        .map(|unit| hex(unit["hex"].as_str().expect("hex")))
        .filter(|unit| !unit.is_empty())
        .collect()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex digits")).collect()
}

#[test]
fn every_unit_of_every_capture_means_the_same_after_encoding_it_again() {
    for capture in CAPTURES {
        for from in ["client", "server"] {
            let units = units(capture, from);
            assert!(units.len() > 10, "{capture} {from}");
            for (number, unit) in units.iter().enumerate() {
                check_unit(unit, &format!("{capture}, from {from}, unit {number}"));
            }
        }
    }
}

fn check_unit(unit: &[u8], which: &str) {
    if unit.starts_with(b"AMQP") {
        let header = ProtocolHeader::decode(unit.try_into().expect("8 bytes")).expect(which);
        assert_eq!(header.bytes(), unit, "{which}");
        assert_eq!(FirstBytes::sniff(unit), FirstBytes::Header(header), "{which}");
        return;
    }
    let header = FrameHeader::decode(unit, MAX_FRAME_SIZE).expect(which).expect(which);
    assert_eq!(header.size, unit.len(), "{which}");
    let mut again = Vec::new();
    if header.kind == FrameKind::Sasl {
        let sasl = decode_sasl(unit, &header).expect(which);
        encode_sasl(&mut again, &sasl).expect(which);
        // The types have no equality: what is compared is the encoding, which is ours both times.
        let mut once_more = Vec::new();
        encode_sasl(&mut once_more, &decode_sasl(&again, &header_of(&again)).expect(which)).expect(which);
        assert_eq!(again, once_more, "{which}");
        assert_eq!(kind_of(&sasl), unit[10], "{which}");
        return;
    }
    match decode_body(unit, &header).expect(which) {
        Body::Empty => {
            encode_empty_frame(&mut again);
            assert_eq!(again, unit, "{which}");
        }
        Body::Transfer(transfer, payload) => {
            let payload = &unit[payload..];
            encode_transfer_head(&mut again, header.channel, &transfer, payload.len());
            assert_eq!(again.len(), transfer_head_len(&transfer), "{which}");
            let head = again.len();
            again.extend_from_slice(payload);
            assert_eq!(
                decode_body(&again, &header_of(&again)).expect(which),
                Body::Transfer(transfer, head),
                "{which}"
            );
        }
        Body::Disposition(disposition) => {
            encode_disposition(&mut again, header.channel, &disposition);
            let body = decode_body(&again, &header_of(&again)).expect(which);
            assert_eq!(body, Body::Disposition(disposition), "{which}");
        }
        Body::Flow(flow) => {
            encode_flow(&mut again, header.channel, &flow);
            assert_eq!(decode_body(&again, &header_of(&again)).expect(which), Body::Flow(flow), "{which}");
        }
        Body::Other(code) => {
            assert_eq!(code, u64::from(unit[10]), "{which}");
            let performative = decode_performative(unit, &header).expect(which);
            encode_performative(&mut again, header.channel, &performative).expect(which);
            assert_eq!(decode_performative(&again, &header_of(&again)).expect(which), performative, "{which}");
        }
    }
    assert_eq!(header_of(&again).channel, header.channel, "{which}");
}

fn header_of(frame: &[u8]) -> FrameHeader {
    let header = FrameHeader::decode(frame, MAX_FRAME_SIZE).expect("a frame header").expect("8 bytes");
    assert_eq!(header.size, frame.len());
    header
}

/// The descriptor code of a SASL frame.
fn kind_of(frame: &SaslFrame) -> u8 {
    match frame {
        SaslFrame::Mechanisms(_) => 0x40,
        SaslFrame::Init(_) => 0x41,
        SaslFrame::Challenge(_) => 0x42,
        SaslFrame::Response(_) => 0x43,
        SaslFrame::Outcome(_) => 0x44,
    }
}
