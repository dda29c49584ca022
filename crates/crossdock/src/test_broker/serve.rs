//! The socket of one connection, and its turns.

use crossdock_amqp::engine::{Event, Input, Time};
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::IoSlice;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use super::hub::Hub;

/// Counts milliseconds from the start of the broker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(Instant);

impl Default for Clock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock {
    pub(super) fn now(self) -> Time {
        Time::from_millis(u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

/// Rounds of reading and writing before others get their turn.
const ROUNDS: u32 = 16;
/// Bytes per read.
const READ_SIZE: usize = 64 * 1024;

/// Serves a connection until it is over.
pub(super) async fn connection(hub: Rc<RefCell<Hub>>, stream: TcpStream, clock: Clock) {
    let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
    let id = hub.borrow_mut().add_peer(waker, clock.now());
    let mut socket =
        Socket { stream, clock, unread: Vec::new(), timer: Box::pin(tokio::time::sleep(Duration::ZERO)), id };
    poll_fn(|cx| socket.poll(cx, &mut hub.borrow_mut())).await;
    hub.borrow_mut().remove_peer(id, clock.now());
}

struct Socket {
    stream: TcpStream,
    clock: Clock,
    /// What was read and not handled: the beginning of a frame.
    unread: Vec<u8>,
    timer: Pin<Box<Sleep>>,
    id: u64,
}

/// The transport is gone.
struct Lost;

impl Socket {
    fn poll(&mut self, cx: &mut Context<'_>, hub: &mut Hub) -> Poll<()> {
        for _ in 0..ROUNDS {
            match self.turn(cx, hub) {
                Ok(true) => {}
                Ok(false) => return Poll::Pending,
                Err(Lost) => return Poll::Ready(()),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads, handles, deals and writes once. Whether anything moved.
    fn turn(&mut self, cx: &mut Context<'_>, hub: &mut Hub) -> Result<bool, Lost> {
        let now = self.clock.now();
        let read = self.read(cx, hub, now)?;
        hub.deal(Some(self.id), now);
        let wrote = self.write(cx, hub, now)?;
        let (peer, _) = hub.peer(self.id).ok_or(Lost)?;
        if peer.engine.is_closed() && peer.engine.output().is_empty() {
            return Err(Lost);
        }
        self.handle_time(cx, hub, now)?;
        Ok(read || wrote)
    }

    fn read(&mut self, cx: &mut Context<'_>, hub: &mut Hub, now: Time) -> Result<bool, Lost> {
        let (peer, queues) = hub.peer(self.id).ok_or(Lost)?;
        if !peer.engine.wants_input() {
            return Ok(false);
        }
        let kept = self.unread.len();
        self.unread.resize(kept + READ_SIZE, 0);
        let mut space = ReadBuf::new(self.unread.get_mut(kept..).unwrap_or_default());
        let polled = Pin::new(&mut self.stream).poll_read(cx, &mut space);
        let n = space.filled().len();
        self.unread.truncate(kept + n);
        match polled {
            Poll::Pending => return Ok(false),
            Poll::Ready(Ok(())) if n > 0 => {}
            Poll::Ready(_) => return Err(Lost),
        }
        let mut input = Input::new(&self.unread);
        while let Some(event) = peer.engine.poll_event(&mut input, now) {
            peer.handle_event(event, queues, now);
        }
        let consumed = input.consumed();
        self.unread.drain(..consumed);
        peer.engine.refresh_windows();
        Ok(true)
    }

    fn write(&mut self, cx: &mut Context<'_>, hub: &mut Hub, now: Time) -> Result<bool, Lost> {
        let (peer, _) = hub.peer(self.id).ok_or(Lost)?;
        let mut moved = false;
        while !peer.engine.output().is_empty() {
            let mut slices = [IoSlice::new(&[]); 64];
            let used = peer.engine.output().slices(&mut slices);
            let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices.get(..used).unwrap_or_default());
            match polled {
                Poll::Pending => break,
                Poll::Ready(Ok(n)) if n > 0 => peer.engine.output().advance(n),
                Poll::Ready(_) => return Err(Lost),
            }
            peer.engine.mark_output(now);
            moved = true;
        }
        Ok(moved)
    }

    fn handle_time(&mut self, cx: &mut Context<'_>, hub: &mut Hub, now: Time) -> Result<(), Lost> {
        let (peer, _) = hub.peer(self.id).ok_or(Lost)?;
        loop {
            if let Some(Event::Closed { .. }) = peer.engine.handle_timeout(now) {
                cx.waker().wake_by_ref();
            }
            let wait = peer.engine.poll_timeout().millis_since(now).clamp(1, 3_600_000);
            self.timer.as_mut().reset(tokio::time::Instant::now() + Duration::from_millis(wait));
            if self.timer.as_mut().poll(cx).is_pending() {
                return Ok(());
            }
        }
    }
}
