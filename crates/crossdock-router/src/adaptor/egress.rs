//! Deliveries to consumers: sent at once if credit, window and transport allow, otherwise kept in order until they do.

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{Chunk, LinkId, NewDelivery, Payload};
use crossdock_core::batch::{Batch, ConnId, ContentRef, DeliveryRef, Flags, Forward, State};
use crossdock_core::probe::{Fate, ProbeFate};
use crossdock_core::record::{Arrival, Moment, OriginIndex, Stall};
use crossdock_core::routed::Tag;
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::ops::Range;
use tracing::warn;

use super::Adaptor;
use super::probes;
use super::slots::{Egress, LinkKind, Outgoing, OutgoingLink, Rest, Settling, Slot, Waiting, WaitingContent};
use crate::probe::GONE;

/// Deliveries of other routers, settled by their senders, that may wait for a consumer: how many, and how much (bytes).
const TRANSIT_QUEUE: (usize, usize) = (10_000, 32 * 1024 * 1024);

/// Content that waits is moved to memory of its own up to this many bytes, so that it does not keep a whole read buffer.
const DETACH_BELOW: usize = 4 * 1024;

impl Adaptor {
    /// Mail from other connections.
    pub(super) fn handle_batch(&mut self, batch: &mut Batch) {
        if !batch.words().is_empty() {
            return self.handle_batch_with_words(batch);
        }
        // What a receiver said of deliveries in a transaction goes before the message that ends the transaction. No outcome
        // has to wait for a delivery of the other direction.
        self.handle_settlements(batch, 0..usize::MAX);
        self.handle_forwards(batch, 0..usize::MAX);
        self.handle_updates(batch, 0..usize::MAX);
    }

    /// Those parts of deliveries, as far as they are there.
    #[inline]
    pub(super) fn handle_forwards(&mut self, batch: &Batch, range: Range<usize>) {
        let (skip, count) = (range.start, range.len());
        for (index, forward) in batch.forwards().iter().enumerate().skip(skip).take(count) {
            self.handle_forward(batch, index, forward);
        }
    }

    /// Those settlements, as far as they are there.
    #[inline]
    pub(super) fn handle_settlements(&mut self, batch: &Batch, range: Range<usize>) {
        for settlement in batch.settlements().iter().skip(range.start).take(range.len()) {
            self.apply_settlement(settlement);
        }
    }

    /// Those words of senders, as far as they are there.
    #[inline]
    pub(super) fn handle_updates(&mut self, batch: &Batch, range: Range<usize>) {
        for update in batch.updates().iter().skip(range.start).take(range.len()) {
            self.apply_update(update);
        }
    }

    #[inline]
    fn handle_forward(&mut self, batch: &Batch, index: usize, forward: &Forward) {
        let link = match forward.link {
            LinkId::NONE => match self.link_to_neighbor(batch, index, forward) {
                Some(link) => link,
                None => return,
            },
            link => link,
        };
        let slot = match self.slots.get_mut(link.index()) {
            Some(Some(Slot::Out(slot))) if slot.id == link => slot,
            _ => {
                if forward.flags.has(Flags::FIRST) {
                    self.probe_lost(forward.flags, forward.from, forward.delivery, GONE);
                    self.return_delivery(forward.from, forward.delivery);
                }
                return;
            }
        };
        if !forward.flags.has(Flags::FIRST) {
            return self.handle_continuation(batch, forward, link);
        }
        slot.record.take_over(forward.came);
        if slot.current.is_none() && slot.queue.is_empty() {
            let payload = match batch.content(forward) {
                ContentRef::Copied(bytes) => Payload::Copied(bytes),
                ContentRef::Shared(chunk) => Payload::Shared(chunk),
            };
            let head = Start {
                from: forward.from,
                delivery: forward.delivery,
                message_format: forward.message_format,
                flags: forward.flags,
                priority: forward.priority,
                came: forward.came,
                origin: forward.origin,
                place: 0,
                state: batch.state(index, forward),
                tag: batch.tag(index, forward),
            };
            if self.start(link, &head, payload) {
                return;
            }
        }
        self.enqueue(batch, index, forward, link);
    }

