//! What both forms of a configuration file are read into: sections of untyped values, each with its line.

use crate::value::Value;

/// A section as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Section {
    /// Name as written.
    pub(crate) name: String,
    pub(crate) line: u32,
    pub(crate) attributes: Vec<Given>,
}

/// An attribute as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Given {
    /// Name as written.
    pub(crate) name: String,
    pub(crate) line: u32,
    pub(crate) value: Value,
}
