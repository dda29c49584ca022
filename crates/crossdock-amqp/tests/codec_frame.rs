//! Protocol headers, first bytes and frame headers.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use crossdock_amqp::codec::{
    Body, FirstBytes, FrameHeader, FrameKind, Problem, ProtocolHeader, decode_body, encode_empty_frame,
};

const HEADERS: [ProtocolHeader; 3] = [ProtocolHeader::Amqp, ProtocolHeader::Sasl, ProtocolHeader::TlsTunnel];

fn problem(bytes: &[u8], max_frame_size: usize) -> Problem {
    FrameHeader::decode(bytes, max_frame_size).expect_err("must be refused").problem
}

#[test]
fn a_protocol_header_is_read_as_it_is_written() {
    assert_eq!(ProtocolHeader::Sasl.bytes(), *b"AMQP\x03\x01\x00\x00");
    for header in HEADERS {
        assert_eq!(ProtocolHeader::decode(&header.bytes()), Ok(header));
    }
}

#[test]
fn any_other_protocol_header_is_refused() {
    for bytes in [b"AMQP\x01\x01\x00\x00", b"AMQP\x00\x00\x09\x01", b"AMQP\x00\x01\x00\x01", b"HTTP\x00\x01\x00\x00"] {
        assert_eq!(ProtocolHeader::decode(bytes).expect_err("must be refused").problem, Problem::ProtocolHeader);
    }
}

#[test]
fn first_bytes_need_more_until_they_tell() {
    for header in HEADERS {
        let bytes = header.bytes();
        for length in 0..8 {
            assert_eq!(FirstBytes::sniff(&bytes[..length]), FirstBytes::NeedMore, "{length} bytes");
        }
        assert_eq!(FirstBytes::sniff(&bytes), FirstBytes::Header(header));
        assert_eq!(FirstBytes::sniff(&[&bytes[..], b"\x00\x00"].concat()), FirstBytes::Header(header));
    }
}

#[test]
fn a_tls_record_is_known_by_two_bytes() {
    assert_eq!(FirstBytes::sniff(b"\x16"), FirstBytes::NeedMore);
    assert_eq!(FirstBytes::sniff(b"\x16\x03"), FirstBytes::TlsClientHello);
    assert_eq!(FirstBytes::sniff(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"), FirstBytes::TlsClientHello);
    assert_eq!(FirstBytes::sniff(b"\x16\x04"), FirstBytes::Unknown);
}

#[test]
fn first_bytes_of_anything_else_are_unknown_at_the_first_byte_that_differs() {
    for bytes in [&b"G"[..], b"AMQX", b"AMQP\x01", b"AMQP\x00\x00", b"AMQP\x00\x00\x09\x01"] {
        assert_eq!(FirstBytes::sniff(bytes), FirstBytes::Unknown, "{bytes:?}");
    }
}

#[test]
fn a_frame_header_is_read_once_eight_bytes_are_there() {
    let bytes = [0, 0, 1, 0, 3, 0, 0x12, 0x34];
    for length in 0..8 {
        assert_eq!(FrameHeader::decode(&bytes[..length], 512), Ok(None), "{length} bytes");
    }
    let expected = FrameHeader { size: 256, data_offset: 12, kind: FrameKind::Amqp, channel: 0x1234 };
    assert_eq!(FrameHeader::decode(&bytes, 512), Ok(Some(expected)));
}

#[test]
fn the_size_of_a_frame_is_refused_as_soon_as_it_is_there() {
    assert_eq!(problem(&[0, 0, 0, 4], 512), Problem::FrameSize(4));
    assert_eq!(problem(&[0, 0, 0, 7], 512), Problem::FrameSize(7));
    assert_eq!(problem(&[0, 0, 2, 1], 512), Problem::FrameSize(513));
    assert_eq!(problem(&[0xff; 4], 512), Problem::FrameSize(u32::MAX));
    assert_eq!(FrameHeader::decode(&[0, 0, 2, 0], 512), Ok(None));
}

#[test]
fn the_body_of_a_frame_starts_behind_its_header_and_within_its_size() {
    assert_eq!(problem(&[0, 0, 0, 16, 1, 0, 0, 0], 512), Problem::DataOffset(1));
    assert_eq!(problem(&[0, 0, 0, 16, 5, 0, 0, 0], 512), Problem::DataOffset(5));
    assert!(FrameHeader::decode(&[0, 0, 0, 16, 4, 0, 0, 0], 512).is_ok());
}

#[test]
fn a_frame_of_unknown_type_is_refused() {
    assert_eq!(problem(&[0, 0, 0, 8, 2, 2, 0, 0], 512), Problem::FrameType(2));
}

#[test]
fn a_sasl_frame_is_no_amqp_frame() {
    let frame = [0, 0, 0, 8, 2, 1, 0, 0];
    let header = FrameHeader::decode(&frame, 512).expect("sound").expect("complete");
    assert_eq!(decode_body(&frame, &header).expect_err("must be refused").problem, Problem::FrameType(1));
}

#[test]
fn what_an_extended_header_adds_is_ignored() {
    let frame = [0, 0, 0, 12, 3, 0, 0, 7, 1, 2, 3, 4];
    let header = FrameHeader::decode(&frame, 512).expect("sound").expect("complete");
    assert_eq!(decode_body(&frame, &header), Ok(Body::Empty));
}

#[test]
fn a_frame_that_is_not_complete_is_refused() {
    let frame = [0, 0, 0, 12, 2, 0, 0, 7, 0, 0x53];
    let header = FrameHeader::decode(&frame, 512).expect("sound").expect("complete");
    assert_eq!(decode_body(&frame, &header).expect_err("must be refused").problem, Problem::Truncated);
}

#[test]
fn an_empty_frame_is_eight_bytes() {
    let mut out = Vec::new();
    encode_empty_frame(&mut out);
    assert_eq!(out, [0, 0, 0, 8, 2, 0, 0, 0]);
}
