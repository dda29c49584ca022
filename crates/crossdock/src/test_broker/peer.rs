//! One connection of the broker: what its links are for, and what it has of the queues.

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{
    Chunk, Connection, Event, IncomingTransfer, LinkId, LinkRole, NewDelivery, Payload, SessionId, Time,
};
use crossdock_amqp::serial::{DeliveryNumber, WireDeliveryNumber};
use fe2o3_amqp_types::definitions::{Error, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, TargetArchetype};
use fe2o3_amqp_types::performatives::Attach;
use fe2o3_amqp_types::transaction::{Coordinator, TxnCapability};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::task::Waker;

use super::hub::Queues;
use super::queue::{Consumer, Message, Place, Queue};
use super::transaction::{self, Demand, Outcome, Retired, Transaction};

pub(super) type Engine = Connection<(), Held>;

/// A message that a consumer has and did not settle.
#[derive(Clone, Debug)]
pub(super) struct Held {
    queue: Rc<str>,
    place: Place,
    message: Message,
    link: LinkId,
}

/// Messages that a producer may send ahead.
const CREDIT: u32 = 200;
/// The largest message (bytes).
const MAX_MESSAGE_SIZE: usize = 256 * 1024 * 1024;
/// Messages and deliveries of one transaction.
const MAX_TRANSACTION: usize = 100_000;

const UNKNOWN_ID: &str = "amqp:transaction:unknown-id";

#[derive(Debug)]
struct Link {
    work: Work,
    last_used: Time,
}

#[derive(Debug)]
enum Work {
    /// The peer produces.
    Produce { queue: Rc<str>, partial: Partial },
    /// The peer asks for transactions.
    Coordinate { partial: Partial },
    /// The peer consumes; the rest of a message waits for room.
    Consume { queue: Rc<str>, rest: Option<Chunk>, presettled: bool },
}

/// What came of a message so far.
#[derive(Debug, Default)]
struct Partial {
    content: Vec<u8>,
    /// The transactional-state of its first frame.
    transaction: Option<Vec<u8>>,
}

#[derive(Debug)]
pub(super) struct Peer {
    id: u64,
    pub(super) engine: Engine,
    /// Wakes the task that reads and writes.
    pub(super) waker: Waker,
    links: HashMap<LinkId, Link>,
    transactions: BTreeMap<Vec<u8>, Transaction>,
    last_transaction: u64,
    /// Links whose consumer wants unused credit back.
    drains: Vec<LinkId>,
    /// Whether a consumer had credit but there was no room for a transfer.
    stalled: bool,
}

impl Peer {
    pub(super) fn new(id: u64, engine: Engine, waker: Waker) -> Self {
        Self {
            id,
            engine,
            waker,
            links: HashMap::new(),
            transactions: BTreeMap::new(),
            last_transaction: 0,
            drains: Vec::new(),
            stalled: false,
        }
    }

    fn consumer(&self, link: LinkId) -> Consumer {
        Consumer { peer: self.id, link }
    }

    pub(super) fn handle_event(&mut self, event: Event<'_>, queues: &mut Queues, now: Time) {
        match event {
            Event::Opened(_) => self.engine.open(),
            Event::Attached(link, attach) => self.handle_attach(link, *attach, queues, now),
            Event::Detached { link, closed, error } => {
                self.give_up_link(link, queues);
                self.engine.detach(link, closed, error);
            }
            Event::Ended { session, error } => {
                let links: Vec<LinkId> = self.engine.session_links(session).collect();
                for link in links {
                    self.give_up_link(link, queues);
                }
                self.engine.end(session, error);
            }
            Event::Transfer(transfer) => self.handle_transfer(&transfer, queues, now),
            Event::Disposition { session, of_outgoing: true, first, last, settled, state } => {
                self.handle_disposition(session, (first, last), settled, state, queues);
            }
            Event::Credit(link) => {
                if let Some(Link { work: Work::Consume { queue, .. }, .. }) = self.links.get(&link) {
                    queues.mark(queue);
                    self.drains.push(link);
                }
            }
            Event::Window(_) => self.stalled = true,
            // Nothing is settled second, nothing attached, drained or begun by the broker.
            Event::Disposition { .. }
            | Event::Begun(..)
            | Event::AttachAnswered(..)
            | Event::Drained(_)
            | Event::Closed { .. } => {}
        }
    }

