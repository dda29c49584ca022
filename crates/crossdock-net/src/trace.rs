//! Every frame of a connection in the log, while somebody wants to see them: `[C1]:FRAME: 0 <- @attach(18) [name="x", …]`.
//!
//! Nothing is kept or copied while nobody does, so tracing can be switched on at any time. What is read always starts with
//! a frame. What is written does whenever the output was empty before; a connection whose transport is slow in taking its
//! output is silent in that direction until then.

use crossdock_amqp::codec::{FrameHeader, describe, describe_beginning};
use crossdock_amqp::engine::Output;
use crossdock_core::batch::ConnId;
use std::fmt::Display;
use std::io::IoSlice;

/// Bytes of a written frame that are looked at: more than its text can hold.
const BEGINNING: usize = 8 * 1024;

/// Pieces of output that are looked at together. What is behind them is looked at when they have been written.
const PIECES: usize = 64;

/// Bytes of a protocol header, and of the header of a frame.
const HEADER: usize = 8;

/// Tells the log of a connection's frames.
#[derive(Debug)]
pub(crate) struct FrameTracer {
    id: ConnId,
    /// Bytes at the front of the output of which the log has been told; none if a frame may have begun before them.
    told: Option<usize>,
    /// Whether somebody wants to see the frames of this connection whatever the log's levels are.
    always: bool,
}

/// Whether anybody wants to see frames.
#[inline]
fn is_wanted() -> bool {
    tracing::enabled!(target: "PROTOCOL", tracing::Level::TRACE)
}

impl FrameTracer {
    pub(crate) fn new(id: ConnId) -> Self {
        Self { id, told: Some(0), always: false }
    }

    /// Whether somebody wants to see the frames of this connection whatever the log's levels are.
    #[inline]
    pub(crate) fn set_always(&mut self, always: bool) {
        self.always = always;
    }

    #[inline]
    fn is_wanted(&self) -> bool {
        self.always || is_wanted()
    }

    /// These bytes are about to be handled. They start with a frame; one at their end that is not complete comes again.
    #[inline]
    pub(crate) fn trace_input(&self, bytes: &[u8]) {
        if self.is_wanted() {
            self.tell_input(bytes);
        }
    }

    /// The output is about to be written.
    #[inline]
    pub(crate) fn trace_output(&mut self, output: &Output) {
        if self.is_wanted() {
            self.tell_output(output);
        } else {
            self.told = None;
        }
    }

    /// So many bytes of the output were written.
    #[inline]
    pub(crate) fn note_written(&mut self, written: usize, output: &Output) {
        self.told = if output.is_empty() { Some(0) } else { self.told.map(|told| told.saturating_sub(written)) };
    }

    /// The peer will send nothing more.
    pub(crate) fn trace_end_of_input(&self) {
        self.tell(" ", "<-", "EOS");
    }

    /// Nothing more will be sent.
    pub(crate) fn trace_end_of_output(&self) {
        self.tell(" ", "->", "EOS");
    }

    /// One line. Where frames have their channel, other things have a space.
    fn tell(&self, channel: impl Display, direction: &str, text: impl Display) {
        let id = self.id;
        if self.always && !is_wanted() {
            tracing::info!(target: "PROTOCOL", "[{id}]:FRAME: {channel} {direction} {text}");
        } else {
            tracing::trace!(target: "PROTOCOL", "[{id}]:FRAME: {channel} {direction} {text}");
        }
    }

    #[cold]
    fn tell_input(&self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(unit) = Unit::at_start_of(rest) {
            match unit {
                Unit::Header => self.tell(" ", "<-", describe(rest.get(..HEADER).unwrap_or_default())),
                Unit::Frame { size, channel } => {
                    let Some(frame) = rest.get(..size) else { return };
                    self.tell(channel, "<-", describe(frame));
                }
                // It is the last thing that will be read.
                Unit::Malformed => return self.tell(" ", "<-", describe(rest)),
            }
            rest = rest.get(unit.size()..).unwrap_or_default();
        }
    }

    #[cold]
    fn tell_output(&mut self, output: &Output) {
        let Some(mut told) = self.told else { return };
        let mut slices = [IoSlice::new(&[]); PIECES];
        let used = output.slices(&mut slices);
        let mut pieces = Pieces { slices: slices.get(..used).unwrap_or_default(), at: 0 };
        pieces.skip(told);
        let mut beginning = Vec::new();
        loop {
            beginning.clear();
            pieces.copy(HEADER, &mut beginning);
            let Some(unit) = Unit::at_start_of(&beginning).filter(|unit| unit.size() <= pieces.len()) else { break };
            beginning.clear();
            pieces.copy(unit.size().min(BEGINNING), &mut beginning);
            pieces.skip(unit.size());
            told += unit.size();
            let text = describe_beginning(&beginning);
            match unit {
                Unit::Frame { channel, .. } => self.tell(channel, "->", text),
                Unit::Header | Unit::Malformed => self.tell(" ", "->", text),
            }
        }
        self.told = Some(told);
    }
}

/// What can stand at the start of a transport's bytes, and behind each other unit.
#[derive(Clone, Copy)]
enum Unit {
    /// A protocol header.
    Header,
    /// A frame, which need not be complete.
    Frame { size: usize, channel: u16 },
    /// Neither.
    Malformed,
}

impl Unit {
    /// None if there are not enough bytes to tell.
    fn at_start_of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"AMQP") {
            return (bytes.len() >= HEADER).then_some(Self::Header);
        }
        match FrameHeader::decode(bytes, usize::MAX) {
            Ok(header) => header.map(|header| Self::Frame { size: header.size, channel: header.channel }),
            Err(_) => Some(Self::Malformed),
        }
    }

    fn size(self) -> usize {
        match self {
            Self::Header => HEADER,
            Self::Frame { size, .. } => size,
            Self::Malformed => usize::MAX,
        }
    }
}

/// Bytes in several pieces, from some place on.
struct Pieces<'a> {
    /// The first piece holds the place.
    slices: &'a [IoSlice<'a>],
    /// Place in the first piece.
    at: usize,
}

impl Pieces<'_> {
    fn len(&self) -> usize {
        self.slices.iter().map(|slice| slice.len()).sum::<usize>().saturating_sub(self.at)
    }

    fn skip(&mut self, count: usize) {
        self.at += count;
        while let Some((first, rest)) = self.slices.split_first() {
            if self.at < first.len() {
                return;
            }
            self.at -= first.len();
            self.slices = rest;
        }
    }

    /// Appends at most `count` bytes to `to`.
    fn copy(&self, count: usize, to: &mut Vec<u8>) {
        let end = to.len() + count;
        let mut skip = self.at;
        for slice in self.slices {
            let piece = slice.get(skip..).unwrap_or_default();
            to.extend_from_slice(piece.get(..end - to.len()).unwrap_or(piece));
            skip = 0;
        }
    }
}

#[cfg(test)]
mod tests;
