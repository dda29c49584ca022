//! Worlds of fixed seeds. `crossdock-sim --random-forever` plays others.

use crossdock_sim::{Size, generate, play, try_seed};

fn all_end_well(seeds: std::ops::Range<u64>, size: Size) {
    for seed in seeds {
        if let Err(failure) = try_seed(seed, size) {
            panic!("{failure}");
        }
    }
}

#[test]
fn the_books_are_right_whatever_happens_to_one_router() {
    all_end_well(0..200, Size { routers: 1, steps: 100 });
}

#[test]
fn the_books_are_right_whatever_happens_to_a_few_routers() {
    all_end_well(1_000..1_400, Size { routers: 4, steps: 60 });
}

#[test]
fn the_books_are_right_whatever_happens_to_a_mesh() {
    all_end_well(5_000..5_040, Size { routers: 10, steps: 200 });
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let size = Size { routers: 4, steps: 60 };
    let traces: Vec<u64> = (0..5).map(|seed| play(seed, &generate(seed, size))).collect();
    for (seed, trace) in traces.iter().enumerate() {
        let seed = seed as u64;
        assert_eq!(play(seed, &generate(seed, size)), *trace, "seed {seed}");
    }
    assert!(traces.windows(2).all(|pair| pair[0] != pair[1]));
}
