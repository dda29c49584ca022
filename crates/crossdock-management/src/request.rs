//! Octets to a request.
//!
//! A walk over each section comes before anything is read from it: depth, number of values, sizes and texts are sound then.

use std::collections::BTreeMap;

use crossdock_amqp::codec::walk::Budget;
use crossdock_amqp::codec::{Compound, Cursor, DecodeError, descriptor};
use crossdock_schema::Value;

use crate::refusal::Refusal;
use crate::words::shorten;

/// Octets of a request. The largest sensible one asks for every attribute of a virtual host with many user groups.
const MAX_REQUEST: usize = 1 << 20;
/// Values in a request, and how deep they may be nested.
const BUDGET: Budget = Budget { depth: 12, elements: 16_384 };
/// Entries of a body, or names in a list of attributes.
const MAX_ENTRIES: u32 = 1024;
/// Octets of one text in a body.
const MAX_TEXT: usize = 64 * 1024;

/// Where the answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Envelope<'m> {
    pub(crate) reply_to: &'m str,
    /// Encoded as it came, or null: whatever type it has, the answer has the same.
    pub(crate) correlation_id: &'m [u8],
}

/// What is asked.
#[derive(Debug)]
pub(crate) struct Request<'m> {
    pub(crate) properties: Properties<'m>,
    pub(crate) body: Body<'m>,
}

/// The application properties that mean something here.
#[derive(Debug, Default)]
pub(crate) struct Properties<'m> {
    pub(crate) operation: Given<'m>,
    pub(crate) entity_type: Given<'m>,
    pub(crate) r#type: Given<'m>,
    pub(crate) name: Given<'m>,
    pub(crate) identity: Given<'m>,
    pub(crate) offset: Given<'m>,
    pub(crate) count: Given<'m>,
    pub(crate) limit: Given<'m>,
    pub(crate) indent: Given<'m>,
    pub(crate) address: Given<'m>,
    pub(crate) key: Given<'m>,
    pub(crate) priority: Given<'m>,
    pub(crate) settled: Given<'m>,
    pub(crate) timeout: Given<'m>,
}

/// Value of an application property.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given<'m> {
    /// None, or null.
    #[default]
    Absent,
    /// A string or symbol.
    Text(&'m str),
    /// An integer of any type.
    Number(i128),
    /// Something else.
    Other,
}

/// The body of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body<'m> {
    /// There is none.
    Missing,
    /// A map.
    Map(Compound<'m>),
    /// A value that is not a map, or a body of another kind.
    Other,
}

impl<'m> Envelope<'m> {
    /// Looks at the sections up to the properties. `None` when nobody waits for an answer.
    pub(crate) fn find(message: &'m [u8]) -> Option<Self> {
        let mut budget = BUDGET;
        let mut at = Cursor::new(message);
        while !at.is_empty() {
            let mut section = at;
            at.skip(&mut budget).ok()?;
            if section.descriptor().ok()?.code() == Some(descriptor::PROPERTIES) {
                return Self::read(section).ok()?;
            }
        }
        None
    }

    fn read(mut section: Cursor<'m>) -> Result<Option<Self>, DecodeError> {
        let Some(Compound { count, elements: mut fields }) = section.list()? else { return Ok(None) };
        let mut values: [&[u8]; 6] = [NULL_VALUE; 6];
        for value in values.iter_mut().take(count as usize) {
            *value = fields.skip(&mut { BUDGET })?;
        }
        let [message_id, _, _, _, reply_to, correlation_id] = values;
        let Some(reply_to) = text(Cursor::new(reply_to)).filter(|address| !address.is_empty()) else {
            return Ok(None);
        };
        // A message-id may be a ulong, uuid, binary or string [AMQP 3.2.11 to 3.2.14].
        let is_id = |id: &&[u8]| matches!(id.first(), Some(0x44 | 0x53 | 0x80 | 0x98 | 0xa0 | 0xa1 | 0xb0 | 0xb1));
        let correlation_id = [correlation_id, message_id].into_iter().find(is_id).unwrap_or(NULL_VALUE);
        Ok(Some(Envelope { reply_to, correlation_id }))
    }
}

impl<'m> Request<'m> {
    /// Reads a whole message.
    pub(crate) fn read(message: &'m [u8]) -> Result<Self, Refusal> {
        if message.len() > MAX_REQUEST {
            let length = message.len();
            return Err(Refusal::bad_request(format!(
                "The request has {length} bytes; at most {MAX_REQUEST} are read"
            )));
        }
        Self::sections(message).map_err(|error| Refusal::bad_request(format!("The request is malformed: {error}")))?
    }

