//! JSON text in the manner of Python's `json.dumps`: order kept, ASCII only, a blank behind each `:` and `,`.

use std::fmt::Write;

use crate::management_client::Value;

/// Writes the value; `indent` blanks for each level, or all on one line.
pub(crate) fn to_json(value: &Value, indent: Option<usize>) -> String {
    let mut text = String::new();
    write_value(&mut text, value, indent, 0);
    text
}

fn write_value(out: &mut String, value: &Value, indent: Option<usize>, level: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Boolean(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Integer(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Real(number) if number.is_finite() => {
            let _ = write!(out, "{number:?}");
        }
        Value::Real(_) => out.push_str("null"),
        Value::Text(text) => write_text(out, text),
        Value::List(items) if items.is_empty() => out.push_str("[]"),
        Value::List(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                separate(out, indent, level + 1, position > 0);
                write_value(out, item, indent, level + 1);
            }
            new_line(out, indent, level);
            out.push(']');
        }
        Value::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Value::Map(entries) => {
            out.push('{');
            for (position, (key, item)) in entries.iter().enumerate() {
                separate(out, indent, level + 1, position > 0);
                write_text(out, key);
                out.push_str(": ");
                write_value(out, item, indent, level + 1);
            }
            new_line(out, indent, level);
            out.push('}');
        }
    }
}

/// What stands before an entry: the comma behind the one before, and the line break or blank.
fn separate(out: &mut String, indent: Option<usize>, level: usize, follows: bool) {
    if follows {
        out.push(',');
        if indent.is_none() {
            out.push(' ');
        }
    }
    new_line(out, indent, level);
}

fn new_line(out: &mut String, indent: Option<usize>, level: usize) {
    if let Some(width) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', width.saturating_mul(level)));
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        Value::Map(vec![
            (String::from("b"), Value::List(vec![Value::Integer(1), Value::Null, Value::Real(2.0)])),
            (String::from("a"), Value::text("x\"\\\n\u{e9}\u{1f600}\u{7f}")),
            (String::from("none"), Value::List(Vec::new())),
            (String::from("map"), Value::Map(Vec::new())),
        ])
    }

    #[test]
    fn without_indent_all_is_on_one_line() {
        let expected = r#"{"b": [1, null, 2.0], "a": "x\"\\\n\u00e9\ud83d\ude00\u007f", "none": [], "map": {}}"#;
        assert_eq!(to_json(&sample(), None), expected);
    }

    #[test]
    fn an_indent_puts_each_entry_on_its_line() {
        let value = Value::Map(vec![(String::from("a"), Value::List(vec![Value::from(true), Value::from("t")]))]);
        assert_eq!(to_json(&value, Some(2)), "{\n  \"a\": [\n    true,\n    \"t\"\n  ]\n}");
        assert_eq!(to_json(&value, Some(0)), "{\n\"a\": [\ntrue,\n\"t\"\n]\n}");
    }

    #[test]
    fn what_is_written_can_be_read_as_json() {
        let read: serde_json::Value = serde_json::from_str(&to_json(&sample(), Some(2))).unwrap();
        assert_eq!(read["a"], "x\"\\\n\u{e9}\u{1f600}\u{7f}");
    }
}
