//! Routers and connections as a graph: parts, single points of failure, paths that names decide between.

use std::collections::{BTreeMap, BTreeSet};

use crossdock_schema::{Role, RouterMode};

use crate::diagnostic::{Code, Diagnostics};
use crate::model::{Connection, Mesh};
use crate::network::{Network, Part};

pub(super) fn check(mesh: &Mesh, diagnostics: &mut Diagnostics) {
    modes(mesh, diagnostics);
    parallel(mesh, diagnostics);
    let is_whole = parts(mesh, diagnostics);
    if is_whole {
        single_points(mesh, diagnostics);
    }
    equal_costs(mesh, diagnostics);
}

fn modes(mesh: &Mesh, diagnostics: &mut Diagnostics) {
    for connection in &mesh.connections {
        let mode = |id: &str| mesh.router(id).map(|router| router.mode);
        let (Some(from), Some(to)) = (mode(&connection.from), mode(&connection.to)) else { continue };
        let (right, rule) = match connection.role {
            Role::Edge => {
                ((from, to) == (RouterMode::Edge, RouterMode::Interior), "from an edge router to an interior one")
            }
            Role::InterRouter | Role::Normal | Role::RouteContainer => {
                ((from, to) == (RouterMode::Interior, RouterMode::Interior), "between interior routers")
            }
        };
        if !right {
            let problem = format!(
                "a connection with role {} goes {rule}; '{}' is {from} and '{}' is {to}",
                connection.role, connection.from, connection.to
            );
            let hint = match (from, to) {
                (RouterMode::Edge, RouterMode::Interior) => "write role: edge",
                (RouterMode::Interior, RouterMode::Edge) => {
                    "edge routers connect to interior ones: exchange from and to, and write role: edge"
                }
                _ => "change the mode of the routers, or leave the connection out",
            };
            diagnostics.error_hint(Code::Mode, connection.at, problem, hint);
        }
    }
}

fn parallel(mesh: &Mesh, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<(&str, &str), &Connection> = BTreeMap::new();
    for connection in &mesh.connections {
        let (from, to) = (connection.from.as_str(), connection.to.as_str());
        let ends = if from < to { (from, to) } else { (to, from) };
        match seen.get(&ends) {
            Some(first) => {
                let place = mesh.place(first.at);
                let problem =
                    format!("'{from}' and '{to}' are connected already ({place}); the cheaper connection carries all");
                diagnostics.warn(Code::ParallelConnections, connection.at, problem, "leave one out, or accept it");
            }
            None => drop(seen.insert(ends, connection)),
        }
    }
}

/// The routers that can reach each other, as sets. Nothing passes through an edge router.
fn groups<'a>(mesh: &'a Mesh, network: &Network<'_>) -> Vec<BTreeSet<&'a str>> {
    let mut neighbours: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (_, connection) in mesh.connections.iter().enumerate().filter(|(index, _)| network.carries(*index)) {
        neighbours.entry(&connection.from).or_default().push(&connection.to);
        neighbours.entry(&connection.to).or_default().push(&connection.from);
    }
    let is_edge: BTreeSet<&str> =
        mesh.routers.iter().filter(|router| router.mode == RouterMode::Edge).map(|router| router.id.as_str()).collect();
    let mut groups: Vec<BTreeSet<&str>> = Vec::new();
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    // Edge routers last: they belong to where their uplinks lead.
    let mut ids: Vec<&str> = mesh.routers.iter().map(|router| router.id.as_str()).collect();
    ids.sort_by_key(|id| is_edge.contains(id));
    for id in ids.into_iter().filter(|id| network.is_up(id)) {
        if placed.contains(id) {
            continue;
        }
        let mut group = BTreeSet::from([id]);
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            if is_edge.contains(next) {
                continue;
            }
            let others = neighbours.get(next).map(Vec::as_slice).unwrap_or_default();
            waiting.extend(others.iter().filter(|other| group.insert(other)));
        }
        placed.extend(&group);
        groups.push(group);
    }
    groups
}

