//! From client classes to addresses and back.

use crossdock_schema::{Direction, Distribution};

use crate::network::{Network, Path};
use crate::service::{Service, Services, is_special};

/// What a client class does with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The class.
    pub class: String,
    /// The address.
    pub address: String,
    /// It sends; otherwise it receives.
    pub sends: bool,
    /// `closest`, `balanced`, `multicast`, `queue` (what comes from brokers) or `link route`.
    pub treatment: &'static str,
    /// One for each router the class attaches to and each place messages go to or come from.
    pub legs: Vec<Leg>,
}

/// A way of messages of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Router the clients are attached to.
    pub attached: String,
    /// Who takes or gives the messages: `clients NAME` or `queue NAME at BROKER`.
    pub service: String,
    /// Router where the service is.
    pub router: String,
    /// In the direction of the messages; none: there is no way.
    pub path: Option<Path>,
    /// With treatment closest only the nearest are used.
    pub is_used: bool,
}

/// All flows of the clients of a mesh, with what is left of it. Messages between clients are shown at the sender.
pub fn flows(network: &Network<'_>, services: &Services<'_>) -> Vec<Flow> {
    let mesh = network.mesh();
    let mut flows = Vec::new();
    for class in &mesh.clients {
        let sends = class.send.iter().map(|(address, _)| (address, true));
        let receives = class.receive.iter().map(|(address, _)| (address, false));
        for (address, sends) in sends.chain(receives).filter(|(address, _)| !is_special(address)) {
            let found = if sends { services.takers(address) } else { services.givers(address) };
            let is_client = |service: &Service| matches!(service, Service::Clients(_));
            let found: Vec<Service> = found.into_iter().filter(|service| sends || !is_client(service)).collect();
            if found.is_empty() && !sends {
                continue;
            }
            let treatment = treatment(address, sends, &found, services);
            let mut legs = Vec::new();
            for attached in class.routers.iter().filter(|router| network.is_up(router)) {
                let first = legs.len();
                for service in &found {
                    let own = legs.len();
                    legs_to(network, attached, sends, *service, &mut legs);
                    if sends && is_closest(services, network, *service) {
                        keep_nearest(legs.get_mut(own..).unwrap_or_default());
                    }
                }
                if treatment == "closest" {
                    keep_nearest(legs.get_mut(first..).unwrap_or_default());
                }
            }
            flows.push(Flow { class: class.name.clone(), address: address.clone(), sends, treatment, legs });
        }
    }
    flows
}

/// Whether a member of a shard gets its messages by the nearest router only.
fn is_closest(services: &Services<'_>, network: &Network<'_>, service: Service) -> bool {
    let Service::Shard(shard, member) = service else { return false };
    let Some(shard) = network.mesh().shards.get(shard) else { return false };
    let member = shard.members.get(member);
    member.is_some_and(|member| services.distribution(shard, member) == Distribution::Closest)
}

fn treatment(address: &str, sends: bool, found: &[Service], services: &Services<'_>) -> &'static str {
    let direction = if sends { Direction::In } else { Direction::Out };
    if services.link_route(address, direction).is_some() {
        return "link route";
    }
    if !sends {
        return "queue";
    }
    if found.iter().any(|service| matches!(service, Service::Shard(..))) {
        return "by key";
    }
    services.rule(address).map_or(Distribution::Balanced, |rule| rule.address.distribution).as_str()
}

fn legs_to(network: &Network<'_>, attached: &str, sends: bool, service: Service, legs: &mut Vec<Leg>) {
    let mesh = network.mesh();
    let at_broker = |broker: &str, what: String| (format!("{what} at {broker}"), network.holders(broker));
    let (name, routers) = match service {
        Service::Clients(index) => match mesh.clients.get(index) {
            Some(class) => {
                let routers = class.routers.iter().map(String::as_str).filter(|router| network.is_up(router));
                (format!("clients {}", class.name), routers.collect())
            }
            None => return,
        },
        Service::AutoLink(index) => match mesh.auto_links.get(index) {
            Some(link) => at_broker(&link.broker, format!("queue {}", link.queue)),
            None => return,
        },
        Service::Shard(shard, member) => match mesh.shards.get(shard).and_then(|shard| shard.members.get(member)) {
            Some(member) => at_broker(&member.broker, format!("queue {}", member.queue)),
            None => return,
        },
        Service::LinkRoute(index) => match mesh.link_routes.get(index) {
            Some(route) => at_broker(&route.broker, format!("links of {}", route.text)),
            None => return,
        },
    };
    for router in routers {
        let path = if sends { network.path(attached, router) } else { network.path(router, attached) };
        let (attached, router) = (attached.to_owned(), router.to_owned());
        let is_used = path.is_some();
        legs.push(Leg { attached, service: name.clone(), router, path, is_used });
    }
}

fn keep_nearest(legs: &mut [Leg]) {
    let cost = |leg: &Leg| leg.path.as_ref().map(|path| path.cost);
    let nearest = legs.iter().filter_map(cost).min();
    for leg in legs {
        leg.is_used = nearest.is_some() && cost(leg) == nearest;
    }
}