    fn handle_attach(&mut self, link: LinkId, attach: Attach, queues: &mut Queues, now: Time) {
        let Attach { mut source, mut target, .. } = attach;
        let work = match self.engine.link(link).map(crossdock_amqp::engine::Link::role) {
            Some(LinkRole::Sender) => self.consume(link, source.as_deref_mut(), queues),
            Some(LinkRole::Receiver) => produce(target.as_deref_mut(), queues),
            None => return,
        };
        match work {
            Ok(work) => {
                let sends = !matches!(work, Work::Consume { .. });
                self.links.insert(link, Link { work, last_used: now });
                let capacity = if sends { CREDIT } else { 0 };
                self.engine.accept_link(link, source, target, capacity, MAX_MESSAGE_SIZE as u64);
                if sends {
                    self.engine.open_gate(link);
                }
            }
            Err(error) => self.engine.refuse_link(link, source, target, Some(error)),
        }
    }

    /// What the attach of a consumer leads to. The source becomes what is answered.
    fn consume(&self, link: LinkId, source: Option<&mut Source>, queues: &mut Queues) -> Result<Work, Error> {
        let source = source.ok_or_else(|| Condition::InvalidField.error("a consumer needs a source"))?;
        // What is not supported is not in the answer [AMQP 3.5.3].
        source.filter = None;
        source.distribution_mode = None;
        let queue = if source.dynamic { queues.make_temporary() } else { queues.find(source.address.as_deref())? };
        source.address = Some(queue.to_string());
        queues.change(&queue, |queue| queue.add_consumer(self.consumer(link)));
        let presettled =
            self.engine.link(link).is_some_and(|link| *link.snd_settle_mode() == SenderSettleMode::Settled);
        Ok(Work::Consume { queue, rest: None, presettled })
    }

    fn handle_transfer(&mut self, transfer: &IncomingTransfer<'_>, queues: &mut Queues, now: Time) {
        let Some(link) = self.links.get_mut(&transfer.link) else { return };
        link.last_used = now;
        let partial = match &mut link.work {
            Work::Produce { partial, .. } | Work::Coordinate { partial } => partial,
            Work::Consume { .. } => return,
        };
        if transfer.aborted {
            *partial = Partial::default();
            return self.finish(transfer, None);
        }
        if transfer.first
            && let Some((id, _)) = transaction::read_state(transfer.state)
        {
            partial.transaction = Some(id.to_vec());
        }
        if partial.content.len() + transfer.payload.len() > MAX_MESSAGE_SIZE {
            let error = Condition::MessageSizeExceeded.error("the message is too large");
            return self.detach_link(transfer.link, error, queues);
        }
        partial.content.extend_from_slice(transfer.payload);
        if transfer.more {
            return;
        }
        let Partial { content, transaction } = std::mem::take(partial);
        let queue = match &link.work {
            Work::Produce { queue, .. } => Rc::clone(queue),
            Work::Coordinate { .. } => return self.handle_demand(transfer, &content, queues),
            Work::Consume { .. } => return,
        };
        let message = Message { content: Bytes::from(content), format: transfer.message_format, avoids: Vec::new() };
        let Some(id) = transaction else {
            queues.change(&queue, |queue| queue.push(message));
            return self.finish(transfer, Some(StateRef::Accepted));
        };
        match self.transactions.get_mut(&id) {
            Some(open) if open.posted.len() < MAX_TRANSACTION => {
                open.posted.push((queue, message));
                self.finish(transfer, Some(StateRef::Other(&transaction::accepted_in(&id))));
            }
            Some(_) => self.finish(
                transfer,
                Some(StateRef::Other(&transaction::rejected(
                    "amqp:resource-limit-exceeded",
                    "too large a transaction",
                ))),
            ),
            None => {
                let rejected = transaction::rejected(UNKNOWN_ID, "no such transaction");
                self.finish(transfer, Some(StateRef::Other(&rejected)));
            }
        }
    }

