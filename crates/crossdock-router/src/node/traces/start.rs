//! The router where a probe begins: it decides as it would for a client's message.

use crossdock_amqp::engine::{LinkId, SessionId, Time};
use crossdock_amqp::serial::WireDeliveryNumber;
use crossdock_core::address::Treatment;
use crossdock_core::batch::{Batch, ConnId, Content, DeliveryRef, Flags, Forward};
use crossdock_core::message::{
    HeadScanner, NewRouterAnnotations, NewTrace, PROBE_ID, ProbeId, ProbeMark, Want, write_probe,
};
use crossdock_core::probe::{Decision, Fate, Fork, ProbeFate};
use crossdock_core::record::{Arrival, Moment};
use crossdock_core::route::{Case, Route};
use crossdock_core::routers::Origin;
use crossdock_core::shards::KeyHash;
use crossdock_core::table::Party;
use crossdock_management::{Refusal, TraceRequest};

use super::{STARTED, Started};
use crate::node::Node;
use crate::probe::{GONE, decide};
use crate::shared::LINK_CAPACITY;

/// What stands for the sender of this router's own probes: no connection has this number.
const OWN: ConnId = ConnId(0);

/// Longest address (octets).
const MAX_ADDRESS: usize = 4096;

/// Longest request (octets): it is kept until it is answered.
const MAX_REQUEST: usize = 64 * 1024;

impl Node {
    /// Sends a probe. The request that asked for it is handled again when it is known what became of it.
    pub(in crate::node) fn start_trace(
        &mut self,
        asked: &TraceRequest<'_>,
        request: (ConnId, Vec<u8>),
        now: Time,
    ) -> Result<(), Refusal> {
        if self.traces.started.len() >= STARTED {
            return Err(Refusal::bad_request(format!("{STARTED} messages are being traced; try again in a moment")));
        }
        if asked.address.len() > MAX_ADDRESS || request.1.len() > MAX_REQUEST {
            let problem = format!("The address may have {MAX_ADDRESS} bytes, the whole request {MAX_REQUEST}");
            return Err(Refusal::bad_request(problem));
        }
        let mut id = [0; PROBE_ID];
        id.iter_mut().zip((self.shared.entropy)()).for_each(|(octet, random)| *octet = random);
        let id = ProbeId(id);
        self.traces.count = self.traces.count.wrapping_add(1);
        let until = now.plus_millis(asked.timeout.into());
        self.traces.started.push(Started { id, request, at: now, until, hops: Vec::new() });

        let delivery = DeliveryRef { session: SessionId::NONE, number: WireDeliveryNumber::new(self.traces.count) };
        let mark = ProbeMark { id, patience: asked.timeout, settled: asked.settled };
        let decision = self.decide_at_start(asked);
        let message = self.first_probe(asked, mark, &decision);
        let ways: Vec<ConnId> = decision.forks.iter().filter_map(Fork::way).collect();
        let origin = self.shared.identity().into();
        self.follow_probe((OWN, delivery), mark, origin, (Vec::new(), 0), decision, now);
        for conn in ways {
            let flags = Flags::PROBE.with(Flags::SETTLED, true).with(Flags::ORPHAN, true);
            let came = Arrival::now(&Moment::at(now));
            let first = Forward::part(LinkId::NONE, OWN, delivery, flags).first(0, message.priority, came);
            let mut batch = Batch::default();
            batch.push_forward(first, Content::Copied(&message.octets));
            if !self.shared.mailbox(conn).is_some_and(|mailbox| mailbox.deliver(&mut batch)) {
                let fate = Fate::Lost(GONE);
                self.probe_became(ProbeFate { from: OWN, delivery, conn: Some(conn), link: 0, at: now, fate }, now);
            }
        }
        Ok(())
    }

    fn decide_at_start(&self, asked: &TraceRequest<'_>) -> Decision {
        let shared = &self.shared;
        let named = shared.classify(asked.address);
        let key = shared.producer_key(named);
        let Some(entry) = shared.table.find(key.key_ref()) else {
            let why = if shared.settings_for(key.key_ref()).treatment == Treatment::Unavailable {
                "the address is unavailable".to_owned()
            } else {
                "no consumer".to_owned()
            };
            return Decision { why: Some(why), priority: asked.priority, ..Decision::default() };
        };
        // Each probe is a sender of its own, as each client is: it begins with the next of equals, and takes the next of the
        // connections to a neighbour.
        let mut route = Route::new(entry, self.traces.count, Party::Router);
        route.set_renames(key.key_ref() != named);
        let hash = asked.key.map(|key| KeyHash::new(key.as_bytes()));
        let case = Case { origin: Origin::Own, settled: asked.settled, key: hash };
        decide(shared, &mut route, case, (LINK_CAPACITY.into(), asked.priority), |_| false)
    }

    fn first_probe(&self, asked: &TraceRequest<'_>, mark: ProbeMark, decision: &Decision) -> FirstProbe {
        let message = bare_message(asked.address, decision.priority);
        let mut scanner = HeadScanner::new();
        // It is as this router writes it.
        let scanned = scanner.finish(&message, Want::Annotations, false);
        debug_assert!(scanned.is_ok(), "its own message");
        let entry = decision.entry.as_ref().map(|entry| entry.key());
        let annotations = NewRouterAnnotations {
            phase: entry.map(|key| key.phase()).unwrap_or_default(),
            stream: false,
            to: Some(entry.filter(|_| decision.renamed).map_or(asked.address, |key| key.text())),
            ingress: Some(self.shared.identity()),
            trace: NewTrace::Restart(self.shared.identity()),
        };
        let mut octets = Vec::with_capacity(message.len() + 256);
        write_probe(&mut octets, &message, scanner.head(), &annotations, mark);
        FirstProbe { octets, priority: decision.priority }
    }
}

struct FirstProbe {
    octets: Vec<u8>,
    priority: u8,
}

/// A header with the priority, properties with the address, and null.
fn bare_message(address: &str, priority: u8) -> Vec<u8> {
    let mut out = vec![0x00, 0x53, 0x70, 0xc0, 0x04, 0x02, 0x42, 0x50, priority];
    let length = address.len() as u32;
    out.extend_from_slice(&[0x00, 0x53, 0x73, 0xd0]);
    out.extend_from_slice(&(4 + 2 + 5 + length).to_be_bytes());
    out.extend_from_slice(&3_u32.to_be_bytes());
    out.extend_from_slice(&[0x40, 0x40, 0xb1]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(address.as_bytes());
    out.extend_from_slice(&[0x00, 0x53, 0x77, 0x40]);
    out
}
