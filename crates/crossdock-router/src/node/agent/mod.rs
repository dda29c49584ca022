//! Management of this router: requests to `$management` are answered from the node's own tables.
//!
//! ```text
//! request ─► crossdock_management ──► View ─┬─ router, nodes, addresses, links, connections   what is: the node's tables
//!                                           ├─ configured                                     what is wanted
//!                                           └─ Platform                                       sockets, log, memory
//! ```

mod addresses;
mod auto_links;
mod companions;
mod configured;
mod connections;
mod connectors;
mod explain;
mod link_routes;
mod links;
mod logs;
mod nodes;
mod platform;
mod policy;
mod reasons;
mod router;
mod shards;
mod view;

use crossdock_amqp::engine::Time;
use crossdock_core::address::{AddressClass, AddressKey, KeyRef, Phase, Treatment};
use crossdock_core::batch::ConnId;
use crossdock_management::{Report, Trace, handle_request, operation_of};
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use tracing::{Level, debug, enabled, error};

use super::Node;
use configured::Configured;
pub use configured::StartFailure;
pub use platform::{ConnectionCounts, ConnectorFare, Platform};
pub use router::COMPATIBLE_VERSION;
pub(super) use shards::ShardSet;
use view::View;

/// A request, and the connection it came over.
pub(super) type Request = (ConnId, Vec<u8>);

/// What management needs beside the node's tables.
#[derive(Debug)]
pub(super) struct Agent {
    started: Time,
    configured: Configured,
    /// What the configured shards come to, by the address that is spread.
    pub(super) shards: HashMap<AddressKey, ShardSet>,
    platform: Option<Box<dyn Platform>>,
    /// Requests that are not answered yet.
    waiting: VecDeque<Request>,
}

impl Agent {
    pub(super) fn new(now: Time) -> Self {
        Self {
            started: now,
            configured: Configured::default(),
            shards: HashMap::new(),
            platform: None,
            waiting: VecDeque::new(),
        }
    }

    pub(super) fn set_platform(&mut self, platform: Box<dyn Platform>) {
        self.platform = Some(platform);
    }

    /// Whether a link that goes on may outlive its connection.
    pub(super) fn allows_resumable_link_routes(&self) -> bool {
        self.configured.router.allow_resumable_link_route
    }

    fn platform(&self) -> Option<&dyn Platform> {
        self.platform.as_deref()
    }

    /// Seconds since 1970 at this time; 0 if nobody knows.
    fn unix_time(&self, at: Time, now: Time) -> i64 {
        let ago = i64::try_from(now.millis_since(at) / 1000).unwrap_or(i64::MAX);
        self.platform().map_or(0, |platform| platform.unix_time().saturating_sub(ago))
    }
}

impl Node {
    /// Makes the addresses that the router itself serves: those under which management is reached, and those of the routing
    /// protocols, which take what clients send and release it. Only control links have a say there.
    pub(super) fn serve_addresses(&mut self) {
        let local = |text| KeyRef::new(AddressClass::Local, text);
        let topological = |text| KeyRef::new(AddressClass::Topological, text);
        self.serve(local("$_management_internal"), Treatment::Closest, true);
        self.serve(KeyRef::mobile(Phase::ZERO, "$management"), Treatment::Closest, true);
        self.serve(local("$management"), Treatment::Closest, true);
        if self.mesh.is_some() {
            self.serve(local("qdhello"), Treatment::MulticastFlood, false);
            self.serve(local("qdrouter"), Treatment::MulticastFlood, false);
            self.serve(topological("qdrouter"), Treatment::MulticastFlood, false);
            self.serve(local("qdrouter.ma"), Treatment::Multicast, false);
            self.serve(topological("qdrouter.ma"), Treatment::Multicast, false);
        }
    }

    fn serve(&mut self, key: KeyRef<'_>, treatment: Treatment, is_answered: bool) {
        self.create(key.to_key(), treatment, None);
        let endpoint = if is_answered { &self.endpoint } else { &self.sink };
        if let Some(address) = self.addresses.get_mut(&key) {
            address.in_process = true;
            address.entry.add(endpoint.destination());
            self.shared.in_process.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Answers one request, if there is one: a request about thousands of links takes its time, and neighbours do not wait.
    /// More are not taken in before all are answered, so that clients have as many waiting as they have credit, and no more.
    /// False if there was nothing.
    pub(super) fn handle_requests(&mut self, now: Time) -> bool {
        let mut any = self.sink.take(&self.shared, &mut Vec::new());
        if self.agent.waiting.is_empty() {
            let mut requests = Vec::new();
            any |= self.endpoint.take(&self.shared, &mut requests);
            if self.traces.is_waiting() {
                requests.retain(|(_, message)| match Report::decode(message) {
                    Some(report) => {
                        self.traces.note(report, now);
                        false
                    }
                    None => true,
                });
                self.finish_traces(now);
            }
            self.agent.waiting = requests.into();
        }
        match self.agent.waiting.pop_front() {
            Some((from, request)) => {
                self.answer_with(from, &request, None, now);
                self.finish_traces(now);
                true
            }
            None => any,
        }
    }

    /// Answers a request; with what became of a trace, if it is one for such and was put off.
    pub(super) fn answer_with(&mut self, from: ConnId, request: &[u8], trace: Option<Trace>, now: Time) {
        if enabled!(target: "AGENT", Level::DEBUG) {
            // Not all of it: there may be passwords. It is in the log before it is answered, so that who asks for the log
            // finds that it has asked.
            debug!(target: "AGENT", "Agent request: {}", operation_of(request).unwrap_or_default());
        }
        let Some(response) = handle_request(request, &mut View::new(self, (from, request), trace, now)) else { return };
        match &response.problem {
            Some(problem) => error!(target: "AGENT", "Error performing {}: {problem}", response.operation),
            None => debug!(target: "AGENT", "Agent response: {} {}", response.operation, response.status.phrase()),
        }
        self.endpoint.send(&self.shared, &response.to, &response.message, now);
    }
}
