//! All of it in the order of time.

use crossdock_topology::Part;
use crossdock_topology::simulation::{Act, Manner, Target};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::cast::Cast;
use super::figures::Figures;
use super::report::{Flow, Incident, Report, RouteChange, Start};
use super::script::{Stream, faults, numbers, streams};
use super::stage::Stage;
use super::{Progress, Rehearsal};
use crate::net::WireState;
use crate::rng::Rng;
use crate::world::{Post, Verdict};

/// How exactly convergence is measured (ms).
const STEP: u64 = 10;

/// How long a mesh may take to come up (ms).
const PATIENCE: u64 = 120_000;

/// How long after the end of the load the mesh may go on by itself (ms).
const CALM_DOWN: u64 = 30_000;

/// How long after the routers have agreed about paths they may still be about to choose the ways of multicast copies (ms).
const SETTLE: u64 = 500;

/// How often progress is told (ms).
const TELL: u64 = 500;

/// Next router and cost, by both ends.
type Routes = BTreeMap<(usize, usize), (String, u64)>;

/// Something of the script. Of things at one time the first comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cue {
    Act(usize),
    Mend(usize),
    Send(usize),
}

pub(super) struct Play<'r, 'm> {
    rehearsal: &'r Rehearsal<'m>,
    stage: Stage,
    cast: Cast,
    streams: Vec<Stream>,
    /// The stream of each message that a client sent.
    origins: BTreeMap<u32, usize>,
    acts: Vec<(u64, Act, Option<u64>)>,
    /// How what is broken now is mended, by the number of its act.
    repairs: BTreeMap<usize, Act>,
    dice: Rng,
    /// When the load began (ms since the beginning of the world).
    begin: Option<u64>,
    incidents: Vec<Incident>,
    /// Routes before the incidents that are not over yet, by their numbers.
    open: BTreeMap<usize, Routes>,
    /// Since when the routers agree, while that has to be seen to last.
    agreed: Option<u64>,
    /// Incidents after which clients are missing.
    missing: Vec<usize>,
}

impl<'r, 'm> Play<'r, 'm> {
    pub(super) fn new(rehearsal: &'r Rehearsal<'m>, seed: u64) -> Result<Self, String> {
        let mut dice = Rng::new(seed ^ 0x10ad);
        let stage = Stage::build(rehearsal.mesh, &rehearsal.simulation, seed)?;
        let cast = Cast::new(rehearsal.mesh, &stage, &numbers(&rehearsal.simulation.loads));
        Ok(Self {
            rehearsal,
            stage,
            cast,
            streams: streams(rehearsal, &mut dice),
            origins: BTreeMap::new(),
            acts: faults(rehearsal, &mut dice),
            repairs: BTreeMap::new(),
            dice,
            begin: None,
            incidents: Vec::new(),
            open: BTreeMap::new(),
            agreed: None,
            missing: Vec::new(),
        })
    }

    /// Milliseconds from the beginning of the load.
    pub(super) fn millis(&self) -> i64 {
        let now = i64::try_from(self.stage.world.net.age()).unwrap_or(i64::MAX);
        match self.begin {
            Some(begin) => now - i64::try_from(begin).unwrap_or(0),
            None => -1,
        }
    }

    pub(super) fn empty_report(&self) -> Report {
        let mesh = self.rehearsal.mesh;
        Report {
            name: mesh.name.clone(),
            length: self.rehearsal.length(),
            counts: [mesh.routers.len(), mesh.connections.len(), mesh.brokers.len(), self.cast.roles.len()],
            notes: self.stage.notes.clone(),
            ..Report::default()
        }
    }

