//! The transfer performative [AMQP 2.7.5].

use super::fields::Fields;
use super::sink::{Composite, Length, Sink, encode_frame, head_len};
use super::{Cursor, DecodeError, Problem, StateRef, descriptor};

const FIELDS: u8 = 11;

/// Part of a delivery, or all of it. The payload is behind the performative in the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transfer<'a> {
    /// The link, by the sender's number for it.
    pub handle: u32,
    /// Number of the delivery; on its first transfer always there.
    pub delivery_id: Option<u32>,
    /// Name of the delivery, unique among the unsettled ones of its link. It should have 32 bytes at most [AMQP 2.8.7]; a longer one
    /// is a matter of its delivery, and of who keeps it.
    pub delivery_tag: Option<&'a [u8]>,
    /// What the payload is; 0 is an AMQP message.
    pub message_format: Option<u32>,
    /// Whether the sender has settled the delivery. Absent means: as on an earlier transfer of the delivery, else not.
    pub settled: Option<bool>,
    /// Whether more transfers of the delivery follow.
    pub more: bool,
    /// 0 first, 1 second: overrides what the link has.
    pub rcv_settle_mode: Option<u8>,
    /// State of the delivery at the sender.
    pub state: StateRef<'a>,
    /// Whether this resumes a delivery.
    pub resume: bool,
    /// Whether the delivery is given up: the payload, also that of earlier transfers, is to be discarded.
    pub aborted: bool,
    /// Whether the receiver may delay its answer.
    pub batchable: bool,
}

impl<'a> Transfer<'a> {
    /// Reads the fields; the cursor is behind the descriptor, and moves to the payload.
    #[inline]
    pub(super) fn decode(cursor: &mut Cursor<'a>) -> Result<Transfer<'a>, DecodeError> {
        let mut fields = Fields::start(cursor, descriptor::TRANSFER, FIELDS)?;
        let transfer = Transfer {
            handle: fields.mandatory(0, Cursor::uint)?,
            delivery_id: fields.next(Cursor::uint)?,
            delivery_tag: fields.next(Cursor::binary)?,
            message_format: fields.next(Cursor::uint)?,
            settled: fields.next(Cursor::boolean)?,
            more: fields.next(Cursor::boolean)?.unwrap_or(false),
            rcv_settle_mode: fields.next(receiver_settle_mode)?,
            state: fields.next(StateRef::decode)?,
            resume: fields.next(Cursor::boolean)?.unwrap_or(false),
            aborted: fields.next(Cursor::boolean)?.unwrap_or(false),
            batchable: fields.next(Cursor::boolean)?.unwrap_or(false),
        };
        fields.finish()?;
        Ok(transfer)
    }
}

impl Composite for Transfer<'_> {
    const DESCRIPTOR: u64 = descriptor::TRANSFER;

    #[inline(always)]
    fn field_count(&self) -> u8 {
        if self.batchable {
            11
        } else if self.aborted {
            10
        } else if self.resume {
            9
        } else if self.state != StateRef::None {
            8
        } else if self.rcv_settle_mode.is_some() {
            7
        } else if self.more {
            6
        } else if self.settled.is_some() {
            5
        } else if self.message_format.is_some() {
            4
        } else if self.delivery_tag.is_some() {
            3
        } else if self.delivery_id.is_some() {
            2
        } else {
            1
        }
    }

    #[inline(always)]
    fn content_len(&self) -> usize {
        self.delivery_tag.map_or(0, <[u8]>::len) + self.state.encoded_len()
    }

    #[inline(always)]
    fn encode_fields(&self, sink: &mut impl Sink, count: u8) {
        sink.uint(self.handle);
        if count > 1 {
            sink.optional_uint(self.delivery_id);
        }
        if count > 2 {
            sink.optional_binary(self.delivery_tag);
        }
        if count > 3 {
            sink.optional_uint(self.message_format);
        }
        if count > 4 {
            sink.optional_boolean(self.settled);
        }
        if count > 5 {
            sink.boolean(self.more);
        }
        if count > 6 {
            sink.optional_ubyte(self.rcv_settle_mode);
        }
        if count > 7 {
            self.state.encode(sink);
        }
        if count > 8 {
            sink.boolean(self.resume);
        }
        if count > 9 {
            sink.boolean(self.aborted);
        }
        if count > 10 {
            sink.boolean(self.batchable);
        }
    }
}

#[inline(always)]
fn receiver_settle_mode(cursor: &mut Cursor<'_>) -> Result<Option<u8>, DecodeError> {
    match cursor.ubyte()? {
        Some(mode) if mode > 1 => Err(cursor.error_behind(Problem::ReceiverSettleMode(mode))),
        mode => Ok(mode),
    }
}

/// Writes the frame header and the transfer; the caller appends `payload_len` bytes of payload. Default values at the end
/// are left off.
#[inline]
pub fn encode_transfer_head(out: &mut Vec<u8>, channel: u16, transfer: &Transfer<'_>, payload_len: usize) {
    encode_frame(out, channel, transfer, payload_len);
}

/// Bytes that [`encode_transfer_head`] writes, exactly. What the maximum frame size leaves is for the payload.
#[inline]
#[must_use]
pub fn transfer_head_len(transfer: &Transfer<'_>) -> usize {
    let mut fields = Length::default();
    transfer.encode_fields(&mut fields, transfer.field_count());
    head_len(fields.0) + fields.0
}