    /// An incoming delivery is over: settles it, and lets its sender send another.
    fn finish(&mut self, transfer: &IncomingTransfer<'_>, state: Option<StateRef<'_>>) {
        let IncomingTransfer { session, delivery, link, settled, .. } = *transfer;
        if let Some(session) = self.engine.session_mut(session) {
            session.incoming_mut().remove(delivery);
        }
        if let Some(state) = state.filter(|_| !settled) {
            self.engine.write_disposition(session, true, delivery, delivery, true, state);
        }
        self.engine.give_back(link, 1);
        self.engine.grant(link);
    }

    fn handle_demand(&mut self, transfer: &IncomingTransfer<'_>, message: &[u8], queues: &mut Queues) {
        let answer = match transaction::read_demand(message) {
            Some(Demand::Declare) => {
                self.last_transaction += 1;
                let id = self.last_transaction.to_be_bytes();
                let declared = Transaction { coordinator: transfer.link, posted: Vec::new(), retired: Vec::new() };
                self.transactions.insert(id.to_vec(), declared);
                Some(transaction::declared(&id))
            }
            Some(Demand::Discharge { id, fail }) => match self.transactions.remove(id) {
                Some(transaction) => {
                    self.discharge(transaction, fail, queues);
                    None
                }
                None => Some(transaction::rejected(UNKNOWN_ID, "no such transaction")),
            },
            None => Some(transaction::rejected("amqp:not-implemented", "neither declare nor discharge")),
        };
        self.finish(transfer, Some(answer.as_deref().map_or(StateRef::Accepted, StateRef::Other)));
    }

    /// Ends a transaction. When it fails, deliveries that were not settled stay with their consumer [AMQP 4.4.3].
    fn discharge(&mut self, transaction: Transaction, fail: bool, queues: &mut Queues) {
        if !fail {
            for (queue, message) in transaction.posted {
                queues.change(&queue, |queue| queue.push(message));
            }
        }
        for Retired { session, delivery, outcome, settled } in transaction.retired {
            match settled {
                Some(held) => self.apply(held, if fail { Outcome::Released } else { outcome }, queues),
                None if fail => {}
                None => {
                    let ledger = self.engine.session_mut(session);
                    if let Some(held) = ledger.and_then(|session| session.outgoing_mut().remove(delivery)) {
                        self.apply(held, outcome, queues);
                        self.engine.write_disposition(session, false, delivery, delivery, true, StateRef::Accepted);
                    }
                }
            }
        }
    }

    fn handle_disposition(
        &mut self,
        session: SessionId,
        range: (WireDeliveryNumber, WireDeliveryNumber),
        settled: bool,
        state: StateRef<'_>,
        queues: &mut Queues,
    ) {
        let in_transaction = transaction::read_state(state);
        let outcome = in_transaction.map_or_else(|| Outcome::of(state), |(_, outcome)| outcome);
        // A delivery that is settled without an outcome was not consumed, as far as anybody can tell.
        let Some(outcome) = outcome.or(settled.then_some(Outcome::Released)) else { return };
        for delivery in self.live(session, range) {
            if let Some((id, _)) = in_transaction {
                self.retire(id, session, delivery, outcome, settled);
                continue;
            }
            let ledger = self.engine.session_mut(session);
            let Some(held) = ledger.and_then(|session| session.outgoing_mut().remove(delivery)) else { continue };
            self.apply(held, outcome, queues);
            if !settled {
                self.engine.write_disposition(session, false, delivery, delivery, true, state);
            }
        }
    }

