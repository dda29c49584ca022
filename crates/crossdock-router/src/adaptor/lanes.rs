//! Deliveries to a neighbour: which link each takes.
//!
//! What is whole takes the lane of its priority. What is not is put together first, up to a limit of size and of time;
//! what goes beyond gets a streaming link for itself. The order of one sender's deliveries outlives the change of links.

use crossdock_amqp::engine::{LinkId, LinkRole, SessionId, Time};
use crossdock_core::batch::{Batch, ConnId, DeliveryRef, Flags, Forward};
use std::collections::VecDeque;
use tracing::info;

use super::Adaptor;
use super::egress::is_transit;
use super::router_links::RouterLinks;
use super::slots::{LinkKind, OutgoingLink, Slot, Waiting, WaitingContent};
use crate::probe::GONE;

/// Streaming links of one connection; further streams wait for one of these.
const STREAMS: usize = 4096;

/// Bytes of a delivery whose end has not come that are kept before it gets a streaming link. What is smaller travels whole.
const PARKED: usize = 128 * 1024;

/// They are kept for this long (ms) at least, and for twice as long at most: what stops in the middle gets a stream, lest it
/// wait for a window that its own beginning keeps shut.
const PARKED_TIME: u64 = 100;

/// Senders whose order is watched before those whose streams have begun are forgotten.
const FOLLOWED: usize = 64;

/// A delivery that is being put together.
#[derive(Debug)]
pub(super) struct Parked {
    /// In the order in which they came.
    number: u64,
    waiting: Waiting,
    /// Bytes that have come.
    len: usize,
    lane: LinkId,
    /// Whether it was there already when those that take too long were looked for last.
    old: bool,
}

/// Whose order is kept: that of a session of a client, of all links of another router.
pub(super) type Sender = (ConnId, Option<SessionId>);

fn sender(from: ConnId, delivery: DeliveryRef, flags: Flags) -> Sender {
    (from, (!flags.has(Flags::TRANSIT)).then_some(delivery.session))
}

impl RouterLinks {
    /// Sees to it that somebody looks for deliveries that take too long to put together.
    #[inline]
    pub(super) fn note_parked(&mut self, now: Time) {
        if !self.parked.is_empty() && self.parked_look.is_none() {
            self.parked_look = Some(now.plus_millis(PARKED_TIME));
        }
    }

    /// Nothing more of a delivery is wanted, though its ingress connection may still send parts.
    pub(super) fn forget_parts(&mut self, from: ConnId, delivery: DeliveryRef) {
        self.parts.remove(&(from, delivery));
    }

    /// The lane of a priority, or the nearest lower one, or the lowest there is.
    fn lane(&self, priority: u8) -> Option<LinkId> {
        let at = usize::from(priority).min(self.lanes.len().saturating_sub(1));
        self.lanes.get(at).copied()
    }
}

impl Adaptor {
    /// A part of a delivery to the neighbour. Gives the link for one that is whole; others are put together first, or get
    /// a stream.
    pub(super) fn link_to_neighbor(&mut self, batch: &Batch, index: usize, forward: &Forward) -> Option<LinkId> {
        let key = (forward.from, forward.delivery);
        let more = forward.flags.has(Flags::MORE) && !forward.flags.has(Flags::ABORTED);
        let router = self.router.as_mut()?;
        if forward.flags.has(Flags::FIRST) {
            let Some(lane) = router.lane(forward.priority) else {
                self.probe_lost(forward.flags, forward.from, forward.delivery, GONE);
                self.return_delivery(forward.from, forward.delivery);
                return None;
            };
            if more {
                self.park(batch, index, forward, lane);
                return None;
            }
            let sender = sender(forward.from, forward.delivery, forward.flags);
            let link = self.link_for(lane, sender, true);
            if let Some(Slot::Out(slot)) = self.slot(link) {
                slot.counters.assign();
            }
            return Some(link);
        }
        if router.parked.contains_key(&key) {
            self.add_to_parked(batch, forward, more);
            return None;
        }
        let link = if more { router.parts.get(&key).copied() } else { router.parts.remove(&key) };
        if let Some(link) = link {
            self.handle_continuation(batch, forward, link);
        }
        None
    }

    /// Where a delivery goes that is next on a lane: to that lane, unless it would overtake, or keep others waiting.
    fn link_for(&mut self, lane: LinkId, sender: Sender, whole: bool) -> LinkId {
        // Also behind one of which only a part has left: the next router may still put it together when this one comes.
        let is_busy = |slot: &OutgoingLink| !slot.queue.is_empty() || slot.current.is_some();
        let waits = matches!(self.slot(lane), Some(Slot::Out(slot)) if is_busy(slot));
        if waits { lane } else { self.link_for_next(lane, sender, whole) }
    }

