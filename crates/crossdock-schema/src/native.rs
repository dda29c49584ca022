//! The line-oriented form of a configuration file.
//!
//! ```text
//! # comment
//! listener {                 opens a section
//!     host: 0.0.0.0          attribute; the value is the rest of the line, up to a '#'
//!     openProperties: {      attribute with a map as value: JSON up to the matching brace
//!         "team": "blue",
//!     }
//! }
//! ```
//!
//! Everything is decided line by line after trimming. A line that fits nowhere is reported and reading goes on, so that
//! one run shows all errors.

use std::collections::BTreeMap;

use crate::error::{Place, Report};
use crate::json::{self, Cursor, Dialect, shorten};
use crate::names::camel_case;
use crate::section::{Given, Section};
use crate::value::Value;

/// Attributes whose map is JSON. All others may hold nested `name: value` lines.
const JSON_ATTRIBUTES: [&str; 2] = ["groups", "openProperties"];

/// Attributes in which `#` means something, spelled exactly so: their value is the first word of the line.
const WORD_ATTRIBUTES: [&str; 3] = ["pattern", "bindingKey", "hostname"];

/// Maps nested deeper than this are refused.
const MAX_DEPTH: usize = 32;

/// Reads the sections; what is not one is reported.
pub(crate) fn read_sections(text: &str, report: &mut Report<'_>) -> Vec<Section> {
    let mut reader = Reader { cursor: Cursor::new(text), report, sections: Vec::new(), open: None };
    reader.run();
    reader.sections
}

