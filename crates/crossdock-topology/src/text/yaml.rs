//! YAML events to a tree. What a topology does not need and what surprises is refused: anchors, tags, several documents.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::node::{Entry, Node, Place, Tree};

/// Lists and maps may be nested this deep.
const MAX_DEPTH: usize = 32;
/// A file may have this many values.
const MAX_NODES: usize = 1_000_000;
/// Longest file, in bytes.
const MAX_TEXT: usize = 16 << 20;

/// A list or map that is not complete.
struct Open {
    at: Place,
    container: Container,
}

enum Container {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, Place)> },
}

/// Reads the text of the file with this index. None stands for an empty file.
///
/// # Errors
///
/// The line and a sentence without full stop.
pub(crate) fn parse(file: usize, text: &str) -> Result<Option<Node>, (u32, String)> {
    if text.len() > MAX_TEXT {
        return Err((0, format!("the file is longer than {MAX_TEXT} bytes")));
    }
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut count = 0;
    for event in Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        let (event, span) = event.map_err(|error| (line(error.marker()), sentence(error.info())))?;
        let at = Place { file, line: line(&span.start) };
        let fail = |problem: &str| Err((at.line, problem.to_owned()));
        count += 1;
        if count > MAX_NODES {
            return fail("the file has too many values");
        }
        let done = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => continue,
            Event::DocumentStart(_) if root.is_some() => return fail("a second document: one file is one mesh"),
            Event::DocumentStart(_) => continue,
            Event::Alias(_) => return fail("aliases ('*name') are not known here; templates (count, vars) do that"),
            Event::Scalar(_, _, anchor, ref tag)
            | Event::SequenceStart(anchor, ref tag)
            | Event::MappingStart(anchor, ref tag)
                if anchor > 0 || tag.is_some() =>
            {
                return fail("anchors ('&name') and tags ('!name') are not known here");
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= MAX_DEPTH => {
                return fail("nested too deep");
            }
            Event::SequenceStart(..) => {
                open.push(Open { at, container: Container::List(Vec::new()) });
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open { at, container: Container::Map { entries: Vec::new(), key: None } });
                continue;
            }
            Event::Scalar(text, style, ..) => Node { at, tree: scalar(&text, style) },
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open { at, container: Container::List(items) }) => Node { at, tree: Tree::List(items) },
                Some(Open { at, container: Container::Map { entries, .. } }) => Node { at, tree: Tree::Map(entries) },
                None => return fail("an end without a beginning"),
            },
        };
        match open.last_mut().map(|open| &mut open.container) {
            None => root = Some(done),
            Some(Container::List(items)) => items.push(done),
            Some(Container::Map { entries, key }) => match key.take() {
                Some((key, at)) => entries.push(Entry { key, at, node: done }),
                None => {
                    let Some(text) = done.text() else { return fail("a key must be a text") };
                    if let Some(first) = entries.iter().find(|entry| entry.key == text) {
                        let problem = format!("'{text}' is given twice; first on line {}", first.at.line);
                        return Err((done.at.line, problem));
                    }
                    *key = Some((text, done.at));
                }
            },
        }
    }
    Ok(root.filter(|node| !matches!(node.tree, Tree::Null)))
}

fn line(marker: &Marker) -> u32 {
    u32::try_from(marker.line()).unwrap_or(u32::MAX)
}

fn sentence(text: &str) -> String {
    format!("this cannot be read: {}", text.trim_end_matches('.'))
}

/// The core schema of YAML 1.2, and `yes`, `no`, `on`, `off`, which stand in router configurations too.
fn scalar(text: &str, style: ScalarStyle) -> Tree {
    if style != ScalarStyle::Plain {
        return Tree::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Tree::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "on" => Tree::Boolean(true),
        "false" | "False" | "FALSE" | "no" | "No" | "off" => Tree::Boolean(false),
        _ => match text.parse::<i64>() {
            Ok(number) => Tree::Integer(number),
            Err(_) if text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) => {
                text.parse::<f64>().map_or_else(|_| Tree::Text(text.to_owned()), Tree::Float)
            }
            Err(_) => Tree::Text(text.to_owned()),
        },
    }
}
