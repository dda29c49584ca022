//! What clients hear from their routers, and that it may be.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::LinkId;
use crossdock_amqp::serial::{DeliveryNumber, WireDeliveryNumber};

use super::model::{Client, Progress, Receipt, Receiver};
use super::rules::is_routed;
use super::{News, World};
use crate::message;
use crate::net::{Disposition, Heard, Part};

impl World {
    /// A client takes note of what it has heard.
    pub(super) fn listen(&mut self, end: usize) {
        let client = self.client_at(end);
        while let Some(heard) = self.net.peer(end).heard.pop_front() {
            self.handle(client, heard);
        }
        self.check_credit(client);
        if !self.clients[client].gone {
            self.rouse(client);
        }
    }

    /// A client's transport has ended.
    pub(super) fn lost(&mut self, end: usize) {
        let client = self.client_at(end);
        if self.clients[client].gone {
            return;
        }
        let router = self.clients[client].router;
        let disturbances = self.disturbances;
        assert!(disturbances > 0, "router {router} hung up on client {client}");
        self.leave(client);
        self.tell(News::Lost { client });
    }

    fn tell(&mut self, news: News) {
        if let Some(all) = &mut self.news {
            all.push_back(news);
        }
    }

    pub(super) fn client_at(&self, end: usize) -> usize {
        // Clients are made in the order of their ends.
        self.clients.binary_search_by_key(&end, |client| client.end).expect("a client's end")
    }

    fn handle(&mut self, client: usize, heard: Heard) {
        match heard {
            Heard::Part(part) => self.receive(client, part),
            Heard::State(disposition) if disposition.of_outgoing => self.told(client, &disposition),
            Heard::State(disposition) => {
                assert!(disposition.settled, "the router, as sender, says {disposition:?}");
                self.settled_by_sender(client, &disposition);
            }
            Heard::Answered(link, attach) => {
                self.answered(client, link, attach.source.is_some() && attach.target.is_some());
            }
            Heard::Detached { link, .. } if self.clients[client].container.is_some() => {
                self.detached_from_container(client, link);
            }
            Heard::Ended { session, .. } if self.clients[client].container.is_some() => {
                let end = self.clients[client].end;
                let links: Vec<LinkId> = self.net.peer(end).conn.session_links(session).collect();
                for link in links {
                    self.link_leaves(client, link);
                }
                self.net.peer(end).conn.end(session, None);
            }
            Heard::Detached { link, error } if self.news.is_some() => {
                self.link_leaves(client, link);
                self.net.peer(self.clients[client].end).conn.detach(link, true, None);
                self.tell(News::Unlinked { client, error: error.unwrap_or_default() });
            }
            Heard::Closed { error, by_us } => {
                assert!(!by_us, "the router broke the protocol towards client {client}: {error:?}");
                assert!(error.is_none(), "the router closed client {client}: {error:?}");
                self.leave(client);
                self.tell(News::Lost { client });
            }
            Heard::Ended { session, error } => panic!("session {session:?} of client {client} ends: {error:?}"),
            Heard::Detached { link, error } => panic!("link {link:?} of client {client} is detached: {error:?}"),
            Heard::Attached(link, attach) => self.attached(client, link, *attach),
            Heard::Opened | Heard::Room => {}
        }
    }

    fn answered(&mut self, client: usize, link: LinkId, accepted: bool) {
        // Whether a container is there for a link is not foreseen; its detach follows.
        let may_be_refused = self.news.is_some();
        for at in self.clients[client].senders.clone() {
            let sender = &mut self.senders[at];
            if sender.link == link {
                assert!(accepted || may_be_refused, "sender to {:?} refused", sender.address);
                sender.attached = accepted;
            }
        }
        for at in self.clients[client].receivers.clone() {
            let receiver = &mut self.receivers[at];
            if receiver.link == link {
                assert!(accepted || may_be_refused, "receiver from {:?} refused", receiver.address);
                receiver.attached = accepted;
            }
        }
    }

