//! What computing paths costs: milliseconds, least of several rounds.
//!
//! `cargo bench -p crossdock-linkstate`

#![allow(clippy::disallowed_methods, reason = "a measurement needs a clock")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use crossdock_linkstate::message::Peers;
use crossdock_linkstate::paths::Topology;
use crossdock_linkstate::{Cost, RouterId};

const ROUNDS: u32 = 20;

fn main() {
    for (routers, connections) in [(100, 400), (500, 2_000), (1_000, 4_000), (4_000, 16_000)] {
        let states = mesh(routers, connections);
        let own = RouterId::new("router-0000");
        println!("{routers} routers, {connections} connections");
        measure("graph and paths", ROUNDS, || Topology::new(black_box(&states)).routes(&own));
        let topology = Topology::new(&states);
        measure("paths alone", ROUNDS, || black_box(&topology).routes(&own));
        measure("valid origins", 3, || black_box(&topology).valid_origins(&own));
    }
}

/// A ring with chords, costs of 1 to 10.
fn mesh(routers: usize, connections: usize) -> BTreeMap<RouterId, Peers> {
    let ids: Vec<RouterId> = (0..routers).map(|number| RouterId::new(&format!("router-{number:04}"))).collect();
    let mut states: BTreeMap<RouterId, Peers> = ids.iter().map(|id| (id.clone(), Peers::new())).collect();
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut made = 0;
    while made < connections {
        let (a, b) = if made < routers { (made, (made + 1) % routers) } else { (random(routers), random(routers)) };
        let cost = Cost(1 + random(10) as u32);
        if a == b || states[&ids[a]].contains_key(&ids[b]) {
            continue;
        }
        for (from, to) in [(a, b), (b, a)] {
            if let Some(peers) = states.get_mut(&ids[from]) {
                peers.insert(ids[to].clone(), cost);
            }
        }
        made += 1;
    }
    states
}

fn measure<T>(name: &str, rounds: u32, mut work: impl FnMut() -> T) {
    let mut least = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        black_box(work());
        least = least.min(start.elapsed().as_secs_f64());
    }
    println!("  {name:<16} {:9.3} ms", least * 1e3);
}
