//! The hot path of a connection: transfers in and out, settlement out.

use super::connection::{Step, Violation};
use super::event::IncomingTransfer;
use super::link::{LinkFlow, Partial};
use super::{Chunk, Connection, Event, LinkId, LinkState, SessionId};
use crate::codec::{self, Disposition, StateRef, Transfer};
use crate::condition::Condition;
use crate::serial::{DeliveryNumber, WireDeliveryNumber};
use fe2o3_amqp_types::definitions::SenderSettleMode;

/// A delivery to be started on an outgoing link.
#[derive(Debug)]
pub struct NewDelivery<'a, O> {
    /// Its tag, at most 32 octets [AMQP 2.8.7].
    pub tag: &'a [u8],
    /// Format of the message.
    pub message_format: u32,
    /// What to remember of it until it is settled; none if it is settled from the start.
    pub context: Option<O>,
    /// A state to send along.
    pub state: StateRef<'a>,
    /// Whether this delivery overrides the link's receiver settle mode to *second*.
    pub rcv_second: bool,
}

/// Content of a message, or a part of it.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// To be copied: right for small content.
    Copied(&'a [u8]),
    /// To be shared: right for large content.
    Shared(&'a Chunk),
}

impl Payload<'_> {
    /// Length in bytes.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Self::Copied(bytes) => bytes.len(),
            Self::Shared(chunk) => chunk.len(),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What became of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The delivery.
    pub delivery: DeliveryNumber,
    /// Bytes of the payload that are on their way.
    pub bytes: usize,
    /// Whether all of it is, with the delivery's end if that was asked for. Otherwise the window closed or the output is
    /// full: go on with `continue_delivery`.
    pub finished: bool,
}

/// Content shorter than this is copied into the output even if it could be shared: a splice costs more than the copy.
const COPY_BELOW: usize = 2048;

