//! Deliveries from producers: where they go, and what they are told when they go nowhere.

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Chunk, IncomingTransfer, LinkId, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use crossdock_core::address::Treatment;
use crossdock_core::batch::{ConnId, Content, DeliveryRef, Flags, Forward, State};
use crossdock_core::message::{Head, HeadScanner, Malformed, Scan, Want, write_annotations};
use crossdock_core::outcome::Combined;
use crossdock_core::table::{Destination, Route};
use fe2o3_amqp_types::messaging::{DeliveryState, Rejected};

use super::slots::{FirstFrame, Incoming, IncomingLink, Ingress, IngressPhase, Slot};
use super::{Adaptor, Multicast};

/// Single-frame content up to this many bytes is copied from batch to batch; larger content is shared.
const COPY_UP_TO: usize = 1024;

/// Bytes of messages whose heads are not complete that one connection may have, over all its links.
const UNFINISHED_HEADS: usize = 4 * 1024 * 1024;

/// Routes that an anonymous link remembers; with more addresses than this it starts over.
const REMEMBERED_ROUTES: usize = 1024;

/// A longer address (bytes) makes it start over too, so that what is remembered stays small.
const REMEMBERED_LENGTH: usize = 1024;

/// Where a part's content is.
enum Part<'a> {
    /// In the read buffer: the bytes, and where they start in it.
    Read(&'a [u8], usize),
    /// In a buffer of its own.
    Own(Vec<u8>),
}

/// Why a delivery goes nowhere.
enum Undeliverable {
    /// Nobody is there: released.
    Unroutable,
    /// Something is wrong with it: rejected with this error.
    Bad(Condition, String),
}

impl Adaptor {
    #[inline]
    pub(super) fn handle_transfer(&mut self, transfer: &IncomingTransfer<'_>, read: &Bytes) {
        let limit = self.settings.max_message_size;
        let Some(Slot::In(slot)) = self.slots.get_mut(transfer.link.index()).and_then(Option::as_mut) else { return };
        if slot.id != transfer.link {
            return;
        }
        slot.received = if transfer.first { 0 } else { slot.received } + transfer.payload.len() as u64;
        if limit > 0 && slot.received > limit {
            self.refuse_oversized(transfer);
        } else if transfer.first {
            slot.tally.deliveries += 1;
            slot.tally.presettled += u64::from(transfer.settled);
            self.begin(transfer, read);
        } else {
            self.go_on(transfer, read);
        }
    }

    /// The first frame of a delivery.
    #[inline]
    fn begin(&mut self, transfer: &IncomingTransfer<'_>, read: &Bytes) {
        if transfer.aborted {
            self.forget(transfer);
            return;
        }
        let mut scanner = HeadScanner::new();
        match scan(&mut scanner, transfer.payload, self.want(transfer.link), transfer.more) {
            Ok(true) => {
                let part = match scanner.head().router_annotations {
                    None => Part::Read(transfer.payload, transfer.payload_at),
                    Some(_) => Part::Own(stripped(transfer.payload, scanner.head())),
                };
                self.route(transfer, scanner.head(), transfer.payload, part, read);
            }
            Ok(false) => {
                let first = FirstFrame {
                    message_format: transfer.message_format,
                    rcv_second: transfer.rcv_second,
                    state: State::from_wire(transfer.state),
                };
                self.note_coming(transfer.session, transfer.delivery, transfer.link, transfer.settled);
                if !self.has_room_for_head(transfer.payload.len()) {
                    return self.undeliverable(transfer, too_many_heads());
                }
                self.set_current(transfer, IngressPhase::Head { scanner, bytes: transfer.payload.to_vec(), first });
            }
            Err(malformed) => self.undeliverable(transfer, malformed.into()),
        }
    }

