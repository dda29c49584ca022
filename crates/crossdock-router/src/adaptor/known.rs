//! A message whose head is known, and how it is written for whom it goes to.

use bytes::Bytes;
use crossdock_core::address::Phase;
use crossdock_core::message::{Head, NewRouterAnnotations, NewTrace, Span, write_annotations};

/// What has come of a message whose head is known.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) head: &'a Head,
    pub(super) message: &'a [u8],
    /// Where it starts in the read buffer, if it is there.
    pub(super) at: Option<usize>,
    /// Whether it says which address was meant, where that is to be said.
    pub(super) is_stamped: bool,
}

/// What this router notes on a message for the routers that follow.
pub(super) struct Note<'a> {
    pub(super) identity: &'a str,
    /// The address of the link on which it came, if that has one.
    pub(super) to: Option<(&'a str, Phase)>,
}

impl<'a> Known<'a> {
    /// A message that starts at `at` in the read buffer, if it is there.
    #[inline]
    pub(super) fn new(head: &'a Head, message: &'a [u8], at: Option<usize>) -> Self {
        Self { head, message, at, is_stamped: false }
    }

    /// Writes the message anew: with what earlier routers noted and this one's note, or with neither.
    pub(super) fn write(&self, out: &mut Vec<u8>, note: Option<&Note<'_>>) {
        let Self { head, message, .. } = *self;
        match note {
            None => write_annotations(out, message, head, None),
            Some(note) => {
                let received = head.router_annotations.unwrap_or_default();
                let text = |span: Option<Span>| span.and_then(|span| std::str::from_utf8(span.of(message)).ok());
                let (to, phase) = match note.to {
                    Some((to, phase)) => (Some(to), phase),
                    None => (text(received.to), received.phase.unwrap_or_default()),
                };
                let annotations = NewRouterAnnotations {
                    phase: if to.is_some() { phase } else { Phase::ZERO },
                    stream: received.stream,
                    to,
                    ingress: text(received.ingress).or(Some(note.identity)),
                    trace: NewTrace::Append(note.identity),
                };
                write_annotations(out, message, head, Some(&annotations));
            }
        }
        out.extend_from_slice(message.get(head.rest as usize..).unwrap_or_default());
    }

    /// The message in memory of its own, or as it was read if it is `unchanged`.
    pub(super) fn bytes(&self, unchanged: bool, note: Option<&Note<'_>>, read: &Bytes) -> Bytes {
        match self.at {
            Some(at) if unchanged => read.slice(at..at + self.message.len()),
            None if unchanged => Bytes::copy_from_slice(self.message),
            Some(_) | None => {
                let mut out = Vec::with_capacity(self.message.len() + 128);
                self.write(&mut out, note);
                out.into()
            }
        }
    }
}
