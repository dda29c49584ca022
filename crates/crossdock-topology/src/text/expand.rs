//! Templates: variables are filled in, and an item with a `count` becomes that many.

use std::collections::BTreeMap;

use super::expression::fill;
use super::node::{Entry, Node, Tree};
use crate::diagnostic::{Code, Diagnostics};

/// An item may be repeated this often.
const MAX_COUNT: i64 = 10_000;

/// The variables that can be seen from somewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope(BTreeMap<String, String>);

impl Scope {
    /// Adds the variables of a `vars` map; they may use those that were there. What is there already is overruled.
    pub(crate) fn extend(&mut self, vars: &Node, diagnostics: &mut Diagnostics) {
        let Tree::Map(entries) = &vars.tree else {
            let problem = format!("'vars' is {}; a map of names and values is needed", vars.kind());
            diagnostics.error(Code::WrongType, vars.at, problem);
            return;
        };
        for Entry { key, node, .. } in entries {
            let filled = substitute(node, self, diagnostics);
            match filled.text() {
                Some(text) => drop(self.0.insert(key.clone(), text)),
                None => {
                    let problem = format!("the variable '{key}' is {}; a text or number is needed", node.kind());
                    diagnostics.error(Code::WrongType, node.at, problem);
                }
            }
        }
    }

    /// Adds what is not there yet.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }
}

/// The tree with all variables filled in.
pub(crate) fn substitute(node: &Node, scope: &Scope, diagnostics: &mut Diagnostics) -> Node {
    let tree = match &node.tree {
        Tree::Text(text) if text.contains('$') => match fill(text, &scope.0) {
            Ok((filled, true)) => filled.parse().map_or(Tree::Text(filled), Tree::Integer),
            Ok((filled, false)) => Tree::Text(filled),
            Err(problem) => {
                diagnostics.error(Code::Template, node.at, problem);
                Tree::Null
            }
        },
        Tree::List(items) => Tree::List(expand_list(items, scope, diagnostics)),
        Tree::Map(entries) => {
            // A map with variables of its own: they hold for what is in it.
            let inner = match node.entry("vars") {
                Some(vars) => {
                    let mut inner = scope.clone();
                    inner.extend(&vars.node, diagnostics);
                    Some(inner)
                }
                None => None,
            };
            let scope = inner.as_ref().unwrap_or(scope);
            let fill_in = |entry: &Entry| Entry {
                key: entry.key.clone(),
                at: entry.at,
                node: if entry.key == "vars" {
                    entry.node.clone()
                } else {
                    substitute(&entry.node, scope, diagnostics)
                },
            };
            Tree::Map(entries.iter().map(fill_in).collect())
        }
        Tree::Null | Tree::Boolean(_) | Tree::Integer(_) | Tree::Float(_) | Tree::Text(_) => node.tree.clone(),
    };
    Node { at: node.at, tree }
}

/// The items of a list with their variables filled in, each as often as its `count` says. There `n` is 1, 2, … or begins
/// where `first` says.
pub(crate) fn expand_list(items: &[Node], scope: &Scope, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let mut out = Vec::new();
    for item in items {
        let Some(count) = item.entry("count") else {
            out.push(substitute(item, scope, diagnostics));
            continue;
        };
        let mut number = |key: &str, default: i64| match item.entry(key) {
            None => Some(default),
            Some(entry) => {
                let filled = substitute(&entry.node, scope, diagnostics);
                if let Tree::Integer(number) = filled.tree {
                    return Some(number);
                }
                diagnostics.error(Code::WrongType, entry.at, format!("'{key}' must be a whole number"));
                None
            }
        };
        let (Some(many), Some(first)) = (number("count", 1), number("first", 1)) else { continue };
        if !(0..=MAX_COUNT).contains(&many) {
            diagnostics.error(Code::Template, count.at, format!("'count' is {many}; allowed are 0 to {MAX_COUNT}"));
            continue;
        }
        let template = Node {
            at: item.at,
            tree: Tree::Map(
                item.entries().iter().filter(|entry| !matches!(&*entry.key, "count" | "first")).cloned().collect(),
            ),
        };
        for step in 0..many {
            let mut scope = scope.clone();
            scope.set("n", first.saturating_add(step).to_string());
            out.push(substitute(&template, &scope, diagnostics));
        }
    }
    out
}
