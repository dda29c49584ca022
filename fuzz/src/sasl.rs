//! SASL frames.

use crossdock_amqp::codec::{FrameHeader, decode_sasl, encode_sasl};

use crate::{check_error, frames_in, in_a_frame, own_header};

/// The bytes as a stream of frames, and as the body of one SASL frame.
pub fn sasl(data: &[u8]) {
    for (header, frame) in frames_in(data) {
        check_frame(frame, &header);
    }
    let frame = in_a_frame(1, data);
    check_frame(&frame, &own_header(&frame));
}

fn check_frame(frame: &[u8], header: &FrameHeader) {
    let sasl = match decode_sasl(frame, header) {
        Ok(sasl) => sasl,
        Err(error) => return check_error(error, frame),
    };
    // The types have no equality, but one value has one encoding.
    let mut once = Vec::new();
    encode_sasl(&mut once, &sasl).expect("what was decoded can be encoded");
    let again = decode_sasl(&once, &own_header(&once)).expect("what was encoded can be decoded");
    let mut twice = Vec::new();
    encode_sasl(&mut twice, &again).expect("what was decoded can be encoded");
    assert_eq!(once, twice);
    assert_eq!(format!("{sasl:?}"), format!("{again:?}"));
}
