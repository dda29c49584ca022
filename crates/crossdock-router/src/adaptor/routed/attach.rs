//! A routed link is attached: by the peer at its first half, by this router at its second.

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Link, LinkId, LinkRole, SessionId};
use crossdock_core::batch::ConnId;
use crossdock_core::routed::{LinkWay, Word};
use crossdock_core::table::OutgoingCounters;
use crossdock_core::work::Action;
use fe2o3_amqp_types::definitions::{Error, ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{TargetArchetype, TerminusExpiryPolicy};
use fe2o3_amqp_types::performatives::Attach;
use std::sync::Arc;
use tracing::info;

use super::super::Adaptor;
use super::super::slots::{IncomingLink, LinkKind, OutgoingLink, Settling, Slot};
use super::Routed;
use crate::shared::ConnectionRole;

/// Attaches that a peer has not answered. A client may attach and detach as fast as it likes; who answers slowly is not
/// told of all of it.
const UNANSWERED: usize = 4096;

/// The same towards a peer that does not read.
const UNREAD: usize = 256;

impl Adaptor {
    /// The node says where a peer's link goes on: its second half is to be attached there.
    pub(in super::super) fn route_link(&mut self, link: LinkId, way: LinkWay) {
        let suffix = match self.settings.role {
            // The first router makes names of different containers different.
            ConnectionRole::InterRouter => String::new(),
            ConnectionRole::Normal | ConnectionRole::RouteContainer | ConnectionRole::Edge => {
                format!("@{}", self.container)
            }
        };
        let Some(session) = self.conn.link(link).map(Link::session) else { return };
        let Some(Slot::Pending(pending)) = self.slot_mut(link) else { return };
        let pair = pending.record.number();
        let mut attach = Attach::clone(&pending.attach);
        attach.name.push_str(&suffix);
        attach.unsettled = None;
        attach.incomplete_unsettled = false;
        if let Some(name) = address(&attach) {
            pending.record.set_terminus(name);
        }
        let outlives = is_resumable(&attach);
        let role = role_of(&attach);
        if let Some(rewrite) = &way.rewrite {
            rename(&mut attach, role, |address| rewrite.outward(address));
        }
        pending.routed =
            Some(Box::new(Routed { rewrite: way.rewrite, outlives, ..Routed::new(pair, way.conn, LinkId::NONE) }));
        self.note_half(pair, link);
        let word = Word::Attach { link, session, attach: Box::new(attach) };
        match self.targets.batch(way.conn, || Some(way.mailbox)) {
            Some(batch) => batch.push_link_word(self.id, pair, word),
            None => self.refuse_half(link, Some(no_route())),
        }
        self.tell_credit(link);
    }

    /// The first half wants its second here.
    pub(super) fn attach_second_half(&mut self, from: ConnId, pair: u64, first: (LinkId, SessionId), attach: Attach) {
        if let Err(error) = self.try_attach(from, pair, first, attach) {
            self.tell(from, pair, Word::Detach { closed: true, error: Some(error) });
        }
    }

    fn try_attach(
        &mut self,
        from: ConnId,
        pair: u64,
        (first, first_session): (LinkId, SessionId),
        mut attach: Attach,
    ) -> Result<(), Error> {
        let waiting = self.conn.unanswered();
        if waiting >= UNANSWERED || (waiting >= UNREAD && !self.conn.has_output_room()) {
            let description = "the container answers too slowly";
            return Err(Condition::ResourceLimitExceeded.error(description));
        }
        let between_routers = self.settings.role == ConnectionRole::InterRouter;
        if between_routers && !self.router.as_ref().is_some_and(|router| router.knows_crossdock()) {
            as_qdrouterd_has_it(&mut attach);
        }
        let role = match attach.role {
            Role::Sender => LinkRole::Sender,
            Role::Receiver => LinkRole::Receiver,
        };
        match self.named(&attach.name, role) {
            // A client that comes back before the loss of its connection is noticed wants its subscription, not another.
            Some(other) if is_resumable(&attach) => self.steal(other),
            // Two clients of one container-id, or one on two connections: at the far end a name is one link's.
            Some(_) => attach.name.push_str(&format!("#{pair}")),
            None => {}
        }
        if !self.conn.fits(&attach) {
            let description = "attach is larger than the container's max-frame-size";
            return Err(Condition::FrameSizeTooSmall.error(description));
        }
        let session = self.routed_session(from, first_session).ok_or_else(no_route)?;
        let record = self.new_record(&attach.name, role, LinkKind::Routed);
        record.set_peer(pair);
        if let Some(name) = address(&attach) {
            record.set_terminus(name);
        }
        let settles_second = attach.rcv_settle_mode == ReceiverSettleMode::Second;
        let link = self
            .conn
            .attach(session, attach, 0)
            .ok_or_else(|| Condition::ResourceLimitExceeded.error("no handle left below the container's handle-max"))?;
        self.make_room(link);
        self.shared.submit(Action::Linked { link, record: Arc::clone(&record) });
        let routed = Some(Box::new(Routed::new(pair, from, first)));
        let slot = match role {
            LinkRole::Receiver => {
                let incoming = self.new_incoming(link, session, LinkKind::Routed, 0, record);
                Slot::In(Box::new(IncomingLink { routed, settles_second, ..incoming }))
            }
            LinkRole::Sender => {
                let counters = Arc::new(OutgoingCounters::default());
                let outgoing = self.new_outgoing(link, session, LinkKind::Routed, counters, record);
                Slot::Out(Box::new(OutgoingLink { routed, ..outgoing }))
            }
        };
        if let Some(place) = self.slots.get_mut(link.index()) {
            *place = Some(slot);
        }
        self.note_half(pair, link);
        Ok(())
    }

    /// A session for all routed links of one session. Towards qdrouterd one for all, as it has it itself; likewise if there
    /// are no more.
    fn routed_session(&mut self, from: ConnId, first: SessionId) -> Option<SessionId> {
        let owner = (from, first);
        let known = self.routed.sessions.get(&owner).copied();
        if known.is_some() {
            return known;
        }
        let shared = self.routed.owners.keys().next().copied();
        let is_shared = self.router.as_ref().is_some_and(|router| !router.knows_crossdock());
        if let Some(shared) = shared.filter(|_| is_shared) {
            return Some(shared);
        }
        let Some(session) = self.conn.begin() else { return shared };
        self.routed.sessions.insert(owner, session);
        self.routed.owners.insert(session, owner);
        Some(session)
    }

    /// The peer has answered the attach of a second half.
    pub(in super::super) fn second_half_answered(&mut self, link: LinkId, attach: Box<Attach>) {
        let (routed, record) = match self.slot(link) {
            Some(Slot::In(slot)) => (slot.routed.as_ref(), &slot.record),
            Some(Slot::Out(slot)) => (slot.routed.as_ref(), &slot.record),
            Some(Slot::Pending(_)) | None => return,
        };
        let Some((conn, pair)) = routed.map(|routed| (routed.conn, routed.pair)) else { return };
        let word = Word::Answer { link, number: record.number(), attach };
        self.tell(conn, pair, word);
    }

    /// The peer of the second half has answered: so is the peer of the first.
    pub(super) fn answer_first_half(&mut self, link: LinkId, other: LinkId, number: u64, mut answer: Attach) {
        let Some(engine_link) = self.conn.link(link) else { return };
        let (session, role) = (engine_link.session(), engine_link.role());
        let limit = self.settings.max_message_size;
        let Some(Slot::Pending(pending)) = self.slot_mut(link) else { return };
        let Some(mut routed) = pending.routed.take() else { return };
        routed.link = other;
        let asked = &pending.attach;
        let settling = match (&asked.snd_settle_mode, &answer.snd_settle_mode) {
            (SenderSettleMode::Settled, SenderSettleMode::Mixed | SenderSettleMode::Unsettled) => Settling::AllSettled,
            (SenderSettleMode::Unsettled, SenderSettleMode::Mixed | SenderSettleMode::Settled) => {
                Settling::AllUnsettled
            }
            (SenderSettleMode::Mixed, _)
            | (SenderSettleMode::Settled, SenderSettleMode::Settled)
            | (SenderSettleMode::Unsettled, SenderSettleMode::Unsettled) => Settling::AsSent,
        };
        let settles_second = asked.rcv_settle_mode == ReceiverSettleMode::Second;
        // What the peer decides is as it has decided; what it only asks for, and a router on the way does not carry, this
        // router sees to.
        if asked.snd_settle_mode != SenderSettleMode::Mixed {
            answer.snd_settle_mode = asked.snd_settle_mode.clone();
        }
        if settles_second {
            answer.rcv_settle_mode = ReceiverSettleMode::Second;
        }
        if let Some(rewrite) = &routed.rewrite {
            let own = address(asked).filter(|_| role_of(asked) == role);
            rename(&mut answer, role, |address| match own {
                // What was asked for has the name that it was asked for by.
                Some(own) if rewrite.outward(own) == address => own.to_owned(),
                Some(_) | None => rewrite.inward(address),
            });
        }
        answer.max_message_size = match (role, answer.max_message_size.unwrap_or(0)) {
            (LinkRole::Receiver, 0) => Some(limit),
            (LinkRole::Receiver, size) if limit > 0 => Some(size.min(limit)),
            (LinkRole::Receiver | LinkRole::Sender, size) => Some(size),
        };
        answer.unsettled = None;
        answer.incomplete_unsettled = false;
        pending.record.set_peer(number);
        let (record, counters) = (Arc::clone(&pending.record), Arc::clone(&pending.counters));
        let (conn, pair) = (routed.conn, routed.pair);
        if !self.conn.answer_link(link, answer) {
            let error = Condition::FrameSizeTooSmall.error("the container's attach is larger than max-frame-size");
            self.tell(conn, pair, Word::Detach { closed: true, error: Some(error.clone()) });
            self.routed.links.remove(&pair);
            return self.refuse_half(link, Some(error));
        }
        info!(target: "ROUTER_CORE", "[{}][L{}] Link attached: routed to {conn}", self.id, record.number());
        let routed = Some(routed);
        let slot = match role {
            LinkRole::Receiver => {
                let incoming = self.new_incoming(link, session, LinkKind::Routed, 0, record);
                Slot::In(Box::new(IncomingLink { routed, settles_second, ..incoming }))
            }
            LinkRole::Sender => {
                let outgoing = self.new_outgoing(link, session, LinkKind::Routed, counters, record);
                Slot::Out(Box::new(OutgoingLink { routed, settling, ..outgoing }))
            }
        };
        if let Some(place) = self.slots.get_mut(link.index()) {
            *place = Some(slot);
        }
        match role {
            LinkRole::Receiver => {}
            LinkRole::Sender => self.handle_credit(link),
        }
    }

    /// Answers the attach of a first half that has not been answered with a refusal.
    pub(super) fn refuse_half(&mut self, link: LinkId, error: Option<Error>) {
        let Some(Slot::Pending(_)) = self.slot(link) else { return };
        let Some(Slot::Pending(mut pending)) = self.slots.get_mut(link.index()).and_then(Option::take) else { return };
        if let Some(routed) = pending.routed.take() {
            self.routed.links.remove(&routed.pair);
        }
        self.shared.submit(Action::Detach { number: pending.record.number() });
        let Attach { source, target, .. } = *pending.attach;
        self.conn.refuse_link(link, source, target, error);
    }
}

pub(super) fn no_route() -> Error {
    Condition::NoRouteToDest.error("No route to the destination node")
}

/// qdrouterd passes on the termini, and nothing else.
fn as_qdrouterd_has_it(attach: &mut Attach) {
    attach.snd_settle_mode = SenderSettleMode::Mixed;
    attach.rcv_settle_mode = ReceiverSettleMode::First;
    attach.max_message_size = Some(0);
    attach.offered_capabilities = None;
    attach.desired_capabilities = None;
    attach.properties = None;
}

/// Changes the address of the container's terminus, on a link that is of this `role` at its first half.
fn rename(attach: &mut Attach, role: LinkRole, rename: impl FnOnce(&str) -> String) {
    let address = match role {
        LinkRole::Receiver => match attach.target.as_deref_mut() {
            Some(TargetArchetype::Target(target)) => target.address.as_mut(),
            Some(TargetArchetype::Coordinator(_)) | None => None,
        },
        LinkRole::Sender => attach.source.as_deref_mut().and_then(|source| source.address.as_mut()),
    };
    if let Some(address) = address {
        *address = rename(address);
    }
}

/// This router's role on a link that a peer attaches so.
fn role_of(attach: &Attach) -> LinkRole {
    match attach.role {
        Role::Sender => LinkRole::Receiver,
        Role::Receiver => LinkRole::Sender,
    }
}

/// The address of the container's terminus.
fn address(attach: &Attach) -> Option<&str> {
    match attach.role {
        Role::Sender => match attach.target.as_deref()? {
            TargetArchetype::Target(target) => target.address.as_deref(),
            TargetArchetype::Coordinator(_) => Some("$coordinator"),
        },
        Role::Receiver => attach.source.as_deref()?.address.as_deref(),
    }
}

/// Whether the terminus on this router's side is to outlive its connection.
pub(in super::super) fn is_resumable(attach: &Attach) -> bool {
    let outlives = |timeout: u32, policy: &TerminusExpiryPolicy| timeout > 0 || *policy == TerminusExpiryPolicy::Never;
    match attach.role {
        Role::Sender => match attach.target.as_deref() {
            Some(TargetArchetype::Target(target)) => outlives(target.timeout, &target.expiry_policy),
            Some(TargetArchetype::Coordinator(_)) | None => false,
        },
        Role::Receiver => {
            attach.source.as_deref().is_some_and(|source| outlives(source.timeout, &source.expiry_policy))
        }
    }
}