    fn live(&mut self, session: SessionId, range: (WireDeliveryNumber, WireDeliveryNumber)) -> Vec<DeliveryNumber> {
        let mut live = Vec::new();
        let Some(session) = self.engine.session_mut(session) else { return live };
        let ledger = session.outgoing_mut();
        let Some((mut from, last)) = ledger.clamp(range.0, range.1) else { return live };
        while let Some((number, _)) = ledger.next_live(from, last) {
            live.push(number);
            from = number.next();
        }
        live
    }

    fn retire(&mut self, id: &[u8], session: SessionId, delivery: DeliveryNumber, outcome: Outcome, settled: bool) {
        let Some(open) = self.transactions.get_mut(id).filter(|open| open.retired.len() < MAX_TRANSACTION) else {
            let rejected = transaction::rejected(UNKNOWN_ID, "no such transaction");
            return self.engine.write_disposition(
                session,
                false,
                delivery,
                delivery,
                false,
                StateRef::Other(&rejected),
            );
        };
        let ledger = self.engine.session_mut(session).filter(|_| settled);
        let settled = ledger.and_then(|session| session.outgoing_mut().remove(delivery));
        open.retired.push(Retired { session, delivery, outcome, settled });
    }

    fn apply(&self, held: Held, outcome: Outcome, queues: &mut Queues) {
        let Held { queue, place, mut message, link } = held;
        match outcome {
            Outcome::Accepted | Outcome::Rejected => return,
            Outcome::Released | Outcome::Modified { undeliverable_here: false } => {}
            Outcome::Modified { undeliverable_here: true } => message.avoids.push(self.consumer(link)),
        }
        queues.change(&queue, |queue| queue.put_back(place, message));
    }

    /// Sends the queue's next message on this link, if it can be.
    pub(super) fn deliver(&mut self, link: LinkId, queue: &mut Queue, now: Time) -> bool {
        let Some((place, message)) = queue.first_for(self.consumer(link)) else { return false };
        let Some(Link { work: Work::Consume { queue: name, rest, presettled }, last_used }) = self.links.get_mut(&link)
        else {
            return false;
        };
        if !self.engine.can_start(link) {
            let credit = self.engine.link(link).and_then(|link| link.sender_credit());
            self.stalled |= credit.is_some_and(|credit| credit.available() > 0);
            return false;
        }
        let held = || Held { queue: Rc::clone(name), place, message: Message::clone(message), link };
        let tag = tag(self.engine.link(link).and_then(|link| link.sender_credit()));
        let delivery = NewDelivery {
            tag: &tag,
            message_format: message.format,
            context: (!*presettled).then(held),
            state: StateRef::None,
            rcv_second: false,
        };
        let content = Chunk::free(message.content.clone());
        let Some(sent) = self.engine.start_delivery(link, delivery, Payload::Shared(&content), false) else {
            return false;
        };
        if !sent.finished {
            *rest = Some(content.slice(sent.bytes..content.len()));
            self.stalled = true;
        }
        *last_used = now;
        queue.take(place);
        true
    }

    /// Goes on with what stood still for want of room.
    pub(super) fn resume(&mut self, queues: &mut Queues) {
        if !std::mem::take(&mut self.stalled) {
            return;
        }
        for (&id, link) in &mut self.links {
            let Work::Consume { queue, rest, .. } = &mut link.work else { continue };
            if let Some(chunk) = rest.take() {
                let sent = self.engine.continue_delivery(id, Payload::Shared(&chunk), false);
                if !sent.is_some_and(|sent| sent.finished) {
                    *rest = Some(chunk.slice(sent.map_or(0, |sent| sent.bytes)..chunk.len()));
                    self.stalled = true;
                    continue;
                }
            }
            queues.mark(queue);
        }
    }

