//! Containers: queues behind the routers, and what they do with the links that routers attach.
//!
//! ```text
//!   router ─► Receiver ─ accepted ─► queue ─ a new message for each attempt ─► Sender ─► router
//!                                      ▲                                         │
//!                                      └──────── released, modified, lost ───────┘
//! ```
//!
//! An attempt to deliver what is in a queue is a message of its own to the model, so that it must come to one consumer and
//! its outcome must be the consumer's, like any other. What became of the original follows from its attempts.

use crossdock_amqp::codec::StateKind;
use crossdock_amqp::engine::{LinkId, LinkRole};
use crossdock_core::address::Phase;
use crossdock_schema::{AutoLink, Direction};
use fe2o3_amqp_types::definitions::{Error, SenderSettleMode};
use fe2o3_amqp_types::messaging::TargetArchetype;
use fe2o3_amqp_types::performatives::Attach;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::World;
use super::model::{Client, Progress, Receiver, Sender, Sent, Taste, Verdict};
use crate::net::Feed;

/// Deliveries that a container takes ahead on each link.
const CREDIT: u32 = 100;

/// Attempts to deliver a message, after which a queue gives up.
const ATTEMPTS: u32 = 20;

/// Names of auto links begin so; others are those of clients.
const AUTO_LINK: &str = "qdlink.";

/// A container's queues, which outlive its process.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) name: String,
    /// What it says of what comes; nothing at all if none.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) queues: BTreeMap<String, Queue>,
    /// Auto links that its routers want, by feed.
    wanted: BTreeMap<usize, Vec<AutoLink>>,
}

#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// Messages by their place.
    waiting: BTreeMap<u64, u32>,
    next: u64,
}

impl Queue {
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }
}

/// An attempt to deliver a message of a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    /// The message that a client sent.
    pub(crate) origin: u32,
    place: u64,
}

/// What has become of a message that a container took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It waits in the queue.
    Waits,
    /// A consumer may be getting it.
    UnderWay,
    /// A consumer accepted or rejected it.
    Consumed(StateKind),
    /// Consumers have given it back too often.
    GivenUp,
}

/// A message in the care of a container.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) fate: Fate,
    /// Attempts to deliver it.
    pub(crate) attempts: u32,
}

impl World {
    /// A container that routers may connect to.
    pub(crate) fn add_container(&mut self, name: &str, id: &str) -> usize {
        self.disturb();
        self.net.containers.push(crate::net::Container { id: id.into(), is_running: true });
        self.stores.push(Store {
            name: name.into(),
            verdict: Some(Verdict::Accepted),
            queues: BTreeMap::new(),
            wanted: BTreeMap::new(),
        });
        self.stores.len() - 1
    }

    /// A router's connector to a container, and the auto links that the router wants there.
    pub(crate) fn add_feed(&mut self, feed: Feed, wanted: Vec<AutoLink>) -> usize {
        self.disturb();
        let container = feed.container;
        let at = self.net.add_feed(feed);
        self.stores[container].wanted.insert(at, wanted);
        at
    }

    /// The container's process dies. Its queues are on a disk.
    pub(crate) fn stop_container(&mut self, container: usize) {
        self.disturb();
        self.net.stop_container(container);
        for client in 0..self.clients.len() {
            if self.clients[client].container == Some(container) {
                self.drop_client(client, true);
            }
        }
    }

    /// The container is there again.
    pub(crate) fn start_container(&mut self, container: usize) {
        self.disturb();
        self.net.start_container(container);
    }

    /// From now on the container says this of what comes.
    pub(crate) fn set_container_verdict(&mut self, container: usize, verdict: Option<Verdict>) {
        self.stores[container].verdict = verdict;
        for at in 0..self.receivers.len() {
            let Receiver { client, gone, .. } = self.receivers[at];
            if self.clients[client].container != Some(container) || gone {
                continue;
            }
            self.receivers[at].taste.verdict = verdict;
            if let Some(verdict) = verdict {
                // What had no answer gets one, and its credit back.
                let waiting = self.clients[client].incoming.values().filter(|&&one| self.receipts[one].receiver == at);
                let waiting = waiting.count() as u32;
                self.settle(at, usize::MAX, verdict);
                self.grant(at, waiting);
            }
        }
    }

