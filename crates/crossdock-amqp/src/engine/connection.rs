//! The connection machine: its state, the dispatch of frames, and what an owner may ask of it.
//!
//! ```text
//!  AwaitHeader ─► Sasl… ─► AwaitHeader ─► AwaitOpen ─► Open ─► CloseSent ─► Closed
//!                                            └── any breach of protocol ─────────┘
//! ```

use fe2o3_amqp_types::definitions::{Error, Fields, Handle, ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, TargetArchetype};
use fe2o3_amqp_types::performatives::{Attach, Begin, Close, Detach, End, Open};
use fe2o3_amqp_types::primitives::{Symbol, Value};
use hashbrown::HashMap;
use std::sync::Arc;
use std::task::Waker;

use super::config::{HANDSHAKE_BUDGET, MIN_HEARTBEAT, WINDOW_FLOOR};
use super::handshake::Negotiation;
use super::link::{INITIAL_DELIVERY_COUNT, LinkFlow};
use super::session::{INITIAL_OUTGOING_ID, SessionState};
use super::slab::Slab;
use super::{
    Config, Event, Gauge, Input, Link, LinkId, LinkRole, LinkState, Output, ProtocolError, Scope, Session, SessionId,
    Time,
};
use crate::codec::{self, Body, Flow, FrameHeader, FrameKind, Performative};
use crate::condition::Condition;
use crate::ledger::{ReceiverCredit, SenderCredit};
use crate::serial::{DeliveryCount, TransferId, WireDeliveryNumber};

/// Unwritten bytes above which no new transfer is encoded: the transport is slower than the traffic, and content waits
/// where it is counted.
pub(super) const OUTPUT_HIGH_WATER: usize = 256 * 1024;

/// Frames count as at least this large (bytes) when windows are sized.
const MIN_FRAME_SIZE: u32 = 256;

/// Transfers promised to a new session: what it needs beyond these it gets when it has shown that it uses them, so that many
/// idle sessions do not use up what one busy session could have.
const FIRST_WINDOW: u32 = 32;

/// Milliseconds that the peer has to answer our close, and then to read what we have to say for goodbye.
const CLOSE_TIMEOUT: u64 = 3_000;

/// One end of an AMQP connection.
#[derive(Debug)]
pub struct Connection<I, O> {
    pub(super) config: Arc<Config>,
    pub(super) state: State,
    pub(super) output: Output,
    pub(super) sessions: Slab<Session<I, O>>,
    pub(super) links: Slab<Link>,
    channels: HashMap<u16, SessionId>,
    last_channel: Option<(u16, SessionId)>,
    outgoing_channels: HashMap<u16, ()>,
    /// Transfers promised to the peer, over all sessions.
    pub(super) promised: u64,
    /// Links that we attached and the peer has not answered.
    unanswered: usize,
    touched: Vec<SessionId>,
    opened_window: Option<SessionId>,
    gauge: Arc<Gauge>,
    waker: Waker,
    pub(super) peer_max_frame_size: u32,
    peer_channel_max: u16,
    /// Interval of our heartbeats (ms); 0 = none asked for.
    heartbeat: u64,
    pub(super) handshake_bytes: usize,
    pub(super) born: Time,
    last_input: Time,
    last_output: Time,
    /// When output that was not taken after the end is thrown away.
    farewell_until: Time,
    pub(super) open_sent: bool,
    pub(super) used_sasl: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Headers and SASL.
    Negotiating(Negotiation),
    /// AMQP headers exchanged, the peer's open has not come.
    AwaitOpen,
    /// The peer's open has come.
    Open,
    /// We closed; all but the peer's close is discarded.
    CloseSent { at: Time },
    /// Nothing more is read or written but what is in the output.
    Closed,
}

/// A breach of protocol and where it happened.
pub(super) struct Violation {
    pub(super) error: ProtocolError,
    pub(super) session: Option<SessionId>,
    pub(super) link: Option<LinkId>,
}

impl<E: Into<ProtocolError>> From<E> for Violation {
    fn from(error: E) -> Self {
        Self { error: error.into(), session: None, link: None }
    }
}

