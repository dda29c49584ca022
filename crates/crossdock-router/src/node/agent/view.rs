//! The node's tables, as the management agent sees them.

use crossdock_amqp::engine::Time;
use crossdock_management::{Change, Key, LogLine, NewEntity, Record, Refusal, Store};
use crossdock_schema::{Entity, EntityKind, RouterMode};
use std::ops::ControlFlow;

use crate::node::Node;

/// The node, for one request.
pub(super) struct View<'n> {
    node: &'n mut Node,
    now: Time,
}

impl<'n> View<'n> {
    pub(super) fn new(node: &'n mut Node, now: Time) -> Self {
        Self { node, now }
    }
}

impl Store for View<'_> {
    fn router_id(&self) -> &str {
        self.node.shared.router_id()
    }

    fn mode(&self) -> RouterMode {
        match self.node.shared.names().mode() {
            crossdock_core::address::RouterMode::Standalone => RouterMode::Standalone,
            crossdock_core::address::RouterMode::Interior => RouterMode::Interior,
            crossdock_core::address::RouterMode::Edge => RouterMode::Edge,
        }
    }

    fn for_each_router(&self, visit: &mut dyn FnMut(&str)) {
        if let Some(link_state) = self.node.link_state() {
            link_state.routers().for_each(|(router, ..)| visit(router.as_str()));
        }
    }

    fn count(&self, _kind: EntityKind) -> usize {
        0
    }

    fn for_each_row(&self, _kind: EntityKind, _from: usize, _visit: &mut dyn FnMut(&dyn Record) -> ControlFlow<()>) {}

    fn find(&self, _kind: EntityKind, _key: Key<'_>, _visit: &mut dyn FnMut(&dyn Record)) -> bool {
        let _ = (self.now, self.node.agent.started);
        false
    }

    fn configured(&self, _kind: EntityKind, _identity: &str) -> Option<Entity> {
        None
    }

    fn create(&mut self, _entity: NewEntity) -> Result<String, Refusal> {
        Err(Refusal::forbidden("Forbidden"))
    }

    fn update(&mut self, _identity: &str, _change: Change) -> Result<(), Refusal> {
        Err(Refusal::forbidden("Forbidden"))
    }

    fn delete(&mut self, _kind: EntityKind, _identity: &str) -> Result<(), Refusal> {
        Err(Refusal::forbidden("Forbidden"))
    }

    fn for_each_log_line(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>) {
        if let Some(platform) = &self.node.agent.platform {
            platform.for_each_log_line(visit);
        }
    }
}
