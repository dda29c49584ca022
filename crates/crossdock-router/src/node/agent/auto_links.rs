//! Rows of auto links: what is configured, and how they fare.

use crossdock_management::{Row, Slot};
use crossdock_schema::{AutoLink, AutoLinkAttr, AutoLinkState, Supply};

use super::configured::Wanted;
use crate::node::auto_links::{AutoLinkFare, AutoLinks, phase};

/// An auto link.
pub(super) struct AutoLinkRow<'v> {
    wanted: &'v Wanted<AutoLink>,
    fare: AutoLinkFare<'v>,
}

impl<'v> AutoLinkRow<'v> {
    pub(super) fn new(wanted: &'v Wanted<AutoLink>, auto_links: &'v AutoLinks) -> Self {
        Self { wanted, fare: auto_links.fare(wanted.number()) }
    }
}

impl Row for AutoLinkRow<'_> {
    type Attr = AutoLinkAttr;

    fn write(&self, attribute: AutoLinkAttr, slot: Slot<'_>) {
        let entity = &self.wanted.entity;
        match entity.supply(attribute) {
            // A phase always has a value.
            Supply::Configured(_) if attribute == AutoLinkAttr::Phase => slot.number(phase(entity).number()),
            Supply::Configured(field) => slot.field(field),
            Supply::Running(AutoLinkState::LinkRef) => {
                slot.optional_text(self.fare.link.map(|link| link.to_string()).as_deref());
            }
            Supply::Running(AutoLinkState::OperStatus) => slot.text(self.fare.status.as_str()),
            Supply::Running(AutoLinkState::LastError) => slot.optional_text(self.fare.last_error),
            Supply::Running(AutoLinkState::Name) => slot.optional_text(self.wanted.name.as_deref()),
            Supply::Running(AutoLinkState::Identity) => slot.text(&self.wanted.identity),
        }
    }
}
