//! The node as a peer of its own connections: requests come in, answers go out.
//!
//! It takes deliveries like a consumer with endless credit, puts them together, and settles them when they are complete.
//! A second endpoint releases whatever comes: routing protocols have addresses that clients see and may not use.
//! Answers are settled deliveries to whatever address they are for, here or at another router.

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Chunk, LinkId, SessionId, Time};
use crossdock_core::batch::{Batch, ConnId, Content, ContentRef, DeliveryRef, Flags, Forward, State};
use crossdock_core::mailbox::Mailbox;
use crossdock_core::message::{HeadScanner, NewRouterAnnotations, NewTrace, Want, write_annotations};
use crossdock_core::record::{Arrival, Moment};
use crossdock_core::route::{Choice, Route};
use crossdock_core::routers::Origin;
use crossdock_core::table::{Destination, OutgoingCounters, Party};
use fe2o3_amqp_types::messaging::{DeliveryState, Rejected};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;
use tracing::debug;

use super::agent::Request;
use crate::shared::Shared;

/// Largest request (bytes).
const REQUEST: usize = 2 * 1024 * 1024;

/// Bytes of all requests that have not come in full.
const REQUESTS: usize = 32 * 1024 * 1024;

/// Answers that may wait for a client's credit; who asks more than it reads gets none.
const ANSWERS: u64 = 1000;

/// What the connections' batches say of the node: no connection has this number.
const OWN: ConnId = ConnId(0);

/// What they say of where deliveries are released: no connection gets this far.
const SINK: ConnId = ConnId(u64::MAX);

/// The node's end of its deliveries.
#[derive(Debug, Default)]
pub(super) struct Endpoint {
    mailbox: Arc<Mailbox>,
    counters: Arc<OutgoingCounters>,
    batch: Batch,
    /// Requests whose end has not come; none of those that are too large.
    coming: HashMap<(ConnId, DeliveryRef), Option<Vec<u8>>>,
    held: usize,
    /// Whether nobody wants what comes.
    is_sink: bool,
    /// What is said of requests, by the connection they came from.
    settled: BTreeMap<ConnId, Batch>,
}

impl Endpoint {
    pub(super) fn new() -> Self {
        let endpoint = Self::default();
        endpoint.counters.allow(u64::MAX);
        endpoint
    }

    /// One that releases whatever comes.
    pub(super) fn sink() -> Self {
        Self { is_sink: true, ..Self::new() }
    }

    /// What an address has as destination that the node serves.
    pub(super) fn destination(&self) -> Destination {
        Destination {
            conn: if self.is_sink { SINK } else { OWN },
            mailbox: Arc::clone(&self.mailbox),
            link: LinkId::NONE,
            counters: Arc::clone(&self.counters),
            annotated: false,
            party: Party::Router,
        }
    }

    /// Whom to wake when there is something.
    pub(super) fn register(&self, waker: &Waker) {
        self.mailbox.register(waker);
    }

    /// Takes what has come; the complete requests go to `requests`. False if there was nothing.
    pub(super) fn take(&mut self, shared: &Shared, requests: &mut Vec<Request>) -> bool {
        let mut batch = std::mem::take(&mut self.batch);
        let any = self.mailbox.take(&mut batch, &mut Vec::new());
        for forward in batch.forwards() {
            self.take_part(&batch, forward, requests);
        }
        for (conn, mut batch) in std::mem::take(&mut self.settled) {
            if let Some(mailbox) = shared.mailbox(conn) {
                mailbox.deliver(&mut batch);
            }
        }
        batch.clear();
        self.batch = batch;
        any
    }

