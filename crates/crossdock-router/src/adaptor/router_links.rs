//! The links of a connection between routers: control, one lane for each priority, and streams.
//!
//! The side that connects attaches them all; the other side answers. Control messages are for the node; which link a
//! delivery takes is found in `lanes.rs`.

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{LinkId, LinkRole, Payload, SessionId, Time};
use crossdock_core::address::random_name;
use crossdock_core::batch::{ConnId, DeliveryRef, Flags, State};
use crossdock_core::record::{Arrival, LinkRecord, OriginIndex};
use crossdock_core::table::OutgoingCounters;
use crossdock_core::work::Action;
use fe2o3_amqp_types::definitions::Fields;
use fe2o3_amqp_types::performatives::Attach;
use fe2o3_amqp_types::primitives::{Symbol, Value};
use hashbrown::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Adaptor;
use super::egress::Start;
use super::lanes::{Parked, Sender};
use super::slots::{LinkKind, Slot, Waiting, WaitingContent};
use crate::shared::{ConnectionRole, ConnectionSettings};

/// What a control link says it carries.
pub(super) const CONTROL: &str = "qd.router";
/// What a data link says it carries.
pub(super) const DATA: &str = "qd.router-data";

/// Lanes of a connection: one for each priority.
const LANES: usize = 10;

/// Bytes that each stream may send whatever others have sent: enough to be put together, and to go on.
const STREAM_SHARE: usize = 192 * 1024;

/// Control messages that wait for a neighbour's credit; one that is so far behind is no neighbour.
const CONTROL_QUEUE: usize = 16 * 1024;

/// Bytes of such control messages, one more message aside: answers to short requests may be long.
const CONTROL_QUEUE_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of one control message.
pub(super) const CONTROL_MESSAGE: usize = 16 * 1024 * 1024;

/// Data connections that this side agrees to, whatever a neighbour asks for.
const DATA_CONNECTIONS: u32 = 16;

/// Cost that the other side is configured with; an AMQP int, absent if 1.
const COST: &str = "qd.inter-router-cost";
const ANNOTATIONS_VERSION: &str = "qd.annotations-version";
/// That deliveries go on in the order in which they begin. qdrouterd passes on first what is complete or large first.
const ORDER: &str = "crossdock.ordered";
/// That it knows what a probe is, and does not deliver one.
const PROBES: &str = "crossdock.probes";
/// How many further connections may share the traffic: what the connecting side would like, what the other agrees to.
const COUNT: &str = "crossdock.data-connections";
/// Number by which further connections say to which neighbour's connection they belong.
const GROUP: &str = "crossdock.group";
/// The same on a further connection.
const GROUP_OF: &str = "crossdock.data-of";

/// What an inter-router connection knows beside its links.
#[derive(Debug, Default)]
pub(super) struct RouterLinks {
    cost: u32,
    group: u64,
    /// Whether it is a further connection, which has no control links.
    data_only: bool,
    /// Whether the neighbour passes deliveries on in the order in which they begin, whatever links they come on.
    pub(super) keeps_order: bool,
    /// Whether the neighbour knows what a probe is.
    pub(super) takes_probes: bool,
    /// Further connections that both sides want; known to the side that connects.
    agreed: u32,
    control_in: Option<LinkId>,
    control_out: Option<LinkId>,
    /// By priority.
    pub(super) lanes: Vec<LinkId>,
    /// Data links from the peer so far.
    incoming: u32,
    /// Number of this connection as a sender.
    sender: u32,
    pub(super) streams: Vec<LinkId>,
    pub(super) next_stream: usize,
    /// The links of deliveries whose last part has not come from their ingress connection.
    pub(super) parts: HashMap<(ConnId, DeliveryRef), LinkId>,
    /// Deliveries that are being put together.
    pub(super) parked: HashMap<(ConnId, DeliveryRef), Parked>,
    pub(super) parked_count: u64,
    /// When to look for those that take too long.
    pub(super) parked_look: Option<Time>,
    /// Streams of these senders may not have begun: what comes after follows on the same link.
    pub(super) followed: HashMap<Sender, LinkId>,
    /// Whether deliveries came since that was noted in `traffic_at`.
    pub(super) traffic: bool,
    traffic_at: Arc<AtomicU64>,
    up: bool,
}

impl RouterLinks {
    /// Of a new connection, if it is one between routers.
    pub(super) fn new(settings: &ConnectionSettings, sender: impl FnOnce() -> u32) -> Option<Box<Self>> {
        (settings.role == ConnectionRole::InterRouter)
            .then(|| Box::new(Self { cost: settings.cost.max(1), sender: sender(), ..Self::default() }))
    }

    /// The side that connects names the group of further connections, or the one that it belongs to.
    pub(super) fn set_group(&mut self, group: u64, data_only: bool) {
        self.group = group;
        self.data_only = data_only;
    }