    /// As [`Adaptor::link_for`], when nothing is in front of it on the lane.
    pub(super) fn link_for_next(&mut self, lane: LinkId, sender: Sender, whole: bool) -> LinkId {
        match self.followed(sender, whole) {
            Some(link) => link,
            None if whole => lane,
            None => self.stream_for(sender).unwrap_or(lane),
        }
    }

    /// Keeps a delivery whose end has not come until it has, or until it is large.
    fn park(&mut self, batch: &Batch, index: usize, forward: &Forward, lane: LinkId) {
        let chunk = batch.content(forward).to_chunk();
        let len = chunk.len();
        let content = WaitingContent::Parts(VecDeque::from([chunk]));
        let waiting = Waiting::new(batch, index, forward, 0, content);
        let Some(router) = &mut self.router else { return };
        if forward.flags.has(Flags::STREAM) || len > PARKED {
            self.place(waiting, lane);
        } else {
            router.parked_count += 1;
            let number = router.parked_count;
            router.parked.insert((forward.from, forward.delivery), Parked { number, waiting, len, lane, old: false });
        }
    }

    fn add_to_parked(&mut self, batch: &Batch, forward: &Forward, more: bool) {
        let Some(router) = &mut self.router else { return };
        let key = (forward.from, forward.delivery);
        let Some(parked) = router.parked.get_mut(&key) else { return };
        let chunk = batch.content(forward).to_chunk();
        parked.len += chunk.len();
        if let WaitingContent::Parts(parts) = &mut parked.waiting.content {
            parts.push_back(chunk);
        }
        let flags = &mut parked.waiting.flags;
        *flags = flags.without(Flags::MORE).with(Flags::MORE, more);
        *flags = flags.with(Flags::SETTLED, forward.flags.has(Flags::SETTLED));
        if more && parked.len <= PARKED {
            return;
        }
        let Some(Parked { waiting, lane, .. }) = router.parked.remove(&key) else { return };
        // Of an aborted one nothing has left: there is nothing to take back.
        if !forward.flags.has(Flags::ABORTED) {
            self.place(waiting, lane);
        }
    }

    /// Puts a delivery behind the others of its link, and sends what can be sent.
    fn place(&mut self, mut waiting: Waiting, lane: LinkId) {
        if waiting.place == 0 {
            waiting.place = self.next_place();
        }
        let sender = sender(waiting.from, waiting.delivery, waiting.flags);
        let link = self.link_for(lane, sender, is_for_lane(&waiting));
        self.put(waiting, link);
    }

    fn put(&mut self, waiting: Waiting, link: LinkId) {
        let (from, delivery) = (waiting.from, waiting.delivery);
        let Some(Slot::Out(slot)) = self.slot_mut(link) else { return self.return_delivery(from, delivery) };
        let (more, transit) = (waiting.flags.has(Flags::MORE), is_transit(waiting.flags));
        slot.counters.assign();
        slot.record.take_over(waiting.came);
        slot.push_waiting(waiting);
        if more && let Some(router) = &mut self.router {
            router.parts.insert((from, delivery), link);
        }
        self.pump(link);
        if transit {
            self.drop_surplus(link);
        }
    }

    /// Takes a delivery that is next on a lane to another link, if it belongs there.
    pub(super) fn divert(&mut self, lane: LinkId, mut waiting: Waiting) -> Option<Waiting> {
        let sender = sender(waiting.from, waiting.delivery, waiting.flags);
        let link = self.link_for_next(lane, sender, is_for_lane(&waiting));
        if link == lane {
            return Some(waiting);
        }
        if let Some(Slot::Out(slot)) = self.slot_mut(lane) {
            slot.hand_over(&mut waiting);
        }
        self.put(waiting, link);
        None
    }

    /// Deliveries that are being put together, to be changed.
    pub(super) fn parked_mut(&mut self) -> impl Iterator<Item = &mut Waiting> {
        let router = self.router.iter_mut();
        router.flat_map(|router| router.parked.values_mut().map(|parked| &mut parked.waiting))
    }

    /// Number of deliveries that are being put together.
    pub(super) fn parked_count(&self) -> usize {
        self.router.as_ref().map_or(0, |router| router.parked.len())
    }

    /// Gives up the deliveries that are being put together.
    pub(super) fn return_parked(&mut self) {
        let Some(router) = &mut self.router else { return };
        let mut parked: Vec<Parked> = std::mem::take(&mut router.parked).into_values().collect();
        parked.sort_unstable_by_key(|parked| parked.number);
        for Parked { waiting, .. } in parked {
            self.return_delivery(waiting.from, waiting.delivery);
        }
    }

    /// When [`Adaptor::send_long_parked`] wants to be called.
    pub(super) fn parked_look(&self) -> Time {
        self.router.as_ref().and_then(|router| router.parked_look).unwrap_or(Time::NEVER)
    }

