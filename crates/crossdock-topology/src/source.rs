//! The files a topology consists of.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostics};
use crate::text::{Node, Place, Tree, parse};

/// A topology may consist of this many files.
const MAX_FILES: usize = 100;

/// Reads a file: its name in, its text or the reason out. Names of included files are put together from that of the file
/// they stand in.
pub type Load<'a> = &'a mut dyn FnMut(&str) -> Result<String, String>;

/// The main file and all that it includes, in that order, each once.
pub(crate) fn read(main: &str, load: Load<'_>, diagnostics: &mut Diagnostics) -> (Vec<String>, Vec<Node>) {
    let mut names: Vec<String> = Vec::new();
    let mut nodes = Vec::new();
    let mut seen = BTreeSet::from([main.to_owned()]);
    // Name, where it is asked for, and the files it is included by.
    let mut waiting = vec![(main.to_owned(), Place::default(), Vec::<String>::new())];
    while let Some((name, at, chain)) = waiting.pop() {
        let text = match load(&name) {
            Ok(text) => text,
            Err(reason) => {
                if names.is_empty() {
                    names.push(name.clone());
                }
                diagnostics.error(Code::Include, at, format!("'{name}' cannot be read: {reason}"));
                continue;
            }
        };
        let file = names.len();
        names.push(name.clone());
        let node = match parse(file, &text) {
            Ok(Some(node)) => node,
            Ok(None) => {
                diagnostics.error(Code::Syntax, Place { file, line: 0 }, "the file is empty");
                nodes.push(Node { at: Place { file, line: 0 }, tree: Tree::Map(Vec::new()) });
                continue;
            }
            Err((line, problem)) => {
                diagnostics.error(Code::Syntax, Place { file, line }, problem);
                nodes.push(Node { at: Place { file, line: 0 }, tree: Tree::Map(Vec::new()) });
                continue;
            }
        };
        let mut further = Vec::new();
        for (wanted, at) in includes(&node) {
            let path = beside(&name, &wanted);
            let mut chain = chain.clone();
            chain.push(name.clone());
            if chain.contains(&path) {
                diagnostics.error(Code::Include, at, format!("'{path}' includes itself"));
            } else if seen.insert(path.clone()) && seen.len() <= MAX_FILES {
                further.push((path, at, chain));
            }
        }
        waiting.extend(further.into_iter().rev());
        nodes.push(node);
    }
    (names, nodes)
}

fn includes(node: &Node) -> Vec<(String, Place)> {
    let Some(entry) = node.entry("include") else { return Vec::new() };
    let items = entry.node.items().unwrap_or(std::slice::from_ref(&entry.node));
    items.iter().filter_map(|item| item.text().map(|text| (text, item.at))).collect()
}

/// The name of a file as seen from the folder of another.
fn beside(file: &str, wanted: &str) -> String {
    match file.rsplit_once('/') {
        Some((folder, _)) if !wanted.starts_with('/') => format!("{folder}/{wanted}"),
        Some(_) | None => wanted.to_owned(),
    }
}