    /// Connection properties that the side that connects sends; the other answers with [`RouterLinks::answer`].
    pub(super) fn properties(&self, settings: &ConnectionSettings) -> Vec<(Symbol, Value)> {
        let mut properties = self.common(settings);
        if self.data_only {
            properties.push((Symbol::from(GROUP_OF), Value::Ulong(self.group)));
        } else if settings.data_connections > 0 {
            properties.push((Symbol::from(GROUP), Value::Ulong(self.group)));
            properties.push((Symbol::from(COUNT), Value::Uint(settings.data_connections)));
        }
        properties
    }

    fn common(&self, settings: &ConnectionSettings) -> Vec<(Symbol, Value)> {
        let mut properties = Vec::new();
        if settings.cost > 1 {
            let cost = i32::try_from(settings.cost).unwrap_or(i32::MAX);
            properties.push((Symbol::from(COST), Value::Int(cost)));
        }
        properties.push((Symbol::from(ANNOTATIONS_VERSION), Value::Int(1)));
        properties.push((Symbol::from(ORDER), Value::Bool(true)));
        properties.push((Symbol::from(PROBES), Value::Bool(true)));
        properties
    }

    /// Reads the properties in the open of the side that connected; gives those to answer with.
    pub(super) fn answer(&mut self, peer: Option<&Fields>, settings: &ConnectionSettings) -> Vec<(Symbol, Value)> {
        self.note_cost(peer);
        let mut properties = self.common(settings);
        if let Some(group) = number(peer, GROUP_OF).filter(|&group| group != 0) {
            self.set_group(group, true);
        } else if let (Some(group), Some(count)) = (number(peer, GROUP), number(peer, COUNT)) {
            self.set_group(group, false);
            let agreed = u32::try_from(count).unwrap_or(u32::MAX).min(DATA_CONNECTIONS);
            properties.push((Symbol::from(COUNT), Value::Uint(agreed)));
        }
        properties
    }

    /// Reads the properties in the open that answers ours.
    pub(super) fn read_answer(&mut self, peer: Option<&Fields>, settings: &ConnectionSettings) {
        self.note_cost(peer);
        let agreed = number(peer, COUNT).map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX));
        self.agreed = if self.data_only { 0 } else { agreed.min(settings.data_connections) };
    }

    fn note_cost(&mut self, peer: Option<&Fields>) {
        self.keeps_order = peer.is_some_and(|fields| fields.contains_key(&Symbol::from(ORDER)));
        self.takes_probes = peer.is_some_and(|fields| fields.contains_key(&Symbol::from(PROBES)));
        if let Some(&Value::Int(cost)) = peer.and_then(|fields| fields.get(&Symbol::from(COST))) {
            self.cost = self.cost.max(u32::try_from(cost).unwrap_or(1));
        }
    }

    /// Whether the neighbour is a Crossdock router.
    pub(super) fn knows_crossdock(&self) -> bool {
        self.keeps_order
    }

    /// The group and number of further connections to be made.
    pub(super) fn wanted(&self) -> Option<(u64, u32)> {
        (self.agreed > 0).then_some((self.group, self.agreed))
    }

    /// Notes that deliveries came.
    #[inline]
    pub(super) fn note_traffic(&mut self, now: Time) {
        if std::mem::take(&mut self.traffic) {
            self.traffic_at.store(now.as_millis(), Ordering::Relaxed);
        }
    }

    /// The priority of the next data link.
    pub(super) fn next_priority(&self, role: LinkRole) -> u8 {
        let before = match role {
            LinkRole::Sender => self.lanes.len(),
            LinkRole::Receiver => self.incoming as usize,
        };
        before.min(LANES - 1) as u8
    }

    pub(super) fn forget(&mut self, link: LinkId) {
        self.streams.retain(|&stream| stream != link);
        self.lanes.retain(|&lane| lane != link);
        self.parts.retain(|_, &mut on| on != link);
    }
}

fn number(fields: Option<&Fields>, key: &str) -> Option<u64> {
    #[allow(clippy::wildcard_enum_match_arm, reason = "what is no number says nothing")]
    match fields?.get(&Symbol::from(key))? {
        Value::Ulong(number) => Some(*number),
        Value::Uint(number) => Some(u64::from(*number)),
        _ => None,
    }
}

impl Adaptor {
    /// Further connections to this neighbour that both sides want: the group they are told to belong to, and how many.
    pub fn data_connections(&self) -> Option<(u64, u32)> {
        self.router.as_ref()?.wanted()
    }

