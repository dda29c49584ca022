//! What a router tells of probes that come through.

use crossdock_amqp::engine::{LinkId, Time};
use crossdock_core::batch::{ConnId, DeliveryRef};
use crossdock_core::message::ProbeMark;
use crossdock_core::probe::{Decision, Fate, Fork, ProbeFate, ProbeNews};
use crossdock_core::record::{LinkRecord, Stall};
use crossdock_core::table::Party;
use crossdock_management::{FateKind, Report, Said, TracedFate, TracedHop, TracedStep, TracedTo};
use std::sync::Arc;

use super::{FOLLOWED, Followed};
use crate::node::Node;

/// Longest time for which a probe is followed (milliseconds), whatever it says.
const PATIENCE: u32 = 60_000;

impl Node {
    /// A connection tells of a probe.
    pub(in crate::node) fn probe_news(&mut self, news: ProbeNews, now: Time) {
        match news {
            ProbeNews::Taken(taken) => {
                let passed = taken.passed.iter().map(|router| id_of(router).to_owned()).collect();
                let probe = (taken.from, taken.delivery);
                let origin = Arc::from(taken.origin);
                self.follow_probe(probe, taken.mark, origin, (passed, taken.link), taken.decision, taken.came);
            }
            ProbeNews::Fate(fate) => self.probe_became(fate, now),
        }
        self.finish_traces(now);
    }

    /// Reports what was decided about a probe that came from these routers over this link, and follows it.
    pub(super) fn follow_probe(
        &mut self,
        probe: (ConnId, DeliveryRef),
        mark: ProbeMark,
        origin: Arc<str>,
        (mut path, link): (Vec<String>, u64),
        decision: Decision,
        came: Time,
    ) {
        path.push(self.shared.router_id().to_owned());
        let open: Vec<_> = decision
            .forks
            .iter()
            .filter_map(|fork| match fork {
                Fork::Router { identity, conn, takes_probes: true, .. } => Some((*conn, id_of(identity).to_owned())),
                Fork::Router { .. } | Fork::Local { .. } => None,
            })
            .collect();
        let hop = TracedHop {
            path: Vec::new(),
            micros: 0,
            address: decision.entry.as_ref().map(|entry| entry.key().as_str().to_owned()).unwrap_or_default(),
            treatment: decision.entry.as_ref().map(|entry| entry.treatment().distribution()).unwrap_or_default().into(),
            priority: decision.priority,
            connection: probe.0.0,
            link,
            steps: decision.forks.iter().map(|fork| self.step(fork, came)).collect(),
            left_out: decision.left_out as u64,
            why: decision.why,
        };
        self.report(&origin, Report { id: mark.id.0, path: path.clone(), said: Said::Decided(hop) }, came);
        if !open.is_empty() && self.traces.followed.len() < FOLLOWED {
            let until = came.plus_millis(mark.patience.min(PATIENCE).into());
            self.traces.followed.insert(probe, Followed { id: mark.id, origin, path, came, until, open });
        }
    }

    /// Reports what has become of a probe on its way to a neighbour.
    pub(super) fn probe_became(&mut self, became: ProbeFate, now: Time) {
        let key = (became.from, became.delivery);
        let Some(followed) = self.traces.followed.get_mut(&key) else { return };
        let is_gone = |conn: ConnId| self.shared.mailbox(conn).is_none();
        let is_meant = |conn: ConnId| became.conn.map_or_else(|| is_gone(conn), |meant| conn == meant);
        let Some(at) = followed.open.iter().position(|(conn, _)| is_meant(*conn)) else { return };
        let Some((_, router)) = followed.open.get(at).cloned() else { return };
        let (kind, note) = match became.fate {
            Fate::Left => (FateKind::Left, None),
            Fate::Lost(why) => (FateKind::Lost, Some(why.to_owned())),
            Fate::Waits { has_credit, stall, behind } => (FateKind::Waits, Some(waits(has_credit, stall, behind))),
        };
        let micros = became.at.micros_since(followed.came);
        let said = Said::Became { router, link: became.link, fate: TracedFate { kind, micros, note } };
        let report = Report { id: followed.id.0, path: followed.path.clone(), said };
        let origin = Arc::clone(&followed.origin);
        if kind != FateKind::Waits {
            followed.open.remove(at);
            if followed.open.is_empty() {
                self.traces.followed.remove(&key);
            }
        }
        self.report(&origin, report, now);
    }

    /// Tells the router where a probe began.
    fn report(&mut self, origin: &str, report: Report, now: Time) {
        if origin == self.shared.identity() {
            return self.traces.note(report, now);
        }
        let to = format!("amqp:/_topo/{origin}/$management");
        let message = report.encode(&to);
        self.endpoint.send(&self.shared, &to, &message, now);
    }

    fn step(&self, fork: &Fork, now: Time) -> TracedStep {
        match *fork {
            Fork::Local { conn, link, has_credit, outstanding, party } => {
                self.receiver(conn, link, (has_credit, outstanding), party, now)
            }
            Fork::Router { ref identity, conn, cost, takes_probes } => TracedStep {
                to: if takes_probes { TracedTo::Router } else { TracedTo::Stranger },
                name: id_of(identity).to_owned(),
                connection: conn.0,
                link: 0,
                cost,
                note: (!takes_probes)
                    .then(|| "not a Crossdock that knows traces: the path beyond it is not known".to_owned()),
                fate: None,
            },
        }
    }

    fn receiver(
        &self,
        conn: ConnId,
        link: LinkId,
        (has_credit, outstanding): (bool, u64),
        party: Party,
        now: Time,
    ) -> TracedStep {
        let found = self.records.links_with_ids().find(|(id, record)| *id == link && record.conn() == conn);
        let record = found.map(|(_, record)| record);
        let name = self.connection(conn).map(|connection| connection.container.to_string()).unwrap_or_default();
        let note = if has_credit { None } else { record.map(|record| no_credit(record, outstanding, now)) };
        TracedStep {
            to: match party {
                Party::Client | Party::Network => TracedTo::Consumer,
                Party::RouteContainer => TracedTo::Container,
                Party::Router => TracedTo::Own,
            },
            name,
            connection: if party == Party::Router { 0 } else { conn.0 },
            link: record.map_or(0, |record| record.number()),
            cost: 0,
            note: note.filter(|_| party != Party::Router),
            fate: None,
        }
    }
}

/// Why a message would wait for a consumer.
fn no_credit(record: &LinkRecord, outstanding: u64, now: Time) -> String {
    let seconds = if record.credit() == 0 { record.seconds_without_credit(now) } else { 0 };
    format!(
        "would wait: no credit for {seconds} s, {} unsettled, {} waiting",
        record.unsettled(),
        record.waiting().max(outstanding.saturating_sub(record.unsettled()))
    )
}

/// Why a probe has not left.
fn waits(has_credit: bool, stall: Stall, behind: usize) -> String {
    let why = match (has_credit, stall) {
        (false, _) => "no credit from that router",
        (true, Stall::Window) => "session window closed by that router",
        (true, Stall::Transport) => "that router does not read",
        (true, Stall::None) => "others are before it",
    };
    format!("{why}; behind {behind} others")
}

/// The id of a router, without its area.
fn id_of(identity: &str) -> &str {
    identity.strip_prefix("0/").unwrap_or(identity)
}
