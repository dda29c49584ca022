//! What runs a mesh: the configuration of every router, and what starts it with systemd, compose or Kubernetes.
//!
//! ```text
//! sections.rs        mesh, router   -> sections with attributes
//! write.rs           sections       -> qdrouterd's form, or JSON
//! systemd.rs compose.rs kubernetes.rs
//! ```

mod compose;
mod kubernetes;
mod sections;
mod systemd;
mod write;

pub use write::Form;

use crate::model::Mesh;
pub(crate) use sections::{Place, Section, sections};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to the folder that is asked for, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// All files of a mesh: `routers/ID` with hosts and ports of the topology and `systemd/` to run them, `containers/ID` for
/// routers that find each other by name, `compose.yaml` and `kubernetes.yaml` to run those.
pub fn generate(mesh: &Mesh, form: Form) -> Vec<File> {
    let mut files = Vec::new();
    for router in &mesh.routers {
        for (folder, place) in [("routers", Place::Hosts), ("containers", Place::Containers)] {
            let text = write::write(&sections(mesh, router, place), form, &mesh.name);
            files.push(File { path: format!("{folder}/{}.{}", slug(&router.id), form.extension()), text });
        }
    }
    files.extend(systemd::files(mesh, form));
    files.push(File { path: String::from("compose.yaml"), text: compose::text(mesh, form) });
    files.push(File { path: String::from("kubernetes.yaml"), text: kubernetes::text(mesh, form) });
    files
}

/// A name as files, hosts and Kubernetes take it: small letters, digits and dashes.
pub(crate) fn slug(name: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let text: String = name.chars().map(letter).collect();
    let text = text.trim_matches('-');
    if text.is_empty() { String::from("mesh") } else { text.to_owned() }
}

/// Names that are in environment variables (`env:NAME`) of the connectors to brokers.
fn environment(mesh: &Mesh, router: &str) -> Vec<String> {
    let held = mesh.brokers.iter().filter(|broker| broker.routers.iter().any(|holder| holder == router));
    let passwords = held.filter_map(|broker| match broker.settings.value("saslPassword") {
        Some(crossdock_schema::Value::Text(text)) => text.strip_prefix("env:").map(str::to_owned),
        _ => None,
    });
    let mut names: Vec<String> = passwords.collect();
    names.sort();
    names.dedup();
    names
}
