//! Links come and go.

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Link, LinkId, LinkRole, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use crossdock_core::address::{AddressClass, Phase};
use crossdock_core::batch::{ConnId, Content, DeliveryRef, Flags, Forward, State};
use crossdock_core::record::{LinkRecord, LinkTerms, LinkType};
use crossdock_core::route::Route;
use crossdock_core::table::{AddressEntry, OutgoingCounters, Party};
use crossdock_core::work::{Action, AttachRequest, Wish};
use fe2o3_amqp_types::definitions::{Error, ErrorCondition, Fields, ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, TargetArchetype};
use fe2o3_amqp_types::performatives::Attach;
use fe2o3_amqp_types::primitives::{Symbol, Value};
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;
use tracing::info;

use super::byte_queue::ByteQueue;
use super::router_links::{CONTROL, DATA};
use super::slots::{Incoming, IncomingLink, IngressPhase, LinkKind, OutgoingLink, PendingLink, Settling, Slot};
use super::{Adaptor, routed};
use crate::probe::GONE;
use crate::shared::{ConnectionRole, StripAnnotations};

/// What management shows of links that have no priority of their own: that of messages without one [AMQP 3.2.1].
const DEFAULT_PRIORITY: u8 = 4;

/// What it shows of those for control messages.
const CONTROL_PRIORITY: u8 = 9;

impl Adaptor {
    /// A peer wants a link: the node decides.
    pub(super) fn handle_attach(&mut self, link: LinkId, attach: Box<Attach>) {
        let role = match attach.role {
            Role::Sender => LinkRole::Receiver,
            Role::Receiver => LinkRole::Sender,
        };
        self.make_room(link);
        let wish = wish(&attach);
        let phase = phase(&attach);
        let is_control = capabilities(&attach).any(|symbol| symbol.as_str() == CONTROL);
        let between_routers = is_control || capabilities(&attach).any(|symbol| symbol.as_str() == DATA);
        let counters = Arc::new(OutgoingCounters::default());
        let kind = match (between_routers, is_control) {
            (false, _) => LinkKind::Client,
            (true, true) => LinkKind::Control,
            (true, false) => LinkKind::Data,
        };
        let record = self.new_record(&attach.name, role, kind);
        let mut is_resumable = false;
        if let Some(slot) = self.slots.get_mut(link.index()) {
            let (counters, record) = (Arc::clone(&counters), Arc::clone(&record));
            is_resumable = routed::is_resumable(&attach);
            let pending = PendingLink { id: link, attach, auto_link: None, routed: None, counters, record };
            *slot = Some(Slot::Pending(Box::new(pending)));
        }
        if between_routers {
            // Only connections between routers carry their traffic.
            match &self.router {
                Some(_) => self.accept_router_link(link, is_control),
                None => self.refuse_link(link, Condition::Forbidden, "Connectivity to the node is forbidden"),
            }
            return;
        }
        if !self.takes_ordinary_links() {
            let description = "Link attach forbidden on inter-router connection";
            self.refuse_link(link, Condition::ConnectionRole, description);
            return;
        }
        let mailbox = Arc::clone(&self.mailbox);
        let annotated = self.annotates();
        self.shared.submit(Action::Attach(AttachRequest {
            conn: self.id,
            mailbox,
            link,
            role,
            wish,
            phase,
            auto_link: None,
            counters,
            annotated,
            party: self.party(),
            is_resumable,
            record,
        }));
    }

    /// Who is at the other end of a client's link.
    pub(super) fn party(&self) -> Party {
        match self.settings.role {
            ConnectionRole::RouteContainer => Party::RouteContainer,
            ConnectionRole::Normal | ConnectionRole::InterRouter | ConnectionRole::Edge => Party::Client,
        }
    }

    /// What is to be seen of a new link.
    pub(super) fn new_record(&self, name: &str, role: LinkRole, kind: LinkKind) -> Arc<LinkRecord> {
        let priority = match (&self.router, kind) {
            (Some(router), LinkKind::Data) => router.next_priority(role),
            (Some(_) | None, LinkKind::Control) => CONTROL_PRIORITY,
            (Some(_) | None, LinkKind::Data | LinkKind::Client | LinkKind::Stream | LinkKind::Routed) => {
                DEFAULT_PRIORITY
            }
        };
        let terms = LinkTerms {
            number: self.shared.next_link(),
            conn: self.id,
            name: name.into(),
            role,
            kind: match kind {
                LinkKind::Client | LinkKind::Routed => LinkType::Endpoint,
                LinkKind::Control => LinkType::RouterControl,
                LinkKind::Data | LinkKind::Stream => LinkType::InterRouter,
            },
            capacity: self.settings.link_capacity,
            priority,
            is_container: self.settings.role == ConnectionRole::RouteContainer,
        };
        LinkRecord::new(terms, &self.now)
    }

