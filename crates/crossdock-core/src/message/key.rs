//! The value by which a message is given to one of several destinations.

use super::{
    Head, Malformed, Span,
    reader::{BOOLEAN, DESCRIBED, FALSE, NULL, Reader, SMALL_INT, SMALL_ULONG, SYMBOL8, TRUE, UBYTE, ULONG, Value},
    section::{Peek, SectionKind, peek, whole_value},
};
use std::fmt;

/// Fields of the properties by their places in the list [AMQP 3.2.4].
const TO: u32 = 2;
const GROUP_ID: u32 = 10;

/// Where in a message its key is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeySource {
    /// `to` of the properties.
    To,
    /// `group-id` of the properties.
    GroupId,
    /// The application property with this name.
    Property(Box<str>),
    /// The message annotation with this name.
    Annotation(Box<str>),
}

/// A text that names no place of a key: `to`, `group-id`, `property:NAME` or `annotation:NAME` are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKeySource;

impl fmt::Display for NotAKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 'to', 'group-id', 'property:NAME' or 'annotation:NAME'")
    }
}

impl std::error::Error for NotAKeySource {}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyScan<'m> {
    /// Look again when more of the message has come.
    NeedMore,
    /// The message has no key.
    Absent,
    /// This is it.
    Found(KeyValue<'m>),
}

/// A key: what decides is its octets, however they were encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyValue<'m> {
    /// A text, binary, or anything else that is no integer.
    Octets(&'m [u8]),
    /// An integer or boolean, of whatever width, as eight octets.
    Number([u8; 8]),
}

impl KeyValue<'_> {
    /// The octets that count.
    #[inline]
    pub fn octets(&self) -> &[u8] {
        match self {
            Self::Octets(octets) => octets,
            Self::Number(octets) => octets,
        }
    }
}

impl KeySource {
    /// Parses `to`, `group-id`, `property:NAME` or `annotation:NAME`.
    ///
    /// # Errors
    /// It is something else.
    pub fn parse(text: &str) -> Result<Self, NotAKeySource> {
        match text.split_once(':') {
            None if text == "to" => Ok(Self::To),
            None if text == "group-id" => Ok(Self::GroupId),
            Some(("property", name)) if !name.is_empty() => Ok(Self::Property(name.into())),
            Some(("annotation", name)) if !name.is_empty() => Ok(Self::Annotation(name.into())),
            Some(_) | None => Err(NotAKeySource),
        }
    }

    /// Looks for the key in what has come of a message whose head is known. Null, lists, maps and described values are no
    /// keys.
    ///
    /// # Errors
    /// The sections up to the key cannot be parsed, or are larger than [`HEAD_LIMIT`](super::HEAD_LIMIT).
    pub fn find<'m>(&self, message: &'m [u8], head: &Head) -> Result<KeyScan<'m>, Malformed> {
        let value = match self {
            Self::Annotation(name) => {
                let entries = Reader::new(message, head.user_annotations).ok_or(Malformed::AnnotationsFormat)?;
                entry(message, entries, head.user_elements, name.as_bytes()).ok_or(Malformed::AnnotationsFormat)?
            }
            Self::To | Self::GroupId => {
                let field = if *self == Self::To { TO } else { GROUP_ID };
                match properties(message, head.rest)? {
                    Section::NeedMore => return Ok(KeyScan::NeedMore),
                    Section::Absent => None,
                    Section::Found(properties) => nth(message, properties, field).ok_or(Malformed::Format)?,
                }
            }
            Self::Property(name) => match application_properties(message, head.rest)? {
                Section::NeedMore => return Ok(KeyScan::NeedMore),
                Section::Absent => None,
                Section::Found(map) => {
                    let mut entries = Reader::new(message, map.content).ok_or(Malformed::Format)?;
                    let count = entries.count(map.constructor).ok_or(Malformed::Format)?;
                    entry(message, entries, count, name.as_bytes()).ok_or(Malformed::Format)?
                }
            },
        };
        Ok(value.and_then(|value| key(message, value)).map_or(KeyScan::Absent, KeyScan::Found))
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To => f.write_str("to"),
            Self::GroupId => f.write_str("group-id"),
            Self::Property(name) => write!(f, "property:{name}"),
            Self::Annotation(name) => write!(f, "annotation:{name}"),
        }
    }
}

enum Section {
    NeedMore,
    Absent,
    Found(Value),
}