    fn sections(message: &'m [u8]) -> Result<Result<Self, Refusal>, DecodeError> {
        let mut budget = BUDGET;
        let mut properties = None;
        let mut body = Body::Missing;
        let mut at = Cursor::new(message);
        while !at.is_empty() {
            let mut section = at;
            at.skip(&mut budget)?;
            match section.descriptor()?.code() {
                Some(descriptor::APPLICATION_PROPERTIES) => properties = Some(Properties::read(section)?),
                Some(descriptor::AMQP_VALUE) => {
                    body = match section.peek() {
                        Some(NULL) => Body::Missing,
                        Some(MAP_8 | MAP_32) => section.map()?.map_or(Body::Missing, Body::Map),
                        Some(_) | None => Body::Other,
                    }
                }
                Some(descriptor::DATA | descriptor::AMQP_SEQUENCE) => body = Body::Other,
                Some(_) | None => {}
            }
        }
        let Some(properties) = properties else {
            let problem = "No 'operation' property: the request has no application properties";
            return Ok(Err(Refusal::bad_request(problem)));
        };
        Ok(Ok(Request { properties, body }))
    }
}

impl<'m> Properties<'m> {
    fn read(mut section: Cursor<'m>) -> Result<Self, DecodeError> {
        let mut properties = Properties::default();
        if !matches!(section.peek(), Some(MAP_8 | MAP_32)) {
            return Ok(properties);
        }
        let Some(Compound { count, mut elements }) = section.map()? else { return Ok(properties) };
        for _ in 0..count / 2 {
            let key = elements;
            elements.skip(&mut { BUDGET })?;
            let value = elements;
            elements.skip(&mut { BUDGET })?;
            let place = match text(key) {
                Some("operation") => &mut properties.operation,
                Some("entityType") => &mut properties.entity_type,
                Some("type") => &mut properties.r#type,
                Some("name") => &mut properties.name,
                Some("identity") => &mut properties.identity,
                Some("offset") => &mut properties.offset,
                Some("count") => &mut properties.count,
                Some("limit") => &mut properties.limit,
                Some("indent") => &mut properties.indent,
                Some("address") => &mut properties.address,
                Some("key") => &mut properties.key,
                Some("priority") => &mut properties.priority,
                Some("settled") => &mut properties.settled,
                Some("timeout") => &mut properties.timeout,
                Some(_) | None => continue,
            };
            *place = Given::read(value);
        }
        Ok(properties)
    }
}

impl<'m> Given<'m> {
    fn read(value: Cursor<'m>) -> Self {
        if value.peek() == Some(NULL) {
            return Given::Absent;
        }
        match (text(value), integer(value)) {
            (Some(text), _) => Given::Text(text),
            (None, Some(number)) => Given::Number(number),
            (None, None) => Given::Other,
        }
    }

    /// The text of property `key`, if there is one that is not empty.
    pub(crate) fn text(self, key: &str) -> Result<Option<&'m str>, Refusal> {
        match self {
            Given::Absent | Given::Text("") => Ok(None),
            Given::Text(text) => Ok(Some(text)),
            Given::Number(_) | Given::Other => {
                Err(Refusal::bad_request(format!("Property '{key}' is not a text, but has to be one")))
            }
        }
    }

    /// The number of property `key`, which a text of digits may stand for too.
    pub(crate) fn number(self, key: &str) -> Result<Option<i128>, Refusal> {
        let wrong =
            |shown: &str| Refusal::bad_request(format!("Property '{key}' is {shown}; a whole number is needed"));
        match self {
            Given::Absent => Ok(None),
            Given::Number(number) => Ok(Some(number)),
            Given::Text(text) => match text.trim().parse::<i64>() {
                Ok(number) => Ok(Some(number.into())),
                Err(_) => Err(wrong(&format!("'{}'", shorten(text)))),
            },
            Given::Other => Err(wrong("no number")),
        }
    }
}

impl<'m> Body<'m> {
    /// The entries of the map, of equal keys the last; `None` when the body is not a map.
    pub(crate) fn entries(self) -> Result<Option<BTreeMap<&'m str, Cursor<'m>>>, Refusal> {
        let Body::Map(Compound { count, mut elements }) = self else { return Ok(None) };
        if count / 2 > MAX_ENTRIES {
            let problem = format!("The body has {} entries; at most {MAX_ENTRIES} are read", count / 2);
            return Err(Refusal::bad_request(problem));
        }
        let mut entries = BTreeMap::new();
        for _ in 0..count / 2 {
            let key = elements;
            elements.skip(&mut { BUDGET }).map_err(malformed)?;
            let value = elements;
            elements.skip(&mut { BUDGET }).map_err(malformed)?;
            match text(key) {
                Some(key) => entries.insert(key, value),
                None => return Err(Refusal::bad_request("A key of the body is not a text, but has to be one")),
            };
        }
        Ok(Some(entries))
    }
}

