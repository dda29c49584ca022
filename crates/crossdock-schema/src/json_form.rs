//! The JSON form of a configuration file: a list of `["section", {attributes}]` pairs.

use crate::error::{Place, Report};
use crate::json::{self, Content, Node};
use crate::section::{Given, Section};
use crate::value::Value;

/// Reads the sections; what is not one is reported.
pub(crate) fn read_sections(text: &str, report: &mut Report<'_>) -> Vec<Section> {
    let document = match json::parse_document(text) {
        Ok(document) => document,
        Err(error) => {
            report.error(Place::line(error.line), error.problem);
            return Vec::new();
        }
    };
    let Content::List(items) = document.content else {
        report.error(Place::line(document.line), "the file must hold a list of [\"section\", {…}] pairs");
        return Vec::new();
    };
    items.into_iter().filter_map(|item| read_section(item, report)).collect()
}

fn read_section(item: Node, report: &mut Report<'_>) -> Option<Section> {
    let line = item.line;
    if let Content::List(pair) = item.content
        && let Ok([name, attributes]) = <[Node; 2]>::try_from(pair)
        && let (Content::Scalar(Value::Text(name)), Content::Map(members)) = (name.content, attributes.content)
    {
        let attributes = members
            .into_iter()
            .map(|member| Given { name: member.key, line: member.line, value: member.value.into_value() })
            .collect();
        return Some(Section { name, line, attributes });
    }
    report.error(Place::line(line), "a section must be a pair [\"section\", {…}]");
    None
}
