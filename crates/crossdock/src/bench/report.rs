//! What was measured, as a table for people and as JSON.

use serde::Serialize;
use std::fmt;

use super::args::{Plan, Traffic, Work};
use super::histogram::Histogram;
use super::run::Figures;
use super::seen::Seen;
use super::watch::Watched;

/// The results of a run.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    server: String,
    /// What was done, in words.
    run: String,
    /// Whether nothing was lost and nothing failed.
    ok: bool,
    interrupted: bool,
    errors: Vec<String>,
    /// Measured time.
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    traffic: Option<TrafficFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle: Option<IdleFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    churn: Option<ChurnFigures>,
    processes: Vec<ProcessFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<Together>,
    bench: Option<ProcessFigures>,
}

#[derive(Debug, Serialize)]
struct TrafficFigures {
    /// While measuring.
    sent: u64,
    received: u64,
    messages_per_second: f64,
    /// Of body, 10⁶ bytes.
    megabytes_per_second: f64,
    /// From here on: from the first message to the last.
    total_sent: u64,
    total_received: u64,
    settled: u64,
    accepted: u64,
    rejected: u64,
    released: u64,
    modified: u64,
    no_outcome: u64,
    /// Sent, neither settled nor given an outcome.
    unsettled: u64,
    /// Accepted or sent settled, and not received. None if nobody here knows.
    lost: Option<u64>,
    duplicated: u64,
    out_of_order: u64,
    aborted: u64,
    /// Received from somebody else.
    foreign: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<LatencyFigures>,
}

/// From the scheduled time of sending to the end of reading.
#[derive(Debug, Serialize)]
struct LatencyFigures {
    samples: u64,
    p50_us: f64,
    p90_us: f64,
    p99_us: f64,
    p99_9_us: f64,
    max_us: f64,
}

#[derive(Debug, Serialize)]
struct IdleFigures {
    connections: u32,
    connect_seconds: f64,
    connections_per_second: f64,
}

#[derive(Debug, Serialize)]
struct ChurnFigures {
    cycles: u64,
    cycles_per_second: f64,
}

#[derive(Debug, Serialize)]
struct ProcessFigures {
    pid: u32,
    name: String,
    cpu_seconds: f64,
    /// Of one CPU.
    cpu_percent: f64,
    /// Per message received; per message sent if nobody here receives; per attach and detach.
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_us_per_message: Option<f64>,
    /// Before anything was connected.
    rss_before_kib: u64,
    /// When measuring began and ended.
    rss_start_kib: u64,
    rss_end_kib: u64,
    rss_max_kib: u64,
    /// When a tenth of the churn was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    rss_early_kib: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kib_per_connection: Option<f64>,
}

/// What all processes under observation have spent on a message that passes several of them.
#[derive(Debug, Serialize)]
struct Together {
    hops: u32,
    cpu_us_per_message: f64,
    cpu_us_per_message_and_hop: f64,
}

impl Report {
    pub(super) fn new(plan: &Plan, figures: Figures) -> Self {
        let seconds = figures.elapsed.as_secs_f64();
        let per_second = |n: u64| if seconds > 0.0 { n as f64 / seconds } else { 0.0 };
        let (measured, total) = (figures.measured, figures.total);
        let (mut traffic, mut idle, mut churn) = (None, None, None);
        let mut units = measured.cycles;
        let mut whole = true;
        match &plan.work {
            Work::Traffic(work) => {
                let loss = Loss::of(work, &figures);
                units = if work.receivers > 0 { measured.received } else { measured.sent };
                let outcomes = total.accepted + total.rejected + total.released + total.modified + total.no_outcome;
                let unsettled = total.sent.saturating_sub(total.presettled + outcomes);
                let unsettled_is_fine = work.stall || figures.interrupted;
                whole = loss.lost.unwrap_or(0) == 0 && loss.duplicated == 0 && (unsettled == 0 || unsettled_is_fine);
                traffic = Some(TrafficFigures {
                    sent: measured.sent,
                    received: measured.received,
                    messages_per_second: per_second(units),
                    megabytes_per_second: per_second(units * work.size as u64) / 1e6,
                    total_sent: total.sent,
                    total_received: total.received,
                    settled: total.presettled,
                    accepted: total.accepted,
                    rejected: total.rejected,
                    released: total.released,
                    modified: total.modified,
                    no_outcome: total.no_outcome,
                    unsettled,
                    lost: loss.lost,
                    duplicated: loss.duplicated,
                    out_of_order: loss.out_of_order,
                    aborted: total.aborted,
                    foreign: total.foreign,
                    latency: LatencyFigures::of(&figures),
                });
            }
            Work::Idle { connections, .. } => {
                let connect_seconds = figures.connect_time.as_secs_f64();
                idle = Some(IdleFigures {
                    connections: *connections,
                    connect_seconds,
                    connections_per_second: f64::from(*connections) / connect_seconds,
                });
            }
            Work::Churn { cycles, .. } => {
                whole = total.cycles == *cycles || figures.interrupted;
                churn = Some(ChurnFigures { cycles: measured.cycles, cycles_per_second: per_second(measured.cycles) });
            }
        }
        let connections = idle.as_ref().map(|idle| idle.connections);
        let process = |(index, watched): (usize, &Watched)| {
            let early = figures.early_rss.as_ref().and_then(|early| early.get(index).copied());
            ProcessFigures::of(watched, seconds, units, early, connections)
        };
        let processes: Vec<ProcessFigures> = figures.watch.others().iter().enumerate().map(process).collect();
        let mut errors = summary(figures.results.errors);
        for watched in figures.watch.others().iter().filter(|watched| !watched.lives) {
            errors.push(format!("process {} ({}) ended", watched.process.pid(), watched.process.name()));
        }
        Self {
            server: plan.server.to_string(),
            run: describe(plan),
            ok: whole && errors.is_empty(),
            interrupted: figures.interrupted,
            errors,
            seconds,
            traffic,
            idle,
            churn,
            together: Together::of(&processes, plan.hops),
            processes,
            bench: figures.watch.own().map(|own| ProcessFigures::of(own, seconds, units, None, None)),
        }
    }

