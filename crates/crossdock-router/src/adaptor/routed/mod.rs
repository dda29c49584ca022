//! Routed links: what a peer attaches here goes on to a peer of another connection.
//!
//! ```text
//!  client ─attach─► first half ─Word::Attach─► second half ─attach─► container (or the next router)
//!         ◄─answer─            ◄─Word::Answer─             ◄─answer─
//!  sender ─transfers───────────► Forward ─────────────────► receiver
//!         ◄─credit─────────────◄ Word::Credit ◄──────────── credit
//! ```
//!
//! Nothing is decided here: credit, drain, outcomes and detach are those of the far peer. Each half is an ordinary incoming or
//! outgoing link of its connection, so that deliveries and their settlement go the way of all others; a delivery does not
//! wait for the head of its message, and its octets and its tag stay as they are.

mod attach;
mod credit;
mod detach;
mod transfer;

pub(super) use attach::is_resumable;

use crossdock_amqp::engine::{LinkId, LinkRole, SessionId};
use crossdock_core::batch::{Batch, ConnId};
use crossdock_core::routed::{LinkWord, Rewrite, Word};
use fe2o3_amqp_types::definitions::Error;
use hashbrown::HashMap;
use std::sync::Arc;

use super::Adaptor;
use super::slots::Slot;

/// The routed links of a connection.
#[derive(Debug, Default)]
pub(super) struct RoutedLinks {
    /// By what both halves are known by.
    links: HashMap<u64, LinkId>,
    /// Those to the peer and those from it by their names; some may be gone.
    outgoing: HashMap<Box<str>, LinkId>,
    incoming: HashMap<Box<str>, LinkId>,
    /// The sessions of those that this router attaches, by the first halves' connections and sessions: what one peer does
    /// to its session, or makes the container do, concerns nobody else, and what belongs together stays together.
    sessions: HashMap<(ConnId, SessionId), SessionId>,
    /// For whom each was begun.
    owners: HashMap<SessionId, (ConnId, SessionId)>,
}

impl RoutedLinks {
    /// The sessions that were begun for routed links.
    pub(super) fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.owners.keys().copied()
    }

    fn names(&mut self, role: LinkRole) -> &mut HashMap<Box<str>, LinkId> {
        match role {
            LinkRole::Sender => &mut self.outgoing,
            LinkRole::Receiver => &mut self.incoming,
        }
    }
}

/// What one half of a routed link knows of the other.
#[derive(Debug)]
pub(super) struct Routed {
    /// What both are known by.
    pair: u64,
    /// The connection of the other half.
    conn: ConnId,
    /// The other half, as soon as it is known.
    link: LinkId,
    /// How the container calls the address, if otherwise; known to the first half.
    rewrite: Option<Arc<Rewrite>>,
    /// Whether the peer's terminus outlives its connection: then the other half is detached and not closed.
    outlives: bool,
    /// Deliveries passed on, if this is the sender's half.
    passed: u64,
    /// Deliveries up to which the credit reaches: what the receiver's half has said, or the sender's half has heard.
    limit: u64,
    /// Likewise, whether the receiver drains.
    drain: bool,
    /// The sender has given back what it had up to this limit; known to the receiver's half.
    drained: Option<u64>,
    /// The other half is gone, and this one goes when what waits has left.
    closing: Option<(bool, Option<Error>)>,
}

impl Routed {
    fn new(pair: u64, conn: ConnId, link: LinkId) -> Self {
        Self {
            pair,
            conn,
            link,
            rewrite: None,
            outlives: false,
            passed: 0,
            limit: 0,
            drain: false,
            drained: None,
            closing: None,
        }
    }
}

impl Adaptor {
    /// Mail with words of routed links in it: each in its place.
    #[cold]
    pub(super) fn handle_batch_with_words(&mut self, batch: &mut Batch) {
        let mut words = batch.take_words();
        let (mut forwards, mut settlements, mut updates) = (0, 0, 0);
        for word in words.drain(..) {
            let after = word.after();
            self.handle_settlements(batch, settlements..after.settlements);
            self.handle_forwards(batch, forwards..after.forwards);
            self.handle_updates(batch, updates..after.updates);
            (forwards, settlements, updates) = (after.forwards, after.settlements, after.updates);
            self.handle_word(word);
        }
        batch.put_back(words);
        self.handle_settlements(batch, settlements..usize::MAX);
        self.handle_forwards(batch, forwards..usize::MAX);
        self.handle_updates(batch, updates..usize::MAX);
    }

    fn handle_word(&mut self, LinkWord { from, pair, word, .. }: LinkWord) {
        if let Word::Attach { link, session, attach } = word {
            return self.attach_second_half(from, pair, (link, session), *attach);
        }
        let Some(&link) = self.routed.links.get(&pair) else { return };
        match word {
            Word::Attach { .. } => {}
            Word::Answer { link: other, number, attach } => self.answer_first_half(link, other, number, *attach),
            Word::Credit { limit, drain } => self.take_credit(link, limit, drain),
            Word::Drained { limit } => self.take_drained(link, limit),
            Word::Detach { closed, error } => self.take_detach(link, closed, error),
        }
    }

    /// There is a new half, which has words with its other half as `pair`.
    fn note_half(&mut self, pair: u64, link: LinkId) {
        self.routed.links.insert(pair, link);
        let Some(engine_link) = self.conn.link(link) else { return };
        let (name, role) = (engine_link.name().into(), engine_link.role());
        let names = self.routed.names(role);
        if names.len() == names.capacity() {
            names.retain(|_, link| self.conn.link(*link).is_some());
            names.reserve(names.len());
        }
        names.insert(name, link);
    }

    /// The routed link that has this name and direction at this connection.
    fn named(&mut self, name: &str, role: LinkRole) -> Option<LinkId> {
        self.routed.names(role).get(name).copied().filter(|link| self.conn.link(*link).is_some())
    }

    /// Tells the other half something.
    fn tell(&mut self, conn: ConnId, pair: u64, word: Word) {
        if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
            batch.push_link_word(self.id, pair, word);
        }
    }

    /// A session of the connection is gone.
    pub(super) fn forget_routed_session(&mut self, session: SessionId) {
        if let Some(owner) = self.routed.owners.remove(&session) {
            self.routed.sessions.remove(&owner);
        }
    }
}

impl Slot {
    pub(super) fn routed_mut(&mut self) -> &mut Option<Box<Routed>> {
        match self {
            Self::Pending(slot) => &mut slot.routed,
            Self::In(slot) => &mut slot.routed,
            Self::Out(slot) => &mut slot.routed,
        }
    }
}
