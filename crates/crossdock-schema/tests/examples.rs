//! Every example of `router-config/examples` loads.

#![allow(clippy::expect_used, reason = "what a test cannot do without")]

mod support;

use std::path::{Path, PathBuf};

use support::accepted_as;

fn examples() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../router-config/examples")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("examples") {
            let path = entry.expect("an entry").path();
            match path.extension().and_then(|extension| extension.to_str()) {
                None => folders.push(path),
                Some("conf" | "json") => files.push(path),
                Some(_) => {}
            }
        }
    }
    files.sort();
    files
}

fn load(path: &Path) -> (crossdock_schema::Configuration, Vec<String>) {
    accepted_as(&path.display().to_string(), &std::fs::read_to_string(path).expect("a text"))
}

#[test]
fn every_example_loads() {
    let files = examples();
    assert!(files.len() >= 15, "{files:?}");
    for path in files {
        let (configuration, warnings) = load(&path);
        assert!(!configuration.listeners.is_empty(), "{}", path.display());
        // The one with old spellings shows that they are still taken.
        assert_eq!(warnings.is_empty(), !path.ends_with("scripts.conf"), "{}: {warnings:?}", path.display());
    }
}

#[test]
fn the_example_in_both_forms_says_the_same() {
    let find = |name: &str| examples().into_iter().find(|path| path.ends_with(name)).expect("the example");
    let (native, json) = (load(&find("distributions.conf")).0, load(&find("distributions.json")).0);
    let addresses = |configuration: &crossdock_schema::Configuration| {
        configuration.addresses.iter().map(|located| located.value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(addresses(&native), addresses(&json));
    assert_eq!((native.router, native.listeners[0].value.port.as_str()), (json.router, "5672"));
}
