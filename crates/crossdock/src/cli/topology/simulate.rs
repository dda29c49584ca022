//! `crossdock topology simulate`: the mesh in memory, with load and faults, on a seeded clock.

use std::io::{IsTerminal, Write, stderr};
use std::process::ExitCode;
use std::thread;

use clap::Args;
use crossdock_sim::rehearsal::{Outcomes, Progress, Rehearsal, Report, hush_panics};
use crossdock_topology::Mesh;
use crossdock_topology::simulation::{Fault, Load, parse_span, write_span};
use serde_json::json;

use super::read::{mesh, usage};
use super::{FileArgs, write_out};
use crate::cli::paint::Paint;

const EXAMPLES: &str = "\
The routers are those that ship, with the configurations that 'generate' writes; only clock, wires, brokers and clients are
simulated. The same seed gives the same run, byte for byte. All the while the rules are checked: nothing comes twice, changed
or from nowhere, each sender is told what its receiver said, no credit is lost, what a broker accepted is in its queue or was
consumed, and all paths are the cheapest.

Examples:
  A little of everything that the clients send, while the router in the middle dies for a while (or what the section
  'simulation' of the file says):
      crossdock topology simulate topologies/iot-gateway.yaml

  Other faults, one after the other; times count from the beginning of the load:
      crossdock topology simulate mesh.yaml --for 60s --fault 'at 5s kill router east-2 for 10s' \\
          --fault 'at 30s silence east-1-west-1 for 20s' --fault 'every 10s kill any broker for 2s'
      crossdock topology simulate mesh.yaml --fault none

  More load:
      crossdock topology simulate mesh.yaml --load 'clients=devices address=event rate=500 size=1000 number=40'

  As many seeds as one likes, until one breaks a rule:
      crossdock topology simulate mesh.yaml --seeds 1..200 --fault 'every 5s cut any connection for 2s'

  For scripts:
      crossdock topology simulate mesh.yaml --json | jq '.flows[] | select(.outcomes.lost > 0)'

Faults: at TIME or every TIME (at random); kill, restart [router|broker] NAME; cut, silence, restore FROM-TO; slow FROM-TO to
TIME; broker NAME accepts, rejects, releases or stalls; 'any router', 'any connection', 'any broker' instead of a name; 'for
TIME' mends it again.

Exit status: 0 when all rules held, 1 when one was broken or the file has errors, 2 for a wrong command line.";

/// Play the mesh with load and faults on a simulated clock, and tell what came of it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SimulateArgs {
    #[command(flatten)]
    file: FileArgs,
    /// The seed that decides whatever is left to chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Play all these seeds, both ends included, until one breaks something
    #[arg(long, value_name = "N..M", value_parser = seeds, conflicts_with = "seed")]
    seeds: Option<(u64, u64)>,
    /// How long the load runs, in simulated time, for example 60s
    #[arg(long = "for", value_name = "TIME", value_parser = span)]
    length: Option<u64>,
    /// How long bytes travel over each connection, for example 5ms
    #[arg(long, value_name = "TIME", value_parser = span)]
    delay: Option<u64>,
    /// What a class sends, instead of the loads of the file; may be given several times
    #[arg(long, value_name = "KEY=VALUE …")]
    load: Vec<String>,
    /// What breaks and when, instead of the faults of the file, or 'none'; may be given several times
    #[arg(long, value_name = "FAULT")]
    fault: Vec<String>,
    /// Write one JSON object to stdout instead of text; with --seeds one for each seed, a line each
    #[arg(long)]
    json: bool,
}

fn span(text: &str) -> Result<u64, String> {
    parse_span(text).ok_or_else(|| String::from("write 5s, 250ms or 2m"))
}

fn seeds(text: &str) -> Result<(u64, u64), String> {
    let ends = text.split_once("..").and_then(|(from, to)| {
        let to = to.strip_prefix('=').unwrap_or(to);
        Some((from.parse().ok()?, to.parse().ok()?))
    });
    ends.filter(|(from, to)| from <= to).ok_or_else(|| String::from("write FIRST..LAST, for example 1..100"))
}

/// Runs the command.
pub(super) fn run(args: &SimulateArgs) -> ExitCode {
    let mesh = match mesh(&args.file) {
        Ok(mesh) => mesh,
        Err(status) => return status,
    };
    let rehearsal = match rehearsal(args, &mesh) {
        Ok(rehearsal) => rehearsal,
        Err(problem) => return usage(&problem),
    };
    hush_panics();
    let played = match args.seeds {
        None => one(args, &rehearsal),
        Some((from, to)) => many(args, &rehearsal, from, to),
    };
    match played {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{}: {problem}", Paint::on(&stderr()).red("error"));
            ExitCode::FAILURE
        }
    }
}

