//! How a world ends: everybody finishes, the books are checked, everybody leaves, and nothing is left.

use crossdock_router::Holdings;

use super::World;
use super::mesh::client_links;
use super::model::{Taste, Verdict};
use super::rules::is_routed;
use crate::net::WireState;

/// Milliseconds in which a mesh settles, whatever it went through: a silent connection is given up, and made again.
const SETTLE: u64 = 60_000;

/// Milliseconds after which routers that are gone are forgotten by all.
const FORGET: u64 = 180_000;

/// What a router has when no client is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leftovers {
    addresses: usize,
    links: usize,
    connections: usize,
}

impl World {
    /// The mesh is complete, and no client has come yet: what routers hold now is what they may hold in the end.
    pub fn mark_baseline(&mut self) {
        self.converge(SETTLE);
        self.run_for(5_000);
        self.baseline = Some(self.leftovers());
    }

    /// Everybody finishes, the books are right, everybody leaves, and nothing is left.
    pub fn finish(&mut self) {
        self.resume();
        self.mend();
        self.serve_all();
        self.settle_everything();
        self.check_books();
        self.check_at_rest("at rest");
        self.everybody_leaves();
        if self.stores.is_empty() {
            self.all_wires_break();
        }
    }

    /// The same of a mesh that was configured, which stays as it is.
    pub(crate) fn finish_configured(&mut self) {
        self.resume();
        self.mend();
        self.serve_all();
        self.settle_everything();
        self.check_books();
        self.check_at_rest("at rest");
        self.everybody_leaves();
    }

    fn resume(&mut self) {
        for client in 0..self.clients.len() {
            self.set_reading(client, true);
        }
        if self.calm.is_some() {
            // What was sent in a calm is to arrive in it.
            self.settle_everything();
            self.check_messages_of_calm();
        }
    }

    fn check_messages_of_calm(&self) {
        let waits = |sent: &super::Sent| sent.outcome.is_none() && !sent.presettled && !sent.left;
        if !self.messages.iter().any(waits) {
            self.check_messages();
        }
    }

    /// The mesh is whole again.
    fn mend(&mut self) {
        for router in 0..self.net.routers.len() {
            if !self.is_running(router) {
                self.restart(router);
            }
        }
        for container in 0..self.stores.len() {
            if !self.net.containers[container].is_running {
                self.start_container(container);
            }
            self.set_container_verdict(container, Some(Verdict::Accepted));
        }
        for wire in 0..self.net.wires.len() {
            if self.net.wires[wire].state != WireState::Up {
                self.heal(wire);
            }
        }
        self.converge(SETTLE);
    }

    /// Who waits for somebody to send to gets somebody.
    fn serve_all(&mut self) {
        let mut wanted: Vec<(String, usize)> = Vec::new();
        for sender in self.senders.iter().filter(|sender| !sender.gone) {
            let from = self.clients[sender.client].router;
            let of_messages = sender.queue.iter().map(|&id| self.messages[id as usize].address.clone());
            let own = sender.address.clone().filter(|_| self.clients[sender.client].container.is_none());
            for address in own.into_iter().chain(of_messages) {
                let (sent, consumed) = (self.rules.key(&address, false), self.rules.key(&address, true));
                if sent != consumed || self.rules.members(&sent).is_some() || is_routed(&sent) {
                    // It goes to a container, and those are all there.
                    continue;
                }
                let serves = |router: usize| self.cost(from, router).is_some();
                let mut consumers = self.receivers.iter().filter(|one| !one.gone && one.key == sent);
                let is_served = consumers.any(|one| serves(self.clients[one.client].router));
                if !is_served && !wanted.iter().any(|(known, router)| *known == address && serves(*router)) {
                    wanted.push((address, from));
                }
            }
        }
        for (address, router) in wanted {
            let client = self.client(router);
            self.receiver(client, &address);
        }
        self.converge(SETTLE);
    }