    pub(super) fn run(&mut self, report: &mut Report, progress: &mut dyn FnMut(Progress)) {
        report.start = Some(self.come_up());
        let begin = self.stage.world.net.age();
        self.begin = Some(begin);
        let length = self.rehearsal.length();
        let mut cues: BinaryHeap<Reverse<(u64, Cue)>> = BinaryHeap::new();
        cues.extend(self.acts.iter().enumerate().map(|(at, act)| Reverse((begin + act.0, Cue::Act(at)))));
        for (at, stream) in self.streams.iter().enumerate() {
            cues.extend(stream.due().map(|due| Reverse((begin + due, Cue::Send(at)))));
        }
        let mut told = begin;
        loop {
            let now = self.stage.world.net.age();
            if now >= told + TELL {
                told = now;
                progress(Progress { millis: now - begin, length, messages: self.stage.world.messages.len() });
            }
            while let Some(Reverse((due, cue))) = cues.peek().cloned()
                && due <= now
            {
                cues.pop();
                match cue {
                    Cue::Act(at) => {
                        let (_, act, lasts) = self.acts[at].clone();
                        if let Some(repair) = self.act(&act)
                            && let Some(lasts) = lasts
                        {
                            self.repairs.insert(at, repair);
                            cues.push(Reverse((now + lasts, Cue::Mend(at))));
                        }
                    }
                    Cue::Mend(at) => {
                        if let Some(repair) = self.repairs.remove(&at) {
                            self.act(&repair);
                        }
                    }
                    Cue::Send(at) if due < begin + length => {
                        self.send(at);
                        cues.extend(self.streams[at].due().map(|due| Reverse((begin + due, Cue::Send(at)))));
                    }
                    Cue::Send(_) => {}
                }
            }
            let is_over = now >= begin + length
                && (now >= begin + length + CALM_DOWN
                    || (cues.is_empty() && self.open.is_empty() && self.missing.is_empty()));
            if is_over {
                break;
            }
            let next = cues.peek().map(|Reverse((due, _))| *due);
            self.go_on(next.unwrap_or(u64::MAX).min((begin + length).max(now + 1)));
        }
        self.stage.world.finish_configured();
    }

    /// Until then, or not so far while routers do not agree or clients are missing.
    fn go_on(&mut self, until: u64) {
        let now = self.stage.world.net.age();
        let is_calm = self.stage.world.calm.is_some() && self.missing.is_empty();
        let retry = self.cast.next_retry().unwrap_or(u64::MAX);
        let until = until.min(if is_calm { now + TELL } else { now + STEP }).min(retry.max(now));
        self.stage.world.run_for(until.saturating_sub(now));
        let lost = self.cast.listen(&mut self.stage);
        if lost > 0
            && let Some(last) = self.incidents.len().checked_sub(1)
        {
            self.incidents[last].lost_clients += lost;
            if !self.missing.contains(&last) {
                self.missing.push(last);
            }
        }
        if self.cast.next_retry().is_some_and(|retry| retry <= self.stage.world.net.age()) {
            self.cast.come(&mut self.stage);
        }
        self.look();
    }

    /// Whether the routers agree, and the clients are back.
    fn look(&mut self) {
        let now = self.stage.world.net.age();
        if !self.missing.is_empty() && self.cast.missing(&self.stage) == 0 {
            for at in std::mem::take(&mut self.missing) {
                let since = self.begin.unwrap_or(0) + self.incidents[at].at;
                self.incidents[at].back = Some(now.saturating_sub(since));
            }
        }
        if self.stage.world.calm.is_some() {
            return;
        }
        if self.stage.world.wrong().is_some() {
            self.agreed = None;
            return;
        }
        let agreed = *self.agreed.get_or_insert(now);
        if now < agreed + SETTLE {
            return;
        }
        self.agreed = None;
        self.stage.world.calm_down();
        if self.open.is_empty() {
            return;
        }
        let after = self.routes();
        for (at, before) in std::mem::take(&mut self.open) {
            let since = self.begin.unwrap_or(0) + self.incidents[at].at;
            let changes = self.changes(&before, &after);
            let incident = &mut self.incidents[at];
            incident.agreed = Some(agreed.saturating_sub(since));
            incident.routes = [before.len(), after.len()];
            incident.changes = changes;
        }
    }

    fn come_up(&mut self) -> Start {
        let agreed = self.wait_for_agreement("the routers do not agree");
        self.stage.world.mark_baseline();
        let agreed_at = self.stage.world.net.age();
        self.cast.come(&mut self.stage);
        loop {
            self.stage.world.run_for(STEP);
            self.cast.listen(&mut self.stage);
            if self.cast.next_retry().is_some_and(|retry| retry <= self.stage.world.net.age()) {
                self.cast.come(&mut self.stage);
            }
            let missing = self.cast.missing(&self.stage);
            if missing == 0 {
                break;
            }
            let millis = self.stage.world.net.age() - agreed_at;
            let why = self.cast.unlinked.keys().next().cloned().unwrap_or_default();
            assert!(millis < PATIENCE, "{missing} clients do not get their links in {millis} ms: {why}");
        }
        self.wait_for_agreement("the routers do not agree about the clients");
        Start { agreed, complete: agreed + self.stage.world.net.age() - agreed_at }
    }

    /// Milliseconds since the beginning when it was there.
    fn wait_for_agreement(&mut self, problem: &str) -> u64 {
        let since = self.stage.world.net.age();
        loop {
            self.stage.world.run_for(STEP);
            self.cast.listen(&mut self.stage);
            let Some(wrong) = self.stage.world.wrong() else { break };
            let millis = self.stage.world.net.age() - since;
            assert!(millis < PATIENCE, "{problem} in {millis} ms: {wrong}");
        }
        self.stage.world.calm_down();
        self.stage.world.net.age()
    }

