//! The pages of `router-config/examples/iot` say what one sees. Here their commands are run, and what they print is compared.
//!
//! A block of a page that begins with ` ```console` is one command and what it prints, stdout and stderr together. It runs
//! to its end, with status 0, before the next one; unless a second word says otherwise:
//!
//! * `stays`: it goes on while the following blocks run. A router and a broker stay until the next one takes its place;
//!   others must have ended by then, with status 0. Its first line has come before the next block is run.
//! * `fails`: it ends with status 1.
//!
//! The pages name the usual ports; here they are of the system's choosing, in the configurations too. Nothing else is changed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::{page, play, root};

fn folder() -> PathBuf {
    root().join("router-config/examples/iot")
}

fn is_true(name: &str) {
    let page = page::Page::read(&folder().join(name));
    play::Stage::new(name).play(&page);
}

#[test]
fn the_page_of_telemetry_is_true() {
    is_true("telemetry.md");
}

#[test]
fn the_page_of_command_and_control_is_true() {
    is_true("command.md");
}

#[test]
fn the_page_of_enquiry_is_true() {
    is_true("enquiry.md");
}

#[test]
fn the_page_of_notification_is_true() {
    is_true("notification.md");
}

#[test]
fn no_page_is_left_out() {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let (pages, others): (BTreeSet<String>, BTreeSet<String>) = entries.partition(|name| name.ends_with(".md"));
    let expected = ["README.md", "command.md", "enquiry.md", "notification.md", "telemetry.md"].map(String::from);
    assert_eq!(pages, BTreeSet::from(expected));
    let text: String = pages.iter().map(|page| std::fs::read_to_string(folder().join(page)).unwrap()).collect();
    for configuration in others {
        let run = format!("$ crossdock run -c router-config/examples/iot/{configuration}\n");
        assert!(text.contains(&run), "no page runs {configuration}");
    }
}
