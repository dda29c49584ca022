//! Brokers, their queues and shards.

use std::collections::BTreeSet;

use crossdock_schema::{Direction, Distribution};

use crate::diagnostic::{Code, Diagnostics};
use crate::model::{ClientClass, Mesh, Shard};
use crate::network::Network;
use crate::service::{Services, overlap};
use crate::text::Place;

pub(super) fn check(mesh: &Mesh, services: &Services<'_>, diagnostics: &mut Diagnostics) {
    for broker in &mesh.brokers {
        let by_links = mesh.auto_links.iter().any(|link| link.broker == broker.id)
            || mesh.link_routes.iter().any(|route| route.broker == broker.id);
        if !by_links && !mesh.shards.iter().any(|shard| shard.members.iter().any(|member| member.broker == broker.id)) {
            let problem = format!("no auto link, link route or shard uses the broker '{}'", broker.id);
            diagnostics.warn(Code::Unused, broker.at, problem, "add one, or leave the broker out");
        }
        if let ([only], true) = (&*broker.routers, mesh.routers.len() > 1) {
            let problem = format!("the broker '{}' is reached through router '{only}' alone", broker.id);
            diagnostics.warn(Code::SinglePointOfFailure, broker.at, problem, "name a second router, or accept it");
        }
    }
    for link in &mesh.auto_links {
        queue(mesh, &link.broker, &link.queue, link.at, diagnostics);
        let comes_out = |queue: &str| {
            mesh.auto_links
                .iter()
                .any(|other| other.direction == Direction::In && other.broker == link.broker && other.queue == queue)
                || mesh.link_routes.iter().any(|route| {
                    route.direction == Direction::Out && route.broker == link.broker && overlap(&route.pattern, queue)
                })
        };
        let is_waypoint = services.phases(&link.address).0 != services.phases(&link.address).1;
        if link.direction == Direction::Out && !is_waypoint && !comes_out(&link.queue) {
            let problem = format!(
                "nobody takes messages out of the queue '{}' of broker '{}' through the mesh",
                link.queue, link.broker
            );
            diagnostics.warn(
                Code::NobodyServes,
                link.at,
                problem,
                "accept it where consumers connect to the broker itself",
            );
        }
    }
    for shard in &mesh.shards {
        let mut seen = BTreeSet::new();
        for member in &shard.members {
            queue(mesh, &member.broker, &member.queue, member.at, diagnostics);
            if !seen.insert((&member.broker, &member.queue)) {
                let problem = format!(
                    "the shard '{}' has the queue '{}' of broker '{}' twice",
                    shard.name, member.queue, member.broker
                );
                diagnostics.error(Code::Shard, member.at, problem);
            }
        }
        let (ingress, egress) = services.phases(&shard.address);
        if ingress == egress {
            let problem = format!("'{}' is sharded over queues, but is no waypoint", shard.address);
            let hint = format!("add to addresses: {{pattern: {}, waypoint: yes}}", shard.address);
            diagnostics.error_hint(Code::Shard, shard.at, problem, hint);
        }
        if shard.members.len() == 1 {
            let problem = format!("the shard '{}' has but one member: all keys go there", shard.name);
            diagnostics.warn(Code::Shard, shard.at, problem, "add members, or use an auto link");
        }
        order(mesh, services, shard, diagnostics);
        if let Some(link) = services.auto_links(&shard.address).find(|link| !link.fallback) {
            let place = mesh.place(link.at);
            let problem = format!(
                "'{}' is sharded and has an auto link as well ({place}), which takes messages of any key",
                shard.address
            );
            diagnostics.error_hint(Code::Conflict, shard.at, problem, "leave one of them out");
        }
    }
}

/// Whether messages of one key can overtake each other on their ways to the brokers.
fn order(mesh: &Mesh, services: &Services<'_>, shard: &Shard, diagnostics: &mut Diagnostics) {
    let network = Network::whole(mesh);
    let sends = |class: &&ClientClass| class.send.iter().any(|(address, _)| overlap(address, &shard.address));
    let senders = mesh.clients.iter().filter(sends).flat_map(|class| &class.routers);
    let senders: BTreeSet<&String> = senders.collect();
    let mut ties = Vec::new();
    let members = shard.members.iter();
    for member in members.filter(|member| services.distribution(shard, member) == Distribution::Closest) {
        let holders = network.holders(&member.broker);
        for from in &senders {
            let cost = |to: &str| network.path(from, to).map(|path| path.cost);
            let mut ways: Vec<(u64, &str)> = holders.iter().filter_map(|to| Some((cost(to)?, *to))).collect();
            ways.sort_unstable();
            if let [(first, one), (second, other), ..] = *ways
                && first == second
            {
                ties.push((from.as_str(), one.to_owned(), other.to_owned(), member));
            }
        }
    }
    let Some((from, one, other, member)) = ties.first() else { return };
    let rest = if ties.len() == 1 { String::new() } else { format!(" (and {} more such cases)", ties.len() - 1) };
    let problem = format!(
        "from '{from}' the routers '{one}' and '{other}', which hold the broker '{}', are equally near: messages of one key take turns \
         and can overtake each other{rest}",
        member.broker
    );
    diagnostics.warn(Code::EqualCost, member.at, problem, "give the ways different costs, or accept it");
}

fn queue(mesh: &Mesh, broker: &str, queue: &str, at: Place, diagnostics: &mut Diagnostics) {
    let Some(broker) = mesh.broker(broker) else { return };
    if broker.queues.is_empty() || broker.queues.iter().any(|known| known == queue) {
        return;
    }
    let problem = format!("the broker '{}' has no queue '{queue}'", broker.id);
    let hint = match crossdock_schema::suggestion(queue, broker.queues.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => format!("it has {}; add it to its 'queues', or set externalAddress", broker.queues.join(", ")),
    };
    diagnostics.error_hint(Code::UnknownQueue, at, problem, hint);
}