    /// No sender has more credit than its link's capacity leaves.
    fn check_credit(&self, client: usize) {
        let Client { end, capacity, .. } = self.clients[client];
        for &at in &self.clients[client].senders {
            if self.senders[at].gone || is_routed(&self.senders[at].key) {
                continue;
            }
            let unsettled = self.unsettled_of(at).len() as u32;
            let link = self.net.look_at_peer(end).conn.link(self.senders[at].link);
            let granted = link.and_then(|link| link.sender_credit()).map_or(0, |credit| credit.available());
            assert!(
                granted <= capacity && granted + unsettled <= capacity,
                "sender {at} has {granted} credit and {unsettled} unsettled of {capacity}"
            );
        }
    }

    fn receive(&mut self, client: usize, part: Part) {
        let mut own = self.clients[client].receivers.iter().copied();
        let at = own.find(|&at| self.receivers[at].link == part.link).expect("a receiver");
        if self.receivers[at].gone {
            return;
        }
        if part.first {
            let receiver = &mut self.receivers[at];
            assert!(receiver.current.is_none(), "a delivery begins within another");
            let index = self.receipts.len();
            self.receipts.push(Receipt {
                receiver: at,
                message: None,
                bytes: Vec::new(),
                came: 0,
                complete: false,
                aborted: false,
                presettled: part.settled,
                verdict: None,
                settled: false,
            });
            receiver.receipts.push(index);
            receiver.current = Some(index);
            let session = receiver.session;
            self.clients[client].incoming.insert((session, part.number), index);
        }
        let index = self.receivers[at].current.expect("a delivery under way");
        let receipt = &mut self.receipts[index];
        receipt.bytes.extend_from_slice(&part.payload);
        receipt.aborted = part.aborted;
        if receipt.message.is_none()
            && let Some(id) = message::id_of(&receipt.bytes)
        {
            receipt.message = Some(id);
            self.check_receipt(at, index, id);
        }
        if part.more {
            return;
        }
        self.receivers[at].current = None;
        self.progress += 1;
        self.conclude(client, at, index, &part);
    }

    fn conclude(&mut self, client: usize, at: usize, index: usize, part: &Part) {
        if !part.aborted {
            self.receipts[index].complete = true;
            self.receipts[index].came = self.net.age();
            let id = self.receipts[index].message.expect("it is complete");
            assert!(self.receipts[index].bytes == self.octets(id), "message {id} comes changed to receiver {at}");
        }
        let taste = self.receivers[at].taste;
        if part.aborted || part.settled {
            self.receipts[index].settled = true;
            let Receiver { session, .. } = self.receivers[at];
            self.clients[client].incoming.remove(&(session, part.number));
            let end = self.clients[client].end;
            self.net.peer(end).conn.session_mut(session).expect("it lives").incoming_mut().remove(part.number);
            if !part.aborted {
                self.store(index);
            }
        } else if let Some(verdict) = taste.verdict {
            self.dispose(at, part.number, verdict);
        }
        if !part.aborted && self.news.is_some() {
            // It was looked at.
            self.receipts[index].bytes = Vec::new();
        }
        if taste.verdict.is_some() {
            self.grant(at, 1);
        }
    }

