//! Deliveries from producers: where they go.

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Chunk, Connection, IncomingTransfer, LinkId};
use crossdock_core::address::{Phase, Treatment};
use crossdock_core::batch::{ConnId, Content, DeliveryRef, Flags, Forward, State};
use crossdock_core::message::{Head, HeadScanner, Malformed, RouterAnnotations, Scan, Want};
use crossdock_core::outcome::Combined;
use crossdock_core::record::{Arrival, Moment, OriginIndex};
use crossdock_core::route::Choice;
use crossdock_core::routers::Origin;
use crossdock_core::work::Action;
use std::sync::Arc;

use super::Adaptor;
use super::companions::{Chosen, via_companion};
use super::destinations::{CopyTo, Undeliverable, anonymous_route, copies, stamped, too_many_heads};
use super::known::{Known, Note};
use super::multicasts::Multicast;
use super::router_links::CONTROL_MESSAGE;
use super::slots::{FirstFrame, Incoming, IncomingLink, Ingress, IngressPhase, KnownOrigin, LinkKind, Outgoing, Slot};
use super::ways::WayId;

/// Single-frame content up to this many bytes is copied from batch to batch; larger content is shared.
pub(super) const COPY_UP_TO: usize = 1024;

/// Bytes of messages whose heads are not complete that one connection may have, over all its links.
const UNFINISHED_HEADS: usize = 4 * 1024 * 1024;

impl Adaptor {
    #[inline]
    pub(super) fn handle_transfer(&mut self, transfer: &IncomingTransfer<'_>, read: &Bytes) {
        let limit = self.settings.max_message_size;
        let Some(Slot::In(slot)) = self.slots.get_mut(transfer.link.index()).and_then(Option::as_mut) else { return };
        if slot.id != transfer.link {
            return;
        }
        slot.received = if transfer.first { 0 } else { slot.received } + transfer.payload.len() as u64;
        if limit > 0 && slot.kind != LinkKind::Control && slot.received > limit {
            self.refuse_oversized(transfer);
            return;
        }
        let kind = slot.kind;
        if transfer.first {
            slot.record.begin(transfer.settled, !transfer.settled, &self.now);
            self.delivered = true;
        }
        match (kind, transfer.first) {
            (LinkKind::Control, _) => self.take_control(transfer),
            (LinkKind::Client | LinkKind::Data | LinkKind::Stream, true) => self.begin(transfer, read),
            (LinkKind::Routed, true) => self.begin_routed(transfer, read),
            (LinkKind::Client | LinkKind::Data | LinkKind::Stream | LinkKind::Routed, false) => {
                self.go_on(transfer, read);
            }
        }
        let between_routers = matches!(kind, LinkKind::Data | LinkKind::Stream);
        if between_routers && let Some(router) = &mut self.router {
            router.traffic = true;
        }
        // Between routers credit has nothing to do with settlement.
        if between_routers && (!transfer.more || transfer.aborted) {
            self.conn.give_back(transfer.link, 1);
            self.credit_due(transfer.link);
        }
    }

    /// A frame of a message between the nodes. It is handed over when it is complete.
    fn take_control(&mut self, transfer: &IncomingTransfer<'_>) {
        let Some(Slot::In(slot)) = self.slot_mut(transfer.link) else { return };
        let mut message = match slot.current.take() {
            Some(Ingress { number, phase: IngressPhase::Control(message) }) if number == transfer.delivery => message,
            Some(_) | None => Vec::new(),
        };
        if message.len() + transfer.payload.len() > CONTROL_MESSAGE {
            // Whoever says nothing else of use is no neighbour.
            let description = format!("control message of more than {CONTROL_MESSAGE} bytes");
            self.conn.close(Some(Condition::MessageSizeExceeded.error(description)), self.now.time());
            return self.leave();
        }
        message.extend_from_slice(transfer.payload);
        if transfer.more && !transfer.aborted {
            self.set_current(transfer, IngressPhase::Control(message));
            return;
        }
        let known = self.conn.session_mut(transfer.session);
        if let Some(known) = known.and_then(|session| session.incoming_mut().remove(transfer.delivery)) {
            self.end_incoming(transfer.link, known);
        }
        if transfer.aborted {
            return self.control_taken(1);
        }
        if !transfer.settled {
            let number = transfer.delivery;
            self.conn.write_disposition(transfer.session, true, number, number, true, StateRef::Accepted);
        }
        self.shared.submit(Action::Control { conn: self.id, message });
    }

