//! What happens in the course of time, and after a change.
//!
//! A change of what paths depend on is followed by one pass: the own link state gets a new version if it is different,
//! paths are computed, what is not known is asked for, and all routers are told the new version. The first change after a
//! quiet time is passed over at once, further ones at most every [`Config::settle`](crate::Config::settle) milliseconds.

use std::collections::{BTreeMap, BTreeSet};

use crossdock_amqp::engine::Time;

use super::LinkState;
use crate::RouterId;
use crate::message::{Message, MobileAddressUpdate, Peers, Recipient};
use crate::node::Request;
use crate::output::{Notice, Output, Path};
use crate::paths::Topology;

/// Ticks that find a router known to nobody until it is forgotten.
const ORPHAN_TICKS: u8 = 3;

impl LinkState {
    /// Does what is due by now: HELLO, RA, ageing, updates of addresses, paths.
    pub fn tick(&mut self, now: Time) {
        if now >= self.timers.hello {
            self.timers.hello = next(self.timers.hello, self.config.hello_interval, now);
            self.expire_neighbors(now);
            self.send_hello(self.neighbors.connections().collect());
        }
        let is_tick = now >= self.timers.tick;
        if is_tick {
            self.timers.tick = next(self.timers.tick, self.config.tick, now);
            self.expire_neighbors(now);
            self.expire_nodes(now);
        }
        self.settle_if_due(now);
        if is_tick || now >= self.timers.ask {
            self.ask_all(now);
        }
        if is_tick {
            self.advance_addresses(now);
        }
        if now >= self.timers.advertisement {
            self.advertise(now);
        }
    }

    /// Something changed that paths depend on.
    pub(super) fn want_settle(&mut self, now: Time) {
        let due = self.timers.settled.map_or(now, |settled| now.max(settled.plus_millis(self.config.settle)));
        self.timers.settle.get_or_insert(due);
    }

    pub(super) fn settle_if_due(&mut self, now: Time) {
        if self.timers.settle.is_none_or(|due| now < due) {
            return;
        }
        self.publish(now);
        self.timers.settle = None;
        self.timers.settled = Some(now);
        self.compute_paths(now);
        self.ask_all(now);
        if now >= self.timers.advertisement {
            self.advertise(now);
        }
    }

    /// Gives the own link state a new version if it is different from what the others were told. They hear of it in the
    /// next pass.
    pub(super) fn publish(&mut self, now: Time) {
        let peers = self.neighbors.peers();
        if peers == self.own.peers {
            return;
        }
        self.own.peers = peers;
        self.own.ls_seq = self.own.ls_seq.next();
        self.timers.flux_until = now.plus_millis(self.config.flux_duration);
        self.timers.advertisement = now;
        self.want_settle(now);
    }

    fn advertise(&mut self, now: Time) {
        let interval =
            if now < self.timers.flux_until { self.config.ra_interval_flux } else { self.config.ra_interval };
        self.timers.advertisement = now.plus_millis(interval.max(1));
        self.send_advertisement(Recipient::All);
    }

    fn advance_addresses(&mut self, now: Time) {
        if let Some((mobile_seq, update)) = self.addresses.advance() {
            let id = self.config.id.clone();
            self.send(Recipient::All, Message::MobileAddressUpdate(MobileAddressUpdate { id, mobile_seq, update }));
            // After the update, so that nobody asks for what is on its way.
            self.advertise(now);
        }
    }

    fn expire_neighbors(&mut self, now: Time) {
        for change in self.neighbors.expire(now, self.config.hello_max_age) {
            self.note_neighbor(Some(change), now);
        }
    }

    fn expire_nodes(&mut self, now: Time) {
        let max_age = self.config.remote_ls_max_age;
        let mut expired = Vec::new();
        for (router, node) in &mut self.nodes {
            if node.ls_seq.0 > 0 && now.millis_since(node.last_seen) > max_age {
                node.clear_link_state();
                expired.push(router.clone());
            }
        }
        if !expired.is_empty() {
            self.want_settle(now);
        }
        for router in expired {
            self.notice(Notice::Expired { router });
        }
        for router in self.orphans(now) {
            self.nodes.remove(&router);
            self.notice(Notice::Forgotten { router });
            self.want_settle(now);
        }
    }

