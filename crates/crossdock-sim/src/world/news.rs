//! What clients hear from their routers, and that it may be.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::LinkId;
use crossdock_amqp::serial::{DeliveryNumber, WireDeliveryNumber};

use super::World;
use super::clients::CAPACITY;
use super::model::{Client, Progress, Receipt, is_multicast};
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
    }

    fn client_at(&self, end: usize) -> usize {
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
            Heard::Closed { error, by_us } => {
                assert!(!by_us, "the router broke the protocol towards client {client}: {error:?}");
                assert!(error.is_none(), "the router closed client {client}: {error:?}");
                self.leave(client);
            }
            Heard::Ended { session, error } => panic!("session {session:?} of client {client} ends: {error:?}"),
            Heard::Detached { link, error } => panic!("link {link:?} of client {client} is detached: {error:?}"),
            Heard::Attached(attach) => panic!("the router attaches {} by itself", attach.name),
            Heard::Opened | Heard::Room => {}
        }
    }

    fn answered(&mut self, client: usize, link: LinkId, accepted: bool) {
        for sender in self.senders.iter_mut().filter(|sender| sender.client == client && sender.link == link) {
            assert!(accepted, "sender to {:?} refused", sender.address);
            sender.attached = true;
        }
        for receiver in self.receivers.iter_mut().filter(|receiver| receiver.client == client && receiver.link == link)
        {
            assert!(accepted, "receiver from {:?} refused", receiver.address);
            receiver.attached = true;
        }
    }

    /// No sender has more credit than its link's capacity leaves.
    fn check_credit(&mut self, client: usize) {
        let end = self.clients[client].end;
        for at in 0..self.senders.len() {
            if self.senders[at].client != client || self.senders[at].gone {
                continue;
            }
            let unsettled = self.unsettled_of(at).len() as u32;
            let link = self.net.look_at_peer(end).conn.link(self.senders[at].link);
            let granted = link.and_then(|link| link.sender_credit()).map_or(0, |credit| credit.available());
            assert!(
                granted <= CAPACITY && granted + unsettled <= CAPACITY,
                "sender {at} has {granted} credit and {unsettled} unsettled of {CAPACITY}"
            );
        }
    }

    fn receive(&mut self, client: usize, part: Part) {
        let found = self.receivers.iter().position(|receiver| receiver.client == client && receiver.link == part.link);
        let at = found.expect("a receiver");
        if part.first {
            let receiver = &mut self.receivers[at];
            assert!(receiver.current.is_none(), "a delivery begins within another");
            let index = self.receipts.len();
            self.receipts.push(Receipt {
                receiver: at,
                message: None,
                bytes: Vec::new(),
                complete: false,
                aborted: false,
                presettled: part.settled,
                verdict: None,
                settled: false,
            });
            receiver.receipts.push(index);
            receiver.current = Some(index);
            self.clients[client].incoming.insert(part.number, index);
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
            let id = self.receipts[index].message.expect("it is complete");
            assert!(self.receipts[index].bytes == self.octets(id), "message {id} comes changed to receiver {at}");
        }
        let taste = self.receivers[at].taste;
        if part.aborted || part.settled {
            self.receipts[index].settled = true;
            self.clients[client].incoming.remove(&part.number);
            let Client { end, session, .. } = self.clients[client];
            self.net.peer(end).conn.session_mut(session).expect("it lives").incoming_mut().remove(part.number);
        } else if let Some(verdict) = taste.verdict {
            self.dispose(at, part.number, verdict);
        }
        if taste.verdict.is_some() {
            self.grant(at, 1);
        }
    }

    /// What comes may come: to this receiver, for the first time, and in its turn.
    fn check_receipt(&self, at: usize, index: usize, id: u32) {
        let receiver = &self.receivers[at];
        let sent = self.messages.get(id as usize).unwrap_or_else(|| panic!("message {id} was never sent"));
        assert!(sent.progress != Progress::Queued, "message {id} was not sent yet");
        assert_eq!(sent.address, receiver.address, "message {id} comes to receiver {at}");
        let receipt = &self.receipts[index];
        if receiver.taste.presettled {
            assert!(receipt.presettled, "message {id} comes unsettled to receiver {at}, which wants all settled");
        } else {
            assert_eq!(receipt.presettled, sent.presettled, "message {id} comes presettled to receiver {at}");
        }
        let is_calm = sent.calm.is_some() && sent.calm == self.calm;
        for &before in &receiver.receipts {
            let Some(earlier) = self.receipts[before].message.filter(|_| before != index) else { continue };
            let may_repeat = is_multicast(&sent.address) && !is_calm;
            assert!(earlier != id || may_repeat, "message {id} comes twice to receiver {at}");
            let other = &self.messages[earlier as usize];
            // While paths change, what was sent later may come earlier.
            let is_ordered = is_calm
                && other.calm == sent.calm
                && other.has_one_way
                && sent.has_one_way
                && other.sender == sent.sender
                && other.priority == sent.priority
                && earlier != id;
            assert!(!is_ordered || other.turn < sent.turn, "message {id} comes to receiver {at} after {earlier}");
        }
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
                    let known = world.clients[client].done_out.contains(&number);
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
            let Client { end, session, .. } = self.clients[client];
            let conn = &mut self.net.peer(end).conn;
            conn.session_mut(session).expect("it lives").outgoing_mut().remove(number);
            if !settled {
                self.clients[client].done_out.insert(number);
                conn.write_disposition(session, false, number, number, true, StateRef::None);
            }
        }
    }

    fn settled_by_sender(&mut self, client: usize, disposition: &Disposition) {
        let end = self.clients[client].end;
        self.each(disposition.first, disposition.last, |world, wire| {
            let conn = &mut world.net.peer(end).conn;
            let session = conn.session_mut(disposition.session).expect("it lives");
            let number = session.incoming().resolve(wire);
            match world.clients[client].incoming.remove(&number) {
                Some(receipt) => {
                    session.incoming_mut().remove(number);
                    world.receipts[receipt].settled = true;
                    world.clients[client].done_in.insert(number);
                }
                None => {
                    // A receiver that has left did not see what was under way to it.
                    let left = world.receivers.iter().any(|receiver| receiver.gone && receiver.client == client);
                    let known = left || world.clients[client].done_in.contains(&number);
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
