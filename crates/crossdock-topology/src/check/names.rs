//! Names that must differ.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostics};
use crate::model::Mesh;
use crate::text::Place;

pub(super) fn check(mesh: &Mesh, diagnostics: &mut Diagnostics) {
    let containers = mesh.brokers.iter().map(|broker| (broker.container.as_str(), broker.at, "broker"));
    let routers = mesh.routers.iter().map(|router| (router.id.as_str(), router.at, "router"));
    // A router announces its id as container id.
    differ("container id", routers.chain(containers), mesh, diagnostics);
    differ("broker", mesh.brokers.iter().map(|broker| (broker.id.as_str(), broker.at, "broker")), mesh, diagnostics);
    let classes = mesh.clients.iter().map(|class| (class.name.as_str(), class.at, "client class"));
    differ("client class", classes, mesh, diagnostics);
    let shards = mesh.shards.iter().map(|shard| (shard.name.as_str(), shard.at, "shard"));
    differ("shard", shards, mesh, diagnostics);
    for router in &mesh.routers {
        let listeners = router.listeners.iter().map(|listener| (listener.name.as_str(), listener.at, "listener"));
        let own = mesh.connections.iter().filter(|connection| connection.from == router.id);
        let connectors = own.map(|connection| (connection.name.as_str(), connection.at, "connector"));
        let held = mesh.brokers.iter().filter(|broker| broker.routers.contains(&router.id));
        let brokers = held.map(|broker| (broker.id.as_str(), broker.at, "connector to broker"));
        let what = format!("name in the configuration of router '{}'", router.id);
        differ(&what, listeners.chain(connectors).chain(brokers), mesh, diagnostics);
    }
}

fn differ<'a>(
    what: &str,
    names: impl Iterator<Item = (&'a str, Place, &'static str)>,
    mesh: &Mesh,
    diagnostics: &mut Diagnostics,
) {
    let mut seen: BTreeMap<&str, (Place, &str)> = BTreeMap::new();
    for (name, at, kind) in names {
        match seen.get(name) {
            Some((first, other)) => {
                let problem =
                    format!("the {kind} '{name}' has the same {what} as the {other} at {}", mesh.place(*first));
                diagnostics.error(Code::Duplicate, at, problem);
            }
            None => drop(seen.insert(name, (at, kind))),
        }
    }
}
