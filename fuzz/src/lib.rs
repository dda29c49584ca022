//! What must hold for any bytes that a peer can send.
//!
//! Each function takes the bytes and panics when something does not hold that must. libFuzzer calls them through
//! `fuzz_targets/` (README.md says how); the test `replay` calls them with every file of `corpus/`.

#![allow(clippy::expect_used, reason = "a fuzz target reports what it found by panicking")]

mod connection;
mod frames;
mod management;
mod neighbor;
mod sasl;

pub use connection::connection;
pub use frames::frames;
pub use management::management;
pub use neighbor::neighbor;
pub use sasl::sasl;

use crossdock_amqp::codec::{DecodeError, FrameHeader};

/// Larger than any input that a fuzzer makes, so that the limit itself is not all that is tested.
const MAX_FRAME_SIZE: usize = 1 << 16;

/// The complete frames at the start of a stream of bytes. A stream that breaks off, or breaks the rules, ends there.
fn frames_in(mut stream: &[u8]) -> Vec<(FrameHeader, &[u8])> {
    let mut frames = Vec::new();
    loop {
        match FrameHeader::decode(stream, MAX_FRAME_SIZE) {
            Ok(Some(header)) => {
                assert!(header.size >= 8 && header.size <= MAX_FRAME_SIZE);
                assert!(header.data_offset >= 8 && header.data_offset <= header.size);
                let Some((frame, rest)) = stream.split_at_checked(header.size) else {
                    return frames;
                };
                frames.push((header, frame));
                stream = rest;
            }
            Ok(None) => {
                assert!(stream.len() < 8);
                return frames;
            }
            Err(error) => {
                check_error(error, stream);
                return frames;
            }
        }
    }
}

/// These bytes as the body of one frame.
fn in_a_frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let body = body.get(..MAX_FRAME_SIZE - 8).unwrap_or(body);
    let size = u32::try_from(body.len() + 8).expect("within the maximum frame size");
    [&size.to_be_bytes()[..], &[2, kind, 0, 1], body].concat()
}

/// The header of a frame that our own encoder wrote.
fn own_header(frame: &[u8]) -> FrameHeader {
    let header = FrameHeader::decode(frame, usize::MAX).expect("our own frame").expect("complete");
    assert_eq!(header.size, frame.len(), "our own frame says how long it is");
    header
}

/// An error points into the bytes and says something.
fn check_error(error: DecodeError, bytes: &[u8]) {
    assert!(error.offset <= bytes.len(), "{error}: beyond the {} bytes", bytes.len());
    assert!(!error.problem.to_string().is_empty());
}
