//! `crossdock topology plan`: which way messages take, and what happens when something fails.

use std::process::ExitCode;

use clap::Args;
use crossdock_topology::plan::{
    Flow, RouterRoute, all_failures, changes, changes_text, changes_to_json, cost_table, flows, flows_text, mesh_tree,
    plan_to_json, router_routes, routes_text, verdicts_text, verdicts_to_json,
};
use crossdock_topology::{Network, Part, Services};

use super::read::{mesh, usage};
use super::{FileArgs, write_out};

const EXAMPLES: &str = "\
The paths are computed by the routers' own code, so a mesh started from the same file takes them.

Examples:
  The mesh as a tree with costs, the costs between all routers, the way of each client class to each address:
      crossdock topology plan topologies/two-datacentres.yaml

  All ways from one router; all about one address:
      crossdock topology plan mesh.yaml --from oslo-3
      crossdock topology plan mesh.yaml --address orders

  What changes without a router, a broker or a connection (FROM-TO); several at once:
      crossdock topology plan mesh.yaml --without oslo-1
      crossdock topology plan mesh.yaml --without oslo-1-rome-1 --without oslo-broker

  Does each address survive any single loss? For scripts the exit status tells:
      crossdock topology plan mesh.yaml --all-failures
      crossdock topology plan mesh.yaml --all-failures --json | jq '.failures[] | select(.survives | not)'

Exit status: 0; 1 when the file has errors, or with --all-failures when something does not survive; 2 for a wrong command
line.";

/// Tell which way messages take, and what happens when something fails
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Tell what changes without this router, broker or connection; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "all_failures")]
    without: Vec<String>,
    /// Take away each router, connection and broker, one after the other
    #[arg(long)]
    all_failures: bool,
    /// Show all ways from this router
    #[arg(long, value_name = "ROUTER", conflicts_with_all = ["without", "all_failures"])]
    from: Option<String>,
    /// Show only flows of this address
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Write one JSON object to stdout instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &PlanArgs) -> ExitCode {
    let mesh = match mesh(&args.file) {
        Ok(mesh) => mesh,
        Err(status) => return status,
    };
    if args.all_failures {
        let verdicts = all_failures(&mesh);
        if args.json {
            write_out(&format!("{:#}\n", verdicts_to_json(&mesh, &verdicts)));
        } else {
            write_out(&verdicts_text(&mesh, &verdicts));
        }
        let survives = verdicts.iter().all(|verdict| verdict.losses.is_empty());
        return if survives { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let services = Services::new(&mesh);
    let whole = Network::whole(&mesh);
    if !args.without.is_empty() {
        let parts: Result<Vec<Part>, String> = args.without.iter().map(|name| Part::named(&mesh, name)).collect();
        let parts = match parts {
            Ok(parts) => parts,
            Err(problem) => return usage(&problem),
        };
        let changes = changes(&whole, &Network::without(&mesh, parts.clone()), &services);
        if args.json {
            write_out(&format!("{:#}\n", changes_to_json(&mesh, &parts, &changes)));
        } else {
            write_out(&changes_text(&mesh, &parts, &changes));
        }
        return ExitCode::SUCCESS;
    }
    if let Some(from) = &args.from
        && mesh.router(from).is_none()
    {
        let hint = crossdock_schema::suggestion(from, mesh.routers.iter().map(|router| router.id.as_str()));
        let hint = hint.map(|meant| format!("; did you mean '{meant}'?")).unwrap_or_default();
        return usage(&format!("there is no router '{from}' in {}{hint}", args.file.file.display()));
    }
    let routes = router_routes(&whole);
    let mut flows = flows(&whole, &services);
    if let Some(address) = &args.address {
        flows.retain(|flow| crossdock_topology::overlap(&flow.address, address));
        if flows.is_empty() {
            return usage(&format!("no client of {} uses '{address}'", args.file.file.display()));
        }
    }
    if args.json {
        write_out(&format!("{:#}\n", plan_to_json(&mesh, &routes, &flows)));
        return ExitCode::SUCCESS;
    }
    print(args, &whole, &routes, &flows);
    ExitCode::SUCCESS
}

fn print(args: &PlanArgs, network: &Network<'_>, routes: &[RouterRoute], flows: &[Flow]) {
    if let Some(from) = &args.from {
        let own: Vec<&RouterRoute> = routes.iter().filter(|route| route.from == *from).collect();
        write_out(&routes_text(&own));
        return;
    }
    let all: Vec<&Flow> = flows.iter().collect();
    if args.address.is_some() {
        write_out(&flows_text(&all));
        return;
    }
    write_out(&format!("{}\n", mesh_tree(network)));
    if network.mesh().routers.len() > 1 {
        write_out(&format!("costs\n{}\n", cost_table(network, routes)));
    }
    if !all.is_empty() {
        write_out(&format!("client classes\n{}\n", flows_text(&all).trim_end()));
    }
}
