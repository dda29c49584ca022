//! What the tests share.

#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part; a test fails by panicking")]

use std::path::{Path, PathBuf};

use crossdock_topology::{Reading, read};

/// The folder `topologies` of the repository.
pub(crate) fn topologies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../topologies")
}

/// All topology files there.
pub(crate) fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(topologies()).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

/// Reads a topology file; its name in messages is the last part of its path.
pub(crate) fn load(path: &Path) -> Reading {
    let folder = path.parent().unwrap().to_owned();
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    read(&name, &mut |name| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string()), &[])
}

/// Reads a topology that stands in the test.
pub(crate) fn text(text: &str) -> Reading {
    read("mesh.yaml", &mut |_| Ok(text.to_owned()), &[])
}

/// One of the topologies of the repository, without errors.
pub(crate) fn topology(name: &str) -> crossdock_topology::Mesh {
    let reading = load(&topologies().join(format!("{name}.yaml")));
    assert!(!reading.has_errors(), "{:#?}", reading.diagnostics);
    reading.mesh
}
