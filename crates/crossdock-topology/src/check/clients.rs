//! Clients: a listener for them, and somebody at the other end of their addresses.

use crossdock_schema::{Direction, Distribution, Role};

use crate::diagnostic::{Code, Diagnostics};
use crate::model::{ClientClass, Mesh};
use crate::service::{Services, is_special};

pub(super) fn check(mesh: &Mesh, services: &Services<'_>, diagnostics: &mut Diagnostics) {
    for class in &mesh.clients {
        listeners(mesh, class, diagnostics);
        if class.send.is_empty() && class.receive.is_empty() {
            let problem = format!("the client class '{}' neither sends nor receives", class.name);
            diagnostics.warn(Code::Unused, class.at, problem, "add 'send' or 'receive'");
        }
        for (address, at) in class.send.iter().filter(|(address, _)| !is_special(address)) {
            let refused = services.rule(address).filter(|rule| rule.address.distribution == Distribution::Unavailable);
            if let Some(rule) = refused {
                let problem = format!("'{}' sends to '{address}', which '{}' makes unavailable", class.name, rule.text);
                diagnostics.error(Code::Conflict, *at, problem);
            } else if services.takers(address).is_empty() {
                let reason = match services.link_route(address, Direction::Out) {
                    Some(_) => "; receivers are link-routed to a broker, senders are not (direction: both)",
                    None => "",
                };
                let problem = format!("'{}' sends to '{address}', and nobody takes it{reason}", class.name);
                let hint = "add who receives it: clients, an auto link or a link route; or correct the address";
                diagnostics.error_hint(Code::NobodyServes, *at, problem, hint);
            }
        }
        for (address, at) in class.receive.iter().filter(|(address, _)| !is_special(address)) {
            if services.givers(address).is_empty() {
                let problem = format!("'{}' waits for '{address}', and nobody sends it", class.name);
                let hint = "add who sends it, correct the address, or accept it";
                diagnostics.warn(Code::NobodySends, *at, problem, hint);
            }
        }
    }
}

fn listeners(mesh: &Mesh, class: &ClientClass, diagnostics: &mut Diagnostics) {
    for router in class.routers.iter().filter_map(|id| mesh.router(id)) {
        if router.listener(Role::Normal).is_none() {
            let problem =
                format!("'{}' attaches to router '{}', which has no listener for clients", class.name, router.id);
            let hint = format!("add to '{}': listeners: [{{port: 5672}}]", router.id);
            diagnostics.error_hint(Code::NoClientListener, class.at, problem, hint);
        }
    }
}
