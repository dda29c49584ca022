//! What the routers should know of each other, by brute force.

use crossdock_core::record::LinkType;
use crossdock_linkstate::{LinkState, RouterId};
use crossdock_router::Node;
use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::rules::is_routed;

/// A path by the rules: first router on it, cost, hops.
type Way = (usize, u64, u32);

/// The routing machine of a router.
pub(super) fn link_state(node: &Node) -> Option<&LinkState> {
    node.link_state()
}

/// How many links a router's node knows that are not to other routers.
pub(super) fn client_links(node: &Node) -> usize {
    node.links().filter(|link| link.kind() == LinkType::Endpoint).count()
}

impl World {
    /// Runs until every router has the paths of the rules to all others and knows what all others consume. Milliseconds
    /// that took. From then on, and until something is disturbed, the world is calm.
    pub fn converge(&mut self, most: u64) -> u64 {
        let start = self.net.now;
        loop {
            self.run_for(0);
            let mut wrong = self.wrong();
            if wrong.is_none() && self.net.wires.iter().any(|wire| wire.data_connections > 0) {
                // Until both ends know of each connection, senders may move from one to another.
                let slowest = self.net.wires.iter().map(|wire| wire.latency).max().unwrap_or(0);
                self.run_for(50 + 10 * slowest);
                wrong = self.wrong();
            }
            let millis = self.net.now.millis_since(start);
            match wrong {
                None => {
                    self.assert_loop_free();
                    self.calm_down();
                    return millis;
                }
                Some(wrong) => assert!(millis < most, "the mesh does not settle in {most} ms: {wrong}"),
            }
            self.run_for(10);
        }
    }

    /// The neighbours that a router knows.
    pub fn neighbors(&self, router: usize) -> Vec<usize> {
        let machine = self.net.routers[router].process.as_ref().and_then(|process| link_state(&process.node));
        let names: BTreeSet<&str> =
            machine.iter().flat_map(|one| one.neighbors()).map(|(id, ..)| id.as_str()).collect();
        (0..self.net.routers.len()).filter(|&at| names.contains(self.net.routers[at].name.as_str())).collect()
    }

    /// Hops from one router to the farthest that it knows.
    pub fn radius(&self, router: usize) -> u32 {
        let process = self.net.routers[router].process.as_ref();
        process.and_then(|process| link_state(&process.node)).map_or(0, LinkState::radius)
    }

    pub(crate) fn calm_down(&mut self) {
        if self.calm.is_none() {
            self.calms += 1;
            self.calm = Some(self.calms);
        }
        for receiver in self.receivers.iter_mut().filter(|receiver| !receiver.gone && receiver.attached) {
            receiver.known_since = self.calm;
        }
    }

    /// Whether every router has the right paths.
    pub fn has_settled(&self) -> bool {
        self.wrong().is_none()
    }

    /// What is different from the rules taken literally, if anything is.
    pub fn wrong(&self) -> Option<String> {
        if let Some(at) = (0..self.net.wires.len()).find(|&at| self.should_be_whole(at) && !self.net.is_whole(at)) {
            return Some(format!("wire {at} is not connected"));
        }
        if let Some(at) =
            (0..self.net.wires.len()).find(|&at| self.should_be_whole(at) && !self.net.has_data_connections(at))
        {
            return Some(format!("wire {at} has not all its connections"));
        }
        if let Some(missing) = (0..self.net.feeds.len()).find_map(|feed| self.missing_of_feed(feed)) {
            return Some(missing);
        }
        let attaching = |receiver: &&super::Receiver| !receiver.gone && !receiver.attached;
        if let Some(receiver) = self.receivers.iter().find(attaching) {
            return Some(format!("a receiver of {} waits for its answer", receiver.address));
        }
        for (at, router) in self.net.routers.iter().enumerate() {
            let Some(process) = &router.process else { continue };
            let (found, wanted) = (client_links(&process.node), self.links_at(at));
            if found != wanted && !self.rules.has_routed_links {
                return Some(format!("{} has {found} links of clients instead of {wanted}", router.name));
            }
        }
        let costs = self.costs();
        let consumed: Vec<BTreeSet<&str>> =
            (0..self.net.routers.len()).map(|router| self.consumed_at(router)).collect();
        // Whoever was wrong the last time is asked first.
        let count = self.net.routers.len();
        for from in (0..count).map(|at| (at + self.suspect.get()) % count) {
            let router = &self.net.routers[from];
            let Some(machine) = router.process.as_ref().and_then(|process| link_state(&process.node)) else { continue };
            self.suspect.set(from);
            for (to, expected) in tree(&costs, from).into_iter().enumerate().filter(|&(to, _)| to != from) {
                let name = |at: usize| self.net.routers[at].name.as_str();
                let id = name(to);
                let path = machine.paths().get(id);
                let found = path.map(|path| (path.next_hop.as_str(), path.cost, path.hops));
                let wanted = expected.map(|(next, cost, hops)| (name(next), cost, hops));
                if found != wanted {
                    return Some(format!("{} to {id}: {found:?} instead of {wanted:?}", router.name));
                }
                if expected.is_some() {
                    // Which copies of a multicast go which way follows from what is known of others' neighbours.
                    let id = RouterId::new(id);
                    let found = machine.state_of(&id).map(|(_, neighbors)| neighbors.map(RouterId::as_str));
                    // Both are in the order of names.
                    if !found.into_iter().flatten().eq(costs[to].keys().map(|&at| name(at))) {
                        return Some(format!("{} does not know the neighbours of {id}", router.name));
                    }
                    // Those of link routes are not foreseen.
                    let found = machine.addresses_of(&id).map(|(address, _)| address);
                    let found: BTreeSet<&str> = found.filter(|address| self.rules.is_foreseen(address)).collect();
                    let wanted = &consumed[to];
                    if found != *wanted {
                        return Some(format!("{} believes of {id}: {found:?} instead of {wanted:?}", router.name));
                    }
                }
            }
        }
        None
    }

