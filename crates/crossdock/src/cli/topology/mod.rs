//! `crossdock topology`: a mesh as one file, checked, planned, drawn, turned into configurations, run, changed while it runs.

mod apply;
mod check;
mod diff;
mod draw;
mod generate;
mod live;
mod plan;
mod read;
mod simulate;
mod up;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  The smallest mesh: two routers, and clients on both sides (mesh.yaml):
      routers:
        - id: a
          listeners: [{port: 5672}, {port: 55672, role: inter-router}]
        - id: b
          listeners: [{port: 5673}]
      connections:
        - {from: b, to: a, cost: 1}
      clients:
        - {name: senders, routers: a, send: orders}
        - {name: receivers, routers: b, receive: orders}

  Everything that is wrong with it, each with file and line; then which way messages take:
      crossdock topology check mesh.yaml
      crossdock topology plan mesh.yaml

  What happens when a router fails, and whether every address survives any single loss:
      crossdock topology plan mesh.yaml --without a
      crossdock topology plan mesh.yaml --all-failures

  A picture of it; the configuration of each router, and files for systemd, compose and Kubernetes:
      crossdock topology draw mesh.yaml
      crossdock topology generate mesh.yaml --out mesh

  Run it on this machine; what differs after a change of the file, and make the running mesh so:
      crossdock topology up mesh.yaml
      crossdock topology diff mesh.yaml --live 127.0.0.1:5672
      crossdock topology apply mesh.yaml --live 127.0.0.1:5672 --dry-run

  Play it on a simulated clock, with load and faults:
      crossdock topology simulate mesh.yaml --fault 'at 5s kill router a for 5s'

  topologies/ has files to start from; topologies/schema.json tells editors what may stand there.
";

/// A mesh as one file: check it, plan it, draw it, run it, change it while it runs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct TopologyArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Plan(plan::PlanArgs),
    Draw(draw::DrawArgs),
    Generate(generate::GenerateArgs),
    Up(up::UpArgs),
    Simulate(simulate::SimulateArgs),
    Diff(Box<diff::DiffArgs>),
    Apply(Box<apply::ApplyArgs>),
    /// Print the JSON Schema of topology files, for editors
    Schema,
}

/// The file, and variables to set in it.
#[derive(Debug, Args)]
struct FileArgs {
    /// Topology file, YAML or JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Overrule a variable of the file ('vars'); may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    set: Vec<(String, String)>,
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) | None => Err(String::from("write NAME=VALUE")),
    }
}

/// Runs `crossdock topology`.
pub(super) fn run(args: &TopologyArgs) -> ExitCode {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Draw(args) => draw::run(args),
        Command::Generate(args) => generate::run(args),
        Command::Up(args) => up::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Apply(args) => apply::run(args),
        Command::Schema => {
            write_out(&format!("{:#}\n", crossdock_topology::json_schema()));
            ExitCode::SUCCESS
        }
    }
}

/// Writes to stdout. That nobody reads any more is no failure.
fn write_out(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}
