//! `crossdock stat` and `crossdock manage` as whole programs, against a router that answers what a test tells it to.
//!
//! The captures hold what routers answered to qdstat and qdmanage 1.19.0, and what these printed.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without")]

mod captures;
mod failures;
mod paging;
mod requests;
mod router;
mod views;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_crossdock");

/// What a run of the program came to.
#[derive(Debug, PartialEq)]
struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Runs the program under this name, with text on its stdin.
fn run_as(name: &str, arguments: &[&str], stdin: &str) -> Ran {
    use std::io::Write;
    use std::os::unix::process::CommandExt;
    let mut child = Command::new(PROGRAM)
        .arg0(name)
        .args(arguments)
        .env("TZ", "UTC")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Ran {
        status: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// Runs `crossdock` with these arguments.
fn run(arguments: &[&str]) -> Ran {
    run_as("crossdock", arguments, "")
}

/// The captures of management.
fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures/management")
}