/// What a line says.
enum Line<'a> {
    Blank,
    /// `word {`
    Open(&'a str),
    /// `word: {`, and what follows the brace.
    OpenMap(&'a str, &'a str),
    /// `word: value`
    Scalar(&'a str, &'a str),
    /// `}`
    Close,
    /// `word` alone
    Word(&'a str),
    /// `{` alone
    Brace,
    /// `word { something`
    Crammed(&'a str),
    Other,
}

struct Reader<'a, 'r, 'f> {
    cursor: Cursor<'a>,
    report: &'r mut Report<'f>,
    sections: Vec<Section>,
    open: Option<Section>,
}

impl<'a> Reader<'a, '_, '_> {
    fn run(&mut self) {
        // A word alone on a line, with its line: perhaps a section whose brace stands on the next one.
        let mut word_before: Option<(&'a str, u32)> = None;
        loop {
            let (start, line) = (self.cursor.clone(), self.cursor.line());
            let Some(text) = self.cursor.take_line() else { break };
            let text = text.trim();
            let said = classify(text);
            let lonely_word = if matches!(said, Line::Blank) { word_before } else { word_before.take() };
            if let Some((word, word_line)) = lonely_word
                && !matches!(said, Line::Blank | Line::Brace)
            {
                self.misfit(word_line, word);
            }
            match said {
                Line::Blank => {}
                Line::Open(name) => self.open_section(name, line),
                Line::OpenMap(name, _) if self.open.is_none() => {
                    self.report.error(
                        Place::section(line, name),
                        format!("a section opens with '{name} {{', without a colon"),
                    );
                    self.open_section(name, line);
                }
                Line::OpenMap(name, behind) => {
                    if let Some(value) = self.map(start, name, behind, line, 0) {
                        self.attribute(name, line, value);
                    }
                }
                Line::Scalar(name, value) => {
                    let entity = self.entity();
                    if let Some(value) = scalar(name, value, Place::attribute(line, &entity, name), self.report) {
                        self.attribute(name, line, value);
                    }
                }
                Line::Close => self.close_section(line),
                Line::Word(word) => word_before = Some((word, line)),
                Line::Brace => match lonely_word {
                    Some((word, _)) => {
                        let problem = format!("'{{' must stand on the same line as '{word}'");
                        self.report.error(Place::section(line, word), problem);
                        self.open_section(word, line);
                    }
                    None => self.misfit(line, text),
                },
                Line::Crammed(name) => {
                    let problem = "nothing may follow '{': write one attribute a line and '}' on a line of its own";
                    self.report.error(Place::section(line, name), problem);
                    if !text.ends_with('}') {
                        self.open_section(name, line);
                    }
                }
                Line::Other => self.misfit(line, text),
            }
        }
        if let Some((word, line)) = word_before {
            self.misfit(line, word);
        }
        if let Some(section) = self.open.take() {
            let place = Place::section(section.line, &section.name);
            self.report.error(place, "the section is not closed: '}' is missing");
            self.sections.push(section);
        }
    }

    fn entity(&self) -> String {
        self.open.as_ref().map(|section| section.name.clone()).unwrap_or_default()
    }

    fn misfit(&mut self, line: u32, text: &str) {
        let entity = self.entity();
        let problem = format!("'{}' is neither 'section {{', 'attribute: value' nor '}}'", shorten(text));
        self.report.error(Place::section(line, &entity), problem);
    }

    fn open_section(&mut self, name: &str, line: u32) {
        if let Some(section) = self.open.take() {
            let problem = format!("the section is not closed before '{name} {{' on line {line}: '}}' is missing");
            self.report.error(Place::section(section.line, &section.name), problem);
            self.sections.push(section);
        }
        self.open = Some(Section { name: name.to_owned(), line, attributes: Vec::new() });
    }

    fn close_section(&mut self, line: u32) {
        match self.open.take() {
            Some(section) => self.sections.push(section),
            None => self.report.error(Place::line(line), "'}' closes nothing"),
        }
    }

    fn attribute(&mut self, name: &str, line: u32, value: Value) {
        match &mut self.open {
            Some(section) => section.attributes.push(Given { name: name.to_owned(), line, value }),
            None => self.report.error(
                Place { line, entity: "", attribute: Some(name) },
                format!("attribute '{name}' stands outside of any section"),
            ),
        }
    }

    /// Reads a map. `start` is the beginning of the line `name: {`, `behind` what follows the brace; the cursor stands
    /// behind that line, and after this behind the line with the closing brace.
    fn map(&mut self, start: Cursor<'a>, name: &str, behind: &str, line: u32, depth: usize) -> Option<Value> {
        let mut brace = start;
        if let Some((before, _)) = brace.rest().split_once('{') {
            brace.skip(before);
        }
        let json = JSON_ATTRIBUTES.contains(&camel_case(name).as_str());
        if json && !self.is_unquoted_map(&brace) {
            return self.json_map(brace, name);
        }
        if cut_comment(behind).is_empty() {
            return Some(Value::Map(self.nested_map(name, line, depth)));
        }
        let entity = self.entity();
        let problem = format!("nothing may follow '{{' of the map '{name}'");
        self.report.error(Place::attribute(line, &entity, name), problem);
        None
    }

    /// Whether the first member of the map is `name: …` rather than `"name": …`.
    fn is_unquoted_map(&self, brace: &Cursor<'_>) -> bool {
        let mut ahead = brace.clone();
        ahead.skip("{");
        loop {
            let Some(text) = ahead.take_line() else { return false };
            match classify(text.trim()) {
                Line::Blank => {}
                Line::OpenMap(..) | Line::Scalar(..) => return true,
                Line::Open(_) | Line::Close | Line::Word(_) | Line::Brace | Line::Crammed(_) | Line::Other => {
                    return false;
                }
            }
        }
    }

    fn json_map(&mut self, brace: Cursor<'a>, name: &str) -> Option<Value> {
        let entity = self.entity();
        let mut end = brace.clone();
        match json::parse_value(&mut end, Dialect::Tolerant) {
            Ok(node) => {
                let line = end.line();
                let behind = end.take_line().unwrap_or_default();
                self.cursor = end;
                let behind = cut_comment(behind);
                if !behind.is_empty() {
                    let problem = format!("'{}' stands behind the end of the map '{name}'", shorten(behind));
                    self.report.error(Place::attribute(line, &entity, name), problem);
                }
                Some(node.into_value())
            }
            Err(error) => {
                let problem = format!("'{name}' is no JSON map: {}", error.problem);
                self.report.error(Place::attribute(error.line, &entity, name), problem);
                self.cursor = brace;
                self.skip_broken_map();
                None
            }
        }
    }

    /// Goes on behind the line where as many braces have been closed as opened, or at the end.
    fn skip_broken_map(&mut self) {
        let mut depth = 0_i64;
        while let Some(text) = self.cursor.take_line() {
            let text = cut_comment(text);
            let count = |brace: char| i64::try_from(text.matches(brace).count()).unwrap_or(i64::MAX);
            depth = depth.saturating_add(count('{')).saturating_sub(count('}'));
            if depth <= 0 {
                return;
            }
        }
    }

    /// Reads `name: value` lines up to the closing brace; all leaves are texts.
    fn nested_map(&mut self, name: &str, line: u32, depth: usize) -> BTreeMap<String, Value> {
        let entity = self.entity();
        let mut map = BTreeMap::new();
        if depth >= MAX_DEPTH {
            self.report
                .error(Place::attribute(line, &entity, name), format!("nested more than {MAX_DEPTH} levels deep"));
            return map;
        }
        loop {
            let (start, here) = (self.cursor.clone(), self.cursor.line());
            let Some(text) = self.cursor.take_line() else {
                let problem = format!("the map '{name}' is not closed: '}}' is missing");
                self.report.error(Place::attribute(line, &entity, name), problem);
                return map;
            };
            match classify(text.trim()) {
                Line::Blank => {}
                Line::Close => return map,
                Line::Scalar(key, value) => {
                    if let Some(value) = scalar(key, value, Place::attribute(here, &entity, name), self.report) {
                        map.insert(key.to_owned(), value);
                    }
                }
                Line::OpenMap(key, behind) => {
                    if let Some(value) = self.map(start, key, behind, here, depth + 1) {
                        map.insert(key.to_owned(), value);
                    }
                }
                Line::Open(_) | Line::Word(_) | Line::Brace | Line::Crammed(_) | Line::Other => {
                    self.misfit(here, text.trim())
                }
            }
        }
    }
}

fn classify(line: &str) -> Line<'_> {
    if line.is_empty() || line.starts_with('#') {
        return Line::Blank;
    }
    let dollars = line.len() - line.trim_start_matches('$').len();
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let end = line
        .char_indices()
        .skip(dollars)
        .find(|(_, letter)| !is_word(*letter))
        .map_or(line.len(), |(position, _)| position);
    let (word, behind) = line.split_at(end);
    let behind = behind.trim_start();
    if word.len() == dollars {
        return match cut_comment(line) {
            "}" => Line::Close,
            "{" => Line::Brace,
            _ => Line::Other,
        };
    }
    if let Some(value) = behind.strip_prefix(':') {
        let value = value.trim_start();
        return match value.strip_prefix('{') {
            Some(behind) => Line::OpenMap(word, behind),
            None => Line::Scalar(word, value),
        };
    }
    match behind.strip_prefix('{') {
        Some(behind) if dollars == 0 && cut_comment(behind).is_empty() => Line::Open(word),
        Some(_) => Line::Crammed(word),
        None if cut_comment(behind).is_empty() => Line::Word(word),
        None => Line::Other,
    }
}

/// The value of `name: text`, or nothing if there is none; reported then.
fn scalar(name: &str, text: &str, place: Place<'_>, report: &mut Report<'_>) -> Option<Value> {
    if text.starts_with('"') {
        return match json::parse_string(text) {
            Ok((value, behind)) if cut_comment(behind).is_empty() => Some(Value::Text(value)),
            Ok(_) => {
                report.error(place, format!("double quotes in '{name}' must enclose the whole value"));
                None
            }
            Err(problem) => {
                report.error(place, format!("'{name}': {problem}"));
                None
            }
        };
    }
    let text = if WORD_ATTRIBUTES.contains(&name) {
        let (word, behind) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        if !cut_comment(behind).is_empty() {
            report.warn(
                place,
                format!("the value of '{name}' ends at the first blank; '{}' is ignored", shorten(behind)),
            );
        }
        word
    } else {
        let value = cut_comment(text);
        if !value.is_empty() && text.get(value.len()..).is_some_and(|behind| behind.starts_with('#')) {
            let problem = format!(
                "'{name}' ends before '#', which begins a comment; write the value in double quotes to keep it"
            );
            report.warn(place, problem);
        }
        value
    };
    if text.is_empty() {
        report.error(place, format!("'{name}' has no value"));
        return None;
    }
    if text.contains('"') {
        report.error(place, format!("double quotes in '{name}' must enclose the whole value"));
        return None;
    }
    if !text.contains('\\') {
        return Some(Value::Text(text.to_owned()));
    }
    match json::parse_string(&format!("\"{text}\"")) {
        Ok((value, "")) => Some(Value::Text(value)),
        Ok(_) => None,
        Err(problem) => {
            report.error(place, format!("'{name}': {problem}; write a backslash as '\\\\'"));
            None
        }
    }
}

/// What stands before the first `#`, trimmed.
fn cut_comment(text: &str) -> &str {
    text.split_once('#').map_or(text, |(before, _)| before).trim()
}
