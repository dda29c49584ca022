//! The row of the router itself.

use crossdock_core::record::Totals;
use crossdock_management::{Row, Slot};
use crossdock_schema::{RouterAttr, RouterState, Supply};

use super::links;
use super::view::View;

/// The version told to peers and tools: that of the router whose place this one takes.
pub const COMPATIBLE_VERSION: &str = "1.19.0";

/// The router.
pub(super) struct RouterRow<'v> {
    view: &'v View<'v>,
    totals: Totals,
}

impl<'v> RouterRow<'v> {
    pub(super) fn new(view: &'v View<'v>) -> Self {
        Self { view, totals: view.node.totals() }
    }
}

impl Row for RouterRow<'_> {
    type Attr = RouterAttr;

    fn write(&self, attribute: RouterAttr, slot: Slot<'_>) {
        let View { node, now, .. } = self.view;
        let platform = node.agent.platform();
        let configured = &node.agent.configured.router;
        // It has an id even if none is configured, and threads are the shell's business.
        if attribute == RouterAttr::Id {
            return slot.text(node.shared.router_id());
        }
        if let (RouterAttr::WorkerThreads, Some(platform)) = (attribute, platform) {
            return slot.number(platform.worker_threads());
        }
        let state = match configured.supply(attribute) {
            Supply::Configured(field) => return slot.field(field),
            Supply::Running(state) => state,
        };
        match state {
            RouterState::Version => slot.text(COMPATIBLE_VERSION),
            RouterState::HostName => slot.optional_text(platform.and_then(|platform| platform.host_name()).as_deref()),
            RouterState::AddrCount => slot.number(node.addresses.len() as u64),
            RouterState::LinkCount => slot.number(node.link_count() as u64),
            RouterState::NodeCount => slot.number(node.mesh.as_ref().map_or(0, |mesh| mesh.routers().len()) as u64),
            RouterState::ConnectionCount => slot.number(node.connections().len() as u64),
            RouterState::PresettledDeliveries => slot.number(self.totals.presettled),
            RouterState::DroppedPresettledDeliveries => slot.number(self.totals.dropped),
            RouterState::AcceptedDeliveries => slot.number(self.totals.accepted),
            RouterState::RejectedDeliveries => slot.number(self.totals.rejected),
            RouterState::ReleasedDeliveries => slot.number(self.totals.released),
            RouterState::ModifiedDeliveries => slot.number(self.totals.modified),
            RouterState::DeliveriesDelayed1Sec => slot.number(self.totals.delayed),
            RouterState::DeliveriesDelayed10Sec => slot.number(self.totals.delayed_long),
            RouterState::DeliveriesStuck => slot.number(self.totals.stuck),
            RouterState::DeliveriesIngress => slot.number(self.totals.ingress),
            RouterState::DeliveriesEgress => slot.number(self.totals.egress),
            RouterState::DeliveriesTransit => slot.number(self.totals.transit),
            RouterState::DeliveriesIngressRouteContainer => slot.number(self.totals.ingress_route_container),
            RouterState::DeliveriesEgressRouteContainer => slot.number(self.totals.egress_route_container),
            RouterState::BlockedLinkCount => {
                slot.number(node.links().filter(|link| links::is_blocked(link, *now)).count() as u64);
            }
            RouterState::DeliveriesRedirectedToFallback => slot.number(self.totals.redirected),
            RouterState::LinkRouteCount => slot.number(node.agent.configured.link_routes.len() as u64),
            RouterState::AutoLinkCount => slot.number(node.agent.configured.auto_links.len() as u64),
            RouterState::UptimeSeconds => slot.number(now.millis_since(node.agent.started) / 1000),
            RouterState::MemoryUsage => slot.optional_number(platform.and_then(|platform| platform.memory_usage())),
            RouterState::Name => slot.text(node.shared.router_id()),
            RouterState::Identity => slot.text("1"),
        }
    }
}