    /// Messages in the queues of a container.
    pub(crate) fn queued(&self, container: usize) -> usize {
        self.stores[container].queues.values().map(Queue::len).sum()
    }

    /// A router has connected to a container.
    pub(super) fn welcome(&mut self) {
        for (end, feed) in std::mem::take(&mut self.net.visitors) {
            let Feed { router, container, .. } = self.net.feeds[feed];
            let capacity = self.net.feeds[feed].settings.link_capacity;
            self.disturb();
            self.clients.push(Client {
                container: Some(container),
                feed: Some(feed),
                ..Client::new(end, router, capacity)
            });
        }
    }

    /// A router attaches a link at a container.
    pub(super) fn attached(&mut self, client: usize, link: LinkId, attach: Attach) {
        let Some(container) = self.clients[client].container else {
            panic!("the router attaches {} by itself at client {client}", attach.name);
        };
        let Attach { name, source, target, .. } = attach;
        let end = self.clients[client].end;
        let conn = &self.net.peer(end).conn;
        let Some((role, session)) = conn.link(link).map(|link| (link.role(), link.session())) else { return };
        let presettled = conn.link(link).is_some_and(|link| *link.snd_settle_mode() == SenderSettleMode::Settled);
        let named = match role {
            LinkRole::Receiver => match target.as_deref() {
                Some(TargetArchetype::Target(target)) => target.address.clone(),
                Some(TargetArchetype::Coordinator(_)) | None => None,
            },
            LinkRole::Sender => source.as_deref().and_then(|source| source.address.clone()),
        };
        let Some(queue) = named else {
            let error =
                Error::new(crossdock_amqp::condition::Condition::NotFound.error("no queue").condition, None, None);
            return self.net.peer(end).conn.refuse_link(link, source, target, Some(error));
        };
        self.net.peer(end).conn.accept_link(link, source, target, 0, 0);
        self.stores[container].queues.entry(queue.clone()).or_default();
        let is_auto = name.starts_with(AUTO_LINK);
        let (address, key) = match self.auto_link(client, container, role, &queue).filter(|_| is_auto) {
            Some((address, key)) => (address, key),
            None => (queue.clone(), format!("={queue}")),
        };
        match role {
            LinkRole::Sender => {
                self.clients[client].senders.push(self.senders.len());
                self.senders.push(Sender {
                    client,
                    link,
                    session,
                    address: Some(address),
                    key,
                    attached: true,
                    gone: false,
                    queue: VecDeque::new(),
                    source: Some(queue),
                    current: None,
                    sent: 0,
                });
                self.rouse(client);
            }
            LinkRole::Receiver => {
                self.clients[client].receivers.push(self.receivers.len());
                let verdict = self.stores[container].verdict;
                self.receivers.push(Receiver {
                    client,
                    link,
                    session,
                    address,
                    key,
                    taste: Taste { credit: CREDIT, verdict, presettled },
                    attached: true,
                    gone: false,
                    known_since: None,
                    current: None,
                    receipts: Vec::new(),
                    seen: BTreeSet::new(),
                    latest: BTreeMap::new(),
                    said: 0,
                    sink: Some(queue),
                });
                self.grant(self.receivers.len() - 1, CREDIT);
            }
        }
    }

