//! Message annotations: the user's entries, then the routers'.

use super::{
    Head, Malformed, RouterAnnotations, Span,
    reader::{LIST0, LIST8, LIST32, Reader, SMALL_INT, Value},
};
use crate::address::Phase;

/// Every key of a router entry begins with this.
const PREFIX: &[u8] = b"x-opt-qd.";

/// The key of the entry that makes a message a [probe](super::ProbeMark). It means something behind the first router entry
/// only, where nothing of a user is kept: nobody but a router can put it there.
pub(super) const PROBE: &[u8] = b"x-opt-crossdock.probe";

/// A router entry, by what follows the prefix in its key. Other keys with the prefix are the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    To,
    Phase,
    Stream,
    Ingress,
    Trace,
    /// `x-opt-qd.class` and the bare prefix: obsolete, dropped.
    Obsolete,
}

impl Entry {
    #[inline]
    fn of(key: &[u8]) -> Option<Self> {
        match key.strip_prefix(PREFIX)? {
            b"to" => Some(Self::To),
            b"phase" => Some(Self::Phase),
            b"stream" => Some(Self::Stream),
            b"ingress" => Some(Self::Ingress),
            b"trace" => Some(Self::Trace),
            b"class" | b"" => Some(Self::Obsolete),
            _ => None,
        }
    }
}

/// Reads the map with this constructor and content.
///
/// User entries count up to the first router entry. Whatever else follows that is dropped: routers that are older than
/// this one do so too, so a sender cannot rely on it. With `strip_in` the first router entry ends the reading.
pub(super) fn read(
    message: &[u8],
    constructor: u8,
    content: Span,
    strip_in: bool,
    head: &mut Head,
) -> Result<(), Malformed> {
    let mut elements = Reader::new(message, content).ok_or(Malformed::AnnotationsFormat)?;
    let count = elements.count(constructor).ok_or(Malformed::AnnotationsFormat)?;
    if count % 2 != 0 {
        return Err(Malformed::AnnotationsOdd);
    }
    let mut user = Span { start: elements.offset(), end: elements.offset() };
    let mut user_elements = 0;
    let mut router = None;
    for _ in 0..count / 2 {
        let key = elements.value().ok_or(Malformed::AnnotationsFormat)?;
        let entry = if key.is_symbol() { Entry::of(key.content.of(message)) } else { None };
        if entry.is_some() && strip_in {
            router = Some(RouterAnnotations::default());
            break;
        }
        let at = elements.offset();
        let value = elements.value().ok_or(Malformed::AnnotationsFormat)?;
        match entry {
            Some(entry) => router.get_or_insert_default().apply(entry, message, value)?,
            None if router.is_none() => {
                user.end = elements.offset();
                user_elements += 2;
            }
            None if key.is_symbol() && key.content.of(message) == PROBE => {
                router.get_or_insert_default().probe = Some(Span { start: at, end: elements.offset() });
            }
            None => {}
        }
    }
    head.user_annotations = user;
    head.user_elements = user_elements;
    head.router_annotations = router;
    Ok(())
}

impl RouterAnnotations {
    fn apply(&mut self, entry: Entry, message: &[u8], value: Value) -> Result<(), Malformed> {
        match entry {
            Entry::To => self.to = Some(string(value).ok_or(Malformed::ToOverride)?),
            Entry::Ingress => self.ingress = Some(string(value).ok_or(Malformed::Ingress)?),
            Entry::Phase => self.phase = Some(phase(message, value).ok_or(Malformed::Phase)?),
            Entry::Stream => self.stream = true,
            Entry::Trace => self.apply_trace(message, value)?,
            Entry::Obsolete => {}
        }
        Ok(())
    }

    fn apply_trace(&mut self, message: &[u8], value: Value) -> Result<(), Malformed> {
        if !matches!(value.constructor, LIST0 | LIST8 | LIST32) {
            return Err(Malformed::Trace);
        }
        let mut entries = Reader::new(message, value.content).ok_or(Malformed::Trace)?;
        let count = entries.count(value.constructor).ok_or(Malformed::Trace)?;
        let start = entries.offset();
        for _ in 0..count {
            if !entries.value().ok_or(Malformed::Trace)?.is_string() {
                return Err(Malformed::TraceEntry);
            }
        }
        self.trace = Some(Span { start, end: entries.offset() });
        self.trace_count = count;
        Ok(())
    }
}

fn string(value: Value) -> Option<Span> {
    value.is_string().then_some(value.content)
}

/// Any integer type will do, if the number is a phase. Signed and unsigned agree on numbers that small.
fn phase(message: &[u8], value: Value) -> Option<Phase> {
    const INTEGERS: [u8; 14] =
        [0x43, 0x44, 0x50, 0x51, 0x52, 0x53, SMALL_INT, 0x55, 0x60, 0x61, 0x70, 0x71, 0x80, 0x81];
    if !INTEGERS.contains(&value.constructor) {
        return None;
    }
    match value.content.of(message) {
        [] => Some(Phase::ZERO),
        [upper @ .., number] if upper.iter().all(|&octet| octet == 0) => Phase::from_number(*number),
        [..] => None,
    }
}
