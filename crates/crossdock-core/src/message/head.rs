//! What the scanner found.

use super::{
    Malformed,
    reader::{Reader, Value},
};
use crate::address::Phase;

/// A range of octets of a message, by offset from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first octet.
    pub start: u32,
    /// The one after the last.
    pub end: u32,
}

impl Span {
    /// How many octets there are.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The octets themselves; empty if `message` is too short to be the one this is about.
    #[inline]
    pub fn of(self, message: &[u8]) -> &[u8] {
        message.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The leading sections of a message, as far as they were scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Priority of the header, at most 9; 4 if it says nothing.
    pub priority: u8,
    /// Whether the header says durable.
    pub durable: bool,
    /// The header section with its descriptor. Empty if there is none, as are the following.
    pub header: Span,
    /// The delivery-annotations section with its descriptor.
    pub delivery_annotations: Span,
    /// The message-annotations section with its descriptor.
    pub message_annotations: Span,
    /// The entries of the message annotations in front of the first router entry: keys and values, without any frame.
    pub user_annotations: Span,
    /// How many elements these are: two for each entry.
    pub user_elements: u32,
    /// The router entries, if there is one.
    pub router_annotations: Option<RouterAnnotations>,
    /// The text of `to` in the properties, if it was looked for and is there.
    pub to: Option<Span>,
    /// Offset of the first octet after the message annotations.
    pub rest: u32,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            priority: 4, // [AMQP 3.2.1]
            durable: false,
            header: Span::default(),
            delivery_annotations: Span::default(),
            message_annotations: Span::default(),
            user_annotations: Span::default(),
            user_elements: 0,
            router_annotations: None,
            to: None,
            rest: 0,
        }
    }
}

/// What routers before this one noted on the message. Where annotations are stripped on reception only the fact that there
/// are some is known, and all fields are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouterAnnotations {
    /// Text of the destination override.
    pub to: Option<Span>,
    /// Phase of the destination override; means nothing without it.
    pub phase: Option<Phase>,
    /// Whether the content is an open-ended stream, to be forwarded without waiting for its end.
    pub stream: bool,
    /// Identity of the first interior router, `0/ID`.
    pub ingress: Option<Span>,
    /// The entries of the trace, encoded strings one after the other, without the frame of the list.
    pub trace: Option<Span>,
    /// How many entries the trace has.
    pub trace_count: u32,
    /// The encoded value of the entry that makes the message a probe.
    pub probe: Option<Span>,
}

/// Where a message without the address of its link goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination<'m> {
    /// The address as it was written.
    pub text: &'m str,
    /// Its phase.
    pub phase: Phase,
}

impl Head {
    /// The destination that the message itself names: the override with its phase, else `to` in phase zero. Needs a scan
    /// for [`Want::To`](super::Want::To).
    pub fn destination<'m>(&self, message: &'m [u8]) -> Result<Option<Destination<'m>>, Malformed> {
        let (span, phase) = match (self.override_and_phase(), self.to) {
            (Some((span, phase)), _) => (span, phase),
            (None, Some(span)) => (span, Phase::ZERO),
            (None, None) => return Ok(None),
        };
        match std::str::from_utf8(span.of(message)) {
            Ok(text) => Ok(Some(Destination { text, phase })),
            Err(_) => Err(Malformed::AddressText),
        }
    }

    pub(super) fn override_and_phase(&self) -> Option<(Span, Phase)> {
        let router = self.router_annotations.as_ref()?;
        Some((router.to?, router.phase.unwrap_or_default()))
    }
}

impl RouterAnnotations {
    /// The identities in the trace, oldest first, as octets.
    pub fn trace_entries<'m>(&self, message: &'m [u8]) -> TraceEntries<'m> {
        TraceEntries { message, entries: self.trace.and_then(|span| Reader::new(message, span)) }
    }
}

/// Iterator over the identities in a trace.
#[derive(Clone, Debug)]
pub struct TraceEntries<'m> {
    message: &'m [u8],
    entries: Option<Reader<'m>>,
}

impl<'m> Iterator for TraceEntries<'m> {
    type Item = &'m [u8];

    fn next(&mut self) -> Option<&'m [u8]> {
        self.entries.as_mut()?.value().map(|Value { content, .. }| content.of(self.message))
    }
}
