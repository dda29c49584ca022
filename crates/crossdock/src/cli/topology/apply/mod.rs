//! `crossdock topology apply`: makes the mesh that runs what its file says.
//!
//! ```text
//!   file, mesh ─► Plan ─► tell.rs (--dry-run)
//!                   └───► perform.rs: each step, then what it is to bring about ─► what differs still
//! ```

mod perform;
mod tell;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use crossdock_topology::apply::{Wishes, plan};
use crossdock_topology::live::{Difference, Kind, Leave};
use crossdock_topology::{Mesh, Network};
use tokio::time::{Instant, sleep};

use super::FileArgs;
use super::live::Asked;
use super::read::mesh;
use crate::cli::connection::ConnectionArgs;
use crate::cli::failure::{Failure, Style, run_client};
use crate::management_client::ClientError;
use perform::{Outcome, perform};
use tell::Teller;

const EXAMPLES: &str = "\
One router is connected to; it is the way to the management of all others. What differs from the file (see 'topology diff') is
made so, in an order that does not interrupt traffic: first what is new, then what is changed, then what goes. Before each
next kind of step, everything made so far has to be up. The first failure ends it and nothing is undone: running it again
goes on from there.

Examples:
  What would be done, in order, and why:
      crossdock topology apply mesh.yaml --live 127.0.0.1:5672 --dry-run

  Do it; then nothing differs, and doing it again does nothing:
      crossdock topology apply mesh.yaml --live 127.0.0.1:5672

  Also remove what the file does not have:
      crossdock topology apply mesh.yaml --live 127.0.0.1:5672 --prune --dry-run
      crossdock topology apply mesh.yaml --live 127.0.0.1:5672 --prune

Without --prune, what only the mesh has stays, and is told: there is no record of who made it, and somebody may need it. With it,
what would cut the mesh, or leave an address of the file to nobody, stays all the same, unless --force says otherwise.

A connection between routers whose cost changes is made anew beside the old one, which is closed when nothing is under way on
it: no message is lost or released. Steps that do interrupt something say so. What management cannot do (start a router,
change what is read at a start only) is told, with what to do instead.

What is made lives as long as the router's process: give its configuration the same ('topology generate') for the next start.

Exit status: 0 when the mesh is as the file says (with --dry-run: can be made so); 1 when something failed or differs still;
2 for a wrong command line.";

/// Pause between two looks at what is waited for.
const PAUSE: Duration = Duration::from_millis(100);

/// Make the mesh that runs what its file says
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ApplyArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Any router of the mesh; the same as --bus
    #[arg(long, value_name = "URL")]
    live: Option<String>,
    /// Tell what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Remove what the file does not have
    #[arg(long)]
    prune: bool,
    /// Remove also what cuts the mesh or leaves an address to nobody
    #[arg(long, requires = "prune")]
    force: bool,
    /// Ports may be others than in the file
    #[arg(long)]
    any_ports: bool,
    /// How long to wait until steps have brought about what they are for
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    wait: u32,
    /// Write one JSON object to stdout instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs the command.
pub(super) fn run(args: &ApplyArgs) -> ExitCode {
    let mesh = match mesh(&args.file) {
        Ok(mesh) => mesh,
        Err(status) => return status,
    };
    run_client("topology apply", Style::Crossdock, apply(args, &mesh))
}

async fn apply(args: &ApplyArgs, mesh: &Mesh) -> Result<(), Failure> {
    let connection = args.connection.clone();
    let connection = match &args.live {
        Some(url) => connection.to(url),
        None => connection,
    };
    let mut asked = Asked::new(connection.connect().await?).await?;
    let mut live = asked.mesh(mesh).await?;
    live.door = connection.port().map(|port| (asked.own().to_owned(), port));
    let wishes = Wishes { prune: args.prune, force: args.force, any_ports: args.any_ports };
    let network = Network::whole(mesh);
    let plan = plan(&network, &live, wishes);
    let mut teller = Teller::new(&args.file.file, &plan, args.json);
    if args.dry_run {
        asked.close().await;
        teller.tell_plan();
        let is_possible = plan.beyond.is_empty() && plan.refused.is_empty();
        return if is_possible { Ok(()) } else { Err(Failure::Told) };
    }
    let patience = Duration::from_secs(args.wait.into());
    let outcome = perform(&mut asked, &live.routers, &plan, patience, &mut teller).await;
    let left = match &outcome {
        Outcome::Done => differences(&mut asked, &network, args, &plan.beyond, patience).await?,
        Outcome::Stopped { .. } => Vec::new(),
    };
    asked.close().await;
    teller.tell_end(&outcome, &left);
    let is_same = matches!(outcome, Outcome::Done) && left.is_empty() && plan.refused.is_empty();
    if is_same { Ok(()) } else { Err(Failure::Told) }
}

/// What differs still, but for what stays on purpose. Routers learn of each other's news one after the other: they get time
/// for it.
async fn differences(
    asked: &mut Asked,
    network: &Network<'_>,
    args: &ApplyArgs,
    beyond: &[crossdock_topology::apply::Omission],
    patience: Duration,
) -> Result<Vec<Difference>, ClientError> {
    let start = Instant::now();
    loop {
        let live = asked.mesh(network.mesh()).await?;
        let mut left = live.differences(network, Leave { ports: args.any_ports });
        left.retain(|difference| difference.kind != Kind::Extra);
        let is_known = |difference: &Difference| beyond.iter().any(|known| known.what == difference.to_string());
        if left.iter().all(is_known) || start.elapsed() >= patience {
            return Ok(left);
        }
        sleep(PAUSE).await;
    }
}
