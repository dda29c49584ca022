//! Connectors: connections that this router makes, and makes again.
//!
//! ```text
//!            ┌── wait: 2 s, 5 s or 1 s ──┐
//!            ▼                           │ failed
//!  ─► connect to the current place ──────┤
//!            │ connected                 │ lost
//!            └─► open ───────────────────┘
//! ```

use crossdock_core::work::Work;
use crossdock_router::{Adaptor, Peer};
use crossdock_schema::{ConnectionStatus, IpFamily};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::connection::ConnectionTask;
use crate::connectors::ConnectorState;
use crate::data_connections::{DataConnections, DataPlan};
use crate::listener::{Serving, port_number};
use crate::places::{Place, Places, failover_list};
use crate::plan::ConnectorPlan;

/// How long the system may take to connect to one address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Makes the connection whenever there is none, until `stop` says true.
pub(crate) async fn keep(
    plan: ConnectorPlan,
    state: Arc<ConnectorState>,
    serving: Serving,
    mut stop: watch::Receiver<bool>,
) {
    if !plan.is_possible {
        let message = "no SASL mechanism may be used";
        state.note(ConnectionStatus::Failed, Some(message), &Places::new(plan.place));
        return;
    }
    let mut keeper = Keeper { places: Places::new(plan.place.clone()), plan, state, serving };
    loop {
        let Some(place) = keeper.places.current().cloned() else { return };
        keeper.state.note(ConnectionStatus::Connecting, None, &keeper.places);
        let connected = tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            connected = connect(&place, keeper.plan.family) => connected,
        };
        let was_open = match connected {
            Ok(stream) => keeper.serve(stream, &place, &mut stop).await,
            Err(error) => {
                keeper.tell_unreachable(&place, &error);
                false
            }
        };
        let wait = varied(keeper.places.note_end(was_open));
        tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            () = tokio::time::sleep(wait) => {}
        }
    }
    keeper.state.note(ConnectionStatus::Closing, None, &keeper.places);
}

struct Keeper {
    plan: ConnectorPlan,
    places: Places,
    state: Arc<ConnectorState>,
    serving: Serving,
}

impl Keeper {
    /// There is a number for each try, also for those that never become a connection.
    fn tell_unreachable(&self, place: &Place, error: &io::Error) {
        let id = self.serving.shared.next_connection();
        let message = format!("[{id}] Connection to {place} failed: {}", transport_error(error, place));
        info!(target: "SERVER", "{message}");
        self.state.note(ConnectionStatus::Failed, Some(&message), &self.places);
    }

