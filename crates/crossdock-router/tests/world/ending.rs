//! How a world ends: everybody finishes, the books are checked, everybody leaves, and nothing is left.

use crossdock_amqp::codec::StateKind;
use crossdock_router::Holdings;

use crate::model::*;
use crate::script::{Mode, Op, Verdict};
use crate::support::rng::Rng;
use crate::world::World;

/// Things that may happen until the world comes to rest.
const PATIENCE: usize = 3_000_000;

impl World {
    pub(crate) fn finish(&mut self, seed: u64) {
        self.resume();
        self.check_drained();
        self.settle_everything();
        self.check_books();
        self.check_at_rest();
        self.everybody_leaves(seed);
    }

    fn resume(&mut self) {
        for end in &mut self.net.ends {
            end.reading = true;
        }
        for sender in &mut self.senders {
            sender.held = false;
        }
        self.rest();
        for address in 0..ADDRESSES.len() {
            let wanted = self.senders.iter().any(|sender| !sender.gone && sender.address.is_none_or(|a| a == address));
            let served = self.receivers.iter().any(|receiver| !receiver.gone && receiver.address == address);
            if wanted && !served {
                let end = self.ends.len();
                self.apply(&Op::Connect {
                    sasl: false,
                    frames: [4096, 4096],
                    windows: [100, 100],
                    content: [1_000_000, 16_000_000],
                    capacity: 10,
                    pipe: 10_000,
                });
                self.add_receiver(end, address, Mode::Mixed, false);
            }
        }
        self.rest();
    }

