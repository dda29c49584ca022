//! One connection of the load generator: the engine, a socket, and a [`Peer`] that says what the connection is for.
//!
//! A wake-up reads once, tells the peer what came, lets it write all it can, and writes once; and again while that moves
//! anything. So everything that a read brought is answered by one write.

use crossdock_amqp::engine::{Config, Connection, Event, Handshake, Input, Time};
use fe2o3_amqp_types::definitions::{Error, ErrorCondition};
use fe2o3_amqp_types::performatives::Open;
use fe2o3_amqp_types::primitives::Symbol;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::Sleep;

use super::control::{Control, Phase};

/// The engine; nothing need be remembered of a delivery but that it is unsettled.
pub(super) type Engine = Connection<(), ()>;

/// What a connection is for.
pub(super) trait Peer {
    /// The connection is open: attach what is needed.
    ///
    /// # Errors
    /// The server does not allow it.
    fn handle_open(&mut self, engine: &mut Engine, open: &Open) -> Result<(), String>;

    /// Something happened.
    ///
    /// # Errors
    /// It makes going on senseless.
    fn handle_event(&mut self, engine: &mut Engine, event: Event<'_>, now: u64) -> Result<(), String>;

    /// Everything that was read has been told: write what can be written.
    ///
    /// # Errors
    /// It makes going on senseless.
    fn pump(&mut self, engine: &mut Engine, turn: &Turn<'_>) -> Result<(), String>;

    /// Whether to read from the socket.
    fn reads(&self) -> bool {
        true
    }
}

/// The moment of a pump.
pub(super) struct Turn<'a> {
    /// Now (ns).
    pub(super) now: u64,
    pub(super) phase: Phase,
    /// When messages began to flow (ns).
    pub(super) run_from: u64,
    /// Messages sent before this (ns) do not count for latency.
    pub(super) measure_from: u64,
    pub(super) waker: &'a Waker,
}

/// Rounds of reading and writing before others get their turn.
const ROUNDS: u32 = 16;

/// Bytes per read.
const READ_SIZE: usize = 256 * 1024;

thread_local! {
    /// All connections of a thread read into the same memory.
    static READ_BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// How to connect.
#[derive(Clone, Debug)]
pub(super) struct Dial {
    pub(super) addr: SocketAddr,
    pub(super) host: String,
    pub(super) container_id: String,
    pub(super) frame_size: u32,
    pub(super) window: u32,
    pub(super) plain: bool,
    /// Whether the server's silence ends the connection.
    pub(super) times_out: bool,
    pub(super) patience: Duration,
}

impl Dial {
    fn config(&self) -> Config {
        let mut config = Config::client(self.container_id.clone());
        config.open.hostname = Some(self.host.clone());
        config.open.max_frame_size = self.frame_size.into();
        config.incoming_window = self.window;
        // Nothing that comes in is kept, so the windows need not follow memory.
        config.content_target = usize::MAX;
        config.content_limit = usize::MAX;
        config.handshake_timeout = u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX).max(1);
        if self.plain {
            config.handshake = Handshake::Plain;
        }
        if !self.times_out {
            config.idle_timeout = 0;
            config.open.idle_time_out = None;
        }
        config
    }
}

/// Connects, through the gate that lets only so many connect at once, and runs the peer until the phase says close.
///
/// # Errors
/// The connection failed or ended before its time, in words for the user.
pub(super) async fn drive<P: Peer>(
    dial: &Dial,
    control: &Control,
    gate: &Semaphore,
    peer: &mut P,
) -> Result<(), String> {
    let mut permit = gate.acquire().await.ok();
    if control.phase() == Phase::Close {
        return Ok(());
    }
    let connecting = TcpStream::connect(dial.addr);
    let stream = match tokio::time::timeout(dial.patience, connecting).await {
        Ok(connected) => connected.map_err(|error| format!("connect to {}: {error}", dial.addr))?,
        Err(_) => return Err(format!("connect to {}: no answer", dial.addr)),
    };
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
    control.register(waker.clone());
    let now = control.engine_time(control.now());
    let mut driver = Driver {
        engine: Engine::initiate(Arc::new(dial.config()), waker.clone(), now),
        stream,
        control,
        waker,
        incomplete: Vec::new(),
        timer: Box::pin(tokio::time::sleep(Duration::ZERO)),
        timer_at: now,
        closing: false,
    };
    poll_fn(|cx| {
        let polled = driver.poll(cx, peer);
        if driver.engine.is_open() {
            permit = None;
        }
        polled
    })
    .await
}

struct Driver<'a> {
    engine: Engine,
    stream: TcpStream,
    control: &'a Control,
    waker: Waker,
    /// The beginning of a frame whose end has not come.
    incomplete: Vec<u8>,
    timer: Pin<Box<Sleep>>,
    timer_at: Time,
    /// Whether we have closed, or given up closing.
    closing: bool,
}