fn properties(message: &[u8], at: u32) -> Result<Section, Malformed> {
    let at = at as usize;
    match peek(message.get(at..).unwrap_or_default())? {
        Peek::NeedMore => Ok(Section::NeedMore),
        Peek::Section(SectionKind::Properties, length) => {
            Ok(match whole_value(message, at + length, SectionKind::Properties)? {
                Some(value) => Section::Found(value),
                None => Section::NeedMore,
            })
        }
        Peek::Section(
            SectionKind::Header
            | SectionKind::DeliveryAnnotations
            | SectionKind::MessageAnnotations
            | SectionKind::Other,
            _,
        ) => Ok(Section::Absent),
    }
}

fn application_properties(message: &[u8], at: u32) -> Result<Section, Malformed> {
    const NAME: &[u8] = b"amqp:application-properties:map";
    let at = match properties(message, at)? {
        Section::NeedMore => return Ok(Section::NeedMore),
        Section::Absent => at,
        Section::Found(value) => value.content.end,
    } as usize;
    let octets = message.get(at..).unwrap_or_default();
    let length = match *octets {
        [DESCRIBED, SMALL_ULONG, 0x74, ..] => 3,
        [DESCRIBED, ULONG, 0, 0, 0, 0, 0, 0, 0, 0x74, ..] => 10,
        [DESCRIBED, SYMBOL8, length, ref name @ ..] if name.get(..usize::from(length)) == Some(NAME) => 3 + NAME.len(),
        [..] => {
            return Ok(match peek(octets)? {
                Peek::NeedMore => Section::NeedMore,
                Peek::Section(..) => Section::Absent,
            });
        }
    };
    // A map like that of the annotations, which is not to blame here.
    let value =
        whole_value(message, at + length, SectionKind::MessageAnnotations).map_err(|malformed| match malformed {
            Malformed::HeadTooLarge => malformed,
            Malformed::Format
            | Malformed::AddressText
            | Malformed::AnnotationsNotMap
            | Malformed::AnnotationsOdd
            | Malformed::AnnotationsFormat
            | Malformed::ToOverride
            | Malformed::Phase
            | Malformed::Ingress
            | Malformed::Trace
            | Malformed::TraceEntry => Malformed::Format,
        })?;
    Ok(value.map_or(Section::NeedMore, Section::Found))
}

/// A field of a list; the inner option is none if the list is shorter.
fn nth(message: &[u8], list: Value, field: u32) -> Option<Option<Value>> {
    let mut fields = Reader::new(message, list.content)?;
    if fields.count(list.constructor)? <= field {
        return Some(None);
    }
    for _ in 0..field {
        fields.value()?;
    }
    fields.value().map(Some)
}

/// The value of the first entry with this key, a string or symbol.
fn entry(message: &[u8], mut entries: Reader<'_>, elements: u32, name: &[u8]) -> Option<Option<Value>> {
    for _ in 0..elements / 2 {
        let key = entries.value()?;
        let value = entries.value()?;
        if (key.is_string() || key.is_symbol()) && key.content.of(message) == name {
            return Some(Some(value));
        }
    }
    Some(None)
}

fn key(message: &[u8], Value { constructor, content }: Value) -> Option<KeyValue<'_>> {
    /// ushort, uint, ulong: full width, one octet, none. [AMQP 1.6]
    const UNSIGNED: [u8; 7] = [UBYTE, 0x60, 0x70, ULONG, 0x52, SMALL_ULONG, 0x43];
    const ZERO_ULONG: u8 = 0x44;
    const SIGNED: [u8; 6] = [0x51, 0x61, 0x71, 0x81, SMALL_INT, 0x55];
    let octets: &[u8] = Span::of(content, message);
    match constructor {
        DESCRIBED | NULL => None,
        TRUE => Some(number(1, &[])),
        FALSE => Some(number(0, &[])),
        _ if UNSIGNED.contains(&constructor) || matches!(constructor, BOOLEAN | ZERO_ULONG) => Some(number(0, octets)),
        _ if SIGNED.contains(&constructor) => {
            let is_negative = octets.first().is_some_and(|octet| octet & 0x80 != 0);
            Some(number(if is_negative { u64::MAX } else { 0 }, octets))
        }
        // Lists, maps and arrays.
        0xc0.. | 0x45 => None,
        _ => Some(KeyValue::Octets(octets)),
    }
}

/// An integer with these last octets.
fn number(before: u64, octets: &[u8]) -> KeyValue<'static> {
    let value = octets.iter().fold(before, |value, &octet| value << 8 | u64::from(octet));
    KeyValue::Number(value.to_be_bytes())
}