    /// A later frame of a delivery.
    fn go_on(&mut self, transfer: &IncomingTransfer<'_>, read: &Bytes) {
        let want = self.want(transfer.link);
        let Some(Slot::In(slot)) = self.slot_mut(transfer.link) else { return };
        let Some(mut current) = slot.current.take() else { return };
        self.heads = self.heads.saturating_sub(current.phase.head_len());
        if current.number != transfer.delivery {
            return;
        }
        match &mut current.phase {
            IngressPhase::Head { .. } if transfer.aborted => self.forget(transfer),
            IngressPhase::Head { scanner, bytes, first } => {
                // What only the first frame says goes on with it.
                let transfer = &IncomingTransfer {
                    settled: transfer.settled
                        || self.conn.session(transfer.session).is_some_and(|session| {
                            matches!(
                                session.incoming().get(transfer.delivery),
                                Some(Incoming::Coming { settled: true, .. })
                            )
                        }),
                    message_format: first.message_format,
                    rcv_second: first.rcv_second,
                    state: first.state.as_wire(),
                    ..*transfer
                };
                bytes.extend_from_slice(transfer.payload);
                match scan(scanner, bytes, want, transfer.more) {
                    Ok(true) => {
                        let message = std::mem::take(bytes);
                        let head = *scanner.head();
                        let part = match head.router_annotations {
                            None => message.clone(),
                            Some(_) => stripped(&message, &head),
                        };
                        self.route(transfer, &head, &message, Part::Own(part), read);
                    }
                    Ok(false) if !self.has_room_for_head(bytes.len()) => self.undeliverable(transfer, too_many_heads()),
                    Ok(false) => self.put_back(transfer.link, current),
                    Err(malformed) => self.undeliverable(transfer, malformed.into()),
                }
            }
            IngressPhase::Forwarding(copies) => {
                let flags = flags(transfer);
                let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
                let chunk = if transfer.aborted {
                    None
                } else {
                    self.share(transfer, &Part::Read(transfer.payload, transfer.payload_at), read)
                };
                for &(conn, link) in copies.iter() {
                    let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) else { continue };
                    let content = chunk.clone().map_or(Content::Copied(&[]), Content::Shared);
                    batch.push_forward(Forward::part(link, self.id, delivery, flags), content);
                }
                if transfer.aborted {
                    self.forget(transfer);
                } else if transfer.more {
                    self.put_back(transfer.link, current);
                } else if transfer.settled {
                    let conns = copies.iter().map(|&(conn, _)| conn).collect();
                    self.note_settled(transfer, conns);
                }
            }
            IngressPhase::Discarding { .. } if transfer.more => self.put_back(transfer.link, current),
            IngressPhase::Discarding { state } => {
                let state = std::mem::take(state);
                self.end_discarded(transfer, &state);
            }
        }
    }

    /// Whether so many bytes of another unfinished head may be kept. They cannot be held back by the session's window, for
    /// more frames of it are what makes them go.
    fn has_room_for_head(&self, bytes: usize) -> bool {
        self.heads + bytes <= UNFINISHED_HEADS
    }

    #[inline]
    fn want(&self, link: LinkId) -> Want {
        match self.slot(link) {
            Some(Slot::In(slot)) if slot.route.is_none() => Want::To,
            Some(Slot::In(_) | Slot::Out(_) | Slot::Pending(_)) | None => Want::Annotations,
        }
    }

    /// The head of the message is known: `message` is what has come of it, `part` what is to be sent on of that.
    #[inline]
    fn route(&mut self, transfer: &IncomingTransfer<'_>, head: &Head, message: &[u8], part: Part<'_>, read: &Bytes) {
        let capacity = u64::from(self.settings.link_capacity);
        let Some(Slot::In(slot)) = self.slots.get_mut(transfer.link.index()).and_then(Option::as_mut) else { return };
        let found = match &mut slot.route {
            Some(route) => Ok(route),
            None => anonymous_route(&self.shared, slot_routes(slot), head, message),
        };
        let route = match found {
            Ok(route) => route,
            Err(why) => return self.undeliverable(transfer, why),
        };
        route.refresh();
        let priority = route.entry().priority().unwrap_or(head.priority);
        if matches!(route.entry().treatment(), Treatment::Multicast | Treatment::MulticastFlood) {
            let destinations = route.destinations().to_vec();
            return self.forward_to_all(transfer, &destinations, priority, part, read);
        }
        let Some(destination) = route.choose(capacity) else {
            return self.undeliverable(transfer, Undeliverable::Unroutable);
        };
        let (conn, link) = (destination.conn, destination.link);
        let mailbox = || Some(std::sync::Arc::clone(&destination.mailbox));
        let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
        let first = Forward::part(link, self.id, delivery, flags(transfer)).first(transfer.message_format, priority);
        let Some(batch) = self.targets.batch(conn, mailbox) else { return };
        match &part {
            Part::Read(bytes, _) if bytes.len() <= COPY_UP_TO && !transfer.more => {
                batch.push_forward(first, Content::Copied(bytes));
            }
            Part::Read(..) | Part::Own(_) => {
                let Some(session) = self.conn.session(transfer.session) else { return };
                let chunk = Chunk::held(shared_bytes(part, read), session.gauge());
                batch.push_forward(first, Content::Shared(chunk));
            }
        }
        if transfer.state != StateRef::None {
            batch.state_of_last(State::from_wire(transfer.state));
        }
        if let Some(session) = self.conn.session_mut(transfer.session)
            && let Some(incoming) = session.incoming_mut().get_mut(transfer.delivery)
        {
            *incoming = Incoming::To { link: transfer.link, conn, settled: transfer.settled };
        }
        if transfer.more {
            self.set_current(transfer, IngressPhase::Forwarding(vec![(conn, link)]));
        }
    }

    fn forward_to_all(
        &mut self,
        transfer: &IncomingTransfer<'_>,
        destinations: &[Destination],
        priority: u8,
        part: Part<'_>,
        read: &Bytes,
    ) {
        if destinations.is_empty() {
            return self.undeliverable(transfer, Undeliverable::Unroutable);
        }
        let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
        let flags = flags(transfer);
        let small = match &part {
            Part::Read(bytes, _) if bytes.len() <= COPY_UP_TO && !transfer.more => Some(*bytes),
            Part::Read(..) | Part::Own(_) => None,
        };
        let chunk = if small.is_some() { None } else { self.share(transfer, &part, read) };
        let mut copies = Vec::with_capacity(destinations.len());
        for destination in destinations {
            let mailbox = || Some(std::sync::Arc::clone(&destination.mailbox));
            let Some(batch) = self.targets.batch(destination.conn, mailbox) else { continue };
            let content = match (small, &chunk) {
                (Some(bytes), _) => Content::Copied(bytes),
                (None, Some(chunk)) => Content::Shared(chunk.clone()),
                (None, None) => Content::Copied(&[]),
            };
            destination.counters.assign();
            let part = Forward::part(destination.link, self.id, delivery, flags);
            batch.push_forward(part.first(transfer.message_format, priority), content);
            if transfer.state != StateRef::None {
                batch.state_of_last(State::from_wire(transfer.state));
            }
            copies.push((destination.conn, destination.link));
        }
        let index = self.multicasts.insert(Multicast {
            combined: Combined::new(copies.len() as u32),
            told: false,
            copies: copies.iter().map(|(conn, _)| *conn).collect(),
        });
        if let Some(session) = self.conn.session_mut(transfer.session)
            && let Some(incoming) = session.incoming_mut().get_mut(transfer.delivery)
        {
            *incoming = Incoming::Multicast { link: transfer.link, index, settled: transfer.settled };
        }
        if transfer.more {
            self.set_current(transfer, IngressPhase::Forwarding(copies));
        }
    }

    fn share(&self, transfer: &IncomingTransfer<'_>, part: &Part<'_>, read: &Bytes) -> Option<Chunk> {
        let session = self.conn.session(transfer.session)?;
        let bytes = match part {
            Part::Read(bytes, at) => read.slice(*at..*at + bytes.len()),
            Part::Own(bytes) => Bytes::copy_from_slice(bytes),
        };
        Some(Chunk::held(bytes, session.gauge()))
    }

    /// A delivery that goes nowhere: its sender is told, and what is still to come of it is thrown away.
    #[cold]
    fn undeliverable(&mut self, transfer: &IncomingTransfer<'_>, why: Undeliverable) {
        let state = match &why {
            Undeliverable::Unroutable => State::Released,
            Undeliverable::Bad(condition, description) => rejected(*condition, description),
        };
        let Some(Slot::In(slot)) = self.slot_mut(transfer.link) else { return };
        match why {
            Undeliverable::Unroutable if transfer.settled => slot.tally.dropped += 1,
            Undeliverable::Unroutable => slot.tally.released += 1,
            Undeliverable::Bad(..) => slot.tally.rejected += 1,
        }
        // Nobody is there: this link's credit waits until somebody is.
        if matches!(why, Undeliverable::Unroutable) && slot.route.is_some() {
            self.conn.close_gate(transfer.link);
        }
        if transfer.more {
            if !transfer.settled {
                self.conn.write_disposition(
                    transfer.session,
                    true,
                    transfer.delivery,
                    transfer.delivery,
                    false,
                    state.as_wire(),
                );
            }
            self.note_coming(transfer.session, transfer.delivery, transfer.link, transfer.settled);
            self.set_current(transfer, IngressPhase::Discarding { state });
        } else {
            self.end_discarded(transfer, &state);
        }
    }

    /// The last frame of a delivery that was thrown away.
    fn end_discarded(&mut self, transfer: &IncomingTransfer<'_>, state: &State) {
        let known = self
            .conn
            .session_mut(transfer.session)
            .and_then(|session| session.incoming_mut().remove(transfer.delivery));
        let settled = match known {
            None => true,
            Some(Incoming::Coming { settled, .. }) => settled || transfer.settled,
            Some(
                Incoming::Unrouted | Incoming::To { .. } | Incoming::Multicast { .. } | Incoming::AwaitSender { .. },
            ) => transfer.settled,
        };
        if !settled && !transfer.aborted {
            let number = transfer.delivery;
            self.conn.write_disposition(transfer.session, true, number, number, true, state.as_wire());
        }
        self.conn.give_back(transfer.link, 1);
        self.credit_due(transfer.link);
    }

    /// An aborted delivery leaves nothing behind; aborted means settled [AMQP 2.6.14].
    fn forget(&mut self, transfer: &IncomingTransfer<'_>) {
        if let Some(session) = self.conn.session_mut(transfer.session)
            && let Some(Incoming::Multicast { index, .. }) = session.incoming_mut().remove(transfer.delivery)
        {
            self.multicasts.remove(index);
        }
        self.conn.give_back(transfer.link, 1);
        self.credit_due(transfer.link);
    }

    /// The sender may have settled a delivery with one of its later frames: its consumers are told.
    fn note_settled(&mut self, transfer: &IncomingTransfer<'_>, consumers: Vec<ConnId>) {
        let Some(session) = self.conn.session_mut(transfer.session) else { return };
        let before = match session.incoming_mut().get_mut(transfer.delivery) {
            Some(Incoming::To { settled, .. } | Incoming::Multicast { settled, .. }) => {
                std::mem::replace(settled, true)
            }
            Some(Incoming::Unrouted | Incoming::Coming { .. } | Incoming::AwaitSender { .. }) | None => true,
        };
        let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
        for conn in consumers.into_iter().filter(|_| !before) {
            if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
                batch.push_update(self.id, delivery, StateRef::None, true);
            }
        }
    }

    /// A delivery is coming in that nobody else knows of, or wants any more.
    fn note_coming(&mut self, session: SessionId, number: DeliveryNumber, link: LinkId, settled: bool) {
        let session = self.conn.session_mut(session);
        if let Some(incoming) = session.and_then(|session| session.incoming_mut().get_mut(number)) {
            *incoming = Incoming::Coming { link, settled };
        }
    }

    #[cold]
    fn refuse_oversized(&mut self, transfer: &IncomingTransfer<'_>) {
        let limit = self.settings.max_message_size;
        let error = Condition::MessageSizeExceeded.error(format!("Message size exceeded: the limit is {limit} bytes"));
        if !transfer.settled {
            let state = rejected(Condition::MessageSizeExceeded, "Message size exceeded");
            let number = transfer.delivery;
            self.conn.write_disposition(transfer.session, true, number, number, true, state.as_wire());
        }
        if let Some(session) = self.conn.session_mut(transfer.session)
            && let Some(Incoming::Unrouted) = session.incoming().get(transfer.delivery)
        {
            session.incoming_mut().remove(transfer.delivery);
        }
        self.drop_link(transfer.link, "detached");
        self.conn.detach(transfer.link, true, Some(error));
    }

    fn set_current(&mut self, transfer: &IncomingTransfer<'_>, phase: IngressPhase) {
        self.put_back(transfer.link, Ingress { number: transfer.delivery, phase });
    }

    fn put_back(&mut self, link: LinkId, current: Ingress) {
        self.heads += current.phase.head_len();
        if let Some(Slot::In(slot)) = self.slot_mut(link) {
            slot.current = Some(current);
        }
    }

    /// The link's credit is looked at when this round ends.
    #[inline]
    pub(super) fn credit_due(&mut self, link: LinkId) {
        if let Some(Slot::In(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut)
            && slot.id == link
            && !slot.credit_due
        {
            slot.credit_due = true;
            self.credit_due.push(link);
        }
    }

    /// Seals the fate of a delivery that is still coming in: the rest is thrown away. False if it has come in full.
    /// `settled` tells whether its sender has settled it.
    pub(super) fn discard_rest(&mut self, link: LinkId, number: DeliveryNumber, state: &State, settled: bool) -> bool {
        let Some(Slot::In(slot)) = self.slot_mut(link) else { return false };
        let session = slot.session;
        match &mut slot.current {
            Some(current) if current.number == number => {
                let head_len = current.phase.head_len();
                current.phase = IngressPhase::Discarding { state: state.clone() };
                self.heads = self.heads.saturating_sub(head_len);
                self.note_coming(session, number, link, settled);
                true
            }
            Some(_) | None => false,
        }
    }
}

