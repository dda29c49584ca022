//! From text to a tree of values in which each knows its line. YAML and JSON are one: every JSON text is a YAML text.

mod expand;
mod expression;
mod node;
mod yaml;

pub(crate) use expand::{Scope, expand_list, substitute};
pub use node::Place;
pub(crate) use node::{Entry, Node, Tree};
pub(crate) use yaml::parse;
