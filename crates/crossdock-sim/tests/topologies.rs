//! The topologies of the repository, played with a small load.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without")]

use crossdock_sim::rehearsal::{Rehearsal, Report};
use crossdock_topology::simulation::Fault;
use crossdock_topology::{Mesh, read};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../topologies")
}

fn mesh(name: &str) -> Mesh {
    let load = &mut |name: &str| std::fs::read_to_string(folder().join(name)).map_err(|error| error.to_string());
    let reading = read(&format!("{name}.yaml"), load, &[]);
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    reading.mesh
}

/// Plays a mesh for so long, with these faults instead of its own.
fn play(mesh: &Mesh, seed: u64, millis: u64, faults: &[&str]) -> Report {
    let mut rehearsal = Rehearsal::of(mesh);
    rehearsal.simulation.length = Some(millis);
    rehearsal.simulation.loads = Vec::new();
    rehearsal.simulation.faults = Some(faults.iter().map(|text| Fault::parse(mesh, text).unwrap()).collect());
    rehearsal.play(seed, &mut |_| ()).unwrap()
}

/// Every topology file.
fn names() -> Vec<String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned)).collect();
    names.sort();
    names
}

#[test]
fn every_topology_delivers_everything_while_nothing_breaks() {
    for name in names() {
        let report = play(&mesh(&name), 1, 2_000, &[]);
        println!("{report}");
        assert!(report.is_sound(), "{report}");
        assert!(!report.flows.is_empty(), "{report}");
        for flow in &report.flows {
            let all = flow.outcomes;
            assert!(all.sent > 0 && (all.accepted, all.delivered) == (all.sent, all.sent), "{report}");
        }
    }
}

#[test]
fn every_topology_survives_the_default_fault() {
    for name in names() {
        let mesh = mesh(&name);
        let mut rehearsal = Rehearsal::of(&mesh);
        rehearsal.simulation.length = Some(8_000);
        rehearsal.simulation.faults = None;
        rehearsal.simulation.loads = Vec::new();
        let report = rehearsal.play(2, &mut |_| ()).unwrap();
        println!("{report}");
        assert!(report.is_sound(), "{report}");
        assert!(report.slowest_convergence().is_some(), "{report}");
    }
}
