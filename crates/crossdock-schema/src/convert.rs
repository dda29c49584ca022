//! From a value as written to a value of the attribute's type.

use crate::entity::{Attribute, Constant, Format, Kind};
use crate::formats::{check_key_source, check_port, client_mechanisms, data_connections, failover_urls};
use crate::json::shorten;
use crate::levels::LevelSet;
use crate::value::{Secret, Value};

/// The value as the attribute's type has it: texts for texts, paths and enumerations (the tag), integers, booleans,
/// lists, maps.
///
/// # Errors
///
/// A sentence that names the attribute, the value (unless it is secret) and what is allowed.
pub(crate) fn convert(attribute: &Attribute, value: Value) -> Result<Value, String> {
    let name = attribute.name;
    let shown = if attribute.secret { String::from(Secret::MASK) } else { shorten(&value.to_string()) };
    let refuse = |allowed: &str| match &value {
        Value::List(_) | Value::Map(_) | Value::Null => format!("'{name}' is {shown}; {allowed}"),
        Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::Text(_) => {
            format!("'{name}' is '{shown}'; {allowed}")
        }
    };
    match attribute.kind {
        Kind::Text(format) => {
            let text = text(&value).ok_or_else(|| refuse("a text is needed"))?;
            let checked = match format {
                Format::Any => Ok(()),
                Format::Port => check_port(&text),
                Format::Levels => {
                    return LevelSet::parse(&text).map(|_| Value::Text(text)).map_err(|error| error.to_string());
                }
                Format::FailoverUrls => failover_urls(&text).map(|_| ()),
                Format::DataConnections => data_connections(&text).map(|_| ()),
                Format::KeySource => check_key_source(&text),
                Format::ClientMechanisms => client_mechanisms(&text).map(|_| ()),
            };
            checked.map(|()| Value::Text(text)).map_err(|allowed| refuse(&allowed))
        }
        Kind::Path => text(&value).map(Value::Text).ok_or_else(|| refuse("the name of a file or directory is needed")),
        Kind::Integer { min, max } => match integer(&value) {
            Some(number) if (min..=max).contains(&number) => Ok(Value::Integer(number)),
            _ => Err(refuse(&format!("allowed are whole numbers from {min} to {max}"))),
        },
        Kind::Boolean => {
            boolean(&value).map(Value::Boolean).ok_or_else(|| refuse("allowed are yes, true, on, no, false, off"))
        }
        Kind::Enum(tags) => match tag(&value, tags) {
            Some(tag) => Ok(Value::Text(tag.to_owned())),
            None => Err(refuse(&format!("allowed are {}", tags.join(", ")))),
        },
        Kind::List if matches!(value, Value::List(_)) => Ok(value),
        Kind::List => Err(refuse("a list is needed")),
        Kind::Map | Kind::Properties => match value {
            Value::Map(map) => match map.keys().find(|key| attribute.kind == Kind::Properties && !key.is_ascii()) {
                Some(key) => Err(format!("key '{}' of '{name}' is not ASCII", shorten(key))),
                None => Ok(Value::Map(map)),
            },
            Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::Text(_) | Value::List(_) => {
                Err(refuse("a map is needed"))
            }
        },
    }
}

/// The default value, if there is one.
pub(crate) fn default(attribute: &Attribute) -> Option<Value> {
    attribute.default.map(|constant| match constant {
        Constant::Text(text) | Constant::Tag(text) => Value::Text(text.to_owned()),
        Constant::Integer(number) => Value::Integer(number),
        Constant::Boolean(truth) => Value::Boolean(truth),
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Text(text) => parse_integer(text.trim()),
        Value::Null | Value::Boolean(_) | Value::Float(_) | Value::List(_) | Value::Map(_) => None,
    }
}

/// A sign and decimal digits, with single `_` between digits.
fn parse_integer(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let groups_are_digits =
        unsigned.split('_').all(|group| !group.is_empty() && group.bytes().all(|digit| digit.is_ascii_digit()));
    if !groups_are_digits {
        return None;
    }
    text.replace('_', "").parse().ok()
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(truth) => Some(*truth),
        Value::Integer(number) => Some(*number != 0),
        Value::Float(number) => Some(*number != 0.0),
        Value::Text(text) => match text.to_ascii_lowercase().as_str() {
            "yes" | "true" | "on" => Some(true),
            "no" | "false" | "off" => Some(false),
            _ => None,
        },
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// The tag itself, or its index in the list.
fn tag<'a>(value: &Value, tags: &[&'a str]) -> Option<&'a str> {
    if let Value::Text(text) = value
        && let Some(tag) = tags.iter().find(|tag| *tag == text)
    {
        return Some(tag);
    }
    let index = integer(value).and_then(|number| usize::try_from(number).ok())?;
    tags.get(index).copied()
}