    /// Until nothing moves any more.
    pub(crate) fn rest(&mut self) {
        for _ in 0..PATIENCE {
            if !self.step() {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    /// Nothing moves: consumers that asked for their credit back have it.
    fn check_drained(&mut self) {
        for at in 0..self.receivers.len() {
            let Receiver { end, link, gone, current, .. } = self.receivers[at];
            if !gone && current.is_none() {
                let credit = self.peer(end).link(link).unwrap().receiver_credit().unwrap();
                assert!(!credit.is_draining(), "receiver {at} waits for its credit: {credit:?}");
            }
        }
    }

    /// Consumers take and settle whatever there is, until there is nothing more.
    fn settle_everything(&mut self) {
        loop {
            let before = (self.receipts.len(), self.settled_count());
            for at in 0..self.receivers.len() {
                let receiver = &self.receivers[at];
                if receiver.gone {
                    continue;
                }
                let (end, link) = (receiver.end, receiver.link);
                self.repeat_words(at);
                self.settle(at, usize::MAX, Verdict::Accepted, !self.receivers[at].second, false, false);
                let credit = self.peer(end).link(link).unwrap().receiver_credit().unwrap();
                if credit.granted() < 10 || credit.is_draining() {
                    self.grant(at, 10);
                }
            }
            for at in 0..self.senders.len() {
                if !self.senders[at].gone {
                    self.settle_what_is_decided(at);
                }
            }
            self.rest();
            if (self.receipts.len(), self.settled_count()) == before {
                return;
            }
        }
    }

    /// Consumers that settle by themselves do so for what they have decided.
    fn repeat_words(&mut self, at: usize) {
        if self.receivers[at].second {
            return;
        }
        use Verdict::*;
        for verdict in [Rejected, Released, Modified] {
            let end = self.receivers[at].end;
            let kind = match verdict {
                Rejected => StateKind::Rejected,
                Released => StateKind::Released,
                Modified | Accepted | Nothing | Received => StateKind::Modified,
            };
            let decided: Vec<_> = self.ends[end]
                .incoming
                .iter()
                .filter(|(_, receipt)| {
                    let receipt = &self.receipts[**receipt];
                    receipt.receiver == at && receipt.verdict == Some(kind)
                })
                .map(|(key, _)| *key)
                .collect();
            for (session, number) in decided {
                self.dispose(end, session, number, number, verdict, true);
            }
        }
    }

    fn settle_what_is_decided(&mut self, at: usize) {
        let decided: Vec<_> = self.unsettled_of(at);
        for (number, message) in decided {
            if self.messages[message as usize].outcome.is_some() {
                self.settle_as_sender(at, number, message);
            }
        }
    }

    fn settled_count(&self) -> usize {
        let receipts = self.receipts.iter().map(|receipt| usize::from(receipt.settled) + usize::from(receipt.complete));
        let told = |message: &Sent| usize::from(message.settled) + usize::from(message.outcome.is_some());
        let sent = |message: &Sent| usize::from(message.progress == Progress::Complete);
        receipts.sum::<usize>() + self.messages.iter().map(|message| told(message) + sent(message)).sum::<usize>()
    }

    /// Every delivery has exactly the outcome that it must have.
    fn check_books(&mut self) {
        for at in 0..self.senders.len() {
            let sender = &self.senders[at];
            if sender.gone {
                continue;
            }
            assert!(sender.attached, "sender {at} never got an answer");
            assert!(sender.current.is_none() && sender.queue.is_empty(), "sender {at} is stuck: {sender:?}");
            let (end, link, capacity) = (sender.end, sender.link, sender.capacity);
            let unsettled = self.unsettled_of(at);
            assert!(unsettled.is_empty(), "sender {at} has never been told of {unsettled:?}");
            let credit = self.peer(end).link(link).unwrap().sender_credit().unwrap().available();
            assert_eq!(credit, capacity, "credit of sender {at} is lost");
        }
        if let Some((key, receipt)) = self.ends.iter().flat_map(|end| &end.incoming).next() {
            let receipt = &self.receipts[*receipt];
            panic!("receiver {} waits for delivery {key:?} to be settled: {receipt:?}", receipt.receiver);
        }
        for at in 0..self.receivers.len() {
            let receiver = &self.receivers[at];
            assert!(receiver.gone || receiver.attached, "receiver {at} never got an answer");
            assert!(receiver.gone || receiver.current.is_none(), "receiver {at} never got the rest of a message");
        }
        for message in 0..self.messages.len() {
            if self.messages[message].message.garbled {
                self.check_garbled(message as u32);
            } else if is_multicast(self.messages[message].address) {
                self.check_multicast(message as u32);
            } else {
                self.check_unicast(message as u32);
            }
        }
    }

    fn receipts_of(&self, message: u32) -> Vec<&Receipt> {
        self.receipts.iter().filter(|receipt| receipt.message == message).collect()
    }

    fn check_garbled(&self, id: u32) {
        let sent = &self.messages[id as usize];
        assert!(self.receipts_of(id).is_empty(), "garbled message {id} came to somebody");
        let told = sent.presettled || sent.forgotten || sent.left || sent.outcome == Some(StateKind::Rejected);
        assert!(told || sent.progress != Progress::Complete, "garbled message {id}: {sent:?}");
    }

    fn check_unicast(&self, id: u32) {
        let sent = &self.messages[id as usize];
        let receipts = self.receipts_of(id);
        assert!(receipts.len() <= 1, "message {id} came to several receivers: {receipts:?}");
        if sent.progress != Progress::Complete {
            assert!(
                receipts.iter().all(|receipt| !receipt.complete),
                "message {id} was not sent in full: {receipts:?}"
            );
            return;
        }
        if sent.presettled || sent.forgotten {
            let anonymous = self.senders[sent.sender].address.is_none();
            let excused = self.bereft[sent.address] || anonymous || self.is_cut_off(sent.sender);
            let midway = receipts.iter().any(|receipt| receipt.verdict.is_some());
            let came = receipts.iter().any(|receipt| receipt.complete);
            assert!(came || midway || excused || sent.forgotten && sent.left, "settled message {id} is lost: {sent:?}");
            return;
        }
        if sent.left {
            return;
        }
        assert!(sent.settled);
        let lost = self.bereft[sent.address];
        let Some(receipt) = receipts.first() else {
            let right = match sent.outcome {
                Some(StateKind::Released) => true,
                Some(StateKind::Modified) => lost,
                Some(StateKind::Accepted) => {
                    // Answered for a consumer that takes everything settled, and was lost.
                    lost && self
                        .receivers
                        .iter()
                        .any(|r| r.gone && r.mode == Mode::Settled && r.address == sent.address)
                }
                _ => false,
            };
            assert!(right, "message {id} came to nobody and is {:?}", sent.outcome);
            return;
        };
        let receiver = &self.receivers[receipt.receiver];
        let expected = if receipt.presettled { Some(StateKind::Accepted) } else { receipt.verdict };
        let right = match (sent.outcome, expected) {
            (None, Some(StateKind::None)) => true,
            (Some(outcome), Some(verdict)) if outcome == verdict => true,
            (Some(StateKind::Modified), _) => receiver.gone,
            _ => false,
        };
        assert!(right, "message {id} is {:?} to its sender and {expected:?} to its receiver", sent.outcome);
        if sent.outcome == Some(StateKind::Accepted) && !receiver.gone && receipt.verdict.is_none() {
            assert!(receipt.complete, "message {id} is accepted and did not come in full");
        }
    }

    /// Whether what a sender wrote may never have been read.
    fn is_cut_off(&self, sender: usize) -> bool {
        let end = &self.ends[self.senders[sender].end];
        end.cut || end.shut
    }

    fn check_multicast(&self, id: u32) {
        let sent = &self.messages[id as usize];
        let receipts = self.receipts_of(id);
        if sent.progress != Progress::Complete {
            assert!(
                receipts.iter().all(|receipt| !receipt.complete),
                "message {id} was not sent in full: {receipts:?}"
            );
            return;
        }
        for receipt in &receipts {
            let gone = self.receivers[receipt.receiver].gone;
            let excused = gone || self.is_cut_off(sent.sender);
            assert!(receipt.complete || excused || receipt.verdict.is_some(), "half of message {id} came: {receipt:?}");
        }
        if sent.presettled || sent.forgotten || sent.left {
            return;
        }
        assert!(sent.settled);
        let lost = self.bereft[sent.address];
        let verdicts: Vec<_> = receipts
            .iter()
            .map(|receipt| if receipt.presettled { Some(StateKind::Accepted) } else { receipt.verdict })
            .collect();
        let best = receipts.iter().zip(&verdicts).filter(|(receipt, _)| !self.receivers[receipt.receiver].gone);
        let best = best.filter_map(|(_, verdict)| verdict.map(rank)).max().unwrap_or(0);
        let outcome = sent.outcome.unwrap_or(StateKind::None);
        assert!(rank(outcome) >= best, "message {id} is {outcome:?} in all, and was {verdicts:?}");
        let said = verdicts.iter().flatten().any(|verdict| *verdict == outcome);
        let right = said
            || match outcome {
                StateKind::Released => receipts.is_empty() || lost,
                StateKind::Modified | StateKind::Accepted => lost,
                _ => false,
            };
        assert!(right, "message {id} is {outcome:?} in all, and was {verdicts:?}");
    }

    /// Nothing is under way: nothing is held.
    fn check_at_rest(&mut self) {
        for (at, end) in self.net.ends.iter().enumerate() {
            let holdings = end.adaptor.holdings();
            let expected = Holdings { links: holdings.links, ..Holdings::default() };
            assert_eq!(holdings, expected, "connection {at} is at rest");
        }
    }

    fn everybody_leaves(&mut self, seed: u64) {
        let rng = &mut Rng::new(seed ^ 0xb1e5);
        if rng.one_in(2) {
            for at in 0..self.senders.len() {
                if !self.senders[at].gone {
                    self.detach_sender(at);
                }
            }
            for at in 0..self.receivers.len() {
                if !self.receivers[at].gone {
                    self.detach_receiver(at);
                }
            }
            self.rest();
            for (at, end) in self.net.ends.iter().enumerate() {
                assert_eq!(end.adaptor.holdings(), Holdings::default(), "connection {at} without links");
            }
            assert_eq!((self.net.node.link_count(), self.net.shared.address_count()), (0, 0));
        }
        for end in 0..self.ends.len() {
            let op = match rng.below(4) {
                0 => Op::Cut { end: 0, at_once: true },
                1 => Op::Cut { end: 0, at_once: false },
                _ => Op::Close { end: 0 },
            };
            if !self.ends[end].gone {
                self.apply(&op);
            }
        }
        self.rest();
        assert_eq!(self.net.shared.connection_count(), 0);
        assert_eq!((self.net.node.link_count(), self.net.shared.address_count()), (0, 0));
        for (at, end) in self.net.ends.iter().enumerate() {
            assert_eq!(end.adaptor.holdings(), Holdings::default(), "connection {at} is over");
        }
    }
}

/// Rejected beats accepted beats modified beats released.
fn rank(kind: StateKind) -> u8 {
    match kind {
        StateKind::Rejected => 4,
        StateKind::Accepted => 3,
        StateKind::Modified => 2,
        StateKind::Released => 1,
        _ => 0,
    }
}
