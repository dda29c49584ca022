//! One connection of the router: its protocol engine, its links, and the mail to and from other connections.
//!
//! The shell (or a simulator) calls `handle_input`, `handle_mailbox` and `handle_timeout`, and after each of them writes
//! [`Adaptor::output`]. Each call ends with everything handed over that it produced.

mod attempt;
mod auto_links;
mod byte_queue;
mod companions;
mod destinations;
mod discarded;
mod egress;
mod holdings;
mod ingress;
mod known;
mod lanes;
mod links;
mod multicasts;
mod probes;
mod records;
mod routed;
mod router_links;
mod settlement;
mod slots;
mod targets;
mod ways;
mod windows;

use bytes::Bytes;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Config, Connection, Event, Input, LinkId, Output, SessionId, Time};
use crossdock_core::batch::{Batch, ConnId};
use crossdock_core::mailbox::Mailbox;
use crossdock_core::record::{ConnectionRecord, Moment};
use crossdock_core::work::{Action, Work};
use fe2o3_amqp_types::definitions::{Error, Fields};
use fe2o3_amqp_types::primitives::{Symbol, Value};
use std::sync::Arc;
use std::task::Waker;
use tracing::{debug, info};

use crate::shared::{ConnectionSettings, Shared};
pub use holdings::Holdings;
use multicasts::Multicasts;
use routed::RoutedLinks;
use router_links::RouterLinks;
use slots::{Incoming, Outgoing, Slot};
use targets::Targets;
use ways::Ways;
use windows::Windows;

/// Milliseconds that credit too small for a flow frame waits for more.
const LATE_CREDIT: u64 = 20;

/// Whom a connection is with, for logs.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The peer's address, `HOST:PORT`.
    pub remote: String,
    /// Our address, or the listener's, `HOST:PORT`.
    pub local: String,
}

/// The machine of one connection.
#[derive(Debug)]
pub struct Adaptor {
    id: ConnId,
    peer: Peer,
    container: String,
    shared: Arc<Shared>,
    settings: Arc<ConnectionSettings>,
    conn: Connection<Incoming, Outgoing>,
    mailbox: Arc<Mailbox>,
    /// By the index of the link's id.
    slots: Vec<Option<Slot>>,
    targets: Targets,
    multicasts: Multicasts,
    /// Bytes of messages whose heads are not complete, over all links.
    heads: usize,
    /// Incoming links whose credit is looked at when this round ends.
    credit_due: Vec<LinkId>,
    /// Incoming links with credit that was not worth a flow, and when they get it.
    late_credit: Vec<LinkId>,
    late_credit_at: Time,
    /// Outgoing links that wait for a session window or the transport.
    blocked: Vec<LinkId>,
    batch: Batch,
    /// Deliveries to the peer so far, to keep the order between links.
    places: u64,
    /// A message is put together here for one that gets it with other annotations.
    scratch: Vec<u8>,
    /// Deliveries under way to other routers that are counted.
    ways: Ways,
    /// What a connection between routers has in addition.
    router: Option<Box<RouterLinks>>,
    routed: RoutedLinks,
    /// The session of the auto links.
    container_session: Option<SessionId>,
    /// Whether this side made the connection.
    initiator: bool,
    presence: Presence,
    /// The time of this round.
    now: Moment,
    /// Whether deliveries came or went in this round.
    delivered: bool,
    /// When unsettled deliveries are looked at for those that are stuck, while there may be any.
    look_at: Time,
    /// What everybody may see, while it is open.
    record: Option<Arc<ConnectionRecord>>,
    windows: Windows,
}

/// How far a connection's end has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Here,
    /// Either side has closed: nothing concerns it any more, but its farewell may not have been written.
    Left,
    /// Its transport is gone.
    Gone,
}

impl Adaptor {
    /// The machine of a connection that a listener accepted.
    pub fn accept(shared: &Arc<Shared>, settings: &Arc<ConnectionSettings>, peer: Peer, now: Time) -> Self {
        Self::new(shared, settings, peer, None, now, |_, waker| {
            Connection::accept(Arc::clone(&settings.engine), waker, now)
        })
    }

