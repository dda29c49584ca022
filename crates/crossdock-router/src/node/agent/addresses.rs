//! Rows of the addresses in use, in the order in which they came into use.

use crossdock_core::address::{AddressClass, AddressKey, KeyRef, Treatment};
use crossdock_core::batch::ConnId;
use crossdock_management::{Key, Row, Slot};
use crossdock_schema::RouterAddressAttr;

use super::{nodes, view::View};
use crate::node::Address;

/// An address.
pub(super) struct AddressRow<'v> {
    view: &'v View<'v>,
    address: &'v Address,
}

pub(super) fn rows<'v>(view: &'v View<'v>, from: usize) -> impl Iterator<Item = AddressRow<'v>> {
    let node = &*view.node;
    let addresses = node.addresses().skip(from).filter_map(|entry| node.addresses.get(entry.key()));
    addresses.map(move |address| AddressRow { view, address })
}

pub(super) fn find<'v>(view: &'v View<'v>, key: Key<'_>) -> Option<AddressRow<'v>> {
    let (Key::Name(text) | Key::Identity(text)) = key;
    let key = AddressKey::parse(text).ok()?;
    let address = view.node.addresses.get::<KeyRef<'_>>(&key.key_ref())?;
    Some(AddressRow { view, address })
}

impl AddressRow<'_> {
    /// Deliveries under way to neighbours, by the numbers of these. Counted for balanced
    /// addresses, from their first delivery on.
    fn outstanding(&self) -> Option<Vec<u64>> {
        let mesh = self.view.node.mesh.as_ref()?;
        let entry = &self.address.entry;
        if entry.treatment() != Treatment::Balanced || entry.key().class() != AddressClass::Mobile {
            return None;
        }
        let so_far = entry.counts();
        if so_far.ingress + so_far.egress + so_far.transit == 0 {
            return None;
        }
        let mut counts = Vec::new();
        for (neighbor, connection, _) in mesh.link_state().neighbors() {
            let Some(&index) = mesh.routers().get(neighbor) else { continue };
            let at = nodes::number(index) as usize;
            if counts.len() <= at {
                counts.resize(at + 1, 0);
            }
            if let Some(count) = counts.get_mut(at) {
                *count = self.address.entry.outstanding_towards(ConnId(connection.0));
            }
        }
        Some(counts)
    }

    /// Whether the address is one that the routers of the network talk to each other at.
    fn is_of_routers(&self) -> bool {
        self.address.entry.key().class() == AddressClass::Topological
    }

    /// Neighbours listen to each other's greetings, and are no consumers otherwise.
    fn consumers(&self) -> usize {
        let key = self.address.entry.key();
        let is_greeting = key.class() == AddressClass::Local && key.text() == "qdhello";
        let mesh = self.view.node.mesh.as_ref().filter(|_| is_greeting);
        self.address.consumers + mesh.map_or(0, |mesh| mesh.link_state().neighbors().count())
    }

    fn remote(&self) -> usize {
        let mesh = self.view.node.mesh.as_ref().filter(|_| self.is_of_routers());
        self.address.remote + mesh.map_or(0, |mesh| mesh.routers().len())
    }

    fn write_remote_routers(&self, slot: Slot<'_>) {
        if let Some(mesh) = self.view.node.mesh.as_ref().filter(|_| self.is_of_routers()) {
            return slot.texts(mesh.routers().keys().map(|id| id.as_str()));
        }
        let routers = self.view.node.shared.routers();
        let remote: Vec<_> =
            self.address.entry.remote_routers().into_iter().filter_map(|index| routers.router(index)).collect();
        slot.texts(remote.iter().map(|router| router.identity.strip_prefix("0/").unwrap_or(&router.identity)));
    }
}

impl Row for AddressRow<'_> {
    type Attr = RouterAddressAttr;

    fn write(&self, attribute: RouterAddressAttr, slot: Slot<'_>) {
        let address = self.address;
        let counts = || address.entry.counts();
        match attribute {
            RouterAddressAttr::Distribution => slot.text(address.entry.treatment().distribution()),
            RouterAddressAttr::InProcess => slot.number(u32::from(address.in_process)),
            RouterAddressAttr::SubscriberCount => slot.number(self.consumers() as u64),
            RouterAddressAttr::RemoteCount => slot.number(self.remote() as u64),
            RouterAddressAttr::DeliveriesIngress => slot.number(counts().ingress),
            RouterAddressAttr::DeliveriesEgress => slot.number(counts().egress),
            RouterAddressAttr::DeliveriesTransit => slot.number(counts().transit),
            RouterAddressAttr::DeliveriesToContainer => slot.number(counts().to_container),
            RouterAddressAttr::DeliveriesFromContainer => slot.number(counts().from_container),
            RouterAddressAttr::DeliveriesIngressRouteContainer => slot.number(counts().ingress_route_container),
            RouterAddressAttr::DeliveriesEgressRouteContainer => slot.number(counts().egress_route_container),
            RouterAddressAttr::DeliveriesRedirectedToFallback => slot.number(counts().redirected),
            RouterAddressAttr::ContainerCount => slot.number(address.containers as u64),
            RouterAddressAttr::RemoteHostRouters => self.write_remote_routers(slot),
            RouterAddressAttr::TransitOutstanding => match self.outstanding() {
                Some(counts) => slot.histogram(&counts),
                None => slot.absent(),
            },
            RouterAddressAttr::TrackedDeliveries => {
                slot.number(self.outstanding().map_or(0, |counts| counts.iter().sum::<u64>()));
            }
            RouterAddressAttr::Priority => slot.number(address.entry.priority().map_or(-1, i32::from)),
            RouterAddressAttr::Key | RouterAddressAttr::Name | RouterAddressAttr::Identity => {
                slot.text(address.entry.key().as_str());
            }
        }
    }
}