    /// Receivers take and settle whatever there is, until there is nothing more.
    pub fn settle_everything(&mut self) {
        loop {
            let before = self.progress;
            self.rest();
            for at in 0..self.receivers.len() {
                if self.receivers[at].gone {
                    continue;
                }
                self.receivers[at].taste = Taste {
                    verdict: self.receivers[at].taste.verdict.or(Some(Verdict::Accepted)),
                    ..self.receivers[at].taste
                };
                self.settle(at, usize::MAX, Verdict::Accepted);
                let conn = &self.net.look_at_peer(self.clients[self.receivers[at].client].end).conn;
                let credit = conn.link(self.receivers[at].link).and_then(|link| link.receiver_credit());
                if credit.is_some_and(|credit| credit.granted() < 10) {
                    self.grant(at, 10);
                }
            }
            self.rest();
            if self.progress == before {
                return;
            }
        }
    }

    /// Nothing is under way: nothing is held.
    fn check_at_rest(&self, when: &str) {
        for (at, end) in self.net.ends.iter().enumerate().filter(|(_, end)| !end.over) {
            let Some(adaptor) = end.adaptor() else { continue };
            let holdings = adaptor.holdings();
            let expected = Holdings { links: holdings.links, ..Holdings::default() };
            assert_eq!(holdings, expected, "end {at} of router {:?}, {when}", end.router);
        }
    }

    fn everybody_leaves(&mut self) {
        for client in (0..self.clients.len()).filter(|&at| self.clients[at].container.is_none()).collect::<Vec<_>>() {
            match self.net.rng.below(4) {
                0 => self.drop_client(client, true),
                1 => self.drop_client(client, false),
                2 => {
                    self.detach_all(client);
                    self.run_steps(20, 10);
                    self.close(client);
                }
                _ => self.close(client),
            }
        }
        self.rest();
        self.run_for(5_000);
        self.converge(SETTLE);
        self.check_at_rest("after everybody left");
        for client in self.clients.iter().filter(|client| client.container.is_none()) {
            let accepted = &self.net.ends[self.net.opposite(client.end)];
            if let Some(adaptor) = accepted.adaptor() {
                assert!(accepted.over, "a client's connection outlives it: {:?}", accepted.router);
                assert_eq!(adaptor.holdings(), Holdings::default(), "of a client that left");
            }
        }
        if let Some(baseline) = &self.baseline
            && baseline.len() == self.net.routers.len()
        {
            assert_eq!(*baseline, self.leftovers(), "what routers hold before clients came and after they left");
        }
    }

    fn detach_all(&mut self, client: usize) {
        for at in 0..self.senders.len() {
            if self.senders[at].client == client {
                self.detach_sender(at);
            }
        }
        for at in 0..self.receivers.len() {
            if self.receivers[at].client == client {
                self.detach_receiver(at);
            }
        }
    }

    /// Each router is alone again, and has forgotten the others.
    fn all_wires_break(&mut self) {
        for wire in 0..self.net.wires.len() {
            let at_once = self.net.rng.one_in(2);
            self.cut(wire, at_once);
        }
        self.run_for(FORGET);
        assert_eq!(self.net.wire_ends().count(), 0, "connections of broken wires");
        for end in self.net.ends.iter().filter_map(|end| end.adaptor()) {
            assert_eq!(end.holdings(), Holdings::default(), "of a connection that is over");
        }
        for (at, process) in
            self.net.routers.iter().enumerate().filter_map(|(at, one)| Some((at, one.process.as_ref()?)))
        {
            assert_eq!(process.node.link_count(), 0, "links of router {at}, which is alone");
        }
        let fresh = self.net.add_router(crossdock_router::RouterMode::Interior);
        let alone = self.net.add_router(crossdock_router::RouterMode::Standalone);
        self.run_for(5_000);
        let leftovers = self.leftovers();
        for (at, router) in self.net.routers.iter().enumerate() {
            let model = match router.mode {
                crossdock_router::RouterMode::Standalone => alone,
                crossdock_router::RouterMode::Interior | crossdock_router::RouterMode::Edge => fresh,
            };
            assert_eq!(leftovers[at], leftovers[model], "router {at} holds more than a new one");
        }
    }

    fn leftovers(&self) -> Vec<Leftovers> {
        let of = |router: &crate::net::Router| {
            router.process.as_ref().map_or(Leftovers { addresses: 0, links: 0, connections: 0 }, |process| Leftovers {
                addresses: process.shared.address_count(),
                links: client_links(&process.node),
                connections: process.shared.connection_count(),
            })
        };
        self.net.routers.iter().map(of).collect()
    }
}
