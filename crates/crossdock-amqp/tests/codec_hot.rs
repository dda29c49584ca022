//! Every legal encoding of transfer, disposition and flow is read; what is illegal is refused with the place.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod codec_support;

use codec_support::{
    FALSE, LIST_0, NULL, TRUE, UINT_0, binary, described, described_by, frame, header, list, map, string, symbol, uint,
};
use crossdock_amqp::codec::{
    Body, DecodeError, Disposition, Expected, Flow, Problem, StateKind, StateRef, Transfer, decode_body,
    encode_transfer_head, transfer_head_len,
};

const TRANSFER: u8 = 0x14;
const DISPOSITION: u8 = 0x15;
const FLOW: u8 = 0x13;

fn transfer(frame: &[u8]) -> Transfer<'_> {
    match decode_body(frame, &header(frame)) {
        Ok(Body::Transfer(transfer, _)) => transfer,
        other => panic!("not a transfer: {other:?}"),
    }
}

fn disposition(frame: &[u8]) -> Disposition<'_> {
    match decode_body(frame, &header(frame)) {
        Ok(Body::Disposition(disposition)) => disposition,
        other => panic!("not a disposition: {other:?}"),
    }
}

fn refused(body: &[u8]) -> DecodeError {
    let frame = frame(body);
    decode_body(&frame, &header(&frame)).expect_err("must be refused")
}

#[test]
fn every_encoding_of_a_uint_is_read() {
    for (handle, expected) in [
        (&[0x43][..], 0),
        (&[0x52, 0], 0),
        (&[0x52, 9], 9),
        (&[0x70, 0, 0, 0, 0], 0),
        (&[0x70, 1, 2, 3, 4], 0x0102_0304),
    ] {
        assert_eq!(transfer(&frame(&described(TRANSFER, &list(&[handle])))).handle, expected);
    }
}

#[test]
fn every_encoding_of_a_boolean_is_read() {
    for (settled, expected) in
        [(TRUE, Some(true)), (FALSE, Some(false)), (&[0x56, 1], Some(true)), (&[0x56, 0], Some(false)), (NULL, None)]
    {
        let body = described(TRANSFER, &list(&[UINT_0, NULL, NULL, NULL, settled]));
        assert_eq!(transfer(&frame(&body)).settled, expected);
    }
    let error = refused(&described(TRANSFER, &list(&[UINT_0, NULL, NULL, NULL, &[0x56, 2]])));
    assert_eq!(error.problem, Problem::Boolean(2));
}

#[test]
fn every_encoding_of_a_list_and_of_a_descriptor_is_read() {
    let lists = [&[0xc0, 3, 1, 0x52, 7][..], &[0xd0, 0, 0, 0, 6, 0, 0, 0, 1, 0x52, 7]];
    for fields in lists {
        let long = [&[0, 0x80, 0, 0, 0, 0, 0, 0, 0, TRANSFER][..], fields].concat();
        let name = b"amqp:transfer:list";
        let long_symbol = [&[0, 0xb3, 0, 0, 0, 18][..], name, fields].concat();
        for body in [described(TRANSFER, fields), long, described_by("amqp:transfer:list", fields), long_symbol] {
            let frame = frame(&[&body[..], b"payload"].concat());
            let expected = Transfer { handle: 7, ..Transfer::default() };
            assert_eq!(decode_body(&frame, &header(&frame)), Ok(Body::Transfer(expected, 8 + body.len())));
        }
    }
}

#[test]
fn binary_is_read_with_either_size() {
    for tag in [&[0xa0, 2, 7, 8][..], &[0xb0, 0, 0, 0, 2, 7, 8]] {
        assert_eq!(transfer(&frame(&described(TRANSFER, &list(&[UINT_0, NULL, tag])))).delivery_tag, Some(&[7, 8][..]));
    }
}

