//! The router's part: it answers every event, takes deliveries and gives their credit back, and sends some of its own.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{
    self, Chunk, Event, IncomingTransfer, LinkId, LinkRole, LinkState, NewDelivery, Payload, SessionId, Time, attach,
};
use crossdock_amqp::serial::{DeliveryNumber, WireDeliveryNumber};
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::performatives::Attach;

use super::script::Own;
use super::wire::Wire;

pub(super) type Connection = engine::Connection<Incoming, Outgoing>;

/// The credit of each incoming link.
const CAPACITY: u32 = 10;

/// Bytes of a large delivery, and pieces of content that are held at most.
const LARGE: usize = 40_000;
const HELD: usize = 8;

/// Deliveries sent on one connection, so that a peer with endless credit does not make a run endless.
const DELIVERIES: usize = 100;

/// What is remembered of a delivery that came: its link, once that is known.
#[derive(Debug, Default)]
pub(super) struct Incoming(Option<LinkId>);

/// What is remembered of a delivery that was sent.
#[derive(Debug)]
pub(super) struct Outgoing(LinkId);

enum Mine {
    /// Not answered yet.
    Pending(Box<Attach>),
    In,
    Out(Left),
}

/// What is left to do for the large delivery under way.
enum Left {
    Nothing,
    Send(Chunk),
    Abort,
}

#[derive(Default)]
pub(super) struct Owner {
    /// Sessions, and their channels on the wire.
    sessions: BTreeMap<SessionId, Option<u16>>,
    links: BTreeMap<LinkId, Mine>,
    /// Channels and handles of links on the wire.
    places: BTreeMap<LinkId, (u16, u32)>,
    /// Content on its way to others.
    held: VecDeque<Chunk>,
    deliveries: usize,
    /// Bytes of deliveries sent.
    pub(super) sent: usize,
}

impl Owner {
    pub(super) fn handle(&mut self, conn: &mut Connection, wire: &mut Wire, event: Event<'_>) {
        match event {
            Event::Opened(open) => {
                wire.note_peer_open(&open);
                conn.open();
            }
            Event::Closed { .. } => assert!(conn.is_closed(), "closed is the end"),
            Event::Begun(session, begin) => {
                wire.look(conn.output());
                wire.note_peer_begin(&begin);
                let channel = wire.newest_channel.filter(|_| wire.is_prompt);
                self.sessions.entry(session).or_insert(channel);
            }
            Event::Ended { session, error } => {
                assert!(self.sessions.contains_key(&session), "the end of a session that is not there");
                self.end_session(conn, session);
                conn.end(session, error);
            }
            Event::Attached(link, attach) => self.handle_attach(conn, wire, link, attach),
            Event::AttachAnswered(link, _) => {
                assert!(self.links.contains_key(&link), "the answer to an attach that was not sent");
                conn.open_gate(link);
            }
            Event::Detached { link, closed, error } => match self.drop_link(conn, link) {
                Some(Mine::Pending(attach)) => {
                    let Attach { source, target, .. } = *attach;
                    conn.refuse_link(link, source, target, error);
                }
                Some(Mine::In | Mine::Out(_)) => conn.detach(link, closed, error),
                None => panic!("the detach of a link that is not there"),
            },
            Event::Transfer(transfer) => self.handle_transfer(conn, wire, &transfer),
            Event::Disposition { session, of_outgoing, first, last, settled, state } => {
                let decides = settled || state.kind().is_outcome();
                if of_outgoing && decides {
                    self.settle_outgoing(conn, session, (first, last), !settled);
                } else if settled {
                    self.settle_incoming(conn, session, (first, last));
                }
            }
            Event::Credit(link) => {
                assert!(!matches!(self.links.get(&link), Some(Mine::In)), "credit of an incoming link");
                self.pump(conn, link);
            }
            Event::Drained(link) => assert!(!matches!(self.links.get(&link), Some(Mine::Out(_)))),
            Event::Window(_) => self.pump_all(conn),
        }
        wire.look(conn.output());
    }

