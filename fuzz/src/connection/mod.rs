//! The connection machine, with an owner that answers as a router would and a peer that sends anything.
//!
//! The first byte of the data says which [`Mode`], the second how the peer's bytes are cut into pieces (0: not at all). The
//! rest is what the peer sends: bytes as they are, or a [`script`] from which frames are built, so that deep states are
//! reached. [`Wire`] is what the peer sees, and judges it; [`Owner`] is the router.

mod owner;
mod script;
mod wire;

use std::sync::Arc;
use std::task::Waker;

use crossdock_amqp::engine::{Config, Connection, Handshake, Input, Time};

use owner::{Incoming, Outgoing, Owner};
use script::Step;
use wire::Wire;

/// Bits of the first byte.
#[derive(Clone, Copy)]
struct Mode(u8);

impl Mode {
    /// The rest is a script, not bytes.
    fn is_script(self) -> bool {
        self.0 & 1 != 0
    }

    /// The machine is the side that connects.
    fn initiates(self) -> bool {
        self.0 & 2 != 0
    }

    /// All limits are small.
    fn is_tight(self) -> bool {
        self.0 & 4 != 0
    }

    /// The transport takes output only when it must.
    fn is_slow(self) -> bool {
        self.0 & 8 != 0
    }

    fn config(self) -> Config {
        let mut config = if self.initiates() { Config::client("fuzz") } else { Config::server("fuzz") };
        if self.is_tight() {
            config.open.max_frame_size = 512.into();
            config.open.channel_max = 1.into();
            config.handle_max = 3;
            config.incoming_window = 8;
            config.content_target = 4096;
            config.content_limit = 16_384;
        }
        if self.is_tight() && self.initiates() {
            config.handshake = Handshake::Plain;
        }
        config
    }
}

/// What the machine may write beyond what it was asked for: greetings, and answers to what it read.
const GREETING: usize = 64 * 1024;
const ANSWER_FACTOR: usize = 16;

/// A connection whose peer sends what the data says.
pub fn connection(data: &[u8]) {
    let Some((&[mode, piece], rest)) = data.split_first_chunk() else { return };
    let mode = Mode(mode);
    let mut run = Run::new(mode, usize::from(piece));
    if mode.is_script() {
        for step in script::steps(rest, mode.initiates()) {
            run.step(step);
        }
    } else {
        run.read(rest);
    }
    run.finish();
}

struct Run {
    conn: Connection<Incoming, Outgoing>,
    owner: Owner,
    wire: Wire,
    /// Bytes of one read; 0 = as many as there are.
    piece: usize,
    /// The beginning of a frame whose rest has not come.
    partial: Vec<u8>,
    now: Time,
    given: usize,
}

impl Run {
    fn new(mode: Mode, piece: usize) -> Self {
        let config = Arc::new(mode.config());
        let now = Time::from_millis(1000);
        let waker = Waker::noop().clone();
        let conn = if mode.initiates() {
            Connection::initiate(config, waker, now)
        } else {
            Connection::accept(config, waker, now)
        };
        let wire = Wire::new(!mode.is_slow());
        Self { conn, owner: Owner::default(), wire, piece, partial: Vec::new(), now, given: 0 }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Read(bytes) => self.read(&bytes),
            Step::Wait(millis) => self.wait(millis),
            Step::Do(own) => {
                if !self.conn.is_closed() {
                    self.owner.act(&mut self.conn, &mut self.wire, own, self.now);
                    self.end_round();
                }
            }
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        let piece = if self.piece == 0 { bytes.len() } else { self.piece };
        for bytes in bytes.chunks(piece.max(1)) {
            self.now = self.now.plus_millis(1);
            self.given += bytes.len();
            self.partial.extend_from_slice(bytes);
            self.poll_events();
            self.end_round();
        }
    }

    fn poll_events(&mut self) {
        let bytes = std::mem::take(&mut self.partial);
        let mut input = Input::new(&bytes);
        let mut was_closed = self.conn.is_closed();
        // Each event takes a frame, or is one more from the same frame.
        let mut left = bytes.len() / 4 + 4;
        while let Some(event) = self.conn.poll_event(&mut input, self.now) {
            assert!(!was_closed, "an event after the end: {event:?}");
            was_closed = self.conn.is_closed();
            assert!(input.consumed() <= bytes.len());
            left = left.checked_sub(1).expect("more events than frames");
            self.owner.handle(&mut self.conn, &mut self.wire, event);
        }
        assert!(input.consumed() <= bytes.len());
        assert!(!self.conn.is_closed() || input.consumed() == bytes.len(), "what comes after the end is thrown away");
        self.partial = bytes[input.consumed()..].to_vec();
    }

    fn wait(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        if self.conn.poll_timeout() > self.now {
            return;
        }
        if let Some(event) = self.conn.handle_timeout(self.now) {
            self.owner.handle(&mut self.conn, &mut self.wire, event);
        }
        assert!(self.conn.poll_timeout() > self.now, "a timer that has fired is set to a later time");
        self.end_round();
    }

    fn end_round(&mut self) {
        self.owner.end_round(&mut self.conn, &mut self.wire);
        self.conn.refresh_windows();
        self.wire.look(self.conn.output());
        self.owner.check(&self.conn);
        if !self.conn.wants_input() {
            self.wire.see(&self.conn.output().take_all());
        }
        let most = GREETING + ANSWER_FACTOR * self.given + 2 * self.owner.sent;
        let written = self.wire.seen + self.conn.output().len();
        assert!(written <= most, "{written} bytes written, {} read", self.given);
    }

    fn finish(mut self) {
        self.owner.release_content();
        self.end_round();
        self.wire.see(&self.conn.output().take_all());
        self.conn.shrink();
        let mut input = Input::new(&self.partial);
        assert!(self.conn.poll_event(&mut input, self.now).is_none(), "an event from half a frame");
        for session in self.conn.sessions() {
            let held = self.conn.session(session).expect("one of those there are").gauge().held();
            assert_eq!(held, 0, "content that has left is not held");
        }
        if self.conn.is_closed() {
            assert_eq!(self.conn.poll_timeout(), Time::NEVER);
            assert!(self.conn.handle_timeout(self.now.plus_millis(1 << 40)).is_none());
        }
    }
}
