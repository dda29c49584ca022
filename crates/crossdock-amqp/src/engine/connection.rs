//! The connection machine: its state, the dispatch of frames, and what an owner may ask of it.
//!
//! ```text
//!  AwaitHeader ─► Sasl… ─► AwaitHeader ─► AwaitOpen ─► Open ─► CloseSent ─► Closed
//!                                            └── any breach of protocol ─────────┘
//! ```

use fe2o3_amqp_types::definitions::{Error, Fields};
use fe2o3_amqp_types::performatives::{Close, Open};
use fe2o3_amqp_types::primitives::{Symbol, Value};
use hashbrown::HashMap;
use std::sync::Arc;
use std::task::Waker;

use super::config::{HANDSHAKE_BUDGET, MIN_HEARTBEAT};
use super::handshake::Negotiation;
use super::session::SessionState;
use super::slab::Slab;
use super::{
    Attempt, Config, Event, Gauge, Input, Link, LinkId, Output, ProtocolError, Scope, Session, SessionId, Time,
};
use crate::codec::{self, Body, FrameHeader, FrameKind, Performative};
use crate::condition::Condition;
use crate::serial::WireDeliveryNumber;

/// Unwritten bytes above which no new transfer is encoded: the transport is slower than the traffic, and content waits
/// where it is counted.
pub(super) const OUTPUT_HIGH_WATER: usize = 256 * 1024;

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
    pub(super) channels: HashMap<u16, SessionId>,
    pub(super) last_channel: Option<(u16, SessionId)>,
    pub(super) outgoing_channels: HashMap<u16, ()>,
    /// Transfers promised to the peer, over all sessions.
    pub(super) promised: u64,
    /// Links that we attached and the peer has not answered.
    pub(super) unanswered: usize,
    pub(super) touched: Vec<SessionId>,
    pub(super) opened_window: Option<SessionId>,
    pub(super) gauge: Arc<Gauge>,
    pub(super) waker: Waker,
    pub(super) peer_max_frame_size: u32,
    pub(super) peer_channel_max: u16,
    /// Interval of our heartbeats (ms); 0 = none asked for.
    pub(super) heartbeat: u64,
    pub(super) handshake_bytes: usize,
    pub(super) born: Time,
    pub(super) last_input: Time,
    pub(super) last_output: Time,
    /// When output that was not taken after the end is thrown away.
    pub(super) farewell_until: Time,
    pub(super) open_sent: bool,
    /// Of the SASL layer, if there was one.
    pub(super) mechanism: Option<&'static str>,
    /// Only where this side initiated.
    pub(super) attempt: Option<Box<Attempt>>,
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
        connection.attempt = Some(Box::default());
        connection.begin_negotiation();
        connection
    }

    pub(super) fn new(config: Arc<Config>, waker: Waker, now: Time, state: State) -> Self {
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
            mechanism: None,
            attempt: None,
        }
    }

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
    pub(super) fn read_frame<'b>(&mut self, input: &mut Input<'b>, now: Time) -> Result<Step<'b>, Box<Violation>> {
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
    pub(super) fn incomplete<'b>(&self, waiting: usize) -> Result<Step<'b>, Box<Violation>> {
        if self.state == State::AwaitOpen && self.handshake_bytes + waiting > HANDSHAKE_BUDGET {
            let description = "too many bytes before the open is complete";
            return Err(Box::new(ProtocolError::connection(Condition::FramingError, description).into()));
        }
        Ok(Step::NeedInput)
    }

    pub(super) fn require_open(&self, performative: &str) -> Result<(), Box<Violation>> {
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

    #[cold]
    pub(super) fn handle_performative<'b>(
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
                self.note_error(close.error.as_ref());
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

    pub(super) fn handle_open<'b>(&mut self, open: Box<Open>) -> Result<Step<'b>, Box<Violation>> {
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
        self.note_open(&open);
        Ok(Step::Event(Event::Opened(open)))
    }

    /// Turns a breach into what the owner sees. A connection ends here; a session or a link ends when the owner has given up
    /// what it has on it.
    #[cold]
    pub(super) fn fail<'b>(&mut self, violation: Violation, now: Time) -> Option<Event<'b>> {
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
    pub(super) fn abort(&mut self, error: Option<Error>, now: Time) {
        self.note_error(error.as_ref());
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
    pub(super) fn shut(&mut self, now: Time) {
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

    /// Whether there is a SASL layer.
    pub fn used_sasl(&self) -> bool {
        self.mechanism.is_some()
    }

    /// The mechanism of the SASL layer, if there is one.
    pub fn sasl_mechanism(&self) -> Option<&'static str> {
        self.mechanism
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