    /// The connection is open: the side that made it attaches all links, each direction of each priority in a session of
    /// its own, in the order by which the other side knows the priorities.
    pub(super) fn attach_router_links(&mut self) {
        let Some(router) = &self.router else { return };
        let data_only = router.data_only;
        let count = LANES + usize::from(!data_only);
        let sessions: Vec<SessionId> = (0..count).map_while(|_| self.conn.begin()).collect();
        for (at, &session) in sessions.iter().enumerate() {
            self.conn.open_window(session);
            let kind = if at == 0 && !data_only { LinkKind::Control } else { LinkKind::Data };
            self.attach_router_link(session, LinkRole::Receiver, kind);
            self.attach_router_link(session, LinkRole::Sender, kind);
        }
        if data_only {
            self.note_up();
        }
    }

    pub(super) fn attach_router_link(&mut self, session: SessionId, role: LinkRole, kind: LinkKind) -> Option<LinkId> {
        let name = format!("qdlink.{}", random_name(&(self.shared.entropy)()));
        let capability = if kind == LinkKind::Control { CONTROL } else { DATA };
        let capacity = if role == LinkRole::Receiver { self.settings.link_capacity } else { 0 };
        let link = self.conn.attach_between_routers(session, &name, role, capability, capacity)?;
        let record = self.new_record(&name, role, kind);
        let counters = Arc::new(OutgoingCounters::default());
        self.make_room(link);
        self.put_router_slot(link, role, kind, counters, record);
        Some(link)
    }

    /// A link with a router's capability that the peer attached, on a connection between routers.
    pub(super) fn accept_router_link(&mut self, link: LinkId, is_control: bool) {
        let Some(engine_link) = self.conn.link(link) else { return };
        let (role, session) = (engine_link.role(), engine_link.session());
        let known = self.router.as_ref().and_then(|router| match role {
            LinkRole::Receiver => router.control_in,
            LinkRole::Sender => router.control_out,
        });
        if is_control && known.is_some() {
            return self.refuse_link(link, Condition::NotAllowed, "The connection has its control links");
        }
        let Some(Slot::Pending(pending)) = self.slots.get_mut(link.index()).and_then(Option::take) else { return };
        let kind = if is_control { LinkKind::Control } else { LinkKind::Data };
        self.put_router_slot(link, role, kind, pending.counters, pending.record);
        let capacity = if role == LinkRole::Receiver { self.settings.link_capacity } else { 0 };
        let attach = *pending.attach;
        self.conn.accept_link(link, attach.source, attach.target, capacity, 0);
        let is_stream = matches!(self.slot(link), Some(Slot::In(slot)) if slot.kind == LinkKind::Stream);
        // One session for all streams, as qdrouterd has it: what waits there for a stream must not stop that stream.
        let shares_session = self.conn.session_links(session).count() > 1;
        if is_stream && !shares_session {
            self.conn.guarantee(session, STREAM_SHARE);
        } else {
            self.conn.open_window(session);
        }
        match role {
            LinkRole::Receiver => self.open_gate(link),
            LinkRole::Sender => self.handle_credit(link),
        }
        if is_control || self.router.as_ref().is_some_and(|router| router.data_only && router.lanes.len() == LANES) {
            self.note_up();
        }
    }

    /// The peer has answered an attach of ours.
    pub(super) fn handle_answer(&mut self, link: LinkId, attach: Box<Attach>) {
        let kind = match self.slot(link) {
            Some(Slot::In(slot)) => slot.kind,
            Some(Slot::Out(slot)) => slot.kind,
            Some(Slot::Pending(_)) | None => return,
        };
        match kind {
            LinkKind::Routed => self.second_half_answered(link, attach),
            LinkKind::Client | LinkKind::Control | LinkKind::Data | LinkKind::Stream => self.router_link_answered(link),
        }
    }

    /// The peer has answered a control, data or streaming link of ours.
    pub(super) fn router_link_answered(&mut self, link: LinkId) {
        match self.slot(link) {
            Some(Slot::In(slot)) => {
                let is_control = slot.kind == LinkKind::Control;
                self.open_gate(link);
                if is_control {
                    self.note_up();
                }
            }
            Some(Slot::Out(slot)) if slot.kind == LinkKind::Control => self.note_up(),
            Some(Slot::Out(_) | Slot::Pending(_)) | None => {}
        }
    }

