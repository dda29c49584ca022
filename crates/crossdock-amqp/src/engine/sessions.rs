//! Sessions of a connection: begun by either end, found by channel, ended.

use fe2o3_amqp_types::definitions::{Error, Handle};
use fe2o3_amqp_types::performatives::{Begin, End};

use super::connection::{State, Step, Violation};
use super::session::{INITIAL_OUTGOING_ID, SessionState};
use super::{Connection, Event, Gauge, LinkId, ProtocolError, Session, SessionId};
use crate::codec::Performative;
use crate::condition::Condition;
use crate::serial::TransferId;

/// Transfers promised to a new session: what it needs beyond these it gets when it has shown that it uses them, so that many
/// idle sessions do not use up what one busy session could have.
const FIRST_WINDOW: u32 = 32;

impl<I: Default, O> Connection<I, O> {
    pub(super) fn handle_begin<'b>(&mut self, channel: u16, begin: Box<Begin>) -> Result<Step<'b>, Box<Violation>> {
        if channel > self.config.open.channel_max.0 {
            let max = self.config.open.channel_max.0;
            let description = format!("begin on channel {channel}, channel-max is {max}");
            return Err(Box::new(ProtocolError::connection(Condition::FramingError, description).into()));
        }
        if self.channels.contains_key(&channel) {
            let description = format!("begin on channel {channel}, which has a session");
            return Err(Box::new(ProtocolError::connection(Condition::FramingError, description).into()));
        }
        let id = match begin.remote_channel {
            Some(ours) => {
                let found = self.sessions.iter().find(|(_, _, session)| {
                    session.outgoing_channel == ours
                        && session.incoming_channel.is_none()
                        && matches!(session.state, SessionState::BeginSent | SessionState::EndSent)
                });
                match found {
                    Some((index, generation, _)) => SessionId { index, generation },
                    None => {
                        let description = format!("begin answers channel {ours}, where nothing was begun");
                        return Err(Box::new(ProtocolError::connection(Condition::FramingError, description).into()));
                    }
                }
            }
            None => {
                let Some(outgoing) = self.allocate_channel(channel) else {
                    let description = "no channel left below the peer's channel-max";
                    return Err(Box::new(
                        ProtocolError::connection(Condition::ResourceLimitExceeded, description).into(),
                    ));
                };
                self.insert_session(outgoing)
            }
        };
        self.channels.insert(channel, id);
        let answer = begin.remote_channel.is_none();
        if let Some(session) = self.sessions.get_mut(id.index, id.generation) {
            if session.state == SessionState::EndSent {
                // Ended before it was answered; the peer's end follows.
                session.incoming_channel = Some(channel);
                return Ok(Step::Continue);
            }
            session.state = SessionState::Mapped;
            session.incoming_channel = Some(channel);
            session.next_incoming_id = TransferId::new(begin.next_outgoing_id);
            session.remote_window = begin.incoming_window;
            session.peer_handle_max = begin.handle_max.0;
        }
        if answer {
            self.write_begin(id, Some(channel));
        }
        Ok(Step::Event(Event::Begun(id, begin)))
    }

