//! Every file of every corpus is replayed through its target.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

fn replay(corpus: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(corpus);
    let mut replayed = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of the corpus") {
        let path = entry.expect("an entry of the folder").path();
        let data = std::fs::read(&path).expect("a file of the corpus");
        // Printed when the test fails: the last line names the file that did it.
        println!("{}", path.display());
        target(&data);
        replayed += 1;
    }
    assert!(replayed >= 10, "only {replayed} files in {}", folder.display());
}

#[test]
fn everything_found_about_connections_holds() {
    replay("connection", crossdock_fuzz::connection);
}

#[test]
fn everything_found_about_frames_holds() {
    replay("frames", crossdock_fuzz::frames);
}

#[test]
fn everything_found_about_management_holds() {
    replay("management", crossdock_fuzz::management);
}

#[test]
fn everything_found_about_neighbors_holds() {
    replay("neighbor", crossdock_fuzz::neighbor);
}

#[test]
fn everything_found_about_sasl_holds() {
    replay("sasl", crossdock_fuzz::sasl);
}
