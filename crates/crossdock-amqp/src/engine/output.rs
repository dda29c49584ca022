//! Bytes on their way out: small frames copied into one buffer, large content spliced in by reference.

use bytes::Bytes;
use std::collections::VecDeque;
use std::io::IoSlice;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

/// Counts the bytes of content that a connection has handed to others and that have not left yet. Session windows follow
/// it: a peer may send more when what it sent has been written, or dropped.
#[derive(Debug)]
pub struct Gauge {
    held: AtomicUsize,
    low_water: AtomicUsize,
    waker: Waker,
    /// The gauge of the whole, if this one counts a part.
    whole: Option<Arc<Gauge>>,
}

impl Gauge {
    /// A gauge that wakes `waker` when it falls to the low water asked for with [`Gauge::wake_below`].
    pub fn new(waker: Waker) -> Arc<Self> {
        Arc::new(Self { held: AtomicUsize::new(0), low_water: AtomicUsize::new(usize::MAX), waker, whole: None })
    }

    /// A gauge of a part, such as one session: what it holds, `whole` holds too.
    pub fn within(whole: &Arc<Self>, waker: Waker) -> Arc<Self> {
        Arc::new(Self {
            held: AtomicUsize::new(0),
            low_water: AtomicUsize::new(usize::MAX),
            waker,
            whole: Some(Arc::clone(whole)),
        })
    }

    fn hold(&self, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::AcqRel);
        if let Some(whole) = &self.whole {
            whole.hold(bytes);
        }
    }

    /// Bytes held now.
    #[inline]
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Acquire)
    }

    /// Wake once as soon as no more than `bytes` are held; now, if that is so already.
    pub fn wake_below(&self, bytes: usize) {
        // Of this and a release at the same time, at least one sees what the other has written: both write first, then
        // read, in an order that all agree on.
        self.low_water.store(bytes, Ordering::SeqCst);
        self.wake_if_low(self.held.load(Ordering::SeqCst));
    }

    fn wake_if_low(&self, held: usize) {
        let low = self.low_water.load(Ordering::SeqCst);
        if low != usize::MAX && held <= low && self.low_water.swap(usize::MAX, Ordering::SeqCst) != usize::MAX {
            self.waker.wake_by_ref();
        }
    }

    fn release(&self, bytes: usize) {
        if let Some(whole) = &self.whole {
            whole.release(bytes);
        }
        let held = self.held.fetch_sub(bytes, Ordering::SeqCst).saturating_sub(bytes);
        self.wake_if_low(held);
    }
}

/// Bytes of content counted by a gauge, until it is dropped.
#[derive(Debug)]
struct Hold {
    gauge: Arc<Gauge>,
    bytes: usize,
}

impl Hold {
    fn new(bytes: usize, gauge: &Arc<Gauge>) -> Self {
        let bytes = bytes.max(MIN_CHARGE);
        gauge.hold(bytes);
        Self { gauge: Arc::clone(gauge), bytes }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.gauge.release(self.bytes);
    }
}

/// Content that is shared, not copied, and counted by the gauge of the connection it came from.
#[derive(Clone, Debug)]
pub struct Chunk {
    bytes: Bytes,
    hold: Option<Arc<Hold>>,
}

/// A part is charged at least this much, so that a message in tiny frames cannot take more memory than it is charged for.
const MIN_CHARGE: usize = 256;

impl Chunk {
    /// Content that counts against `gauge` until it is written or dropped.
    pub fn held(bytes: Bytes, gauge: &Arc<Gauge>) -> Self {
        let hold = Hold::new(bytes.len(), gauge);
        Self { bytes, hold: Some(Arc::new(hold)) }
    }

    /// Content that counts against nothing.
    pub fn free(bytes: Bytes) -> Self {
        Self { bytes, hold: None }
    }

    /// The bytes.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Length in bytes.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// A part of it. The range is cut to what there is.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let end = range.end.min(self.bytes.len());
        let start = range.start.min(end);
        Self { bytes: self.bytes.slice(start..end), hold: self.hold.clone() }
    }

    /// The same content in memory of its own, for content that may wait long: it no longer keeps the read buffer alive.
    #[must_use]
    pub fn detached(&self) -> Self {
        Self { bytes: Bytes::copy_from_slice(&self.bytes), hold: self.hold.clone() }
    }
}

/// What is to be written to the transport, in order.
///
/// All frames are encoded into one buffer; shared content is spliced in between by noting how much of the buffer comes
/// before it.
#[derive(Debug, Default)]
pub struct Output {
    /// Encoded frames. The first `head` bytes have been written.
    encoded: Vec<u8>,
    head: usize,
    /// Shared content, oldest first.
    splices: VecDeque<Splice>,
    /// Bytes of the first splice's content that have been written.
    spliced_head: usize,
    /// Bytes of all splices' contents.
    spliced_len: usize,
    /// End, in `encoded`, of what precedes the last splice.
    spliced_at: usize,
}

#[derive(Debug)]
struct Splice {
    /// Encoded bytes between the splice before and this one.
    after: usize,
    chunk: Chunk,
}

/// Written bytes that may stay in front of unwritten ones in the encode buffer before these are moved down.
const DEAD_HEAD: usize = 64 * 1024;

