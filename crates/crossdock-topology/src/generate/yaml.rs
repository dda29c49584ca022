//! YAML, as far as it is needed for what others read: maps in the order in which they are made, texts quoted where they must be.

use std::fmt::Write;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Yaml {
    Text(String),
    /// A text of several lines, which stands there as it is.
    Lines(String),
    Number(u64),
    Flag(bool),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Self {
        Yaml::Text(text.to_owned())
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Self {
        Yaml::Text(text)
    }
}

impl From<u16> for Yaml {
    fn from(number: u16) -> Self {
        Yaml::Number(number.into())
    }
}

impl From<bool> for Yaml {
    fn from(flag: bool) -> Self {
        Yaml::Flag(flag)
    }
}

impl<T: Into<Yaml>> From<Vec<T>> for Yaml {
    fn from(items: Vec<T>) -> Self {
        Yaml::List(items.into_iter().map(Into::into).collect())
    }
}

impl<const N: usize> From<[&str; N]> for Yaml {
    fn from(items: [&str; N]) -> Self {
        Yaml::List(items.map(Yaml::from).to_vec())
    }
}

/// A map of these entries.
pub(super) fn map<const N: usize>(entries: [(&str, Yaml); N]) -> Yaml {
    Yaml::Map(entries.map(|(key, value)| (key.to_owned(), value)).to_vec())
}

impl Yaml {
    /// The map with one entry more at its end. What is no map stays as it is.
    pub(super) fn with(mut self, key: &str, value: impl Into<Yaml>) -> Self {
        if let Yaml::Map(entries) = &mut self {
            entries.push((key.to_owned(), value.into()));
        }
        self
    }

    /// The map with one entry more, if there is a value for it.
    pub(super) fn with_some(self, key: &str, value: Option<impl Into<Yaml>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// The text of a document.
    pub(super) fn document(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out.trim_start_matches('\n').to_owned()
    }

    /// Writes what stands behind `key:` or `-`, up to the end of the line.
    fn write(&self, indent: usize, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self {
            Yaml::Map(entries) if !entries.is_empty() => {
                out.push('\n');
                self.write_entries(indent, out);
                Ok(())
            }
            Yaml::List(items) if items.iter().any(|item| matches!(item, Yaml::Map(_) | Yaml::Lines(_))) => {
                out.push('\n');
                for item in items {
                    let _ = write!(out, "{:indent$}-", "");
                    let mut text = String::new();
                    item.write(indent + 2, &mut text);
                    // The first entry of a map stands behind the dash.
                    let text = text.strip_prefix('\n').map_or(text.as_str(), str::trim_start);
                    let _ = write!(out, " {}", text.trim_start());
                }
                Ok(())
            }
            Yaml::Lines(text) => {
                out.push_str(" |\n");
                for line in text.lines() {
                    let indent = if line.is_empty() { 0 } else { indent };
                    let _ = writeln!(out, "{:indent$}{line}", "");
                }
                Ok(())
            }
            Yaml::Text(_) | Yaml::Number(_) | Yaml::Flag(_) | Yaml::List(_) | Yaml::Map(_) => {
                writeln!(out, " {}", self.inline())
            }
        };
    }

    fn write_entries(&self, indent: usize, out: &mut String) {
        let Yaml::Map(entries) = self else { return };
        for (key, value) in entries {
            let _ = write!(out, "{:indent$}{}:", "", scalar(key));
            value.write(indent + 2, out);
        }
    }

    fn inline(&self) -> String {
        match self {
            Yaml::Text(text) | Yaml::Lines(text) => scalar(text),
            Yaml::Number(number) => number.to_string(),
            Yaml::Flag(flag) => flag.to_string(),
            Yaml::List(items) => format!("[{}]", items.iter().map(Yaml::inline).collect::<Vec<_>>().join(", ")),
            Yaml::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{}: {}", scalar(key), value.inline()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A text: plain if nobody can take it for anything else, otherwise as JSON, which is YAML as well.
fn scalar(text: &str) -> String {
    let begins_well = text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/');
    let is_plain = text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_./".contains(&letter));
    // What YAML 1.1 takes for truth, nothing or a number; those that begin with a letter.
    let words = ["y", "yes", "n", "no", "true", "false", "on", "off", "null"];
    let is_word = words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if begins_well && is_plain && !is_word { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_indented_and_quoted() {
        let document = map([
            ("name", "edge-1".into()),
            ("command", Yaml::from(["run", "--port=5672", "no", "1e3", "a\n\"b"])),
            ("empty", Yaml::List(Vec::new())),
            ("none", map([])),
            (
                "ports",
                Yaml::List(vec![map([("name", "x".into()), ("port", 5672.into())]), map([("name", "y".into())])]),
            ),
            ("deep", map([("text", Yaml::Lines(String::from("one\n\n  two\n"))), ("flag", true.into())])),
        ]);
        let expected = "\
name: edge-1
command: [run, \"--port=5672\", \"no\", \"1e3\", \"a\\n\\\"b\"]
empty: []
none: {}
ports:
  - name: x
    port: 5672
  - name: \"y\"
deep:
  text: |
    one

      two
  flag: true
";
        assert_eq!(document.document(), expected);
    }
}
