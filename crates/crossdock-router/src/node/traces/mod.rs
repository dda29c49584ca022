//! Messages that are sent to find out their way.
//!
//! ```text
//!  request ─► start ─► probe ─► lanes, queues ─► next router: its adaptor decides, hands on, tells its node
//!     │                                                │
//!     └─ answer ◄─ table of reports ◄── messages ◄── node: report of the decision, and of when it left
//! ```
//!
//! `start` sends a probe; `follow` is what a router on the way does about one, and also the router where it began, which
//! then keeps the reports instead of sending them. A trace ends when the end of every branch is known, or its time is over.

mod follow;
mod start;

use crossdock_amqp::engine::Time;
use crossdock_core::batch::{ConnId, DeliveryRef};
use crossdock_core::message::ProbeId;
use crossdock_management::{FateKind, Report, Said, Trace, TracedHop, TracedStep, TracedTo};
use hashbrown::HashMap;
use std::sync::Arc;

use super::Node;

/// Traces under way that this router's clients have asked for.
const STARTED: usize = 32;

/// Hops of one trace that are kept.
const HOPS: usize = 512;

/// Probes on their way through this router that are followed; of more, nobody hears when they left.
const FOLLOWED: usize = 1024;

/// Traces and probes.
#[derive(Debug, Default)]
pub(super) struct Traces {
    started: Vec<Started>,
    /// Probes that have not left for all neighbours to which they go.
    followed: HashMap<(ConnId, DeliveryRef), Followed>,
    /// Probes that this router has sent so far.
    count: u32,
}

/// A trace that somebody waits for.
#[derive(Debug)]
struct Started {
    id: ProbeId,
    /// The request, and the connection over which it came.
    request: (ConnId, Vec<u8>),
    at: Time,
    until: Time,
    hops: Vec<TracedHop>,
}

/// A probe on its way through this router.
#[derive(Debug)]
struct Followed {
    id: ProbeId,
    /// The router where it began, as annotations call it.
    origin: Arc<str>,
    path: Vec<String>,
    came: Time,
    until: Time,
    /// The connections over which it has not left, and the ids of the routers there.
    open: Vec<(ConnId, String)>,
}

impl Traces {
    pub(super) fn poll_timeout(&self) -> Time {
        let started = self.started.iter().map(|started| started.until);
        let followed = self.followed.values().map(|followed| followed.until);
        started.chain(followed).min().unwrap_or(Time::NEVER)
    }

    /// Whether reports are waited for.
    pub(super) fn is_waiting(&self) -> bool {
        !self.started.is_empty()
    }

    /// Keeps what was reported of a trace of ours.
    pub(super) fn note(&mut self, report: Report, now: Time) {
        let Some(started) = self.started.iter_mut().find(|started| started.id.0 == report.id) else { return };
        let has_room = started.hops.len() < HOPS;
        match (report.said, started.hops.iter_mut().find(|hop| hop.path == report.path)) {
            (Said::Decided(hop), None) if has_room => {
                let micros = now.micros_since(started.at);
                started.hops.push(TracedHop { path: report.path, micros, ..hop });
            }
            (Said::Became { router, link, fate }, Some(hop)) => {
                let is_meant = |step: &TracedStep| step.to == TracedTo::Router && step.name == router;
                if let Some(step) = hop.steps.iter_mut().find(|step| is_meant(step)) {
                    step.link = link;
                    step.fate = Some(fate);
                }
            }
            (Said::Decided(_), _) | (Said::Became { .. }, None) => {}
        }
    }
}

impl Started {
    /// Whether the end of every branch is known.
    fn is_complete(&self) -> bool {
        !self.hops.is_empty()
            && self.hops.iter().all(|hop| {
                hop.steps.iter().filter(|step| step.to == TracedTo::Router).all(|step| {
                    match step.fate.as_ref().map(|fate| fate.kind) {
                        Some(FateKind::Lost) => true,
                        Some(FateKind::Left) => self.hops.iter().any(|next| {
                            next.path.split_last().is_some_and(|(own, way)| *own == step.name && way == hop.path)
                        }),
                        Some(FateKind::Waits) | None => false,
                    }
                })
            })
    }
}

impl Node {
    /// Answers for traces that are over, and forgets probes that take too long.
    pub(super) fn tick_traces(&mut self, now: Time) {
        self.traces.followed.retain(|_, followed| followed.until > now);
        self.finish_traces(now);
    }

    /// Answers for traces that are over.
    pub(super) fn finish_traces(&mut self, now: Time) {
        while let Some(at) =
            self.traces.started.iter().position(|started| started.until <= now || started.is_complete())
        {
            let started = self.traces.started.remove(at);
            let is_complete = started.is_complete();
            let micros = now.micros_since(started.at);
            let (from, request) = started.request;
            self.answer_with(from, &request, Some(Trace { is_complete, micros, hops: started.hops }), now);
        }
    }
}
