//! The values that management speaks of, without the many AMQP types that one integer may have.

use fe2o3_amqp_types::primitives::{OrderedMap, SimpleValue, Value as AmqpValue};
use serde_json::Value as JsonValue;

/// Values nested deeper than this become null.
const MAX_DEPTH: usize = 32;

/// One value of an attribute, a property or a body. Maps keep the order of the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Integer(i128),
    Real(f64),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Real(_) | Value::List(_) | Value::Map(_) => {
                None
            }
        }
    }

    /// The whole number; the whole part of a real one.
    pub(crate) fn as_integer(&self) -> Option<i128> {
        match self {
            Value::Integer(number) => Some(*number),
            Value::Real(number) => Some(*number as i128),
            Value::Null | Value::Boolean(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Real(_) | Value::Text(_) | Value::Map(_) => {
                None
            }
        }
    }

    pub(crate) fn as_map(&self) -> Option<&[(String, Value)]> {
        match self {
            Value::Map(entries) => Some(entries),
            Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Real(_) | Value::Text(_) | Value::List(_) => {
                None
            }
        }
    }

    /// The entry of a map.
    pub(crate) fn entry(&self, key: &str) -> Option<&Value> {
        self.as_map()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// What the wire calls `value`.
    pub(crate) fn from_amqp(value: AmqpValue) -> Value {
        decode(value, MAX_DEPTH)
    }

    pub(crate) fn to_amqp(&self) -> AmqpValue {
        match self {
            Value::Null => AmqpValue::Null,
            Value::Boolean(truth) => AmqpValue::Bool(*truth),
            Value::Integer(number) => integer(*number),
            Value::Real(number) => AmqpValue::Double((*number).into()),
            Value::Text(text) => AmqpValue::String(text.clone()),
            Value::List(items) => AmqpValue::List(items.iter().map(Value::to_amqp).collect()),
            Value::Map(entries) => {
                let mut map = OrderedMap::new();
                for (key, value) in entries {
                    map.insert(AmqpValue::String(key.clone()), value.to_amqp());
                }
                AmqpValue::Map(map)
            }
        }
    }

    /// The value as an application property, which cannot be a list or a map.
    pub(crate) fn to_property(&self) -> Option<SimpleValue> {
        SimpleValue::try_from(self.to_amqp()).ok()
    }

    pub(crate) fn from_json(value: &JsonValue) -> Value {
        match value {
            JsonValue::Null => Value::Null,
            JsonValue::Bool(truth) => Value::Boolean(*truth),
            JsonValue::Number(number) => match number.as_i128() {
                Some(whole) => Value::Integer(whole),
                None => number.as_f64().map_or(Value::Null, Value::Real),
            },
            JsonValue::String(text) => Value::text(text),
            JsonValue::Array(items) => Value::List(items.iter().map(Value::from_json).collect()),
            JsonValue::Object(map) => {
                Value::Map(map.iter().map(|(key, value)| (key.clone(), Value::from_json(value))).collect())
            }
        }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Boolean(truth)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Integer(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Value::Integer(number as i128)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::text(text)
    }
}

/// A long if it fits, as the stock tools send it.
fn integer(number: i128) -> AmqpValue {
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(long), _) => AmqpValue::Long(long),
        (Err(_), Ok(unsigned)) => AmqpValue::Ulong(unsigned),
        (Err(_), Err(_)) => AmqpValue::String(number.to_string()),
    }
}

fn decode(value: AmqpValue, depth: usize) -> Value {
    let Some(below) = depth.checked_sub(1) else { return Value::Null };
    match value {
        AmqpValue::Null => Value::Null,
        AmqpValue::Described(described) => decode(described.value, below),
        AmqpValue::Bool(truth) => Value::Boolean(truth),
        AmqpValue::Ubyte(number) => Value::Integer(number.into()),
        AmqpValue::Ushort(number) => Value::Integer(number.into()),
        AmqpValue::Uint(number) => Value::Integer(number.into()),
        AmqpValue::Ulong(number) => Value::Integer(number.into()),
        AmqpValue::Byte(number) => Value::Integer(number.into()),
        AmqpValue::Short(number) => Value::Integer(number.into()),
        AmqpValue::Int(number) => Value::Integer(number.into()),
        AmqpValue::Long(number) => Value::Integer(number.into()),
        AmqpValue::Float(number) => Value::Real(number.into_inner().into()),
        AmqpValue::Double(number) => Value::Real(number.into_inner()),
        AmqpValue::Decimal32(_) | AmqpValue::Decimal64(_) | AmqpValue::Decimal128(_) => Value::text("(decimal)"),
        AmqpValue::Char(character) => Value::text(character),
        AmqpValue::Timestamp(time) => Value::Integer(time.into_inner().into()),
        AmqpValue::Uuid(uuid) => Value::Text(uuid_text(&uuid.into_inner())),
        AmqpValue::Binary(bytes) => Value::text(String::from_utf8_lossy(&bytes)),
        AmqpValue::String(text) => Value::Text(text),
        AmqpValue::Symbol(symbol) => Value::Text(symbol.into_inner()),
        AmqpValue::List(items) => Value::List(items.into_iter().map(|item| decode(item, below)).collect()),
        AmqpValue::Array(items) => Value::List(items.0.into_iter().map(|item| decode(item, below)).collect()),
        AmqpValue::Map(map) => {
            Value::Map(map.into_iter().map(|(key, value)| (key_text(key), decode(value, below))).collect())
        }
    }
}

/// Keys of management are text; others are spelled out.
fn key_text(key: AmqpValue) -> String {
    match decode(key, 1) {
        Value::Text(text) => text,
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Null | Value::List(_) | Value::Map(_) => String::from("null"),
    }
}

fn uuid_text(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (position, byte) in bytes.iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
