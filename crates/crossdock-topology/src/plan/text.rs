//! Plans for terminals.

use std::collections::BTreeSet;

use crossdock_schema::Role;

use super::{Changes, Flow, Leg, RouterRoute, Verdict};
use crate::model::Mesh;
use crate::network::{Network, Part, Path};

/// Meshes of up to this many routers get a table of all costs.
const MAX_TABLE: usize = 16;
/// Columns of a line of the tree, about.
const MAX_WIDTH: usize = 90;
/// Lines shown of each part of a long list.
const MAX_LINES: usize = 12;

/// The mesh as a tree: the cheapest ways from the router in its middle, costs on the lines; then the connections that are
/// in no such way.
pub fn mesh_tree(network: &Network<'_>) -> String {
    let mesh = network.mesh();
    let up: Vec<&str> = mesh.routers.iter().map(|router| router.id.as_str()).filter(|id| network.is_up(id)).collect();
    let mut out = String::new();
    let mut drawn: BTreeSet<&str> = BTreeSet::new();
    let mut used: BTreeSet<usize> = BTreeSet::new();
    while let Some(root) = middle(network, &up, &drawn) {
        drawn.insert(root);
        out.push_str(&label(mesh, root));
        out.push('\n');
        branch(network, root, root, "", &mut drawn, &mut used, &mut out);
    }
    let rest: Vec<String> = mesh
        .connections
        .iter()
        .enumerate()
        .filter(|(index, _)| network.carries(*index) && !used.contains(index))
        .map(|(_, connection)| format!("{} ─{}─ {}", connection.from, connection.cost, connection.to))
        .collect();
    if !rest.is_empty() {
        out.push_str(&format!("\nalso connected:\n  {}\n", shortened(&rest, "\n  ")));
    }
    out
}

/// The router that is least far from all others; among those not drawn yet.
fn middle<'m>(network: &Network<'m>, up: &[&'m str], drawn: &BTreeSet<&str>) -> Option<&'m str> {
    let reach = |id: &&str| {
        let routes = network.routes(id);
        // The most routers first, then the least radius.
        (usize::MAX - routes.routes.len(), routes.radius)
    };
    up.iter().filter(|id| !drawn.contains(**id)).min_by_key(|id| reach(id)).copied()
}

fn branch<'m>(
    network: &Network<'m>,
    root: &str,
    here: &str,
    indent: &str,
    drawn: &mut BTreeSet<&'m str>,
    used: &mut BTreeSet<usize>,
    out: &mut String,
) {
    let mesh = network.mesh();
    let children = children_of(network, root, here, drawn);
    for (other, ..) in &children {
        drawn.insert(other);
    }
    let last = children.len().saturating_sub(1);
    for (position, (other, cost, index)) in children.iter().enumerate() {
        used.insert(*index);
        let (corner, line) = if position == last { ("└", "   ") } else { ("├", "│  ") };
        let mut text = format!("{indent}{corner}{} {}", cost_line(mesh, *index, *cost), label(mesh, other));
        let mut here = *other;
        // What goes straight on stays on the line, and of a long way only the ends are shown.
        let mut skipped = 0;
        let mut end = String::new();
        while let [(next, cost, index)] = *children_of(network, root, here, drawn) {
            used.insert(index);
            drawn.insert(next);
            let step = format!(" {} {}", cost_line(mesh, index, cost), label(mesh, next));
            if text.chars().count() + step.chars().count() < MAX_WIDTH {
                text.push_str(&step);
            } else {
                skipped += 1;
                end = step;
            }
            here = next;
        }
        if skipped > 1 {
            text.push_str(&format!(" ─ … {} more …", skipped - 1));
        }
        out.push_str(&format!("{text}{end}\n"));
        branch(network, root, here, &format!("{indent}{line}"), drawn, used, out);
    }
}

fn cost_line(mesh: &Mesh, index: usize, cost: u32) -> String {
    match mesh.connections.get(index).map(|connection| connection.role) {
        Some(Role::Edge) => String::from("─edge─"),
        Some(Role::Normal | Role::InterRouter | Role::RouteContainer) | None => format!("─{cost}─"),
    }
}

