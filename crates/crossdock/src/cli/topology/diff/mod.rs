//! `crossdock topology diff`: a file against the mesh that runs.

mod compare;

use std::process::ExitCode;

use clap::Args;
use crossdock_schema::EntityKind;
use crossdock_topology::{Mesh, Network};
use serde_json::{Value, json};

use super::live::rows;
use super::read::mesh;
use super::{FileArgs, write_out};
use crate::cli::connection::{ConnectionArgs, Session};
use crate::cli::failure::{Failure, Style, run_client};
use crate::cli::paint::Paint;
use crate::management_client::{Agent, ClientError};
use compare::{Answers, Difference, KINDS, Leave, compare, membership};

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
    let mut session = connection.connect().await?;
    let mut here = session.here().await?;
    let mut live: Vec<String> = here.routers().await?.into_iter().map(|(id, _)| id).collect();
    if live.is_empty() {
        // A router outside of any network lists nobody, itself included.
        let router = rows(&mut here, EntityKind::Router).await?;
        live.extend(router.first().and_then(|row| row.text("id")).map(str::to_owned));
    }
    let mut all = membership(mesh, &live);
    let network = Network::whole(mesh);
    for router in mesh.routers.iter().filter(|router| live.contains(&router.id)) {
        let answers = if live.len() == 1 {
            ask(&mut here).await?
        } else {
            let mut agent = agent(&mut session, &router.id).await?;
            ask(&mut agent).await?
        };
        all.extend(compare(&network, &router.id, &answers, Leave { ports: args.any_ports }));
    }
    session.close().await;
    Ok(all)
}

async fn agent(session: &mut Session, router: &str) -> Result<Agent, ClientError> {
    session.at(&format!("_topo/0/{router}/$management")).await
}

async fn ask(agent: &mut Agent) -> Result<Answers, ClientError> {
    let nodes = rows(agent, EntityKind::RouterNode).await?;
    let mut entities = Vec::new();
    for (kind, _) in KINDS {
        entities.push(rows(agent, kind).await?);
    }
    Ok(Answers { nodes, entities })
}

fn tell(args: &DiffArgs, mesh: &Mesh, differences: &[Difference]) {
    if args.json {
        write_out(&format!("{:#}\n", report(mesh, differences)));
        return;
    }
    let paint = Paint::on(&std::io::stdout());
    for difference in differences {
        write_out(&format!("{}\n", text(difference)));
    }
    let file = args.file.file.display();
    if differences.is_empty() {
        write_out(&format!("the mesh {} {file}: {} routers\n", paint.green("is as in"), mesh.routers.len()));
    } else {
        let plural = if differences.len() == 1 { "" } else { "s" };
        write_out(&format!("{} from {file}\n", paint.red(format!("{} difference{plural}", differences.len()))));
    }
}

/// A difference as a sentence.
fn text(difference: &Difference) -> String {
    let Difference { router, kind, what, name, .. } = difference;
    let file = difference.file.as_deref().unwrap_or_default();
    let live = difference.live.as_deref().unwrap_or_default();
    let or_nothing = |text: &str| if text.is_empty() { String::from("nothing") } else { format!("'{text}'") };
    match *kind {
        "missing" if *what == "router" => format!("{router}: the mesh has no such router"),
        "extra" if *what == "router" => format!("{router}: this router is not in the file"),
        "missing" => format!("{router}: no {what} {name}"),
        "extra" => format!("{router}: the {what} {name} is not in the file"),
        "down" => format!("{router}: {what} {name} is down ({live})"),
        "way" => format!("{router}: the way to {name} has {live}; planned is {file}"),
        _ => {
            let attribute = difference.attribute.unwrap_or_default();
            format!("{router}: {what} {name} has {attribute} {}; in the file {}", or_nothing(live), or_nothing(file))
        }
    }
}

fn report(mesh: &Mesh, differences: &[Difference]) -> Value {
    let one = |difference: &Difference| {
        json!({
            "router": difference.router,
            "kind": difference.kind,
            "what": difference.what,
            "name": difference.name,
            "attribute": difference.attribute,
            "file": difference.file,
            "live": difference.live,
            "text": text(difference),
        })
    };
    json!({
        "name": mesh.name,
        "same": differences.is_empty(),
        "differences": differences.iter().map(one).collect::<Vec<_>>(),
    })
}