    /// Makes a place for what is to be known of a link.
    pub(super) fn make_room(&mut self, link: LinkId) {
        if self.slots.len() <= link.index() {
            if self.slots.is_empty() {
                self.slots.reserve_exact(link.index() + 1);
            }
            self.slots.resize_with(link.index() + 1, || None);
        }
    }

    /// Whether annotations of routers are taken off messages in this direction.
    fn strips(&self, direction: LinkRole) -> bool {
        match (self.settings.role, self.settings.strip) {
            (ConnectionRole::InterRouter | ConnectionRole::Edge, _) => false,
            (ConnectionRole::Normal | ConnectionRole::RouteContainer, strip) => match strip {
                StripAnnotations::Both => true,
                StripAnnotations::Incoming => direction == LinkRole::Receiver,
                StripAnnotations::Outgoing => direction == LinkRole::Sender,
                StripAnnotations::Neither => false,
            },
        }
    }

    /// Whether messages to this peer keep the annotations of routers.
    pub(super) fn annotates(&self) -> bool {
        !self.strips(LinkRole::Sender)
    }

    /// A link from the peer, as it is at first.
    pub(super) fn new_incoming(
        &mut self,
        id: LinkId,
        session: SessionId,
        kind: LinkKind,
        sender: u32,
        record: Arc<LinkRecord>,
    ) -> IncomingLink {
        let since = self.conn.session(session).map(|session| session.incoming().next_number());
        record.set_window(self.windows.of(session));
        IncomingLink {
            id,
            session,
            since: since.unwrap_or_default(),
            kind,
            sender,
            party: if kind == LinkKind::Client { self.party() } else { Party::Network },
            route: None,
            routed: None,
            to: None,
            meant: None,
            routes: HashMap::new(),
            strips: self.strips(LinkRole::Receiver),
            origin: None,
            settles_second: false,
            received: 0,
            current: None,
            credit_due: false,
            credit_late: false,
            auto_link: None,
            record,
        }
    }

    /// A link to the peer, as it is at first.
    pub(super) fn new_outgoing(
        &self,
        id: LinkId,
        session: SessionId,
        kind: LinkKind,
        counters: Arc<OutgoingCounters>,
        record: Arc<LinkRecord>,
    ) -> OutgoingLink {
        let since = self.conn.session(session).map(|session| session.outgoing().next_number());
        OutgoingLink {
            id,
            session,
            since: since.unwrap_or_default(),
            kind,
            counters,
            routed: None,
            settling: Settling::AsSent,
            started: 0,
            queue: VecDeque::new(),
            transit_bytes: 0,
            small: ByteQueue::default(),
            current: None,
            blocked: false,
            auto_link: None,
            record,
        }
    }

