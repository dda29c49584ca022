//! Ports that two want to listen on.

use crate::diagnostic::{Code, Diagnostics};
use crate::model::{Mesh, is_this_machine};
use crate::text::Place;

/// Who listens where.
struct Claim<'a> {
    who: String,
    at: Place,
    machine: &'a str,
    bind: &'a str,
    port: u16,
}

pub(super) fn check(mesh: &Mesh, diagnostics: &mut Diagnostics) {
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for router in &mesh.routers {
        for listener in &router.listeners {
            // Port 0 is chosen by the system.
            let Some(port) = listener.port.filter(|port| *port > 0) else { continue };
            let who = format!("listener '{}' of router '{}'", listener.name, router.id);
            claims.push(Claim { who, at: listener.at, machine: machine(&router.host), bind: &listener.host, port });
        }
    }
    for broker in mesh.brokers.iter().filter(|broker| is_this_machine(&broker.host)) {
        let who = format!("broker '{}'", broker.id);
        claims.push(Claim {
            who,
            at: broker.at,
            machine: machine(&broker.host),
            bind: &broker.host,
            port: broker.port,
        });
    }
    for (index, claim) in claims.iter().enumerate() {
        let clashes = |other: &&Claim<'_>| {
            other.port == claim.port
                && other.machine == claim.machine
                && (other.bind == claim.bind || is_wildcard(other.bind) || is_wildcard(claim.bind))
        };
        if let Some(other) = claims.iter().take(index).find(clashes) {
            let problem = format!(
                "{} wants port {}, which {} has already ({})",
                claim.who,
                claim.port,
                other.who,
                mesh.place(other.at)
            );
            let hint = "give each its own port, or the routers hosts of their own; in templates: port: ${20000 + n}";
            diagnostics.error_hint(Code::PortClash, claim.at, problem, hint);
        }
    }
}

/// All names of this machine are one.
fn machine(host: &str) -> &str {
    if is_this_machine(host) { "127.0.0.1" } else { host }
}

fn is_wildcard(bind: &str) -> bool {
    matches!(bind, "" | "0.0.0.0" | "::")
}
