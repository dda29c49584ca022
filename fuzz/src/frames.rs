//! AMQP frames.

use crossdock_amqp::codec::{
    Body, FirstBytes, FrameHeader, FrameKind, ProtocolHeader, StateKind, StateRef, Transfer, decode_body,
    decode_performative, decode_sasl, describe, describe_beginning, encode_disposition, encode_flow,
    encode_performative, encode_transfer_head, transfer_head_len, walk,
};

use crate::{check_error, frames_in, in_a_frame, own_header};

/// The bytes as the start of a transport, as a stream of frames, as the body of one frame, and as one encoded value.
pub fn frames(data: &[u8]) {
    check_first_bytes(data);
    for (header, frame) in frames_in(data) {
        check_frame(frame, &header);
        check_text(frame);
    }
    let frame = in_a_frame(0, data);
    check_frame(&frame, &own_header(&frame));
    check_text(&frame);
    check_text(data);
    check_walk(data);
}

/// What is logged has a limited length, and nothing in it that a terminal would follow.
fn check_text(frame: &[u8]) {
    for text in [describe(frame), describe_beginning(frame)] {
        let text = text.to_string();
        assert!(!text.is_empty() && text.len() <= 2048, "{} bytes", text.len());
        assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{text:?}");
    }
}

fn check_first_bytes(data: &[u8]) {
    match FirstBytes::sniff(data) {
        FirstBytes::NeedMore => assert!(data.len() < 8),
        FirstBytes::Header(header) => assert!(data.starts_with(&header.bytes())),
        FirstBytes::TlsClientHello => assert_eq!(data.first(), Some(&0x16)),
        FirstBytes::Unknown => {
            assert!(data.first_chunk().is_none_or(|bytes| ProtocolHeader::decode(bytes).is_err()));
        }
    }
}

fn check_frame(frame: &[u8], header: &FrameHeader) {
    if header.kind == FrameKind::Sasl {
        assert!(decode_body(frame, header).is_err(), "a SASL frame is no AMQP frame");
        return;
    }
    assert!(decode_sasl(frame, header).is_err(), "an AMQP frame is no SASL frame");
    match decode_body(frame, header) {
        Ok(Body::Empty) => assert_eq!(header.size, header.data_offset),
        Ok(Body::Transfer(transfer, payload)) => check_transfer(&transfer, &frame[payload..], header.channel),
        Ok(Body::Disposition(disposition)) => {
            check_state(disposition.state);
            let mut again = Vec::new();
            encode_disposition(&mut again, header.channel, &disposition);
            assert_eq!(decode_body(&again, &own_header(&again)), Ok(Body::Disposition(disposition)));
        }
        Ok(Body::Flow(flow)) => {
            let mut again = Vec::new();
            encode_flow(&mut again, header.channel, &flow);
            assert_eq!(decode_body(&again, &own_header(&again)), Ok(Body::Flow(flow)));
        }
        Ok(Body::Other(_)) => check_performative(frame, header),
        Err(error) => {
            check_error(error, frame);
            assert!(decode_performative(frame, header).is_err());
        }
    }
}

fn check_transfer(transfer: &Transfer<'_>, payload: &[u8], channel: u16) {
    assert!(transfer.rcv_settle_mode.is_none_or(|mode| mode <= 1));
    check_state(transfer.state);
    let mut again = Vec::new();
    encode_transfer_head(&mut again, channel, transfer, payload.len());
    let head = again.len();
    assert_eq!(head, transfer_head_len(transfer));
    again.extend_from_slice(payload);
    assert_eq!(decode_body(&again, &own_header(&again)), Ok(Body::Transfer(*transfer, head)));
}

fn check_state(state: StateRef<'_>) {
    match state {
        StateRef::None => assert_eq!(state.kind(), StateKind::None),
        StateRef::Accepted | StateRef::Released => assert!(state.kind().is_outcome()),
        StateRef::Other(bytes) => {
            assert_ne!(state.kind(), StateKind::None);
            assert_eq!(walk::value(bytes, &mut { walk::Budget::PERFORMATIVE }), Ok(bytes.len()));
        }
    }
}

fn check_performative(frame: &[u8], header: &FrameHeader) {
    match decode_performative(frame, header) {
        Ok(performative) => {
            let mut again = Vec::new();
            encode_performative(&mut again, header.channel, &performative).expect("what was decoded can be encoded");
            let once_more = decode_performative(&again, &own_header(&again));
            assert_eq!(once_more.as_ref(), Ok(&performative));
        }
        Err(error) => check_error(error, frame),
    }
}

fn check_walk(data: &[u8]) {
    let budget = walk::Budget { depth: 8, elements: 1000 };
    let mut left = budget;
    match walk::value(data, &mut left) {
        Ok(length) => {
            assert!(length >= 1 && length <= data.len());
            assert!(left.elements < budget.elements);
            assert_eq!(walk::value(&data[..length], &mut { budget }), Ok(length));
            assert!(walk::value(&data[..length - 1], &mut { budget }).is_err());
        }
        Err(error) => check_error(error, data),
    }
}
