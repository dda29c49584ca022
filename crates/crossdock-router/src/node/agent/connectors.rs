//! Rows of connectors: what is configured, and how they fare.

use crossdock_management::{Row, Slot};
use crossdock_schema::{Connector, ConnectorAttr, ConnectorState, Supply};

use super::configured::Wanted;
use super::platform::{ConnectorFare, Platform};

/// A connector.
pub(super) struct ConnectorRow<'v> {
    wanted: &'v Wanted<Connector>,
    fare: Option<ConnectorFare>,
}

impl<'v> ConnectorRow<'v> {
    pub(super) fn new(wanted: &'v Wanted<Connector>, platform: Option<&dyn Platform>) -> Self {
        Self { wanted, fare: platform.and_then(|platform| platform.connector_state(&wanted.identity)) }
    }
}

impl Row for ConnectorRow<'_> {
    type Attr = ConnectorAttr;

    fn write(&self, attribute: ConnectorAttr, slot: Slot<'_>) {
        let fare = self.fare.as_ref();
        match self.wanted.entity.supply(attribute) {
            Supply::Configured(field) => slot.field(field),
            Supply::Running(ConnectorState::FailoverUrls) => {
                slot.optional_text(fare.map(|fare| fare.failover_urls.as_str()));
            }
            Supply::Running(ConnectorState::ConnectionStatus) => {
                slot.optional_text(fare.map(|fare| fare.status.as_str()));
            }
            Supply::Running(ConnectorState::ConnectionMsg) => {
                slot.optional_text(fare.map(|fare| fare.message.as_str()));
            }
            Supply::Running(ConnectorState::Name) => {
                slot.text(self.wanted.name.as_deref().unwrap_or(&self.wanted.identity));
            }
            Supply::Running(ConnectorState::Identity) => slot.text(&self.wanted.identity),
        }
    }
}
