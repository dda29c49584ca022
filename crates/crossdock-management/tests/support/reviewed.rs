//! Lists of differences that are meant: a recording, a place in it and the reason, with ` | ` between them.

use std::collections::{BTreeMap, BTreeSet};

/// What differs, by recording and place.
pub(crate) type Found = BTreeMap<(String, String), String>;

/// Everything that was found is in the list, and everything in the list was found.
pub(crate) fn judge(found: &Found, list: &str) {
    let reviewed: Vec<(&str, &str)> =
        list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(entry).collect();
    let mut unused: BTreeSet<&(&str, &str)> = reviewed.iter().collect();
    let mut unexpected = Vec::new();
    for ((name, path), what) in found {
        let fitting: Vec<_> = reviewed.iter().filter(|(file, place)| fits(file, name) && fits(place, path)).collect();
        if fitting.is_empty() {
            unexpected.push(format!("{name} | {path} | {what}"));
        }
        for entry in fitting {
            unused.remove(entry);
        }
    }
    assert!(unexpected.is_empty(), "not reviewed:\n{}", unexpected.join("\n"));
    assert!(unused.is_empty(), "reviewed, but not different: {unused:#?}");
}

fn entry(line: &str) -> (&str, &str) {
    let mut parts = line.splitn(3, " | ");
    let (file, path, reason) = (parts.next(), parts.next(), parts.next());
    assert!(reason.is_some_and(|reason| reason.len() > 10), "no reason: {line}");
    file.zip(path).expect("a recording and a place")
}

/// Whether a text is as the pattern says, in which a star stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| fits(after, rest)))),
    }
}
