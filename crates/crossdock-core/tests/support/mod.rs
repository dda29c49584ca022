//! A tiny encoder of messages, and hexadecimal.

#![allow(dead_code, reason = "each test file uses some of it")]

/// The octets of `text`, in which blanks do not count.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    assert_eq!(digits.len() % 2, 0, "{text}");
    digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap()).collect()
}

/// An AMQP value; `wide` ones are written with 32-bit sizes though shorter ones would do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Ubyte(u8),
    Int(i32),
    Ulong(u64),
    Binary(Vec<u8>),
    String(String),
    Symbol(String),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Described(Box<Value>, Box<Value>),
    Wide(Box<Value>),
    /// Anything else, as it is to be written.
    Raw(Vec<u8>),
}

impl Value {
    pub(crate) fn string(text: &str) -> Self {
        Self::String(text.to_owned())
    }

    pub(crate) fn symbol(text: &str) -> Self {
        Self::Symbol(text.to_owned())
    }

    pub(crate) fn wide(self) -> Self {
        Self::Wide(Box::new(self))
    }

    pub(crate) fn encoded(&self) -> Vec<u8> {
        self.encode(false)
    }

    fn encode(&self, wide: bool) -> Vec<u8> {
        match self {
            Self::Null => vec![0x40],
            Self::Bool(true) if wide => vec![0x56, 1],
            Self::Bool(value) => vec![if *value { 0x41 } else { 0x42 }],
            Self::Ubyte(value) => vec![0x50, *value],
            Self::Int(value) => match i8::try_from(*value) {
                Ok(value) if !wide => vec![0x54, value as u8],
                _ => [&[0x71], &value.to_be_bytes()[..]].concat(),
            },
            Self::Ulong(value) => match u8::try_from(*value) {
                Ok(value) if !wide => vec![0x53, value],
                _ => [&[0x80], &value.to_be_bytes()[..]].concat(),
            },
            Self::Binary(octets) => sized(0xa0, wide, octets),
            Self::String(text) => sized(0xa1, wide, text.as_bytes()),
            Self::Symbol(text) => sized(0xa3, wide, text.as_bytes()),
            Self::List(items) if items.is_empty() && !wide => vec![0x45],
            Self::List(items) => counted(0xc0, wide, items.len(), &items.iter().map(Self::encoded).collect::<Vec<_>>()),
            Self::Map(entries) => {
                let entry = |(key, value): &(Self, Self)| [key.encoded(), value.encoded()].concat();
                counted(0xc1, wide, entries.len() * 2, &entries.iter().map(entry).collect::<Vec<_>>())
            }
            Self::Described(descriptor, value) => [&[0], &descriptor.encoded()[..], &value.encode(wide)].concat(),
            Self::Wide(value) => value.encode(true),
            Self::Raw(octets) => octets.clone(),
        }
    }
}

fn sized(constructor: u8, wide: bool, octets: &[u8]) -> Vec<u8> {
    match u8::try_from(octets.len()) {
        Ok(size) if !wide => [&[constructor, size], octets].concat(),
        _ => [&[constructor + 0x10], &(octets.len() as u32).to_be_bytes()[..], octets].concat(),
    }
}

fn counted(constructor: u8, wide: bool, count: usize, items: &[Vec<u8>]) -> Vec<u8> {
    let octets = items.concat();
    if octets.len() < 255 && count <= 255 && !wide {
        [&[constructor, octets.len() as u8 + 1, count as u8], &octets[..]].concat()
    } else {
        let size = (octets.len() as u32 + 4).to_be_bytes();
        [&[constructor + 0x10], &size[..], &(count as u32).to_be_bytes(), &octets].concat()
    }
}

/// A section with a small descriptor.
pub(crate) fn section(code: u64, value: Value) -> Vec<u8> {
    Value::Described(Box::new(Value::Ulong(code)), Box::new(value)).encoded()
}

pub(crate) fn header(fields: Vec<Value>) -> Vec<u8> {
    section(0x70, Value::List(fields))
}

pub(crate) fn delivery_annotations(entries: Vec<(Value, Value)>) -> Vec<u8> {
    section(0x71, Value::Map(entries))
}

pub(crate) fn message_annotations(entries: Vec<(Value, Value)>) -> Vec<u8> {
    section(0x72, Value::Map(entries))
}

/// Properties with `to` behind message-id and user-id.
pub(crate) fn properties_to(to: Value) -> Vec<u8> {
    section(0x73, Value::List(vec![Value::Ulong(1), Value::Null, to]))
}

pub(crate) fn body(text: &str) -> Vec<u8> {
    section(0x77, Value::string(text))
}

/// The router entry `x-opt-qd.NAME`.
pub(crate) fn router_entry(name: &str, value: Value) -> (Value, Value) {
    (Value::symbol(&format!("x-opt-qd.{name}")), value)
}

pub(crate) fn strings(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|text| Value::string(text)).collect())
}
