//! Which way messages take: between routers, from each client class to each address, and what changes when something fails.

mod changes;
mod failures;
mod flows;
mod json;
mod text;

use crate::network::{Network, Path};

pub use changes::{Changes, changes};
pub use failures::{Loss, Verdict, all_failures};
pub use flows::{Flow, Leg, flows};
pub use json::{changes_to_json, plan_to_json, verdicts_to_json};
pub use text::{changes_text, cost_table, flows_text, mesh_tree, routes_text, verdicts_text};

/// The way from one router to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouterRoute {
    /// Where it begins.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// None: there is no way.
    pub path: Option<Path>,
}

/// The ways between all routers that are left, in the order of the file.
pub fn router_routes(network: &Network<'_>) -> Vec<RouterRoute> {
    let ids: Vec<&str> =
        network.mesh().routers.iter().map(|router| router.id.as_str()).filter(|id| network.is_up(id)).collect();
    let pairs = ids.iter().flat_map(|from| ids.iter().map(move |to| (*from, *to)));
    let route = |(from, to): (&str, &str)| RouterRoute {
        from: from.to_owned(),
        to: to.to_owned(),
        path: network.path(from, to),
    };
    pairs.filter(|(from, to)| from != to).map(route).collect()
}