#[test]
fn null_and_absent_fields_are_the_defaults() {
    let nulls = [UINT_0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL];
    for count in 1..=nulls.len() {
        assert_eq!(transfer(&frame(&described(TRANSFER, &list(&nulls[..count])))), Transfer::default());
    }
    let session_flow = described(FLOW, &list(&[NULL, UINT_0, UINT_0, UINT_0]));
    let frame = frame(&session_flow);
    assert_eq!(decode_body(&frame, &header(&frame)), Ok(Body::Flow(Flow::default())));
}

#[test]
fn a_mandatory_field_that_is_null_or_absent_is_refused_by_name() {
    let cases: [(u8, &[&[u8]], u8, &str); 8] = [
        (TRANSFER, &[NULL], 0, "handle"),
        (TRANSFER, &[], 0, "handle"),
        (DISPOSITION, &[NULL, UINT_0], 0, "role"),
        (DISPOSITION, &[TRUE], 1, "first"),
        (DISPOSITION, &[], 0, "role"),
        (FLOW, &[NULL, NULL, UINT_0, UINT_0], 1, "incoming-window"),
        (FLOW, &[NULL, UINT_0, NULL, UINT_0], 2, "next-outgoing-id"),
        (FLOW, &[NULL, UINT_0, UINT_0], 3, "outgoing-window"),
    ];
    for (descriptor, fields, field, name) in cases {
        let error = refused(&described(descriptor, &list(fields)));
        assert_eq!(error.problem, Problem::Missing { descriptor, field });
        assert!(error.to_string().contains(name), "{error}");
    }
    assert_eq!(refused(&described(TRANSFER, LIST_0)).problem, Problem::Missing { descriptor: TRANSFER, field: 0 });
    assert_eq!(refused(&described(TRANSFER, NULL)).problem, Problem::NullList);
}

#[test]
fn a_field_of_another_type_is_refused_with_its_place_and_what_is_allowed() {
    let error = refused(&described(TRANSFER, &list(&[UINT_0, &[0x53, 1]])));
    let constructor_of_delivery_id = 8 + 3 + 3 + 1;
    let problem = Problem::Constructor { found: 0x53, expected: Expected::Uint };
    assert_eq!(error, DecodeError { offset: constructor_of_delivery_id, problem });
    assert!(error.to_string().contains("0x53") && error.to_string().contains("uint"), "{error}");

    for (fields, expected) in [
        (vec![TRUE, &[0xa3, 1, b'x'][..]], Expected::Uint),
        (vec![UINT_0, UINT_0], Expected::Boolean),
        (vec![TRUE, UINT_0, NULL, NULL, &[0xa1, 1, b'x']], Expected::Described),
    ] {
        let problem = refused(&described(DISPOSITION, &list(&fields))).problem;
        assert!(matches!(problem, Problem::Constructor { expected: found, .. } if found == expected), "{problem:?}");
    }
    let properties = [NULL, UINT_0, UINT_0, UINT_0, NULL, NULL, NULL, NULL, NULL, NULL, LIST_0];
    let problem = refused(&described(FLOW, &list(&properties))).problem;
    assert_eq!(problem, Problem::Constructor { found: 0x45, expected: Expected::Map });
}

#[test]
fn more_fields_than_the_type_has_are_refused() {
    let nulls = |count| [&[UINT_0][..], &vec![NULL; count]].concat();
    assert_eq!(refused(&described(TRANSFER, &list(&nulls(11)))).problem, Problem::Fields { found: 12, most: 11 });
    assert_eq!(refused(&described(DISPOSITION, &list(&nulls(6)))).problem, Problem::Fields { found: 7, most: 6 });
    assert_eq!(refused(&described(FLOW, &list(&nulls(11)))).problem, Problem::Fields { found: 12, most: 11 });
}

