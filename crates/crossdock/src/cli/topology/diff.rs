//! `crossdock topology diff`: a file against the mesh that runs.

use std::process::ExitCode;

use clap::Args;
use crossdock_topology::live::{Difference, Leave};
use crossdock_topology::{Mesh, Network};
use serde_json::{Value, json};

use super::live::Asked;
use super::read::mesh;
use super::{FileArgs, write_out};
use crate::cli::connection::ConnectionArgs;
use crate::cli::failure::{Failure, Style, run_client};
use crate::cli::paint::Paint;

const EXAMPLES: &str = "\
One router is connected to; it is the way to the management of all others.

Examples:
  Is the mesh as its file says?
      crossdock topology diff mesh.yaml --live 127.0.0.1:5672

  What differs, for scripts; a mesh started with --free-ports:
      crossdock topology diff mesh.yaml --live 127.0.0.1:5672 --json | jq -r '.differences[].text'
      crossdock topology diff mesh.yaml --live 127.0.0.1:40123 --any-ports

Told are routers that are missing or not in the file; listeners, connectors, addresses, auto links, link routes and shards that
are missing, more than the file has, different or down; and ways between routers that cost something else or begin elsewhere.

Exit status: 0 when nothing differs; 1 when something does, or the mesh does not answer; 2 for a wrong command line.";

/// Compare a topology with the mesh that runs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DiffArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Any router of the mesh; the same as --bus
    #[arg(long, value_name = "URL")]
    live: Option<String>,
    /// Ports may be others than in the file
    #[arg(long)]
    any_ports: bool,
    /// Write one JSON object to stdout instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs the command.
pub(super) fn run(args: &DiffArgs) -> ExitCode {
    let mesh = match mesh(&args.file) {
        Ok(mesh) => mesh,
        Err(status) => return status,
    };
    let mut differs = false;
    let status = run_client("topology diff", Style::Crossdock, async {
        let differences = differences(args, &mesh).await?;
        differs = !differences.is_empty();
        tell(args, &mesh, &differences);
        Ok(())
    });
    if differs { ExitCode::FAILURE } else { status }
}

async fn differences(args: &DiffArgs, mesh: &Mesh) -> Result<Vec<Difference>, Failure> {
    let connection = args.connection.clone();
    let connection = match &args.live {
        Some(url) => connection.to(url),
        None => connection,
    };
    let mut asked = Asked::new(connection.connect().await?).await?;
    let live = asked.mesh(mesh).await?;
    asked.close().await;
    Ok(live.differences(&Network::whole(mesh), Leave { ports: args.any_ports }))
}

fn tell(args: &DiffArgs, mesh: &Mesh, differences: &[Difference]) {
    if args.json {
        write_out(&format!("{:#}\n", report(mesh, differences)));
        return;
    }
    let paint = Paint::on(&std::io::stdout());
    for difference in differences {
        write_out(&format!("{difference}\n"));
    }
    let file = args.file.file.display();
    if differences.is_empty() {
        write_out(&format!("the mesh {} {file}: {} routers\n", paint.green("is as in"), mesh.routers.len()));
    } else {
        let plural = if differences.len() == 1 { "" } else { "s" };
        write_out(&format!("{} from {file}\n", paint.red(format!("{} difference{plural}", differences.len()))));
    }
}

fn report(mesh: &Mesh, differences: &[Difference]) -> Value {
    json!({
        "name": mesh.name,
        "same": differences.is_empty(),
        "differences": differences.iter().map(to_json).collect::<Vec<_>>(),
    })
}

/// A difference, for scripts.
pub(super) fn to_json(difference: &Difference) -> Value {
    json!({
        "router": difference.router,
        "kind": difference.kind.as_str(),
        "what": difference.what(),
        "name": difference.name,
        "attribute": difference.attribute,
        "file": difference.file,
        "live": difference.live,
        "text": difference.to_string(),
    })
}