    fn send(&mut self, at: usize) {
        let stream = &mut self.streams[at];
        stream.advance();
        let Stream { class, address, size, settled, .. } = *stream;
        let world = &self.stage.world;
        let mut able: Vec<(usize, usize)> = Vec::new();
        for (index, role) in self.cast.roles.iter().enumerate().filter(|(_, role)| role.class == class) {
            let links = role.senders.iter().filter(|(one, ..)| *one == address);
            let live = links.filter_map(|(.., link)| *link);
            able.extend(live.filter(|&link| !world.senders[link].gone).map(|link| (index, link)));
        }
        if able.is_empty() {
            self.streams[at].unsent += 1;
            return;
        }
        let (role, sender) = *self.dice.pick(&able);
        let post = Post { len: size, presettled: settled, group: &self.cast.roles[role].name, ..Post::default() };
        let id = self.stage.world.send_with(sender, post);
        self.origins.insert(id, at);
    }

    // ---- what breaks -----------------------------------------------------------------------------------------------------

    /// Does it. Returns what mends it; none if there was nothing to do.
    fn act(&mut self, act: &Act) -> Option<Act> {
        let target = match act {
            Act::Kill(target) | Act::Restart(target) | Act::Cut(target) | Act::Silence(target) => target,
            Act::Slow(target, _) | Act::Restore(target) | Act::Treat(target, _) => target,
        };
        let part = self.choose(target, act)?;
        let mesh = self.rehearsal.mesh;
        let chosen = Target::Part(part.clone());
        let (exact, repair) = match act {
            Act::Kill(_) => (Act::Kill(chosen.clone()), Act::Restart(chosen)),
            Act::Restart(_) => (Act::Restart(chosen.clone()), Act::Kill(chosen)),
            Act::Cut(_) => (Act::Cut(chosen.clone()), Act::Restore(chosen)),
            Act::Silence(_) => (Act::Silence(chosen.clone()), Act::Restore(chosen)),
            Act::Restore(_) => (Act::Restore(chosen.clone()), Act::Cut(chosen)),
            Act::Slow(_, millis) => {
                let before = self.wire(&part).map_or(1, |wire| self.stage.world.net.wires[wire].latency);
                (Act::Slow(chosen.clone(), *millis), Act::Slow(chosen, before))
            }
            Act::Treat(_, manner) => (Act::Treat(chosen.clone(), *manner), Act::Treat(chosen, Manner::Accepts)),
        };
        let number = self.incidents.len();
        self.agreed = None;
        let counts = !matches!(act, Act::Slow(..) | Act::Treat(..));
        let before = self.routes();
        let at = self.stage.world.net.age() - self.begin.unwrap_or(0);
        self.incidents.push(Incident {
            at,
            what: exact.describe(mesh),
            counts,
            agreed: None,
            lost_clients: 0,
            back: None,
            changes: Vec::new(),
            routes: [before.len(), before.len()],
            affected: Default::default(),
        });
        let world = &mut self.stage.world;
        match (&exact, &part) {
            (Act::Kill(_), Part::Router(id)) => world.stop(self.stage.routers[id]),
            (Act::Restart(_), Part::Router(id)) => world.restart(self.stage.routers[id]),
            (Act::Kill(_), Part::Broker(id)) => world.stop_container(broker(mesh, id)?),
            (Act::Restart(_), Part::Broker(id)) => world.start_container(broker(mesh, id)?),
            (Act::Treat(_, manner), Part::Broker(id)) => {
                world.set_container_verdict(broker(mesh, id)?, verdict(*manner))
            }
            (act, Part::Connection(index)) => {
                let wire = self.stage.wires[*index]?;
                match act {
                    Act::Cut(_) => world.cut(wire, true),
                    Act::Silence(_) => world.silence(wire),
                    Act::Slow(_, millis) => world.delay(wire, *millis),
                    Act::Restore(_) => world.heal(wire),
                    Act::Kill(_) | Act::Restart(_) | Act::Treat(..) => {}
                }
            }
            (_, Part::Router(_) | Part::Broker(_)) => {}
        }
        if counts {
            self.open.insert(number, before);
        } else {
            self.incidents[number].agreed = Some(0);
        }
        Some(repair)
    }

