//! Whether every delivery has exactly the outcome that it must have.

use crossdock_amqp::codec::StateKind;

use super::World;
use super::model::{Progress, Receipt, Sent, rank};
use super::rules::is_routed;

impl World {
    /// Nothing moves any more, and every receiver has said what it had to say: the books are right.
    pub fn check_books(&self) {
        for (at, sender) in self.senders.iter().enumerate().filter(|(_, sender)| !sender.gone) {
            assert!(sender.attached, "sender {at} never got an answer");
            if is_routed(&sender.key) && self.news.is_some() {
                // A router that has not heard of the link route takes it for an ordinary link, for good.
                continue;
            }
            assert!(sender.current.is_none() && sender.queue.is_empty(), "sender {at} is stuck: {sender:?}");
            let unsettled = self.unsettled_of(at);
            assert!(unsettled.is_empty(), "sender {at} has never been told of {unsettled:?}");
            let client = &self.clients[sender.client];
            if client.container.is_some() || is_routed(&sender.key) {
                // Its credit is a consumer's.
                continue;
            }
            let conn = &self.net.look_at_peer(client.end).conn;
            let credit = conn.link(sender.link).and_then(|link| link.sender_credit());
            let credit = credit.map_or(0, |credit| credit.available());
            assert_eq!(credit, client.capacity, "credit of sender {at} is lost");
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
        self.check_stores();
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
            } else if self.rules.is_multicast(&sent.key) {
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
            if self.rules.is_closest(&sent.key) && receipt_key(self, receipt) == sent.key {
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
            (StateKind::Accepted, None) => is_disturbed && self.is_wanted_settled(&sent.key),
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
        let alike = sent.audience.iter().filter(|&&one| self.receivers[one].key == sent.key);
        let best = alike.filter_map(|&one| cost(one)).min();
        assert!(found <= best, "message {id} went to receiver {} at cost {found:?}, not {best:?}", receipt.receiver);
    }

    fn check_multicast(&self, id: usize, sent: &Sent, receipts: &[&Receipt]) {
        if self.is_certain(sent) {
            for &one in sent.audience.iter().filter(|&&one| self.receivers[one].key == sent.key) {
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
            (StateKind::Accepted, _) => self.is_wanted_settled(&sent.key),
            _ => false,
        };
        assert!(right, "message {id} is {outcome:?} in all, and was {words:?}: {sent:?}");
    }

    /// Whether a message must have come to its audience.
    fn is_certain(&self, sent: &Sent) -> bool {
        !self.is_disturbed(sent) && !sent.left && !sent.audience.is_empty() && !self.rules.is_vague
    }

    /// Whether anything was disturbed between a message's sending and its outcome; or until now, if what the sender is told
    /// says nothing of what a receiver got.
    fn is_disturbed(&self, sent: &Sent) -> bool {
        if sent.outcome.is_some() && !self.is_wanted_settled(&sent.key) {
            sent.disturbed
        } else {
            sent.calm.is_none() || sent.calm != self.calm || sent.disturbances != self.disturbances
        }
    }

    /// Whether a receiver takes everything settled: what is on its way there is accepted, and may be lost.
    fn is_wanted_settled(&self, key: &str) -> bool {
        self.receivers.iter().any(|one| one.taste.presettled && one.key == key)
    }
}

fn receipt_key<'w>(world: &'w World, receipt: &Receipt) -> &'w str {
    &world.receivers[receipt.receiver].key
}

/// What the sender is to be told of what a receiver did.
fn word(receipt: &Receipt) -> Option<StateKind> {
    if receipt.presettled { Some(StateKind::Accepted) } else { receipt.verdict }
}
