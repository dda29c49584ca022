//! What becomes of deliveries, from consumer to producer and back: passed on, never invented.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::{LinkId, SessionId};
use crossdock_amqp::serial::{DeliveryNumber, WireDeliveryNumber};
use crossdock_core::batch::{Batch, ConnId, DeliveryRef, Flags, SenderUpdate, Settlement, State};
use crossdock_core::record::Arrival;

use super::Adaptor;
use super::slots::{Incoming, LinkKind, Outgoing, Slot, Waiting};
use crate::probe::GONE;

/// Adjacent deliveries that get the same disposition.
struct Run {
    session: SessionId,
    settled: bool,
    range: Option<(DeliveryNumber, DeliveryNumber)>,
}

impl Adaptor {
    /// A consumer's word on deliveries that it was sent: goes to the connections they came from.
    #[inline]
    pub(super) fn handle_consumer_disposition(
        &mut self,
        session_id: SessionId,
        first: WireDeliveryNumber,
        last: WireDeliveryNumber,
        settled: bool,
        state: StateRef<'_>,
    ) {
        let kind = state.kind();
        let decisive = kind.is_outcome() || settled;
        let Some(session) = self.conn.session_mut(session_id) else { return };
        let Some((mut at, to)) = session.outgoing().clamp(first, last) else { return };
        loop {
            let Some(session) = self.conn.session_mut(session_id) else { return };
            let Some((number, outgoing)) = session.outgoing_mut().next_live(at, to) else { return };
            at = number.next();
            let decides = decisive && !outgoing.decided;
            outgoing.decided |= decisive;
            let outgoing = *outgoing;
            let Some((conn, delivery)) = outgoing.origin else {
                if decisive {
                    self.settle_orphan(session_id, number, outgoing.link, kind, settled);
                }
                continue;
            };
            if settled {
                session.outgoing_mut().remove(number);
                self.end_outgoing(outgoing.link, number, kind, outgoing.came);
            }
            if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
                batch.push_settlement(delivery, state, settled, decides);
            }
        }
    }

    /// A consumer has decided on a delivery that has no sender to be told: if that was to settle it, this router does.
    fn settle_orphan(
        &mut self,
        session_id: SessionId,
        number: DeliveryNumber,
        link: LinkId,
        kind: StateKind,
        settled: bool,
    ) {
        if !settled {
            self.conn.write_disposition(session_id, false, number, number, true, StateRef::None);
        }
        let known = self.conn.session_mut(session_id).and_then(|session| session.outgoing_mut().remove(number));
        if let Some(known) = known {
            self.end_outgoing(link, number, kind, known.came);
        }
    }

    /// A delivery to a consumer is settled. If it is still under way, the consumer wants no more of it.
    #[inline]
    fn end_outgoing(&mut self, link: LinkId, number: DeliveryNumber, kind: StateKind, came: Arrival) {
        let Some(Slot::Out(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut) else { return };
        if slot.id != link {
            return;
        }
        slot.record.decide(kind);
        slot.record.settle();
        slot.finish(came, &self.now);
        if slot.current.as_ref().is_some_and(|current| current.number == number) {
            self.abort_current(link);
        }
    }

    /// A producer's word on deliveries that it sent: goes to the connections they went to.
    pub(super) fn handle_producer_disposition(
        &mut self,
        session_id: SessionId,
        first: WireDeliveryNumber,
        last: WireDeliveryNumber,
        settled: bool,
        state: StateRef<'_>,
    ) {
        let Some(session) = self.conn.session_mut(session_id) else { return };
        let Some((mut at, to)) = session.incoming().clamp(first, last) else { return };
        loop {
            let Some(session) = self.conn.session_mut(session_id) else { return };
            let Some((number, incoming)) = session.incoming_mut().next_live(at, to) else { return };
            at = number.next();
            let delivery = DeliveryRef { session: session_id, number: number.wire() };
            match incoming {
                Incoming::AwaitSender { link, .. } if settled => {
                    let link = *link;
                    if let Some(known) = session.incoming_mut().remove(number) {
                        self.end_incoming(link, known);
                    }
                    self.give_back(link, 1);
                }
                Incoming::Coming { settled: done, link, .. } => {
                    let link = *link;
                    if settled && !std::mem::replace(done, true) {
                        self.note_settled_by_sender(link);
                    }
                }
                Incoming::To { settled: done, conn, link, .. } if !*done => {
                    *done = settled;
                    let (conn, link) = (*conn, *link);
                    if settled {
                        self.note_settled_by_sender(link);
                    }
                    if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
                        batch.push_update(self.id, delivery, state, settled);
                    }
                }
                Incoming::Multicast { settled: done, index, link, .. } if !*done => {
                    *done = settled;
                    let (index, link) = (*index, *link);
                    if settled {
                        self.note_settled_by_sender(link);
                    }
                    let copies = self.multicasts.get_mut(index).map(|multicast| multicast.copies.clone());
                    for conn in copies.unwrap_or_default() {
                        if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
                            batch.push_update(self.id, delivery, state, settled);
                        }
                    }
                }
                // The router's own word is under way, or the sender has no say any more.
                Incoming::Unrouted
                | Incoming::AwaitSender { .. }
                | Incoming::To { .. }
                | Incoming::Multicast { .. } => {}
            }
        }
    }

    /// What became of deliveries that this connection's peer sent.
    pub(super) fn apply_settlement(&mut self, settlement: &Settlement) {
        if !settlement.settled && !settlement.decides && !self.conn.has_output_room() {
            // A state that decides nothing, for a producer that does not read: a later one says more.
            return;
        }
        let session_id = settlement.session;
        let state = settlement.state.as_wire();
        let kind = state.kind();
        let Some(session) = self.conn.session(session_id) else { return };
        let Some((mut at, to)) = session.incoming().clamp(settlement.first, settlement.last) else { return };
        let mut run = Run { session: session_id, settled: settlement.settled, range: None };
        let mut credit: Option<(LinkId, u32)> = None;
        while let Some(session) = self.conn.session_mut(session_id) {
            let Some((number, incoming)) = session.incoming_mut().next_live(at, to) else { break };
            at = number.next();
            match *incoming {
                Incoming::To { link, settled: true, .. } if settlement.settled => {
                    if !self.discard_rest(link, number, &settlement.state, true) {
                        self.forget_incoming(session_id, number, link, &mut credit);
                    }
                }
                Incoming::To { link, settled: false, .. } => {
                    match self.decide(session_id, number, link, settlement, kind, &mut credit) {
                        Some(tell_settled) => run.extend(self, number, tell_settled, state),
                        None => run.flush(self, state),
                    }
                }
                Incoming::Multicast { link, index, settled, .. } => {
                    run.flush(self, state);
                    self.apply_to_multicast(session_id, number, link, index, settled, settlement, &mut credit);
                }
                Incoming::Unrouted | Incoming::Coming { .. } | Incoming::AwaitSender { .. } | Incoming::To { .. } => {}
            }
        }
        run.flush(self, state);
        self.return_credit(credit.take());
    }

    /// Decides what a settlement means for one unsettled delivery, and tells whether the producer is told `settled`; none if it has
    /// been told all there is to tell.
    #[inline]
    fn decide(
        &mut self,
        session_id: SessionId,
        number: DeliveryNumber,
        link: LinkId,
        settlement: &Settlement,
        kind: StateKind,
        credit: &mut Option<(LinkId, u32)>,
    ) -> Option<bool> {
        let Some(Slot::In(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut) else { return None };
        if settlement.decides {
            slot.record.decide(kind);
        }
        if !settlement.settled {
            return Some(false);
        }
        if slot.current.as_ref().is_some_and(|current| current.number == number) {
            self.discard_rest(link, number, &settlement.state, false);
            return settlement.decides.then_some(false);
        }
        if slot.settles_second && kind.is_outcome() {
            // The sender settles first on this link; we follow [AMQP 2.6.12, receiver settle mode second].
            if let Some(session) = self.conn.session_mut(session_id)
                && let Some(incoming) = session.incoming_mut().get_mut(number)
            {
                let came = incoming.came().unwrap_or_else(|| Arrival::now(&self.now));
                if let Incoming::To { way, .. } = std::mem::replace(incoming, Incoming::AwaitSender { link, came }) {
                    self.ways.finish(way);
                }
            }
            return settlement.decides.then_some(false);
        }
        self.forget_incoming(session_id, number, link, credit);
        Some(true)
    }

    /// One copy's word on a multicast delivery.
    #[allow(clippy::too_many_arguments, reason = "a delivery's whole situation, from one caller")]
    fn apply_to_multicast(
        &mut self,
        session_id: SessionId,
        number: DeliveryNumber,
        link: LinkId,
        index: u32,
        presettled: bool,
        settlement: &Settlement,
        credit: &mut Option<(LinkId, u32)>,
    ) {
        let Some(multicast) = self.multicasts.get_mut(index) else { return };
        multicast.combined.apply(settlement.state.as_wire(), settlement.settled, settlement.decides);
        let combined = multicast.combined;
        if !combined.is_decided() {
            return;
        }
        let first_word = !std::mem::replace(&mut multicast.told, true);
        if !first_word && !combined.is_settled() {
            return;
        }
        let whole = Settlement {
            session: session_id,
            first: number.wire(),
            last: number.wire(),
            state: combined.state(),
            settled: combined.is_settled(),
            decides: first_word,
        };
        if combined.is_settled() {
            self.multicasts.remove(index);
        }
        if presettled {
            if combined.is_settled() && !self.discard_rest(link, number, &whole.state, true) {
                self.forget_incoming(session_id, number, link, credit);
            }
            return;
        }
        let state = whole.state.as_wire();
        if let Some(tell_settled) = self.decide(session_id, number, link, &whole, state.kind(), credit) {
            self.conn.write_disposition(session_id, true, number, number, tell_settled, state);
        }
    }

    #[inline]
    fn forget_incoming(
        &mut self,
        session_id: SessionId,
        number: DeliveryNumber,
        link: LinkId,
        credit: &mut Option<(LinkId, u32)>,
    ) {
        if let Some(session) = self.conn.session_mut(session_id)
            && let Some(known) = session.incoming_mut().remove(number)
        {
            self.end_incoming(link, known);
        }
        match credit {
            Some((of, n)) if *of == link => *n += 1,
            _ => {
                let before = credit.replace((link, 1));
                self.return_credit(before);
            }
        }
    }

    /// A delivery from the peer is over.
    #[inline]
    pub(super) fn end_incoming(&mut self, link: LinkId, known: Incoming) {
        if let Incoming::To { way, .. } = known {
            self.ways.finish(way);
        }
        let Some(Slot::In(slot)) = self.slots.get(link.index()).and_then(Option::as_ref) else { return };
        if slot.id != link {
            return;
        }
        if known.is_unsettled() {
            slot.record.settle();
        }
        let came = known.came().unwrap_or_else(|| Arrival::now(&self.now));
        slot.record.finish(came, &self.now);
    }

    /// The sender of a delivery has settled it before this router did.
    pub(super) fn note_settled_by_sender(&self, link: LinkId) {
        if let Some(Slot::In(slot)) = self.slot(link) {
            slot.record.settle();
        }
    }

    fn return_credit(&mut self, credit: Option<(LinkId, u32)>) {
        if let Some((link, n)) = credit {
            self.give_back(link, n);
        }
    }

    /// Deliveries of a link are over: their credit goes back, unless it did when they came.
    pub(super) fn give_back(&mut self, link: LinkId, n: u32) {
        if let Some(Slot::In(slot)) = self.slot(link)
            && slot.kind == LinkKind::Client
        {
            self.conn.give_back(link, n);
            self.credit_due(link);
        }
    }

    /// What a producer said of deliveries after it had sent them, or that it has gone: found by their origin, oldest first.
    pub(super) fn apply_update(&mut self, update: &SenderUpdate) {
        if !update.settled && !self.conn.has_output_room() {
            // A state that decides nothing, for a consumer that does not read: a later one says more.
            return;
        }
        let concerns = |from: ConnId, delivery: DeliveryRef| {
            from == update.from
                && delivery.session == update.session
                && delivery.number.since(update.first) >= 0
                && update.last.since(delivery.number) >= 0
        };
        let sessions: Vec<SessionId> = self.conn.sessions().collect();
        for session_id in sessions {
            let Some(session) = self.conn.session(session_id) else { continue };
            let found: Vec<DeliveryNumber> = session
                .outgoing()
                .iter()
                .filter(|(_, outgoing)| outgoing.origin.is_some_and(|(from, delivery)| concerns(from, delivery)))
                .map(|(number, _)| number)
                .collect();
            for number in found {
                if update.gone {
                    self.orphan_outgoing(session_id, number);
                } else {
                    self.update_outgoing(session_id, number, update);
                }
            }
        }
        if update.settled || update.gone {
            let flags = |waiting: &Waiting| {
                concerns(waiting.from, waiting.delivery)
                    .then(|| waiting.flags.with(Flags::SETTLED, update.settled).with(Flags::ORPHAN, update.gone))
            };
            for slot in self.slots.iter_mut().flatten() {
                if let Slot::Out(slot) = slot {
                    slot.flag_waiting(flags);
                }
            }
            for parked in self.parked_mut() {
                parked.flags = flags(parked).unwrap_or(parked.flags);
            }
        }
    }

    /// The sender of a delivery said something of it. When that settles it, the consumer's word is not waited for; if it is
    /// still under way it goes on, and its sender is answered when it has left.
    fn update_outgoing(&mut self, session_id: SessionId, number: DeliveryNumber, update: &SenderUpdate) {
        self.conn.write_disposition(session_id, false, number, number, update.settled, update.state.as_wire());
        if !update.settled {
            return;
        }
        let Some(session) = self.conn.session_mut(session_id) else { return };
        let Some(Outgoing { origin: Some((from, delivery)), link, came, .. }) = session.outgoing_mut().remove(number)
        else {
            return;
        };
        let now = self.now;
        if let Some(Slot::Out(slot)) = self.slot_mut(link) {
            slot.record.settle();
            match &mut slot.current {
                Some(current) if current.number == number => {
                    current.settled = true;
                    current.left = Some(State::None);
                    current.came = came;
                    return;
                }
                Some(_) | None => slot.finish(came, &now),
            }
        }
        if let Some(batch) = self.targets.batch(from, || self.shared.mailbox(from)) {
            batch.push_settlement(delivery, StateRef::None, true, true);
        }
    }

    /// The sender of a delivery has gone. A consumer that has decided, and waits for the sender to settle, waits no longer.
    fn orphan_outgoing(&mut self, session_id: SessionId, number: DeliveryNumber) {
        let Some(session) = self.conn.session_mut(session_id) else { return };
        let Some(outgoing) = session.outgoing_mut().get_mut(number) else { return };
        outgoing.origin = None;
        let Outgoing { link, decided, .. } = *outgoing;
        if decided {
            self.settle_orphan(session_id, number, link, StateKind::None, false);
        }
    }

    /// Batches whose connection was gone when they were to be handed over: their deliveries were not sent.
    pub(super) fn release_returned(&mut self, batch: &mut Batch) {
        self.take_words_back(batch);
        for forward in batch.forwards().iter().filter(|forward| forward.flags.has(Flags::FIRST)) {
            if forward.flags.has(Flags::PROBE) {
                self.probe_lost_on(None, forward.from, forward.delivery, GONE);
                continue;
            }
            self.apply_settlement(&Settlement {
                session: forward.delivery.session,
                first: forward.delivery.number,
                last: forward.delivery.number,
                state: State::Released,
                settled: true,
                decides: true,
            });
        }
    }
}

impl Run {
    #[inline]
    fn extend(&mut self, adaptor: &mut Adaptor, number: DeliveryNumber, settled: bool, state: StateRef<'_>) {
        match &mut self.range {
            Some((_, last)) if last.next() == number && self.settled == settled => *last = number,
            Some(_) => {
                self.flush(adaptor, state);
                self.settled = settled;
                self.range = Some((number, number));
            }
            None => {
                self.settled = settled;
                self.range = Some((number, number));
            }
        }
    }

    #[inline]
    fn flush(&mut self, adaptor: &mut Adaptor, state: StateRef<'_>) {
        if let Some((first, last)) = self.range.take() {
            adaptor.conn.write_disposition(self.session, true, first, last, self.settled, state);
        }
    }
}