    fn handle_attach(&mut self, conn: &mut Connection, wire: &mut Wire, link: LinkId, attach: Box<Attach>) {
        // The name says what becomes of it: answered later, refused, or accepted.
        let waits = attach.name.starts_with('p');
        let known = self.links.insert(link, Mine::Pending(attach));
        assert!(known.is_none(), "an attach of a link that is there");
        if !waits {
            self.answer(conn, wire, link);
        }
    }

    fn answer(&mut self, conn: &mut Connection, wire: &mut Wire, link: LinkId) {
        let Some(Mine::Pending(attach)) = self.links.remove(&link) else { return };
        let refuses = attach.name.contains('r');
        let Attach { source, target, .. } = *attach;
        let role = conn.link(link).expect("a link that was not answered").role();
        if refuses {
            conn.refuse_link(link, source, target, Some(Condition::NotFound.error("Node not found")));
            return;
        }
        conn.accept_link(link, source, target, CAPACITY, 0);
        self.note_place(conn, wire, link);
        match role {
            LinkRole::Receiver => {
                self.links.insert(link, Mine::In);
                conn.open_gate(link);
            }
            LinkRole::Sender => {
                self.links.insert(link, Mine::Out(Left::Nothing));
                self.pump(conn, link);
            }
        }
    }

    fn note_place(&mut self, conn: &mut Connection, wire: &mut Wire, link: LinkId) {
        wire.look(conn.output());
        if let Some(place) = wire.newest_link.filter(|_| wire.is_prompt) {
            self.places.insert(link, place);
        }
    }

    fn handle_transfer(&mut self, conn: &mut Connection, wire: &mut Wire, transfer: &IncomingTransfer<'_>) {
        let IncomingTransfer { link, session, delivery, first, .. } = *transfer;
        assert!(matches!(self.links.get(&link), Some(Mine::In)), "a transfer on a link that is not attached");
        assert!(!first || transfer.tag.len() <= 32);
        if let Some(&(channel, handle)) = self.places.get(&link) {
            wire.note_transfer(channel, handle, first);
        }
        let ends = !transfer.more;
        assert!(ends || !transfer.aborted, "an abort is the end of a delivery");
        let ledger = conn.session_mut(session).expect("the session of a transfer");
        if !transfer.payload.is_empty() {
            self.held.push_back(Chunk::held(Bytes::copy_from_slice(transfer.payload), ledger.gauge()));
        }
        let known = ledger.incoming_mut().get_mut(delivery);
        let Some(Incoming(of)) = known else {
            // Settled by the peer before it had come completely.
            assert!(!first, "a delivery that is not in the ledger");
            return;
        };
        assert_eq!(of.is_none(), first);
        assert!(of.is_none_or(|of| of == link));
        *of = Some(link);
        if ends {
            ledger.incoming_mut().remove(delivery);
            conn.give_back(link, 1);
            if !transfer.settled && !transfer.aborted {
                conn.write_disposition(session, true, delivery, delivery, true, StateRef::Accepted);
            }
        }
    }

    /// The peer's word on what it was sent: it is settled, with a disposition if the peer waits for one.
    fn settle_outgoing(
        &mut self,
        conn: &mut Connection,
        session: SessionId,
        (first, last): (WireDeliveryNumber, WireDeliveryNumber),
        answers: bool,
    ) {
        let ledger = conn.session_mut(session).expect("the session of a disposition");
        let Some((mut at, to)) = ledger.outgoing().clamp(first, last) else { return };
        let mut settled = Vec::new();
        while let Some((number, _)) = ledger.outgoing_mut().next_live(at, to) {
            assert!(number >= at && number <= to);
            at = number.next();
            let Outgoing(link) = ledger.outgoing_mut().remove(number).expect("live a moment ago");
            settled.push((number, link));
        }
        for (number, link) in settled {
            self.end_outgoing(conn, link, number);
            if answers {
                conn.write_disposition(session, false, number, number, true, StateRef::None);
            }
        }
    }