    pub(super) fn accept_link(
        &mut self,
        link: LinkId,
        entry: Option<Arc<AddressEntry>>,
        dynamic: Option<String>,
        reachable: bool,
    ) {
        let Some(Slot::Pending(_)) = self.slot(link) else { return };
        let Some(Slot::Pending(pending)) = self.slots.get_mut(link.index()).and_then(Option::take) else { return };
        let Some(engine_link) = self.conn.link(link) else { return };
        let session = engine_link.session();
        let role = engine_link.role();
        let PendingLink { attach, auto_link, counters, record, .. } = *pending;
        let Attach { mut source, mut target, snd_settle_mode, rcv_settle_mode, .. } = *attach;
        if let Some(address) = dynamic {
            match role {
                LinkRole::Sender => {
                    if let Some(source) = &mut source {
                        source.address = Some(address);
                    }
                }
                LinkRole::Receiver => {
                    if let Some(TargetArchetype::Target(target)) = target.as_deref_mut() {
                        target.address = Some(address);
                    }
                }
            }
        }
        info!(
            target: "ROUTER_CORE",
            "[{}][L{}] Link attached: dir={} source={} target={}",
            self.id,
            record.number(),
            direction(role),
            source_text(source.as_deref()),
            target_text(target.as_deref()),
        );
        let slot = match role {
            LinkRole::Receiver => {
                let sender = self.shared.next_sender();
                // What the node has made of the address.
                let named = target_address(target.as_deref()).filter(|_| auto_link.is_none());
                let other = entry.as_ref().zip(named).filter(|(entry, named)| {
                    let meant = self.shared.classify(named);
                    meant.class() == AddressClass::Mobile && meant.text() != entry.key().text()
                });
                let meant = other.map(|(_, named)| named.into());
                let other = other.map(|(entry, _)| Arc::from(entry.key().text()));
                Slot::In(Box::new(IncomingLink {
                    route: entry.map(|entry| Route::new(entry, sender, self.party())),
                    to: match &auto_link {
                        Some(auto_link) => Some(Arc::from(&*auto_link.address)),
                        None => other.or_else(|| named.map(Into::into)),
                    },
                    meant,
                    settles_second: auto_link.is_none() && rcv_settle_mode == ReceiverSettleMode::Second,
                    auto_link: auto_link.as_ref().map(|auto_link| auto_link.number),
                    ..self.new_incoming(link, session, LinkKind::Client, sender, record)
                }))
            }
            LinkRole::Sender => Slot::Out(Box::new(OutgoingLink {
                auto_link: auto_link.as_ref().map(|auto_link| auto_link.number),
                settling: match snd_settle_mode {
                    // It is for this router to say, and each delivery goes as it came.
                    _ if auto_link.is_some() => Settling::AsSent,
                    SenderSettleMode::Settled => Settling::AllSettled,
                    SenderSettleMode::Unsettled => Settling::AllUnsettled,
                    SenderSettleMode::Mixed => Settling::AsSent,
                },
                ..self.new_outgoing(link, session, LinkKind::Client, counters, record)
            })),
        };
        if let Some(place) = self.slots.get_mut(link.index()) {
            *place = Some(slot);
        }
        let (capacity, max_message_size) = match role {
            LinkRole::Receiver => (self.settings.link_capacity, self.settings.max_message_size),
            LinkRole::Sender => (0, 0),
        };
        if auto_link.is_none() {
            self.conn.accept_link(link, source, target, capacity, max_message_size);
        }
        match role {
            LinkRole::Receiver => {
                if self.settings.role == ConnectionRole::RouteContainer {
                    self.conn.tolerate_excess(link);
                }
                if reachable {
                    self.open_gate(link);
                }
            }
            // A consumer may have granted credit before it saw our attach.
            LinkRole::Sender => self.handle_credit(link),
        }
    }

    pub(super) fn refuse_link(&mut self, link: LinkId, condition: Condition, description: &str) {
        let Some(Slot::Pending(_)) = self.slot(link) else { return };
        let Some(Slot::Pending(pending)) = self.slots.get_mut(link.index()).and_then(Option::take) else { return };
        info!(target: "ROUTER_CORE", "[{}][L{}] Link refused: {condition} {description}", self.id, pending.record.number());
        if let Some(auto_link) = pending.auto_link {
            self.auto_link_lost(auto_link.number, Some(description.to_owned()));
            return self.detach_with_session(link, true, Some(condition.error(description)));
        }
        let Attach { source, target, .. } = *pending.attach;
        self.conn.refuse_link(link, source, target, Some(condition.error(description)));
    }

    pub(super) fn handle_detach(&mut self, link: LinkId, closed: bool, error: Option<Error>) {
        if let Some(error) = &error {
            info!(target: "ROUTER_CORE", "[{}] Link detached with error: {}", self.id, error_text(error));
        }
        if self.detach_routed(link, closed, error.clone()) {
            return;
        }
        if let Some(Slot::Pending(_)) = self.slot(link) {
            // It went before it was answered: answer both, so that the peer's two frames each find theirs.
            if let Some(Slot::Pending(pending)) = self.slots.get_mut(link.index()).and_then(Option::take) {
                self.shared.submit(Action::Detach { number: pending.record.number() });
                if let Some(auto_link) = pending.auto_link {
                    self.auto_link_lost(auto_link.number, error.as_ref().map(reason));
                    return self.detach_with_session(link, closed, None);
                }
                let Attach { source, target, .. } = *pending.attach;
                self.conn.refuse_link(link, source, target, error);
            }
            return;
        }
        let auto_link = self.auto_link_of(link);
        if let Some(auto_link) = auto_link {
            self.auto_link_lost(auto_link, error.as_ref().map(reason));
        }
        let is_stream = matches!(self.slot(link), Some(Slot::Out(slot)) if slot.kind == LinkKind::Stream);
        self.drop_link(link, if closed { "closed" } else { "detached" });
        if is_stream || auto_link.is_some() {
            self.detach_with_session(link, closed, error);
        } else {
            self.conn.detach(link, closed, error);
        }
    }