impl Output {
    /// The buffer to encode frames into, by appending.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.encoded
    }

    /// Appends shared content after what has been encoded so far.
    pub fn splice(&mut self, chunk: Chunk) {
        if chunk.is_empty() {
            return;
        }
        let from = self.spliced_at.max(self.head);
        let after = self.encoded.len() - from;
        self.spliced_at = self.encoded.len();
        self.spliced_len += chunk.len();
        self.splices.push_back(Splice { after, chunk });
    }

    /// Bytes not written yet.
    #[inline]
    pub fn len(&self) -> usize {
        self.encoded.len() - self.head + self.spliced_len - self.spliced_head
    }

    /// Whether everything is written.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one slice to write, if there is only one.
    #[inline]
    pub fn single(&self) -> Option<&[u8]> {
        if self.splices.is_empty() { self.encoded.get(self.head..) } else { None }
    }

    /// Fills `slices` with what is to be written next, in order, and tells how many it used.
    pub fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut used = 0;
        let mut put = |bytes: &'a [u8]| {
            if !bytes.is_empty() {
                match slices.get_mut(used) {
                    Some(slot) => *slot = IoSlice::new(bytes),
                    None => return false,
                }
                used += 1;
            }
            true
        };
        let mut at = self.head;
        let mut skip = self.spliced_head;
        for splice in &self.splices {
            let encoded = self.encoded.get(at..at + splice.after).unwrap_or_default();
            let shared = splice.chunk.bytes().get(skip..).unwrap_or_default();
            if !put(encoded) || !put(shared) {
                return used;
            }
            at += splice.after;
            skip = 0;
        }
        put(self.encoded.get(at..).unwrap_or_default());
        used
    }

    /// `n` bytes were written.
    pub fn advance(&mut self, mut n: usize) {
        while let Some(splice) = self.splices.front_mut() {
            let encoded = n.min(splice.after);
            splice.after -= encoded;
            self.head += encoded;
            n -= encoded;
            let rest = splice.chunk.len() - self.spliced_head;
            if n < rest {
                self.spliced_head += n;
                return;
            }
            n -= rest;
            self.spliced_len -= splice.chunk.len();
            self.spliced_head = 0;
            self.splices.pop_front();
        }
        self.head += n;
        if self.head >= self.encoded.len() {
            self.encoded.clear();
            self.head = 0;
            self.spliced_at = 0;
        } else if self.head >= DEAD_HEAD && self.head >= self.encoded.len() - self.head {
            // A peer that never quite catches up must not keep all that it ever got: moving what is left costs no more
            // than writing what is gone did.
            self.encoded.drain(..self.head);
            self.spliced_at = self.spliced_at.saturating_sub(self.head);
            self.head = 0;
        }
    }

    /// Exchanges the (empty) encode buffer for another: idle connections own no buffer.
    pub fn swap_buffer(&mut self, buffer: &mut Vec<u8>) {
        if self.is_empty() && self.encoded.is_empty() && buffer.is_empty() {
            std::mem::swap(&mut self.encoded, buffer);
        }
    }

    /// Gives memory back when nothing is under way.
    pub fn shrink(&mut self) {
        if self.is_empty() {
            *self = Self::default();
        } else if self.encoded.capacity() > 2 * self.encoded.len() {
            self.encoded.shrink_to_fit();
        }
    }

    /// Forgets what is not written.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Everything to be written, in one piece. For tests and simulated wires.
    pub fn take_all(&mut self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.len());
        while !self.is_empty() {
            let mut slices = [IoSlice::new(&[]); 64];
            let used = self.slices(&mut slices);
            let before = all.len();
            slices.iter().take(used).for_each(|slice| all.extend_from_slice(slice));
            let written = all.len() - before;
            self.advance(written);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is put in comes out in order, however it is written.
        #[test]
        fn pieces_leave_in_order(steps in prop::collection::vec((0u8..4, 0usize..300), 1..200)) {
            let mut output = Output::default();
            let (mut expected, mut written) = (Vec::new(), Vec::new());
            let mut byte = 0u8;
            for (step, len) in steps {
                let bytes: Vec<u8> = (0..len).map(|_| { byte = byte.wrapping_add(1); byte }).collect();
                match step {
                    0 => output.buffer().extend_from_slice(&bytes),
                    1 => output.splice(Chunk::free(Bytes::from(bytes.clone()))),
                    _ => {
                        let mut slices = [IoSlice::new(&[]); 3];
                        let used = output.slices(&mut slices);
                        let all: Vec<u8> = slices[..used].iter().flat_map(|slice| slice.to_vec()).collect();
                        let n = len.min(all.len());
                        written.extend_from_slice(&all[..n]);
                        output.advance(n);
                        continue;
                    }
                }
                expected.extend_from_slice(&bytes);
                prop_assert_eq!(output.len(), expected.len() - written.len());
            }
            written.extend(output.take_all());
            prop_assert_eq!(written, expected);
            prop_assert_eq!(output.single(), Some(&b""[..]));
        }
    }

    #[test]
    fn what_is_written_is_forgotten_even_if_the_output_is_never_empty() {
        let mut output = Output::default();
        let mut next = (0..=u8::MAX).cycle();
        let mut expected = next.clone();
        for _ in 0..1000 {
            output.buffer().extend(next.by_ref().take(10_000));
            while output.len() > 20_000 {
                let written: Vec<u8> = output.single().unwrap()[..7_000].to_vec();
                assert!(written.iter().all(|&byte| expected.next() == Some(byte)));
                output.advance(written.len());
            }
        }
        assert!(!output.is_empty());
        assert!(output.buffer().len() < 3 * DEAD_HEAD, "{}", output.buffer().len());
    }

    #[test]
    fn content_is_released_when_its_last_part_has_gone() {
        let gauge = Gauge::new(Waker::noop().clone());
        let chunk = Chunk::held(Bytes::from(vec![0; 1000]), &gauge);
        let (first, second) = (chunk.slice(0..400), chunk.slice(400..5000));
        assert_eq!((first.len(), second.len()), (400, 600));
        drop(chunk);
        drop(first);
        assert_eq!(gauge.held(), 1000);
        drop(second.detached());
        drop(second);
        assert_eq!(gauge.held(), 0);
    }
}
