//! Probes: taken in from other routers, sent on, and followed until they have left.

use crossdock_amqp::engine::{IncomingTransfer, LinkId};
use crossdock_core::batch::{ConnId, Content, DeliveryRef, Flags, Forward, State};
use crossdock_core::message::{Head, NewRouterAnnotations, NewTrace, ProbeMark, RouterAnnotations, Span, write_probe};
use crossdock_core::probe::{Decision, Fate, Fork, MAX_HOPS, MAX_PROBE, ProbeFate, ProbeNews, TakenProbe};
use crossdock_core::record::{Arrival, Stall};
use crossdock_core::route::Case;
use crossdock_core::work::Action;

use super::Adaptor;
use super::destinations::{Undeliverable, anonymous_route};
use super::known::Known;
use super::slots::{LinkKind, Slot};
use crate::probe::{GONE, decide};
use crate::shared::Shared;

/// Octets of the name of a router in a trace.
const MAX_IDENTITY: usize = 255;

impl Adaptor {
    /// Whether what comes on a link may be a probe.
    pub(super) fn takes_probe(&self, link: LinkId) -> bool {
        let is_data =
            matches!(self.slot(link), Some(Slot::In(slot)) if matches!(slot.kind, LinkKind::Data | LinkKind::Stream));
        is_data && self.router.as_ref().is_some_and(|router| router.takes_probes)
    }

    /// A probe ends here, and others go on in its place. What is no good as one is dropped, as are too many of them.
    pub(super) fn take_probe(
        &mut self,
        transfer: &IncomingTransfer<'_>,
        known: &Known<'_>,
        annotations: &RouterAnnotations,
    ) {
        if transfer.more {
            return self.undeliverable(transfer, Undeliverable::Unroutable);
        }
        self.follow_probe(transfer, known, annotations);
        self.end_discarded(transfer, &State::Released);
    }

    /// Decides about a probe, sends it on, and tells the node; none if it is no good.
    fn follow_probe(
        &mut self,
        transfer: &IncomingTransfer<'_>,
        known: &Known<'_>,
        annotations: &RouterAnnotations,
    ) -> Option<()> {
        let Known { head, message, .. } = *known;
        let mark = ProbeMark::decode(annotations.probe?.of(message))?;
        let origin = std::str::from_utf8(annotations.ingress?.of(message)).ok()?;
        if message.len() > MAX_PROBE || annotations.trace_count as usize > MAX_HOPS {
            return None;
        }
        let mut passed: Vec<Box<str>> = Vec::new();
        for entry in annotations.trace_entries(message) {
            let identity = std::str::from_utf8(entry).ok().filter(|identity| identity.len() <= MAX_IDENTITY)?;
            passed.push(identity.into());
        }
        // Nobody waits for a report at a router that is not there.
        let is_own = origin == self.shared.identity();
        if !is_own && self.shared.routers.find(origin).is_none() || !self.shared.admits_probe(self.now.time()) {
            return None;
        }
        let Some(Slot::In(slot)) = self.slot(transfer.link) else { return None };
        let link = slot.record.number();
        let annotations = RouterAnnotations { probe: None, ..*annotations };
        let decision = if passed.len() >= MAX_HOPS {
            stopped(format!("dropped: it has passed {MAX_HOPS} routers"))
        } else {
            match self.annotated_origin(transfer.link, &annotations, message) {
                Some(from) => {
                    let head = Head { router_annotations: Some(annotations), ..*head };
                    let case = Case { origin: from, settled: mark.settled, key: None };
                    self.decide_probe(transfer.link, &Known { head: &head, ..*known }, case, &passed)?
                }
                None => stopped("dropped: the way is a loop".to_owned()),
            }
        };
        let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
        let onward = self.onward_probe(known, &annotations, mark, &decision);
        let ways: Vec<ConnId> = decision.forks.iter().filter_map(Fork::way).collect();
        let (from, came, origin, priority) = (self.id, self.now.time(), origin.into(), decision.priority);
        let taken = TakenProbe { from, delivery, link, mark, origin, passed, came, decision };
        self.shared.submit(Action::Probe(ProbeNews::Taken(Box::new(taken))));
        self.send_probe_on(delivery, &onward, priority, ways);
        Some(())
    }