impl<I: Default, O> Connection<I, O> {
    #[inline]
    pub(super) fn handle_transfer<'b>(
        &mut self,
        channel: u16,
        transfer: &Transfer<'b>,
        frame: &'b [u8],
        payload_at: usize,
        frame_at: usize,
    ) -> Result<Step<'b>, Box<Violation>> {
        let Some(session_id) = self.live_session(channel)? else { return Ok(Step::Continue) };
        let Some(session) = self.sessions.get_mut(session_id.index, session_id.generation) else {
            return Ok(Step::Continue);
        };
        if session.incoming_window == 0 {
            let description = "transfer beyond the session's incoming window";
            return Err(Box::new(Violation::in_session(session_id, Condition::WindowViolation, description)));
        }
        session.incoming_window -= 1;
        if !session.unbounded {
            self.promised = self.promised.saturating_sub(1);
        }
        session.note_frame(frame.len());
        session.next_incoming_id = session.next_incoming_id.next();
        let Some(link_id) = session.link_at(transfer.handle) else {
            let description = format!("transfer on handle {}, which is not attached", transfer.handle);
            return Err(Box::new(Violation::in_session(session_id, Condition::UnattachedHandle, description)));
        };
        let Some(link) = self.links.get_mut(link_id.index, link_id.generation) else { return Ok(Step::Continue) };
        if matches!(link.state, LinkState::DetachSent | LinkState::DetachReceived) {
            // The peer has not seen our detach yet; its delivery numbers go on all the same.
            if let Some(id) = transfer.delivery_id
                && session.incoming.advance_to(WireDeliveryNumber::new(id)).is_ok()
            {
                session.incoming.skip();
            }
            self.touch(session_id);
            return Ok(Step::Continue);
        }
        let LinkFlow::Receiver { credit, partial } = &mut link.flow else {
            let description = "transfer on a link whose receiver sent it";
            return Err(Box::new(Violation::on_link(link_id, Condition::NotAllowed, description)));
        };
        let ends = !transfer.more || transfer.aborted;
        let (number, settled, first) = match partial {
            None => {
                let (Some(id), Some(_)) = (transfer.delivery_id, transfer.delivery_tag) else {
                    let description = "first transfer of a delivery without delivery-id or delivery-tag";
                    return Err(Box::new(Violation::on_link(link_id, Condition::InvalidField, description)));
                };
                if let Err(error) = session.incoming.advance_to(WireDeliveryNumber::new(id)) {
                    let condition = Condition::SessionInvalidField;
                    let description = format!("{error}: {id} after {:?}", session.incoming.next_number().wire());
                    return Err(Box::new(Violation::in_session(session_id, condition, description)));
                }
                if credit.receive().is_err() {
                    let description = "delivery without credit";
                    return Err(Box::new(Violation::on_link(link_id, Condition::TransferLimitExceeded, description)));
                }
                let settled = transfer.settled.unwrap_or(link.snd_settle_mode == SenderSettleMode::Settled);
                let number = session.incoming.push(I::default());
                if !ends {
                    *partial = Some(Partial { number, settled });
                }
                (number, settled, true)
            }
            Some(under_way) => {
                let number = under_way.number;
                if transfer.delivery_id.is_some_and(|id| id != number.wire().raw()) {
                    let description = "delivery-id changes within a delivery";
                    return Err(Box::new(Violation::on_link(link_id, Condition::InvalidField, description)));
                }
                under_way.settled |= transfer.settled == Some(true);
                let settled = under_way.settled;
                if ends {
                    *partial = None;
                }
                (number, settled, false)
            }
        };
        self.touch(session_id);
        Ok(Step::Event(Event::Transfer(IncomingTransfer {
            session: session_id,
            link: link_id,
            delivery: number,
            first,
            more: !ends,
            aborted: transfer.aborted,
            settled,
            tag: transfer.delivery_tag.unwrap_or_default(),
            message_format: transfer.message_format.unwrap_or(0),
            rcv_second: transfer.rcv_settle_mode == Some(1),
            state: transfer.state,
            payload: frame.get(payload_at..).unwrap_or_default(),
            payload_at: frame_at + payload_at,
        })))
    }

    /// Whether a delivery could be started on this outgoing link now.
    #[inline]
    pub fn can_start(&self, id: LinkId) -> bool {
        let Some(link) = self.links.get(id.index, id.generation) else { return false };
        let LinkFlow::Sender { credit, partial: None } = &link.flow else { return false };
        credit.available() > 0 && self.can_transfer(link.session)
    }

    /// Whether the peer would let a delivery be started on this outgoing link now.
    pub fn may_start(&self, id: LinkId) -> bool {
        let Some(link) = self.links.get(id.index, id.generation) else { return false };
        let LinkFlow::Sender { credit, partial: None } = &link.flow else { return false };
        let session = self.sessions.get(link.session.index, link.session.generation);
        credit.available() > 0 && session.is_some_and(|session| session.remote_window > 0)
    }

    /// Whether a transfer frame could be written on this session now.
    #[inline]
    pub fn can_transfer(&self, id: SessionId) -> bool {
        self.has_output_room()
            && self.sessions.get(id.index, id.generation).is_some_and(|session| session.remote_window > 0)
    }

    /// Starts a delivery with the first part of its content; `more` if other parts follow. None, and nothing happened, if
    /// the link has no credit or an unfinished delivery, the session's window is closed or the output is full.
    #[inline]
    pub fn start_delivery(
        &mut self,
        id: LinkId,
        new: NewDelivery<'_, O>,
        payload: Payload<'_>,
        more: bool,
    ) -> Option<Sent> {
        if !self.has_output_room() {
            return None;
        }
        let link = self.links.get_mut(id.index, id.generation)?;
        if link.state != LinkState::Attached {
            return None;
        }
        let LinkFlow::Sender { credit, partial } = &mut link.flow else { return None };
        let session = self.sessions.get_mut(link.session.index, link.session.generation)?;
        if partial.is_some() || session.remote_window == 0 || !credit.start_delivery() {
            return None;
        }
        let settled = new.context.is_none();
        let number = match new.context {
            Some(context) => session.outgoing.push(context),
            None => session.outgoing.skip(),
        };
        let head = Transfer {
            handle: link.output_handle,
            delivery_id: Some(number.wire().raw()),
            delivery_tag: Some(new.tag),
            message_format: Some(new.message_format),
            settled: Some(settled),
            more,
            rcv_settle_mode: new.rcv_second.then_some(1),
            state: fitting(new.state, self.peer_max_frame_size),
            ..Transfer::default()
        };
        let head_len = codec::transfer_head_len(&head);
        if head_len + payload.len() <= self.peer_max_frame_size as usize {
            session.remote_window -= 1;
            session.next_outgoing_id = session.next_outgoing_id.next();
            if more {
                *partial = Some(Partial { number, settled });
            }
            codec::encode_transfer_head(self.output.buffer(), session.outgoing_channel, &head, payload.len());
            self.append(payload, 0, payload.len());
            return Some(Sent { delivery: number, bytes: payload.len(), finished: true });
        }
        *partial = Some(Partial { number, settled });
        Some(self.send_split(id, head, payload, more, number))
    }

    /// Goes on with the link's unfinished delivery. None, and nothing happened, if there is none, the window is closed or
    /// the output is full.
    pub fn continue_delivery(&mut self, id: LinkId, payload: Payload<'_>, more: bool) -> Option<Sent> {
        if !self.has_output_room() {
            return None;
        }
        let link = self.links.get(id.index, id.generation)?;
        let LinkFlow::Sender { partial: Some(partial), .. } = &link.flow else { return None };
        let session = self.sessions.get(link.session.index, link.session.generation)?;
        if session.remote_window == 0 {
            return None;
        }
        let number = partial.number;
        let head = Transfer {
            handle: link.output_handle,
            settled: partial.settled.then_some(true),
            more,
            ..Transfer::default()
        };
        Some(self.send_split(id, head, payload, more, number))
    }

    /// Gives up the link's unfinished delivery: the peer forgets what it got of it [AMQP 2.6.14]. True if there is none any
    /// more; false, and nothing happened, if the window is closed or the output is full.
    pub fn abort_delivery(&mut self, id: LinkId) -> bool {
        let has_room = self.has_output_room();
        let Some(link) = self.links.get_mut(id.index, id.generation) else { return true };
        let handle = link.output_handle;
        let LinkFlow::Sender { partial, .. } = &mut link.flow else { return true };
        let Some(under_way) = *partial else { return true };
        let Some(session) = self.sessions.get_mut(link.session.index, link.session.generation) else { return true };
        if session.remote_window == 0 || !has_room {
            return false;
        }
        *partial = None;
        session.outgoing.remove(under_way.number);
        session.remote_window -= 1;
        session.next_outgoing_id = session.next_outgoing_id.next();
        let head = Transfer { handle, settled: Some(true), aborted: true, ..Transfer::default() };
        codec::encode_transfer_head(self.output.buffer(), session.outgoing_channel, &head, 0);
        true
    }

    /// Writes frames of at most the peer's size until the payload is used up, the window closes or the output is full.
    fn send_split(
        &mut self,
        id: LinkId,
        mut head: Transfer<'_>,
        payload: Payload<'_>,
        more: bool,
        delivery: DeliveryNumber,
    ) -> Sent {
        let mut at = 0;
        let mut finished = false;
        while !finished && self.output.len() < 2 * super::connection::OUTPUT_HIGH_WATER {
            let Some(link) = self.links.get(id.index, id.generation) else { break };
            let Some(session) = self.sessions.get_mut(link.session.index, link.session.generation) else { break };
            if session.remote_window == 0 {
                break;
            }
            head.more = true;
            let room = (self.peer_max_frame_size as usize).saturating_sub(codec::transfer_head_len(&head)).max(1);
            let part = room.min(payload.len() - at);
            finished = at + part == payload.len();
            head.more = more || !finished;
            session.remote_window -= 1;
            session.next_outgoing_id = session.next_outgoing_id.next();
            codec::encode_transfer_head(self.output.buffer(), session.outgoing_channel, &head, part);
            self.append(payload, at, part);
            at += part;
            head = Transfer {
                handle: head.handle,
                settled: head.settled.filter(|&settled| settled),
                ..Transfer::default()
            };
        }
        if finished
            && !more
            && let Some(link) = self.links.get_mut(id.index, id.generation)
            && let LinkFlow::Sender { partial, .. } = &mut link.flow
        {
            *partial = None;
        }
        Sent { delivery, bytes: at, finished }
    }

    #[inline]
    fn append(&mut self, payload: Payload<'_>, at: usize, len: usize) {
        match payload {
            Payload::Copied(bytes) => {
                self.output.buffer().extend_from_slice(bytes.get(at..at + len).unwrap_or_default());
            }
            Payload::Shared(chunk) if len < COPY_BELOW => {
                self.output.buffer().extend_from_slice(chunk.bytes().get(at..at + len).unwrap_or_default());
            }
            Payload::Shared(chunk) => self.output.splice(chunk.slice(at..at + len)),
        }
    }

    /// Writes a disposition. What it means for the ledgers is the owner's to do.
    #[inline]
    pub fn write_disposition(
        &mut self,
        id: SessionId,
        of_incoming: bool,
        first: DeliveryNumber,
        last: DeliveryNumber,
        settled: bool,
        state: StateRef<'_>,
    ) {
        if self.is_silent() {
            return;
        }
        let Some(session) = self.sessions.get(id.index, id.generation) else { return };
        let disposition = Disposition {
            role_receiver: of_incoming,
            first: first.wire().raw(),
            last: (last != first).then_some(last.wire().raw()),
            settled,
            state: fitting(state, self.peer_max_frame_size),
            batchable: false,
        };
        codec::encode_disposition(self.output.buffer(), session.outgoing_channel, &disposition);
    }
}

/// Bytes of a disposition, or of a transfer without payload, beside the state. The smallest frame has 512.
const BESIDE_STATE: usize = 128;

/// The state as it fits into the peer's frames. It came from somebody whose frames may be larger: its explanation is given
/// up before the rule is broken.
#[inline]
fn fitting(state: StateRef<'_>, peer_max_frame_size: u32) -> StateRef<'_> {
    match state {
        StateRef::Other(bytes) if bytes.len() + BESIDE_STATE > peer_max_frame_size as usize => state.brief(),
        StateRef::None | StateRef::Accepted | StateRef::Released | StateRef::Other(_) => state,
    }
}