    /// A delivery of ours is settled: what is left of it, nobody wants.
    fn end_outgoing(&mut self, conn: &mut Connection, link: LinkId, number: DeliveryNumber) {
        if let Some(Mine::Out(left)) = self.links.get_mut(&link)
            && conn.link(link).and_then(engine::Link::unfinished) == Some(number)
        {
            *left = Left::Abort;
            self.pump(conn, link);
        }
    }

    fn settle_incoming(
        &mut self,
        conn: &mut Connection,
        session: SessionId,
        (first, last): (WireDeliveryNumber, WireDeliveryNumber),
    ) {
        let ledger = conn.session_mut(session).expect("the session of a disposition").incoming_mut();
        let Some((mut at, to)) = ledger.clamp(first, last) else { return };
        let mut links = Vec::new();
        while let Some((number, _)) = ledger.next_live(at, to) {
            at = number.next();
            links.extend(ledger.remove(number).and_then(|incoming| incoming.0));
        }
        for link in links {
            conn.give_back(link, 1);
        }
    }

    /// Sends what the link can take: a few small deliveries, and a large one that may need several rounds.
    fn pump(&mut self, conn: &mut Connection, link: LinkId) {
        let Some(Mine::Out(left)) = self.links.get_mut(&link) else { return };
        match left {
            Left::Nothing => {}
            Left::Send(chunk) => {
                let Some(sent) = conn.continue_delivery(link, Payload::Shared(chunk), false) else { return };
                self.sent += sent.bytes + 64;
                if !sent.finished {
                    *left = Left::Send(chunk.slice(sent.bytes..chunk.len()));
                    return;
                }
            }
            Left::Abort => {
                if !conn.abort_delivery(link) {
                    return;
                }
            }
        }
        *left = Left::Nothing;
        for number in 0..4 {
            if self.deliveries == DELIVERIES || !conn.can_start(link) {
                break;
            }
            let content = if number == 3 { vec![7; LARGE] } else { vec![7; 100] };
            let tag = self.deliveries.to_be_bytes();
            let context = self.deliveries.is_multiple_of(2).then_some(Outgoing(link));
            let new = NewDelivery { tag: &tag, message_format: 0, context, state: StateRef::None, rcv_second: false };
            let credit = conn.link(link).and_then(engine::Link::sender_credit).map(|credit| credit.available());
            let chunk = Chunk::free(Bytes::from(content));
            let payload = if number < 2 { Payload::Copied(chunk.bytes()) } else { Payload::Shared(&chunk) };
            let sent = conn.start_delivery(link, new, payload, false).expect("what can start, starts");
            let after = conn.link(link).and_then(engine::Link::sender_credit).map(|credit| credit.available());
            assert_eq!(after, credit.map(|credit| credit - 1));
            self.deliveries += 1;
            // Each frame of a peer with small ones has a head of dozens of bytes.
            self.sent += 2 * chunk.len() + 64;
            if !sent.finished {
                *left = Left::Send(chunk.slice(sent.bytes..chunk.len()));
                return;
            }
        }
        conn.answer_drain(link);
    }

    fn pump_all(&mut self, conn: &mut Connection) {
        let links: Vec<LinkId> = self.links.keys().copied().collect();
        for link in links {
            self.pump(conn, link);
        }
    }

    /// Forgets a link and its deliveries.
    fn drop_link(&mut self, conn: &mut Connection, link: LinkId) -> Option<Mine> {
        let session = conn.link(link).expect("a link that is detached").session();
        self.places.remove(&link);
        if let Some(session) = conn.session_mut(session) {
            let ours = session.incoming().iter().filter(|(_, incoming)| incoming.0 == Some(link));
            for number in ours.map(|(number, _)| number).collect::<Vec<_>>() {
                session.incoming_mut().remove(number);
            }
            let ours = session.outgoing().iter().filter(|(_, outgoing)| outgoing.0 == link);
            for number in ours.map(|(number, _)| number).collect::<Vec<_>>() {
                session.outgoing_mut().remove(number);
            }
        }
        self.links.remove(&link)
    }

