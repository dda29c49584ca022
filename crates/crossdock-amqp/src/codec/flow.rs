//! The flow performative [AMQP 2.7.4].

use super::fields::Fields;
use super::format::constructor as code;
use super::sink::{Composite, Sink, encode_frame};
use super::walk::Budget;
use super::{Cursor, DecodeError, Expected, Problem, descriptor};

const FIELDS: u8 = 11;

/// State of a session and, with a handle, of a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow<'a> {
    /// Transfer-id expected next; absent until the peer's begin was seen.
    pub next_incoming_id: Option<u32>,
    /// Transfers that the sender of this frame can take.
    pub incoming_window: u32,
    /// Transfer-id that the next transfer will have.
    pub next_outgoing_id: u32,
    /// Transfers that the sender of this frame could send.
    pub outgoing_window: u32,
    /// The link; without it the frame is about the session only.
    pub handle: Option<u32>,
    /// Delivery-count of the link.
    pub delivery_count: Option<u32>,
    /// Credit of the link.
    pub link_credit: Option<u32>,
    /// Deliveries waiting at the sender of the link.
    pub available: Option<u32>,
    /// Whether the sender of the link is to use up its credit at once.
    pub drain: bool,
    /// Whether the peer is to answer with its own state.
    pub echo: bool,
    /// The encoded map of link properties, checked by a [`walk`](super::walk).
    pub properties: Option<&'a [u8]>,
}

impl<'a> Flow<'a> {
    /// Reads the fields; the cursor is behind the descriptor.
    #[inline]
    pub(super) fn decode(cursor: &mut Cursor<'a>) -> Result<Flow<'a>, DecodeError> {
        let mut fields = Fields::start(cursor, descriptor::FLOW, FIELDS)?;
        let flow = Flow {
            next_incoming_id: fields.next(Cursor::uint)?,
            incoming_window: fields.mandatory(1, Cursor::uint)?,
            next_outgoing_id: fields.mandatory(2, Cursor::uint)?,
            outgoing_window: fields.mandatory(3, Cursor::uint)?,
            handle: fields.next(Cursor::uint)?,
            delivery_count: fields.next(Cursor::uint)?,
            link_credit: fields.next(Cursor::uint)?,
            available: fields.next(Cursor::uint)?,
            drain: fields.next(Cursor::boolean)?.unwrap_or(false),
            echo: fields.next(Cursor::boolean)?.unwrap_or(false),
            properties: fields.next(properties)?,
        };
        fields.finish()?;
        Ok(flow)
    }
}

impl Composite for Flow<'_> {
    const DESCRIPTOR: u64 = descriptor::FLOW;

    #[inline(always)]
    fn field_count(&self) -> u8 {
        if self.properties.is_some() {
            11
        } else if self.echo {
            10
        } else if self.drain {
            9
        } else if self.available.is_some() {
            8
        } else if self.link_credit.is_some() {
            7
        } else if self.delivery_count.is_some() {
            6
        } else if self.handle.is_some() {
            5
        } else {
            4
        }
    }

    #[inline(always)]
    fn content_len(&self) -> usize {
        self.properties.map_or(0, <[u8]>::len)
    }

    #[inline(always)]
    fn encode_fields(&self, sink: &mut impl Sink, count: u8) {
        sink.optional_uint(self.next_incoming_id);
        sink.uint(self.incoming_window);
        sink.uint(self.next_outgoing_id);
        sink.uint(self.outgoing_window);
        if count > 4 {
            sink.optional_uint(self.handle);
        }
        if count > 5 {
            sink.optional_uint(self.delivery_count);
        }
        if count > 6 {
            sink.optional_uint(self.link_credit);
        }
        if count > 7 {
            sink.optional_uint(self.available);
        }
        if count > 8 {
            sink.boolean(self.drain);
        }
        if count > 9 {
            sink.boolean(self.echo);
        }
        if count > 10 {
            match self.properties {
                Some(properties) => sink.bytes(properties),
                None => sink.byte(code::NULL),
            }
        }
    }
}

#[inline(always)]
fn properties<'a>(cursor: &mut Cursor<'a>) -> Result<Option<&'a [u8]>, DecodeError> {
    match cursor.peek() {
        Some(code::MAP_8 | code::MAP_32 | code::NULL) | None => cursor.value(&mut { Budget::PERFORMATIVE }),
        Some(found) => Err(cursor.error(Problem::Constructor { found, expected: Expected::Map })),
    }
}

/// Writes a flow as a complete frame.
#[inline]
pub fn encode_flow(out: &mut Vec<u8>, channel: u16, flow: &Flow<'_>) {
    encode_frame(out, channel, flow, 0);
}
