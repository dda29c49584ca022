//! Reports for people.

use std::fmt::{self, Display, Write};

use super::report::{Flow, Incident, Outcomes, Report, RouteChange};

/// Changed routes that are shown of each incident.
const SHOWN: usize = 6;

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [routers, connections, brokers, clients] = self.counts;
        let counts = [(routers, "router"), (connections, "connection"), (brokers, "broker"), (clients, "client")];
        let counts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| plural(*count, what)).collect();
        let name = if self.name.is_empty() { "mesh" } else { &self.name };
        writeln!(f, "{name}, seed {}: {}; load for {}", self.seed, counts.join(", "), seconds(self.length))?;
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        if let Some(start) = self.start {
            let (agreed, complete) = (seconds(start.agreed), seconds(start.complete));
            writeln!(
                f,
                "start: routers and brokers agree after {agreed}, all clients have their links after {complete}"
            )?;
        }
        if !self.incidents.is_empty() {
            writeln!(f, "\nfaults and repairs")?;
        }
        for incident in &self.incidents {
            write_incident(f, incident)?;
        }
        write_flows(f, &self.flows)?;
        for (broker, count) in self.queued.iter().filter(|(_, count)| *count > 0) {
            writeln!(f, "in the queues of {broker}: {}", plural(*count, "message"))?;
        }
        for (error, count) in &self.unlinked {
            let error = if error.is_empty() { "without a reason" } else { error };
            writeln!(f, "{} refused or detached by routers: {error}", plural(*count as usize, "link"))?;
        }
        match &self.breach {
            None => writeln!(f, "\nNo guarantee was broken ({} steps, trace {:016x})", self.steps, self.trace),
            Some(breach) => {
                let when = match u64::try_from(breach.millis) {
                    Ok(millis) => format!("at {}", seconds(millis)),
                    Err(_) => String::from("while the mesh came up"),
                };
                writeln!(f, "\nA GUARANTEE WAS BROKEN {when}: {}", breach.what)
            }
        }
    }
}

fn write_incident(f: &mut fmt::Formatter<'_>, incident: &Incident) -> fmt::Result {
    let Incident { at, what, counts, agreed, lost_clients, back, changes, routes, affected } = incident;
    writeln!(f, "  at {:>7}  {what}", seconds(*at))?;
    if !counts {
        return Ok(());
    }
    let mut parts = Vec::new();
    parts.push(match agreed {
        Some(millis) => format!("routers agree after {}", seconds(*millis)),
        None => String::from("routers did not agree before the end"),
    });
    if !changes.is_empty() {
        let all = routes.iter().max().copied().unwrap_or(0);
        parts.push(format!("{} of {} changed", changes.len(), plural(all, "route")));
    }
    if *lost_clients > 0 {
        let lost = plural(*lost_clients, "client");
        parts.push(match back {
            Some(millis) => format!("{lost} lost, all back after {}", seconds(*millis)),
            None => format!("{lost} lost, not all back before the end"),
        });
    }
    writeln!(f, "              {}", parts.join("; "))?;
    for change in grouped(changes).iter().take(SHOWN) {
        writeln!(f, "                {change}")?;
    }
    if grouped(changes).len() > SHOWN {
        writeln!(f, "                … and {} more lines (--json has all)", grouped(changes).len() - SHOWN)?;
    }
    let bad = bad_ends(affected);
    if !bad.is_empty() {
        writeln!(
            f,
            "              of {} sent meanwhile: {}",
            plural(affected.sent as usize, "message"),
            bad.join(", ")
        )?;
    }
    Ok(())
}

