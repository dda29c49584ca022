//! What is checked in is what the generator makes of `router-config/schema.json`.

#[path = "../generator/mod.rs"]
mod generator;

#[test]
fn generated_files_are_fresh() {
    for (path, text) in generator::outputs() {
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(present == text, "{} is stale: run cargo run -p crossdock-schema --example generate", path.display());
    }
}
