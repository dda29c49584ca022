//! Address sections: waypoints with queues, phases that are used, fallbacks.

use crossdock_schema::Direction;

use crate::diagnostic::{Code, Diagnostics};
use crate::model::{AddressRule, Mesh};
use crate::service::{Services, overlap};

pub(super) fn check(mesh: &Mesh, services: &Services<'_>, diagnostics: &mut Diagnostics) {
    for (index, rule) in mesh.addresses.iter().enumerate() {
        waypoint(mesh, rule, diagnostics);
        fallback(mesh, rule, diagnostics);
        unused(mesh, index, rule, services, diagnostics);
    }
    for link in &mesh.auto_links {
        if link.fallback {
            let enabled = services.rule(&link.address).is_some_and(|rule| rule.address.enable_fallback);
            if !enabled {
                let problem = format!("the auto link serves the fallback of '{}', which has none", link.address);
                diagnostics.error_hint(
                    Code::Fallback,
                    link.at,
                    problem,
                    "add to its address section: enableFallback: yes",
                );
            }
            continue;
        }
        let (ingress, egress) = services.phases(&link.address);
        let (fits, side) = match link.direction {
            Direction::Out => ((ingress..egress.max(ingress + 1)).contains(&link.phase), "takes messages"),
            Direction::In => {
                let first = if ingress == egress { ingress } else { ingress + 1 };
                ((first..=egress).contains(&link.phase), "brings messages")
            }
        };
        if !fits {
            let problem = format!(
                "the auto link '{}' {side} in phase {}, but the address goes from phase {ingress} to {egress}",
                link.address, link.phase
            );
            let hint = if services.rule(&link.address).is_some_and(|rule| rule.address.waypoint) {
                "leave 'phase' out"
            } else {
                "add an address section with waypoint: yes"
            };
            diagnostics.error_hint(Code::Phase, link.at, problem, hint);
        }
    }
}

fn waypoint(mesh: &Mesh, rule: &AddressRule, diagnostics: &mut Diagnostics) {
    if rule.ingress_phase == rule.egress_phase || mesh.shards.iter().any(|shard| overlap(&shard.address, &rule.pattern))
    {
        return;
    }
    let has = |direction: Direction| {
        mesh.auto_links.iter().any(|link| link.direction == direction && overlap(&link.address, &rule.pattern))
    };
    let missing = match (has(Direction::Out), has(Direction::In)) {
        (true, true) => return,
        (false, false) => "no auto link: there is no broker on the way",
        (true, false) => "no auto link with direction in: what goes into the queue never comes out",
        (false, true) => "no auto link with direction out: nothing goes into the queue",
    };
    let problem = format!("'{}' is a waypoint and has {missing}", rule.text);
    let hint = format!("add to autoLinks: {{address: {}, broker: NAME, direction: both}}", rule.text);
    diagnostics.error_hint(Code::Waypoint, rule.at, problem, hint);
}

fn fallback(mesh: &Mesh, rule: &AddressRule, diagnostics: &mut Diagnostics) {
    let served = mesh.auto_links.iter().any(|link| link.fallback && overlap(&link.address, &rule.pattern));
    if rule.address.enable_fallback && !served {
        let problem = format!("'{}' has a fallback that no auto link serves", rule.text);
        let hint = "add an auto link with fallback: yes, or accept it where clients do that (capability qd.fallback)";
        diagnostics.warn(Code::Fallback, rule.at, problem, hint);
    }
}

fn unused(mesh: &Mesh, index: usize, rule: &AddressRule, services: &Services<'_>, diagnostics: &mut Diagnostics) {
    // Without clients the file does not say which addresses there are.
    if mesh.clients.is_empty() {
        return;
    }
    let clients = mesh.clients.iter().flat_map(|class| class.send.iter().chain(&class.receive));
    let mut addresses = clients
        .map(|(address, _)| address.as_str())
        .chain(mesh.auto_links.iter().map(|link| link.address.as_str()))
        .chain(mesh.shards.iter().map(|shard| shard.address.as_str()));
    if !addresses.any(|address| services.rule_index(address) == Some(index) || overlap(address, &rule.pattern)) {
        let problem = format!("no client, auto link or shard uses an address that '{}' matches", rule.text);
        diagnostics.warn(Code::Unused, rule.at, problem, "leave it out, or add the clients that use it");
    }
}
