//! A little world: one router, some clients, and scripts of what the clients do, in whatever order a seed says.
//!
//! After each script everybody finishes, and the books must be right: each unsettled delivery has one outcome, the one its
//! receiver gave it; nothing comes twice, changed or out of order; credit is all back; and when everybody has left, nothing
//! is left.
//!
//! `CROSSDOCK_SEEDS=20000 CROSSDOCK_FIRST_SEED=5000 cargo test --release --test world` runs more. A seed that breaks
//! something prints the shortest script found that does; it goes into [`regressions`].

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::wildcard_enum_match_arm, reason = "what a test does not name, it does not expect")]

mod ending;
mod model;
mod news;
mod regressions;
mod script;
#[path = "../support/mod.rs"]
mod support;
#[allow(clippy::module_inception, reason = "the world of this test")]
mod world;

use script::Op;
use std::panic::{AssertUnwindSafe, catch_unwind};
use world::World;

/// Runs a script and what follows it. Returns the hash of all that went over the wires.
fn play(seed: u64, script: &[Op]) -> u64 {
    let mut world = World::new(seed);
    for op in script {
        world.apply(op);
    }
    world.finish(seed);
    world.net.trace
}

fn outcome(seed: u64, script: &[Op]) -> Result<u64, String> {
    catch_unwind(AssertUnwindSafe(|| play(seed, script))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).into())).unwrap_or_default()
    })
}

/// Takes out of a failing script what is not needed to fail.
fn shrink(seed: u64, mut script: Vec<Op>) -> Vec<Op> {
    let mut chunk = script.len() / 2;
    while chunk > 0 {
        let mut at = 0;
        while at < script.len() {
            let mut shorter = script.clone();
            shorter.drain(at..(at + chunk).min(script.len()));
            if outcome(seed, &shorter).is_err() {
                script = shorter;
            } else {
                at += chunk;
            }
        }
        chunk /= 2;
    }
    script
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn the_books_are_right_whatever_happens() {
    let first = number("CROSSDOCK_FIRST_SEED").unwrap_or(0);
    let count = number("CROSSDOCK_SEEDS").unwrap_or(300);
    let mut failures = 0;
    for seed in first..first + count {
        let script = script::generate(seed);
        let Err(first_failure) = outcome(seed, &script) else { continue };
        failures += 1;
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let short = shrink(seed, script);
        let failure = outcome(seed, &short).unwrap_err();
        std::panic::set_hook(hook);
        println!("seed {seed}: {first_failure}\nin short: {failure}\nplay({seed}, &{short:?});\n");
        if failures >= 5 {
            break;
        }
    }
    assert_eq!(failures, 0, "seeds failed");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for seed in 0..20 {
        let script = script::generate(seed);
        assert_eq!(outcome(seed, &script), outcome(seed, &script), "seed {seed}");
    }
}
