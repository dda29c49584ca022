//! SASL frames are read and written, and their secrets stay out of logs.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod codec_support;

use codec_support::{
    LIST_0, NULL, array, binary, described, described_by, frame, header, list, sasl_frame, string, symbol, symbols,
};
use crossdock_amqp::codec::{Problem, SaslFrame, decode_sasl, encode_sasl};
use fe2o3_amqp_types::sasl::{SaslChallenge, SaslCode, SaslInit, SaslMechanisms, SaslOutcome, SaslResponse};
use proptest::prelude::*;
use serde_amqp::primitives::Symbol;

fn decode(body: &[u8]) -> Result<SaslFrame, Problem> {
    let frame = sasl_frame(body);
    decode_sasl(&frame, &header(&frame)).map_err(|error| error.problem)
}

fn encode(frame: impl Into<SaslFrame>) -> Vec<u8> {
    let mut out = Vec::new();
    encode_sasl(&mut out, &frame.into()).expect("encodes");
    assert_eq!(header(&out).channel, 0);
    out
}

fn mechanisms(names: &[&str]) -> SaslMechanisms {
    SaslMechanisms { sasl_server_mechanisms: names.iter().map(|name| Symbol::from(*name)).collect::<Vec<_>>().into() }
}

#[test]
fn mechanisms_are_read_from_an_array_or_from_one_symbol() {
    for (field, expected) in
        [(symbols(&["PLAIN", "ANONYMOUS"]), &["PLAIN", "ANONYMOUS"][..]), (symbol("PLAIN"), &["PLAIN"])]
    {
        match decode(&described(0x40, &list(&[field]))) {
            Ok(SaslFrame::Mechanisms(found)) => {
                assert_eq!(found.sasl_server_mechanisms.0, mechanisms(expected).sasl_server_mechanisms.0);
            }
            other => panic!("not mechanisms: {other:?}"),
        }
    }
}

#[test]
fn mechanisms_are_written_as_an_array_also_when_there_is_one() {
    let out = encode(mechanisms(&["ANONYMOUS"]));
    assert_eq!(out[8..11], [0, 0x53, 0x40]);
    assert!(matches!(out[11..], [0xc0, _, 1, 0xe0 | 0xf0, ..]), "{out:02x?}");
}

#[test]
fn no_mechanisms_at_all_are_refused_and_not_written() {
    let missing = Problem::Missing { descriptor: 0x40, field: 0 };
    for body in [LIST_0.to_vec(), list(&[NULL]), list(&[array(&[0xa3], &[NULL; 0])]), list(&[vec![0xe0, 1, 0]])] {
        assert_eq!(decode(&described(0x40, &body)).expect_err("must be refused"), missing);
    }
    let mut out = vec![1];
    assert!(encode_sasl(&mut out, &mechanisms(&[]).into()).is_err());
    assert_eq!(out, [1]);
}

#[test]
fn an_init_is_read_with_and_without_its_optional_fields() {
    let full = described(0x41, &list(&[symbol("PLAIN"), binary(b"\0user\0secret"), string("host")]));
    match decode(&full) {
        Ok(SaslFrame::Init(init)) => {
            assert_eq!(init.mechanism, Symbol::from("PLAIN"));
            assert_eq!(init.initial_response.as_ref().map(|response| &response[..]), Some(&b"\0user\0secret"[..]));
            assert_eq!(init.hostname.as_deref(), Some("host"));
        }
        other => panic!("not an init: {other:?}"),
    }
    match decode(&described_by("amqp:sasl-init:list", &list(&[symbol("EXTERNAL")]))) {
        Ok(SaslFrame::Init(init)) => assert!(init.initial_response.is_none() && init.hostname.is_none()),
        other => panic!("not an init: {other:?}"),
    }
    assert_eq!(decode(&described(0x41, &list(&[NULL]))).err(), Some(Problem::Missing { descriptor: 0x41, field: 0 }));
}

#[test]
fn challenge_response_and_outcome_are_read_as_they_are_written() {
    let frame = encode(SaslChallenge { challenge: b"c".to_vec().into() });
    assert!(
        matches!(decode_sasl(&frame, &header(&frame)), Ok(SaslFrame::Challenge(found)) if &found.challenge[..] == b"c")
    );
    let frame = encode(SaslResponse { response: b"".to_vec().into() });
    assert!(
        matches!(decode_sasl(&frame, &header(&frame)), Ok(SaslFrame::Response(found)) if found.response.is_empty())
    );
    for code in [SaslCode::Ok, SaslCode::Auth, SaslCode::Sys, SaslCode::SysPerm, SaslCode::SysTemp] {
        let frame = encode(SaslOutcome { code: code.clone(), additional_data: Some(b"v=x".to_vec().into()) });
        assert!(matches!(decode_sasl(&frame, &header(&frame)), Ok(SaslFrame::Outcome(found)) if found.code == code));
    }
    assert_eq!(decode(&described(0x44, &list(&[&[0x50, 5]]))).err(), Some(Problem::Content(0x44)));
}

#[test]
fn debug_shows_no_secret() {
    let secret = || Some(b"hunter2".to_vec().into());
    for frame in [
        SaslFrame::from(SaslInit { mechanism: "PLAIN".into(), initial_response: secret(), hostname: None }),
        SaslChallenge { challenge: b"hunter2".to_vec().into() }.into(),
        SaslResponse { response: b"hunter2".to_vec().into() }.into(),
        SaslOutcome { code: SaslCode::Ok, additional_data: secret() }.into(),
    ] {
        let text = format!("{frame:?} {frame:#?}");
        assert!(text.contains("<7 bytes>"), "{text}");
        // Neither as text nor as numbers.
        assert!(!text.contains("hunter2") && !text.contains("104"), "{text}");
    }
}

#[test]
fn what_is_no_sasl_frame_is_refused() {
    assert_eq!(decode(&described(0x10, &list(&[string("c")]))).err(), Some(Problem::Descriptor(0x10)));
    assert_eq!(decode(&[]).err(), Some(Problem::Truncated));
    assert_eq!(
        decode(&[&described(0x43, &list(&[binary(b"")]))[..], NULL].concat()).err(),
        Some(Problem::TrailingBytes)
    );
    let amqp = frame(&described(0x43, &list(&[binary(b"")])));
    assert_eq!(decode_sasl(&amqp, &header(&amqp)).map_err(|error| error.problem).err(), Some(Problem::FrameType(0)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_no_panic(code in 0x40_u8..0x46, body in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(frame) = decode(&described(code, &body)) {
            let mut out = Vec::new();
            encode_sasl(&mut out, &frame).expect("what was decoded can be encoded");
        }
    }
}
