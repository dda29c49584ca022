//! The connectors that there are: started, asked how they fare, and stopped.

use crossdock_schema::ConnectionStatus;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::connector;
use crate::listener::Serving;
use crate::places::Places;
use crate::plan::ConnectorPlan;

/// Most octets of the text about the last event.
const MAX_MESSAGE: usize = 300;

/// All connectors, by identity. They stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Connectors {
    serving: Serving,
    running: BTreeMap<String, Running>,
}

#[derive(Debug)]
struct Running {
    state: Arc<ConnectorState>,
    stop: watch::Sender<bool>,
}

impl Connectors {
    pub(crate) fn new(serving: Serving) -> Self {
        Self { serving, running: BTreeMap::new() }
    }

    /// Starts a connector, in the place of one with the same identity.
    pub(crate) fn open(&mut self, identity: &str, plan: ConnectorPlan) {
        let (stop, stopping) = watch::channel(false);
        let state = Arc::new(ConnectorState::new(&plan));
        tokio::spawn(connector::keep(plan, Arc::clone(&state), self.serving.clone(), stopping));
        self.running.insert(identity.to_owned(), Running { state, stop });
    }

    /// Stops a connector: its connection is closed and not made again. One to a neighbour that others can take over for is
    /// closed when they have, and nothing is under way on it. False if there is none.
    pub(crate) fn close(&mut self, identity: &str) -> bool {
        self.running.remove(identity).is_some()
    }

    /// How a connector fares; none if there is none.
    pub(crate) fn state(&self, identity: &str) -> Option<&ConnectorState> {
        self.running.get(identity).map(|running| &*running.state)
    }

    /// Stops all of them.
    pub(crate) fn close_all(&mut self) {
        for (_, running) in std::mem::take(&mut self.running) {
            running.stop.send_replace(true);
        }
    }
}

/// What the log says of a connector that is about to be opened.
pub(crate) fn announce(plan: &ConnectorPlan) {
    for remark in &plan.remarks {
        warn!(target: "CONN_MGR", "{remark}");
    }
    let family = plan.family.map_or("any", |family| family.as_str());
    info!(target: "CONN_MGR", "Configured Connector: {} proto={family}, role={}", plan.place, plan.role);
}

/// How a connector fares.
#[derive(Debug)]
pub(crate) struct ConnectorState(Mutex<Fare>);

/// What management shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fare {
    /// What it is doing: `connectionStatus`.
    pub(crate) status: ConnectionStatus,
    /// What happened last: `connectionMsg`.
    pub(crate) message: String,
    /// The places it may connect to, the current one first: `failoverUrls`.
    pub(crate) failover_urls: String,
}

impl ConnectorState {
    pub(crate) fn new(plan: &ConnectorPlan) -> Self {
        let failover_urls = Places::new(plan.place.clone()).urls();
        Self(Mutex::new(Fare { status: ConnectionStatus::Initializing, message: String::new(), failover_urls }))
    }

    /// All of it, now.
    pub(crate) fn fare(&self) -> Fare {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The status is this one; the last event stays what it was if there is no `message`.
    pub(crate) fn note(&self, status: ConnectionStatus, message: Option<&str>, places: &Places) {
        let mut fare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fare.status = status;
        fare.failover_urls = places.urls();
        if let Some(message) = message {
            let end = (0..=MAX_MESSAGE).rev().find(|&end| message.is_char_boundary(end)).unwrap_or_default();
            fare.message = message.get(..end).unwrap_or(message).to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::clock::Clock;
    use crate::plan::{RouterPlan, connector as plan};
    use crossdock_router::{RouterMode, RouterSettings, Shared};
    use crossdock_schema::Connector;
    use std::time::Duration;
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    #[tokio::test]
    async fn a_connector_that_is_closed_hangs_up_and_is_forgotten() {
        let settings = RouterSettings::new("A", RouterMode::Standalone, 1);
        let shared = Shared::new(&settings, Box::new(|| [1; 15]));
        let router = RouterPlan { settings, max_message_size: 0, data_connections: 0 };
        let clock = Clock::start();
        let serving = Serving { shared, clock, max_connections: 9, admission: Arc::default() };
        let mut connectors = Connectors::new(serving);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        connectors.open("it", plan(&Connector { port: port.clone(), ..Connector::default() }, &router));
        let patience = Duration::from_secs(20);
        let (mut peer, _) = timeout(patience, listener.accept()).await.unwrap().unwrap();
        let mut header = [0; 8];
        timeout(patience, peer.read_exact(&mut header)).await.unwrap().unwrap();
        let fare = connectors.state("it").unwrap().fare();
        assert_eq!(
            (fare.status, fare.failover_urls),
            (ConnectionStatus::Connecting, format!("amqp://127.0.0.1:{port}"))
        );
        assert!(connectors.close("it") && !connectors.close("it"));
        assert!(connectors.state("it").is_none());
        assert_eq!(timeout(patience, peer.read(&mut header)).await.unwrap().unwrap(), 0, "the end of the connection");
    }
}
