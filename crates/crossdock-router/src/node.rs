//! The control plane of one router: who sends to and who receives from which address.

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{LinkId, LinkRole, Time};
use crossdock_core::address::{AddressKey, RouterMode, Treatment, dynamic_address, dynamic_target_address};
use crossdock_core::batch::ConnId;
use crossdock_core::mailbox::Mailbox;
use crossdock_core::table::{AddressEntry, Destination};
use crossdock_core::work::{Action, AttachRequest, Wish, Work};
use crossdock_linkstate::LinkState;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;

use crate::shared::Shared;

/// The one node of a router. It alone changes the address table; connections tell it of links by [`Action`]s and are told
/// by [`Work`].
#[derive(Debug)]
pub struct Node {
    shared: Arc<Shared>,
    addresses: HashMap<AddressKey, Address>,
    links: HashMap<(ConnId, LinkId), (AddressKey, LinkRole)>,
    actions: Vec<Action>,
    link_state: Option<LinkState>,
}

#[derive(Debug)]
struct Address {
    entry: Arc<AddressEntry>,
    producers: BTreeMap<(ConnId, LinkId), Arc<Mailbox>>,
    consumers: usize,
}

impl Node {
    /// The node of the router that `shared` belongs to.
    pub fn new(shared: Arc<Shared>, now: Time) -> Self {
        let link_state =
            (shared.names().mode() == RouterMode::Interior).then(|| LinkState::new(shared.link_state.clone(), now));
        Self { shared, addresses: HashMap::new(), links: HashMap::new(), actions: Vec::new(), link_state }
    }

    /// Handles what connections have submitted. False if there was nothing; then `waker` is woken when there is.
    pub fn handle_actions(&mut self, _now: Time, waker: Option<&Waker>) -> bool {
        let mut actions = std::mem::take(&mut self.actions);
        let any = self.shared.take_actions(&mut actions, waker);
        for action in actions.drain(..) {
            match action {
                Action::Attach(request) => self.attach(&request),
                Action::Detach { conn, link } => self.detach(conn, link),
            }
        }
        self.actions = actions;
        any
    }

    /// When [`Node::handle_timeout`] wants to be called, at the latest.
    pub fn poll_timeout(&self) -> Time {
        self.link_state.as_ref().map_or(Time::NEVER, LinkState::poll_timeout)
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        if let Some(link_state) = &mut self.link_state {
            link_state.tick(now);
        }
    }

    /// Number of links it knows.
    pub fn link_count(&self) -> usize {
        self.links.len()
    }

    fn attach(&mut self, request: &AttachRequest) {
        let link = request.link;
        let work = match self.admit(request) {
            Ok(work) => work,
            Err((condition, description)) => Work::Refuse { link, condition, description },
        };
        if !request.mailbox.instruct(work) {
            // The connection went while its attach was under way, and its farewell came before this.
            self.detach(request.conn, link);
        }
    }

    fn admit(&mut self, request: &AttachRequest) -> Result<Work, (Condition, &'static str)> {
        let shared = Arc::clone(&self.shared);
        let link = request.link;
        let (key, dynamic) = match (&request.wish, request.role) {
            (Wish::Anonymous, LinkRole::Receiver) => {
                return Ok(Work::Accept { link, entry: None, dynamic: None, reachable: true });
            }
            (Wish::Anonymous, LinkRole::Sender) => {
                return Err((Condition::NoRouteToDest, "No route to the destination node"));
            }
            (Wish::Coordinator, _) => {
                return Err((
                    Condition::PreconditionFailed,
                    "The router can't coordinate transactions by itself, a linkRoute to a coordinator must be configured \
                     to use transactions.",
                ));
            }
            (Wish::Dynamic, LinkRole::Sender) => {
                let (text, key) = dynamic_address(shared.names(), &(shared.entropy)());
                (key, Some(text))
            }
            (Wish::Dynamic, LinkRole::Receiver) => {
                let (text, key) = dynamic_target_address(&(shared.entropy)());
                (key, Some(text))
            }
            (Wish::Address(text), _) => (shared.classify(text).to_key(), None),
        };
        let address = match self.addresses.get_mut(&key) {
            Some(address) => address,
            None => {
                let settings = shared.settings_for(key.key_ref());
                let treatment = if dynamic.is_some() { Treatment::Balanced } else { settings.treatment };
                if treatment == Treatment::Unavailable {
                    return Err((Condition::NotFound, "Node not found"));
                }
                let entry = AddressEntry::new(key.clone(), treatment, settings.priority);
                shared.table.insert(Arc::clone(&entry));
                self.addresses.entry(key.clone()).or_insert(Address { entry, producers: BTreeMap::new(), consumers: 0 })
            }
        };
        self.links.insert((request.conn, link), (key, request.role));
        let entry = Arc::clone(&address.entry);
        match request.role {
            LinkRole::Receiver => {
                address.producers.insert((request.conn, link), Arc::clone(&request.mailbox));
            }
            LinkRole::Sender => {
                address.consumers += 1;
                let first = entry.add(Destination {
                    conn: request.conn,
                    mailbox: Arc::clone(&request.mailbox),
                    link,
                    counters: Arc::clone(&request.counters),
                });
                if first {
                    for (&(_, link), mailbox) in &address.producers {
                        mailbox.instruct(Work::Reachable { link });
                    }
                }
            }
        }
        let reachable = address.consumers > 0;
        Ok(Work::Accept { link, entry: Some(entry), dynamic, reachable })
    }

    fn detach(&mut self, conn: ConnId, link: LinkId) {
        let Some((key, role)) = self.links.remove(&(conn, link)) else { return };
        let Some(address) = self.addresses.get_mut(&key) else { return };
        match role {
            LinkRole::Receiver => {
                address.producers.remove(&(conn, link));
            }
            LinkRole::Sender => {
                address.consumers -= 1;
                address.entry.remove(conn, link);
            }
        }
        if address.consumers == 0 && address.producers.is_empty() {
            self.addresses.remove(&key);
            self.shared.table.remove(&key);
        }
    }
}