    /// The address and key of an auto link that a router wants between this queue and itself, and has not attached yet.
    fn auto_link(&self, client: usize, container: usize, role: LinkRole, queue: &str) -> Option<(String, String)> {
        let feed = self.clients[client].feed?;
        let direction = if role == LinkRole::Receiver { Direction::Out } else { Direction::In };
        let wanted = self.stores[container].wanted.get(&feed)?.iter();
        let mut wanted = wanted.filter(|one| {
            one.direction == direction && one.external_address.as_deref().unwrap_or(&one.address) == queue
        });
        let senders = self.clients[client].senders.iter().map(|&at| &self.senders[at]);
        let receivers = self.clients[client].receivers.iter().map(|&at| &self.receivers[at]);
        let taken: Vec<&str> = match role {
            LinkRole::Sender => senders.filter(|one| !one.gone).map(|one| one.key.as_str()).collect(),
            LinkRole::Receiver => receivers.filter(|one| !one.gone).map(|one| one.key.as_str()).collect(),
        };
        let key = |one: &AutoLink| self.rules.in_phase(&one.address, phase(one));
        let free = wanted.clone().find(|one| !taken.contains(&key(one).as_str()));
        free.or_else(|| wanted.next()).map(|one| (one.address.clone(), key(one)))
    }

    /// The router takes a link back.
    pub(super) fn detached_from_container(&mut self, client: usize, link: LinkId) {
        self.link_leaves(client, link);
        self.net.peer(self.clients[client].end).conn.detach(link, true, None);
    }

    /// What is missing of a feed, if anything is.
    pub(super) fn missing_of_feed(&self, feed: usize) -> Option<String> {
        if !self.net.should_be_fed(feed) {
            return None;
        }
        let Feed { router, container, .. } = self.net.feeds[feed];
        let (router, store) = (&self.net.routers[router].name, &self.stores[container]);
        if !self.net.is_fed(feed) {
            return Some(format!("{router} is not connected to {}", store.name));
        }
        let wanted = store.wanted.get(&feed).map_or(0, Vec::len);
        let client = self.clients.iter().rfind(|client| client.feed == Some(feed) && !client.gone);
        let auto = |key: &str, gone: bool| !gone && !super::rules::is_routed(key);
        let found = client.map_or(0, |client| {
            let senders = client.senders.iter().filter(|&&at| auto(&self.senders[at].key, self.senders[at].gone));
            let receivers =
                client.receivers.iter().filter(|&&at| auto(&self.receivers[at].key, self.receivers[at].gone));
            senders.count() + receivers.count()
        });
        (found != wanted).then(|| format!("{router} has {found} of {wanted} auto links at {}", store.name))
    }

    // ---- messages --------------------------------------------------------------------------------------------------------

    /// What came to a container and was accepted is in its queue.
    pub(super) fn store(&mut self, receipt: usize) {
        let receipt = &self.receipts[receipt];
        let receiver = &self.receivers[receipt.receiver];
        let (Some(queue), Some(message), true) = (&receiver.sink, receipt.message, receipt.complete) else { return };
        let Some(container) = self.clients[receiver.client].container else { return };
        let queue = self.stores[container].queues.entry(queue.clone()).or_default();
        queue.waiting.insert(queue.next, message);
        queue.next += 1;
        let before = self.stored.insert(message, Stored { fate: Fate::Waits, attempts: 0 });
        assert!(before.is_none(), "message {message} is in a queue and comes again");
        self.rouse_container(container);
    }

    fn rouse_container(&mut self, container: usize) {
        for client in 0..self.clients.len() {
            if self.clients[client].container == Some(container) && !self.clients[client].gone {
                self.rouse(client);
            }
        }
    }

    /// Whether a sender has something in its queue.
    pub(super) fn has_supply(&self, sender: usize) -> bool {
        let sender = &self.senders[sender];
        let (Some(queue), Some(container)) = (&sender.source, self.clients[sender.client].container) else {
            return false;
        };
        self.stores[container].queues.get(queue).is_some_and(|queue| !queue.waiting.is_empty())
    }

