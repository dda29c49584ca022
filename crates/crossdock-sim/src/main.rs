//! `crossdock-sim`: plays the worlds of as many seeds as one likes.

use std::process::ExitCode;

use clap::Parser;
use crossdock_sim::{Size, generate, try_seed};

const EXAMPLES: &str = "\
Each seed makes a mesh of routers, clients, and a script of what happens to them: messages, cut and silent
connections, routers that die and start again. The machines are those of the router; clock, wires and order
of events are the seed's, so that a seed always gives the same run, byte for byte.

Examples:
  Worlds of up to five routers, until one breaks a rule or you press Ctrl-C:
      crossdock-sim --random-forever

  Again what a failure's report names:
      crossdock-sim --seed 4711 --seeds 1

  Larger worlds:
      crossdock-sim --routers 12 --steps 500 --seeds 1000

  What a seed does, as a list of steps:
      crossdock-sim --seed 4711 --show

A failure is printed as a test, to be pasted into crates/crossdock-sim/tests.
Exit status: 0 when all worlds ended well, 1 when one did not, 2 for a wrong command line.
";

/// Plays meshes of routers in memory and looks for anything that breaks a rule
#[derive(Debug, Parser)]
#[command(name = "crossdock-sim", version, after_help = EXAMPLES)]
struct Args {
    /// First seed
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// How many seeds, from the first on
    #[arg(long, value_name = "N", default_value_t = 200, conflicts_with = "random_forever")]
    seeds: u64,
    /// Seed after seed, until one fails; they begin at a random one unless --seed says where
    #[arg(long)]
    random_forever: bool,
    /// Routers of a world, at most
    #[arg(long, value_name = "N", default_value_t = 5)]
    routers: usize,
    /// Steps of a script, at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    steps: usize,
    /// Go on after a failure
    #[arg(long)]
    keep_going: bool,
    /// Print the script of the first seed and play nothing
    #[arg(long)]
    show: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let size = Size { routers: args.routers, steps: args.steps };
    if args.show {
        for step in generate(args.seed, size) {
            println!("{step:?}");
        }
        return ExitCode::SUCCESS;
    }
    let first = if args.random_forever && args.seed == 0 { random() } else { args.seed };
    let count = if args.random_forever { u64::MAX } else { args.seeds };
    println!("Seeds from {first} on, up to {} routers, up to {} steps", size.routers, size.steps);
    // A failure is reported once, in short, and not by each attempt to shorten it.
    std::panic::set_hook(Box::new(|_| {}));
    let (mut played, mut failed) = (0_u64, 0_u64);
    for seed in (0..count).map(|n| first.wrapping_add(n)) {
        if let Err(failure) = try_seed(seed, size) {
            failed += 1;
            println!("\n{failure}\n");
            println!(
                "Again: crossdock-sim --routers {} --steps {} --seed {seed} --seeds 1\n",
                size.routers, size.steps
            );
        }
        played += 1;
        if played.is_multiple_of(100) {
            println!("{played} worlds, {failed} failed; last seed {seed}");
        }
        if failed > 0 && !args.keep_going {
            break;
        }
    }
    println!("{played} worlds, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The only thing here that does not follow from a seed: the first seed. It is printed.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish() >> 16
}