/// Whether all routers can reach each other.
fn parts(mesh: &Mesh, diagnostics: &mut Diagnostics) -> bool {
    let mut groups = groups(mesh, &Network::whole(mesh));
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let [largest, others @ ..] = &*groups else { return true };
    let example = largest.first().copied().unwrap_or_default();
    for group in others {
        let Some(router) = group.first().and_then(|first| mesh.router(first)) else { continue };
        let names = list(group.iter().copied());
        let verb = if group.len() == 1 { "has" } else { "have" };
        let problem = format!("{names} {verb} no connection to {example} and what is behind it");
        diagnostics.error_hint(Code::Disconnected, router.at, problem, "connect the parts, or make two files of them");
    }
    others.is_empty()
}

fn single_points(mesh: &Mesh, diagnostics: &mut Diagnostics) {
    if mesh.routers.len() < 3 {
        return;
    }
    for router in &mesh.routers {
        let groups = groups(mesh, &Network::without(mesh, [Part::Router(router.id.clone())]));
        if groups.len() > 1 {
            // All but the largest part are cut off.
            let mut parts: Vec<_> = groups.iter().collect();
            parts.sort_by_key(|group| std::cmp::Reverse(group.len()));
            let cut: BTreeSet<&str> = parts.into_iter().skip(1).flatten().copied().collect();
            let problem = format!("without router '{}' {} cannot reach the others", router.id, list(cut.into_iter()));
            diagnostics.warn(
                Code::SinglePointOfFailure,
                router.at,
                problem,
                "add a connection around it, or accept it",
            );
        }
    }
    for (index, connection) in mesh.connections.iter().enumerate() {
        let groups = groups(mesh, &Network::without(mesh, [Part::Connection(index)]));
        let Some(smallest) = groups.iter().min_by_key(|group| group.len()).filter(|_| groups.len() > 1) else {
            continue;
        };
        let names = list(smallest.iter().copied());
        let problem = format!("without the connection {} {names} cannot reach the others", connection.label());
        diagnostics.warn(Code::SinglePointOfFailure, connection.at, problem, "add a second connection, or accept it");
    }
}

fn equal_costs(mesh: &Mesh, diagnostics: &mut Diagnostics) {
    let network = Network::whole(mesh);
    let mut count = 0;
    let mut example = None;
    for from in &mesh.routers {
        for to in mesh.routers.iter().filter(|to| from.id < to.id) {
            let hops = network.equal_next_hops(&from.id, &to.id);
            if hops.len() > 1 {
                count += 1;
                example.get_or_insert((from, to, hops));
            }
        }
    }
    let Some((from, to, hops)) = example else { return };
    let Some(path) = network.path(&from.id, &to.id) else { return };
    let taken = path.routers.get(1).cloned().unwrap_or_default();
    let rest = match count {
        1 => String::new(),
        _ => format!(" (and {} more pairs of routers)", count - 1),
    };
    let problem = format!(
        "from '{}' to '{}' the ways over {} cost the same, {}; '{taken}' is taken because of its name{rest}",
        from.id,
        to.id,
        hops.join(" and "),
        path.cost
    );
    let touches = |connection: &&Connection| connection.from == from.id || connection.to == from.id;
    let at = mesh.connections.iter().find(touches).map_or(from.at, |connection| connection.at);
    diagnostics.warn(
        Code::EqualCost,
        at,
        problem,
        "give the way that shall carry the traffic a lower cost, or accept it",
    );
}

/// `a, b and c`; of many the first few.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("'{name}'")).collect();
    match &*names {
        [] => String::from("nobody"),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= 4 => format!("{} and {last}", first.join(", ")),
        [a, b, c, ..] => format!("{a}, {b}, {c} and {} more", names.len() - 3),
        [first, ..] => first.clone(),
    }
}
