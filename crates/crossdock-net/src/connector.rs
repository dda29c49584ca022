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
use crossdock_router::{Adaptor, ConnectionSettings, Peer};
use crossdock_schema::{ConnectionStatus, IpFamily};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::connection::ConnectionTask;
use crate::listener::{Serving, port_number};
use crate::places::{Place, Places, failover_list};
use crate::plan::ConnectorPlan;

/// How long the system may take to connect to one address.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Most octets of the text about the last event.
const MAX_MESSAGE: usize = 300;

/// How a connector fares, for management.
#[derive(Debug)]
pub struct ConnectorState {
    name: Option<String>,
    fare: Mutex<Fare>,
}

#[derive(Debug)]
struct Fare {
    status: ConnectionStatus,
    message: String,
    urls: String,
}

impl ConnectorState {
    pub(crate) fn new(plan: &ConnectorPlan) -> Arc<Self> {
        let fare = Fare {
            status: ConnectionStatus::Initializing,
            message: String::new(),
            urls: Places::new(plan.place.clone()).urls(),
        };
        Arc::new(Self { name: plan.name.clone(), fare: Mutex::new(fare) })
    }

    /// The connector's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What it is doing: `connectionStatus`.
    pub fn status(&self) -> ConnectionStatus {
        self.fare(|fare| fare.status)
    }

    /// What happened last: `connectionMsg`.
    pub fn message(&self) -> String {
        self.fare(|fare| fare.message.clone())
    }

    /// The places it may connect to, the current one first: `failoverUrls`.
    pub fn failover_urls(&self) -> String {
        self.fare(|fare| fare.urls.clone())
    }

    fn fare<T>(&self, look: impl FnOnce(&mut Fare) -> T) -> T {
        look(&mut self.fare.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, status: ConnectionStatus, message: Option<&str>, places: &Places) {
        self.fare(|fare| {
            fare.status = status;
            fare.urls = places.urls();
            if let Some(message) = message {
                let end = (0..=MAX_MESSAGE).rev().find(|&end| message.is_char_boundary(end)).unwrap_or_default();
                fare.message = message.get(..end).unwrap_or(message).to_owned();
            }
        });
    }
}

/// Makes the connection whenever there is none, until `stop` says true.
pub(crate) async fn keep(
    plan: ConnectorPlan,
    state: Arc<ConnectorState>,
    serving: Serving,
    mut stop: watch::Receiver<bool>,
) {
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
                let message = tell_unreachable(&place, &keeper.serving, &error);
                keeper.state.note(ConnectionStatus::Failed, Some(&message), &keeper.places);
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
    /// Serves the connection until it is over, and further ones beside it; true if it has reached the open.
    async fn serve(&mut self, stream: TcpStream, place: &Place, stop: &mut watch::Receiver<bool>) -> bool {
        let settings = self.plan.settings_for(place);
        let (shared, now) = (&self.serving.shared, self.serving.clock.now());
        let adaptor = Adaptor::initiate(shared, &settings, peer(&stream, place), now);
        // The further ones go when this one does: nobody is left to say that they should stay.
        let (over, _) = watch::channel(false);
        let note_open = |adaptor: &Adaptor| {
            let open = adaptor.peer_open();
            self.places.note_open(failover_list(open.and_then(|open| open.properties.as_ref())));
            let mechanism = adaptor.sasl_mechanism();
            let message = format!(
                "[{}] Connection Opened: dir=out host={place} encrypted=no auth={} user={} container_id={} props={}",
                adaptor.id(),
                mechanism.unwrap_or("no"),
                self.plan.user(mechanism).unwrap_or("(null)"),
                open.map(|open| open.container_id.as_str()).unwrap_or_default(),
                adaptor.peer_properties(),
            );
            self.state.note(ConnectionStatus::Success, Some(&message), &self.places);
            let (group, count) = adaptor.data_connections().unwrap_or_default();
            for _ in 0..count {
                let further = Further {
                    place: place.clone(),
                    family: self.plan.family,
                    settings: Arc::clone(&settings),
                    group,
                    serving: self.serving.clone(),
                };
                tokio::spawn(further.keep(over.subscribe()));
            }
        };
        let ended = serve(stream, adaptor, place, &self.serving, stop, note_open).await;
        self.state.note(ConnectionStatus::Failed, Some(&ended.message), &self.places);
        ended.was_open
    }
}

/// A further connection to a neighbour, which shares the traffic.
struct Further {
    place: Place,
    family: Option<IpFamily>,
    settings: Arc<ConnectionSettings>,
    group: u64,
    serving: Serving,
}

impl Further {
    async fn keep(self, mut stop: watch::Receiver<bool>) {
        let mut places = Places::new(self.place.clone());
        loop {
            let connected = tokio::select! {
                biased;
                () = stopped(&mut stop) => return,
                connected = connect(&self.place, self.family) => connected,
            };
            let was_open = match connected {
                Ok(stream) => {
                    let (shared, now) = (&self.serving.shared, self.serving.clock.now());
                    let peer = peer(&stream, &self.place);
                    let adaptor = Adaptor::initiate_data(shared, &self.settings, peer, self.group, now);
                    serve(stream, adaptor, &self.place, &self.serving, &mut stop, |_| ()).await.was_open
                }
                Err(error) => {
                    tell_unreachable(&self.place, &self.serving, &error);
                    false
                }
            };
            tokio::select! {
                biased;
                () = stopped(&mut stop) => return,
                () = tokio::time::sleep(varied(places.note_end(was_open))) => {}
            }
        }
    }
}

/// How a connection went.
struct Ended {
    was_open: bool,
    /// For `connectionMsg`.
    message: String,
}

/// Serves a connection until it is over; `note_open` hears of the peer's open.
async fn serve(
    stream: TcpStream,
    adaptor: Adaptor,
    place: &Place,
    serving: &Serving,
    stop: &mut watch::Receiver<bool>,
    note_open: impl FnOnce(&Adaptor),
) -> Ended {
    // Small frames are written when they are due: waiting for company costs latency.
    let _ = stream.set_nodelay(true);
    let (id, mailbox) = (adaptor.id(), Arc::clone(adaptor.mailbox()));
    let mut task = ConnectionTask::new(stream, adaptor, serving.clock);
    let ended = {
        let life = async {
            match task.run_to_open().await {
                Some(ended) => ended,
                None => {
                    note_open(task.adaptor());
                    task.run().await
                }
            }
        };
        tokio::pin!(life);
        tokio::select! {
            biased;
            () = stopped(stop) => {
                mailbox.instruct(Work::Close { description: "Router is shutting down".into() });
                life.await
            }
            ended = &mut life => ended,
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
    Ended { was_open: adaptor.peer_open().is_some(), message: format!("[{id}] Connection to {place} failed: {reason}") }
}

/// There is a number for each try, also for those that never become a connection.
fn tell_unreachable(place: &Place, serving: &Serving, error: &io::Error) -> String {
    let id = serving.shared.next_connection();
    let message = format!("[{id}] Connection to {place} failed: {}", transport_error(error, place));
    info!(target: "SERVER", "{message}");
    message
}

fn peer(stream: &TcpStream, place: &Place) -> Peer {
    let local = stream.local_addr().map(|address| address.to_string()).unwrap_or_default();
    Peer { remote: place.to_string(), local }
}

/// Ready once the router is to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Nobody left to say it means the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Connects to one of the addresses of a place.
async fn connect(place: &Place, family: Option<IpFamily>) -> io::Result<TcpStream> {
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
fn varied(wait: Duration) -> Duration {
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