    /// Whether nothing was lost and nothing failed.
    pub(super) fn is_ok(&self) -> bool {
        self.ok
    }
}

/// What the sequence numbers tell.
struct Loss {
    lost: Option<u64>,
    duplicated: u64,
    out_of_order: u64,
}

impl Loss {
    fn of(traffic: &Traffic, figures: &Figures) -> Self {
        let all = figures.results.received.iter().flat_map(|received| &received.seen);
        let sum = |seen: &[Seen], of: fn(&Seen) -> u64| seen.iter().map(of).sum::<u64>();
        // Receivers that share an address may each have a part of a sender's messages.
        let shares = traffic.fan_out.is_none() && traffic.receivers > 1;
        let mut seen: Vec<(u32, Seen)> = Vec::new();
        let mut index = std::collections::HashMap::new();
        for (sender, one) in all {
            match index.get(sender).filter(|_| shares).and_then(|&at: &usize| seen.get_mut(at)) {
                Some((_, union)) => union.union(one),
                None => {
                    index.insert(*sender, seen.len());
                    seen.push((*sender, one.clone()));
                }
            }
        }
        let seen: Vec<Seen> = seen.into_iter().map(|(_, seen)| seen).collect();
        let unique = sum(&seen, Seen::unique);
        let lost = if traffic.receivers == 0 || traffic.stall || figures.interrupted {
            None
        } else if traffic.senders == 0 {
            Some(sum(&seen, Seen::gaps))
        } else {
            let copies = u64::from(traffic.fan_out.unwrap_or(1));
            Some((figures.total.owed() * copies).saturating_sub(unique))
        };
        Self { lost, duplicated: sum(&seen, Seen::duplicated), out_of_order: sum(&seen, Seen::out_of_order) }
    }
}

impl LatencyFigures {
    fn of(figures: &Figures) -> Option<Self> {
        let mut all = Histogram::default();
        for received in &figures.results.received {
            all.merge(&received.latency);
        }
        let us = |percent| all.percentile(percent) as f64 / 1e3;
        (all.total() > 0).then(|| Self {
            samples: all.total(),
            p50_us: us(50.0),
            p90_us: us(90.0),
            p99_us: us(99.0),
            p99_9_us: us(99.9),
            max_us: all.max() as f64 / 1e3,
        })
    }
}

impl ProcessFigures {
    fn of(watched: &Watched, seconds: f64, units: u64, early: Option<u64>, connections: Option<u32>) -> Self {
        let cpu = watched.end.cpu.saturating_sub(watched.start.cpu) as f64;
        let growth = watched.end.rss as f64 - watched.before.rss as f64;
        Self {
            pid: watched.process.pid(),
            name: watched.process.name().into(),
            cpu_seconds: cpu / 1e9,
            cpu_percent: if seconds > 0.0 { cpu / 1e7 / seconds } else { 0.0 },
            cpu_us_per_message: (units > 0 && watched.lives).then(|| cpu / 1e3 / units as f64),
            rss_before_kib: watched.before.rss,
            rss_start_kib: watched.start.rss,
            rss_end_kib: watched.end.rss,
            rss_max_kib: watched.max_rss,
            rss_early_kib: early,
            kib_per_connection: connections.map(|connections| growth / f64::from(connections)),
        }
    }
}

impl Together {
    fn of(processes: &[ProcessFigures], hops: Option<u32>) -> Option<Self> {
        let hops = hops?;
        // All or nothing: a sum without one of them would be too small.
        let each: Option<Vec<f64>> = processes.iter().map(|process| process.cpu_us_per_message).collect();
        let cpu_us_per_message = each?.iter().sum();
        Some(Self { hops, cpu_us_per_message, cpu_us_per_message_and_hop: cpu_us_per_message / f64::from(hops) })
    }
}