    /// The machine of a connection that a connector made. `settings.engine.handshake` is a client's.
    pub fn initiate(shared: &Arc<Shared>, settings: &Arc<ConnectionSettings>, peer: Peer, now: Time) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = (shared.entropy)();
        let group = u64::from_le_bytes([a, b, c, d, e, f, g, h]).max(1);
        Self::initiate_as(shared, settings, peer, (group, false), now)
    }

    /// The machine of a further connection to a neighbour, which belongs to `group`: see [`Adaptor::data_connections`].
    pub fn initiate_data(
        shared: &Arc<Shared>,
        settings: &Arc<ConnectionSettings>,
        peer: Peer,
        group: u64,
        now: Time,
    ) -> Self {
        Self::initiate_as(shared, settings, peer, (group, true), now)
    }

    fn initiate_as(
        shared: &Arc<Shared>,
        settings: &Arc<ConnectionSettings>,
        peer: Peer,
        group: (u64, bool),
        now: Time,
    ) -> Self {
        Self::new(shared, settings, peer, Some(group), now, |properties, waker| {
            let mut engine = Config::clone(&settings.engine);
            let fields = engine.open.properties.get_or_insert_with(Fields::default);
            for (key, value) in properties {
                fields.insert(key, value);
            }
            Connection::initiate(Arc::new(engine), waker, now)
        })
    }

    fn new(
        shared: &Arc<Shared>,
        settings: &Arc<ConnectionSettings>,
        peer: Peer,
        group: Option<(u64, bool)>,
        now: Time,
        connection: impl FnOnce(Vec<(Symbol, Value)>, Waker) -> Connection<Incoming, Outgoing>,
    ) -> Self {
        let id = shared.next_connection();
        let mailbox = Mailbox::new();
        shared.register(id, &mailbox);
        let waker = Waker::from(Arc::clone(&mailbox));
        let mut router = RouterLinks::new(settings, || shared.next_sender());
        let mut properties = vec![connection_number(id)];
        if let (Some(router), Some((group, data_only))) = (&mut router, group) {
            router.set_group(group, data_only);
            properties.extend(router.properties(settings));
        }
        Self {
            id,
            peer,
            container: String::new(),
            shared: Arc::clone(shared),
            settings: Arc::clone(settings),
            conn: connection(properties, waker),
            mailbox,
            slots: Vec::new(),
            targets: Targets::default(),
            multicasts: Multicasts::default(),
            heads: 0,
            credit_due: Vec::new(),
            late_credit: Vec::new(),
            late_credit_at: Time::NEVER,
            blocked: Vec::new(),
            batch: Batch::default(),
            places: 0,
            scratch: Vec::new(),
            ways: Ways::default(),
            router,
            routed: RoutedLinks::default(),
            container_session: None,
            initiator: group.is_some(),
            presence: Presence::Here,
            now: Moment::at(now),
            delivered: false,
            look_at: Time::NEVER,
            record: None,
            windows: Windows::default(),
        }
    }

    /// Whether the peer's open has come.
    pub fn is_open(&self) -> bool {
        self.conn.is_open()
    }

    /// The connection's number.
    pub fn id(&self) -> ConnId {
        self.id
    }

    /// Where others put what they have for this connection.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// Handles bytes from the peer, which begin where the last call's consumed bytes ended. Returns how many were used; give
    /// the rest again with what follows it.
    pub fn handle_input(&mut self, bytes: &Bytes, now: Time) -> usize {
        self.now = Moment::at(now);
        let mut input = Input::new(bytes);
        while let Some(event) = self.conn.poll_event(&mut input, now) {
            self.handle_event(event, bytes, now);
        }
        self.finish_round(now);
        input.consumed()
    }

    /// Handles what others have put in the mailbox. False if there was nothing.
    pub fn handle_mailbox(&mut self, now: Time) -> bool {
        self.now = Moment::at(now);
        let mut batch = std::mem::take(&mut self.batch);
        let mut work = Vec::new();
        let any = self.mailbox.take(&mut batch, &mut work);
        if any {
            for work in work {
                self.handle_work(work, now);
            }
            self.handle_batch(&mut batch);
            batch.clear();
            self.finish_round(now);
        }
        self.batch = batch;
        any
    }

    /// When [`Adaptor::handle_timeout`] wants to be called, at the latest.
    pub fn poll_timeout(&self) -> Time {
        self.conn.poll_timeout().min(self.late_credit_at).min(self.look_at).min(self.parked_look())
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        self.now = Moment::at(now);
        if self.late_credit_at <= now {
            self.grant_late_credit();
        }
        if self.look_at <= now {
            self.look_for_stuck();
        }
        if self.parked_look() <= now {
            self.send_long_parked(now);
        }
        if let Some(event) = self.conn.handle_timeout(now) {
            self.handle_event(event, &Bytes::new(), now);
        }
        self.finish_round(now);
    }

    /// The transport has taken output: links that waited for it go on. False if none did.
    pub fn handle_output_room(&mut self, now: Time) -> bool {
        if self.blocked.is_empty() || !self.conn.has_output_room() {
            return false;
        }
        self.now = Moment::at(now);
        self.pump_blocked();
        self.finish_round(now);
        true
    }

    /// The transport is gone: every delivery gets the outcome that it must have now, and nothing more happens here.
    pub fn handle_transport_lost(&mut self, now: Time) {
        self.now = Moment::at(now);
        self.leave();
        self.conn.output().clear();
        self.finish_round(now);
        if self.presence != Presence::Gone {
            self.presence = Presence::Gone;
            info!(target: "ROUTER_CORE", "[{}] Connection Closed", self.id);
        }
    }

    /// Nothing more comes from the peer and nothing more goes to it: its links are given up, and nobody finds it.
    fn leave(&mut self) {
        if self.presence != Presence::Here {
            return;
        }
        self.presence = Presence::Left;
        self.note_down();
        let sessions: Vec<SessionId> = self.conn.sessions().collect();
        for session in sessions {
            self.give_up_session(session);
        }
        let links: Vec<LinkId> = self.slots.iter().flatten().map(Slot::id).collect();
        for link in links {
            self.drop_link(link, "lost");
        }
        self.return_parked();
        self.windows = Windows::default();
        self.routed = RoutedLinks::default();
        let mut batch = std::mem::take(&mut self.batch);
        let mut work = Vec::new();
        self.note_closed();
        self.shared.unregister(self.id);
        self.mailbox.close(&mut batch, &mut work);
        self.return_to_sender(&mut batch);
    }

    /// Closes the connection politely.
    pub fn close(&mut self, error: Option<Error>, now: Time) {
        self.now = Moment::at(now);
        self.conn.close(error, now);
        self.leave();
        self.finish_round(now);
    }

    /// What is to be written.
    pub fn output(&mut self) -> &mut Output {
        self.conn.output()
    }

    /// Tells that output is about to be written.
    pub fn mark_output(&mut self, now: Time) {
        self.conn.mark_output(now);
    }

    /// Whether more input should be read.
    pub fn wants_input(&self) -> bool {
        self.conn.wants_input()
    }

    /// Whether it is over once the output has been written.
    pub fn is_closed(&self) -> bool {
        self.conn.is_closed()
    }

    /// Gives memory back that an earlier burst needed. For quiet moments.
    pub fn shrink(&mut self) {
        self.conn.shrink();
        self.targets.shrink();
        self.batch.shrink();
        self.credit_due = Vec::new();
        self.scratch = Vec::new();
    }

    #[inline]
    fn handle_event(&mut self, event: Event<'_>, read: &Bytes, now: Time) {
        match event {
            Event::Transfer(transfer) => self.handle_transfer(&transfer, read),
            Event::Disposition { session, of_outgoing, first, last, settled, state } => {
                if of_outgoing {
                    self.handle_consumer_disposition(session, first, last, settled, state);
                } else {
                    self.handle_producer_disposition(session, first, last, settled, state);
                }
            }
            Event::Credit(link) => self.handle_credit(link),
            Event::Window(_) => self.pump_blocked(),
            Event::Opened(_)
            | Event::Closed { .. }
            | Event::Begun(..)
            | Event::Ended { .. }
            | Event::Attached(..)
            | Event::AttachAnswered(..)
            | Event::Detached { .. }
            | Event::Drained(_) => self.handle_control(event, now),
        }
    }

    #[cold]
    fn handle_control(&mut self, event: Event<'_>, now: Time) {
        match event {
            Event::Opened(open) => {
                self.container.clone_from(&open.container_id);
                info!(
                    target: "ROUTER_CORE",
                    "[{}] Connection Opened: dir={} host={} vhost={} encrypted=no auth={} user={} container_id={} props={}",
                    self.id,
                    if self.initiator { "out" } else { "in" },
                    self.peer.remote,
                    open.hostname.as_deref().unwrap_or_default(),
                    self.sasl_mechanism().unwrap_or("no"),
                    self.user().unwrap_or("(null)"),
                    open.container_id,
                    links::properties(open.properties.as_ref()),
                );
                self.note_opened(&open);
                let properties = open.properties.as_ref();
                if self.initiator {
                    if let Some(router) = &mut self.router {
                        router.read_answer(properties, &self.settings);
                        self.attach_router_links();
                    }
                } else {
                    let ours = self.router.as_mut().map(|router| router.answer(properties, &self.settings));
                    self.conn.open_with(ours.into_iter().flatten().chain([connection_number(self.id)]));
                }
            }
            Event::Closed { error, by_us } => self.handle_closed(error, by_us),
            Event::Begun(session, _) => debug!(target: "ROUTER_CORE", "[{}] Session {session:?} begun", self.id),
            Event::Ended { session, error } => {
                if let Some(error) = &error {
                    info!(target: "ROUTER_CORE", "[{}] Session ended: {}", self.id, links::error_text(error));
                }
                self.give_up_session(session);
                let links: Vec<LinkId> = self.conn.session_links(session).collect();
                let has_control = links.iter().any(|&link| self.is_control_link(link));
                let reason = error.as_ref().map(links::reason);
                for link in links {
                    if let Some(auto_link) = self.auto_link_of(link) {
                        self.auto_link_lost(auto_link, reason.clone());
                    }
                    self.drop_link(link, "lost");
                }
                self.end_session(session, error);
                if has_control {
                    self.control_link_lost(now);
                }
            }
            Event::Attached(link, attach) => self.handle_attach(link, attach),
            Event::AttachAnswered(link, answer) => match self.auto_link_of(link) {
                Some(_) => self.auto_link_answered(link, answer),
                None => self.handle_answer(link, answer),
            },
            Event::Detached { link, closed, error } => {
                let is_control = self.is_control_link(link);
                self.handle_detach(link, closed, error);
                if is_control {
                    self.control_link_lost(now);
                }
            }
            // What came back may be granted again, if somebody is there by now.
            Event::Drained(link) => {
                if !self.handle_routed_drained(link) {
                    self.note_granted(link);
                    self.credit_due(link);
                }
            }
            Event::Transfer(_) | Event::Disposition { .. } | Event::Credit(_) | Event::Window(_) => {}
        }
    }

    /// Without control links it is no connection between routers any more: a new one is better.
    fn control_link_lost(&mut self, now: Time) {
        self.note_down();
        self.conn.close(Some(Condition::ConnectionForced.error("control link lost")), now);
        self.leave();
    }

    fn handle_closed(&mut self, error: Option<Error>, by_us: bool) {
        match error {
            Some(error) if by_us && self.conn.attempt().is_some() => info!(
                target: "SERVER",
                "[{}] Connection to {} failed: {}",
                self.id, self.peer.remote, links::error_text(&error)
            ),
            Some(error) if by_us => info!(
                target: "SERVER",
                "[{}] Connection from {} (to {}) failed: {}",
                self.id, self.peer.remote, self.peer.local, links::error_text(&error)
            ),
            Some(error) => info!(
                target: "SERVER",
                "[{}] Connection from {} (to {}) closed by peer: {}",
                self.id, self.peer.remote, self.peer.local, links::error_text(&error)
            ),
            None => debug!(target: "SERVER", "[{}] Connection closed by peer", self.id),
        }
        self.leave();
    }

    fn handle_work(&mut self, work: Work, now: Time) {
        match work {
            Work::Accept { link, entry, dynamic, reachable } => self.accept_link(link, entry, dynamic, reachable),
            Work::Refuse { link, condition, description } => self.refuse_link(link, condition, description),
            Work::Route { link, way } => self.route_link(link, way),
            Work::Reachable { link } => {
                if let Some(Slot::In(_)) = self.slot(link) {
                    self.open_gate(link);
                }
            }
            Work::Unreachable { link } => {
                if let Some(Slot::In(_)) = self.slot(link) {
                    self.conn.withdraw(link);
                    self.note_granted(link);
                }
            }
            Work::Attach(auto_link) => self.attach_auto_link(auto_link),
            Work::Detach { auto_link } => self.detach_auto_link(auto_link),
            Work::Control { message } => self.send_control(&message, now),
            Work::ControlTaken { count } => self.control_taken(count),
            Work::Retire { description } if self.is_to_neighbor() => {
                self.shared.submit(Action::NeighborRetired { conn: self.id, description });
            }
            Work::Retire { description } | Work::Close { description } => {
                self.conn.close(Some(Condition::ConnectionForced.error(description)), now);
                self.leave();
            }
        }
    }

    /// Everything that happened is passed on: mail to others, credit and windows to the peer.
    #[inline]
    fn finish_round(&mut self, now: Time) {
        if let Some(router) = &mut self.router {
            router.note_traffic(now);
            router.note_parked(now);
        }
        if self.delivered {
            self.note_delivered();
        }
        let mut returned = Vec::new();
        self.targets.dispatch(&mut returned);
        for mut batch in returned {
            self.release_returned(&mut batch);
        }
        if !self.credit_due.is_empty() {
            let mut due = std::mem::take(&mut self.credit_due);
            for link in due.drain(..) {
                if let Some(Slot::In(slot)) = self.slot_mut(link) {
                    slot.credit_due = false;
                    let is_little = self.conn.grant(link);
                    self.note_granted(link);
                    if is_little {
                        self.defer_credit(link, now);
                    }
                }
            }
            self.credit_due = due;
        }
        self.conn.refresh_windows();
        self.note_windows();
    }

    /// Credit that is not worth a flow frame now is granted a moment later, unless more has come by then.
    fn defer_credit(&mut self, link: LinkId, now: Time) {
        if self.late_credit.is_empty() {
            self.late_credit_at = now.plus_millis(LATE_CREDIT);
        }
        if let Some(Slot::In(slot)) = self.slot_mut(link)
            && !std::mem::replace(&mut slot.credit_late, true)
        {
            self.late_credit.push(link);
        }
    }

    fn grant_late_credit(&mut self) {
        self.late_credit_at = Time::NEVER;
        for link in std::mem::take(&mut self.late_credit) {
            if let Some(Slot::In(slot)) = self.slot_mut(link) {
                slot.credit_late = false;
                self.conn.grant_rest(link);
                self.note_granted(link);
            }
        }
    }

    #[inline]
    fn slot(&self, link: LinkId) -> Option<&Slot> {
        self.slots.get(link.index())?.as_ref().filter(|slot| slot.id() == link)
    }

    #[inline]
    fn slot_mut(&mut self, link: LinkId) -> Option<&mut Slot> {
        self.slots.get_mut(link.index())?.as_mut().filter(|slot| slot.id() == link)
    }
}

/// The connection's number as peers are told: informational, and an AMQP int on the wire.
fn connection_number(id: ConnId) -> (Symbol, Value) {
    let number = i32::try_from(id.0).unwrap_or(i32::MAX);
    (Symbol::from("qd.conn-id"), Value::Int(number))
}

impl Slot {
    #[inline]
    fn id(&self) -> LinkId {
        match self {
            Self::Pending(slot) => slot.id,
            Self::In(slot) => slot.id,
            Self::Out(slot) => slot.id,
        }
    }
}
