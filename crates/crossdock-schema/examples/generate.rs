//! Writes what is generated from `router-config/schema.json`: run it after every change of the schema.
//!
//! ```text
//! cargo run -p crossdock-schema --example generate
//! ```

#[path = "../generator/mod.rs"]
mod generator;

fn main() -> std::io::Result<()> {
    for (path, text) in generator::outputs() {
        std::fs::write(&path, text)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}