    /// Detaches a link that has been given up, and ends its session unless it shares that.
    pub(super) fn detach_with_session(&mut self, link: LinkId, closed: bool, error: Option<Error>) {
        let session = self.conn.link(link).map(Link::session);
        let own = session.filter(|&session| self.conn.session_links(session).all(|other| other == link));
        self.conn.detach(link, closed, error);
        if let Some(session) = own {
            self.end_session(session, None);
        }
    }

    /// Ends a session whose links have been given up, or answers its end.
    pub(super) fn end_session(&mut self, session: SessionId, error: Option<Error>) {
        self.windows.forget(session);
        self.forget_routed_session(session);
        self.conn.end(session, error);
    }

    /// Gives a link up: each of its deliveries gets the outcome that it must have now.
    pub(super) fn drop_link(&mut self, link: LinkId, how: &str) {
        if self.slot(link).is_none() {
            return;
        }
        let Some(slot) = self.slots.get_mut(link.index()).and_then(Option::take) else { return };
        if let Some(router) = &mut self.router {
            router.forget(link);
        }
        let mut slot = slot;
        let routed = slot.routed_mut().take();
        let record = match slot {
            Slot::Pending(slot) => {
                if let Some(routed) = routed {
                    self.lose_routed(&routed);
                }
                return self.shared.submit(Action::Detach { number: slot.record.number() });
            }
            Slot::In(slot) => {
                let record = Arc::clone(&slot.record);
                self.drop_incoming(*slot);
                record
            }
            Slot::Out(slot) => {
                let record = Arc::clone(&slot.record);
                self.drop_outgoing(*slot);
                record
            }
        };
        if let Some(routed) = routed {
            self.lose_routed(&routed);
        }
        self.shared.submit(Action::Detach { number: record.number() });
        info!(
            target: "ROUTER_CORE",
            "[{}][L{}] Link {how}: del={} presett={} psdrop={} acc={} rej={} rel={} mod={} delay1={} delay10={} blocked=no",
            self.id,
            record.number(),
            record.deliveries(),
            record.presettled(),
            record.dropped(),
            record.accepted(),
            record.rejected(),
            record.released(),
            record.modified(),
            record.delayed(),
            record.delayed_long(),
        );
    }

