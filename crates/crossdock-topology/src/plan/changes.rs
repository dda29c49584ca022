//! What changes when parts are taken away.

use super::flows::{Flow, flows};
use super::{RouterRoute, router_routes};
use crate::network::Network;
use crate::service::Services;

/// What changes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Ways between routers that are left: before, and after.
    pub routes: Vec<(RouterRoute, RouterRoute)>,
    /// How many ways between routers that are left stay as they are.
    pub unchanged: usize,
    /// Flows whose legs differ: before, and after.
    pub flows: Vec<(Flow, Flow)>,
}

/// What changes from one state of a mesh to another.
pub fn changes(before: &Network<'_>, after: &Network<'_>, services: &Services<'_>) -> Changes {
    let mut changes = Changes::default();
    let old = router_routes(before);
    for route in router_routes(after) {
        match old.iter().find(|other| (&other.from, &other.to) == (&route.from, &route.to)) {
            Some(other) if *other == route => changes.unchanged += 1,
            Some(other) => changes.routes.push((other.clone(), route)),
            None => {}
        }
    }
    let pairs = flows(before, services).into_iter().zip(flows(after, services));
    changes.flows = pairs.filter(|(old, new)| old != new).collect();
    changes
}