/// Scans what has come of a message; false if more is needed.
#[inline]
fn scan(scanner: &mut HeadScanner, message: &[u8], want: Want, more: bool) -> Result<bool, Malformed> {
    if more {
        Ok(scanner.scan(message, want, true)? == Scan::Done)
    } else {
        scanner.finish(message, want, true)?;
        Ok(true)
    }
}

/// The message without the annotations of routers: ordinary clients neither see nor influence them.
#[cold]
fn stripped(message: &[u8], head: &Head) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    write_annotations(&mut out, message, head, None);
    out.extend_from_slice(message.get(head.rest as usize..).unwrap_or_default());
    out
}

fn slot_routes(slot: &mut IncomingLink) -> &mut hashbrown::HashMap<Box<str>, Route> {
    &mut slot.routes
}

/// The route of a message that says itself where it goes.
fn anonymous_route<'r>(
    shared: &crate::shared::Shared,
    routes: &'r mut hashbrown::HashMap<Box<str>, Route>,
    head: &Head,
    message: &[u8],
) -> Result<&'r mut Route, Undeliverable> {
    let destination = head.destination(message)?;
    let Some(destination) = destination else {
        let description = "Routing failure: no address present".into();
        return Err(Undeliverable::Bad(Condition::PreconditionFailed, description));
    };
    let text = destination.text;
    if routes.get(text).is_none_or(|route| route.entry().is_retired()) {
        let key = shared.classify(text);
        let Some(entry) = shared.table.find(key) else {
            routes.remove(text);
            return Err(if shared.settings_for(key).treatment == Treatment::Unavailable {
                let description = "Deliveries cannot be sent to an unavailable address".into();
                Undeliverable::Bad(Condition::NotFound, description)
            } else {
                Undeliverable::Unroutable
            });
        };
        if routes.len() >= REMEMBERED_ROUTES || text.len() > REMEMBERED_LENGTH {
            routes.clear();
        }
        routes.insert(text.into(), Route::new(entry));
    }
    routes.get_mut(text).ok_or(Undeliverable::Unroutable)
}

