//! The row of the router itself.

use crossdock_management::{Row, Slot};
use crossdock_schema::{RouterAttr, RouterState, Supply};

use super::view::View;

/// The version told to peers and tools: that of the router whose place this one takes.
pub const COMPATIBLE_VERSION: &str = "1.19.0";

/// The router.
pub(super) struct RouterRow<'v> {
    view: &'v View<'v>,
}

impl<'v> RouterRow<'v> {
    pub(super) fn new(view: &'v View<'v>) -> Self {
        Self { view }
    }
}

impl Row for RouterRow<'_> {
    type Attr = RouterAttr;

    fn write(&self, attribute: RouterAttr, slot: Slot<'_>) {
        let View { node, now } = self.view;
        let platform = node.agent.platform();
        let configured = &node.agent.configured.router;
        match attribute {
            // It has one even if none is configured.
            RouterAttr::Id => return slot.text(node.shared.router_id()),
            RouterAttr::WorkerThreads => {
                let threads = platform.map_or(configured.worker_threads, |platform| platform.worker_threads());
                return slot.number(threads);
            }
            _ => {}
        }
        let state = match configured.supply(attribute) {
            Supply::Configured(field) => return slot.field(field),
            Supply::Running(state) => state,
        };
        match state {
            RouterState::Version => slot.text(COMPATIBLE_VERSION),
            RouterState::HostName => slot.absent(),
            RouterState::AddrCount => slot.number(node.addresses.len() as u64),
            RouterState::LinkCount => slot.number(node.link_count() as u64),
            RouterState::NodeCount => slot.number(node.mesh.as_ref().map_or(0, |mesh| mesh.routers().len()) as u64),
            RouterState::ConnectionCount => slot.number(0),
            RouterState::PresettledDeliveries
            | RouterState::DroppedPresettledDeliveries
            | RouterState::AcceptedDeliveries
            | RouterState::RejectedDeliveries
            | RouterState::ReleasedDeliveries
            | RouterState::ModifiedDeliveries
            | RouterState::DeliveriesDelayed1Sec
            | RouterState::DeliveriesDelayed10Sec
            | RouterState::DeliveriesStuck
            | RouterState::DeliveriesIngress
            | RouterState::DeliveriesEgress
            | RouterState::DeliveriesTransit
            | RouterState::DeliveriesIngressRouteContainer
            | RouterState::DeliveriesEgressRouteContainer
            | RouterState::BlockedLinkCount
            // There are no link routes, auto links and fallback destinations.
            | RouterState::LinkRouteCount
            | RouterState::AutoLinkCount
            | RouterState::DeliveriesRedirectedToFallback => slot.number(0),
            RouterState::UptimeSeconds => slot.number(now.millis_since(node.agent.started) / 1000),
            RouterState::MemoryUsage => slot.optional_number(platform.and_then(|platform| platform.memory_usage())),
            RouterState::Name => slot.text(node.shared.router_id()),
            RouterState::Identity => slot.number(1),
        }
    }
}