    /// The first frame of a delivery.
    #[inline]
    fn begin(&mut self, transfer: &IncomingTransfer<'_>, read: &Bytes) {
        if transfer.aborted {
            self.forget(transfer);
            return;
        }
        let mut scanner = HeadScanner::new();
        let at = Some(transfer.payload_at);
        match scan(&mut scanner, transfer.payload, self.want(transfer.link), transfer.more) {
            Ok(true) if self.route(transfer, Known::new(scanner.head(), transfer.payload, at), read) => {}
            Ok(true | false) => {
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
                if transfer.settled {
                    self.settle_coming(transfer);
                }
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
                    Ok(true) if self.route(transfer, Known::new(scanner.head(), bytes, None), read) => {}
                    Ok(true | false) if !self.has_room_for_head(bytes.len()) => {
                        self.undeliverable(transfer, too_many_heads())
                    }
                    Ok(true | false) => self.put_back(transfer.link, current),
                    Err(malformed) => self.undeliverable(transfer, malformed.into()),
                }
            }
            IngressPhase::Forwarding(copies) => {
                let flags = flags(transfer);
                let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
                let chunk = if transfer.aborted {
                    None
                } else {
                    self.share(transfer, read.slice(transfer.payload_at..transfer.payload_at + transfer.payload.len()))
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
            // Of the other kind of link.
            IngressPhase::Control(_) => {}
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

    /// What is looked for in the head of a message, and whether annotations of routers mean nothing there.
    #[inline]
    fn want(&self, link: LinkId) -> (Want, bool) {
        match self.slot(link) {
            Some(Slot::In(slot)) if slot.route.is_none() => (Want::To, slot.strips),
            Some(Slot::In(slot)) => (Want::Annotations, slot.strips),
            Some(Slot::Out(_) | Slot::Pending(_)) | None => (Want::Annotations, true),
        }
    }

    /// Where a message entered the network; none if it goes round in it, or is a probe.
    #[inline]
    fn origin(&mut self, link: LinkId, known: &Known<'_>) -> Option<Origin> {
        match &known.head.router_annotations {
            None => Some(Origin::Own),
            Some(annotations) => self.annotated_origin(link, annotations, known.message),
        }
    }

    pub(super) fn annotated_origin(
        &mut self,
        link: LinkId,
        annotations: &RouterAnnotations,
        message: &[u8],
    ) -> Option<Origin> {
        let routers = &self.shared.routers;
        let identity = self.shared.identity().as_bytes();
        if annotations.probe.is_some() {
            return None;
        }
        if annotations.trace_count > 0
            && (annotations.trace_count > routers.radius() + 1
                || annotations.trace_entries(message).any(|passed| passed == identity))
        {
            return None;
        }
        let Some(ingress) = annotations.ingress else { return Some(Origin::Own) };
        let ingress = std::str::from_utf8(ingress.of(message)).unwrap_or_default();
        let epoch = routers.epoch();
        let Some(Slot::In(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut) else { return None };
        if let Some(known) = &slot.origin
            && known.epoch == epoch
            && *known.identity == *ingress
        {
            return Some(known.origin);
        }
        let origin = routers.find(ingress).map_or(Origin::Unknown, Origin::Router);
        slot.origin = Some(KnownOrigin { identity: ingress.into(), epoch, origin });
        Some(origin)
    }

    /// The head of the message is known: it goes on. False if more of it must have come first, because it has a key that
    /// says where it goes.
    #[inline]
    fn route(&mut self, transfer: &IncomingTransfer<'_>, known: Known<'_>, read: &Bytes) -> bool {
        let capacity = u64::from(self.settings.link_capacity);
        let Some(origin) = self.origin(transfer.link, &known) else {
            return self.route_without_origin(transfer, known, read);
        };
        let Some(Slot::In(slot)) = self.slots.get_mut(transfer.link.index()).and_then(Option::as_mut) else {
            return true;
        };
        let slot: &mut IncomingLink = slot;
        if let Some(meant) = slot.meant.as_deref().filter(|_| !known.is_stamped) {
            let stamped = stamped(&known, meant);
            return self.route_stamped(transfer, known, stamped, read);
        }
        let found = match &mut slot.route {
            Some(route) => Ok(route),
            None => anonymous_route(&self.shared, &mut slot.routes, (slot.sender, slot.party), &known),
        };
        let chosen = found.and_then(|route| {
            route.refresh(&self.shared.routers);
            if route.has_companions() {
                via_companion(&self.shared, route, origin, transfer, &known)
            } else {
                Ok(Chosen::Own(route))
            }
        });
        let (route, companion) = match chosen {
            Ok(Chosen::Own(route)) => (route, None),
            Ok(Chosen::Companion(route)) => {
                let entry = Arc::clone(route.entry());
                (route, Some(entry))
            }
            Ok(Chosen::NeedMore) => return false,
            Err(why) => {
                // What is unavailable to clients is only not there for routers.
                let unavailable = matches!(why, Undeliverable::Bad(Condition::NotFound, _));
                let why = if unavailable && slot.kind != LinkKind::Client { Undeliverable::Unroutable } else { why };
                self.undeliverable(transfer, why);
                return true;
            }
        };
        if companion.as_ref().is_some_and(|entry| entry.key().phase() == Phase::FALLBACK) {
            slot.record.redirect();
        }
        let priority = route.entry().priority().unwrap_or(known.head.priority);
        let flags = flags(transfer)
            .with(Flags::TRANSIT, slot.kind != LinkKind::Client)
            // What came as a stream goes on as one: its beginning must keep its place in the order.
            .with(Flags::STREAM, slot.kind == LinkKind::Stream)
            .with(Flags::STREAM, known.head.router_annotations.is_some_and(|annotations| annotations.stream));
        let phase = route.entry().key().phase();
        // What goes to another address than its own the next router must be told, and to which phase an anonymous producer
        // sends that did not name it.
        let renames = route.renames();
        let renamed = companion.or_else(|| renames.then(|| Arc::clone(route.entry())));
        let to = renamed.as_ref().map(|entry| entry.key().text()).or(slot.to.as_deref());
        let note = Note { identity: self.shared.identity(), to: to.map(|to| (to, phase)) };
        if matches!(route.entry().treatment(), Treatment::Multicast | Treatment::MulticastFlood) {
            let copies = copies(route, origin, &known);
            let renamed = renamed.as_ref().map(|entry| entry.key().text().into());
            let to = renamed.or_else(|| slot.to.clone());
            self.forward_to_all(
                transfer,
                &copies,
                (priority, flags, origin.into()),
                (known, to.zip(Some(phase))),
                read,
            );
            return true;
        }
        let came = came(&self.conn, transfer, &self.now);
        let Some(choice) = route.choose(capacity, origin) else {
            self.undeliverable(transfer, Undeliverable::Unroutable);
            return true;
        };
        let (conn, link, annotated, mailbox, way) = match choice {
            Choice::Local(local) => (local.conn, local.link, local.annotated, &local.mailbox, WayId::default()),
            Choice::Remote(remote) => {
                let way = remote.under_way.as_ref().map(|counters| self.ways.assign(counters));
                (remote.conn, LinkId::NONE, true, &remote.mailbox, way.unwrap_or_default())
            }
        };
        let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
        let first = Forward::part(link, self.id, delivery, flags)
            .first(transfer.message_format, priority, came)
            .from_origin(origin.into());
        let Some(batch) = self.targets.batch(conn, || Some(Arc::clone(mailbox))) else { return true };
        let unchanged = !annotated && known.head.router_annotations.is_none();
        if known.message.len() <= COPY_UP_TO && !transfer.more {
            if unchanged {
                batch.push_forward(first, Content::Copied(known.message));
            } else {
                self.scratch.clear();
                known.write(&mut self.scratch, annotated.then_some(&note));
                batch.push_forward(first, Content::Copied(&self.scratch));
            }
        } else {
            let Some(session) = self.conn.session(transfer.session) else { return true };
            let bytes = known.bytes(unchanged, annotated.then_some(&note), read);
            batch.push_forward(first, Content::Shared(Chunk::held(bytes, session.gauge())));
        }
        if transfer.state != StateRef::None {
            batch.state_of_last(State::from_wire(transfer.state));
        }
        if let Some(session) = self.conn.session_mut(transfer.session)
            && let Some(incoming) = session.incoming_mut().get_mut(transfer.delivery)
        {
            *incoming = Incoming::To { link: transfer.link, conn, settled: transfer.settled, way, came };
        }
        if transfer.more {
            self.set_current(transfer, IngressPhase::Forwarding(vec![(conn, link)]));
        }
        true
    }

    /// As [`Adaptor::route`], for a message that has no origin as it stands.
    #[cold]
    fn route_without_origin(&mut self, transfer: &IncomingTransfer<'_>, known: Known<'_>, read: &Bytes) -> bool {
        match known.head.router_annotations {
            Some(annotations) if annotations.probe.is_some() => {
                if self.takes_probe(transfer.link) {
                    self.take_probe(transfer, &known, &annotations);
                    return true;
                }
                // Whoever else says so says nothing.
                let annotations = RouterAnnotations { probe: None, ..annotations };
                let head = Head { router_annotations: Some(annotations), ..*known.head };
                self.route(transfer, Known { head: &head, ..known }, read)
            }
            Some(_) | None => {
                self.undeliverable(transfer, Undeliverable::Unroutable);
                true
            }
        }
    }

    /// As [`Adaptor::route`], for a message that says now which address was meant.
    #[cold]
    fn route_stamped(
        &mut self,
        transfer: &IncomingTransfer<'_>,
        known: Known<'_>,
        stamped: Option<Vec<u8>>,
        read: &Bytes,
    ) -> bool {
        let mut scanner = HeadScanner::new();
        let known = match &stamped {
            Some(message) if scanner.scan(message, Want::Annotations, false).is_ok() => {
                Known { is_stamped: true, ..Known::new(scanner.head(), message, None) }
            }
            Some(_) | None => Known { is_stamped: true, ..known },
        };
        self.route(transfer, known, read)
    }

    fn forward_to_all(
        &mut self,
        transfer: &IncomingTransfer<'_>,
        targets: &[CopyTo],
        (priority, flags, origin): (u8, Flags, OriginIndex),
        (known, to): (Known<'_>, Option<(Arc<str>, Phase)>),
        read: &Bytes,
    ) {
        if targets.is_empty() {
            return self.undeliverable(transfer, Undeliverable::Unroutable);
        }
        let came = came(&self.conn, transfer, &self.now);
        let shared = Arc::clone(&self.shared);
        let note = Note { identity: shared.identity(), to: to.as_ref().map(|(to, phase)| (&**to, *phase)) };
        let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
        let small = known.message.len() <= COPY_UP_TO && !transfer.more;
        // With and without annotations, made when first needed.
        let mut contents: [Option<Bytes>; 2] = [None, None];
        let mut sent = Vec::with_capacity(targets.len());
        for target in targets {
            let content = contents.get_mut(usize::from(target.annotated)).map(|content| {
                let unchanged = !target.annotated && known.head.router_annotations.is_none();
                &*content.get_or_insert_with(|| known.bytes(unchanged, target.annotated.then_some(&note), read))
            });
            let Some(bytes) = content else { continue };
            let content = if small {
                Content::Copied(bytes)
            } else {
                let Some(chunk) = self.share(transfer, bytes.clone()) else { continue };
                Content::Shared(chunk)
            };
            let Some(batch) = self.targets.batch(target.conn, || Some(Arc::clone(&target.mailbox))) else { continue };
            if let Some(counters) = &target.counters {
                counters.assign();
            }
            let first = Forward::part(target.link, self.id, delivery, flags)
                .first(transfer.message_format, priority, came)
                .from_origin(origin);
            batch.push_forward(first, content);
            if transfer.state != StateRef::None {
                batch.state_of_last(State::from_wire(transfer.state));
            }
            sent.push((target.conn, target.link));
        }
        let index = self.multicasts.insert(Multicast {
            combined: Combined::new(sent.len() as u32),
            told: false,
            copies: sent.iter().map(|(conn, _)| *conn).collect(),
        });
        if let Some(session) = self.conn.session_mut(transfer.session)
            && let Some(incoming) = session.incoming_mut().get_mut(transfer.delivery)
        {
            *incoming = Incoming::Multicast { link: transfer.link, index, settled: transfer.settled, came };
        }
        if transfer.more {
            self.set_current(transfer, IngressPhase::Forwarding(sent));
        }
    }

    /// Content that its session is charged for until it has left.
    fn share(&self, transfer: &IncomingTransfer<'_>, bytes: Bytes) -> Option<Chunk> {
        Some(Chunk::held(bytes, self.conn.session(transfer.session)?.gauge()))
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
        if !before {
            self.note_settled_by_sender(transfer.link);
        }
        for conn in consumers.into_iter().filter(|_| !before) {
            if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
                batch.push_update(self.id, delivery, StateRef::None, true);
            }
        }
    }

    pub(super) fn set_current(&mut self, transfer: &IncomingTransfer<'_>, phase: IngressPhase) {
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
}

/// Scans what has come of a message; false if more is needed.
#[inline]
fn scan(
    scanner: &mut HeadScanner,
    message: &[u8],
    (want, strips): (Want, bool),
    more: bool,
) -> Result<bool, Malformed> {
    if more {
        Ok(scanner.scan(message, want, strips)? == Scan::Done)
    } else {
        scanner.finish(message, want, strips)?;
        Ok(true)
    }
}

/// When a delivery came that is about to be forwarded: just now, unless its head took more than one frame.
#[inline]
fn came(conn: &Connection<Incoming, Outgoing>, transfer: &IncomingTransfer<'_>, now: &Moment) -> Arrival {
    if transfer.first {
        return Arrival::now(now);
    }
    let known = conn.session(transfer.session).and_then(|session| session.incoming().get(transfer.delivery));
    known.and_then(Incoming::came).unwrap_or_else(|| Arrival::now(now))
}

pub(super) fn flags(transfer: &IncomingTransfer<'_>) -> Flags {
    Flags::default()
        .with(Flags::MORE, transfer.more)
        .with(Flags::SETTLED, transfer.settled)
        .with(Flags::ABORTED, transfer.aborted)
        .with(Flags::RCV_SECOND, transfer.rcv_second)
}