fn flags(transfer: &IncomingTransfer<'_>) -> Flags {
    Flags::default()
        .with(Flags::MORE, transfer.more)
        .with(Flags::SETTLED, transfer.settled)
        .with(Flags::ABORTED, transfer.aborted)
        .with(Flags::RCV_SECOND, transfer.rcv_second)
}

fn shared_bytes(part: Part<'_>, read: &Bytes) -> Bytes {
    match part {
        Part::Read(bytes, at) => read.slice(at..at + bytes.len()),
        Part::Own(bytes) => Bytes::from(bytes),
    }
}

fn too_many_heads() -> Undeliverable {
    let description = "too much of messages whose first sections are not complete".into();
    Undeliverable::Bad(Condition::ResourceLimitExceeded, description)
}

fn rejected(condition: Condition, description: &str) -> State {
    let state = DeliveryState::Rejected(Rejected { error: Some(condition.error(description)) });
    // A rejection without its reason is still a rejection.
    let encoded = serde_amqp::to_vec(&state).unwrap_or_else(|_| vec![0x00, 0x53, 0x25, 0x45]);
    State::Other(encoded.into())
}

impl From<Malformed> for Undeliverable {
    fn from(malformed: Malformed) -> Self {
        let condition = match malformed.condition() {
            "amqp:invalid-field" => Condition::InvalidField,
            _ => Condition::DecodeError,
        };
        Self::Bad(condition, malformed.description().into())
    }
}