/// What the file says, overruled by the command line.
fn rehearsal<'m>(args: &SimulateArgs, mesh: &'m Mesh) -> Result<Rehearsal<'m>, String> {
    let mut rehearsal = Rehearsal::of(mesh);
    let simulation = &mut rehearsal.simulation;
    simulation.length = args.length.or(simulation.length);
    simulation.delay = args.delay.or(simulation.delay);
    if !args.load.is_empty() {
        simulation.loads = args.load.iter().map(|text| Load::parse(mesh, text)).collect::<Result<_, _>>()?;
    }
    if !args.fault.is_empty() {
        let given = args.fault.iter().filter(|text| *text != "none");
        simulation.faults = Some(given.map(|text| Fault::parse(mesh, text)).collect::<Result<_, _>>()?);
    }
    Ok(rehearsal)
}

fn one(args: &SimulateArgs, rehearsal: &Rehearsal<'_>) -> Result<bool, String> {
    let is_watched = stderr().is_terminal();
    let mut tell = |progress: Progress| {
        if is_watched {
            let Progress { millis, length, messages } = progress;
            let (now, all) = (write_span(millis / 100 * 100), write_span(length));
            eprint!("\r\x1b[K{now} of {all} simulated, {messages} messages");
            let _ = stderr().flush();
        }
    };
    let report = rehearsal.play(args.seed, &mut tell)?;
    if is_watched {
        eprint!("\r\x1b[K");
    }
    if args.json {
        write_out(&format!("{:#}\n", report.to_json()));
    } else {
        write_out(&report.to_string());
        if !report.is_sound() {
            write_out(&format!("Again: {}\n", again(args, report.seed)));
        }
    }
    Ok(report.is_sound())
}

/// Seed after seed, several at a time, told in their order.
fn many(args: &SimulateArgs, rehearsal: &Rehearsal<'_>, from: u64, to: u64) -> Result<bool, String> {
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    let (mut next, mut played, mut all, mut slowest) = (from, 0_u64, Outcomes::default(), Some(0));
    while next <= to {
        let last = to.min(next.saturating_add(threads - 1));
        let reports = thread::scope(|scope| {
            let running: Vec<_> =
                (next..=last).map(|seed| scope.spawn(move || rehearsal.play(seed, &mut |_| ()))).collect();
            let join = |one: thread::ScopedJoinHandle<'_, Result<Report, String>>| {
                one.join().unwrap_or_else(|_| Err(String::from("a simulation ended without a report")))
            };
            running.into_iter().map(join).collect::<Result<Vec<Report>, String>>()
        })?;
        for report in reports {
            played += 1;
            let mut own = Outcomes::default();
            report.flows.iter().for_each(|flow| own.add(&flow.outcomes));
            all.add(&own);
            let convergence = report.slowest_convergence();
            slowest = slowest.zip(convergence).map(|(one, other)| one.max(other));
            if args.json {
                write_out(&format!("{}\n", report.to_json()));
            } else {
                let agreed = convergence.map_or(String::from("not before the end"), write_span);
                write_out(&format!(
                    "seed {}: routers agree again after at most {agreed}; {}\n",
                    report.seed,
                    ends(&own)
                ));
            }
            if !report.is_sound() {
                if !args.json {
                    write_out(&format!("\n{report}Again: {}\n", again(args, report.seed)));
                }
                return Ok(false);
            }
        }
        if last == u64::MAX {
            break;
        }
        next = last + 1;
    }
    let agreed = slowest.map_or(String::from("not always before the end"), write_span);
    if args.json {
        write_out(&format!("{}\n", json!({"seeds": played, "sound": true, "slowestMillis": slowest})));
    } else {
        write_out(&format!(
            "\n{played} seeds, no guarantee was broken. Routers agreed again after at most {agreed}; {}\n",
            ends(&all)
        ));
    }
    Ok(true)
}

fn ends(all: &Outcomes) -> String {
    let ends = [
        (all.delivered, "delivered"),
        (all.rejected, "rejected"),
        (all.released, "released"),
        (all.modified, "modified"),
        (all.unknown, "without an outcome"),
        (all.queued, "queued"),
        (all.lost, "lost"),
        (all.repeated, "delivered again from a queue"),
        (all.doubled, "DELIVERED TWICE"),
    ];
    let ends: Vec<String> =
        ends.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    format!("{} messages: {}", all.sent, ends.join(", "))
}

/// The command that repeats a seed.
fn again(args: &SimulateArgs, seed: u64) -> String {
    let mut text = format!("crossdock topology simulate {} --seed {seed}", args.file.file.display());
    for (name, value) in &args.file.set {
        text.push_str(&format!(" --set '{name}={value}'"));
    }
    for (option, value) in [("for", args.length), ("delay", args.delay)] {
        if let Some(value) = value {
            text.push_str(&format!(" --{option} {}", write_span(value)));
        }
    }
    for (option, values) in [("load", &args.load), ("fault", &args.fault)] {
        for value in values {
            text.push_str(&format!(" --{option} '{value}'"));
        }
    }
    text
}
