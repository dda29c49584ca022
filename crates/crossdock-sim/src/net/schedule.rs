//! Who goes on next.

use crossdock_amqp::engine::Time;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

use super::wires::RECONNECT;
use super::{Machine, Net};

/// Steps without any time passing that are one too many.
const PATIENCE: u64 = 20_000_000;

/// Who can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Actor {
    /// A router's node.
    Node(usize),
    /// One end of a transport.
    End(usize),
    /// A connector that connects again.
    Wire(usize),
    /// A connector to a container.
    Feed(usize),
}

/// Something that an actor may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Due,
    Mail,
    Read,
    Write,
    Pump,
}

/// What a step was, as far as it concerns who watches the clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    /// Nothing until the time given.
    Nothing,
    /// Something inside.
    Something,
    /// This client heard something.
    Heard(usize),
    /// This client may send something.
    Pump(usize),
    /// This client's transport is gone.
    Lost(usize),
}

/// Collects who was woken.
pub(super) struct Bell(Mutex<Vec<Actor>>);

struct Ring {
    bell: Arc<Bell>,
    actor: Actor,
}

impl Wake for Ring {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.bell.0.lock().unwrap_or_else(PoisonError::into_inner).push(self.actor);
    }
}

/// Who may be able to go on now, and who can later.
pub(super) struct Schedule {
    ready: Vec<Actor>,
    is_ready: BTreeSet<Actor>,
    later: BinaryHeap<Reverse<(Time, u64, Actor)>>,
    /// The earliest of an actor's entries in `later`.
    alarms: BTreeMap<Actor, Time>,
    entries: u64,
    bell: Arc<Bell>,
    at_once: u64,
    pub(super) steps: u64,
}

impl Schedule {
    pub(super) fn new() -> Self {
        Self {
            ready: Vec::new(),
            is_ready: BTreeSet::new(),
            later: BinaryHeap::new(),
            alarms: BTreeMap::new(),
            entries: 0,
            bell: Arc::new(Bell(Mutex::default())),
            at_once: 0,
            steps: 0,
        }
    }

    pub(super) fn waker(&self, actor: Actor) -> Waker {
        Waker::from(Arc::new(Ring { bell: Arc::clone(&self.bell), actor }))
    }

    /// This actor may be able to go on.
    pub(super) fn enqueue(&mut self, actor: Actor) {
        if self.is_ready.insert(actor) {
            self.ready.push(actor);
        }
    }

    /// This actor can go on then.
    pub(super) fn arm(&mut self, actor: Actor, at: Time) {
        if at != Time::NEVER && self.alarms.get(&actor).is_none_or(|alarm| at < *alarm) {
            self.alarms.insert(actor, at);
            self.entries += 1;
            self.later.push(Reverse((at, self.entries, actor)));
        }
    }

    fn remove(&mut self, place: usize) {
        let actor = self.ready.swap_remove(place);
        self.is_ready.remove(&actor);
    }
}

impl Net {
    /// One thing happens, whichever the generator picks; before that time passes, if it must, but not beyond `until`.
    pub(crate) fn step(&mut self, until: Time) -> Happened {
        loop {
            self.answer_bell();
            if !self.let_time_pass(until) {
                return Happened::Nothing;
            }
            let place = self.rng.below(self.schedule.ready.len());
            let actor = self.schedule.ready[place];
            let happened = match actor {
                Actor::Node(router) => self.step_node(router),
                Actor::End(end) => self.step_end(end),
                Actor::Wire(wire) => {
                    self.reconnect(wire);
                    None
                }
                Actor::Feed(feed) => {
                    self.feed(feed);
                    None
                }
            };
            match happened {
                Some(happened) => {
                    self.schedule.at_once += 1;
                    self.schedule.steps += 1;
                    assert!(self.schedule.at_once < PATIENCE, "it never comes to rest");
                    return happened;
                }
                None => {
                    self.schedule.remove(place);
                    let at = self.next_time(actor);
                    self.schedule.arm(actor, at);
                }
            }
        }
    }

