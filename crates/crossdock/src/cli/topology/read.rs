//! Reading a topology for a command that needs one without errors.

use std::process::ExitCode;

use crossdock_topology::{Diagnostic, Mesh, Reading, Severity, read};

use super::FileArgs;
use crate::cli::paint::Paint;

/// Reads the file and those it includes.
pub(super) fn reading(args: &FileArgs) -> Reading {
    let name = args.file.display().to_string();
    read(&name, &mut |name| std::fs::read_to_string(name).map_err(|error| error.to_string()), &args.set)
}

/// The mesh, or after its errors are told the exit status. Warnings are for `check`.
pub(super) fn mesh(args: &FileArgs) -> Result<Mesh, ExitCode> {
    let reading = reading(args);
    if !reading.has_errors() {
        return Ok(reading.mesh);
    }
    for diagnostic in reading.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error) {
        print(&reading.mesh, diagnostic);
    }
    eprintln!("see also: crossdock topology check {}", args.file.display());
    Err(ExitCode::FAILURE)
}

/// Writes a diagnostic to stderr: place, problem, code; then what to do.
pub(super) fn print(mesh: &Mesh, diagnostic: &Diagnostic) {
    let paint = Paint::on(&std::io::stderr());
    let label = match diagnostic.severity {
        Severity::Error => paint.red("error"),
        Severity::Warning => paint.yellow("warning"),
    };
    let (place, problem, code) = (mesh.place(diagnostic.at), &diagnostic.problem, diagnostic.code.as_str());
    eprintln!("{label}: {place}: {problem} [{code}]");
    if !diagnostic.hint.is_empty() {
        eprintln!("       {}", diagnostic.hint);
    }
}

/// A wrong command line: exit status 2.
pub(super) fn usage(problem: &str) -> ExitCode {
    eprintln!("{}: {problem}", Paint::on(&std::io::stderr()).red("error"));
    ExitCode::from(2)
}
