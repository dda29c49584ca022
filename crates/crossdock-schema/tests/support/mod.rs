//! Short ways to parse a text and to look at what came of it.

#![allow(dead_code, reason = "each test file uses a part")]

use crossdock_schema::{Configuration, parse};

/// Parses the line-oriented form; panics with the errors if there are any.
pub(crate) fn accepted(text: &str) -> Configuration {
    accepted_as("router.conf", text).0
}

/// Parses in the form the name selects; the configuration and the warnings as text.
pub(crate) fn accepted_as(name: &str, text: &str) -> (Configuration, Vec<String>) {
    match parse(name, text) {
        Ok((configuration, warnings)) => (configuration, warnings.iter().map(ToString::to_string).collect()),
        Err(errors) => panic!("{errors:#?}\n{text}"),
    }
}

/// The warnings of an accepted text in the line-oriented form.
pub(crate) fn warnings(text: &str) -> Vec<String> {
    accepted_as("router.conf", text).1
}

/// The errors of a refused text in the line-oriented form.
pub(crate) fn refused(text: &str) -> Vec<String> {
    refused_as("router.conf", text)
}

/// The errors of a refused text in the form the name selects.
pub(crate) fn refused_as(name: &str, text: &str) -> Vec<String> {
    match parse(name, text) {
        Ok((configuration, _)) => panic!("accepted: {configuration:?}\n{text}"),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// One section of the given attribute lines.
pub(crate) fn section(name: &str, lines: &[&str]) -> String {
    let mut text = format!("{name} {{\n");
    for line in lines {
        text.push_str(&format!("    {line}\n"));
    }
    text.push_str("}\n");
    text
}
