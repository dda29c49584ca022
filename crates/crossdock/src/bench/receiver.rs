//! A connection that receives: checks what comes, accepts it in ranges, and keeps its credit outstanding.

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{Event, IncomingTransfer, LinkId, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use fe2o3_amqp_types::performatives::Open;
use std::collections::VecDeque;
use std::sync::Arc;

use super::body::{Stamp, read_stamp};
use super::control::Phase;
use super::counters::{Counters, Progress, Tally};
use super::driver::{Engine, Peer, Turn};
use super::histogram::Histogram;
use super::link;
use super::pace::{Alarm, Schedule};
use super::seen::{Arrival, Seen};

/// What a receiver is to do.
#[derive(Clone, Debug)]
pub(super) struct ReceiverSpec {
    /// Number of the receiver.
    pub(super) id: u32,
    pub(super) address: String,
    pub(super) credit: u32,
    /// Messages per second that it is done with; none: all that come.
    pub(super) rate: Option<f64>,
    /// Stop reading once the messages flow.
    pub(super) stall: bool,
    /// Senders there are; none if they are elsewhere.
    pub(super) senders: Option<u32>,
    /// Whether latency is of interest.
    pub(super) latency: bool,
}

/// Senders that one receiver keeps a record of when it does not know how many there are.
const MAX_SENDERS: u32 = 1 << 16;

/// Deliveries with consecutive numbers that end alike.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: DeliveryNumber,
    last: DeliveryNumber,
    settled: bool,
}

impl Run {
    fn len(&self) -> u64 {
        self.first.until(self.last) + 1
    }
}

#[derive(Debug)]
pub(super) struct Receiver {
    spec: ReceiverSpec,
    tally: Tally,
    link: Option<LinkId>,
    session: Option<SessionId>,
    /// Stamp of the delivery under way.
    stamp: Option<Stamp>,
    /// Deliveries that are complete and that it is not done with.
    waiting: VecDeque<Run>,
    seen: Vec<(u32, Seen)>,
    latency: Histogram,
    measured_from: u64,
    schedule: Option<Schedule>,
    done_with: u64,
    alarm: Alarm,
    stalled: bool,
}

/// What a receiver found out.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// By sender.
    pub(super) seen: Vec<(u32, Seen)>,
    pub(super) latency: Histogram,
}

impl Receiver {
    pub(super) fn new(spec: ReceiverSpec, counters: Arc<Counters>) -> Self {
        Self {
            spec,
            tally: Tally::new(counters),
            link: None,
            session: None,
            stamp: None,
            waiting: VecDeque::new(),
            seen: Vec::new(),
            latency: Histogram::default(),
            measured_from: u64::MAX,
            schedule: None,
            done_with: 0,
            alarm: Alarm::default(),
            stalled: false,
        }
    }

    pub(super) fn finish(self) -> Received {
        Received { seen: self.seen, latency: self.latency }
    }

    #[inline]
    fn handle_transfer(&mut self, engine: &mut Engine, transfer: &IncomingTransfer<'_>, now: u64) {
        if transfer.first {
            self.stamp = read_stamp(transfer.payload);
        }
        if transfer.more {
            return;
        }
        if let Some(session) = engine.session_mut(transfer.session) {
            session.incoming_mut().remove(transfer.delivery);
        }
        if transfer.aborted {
            // The sender has settled it, so there is only the credit to give back.
            self.tally.counts.aborted += 1;
            self.wait(transfer.delivery, true);
            return;
        }
        self.tally.counts.received += 1;
        self.record(now);
        self.wait(transfer.delivery, transfer.settled);
    }

    #[inline]
    fn record(&mut self, now: u64) {
        let Some(stamp) = self.stamp.take() else {
            self.tally.counts.foreign += 1;
            return;
        };
        let arrival = match self.seen.last_mut() {
            Some((sender, seen)) if *sender == stamp.sender => seen.record(stamp.sequence),
            Some(_) | None => self.record_other(stamp),
        };
        match arrival {
            Arrival::InOrder | Arrival::Late => self.tally.counts.unique += 1,
            Arrival::Duplicate => {}
            Arrival::Foreign => self.tally.counts.foreign += 1,
        }
        if self.spec.latency && stamp.time >= self.measured_from {
            self.latency.record(now.saturating_sub(stamp.time));
        }
    }

