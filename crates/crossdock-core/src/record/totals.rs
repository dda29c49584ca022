//! Deliveries of a whole router.

use crossdock_amqp::engine::LinkRole;

use super::link::{LinkRecord, LinkType};

/// What a router has done with deliveries. What becomes of a delivery counts once, on the link on which it came; messages
/// between the routers themselves do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Settled from the start, and from producers of this router.
    pub presettled: u64,
    /// Of these, thrown away.
    pub dropped: u64,
    /// Accepted.
    pub accepted: u64,
    /// Rejected.
    pub rejected: u64,
    /// Released.
    pub released: u64,
    /// Modified.
    pub modified: u64,
    /// Over after 1 to 10 s.
    pub delayed: u64,
    /// Over after more than 10 s.
    pub delayed_long: u64,
    /// Here for more than 10 s.
    pub stuck: u64,
    /// From producers of this router.
    pub ingress: u64,
    /// To consumers of this router.
    pub egress: u64,
    /// To other routers.
    pub transit: u64,
    /// Of `ingress`, over connections to containers of addresses.
    pub ingress_route_container: u64,
    /// Of `egress`, likewise.
    pub egress_route_container: u64,
    /// To fallback destinations.
    pub redirected: u64,
}

impl Totals {
    /// Adds what a link has done.
    pub fn add(&mut self, link: &LinkRecord) {
        self.add_past(link);
        if link.role() == LinkRole::Receiver && link.kind() != LinkType::RouterControl {
            self.stuck += link.stuck();
        }
    }

    /// Adds what a link has done that is gone.
    pub fn add_past(&mut self, link: &LinkRecord) {
        let deliveries = link.deliveries();
        // What passes on routed links is nobody's address.
        let of_container = if link.is_container() && link.terminus().is_none() { deliveries } else { 0 };
        match (link.kind(), link.role()) {
            (LinkType::RouterControl, _) => return,
            (LinkType::Endpoint, LinkRole::Receiver) => {
                self.ingress += deliveries;
                self.ingress_route_container += of_container;
            }
            (LinkType::Endpoint, LinkRole::Sender) => {
                self.egress += deliveries;
                self.egress_route_container += of_container;
            }
            (LinkType::InterRouter, LinkRole::Sender) => self.transit += deliveries,
            (LinkType::InterRouter, LinkRole::Receiver) => {}
        }
        self.dropped += link.dropped();
        if link.role() == LinkRole::Receiver {
            self.redirected += link.redirected();
            if link.kind() == LinkType::Endpoint {
                self.presettled += link.presettled();
            }
            self.accepted += link.accepted();
            self.rejected += link.rejected();
            self.released += link.released();
            self.modified += link.modified();
            self.delayed += link.delayed();
            self.delayed_long += link.delayed_long();
        }
    }
}