/// Neighbours of a router that are not drawn yet and whose cheapest way from the root leads over it.
fn children_of<'m>(
    network: &Network<'m>,
    root: &str,
    here: &str,
    drawn: &BTreeSet<&str>,
) -> Vec<(&'m str, u32, usize)> {
    let mut children: Vec<(&str, u32, usize)> = Vec::new();
    for (index, connection) in
        network.mesh().connections.iter().enumerate().filter(|(index, _)| network.carries(*index))
    {
        let other = match (connection.from == here, connection.to == here) {
            (true, _) => connection.to.as_str(),
            (_, true) => connection.from.as_str(),
            _ => continue,
        };
        if drawn.contains(other) {
            continue;
        }
        let way = network.path(root, other);
        let before = way.as_ref().and_then(|way| way.routers.iter().rev().nth(1));
        if before.is_some_and(|before| before != here) {
            continue;
        }
        // Of several connections the cheapest is the one.
        match children.iter_mut().find(|(known, ..)| *known == other) {
            Some(known) if connection.cost < known.1 => *known = (other, connection.cost, index),
            Some(_) => {}
            None => children.push((other, connection.cost, index)),
        }
    }
    children
}

/// A router with the brokers it holds and the clients that attach to it.
fn label(mesh: &Mesh, id: &str) -> String {
    let brokers = mesh.brokers.iter().filter(|broker| broker.routers.iter().any(|router| router == id));
    let clients = mesh.clients.iter().filter(|class| class.routers.iter().any(|router| router == id));
    let mut text = id.to_owned();
    let brokers: Vec<&str> = brokers.map(|broker| broker.id.as_str()).collect();
    if !brokers.is_empty() {
        text.push_str(&format!("  [{}]", brokers.join(", ")));
    }
    let clients: Vec<&str> = clients.map(|class| class.name.as_str()).collect();
    if !clients.is_empty() {
        text.push_str(&format!("  ({})", clients.join(", ")));
    }
    text
}

/// Costs between all routers, or for large meshes what each router has in sum.
pub fn cost_table(network: &Network<'_>, routes: &[RouterRoute]) -> String {
    let mesh = network.mesh();
    let ids: Vec<&str> = mesh.routers.iter().map(|router| router.id.as_str()).filter(|id| network.is_up(id)).collect();
    let find = |from: &str, to: &str| routes.iter().find(|route| route.from == from && route.to == to);
    let mut rows: Vec<Vec<String>> = Vec::new();
    if ids.len() <= MAX_TABLE {
        rows.push(std::iter::once("from \\ to").chain(ids.iter().copied()).map(str::to_owned).collect());
        for from in &ids {
            let cell = |to: &&str| match find(from, to) {
                None => String::from("·"),
                Some(RouterRoute { path: None, .. }) => String::from("none"),
                Some(RouterRoute { path: Some(path), .. }) => path.cost.to_string(),
            };
            rows.push(std::iter::once((*from).to_owned()).chain(ids.iter().map(cell)).collect());
        }
        return table(&rows);
    }
    rows.push(["router", "reaches", "farthest", "hops", "cost"].map(str::to_owned).to_vec());
    for from in &ids {
        let own = routes.iter().filter(|route| route.from == *from);
        let paths: Vec<(&str, &Path)> =
            own.filter_map(|route| route.path.as_ref().map(|path| (route.to.as_str(), path))).collect();
        let Some((to, far)) = paths.iter().max_by_key(|(_, path)| path.cost) else { continue };
        rows.push(vec![
            (*from).to_owned(),
            paths.len().to_string(),
            (*to).to_owned(),
            far.hops().to_string(),
            far.cost.to_string(),
        ]);
    }
    table(&rows)
}

/// Ways between routers, one a line.
pub fn routes_text(routes: &[&RouterRoute]) -> String {
    let mut rows = vec![["from", "to", "cost", "hops", "way"].map(str::to_owned).to_vec()];
    for route in routes {
        let (cost, hops, way) = match &route.path {
            Some(path) => (path.cost.to_string(), path.hops().to_string(), way(path)),
            None => (String::from("-"), String::from("-"), String::from("none")),
        };
        rows.push(vec![route.from.clone(), route.to.clone(), cost, hops, way]);
    }
    table(&rows)
}

/// Flows of client classes, grouped.
pub fn flows_text(flows: &[&Flow]) -> String {
    let mut out = String::new();
    for flow in flows {
        out.push_str(&flow_title(flow));
        out.push('\n');
        let used: Vec<String> =
            flow.legs.iter().filter(|leg| leg.is_used).map(|leg| leg_line(leg, flow.sends)).collect();
        if used.is_empty() {
            out.push_str("  no way\n");
        } else {
            out.push_str(&format!("  {}\n", shortened(&used, "\n  ")));
        }
    }
    out
}

/// Of the legs to one service the cheapest.
fn nearest(flow: &Flow) -> impl Iterator<Item = &Leg> {
    let cost = |leg: &Leg| leg.path.as_ref().map_or(u64::MAX, |path| path.cost);
    flow.legs.iter().enumerate().filter_map(move |(index, leg)| {
        let is_better = |(other_index, other): (usize, &Leg)| {
            (&other.attached, &other.service) == (&leg.attached, &leg.service)
                && (cost(other), other_index) < (cost(leg), index)
        };
        let has_better = flow.legs.iter().enumerate().any(is_better);
        (leg.is_used && !has_better).then_some(leg)
    })
}

