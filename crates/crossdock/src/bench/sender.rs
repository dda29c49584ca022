//! A connection that sends.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::{Chunk, Event, LinkId, NewDelivery, Payload, SessionId};
use crossdock_amqp::serial::WireDeliveryNumber;
use fe2o3_amqp_types::performatives::Open;
use std::sync::Arc;

use super::body::{Body, Stamp};
use super::control::Phase;
use super::counters::{Counters, Progress, Tally};
use super::driver::{Engine, Peer, Turn};
use super::link;
use super::pace::{Alarm, Schedule};

/// What a sender is to do.
#[derive(Clone, Debug)]
pub(super) struct SenderSpec {
    /// Number of the sender.
    pub(super) id: u32,
    pub(super) address: String,
    pub(super) size: usize,
    pub(super) settled: bool,
    /// Messages to send; none: until the phase says stop.
    pub(super) total: Option<u64>,
    /// Messages per second, and how far into the first interval this sender begins (as a part of it), so that senders take
    /// turns.
    pub(super) rate: Option<(f64, f64)>,
}

#[derive(Debug)]
pub(super) struct Sender {
    spec: SenderSpec,
    tally: Tally,
    link: Option<LinkId>,
    session: Option<SessionId>,
    body: Body,
    /// Deliveries begun.
    started: u64,
    /// What is left of the delivery under way.
    rest: Option<Chunk>,
    schedule: Option<Schedule>,
    alarm: Alarm,
}

impl Sender {
    pub(super) fn new(spec: SenderSpec, counters: Arc<Counters>) -> Self {
        Self {
            body: Body::new(spec.size, u32::MAX),
            spec,
            tally: Tally::new(counters),
            link: None,
            session: None,
            started: 0,
            rest: None,
            schedule: None,
            alarm: Alarm::default(),
        }
    }

    /// Deliveries that may have been begun by now.
    fn allowed(&mut self, turn: &Turn<'_>) -> u64 {
        if turn.phase != Phase::Run {
            return self.started;
        }
        let total = self.spec.total.unwrap_or(u64::MAX);
        match self.spec.rate {
            None => total,
            Some((rate, offset)) => {
                let schedule = self.schedule.get_or_insert_with(|| {
                    let start = turn.run_from.saturating_add((offset * 1e9 / rate) as u64);
                    Schedule::new(start, rate)
                });
                schedule.due(turn.now).min(total)
            }
        }
    }

    /// Sends until the allowed number is reached or credit, window or output stop it.
    fn send(&mut self, engine: &mut Engine, link: LinkId, turn: &Turn<'_>) {
        let allowed = self.allowed(turn);
        loop {
            if let Some(rest) = self.rest.take() {
                match engine.continue_delivery(link, Payload::Shared(&rest), false) {
                    Some(sent) if sent.finished => self.count_sent(),
                    Some(sent) => {
                        self.rest = Some(rest.slice(sent.bytes..rest.len()));
                        return;
                    }
                    None => {
                        self.rest = Some(rest);
                        return;
                    }
                }
            }
            if self.started >= allowed || !self.start(engine, link, turn.now) {
                return;
            }
        }
    }

    /// Begins the next delivery, if it can be.
    #[inline]
    fn start(&mut self, engine: &mut Engine, link: LinkId, now: u64) -> bool {
        let time = self.schedule.map_or(now, |schedule| schedule.time(self.started));
        self.body.stamp(Stamp { time, sender: self.spec.id, sequence: self.started });
        let tag = (self.started as u32).to_be_bytes();
        let delivery = NewDelivery {
            tag: &tag,
            message_format: 0,
            context: (!self.spec.settled).then_some(()),
            state: StateRef::None,
            rcv_second: false,
        };
        let more = !self.body.rest().is_empty();
        if engine.start_delivery(link, delivery, Payload::Copied(self.body.head()), more).is_none() {
            return false;
        }
        self.started += 1;
        if more {
            self.rest = Some(self.body.rest().clone());
        } else {
            self.count_sent();
        }
        true
    }

    #[inline]
    fn count_sent(&mut self) {
        self.tally.counts.sent += 1;
        self.tally.counts.presettled += u64::from(self.spec.settled);
    }

