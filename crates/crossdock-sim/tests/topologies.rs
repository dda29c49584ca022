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
    for name in names().into_iter().filter(|name| name != "ring-100") {
        let report = play(&mesh(&name), 1, 2_000, &[]);
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
    for name in names().into_iter().filter(|name| name != "ring-100") {
        let mesh = mesh(&name);
        let mut rehearsal = Rehearsal::of(&mesh);
        rehearsal.simulation.length = Some(8_000);
        rehearsal.simulation.faults = None;
        rehearsal.simulation.loads = Vec::new();
        let report = rehearsal.play(2, &mut |_| ()).unwrap();
        assert!(report.is_sound(), "{report}");
        assert!(report.slowest_convergence().is_some(), "{report}");
    }
}

#[test]
fn the_same_seed_gives_the_same_report_and_another_seed_another() {
    let mesh = mesh("iot-gateway");
    let faults = ["at 500ms kill any router for 1s", "every 1s cut any connection for 500ms"];
    let reports = [7, 7, 8].map(|seed| play(&mesh, seed, 3_000, &faults));
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0].to_json().to_string(), reports[1].to_json().to_string());
    assert_ne!(reports[0].trace, reports[2].trace);
}

#[test]
fn routers_agree_soon_after_a_router_dies_and_the_report_says_which_routes_changed() {
    let mesh = mesh("triangle");
    let report = play(&mesh, 1, 4_000, &["at 1s cut dock-1-dock-2 for 1s"]);
    assert!(report.is_sound(), "{report}");
    let [cut, mended] = &report.incidents[..] else { panic!("{report}") };
    assert!(cut.agreed.is_some_and(|millis| millis < 1_000), "{report}");
    let ends: Vec<(&str, &str)> = cut.changes.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
    assert_eq!(ends, [("dock-1", "dock-2"), ("dock-2", "dock-1")]);
    let by = |side: &Option<(String, u64)>| side.as_ref().map(|(next, _)| next.clone());
    assert_eq!(by(&cut.changes[0].before).as_deref(), Some("dock-2"));
    assert_eq!(by(&cut.changes[0].after).as_deref(), Some("dock-3"));
    assert_eq!(mended.what, "restore connection dock-1-dock-2");
}

#[test]
fn what_a_broker_rejects_or_does_not_answer_is_told_and_nothing_is_lost() {
    let mesh = mesh("hub-and-spoke");
    let faults = ["at 500ms broker ledger rejects for 500ms", "at 2s kill broker ledger for 1s"];
    let report = play(&mesh, 1, 4_000, &faults);
    assert!(report.is_sound(), "{report}");
    let sales = report.flows.iter().find(|flow| flow.address == "sales").unwrap().outcomes;
    assert!(sales.rejected > 0 && sales.released + sales.modified > 0, "{report}");
    assert_eq!((sales.delivered, sales.lost, sales.doubled), (sales.accepted, 0, 0), "{report}");
}

#[test]
fn what_breaks_a_guarantee_is_reported_with_its_time_and_words_and_what_was_counted_until_then() {
    let mesh = mesh("triangle");
    let mut rehearsal = Rehearsal::of(&mesh);
    rehearsal.simulation.length = Some(4_000);
    let report = rehearsal.play(3, &mut |now| assert!(now.millis < 2_000, "this went wrong")).unwrap();
    assert!(!report.is_sound());
    let breach = report.breach.as_ref().unwrap();
    assert!((2_000..4_000).contains(&breach.millis) && breach.what.contains("this went wrong"), "{breach:?}");
    let text = report.to_string();
    assert!(text.contains("A GUARANTEE WAS BROKEN at 2") && text.contains("seed 3"), "{text}");
    assert!(report.flows.iter().any(|flow| flow.outcomes.accepted > 0), "{text}");
}