    /// A producer's link is gone. What it sent in full goes on to its consumers, whose word then concerns nobody; what it
    /// did not finish is aborted.
    fn drop_incoming(&mut self, slot: IncomingLink) {
        let head_len = slot.current.as_ref().map_or(0, |current| current.phase.head_len());
        self.heads = self.heads.saturating_sub(head_len);
        if let Some(current) = slot.current
            && let IngressPhase::Forwarding(copies) = current.phase
        {
            let delivery = DeliveryRef { session: slot.session, number: current.number.wire() };
            for (conn, link) in copies {
                if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
                    let flags = Flags::ABORTED.with(Flags::SETTLED, true);
                    batch.push_forward(Forward::part(link, self.id, delivery, flags), Content::Copied(&[]));
                }
            }
        }
        self.give_up_incoming(slot.session, Some((slot.id, slot.since)));
    }

    /// All deliveries of a session whose links are about to be dropped, in one go: with many links that is the difference
    /// between their number and its square.
    pub(super) fn give_up_session(&mut self, session: SessionId) {
        self.give_up_incoming(session, None);
        self.give_up_outgoing(session, None);
    }

    /// Forgets deliveries from the peer, of one link (since it was attached) or all; their outcomes concern nobody now.
    fn give_up_incoming(&mut self, session_id: SessionId, of: Option<(LinkId, DeliveryNumber)>) {
        let Some(session) = self.conn.session(session_id) else { return };
        let (link, since) = of.unzip();
        let ours: Vec<_> = session
            .incoming()
            .iter_from(since.unwrap_or_default())
            .filter(|(_, incoming)| link.is_none() || incoming.link() == link)
            .map(|(number, _)| number)
            .collect();
        for number in ours {
            let Some(session) = self.conn.session_mut(session_id) else { return };
            let Some(incoming) = session.incoming_mut().remove(number) else { continue };
            let delivery = DeliveryRef { session: session_id, number: number.wire() };
            if let Incoming::To { way, .. } = incoming {
                self.ways.finish(way);
            }
            match incoming {
                Incoming::To { conn, settled: false, .. } => self.orphan(conn, delivery),
                Incoming::Multicast { index, settled, .. } => {
                    let copies = self.multicasts.remove(index).map(|multicast| multicast.copies);
                    for conn in copies.into_iter().flatten().filter(|_| !settled) {
                        self.orphan(conn, delivery);
                    }
                }
                Incoming::Unrouted | Incoming::Coming { .. } | Incoming::To { .. } | Incoming::AwaitSender { .. } => {}
            }
        }
    }

    /// Tells a consumer's connection that a delivery's producer has gone.
    fn orphan(&mut self, conn: ConnId, delivery: DeliveryRef) {
        if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
            batch.push_orphan(self.id, delivery);
        }
    }

    /// A consumer's link is gone. What it was sent and has not settled ends as modified, delivery-failed; what still waited
    /// is released.
    fn drop_outgoing(&mut self, slot: OutgoingLink) {
        self.give_up_outgoing(slot.session, Some((slot.id, slot.since)));
        if let Some(current) = slot.current
            && let Some(left) = current.left
            && let Some(batch) = self.targets.batch(current.from, || self.shared.mailbox(current.from))
        {
            // What would have been said once all of it had left is not true of a part.
            let state = if left == State::None { StateRef::None } else { State::DELIVERY_FAILED };
            batch.push_settlement(current.delivery, state, true, true);
        }
        for waiting in &slot.queue {
            self.probe_lost(waiting.flags, waiting.from, waiting.delivery, GONE);
            self.return_delivery(waiting.from, waiting.delivery);
        }
    }

    /// Settles deliveries to the peer, of one link (since it was attached) or all, that the peer did not: they were sent and may have been seen.
    fn give_up_outgoing(&mut self, session_id: SessionId, of: Option<(LinkId, DeliveryNumber)>) {
        let Some(session) = self.conn.session_mut(session_id) else { return };
        let (link, since) = of.unzip();
        let ours: Vec<_> = session
            .outgoing()
            .iter_from(since.unwrap_or_default())
            .filter(|(_, outgoing)| link.is_none_or(|link| outgoing.link == link))
            .map(|(number, _)| number)
            .collect();
        for number in ours {
            let Some(outgoing) = session.outgoing_mut().remove(number) else { continue };
            let Some((conn, delivery)) = outgoing.origin else { continue };
            let state = if outgoing.decided { StateRef::None } else { State::DELIVERY_FAILED };
            if let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) {
                batch.push_settlement(delivery, state, true, !outgoing.decided);
            }
        }
    }
}

/// What the terminus on this router's side names.
fn wish(attach: &Attach) -> Wish {
    let (address, dynamic, properties) = match attach.role {
        Role::Sender => match attach.target.as_deref() {
            Some(TargetArchetype::Coordinator(_)) => return Wish::Coordinator,
            Some(TargetArchetype::Target(target)) => {
                (target.address.as_deref(), target.dynamic, target.dynamic_node_properties.as_ref())
            }
            None => (None, false, None),
        },
        Role::Receiver => match attach.source.as_deref() {
            Some(source) => (source.address.as_deref(), source.dynamic, source.dynamic_node_properties.as_ref()),
            None => (None, false, None),
        },
    };
    // The container of a link route is to make the address up: which one, the first property says.
    let at = properties.and_then(|properties| properties.iter().next());
    match (address, dynamic, at) {
        (_, true, Some((key, Value::String(text)))) if key.as_str() == "x-opt-qd.address" => {
            Wish::DynamicAt(text.as_str().into())
        }
        (_, true, _) => Wish::Dynamic,
        (Some(address), false, _) if !address.is_empty() => Wish::Address(address.into()),
        (Some(_) | None, false, _) => Wish::Anonymous,
    }
}

/// The capabilities of the terminus on this router's side.
fn capabilities(attach: &Attach) -> impl Iterator<Item = &Symbol> {
    let list = match attach.role {
        Role::Sender => match attach.target.as_deref() {
            Some(TargetArchetype::Target(target)) => target.capabilities.as_ref(),
            Some(TargetArchetype::Coordinator(_)) | None => None,
        },
        Role::Receiver => attach.source.as_deref().and_then(|source| source.capabilities.as_ref()),
    };
    list.into_iter().flat_map(|capabilities| capabilities.0.iter())
}