    /// Sends what has been kept for too long.
    pub(super) fn send_long_parked(&mut self, now: Time) {
        let Some(router) = &mut self.router else { return };
        let mut old: Vec<(u64, (ConnId, DeliveryRef))> =
            router.parked.iter().filter(|(_, parked)| parked.old).map(|(&key, parked)| (parked.number, key)).collect();
        old.sort_unstable_by_key(|(number, _)| *number);
        router.parked.values_mut().for_each(|parked| parked.old = true);
        router.parked_look = None;
        for (_, key) in old {
            let parked = self.router.as_mut().and_then(|router| router.parked.remove(&key));
            if let Some(Parked { waiting, lane, .. }) = parked {
                self.place(waiting, lane);
            }
        }
        if let Some(router) = &mut self.router {
            router.note_parked(now);
        }
    }

    /// A stream has begun: what waited behind it so as not to overtake it finds a link of its own.
    pub(super) fn release_followers(&mut self, link: LinkId) {
        let Some(Slot::Out(slot)) = self.slot_mut(link) else { return };
        let mut followers = std::mem::take(&mut slot.queue);
        followers.iter_mut().for_each(|waiting| slot.hand_over(waiting));
        for waiting in followers {
            match self.router.as_ref().and_then(|router| router.lane(waiting.priority)) {
                Some(lane) => self.place(waiting, lane),
                None => self.return_delivery(waiting.from, waiting.delivery),
            }
        }
    }

    /// The link of an earlier stream of the same sender that has not begun, and must not be overtaken.
    fn followed(&mut self, sender: Sender, whole: bool) -> Option<LinkId> {
        let router = self.router.as_mut()?;
        if router.followed.is_empty() {
            return None;
        }
        let link = *router.followed.get(&sender)?;
        if self.waits_on(link, sender) {
            return Some(link);
        }
        // What is small may pass a stream that has begun; a client's large ones may not, where that would mix them up.
        if self.is_unfinished(link, sender) {
            return (!whole).then_some(link);
        }
        self.router.as_mut()?.followed.remove(&sender);
        None
    }

    fn waits_on(&self, link: LinkId, of: Sender) -> bool {
        match self.slot(link) {
            Some(Slot::Out(slot)) => {
                slot.queue.iter().any(|waiting| sender(waiting.from, waiting.delivery, waiting.flags) == of)
            }
            Some(Slot::In(_) | Slot::Pending(_)) | None => false,
        }
    }

    /// Whether a client's stream is under way on a link to a neighbour that would mix it up with the next one.
    fn is_unfinished(&self, link: LinkId, (from, session): Sender) -> bool {
        let mixes_up = self.router.as_ref().is_some_and(|router| !router.keeps_order);
        let (true, Some(session), Some(Slot::Out(slot))) = (mixes_up, session, self.slot(link)) else { return false };
        slot.current.as_ref().is_some_and(|current| current.from == from && current.delivery.session == session)
    }

    /// A streaming link for a delivery whose end has not come.
    fn stream_for(&mut self, sender: Sender) -> Option<LinkId> {
        let router = self.router.as_ref()?;
        // Not one whose latest stream still fills the window at the other end.
        let is_idle = |link: &&LinkId| match self.slot(**link) {
            Some(Slot::Out(slot)) => slot.current.is_none() && slot.queue.is_empty() && self.conn.may_start(**link),
            Some(Slot::In(_) | Slot::Pending(_)) | None => false,
        };
        let idle = router.streams.iter().find(is_idle).copied();
        let may_open = router.streams.len() < STREAMS;
        let link = match idle.or_else(|| if may_open { self.open_stream() } else { None }) {
            Some(link) => link,
            // There are no more: it waits for another stream, and whoever is behind it need not.
            None => return self.busy_stream(),
        };
        let known = self.router.as_ref()?.followed.len();
        if known >= FOLLOWED {
            let mut followed = std::mem::take(&mut self.router.as_mut()?.followed);
            followed.retain(|&sender, &mut link| self.waits_on(link, sender));
            self.router.as_mut()?.followed = followed;
        }
        self.router.as_mut()?.followed.insert(sender, link);
        Some(link)
    }

    /// Each stream has a session of its own, whose window holds back that stream alone.
    fn open_stream(&mut self) -> Option<LinkId> {
        let session = self.conn.begin()?;
        let link = self.attach_router_link(session, LinkRole::Sender, LinkKind::Stream)?;
        info!(target: "ROUTER_CORE", "[{}] Streaming link opened", self.id);
        Some(link)
    }

    fn busy_stream(&mut self) -> Option<LinkId> {
        let router = self.router.as_mut()?;
        let at = router.next_stream.checked_rem(router.streams.len())?;
        router.next_stream = at + 1;
        router.streams.get(at).copied()
    }
}

/// Whether a delivery travels on a lane: it is whole, and not large.
fn is_for_lane(waiting: &Waiting) -> bool {
    !waiting.flags.has(Flags::MORE) && waiting.content.len() <= PARKED
}