    fn decide_probe(&mut self, link: LinkId, known: &Known<'_>, case: Case, passed: &[Box<str>]) -> Option<Decision> {
        let limits = (u64::from(self.settings.link_capacity), known.head.priority);
        let Some(Slot::In(slot)) = self.slots.get_mut(link.index()).and_then(Option::as_mut) else { return None };
        let found = match &mut slot.route {
            Some(route) => Ok(route),
            None => anonymous_route(&self.shared, &mut slot.routes, (slot.sender, slot.party), known),
        };
        Some(match found {
            Ok(route) => decide(&self.shared, route, case, limits, |router| passed.iter().any(|by| **by == *router)),
            Err(Undeliverable::Unroutable) => stopped("no consumer".to_owned()),
            Err(Undeliverable::Bad(_, why)) => stopped(why),
        })
    }

    /// A probe as the routers that follow get it.
    fn onward_probe(
        &self,
        known: &Known<'_>,
        received: &RouterAnnotations,
        mark: ProbeMark,
        decision: &Decision,
    ) -> Vec<u8> {
        let Known { head, message, .. } = *known;
        let text = |span: Option<Span>| span.and_then(|span| std::str::from_utf8(span.of(message)).ok());
        let renamed = decision.entry.as_ref().filter(|_| decision.renamed).map(|entry| entry.key());
        let annotations = NewRouterAnnotations {
            phase: renamed.map_or(received.phase.unwrap_or_default(), |key| key.phase()),
            stream: false,
            to: renamed.map(|key| key.text()).or(text(received.to)),
            ingress: text(received.ingress),
            trace: NewTrace::Append(self.shared.identity()),
        };
        let mut out = Vec::with_capacity(message.len() + 64);
        write_probe(&mut out, message, head, &annotations, mark);
        out
    }

    fn send_probe_on(&mut self, delivery: DeliveryRef, message: &[u8], priority: u8, ways: Vec<ConnId>) {
        let came = Arrival::now(&self.now);
        for conn in ways {
            let flags = Flags::PROBE.with(Flags::SETTLED, true).with(Flags::ORPHAN, true).with(Flags::TRANSIT, true);
            let first = Forward::part(LinkId::NONE, self.id, delivery, flags).first(0, priority, came);
            match self.targets.batch(conn, || self.shared.mailbox(conn)) {
                Some(batch) => batch.push_forward(first, Content::Copied(message)),
                None => self.probe_lost_on(Some(conn), self.id, delivery, GONE),
            }
        }
    }

    /// A probe waits as the last on a link.
    #[cold]
    pub(super) fn probe_waits(&self, link: LinkId, from: ConnId, delivery: DeliveryRef) {
        let Some(Slot::Out(slot)) = self.slot(link) else { return };
        let credit = self.conn.link(link).and_then(|link| link.sender_credit());
        let has_credit = credit.is_some_and(|credit| credit.available() > 0);
        let stall = if !self.conn.has_output_room() {
            Stall::Transport
        } else if self.conn.can_transfer(slot.session) {
            Stall::None
        } else {
            Stall::Window
        };
        let behind = (slot.queue.len() + usize::from(slot.current.is_some())).saturating_sub(1);
        let fate = Fate::Waits { has_credit, stall, behind };
        let (conn, link, at) = (Some(self.id), slot.record.number(), self.now.time());
        tell(&self.shared, ProbeFate { from, delivery, conn, link, at, fate });
    }

    /// A delivery will not leave any more: says so if it is a probe.
    pub(super) fn probe_lost(&self, flags: Flags, from: ConnId, delivery: DeliveryRef, why: &'static str) {
        if flags.has(Flags::PROBE) {
            self.probe_lost_on(Some(self.id), from, delivery, why);
        }
    }

    /// As [`Adaptor::probe_lost`], of a probe for another connection; none for any that is gone, if there is no knowing which.
    pub(super) fn probe_lost_on(&self, conn: Option<ConnId>, from: ConnId, delivery: DeliveryRef, why: &'static str) {
        let (at, fate) = (self.now.time(), Fate::Lost(why));
        tell(&self.shared, ProbeFate { from, delivery, conn, link: 0, at, fate });
    }
}

/// Tells the node what has become of a probe.
#[cold]
pub(super) fn tell(shared: &Shared, fate: ProbeFate) {
    shared.submit(Action::Probe(ProbeNews::Fate(fate)));
}

fn stopped(why: String) -> Decision {
    Decision { why: Some(why), ..Decision::default() }
}
