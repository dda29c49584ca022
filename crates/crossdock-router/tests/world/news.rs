//! What clients hear from the router, and that it may be.

use crossdock_amqp::codec::StateKind;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{LinkId, SessionId};
use crossdock_amqp::serial::{DeliveryNumber, WireDeliveryNumber};
use crossdock_core::batch::State;

use crate::model::*;
use crate::script::Mode;
use crate::support::Seen;
use crate::support::peer::Part;
use crate::world::World;

impl World {
    pub(crate) fn handle(&mut self, end: usize, seen: Seen) {
        match seen {
            Seen::Part(part) => self.receive(end, part),
            Seen::State { session, of_outgoing: true, first, last, settled, state } => {
                self.told(end, session, first, last, settled, &state);
            }
            Seen::State { session, of_outgoing: false, first, last, settled, .. } => {
                if settled {
                    self.settled_by_sender(end, session, first, last);
                }
            }
            Seen::Answered(link, attach) => {
                self.answered(end, link, attach.source.is_some() && attach.target.is_some())
            }
            Seen::Closed { error, by_us } => {
                assert!(!by_us, "the router broke the protocol: {error:?}");
                let shut = error.as_deref().is_some_and(|error| error.ends_with("(shut)"));
                assert!(error.is_none() || shut, "the router closed the connection: {error:?}");
                self.leave(end, None);
            }
            Seen::Ended { session, error } => {
                assert!(error.is_none(), "session violation, here or there: {error:?}");
                panic!("nobody ends session {session:?} but its client");
            }
            Seen::Detached { link, error, .. } => panic!("link {link:?} is detached by nobody: {error:?}"),
            Seen::Attached(..) => panic!("the router attaches nothing by itself"),
            Seen::Opened => {
                for op in self.ends[end].later.take().unwrap_or_default() {
                    self.begin_or_attach(end, &op);
                }
            }
            Seen::Credit(_) | Seen::Begun(_) | Seen::Drained(_) | Seen::Window(_) => {}
        }
    }

    fn answered(&mut self, end: usize, link: LinkId, accepted: bool) {
        assert!(accepted, "link refused");
        for sender in self.senders.iter_mut().filter(|sender| sender.end == end && sender.link == link) {
            sender.attached = true;
        }
        for receiver in self.receivers.iter_mut().filter(|receiver| receiver.end == end && receiver.link == link) {
            receiver.attached = true;
            self.served[receiver.address] = true;
        }
    }

    /// No producer has more credit than its link's capacity leaves.
    pub(crate) fn check_credit(&mut self, end: usize) {
        for at in 0..self.senders.len() {
            let Sender { end: of, link, capacity, gone, .. } = self.senders[at];
            if of != end || gone {
                continue;
            }
            let unsettled = self.unsettled_of(at).len() as u32;
            let granted = self.peer(end).link(link).unwrap().sender_credit().unwrap().available();
            assert!(granted + unsettled <= capacity, "{granted} granted, {unsettled} unsettled, {capacity} in all");
        }
    }

