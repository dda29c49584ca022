//! What runs a mesh: the configuration of every router, and what starts it with systemd, compose or Kubernetes.
//!
//! ```text
//! sections.rs        mesh, router   -> sections with attributes
//! write.rs           sections       -> qdrouterd's form, or JSON
//! systemd.rs compose.rs kubernetes.rs
//! names.rs           ids            -> what files, units and hosts may be called
//! probe.rs           router         -> how one sees that it is well, what it needs
//! ```

mod compose;
mod kubernetes;
mod names;
mod probe;
mod sections;
mod systemd;
mod write;
mod yaml;

pub use names::Names;
pub use write::Form;

use crate::model::{Broker, Mesh, Router, is_this_machine};
pub(crate) use sections::{Place, Section, sections};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to the folder that is asked for, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What is wished for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The form of the configurations.
    pub form: Form,
    /// The image of containers; [`Options::is_image`] says what it may be.
    pub image: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { form: Form::default(), image: String::from("crossdock:latest") }
    }
}

impl Options {
    /// Whether a text can be the name of an image: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`.
    pub fn is_image(text: &str) -> bool {
        let is_allowed = |letter: u8| letter.is_ascii_alphanumeric() || b"._-/:@".contains(&letter);
        text.len() <= 512
            && text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && text.bytes().all(is_allowed)
    }
}

/// All files of a mesh: `routers/NAME` with hosts and ports of the topology and `systemd/` to run them, `containers/NAME` for
/// routers that find each other by name, `compose.yaml` and `kubernetes.yaml` to run those. NAME is that of [`Names`].
pub fn generate(mesh: &Mesh, options: &Options) -> Vec<File> {
    let work = Work { mesh, options, names: Names::new(mesh), name: names::slug(&mesh.name) };
    let mut files = Vec::new();
    for router in &mesh.routers {
        for (folder, place) in [("routers", Place::Hosts), ("containers", Place::Containers)] {
            let path = format!("{folder}/{}.{}", work.names.router(&router.id), work.extension());
            files.push(File { path, text: work.configuration(router, place) });
        }
    }
    files.extend(systemd::files(&work));
    files.push(File { path: String::from("compose.yaml"), text: compose::text(&work) });
    files.push(File { path: String::from("kubernetes.yaml"), text: kubernetes::text(&work) });
    files
}

/// What the files are made of.
struct Work<'a> {
    mesh: &'a Mesh,
    options: &'a Options,
    names: Names,
    /// The name of the mesh, as it is allowed everywhere.
    name: String,
}

impl Work<'_> {
    fn extension(&self) -> &'static str {
        self.options.form.extension()
    }

    fn configuration(&self, router: &Router, place: Place) -> String {
        write::write(&sections(self.mesh, router, place), self.options.form, &self.mesh.name)
    }

    /// Where a container finds the configuration of its router.
    fn mounted(&self) -> String {
        format!("/etc/crossdock/router.{}", self.extension())
    }

    /// What a container is started with to run a router.
    fn router_arguments(&self) -> Vec<String> {
        vec![String::from("run"), String::from("--config"), self.mounted()]
    }

    fn embedded(&self) -> impl Iterator<Item = &Broker> {
        self.mesh.brokers.iter().filter(|broker| broker.embedded)
    }

    /// What containers cannot do as the topology has it, in sentences.
    fn remarks(&self) -> Vec<String> {
        let outside = self.mesh.brokers.iter().filter(|broker| !broker.embedded && is_this_machine(&broker.host));
        let remark = |broker: &Broker| {
            format!("{} is at {}, which for a container is the container itself.", broker.id, broker.host)
        };
        outside.map(remark).collect()
    }
}

/// What the program is called with to run an embedded broker: the command and its arguments. It listens on `host`, or by
/// itself on 127.0.0.1.
pub fn broker_arguments(broker: &Broker, host: Option<&str>) -> Vec<String> {
    let mut arguments = vec![String::from("test-broker")];
    arguments.extend(host.map(|host| format!("--host={host}")));
    arguments.push(format!("--port={}", broker.port));
    arguments.push(format!("--container-id={}", broker.container));
    arguments.extend(broker.queues.iter().map(|queue| format!("--queue={queue}")));
    arguments
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
