//! `crossdock send`, `receive` and `request` as whole programs, with a router and a broker that are whole programs too.
//!
//! * [`pages`]: the pages of the examples, command by command.
//! * [`tools`]: what the pages do not show.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without")]

mod page;
mod pages;
mod play;
mod process;
mod tools;

use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
