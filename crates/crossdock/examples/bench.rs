//! The load generator alone, for measuring other servers while the router is under construction.

use clap::Parser;
use std::process::ExitCode;

#[path = "../src/bench/mod.rs"]
mod bench;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: bench::Args,
}

fn main() -> ExitCode {
    bench::main(&Command::parse().args)
}
