//! Rows that are nothing but configuration.

use crossdock_schema::{
    Address, AddressAttr, AddressState, AuthServicePlugin, AuthServicePluginAttr, AuthServicePluginState, Distribution,
    Listener, ListenerAttr, ListenerState, Log, LogAttr, LogState, SslProfile, SslProfileAttr, SslProfileState, Supply,
    Vhost, VhostAttr, VhostState,
};

use crate::slot::Slot;
use crate::store::Row;

/// The row of a configured entity about which the running router has nothing to add.
#[derive(Debug, Clone, Copy)]
pub struct ConfigRow<'a, E> {
    /// Its configuration.
    pub entity: &'a E,
    /// Its identity.
    pub identity: &'a str,
    /// Its name. Entities without one go by their identity, except addresses, which have none then.
    pub name: Option<&'a str>,
}

macro_rules! config_rows {
    ($($entity:ident $attr:ident $state:ident,)+) => {$(
        impl Row for ConfigRow<'_, $entity> {
            type Attr = $attr;

            fn write(&self, attribute: $attr, slot: Slot<'_>) {
                match self.entity.supply(attribute) {
                    Supply::Configured(field) => slot.field(field),
                    Supply::Running($state::Name) => slot.text(self.name.unwrap_or(self.identity)),
                    Supply::Running($state::Identity) => slot.text(self.identity),
                }
            }
        }
    )+};
}

config_rows! {
    Listener ListenerAttr ListenerState,
    SslProfile SslProfileAttr SslProfileState,
    AuthServicePlugin AuthServicePluginAttr AuthServicePluginState,
    Log LogAttr LogState,
    Vhost VhostAttr VhostState,
}

/// The ingress and the egress phase of an address.
pub fn phases(address: &Address) -> (u32, u32) {
    match (address.ingress_phase, address.egress_phase) {
        (None, None) if address.waypoint => (0, 1),
        (ingress, egress) => (ingress.unwrap_or(0), egress.unwrap_or(0)),
    }
}

/// Addresses show what their configuration comes to: phases and priority always have a value.
impl Row for ConfigRow<'_, Address> {
    type Attr = AddressAttr;

    fn write(&self, attribute: AddressAttr, slot: Slot<'_>) {
        let address = self.entity;
        let (ingress, egress) = phases(address);
        match address.supply(attribute) {
            Supply::Running(AddressState::Name) => slot.optional_text(self.name),
            Supply::Running(AddressState::Identity) => slot.text(self.identity),
            Supply::Configured(field) => match attribute {
                AddressAttr::IngressPhase => slot.number(ingress),
                AddressAttr::EgressPhase => slot.number(egress),
                AddressAttr::Waypoint => slot.boolean((ingress, egress) == (0, 1)),
                AddressAttr::Priority => slot.number(address.priority.unwrap_or(-1)),
                AddressAttr::Distribution if address.distribution == Distribution::Unavailable => slot.absent(),
                AddressAttr::Distribution
                | AddressAttr::Prefix
                | AddressAttr::Pattern
                | AddressAttr::EnableFallback
                | AddressAttr::Bypass
                | AddressAttr::Concentrate
                | AddressAttr::Name
                | AddressAttr::Identity => slot.field(field),
            },
        }
    }
}