    pub(super) fn handle_end<'b>(&mut self, channel: u16, end: End) -> Result<Step<'b>, Box<Violation>> {
        let Some(&id) = self.channels.get(&channel) else {
            let description = format!("end on channel {channel}, which has no session");
            return Err(Box::new(ProtocolError::connection(Condition::FramingError, description).into()));
        };
        self.channels.remove(&channel);
        self.last_channel = None;
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return Ok(Step::Continue) };
        session.incoming_channel = None;
        if session.state == SessionState::EndSent {
            self.forget_session(id);
            return Ok(Step::Continue);
        }
        session.state = SessionState::EndReceived;
        Ok(Step::Event(Event::Ended { session: id, error: end.error }))
    }

    /// Begins a session; [`Event::Begun`] tells when the peer has answered, but links may be attached at once. None if
    /// our open has not been sent, or all channels that the peer allows are in use.
    pub fn begin(&mut self) -> Option<SessionId> {
        if !self.open_sent || self.is_silent() {
            return None;
        }
        let channel = self.allocate_channel(0)?;
        let id = self.insert_session(channel);
        self.write_begin(id, None);
        Some(id)
    }

    /// Ends a session: sends our end (without error, if the peer ended it) and forgets its links and deliveries. The owner
    /// has taken what it needs.
    pub fn end(&mut self, id: SessionId, error: Option<Error>) {
        let links: Vec<LinkId> = self.session_links(id).collect();
        for link in links {
            self.forget_link(link);
        }
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return };
        let channel = session.outgoing_channel;
        let error = error.filter(|_| session.state != SessionState::EndReceived);
        match session.state {
            SessionState::EndSent => return,
            SessionState::EndReceived => self.forget_session(id),
            SessionState::Mapped | SessionState::BeginSent => {
                session.state = SessionState::EndSent;
                session.incoming = Default::default();
                session.outgoing = Default::default();
            }
        }
        self.write(channel, &Performative::End(Box::new(End { error })));
    }

    /// The session, while it lives.
    #[inline]
    pub fn session(&self, id: SessionId) -> Option<&Session<I, O>> {
        self.sessions.get(id.index, id.generation)
    }

    /// The session, while it lives, to change its ledgers.
    #[inline]
    pub fn session_mut(&mut self, id: SessionId) -> Option<&mut Session<I, O>> {
        self.sessions.get_mut(id.index, id.generation)
    }

    /// Keeps the session's window full whatever content is held: what comes over it is bounded by other means, and must not
    /// wait for content that belongs to others.
    pub fn open_window(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return };
        if !std::mem::replace(&mut session.unbounded, true) {
            self.promised = self.promised.saturating_sub(u64::from(session.incoming_window));
            self.touch(id);
        }
    }

    /// Lets the session send so many bytes of content, in frames of the largest size, whatever the connection holds of
    /// other sessions.
    pub fn guarantee(&mut self, id: SessionId, bytes: usize) {
        if let Some(session) = self.sessions.get_mut(id.index, id.generation) {
            session.guaranteed = bytes;
            self.touch(id);
        }
    }

    /// All sessions.
    pub fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.sessions.iter().map(|(index, generation, _)| SessionId { index, generation })
    }

    /// The links of a session.
    pub fn session_links(&self, id: SessionId) -> impl Iterator<Item = LinkId> {
        let attached = self.session(id).map(Session::attached_links).unwrap_or_default();
        // Those that the peer has not answered are few, and usually none.
        let unanswered = self.links.iter().take(if self.unanswered > 0 { usize::MAX } else { 0 });
        let unanswered = unanswered.filter(move |(_, _, link)| link.session == id && link.unanswered);
        attached.into_iter().chain(unanswered.map(|(index, generation, _)| LinkId { index, generation }))
    }

    pub(super) fn write_begin(&mut self, id: SessionId, remote_channel: Option<u16>) {
        let window = self.allowance(id).min(FIRST_WINDOW);
        let handle_max = Handle(self.config.handle_max);
        let Some(session) = self.sessions.get_mut(id.index, id.generation) else { return };
        self.promised += u64::from(window - session.incoming_window);
        session.incoming_window = window;
        let channel = session.outgoing_channel;
        let begin = Begin {
            remote_channel,
            next_outgoing_id: INITIAL_OUTGOING_ID.raw(),
            incoming_window: window,
            outgoing_window: i32::MAX as u32,
            handle_max,
            offered_capabilities: None,
            desired_capabilities: None,
            properties: None,
        };
        self.write(channel, &Performative::Begin(Box::new(begin)));
    }

    pub(super) fn insert_session(&mut self, outgoing_channel: u16) -> SessionId {
        let gauge = Gauge::within(&self.gauge, self.waker.clone());
        // Until frames have been seen they count as the largest.
        let frame_size = self.config.max_frame_size();
        let (index, generation) = self.sessions.insert(Session::new(outgoing_channel, gauge, frame_size));
        SessionId { index, generation }
    }

    pub(super) fn allocate_channel(&mut self, preferred: u16) -> Option<u16> {
        let max = if self.state == State::Open { self.peer_channel_max } else { self.config.open.channel_max.0 };
        let preferred = std::iter::once(preferred).filter(|&channel| channel <= max);
        let channel = preferred.chain(0..=max).find(|channel| !self.outgoing_channels.contains_key(channel))?;
        self.outgoing_channels.insert(channel, ());
        Some(channel)
    }

    pub(super) fn forget_session(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.remove(id.index, id.generation) {
            self.outgoing_channels.remove(&session.outgoing_channel);
            if !session.unbounded {
                self.promised -= u64::from(session.incoming_window).min(self.promised);
            }
            if let Some(channel) = session.incoming_channel {
                self.channels.remove(&channel);
            }
            self.last_channel = None;
        }
    }
}