    fn put_router_slot(
        &mut self,
        link: LinkId,
        role: LinkRole,
        kind: LinkKind,
        counters: Arc<OutgoingCounters>,
        record: Arc<LinkRecord>,
    ) {
        let Some(engine_link) = self.conn.link(link) else { return };
        let session = engine_link.session();
        let Some(router) = &mut self.router else { return };
        self.shared.submit(Action::Linked { link, record: Arc::clone(&record) });
        let slot = match role {
            LinkRole::Receiver => {
                // One for all links: a stream and what follows it keep their order.
                let sender = router.sender;
                match kind {
                    LinkKind::Control => router.control_in = Some(link),
                    LinkKind::Data => router.incoming += 1,
                    LinkKind::Client | LinkKind::Stream | LinkKind::Routed => {}
                }
                // What comes after the lanes are streams.
                let is_stream = kind == LinkKind::Data && router.incoming > LANES as u32;
                let kind = if is_stream { LinkKind::Stream } else { kind };
                Slot::In(Box::new(self.new_incoming(link, session, kind, sender, record)))
            }
            LinkRole::Sender => {
                match kind {
                    LinkKind::Control => router.control_out = Some(link),
                    LinkKind::Data if router.lanes.len() < LANES => router.lanes.push(link),
                    LinkKind::Stream => router.streams.push(link),
                    LinkKind::Data | LinkKind::Client | LinkKind::Routed => {}
                }
                Slot::Out(Box::new(self.new_outgoing(link, session, kind, counters, record)))
            }
        };
        if let Some(place) = self.slots.get_mut(link.index()) {
            *place = Some(slot);
        }
    }

    /// Tells the node as soon as everything is there that it needs.
    fn note_up(&mut self) {
        let (conn, mailbox) = (self.id, Arc::clone(&self.mailbox));
        let attached = |link: Option<LinkId>| {
            link.and_then(|link| self.conn.link(link))
                .is_some_and(|link| link.state() == crossdock_amqp::engine::LinkState::Attached)
        };
        let Some(router) = &self.router else { return };
        let takes_probes = router.takes_probes;
        if router.up {
            return;
        }
        let action = if router.data_only {
            Action::NeighborData { conn, mailbox, group: router.group, takes_probes }
        } else if attached(router.control_in) && attached(router.control_out) {
            let traffic = Arc::clone(&router.traffic_at);
            Action::NeighborUp { conn, mailbox, cost: router.cost, group: router.group, traffic, takes_probes }
        } else {
            return;
        };
        if let Some(router) = &mut self.router {
            router.up = true;
        }
        self.shared.submit(action);
    }

    /// The connection, or what makes it one between routers, is gone.
    pub(super) fn note_down(&mut self) {
        if let Some(router) = &mut self.router
            && std::mem::replace(&mut router.up, false)
        {
            self.shared.submit(Action::NeighborLost { conn: self.id });
        }
    }

    /// Whether it is a connection to a neighbour that the node knows of.
    pub(super) fn is_to_neighbor(&self) -> bool {
        self.router.as_ref().is_some_and(|router| router.up && !router.data_only)
    }

    /// Whether a link is one of the control links.
    pub(super) fn is_control_link(&self, link: LinkId) -> bool {
        let router = self.router.as_ref();
        router.is_some_and(|router| router.control_in == Some(link) || router.control_out == Some(link))
    }

    /// Whether ordinary links may be attached: not before the connection has its control links.
    pub(super) fn takes_ordinary_links(&self) -> bool {
        self.router.as_ref().is_none_or(|router| router.control_out.is_some() || router.data_only)
    }

    /// Sends a control message.
    pub(super) fn send_control(&mut self, message: &[u8], now: Time) {
        let Some(link) = self.router.as_ref().and_then(|router| router.control_out) else { return };
        let Some(Slot::Out(slot)) = self.slot(link) else { return };
        if slot.queue.len() >= CONTROL_QUEUE || slot.small.len() >= CONTROL_QUEUE_BYTES {
            let description = "neighbour takes no control messages";
            self.conn.close(Some(Condition::ResourceLimitExceeded.error(description)), now);
            self.leave();
            return;
        }
        let flags = Flags::default().with(Flags::SETTLED, true).with(Flags::ORPHAN, true);
        let delivery = DeliveryRef { session: slot.session, number: Default::default() };
        if slot.current.is_none() && slot.queue.is_empty() {
            let head = Start {
                from: self.id,
                place: 0,
                delivery,
                message_format: 0,
                flags,
                priority: 9,
                came: Arrival::now(&self.now),
                origin: OriginIndex::OWN,
                state: crossdock_amqp::codec::StateRef::None,
                tag: None,
            };
            if self.start(link, &head, Payload::Copied(message)) {
                return;
            }
        }
        let (from, came) = (self.id, Arrival::now(&self.now));
        if let Some(Slot::Out(slot)) = self.slot_mut(link) {
            slot.small.push(message);
            slot.push_waiting(Waiting {
                place: 0,
                from,
                delivery,
                message_format: 0,
                flags,
                priority: 9,
                came,
                origin: OriginIndex::OWN,
                state: State::None,
                tag: None,
                content: WaitingContent::Small(message.len()),
            });
        }
        self.note_blocked(link);
    }

    /// Control messages have been handled: the neighbour may send others.
    pub(super) fn control_taken(&mut self, count: u32) {
        if let Some(link) = self.router.as_ref().and_then(|router| router.control_in) {
            self.conn.give_back(link, count);
            self.credit_due(link);
        }
    }
}
