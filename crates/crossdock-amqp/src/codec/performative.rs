//! The performatives that open and close things [AMQP 2.7], in the types of `fe2o3-amqp-types`.

use fe2o3_amqp_types::performatives::{Attach, Begin, Close, Detach, End, Open};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::frame::{FrameKind, HEADER_LEN, header_bytes};
use super::walk::Budget;
use super::{Cursor, DecodeError, EncodeError, FrameHeader, Problem, descriptor};

/// A performative that is not hot. Boxed: it is rare, and the largest has hundreds of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Performative {
    /// open [AMQP 2.7.1]
    Open(Box<Open>),
    /// begin [AMQP 2.7.2]
    Begin(Box<Begin>),
    /// attach [AMQP 2.7.3]
    Attach(Box<Attach>),
    /// detach [AMQP 2.7.7]
    Detach(Box<Detach>),
    /// end [AMQP 2.7.8]
    End(Box<End>),
    /// close [AMQP 2.7.9]
    Close(Box<Close>),
}

macro_rules! from_each {
    ($($kind:ident),+) => {
        $(impl From<$kind> for Performative {
            fn from(performative: $kind) -> Performative {
                Performative::$kind(Box::new(performative))
            }
        })+
    };
}

from_each!(Open, Begin, Attach, Detach, End, Close);

/// Reads the performative of a complete frame; [`Body::Other`](super::Body::Other) says that there is one.
///
/// It must end where the frame ends.
pub fn decode_performative(frame: &[u8], header: &FrameHeader) -> Result<Performative, DecodeError> {
    let cursor = header.body(frame, FrameKind::Amqp)?;
    let (code, bytes) = checked_composite(cursor, most_fields)?;
    Ok(match code {
        descriptor::OPEN => Performative::Open(read(cursor, code, bytes)?),
        descriptor::BEGIN => Performative::Begin(read(cursor, code, bytes)?),
        descriptor::ATTACH => Performative::Attach(read(cursor, code, bytes)?),
        descriptor::DETACH => Performative::Detach(read(cursor, code, bytes)?),
        descriptor::END => Performative::End(read(cursor, code, bytes)?),
        descriptor::CLOSE => Performative::Close(read(cursor, code, bytes)?),
        _ => return Err(cursor.error(Problem::Descriptor(code))),
    })
}

/// Number of fields of each performative; `None` for what is none.
fn most_fields(code: u64) -> Option<u8> {
    Some(match code {
        descriptor::OPEN => 10,
        descriptor::BEGIN => 8,
        descriptor::ATTACH => 14,
        descriptor::DETACH => 3,
        descriptor::END | descriptor::CLOSE => 1,
        _ => return None,
    })
}

/// Checks the one composite value that is the body of a frame: known, sound, within the budget, with no more fields than the
/// type has and nothing behind it. Returns its code and its bytes.
pub(super) fn checked_composite<'a>(
    mut cursor: Cursor<'a>,
    most_fields: fn(u64) -> Option<u8>,
) -> Result<(u64, &'a [u8]), DecodeError> {
    let start = cursor;
    let code = cursor.descriptor()?.code().ok_or_else(|| start.error(Problem::DescriptorSymbol))?;
    let most = most_fields(code).ok_or_else(|| start.error(Problem::Descriptor(code)))?;
    let before = cursor;
    match cursor.list()? {
        Some(list) if list.count <= u32::from(most) => {}
        Some(list) => return Err(before.error(Problem::Fields { found: list.count, most })),
        None => return Err(before.error(Problem::Fields { found: 0, most })),
    }
    if !cursor.is_empty() {
        return Err(cursor.error(Problem::TrailingBytes));
    }
    let mut whole = start;
    let bytes = whole.skip(&mut { Budget::PERFORMATIVE })?;
    Ok((code, bytes))
}

/// Gives checked bytes to serde.
pub(super) fn read<T: DeserializeOwned>(cursor: Cursor<'_>, code: u64, bytes: &[u8]) -> Result<T, DecodeError> {
    serde_amqp::from_slice(bytes).map_err(|_| cursor.error(Problem::Content(code as u8)))
}

/// Writes a performative as a complete frame. After an error nothing was written.
pub fn encode_performative(out: &mut Vec<u8>, channel: u16, performative: &Performative) -> Result<(), EncodeError> {
    match performative {
        Performative::Open(open) => encode_composite(out, FrameKind::Amqp, channel, open),
        Performative::Begin(begin) => encode_composite(out, FrameKind::Amqp, channel, begin),
        Performative::Attach(attach) => encode_composite(out, FrameKind::Amqp, channel, attach),
        Performative::Detach(detach) => encode_composite(out, FrameKind::Amqp, channel, detach),
        Performative::End(end) => encode_composite(out, FrameKind::Amqp, channel, end),
        Performative::Close(close) => encode_composite(out, FrameKind::Amqp, channel, close),
    }
}

/// Writes a frame whose body is this value.
pub(super) fn encode_composite(
    out: &mut Vec<u8>,
    kind: FrameKind,
    channel: u16,
    composite: &impl Serialize,
) -> Result<(), EncodeError> {
    let body = serde_amqp::to_vec(composite).map_err(|error| EncodeError { reason: error.to_string() })?;
    out.extend_from_slice(&header_bytes(HEADER_LEN + body.len(), kind, channel));
    out.extend_from_slice(&body);
    Ok(())
}