    /// Asks to be woken for the next message of the schedule.
    fn wait_for_schedule(&mut self, turn: &Turn<'_>) -> Result<(), String> {
        match self.schedule.map(|schedule| schedule.time(self.started)) {
            Some(due) if due > turn.now => {
                self.alarm.set(due, turn.now, turn.waker).map_err(|error| format!("no timer: {error}"))
            }
            // If it is due already, credit, window or output hold it up.
            Some(_) | None => Ok(()),
        }
    }

    fn handle_disposition(
        &mut self,
        engine: &mut Engine,
        range: (WireDeliveryNumber, WireDeliveryNumber),
        settled: bool,
        state: StateRef<'_>,
    ) {
        let kind = state.kind();
        if !settled && !kind.is_outcome() {
            return;
        }
        let Some(id) = self.session else { return };
        let Some(session) = engine.session_mut(id) else { return };
        let ledger = session.outgoing_mut();
        let Some((mut from, last)) = ledger.clamp(range.0, range.1) else { return };
        let first = from;
        let mut n = 0;
        while let Some((number, ())) = ledger.next_live(from, last) {
            ledger.remove(number);
            n += 1;
            from = number.next();
        }
        match kind {
            StateKind::Accepted => self.tally.counts.accepted += n,
            StateKind::Rejected => self.tally.counts.rejected += n,
            StateKind::Released => self.tally.counts.released += n,
            StateKind::Modified => self.tally.counts.modified += n,
            StateKind::None
            | StateKind::Received
            | StateKind::Declared
            | StateKind::Transactional
            | StateKind::Extended => self.tally.counts.no_outcome += n,
        }
        if !settled {
            engine.write_disposition(id, false, first, last, true, state);
        }
    }

    fn is_done(&self, engine: &mut Engine, phase: Phase) -> bool {
        let all_sent = self.rest.is_none() && (phase >= Phase::Stop || self.spec.total == Some(self.started));
        let unsettled =
            self.session.and_then(|id| engine.session(id)).is_some_and(|session| !session.outgoing().is_empty());
        all_sent && !unsettled && engine.output().is_empty()
    }
}

impl Peer for Sender {
    fn handle_open(&mut self, engine: &mut Engine, open: &Open) -> Result<(), String> {
        self.body = Body::new(self.spec.size, open.max_frame_size.0);
        let name = format!("bench-sender-{}", self.spec.id);
        let attach = link::sender(&name, &self.spec.address, self.spec.settled);
        let link = link::attach_first(engine, attach, 0)?;
        self.session = engine.link(link).map(|link| link.session());
        self.link = Some(link);
        Ok(())
    }

    fn handle_event(&mut self, engine: &mut Engine, event: Event<'_>, _now: u64) -> Result<(), String> {
        match event {
            Event::Disposition { of_outgoing: true, first, last, settled, state, .. } => {
                self.handle_disposition(engine, (first, last), settled, state);
            }
            Event::AttachAnswered(_, attach) if attach.target.is_some() => {
                self.tally.set_progress(Progress::Ready);
            }
            event @ (Event::Opened(_)
            | Event::Closed { .. }
            | Event::Begun(..)
            | Event::Ended { .. }
            | Event::Attached(..)
            | Event::AttachAnswered(..)
            | Event::Detached { .. }
            | Event::Transfer(_)
            | Event::Disposition { .. }
            | Event::Credit(_)
            | Event::Drained(_)
            | Event::Window(_)) => link::refuse_loss(&event)?,
        }
        Ok(())
    }

    fn pump(&mut self, engine: &mut Engine, turn: &Turn<'_>) -> Result<(), String> {
        let Some(link) = self.link else { return Ok(()) };
        if turn.phase < Phase::Run {
            return Ok(());
        }
        self.send(engine, link, turn);
        engine.answer_drain(link);
        if turn.phase == Phase::Run && self.spec.total != Some(self.started) {
            self.wait_for_schedule(turn)?;
        }
        self.tally.publish(turn.now);
        if self.is_done(engine, turn.phase) {
            self.tally.set_progress(Progress::Done);
        }
        Ok(())
    }
}
