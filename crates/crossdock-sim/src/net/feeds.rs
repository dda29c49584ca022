//! Connections of routers to containers, made by connectors.

use crossdock_amqp::engine::Config;
use crossdock_router::{Adaptor, ConnectionSettings, Peer as PeerNames};
use std::sync::Arc;

use super::schedule::Actor;
use super::{Machine, Net, Peer, Transport};

/// A container, such as a broker: something that speaks AMQP and is no router.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    /// What it calls itself.
    pub(crate) id: String,
    pub(crate) is_running: bool,
}

/// A router's connector to a container.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    pub(crate) router: usize,
    pub(crate) container: usize,
    pub(crate) settings: Arc<ConnectionSettings>,
    /// Milliseconds that bytes travel.
    pub(crate) latency: u64,
    /// Bytes that are under way at most, in each direction.
    pub(crate) pipe: usize,
    /// The latest connection.
    pub(crate) transport: Option<usize>,
}

impl Net {
    pub(crate) fn add_feed(&mut self, feed: Feed) -> usize {
        self.feeds.push(feed);
        let at = self.feeds.len() - 1;
        self.schedule.enqueue(Actor::Feed(at));
        at
    }

    /// The connector does its work, if it can.
    pub(super) fn feed(&mut self, at: usize) {
        let Feed { router, container, settings, latency, pipe, transport } = self.feeds[at].clone();
        let is_connected = transport.is_some_and(|transport| !self.ends[self.transports[transport].ends[0]].over);
        let (true, Some(process)) = (self.containers[container].is_running, &self.routers[router].process) else {
            return;
        };
        if is_connected {
            return;
        }
        let transport = self.transports.len();
        let ends = [self.ends.len(), self.ends.len() + 1];
        self.transports.push(Transport { feed: Some(at), ..Transport::new(pipe, ends, None, latency) });
        let names =
            PeerNames { remote: self.containers[container].id.clone(), local: format!("transport:{transport}") };
        let adaptor = Adaptor::initiate(&Arc::clone(&process.shared), &settings, names, self.now);
        self.add_end(Machine::Adaptor(Box::new(adaptor)), Some(router), transport, 0);
        let peer = Peer::accept(Config::server(self.containers[container].id.clone()), self.now);
        self.add_end(Machine::Peer(Box::new(peer)), None, transport, 1);
        self.feeds[at].transport = Some(transport);
        self.visitors.push((ends[1], at));
    }

    /// Whether both ends of a connector's connection are there, as far as there is a container.
    pub(crate) fn is_fed(&self, at: usize) -> bool {
        let transport = self.feeds[at].transport;
        transport.is_some_and(|transport| self.transports[transport].ends.iter().all(|&end| !self.ends[end].over))
    }

    /// Whether a connector's connection ought to be there.
    pub(crate) fn should_be_fed(&self, at: usize) -> bool {
        let Feed { router, container, .. } = self.feeds[at];
        self.routers[router].process.is_some() && self.containers[container].is_running
    }

    /// The container's process dies, and its connections with it.
    pub(crate) fn stop_container(&mut self, container: usize) {
        self.containers[container].is_running = false;
        let all = self.feeds.iter().filter(|feed| feed.container == container);
        let transports: Vec<usize> = all.filter_map(|feed| feed.transport).collect();
        for transport in transports {
            self.break_transport(transport, true);
        }
    }

    /// It is there again.
    pub(crate) fn start_container(&mut self, container: usize) {
        self.containers[container].is_running = true;
        for at in (0..self.feeds.len()).filter(|&at| self.feeds[at].container == container) {
            self.schedule.enqueue(Actor::Feed(at));
        }
    }
}