    fn receive(&mut self, end: usize, part: Part) {
        let found = self.receivers.iter().position(|receiver| receiver.end == end && receiver.link == part.link);
        let at = found.expect("a receiver");
        let receiver = &mut self.receivers[at];
        if part.first {
            assert!(receiver.current.is_none(), "a delivery begins within another");
            let index = self.receipts.len();
            let message = part.message_format;
            for &before in &receiver.receipts {
                let before = &self.receipts[before];
                let (a, b) = (&self.messages[before.message as usize], &self.messages[message as usize]);
                assert_ne!(before.message, message, "message {message} comes twice to receiver {at}");
                assert!(a.sender != b.sender || a.turn < b.turn, "message {message} comes after {}", before.message);
            }
            self.receipts.push(Receipt {
                receiver: at,
                message,
                bytes: Vec::new(),
                complete: false,
                aborted: false,
                presettled: part.settled,
                verdict: None,
                settled: false,
            });
            let sent = &self.messages[message as usize];
            match receiver.mode {
                Mode::Settled => assert!(part.settled),
                Mode::Unsettled => assert!(!part.settled),
                Mode::Mixed => assert!(part.settled == sent.presettled || part.settled && sent.forgotten),
            }
            assert_eq!(sent.address, receiver.address);
            receiver.receipts.push(index);
            receiver.current = Some(index);
            self.ends[end].incoming.insert((part.session, part.number), index);
        }
        let index = receiver.current.expect("a delivery under way");
        let receipt = &mut self.receipts[index];
        receipt.bytes.extend_from_slice(&part.payload);
        receipt.aborted = part.aborted;
        if part.more {
            return;
        }
        receiver.current = None;
        if !part.aborted {
            receipt.complete = true;
            let expected = self.messages[receipt.message as usize].message.received();
            assert!(receipt.bytes == expected, "message {} comes changed", receipt.message);
        }
        if part.aborted || part.settled {
            receipt.settled = true;
            let key = (part.session, part.number);
            self.ends[end].incoming.remove(&key);
            self.peer(end).session_mut(part.session).unwrap().incoming_mut().remove(part.number);
        }
    }

    /// The router tells what became of deliveries.
    fn told(
        &mut self,
        end: usize,
        session: SessionId,
        first: WireDeliveryNumber,
        last: WireDeliveryNumber,
        settled: bool,
        state: &State,
    ) {
        let kind = state.as_wire().kind();
        let mut wire = first;
        loop {
            let ledger = self.peer(end).session(session).expect("the session lives").outgoing();
            let number = ledger.resolve(wire);
            match ledger.get(number).copied() {
                Some(message) => self.told_one(end, session, number, message, settled, kind),
                None => {
                    let known = self.ends[end].done_out.contains(&(session, number));
                    assert!(known, "told {kind:?} (settled: {settled}) of delivery {number:?}, which is not unsettled");
                }
            }
            if wire == last {
                return;
            }
            wire = wire.next();
        }
    }

    fn told_one(
        &mut self,
        end: usize,
        session: SessionId,
        number: DeliveryNumber,
        message: u32,
        settled: bool,
        kind: StateKind,
    ) {
        let sent = &mut self.messages[message as usize];
        if kind.is_outcome() {
            assert!(
                sent.outcome.is_none_or(|before| before == kind),
                "message {message} is told {kind:?} after {:?}",
                sent.outcome
            );
            let again = sent.outcome.is_some() && !settled && is_multicast(sent.address);
            assert!(!again, "message {message} is told {kind:?} once more");
            sent.outcome = Some(kind);
        }
        let eager = self.senders[sent.sender].eager && kind.is_outcome();
        if settled || eager {
            sent.settled = true;
            let peer = &mut self.net.ends[end].peer.conn;
            peer.session_mut(session).unwrap().outgoing_mut().remove(number);
            if !settled {
                self.ends[end].done_out.insert((session, number));
                peer.write_disposition(session, false, number, number, true, StateRef::None);
            }
        }
    }

    fn settled_by_sender(
        &mut self,
        end: usize,
        session: SessionId,
        first: WireDeliveryNumber,
        last: WireDeliveryNumber,
    ) {
        let mut wire = first;
        loop {
            let number = self.peer(end).session(session).expect("the session lives").incoming().resolve(wire);
            let key = (session, number);
            match self.ends[end].incoming.remove(&key) {
                Some(receipt) => {
                    self.receipts[receipt].settled = true;
                    self.ends[end].done_in.insert(key);
                    self.peer(end).session_mut(session).unwrap().incoming_mut().remove(number);
                }
                None => {
                    // A receiver that has left did not see what was under way to it.
                    let left =
                        |receiver: &Receiver| receiver.gone && receiver.end == end && receiver.session == session;
                    let known = self.ends[end].done_in.contains(&key) || self.receivers.iter().any(left);
                    assert!(known, "the router settles {number:?}, which it did not send");
                }
            }
            if wire == last {
                return;
            }
            wire = wire.next();
        }
    }
}