/// The texts of a list; `None` for null.
pub(crate) fn texts<'m>(key: &str, mut value: Cursor<'m>) -> Result<Option<Vec<&'m str>>, Refusal> {
    let wrong = || Refusal::bad_request(format!("'{key}' has to be a list of texts"));
    let list = match value.peek() {
        Some(NULL) => return Ok(None),
        Some(LIST_0 | LIST_8 | LIST_32) => value.list().map_err(malformed)?,
        Some(_) | None => return Err(wrong()),
    };
    let Some(Compound { count, mut elements }) = list else { return Ok(None) };
    if count > MAX_ENTRIES {
        return Err(Refusal::bad_request(format!("'{key}' has {count} elements; at most {MAX_ENTRIES} are read")));
    }
    let mut texts = Vec::new();
    for _ in 0..count {
        texts.push(text(elements).ok_or_else(wrong)?);
        elements.skip(&mut { BUDGET }).map_err(malformed)?;
    }
    Ok(Some(texts))
}

/// The value of an attribute. The walk over the request has seen that it is not nested deeply.
pub(crate) fn value(key: &str, mut at: Cursor<'_>) -> Result<Value, Refusal> {
    let decoded = match at.peek() {
        Some(NULL) => Value::Null,
        Some(0x41 | 0x42 | 0x56) => Value::Boolean(at.boolean().map_err(malformed)?.unwrap_or_default()),
        Some(0x82) => double(at).map_or(Value::Null, Value::Float),
        Some(LIST_0 | LIST_8 | LIST_32) => list(key, at)?,
        Some(MAP_8 | MAP_32) => map(key, at)?,
        Some(_) | None => match (text(at), integer(at)) {
            (Some(text), _) if text.len() > MAX_TEXT => {
                let length = text.len();
                let problem = format!("'{}' has {length} bytes; at most {MAX_TEXT} are taken", shorten(key));
                return Err(Refusal::bad_request(problem));
            }
            (Some(text), _) => Value::Text(text.to_owned()),
            (None, Some(number)) => match i64::try_from(number) {
                Ok(number) => Value::Integer(number),
                Err(_) => return Err(Refusal::bad_request(format!("'{}' is too large a number", shorten(key)))),
            },
            (None, None) => {
                let problem = format!("'{}' has a value of a type that no attribute has", shorten(key));
                return Err(Refusal::bad_request(problem));
            }
        },
    };
    Ok(decoded)
}

fn list(key: &str, mut at: Cursor<'_>) -> Result<Value, Refusal> {
    let mut values = Vec::new();
    if let Some(Compound { count, mut elements }) = at.list().map_err(malformed)? {
        for _ in 0..count {
            values.push(value(key, elements)?);
            elements.skip(&mut { BUDGET }).map_err(malformed)?;
        }
    }
    Ok(Value::List(values))
}

fn map(key: &str, mut at: Cursor<'_>) -> Result<Value, Refusal> {
    let mut values = BTreeMap::new();
    if let Some(Compound { count, mut elements }) = at.map().map_err(malformed)? {
        for _ in 0..count / 2 {
            let Some(entry) = text(elements) else {
                return Err(Refusal::bad_request(format!("A key in '{}' is not a text", shorten(key))));
            };
            elements.skip(&mut { BUDGET }).map_err(malformed)?;
            values.insert(entry.to_owned(), value(key, elements)?);
            elements.skip(&mut { BUDGET }).map_err(malformed)?;
        }
    }
    Ok(Value::Map(values))
}

const NULL: u8 = 0x40;
const NULL_VALUE: &[u8] = &[NULL];
const LIST_0: u8 = 0x45;
const LIST_8: u8 = 0xc0;
const MAP_8: u8 = 0xc1;
const LIST_32: u8 = 0xd0;
const MAP_32: u8 = 0xd1;

fn malformed(error: DecodeError) -> Refusal {
    Refusal::bad_request(format!("The request is malformed: {error}"))
}

/// The text of a string or symbol.
fn text(mut value: Cursor<'_>) -> Option<&str> {
    match value.peek() {
        Some(0xa1 | 0xb1) => value.string().ok()?,
        Some(0xa3 | 0xb3) => value.symbol().ok()?,
        Some(_) | None => None,
    }
}

/// The number of an integer of any type [AMQP 1.6.3 to 1.6.10].
fn integer(mut value: Cursor<'_>) -> Option<i128> {
    match value.peek()? {
        0x50 => value.ubyte().ok()?.map(i128::from),
        0x60 => value.ushort().ok()?.map(i128::from),
        0x43 | 0x52 | 0x70 => value.uint().ok()?.map(i128::from),
        0x44 | 0x53 | 0x80 => value.ulong().ok()?.map(i128::from),
        0x54 | 0x71 => value.int().ok()?.map(i128::from),
        0x55 | 0x81 => value.long().ok()?.map(i128::from),
        0x51 => match value.take(2).ok()? {
            [_, number] => Some(i8::from_be_bytes([*number]).into()),
            _ => None,
        },
        0x61 => match value.take(3).ok()? {
            [_, upper, lower] => Some(i16::from_be_bytes([*upper, *lower]).into()),
            _ => None,
        },
        _ => None,
    }
}

fn double(mut value: Cursor<'_>) -> Option<f64> {
    value.take(9).ok()?.last_chunk().map(|bytes| f64::from_be_bytes(*bytes))
}
