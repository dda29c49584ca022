//! Writes what follows from the topologies and the format: `topologies/*.svg` and `topologies/schema.json`.
//!
//! `cargo run -p crossdock-topology --example generate`

#[path = "../generator/mod.rs"]
mod generator;

fn main() -> std::io::Result<()> {
    for (path, text) in generator::outputs()? {
        std::fs::write(&path, text)?;
        println!("{}", path.display());
    }
    Ok(())
}