    /// Links of clients that a router's node is to know.
    fn links_at(&self, router: usize) -> usize {
        let is_here = |client: usize| self.clients[client].router == router;
        let senders = self.senders.iter().filter(|one| !one.gone && is_here(one.client));
        let receivers = self.receivers.iter().filter(|one| !one.gone && is_here(one.client));
        senders.count() + receivers.count()
    }

    fn should_be_whole(&self, wire: usize) -> bool {
        let wire = &self.net.wires[wire];
        wire.state == crate::net::WireState::Up
            && wire.ends.iter().all(|&router| self.net.routers[router].process.is_some())
    }

    /// What the others are to know of a router's consumers.
    fn consumed_at(&self, router: usize) -> BTreeSet<&str> {
        let here = self.receivers.iter().filter(|one| !one.gone && self.clients[one.client].router == router);
        here.map(|one| one.key.as_str()).filter(|key| !is_routed(key)).collect()
    }

    /// Every path, followed from next hop to next hop, ends where it should.
    fn assert_loop_free(&self) {
        for (from, router) in self.net.routers.iter().enumerate() {
            let Some(machine) = router.process.as_ref().and_then(|process| link_state(&process.node)) else { continue };
            for (to, path) in machine.paths() {
                let mut at = from;
                for _ in 0..path.hops {
                    let process = self.net.routers[at].process.as_ref().expect("a running router");
                    let next = &link_state(&process.node).and_then(|one| one.paths().get(to)).expect("a path").next_hop;
                    at = self.net.routers.iter().position(|router| router.name == next.as_str()).expect("a router");
                }
                assert_eq!(self.net.routers[at].name, to.as_str(), "from {from} in {} hops", path.hops);
            }
        }
    }

    /// Cost of the way from one router to another over the wires that work.
    pub(super) fn cost(&self, from: usize, to: usize) -> Option<u64> {
        let Some(calm) = self.calm else { return tree(&self.costs(), from)[to].map(|(_, cost, _)| cost) };
        // In a calm nothing changes.
        let mut known = self.known_costs.borrow_mut();
        if known.0 != calm {
            *known = (calm, BTreeMap::new());
        }
        let costs = known
            .1
            .entry(from)
            .or_insert_with(|| tree(&self.costs(), from).into_iter().map(|way| way.map(|(_, cost, _)| cost)).collect());
        costs[to]
    }

    fn costs(&self) -> Vec<BTreeMap<usize, u64>> {
        let mut costs = vec![BTreeMap::new(); self.net.routers.len()];
        for (at, wire) in self.net.wires.iter().enumerate() {
            let [a, b] = wire.ends;
            if self.net.is_whole(at) {
                for (from, to) in [(a, b), (b, a)] {
                    let known: &mut u64 = costs[from].entry(to).or_insert(u64::from(wire.cost));
                    *known = (*known).min(u64::from(wire.cost));
                }
            }
        }
        costs
    }
}

/// The way from `root` to each router; numbers are in the order of names. Looks through all routers for the next one, as
/// the rule says.
fn tree(costs: &[BTreeMap<usize, u64>], root: usize) -> Vec<Option<Way>> {
    let mut known: Vec<Option<Way>> = vec![None; costs.len()];
    let mut done = vec![false; costs.len()];
    known[root] = Some((root, 0, 0));
    loop {
        let open = (0..costs.len()).filter(|&router| !done[router]);
        let next = open.filter_map(|router| known[router].map(|(_, cost, _)| (cost, router))).min();
        let Some((cost, at)) = next else { return known };
        done[at] = true;
        let Some((first, _, hops)) = known[at] else { return known };
        for (&to, step) in &costs[at] {
            if known[to].is_none_or(|(_, least, _)| cost + step < least) {
                known[to] = Some((if at == root { to } else { first }, cost + step, hops + 1));
            }
        }
    }
}
