//! The course of a run: connect, start, watch, stop, close.

use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::args::{Plan, Traffic, Work};
use super::control::{Control, Phase};
use super::counters::{Counts, Overview};
use super::crew::{Crew, Results};
use super::progress::Display;
use super::watch::Watch;

/// Time between looks at the counters. What ends by itself is measured this exactly.
const TICK: Duration = Duration::from_millis(5);
/// The same when there are thousands of connections and nothing to measure exactly.
const SLOW_TICK: Duration = Duration::from_millis(50);
const SAMPLE_EVERY: Duration = Duration::from_millis(100);

/// What a run yields, before it is put into words.
#[derive(Debug)]
pub(super) struct Figures {
    /// Measured.
    pub(super) elapsed: Duration,
    /// Counted while measuring.
    pub(super) measured: Counts,
    /// Counted from the first message to the last.
    pub(super) total: Counts,
    pub(super) connect_time: Duration,
    /// Memory of the processes when a tenth of the churn was over (KiB).
    pub(super) early_rss: Option<Vec<u64>>,
    pub(super) watch: Watch,
    pub(super) results: Results,
    pub(super) interrupted: bool,
}

/// Runs the plan.
///
/// # Errors
/// It cannot even begin, in words for the user.
pub(super) fn run(plan: &Plan) -> Result<Figures, String> {
    let watch = Watch::new(&plan.pids)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    let control = Arc::new(Control::new());
    let signal = {
        let _entered = runtime.enter();
        signal(SignalKind::interrupt()).map_err(|error| error.to_string())?
    };
    let crew = Crew::start(plan, &control)?;
    let mut course = Course {
        plan,
        control: &control,
        display: Display::new(plan.quiet),
        sampled: Instant::now(),
        shown: Overview::default(),
        watch,
        signal,
        interrupted: false,
        complaints: Vec::new(),
        started: None,
        start_counts: Counts::default(),
        end: None,
        connect_time: Duration::ZERO,
        early_rss: None,
        crew: &crew,
    };
    runtime.block_on(course.run());
    let Course { watch, interrupted, complaints, start_counts, started, end, connect_time, early_rss, .. } = course;
    let total = {
        let mut counts = crew.senders().counts;
        counts.add(&crew.others().counts);
        counts
    };
    control.enter(Phase::Close);
    let mut results = crew.join();
    results.errors.extend(complaints);
    let (end_counts, elapsed) = match (end, started) {
        (Some((counts, at)), Some(started)) => (counts, Duration::from_nanos(at.saturating_sub(started))),
        (_, None) | (None, _) => (start_counts, Duration::ZERO),
    };
    let measured = end_counts.since(&start_counts);
    Ok(Figures { elapsed, measured, total, connect_time, early_rss, watch, results, interrupted })
}

struct Course<'a> {
    plan: &'a Plan,
    control: &'a Control,
    crew: &'a Crew,
    display: Display,
    sampled: Instant,
    /// What the last progress line told.
    shown: Overview,
    watch: Watch,
    signal: Signal,
    interrupted: bool,
    complaints: Vec<String>,
    /// When measuring began (ns), and the counts then.
    started: Option<u64>,
    start_counts: Counts,
    end: Option<(Counts, u64)>,
    connect_time: Duration,
    early_rss: Option<Vec<u64>>,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waited {
    /// What was waited for has come.
    Met,
    /// The time is over.
    Elapsed,
    /// Nothing moves any more.
    Stuck,
    /// A connection failed.
    Failed,
    /// The user has seen enough.
    Interrupted,
}