    /// Sends the first part of a delivery; false if that cannot be now.
    #[inline]
    pub(super) fn start(&mut self, link: LinkId, head: &Start<'_>, payload: Payload<'_>) -> bool {
        let Some(Some(Slot::Out(slot))) = self.slots.get_mut(link.index()) else { return false };
        let presettled = head.flags.has(Flags::SETTLED);
        let origin = (!head.flags.has(Flags::ORPHAN)).then_some((head.from, head.delivery));
        // What to tell the origin as soon as it has left, if it is sent settled or its settlement is nobody's business.
        let (context, left) = match (slot.settling, presettled) {
            (Settling::AsSent | Settling::AllUnsettled, false) => {
                (Some(Outgoing { origin, link, decided: false, came: head.came }), None)
            }
            (Settling::AllSettled, false) => (None, Some(State::Accepted)),
            (Settling::AsSent | Settling::AllSettled, true) => (None, Some(State::None)),
            (Settling::AllUnsettled, true) => {
                (Some(Outgoing { origin: None, link, decided: true, came: head.came }), Some(State::None))
            }
        };
        // Nobody is told of what has no sender, or was this router's own.
        let left = left.filter(|_| origin.is_some());
        let own_tag = slot.started.to_le_bytes();
        let more = head.flags.has(Flags::MORE);
        let sent_settled = context.is_none();
        let new = NewDelivery {
            tag: head.tag.map_or(&own_tag, Tag::octets),
            message_format: head.message_format,
            context,
            state: head.state,
            rcv_second: head.flags.has(Flags::RCV_SECOND),
        };
        let Some(sent) = self.conn.start_delivery(link, new, payload, more) else { return false };
        slot.started += 1;
        slot.record.begin(presettled, !sent_settled, &self.now);
        slot.record.note_origin(head.origin);
        self.delivered = true;
        if origin.is_none() && head.flags.has(Flags::PROBE) {
            let (from, delivery, link) = (head.from, head.delivery, slot.record.number());
            probes::tell(
                &self.shared,
                ProbeFate { from, delivery, conn: Some(self.id), link, at: self.now.time(), fate: Fate::Left },
            );
        }
        if sent.finished && !more {
            if sent_settled {
                slot.finish(head.came, &self.now);
            }
            if let Some(state) = left
                && let Some(batch) = self.targets.batch(head.from, || self.shared.mailbox(head.from))
            {
                batch.push_settlement(head.delivery, state.as_wire(), true, true);
            }
            return true;
        }
        let mut parts = VecDeque::new();
        if !sent.finished {
            parts.push_back(match payload {
                Payload::Copied(bytes) => Chunk::free(bytes.get(sent.bytes..).unwrap_or_default().to_vec().into()),
                Payload::Shared(chunk) => chunk.slice(sent.bytes..chunk.len()),
            });
        }
        let place = match head.place {
            0 => {
                self.places += 1;
                self.places
            }
            place => place,
        };
        slot.current = Some(Egress {
            from: head.from,
            delivery: head.delivery,
            number: sent.delivery,
            parts,
            rest: if more { Rest::Coming } else { Rest::Nothing },
            settled: sent_settled,
            left,
            priority: head.priority,
            came: head.came,
            place,
        });
        slot.note_waiting();
        if !sent.finished {
            self.note_blocked(link);
        }
        true
    }

