//! The message that is sent: one data section that begins with who sent it, which it is, and when.

use bytes::Bytes;
use crossdock_amqp::codec::{Cursor, descriptor, walk::Budget};
use crossdock_amqp::engine::Chunk;

/// Bytes that the stamp takes at the start of the body.
pub(super) const MIN_SIZE: usize = 16;

/// Bits of the sequence number; the rest of its 8 bytes is the sender.
const SEQUENCE_BITS: u32 = 40;

/// Who, which and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Nanoseconds of the wall clock.
    pub(super) time: u64,
    /// Number of the sender.
    pub(super) sender: u32,
    /// Number of the message among those of its sender.
    pub(super) sequence: u64,
}

/// A message whose stamp changes and whose remainder does not.
#[derive(Debug)]
pub(super) struct Body {
    /// What goes into the first frame and is copied there: section header, stamp, and as much as fits.
    head: Vec<u8>,
    stamp_at: usize,
    /// What is left for further frames; all messages share it.
    rest: Chunk,
}

/// Room for the transfer in front of the payload: the head of a message must fit one frame whole.
const TRANSFER_ROOM: usize = 64;

impl Body {
    /// A body of `size` bytes in frames of at most `max_frame_size`.
    pub(super) fn new(size: usize, max_frame_size: u32) -> Self {
        let size = size.max(MIN_SIZE);
        let mut head = vec![0x00, 0x53, descriptor::DATA as u8];
        match u8::try_from(size) {
            Ok(length) => head.extend_from_slice(&[0xa0, length]),
            Err(_) => {
                head.push(0xb0);
                head.extend_from_slice(&u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes());
            }
        }
        let stamp_at = head.len();
        let room = (max_frame_size.min(65_536) as usize).saturating_sub(TRANSFER_ROOM + stamp_at).max(MIN_SIZE);
        let first = size.min(room);
        head.resize(stamp_at + first, b'x');
        Self { head, stamp_at, rest: Chunk::free(Bytes::from(vec![b'x'; size - first])) }
    }

    /// Makes it the message with this stamp.
    #[inline]
    pub(super) fn stamp(&mut self, stamp: Stamp) {
        let number = u64::from(stamp.sender) << SEQUENCE_BITS | stamp.sequence & ((1 << SEQUENCE_BITS) - 1);
        if let Some(slot) = self.head.get_mut(self.stamp_at..).and_then(<[u8]>::first_chunk_mut::<MIN_SIZE>) {
            *slot = (u128::from(stamp.time) << 64 | u128::from(number)).to_be_bytes();
        }
    }

    /// The first frame's payload.
    #[inline]
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// What follows it.
    #[inline]
    pub(super) fn rest(&self) -> &Chunk {
        &self.rest
    }
}

/// The stamp of a message of which this is the beginning; none if it is somebody else's message.
#[inline]
pub(super) fn read_stamp(payload: &[u8]) -> Option<Stamp> {
    let body = match payload {
        [0x00, 0x53, 0x75, 0xa0, _, body @ ..] | [0x00, 0x53, 0x75, 0xb0, _, _, _, _, body @ ..] => body,
        _ => behind_other_sections(payload)?,
    };
    let bytes = u128::from_be_bytes(*body.first_chunk::<MIN_SIZE>()?);
    let (time, number) = ((bytes >> 64) as u64, bytes as u64);
    Some(Stamp { time, sender: (number >> SEQUENCE_BITS) as u32, sequence: number & ((1 << SEQUENCE_BITS) - 1) })
}

/// A server may add a header or annotations.
#[cold]
fn behind_other_sections(payload: &[u8]) -> Option<&[u8]> {
    let mut cursor = Cursor::new(payload);
    for _ in 0..8 {
        let is_data = cursor.descriptor().ok()?.code() == Some(descriptor::DATA);
        if is_data {
            let length = match cursor.take(1).ok()? {
                [0xa0] => 1,
                [0xb0] => 4,
                _ => return None,
            };
            cursor.take(length).ok()?;
            return payload.get(cursor.offset()..);
        }
        cursor.skip(&mut Budget::PERFORMATIVE.clone()).ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp { time: 1_700_000_000_123_456_789, sender: 70_000, sequence: (1 << 40) - 2 };

    #[test]
    fn what_is_stamped_is_read_at_any_size() {
        for size in [16, 17, 100, 255, 256, 10_000, 65_000, 200_000] {
            let mut body = Body::new(size, 16_384);
            body.stamp(STAMP);
            assert_eq!(read_stamp(body.head()), Some(STAMP));
            let header = if size < 256 { 5 } else { 8 };
            assert_eq!(body.head().len() + body.rest().len(), size + header);
            assert!(body.head().len() + TRANSFER_ROOM <= 16_384);
        }
    }

    #[test]
    fn the_stamp_is_found_behind_a_header_and_annotations() {
        let mut body = Body::new(40, 512);
        body.stamp(STAMP);
        let mut message = vec![0x00, 0x53, 0x70, 0xc0, 0x02, 0x01, 0x41, 0x00, 0x53, 0x72, 0xc1, 0x01, 0x00];
        message.extend_from_slice(body.head());
        assert_eq!(read_stamp(&message), Some(STAMP));
    }

    #[test]
    fn foreign_messages_have_no_stamp() {
        for payload in [&b""[..], b"\x00\x53\x75\xa0\x05hello", b"\x00\x53\x77\xa1\x02hi", b"garbage"] {
            assert_eq!(read_stamp(payload), None);
        }
    }
}