    /// Gives back the credit that consumers want back and for which there is nothing (more) to send.
    pub(super) fn answer_drains(&mut self) {
        let links = &self.links;
        let engine = &mut self.engine;
        self.drains.retain(|&link| match links.get(&link).map(|link| &link.work) {
            Some(Work::Consume { rest: Some(_), .. }) => true,
            Some(Work::Consume { rest: None, .. }) if engine.may_start(link) && !engine.has_output_room() => true,
            Some(_) => {
                engine.answer_drain(link);
                false
            }
            None => false,
        });
    }

    pub(super) fn detach_idle_links(&mut self, queues: &mut Queues, now: Time, limit: u64) {
        let is_idle =
            |link: &&LinkId| self.links.get(link).is_some_and(|link| now.millis_since(link.last_used) >= limit);
        let idle: Vec<LinkId> = self.links.keys().filter(is_idle).copied().collect();
        for link in idle {
            self.detach_link(link, Condition::DetachForced.error("the link was idle for too long"), queues);
            self.waker.wake_by_ref();
        }
    }

    fn detach_link(&mut self, link: LinkId, error: Error, queues: &mut Queues) {
        self.give_up_link(link, queues);
        self.engine.detach(link, true, Some(error));
    }

    /// Forgets a link; what its consumer had and did not settle is in its queue again.
    fn give_up_link(&mut self, id: LinkId, queues: &mut Queues) {
        let Some(link) = self.links.remove(&id) else { return };
        match link.work {
            Work::Produce { .. } => {}
            Work::Coordinate { .. } => {
                let declared: Vec<Vec<u8>> = self
                    .transactions
                    .iter()
                    .filter(|(_, transaction)| transaction.coordinator == id)
                    .map(|(name, _)| name.clone())
                    .collect();
                for name in declared {
                    if let Some(transaction) = self.transactions.remove(&name) {
                        self.discharge(transaction, true, queues);
                    }
                }
            }
            Work::Consume { queue, .. } => {
                let session = self.engine.link(id).map(crossdock_amqp::engine::Link::session);
                for held in session.map(|session| self.take_held(session, id)).unwrap_or_default() {
                    self.apply(held, Outcome::Released, queues);
                }
                queues.remove_consumer(&queue, self.consumer(id));
            }
        }
    }

    fn take_held(&mut self, session: SessionId, link: LinkId) -> Vec<Held> {
        let Some(session) = self.engine.session_mut(session) else { return Vec::new() };
        let ledger = session.outgoing_mut();
        let numbers: Vec<DeliveryNumber> =
            ledger.iter().filter(|(_, held)| held.link == link).map(|(number, _)| number).collect();
        numbers.into_iter().filter_map(|number| ledger.remove(number)).collect()
    }

    /// The connection is over: forgets all links.
    pub(super) fn give_up(&mut self, queues: &mut Queues) {
        let links: Vec<LinkId> = self.links.keys().copied().collect();
        for link in links {
            self.give_up_link(link, queues);
        }
    }
}

/// What the attach of a producer or of a transaction controller leads to. The target becomes what is answered.
fn produce(target: Option<&mut TargetArchetype>, queues: &mut Queues) -> Result<Work, Error> {
    match target {
        Some(TargetArchetype::Target(target)) if !target.dynamic => {
            let queue = queues.find(target.address.as_deref())?;
            Ok(Work::Produce { queue, partial: Partial::default() })
        }
        Some(TargetArchetype::Target(_)) => Err(Condition::NotImplemented.error("dynamic targets are not supported")),
        Some(TargetArchetype::Coordinator(coordinator)) => {
            let capabilities = vec![TxnCapability::LocalTransactions];
            *coordinator = Coordinator { capabilities: Some(capabilities.into()) };
            Ok(Work::Coordinate { partial: Partial::default() })
        }
        None => Err(Condition::InvalidField.error("a producer needs a target")),
    }
}

/// A tag that no other unsettled delivery of the link has.
fn tag(credit: Option<&crossdock_amqp::ledger::SenderCredit>) -> [u8; 4] {
    credit.map_or(0, |credit| credit.delivery_count().raw()).to_be_bytes()
}
