//! The task of one connection: drain the mailbox, read, write, until there is nothing left to do.

use bytes::{Bytes, BytesMut};
use crossdock_amqp::engine::Time;
use crossdock_router::Adaptor;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::Sleep;

use crate::clock::Clock;
use crate::trace::FrameTracer;

/// Bytes asked for in one read.
const READ_SIZE: usize = 64 * 1024;

/// Rounds of mailbox, read and write before other connections get their turn.
const ROUNDS: usize = 16;

/// Pieces of one vectored write.
const SLICES: usize = 64;

/// How long a peer may take to read our farewell and hang up.
const LINGER: Duration = Duration::from_secs(1);

/// Milliseconds in which the transport must take what is left of the output when everything is over.
const LAST_WORDS: u64 = 3_000;

thread_local! {
    /// Reads of all connections of a thread go here, so that an idle connection owns no read buffer.
    static READ_BUFFER: RefCell<BytesMut> = RefCell::new(BytesMut::new());
    /// Likewise for frames on their way out: a connection keeps the buffer only while its transport takes nothing.
    static WRITE_BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// One connection and its transport.
pub(crate) struct ConnectionTask<S> {
    transport: S,
    adaptor: Adaptor,
    clock: Clock,
    /// The beginning of a frame whose rest has not come.
    partial: Vec<u8>,
    timer: Option<Pin<Box<Sleep>>>,
    /// When the timer fires.
    timer_at: Time,
    /// Whether anything came since the last quiet moment.
    active: bool,
    /// When everything is over: until then the rest of the output may leave.
    give_up_at: Option<Time>,
    tracer: FrameTracer,
}

enum Read {
    Progress,
    Blocked,
    End(io::Error),
}

impl<S: AsyncRead + AsyncWrite + Unpin> ConnectionTask<S> {
    pub(crate) fn new(transport: S, adaptor: Adaptor, clock: Clock) -> Self {
        Self {
            tracer: FrameTracer::new(adaptor.id()),
            transport,
            adaptor,
            clock,
            partial: Vec::new(),
            timer: None,
            timer_at: Time::NEVER,
            active: true,
            give_up_at: None,
        }
    }

    /// Serves the connection until it is over. The error is what happened to the transport before the machine had said
    /// goodbye.
    pub(crate) async fn run(&mut self) -> io::Result<()> {
        let ended = poll_fn(|cx| self.poll(cx)).await;
        self.finish(ended).await
    }

    /// Serves the connection until the peer's open has come; how it ended if that never happens.
    pub(crate) async fn run_to_open(&mut self) -> Option<io::Result<()>> {
        let ended = poll_fn(|cx| match self.poll(cx) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if self.adaptor.is_open() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        });
        match ended.await {
            Some(ended) => Some(self.finish(ended).await),
            None => None,
        }
    }

    pub(crate) fn adaptor(&self) -> &Adaptor {
        &self.adaptor
    }

    async fn finish(&mut self, ended: io::Result<()>) -> io::Result<()> {
        self.adaptor.handle_transport_lost(self.clock.now());
        if ended.is_ok() {
            // The machine has said goodbye: let the peer read it before the socket goes. A reset would destroy it.
            let _ = tokio::time::timeout(LINGER, self.linger()).await;
        }
        ended
    }

    async fn linger(&mut self) -> io::Result<()> {
        self.tracer.trace_end_of_output();
        self.transport.shutdown().await?;
        // Not in the task itself, which every connection has for as long as it lives.
        let mut scrap = vec![0; 1024];
        while self.transport.read(&mut scrap).await? > 0 {}
        Ok(())
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        WRITE_BUFFER.with_borrow_mut(|buffer| self.adaptor.output().swap_buffer(buffer));
        let result = self.poll_rounds(cx);
        WRITE_BUFFER.with_borrow_mut(|buffer| self.adaptor.output().swap_buffer(buffer));
        result
    }

    fn poll_rounds(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.adaptor.mailbox().register(cx.waker());
        self.tracer.set_always(self.adaptor.is_traced());
        let now = self.clock.now();
        for _ in 0..ROUNDS {
            let mut progress = self.adaptor.handle_mailbox(now);
            let wanted_input = self.adaptor.wants_input();
            if wanted_input && !self.adaptor.is_closed() {
                match self.poll_read(cx, now) {
                    Read::Progress => progress = true,
                    Read::Blocked => {}
                    Read::End(error) => {
                        self.tracer.trace_end_of_input();
                        return Poll::Ready(Err(error));
                    }
                }
            }
            progress |= self.poll_write(cx, now)?;
            // Nobody would wake a task that has not tried to read and has nothing left to write.
            progress |= !wanted_input && self.adaptor.wants_input();
            if self.adaptor.is_closed() && self.adaptor.output().is_empty() {
                return Poll::Ready(Ok(()));
            }
            if !progress {
                return self.poll_timer(cx, now);
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, now: Time) -> Read {
        let read = READ_BUFFER.with_borrow_mut(|buffer| {
            buffer.reserve(self.partial.len() + READ_SIZE);
            buffer.extend_from_slice(&self.partial);
            let start = buffer.len();
            let mut read = ReadBuf::uninit(buffer.spare_capacity_mut());
            let result = match Pin::new(&mut self.transport).poll_read(cx, &mut read) {
                Poll::Pending => Err(Read::Blocked),
                Poll::Ready(Err(error)) => Err(Read::End(error)),
                Poll::Ready(Ok(())) if read.filled().is_empty() => Err(Read::End(io::ErrorKind::UnexpectedEof.into())),
                Poll::Ready(Ok(())) => Ok(read.filled().len()),
            };
            match result {
                Ok(n) => {
                    // SAFETY: `poll_read` has filled `n` bytes of the spare capacity behind `start`.
                    unsafe { buffer.set_len(start + n) };
                    Ok(buffer.split().freeze())
                }
                Err(why) => {
                    buffer.clear();
                    Err(why)
                }
            }
        });
        match read {
            Ok(bytes) => {
                self.active = true;
                self.handle(&bytes, now);
                Read::Progress
            }
            Err(why) => why,
        }
    }

    fn handle(&mut self, bytes: &Bytes, now: Time) {
        self.tracer.trace_input(bytes);
        let used = self.adaptor.handle_input(bytes, now);
        self.partial.clear();
        self.partial.extend_from_slice(bytes.get(used..).unwrap_or_default());
    }

    /// Writes what there is; true if links that waited for the transport went on.
    fn poll_write(&mut self, cx: &mut Context<'_>, now: Time) -> io::Result<bool> {
        let mut went_on = false;
        while !self.adaptor.output().is_empty() {
            self.adaptor.mark_output(now);
            let output = self.adaptor.output();
            self.tracer.trace_output(output);
            let written = match output.single() {
                Some(bytes) => Pin::new(&mut self.transport).poll_write(cx, bytes),
                None => {
                    let mut slices = [IoSlice::new(&[]); SLICES];
                    let used = output.slices(&mut slices);
                    let slices = slices.get(..used).unwrap_or_default();
                    Pin::new(&mut self.transport).poll_write_vectored(cx, slices)
                }
            };
            match written {
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(n)) => {
                    output.advance(n);
                    self.tracer.note_written(n, output);
                }
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => break,
            }
            if self.adaptor.handle_output_room(now) {
                went_on = true;
            }
        }
        Ok(went_on)
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>, now: Time) -> Poll<io::Result<()>> {
        loop {
            let mut at = self.adaptor.poll_timeout();
            if self.adaptor.is_closed() {
                // Output is left, and the peer does not read: it may have gone silent for good.
                at = *self.give_up_at.get_or_insert(now.plus_millis(LAST_WORDS));
                if at <= now {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
            if at <= now {
                if !std::mem::replace(&mut self.active, false) {
                    self.adaptor.shrink();
                    self.partial.shrink_to_fit();
                }
                self.adaptor.handle_timeout(now);
                self.poll_write(cx, now)?;
                if self.adaptor.is_closed() && self.adaptor.output().is_empty() {
                    return Poll::Ready(Ok(()));
                }
                if self.adaptor.poll_timeout() <= now {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                continue;
            }
            if at == Time::NEVER {
                return Poll::Pending;
            }
            // A timer that fires early finds nothing due and is set again: activity moves deadlines on without touching it.
            if self.timer.is_none() || at < self.timer_at || self.timer_at <= now {
                let Some(instant) = self.clock.instant(at) else { return Poll::Pending };
                self.timer_at = at;
                match &mut self.timer {
                    Some(timer) => timer.as_mut().reset(instant),
                    None => self.timer = Some(Box::pin(tokio::time::sleep_until(instant))),
                }
                if let Some(timer) = &mut self.timer {
                    ready!(timer.as_mut().poll(cx));
                    cx.waker().wake_by_ref();
                }
            }
            return Poll::Pending;
        }
    }
}

impl<S> Drop for ConnectionTask<S> {
    fn drop(&mut self) {
        // Also when the task is thrown away or a defect made it panic: its deliveries get their outcomes all the same.
        self.adaptor.handle_transport_lost(self.clock.now());
    }
}
