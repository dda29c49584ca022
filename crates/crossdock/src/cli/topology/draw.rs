//! `crossdock topology draw`: pictures.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use crossdock_topology::draw::{View, dot, svg};
use crossdock_topology::{Part, overlap};

use super::read::{mesh, usage};
use super::{FileArgs, write_out};

const EXAMPLES: &str = "\
Examples:
  A picture of the mesh beside its file (mesh.svg), or elsewhere, or to stdout:
      crossdock topology draw mesh.yaml
      crossdock topology draw mesh.yaml -o docs/mesh.svg
      crossdock topology draw mesh.yaml -o -

  The ways that messages of one address take:
      crossdock topology draw mesh.yaml --address orders -o orders.svg

  What has failed struck out, and the ways that hold then; several at once:
      crossdock topology draw mesh.yaml --without core-1 -o without-core-1.svg
      crossdock topology draw mesh.yaml --without oslo-1-rome-1 --address orders -o -

  For Graphviz:
      crossdock topology draw mesh.yaml --dot | dot -Tpdf -o mesh.pdf

How it is laid out can be said in the file:
      draw: {tiers: [edge, interior]}      # columns, with 'tier' of the routers
      draw: {layout: ring}                 # or force, layers

Exit status: 0; 1 when the file has errors or the picture cannot be written; 2 for a wrong command line.";

/// Draw a topology as SVG, or for Graphviz
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DrawArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Where to write; - is stdout. Default: the file's name with .svg; with --dot stdout
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Let the ways of messages of this address stand out
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Strike out this router, broker or connection (FROM-TO), and show the ways that hold then; may be given several times
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
    /// Write the graph in the language of Graphviz
    #[arg(long)]
    dot: bool,
}

/// Runs the command.
pub(super) fn run(args: &DrawArgs) -> ExitCode {
    let mesh = match mesh(&args.file) {
        Ok(mesh) => mesh,
        Err(status) => return status,
    };
    if let Some(address) = &args.address {
        let mut used = mesh.clients.iter().flat_map(|class| class.send.iter().chain(&class.receive));
        if !used.any(|(known, _)| overlap(known, address)) {
            return usage(&format!("no client of {} uses '{address}'", args.file.file.display()));
        }
    }
    let without: Result<Vec<Part>, String> = args.without.iter().map(|name| Part::named(&mesh, name)).collect();
    let without = match without {
        Ok(without) => without,
        Err(problem) => return usage(&problem),
    };
    let view = View { address: args.address.clone(), without };
    let text = if args.dot { dot(&mesh, &view) } else { svg(&mesh, &view) };
    let output = match &args.output {
        Some(path) => path.clone(),
        None if args.dot => PathBuf::from("-"),
        None => args.file.file.with_extension("svg"),
    };
    if output.as_os_str() == "-" {
        write_out(&text);
        return ExitCode::SUCCESS;
    }
    match std::fs::write(&output, text) {
        Ok(()) => {
            write_out(&format!("{}\n", output.display()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("crossdock topology draw: {} cannot be written: {error}", output.display());
            ExitCode::FAILURE
        }
    }
}