    /// A further part of a delivery that was started or waits; of one that ended early, it means nothing.
    pub(super) fn handle_continuation(&mut self, batch: &Batch, forward: &Forward, link: LinkId) {
        let aborted = forward.flags.has(Flags::ABORTED);
        let more = forward.flags.has(Flags::MORE);
        let chunk = batch.content(forward).to_chunk();
        let Some(Some(Slot::Out(slot))) = self.slots.get_mut(link.index()) else { return };
        let is_it = |from: ConnId, delivery: DeliveryRef| from == forward.from && delivery == forward.delivery;
        if slot.current.as_ref().is_some_and(|current| is_it(current.from, current.delivery)) {
            let Some(current) = &mut slot.current else { return };
            if aborted {
                let number = current.number;
                current.left = None;
                let came = current.came;
                let known = self.conn.session_mut(slot.session);
                let known = known.and_then(|session| session.outgoing_mut().remove(number));
                if known.is_some() {
                    slot.record.settle();
                }
                slot.finish(known.map_or(came, |known| known.came), &self.now);
                self.abort_current(link);
            } else if current.rest == Rest::Coming {
                current.parts.push_back(chunk);
                current.rest = if more { Rest::Coming } else { Rest::Nothing };
                self.pump(link);
                self.detach_last_part(link);
            }
            return;
        }
        let Some(at) = slot.queue.iter().rposition(|waiting| is_it(waiting.from, waiting.delivery)) else { return };
        if aborted {
            if let Some(gone) = slot.queue.remove(at) {
                slot.note_unqueued(&gone);
                slot.record.let_go(gone.came);
            }
            slot.counters.finish(1);
            slot.started += 1;
            self.note_credit(link);
            self.after_pump(link);
        } else {
            slot.add_part(at, chunk, forward.flags);
            self.drop_surplus(link);
        }
    }

    /// Nothing more is sent of the delivery under way.
    pub(super) fn abort_current(&mut self, link: LinkId) {
        let Some(Some(Slot::Out(slot))) = self.slots.get_mut(link.index()) else { return };
        let Some(current) = &mut slot.current else { return };
        current.parts.clear();
        current.rest = Rest::Abort;
        let (from, delivery) = (current.from, current.delivery);
        if let Some(router) = &mut self.router {
            router.forget_parts(from, delivery);
        }
        if let Some(state) = current.left.take()
            && let Some(batch) = self.targets.batch(from, || self.shared.mailbox(from))
        {
            batch.push_settlement(delivery, state.as_wire(), true, true);
        }
        self.pump(link);
    }

    fn detach_last_part(&mut self, link: LinkId) {
        if let Some(Slot::Out(slot)) = self.slot_mut(link)
            && let Some(part) = slot.current.as_mut().and_then(|current| current.parts.back_mut())
            && part.len() < DETACH_BELOW
        {
            *part = part.detached();
        }
    }

    fn enqueue(&mut self, batch: &Batch, index: usize, forward: &Forward, link: LinkId) {
        let place = self.next_place();
        let Some(Some(Slot::Out(slot))) = self.slots.get_mut(link.index()) else { return };
        let content = match batch.content(forward) {
            ContentRef::Copied(bytes) => {
                slot.small.push(bytes);
                WaitingContent::Small(bytes.len())
            }
            ContentRef::Shared(chunk) => WaitingContent::Parts(VecDeque::from([detached(chunk.clone())])),
        };
        slot.push_waiting(Waiting::new(batch, index, forward, place, content));
        if forward.flags.has(Flags::PROBE) {
            self.probe_waits(link, forward.from, forward.delivery);
        }
        if is_transit(forward.flags) {
            self.drop_surplus(link);
        }
        self.note_blocked(link);
    }

    /// Makes room on a link whose peer takes less than other routers send it.
    pub(super) fn drop_surplus(&mut self, link: LinkId) {
        let (count, bytes) = TRANSIT_QUEUE;
        while let Some(Some(Slot::Out(slot))) = self.slots.get_mut(link.index())
            && (slot.queue.len() > count || slot.transit_bytes > bytes)
            && let Some((from, delivery, flags)) = slot.drop_oldest()
        {
            if slot.record.dropped() == 1 {
                let number = slot.record.number();
                warn!(
                    target: "ROUTER_CORE",
                    "[{}][L{number}] Peer takes settled deliveries of other routers too slowly: the oldest are dropped",
                    self.id
                );
            }
            self.probe_lost(flags, from, delivery, "dropped: the neighbour takes settled deliveries too slowly");
            if let Some(batch) = self.targets.batch(from, || self.shared.mailbox(from)) {
                batch.push_settlement(delivery, StateRef::None, true, true);
            }
        }
    }