    fn end_session(&mut self, conn: &mut Connection, session: SessionId) {
        self.sessions.remove(&session);
        for link in conn.session_links(session).collect::<Vec<_>>() {
            self.drop_link(conn, link);
        }
        let ledgers = conn.session(session).expect("a session that ends");
        assert!(ledgers.incoming().is_empty() && ledgers.outgoing().is_empty(), "a delivery without a link");
    }

    /// Something that the router does on its own account.
    pub(super) fn act(&mut self, conn: &mut Connection, wire: &mut Wire, own: Own, now: Time) {
        let newest = self.sessions.keys().next_back().copied();
        let oldest_link = self.links.iter().find(|(_, mine)| !matches!(mine, Mine::Pending(_))).map(|(&link, _)| link);
        match own {
            Own::Begin if conn.is_open() => {
                if let Some(session) = conn.begin() {
                    wire.look(conn.output());
                    self.sessions.insert(session, wire.newest_channel.filter(|_| wire.is_prompt));
                }
            }
            Own::Attach(role) => {
                let Some(session) = newest else { return };
                let name = format!("own-{}", self.sent);
                self.sent += 64;
                let is_sender = role == Role::Sender;
                if let Some(link) = conn.attach(session, attach(name, role, None, None), CAPACITY) {
                    self.note_place(conn, wire, link);
                    self.links.insert(link, if is_sender { Mine::Out(Left::Nothing) } else { Mine::In });
                }
            }
            Own::Detach => {
                let Some(link) = oldest_link else { return };
                self.drop_link(conn, link);
                conn.detach(link, true, None);
            }
            Own::End => {
                let Some(session) = newest else { return };
                self.end_session(conn, session);
                conn.end(session, None);
            }
            Own::CloseGate => self.links.keys().for_each(|&link| conn.close_gate(link)),
            Own::OpenGate => self.links.keys().for_each(|&link| conn.open_gate(link)),
            Own::Abort => {
                let Some(link) = oldest_link else { return };
                if let Some(Mine::Out(left @ Left::Send(_))) = self.links.get_mut(&link) {
                    *left = Left::Abort;
                    self.pump(conn, link);
                }
            }
            Own::Close => conn.close(Some(Condition::ConnectionForced.error("stopping")), now),
            Own::Begin => {}
        }
        self.sent += 256;
        wire.look(conn.output());
    }

    pub(super) fn end_round(&mut self, conn: &mut Connection, wire: &mut Wire) {
        let waiting = self.links.iter().filter(|(_, mine)| matches!(mine, Mine::Pending(_)));
        for link in waiting.map(|(&link, _)| link).collect::<Vec<_>>() {
            self.answer(conn, wire, link);
        }
        self.pump_all(conn);
        for &link in self.links.keys() {
            if conn.grant(link) {
                conn.grant_rest(link);
            }
        }
        while self.held.len() > HELD {
            self.held.pop_front();
        }
    }

    pub(super) fn release_content(&mut self) {
        self.held.clear();
    }

    /// What holds between rounds.
    pub(super) fn check(&self, conn: &Connection) {
        for link in conn.links() {
            let known = conn.link(link).expect("one of those there are");
            if let Some(credit) = known.receiver_credit() {
                assert!(credit.granted() <= CAPACITY && credit.capacity() <= CAPACITY, "{credit:?}");
            }
            let is_ours = self.links.contains_key(&link);
            assert!(is_ours || known.state() == LinkState::DetachSent || conn.is_closed(), "{link:?} is nobody's");
        }
        for link in self.links.keys() {
            assert!(conn.link(*link).is_some() || conn.is_closed(), "{link:?} has gone and nobody was told");
        }
    }
}
