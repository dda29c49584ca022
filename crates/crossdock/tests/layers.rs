//! Which crate may use which: the borders that keep the protocol free of IO, checked on what cargo resolves.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The rows of the architecture, lowest first. A crate uses crates of lower rows only.
const ROWS: [&[&str]; 5] = [
    &["crossdock-amqp", "crossdock-schema"],
    &["crossdock-core", "crossdock-linkstate", "crossdock-management", "crossdock-policy"],
    &["crossdock-router", "crossdock-topology"],
    &["crossdock-net", "crossdock-sim"],
    // The program, and what tries the others out.
    &["crossdock", "crossdock-fuzz"],
];

/// In these rows there is no IO, no clock, no generator of random numbers and no thread.
const PURE_ROWS: usize = 3;

/// Whatever would bring such a thing in. Crates that bind a C library are called `-sys`.
const FORBIDDEN: [&str; 9] =
    ["tokio", "mio", "socket2", "rand", "rand_core", "getrandom", "async-std", "libc", "fe2o3-amqp"];

/// The workspace as `cargo metadata` tells it.
struct Workspace {
    root: PathBuf,
    /// Names of all members, and which members each of them uses, its tests left aside.
    members: BTreeMap<String, Vec<String>>,
}

impl Workspace {
    fn read() -> Self {
        let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version=1", "--no-deps"])).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let members = list(&metadata["packages"])
            .iter()
            .map(|package| {
                let dependencies = list(&package["dependencies"]);
                let uses =
                    dependencies.iter().filter(|one| one["kind"] != "dev").map(|one| text(&one["name"])).collect();
                (text(&package["name"]), uses)
            })
            .collect();
        Self { root: PathBuf::from(text(&metadata["workspace_root"])), members }
    }

    fn pure(&self) -> Vec<&String> {
        self.members.keys().filter(|name| row(name).is_some_and(|row| row < PURE_ROWS)).collect()
    }
}

fn row(name: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&name))
}

/// All packages that this one is built from, itself included. `cargo metadata` cannot tell: it counts optional
/// dependencies that a feature only mentions.
fn built_from(name: &str) -> BTreeSet<String> {
    let tree = cargo(&["tree", "--package", name, "--edges=normal", "--prefix=none", "--format={p}"]);
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    let output = command.args(arguments).arg("--offline").current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_crate_has_its_row_and_uses_crates_of_lower_rows_only() {
    let workspace = Workspace::read();
    assert!(workspace.members.len() >= 6, "{:?}", workspace.members);
    for (name, uses) in &workspace.members {
        let own = row(name).unwrap_or_else(|| panic!("{name} has no row in the architecture"));
        for used in uses {
            assert!(row(used).is_none_or(|below| below < own), "{name} uses {used}, which is not below it");
        }
    }
}

#[test]
fn nothing_below_the_shells_can_do_io_or_tell_the_time() {
    let workspace = Workspace::read();
    assert!(workspace.pure().len() >= 4);
    for name in workspace.pure() {
        for used in built_from(name) {
            let is_forbidden = FORBIDDEN.contains(&used.as_str()) || used.ends_with("-sys");
            assert!(!is_forbidden, "{name} uses {used}; see: cargo tree -p {name} -i {used}");
        }
    }
    // What is there is found.
    let shell = built_from("crossdock-net");
    for name in ["crossdock-amqp", "tokio", "mio", "socket2", "libc"] {
        assert!(shell.contains(name), "crossdock-net does not use {name}?");
    }
}

/// The nearest `clippy.toml` replaces the one at the root, so each of these crates repeats the list of what it must not call.
#[test]
fn all_pure_crates_forbid_the_same_calls() {
    let workspace = Workspace::read();
    let read = |folder: &Path| std::fs::read_to_string(folder.join("clippy.toml"));
    let crates = workspace.root.join("crates");
    let expected = read(&crates.join("crossdock-amqp")).unwrap();
    for call in ["Instant::now", "SystemTime::now", "thread::sleep", "thread::spawn"] {
        assert!(expected.contains(call), "{call} is allowed");
    }
    for name in workspace.pure() {
        let found = read(&crates.join(name)).unwrap_or_else(|error| panic!("{name} has no clippy.toml: {error}"));
        assert_eq!(found, expected, "{name}");
    }
}
