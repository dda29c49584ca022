//! The frame of a section: descriptor, constructor, size [AMQP 3.2].

use super::{
    Malformed, Span,
    reader::{DESCRIBED, LIST0, LIST8, LIST32, MAP8, MAP32, SMALL_ULONG, STRING32, SYMBOL8, SYMBOL32, ULONG, Value},
};

/// Header, annotations and properties may have this many octets together. Real ones have some hundred. The head of every
/// message under way is kept until it is complete, whatever credit and windows allow, so it needs a bound; this one leaves
/// room below the 128 KiB at which forwarding of a streaming message has to start.
pub const HEAD_LIMIT: usize = 64 * 1024;

/// Which section a descriptor announces. The order of variants is that of sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SectionKind {
    Header,
    DeliveryAnnotations,
    MessageAnnotations,
    Properties,
    /// Anything after the properties, or unknown: the head ends here.
    Other,
}

/// The outcome of a look at the octets where a section should begin.
#[derive(Clone, Copy, Debug)]
pub(super) enum Peek {
    /// The descriptor is not complete.
    NeedMore,
    /// This section, whose value begins so many octets later.
    Section(SectionKind, usize),
}

/// Reads the descriptor at the start of `octets`.
#[inline]
pub(super) fn peek(octets: &[u8]) -> Result<Peek, Malformed> {
    match *octets {
        [DESCRIBED, SMALL_ULONG, code, ..] => Ok(Peek::Section(SectionKind::from_code(u64::from(code)), 3)),
        [DESCRIBED, ..] => peek_unusual(octets),
        [] => Ok(Peek::NeedMore),
        [..] => Err(Malformed::Format),
    }
}

/// Descriptors may also be written as eight octets, or as symbols.
#[cold]
fn peek_unusual(octets: &[u8]) -> Result<Peek, Malformed> {
    let (kind, length) = match *octets {
        [_] | [_, SMALL_ULONG | SYMBOL8] => return Ok(Peek::NeedMore),
        [_, ULONG, ref code @ ..] => match code.first_chunk() {
            Some(code) => (SectionKind::from_code(u64::from_be_bytes(*code)), 10),
            None => return Ok(Peek::NeedMore),
        },
        [_, SYMBOL8, length, ref name @ ..] => match name.get(..usize::from(length)) {
            Some(name) => (SectionKind::from_name(name), 3 + usize::from(length)),
            None => return Ok(Peek::NeedMore),
        },
        // Other described values are sections this router knows nothing of. What is no descriptor at all is an error.
        [_, constructor, ..] if (0x40..=STRING32).contains(&constructor) || constructor == SYMBOL32 => {
            (SectionKind::Other, 2)
        }
        [..] => return Err(Malformed::Format),
    };
    Ok(Peek::Section(kind, length))
}

impl SectionKind {
    #[inline]
    fn from_code(code: u64) -> Self {
        match code {
            0x70 => Self::Header,
            0x71 => Self::DeliveryAnnotations,
            0x72 => Self::MessageAnnotations,
            0x73 => Self::Properties,
            _ => Self::Other,
        }
    }

    fn from_name(name: &[u8]) -> Self {
        match name {
            b"amqp:header:list" => Self::Header,
            b"amqp:delivery-annotations:map" => Self::DeliveryAnnotations,
            b"amqp:message-annotations:map" => Self::MessageAnnotations,
            b"amqp:properties:list" => Self::Properties,
            _ => Self::Other,
        }
    }

    fn wrong_type(self) -> Malformed {
        match self {
            Self::MessageAnnotations => Malformed::AnnotationsNotMap,
            Self::Header | Self::DeliveryAnnotations | Self::Properties | Self::Other => Malformed::Format,
        }
    }
}

/// The value of a section that begins at offset `at`, if all of it has come. Knows from the size in front, so it costs the
/// same however much is missing.
#[inline]
pub(super) fn whole_value(message: &[u8], at: usize, kind: SectionKind) -> Result<Option<Value>, Malformed> {
    let octets = message.get(at..).unwrap_or_default();
    let Some((&constructor, octets)) = octets.split_first() else {
        return Ok(None);
    };
    let (size, start) = match (constructor, kind) {
        (LIST0, SectionKind::Header | SectionKind::Properties) => (0, at + 1),
        (LIST8, SectionKind::Header | SectionKind::Properties)
        | (MAP8, SectionKind::DeliveryAnnotations | SectionKind::MessageAnnotations) => match octets.first() {
            Some(&size) => (usize::from(size), at + 2),
            None => return Ok(None),
        },
        (LIST32, SectionKind::Header | SectionKind::Properties)
        | (MAP32, SectionKind::DeliveryAnnotations | SectionKind::MessageAnnotations) => match octets.first_chunk() {
            Some(size) => (u32::from_be_bytes(*size) as usize, at + 5),
            None => return Ok(None),
        },
        _ => return Err(kind.wrong_type()),
    };
    let end = start.saturating_add(size);
    if end > HEAD_LIMIT {
        return Err(Malformed::HeadTooLarge);
    }
    if end > message.len() {
        return Ok(None);
    }
    Ok(Some(Value { constructor, content: Span { start: start as u32, end: end as u32 } }))
}
