//! What the sections of listeners and connectors say to sockets, beside what they say to the machines.

pub(crate) use crossdock_router::COMPATIBLE_VERSION;
use crossdock_router::ConnectionSettings;
use crossdock_router::plan;
pub(crate) use crossdock_router::plan::{ListenerPlan, RouterPlan, listener, router};
use crossdock_schema::{Connector, IpFamily, Role};
use std::sync::Arc;

use crate::places::Place;
use crate::secret;

/// What a connector section says.
#[derive(Debug)]
pub(crate) struct ConnectorPlan {
    pub(crate) place: Place,
    pub(crate) role: Role,
    pub(crate) family: Option<IpFamily>,
    /// Whether there is a way to introduce ourselves; without one no connection is made.
    pub(crate) is_possible: bool,
    /// What the log has to be told about the section.
    pub(crate) remarks: Vec<String>,
    /// Of a connection to anywhere.
    machines: plan::ConnectorPlan,
}

impl ConnectorPlan {
    /// Settings of a connection to this place.
    pub(crate) fn settings_for(&self, place: &Place) -> Arc<ConnectionSettings> {
        self.machines.settings_for(&place.hostname)
    }
}

pub(crate) fn connector(connector: &Connector, router: &RouterPlan) -> ConnectorPlan {
    let machines = plan::connector(connector, router, &secret::reveal);
    ConnectorPlan {
        place: Place::new(&connector.host, &connector.port),
        role: connector.role,
        family: connector.protocol_family,
        is_possible: machines.is_possible,
        remarks: machines.remarks.clone(),
        machines,
    }
}
