//! A mesh of routers as one file: read, checked, planned, drawn, turned into configurations. No IO.
//!
//! A topology file says which routers there are, how they are connected, which brokers stand behind them, how addresses are
//! treated and who sends and receives what. [`read`] makes a [`Mesh`] of it and tells everything that is wrong, each with
//! file and line ([`Diagnostic`]). From the mesh follow
//!
//! * its paths, and what becomes of them when something fails: computed by the code of the routers themselves
//!   (`crossdock-linkstate`), so that the plan is what will happen;
//! * pictures;
//! * the configuration of each router.
//!
//! ```text
//! text/      text            -> tree of values with lines; variables and templates
//! format/    what may stand there, in tables, and the JSON Schema made from them
//! model/     tree            -> Mesh: typed, names resolved
//! check/     Mesh            -> diagnostics
//! network.rs, service.rs, plan/    who reaches whom, who serves what, which way
//! draw/      Mesh            -> SVG, DOT
//! generate/  Mesh            -> configurations, units, manifests
//! live/      Mesh, LiveMesh  -> what differs in the mesh that runs
//! apply/     Mesh, LiveMesh  -> steps that make it so
//! simulation/    what a simulation of the mesh is to do
//! ```
//!
//! Attributes of routers, listeners, connectors, addresses, auto links and link routes are those of
//! `router-config/schema.json`, checked by `crossdock-schema`.

pub mod apply;
mod check;
mod diagnostic;
pub mod draw;
mod format;
pub mod generate;
pub mod live;
mod model;
mod network;
pub mod plan;
mod sections;
mod service;
pub mod simulation;
mod source;
mod text;

pub use diagnostic::{Code, Diagnostic, Severity};
pub use format::json_schema;
pub use model::{
    Accepted, AddressRule, AutoLink, Broker, ClientClass, Connection, LayoutWish, LinkRoute, Listener, Member, Mesh,
    Router, Settings, Shard,
};
pub use network::{Network, Part, Path};
pub use sections::{Section, honoured_sections, sections, sections_to_json};
pub use service::{Service, Services, overlap};
pub use source::Load;
pub use text::Place;

/// A topology that was read, and what there is to say about it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The mesh; with errors it lacks what could not be understood.
    pub mesh: Mesh,
    /// In the order of files and lines, without accepted warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// Warnings the file accepts, and why.
    pub accepted: Vec<(Diagnostic, String)>,
}

impl Reading {
    /// Whether the mesh cannot be used.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Reads the topology file `main` and what it includes, and checks it. `set` overrules variables of the file.
pub fn read(main: &str, load: Load<'_>, set: &[(String, String)]) -> Reading {
    let mut diagnostics = diagnostic::Diagnostics::default();
    let (names, nodes) = source::read(main, load, &mut diagnostics);
    let mesh = if nodes.is_empty() {
        Mesh { files: names, ..Mesh::default() }
    } else {
        model::build(names, &nodes, set, &mut diagnostics)
    };
    check::check(&mesh, &mut diagnostics);
    let mut accepted = Vec::new();
    let mut open = Vec::new();
    for diagnostic in diagnostics.finish() {
        let acceptance = mesh.accepted.iter().find(|acceptance| {
            diagnostic.severity == Severity::Warning
                && acceptance.code == diagnostic.code
                && acceptance.about.as_deref().is_none_or(|about| diagnostic.problem.contains(about))
        });
        match acceptance {
            Some(acceptance) => accepted.push((diagnostic, acceptance.because.clone())),
            None => open.push(diagnostic),
        }
    }
    Reading { mesh, diagnostics: open, accepted }
}