    fn take_part(&mut self, batch: &Batch, forward: &Forward, requests: &mut Vec<Request>) {
        let key = (forward.from, forward.delivery);
        let part = match batch.content(forward) {
            ContentRef::Copied(bytes) => bytes,
            ContentRef::Shared(chunk) => chunk.bytes(),
        };
        let mut message = match self.coming.remove(&key) {
            Some(message) => message,
            None if forward.flags.has(Flags::FIRST) && self.is_sink => None,
            None if forward.flags.has(Flags::FIRST) => Some(Vec::new()),
            None => return,
        };
        if let Some(bytes) = &mut message {
            self.held -= bytes.len();
            if bytes.len() + part.len() > REQUEST || self.held + bytes.len() + part.len() > REQUESTS {
                message = None;
            } else {
                bytes.extend_from_slice(part);
            }
        }
        if forward.flags.has(Flags::ABORTED) {
            self.counters.finish(1);
            return;
        }
        if forward.flags.has(Flags::MORE) {
            self.held += message.as_ref().map_or(0, Vec::len);
            self.coming.insert(key, message);
            return;
        }
        self.counters.finish(1);
        let state = match (&message, forward.flags.has(Flags::SETTLED)) {
            (_, true) => State::None,
            (Some(_), false) => State::Accepted,
            (None, false) if self.is_sink => State::Released,
            (None, false) => too_large(),
        };
        let answer = self.settled.entry(forward.from).or_default();
        answer.push_settlement(forward.delivery, state.as_wire(), true, true);
        requests.extend(message.map(|message| (forward.from, message)));
    }

    /// Sends a message to an address. It is lost if nobody is there, as all settled deliveries are.
    pub(super) fn send(&mut self, shared: &Shared, to: &str, message: &[u8], now: Time) {
        let Some(entry) = shared.table.find(shared.classify(to)) else {
            debug!(target: "AGENT", "No answer to '{to}': nobody is there");
            return;
        };
        let mut route = Route::new(entry, 0, Party::Router);
        route.refresh(&shared.routers);
        let (link, mailbox, annotated) = match route.choose(ANSWERS, Origin::Own) {
            Some(Choice::Local(local)) if local.counters.outstanding() > ANSWERS => {
                local.counters.finish(1);
                debug!(target: "AGENT", "No answer to '{to}': {ANSWERS} wait there already");
                return;
            }
            Some(Choice::Local(local)) => (local.link, Arc::clone(&local.mailbox), local.annotated),
            Some(Choice::Remote(remote)) => (LinkId::NONE, Arc::clone(&remote.mailbox), true),
            None => return,
        };
        let message = if annotated { annotated_by(shared.identity(), message) } else { message.to_vec() };
        let delivery = DeliveryRef { session: SessionId::NONE, number: Default::default() };
        let flags = Flags::default().with(Flags::SETTLED, true).with(Flags::ORPHAN, true);
        let first = Forward::part(link, OWN, delivery, flags).first(0, 4, Arrival::now(&Moment::at(now)));
        let mut batch = Batch::default();
        batch.push_forward(first, Content::Shared(Chunk::free(message.into())));
        mailbox.deliver(&mut batch);
    }
}

fn too_large() -> State {
    let description = format!("A request may have {REQUEST} bytes");
    let error = Condition::MessageSizeExceeded.error(description);
    let state = DeliveryState::Rejected(Rejected { error: Some(error) });
    serde_amqp::to_vec(&state).map_or(State::Released, |encoded| State::from_wire(StateRef::Other(&encoded)))
}

fn annotated_by(identity: &str, message: &[u8]) -> Vec<u8> {
    let mut scanner = HeadScanner::new();
    if scanner.finish(message, Want::Annotations, true).is_err() {
        return message.to_vec();
    }
    let head = scanner.head();
    let annotations = NewRouterAnnotations {
        ingress: Some(identity),
        trace: NewTrace::Restart(identity),
        ..NewRouterAnnotations::default()
    };
    let mut out = Vec::with_capacity(message.len() + 128);
    write_annotations(&mut out, message, head, Some(&annotations));
    out.extend_from_slice(message.get(head.rest as usize..).unwrap_or_default());
    out
}