    /// What comes may come: to this receiver, for the first time, and in its turn.
    fn check_receipt(&mut self, at: usize, index: usize, id: u32) {
        let receiver = &self.receivers[at];
        let sent = self.messages.get(id as usize).unwrap_or_else(|| panic!("message {id} was never sent"));
        assert!(sent.progress != Progress::Queued, "message {id} was not sent yet");
        let may_come = self.rules.may_reach(&sent.key, sent.presettled, &receiver.key) || self.rules.is_vague;
        assert!(may_come, "message {id} to {} comes to receiver {at} of {}", sent.key, receiver.key);
        let receipt = &self.receipts[index];
        if receiver.taste.presettled {
            assert!(receipt.presettled, "message {id} comes unsettled to receiver {at}, which wants all settled");
        } else {
            assert_eq!(receipt.presettled, sent.presettled, "message {id} comes presettled to receiver {at}");
        }
        let is_calm = sent.calm.is_some() && sent.calm == self.calm;
        let may_repeat = self.rules.is_multicast(&sent.key) && !is_calm;
        let is_new = !receiver.seen.contains(&id);
        assert!(is_new || may_repeat, "message {id} comes twice to receiver {at}");
        // While paths change, what was sent later may come earlier.
        if let (Some(calm), true) = (sent.calm.filter(|_| is_calm), sent.has_one_way && is_new) {
            let (line, turn) = ((sent.sender, sent.priority, calm), sent.turn);
            let before = self.receivers[at].latest.insert(line, turn);
            let is_later = before.is_none_or(|before| before < turn);
            assert!(is_later, "message {id} comes to receiver {at} after one that was sent later");
        }
        self.receivers[at].seen.insert(id);
    }

    /// A router tells what became of deliveries.
    fn told(&mut self, client: usize, disposition: &Disposition) {
        let end = self.clients[client].end;
        let kind = disposition.state.as_wire().kind();
        self.each(disposition.first, disposition.last, |world, wire| {
            let session = world.net.peer(end).conn.session(disposition.session).expect("it lives");
            let number = session.outgoing().resolve(wire);
            match session.outgoing().get(number).copied() {
                Some(message) => world.told_one(client, number, message, disposition.settled, kind),
                None => {
                    let known = world.clients[client].done_out.contains(&(disposition.session, number));
                    assert!(known, "client {client} is told {disposition:?} of {number:?}, which is not unsettled");
                }
            }
        });
    }

    fn told_one(&mut self, client: usize, number: DeliveryNumber, message: u32, settled: bool, kind: StateKind) {
        let disturbances = self.disturbances;
        let sent = &mut self.messages[message as usize];
        if kind.is_outcome() {
            let before = sent.outcome.replace(kind).unwrap_or(kind);
            assert_eq!(before, kind, "message {message} is told another outcome");
            sent.disturbed = sent.calm.is_none() || sent.disturbances != disturbances;
        }
        assert!(!settled || sent.outcome.is_some(), "message {message} is settled without an outcome");
        if settled || kind.is_outcome() {
            sent.settled = true;
            self.progress += 1;
            let (sender, outcome) = (sent.sender, sent.outcome);
            let session = self.senders[sender].session;
            let conn = &mut self.net.peer(self.clients[client].end).conn;
            conn.session_mut(session).expect("it lives").outgoing_mut().remove(number);
            if !settled {
                self.clients[client].done_out.insert((session, number));
                conn.write_disposition(session, false, number, number, true, StateRef::None);
            }
            self.end_attempt(message, outcome);
        }
    }

    fn settled_by_sender(&mut self, client: usize, disposition: &Disposition) {
        let end = self.clients[client].end;
        self.each(disposition.first, disposition.last, |world, wire| {
            let conn = &mut world.net.peer(end).conn;
            let session = conn.session_mut(disposition.session).expect("it lives");
            let number = session.incoming().resolve(wire);
            match world.clients[client].incoming.remove(&(disposition.session, number)) {
                Some(receipt) => {
                    session.incoming_mut().remove(number);
                    world.receipts[receipt].settled = true;
                    world.clients[client].done_in.insert((disposition.session, number));
                }
                None => {
                    // A receiver that has left did not see what was under way to it.
                    let left = world.receivers.iter().any(|receiver| receiver.gone && receiver.client == client);
                    let known = left || world.clients[client].done_in.contains(&(disposition.session, number));
                    assert!(known, "client {client}: {number:?} is settled and was never sent");
                }
            }
        });
    }

    fn each(
        &mut self,
        first: WireDeliveryNumber,
        last: WireDeliveryNumber,
        mut act: impl FnMut(&mut Self, WireDeliveryNumber),
    ) {
        let mut wire = first;
        loop {
            act(self, wire);
            if wire == last {
                return;
            }
            wire = wire.next();
        }
    }
}
