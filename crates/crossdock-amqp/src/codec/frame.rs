//! Frames [AMQP 2.3]: their header, and which body they have.

use super::{Cursor, DecodeError, Disposition, Flow, Problem, Transfer, descriptor};

/// Bytes in a frame header without extension: four of size, one data offset, one type, two of channel.
pub(super) const HEADER_LEN: usize = 8;

const TYPE_AMQP: u8 = 0;
const TYPE_SASL: u8 = 1;

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// Type 0: a performative, and perhaps a payload [AMQP 2.3.2].
    Amqp,
    /// Type 1: a SASL frame [AMQP 5.3.1].
    Sasl,
}

/// The header of a frame [AMQP 2.3.1].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Bytes of the whole frame, this header included.
    pub size: usize,
    /// Bytes from the start of the frame to its body; what is between the header and the body is to be ignored.
    pub data_offset: usize,
    /// What the frame carries.
    pub kind: FrameKind,
    /// The channel; without meaning in a SASL frame.
    pub channel: u16,
}

impl FrameHeader {
    /// Reads the header at the start of these bytes. `None`: more bytes are needed, at most 8.
    ///
    /// The size is checked against `max_frame_size` (in bytes) as soon as its four bytes are there, so a caller never waits for
    /// a frame that it would refuse.
    #[inline]
    pub fn decode(bytes: &[u8], max_frame_size: usize) -> Result<Option<FrameHeader>, DecodeError> {
        let Some(&[a, b, c, d]) = bytes.first_chunk() else {
            return Ok(None);
        };
        let size = u32::from_be_bytes([a, b, c, d]);
        if (size as usize) < HEADER_LEN || size as usize > max_frame_size {
            return Err(DecodeError { offset: 0, problem: Problem::FrameSize(size) });
        }
        let size = size as usize;
        let Some(&[_, _, _, _, words, kind, high, low]) = bytes.first_chunk::<HEADER_LEN>() else {
            return Ok(None);
        };
        let data_offset = usize::from(words) * 4;
        if data_offset < HEADER_LEN || data_offset > size {
            return Err(DecodeError { offset: 4, problem: Problem::DataOffset(words) });
        }
        let kind = match kind {
            TYPE_AMQP => FrameKind::Amqp,
            TYPE_SASL => FrameKind::Sasl,
            other => return Err(DecodeError { offset: 5, problem: Problem::FrameType(other) }),
        };
        Ok(Some(FrameHeader { size, data_offset, kind, channel: u16::from_be_bytes([high, low]) }))
    }

    /// A cursor at the body of the frame, which must be complete and of the kind that is expected.
    #[inline]
    pub(super) fn body<'a>(&self, frame: &'a [u8], kind: FrameKind) -> Result<Cursor<'a>, DecodeError> {
        let Some(frame) = frame.get(..self.size) else {
            return Err(DecodeError { offset: frame.len(), problem: Problem::Truncated });
        };
        if self.kind != kind {
            let found = match self.kind {
                FrameKind::Amqp => TYPE_AMQP,
                FrameKind::Sasl => TYPE_SASL,
            };
            return Err(DecodeError { offset: 5, problem: Problem::FrameType(found) });
        }
        Ok(Cursor::at(frame, self.data_offset))
    }
}

/// The body of an AMQP frame: the three that are hot, in full, and the kind of any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// No body: the peer shows that it is alive [AMQP 2.4.5].
    Empty,
    /// A transfer, and where in the frame its payload starts; the payload ends with the frame.
    Transfer(Transfer<'a>, usize),
    /// A disposition.
    Disposition(Disposition<'a>),
    /// A flow.
    Flow(Flow<'a>),
    /// Another described value, with the code of its descriptor. What it is, [`decode_performative`] says.
    ///
    /// [`decode_performative`]: super::decode_performative
    Other(u64),
}

/// Reads the body of a complete frame. `frame` starts with the frame's header, which is `header`.
///
/// A disposition or flow must end where the frame ends. Nothing is allocated.
#[inline]
pub fn decode_body<'a>(frame: &'a [u8], header: &FrameHeader) -> Result<Body<'a>, DecodeError> {
    let mut cursor = header.body(frame, FrameKind::Amqp)?;
    if cursor.is_empty() {
        return Ok(Body::Empty);
    }
    let offset = cursor.offset();
    let body = match cursor.descriptor()?.code() {
        Some(descriptor::TRANSFER) => {
            let transfer = Transfer::decode(&mut cursor)?;
            return Ok(Body::Transfer(transfer, cursor.offset()));
        }
        Some(descriptor::DISPOSITION) => Body::Disposition(Disposition::decode(&mut cursor)?),
        Some(descriptor::FLOW) => Body::Flow(Flow::decode(&mut cursor)?),
        Some(code) => return Ok(Body::Other(code)),
        None => return Err(DecodeError { offset, problem: Problem::DescriptorSymbol }),
    };
    if cursor.is_empty() { Ok(body) } else { Err(cursor.error(Problem::TrailingBytes)) }
}

/// Writes a frame without body on channel 0, which shows that we are alive [AMQP 2.4.5].
pub fn encode_empty_frame(out: &mut Vec<u8>) {
    out.extend_from_slice(&header_bytes(HEADER_LEN, FrameKind::Amqp, 0));
}

/// A frame header without extension. A size beyond 32 bits is written as the largest there is; no peer accepts it.
#[inline(always)]
pub(super) fn header_bytes(size: usize, kind: FrameKind, channel: u16) -> [u8; HEADER_LEN] {
    let [a, b, c, d] = u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes();
    let kind = match kind {
        FrameKind::Amqp => TYPE_AMQP,
        FrameKind::Sasl => TYPE_SASL,
    };
    let [high, low] = channel.to_be_bytes();
    [a, b, c, d, 2, kind, high, low]
}
