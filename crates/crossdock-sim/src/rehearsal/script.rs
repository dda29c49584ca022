//! What is sent when, and what breaks when.

use crossdock_topology::plan::flows;
use crossdock_topology::simulation::{Act, Fault, Load, Target, Time};
use crossdock_topology::{Mesh, Network, Part, Services};
use std::collections::BTreeMap;

use super::Rehearsal;
use crate::rng::Rng;

/// Messages in a second, bytes of each, if nothing is said.
const RATE: u64 = 10;
const SIZE: u64 = 200;

/// How long what breaks again and again stays broken, if nothing is said (ms).
const LASTS: u64 = 5_000;

/// What the clients of a class send to one of its addresses.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) class: usize,
    /// Number of the address among those that the class sends to.
    pub(super) address: usize,
    pub(super) size: usize,
    pub(super) settled: bool,
    /// Messages in all.
    total: u64,
    /// Microseconds of the first message, and from one to the next.
    first: u64,
    step: u64,
    next: u64,
    /// Nobody was there to send it.
    pub(super) unsent: u64,
}

impl Stream {
    /// When the next message is due (ms from the beginning of the load).
    pub(super) fn due(&self) -> Option<u64> {
        (self.next < self.total).then(|| (self.first + self.next * self.step) / 1_000)
    }

    pub(super) fn advance(&mut self) {
        self.next += 1;
    }
}

/// The streams of a rehearsal.
pub(super) fn streams(rehearsal: &Rehearsal<'_>, rng: &mut Rng) -> Vec<Stream> {
    let mesh = rehearsal.mesh;
    let loads = &rehearsal.simulation.loads;
    let mut streams = Vec::new();
    for (index, class) in mesh.clients.iter().enumerate() {
        for (at, (address, _)) in class.send.iter().enumerate() {
            let of_class = || loads.iter().filter(|load| load.class == class.name);
            // What is said of an address goes before what is said of all.
            let exact = of_class().find(|load| {
                load.address.as_ref().is_some_and(|one| one == address || crossdock_topology::overlap(one, address))
            });
            let load = match exact.or_else(|| of_class().find(|load| load.address.is_none())) {
                Some(load) => load.clone(),
                None if loads.is_empty() => Load::default(),
                None => continue,
            };
            let length = rehearsal.length();
            let total = load.messages.unwrap_or_else(|| load.rate.unwrap_or(RATE).saturating_mul(length) / 1_000);
            let step = length.saturating_mul(1_000).checked_div(total).unwrap_or(0);
            streams.push(Stream {
                class: index,
                address: at,
                size: usize::try_from(load.size.unwrap_or(SIZE)).unwrap_or(usize::MAX),
                settled: load.settled.unwrap_or(false),
                total,
                first: rng.next() % step.max(1),
                step,
                next: 0,
                unsent: 0,
            });
        }
    }
    streams
}

/// How many clients of which class are wanted.
pub(super) fn numbers(loads: &[Load]) -> BTreeMap<String, u64> {
    loads.iter().filter_map(|load| Some((load.class.clone(), load.number?))).collect()
}

/// When what is done; repairs are added when something breaks.
pub(super) fn faults(rehearsal: &Rehearsal<'_>, rng: &mut Rng) -> Vec<(u64, Act, Option<u64>)> {
    let mut all = Vec::new();
    for Fault { time, act, lasts } in rehearsal.faults() {
        match time {
            Time::At(millis) => all.push((millis, act, lasts)),
            Time::Every(mean) => {
                let mut at = 0;
                loop {
                    at += mean / 2 + rng.next() % mean.max(1);
                    if at >= rehearsal.length() || all.len() > 10_000 {
                        break;
                    }
                    all.push((at, act.clone(), lasts.or(Some(LASTS))));
                }
            }
        }
    }
    all.sort_by_key(|(at, ..)| *at);
    all
}

/// What breaks if nothing is said: the router in the middle of most ways dies for a while; where no way goes through a router,
/// a connection is cut, and where there is but one router, it dies.
pub fn default_fault(mesh: &Mesh, length: u64) -> Option<Fault> {
    let network = Network::whole(mesh);
    let mut passed: BTreeMap<&str, usize> = BTreeMap::new();
    let all = flows(&network, &Services::new(mesh));
    for leg in all.iter().flat_map(|flow| &flow.legs).filter(|leg| leg.is_used) {
        let routers = leg.path.iter().flat_map(|path| path.routers.iter().skip(1).take(path.hops().saturating_sub(1)));
        for router in routers {
            *passed.entry(router).or_default() += 1;
        }
    }
    let busiest = mesh.routers.iter().map(|router| router.id.as_str()).filter_map(|id| Some((id, *passed.get(id)?)));
    // Of several the first.
    let busiest = busiest.rev().max_by_key(|(_, count)| *count).map(|(id, _)| Part::Router(id.to_owned()));
    let act = match busiest {
        Some(part) => Act::Kill(Target::Part(part)),
        None if !mesh.connections.is_empty() => Act::Cut(Target::Part(Part::Connection(0))),
        None => Act::Kill(Target::Part(Part::Router(mesh.routers.first()?.id.clone()))),
    };
    Some(Fault { time: Time::At(length / 4), act, lasts: Some(length / 4) })
}