impl Violation {
    pub(super) fn in_session(session: SessionId, condition: Condition, description: impl Into<String>) -> Self {
        Self { error: ProtocolError::session(condition, description), session: Some(session), link: None }
    }

    pub(super) fn on_link(link: LinkId, condition: Condition, description: impl Into<String>) -> Self {
        Self { error: ProtocolError::link(condition, description), session: None, link: Some(link) }
    }
}

impl<I: Default, O> Connection<I, O> {
    /// The side that was connected to. `waker` is woken when content that this connection handed out has left and a session
    /// window can open again.
    pub fn accept(config: Arc<Config>, waker: Waker, now: Time) -> Self {
        Self::new(config, waker, now, State::Negotiating(Negotiation::ClientHeader))
    }

    /// The side that connects: its first header is in the output at once.
    pub fn initiate(config: Arc<Config>, waker: Waker, now: Time) -> Self {
        let mut connection = Self::new(config, waker, now, State::Closed);
        connection.begin_negotiation();
        connection
    }

    fn new(config: Arc<Config>, waker: Waker, now: Time, state: State) -> Self {
        Self {
            gauge: Gauge::new(waker.clone()),
            waker,
            config,
            state,
            output: Output::default(),
            sessions: Slab::default(),
            links: Slab::default(),
            channels: HashMap::new(),
            last_channel: None,
            outgoing_channels: HashMap::new(),
            promised: 0,
            unanswered: 0,
            touched: Vec::new(),
            opened_window: None,
            peer_max_frame_size: 512,
            peer_channel_max: 0,
            heartbeat: 0,
            handshake_bytes: 0,
            born: now,
            last_input: now,
            last_output: now,
            farewell_until: Time::NEVER,
            open_sent: false,
            used_sasl: false,
        }
    }

    // ---- input ---------------------------------------------------------------------------------------------------------