    /// A message from another sender than the last. The sender of the last message is kept at the end of the list.
    fn record_other(&mut self, stamp: Stamp) -> Arrival {
        if stamp.sender >= self.spec.senders.unwrap_or(MAX_SENDERS) {
            return Arrival::Foreign;
        }
        match self.seen.iter().position(|(sender, _)| *sender == stamp.sender) {
            Some(index) => {
                let last = self.seen.len() - 1;
                self.seen.swap(index, last);
            }
            None => self.seen.push((stamp.sender, Seen::default())),
        }
        self.seen.last_mut().map_or(Arrival::Foreign, |(_, seen)| seen.record(stamp.sequence))
    }

    #[inline]
    fn wait(&mut self, number: DeliveryNumber, settled: bool) {
        match self.waiting.back_mut() {
            Some(run) if run.settled == settled && run.last.next() == number => run.last = number,
            Some(_) | None => self.waiting.push_back(Run { first: number, last: number, settled }),
        }
    }

    /// Is done with as many deliveries as its rate allows: accepts them and gives their credit back.
    fn work(&mut self, engine: &mut Engine, link: LinkId, turn: &Turn<'_>) {
        let mut allowed = self.allowed(turn);
        let mut credit = 0u64;
        while allowed > 0 {
            let Some(run) = self.waiting.front_mut() else { break };
            let n = run.len().min(allowed);
            let Run { first, settled, .. } = *run;
            let mut last = run.last;
            if n < run.len() {
                last = first.plus(n - 1);
                run.first = last.next();
            } else {
                self.waiting.pop_front();
            }
            if let Some(session) = self.session.filter(|_| !settled) {
                engine.write_disposition(session, true, first, last, true, StateRef::Accepted);
            }
            allowed -= n;
            credit += n;
        }
        if credit > 0 {
            self.done_with += credit;
            engine.give_back(link, u32::try_from(credit).unwrap_or(u32::MAX));
            let pending =
                engine.link(link).and_then(|link| link.receiver_credit()).map_or(0, |credit| credit.pending());
            if pending >= self.spec.credit.div_ceil(2) {
                engine.grant(link);
            }
        }
    }

    fn allowed(&mut self, turn: &Turn<'_>) -> u64 {
        match self.spec.rate {
            Some(rate) if turn.phase >= Phase::Run => {
                let schedule = *self.schedule.get_or_insert_with(|| Schedule::new(turn.now, rate));
                schedule.due(turn.now).saturating_sub(self.done_with)
            }
            Some(_) | None => u64::MAX,
        }
    }

    /// Asks to be woken when it may be done with the next delivery.
    fn wait_for_schedule(&mut self, turn: &Turn<'_>) -> Result<(), String> {
        match self.schedule.filter(|_| !self.waiting.is_empty()) {
            Some(schedule) => {
                let due = schedule.time(self.done_with);
                self.alarm.set(due, turn.now, turn.waker).map_err(|error| format!("no timer: {error}"))
            }
            None => Ok(()),
        }
    }
}

impl Peer for Receiver {
    fn handle_open(&mut self, engine: &mut Engine, _open: &Open) -> Result<(), String> {
        let name = format!("bench-receiver-{}", self.spec.id);
        let link = link::attach_first(engine, link::receiver(&name, &self.spec.address), self.spec.credit)?;
        self.session = engine.link(link).map(|link| link.session());
        self.link = Some(link);
        Ok(())
    }

    #[inline]
    fn handle_event(&mut self, engine: &mut Engine, event: Event<'_>, now: u64) -> Result<(), String> {
        match event {
            Event::Transfer(transfer) => self.handle_transfer(engine, &transfer, now),
            Event::AttachAnswered(link, attach) if attach.source.is_some() => {
                engine.open_gate(link);
                self.tally.set_progress(Progress::Ready);
            }
            event @ (Event::Opened(_)
            | Event::Closed { .. }
            | Event::Begun(..)
            | Event::Ended { .. }
            | Event::Attached(..)
            | Event::AttachAnswered(..)
            | Event::Detached { .. }
            | Event::Disposition { .. }
            | Event::Credit(_)
            | Event::Drained(_)
            | Event::Window(_)) => link::refuse_loss(&event)?,
        }
        Ok(())
    }

    fn pump(&mut self, engine: &mut Engine, turn: &Turn<'_>) -> Result<(), String> {
        let Some(link) = self.link else { return Ok(()) };
        self.stalled = self.spec.stall && turn.phase >= Phase::Run;
        self.measured_from = turn.measure_from;
        self.work(engine, link, turn);
        self.tally.publish(turn.now);
        self.wait_for_schedule(turn)
    }

    fn reads(&self) -> bool {
        !self.stalled
    }
}
