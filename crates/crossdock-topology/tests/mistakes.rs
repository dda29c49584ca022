//! Each file in `tests/mistakes` has a mistake, and says at its end what is to be told about it: line, severity, code and
//! the beginning of the text.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};

use crossdock_topology::Code;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What is told, in the form of the expectations. What the router does not do yet is no mistake.
fn told(path: &Path) -> Vec<String> {
    let reading = support::load(path);
    let diagnostics = reading.diagnostics.iter().filter(|diagnostic| diagnostic.code != Code::NotYet);
    let line = |diagnostic: &crossdock_topology::Diagnostic| {
        let (severity, code) = (diagnostic.severity.as_str(), diagnostic.code.as_str());
        format!("{} {severity} {code}: {}", diagnostic.at.line, diagnostic.problem)
    };
    diagnostics.map(line).collect()
}

#[test]
fn each_mistake_is_found_at_its_line_and_nothing_else_is_told() {
    let files = files();
    assert!(files.len() >= 30, "{}", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# expect: ")).collect();
        assert!(!expected.is_empty(), "{}", path.display());
        let told = told(&path);
        let mut unexpected = told.clone();
        unexpected.retain(|told| match expected.iter().position(|one| told.starts_with(one) || contains(told, one)) {
            Some(found) => {
                expected.remove(found);
                false
            }
            None => true,
        });
        if !expected.is_empty() || !unexpected.is_empty() {
            wrong.push(format!("{}\n  missing: {expected:#?}\n  too much: {unexpected:#?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same line, severity and code, and the text in it.
fn contains(told: &str, expected: &str) -> bool {
    let split = |text: &str| text.split_once(": ").map(|(head, text)| (head.to_owned(), text.to_owned()));
    match (split(told), split(expected)) {
        (Some((head, text)), Some((expected_head, part))) => head == expected_head && text.contains(&part),
        _ => false,
    }
}

#[test]
fn every_rule_has_its_mistake() {
    let all: String = files().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for code in Code::ALL.iter().filter(|code| **code != Code::NotYet) {
        assert!(all.contains(&format!(" {}: ", code.as_str())), "no file has the mistake {}", code.as_str());
    }
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once() {
    let reading = support::text(
        "routers:\n  - {id: a, prot: 1}\n  - {id: b}\nconnections:\n  - {from: b, to: x}\n  - {from: y, to: a}\nclients:\n  - \
         {name: c, routers: a, send: nowhere}\n",
    );
    let codes: Vec<(u32, &str)> =
        reading.diagnostics.iter().map(|diagnostic| (diagnostic.at.line, diagnostic.code.as_str())).collect();
    for expected in [
        (2, "unknown-key"),
        (5, "unknown-router"),
        (6, "unknown-router"),
        (8, "nobody-serves"),
        (8, "no-client-listener"),
    ] {
        assert!(codes.contains(&expected), "{expected:?} is not in {codes:?}");
    }
}

#[test]
fn an_accepted_warning_is_set_aside_with_its_reason() {
    let square = "routers:\n  - {id: \"r${n}\", count: 4, listeners: [{port: \"${5670 + n}\", role: inter-router}]}\nconnections:\n  \
                  - {from: \"r${n}\", to: \"r${n % 4 + 1}\", count: 4}\n";
    assert_eq!(support::text(square).diagnostics.len(), 1);
    let accepted =
        format!("{square}accept:\n  - {{warning: equal-cost, about: \"'r1' to 'r3'\", because: it does not matter}}\n");
    let reading = support::text(&accepted);
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    assert_eq!(reading.accepted.len(), 1);
    let about_others =
        format!("{square}accept:\n  - {{warning: equal-cost, about: r7, because: it does not matter}}\n");
    assert_eq!(support::text(&about_others).diagnostics.len(), 1);
}