/// Changes of one router in the same way on one line.
fn grouped(changes: &[RouteChange]) -> Vec<String> {
    let mut lines: Vec<(String, &RouteChange, Vec<String>)> = Vec::new();
    for change in changes {
        let next = |side: &Option<(String, u64)>| side.as_ref().map(|(next, _)| next.clone());
        let same = lines.iter_mut().find(|(from, first, _)| {
            *from == change.from
                && next(&first.before) == next(&change.before)
                && next(&first.after) == next(&change.after)
        });
        match same {
            Some((.., to)) => to.push(change.to.clone()),
            None => lines.push((change.from.clone(), change, vec![change.to.clone()])),
        }
    }
    let line = |(from, change, to): &(String, &RouteChange, Vec<String>)| {
        let shown =
            if to.len() > 4 { format!("{} and {} more", to[..3].join(", "), to.len() - 3) } else { to.join(", ") };
        let mut text = format!("{from} to {shown}: ");
        let way = |side: &(String, u64)| match to.len() {
            1 => format!("by {} (cost {})", side.0, side.1),
            _ => format!("by {}", side.0),
        };
        let _ = match (&change.before, &change.after) {
            (Some(before), Some(after)) => write!(text, "{}, was {}", way(after), way(before)),
            (Some(before), None) => write!(text, "no way, was {}", way(before)),
            (None, Some(after)) => write!(text, "{} again", way(after)),
            (None, None) => Ok(()),
        };
        text
    };
    lines.iter().map(line).collect()
}

fn bad_ends(all: &Outcomes) -> Vec<String> {
    let ends = [
        (all.rejected, "rejected"),
        (all.released, "released"),
        (all.modified, "modified"),
        (all.unknown, "without an outcome"),
        (all.lost, "lost"),
        (all.repeated, "delivered again from a queue"),
        (all.doubled, "DELIVERED TWICE"),
    ];
    ends.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect()
}

/// What a column says of a flow.
type Cell = fn(&Flow) -> Option<u64>;

fn write_flows(f: &mut fmt::Formatter<'_>, flows: &[Flow]) -> fmt::Result {
    let columns: [(&str, bool, Cell); 18] = [
        ("sent", true, |flow| Some(flow.outcomes.sent)),
        ("unsent", false, |flow| Some(flow.unsent)),
        ("settled", false, |flow| Some(flow.outcomes.settled)),
        ("accepted", true, |flow| Some(flow.outcomes.accepted)),
        ("rejected", false, |flow| Some(flow.outcomes.rejected)),
        ("released", true, |flow| Some(flow.outcomes.released)),
        ("modified", true, |flow| Some(flow.outcomes.modified)),
        ("unknown", true, |flow| Some(flow.outcomes.unknown)),
        ("delivered", true, |flow| Some(flow.outcomes.delivered)),
        ("copies", false, |flow| Some(flow.outcomes.copies).filter(|copies| *copies != flow.outcomes.delivered)),
        ("queued", false, |flow| Some(flow.outcomes.queued)),
        ("discarded", false, |flow| Some(flow.outcomes.discarded)),
        ("lost", true, |flow| Some(flow.outcomes.lost)),
        ("again", false, |flow| Some(flow.outcomes.repeated)),
        ("twice", true, |flow| Some(flow.outcomes.doubled)),
        ("p50 ms", true, |flow| flow.latency.map(|latency| latency.p50)),
        ("p99 ms", true, |flow| flow.latency.map(|latency| latency.p99)),
        ("max ms", true, |flow| flow.latency.map(|latency| latency.max)),
    ];
    if flows.is_empty() {
        return Ok(());
    }
    let shown = columns.iter().filter(|(_, always, cell)| *always || flows.iter().any(|flow| cell(flow) > Some(0)));
    let shown: Vec<&(&str, bool, Cell)> = shown.collect();
    let name = |flow: &Flow| format!("{} to {}", flow.class, flow.address);
    let width = flows.iter().map(|flow| name(flow).chars().count()).max().unwrap_or(0).max(8);
    write!(f, "\n{:<width$}", "messages")?;
    for (head, ..) in &shown {
        write!(f, "  {head:>width$}", width = head.len().max(5))?;
    }
    writeln!(f)?;
    for flow in flows {
        write!(f, "{:<width$}", name(flow))?;
        for (head, _, cell) in &shown {
            let value = cell(flow).map_or_else(|| String::from("-"), |value| value.to_string());
            write!(f, "  {value:>width$}", width = head.len().max(5))?;
        }
        writeln!(f)?;
    }
    Ok(())
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn seconds(millis: u64) -> String {
    let text = format!("{}.{:03}", millis / 1_000, millis % 1_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} s")
}
