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

    /// Wake once as soon as no more than `bytes` are held.
    pub fn wake_below(&self, bytes: usize) {
        self.low_water.store(bytes, Ordering::Release);
    }

    fn release(&self, bytes: usize) {
        if let Some(whole) = &self.whole {
            whole.release(bytes);
        }
        let held = self.held.fetch_sub(bytes, Ordering::AcqRel).saturating_sub(bytes);
        let low = self.low_water.load(Ordering::Acquire);
        if low != usize::MAX && held <= low && self.low_water.swap(usize::MAX, Ordering::AcqRel) != usize::MAX {
            self.waker.wake_by_ref();
        }
    }
}

/// Bytes of content counted by a gauge, until it is dropped.
#[derive(Debug)]
pub struct Hold {
    gauge: Arc<Gauge>,
    bytes: usize,
}

impl Hold {
    /// Counts a part of so many bytes.
    pub fn new(bytes: usize, gauge: &Arc<Gauge>) -> Self {
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

/// Written bytes that may stay at the front of the encode buffer.
const RECLAIM: usize = 64 * 1024;

/// What is to be written to the transport, in order.
#[derive(Debug, Default)]
pub struct Output {
    /// Finished pieces, oldest first.
    pieces: VecDeque<Piece>,
    /// The buffer that frames are encoded into.
    tail: Vec<u8>,
    /// Bytes of the first piece (or of the tail, if there are no pieces) that are written already.
    written: usize,
    pieces_len: usize,
}

#[derive(Debug)]
enum Piece {
    Copied(Vec<u8>),
    Shared(Chunk),
}

impl Piece {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Copied(bytes) => bytes,
            Self::Shared(chunk) => chunk.bytes(),
        }
    }
}

impl Output {
    /// The buffer to encode frames into.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.tail
    }

    /// Appends shared content after what has been encoded so far.
    pub fn splice(&mut self, chunk: Chunk) {
        if !self.tail.is_empty() {
            // A piece keeps just what it needs; the tail keeps its room for the next frames.
            let copied = self.tail.as_slice().to_vec();
            self.tail.clear();
            self.pieces_len += copied.len();
            self.pieces.push_back(Piece::Copied(copied));
        }
        self.pieces_len += chunk.len();
        self.pieces.push_back(Piece::Shared(chunk));
    }

    /// Bytes not written yet.
    #[inline]
    pub fn len(&self) -> usize {
        self.pieces_len + self.tail.len() - self.written
    }

    /// Whether everything is written.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one slice to write, if there is only one.
    #[inline]
    pub fn single(&self) -> Option<&[u8]> {
        if self.pieces.is_empty() { self.tail.get(self.written..) } else { None }
    }

    /// Fills `slices` with what is to be written next, in order, and tells how many it used.
    pub fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let tail = Some(self.tail.as_slice()).filter(|tail| !tail.is_empty());
        let mut skip = self.written;
        let mut used = 0;
        for (piece, slot) in self.pieces.iter().map(Piece::bytes).chain(tail).zip(slices) {
            *slot = IoSlice::new(piece.get(skip..).unwrap_or_default());
            skip = 0;
            used += 1;
        }
        used
    }

    /// `n` bytes were written.
    pub fn advance(&mut self, n: usize) {
        self.written += n;
        while let Some(piece) = self.pieces.front() {
            let len = piece.bytes().len();
            if self.written < len {
                return;
            }
            self.written -= len;
            self.pieces_len -= len;
            self.pieces.pop_front();
        }
        if self.written >= self.tail.len() {
            self.tail.clear();
            self.written = 0;
        } else if self.written >= RECLAIM && self.written >= self.tail.len() - self.written {
            // A peer that never quite catches up must not keep all that it ever got: moving what is left costs no more
            // than writing what is gone did.
            self.tail.drain(..self.written);
            self.written = 0;
        }
    }

    /// Exchanges the (empty) encode buffer for another: idle connections own no buffer.
    pub fn swap_buffer(&mut self, buffer: &mut Vec<u8>) {
        if self.tail.is_empty() && buffer.is_empty() {
            std::mem::swap(&mut self.tail, buffer);
        }
    }

    /// Gives memory back when nothing is under way.
    pub fn shrink(&mut self) {
        if self.is_empty() {
            self.tail = Vec::new();
            self.pieces = VecDeque::new();
        } else if self.tail.capacity() > 2 * self.tail.len() {
            self.tail.shrink_to_fit();
        }
    }

    /// Everything to be written, in one piece. For tests and simulated wires.
    pub fn take_all(&mut self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.len());
        for piece in &self.pieces {
            all.extend_from_slice(piece.bytes());
        }
        all.extend_from_slice(&self.tail);
        all.drain(..self.written);
        self.pieces.clear();
        self.tail.clear();
        self.pieces_len = 0;
        self.written = 0;
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_leave_in_order_whatever_the_writes() {
        for step in 1..20 {
            let mut output = Output::default();
            output.buffer().extend_from_slice(b"head ");
            output.splice(Chunk::free(Bytes::from_static(b"shared content")));
            output.buffer().extend_from_slice(b" tail");
            let mut written = Vec::new();
            while !output.is_empty() {
                let mut slices = [IoSlice::new(&[]); 8];
                let used = output.slices(&mut slices);
                let all: Vec<u8> = slices[..used].iter().flat_map(|slice| slice.to_vec()).collect();
                let n = step.min(all.len());
                written.extend_from_slice(&all[..n]);
                output.advance(n);
            }
            assert_eq!(written, b"head shared content tail");
            assert_eq!(output.single(), Some(&b""[..]));
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
        assert!(output.buffer().len() < 3 * RECLAIM, "{}", output.buffer().len());
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