fn flow_title(flow: &Flow) -> String {
    let arrow = if flow.sends { "→" } else { "←" };
    format!("{} {arrow} {}  ({})", flow.class, flow.address, flow.treatment)
}

fn leg_line(leg: &Leg, sends: bool) -> String {
    let Some(path) = &leg.path else { return format!("{}: no way", leg.attached) };
    let hops = match path.hops() {
        1 => String::from("1 hop"),
        hops => format!("{hops} hops"),
    };
    let end = format!("[{}]", leg.service);
    let way = way(path);
    let line = if sends { format!("{way} → {end}") } else { format!("{end} → {way}") };
    format!("{line}   cost {}, {hops}", path.cost)
}

/// What changes.
pub fn changes_text(mesh: &Mesh, without: &[Part], changes: &Changes) -> String {
    let parts: Vec<String> = without.iter().map(|part| part.describe(mesh)).collect();
    let mut out = format!("Without {}:\n\n", parts.join(" and "));
    let show = |path: Option<&Path>| {
        path.map_or_else(|| String::from("no way"), |path| format!("{} (cost {})", way(path), path.cost))
    };
    let lines: Vec<String> = changes
        .routes
        .iter()
        .map(|(old, new)| format!("{}\n      now {}", show(old.path.as_ref()), show(new.path.as_ref())))
        .collect();
    if lines.is_empty() {
        out.push_str(&format!("no way between the other routers changes ({} looked at)\n", changes.unchanged));
    } else {
        let (changed, unchanged) = (lines.len(), changes.unchanged);
        out.push_str(&format!(
            "{changed} ways between routers change, {unchanged} stay:\n  {}\n",
            shortened(&lines, "\n  ")
        ));
    }
    for (old, new) in &changes.flows {
        let is_new = |leg: &&Leg| leg.is_used && !old.legs.contains(leg);
        let now: Vec<String> = nearest(new).filter(is_new).map(|leg| leg_line(leg, new.sends)).collect();
        let works =
            |flow: &Flow, router: &str| flow.legs.iter().any(|leg| leg.attached == router && leg.path.is_some());
        let routers: BTreeSet<&str> = old.legs.iter().map(|leg| leg.attached.as_str()).collect();
        let lost: Vec<&str> = routers.into_iter().filter(|router| works(old, router) && !works(new, router)).collect();
        if now.is_empty() && lost.is_empty() {
            continue;
        }
        out.push_str(&format!("\n{}\n", flow_title(new)));
        if !now.is_empty() {
            out.push_str(&format!("  now {}\n", shortened(&now, "\n      ")));
        }
        for router in lost {
            out.push_str(&format!("  LOST for clients at {router}\n"));
        }
    }
    out
}

/// What each single loss means.
pub fn verdicts_text(mesh: &Mesh, verdicts: &[Verdict]) -> String {
    let mut out = String::new();
    for verdict in verdicts.iter().filter(|verdict| !verdict.losses.is_empty()) {
        out.push_str(&format!("without {}:\n", verdict.part.describe(mesh)));
        let lines: Vec<String> = verdict
            .losses
            .iter()
            .map(|loss| {
                let arrow = if loss.sends { "→" } else { "←" };
                format!("{} {arrow} {}: {}", loss.class, loss.address, loss.why)
            })
            .collect();
        out.push_str(&format!("  {}\n", shortened(&lines, "\n  ")));
    }
    let bad = verdicts.iter().filter(|verdict| !verdict.losses.is_empty()).count();
    let all = verdicts.len();
    match bad {
        0 => out.push_str(&format!(
            "every address survives the loss of any one of {all} routers, connections and brokers\n"
        )),
        _ => out.push_str(&format!("\n{bad} of {all} single losses interrupt something; the others none\n")),
    }
    out
}

fn way(path: &Path) -> String {
    match &*path.routers {
        [first, second, third, .., last] if path.routers.len() > 8 => {
            format!("{first} → {second} → {third} → … → {last}")
        }
        routers => routers.join(" → "),
    }
}

fn shortened(lines: &[String], separator: &str) -> String {
    let shown = lines.get(..MAX_LINES.min(lines.len())).unwrap_or_default();
    let mut text = shown.join(separator);
    if lines.len() > MAX_LINES {
        text.push_str(&format!("{separator}… and {} more (--json has all)", lines.len() - MAX_LINES));
    }
    text
}

/// Columns aligned; the first row is the head.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            let is_number = column > 0 && (cell.chars().all(|letter| letter.is_ascii_digit()) || cell == "·");
            if is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}