    /// Sends what can be sent of what waits on a link.
    pub(super) fn pump(&mut self, link: LinkId) {
        loop {
            let Some(Slot::Out(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut) else { return };
            if slot.id != link {
                return;
            }
            if slot.current.is_some() {
                if !self.pump_current(link) {
                    break;
                }
                continue;
            }
            let Some(mut waiting) = slot.queue.pop_front() else { break };
            if slot.kind == LinkKind::Data {
                match self.divert(link, waiting) {
                    Some(own) => waiting = own,
                    None => continue,
                }
            }
            let Some(Slot::Out(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut) else { return };
            if !self.conn.can_start(link) {
                slot.queue.push_front(waiting);
                break;
            }
            slot.note_unqueued(&waiting);
            let complete = !waiting.flags.has(Flags::MORE);
            let (mut parts, small_len) = match std::mem::replace(&mut waiting.content, WaitingContent::Small(0)) {
                WaitingContent::Small(len) => (VecDeque::new(), len),
                WaitingContent::Parts(parts) => (parts, 0),
            };
            let first = parts.pop_front();
            let head = Start {
                from: waiting.from,
                delivery: waiting.delivery,
                message_format: waiting.message_format,
                flags: waiting.flags.without(Flags::MORE).with(Flags::MORE, !parts.is_empty() || !complete),
                priority: waiting.priority,
                came: waiting.came,
                origin: waiting.origin,
                place: waiting.place,
                state: waiting.state.as_wire(),
                tag: waiting.tag.as_deref(),
            };
            // Out of the slot while it is sent from, so that the content need not be copied.
            let mut small = std::mem::take(&mut slot.small);
            let payload = match &first {
                Some(chunk) => Payload::Shared(chunk),
                None => Payload::Copied(small.front(small_len)),
            };
            let started = self.start(link, &head, payload);
            debug_assert!(started, "can_start said so");
            small.pop(small_len);
            if let Some(Slot::Out(slot)) = self.slot_mut(link) {
                slot.small = small;
                if let Some(current) = &mut slot.current {
                    current.parts.append(&mut parts);
                    current.rest = if complete { Rest::Nothing } else { Rest::Coming };
                }
                if slot.kind == LinkKind::Stream && slot.current.is_some() && !slot.queue.is_empty() {
                    self.release_followers(link);
                }
            }
        }
        self.after_pump(link);
    }

    /// Goes on with the delivery under way; true if that has ended.
    fn pump_current(&mut self, link: LinkId) -> bool {
        let Some(Slot::Out(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut) else { return false };
        let Some(current) = &mut slot.current else { return false };
        if current.rest == Rest::Abort {
            let ended = self.conn.abort_delivery(link);
            if ended {
                slot.current = None;
            }
            return ended;
        }
        let mut waiting = current.parts.len();
        while let Some(part) = current.parts.front_mut() {
            let last = current.rest == Rest::Nothing && waiting == 1;
            let Some(sent) = self.conn.continue_delivery(link, Payload::Shared(part), !last) else { return false };
            if !sent.finished {
                *part = part.slice(sent.bytes..part.len());
                return false;
            }
            current.parts.pop_front();
            waiting -= 1;
            if last {
                let Some(ended) = slot.current.take() else { return false };
                if ended.settled {
                    slot.finish(ended.came, &self.now);
                }
                if let Some(state) = ended.left
                    && let Some(batch) = self.targets.batch(ended.from, || self.shared.mailbox(ended.from))
                {
                    batch.push_settlement(ended.delivery, state.as_wire(), true, true);
                }
                return true;
            }
        }
        false
    }

    /// Gives credit back to a consumer that asked for it, when nothing waits for it.
    fn after_pump(&mut self, link: LinkId) {
        let Some(Slot::Out(slot)) = self.slot(link) else { return };
        slot.note_waiting();
        let is_routed = slot.kind == LinkKind::Routed;
        if !slot.queue.is_empty() || slot.current.is_some() {
            self.note_blocked(link);
        } else if !is_routed {
            self.conn.answer_drain(link);
            self.note_credit(link);
        }
        if is_routed {
            self.after_routed_pump(link);
        }
    }

    /// A consumer's credit changed.
    pub(super) fn handle_credit(&mut self, link: LinkId) {
        match self.slot(link) {
            Some(Slot::Out(_)) => {
                self.note_credit(link);
                self.pump(link);
            }
            // Its other half may be waiting for it.
            Some(Slot::Pending(_)) => self.tell_credit(link),
            Some(Slot::In(_)) | None => {}
        }
    }

    /// Publishes how far the consumer's credit reaches.
    pub(super) fn note_credit(&self, link: LinkId) {
        let (Some(Slot::Out(slot)), Some(engine_link)) = (self.slot(link), self.conn.link(link)) else { return };
        let available = engine_link.sender_credit().map_or(0, |credit| credit.available());
        slot.counters.allow(slot.started + u64::from(available));
        slot.record.set_credit(available, &self.now);
    }

    /// Puts a link on the list of those that go on when a window opens or the transport takes output, unless it is credit
    /// that it waits for.
    pub(super) fn note_blocked(&mut self, link: LinkId) {
        let Some(engine_link) = self.conn.link(link) else { return };
        let unfinished = engine_link.unfinished().is_some();
        let has_credit = engine_link.sender_credit().is_some_and(|credit| credit.available() > 0);
        if let Some(Slot::Out(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut)
            && !slot.blocked
            && (unfinished || has_credit)
        {
            slot.record.set_stall(if !self.conn.has_output_room() {
                Stall::Transport
            } else if self.conn.can_transfer(slot.session) {
                Stall::None
            } else {
                Stall::Window
            });
            slot.blocked = true;
            self.blocked.push(link);
        }
    }

    /// Goes on with links that waited for a window or the transport, those with the most urgent delivery first.
    pub(super) fn pump_blocked(&mut self) {
        let mut links = std::mem::take(&mut self.blocked);
        if links.len() > 1 {
            links.sort_by_key(|&link| self.turn(link));
        }
        for link in links.drain(..) {
            if let Some(Slot::Out(slot)) = self.slot_mut(link) {
                slot.blocked = false;
                self.pump(link);
            }
        }
        if self.blocked.is_empty() {
            self.blocked = links;
        }
    }

    /// A place among all deliveries to the peer.
    pub(super) fn next_place(&mut self) -> u64 {
        self.places += 1;
        self.places
    }

    /// The more urgent first, and of equals the earlier.
    fn turn(&self, link: LinkId) -> (Reverse<u8>, u64) {
        let Some(Slot::Out(slot)) = self.slot(link) else { return (Reverse(0), u64::MAX) };
        let current = slot.current.as_ref().map(|current| (Reverse(current.priority), current.place));
        let next = || slot.queue.front().map(|waiting| (Reverse(waiting.priority), waiting.place));
        current.or_else(next).unwrap_or((Reverse(0), u64::MAX))
    }

    /// A delivery for a link that has gone, and that was not sent: released, if anybody cares.
    pub(super) fn return_delivery(&mut self, from: ConnId, delivery: DeliveryRef) {
        if let Some(batch) = self.targets.batch(from, || self.shared.mailbox(from)) {
            batch.push_settlement(delivery, StateRef::Released, true, true);
        }
    }

    /// Mail that nobody will read any more: its deliveries were not sent.
    pub(super) fn return_to_sender(&mut self, batch: &mut Batch) {
        self.return_words(batch);
        for forward in batch.forwards().iter().filter(|forward| forward.flags.has(Flags::FIRST)) {
            self.probe_lost(forward.flags, forward.from, forward.delivery, GONE);
            self.return_delivery(forward.from, forward.delivery);
        }
    }
}

/// What starts a delivery.
pub(super) struct Start<'a> {
    pub(super) from: ConnId,
    pub(super) delivery: DeliveryRef,
    pub(super) message_format: u32,
    pub(super) flags: Flags,
    pub(super) priority: u8,
    pub(super) came: Arrival,
    pub(super) origin: OriginIndex,
    /// Its place among all deliveries to the peer; 0 if it has none yet.
    pub(super) place: u64,
    pub(super) state: StateRef<'a>,
    /// That of its sender, on a routed link.
    pub(super) tag: Option<&'a Tag>,
}

impl OutgoingLink {
    /// The link is finished with a delivery, which came to this router then.
    #[inline]
    pub(super) fn finish(&self, came: Arrival, now: &Moment) {
        self.counters.finish(1);
        self.record.finish(came, now);
    }

    /// Shows how many deliveries wait.
    pub(super) fn note_waiting(&self) {
        self.record.set_waiting(self.queue.len() + usize::from(self.current.is_some()));
    }

    /// Makes room on a link whose peer takes less than other routers send it: they settled these deliveries and cannot be
    /// held back without holding back everybody's. The oldest goes, unless somebody waits for its outcome.
    fn drop_oldest(&mut self) -> Option<(ConnId, DeliveryRef, Flags)> {
        let is_whole = |waiting: &Waiting| is_transit(waiting.flags) && !waiting.flags.has(Flags::MORE);
        let oldest = self.queue.pop_front_if(|waiting| is_whole(waiting))?;
        self.note_unqueued(&oldest);
        if let WaitingContent::Small(len) = oldest.content {
            self.small.pop(len);
        }
        self.record.let_go(oldest.came);
        self.record.drop_presettled();
        self.started += 1;
        self.counters.finish(1);
        self.note_waiting();
        Some((oldest.from, oldest.delivery, oldest.flags))
    }

    /// A delivery waits from now on, behind all others.
    pub(super) fn push_waiting(&mut self, waiting: Waiting) {
        self.transit_bytes += transit_len(&waiting);
        self.queue.push_back(waiting);
        self.note_waiting();
    }

    /// A further part of a delivery that waits.
    fn add_part(&mut self, at: usize, chunk: Chunk, flags: Flags) {
        let Some(waiting) = self.queue.get_mut(at) else { return };
        waiting.flags = waiting.flags.without(Flags::MORE).with(Flags::MORE, flags.has(Flags::MORE));
        self.transit_bytes += set_flags(waiting, waiting.flags.with(Flags::SETTLED, flags.has(Flags::SETTLED)));
        if let WaitingContent::Parts(parts) = &mut waiting.content {
            self.transit_bytes += if is_transit(waiting.flags) { chunk.len() } else { 0 };
            parts.push_back(detached(chunk));
        }
    }

    /// Sets flags of deliveries that wait; none where they stay as they are.
    pub(super) fn flag_waiting(&mut self, flags: impl Fn(&Waiting) -> Option<Flags>) {
        for waiting in &mut self.queue {
            if let Some(flags) = flags(waiting) {
                self.transit_bytes += set_flags(waiting, flags);
            }
        }
    }

    /// A delivery that has been taken off the front of the queue is another link's from now on.
    pub(super) fn hand_over(&mut self, waiting: &mut Waiting) {
        self.note_unqueued(waiting);
        self.counters.finish(1);
        self.record.let_go(waiting.came);
        if let WaitingContent::Small(len) = waiting.content {
            let bytes = self.small.front(len).to_vec();
            self.small.pop(len);
            waiting.content = WaitingContent::Parts(VecDeque::from([Chunk::free(bytes.into())]));
        }
        self.note_waiting();
    }

    /// A delivery does not wait any more.
    fn note_unqueued(&mut self, waiting: &Waiting) {
        let len = transit_len(waiting);
        debug_assert!(len <= self.transit_bytes, "it was counted when it came");
        self.transit_bytes = self.transit_bytes.saturating_sub(len);
    }
}

/// Gives what a delivery that waits counts for in `transit_bytes` beyond what it did before: nobody unsettles it.
fn set_flags(waiting: &mut Waiting, flags: Flags) -> usize {
    let counted = is_transit(waiting.flags);
    waiting.flags = flags;
    if counted { 0 } else { transit_len(waiting) }
}

/// What a delivery that waits counts for in `transit_bytes`.
fn transit_len(waiting: &Waiting) -> usize {
    if is_transit(waiting.flags) { waiting.content.len() } else { 0 }
}

/// Whether nobody waits for the outcome of a delivery, and its sender cannot be held back.
pub(super) fn is_transit(flags: Flags) -> bool {
    flags.has(Flags::TRANSIT) && flags.has(Flags::SETTLED)
}

fn detached(chunk: Chunk) -> Chunk {
    if chunk.len() < DETACH_BELOW { chunk.detached() } else { chunk }
}
