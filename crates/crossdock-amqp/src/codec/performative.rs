//! The performatives that open and close things [AMQP 2.7], in the types of `fe2o3-amqp-types`.

use std::borrow::Cow;

use fe2o3_amqp_types::performatives::{Attach, Begin, Close, Detach, End, Open};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::composites::{self, Shape};
use super::frame::{FrameKind, HEADER_LEN, header_bytes};
use super::walk::{self, Budget, MAX_DEPTH};
use super::{Cursor, DecodeError, EncodeError, FrameHeader, Problem, descriptor, legible, shape};

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
    let body = CheckedBody::new(header.body(frame, FrameKind::Amqp)?, composites::PERFORMATIVES)?;
    Ok(match body.code {
        descriptor::OPEN => Performative::Open(body.read()?),
        descriptor::BEGIN => Performative::Begin(body.read()?),
        descriptor::ATTACH => Performative::Attach(body.read()?),
        descriptor::DETACH => Performative::Detach(body.read()?),
        descriptor::END => Performative::End(body.read()?),
        descriptor::CLOSE => Performative::Close(body.read()?),
        code => return Err(DecodeError { offset: body.offset, problem: Problem::Descriptor(code) }),
    })
}

/// A composite value that fills the rest of its frame, and can be given to serde: sound, within the budget, of a known
/// shape, in an encoding that serde reads.
pub(super) struct CheckedBody<'a> {
    /// Code of its descriptor.
    pub(super) code: u64,
    /// Where in the frame it starts.
    pub(super) offset: usize,
    bytes: Cow<'a, [u8]>,
}

impl<'a> CheckedBody<'a> {
    /// Checks the value at the cursor.
    pub(super) fn new(mut cursor: Cursor<'a>, shapes: &[Shape]) -> Result<CheckedBody<'a>, DecodeError> {
        let offset = cursor.offset();
        let is_illegible = cursor.walk(&mut { Budget::PERFORMATIVE })?;
        let mut unknown = Vec::new();
        let code = shape::check(&mut cursor, shapes, &mut unknown)?;
        if !cursor.is_empty() {
            return Err(cursor.error(Problem::TrailingBytes));
        }
        cursor.move_to(offset);
        let bytes = if is_illegible || !unknown.is_empty() {
            Cow::Owned(legible::rewrite(cursor, &unknown)?)
        } else {
            Cow::Borrowed(cursor.take(cursor.remaining())?)
        };
        Ok(CheckedBody { code, offset, bytes })
    }

    /// Gives the value to serde.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let problem = Problem::Content(self.code as u8);
        serde_amqp::from_slice(&self.bytes).map_err(|_| DecodeError { offset: self.offset, problem })
    }
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
    // serde_amqp writes some values wrongly (`legible` says which). A peer's are rewritten when they are read, so this finds only
    // those that we made ourselves; but a frame that is not well-formed must never go out.
    let walked = walk::value(&body, &mut Budget { depth: MAX_DEPTH, elements: u32::MAX });
    match walked {
        Ok(length) if length == body.len() => {}
        Ok(_) => return Err(EncodeError { reason: "more than one value was written".to_owned() }),
        Err(error) => return Err(EncodeError { reason: format!("not well-formed: {error}") }),
    }
    out.extend_from_slice(&header_bytes(HEADER_LEN + body.len(), kind, channel));
    out.extend_from_slice(&body);
    Ok(())
}
