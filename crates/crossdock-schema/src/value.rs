//! Values as they stand in files and management messages, before and after typing.

use std::collections::BTreeMap;
use std::fmt;

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map; of equal keys the last one counts.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// What kind of thing this is, for error messages: `a map`.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

impl fmt::Display for Value {
    /// Scalars as a file has them (booleans as yes and no), everything else by its kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Boolean(true) => f.write_str("yes"),
            Value::Boolean(false) => f.write_str("no"),
            Value::Integer(number) => number.fmt(f),
            Value::Float(number) => number.fmt(f),
            Value::Text(text) => f.write_str(text),
            Value::Null | Value::List(_) | Value::Map(_) => f.write_str(self.describe()),
        }
    }
}

/// Value of an attribute as it stands in the struct of its entity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// No value.
    Absent,
    /// A text, a path or the tag of an enumeration.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A list.
    List(&'a [Value]),
    /// A map.
    Map(&'a BTreeMap<String, Value>),
    /// A secret, of which a mask is shown.
    Secret,
}

/// A text that is never shown: its `Debug` form and its management value are a mask.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What stands in place of a secret.
    pub const MASK: &'static str = "***";

    /// Takes a text into custody.
    pub fn new(text: String) -> Self {
        Secret(text)
    }

    /// The text itself. The caller must not log or answer with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::MASK)
    }
}
