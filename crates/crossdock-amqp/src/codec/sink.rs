//! Writing performatives: into a scratch on the stack when they are small, as they nearly always are.

use super::format::constructor as code;
use super::frame::{FrameKind, HEADER_LEN, header_bytes};

/// Where encoded bytes go. The same code that writes a performative also measures it.
pub(super) trait Sink {
    /// Takes one byte.
    fn byte(&mut self, byte: u8);
    /// Takes several.
    fn bytes(&mut self, bytes: &[u8]);

    #[inline(always)]
    fn uint(&mut self, value: u32) {
        match value {
            0 => self.byte(code::UINT_0),
            1..=0xff => self.bytes(&[code::SMALL_UINT, value as u8]),
            _ => {
                let [a, b, c, d] = value.to_be_bytes();
                self.bytes(&[code::UINT, a, b, c, d]);
            }
        }
    }

    #[inline(always)]
    fn optional_uint(&mut self, value: Option<u32>) {
        match value {
            Some(value) => self.uint(value),
            None => self.byte(code::NULL),
        }
    }

    #[inline(always)]
    fn boolean(&mut self, value: bool) {
        self.byte(if value { code::TRUE } else { code::FALSE });
    }

    #[inline(always)]
    fn optional_boolean(&mut self, value: Option<bool>) {
        match value {
            Some(value) => self.boolean(value),
            None => self.byte(code::NULL),
        }
    }

    #[inline(always)]
    fn optional_ubyte(&mut self, value: Option<u8>) {
        match value {
            Some(value) => self.bytes(&[code::UBYTE, value]),
            None => self.byte(code::NULL),
        }
    }

    #[inline(always)]
    fn optional_binary(&mut self, value: Option<&[u8]>) {
        let Some(value) = value else {
            return self.byte(code::NULL);
        };
        match u8::try_from(value.len()) {
            Ok(length) => self.bytes(&[code::BINARY_8, length]),
            Err(_) => {
                let [a, b, c, d] = u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes();
                self.bytes(&[code::BINARY_32, a, b, c, d]);
            }
        }
        self.bytes(value);
    }
}

impl Sink for Vec<u8> {
    #[inline]
    fn byte(&mut self, byte: u8) {
        self.push(byte);
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts instead of writing.
#[derive(Default)]
pub(super) struct Length(pub(super) usize);

impl Sink for Length {
    #[inline(always)]
    fn byte(&mut self, _byte: u8) {
        self.0 += 1;
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

/// A performative that can be written field by field.
pub(super) trait Composite {
    /// Code of its descriptor, which is below 256.
    const DESCRIPTOR: u64;

    /// Number of fields up to the last that is not its default: those behind are left off.
    fn field_count(&self) -> u8;

    /// Bytes of its fields of variable length, at most.
    fn content_len(&self) -> usize;

    /// Writes the first `count` fields.
    fn encode_fields(&self, sink: &mut impl Sink, count: u8);
}

/// Bytes of variable content (delivery tag, state, properties) up to which a performative is written through [`Scratch`].
pub(super) const SCRATCH_CONTENT: usize = 128;

/// The frame header, the performative with the widest encoding of every fixed field (11 fields of 5 bytes), and variable
/// content.
const SCRATCH_LEN: usize = 80 + SCRATCH_CONTENT;

/// A frame under construction on the stack. The frame header and the head of the list are filled in at the end.
pub(super) struct Scratch {
    bytes: [u8; SCRATCH_LEN],
    used: usize,
}

impl Sink for Scratch {
    #[inline(always)]
    fn byte(&mut self, byte: u8) {
        if let Some(free) = self.bytes.get_mut(self.used) {
            *free = byte;
        }
        self.used += 1;
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &[u8]) {
        if let Some(free) = self.bytes.get_mut(self.used..).and_then(|rest| rest.get_mut(..bytes.len())) {
            free.copy_from_slice(bytes);
        }
        self.used += bytes.len();
    }
}

/// Bytes of the descriptor of a performative.
const DESCRIPTOR_LEN: usize = 3;
/// Bytes of the head of a list: constructor, size, count.
const LIST_8_LEN: usize = 3;
const LIST_32_LEN: usize = 9;
/// Bytes of fields that a list with one-byte sizes can hold: its size includes the count.
const LIST_8_FIELDS: usize = u8::MAX as usize - 1;

/// Length of frame header, descriptor and list head in front of `fields` bytes of fields.
pub(super) const fn head_len(fields: usize) -> usize {
    HEADER_LEN + DESCRIPTOR_LEN + if fields <= LIST_8_FIELDS { LIST_8_LEN } else { LIST_32_LEN }
}

/// Writes a frame with this performative, and room in its size for `payload_len` bytes that the caller appends.
#[inline(always)]
pub(super) fn encode_frame<C: Composite>(out: &mut Vec<u8>, channel: u16, composite: &C, payload_len: usize) {
    const PREFIX: usize = head_len(0);
    if composite.content_len() > SCRATCH_CONTENT {
        return encode_large_frame(out, channel, composite, payload_len);
    }
    let count = composite.field_count();
    let mut scratch = Scratch { bytes: [0; SCRATCH_LEN], used: PREFIX };
    composite.encode_fields(&mut scratch, count);
    let used = scratch.used.min(SCRATCH_LEN);
    let size = (used - PREFIX + 1) as u8;
    let [a, b, c, d, e, f, g, h] = header_bytes(used + payload_len, FrameKind::Amqp, channel);
    if let Some(prefix) = scratch.bytes.first_chunk_mut::<PREFIX>() {
        let [i, j, k] = descriptor::<C>();
        *prefix = [a, b, c, d, e, f, g, h, i, j, k, code::LIST_8, size, count];
    }
    out.extend_from_slice(scratch.bytes.get(..used).unwrap_or_default());
}

#[cold]
fn encode_large_frame<C: Composite>(out: &mut Vec<u8>, channel: u16, composite: &C, payload_len: usize) {
    let count = composite.field_count();
    let mut fields = Vec::with_capacity(SCRATCH_LEN + composite.content_len());
    composite.encode_fields(&mut fields, count);
    let size = head_len(fields.len()) + fields.len() + payload_len;
    out.extend_from_slice(&header_bytes(size, FrameKind::Amqp, channel));
    out.extend_from_slice(&descriptor::<C>());
    if fields.len() <= LIST_8_FIELDS {
        out.extend_from_slice(&[code::LIST_8, fields.len() as u8 + 1, count]);
    } else {
        out.push(code::LIST_32);
        out.extend_from_slice(&u32::try_from(fields.len() + 4).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(&u32::from(count).to_be_bytes());
    }
    out.extend_from_slice(&fields);
}

const fn descriptor<C: Composite>() -> [u8; DESCRIPTOR_LEN] {
    [code::DESCRIBED, code::SMALL_ULONG, C::DESCRIPTOR as u8]
}
