//! Links of a connection: attached by either end, answered or refused, detached.

use fe2o3_amqp_types::definitions::{Error, Handle, ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, TargetArchetype};
use fe2o3_amqp_types::performatives::{Attach, Detach};
use fe2o3_amqp_types::primitives::Symbol;

use super::connection::{Step, Violation};
use super::link::{INITIAL_DELIVERY_COUNT, LinkFlow};
use super::slab::Slab;
use super::{Connection, Event, Link, LinkId, LinkRole, LinkState, ProtocolError, SessionId};
use crate::codec::{Performative, RouterAttach, encode_router_attach};
use crate::condition::Condition;
use crate::ledger::{ReceiverCredit, SenderCredit};
use crate::serial::DeliveryCount;

impl<I: Default, O> Connection<I, O> {
    pub(super) fn handle_attach<'b>(
        &mut self,
        channel: u16,
        attach: Box<Attach>,
        frame_len: usize,
    ) -> Result<Step<'b>, Box<Violation>> {
        let Some(id) = self.live_session(channel)? else { return Ok(Step::Continue) };
        let handle = attach.handle.0;
        if handle > self.config.handle_max {
            let description = format!("attach with handle {handle}, handle-max is {}", self.config.handle_max);
            return Err(Box::new(ProtocolError::connection(Condition::FramingError, description).into()));
        }
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return Ok(Step::Continue) };
        if session.link_at(handle).is_some() {
            let description = format!("attach with handle {handle}, which is attached");
            return Err(Box::new(Violation::in_session(id, Condition::HandleInUse, description)));
        }
        let ours = match attach.role {
            Role::Sender => LinkRole::Receiver,
            Role::Receiver => LinkRole::Sender,
        };
        let answered = match self.unanswered {
            0 => None,
            _ => answered(&self.links, id, ours, &attach.name),
        };
        if let Some(link_id) = answered {
            self.unanswered -= 1;
            session.bind_input(handle, link_id);
            if let Some(link) = self.links.get_mut(link_id.index, link_id.generation) {
                link.unanswered = false;
                if link.state == LinkState::DetachSent {
                    // Detached before it was answered; the peer's detach follows.
                    link.input_handle = Some(handle);
                    return Ok(Step::Continue);
                }
                link.state = LinkState::Attached;
                link.input_handle = Some(handle);
                link.max_message_size = attach.max_message_size.unwrap_or(0);
                link.snd_settle_mode = attach.snd_settle_mode.clone();
                link.rcv_settle_mode = attach.rcv_settle_mode.clone();
                if let LinkFlow::Receiver { credit, .. } = &mut link.flow {
                    credit.start_at(DeliveryCount::new(attach.initial_delivery_count.unwrap_or(0)));
                }
            }
            return Ok(Step::Event(Event::AttachAnswered(link_id, attach)));
        }
        self.require_room_for_name(id, &attach.name)?;
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return Ok(Step::Continue) };
        let output_handle = session.allocate_output();
        if output_handle > session.peer_handle_max {
            session.free_output(output_handle);
            let description = "no handle left below the peer's handle-max";
            return Err(Box::new(Violation::in_session(id, Condition::ResourceLimitExceeded, description)));
        }
        let flow = match ours {
            LinkRole::Sender => LinkFlow::Sender { credit: SenderCredit::new(INITIAL_DELIVERY_COUNT), partial: None },
            LinkRole::Receiver => {
                let mut credit = ReceiverCredit::new(0);
                credit.start_at(DeliveryCount::new(attach.initial_delivery_count.unwrap_or(0)));
                LinkFlow::Receiver { credit, partial: None }
            }
        };
        let (index, generation) = self.links.insert(Link {
            session: id,
            name: attach.name.as_str().into(),
            state: LinkState::AttachReceived,
            unanswered: false,
            output_handle,
            input_handle: Some(handle),
            snd_settle_mode: attach.snd_settle_mode.clone(),
            rcv_settle_mode: attach.rcv_settle_mode.clone(),
            max_message_size: attach.max_message_size.unwrap_or(0),
            flow,
        });
        let link_id = LinkId { index, generation };
        session.bind_input(handle, link_id);
        // What was read can become longer when it is written again, but not more than this.
        if (self.peer_max_frame_size as usize) < 9 * frame_len + 32_768 && !self.has_room_for_answer(&attach) {
            let error = Condition::FrameSizeTooSmall.error("attach is larger than the peer's own max-frame-size");
            self.refuse_link(link_id, None, None, Some(error));
            return Ok(Step::Continue);
        }
        Ok(Step::Event(Event::Attached(link_id, attach)))
    }

    pub(super) fn handle_detach<'b>(&mut self, channel: u16, detach: Detach) -> Result<Step<'b>, Box<Violation>> {
        let Some(id) = self.live_session(channel)? else { return Ok(Step::Continue) };
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return Ok(Step::Continue) };
        let Some(link_id) = session.link_at(detach.handle.0) else {
            let description = format!("detach of handle {}, which is not attached", detach.handle.0);
            return Err(Box::new(Violation::in_session(id, Condition::UnattachedHandle, description)));
        };
        session.unbind_input(detach.handle.0);
        let Some(link) = self.links.get_mut(link_id.index, link_id.generation) else { return Ok(Step::Continue) };
        link.input_handle = None;
        match link.state {
            LinkState::DetachSent => {
                self.forget_link(link_id);
                Ok(Step::Continue)
            }
            LinkState::AttachSent | LinkState::AttachReceived | LinkState::Attached | LinkState::DetachReceived => {
                link.state = LinkState::DetachReceived;
                Ok(Step::Event(Event::Detached { link: link_id, closed: detach.closed, error: detach.error }))
            }
        }
    }

    /// All links.
    pub fn links(&self) -> impl Iterator<Item = LinkId> {
        self.links.iter().map(|(index, generation, _)| LinkId { index, generation })
    }

    /// Number of links.
    pub fn link_count(&self) -> usize {
        self.links.len()
    }

    /// The link, while it lives.
    #[inline]
    pub fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.index, id.generation)
    }

    /// Attaches a link. For a receiver, `capacity` is the credit that [`Connection::grant`] gives. The attach is written as
    /// given but for its handle. None if the session is gone or has no handle left.
    pub fn attach(&mut self, session_id: SessionId, mut attach: Attach, capacity: u32) -> Option<LinkId> {
        let modes = (attach.snd_settle_mode.clone(), attach.rcv_settle_mode.clone());
        let role = match attach.role {
            Role::Sender => LinkRole::Sender,
            Role::Receiver => LinkRole::Receiver,
        };
        let (id, channel, handle) = self.insert_attached(session_id, &attach.name, role, modes, capacity)?;
        if role == LinkRole::Sender {
            attach.initial_delivery_count = Some(INITIAL_DELIVERY_COUNT.raw());
        }
        attach.handle = Handle(handle);
        self.write(channel, &Performative::Attach(Box::new(attach)));
        Some(id)
    }

    /// Attaches a link between routers, which carries what `capability` says. The rest is as in [`Connection::attach`].
    pub fn attach_between_routers(
        &mut self,
        session_id: SessionId,
        name: &str,
        role: LinkRole,
        capability: &str,
        capacity: u32,
    ) -> Option<LinkId> {
        let modes = (SenderSettleMode::Mixed, ReceiverSettleMode::First);
        let (id, channel, handle) = self.insert_attached(session_id, name, role, modes, capacity)?;
        let attach = RouterAttach { name, handle, receiver: role == LinkRole::Receiver, capability };
        if !self.is_silent() {
            encode_router_attach(self.output.buffer(), channel, &attach);
        }
        Some(id)
    }

    fn insert_attached(
        &mut self,
        session_id: SessionId,
        name: &str,
        role: LinkRole,
        (snd_settle_mode, rcv_settle_mode): (SenderSettleMode, ReceiverSettleMode),
        capacity: u32,
    ) -> Option<(LinkId, u16, u32)> {
        let session = self.sessions.get_mut(session_id.index, session_id.generation)?;
        let output_handle = session.allocate_output();
        if output_handle > session.peer_handle_max {
            session.free_output(output_handle);
            return None;
        }
        let channel = session.outgoing_channel;
        let flow = match role {
            LinkRole::Sender => LinkFlow::Sender { credit: SenderCredit::new(INITIAL_DELIVERY_COUNT), partial: None },
            LinkRole::Receiver => LinkFlow::Receiver { credit: ReceiverCredit::new(capacity), partial: None },
        };
        let (index, generation) = self.links.insert(Link {
            session: session_id,
            name: name.into(),
            state: LinkState::AttachSent,
            unanswered: true,
            output_handle,
            input_handle: None,
            snd_settle_mode,
            rcv_settle_mode,
            max_message_size: 0,
            flow,
        });
        self.unanswered += 1;
        Some((LinkId { index, generation }, channel, output_handle))
    }

    /// Answers a peer's attach with ours: settle modes as the peer asked, the termini as given. A receiver gets `capacity`
    /// as the credit it may grant; `max_message_size` (bytes, 0 = any) is told to the peer.
    pub fn accept_link(
        &mut self,
        id: LinkId,
        source: Option<Box<Source>>,
        target: Option<Box<TargetArchetype>>,
        capacity: u32,
        max_message_size: u64,
    ) {
        self.answer_attach(id, source, target, max_message_size);
        if let Some(link) = self.links.get_mut(id.index, id.generation) {
            link.state = LinkState::Attached;
            if let LinkFlow::Receiver { credit, .. } = &mut link.flow {
                credit.raise(capacity);
            }
        }
    }

    /// Answers a peer's attach with what somebody else answered: all of it is written as given but for name, handle, role
    /// and delivery-count. False, and nothing happened, if the frame is larger than the peer takes.
    pub fn answer_link(&mut self, id: LinkId, answer: Attach) -> bool {
        let Some(link) = self.links.get(id.index, id.generation) else { return true };
        let Some(session) = self.sessions.get(link.session.index, link.session.generation) else { return true };
        let channel = session.outgoing_channel;
        let (role, initial_delivery_count) = match link.flow {
            LinkFlow::Sender { .. } => (Role::Sender, Some(INITIAL_DELIVERY_COUNT.raw())),
            LinkFlow::Receiver { .. } => (Role::Receiver, None),
        };
        let name = link.name.to_string();
        let attach = Attach { name, handle: Handle(link.output_handle), role, initial_delivery_count, ..answer };
        if !self.fits(&attach) {
            return false;
        }
        if let Some(link) = self.links.get_mut(id.index, id.generation)
            && link.state == LinkState::AttachReceived
        {
            link.state = LinkState::Attached;
        }
        self.write(channel, &Performative::Attach(Box::new(attach)));
        true
    }

    /// Number of links that the peer has not answered yet, those included that have been detached since.
    pub fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// Answers a peer's attach with a refusal: an attach without the terminus that this end would have, then a detach
    /// [AMQP 2.6.3]. `source` and `target` are what the peer sent.
    pub fn refuse_link(
        &mut self,
        id: LinkId,
        source: Option<Box<Source>>,
        target: Option<Box<TargetArchetype>>,
        error: Option<Error>,
    ) {
        let Some(role) = self.link(id).map(Link::role) else { return };
        match role {
            LinkRole::Sender => self.answer_attach(id, None, target, 0),
            LinkRole::Receiver => self.answer_attach(id, source, None, 0),
        }
        self.detach(id, true, error);
    }

    pub(super) fn answer_attach(
        &mut self,
        id: LinkId,
        source: Option<Box<Source>>,
        target: Option<Box<TargetArchetype>>,
        max_message_size: u64,
    ) {
        let Some(link) = self.links.get(id.index, id.generation) else { return };
        let Some(session) = self.sessions.get(link.session.index, link.session.generation) else { return };
        let (role, initial_delivery_count) = match link.flow {
            LinkFlow::Sender { .. } => (Role::Sender, Some(INITIAL_DELIVERY_COUNT.raw())),
            LinkFlow::Receiver { .. } => (Role::Receiver, None),
        };
        let attach = Attach {
            name: link.name.to_string(),
            handle: Handle(link.output_handle),
            role,
            snd_settle_mode: link.snd_settle_mode.clone(),
            rcv_settle_mode: link.rcv_settle_mode.clone(),
            source,
            target,
            unsettled: None,
            incomplete_unsettled: false,
            initial_delivery_count,
            max_message_size: Some(max_message_size),
            offered_capabilities: None,
            desired_capabilities: None,
            properties: None,
        };
        let channel = session.outgoing_channel;
        self.write(channel, &Performative::Attach(Box::new(attach)));
    }

    /// Detaches a link, or answers the peer's detach; the answer carries no error, for it is the peer that knows why. The
    /// owner has given up the link's deliveries.
    pub fn detach(&mut self, id: LinkId, closed: bool, error: Option<Error>) {
        let Some(link) = self.links.get_mut(id.index, id.generation) else { return };
        let handle = Handle(link.output_handle);
        let session = link.session;
        let state = link.state;
        match state {
            LinkState::DetachSent => return,
            LinkState::DetachReceived => self.forget_link(id),
            LinkState::AttachSent | LinkState::AttachReceived | LinkState::Attached => {
                link.state = LinkState::DetachSent
            }
        }
        let Some(session) = self.session(session) else { return };
        let channel = session.outgoing_channel;
        let error = error.filter(|_| state != LinkState::DetachReceived);
        self.write(channel, &Performative::Detach(Box::new(Detach { handle, closed, error })));
    }

    /// Whether the peer has detached a link that it attached and that was not answered yet.
    pub fn is_detach_received(&self, id: LinkId) -> bool {
        self.link(id).is_some_and(|link| link.state == LinkState::DetachReceived)
    }

    pub(super) fn forget_link(&mut self, id: LinkId) {
        let Some(link) = self.links.remove(id.index, id.generation) else { return };
        if link.unanswered {
            self.unanswered -= 1;
        }
        if let Some(session) = self.sessions.get_mut(link.session.index, link.session.generation) {
            session.free_output(link.output_handle);
            if let Some(handle) = link.input_handle {
                session.unbind_input(handle);
            }
        }
    }
}

/// The link of ours that a peer's attach answers. A name that was attached, detached and attached again before any answer
/// came is answered in that order.
fn answered(links: &Slab<Link>, session: SessionId, role: LinkRole, name: &str) -> Option<LinkId> {
    let waits = |link: &&Link| link.unanswered && link.session == session && link.role() == role && *link.name == *name;
    let candidates = links.iter().filter(|(_, _, link)| waits(link));
    let (index, generation, _) = candidates.min_by_key(|(_, _, link)| link.state == LinkState::AttachSent)?;
    Some(LinkId { index, generation })
}

/// An attach as clients write it.
pub fn attach(name: impl Into<String>, role: Role, source: Option<Source>, target: Option<TargetArchetype>) -> Attach {
    Attach {
        name: name.into(),
        handle: Handle(0),
        role,
        snd_settle_mode: SenderSettleMode::Mixed,
        rcv_settle_mode: ReceiverSettleMode::First,
        source: source.map(Box::new),
        target: target.map(Box::new),
        unsettled: None,
        incomplete_unsettled: false,
        initial_delivery_count: None,
        max_message_size: None,
        offered_capabilities: None::<fe2o3_amqp_types::primitives::Array<Symbol>>,
        desired_capabilities: None,
        properties: None,
    }
}
