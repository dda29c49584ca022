//! `crossdock topology check`: everything that is wrong with a topology.

use std::process::ExitCode;

use clap::Args;
use crossdock_topology::{Diagnostic, Mesh, Reading, Severity};
use serde_json::{Value, json};

use super::read::{print, reading};
use super::{FileArgs, write_out};
use crate::cli::paint::Paint;

const EXAMPLES: &str = "\
An error, and what to do about it:
      error: mesh.yaml:12: 'shops' sends to 'order', and nobody takes it [nobody-serves]
             add who receives it: clients, an auto link or a link route; or correct the address

Warnings are about what can be run and is perhaps not meant. One that is meant goes into the file:
      accept:
        - {warning: single-point-of-failure, about: hub, because: branches are not worth a second hub}

For scripts:
      crossdock topology check mesh.yaml --strict || exit 1
      crossdock topology check mesh.yaml --json | jq -r '.diagnostics[] | \"\\(.file):\\(.line) \\(.code)\"'

Exit status: 0 when the mesh can be run, 1 when it cannot (with --strict also when there are warnings), 2 for a wrong
command line.";

/// Tell everything that is wrong with a topology, each with file and line
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// Write one JSON object to stdout instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &CheckArgs) -> ExitCode {
    let reading = reading(&args.file);
    let fails = reading.has_errors() || (args.strict && !reading.diagnostics.is_empty());
    if args.json {
        write_out(&format!("{:#}\n", report(&reading, !fails)));
    } else {
        for diagnostic in &reading.diagnostics {
            print(&reading.mesh, diagnostic);
        }
        summary(args, &reading, fails);
    }
    if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn summary(args: &CheckArgs, reading: &Reading, fails: bool) {
    let count = |severity: Severity| reading.diagnostics.iter().filter(|one| one.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let told = [(errors, "error"), (warnings, "warning"), (reading.accepted.len(), "accepted warning")];
    let plural = |(count, what): &(usize, &str)| format!("{count} {what}{}", if *count == 1 { "" } else { "s" });
    let told: Vec<String> = told.iter().filter(|(count, _)| *count > 0).map(plural).collect();
    let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
    let file = args.file.file.display();
    if fails {
        eprintln!("{file} {}{told}", Paint::on(&std::io::stderr()).red("is not in order"));
        return;
    }
    let mesh = &reading.mesh;
    write_out(&format!("{file} {}{told}\n", Paint::on(&std::io::stdout()).green("is in order")));
    for (count, what) in counts(mesh).into_iter().filter(|(count, _)| *count > 0) {
        write_out(&format!("  {count:>4} {what}\n"));
    }
}

fn counts(mesh: &Mesh) -> Vec<(usize, &'static str)> {
    vec![
        (mesh.routers.len(), "routers"),
        (mesh.connections.len(), "connections"),
        (mesh.brokers.len(), "brokers"),
        (mesh.addresses.len(), "addresses"),
        (mesh.auto_links.len(), "auto links"),
        (mesh.link_routes.len(), "link routes"),
        (mesh.shards.len(), "shards"),
        (mesh.clients.len(), "client classes"),
    ]
}

fn report(reading: &Reading, is_in_order: bool) -> Value {
    let mesh = &reading.mesh;
    let one = |diagnostic: &Diagnostic| {
        json!({
            "severity": diagnostic.severity.as_str(),
            "code": diagnostic.code.as_str(),
            "file": mesh.files.get(diagnostic.at.file),
            "line": diagnostic.at.line,
            "problem": diagnostic.problem,
            "hint": diagnostic.hint,
        })
    };
    let accepted = reading.accepted.iter().map(|(diagnostic, because)| {
        let mut value = one(diagnostic);
        if let Value::Object(object) = &mut value {
            object.insert(String::from("because"), json!(because));
        }
        value
    });
    let counts = counts(mesh).into_iter().map(|(count, what)| (what.to_owned(), json!(count)));
    json!({
        "name": mesh.name,
        "inOrder": is_in_order,
        "counts": counts.collect::<serde_json::Map<_, _>>(),
        "diagnostics": reading.diagnostics.iter().map(one).collect::<Vec<_>>(),
        "accepted": accepted.collect::<Vec<_>>(),
    })
}