/// The phase that a peer asks for: one that plays the waypoint itself says so, as does one that takes what nobody else
/// does.
fn phase(attach: &Attach) -> Option<Phase> {
    capabilities(attach).find_map(|capability| {
        let capability = capability.as_str();
        let number = match capability.strip_prefix("qd.waypoint") {
            Some("") => 1,
            Some(number) => {
                number.strip_prefix('.').and_then(|number| number.parse().ok()).filter(|n| (1..=9).contains(n))?
            }
            None if capability == "qd.fallback" && attach.role == Role::Receiver => return Some(Phase::FALLBACK),
            None => return None,
        };
        match attach.role {
            Role::Sender => Phase::from_number(number),
            Role::Receiver => Phase::from_number(number - 1),
        }
    })
}

fn target_address(target: Option<&TargetArchetype>) -> Option<&str> {
    match target? {
        TargetArchetype::Target(target) => target.address.as_deref(),
        TargetArchetype::Coordinator(_) => None,
    }
}

fn direction(role: LinkRole) -> &'static str {
    match role {
        LinkRole::Receiver => "in",
        LinkRole::Sender => "out",
    }
}

fn source_text(source: Option<&Source>) -> String {
    match source {
        Some(source) => terminus_text(source.address.as_deref(), source.dynamic),
        None => "{<none>}".into(),
    }
}

fn target_text(target: Option<&TargetArchetype>) -> String {
    match target {
        Some(TargetArchetype::Target(target)) => terminus_text(target.address.as_deref(), target.dynamic),
        Some(TargetArchetype::Coordinator(_)) => "{<coordinator>}".into(),
        None => "{<none>}".into(),
    }
}

fn terminus_text(address: Option<&str>, dynamic: bool) -> String {
    match (address, dynamic) {
        (Some(address), true) => format!("{{(dyn){address} expire:sess}}"),
        (Some(address), false) => format!("{{{address} expire:sess}}"),
        (None, true) => "{(dyn)<none> expire:sess}".into(),
        (None, false) => "{<none> expire:sess}".into(),
    }
}

/// An error as it stands in the log: condition and description.
pub(super) fn error_text(error: &Error) -> String {
    let condition = match &error.condition {
        ErrorCondition::Custom(symbol) => symbol.clone(),
        ErrorCondition::AmqpError(condition) => condition.into(),
        ErrorCondition::ConnectionError(condition) => condition.into(),
        ErrorCondition::SessionError(condition) => condition.into(),
        ErrorCondition::LinkError(condition) => condition.into(),
        ErrorCondition::TransactionError(condition) => condition.into(),
    };
    let condition = condition.as_str();
    match &error.description {
        Some(description) => format!("{condition} {description}"),
        None => condition.into(),
    }
}

/// Why a link is gone: in the peer's words, if it has any.
pub(super) fn reason(error: &Error) -> String {
    error.description.clone().filter(|words| !words.is_empty()).unwrap_or_else(|| error_text(error))
}

/// Connection properties as they stand in the log: `{:key="text", :key=1}`.
pub(super) fn properties(properties: Option<&Fields>) -> String {
    let mut text = String::from("{");
    for (key, value) in properties.into_iter().flat_map(|fields| fields.iter()) {
        let comma = if text.len() > 1 { ", " } else { "" };
        // Scalars are shown; of anything else only that it is there.
        #[allow(clippy::wildcard_enum_match_arm, reason = "the many other types are all shown alike")]
        let written = match value {
            Value::String(value) => write!(text, "{comma}:{}={value:?}", key.as_str()),
            Value::Symbol(value) => write!(text, "{comma}:{}=:{:?}", key.as_str(), value.as_str()),
            Value::Bool(value) => write!(text, "{comma}:{}={value}", key.as_str()),
            Value::Int(value) => write!(text, "{comma}:{}={value}", key.as_str()),
            Value::Uint(value) => write!(text, "{comma}:{}={value}", key.as_str()),
            Value::Long(value) => write!(text, "{comma}:{}={value}", key.as_str()),
            Value::Ulong(value) => write!(text, "{comma}:{}={value}", key.as_str()),
            _ => write!(text, "{comma}:{}=...", key.as_str()),
        };
        if written.is_err() {
            break;
        }
    }
    text.push('}');
    text
}
