//! One engine, and a peer that is a hand: it sends what frames a test says, and reads what comes back.
//!
//! What happens is noted in words, in order: events as they are, frames that the engine wrote with a `>`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses some of it")]

pub(crate) mod frames;
mod words;

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{
    Chunk, Config, Connection, Event, Handshake, Input, LinkId, NewDelivery, Payload, Sent, SessionId, Time,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

/// Counts how often the engine's owner was woken.
#[derive(Debug, Default)]
pub(crate) struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Woken {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// An engine and the bytes on their way to it.
pub(crate) struct Bench {
    pub(crate) engine: Connection<(), u32>,
    pub(crate) now: Time,
    pub(crate) woken: Arc<Woken>,
    /// Whether the owner accepts links at once, and with what credit to grant.
    pub(crate) accepts: Option<u32>,
    /// The session begun last, and the link attached last.
    pub(crate) session: Option<SessionId>,
    pub(crate) link: Option<LinkId>,
    /// Content that came and that the owner keeps; none if it keeps nothing.
    pub(crate) kept: Option<Vec<Chunk>>,
    /// Whether notes tell of windows.
    pub(crate) tells_windows: bool,
    unread: Vec<u8>,
    notes: Vec<String>,
}

impl Bench {
    /// The side that was connected to.
    pub(crate) fn server(config: Config) -> Self {
        Self::new(|waker| Connection::accept(Arc::new(config), waker, Time::from_millis(0)))
    }

    /// The side that connects.
    pub(crate) fn client(config: Config) -> Self {
        Self::new(|waker| Connection::initiate(Arc::new(config), waker, Time::from_millis(0)))
    }

    fn new(start: impl FnOnce(Waker) -> Connection<(), u32>) -> Self {
        let woken = Arc::new(Woken::default());
        Self {
            engine: start(Waker::from(Arc::clone(&woken))),
            now: Time::from_millis(0),
            woken,
            accepts: Some(100),
            session: None,
            link: None,
            kept: None,
            tells_windows: false,
            unread: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A server that has been through the opens, with a peer of this max-frame-size.
    pub(crate) fn opened(config: Config, peer_max_frame_size: u32) -> Self {
        let mut bench = Self::server(config);
        bench.hear(frames::AMQP);
        bench.hear(&frames::open(peer_max_frame_size));
        bench.notes.clear();
        bench.take_output();
        bench
    }

    /// Likewise, with a session on channel 0 whose peer lets `window` transfers through.
    pub(crate) fn begun(config: Config, peer_max_frame_size: u32, window: u32) -> Self {
        let mut bench = Self::opened(config, peer_max_frame_size);
        bench.hear(&frames::begin(0, window));
        bench.forget();
        bench
    }

    /// Bytes come, and whatever they are part of is handled.
    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
        let unread = std::mem::take(&mut self.unread);
        let mut input = Input::new(&unread);
        while let Some(event) = self.engine.poll_event(&mut input, self.now) {
            self.handle(event);
        }
        self.unread = unread[input.consumed()..].to_vec();
        self.engine.refresh_windows();
    }

    /// Time passes, without anything being due in between.
    pub(crate) fn wait(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        if let Some(event) = self.engine.handle_timeout(self.now) {
            self.handle(event);
        }
    }

    fn handle(&mut self, event: Event<'_>) {
        self.notes.push(words::event(&event));
        match event {
            Event::Opened(_) => self.engine.open(),
            Event::Begun(session, _) => self.session = Some(session),
            Event::Ended { session, error } => self.engine.end(session, error),
            Event::Attached(link, attach) => {
                self.link = Some(link);
                if let Some(credit) = self.accepts {
                    self.engine.accept_link(link, attach.source, attach.target, credit, 0);
                    self.engine.open_gate(link);
                }
            }
            Event::Detached { link, closed, error } => self.engine.detach(link, closed, error),
            Event::Transfer(transfer) => {
                if let (Some(kept), Some(session)) = (&mut self.kept, self.engine.session(transfer.session)) {
                    kept.push(Chunk::held(Bytes::copy_from_slice(transfer.payload), session.gauge()));
                }
            }
            Event::Closed { .. }
            | Event::AttachAnswered(..)
            | Event::Disposition { .. }
            | Event::Credit(_)
            | Event::Drained(_)
            | Event::Window(_) => {}
        }
    }

    /// What has happened since the last call.
    pub(crate) fn notes(&mut self) -> Vec<String> {
        let mut notes = std::mem::take(&mut self.notes);
        let frames = words::written(&self.take_output()).into_iter().map(|frame| format!("> {frame}"));
        if self.tells_windows {
            notes.extend(frames);
        } else {
            let untold = frames.map(|frame| match frame.split_once(" window ") {
                Some((rest, _)) => rest.trim_end_matches(',').to_owned(),
                None => frame,
            });
            notes.extend(untold.filter(|frame| frame != "> flow"));
        }
        notes
    }

    /// What has happened is of no interest.
    pub(crate) fn forget(&mut self) {
        self.notes.clear();
        self.take_output();
    }

    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        self.engine.output().take_all()
    }

    pub(crate) fn session(&self) -> SessionId {
        self.session.expect("a session was begun")
    }

    pub(crate) fn link(&self) -> LinkId {
        self.link.expect("a link was attached")
    }

    /// Starts a delivery of `payload` on the link attached last.
    pub(crate) fn send(&mut self, message: u32, payload: &[u8], settled: bool) -> Option<Sent> {
        self.send_part(message, payload, settled, false)
    }

    pub(crate) fn send_part(&mut self, message: u32, payload: &[u8], settled: bool, more: bool) -> Option<Sent> {
        let new = NewDelivery {
            tag: &message.to_be_bytes(),
            message_format: 0,
            context: (!settled).then_some(message),
            state: StateRef::None,
            rcv_second: false,
        };
        self.engine.start_delivery(self.link(), new, Payload::Copied(payload), more)
    }

    pub(crate) fn go_on(&mut self, payload: &[u8], more: bool) -> Option<Sent> {
        self.engine.continue_delivery(self.link(), Payload::Copied(payload), more)
    }
}

/// A server without time-outs.
pub(crate) fn calm() -> Config {
    let mut config = Config::server("R");
    config.open.idle_time_out = None;
    config.idle_timeout = 0;
    config.handshake_timeout = 0;
    config
}

/// A client without time-outs, that starts with AMQP at once.
pub(crate) fn plain_client() -> Config {
    let mut config = Config::client("C");
    config.handshake = Handshake::Plain;
    config.open.idle_time_out = None;
    config.idle_timeout = 0;
    config.handshake_timeout = 0;
    config
}