    fn choose(&mut self, target: &Target, act: &Act) -> Option<Part> {
        let world = &self.stage.world;
        let mesh = self.rehearsal.mesh;
        let wants_running = !matches!(act, Act::Restart(_) | Act::Restore(_));
        let all: Vec<Part> = match target {
            Target::Part(part) => return Some(part.clone()),
            Target::AnyRouter => {
                let all = self.stage.routers.iter().filter(|(_, at)| world.is_running(**at) == wants_running);
                all.map(|(id, _)| Part::Router(id.clone())).collect()
            }
            Target::AnyBroker => {
                let all = mesh.brokers.iter().enumerate();
                let all = all.filter(|(at, _)| world.net.containers[*at].is_running == wants_running);
                all.map(|(_, broker)| Part::Broker(broker.id.clone())).collect()
            }
            Target::AnyConnection => {
                let is_up = |wire: usize| (world.net.wires[wire].state == WireState::Up) == wants_running;
                let all = self.stage.wires.iter().enumerate().filter(|(_, wire)| wire.is_some_and(is_up));
                all.map(|(at, _)| Part::Connection(at)).collect()
            }
        };
        if all.is_empty() { None } else { Some(self.dice.pick(&all).clone()) }
    }

    fn wire(&self, part: &Part) -> Option<usize> {
        if let Part::Connection(index) = part { *self.stage.wires.get(*index)? } else { None }
    }

    /// All routes, as the routers have them.
    fn routes(&self) -> Routes {
        let mut all = Routes::new();
        for (from, router) in self.stage.world.net.routers.iter().enumerate() {
            let Some(machine) = router.process.as_ref().and_then(|process| process.node.link_state()) else { continue };
            for (to, path) in machine.paths() {
                if let Some(to) = self.stage.routers.get(to.as_str()) {
                    all.insert((from, *to), (path.next_hop.as_str().to_owned(), path.cost));
                }
            }
        }
        all
    }

    fn changes(&self, before: &Routes, after: &Routes) -> Vec<RouteChange> {
        let name = |at: usize| self.stage.world.net.routers[at].name.clone();
        let mut all: Vec<(usize, usize)> = before.keys().chain(after.keys()).copied().collect();
        all.sort_unstable();
        all.dedup();
        let changed = all.into_iter().filter(|ends| before.get(ends) != after.get(ends));
        let change = |ends: (usize, usize)| RouteChange {
            from: name(ends.0),
            to: name(ends.1),
            before: before.get(&ends).cloned(),
            after: after.get(&ends).cloned(),
        };
        changed.map(change).collect()
    }

    // ---- what came of it -------------------------------------------------------------------------------------------------

    pub(super) fn count(&self, report: &mut Report) {
        let world = &self.stage.world;
        let mesh = self.rehearsal.mesh;
        report.unlinked = self.cast.unlinked.iter().map(|(error, count)| (error.clone(), *count)).collect();
        report.queued =
            mesh.brokers.iter().enumerate().map(|(at, broker)| (broker.id.clone(), world.queued(at))).collect();
        report.transfers = world.transfers_between_routers();
        report.steps = world.steps();
        report.trace = world.trace();
        let figures = Figures::new(world);
        let begin = self.begin.unwrap_or(0);
        report.incidents = self.incidents.clone();
        for incident in report.incidents.iter_mut().filter(|incident| incident.counts) {
            let from = (begin + incident.at).saturating_sub(1_000);
            let until = begin + incident.at + incident.agreed.unwrap_or(u64::MAX / 4).max(incident.back.unwrap_or(0));
            let born = |id: &u32| (from..=until).contains(&world.messages[*id as usize].born);
            incident.affected = figures.outcomes(self.origins.keys().copied().filter(born));
        }
        for (at, stream) in self.streams.iter().enumerate() {
            let Some(class) = mesh.clients.get(stream.class) else { continue };
            let own = || self.origins.iter().filter(move |(_, one)| **one == at).map(|(id, _)| *id);
            report.flows.push(Flow {
                class: class.name.clone(),
                address: class.send.get(stream.address).map(|(address, _)| address.clone()).unwrap_or_default(),
                outcomes: figures.outcomes(own()),
                unsent: stream.unsent,
                latency: figures.latency(own()),
            });
        }
    }
}

fn broker(mesh: &crossdock_topology::Mesh, id: &str) -> Option<usize> {
    mesh.brokers.iter().position(|broker| broker.id == id)
}

fn verdict(manner: Manner) -> Option<Verdict> {
    match manner {
        Manner::Accepts => Some(Verdict::Accepted),
        Manner::Rejects => Some(Verdict::Rejected),
        Manner::Releases => Some(Verdict::Released),
        Manner::Stalls => None,
    }
}