impl Course<'_> {
    async fn run(&mut self) {
        if !self.connect().await {
            return;
        }
        let plan = self.plan;
        match &plan.work {
            Work::Traffic(traffic) => self.traffic(traffic).await,
            Work::Idle { hold, .. } => self.idle(*hold).await,
            Work::Churn { cycles, .. } => self.churn(*cycles).await,
        }
    }

    /// Attaches everybody, senders last. Whether that worked.
    async fn connect(&mut self) -> bool {
        let began = Instant::now();
        let others = self.wait(None, |_, others| others.starting == 0).await;
        self.control.enter(Phase::Senders);
        let senders = match others {
            Waited::Met => self.wait(None, |senders, _| senders.starting == 0).await,
            Waited::Elapsed | Waited::Stuck | Waited::Failed | Waited::Interrupted => others,
        };
        self.connect_time = began.elapsed();
        match senders {
            Waited::Met => true,
            Waited::Stuck => {
                let missing = self.crew.senders().starting + self.crew.others().starting;
                self.complaints.push(format!("{missing} links were not attached within the time"));
                false
            }
            Waited::Elapsed | Waited::Failed | Waited::Interrupted => false,
        }
    }

    async fn traffic(&mut self, traffic: &Traffic) {
        if self.plan.warmup.is_zero() {
            self.begin_measuring();
            self.control.enter(Phase::Run);
        } else {
            self.control.enter(Phase::Run);
            let ended = |senders: &Overview, _: &Overview| senders.done > 0;
            match self.wait(Some(self.plan.warmup), ended).await {
                Waited::Elapsed => {}
                Waited::Met => self.complaints.push("the messages were sent before the warm-up was over".into()),
                Waited::Stuck | Waited::Failed | Waited::Interrupted => {}
            }
            self.begin_measuring();
        }
        let senders = self.crew.sender_count();
        let target = traffic.messages.filter(|_| senders == 0);
        let running = self
            .wait(traffic.duration, |sending, receiving| match target {
                Some(target) => receiving.counts.received >= target,
                None => senders > 0 && sending.done == senders,
            })
            .await;
        if let Some(target) = target.filter(|_| running == Waited::Elapsed) {
            let came = self.crew.others().counts.received;
            self.complaints.push(format!("{came} of {target} messages came within the time"));
        }
        let timed = running == Waited::Elapsed;
        if timed {
            self.end_measuring(self.control.now());
        }
        self.control.enter(Phase::Stop);
        let mut ended = running;
        if !traffic.stall && matches!(running, Waited::Met | Waited::Elapsed | Waited::Interrupted) && senders > 0 {
            let copies = u64::from(traffic.fan_out.unwrap_or(1));
            let receives = traffic.receivers > 0;
            let patience = self.interrupted.then_some(Duration::from_secs(1));
            ended = self
                .wait(patience, |sending, receiving| {
                    let owed = sending.counts.owed() * copies;
                    sending.done == senders && (!receives || receiving.counts.unique >= owed)
                })
                .await;
        }
        if !timed {
            let (senders, others) = (self.crew.senders(), self.crew.others());
            self.end_measuring(senders.last.max(others.last));
        }
        if ended == Waited::Stuck && !traffic.stall {
            self.complaints.push(format!("nothing moved for {} s", self.plan.patience.as_secs_f64()));
        }
    }

    async fn idle(&mut self, hold: Duration) {
        self.begin_measuring();
        self.control.enter(Phase::Run);
        self.wait(Some(hold), |_, _| false).await;
        self.end_measuring(self.control.now());
    }

    async fn churn(&mut self, cycles: u64) {
        self.begin_measuring();
        self.control.enter(Phase::Run);
        let connections = self.crew.other_count();
        let early = self.wait(None, |_, churning| churning.counts.cycles >= cycles / 10).await;
        let mut ended = early;
        if early == Waited::Met {
            self.early_rss = Some(self.watch.rss());
            ended = self.wait(None, |_, churning| churning.done == connections).await;
        }
        self.end_measuring(self.crew.others().last);
        if ended == Waited::Stuck {
            self.complaints.push(format!("nothing moved for {} s", self.plan.patience.as_secs_f64()));
        }
    }

    fn begin_measuring(&mut self) {
        self.watch.start();
        let now = self.control.now();
        self.control.measure_from(now);
        self.started = Some(now);
        self.start_counts = self.counts();
    }

    fn end_measuring(&mut self, at: u64) {
        self.end = Some((self.counts(), at));
        self.watch.end();
    }

    fn counts(&self) -> Counts {
        let mut counts = self.crew.senders().counts;
        counts.add(&self.crew.others().counts);
        counts
    }

    /// Waits until `met`, for `limit` at most, as long as something moves. `met` sees the senders and the others.
    async fn wait(&mut self, limit: Option<Duration>, met: impl Fn(&Overview, &Overview) -> bool) -> Waited {
        let began = Instant::now();
        let mut moved = began;
        let mut activity = (0, 0);
        let tick = if self.crew.other_count() > 500 { SLOW_TICK } else { TICK };
        loop {
            let (senders, others) = (self.crew.senders(), self.crew.others());
            if met(&senders, &others) {
                return Waited::Met;
            }
            let now = Instant::now();
            if limit.is_some_and(|limit| now.duration_since(began) >= limit) {
                return Waited::Elapsed;
            }
            if senders.failed + others.failed > 0 {
                return Waited::Failed;
            }
            let current = (senders.counts.activity() + others.counts.activity(), senders.starting + others.starting);
            if current != activity {
                activity = current;
                moved = now;
            }
            // With a limit there is an end anyway, and silence before it may be what is wanted.
            if limit.is_none() && now.duration_since(moved) >= self.plan.patience {
                return Waited::Stuck;
            }
            self.look(now, senders, others);
            let rest = limit.map_or(tick, |limit| limit.saturating_sub(now.duration_since(began)).min(tick));
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = self.signal.recv() => {
                    self.interrupted = true;
                    return Waited::Interrupted;
                }
            }
        }
    }

    fn look(&mut self, now: Instant, senders: Overview, others: Overview) {
        if now.duration_since(self.sampled) >= SAMPLE_EVERY {
            self.sampled = now;
            self.watch.sample();
        }
        let Some(passed) = self.display.is_due(now) else { return };
        let mut all = senders;
        all.counts.add(&others.counts);
        all.starting += others.starting;
        let line = self.line(&all, passed);
        self.display.show(&line);
        self.shown = all;
    }

    fn line(&self, all: &Overview, passed: Duration) -> String {
        let connections = self.crew.sender_count() + self.crew.other_count();
        let per_second = |now: u64, then: u64| (now.saturating_sub(then) as f64 / passed.as_secs_f64()).round();
        let (counts, shown) = (&all.counts, &self.shown.counts);
        if all.starting > 0 {
            return format!("attached {} of {connections}", connections - all.starting);
        }
        let memory = self.watch.rss().iter().map(|rss| format!("  {} MiB", rss / 1024)).collect::<String>();
        match &self.plan.work {
            Work::Idle { .. } => format!("{connections} connections idle{memory}"),
            Work::Churn { cycles, .. } => {
                let rate = per_second(counts.cycles, shown.cycles);
                format!("{} of {cycles} attached and detached, {rate} per second{memory}", counts.cycles)
            }
            Work::Traffic(_) => format!(
                "sent {}, {} per second  received {}, {} per second{memory}",
                counts.sent,
                per_second(counts.sent, shown.sent),
                counts.received,
                per_second(counts.received, shown.received),
            ),
        }
    }
}