    /// Steps so far.
    pub(crate) fn steps(&self) -> u64 {
        self.schedule.steps
    }

    fn answer_bell(&mut self) {
        let rung = std::mem::take(&mut *self.schedule.bell.0.lock().unwrap_or_else(PoisonError::into_inner));
        for actor in rung {
            match actor {
                Actor::Node(router) => {
                    if let Some(process) = &mut self.routers[router].process {
                        process.woken = true;
                    }
                }
                Actor::End(end) => self.ends[end].woken = true,
                Actor::Wire(_) | Actor::Feed(_) => {}
            }
            self.schedule.enqueue(actor);
        }
    }

    /// If nobody can go on, until somebody can. False if that is later than `until`, which it is now.
    fn let_time_pass(&mut self, until: Time) -> bool {
        let schedule = &mut self.schedule;
        if schedule.ready.is_empty() {
            match schedule.later.peek() {
                Some(Reverse((at, ..))) if *at <= until => {
                    if self.now < *at {
                        self.now = *at;
                        schedule.at_once = 0;
                    }
                }
                Some(_) | None => {
                    self.now = self.now.max(until);
                    schedule.at_once = 0;
                    return false;
                }
            }
        }
        while let Some(Reverse((at, _, actor))) = schedule.later.peek().copied()
            && at <= self.now
        {
            schedule.later.pop();
            if schedule.alarms.get(&actor) == Some(&at) {
                schedule.alarms.remove(&actor);
            }
            schedule.enqueue(actor);
        }
        true
    }

    /// When an actor that can do nothing can do something.
    fn next_time(&self, actor: Actor) -> Time {
        match actor {
            Actor::Node(router) => {
                self.routers[router].process.as_ref().map_or(Time::NEVER, |process| process.node.poll_timeout())
            }
            Actor::End(end) => {
                let end = &self.ends[end];
                if end.over {
                    return Time::NEVER;
                }
                let transport = &self.transports[end.transport];
                let arrival = transport.pipes[1 - end.side].next_arrival();
                // What has arrived and is not read waits for something else than time.
                let arrival = if transport.is_frozen || arrival <= self.now { Time::NEVER } else { arrival };
                end.poll_timeout().min(arrival)
            }
            Actor::Wire(_) | Actor::Feed(_) => Time::NEVER,
        }
    }

    fn step_node(&mut self, router: usize) -> Option<Happened> {
        let process = self.routers[router].process.as_mut()?;
        if process.node.poll_timeout() <= self.now {
            process.node.handle_timeout(self.now);
            assert!(process.node.poll_timeout() > self.now, "router {router}: what is due is done");
            return Some(Happened::Something);
        }
        if std::mem::take(&mut process.woken) {
            while process.node.handle_actions(self.now, Some(&process.waker)) {}
            return Some(Happened::Something);
        }
        None
    }

    fn step_end(&mut self, at: usize) -> Option<Happened> {
        let now = self.now;
        let end = &mut self.ends[at];
        if end.over {
            return None;
        }
        let transport = &self.transports[end.transport];
        let (incoming, outgoing) = (&transport.pipes[1 - end.side], &transport.pipes[end.side]);
        let mut acts = [Act::Due; 5];
        let mut count = 0;
        let mut offer = |can: bool, act: Act| {
            if can {
                acts[count] = act;
                count += 1;
            }
        };
        offer(end.poll_timeout() <= now, Act::Due);
        offer(end.woken, Act::Mail);
        let has_arrived = !transport.is_frozen && incoming.next_arrival() <= now;
        offer(has_arrived && end.wants_input(), Act::Read);
        let has_room = outgoing.room() > 0 || transport.is_broken;
        offer(has_room && end.has_output(), Act::Write);
        offer(end.pumping, Act::Pump);
        if count == 0 {
            return None;
        }
        let act = acts[self.rng.below(count)];
        let happened = match act {
            Act::Due => {
                self.ends[at].handle_timeout(now);
                Happened::Something
            }
            Act::Mail => {
                self.ends[at].woken = false;
                self.ends[at].handle_mailbox(now);
                Happened::Something
            }
            Act::Read => self.read(at),
            Act::Write => {
                self.write(at);
                Happened::Something
            }
            Act::Pump => Happened::Pump(at),
        };
        self.look_over(at);
        if let Machine::Peer(peer) = &self.ends[at].machine
            && !peer.heard.is_empty()
        {
            return Some(Happened::Heard(at));
        }
        Some(happened)
    }

