//! The sections in front of the bare message, as they go to the next hop.

use super::{
    Head, ProbeMark,
    annotations::PROBE,
    reader::{DESCRIBED, LIST8, LIST32, MAP8, MAP32, Reader, SMALL_INT, SMALL_ULONG, STRING8, STRING32, SYMBOL8},
};
use crate::address::Phase;

/// Descriptor code of the message-annotations section [AMQP 3.2.3].
const MESSAGE_ANNOTATIONS: u8 = 0x72;

/// The router annotations to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewRouterAnnotations<'a> {
    /// Phase of the destination override; not written if zero.
    pub phase: Phase,
    /// Whether the content is an open-ended stream.
    pub stream: bool,
    /// Destination override.
    pub to: Option<&'a str>,
    /// Identity of the first interior router.
    pub ingress: Option<&'a str>,
    /// The interior routers passed.
    pub trace: NewTrace<'a>,
}

/// The trace to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewTrace<'a> {
    /// None: edge routers leave that to the interior.
    #[default]
    Omit,
    /// The trace received, if any, and this identity.
    Append(&'a str),
    /// This identity alone, whatever was received.
    Restart(&'a str),
}

/// Appends to `out` what precedes the bare message: header and delivery annotations as they are in `message`, then message
/// annotations, made of the user's entries, octet for octet, and those of `router`; no such section if there is neither.
/// The octets of the message from [`Head::rest`] on have to follow.
pub fn write_annotations(out: &mut Vec<u8>, message: &[u8], head: &Head, router: Option<&NewRouterAnnotations<'_>>) {
    out.extend_from_slice(head.header.of(message));
    out.extend_from_slice(head.delivery_annotations.of(message));

    let user = head.user_annotations.of(message);
    let entries = router.map(|router| Entries::of(message, head, router));
    let (router_size, router_elements) = entries.as_ref().map_or((0, 0), Entries::measure);
    let elements = head.user_elements + router_elements;
    if elements == 0 {
        return;
    }
    out.reserve(3 + LONG_FRAME + user.len() + router_size);
    out.extend_from_slice(&[DESCRIBED, SMALL_ULONG, MESSAGE_ANNOTATIONS]);
    write_frame(out, [MAP8, MAP32], user.len() + router_size, elements);
    out.extend_from_slice(user);
    if let Some(entries) = entries {
        entries.write(out);
    }
}

/// Appends to `out` a probe for the next hop: `message`, with these annotations of routers and none of a user, and its mark.
pub fn write_probe(out: &mut Vec<u8>, message: &[u8], head: &Head, router: &NewRouterAnnotations<'_>, mark: ProbeMark) {
    out.extend_from_slice(head.header.of(message));
    out.extend_from_slice(head.delivery_annotations.of(message));
    let entries = Entries::of(message, head, router);
    let (size, elements) = entries.measure();
    out.extend_from_slice(&[DESCRIBED, SMALL_ULONG, MESSAGE_ANNOTATIONS]);
    write_frame(out, [MAP8, MAP32], size + 2 + PROBE.len() + ProbeMark::LEN, elements + 2);
    entries.write(out);
    out.extend_from_slice(&[SYMBOL8, PROBE.len() as u8]);
    out.extend_from_slice(PROBE);
    mark.encode(out);
    out.extend_from_slice(message.get(head.rest as usize..).unwrap_or_default());
}

/// Appends to `out` what precedes the bare message, with one more of the user's annotations: a symbol of at most 255 octets
/// and a text. Router annotations are left out. False, and nothing is written, if there is an annotation with this key.
pub fn write_user_annotation(out: &mut Vec<u8>, message: &[u8], head: &Head, key: &'static str, value: &str) -> bool {
    let user = head.user_annotations;
    let mut entries = Reader::new(message, user);
    let mut keys = (0..head.user_elements / 2).map_while(|_| {
        let found = entries.as_mut()?.value()?;
        entries.as_mut()?.value()?;
        Some(found.content)
    });
    if keys.any(|found| found.of(message) == key.as_bytes()) {
        return false;
    }
    out.extend_from_slice(head.header.of(message));
    out.extend_from_slice(head.delivery_annotations.of(message));
    out.extend_from_slice(&[DESCRIBED, SMALL_ULONG, MESSAGE_ANNOTATIONS]);
    let size = 2 + key.len() + string_size(value);
    write_frame(out, [MAP8, MAP32], user.len() + size, head.user_elements + 2);
    out.extend_from_slice(user.of(message));
    out.extend_from_slice(&[SYMBOL8, key.len() as u8]);
    out.extend_from_slice(key.as_bytes());
    write_string(out, value);
    true
}

/// Router entries with everything known that their size depends on. Sizes and counts fit 32 bits: what comes from a message
/// is below the head limit, and an address of ours is far smaller than 4 GiB.
struct Entries<'a> {
    router: &'a NewRouterAnnotations<'a>,
    /// Encoded entries of the trace received, and their number.
    passed: &'a [u8],
    passed_count: u32,
    /// The identity to put behind them.
    own: Option<&'a str>,
}