#[test]
fn a_list_whose_size_or_count_lies_is_refused() {
    // Size beyond the frame; less than the fields; more than the fields; count beyond the fields.
    assert_eq!(refused(&described(TRANSFER, &[0xc0, 4, 1, 0x52, 7])).problem, Problem::Size);
    assert_eq!(
        refused(&described(TRANSFER, &[0xd0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0x52, 7])).problem,
        Problem::Size
    );
    assert_eq!(refused(&described(TRANSFER, &[0xc0, 0, 1, 0x52, 7])).problem, Problem::Size);
    assert_eq!(refused(&described(TRANSFER, &[0xc0, 2, 1, 0x52, 7])).problem, Problem::Truncated);
    assert_eq!(refused(&described(TRANSFER, &[0xc0, 4, 1, 0x52, 7, 0x40])).problem, Problem::Count(1));
    assert_eq!(refused(&described(TRANSFER, &[0xc0, 3, 2, 0x52, 7])).problem, Problem::Truncated);
    // The field behind the end of the list is payload, also when it looks like a field.
    assert_eq!(refused(&described(TRANSFER, &[0xc0, 3, 2, 0x52, 7, 0x40])).problem, Problem::Truncated);
}

#[test]
fn disposition_and_flow_end_where_the_frame_ends() {
    let body = [described(DISPOSITION, &list(&[TRUE, UINT_0])), vec![0x40]].concat();
    assert_eq!(refused(&body), DecodeError { offset: 8 + body.len() - 1, problem: Problem::TrailingBytes });
    let body = [described(FLOW, &list(&[NULL, UINT_0, UINT_0, UINT_0])), vec![0x40]].concat();
    assert_eq!(refused(&body).problem, Problem::TrailingBytes);
}

#[test]
fn a_delivery_tag_is_taken_as_long_as_it_is() {
    let of = |length: usize| described(TRANSFER, &list(&[UINT_0, NULL, &binary(&vec![7; length])]));
    for length in [0, 32, 33, 200] {
        assert_eq!(transfer(&frame(&of(length))).delivery_tag, Some(&vec![7; length][..]));
    }
}

#[test]
fn a_receiver_settle_mode_is_first_or_second() {
    let of = |mode| described(TRANSFER, &list(&[UINT_0, NULL, NULL, NULL, NULL, NULL, &[0x50, mode]]));
    assert_eq!(transfer(&frame(&of(1))).rcv_settle_mode, Some(1));
    assert_eq!(refused(&of(2)).problem, Problem::ReceiverSettleMode(2));
}

#[test]
fn accepted_and_released_are_known_in_every_encoding() {
    for (code, name, expected) in
        [(0x24, "amqp:accepted:list", StateRef::Accepted), (0x26, "amqp:released:list", StateRef::Released)]
    {
        for empty in [LIST_0, &[0xc0, 1, 0], &[0xd0, 0, 0, 0, 4, 0, 0, 0, 0]] {
            let long = [&[0, 0x80, 0, 0, 0, 0, 0, 0, 0, code][..], empty].concat();
            for state in [described(code, empty), described_by(name, empty), long] {
                let body = described(DISPOSITION, &list(&[TRUE, UINT_0, NULL, TRUE, &state]));
                assert_eq!(disposition(&frame(&body)).state, expected);
            }
        }
    }
}

#[test]
fn any_other_state_is_kept_as_it_came() {
    let received = described(0x23, &list(&[uint(1), vec![0x53, 9]]));
    let rejected = described(0x25, &list(&[described(0x1d, &list(&[symbol("a:b"), string("why")]))]));
    let strange = described_by("my:state", &map(&[symbol("k"), string("v")]));
    let accepted_with_more = described(0x24, &list(&[uint(1)]));
    for (state, kind) in [
        (received, StateKind::Received),
        (rejected, StateKind::Rejected),
        (described(0x33, &list(&[binary(b"id")])), StateKind::Declared),
        (described(0x34, &list(&[binary(b"id")])), StateKind::Transactional),
        (described(0x27, LIST_0), StateKind::Modified),
        (described_by("amqp:modified:list", LIST_0), StateKind::Modified),
        (strange, StateKind::Extended),
        (described(0x99, &string("x")), StateKind::Extended),
        (accepted_with_more, StateKind::Accepted),
    ] {
        let body = described(DISPOSITION, &list(&[TRUE, UINT_0, NULL, TRUE, &state, TRUE]));
        let frame = frame(&body);
        let disposition = disposition(&frame);
        assert_eq!(disposition.state, StateRef::Other(&state));
        assert_eq!(disposition.state.kind(), kind);
        assert!(disposition.batchable);
    }
}

