//! Each part of the mesh taken away, one after the other: does every address still work for everybody?

use super::flows::{Flow, flows};
use crate::model::Mesh;
use crate::network::{Network, Part};
use crate::service::Services;

/// What the loss of one part means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What is lost.
    pub part: Part,
    /// What no longer works; empty: everything does.
    pub losses: Vec<Loss>,
}

/// Something that no longer works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The client class.
    pub class: String,
    /// The address.
    pub address: String,
    /// It sends there; otherwise it receives.
    pub sends: bool,
    /// Why, and for whom.
    pub why: String,
}

/// What the loss of each single router, connection and broker means.
///
/// An address survives for a class if the clients have a router to go to, and from each such router that is left the
/// messages have somewhere to go to (or to come from).
pub fn all_failures(mesh: &Mesh) -> Vec<Verdict> {
    let services = Services::new(mesh);
    let whole = flows(&Network::whole(mesh), &services);
    let routers = mesh.routers.iter().map(|router| Part::Router(router.id.clone()));
    let connections = (0..mesh.connections.len()).map(Part::Connection);
    let brokers = mesh.brokers.iter().map(|broker| Part::Broker(broker.id.clone()));
    let verdict = |part: Part| {
        let network = Network::without(mesh, [part.clone()]);
        let left = flows(&network, &services);
        let losses = whole.iter().filter_map(|flow| {
            let after = left.iter().find(|other| is_same(flow, other));
            why_lost(flow, after).map(|why| Loss {
                class: flow.class.clone(),
                address: flow.address.clone(),
                sends: flow.sends,
                why,
            })
        });
        Verdict { part, losses: losses.collect() }
    };
    routers.chain(connections).chain(brokers).map(verdict).collect()
}

fn is_same(left: &Flow, right: &Flow) -> bool {
    (&left.class, &left.address, left.sends) == (&right.class, &right.address, right.sends)
}

/// Why a flow that works does not work any more.
fn why_lost(before: &Flow, after: Option<&Flow>) -> Option<String> {
    let after = after.map(|flow| flow.legs.as_slice()).unwrap_or_default();
    let mut routers: Vec<&str> =
        before.legs.iter().filter(|leg| leg.is_used).map(|leg| leg.attached.as_str()).collect();
    routers.dedup();
    if routers.is_empty() {
        return None;
    }
    if after.is_empty() {
        return Some(String::from(if routers.len() == 1 {
            "the only router of these clients, or the only place of the service, is lost"
        } else {
            "the service is lost"
        }));
    }
    let is_left = |router: &&&str| after.iter().any(|leg| leg.attached == **router);
    let is_cut = |router: &&&str| !after.iter().any(|leg| leg.attached == **router && leg.path.is_some());
    let cut: Vec<&str> = routers.iter().filter(is_left).filter(is_cut).copied().collect();
    let (first, rest) = cut.split_first()?;
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    Some(format!("no way between {first}{more} and the service"))
}
