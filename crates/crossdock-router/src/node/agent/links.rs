//! Rows of links, in the order in which they were attached.

use crossdock_amqp::engine::{LinkRole, Time};
use crossdock_core::record::{LinkRecord, LinkType};
use crossdock_management::{Key, Row, Slot};
use crossdock_schema::{AdminStatus, LinkOperStatus, LinkType as Shown, RouterLinkAttr};

use super::view::View;
use crate::node::Node;

/// Seconds without credit after which an outgoing link is blocked.
const BLOCKED: u32 = 10;

/// A link.
pub(super) struct LinkRow<'v> {
    node: &'v Node,
    link: &'v LinkRecord,
    now: Time,
}

pub(super) fn rows<'v>(view: &'v View<'v>, from: usize) -> impl Iterator<Item = LinkRow<'v>> {
    let node = &*view.node;
    node.links().skip(from).map(|link| LinkRow { node, link, now: view.now })
}

pub(super) fn find<'v>(view: &'v View<'v>, key: Key<'_>) -> Option<LinkRow<'v>> {
    let node = &*view.node;
    let link = match key {
        Key::Identity(identity) => node.link(identity.parse().ok()?)?,
        Key::Name(name) => node.links().find(|link| link.name() == name)?,
    };
    Some(LinkRow { node, link, now: view.now })
}

/// Whether a consumer has given no credit for long.
pub(super) fn is_blocked(link: &LinkRecord, now: Time) -> bool {
    link.role() == LinkRole::Sender && link.credit() == 0 && link.seconds_without_credit(now) >= BLOCKED
}

impl Row for LinkRow<'_> {
    type Attr = RouterLinkAttr;

    fn write(&self, attribute: RouterLinkAttr, slot: Slot<'_>) {
        let Self { node, link, now } = *self;
        match attribute {
            RouterLinkAttr::AdminStatus => slot.text(AdminStatus::Enabled.as_str()),
            RouterLinkAttr::OperStatus => slot.text(LinkOperStatus::Up.as_str()),
            RouterLinkAttr::LinkName | RouterLinkAttr::Name => slot.text(link.name()),
            RouterLinkAttr::LinkType => slot.text(match link.kind() {
                LinkType::Endpoint => Shown::Endpoint.as_str(),
                LinkType::RouterControl => Shown::RouterControl.as_str(),
                LinkType::InterRouter => Shown::InterRouter.as_str(),
            }),
            RouterLinkAttr::LinkDir => slot.text(if link.role() == LinkRole::Receiver { "in" } else { "out" }),
            // Where neighbours listen first; the other messages of the routing protocols go over it too.
            RouterLinkAttr::OwningAddr if link.kind() == LinkType::RouterControl => {
                slot.optional_text((link.role() == LinkRole::Sender).then_some("Lqdhello"));
            }
            RouterLinkAttr::OwningAddr => match (link.address(), link.terminus()) {
                (Some(entry), _) => slot.text(entry.key().as_str()),
                // As if it were one of the first phase.
                (None, Some(terminus)) => slot.display(format_args!("M0{terminus}")),
                (None, None) => slot.absent(),
            },
            RouterLinkAttr::Capacity => slot.number(link.capacity()),
            // Only routed links have one.
            RouterLinkAttr::Peer => match link.peer() {
                Some(number) => slot.display(number),
                None => slot.absent(),
            },
            RouterLinkAttr::UndeliveredCount => slot.number(link.waiting()),
            RouterLinkAttr::UnsettledCount => slot.number(link.unsettled()),
            RouterLinkAttr::DeliveryCount => slot.number(link.deliveries()),
            RouterLinkAttr::PresettledCount => slot.number(link.presettled()),
            RouterLinkAttr::DroppedPresettledCount => slot.number(link.dropped()),
            RouterLinkAttr::AcceptedCount => slot.number(link.accepted()),
            RouterLinkAttr::RejectedCount => slot.number(link.rejected()),
            RouterLinkAttr::ReleasedCount => slot.number(link.released()),
            RouterLinkAttr::ModifiedCount => slot.number(link.modified()),
            RouterLinkAttr::DeliveriesDelayed1Sec => slot.number(link.delayed()),
            RouterLinkAttr::DeliveriesDelayed10Sec => slot.number(link.delayed_long()),
            RouterLinkAttr::DeliveriesStuck => slot.number(link.stuck()),
            RouterLinkAttr::CreditAvailable => slot.number(link.credit()),
            RouterLinkAttr::ZeroCreditSeconds => slot.number(link.seconds_without_credit(now)),
            RouterLinkAttr::SettleRate => slot.number(link.settle_rate(now)),
            RouterLinkAttr::IngressHistogram => {
                if link.shows_origins() && node.mesh.is_some() {
                    slot.histogram(&link.origins());
                } else {
                    slot.absent();
                }
            }
            RouterLinkAttr::Priority => slot.number(link.priority()),
            RouterLinkAttr::ConnectionId => slot.display(link.conn().0),
            RouterLinkAttr::Identity => slot.display(link.number()),
        }
    }
}