    /// How many bytes are moved at once.
    fn amount(&mut self) -> usize {
        if !self.is_choppy {
            return usize::MAX;
        }
        match self.rng.below(8) {
            0 => self.rng.range(1, 30),
            1 | 2 => self.rng.range(1, 2000),
            _ => 64 * 1024,
        }
    }

    fn read(&mut self, at: usize) -> Happened {
        let n = self.amount();
        let (transport, side) = (self.ends[at].transport, self.ends[at].side);
        let transport = &mut self.transports[transport];
        let bytes = transport.pipes[1 - side].read(n, self.now);
        let writer = transport.ends[1 - side];
        if transport.wire.is_some() {
            transport.frames[1 - side].listen(&bytes);
        }
        self.schedule.enqueue(Actor::End(writer));
        self.note(at, &bytes);
        if !bytes.is_empty() {
            self.ends[at].handle_input(bytes, self.now);
            return Happened::Something;
        }
        self.lose(at);
        match &self.ends[at].machine {
            Machine::Peer(_) => Happened::Lost(at),
            Machine::Adaptor(_) | Machine::Gone => Happened::Something,
        }
    }

    fn write(&mut self, at: usize) {
        let n = self.amount();
        let end = &mut self.ends[at];
        let transport = &mut self.transports[end.transport];
        let arrival = self.now.plus_millis(transport.latency);
        let reader = transport.ends[1 - end.side];
        let pipe = &mut transport.pipes[end.side];
        if transport.is_broken {
            end.write(n, self.now);
            return;
        }
        let bytes = end.write(n.min(pipe.room()), self.now);
        pipe.write(bytes, arrival);
        self.announce(reader, arrival);
    }

    /// Something arrives at an end then.
    pub(super) fn announce(&mut self, reader: usize, arrival: Time) {
        if arrival <= self.now {
            self.schedule.enqueue(Actor::End(reader));
        } else {
            self.schedule.arm(Actor::End(reader), arrival);
        }
    }

    /// What the shell does after each round: when all is said and written, the transport goes.
    fn look_over(&mut self, at: usize) {
        if self.ends[at].over {
            return;
        }
        self.look_for_data_connections(at);
        if !self.ends[at].is_finished() {
            return;
        }
        let end = &self.ends[at];
        let transport = &self.transports[end.transport];
        if let Some(wire) = transport.wire
            && !transport.pipes[1 - end.side].is_ended()
            && !self.may_end(end.transport)
        {
            let [a, b] = self.wires[wire].ends;
            let who = if end.side == 0 { a } else { b };
            self.breaches.push(format!("router {who} closed its connection of wire {wire} from {a} to {b} by itself"));
        }
        self.lose(at);
    }

    /// An end's transport is gone, as far as this end is concerned.
    pub(super) fn lose(&mut self, at: usize) {
        let now = self.now;
        let end = &mut self.ends[at];
        end.lose(now);
        let (transport, side) = (end.transport, end.side);
        let transport = &mut self.transports[transport];
        let arrival = now.plus_millis(transport.latency);
        transport.pipes[side].finish(arrival);
        transport.pipes[1 - side].clear();
        let (reader, wire) = (transport.ends[1 - side], transport.wire);
        let feed = transport.feed;
        self.announce(reader, arrival);
        if let Some(feed) = feed {
            self.schedule.arm(Actor::Feed(feed), now.plus_millis(RECONNECT));
        }
        if let Some(wire) = wire {
            self.connection_ended(wire);
        }
    }
}
