//! The disposition performative [AMQP 2.7.6].

use super::fields::Fields;
use super::sink::{Composite, Sink, encode_frame};
use super::{Cursor, DecodeError, StateRef, descriptor};

const FIELDS: u8 = 6;

/// State and settlement of a range of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disposition<'a> {
    /// Whether the sender of this frame is the receiver of the deliveries.
    pub role_receiver: bool,
    /// First delivery of the range.
    pub first: u32,
    /// Last delivery of the range; absent: the first is also the last.
    pub last: Option<u32>,
    /// Whether the deliveries are settled.
    pub settled: bool,
    /// Their state.
    pub state: StateRef<'a>,
    /// Whether the peer may delay its answer.
    pub batchable: bool,
}

impl<'a> Disposition<'a> {
    /// Reads the fields; the cursor is behind the descriptor.
    #[inline]
    pub(super) fn decode(cursor: &mut Cursor<'a>) -> Result<Disposition<'a>, DecodeError> {
        let mut fields = Fields::start(cursor, descriptor::DISPOSITION, FIELDS)?;
        let disposition = Disposition {
            role_receiver: fields.mandatory(0, Cursor::boolean)?,
            first: fields.mandatory(1, Cursor::uint)?,
            last: fields.next(Cursor::uint)?,
            settled: fields.next(Cursor::boolean)?.unwrap_or(false),
            state: fields.next(StateRef::decode)?,
            batchable: fields.next(Cursor::boolean)?.unwrap_or(false),
        };
        fields.finish()?;
        Ok(disposition)
    }
}

impl Composite for Disposition<'_> {
    const DESCRIPTOR: u64 = descriptor::DISPOSITION;

    #[inline(always)]
    fn field_count(&self) -> u8 {
        if self.batchable {
            6
        } else if self.state != StateRef::None {
            5
        } else if self.settled {
            4
        } else if self.last.is_some() {
            3
        } else {
            2
        }
    }

    #[inline(always)]
    fn content_len(&self) -> usize {
        self.state.encoded_len()
    }

    #[inline(always)]
    fn encode_fields(&self, sink: &mut impl Sink, count: u8) {
        sink.boolean(self.role_receiver);
        sink.uint(self.first);
        if count > 2 {
            sink.optional_uint(self.last);
        }
        if count > 3 {
            sink.boolean(self.settled);
        }
        if count > 4 {
            self.state.encode(sink);
        }
        if count > 5 {
            sink.boolean(self.batchable);
        }
    }
}

/// Writes a disposition as a complete frame.
#[inline]
pub fn encode_disposition(out: &mut Vec<u8>, channel: u16, disposition: &Disposition<'_>) {
    encode_frame(out, channel, disposition, 0);
}