impl Driver<'_> {
    fn poll<P: Peer>(&mut self, cx: &mut Context<'_>, peer: &mut P) -> Poll<Result<(), String>> {
        for _ in 0..ROUNDS {
            let now = self.control.now();
            let phase = self.control.phase();
            if phase == Phase::Close && !self.closing {
                self.closing = true;
                if !self.engine.is_open() || !peer.reads() {
                    return Poll::Ready(Ok(()));
                }
                self.engine.close(None, self.control.engine_time(now));
            }
            let mut moved = false;
            if (self.closing || peer.reads()) && self.engine.wants_input() {
                moved |= self.read(cx, peer, now)?;
            }
            self.handle_time(cx, now)?;
            if !self.closing && self.engine.is_open() {
                let (run_from, measure_from) = (self.control.run_from(), self.control.measured_from());
                peer.pump(&mut self.engine, &Turn { now, phase, run_from, measure_from, waker: &self.waker })?;
            }
            self.engine.refresh_windows();
            moved |= self.write(cx, now)?;
            if self.engine.is_closed() && (self.engine.output().is_empty() || self.closing) {
                return Poll::Ready(Ok(()));
            }
            if !moved {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// One read and all that it brought. Whether anything came.
    fn read<P: Peer>(&mut self, cx: &mut Context<'_>, peer: &mut P, now: u64) -> Result<bool, String> {
        READ_BUFFER.with_borrow_mut(|buffer| {
            let kept = self.incomplete.len();
            if buffer.len() < kept + READ_SIZE {
                buffer.resize(kept + READ_SIZE, 0);
            }
            if let Some(start) = buffer.get_mut(..kept) {
                start.copy_from_slice(&self.incomplete);
            }
            let mut space = ReadBuf::new(buffer.get_mut(kept..kept + READ_SIZE).unwrap_or_default());
            let n = match Pin::new(&mut self.stream).poll_read(cx, &mut space) {
                Poll::Pending => return Ok(false),
                Poll::Ready(Ok(())) => space.filled().len(),
                Poll::Ready(Err(error)) => return self.lost(&format!("connection lost: {error}")),
            };
            if n == 0 {
                return self.lost("the server ended the connection without a close");
            }
            let bytes = buffer.get(..kept + n).unwrap_or_default();
            let consumed = self.handle_input(peer, bytes, now)?;
            self.incomplete.clear();
            self.incomplete.extend_from_slice(bytes.get(consumed..).unwrap_or_default());
            if self.incomplete.is_empty() && self.incomplete.capacity() > 4096 {
                self.incomplete = Vec::new();
            }
            Ok(true)
        })
    }

    /// The transport is gone: an error unless we were closing anyway.
    fn lost(&mut self, why: &str) -> Result<bool, String> {
        if !self.closing {
            return Err(why.into());
        }
        let _ = self.engine.handle_timeout(Time::NEVER);
        self.engine.output().take_all();
        Ok(false)
    }

    fn handle_input<P: Peer>(&mut self, peer: &mut P, bytes: &[u8], now: u64) -> Result<usize, String> {
        let mut input = Input::new(bytes);
        let time = self.control.engine_time(now);
        while let Some(event) = self.engine.poll_event(&mut input, time) {
            match event {
                Event::Opened(open) => peer.handle_open(&mut self.engine, &open)?,
                Event::Closed { error, by_us } => self.handle_closed(error.as_ref(), by_us)?,
                event @ (Event::Begun(..)
                | Event::Ended { .. }
                | Event::Attached(..)
                | Event::AttachAnswered(..)
                | Event::Detached { .. }
                | Event::Transfer(_)
                | Event::Disposition { .. }
                | Event::Credit(_)
                | Event::Drained(_)
                | Event::Window(_)) => peer.handle_event(&mut self.engine, event, now)?,
            }
        }
        Ok(input.consumed())
    }

    fn handle_closed(&self, error: Option<&Error>, by_us: bool) -> Result<(), String> {
        if self.closing && !by_us {
            return Ok(());
        }
        let who = if by_us { "connection ended because of the server" } else { "the server closed the connection" };
        Err(format!("{who}: {}", describe(error)))
    }

    fn handle_time(&mut self, cx: &mut Context<'_>, now: u64) -> Result<(), String> {
        let now = self.control.engine_time(now);
        // The timer may be early: it is set again when it fires, not whenever traffic moves what is due.
        while self.engine.poll_timeout() < self.timer_at || self.timer.as_mut().poll(cx).is_ready() {
            if let Some(Event::Closed { error, .. }) = self.engine.handle_timeout(now) {
                return Err(format!("connection ended because of the server: {}", describe(error.as_ref())));
            }
            let due = self.engine.poll_timeout();
            let wait = Duration::from_millis(due.millis_since(now).clamp(1, 3_600_000));
            self.timer_at = now.plus_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)).min(due);
            self.timer.as_mut().reset(tokio::time::Instant::now() + wait);
        }
        Ok(())
    }

    /// Writes as much as the socket takes. Whether anything was written.
    fn write(&mut self, cx: &mut Context<'_>, now: u64) -> Result<bool, String> {
        let mut moved = false;
        while !self.engine.output().is_empty() {
            let stream = Pin::new(&mut self.stream);
            let output = self.engine.output();
            let written = match output.single() {
                Some(bytes) => stream.poll_write(cx, bytes),
                None => {
                    let mut slices = [IoSlice::new(&[]); 64];
                    let used = output.slices(&mut slices);
                    stream.poll_write_vectored(cx, slices.get(..used).unwrap_or_default())
                }
            };
            let n = match written {
                Poll::Pending => return Ok(moved),
                Poll::Ready(result) => result.and_then(non_zero),
            };
            match n {
                Ok(n) => self.engine.output().advance(n),
                Err(error) => return self.lost(&format!("connection lost: {error}")),
            }
            self.engine.mark_output(self.control.engine_time(now));
            moved = true;
        }
        Ok(moved)
    }
}

fn non_zero(n: usize) -> io::Result<usize> {
    if n == 0 { Err(io::ErrorKind::WriteZero.into()) } else { Ok(n) }
}

/// An AMQP error in words.
pub(super) fn describe(error: Option<&Error>) -> String {
    let Some(error) = error else { return "no reason given".into() };
    let condition = match &error.condition {
        ErrorCondition::AmqpError(condition) => Symbol::from(condition),
        ErrorCondition::ConnectionError(condition) => Symbol::from(condition),
        ErrorCondition::SessionError(condition) => Symbol::from(condition),
        ErrorCondition::LinkError(condition) => Symbol::from(condition),
        ErrorCondition::TransactionError(condition) => Symbol::from(condition),
        ErrorCondition::Custom(condition) => condition.clone(),
    };
    match &error.description {
        Some(description) => format!("{}: {description}", condition.as_str()),
        None => condition.as_str().into(),
    }
}