impl<'a> Entries<'a> {
    fn of(message: &'a [u8], head: &Head, router: &'a NewRouterAnnotations<'a>) -> Self {
        let (passed, passed_count) = match (router.trace, &head.router_annotations) {
            (NewTrace::Append(_), Some(received)) => {
                (received.trace.map_or(&[][..], |span| span.of(message)), received.trace_count)
            }
            (NewTrace::Append(_), None) | (NewTrace::Omit | NewTrace::Restart(_), _) => (&[][..], 0),
        };
        let own = match router.trace {
            NewTrace::Omit => None,
            NewTrace::Append(own) | NewTrace::Restart(own) => Some(own),
        };
        Self { router, passed, passed_count, own }
    }

    /// Octets and elements.
    fn measure(&self) -> (usize, u32) {
        let router = self.router;
        let values = [
            (router.phase != Phase::ZERO).then_some((PHASE.len(), 2)),
            router.stream.then_some((STREAM.len(), 2)),
            router.to.map(|to| (TO.len(), string_size(to))),
            router.ingress.map(|ingress| (INGRESS.len(), string_size(ingress))),
            self.own.map(|own| {
                let size = self.passed.len() + string_size(own);
                (TRACE.len(), frame_size(size, self.passed_count + 1) + size)
            }),
        ];
        values.iter().flatten().fold((0, 0), |(size, elements), (key, value)| (size + key + value, elements + 2))
    }

    /// In the order that all routers keep: phase, stream, to, ingress, trace.
    fn write(&self, out: &mut Vec<u8>) {
        let router = self.router;
        if router.phase != Phase::ZERO {
            out.extend_from_slice(PHASE);
            out.extend_from_slice(&[SMALL_INT, router.phase.number()]);
        }
        if router.stream {
            out.extend_from_slice(STREAM);
            out.extend_from_slice(&[SMALL_INT, 1]);
        }
        if let Some(to) = router.to {
            out.extend_from_slice(TO);
            write_string(out, to);
        }
        if let Some(ingress) = router.ingress {
            out.extend_from_slice(INGRESS);
            write_string(out, ingress);
        }
        if let Some(own) = self.own {
            out.extend_from_slice(TRACE);
            write_frame(out, [LIST8, LIST32], self.passed.len() + string_size(own), self.passed_count + 1);
            out.extend_from_slice(self.passed);
            write_string(out, own);
        }
    }
}

// Encoded keys: `sym8`, size, text.
const PHASE: &[u8] = b"\xa3\x0ex-opt-qd.phase";
const STREAM: &[u8] = b"\xa3\x0fx-opt-qd.stream";
const TO: &[u8] = b"\xa3\x0bx-opt-qd.to";
const INGRESS: &[u8] = b"\xa3\x10x-opt-qd.ingress";
const TRACE: &[u8] = b"\xa3\x0ex-opt-qd.trace";

fn string_size(text: &str) -> usize {
    text.len() + if text.len() <= 0xff { 2 } else { 5 }
}

fn write_string(out: &mut Vec<u8>, text: &str) {
    match u8::try_from(text.len()) {
        Ok(size) => out.extend_from_slice(&[STRING8, size]),
        Err(_) => {
            out.push(STRING32);
            out.extend_from_slice(&(text.len() as u32).to_be_bytes());
        }
    }
    out.extend_from_slice(text.as_bytes());
}

/// Octets of constructor, size and count in front of a compound value.
const SHORT_FRAME: usize = 3;
const LONG_FRAME: usize = 9;

/// The frame for so many octets and elements: short if size, which includes the count, and count fit one octet each.
fn frame_size(content: usize, count: u32) -> usize {
    if content < 0xff && count <= 0xff { SHORT_FRAME } else { LONG_FRAME }
}

fn write_frame(out: &mut Vec<u8>, [short, long]: [u8; 2], content: usize, count: u32) {
    if frame_size(content, count) == SHORT_FRAME {
        out.extend_from_slice(&[short, content as u8 + 1, count as u8]);
    } else {
        out.push(long);
        out.extend_from_slice(&(content as u32 + 4).to_be_bytes());
        out.extend_from_slice(&count.to_be_bytes());
    }
}
