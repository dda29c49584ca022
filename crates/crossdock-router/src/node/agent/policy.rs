//! The row of the policy.

use crossdock_management::{Row, Slot};
use crossdock_schema::{Policy, PolicyAttr, PolicyState, Supply};

use super::platform::ConnectionCounts;

/// The identity of the only policy, which is its name too. It is a quirk of qdrouterd that scripts rely on.
pub(super) const IDENTITY: &str = "policy/None";

/// The policy.
pub(super) struct PolicyRow<'v> {
    pub(super) policy: &'v Policy,
    pub(super) counts: ConnectionCounts,
}

impl Row for PolicyRow<'_> {
    type Attr = PolicyAttr;

    fn write(&self, attribute: PolicyAttr, slot: Slot<'_>) {
        let state = match self.policy.supply(attribute) {
            Supply::Configured(field) => return slot.field(field),
            Supply::Running(state) => state,
        };
        match state {
            PolicyState::ConnectionsProcessed => slot.number(self.counts.processed),
            PolicyState::ConnectionsDenied => slot.number(self.counts.denied),
            PolicyState::ConnectionsCurrent => slot.number(self.counts.current),
            // Nothing else is denied by policy.
            PolicyState::LinksDenied | PolicyState::MaxMessageSizeDenied => slot.number(0),
            PolicyState::TotalDenials => slot.number(self.counts.denied),
            PolicyState::Name | PolicyState::Identity => slot.text(IDENTITY),
        }
    }
}
