//! Whether every delivery has exactly the outcome that it must have.

use crossdock_amqp::codec::StateKind;

use super::World;
use super::clients::CAPACITY;
use super::model::{Progress, Receipt, Sent, is_closest, is_multicast, rank};

impl World {
    /// Nothing moves any more, and every receiver has said what it had to say: the books are right.
    pub fn check_books(&self) {
        for (at, sender) in self.senders.iter().enumerate().filter(|(_, sender)| !sender.gone) {
            assert!(sender.attached, "sender {at} never got an answer");
            assert!(sender.current.is_none() && sender.queue.is_empty(), "sender {at} is stuck: {sender:?}");
            let unsettled = self.unsettled_of(at);
            assert!(unsettled.is_empty(), "sender {at} has never been told of {unsettled:?}");
            let conn = &self.net.look_at_peer(self.clients[sender.client].end).conn;
            let credit = conn.link(sender.link).and_then(|link| link.sender_credit());
            let credit = credit.map_or(0, |credit| credit.available());
            assert_eq!(credit, CAPACITY, "credit of sender {at} is lost");
        }
        for (at, client) in self.clients.iter().enumerate().filter(|(_, client)| !client.gone) {
            if let Some((number, receipt)) = client.incoming.first_key_value() {
                panic!("client {at} waits for {number:?} to be settled: {:?}", self.receipts[*receipt]);
            }
        }
        for (at, receiver) in self.receivers.iter().enumerate().filter(|(_, receiver)| !receiver.gone) {
            assert!(receiver.attached, "receiver {at} never got an answer");
            assert!(receiver.current.is_none(), "receiver {at} never got the rest of a message");
        }
        self.check_messages();
    }

    /// What became of each message so far may be.
    pub(super) fn check_messages(&self) {
        let mut receipts: Vec<Vec<&Receipt>> = vec![Vec::new(); self.messages.len()];
        for receipt in &self.receipts {
            if let Some(message) = receipt.message {
                receipts[message as usize].push(receipt);
            }
        }
        for (id, (sent, receipts)) in self.messages.iter().zip(&receipts).enumerate() {
            if sent.progress != Progress::Complete {
                let whole = receipts.iter().find(|receipt| receipt.complete);
                assert!(whole.is_none(), "message {id} was not sent in full: {whole:?}");
            } else if is_multicast(&sent.address) {
                self.check_multicast(id, sent, receipts);
            } else {
                self.check_anycast(id, sent, receipts);
            }
        }
    }

    fn check_anycast(&self, id: usize, sent: &Sent, receipts: &[&Receipt]) {
        assert!(receipts.len() <= 1, "message {id} came to several receivers: {receipts:?}");
        let receipt = receipts.first();
        if self.is_certain(sent) {
            let receipt = receipt.unwrap_or_else(|| {
                panic!("message {id} came to nobody and is {:?}, though all was well: {sent:?}", sent.outcome)
            });
            assert!(receipt.complete || receipt.verdict.is_some(), "half of message {id} came: {receipt:?}");
            if is_closest(&sent.address) {
                self.check_closest(id, sent, receipt);
            }
        }
        if sent.presettled || sent.left {
            return;
        }
        let Some(outcome) = sent.outcome else { panic!("message {id} has no outcome: {sent:?}, {receipts:?}") };
        let word = receipt.and_then(|receipt| word(receipt));
        let is_disturbed = self.is_disturbed(sent);
        let may_be_lost = is_disturbed && outcome == StateKind::Modified;
        let right = match (outcome, receipt) {
            (outcome, Some(_)) => word == Some(outcome) || may_be_lost,
            (StateKind::Released, None) => true,
            (StateKind::Accepted, None) => is_disturbed && self.is_wanted_settled(&sent.address),
            (_, None) => may_be_lost,
        };
        assert!(right, "message {id} is {outcome:?} to its sender and {word:?} to its receiver: {sent:?}, {receipt:?}");
    }

    /// Of those who were known everywhere when it was sent, and since, none is nearer than who got it.
    fn check_closest(&self, id: usize, sent: &Sent, receipt: &Receipt) {
        if sent.calm != self.calm {
            // The mesh of that time is gone.
            return;
        }
        let from = self.clients[self.senders[sent.sender].client].router;
        let cost = |receiver: usize| self.cost(from, self.clients[self.receivers[receiver].client].router);
        let found = cost(receipt.receiver);
        let best = sent.audience.iter().filter_map(|&one| cost(one)).min();
        assert!(found <= best, "message {id} went to receiver {} at cost {found:?}, not {best:?}", receipt.receiver);
    }

    fn check_multicast(&self, id: usize, sent: &Sent, receipts: &[&Receipt]) {
        if self.is_certain(sent) {
            for &one in &sent.audience {
                let copies = receipts.iter().filter(|receipt| receipt.receiver == one).count();
                assert_eq!(copies, 1, "copies of message {id} for receiver {one}: {sent:?}");
            }
        }
        if sent.presettled || sent.left {
            return;
        }
        let words: Vec<StateKind> = receipts.iter().filter_map(|receipt| word(receipt)).collect();
        let Some(outcome) = sent.outcome else { panic!("message {id} has no outcome: {sent:?}, {receipts:?}") };
        let best = words.iter().copied().max_by_key(|&word| rank(word));
        let right = match (outcome, best) {
            (outcome, best) if !self.is_disturbed(sent) => best.unwrap_or(StateKind::Released) == outcome,
            (outcome, _) if words.contains(&outcome) => true,
            (StateKind::Released | StateKind::Modified, _) => true,
            (StateKind::Accepted, _) => self.is_wanted_settled(&sent.address),
            _ => false,
        };
        assert!(right, "message {id} is {outcome:?} in all, and was {words:?}: {sent:?}");
    }

    /// Whether a message must have come to its audience.
    fn is_certain(&self, sent: &Sent) -> bool {
        !self.is_disturbed(sent) && !sent.left && !sent.audience.is_empty()
    }

    /// Whether anything was disturbed between a message's sending and its outcome; or until now, if what the sender is told
    /// says nothing of what a receiver got.
    fn is_disturbed(&self, sent: &Sent) -> bool {
        if sent.outcome.is_some() && !self.is_wanted_settled(&sent.address) {
            sent.disturbed
        } else {
            sent.calm.is_none() || sent.calm != self.calm || sent.disturbances != self.disturbances
        }
    }

    /// Whether a receiver takes everything settled: what is on its way there is accepted, and may be lost.
    fn is_wanted_settled(&self, address: &str) -> bool {
        self.receivers.iter().any(|one| one.taste.presettled && one.address == address)
    }
}

/// What the sender is to be told of what a receiver did.
fn word(receipt: &Receipt) -> Option<StateKind> {
    if receipt.presettled { Some(StateKind::Accepted) } else { receipt.verdict }
}