    /// Reads on until something happened that the owner must know of; none when the input holds no further complete frame.
    #[inline]
    pub fn poll_event<'b>(&mut self, input: &mut Input<'b>, now: Time) -> Option<Event<'b>> {
        if let Some(session) = self.opened_window.take() {
            return Some(Event::Window(session));
        }
        loop {
            let step = match self.state {
                State::Negotiating(negotiation) => self.negotiate(negotiation, input),
                State::AwaitOpen | State::Open | State::CloseSent { .. } => self.read_frame(input, now),
                State::Closed => {
                    input.consumed = input.bytes.len();
                    return None;
                }
            };
            match step {
                Ok(Step::Event(event)) => return Some(event),
                // A flow that means nothing for its link may still have opened the session's window.
                Ok(Step::Continue) => {
                    if let Some(session) = self.opened_window.take() {
                        return Some(Event::Window(session));
                    }
                }
                Ok(Step::NeedInput) => return None,
                Err(violation) => return self.fail(*violation, now),
            }
        }
    }

    #[inline]
    fn read_frame<'b>(&mut self, input: &mut Input<'b>, now: Time) -> Result<Step<'b>, Box<Violation>> {
        let at = input.consumed;
        let rest = input.bytes.get(at..).unwrap_or_default();
        let limit = self.config.max_frame_size() as usize;
        let header = match FrameHeader::decode(rest, limit) {
            Ok(Some(header)) => header,
            Ok(None) => return self.incomplete(rest.len()),
            Err(error) => return Err(boxed(error)),
        };
        let Some(frame) = rest.get(..header.size) else { return self.incomplete(rest.len()) };
        input.consumed += header.size;
        if header.kind != FrameKind::Amqp {
            return Err(Box::new(
                ProtocolError::connection(Condition::FramingError, "SASL frame after the AMQP header").into(),
            ));
        }
        self.last_input = now;
        match codec::decode_body(frame, &header).map_err(boxed)? {
            Body::Transfer(transfer, payload_at) => {
                self.require_open("transfer")?;
                self.handle_transfer(header.channel, &transfer, frame, payload_at, at)
            }
            Body::Disposition(disposition) => {
                self.require_open("disposition")?;
                let Some(session) = self.live_session(header.channel)? else { return Ok(Step::Continue) };
                Ok(Step::Event(Event::Disposition {
                    session,
                    of_outgoing: disposition.role_receiver,
                    first: WireDeliveryNumber::new(disposition.first),
                    last: WireDeliveryNumber::new(disposition.last.unwrap_or(disposition.first)),
                    settled: disposition.settled,
                    state: disposition.state,
                }))
            }
            Body::Flow(flow) => {
                self.require_open("flow")?;
                self.handle_flow(header.channel, &flow)
            }
            Body::Empty => {
                if self.state == State::AwaitOpen {
                    // They show that the peer lives, and that it has nothing to say.
                    self.handshake_bytes += header.size;
                    self.incomplete(0)?;
                }
                Ok(Step::Continue)
            }
            Body::Other(_) => self.handle_performative(frame, &header, now),
        }
    }

    #[cold]
    fn incomplete<'b>(&self, waiting: usize) -> Result<Step<'b>, Box<Violation>> {
        if self.state == State::AwaitOpen && self.handshake_bytes + waiting > HANDSHAKE_BUDGET {
            let description = "too many bytes before the open is complete";
            return Err(Box::new(ProtocolError::connection(Condition::FramingError, description).into()));
        }
        Ok(Step::NeedInput)
    }

    fn require_open(&self, performative: &str) -> Result<(), Box<Violation>> {
        match self.state {
            State::Open | State::CloseSent { .. } => Ok(()),
            State::Negotiating(_) | State::AwaitOpen | State::Closed => Err(Box::new(
                ProtocolError::connection(Condition::FramingError, format!("{performative} before open")).into(),
            )),
        }
    }

    /// The session on this channel, if frames for it still mean something; none if they are to be discarded.
    #[inline]
    pub(super) fn live_session(&mut self, channel: u16) -> Result<Option<SessionId>, Box<Violation>> {
        if matches!(self.state, State::CloseSent { .. }) {
            return Ok(None);
        }
        let id = match self.last_channel {
            Some((last, id)) if last == channel => id,
            _ => match self.channels.get(&channel) {
                Some(&id) => {
                    self.last_channel = Some((channel, id));
                    id
                }
                None => {
                    return Err(Box::new(
                        ProtocolError::connection(Condition::FramingError, format!("no session on channel {channel}"))
                            .into(),
                    ));
                }
            },
        };
        match self.session(id).map(|session| session.state) {
            Some(SessionState::Mapped | SessionState::BeginSent) => Ok(Some(id)),
            Some(SessionState::EndSent | SessionState::EndReceived) | None => Ok(None),
        }
    }

    fn handle_flow<'b>(&mut self, channel: u16, flow: &Flow<'b>) -> Result<Step<'b>, Box<Violation>> {
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

    #[cold]
    fn handle_performative<'b>(
        &mut self,
        frame: &'b [u8],
        header: &FrameHeader,
        now: Time,
    ) -> Result<Step<'b>, Box<Violation>> {
        let performative = codec::decode_performative(frame, header).map_err(boxed)?;
        if let Performative::Open(open) = performative {
            return self.handle_open(open);
        }
        self.require_open(match &performative {
            Performative::Open(_) => "open",
            Performative::Begin(_) => "begin",
            Performative::Attach(_) => "attach",
            Performative::Detach(_) => "detach",
            Performative::End(_) => "end",
            Performative::Close(_) => "close",
        })?;
        let closing = matches!(self.state, State::CloseSent { .. });
        match performative {
            Performative::Close(close) => {
                if !closing {
                    self.write(0, &Performative::Close(Box::new(Close { error: None })));
                    self.last_output = now;
                }
                self.shut(now);
                Ok(Step::Event(Event::Closed { error: close.error, by_us: false }))
            }
            _ if closing => Ok(Step::Continue),
            Performative::Begin(begin) => self.handle_begin(header.channel, begin),
            Performative::Attach(attach) => self.handle_attach(header.channel, attach, frame.len()),
            Performative::Detach(detach) => self.handle_detach(header.channel, *detach),
            Performative::End(end) => self.handle_end(header.channel, *end),
            Performative::Open(_) => Ok(Step::Continue),
        }
    }

    fn handle_open<'b>(&mut self, open: Box<Open>) -> Result<Step<'b>, Box<Violation>> {
        if self.state != State::AwaitOpen {
            if matches!(self.state, State::CloseSent { .. }) {
                return Ok(Step::Continue);
            }
            return Err(Box::new(ProtocolError::connection(Condition::FramingError, "second open").into()));
        }
        if open.max_frame_size.0 < 512 {
            return Err(Box::new(
                ProtocolError::connection(
                    Condition::InvalidField,
                    format!("max-frame-size {} is below 512", open.max_frame_size.0),
                )
                .into(),
            ));
        }
        self.peer_max_frame_size = open.max_frame_size.0;
        self.peer_channel_max = open.channel_max.0;
        // Twice as often as asked, so that one late heartbeat is no silence [AMQP 2.4.5].
        self.heartbeat = open.idle_time_out.filter(|&ms| ms > 0).map_or(0, |ms| u64::from(ms / 2).max(MIN_HEARTBEAT));
        self.state = State::Open;
        Ok(Step::Event(Event::Opened(open)))
    }

    fn handle_begin<'b>(&mut self, channel: u16, begin: Box<Begin>) -> Result<Step<'b>, Box<Violation>> {
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

    fn handle_attach<'b>(
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

    fn handle_detach<'b>(&mut self, channel: u16, detach: Detach) -> Result<Step<'b>, Box<Violation>> {
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

    fn handle_end<'b>(&mut self, channel: u16, end: End) -> Result<Step<'b>, Box<Violation>> {
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

    /// Turns a breach into what the owner sees. A connection ends here; a session or a link ends when the owner has given up
    /// what it has on it.
    #[cold]
    fn fail<'b>(&mut self, violation: Violation, now: Time) -> Option<Event<'b>> {
        let error = violation.error.condition.error(violation.error.description.clone());
        match (violation.error.scope, violation.session, violation.link) {
            (Scope::Session, Some(session), _) => Some(Event::Ended { session, error: Some(error) }),
            (Scope::Link, _, Some(link)) => Some(Event::Detached { link, closed: true, error: Some(error) }),
            (Scope::Connection | Scope::Session | Scope::Link, _, _) => {
                self.abort(Some(error.clone()), now);
                Some(Event::Closed { error: Some(error), by_us: true })
            }
        }
    }

    /// Writes what can be said for goodbye and stops.
    fn abort(&mut self, error: Option<Error>, now: Time) {
        match self.state {
            State::Negotiating(_) => {}
            State::AwaitOpen | State::Open => {
                self.open();
                self.write(0, &Performative::Close(Box::new(Close { error })));
            }
            State::CloseSent { .. } | State::Closed => {}
        }
        self.shut(now);
    }

    /// Nothing follows what is in the output.
    fn shut(&mut self, now: Time) {
        if self.state != State::Closed {
            self.state = State::Closed;
            self.farewell_until = now.plus_millis(CLOSE_TIMEOUT);
        }
    }

    /// Whether our close is written, or the connection over: no frame may follow [AMQP 2.4.3].
    #[inline]
    pub(super) fn is_silent(&self) -> bool {
        matches!(self.state, State::CloseSent { .. } | State::Closed)
    }

    // ---- time ----------------------------------------------------------------------------------------------------------

    /// When [`Connection::handle_timeout`] wants to be called, at the latest.
    pub fn poll_timeout(&self) -> Time {
        match self.state {
            State::Negotiating(_) | State::AwaitOpen => match self.config.handshake_timeout {
                0 => Time::NEVER,
                limit => self.born.plus_millis(limit),
            },
            State::Open => {
                let silence = match self.config.idle_timeout {
                    0 => Time::NEVER,
                    limit => self.last_input.plus_millis(limit),
                };
                let heartbeat = match self.heartbeat {
                    0 => Time::NEVER,
                    interval => self.last_output.plus_millis(interval),
                };
                silence.min(heartbeat)
            }
            State::CloseSent { at } => at.plus_millis(CLOSE_TIMEOUT),
            State::Closed if self.output.is_empty() => Time::NEVER,
            State::Closed => self.farewell_until,
        }
    }

    /// Does what is due: heartbeats, and the end of a peer that is silent or does not finish its handshake.
    pub fn handle_timeout(&mut self, now: Time) -> Option<Event<'static>> {
        if now < self.poll_timeout() {
            return None;
        }
        match self.state {
            State::Negotiating(_) | State::AwaitOpen => {
                let error = Condition::NotAllowed.error("Timeout waiting for initial handshake");
                self.abort(Some(error.clone()), now);
                return Some(Event::Closed { error: Some(error), by_us: true });
            }
            State::Open => {
                let silent_for = now.millis_since(self.last_input);
                if self.config.idle_timeout > 0 && silent_for >= self.config.idle_timeout {
                    let error = Condition::ResourceLimitExceeded.error("local-idle-timeout expired");
                    self.abort(Some(error.clone()), now);
                    return Some(Event::Closed { error: Some(error), by_us: true });
                }
                if self.heartbeat > 0 && now.millis_since(self.last_output) >= self.heartbeat {
                    // A transport that takes nothing has bytes enough to show the peer that we live.
                    if self.output.is_empty() {
                        codec::encode_empty_frame(self.output.buffer());
                    }
                    self.last_output = now;
                }
            }
            State::CloseSent { .. } => self.shut(now),
            // The peer takes no goodbye.
            State::Closed => self.output.clear(),
        }
        None
    }

    /// Tells that the output is about to be written, so that heartbeats are counted from here.
    #[inline]
    pub fn mark_output(&mut self, now: Time) {
        self.last_output = now;
    }

    // ---- what the owner asks for -----------------------------------------------------------------------------------------

    /// The bytes to write.
    #[inline]
    pub fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// Whether more input should be read: not while answers to earlier input cannot be written.
    #[inline]
    pub fn wants_input(&self) -> bool {
        self.output.len() < 2 * OUTPUT_HIGH_WATER
    }

    /// Whether transfers can be encoded, as far as the transport is concerned.
    #[inline]
    pub fn has_output_room(&self) -> bool {
        self.output.len() < OUTPUT_HIGH_WATER && !self.is_silent()
    }

    /// Whether everything is over once the output has been written.
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Whether both opens have been exchanged and nobody has closed.
    pub fn is_open(&self) -> bool {
        self.state == State::Open && self.open_sent
    }

    /// Whether the peer went through SASL.
    pub fn used_sasl(&self) -> bool {
        self.used_sasl
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Sends our open, once.
    pub fn open(&mut self) {
        if !self.open_sent {
            self.open_sent = true;
            let open = self.config.open.clone();
            self.write(0, &Performative::Open(Box::new(open)));
        }
    }

    /// Sends our open, once, with these connection properties beside those of the settings.
    pub fn open_with(&mut self, properties: impl IntoIterator<Item = (Symbol, Value)>) {
        if self.open_sent {
            return;
        }
        self.open_sent = true;
        let mut open = self.config.open.clone();
        let fields = open.properties.get_or_insert_with(Fields::default);
        for (key, value) in properties {
            fields.insert(key, value);
        }
        self.write(0, &Performative::Open(Box::new(open)));
    }

    /// Closes the connection. The peer's close, or a time-out, ends it.
    pub fn close(&mut self, error: Option<Error>, now: Time) {
        match self.state {
            State::Open => {
                self.open();
                self.write(0, &Performative::Close(Box::new(Close { error })));
                self.state = State::CloseSent { at: now };
            }
            State::AwaitOpen => self.abort(error, now),
            State::Negotiating(_) => self.shut(now),
            State::CloseSent { .. } | State::Closed => {}
        }
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
        let session = self.sessions.get_mut(session_id.index, session_id.generation)?;
        let output_handle = session.allocate_output();
        if output_handle > session.peer_handle_max {
            session.free_output(output_handle);
            return None;
        }
        let channel = session.outgoing_channel;
        let flow = match attach.role {
            Role::Sender => {
                attach.initial_delivery_count = Some(INITIAL_DELIVERY_COUNT.raw());
                LinkFlow::Sender { credit: SenderCredit::new(INITIAL_DELIVERY_COUNT), partial: None }
            }
            Role::Receiver => LinkFlow::Receiver { credit: ReceiverCredit::new(capacity), partial: None },
        };
        let (index, generation) = self.links.insert(Link {
            session: session_id,
            name: attach.name.as_str().into(),
            state: LinkState::AttachSent,
            unanswered: true,
            output_handle,
            input_handle: None,
            snd_settle_mode: attach.snd_settle_mode.clone(),
            rcv_settle_mode: attach.rcv_settle_mode.clone(),
            max_message_size: 0,
            flow,
        });
        self.unanswered += 1;
        attach.handle = Handle(output_handle);
        self.write(channel, &Performative::Attach(Box::new(attach)));
        Some(LinkId { index, generation })
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

    fn answer_attach(
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

    /// Bytes of content that came over this connection and have not left yet, as charged by its [`Gauge`].
    pub fn held_content(&self) -> usize {
        self.gauge.held()
    }

    // ---- credit and windows ------------------------------------------------------------------------------------------------

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
    fn refresh_window(&mut self, id: SessionId) -> bool {
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
    fn allowance(&self, id: SessionId) -> u32 {
        let Some(session) = self.session(id) else { return 0 };
        let held = self.gauge.held();
        let likely = session.frame_size.max(MIN_FRAME_SIZE) as usize;
        let soft = (self.config.content_target.saturating_sub(held) / likely) as u64;
        let largest = self.config.max_frame_size() as usize;
        let others = self.promised - u64::from(session.incoming_window);
        let hard = ((self.config.content_limit.saturating_sub(held) / largest) as u64).saturating_sub(others) / 2;
        let allowed = u32::try_from(soft.min(hard)).unwrap_or(u32::MAX).min(self.config.incoming_window);
        let floor = if session.gauge.held() == 0 { WINDOW_FLOOR.min(self.config.incoming_window.max(1)) } else { 0 };
        allowed.max(floor).max(session.incoming_window)
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
        self.promised += u64::from(window - session.incoming_window);
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

    // ---- helpers -----------------------------------------------------------------------------------------------------------

    pub(super) fn write(&mut self, channel: u16, performative: &Performative) {
        if self.is_silent() {
            return;
        }
        let buffer = self.output.buffer();
        let start = buffer.len();
        if codec::encode_performative(buffer, channel, performative).is_err() {
            // Only values that came off the wire can be this large, and the walker bounded those; leave no half frame.
            buffer.truncate(start);
            debug_assert!(false, "performative cannot be encoded: {performative:?}");
        }
    }

    fn write_begin(&mut self, id: SessionId, remote_channel: Option<u16>) {
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

    fn insert_session(&mut self, outgoing_channel: u16) -> SessionId {
        let gauge = Gauge::within(&self.gauge, self.waker.clone());
        // Until frames have been seen they count as the largest.
        let frame_size = self.config.max_frame_size();
        let (index, generation) = self.sessions.insert(Session::new(outgoing_channel, gauge, frame_size));
        SessionId { index, generation }
    }

    fn allocate_channel(&mut self, preferred: u16) -> Option<u16> {
        let max = if self.state == State::Open { self.peer_channel_max } else { self.config.open.channel_max.0 };
        let preferred = std::iter::once(preferred).filter(|&channel| channel <= max);
        let channel = preferred.chain(0..=max).find(|channel| !self.outgoing_channels.contains_key(channel))?;
        self.outgoing_channels.insert(channel, ());
        Some(channel)
    }

    fn forget_session(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.remove(id.index, id.generation) {
            self.outgoing_channels.remove(&session.outgoing_channel);
            self.promised -= u64::from(session.incoming_window).min(self.promised);
            if let Some(channel) = session.incoming_channel {
                self.channels.remove(&channel);
            }
            self.last_channel = None;
        }
    }

    fn forget_link(&mut self, id: LinkId) {
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

    /// Gives back memory that an earlier burst needed.
    pub fn shrink(&mut self) {
        self.output.shrink();
        let ids: Vec<SessionId> = self.sessions().collect();
        for id in ids {
            if let Some(session) = self.sessions.get_mut(id.index, id.generation) {
                session.incoming.shrink();
                session.outgoing.shrink();
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

/// What reading did.
pub(super) enum Step<'b> {
    Event(Event<'b>),
    Continue,
    NeedInput,
}

#[cold]
pub(super) fn boxed(error: impl Into<Violation>) -> Box<Violation> {
    Box::new(error.into())
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