/// The same error from many connections, once.
fn summary(errors: Vec<String>) -> Vec<String> {
    let mut counted = std::collections::BTreeMap::new();
    for error in errors {
        *counted.entry(error).or_insert(0u64) += 1;
    }
    let line = |(error, n)| if n == 1 { error } else { format!("{error} ({n} times)") };
    counted.into_iter().map(line).collect()
}

fn describe(plan: &Plan) -> String {
    match &plan.work {
        Work::Idle { connections, .. } => format!("{connections} idle connections"),
        Work::Churn { connections, cycles, in_flight } => {
            format!("{cycles} links attached and detached on {connections} connections, {in_flight} at once")
        }
        Work::Traffic(traffic) => {
            let settled = if traffic.settled { "settled" } else { "unsettled" };
            let mut text = format!("{} senders, {} receivers", traffic.senders, traffic.receivers);
            text += &match traffic.fan_out {
                Some(copies) => format!(" ({copies} per address)"),
                None => String::new(),
            };
            text += &format!(", {} bytes, credit {}, {settled}", traffic.size, plan.credit);
            if let Some(rate) = traffic.rate {
                text += &format!(", {rate} messages per second");
            }
            if let Some(rate) = traffic.receiver_rate {
                text += &format!(", receivers take {rate} per second");
            }
            if traffic.stall {
                text += ", receivers stopped";
            }
            text
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.server, self.run)?;
        if let Some(traffic) = &self.traffic {
            let mut line = |name: &str, text: String| writeln!(f, "  {name:<14}{text}");
            line("messages", format!("{} sent, {} received in {:.2} s", traffic.sent, traffic.received, self.seconds))?;
            line(
                "rate",
                format!("{:.0} msg/s, {:.1} MB/s", traffic.messages_per_second, traffic.megabytes_per_second),
            )?;
            line("outcomes", traffic.outcomes())?;
            let lost = traffic.lost.map_or("not known".into(), |lost| lost.to_string());
            let (duplicated, out_of_order) = (traffic.duplicated, traffic.out_of_order);
            line("lost", format!("{lost}, {duplicated} duplicated, {out_of_order} out of order"))?;
            if traffic.foreign + traffic.aborted > 0 {
                line("besides", format!("{} messages of others, {} aborted", traffic.foreign, traffic.aborted))?;
            }
            if let Some(latency) = &traffic.latency {
                line("latency", latency.to_string())?;
            }
        }
        if let Some(idle) = &self.idle {
            writeln!(
                f,
                "  {:<14}{} in {:.2} s, {:.0} per second",
                "connected", idle.connections, idle.connect_seconds, idle.connections_per_second
            )?;
        }
        if let Some(churn) = &self.churn {
            let (cycles, rate) = (churn.cycles, churn.cycles_per_second);
            writeln!(f, "  {:<14}{cycles} in {:.2} s, {rate:.0} per second", "cycles", self.seconds)?;
        }
        for process in &self.processes {
            write!(f, "{process}")?;
        }
        if let Some(Together { hops, cpu_us_per_message, cpu_us_per_message_and_hop }) = &self.together {
            writeln!(
                f,
                "  {:<14}{cpu_us_per_message:.3} µs of CPU each, {cpu_us_per_message_and_hop:.3} for each of {hops} hops",
                "together"
            )?;
        }
        if let Some(bench) = &self.bench {
            write!(f, "{bench}")?;
        }
        for error in &self.errors {
            writeln!(f, "  {:<14}{error}", "failed")?;
        }
        if self.interrupted {
            writeln!(f, "  interrupted")?;
        }
        Ok(())
    }
}

impl TrafficFigures {
    fn outcomes(&self) -> String {
        let mut text = format!("{} accepted, {} settled by the sender", self.accepted, self.settled);
        for (n, name) in [
            (self.rejected, "rejected"),
            (self.released, "released"),
            (self.modified, "modified"),
            (self.no_outcome, "without outcome"),
            (self.unsettled, "not settled"),
        ] {
            if n > 0 {
                text += &format!(", {n} {name}");
            }
        }
        text
    }
}

impl fmt::Display for LatencyFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "p50 {:.0} µs, p90 {:.0}, p99 {:.0}, p99.9 {:.0}, max {:.0}",
            self.p50_us, self.p90_us, self.p99_us, self.p99_9_us, self.max_us
        )
    }
}

impl fmt::Display for ProcessFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:<14}", self.name)?;
        if let Some(us) = self.cpu_us_per_message {
            write!(f, "{us:.3} µs of CPU each, ")?;
        }
        write!(f, "{:.1} % of a CPU, memory {}", self.cpu_percent, mib(self.rss_before_kib))?;
        if let Some(early) = self.rss_early_kib {
            write!(f, " → {} (at a tenth)", mib(early))?;
        }
        write!(f, " → {} (at most {})", mib(self.rss_end_kib), mib(self.rss_max_kib))?;
        if let Some(kib) = self.kib_per_connection {
            write!(f, ", {kib:.1} KiB per connection")?;
        }
        writeln!(f, "  [{}]", self.pid)
    }
}

fn mib(kib: u64) -> String {
    format!("{:.1} MiB", kib as f64 / 1024.0)
}
