//! What is checked in is what the generator makes of the topologies and the format.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../generator/mod.rs"]
mod generator;

#[test]
fn pictures_and_schema_are_fresh() {
    let outputs = generator::outputs().unwrap();
    assert!(outputs.len() >= 10);
    for (path, text) in outputs {
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(present == text, "{} is stale: run cargo run -p crossdock-topology --example generate", path.display());
    }
}