    /// Takes the first message of the queue, and has the sender try to deliver it.
    pub(super) fn draw(&mut self, at: usize) {
        let sender = &self.senders[at];
        let (Some(name), Some(container)) = (&sender.source, self.clients[sender.client].container) else { return };
        let Some(queue) = self.stores[container].queues.get_mut(name) else { return };
        let Some((place, origin)) = queue.waiting.pop_first() else { return };
        let id = self.messages.len() as u32;
        let original = &self.messages[origin as usize];
        let attempt = Sent {
            sender: at,
            address: sender.address.clone().unwrap_or_default(),
            key: sender.key.clone(),
            to: original.to.clone(),
            group: original.group.clone(),
            attempt: Some(Attempt { origin, place }),
            born: self.net.age(),
            ..Sent::new(original.len, original.priority)
        };
        self.messages.push(attempt);
        self.senders[at].queue.push_back(id);
        if let Some(stored) = self.stored.get_mut(&origin) {
            assert_eq!(stored.fate, Fate::Waits, "message {origin} is taken out of its queue twice");
            *stored = Stored { fate: Fate::UnderWay, attempts: stored.attempts + 1 };
        }
    }

    /// A consumer, or nobody any more, has said what became of an attempt.
    pub(super) fn end_attempt(&mut self, message: u32, outcome: Option<StateKind>) {
        let sent = &self.messages[message as usize];
        let Some(Attempt { origin, place }) = sent.attempt else { return };
        let sender = &self.senders[sent.sender];
        let (Some(name), Some(container)) = (sender.source.clone(), self.clients[sender.client].container) else {
            return;
        };
        let Some(stored) = self.stored.get_mut(&origin) else { return };
        assert_eq!(stored.fate, Fate::UnderWay, "the attempt {message} to deliver {origin} ends twice");
        stored.fate = match outcome {
            Some(kind @ (StateKind::Accepted | StateKind::Rejected)) => Fate::Consumed(kind),
            _ if stored.attempts >= ATTEMPTS => Fate::GivenUp,
            _ => Fate::Waits,
        };
        if stored.fate == Fate::Waits {
            self.stores[container].queues.entry(name).or_default().waiting.insert(place, origin);
            self.rouse_container(container);
        }
    }

    /// Whatever a container has accepted is in its queue, under way, or was consumed; and it is where it is once.
    pub(super) fn check_stores(&self) {
        let mut waiting: BTreeMap<u32, u32> = BTreeMap::new();
        for message in
            self.stores.iter().flat_map(|store| store.queues.values()).flat_map(|queue| queue.waiting.values())
        {
            *waiting.entry(*message).or_default() += 1;
        }
        for receipt in self.receipts.iter().filter(|receipt| receipt.complete) {
            let (Some(message), true) = (receipt.message, self.receivers[receipt.receiver].sink.is_some()) else {
                continue;
            };
            if !receipt.presettled && receipt.verdict != Some(StateKind::Accepted) {
                continue;
            }
            let Some(stored) = self.stored.get(&message) else { panic!("message {message} was accepted and not kept") };
            let found = waiting.get(&message).copied().unwrap_or(0);
            let expected = u32::from(stored.fate == Fate::Waits);
            assert_eq!(found, expected, "message {message} is in queues, though it is {:?}", stored.fate);
        }
    }
}

fn phase(link: &AutoLink) -> u32 {
    match (link.direction, link.fallback, link.phase) {
        (Direction::Out, true, _) => u32::from(Phase::FALLBACK.number()),
        (_, _, Some(phase)) => phase,
        (Direction::In, false, None) => 1,
        (Direction::In | Direction::Out, _, None) => 0,
    }
}

impl Sent {
    fn new(len: usize, priority: u8) -> Self {
        Self {
            sender: 0,
            address: String::new(),
            key: String::new(),
            to: None,
            group: None,
            attempt: None,
            born: 0,
            bytes: 0,
            len,
            priority,
            presettled: false,
            pieces: 1,
            progress: Progress::Queued,
            turn: 0,
            left: false,
            outcome: None,
            settled: false,
            calm: None,
            disturbances: 0,
            disturbed: false,
            audience: Vec::new(),
            has_one_way: false,
        }
    }
}
