//! All connections and all queues, and how messages get from the ones to the others.

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Config, Time};
use fe2o3_amqp_types::definitions::Error;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use super::peer::{Engine, Peer};
use super::queue::{Consumer, Queue};

#[derive(Debug)]
pub(super) struct Hub {
    config: Arc<Config>,
    peers: BTreeMap<u64, Peer>,
    queues: Queues,
    next_peer: u64,
}

impl Hub {
    pub(super) fn new(container_id: String, declared: &[String], makes_queues: bool) -> Self {
        let queues = declared.iter().map(|name| (Rc::from(name.as_str()), Queue::default())).collect();
        let mut config = Config::server(container_id);
        config.open.max_frame_size = 65_536.into();
        Self {
            config: Arc::new(config),
            peers: BTreeMap::new(),
            queues: Queues { queues, changed: BTreeSet::new(), makes: makes_queues, last_temporary: 0 },
            next_peer: 0,
        }
    }

    /// A new connection, served by the task that the waker wakes; its number.
    pub(super) fn add_peer(&mut self, waker: Waker, now: Time) -> u64 {
        let id = self.next_peer;
        self.next_peer += 1;
        let engine = Engine::accept(Arc::clone(&self.config), waker.clone(), now);
        self.peers.insert(id, Peer::new(id, engine, waker));
        id
    }

    /// The connection is over: what its consumers had and did not settle goes to others.
    pub(super) fn remove_peer(&mut self, id: u64, now: Time) {
        if let Some(mut peer) = self.peers.remove(&id) {
            peer.give_up(&mut self.queues);
            self.deal(None, now);
        }
    }

    /// The connection with this number, and the queues.
    pub(super) fn peer(&mut self, id: u64) -> Option<(&mut Peer, &mut Queues)> {
        self.peers.get_mut(&id).map(|peer| (peer, &mut self.queues))
    }

    /// Deals messages of all queues that changed to consumers with credit; then those who drain get their answer. Wakes the
    /// connections that have something to write, but for `turn`, whose turn it is.
    pub(super) fn deal(&mut self, turn: Option<u64>, now: Time) {
        if let Some(peer) = turn.and_then(|id| self.peers.get_mut(&id)) {
            peer.resume(&mut self.queues);
        }
        while let Some(name) = self.queues.changed.pop_first() {
            let Some(queue) = self.queues.queues.get_mut(&name) else { continue };
            let mut passed = 0;
            while passed < queue.consumer_count() && !queue.is_empty() {
                let Some(Consumer { peer: id, link }) = queue.next_consumer() else { break };
                let Some(peer) = self.peers.get_mut(&id) else { break };
                if !peer.deliver(link, queue, now) {
                    passed += 1;
                    continue;
                }
                passed = 0;
                if turn != Some(id) {
                    peer.waker.wake_by_ref();
                }
            }
        }
        if let Some(peer) = turn.and_then(|id| self.peers.get_mut(&id)) {
            peer.answer_drains();
        }
    }

    pub(super) fn detach_idle_links(&mut self, now: Time, limit: u64) {
        for peer in self.peers.values_mut() {
            peer.detach_idle_links(&mut self.queues, now, limit);
        }
        self.deal(None, now);
    }

    pub(super) fn close_all(&mut self, now: Time) {
        for peer in self.peers.values_mut() {
            peer.engine.close(Some(Condition::ConnectionForced.error("the broker ends")), now);
            peer.waker.wake_by_ref();
        }
    }

    pub(super) fn is_deserted(&self) -> bool {
        self.peers.is_empty()
    }
}

/// The queues by name.
#[derive(Debug)]
pub(super) struct Queues {
    queues: HashMap<Rc<str>, Queue>,
    /// Those whose messages or consumers changed since messages were dealt.
    changed: BTreeSet<Rc<str>>,
    /// Whether an address that is not there becomes a queue.
    makes: bool,
    last_temporary: u64,
}

impl Queues {
    /// The queue with this name, which is made if that is allowed.
    ///
    /// # Errors
    /// There is no such queue, in words for the peer.
    pub(super) fn find(&mut self, address: Option<&str>) -> Result<Rc<str>, Error> {
        let Some(address) = address.filter(|address| !address.is_empty()) else {
            return Err(Condition::NotImplemented.error("links without an address are not supported"));
        };
        if let Some((name, _)) = self.queues.get_key_value(address) {
            return Ok(Rc::clone(name));
        }
        if !self.makes {
            return Err(Condition::NotFound.error(format!("no queue '{address}'")));
        }
        let name: Rc<str> = Rc::from(address);
        self.queues.insert(Rc::clone(&name), Queue::default());
        Ok(name)
    }

    pub(super) fn make_temporary(&mut self) -> Rc<str> {
        self.last_temporary += 1;
        let name: Rc<str> = Rc::from(format!("temporary-{}", self.last_temporary));
        self.queues.insert(Rc::clone(&name), Queue::temporary());
        name
    }

    /// Changes a queue, if it is still there.
    pub(super) fn change(&mut self, name: &Rc<str>, change: impl FnOnce(&mut Queue)) {
        if let Some(queue) = self.queues.get_mut(name) {
            change(queue);
            self.mark(name);
        }
    }

    /// Has the queue's messages dealt.
    pub(super) fn mark(&mut self, name: &Rc<str>) {
        self.changed.insert(Rc::clone(name));
    }

    pub(super) fn remove_consumer(&mut self, name: &Rc<str>, consumer: Consumer) {
        self.change(name, |queue| queue.remove_consumer(consumer));
        if self.queues.get(name).is_some_and(|queue| queue.is_temporary && queue.consumer_count() == 0) {
            self.queues.remove(name);
        }
    }
}
