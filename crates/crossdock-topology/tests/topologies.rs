//! The topologies of the repository.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use crossdock_topology::Code;

#[test]
fn every_topology_holds_together() {
    let files = support::files();
    assert!(files.len() >= 7, "{files:?}");
    for path in files {
        let reading = support::load(&path);
        let told: Vec<String> = reading
            .diagnostics
            .iter()
            // What the router does not do yet is no fault of the file.
            .filter(|diagnostic| diagnostic.code != Code::NotYet)
            .map(|diagnostic| {
                format!("{}: {} [{}]", reading.mesh.place(diagnostic.at), diagnostic.problem, diagnostic.code.as_str())
            })
            .collect();
        assert!(told.is_empty(), "{told:#?}");
        assert_eq!(path.file_stem().unwrap().to_str(), Some(&*reading.mesh.name), "a topology is called as its file");
    }
}