    /// Serves the connection until it is over; true if it has reached the open.
    async fn serve(&mut self, stream: TcpStream, place: &Place, stop: &mut watch::Receiver<bool>) -> bool {
        // Small frames are written when they are due: waiting for company costs latency.
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().map(|address| address.to_string()).unwrap_or_default();
        let peer = Peer { remote: place.to_string(), local };
        let settings = self.plan.settings_for(place);
        let adaptor = Adaptor::initiate(&self.serving.shared, &settings, peer, self.serving.clock.now());
        let (id, mailbox) = (adaptor.id(), Arc::clone(adaptor.mailbox()));
        let mut task = ConnectionTask::new(stream, adaptor, self.serving.clock);
        let (task, ended) = {
            let life = async {
                let ended = task.run_to_open().await;
                let adaptor = task.adaptor();
                let open = adaptor.peer_open();
                // A peer may say where to go to, and be gone before it is asked for more.
                if let Some(open) = open {
                    self.places.note_open(failover_list(open.properties.as_ref()));
                }
                if let Some(ended) = ended {
                    return (task, ended);
                }
                let message = format!(
                    "[{id}] Connection Opened: dir=out host={place} vhost={} encrypted=no auth={} user={} container_id={}",
                    open.and_then(|open| open.hostname.as_deref()).unwrap_or_default(),
                    adaptor.sasl_mechanism().unwrap_or("no"),
                    adaptor.user().unwrap_or("(null)"),
                    open.map(|open| open.container_id.as_str()).unwrap_or_default(),
                );
                self.state.note(ConnectionStatus::Success, Some(&message), &self.places);
                let plan = |group| DataPlan {
                    place: place.clone(),
                    family: self.plan.family,
                    settings: Arc::clone(&settings),
                    group,
                    serving: self.serving.clone(),
                };
                let wanted = adaptor.data_connections();
                let _data = wanted.map(|(group, count)| DataConnections::open(&plan(group), count));
                let ended = task.run().await;
                (task, ended)
            };
            tokio::pin!(life);
            tokio::select! {
                biased;
                () = stopped(stop) => {
                    let description = "Connector is stopped".into();
                    // Without a word, when the connector is removed and the router goes on.
                    let is_end = *stop.borrow();
                    mailbox.instruct(if is_end { Work::Close { description } } else { Work::Retire { description } });
                    life.await
                }
                over = &mut life => over,
            }
        };
        let adaptor = task.adaptor();
        let reason = match (adaptor.failure(), &ended) {
            // The machine has logged it.
            (Some(failure), _) => failure,
            (None, Ok(())) => "closed by peer".to_owned(),
            (None, Err(error)) => {
                let reason = transport_error(error, place);
                if !*stop.borrow() {
                    info!(target: "SERVER", "[{id}] Connection to {place} failed: {reason}");
                }
                reason
            }
        };
        let message = format!("[{id}] Connection to {place} failed: {reason}");
        self.state.note(ConnectionStatus::Failed, Some(&message), &self.places);
        adaptor.peer_open().is_some()
    }
}

/// Ready once the router is to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Nobody left to say it means the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Connects to one of the addresses of a place.
pub(crate) async fn connect(place: &Place, family: Option<IpFamily>) -> io::Result<TcpStream> {
    let port = port_number(&place.port)?;
    let is_wanted = |address: &SocketAddr| match family {
        None => true,
        Some(IpFamily::IPv4) => address.is_ipv4(),
        Some(IpFamily::IPv6) => address.is_ipv6(),
    };
    let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, "no address found for this host");
    for address in lookup_host((place.host.as_str(), port)).await?.filter(is_wanted) {
        match tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
            // A port that nobody listens on may be chosen for our own end: we would talk to ourselves.
            Ok(Ok(stream)) if stream.local_addr().ok() == Some(address) => {
                last = io::Error::from_raw_os_error(libc::ECONNREFUSED);
            }
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::Error::from_raw_os_error(libc::ETIMEDOUT),
        }
    }
    Err(last)
}

/// What happened to a transport, as qdrouterd writes it.
fn transport_error(error: &io::Error, place: &Place) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return "amqp:connection:framing-error connection aborted".to_owned();
    }
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default();
    format!("proton:io {text} - disconnected {place}")
}

/// A tenth more or less, so that routers that lost one another do not come back all at once.
pub(crate) fn varied(wait: Duration) -> Duration {
    let mut random = [0; 1];
    if let Err(error) = getrandom::fill(&mut random) {
        warn!(target: "SERVER", "no random numbers from the system: {error}");
    }
    wait * (230 + u32::from(random[0]) / 5) / 256
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_vary_by_a_tenth() {
        for wait in (0..100).map(|_| varied(Duration::from_secs(10))) {
            assert!((8_900..11_100).contains(&wait.as_millis()), "{wait:?}");
        }
    }

    #[test]
    fn ends_of_transports_are_told_in_the_known_words() {
        let place = Place::new("[::1]", "5672");
        assert_eq!(
            transport_error(&io::Error::from_raw_os_error(libc::ECONNREFUSED), &place),
            "proton:io Connection refused - disconnected ::1:5672"
        );
        assert_eq!(
            transport_error(&io::ErrorKind::UnexpectedEof.into(), &place),
            "amqp:connection:framing-error connection aborted"
        );
    }
}