#[test]
fn a_state_that_is_not_well_formed_is_refused() {
    let nested = (0..10_000).fold(NULL.to_vec(), |inner, _| {
        let size = u32::try_from(inner.len() + 4).expect("small");
        [&[0xd0][..], &size.to_be_bytes(), &[0, 0, 0, 1], &inner].concat()
    });
    let many = [0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x40];
    for (state, problem) in [
        (described(0x25, &nested), Problem::Depth),
        (described(0x25, &many), Problem::Elements),
        (described(0x25, &[0xc0, 9, 0]), Problem::Size),
        (described(0x25, &[0xa1, 1, 0xff]), Problem::Utf8),
        (vec![0, 0x45, 0x45], Problem::DescriptorType(0x45)),
    ] {
        assert_eq!(refused(&described(DISPOSITION, &list(&[TRUE, UINT_0, NULL, TRUE, &state]))).problem, problem);
    }
}

#[test]
fn what_is_no_performative_is_refused() {
    assert_eq!(refused(&described_by("my:performative", LIST_0)).problem, Problem::DescriptorSymbol);
    assert_eq!(refused(LIST_0).problem, Problem::Constructor { found: 0x45, expected: Expected::Described });
    assert_eq!(refused(&[0, 0x40]).problem, Problem::DescriptorType(0x40));
    assert_eq!(refused(&[0]).problem, Problem::Truncated);
    let other = frame(&described(0x99, LIST_0));
    assert_eq!(decode_body(&other, &header(&other)), Ok(Body::Other(0x99)));
}

#[test]
fn defaults_at_the_end_are_left_off() {
    let head = |transfer: &Transfer<'_>| {
        let mut out = Vec::new();
        encode_transfer_head(&mut out, 1, transfer, 0);
        out.split_off(8)
    };
    assert_eq!(head(&Transfer::default()), described(TRANSFER, &list(&[UINT_0])));
    let continued = Transfer { handle: 3, more: true, ..Transfer::default() };
    assert_eq!(head(&continued), described(TRANSFER, &list(&[&uint(3)[..], NULL, NULL, NULL, NULL, TRUE])));
    let settled = Transfer { settled: Some(false), ..Transfer::default() };
    assert_eq!(head(&settled), described(TRANSFER, &list(&[UINT_0, NULL, NULL, NULL, FALSE])));
}

#[test]
fn what_does_not_fit_a_short_list_gets_a_long_one() {
    for length in 0..600 {
        let state = described(0x99, &[&[0xb0, 0, 0, (length >> 8) as u8, length as u8][..], &vec![7; length]].concat());
        let transfer = Transfer { delivery_tag: Some(&[9; 32]), state: StateRef::Other(&state), ..Transfer::default() };
        let mut out = vec![0xee];
        encode_transfer_head(&mut out, 1, &transfer, 2);
        let mut frame = out.split_off(1);
        assert_eq!(out, [0xee]);
        assert_eq!(frame.len(), transfer_head_len(&transfer), "state of {length} bytes");
        frame.extend_from_slice(b"ab");
        let expected = Body::Transfer(transfer, frame.len() - 2);
        assert_eq!(decode_body(&frame, &header(&frame)), Ok(expected), "state of {length} bytes");
    }
}
