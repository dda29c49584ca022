//! Credit and windows: what may be sent, told and heard in flow frames [AMQP 2.5.6, 2.6.7].

use super::config::WINDOW_FLOOR;
use super::connection::{Step, Violation};
use super::link::{INITIAL_DELIVERY_COUNT, LinkFlow};
use super::session::{INITIAL_OUTGOING_ID, SessionState};
use super::{Connection, Event, Link, LinkId, LinkState, SessionId};
use crate::codec::{self, Flow};
use crate::condition::Condition;
use crate::serial::{DeliveryCount, TransferId};

/// Frames count as at least this large (bytes) when windows are sized.
const MIN_FRAME_SIZE: u32 = 256;

impl<I: Default, O> Connection<I, O> {
    pub(super) fn handle_flow<'b>(&mut self, channel: u16, flow: &Flow<'b>) -> Result<Step<'b>, Box<Violation>> {
        let Some(id) = self.live_session(channel)? else { return Ok(Step::Continue) };
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return Ok(Step::Continue) };
        // [AMQP 2.5.6] remote-incoming-window := next-incoming-id + incoming-window - next-outgoing-id. A peer that has seen
        // more than was sent is wrong, and gains nothing by it.
        let seen = flow.next_incoming_id.map_or(INITIAL_OUTGOING_ID, TransferId::new);
        let under_way = session.next_outgoing_id.since(seen).max(0) as u32;
        let was_shut = session.remote_window == 0;
        session.remote_window = flow.incoming_window.saturating_sub(under_way);
        session.next_incoming_id = TransferId::new(flow.next_outgoing_id);
        let opened = was_shut && session.remote_window > 0;
        let Some(handle) = flow.handle else {
            if flow.echo {
                self.write_flow(id, None, false);
            }
            return Ok(if opened { Step::Event(Event::Window(id)) } else { Step::Continue });
        };
        if opened {
            self.opened_window = Some(id);
        }
        let Some(link_id) = session.link_at(handle) else {
            return Err(Box::new(Violation::in_session(
                id,
                Condition::UnattachedHandle,
                format!("flow for handle {handle}, which is not attached"),
            )));
        };
        let Some(link) = self.links.get_mut(link_id.index, link_id.generation) else { return Ok(Step::Continue) };
        if matches!(link.state, LinkState::DetachSent | LinkState::DetachReceived) {
            return Ok(Step::Continue);
        }
        let event = match &mut link.flow {
            LinkFlow::Sender { credit, .. } => {
                if let Some(link_credit) = flow.link_credit {
                    let count = flow.delivery_count.map(DeliveryCount::new);
                    credit.apply_flow(count, INITIAL_DELIVERY_COUNT, link_credit, flow.drain);
                }
                Some(Event::Credit(link_id))
            }
            LinkFlow::Receiver { credit, .. } => {
                let was_draining = credit.is_draining();
                let returned =
                    flow.delivery_count.map_or(0, |count| credit.apply_sender_count(DeliveryCount::new(count)));
                (returned > 0 || (was_draining && !credit.is_draining())).then_some(Event::Drained(link_id))
            }
        };
        if flow.echo {
            self.write_flow(id, Some(link_id), false);
        }
        Ok(event.map_or(Step::Continue, Step::Event))
    }

    /// Bytes of content that came over this connection and have not left yet, as charged by its [`super::Gauge`].
    pub fn held_content(&self) -> usize {
        self.gauge.held()
    }

    /// Deliveries of an incoming link are done with: their credit may be granted again.
    #[inline]
    pub fn give_back(&mut self, id: LinkId, n: u32) {
        if let Some(Link { flow: LinkFlow::Receiver { credit, .. }, .. }) = self.links.get_mut(id.index, id.generation)
        {
            credit.give_back(n);
        }
    }

    /// Writes a flow with what credit is pending, if it is worth a frame now. True if some is left for a quiet moment, for
    /// [`Connection::grant_rest`].
    #[inline]
    pub fn grant(&mut self, id: LinkId) -> bool {
        let Some(Link { flow: LinkFlow::Receiver { credit, .. }, session, .. }) =
            self.links.get_mut(id.index, id.generation)
        else {
            return false;
        };
        if !credit.wants_grant() {
            return credit.has_pending();
        }
        credit.grant();
        let session = *session;
        self.write_flow(session, Some(id), false);
        false
    }

    /// Writes a flow with what credit is pending, if there is any.
    pub fn grant_rest(&mut self, id: LinkId) {
        if let Some(Link { flow: LinkFlow::Receiver { credit, .. }, session, .. }) =
            self.links.get_mut(id.index, id.generation)
            && credit.has_pending()
        {
            credit.grant();
            let session = *session;
            self.write_flow(session, Some(id), false);
        }
    }

    /// Adds `n` to an incoming link's credit, for receivers that ask message by message.
    pub fn add_credit(&mut self, id: LinkId, n: u32) {
        if let Some(Link { flow: LinkFlow::Receiver { credit, .. }, .. }) = self.links.get_mut(id.index, id.generation)
        {
            credit.raise(n);
        }
    }

    /// Makes an incoming link's credit exactly this much, for one whose credit somebody else decides about: more or less than
    /// it was. With `drain` the sender is asked to use it up or give it back. A flow is written if that is news.
    pub fn mirror_credit(&mut self, id: LinkId, granted: u32, drain: bool) {
        if let Some(Link { flow: LinkFlow::Receiver { credit, .. }, session, state, .. }) =
            self.links.get_mut(id.index, id.generation)
            && matches!(state, LinkState::AttachSent | LinkState::Attached)
            && credit.mirror(granted, drain)
        {
            let session = *session;
            self.write_flow(session, Some(id), false);
        }
    }

    /// Lets an incoming link's credit flow (there is somebody to send to) and grants what is pending.
    pub fn open_gate(&mut self, id: LinkId) {
        if let Some(Link { flow: LinkFlow::Receiver { credit, .. }, session, .. }) =
            self.links.get_mut(id.index, id.generation)
        {
            let was_draining = credit.is_draining();
            credit.open();
            if was_draining || credit.pending() > 0 {
                credit.grant();
                let session = *session;
                self.write_flow(session, Some(id), false);
            }
        }
    }

    /// Withholds an incoming link's credit and asks for what the sender has to be drained.
    pub fn close_gate(&mut self, id: LinkId) {
        if let Some(Link { flow: LinkFlow::Receiver { credit, .. }, session, .. }) =
            self.links.get_mut(id.index, id.generation)
            && credit.close()
        {
            let session = *session;
            self.write_flow(session, Some(id), true);
        }
    }

    /// Takes an incoming link's credit back, with a link-credit of zero; what is under way is still taken. It flows again
    /// once the gate is opened.
    pub fn withdraw(&mut self, id: LinkId) {
        if let Some(Link { flow: LinkFlow::Receiver { credit, .. }, session, .. }) =
            self.links.get_mut(id.index, id.generation)
            && credit.withdraw()
        {
            let session = *session;
            self.write_flow(session, Some(id), false);
        }
    }

    /// Takes deliveries without credit from an incoming link, up to a bound for memory: see
    /// [`ReceiverCredit::tolerate_excess`](crate::ledger::ReceiverCredit::tolerate_excess).
    pub fn tolerate_excess(&mut self, id: LinkId) {
        if let Some(Link { flow: LinkFlow::Receiver { credit, .. }, .. }) = self.links.get_mut(id.index, id.generation)
        {
            credit.tolerate_excess();
        }
    }

    /// Asks the sender of an incoming link to use up its credit or give it back, whatever the gate.
    pub fn drain(&mut self, id: LinkId) {
        self.close_gate(id);
    }

    /// Gives unused credit of an outgoing link back, if the receiver asked for it.
    pub fn answer_drain(&mut self, id: LinkId) {
        let Some(link) = self.links.get_mut(id.index, id.generation) else { return };
        let session = link.session;
        let LinkFlow::Sender { credit, .. } = &mut link.flow else { return };
        if credit.drain() && credit.available() > 0 {
            credit.drain_rest();
            self.write_flow(session, Some(id), true);
        }
    }

    /// Opens session windows as far as held content allows, once the current input has been handled or content has left.
    pub fn refresh_windows(&mut self) {
        let mut index = 0;
        while let Some(&id) = self.touched.get(index) {
            if self.refresh_window(id) {
                index += 1;
            } else {
                self.touched.swap_remove(index);
            }
        }
    }

    /// Whether the session must be looked at again later.
    pub(super) fn refresh_window(&mut self, id: SessionId) -> bool {
        // Read before the allowance: what leaves in between is seen there, or wakes.
        let held_in_all = self.gauge.held();
        let held = self.session(id).map_or(0, |session| session.gauge.held());
        let allowance = self.allowance(id);
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return false };
        if session.state != SessionState::Mapped {
            session.touched = false;
            return false;
        }
        let current = session.incoming_window;
        let likely = session.frame_size.max(MIN_FRAME_SIZE) as usize;
        let full =
            u32::try_from(self.config.content_target / likely).unwrap_or(u32::MAX).min(self.config.incoming_window);
        // Worth a flow is a quarter of a full window, or half of what can be had: a session that is shut opens by however
        // little, lest it stay shut.
        if allowance - current >= (full / 4).min(allowance.div_ceil(2)).max(1) {
            self.write_flow(id, None, false);
            return true;
        }
        if current > full / 4 {
            session.touched = false;
            return false;
        }
        // Held content stands in the way: look again when half of it has left.
        if held > 0 {
            session.gauge.wake_below(held / 2);
        }
        if held_in_all > 0 {
            self.gauge.wake_below(held_in_all / 2);
        }
        true
    }

    /// Transfers that the session may be promised in all, and never less than it has been promised already. Two rules give
    /// it: frames of the size seen lately fit the content target beside what is held, and frames of the largest size fit
    /// half of what held content and other sessions' promises leave of the content limit.
    pub(super) fn allowance(&self, id: SessionId) -> u32 {
        let Some(session) = self.session(id) else { return 0 };
        if session.unbounded {
            return self.config.incoming_window.max(session.incoming_window);
        }
        let held = self.gauge.held();
        let likely = session.frame_size.max(MIN_FRAME_SIZE) as usize;
        let soft = (self.config.content_target.saturating_sub(held) / likely) as u64;
        let largest = self.config.max_frame_size() as usize;
        let others = self.promised - u64::from(session.incoming_window);
        let hard = ((self.config.content_limit.saturating_sub(held) / largest) as u64).saturating_sub(others) / 2;
        let allowed = u32::try_from(soft.min(hard)).unwrap_or(u32::MAX).min(self.config.incoming_window);
        let floor = if session.gauge.held() == 0 { WINDOW_FLOOR.min(self.config.incoming_window.max(1)) } else { 0 };
        let guaranteed = (session.guaranteed.saturating_sub(session.gauge.held()) / largest) as u32;
        allowed.max(floor).max(guaranteed.min(self.config.incoming_window)).max(session.incoming_window)
    }

    /// A transfer came: the session's window is to be looked at.
    #[inline]
    pub(super) fn touch(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.get_mut(id.index, id.generation)
            && !session.touched
        {
            session.touched = true;
            self.touched.push(id);
        }
    }

    /// Writes a flow with the session's state and, if given, the link's.
    pub(super) fn write_flow(&mut self, id: SessionId, link_id: Option<LinkId>, drain: bool) {
        if self.is_silent() {
            return;
        }
        let window = self.allowance(id);
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return };
        if !session.unbounded {
            self.promised += u64::from(window - session.incoming_window);
        }
        session.incoming_window = window;
        let mut flow = Flow {
            next_incoming_id: session.incoming_channel.map(|_| session.next_incoming_id.raw()),
            incoming_window: window,
            next_outgoing_id: session.next_outgoing_id.raw(),
            outgoing_window: i32::MAX as u32,
            drain,
            ..Flow::default()
        };
        if let Some(link) = link_id.and_then(|id| self.links.get(id.index, id.generation)) {
            flow.handle = Some(link.output_handle);
            match &link.flow {
                LinkFlow::Sender { credit, .. } => {
                    flow.delivery_count = Some(credit.delivery_count().raw());
                    flow.link_credit = Some(credit.available());
                    flow.available = Some(0);
                    flow.drain = credit.drain();
                }
                LinkFlow::Receiver { credit, .. } => {
                    flow.delivery_count = link.input_handle.map(|_| credit.delivery_count().raw());
                    flow.link_credit = Some(credit.granted());
                    flow.drain = drain || credit.is_draining();
                }
            }
        }
        codec::encode_flow(self.output.buffer(), session.outgoing_channel, &flow);
    }
}