    /// The routers that nobody has known for some ticks. What a router said of itself is kept until it would say so again: who
    /// starts learns of a large network hop by hop, and may hear from the far end before knowing a way there.
    fn orphans(&mut self, now: Time) -> Vec<RouterId> {
        let heard_of = self.config.ra_interval;
        if !self.nodes.values().any(|node| node.peers.is_empty()) {
            return Vec::new();
        }
        let listed: BTreeSet<RouterId> =
            self.nodes.values().flat_map(|node| node.peers.keys()).chain(self.own.peers.keys()).cloned().collect();
        let neighbors = self.neighbors.paths();
        let mut orphans = Vec::new();
        for (router, node) in &mut self.nodes {
            if !node.peers.is_empty() || neighbors.contains_key(router) || listed.contains(router) {
                node.orphan_ticks = 0;
                continue;
            }
            node.orphan_ticks = node.orphan_ticks.saturating_add(1);
            let was_heard = node.advertised_ls_seq.0 > 0 && now.millis_since(node.last_seen) <= heard_of;
            // What can still be reached goes once its path does.
            if node.orphan_ticks >= ORPHAN_TICKS && !was_heard && !self.paths.contains_key(router) {
                orphans.push(router.clone());
            }
        }
        orphans
    }

    /// Asks for what is not known, and greets who came into reach.
    fn ask_all(&mut self, now: Time) {
        // Those not answered by then set it anew; those without a path wait for one, or for the next tick.
        let mut next = Time::NEVER;
        let mut ask = Vec::new();
        let mut greet = Vec::new();
        for (router, node) in &mut self.nodes {
            for request in [node.link_state_request, node.address_request] {
                match request {
                    Request::Asked { again, .. } if again > now => next = next.min(again),
                    Request::Asked { .. } | Request::Wanted => ask.push(router.clone()),
                    Request::Idle => {}
                }
            }
            if node.greet_at.is_some_and(|at| now >= at) {
                node.greet_at = None;
                greet.push(router.clone());
            }
        }
        self.timers.ask = next;
        for router in ask {
            self.ask(&router, now);
        }
        for router in greet {
            self.send_advertisement(Recipient::Router(router));
        }
    }

    fn compute_paths(&mut self, now: Time) {
        let own: [(&RouterId, &Peers); 1] = [(&self.config.id, &self.own.peers)];
        let others = self.nodes.iter().map(|(router, node)| (router, &node.peers));
        self.topology = Topology::new(own.into_iter().chain(others));
        self.valid_origins = None;
        let routes = self.topology.routes(&self.config.id);
        self.radius = routes.radius;
        let mut paths = BTreeMap::new();
        for (router, route) in routes.routes {
            let Some(neighbor) = self.neighbors.paths().get(&route.next_hop) else { continue };
            let connection = neighbor.connection;
            paths.insert(router, Path { next_hop: route.next_hop, connection, cost: route.cost, hops: route.hops });
        }
        self.output(Output::TopologyChanged);
        self.install(paths, now);
    }

    /// Tells what is different, losses first.
    fn install(&mut self, paths: BTreeMap<RouterId, Path>, now: Time) {
        let before = std::mem::replace(&mut self.paths, paths.clone());
        for router in before.keys().filter(|&router| !paths.contains_key(router)) {
            for address in self.addresses_known(router) {
                self.output(Output::AddressRemoved { router: router.clone(), address: address.0 });
            }
            self.output(Output::Unreachable { router: router.clone() });
        }
        for (router, path) in paths {
            match before.get(&router) {
                Some(known) if *known == path => {}
                Some(_) => self.output(Output::PathChanged { router, path }),
                None => self.tell_reachable(router, path, now),
            }
        }
    }

    fn tell_reachable(&mut self, router: RouterId, path: Path, now: Time) {
        // The own neighbours get the advertisement of the new version at once.
        let greet_at = (path.next_hop != router).then(|| now.plus_millis(self.config.tick));
        if let Some(node) = self.nodes.get_mut(&router) {
            node.greet_at = greet_at;
        }
        let addresses = self.addresses_known(&router);
        self.output(Output::Reachable { router: router.clone(), path });
        for (address, hint) in addresses {
            self.output(Output::AddressAdded { router: router.clone(), address, hint });
        }
    }

    fn addresses_known(&self, router: &RouterId) -> Vec<(std::sync::Arc<str>, Option<i64>)> {
        let Some(node) = self.nodes.get(router) else { return Vec::new() };
        node.addresses.iter().map(|(address, &hint)| (address.clone(), hint)).collect()
    }
}

/// The next time of something regular; times that were missed are left out.
fn next(due: Time, interval: u64, now: Time) -> Time {
    let next = due.plus_millis(interval.max(1));
    if next > now { next } else { now.plus_millis(interval.max(1)) }
}
