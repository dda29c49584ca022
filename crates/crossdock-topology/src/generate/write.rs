//! Sections as text.

use std::fmt::Write;

use crossdock_schema::Value;
use serde_json::json;

use super::sections::Section;

/// The form of a configuration file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// qdrouterd's.
    #[default]
    Conf,
    /// A list of `["section", {attributes}]`.
    Json,
}

impl Form {
    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Form::Conf => "conf",
            Form::Json => "json",
        }
    }
}

/// The text of a configuration.
pub(super) fn write(sections: &[Section], form: Form, mesh: &str) -> String {
    match form {
        Form::Conf => conf(sections, mesh),
        Form::Json => {
            let all: Vec<serde_json::Value> = sections
                .iter()
                .map(|section| {
                    let attributes = section.attributes.iter().map(|(name, value)| (name.clone(), to_json(value)));
                    json!([section.name, attributes.collect::<serde_json::Map<_, _>>()])
                })
                .collect();
            format!("{:#}\n", serde_json::Value::Array(all))
        }
    }
}

fn conf(sections: &[Section], mesh: &str) -> String {
    let mesh: String = mesh.chars().filter(|letter| !letter.is_control()).collect();
    let mut out = format!("# Made by crossdock topology generate from the topology {mesh}.\n");
    for section in sections {
        let _ = write!(out, "\n{} {{\n", section.name);
        for (name, value) in section.attributes.iter().filter(|(_, value)| *value != Value::Null) {
            let _ = writeln!(out, "    {name}: {}", scalar(value));
        }
        out.push_str("}\n");
    }
    out
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Boolean(truth) => String::from(if *truth { "yes" } else { "no" }),
        Value::Text(text) if is_plain(text) => text.clone(),
        // As a JSON text, which may hold anything.
        Value::Text(_) | Value::List(_) | Value::Map(_) => to_json(value).to_string(),
        Value::Null | Value::Integer(_) | Value::Float(_) => value.to_string(),
    }
}

/// Whether a text can stand in a line without quotes.
fn is_plain(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:*$@+,=".contains(letter);
    !text.is_empty() && text.chars().all(is_plain)
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(truth) => json!(truth),
        Value::Integer(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), to_json(value))).collect(),
    }
}
