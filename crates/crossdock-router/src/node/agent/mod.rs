//! Management of this router: requests to `$management` are answered from the node's own tables.

mod platform;
mod view;

use crossdock_amqp::engine::Time;
use crossdock_core::address::{AddressClass, KeyRef, Phase, Treatment};
use crossdock_management::handle_request;
use std::sync::atomic::Ordering;
use tracing::{debug, info};

use super::Node;
pub use platform::Platform;
use view::View;

/// What management needs beside the node's tables.
#[derive(Debug)]
pub(super) struct Agent {
    started: Time,
    platform: Option<Box<dyn Platform>>,
}

impl Agent {
    pub(super) fn new(now: Time) -> Self {
        Self { started: now, platform: None }
    }

    pub(super) fn set_platform(&mut self, platform: Box<dyn Platform>) {
        self.platform = Some(platform);
    }
}

impl Node {
    /// Makes the addresses under which management is reached.
    pub(super) fn serve_management(&mut self) {
        let keys = [KeyRef::mobile(Phase::ZERO, "$management"), KeyRef::new(AddressClass::Local, "$management")];
        for key in keys {
            self.create(key.to_key(), Treatment::Closest, None);
            if let Some(address) = self.addresses.get_mut(&key) {
                address.in_process = true;
                address.entry.add(self.endpoint.destination());
                self.shared.in_process.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Answers what was asked. False if nothing was.
    pub(super) fn handle_requests(&mut self, now: Time) -> bool {
        let mut requests = Vec::new();
        let any = self.endpoint.take(&self.shared, &mut requests);
        for request in requests {
            let Some(response) = handle_request(&request, &mut View::new(self, now)) else { continue };
            match &response.problem {
                Some(problem) => info!(target: "AGENT", "{} refused: {problem}", response.operation),
                None => debug!(target: "AGENT", "{} done", response.operation),
            }
            self.endpoint.send(&self.shared, &response.to, &response.message, now);
        }
        any
    }
}
