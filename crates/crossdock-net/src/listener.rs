//! Listening sockets.

use crossdock_router::{Adaptor, ConnectionCounts, ConnectionSettings, Peer, Shared};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tracing::{error, info};

use crate::clock::Clock;
use crate::connection::ConnectionTask;

/// Connections that the kernel may hold for us.
const BACKLOG: i32 = 1024;

/// Pause after the system refused us a socket: there are none left, and trying again at once would only burn time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A socket that is bound and listens.
pub(crate) struct Bound {
    pub(crate) listener: Arc<TcpListener>,
    /// `HOST:PORT` as configured, for logs.
    pub(crate) configured: String,
}

/// Binds `host:port`. An empty host means all addresses of both families; the port may be a service name.
pub(crate) fn bind(host: &str, port: &str) -> io::Result<Bound> {
    let configured = format!("{host}:{port}");
    let port = port_number(port)?;
    let addresses: Vec<SocketAddr> = match host {
        "" => vec![SocketAddr::from(([0u16; 8], port)), SocketAddr::from(([0u8; 4], port))],
        host => (host.trim_matches(|c| c == '[' || c == ']'), port).to_socket_addrs()?.collect(),
    };
    let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, "no address found for this host");
    for address in addresses {
        match bind_one(address, host.is_empty()) {
            Ok(listener) => return Ok(Bound { listener: Arc::new(listener), configured }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn bind_one(address: SocketAddr, both_families: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(!both_families)?;
    }
    // Routers are restarted on the same port at once.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// The number of a port, or of a service by its name.
pub(crate) fn port_number(port: &str) -> io::Result<u16> {
    crossdock_schema::port_number(port).or_else(|| service_port(port)).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("'{port}' is no port and no service known here"))
    })
}

fn service_port(name: &str) -> Option<u16> {
    let services = std::fs::read_to_string("/etc/services").ok()?;
    services.lines().find_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace();
        let service = words.next()?;
        let (port, protocol) = words.next()?.split_once('/')?;
        (protocol == "tcp" && (service == name || words.any(|alias| alias == name))).then(|| port.parse().ok())?
    })
}

/// What all listeners and connectors share to serve connections.
#[derive(Clone, Debug)]
pub(crate) struct Serving {
    pub(crate) shared: Arc<Shared>,
    pub(crate) clock: Clock,
    pub(crate) max_connections: usize,
    pub(crate) admission: Arc<Admission>,
}

/// Counts the connections of all listeners.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    current: AtomicUsize,
    processed: AtomicU64,
    denied: AtomicU64,
}

impl Admission {
    pub(crate) fn counts(&self) -> ConnectionCounts {
        ConnectionCounts {
            processed: self.processed.load(Ordering::Relaxed),
            denied: self.denied.load(Ordering::Relaxed),
            current: self.current.load(Ordering::Relaxed) as u64,
        }
    }
}

/// Accepts connections for ever.
pub(crate) async fn serve(bound: Bound, settings: Arc<ConnectionSettings>, serving: Serving) {
    loop {
        let (stream, remote) = match bound.listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                error!(target: "SERVER", "Accepting on {} failed: {error}", bound.configured);
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let place = Place::take(&serving.admission);
        if place.number > serving.max_connections {
            serving.admission.denied.fetch_add(1, Ordering::Relaxed);
            info!(
                target: "POLICY",
                "DENY Connection host:{remote} to {}: there are {} connections already", bound.configured, serving.max_connections
            );
            continue;
        }
        // Small frames are written when they are due: waiting for company costs latency.
        let _ = stream.set_nodelay(true);
        let peer = Peer { remote: remote.to_string(), local: bound.configured.clone() };
        let adaptor = Adaptor::accept(&serving.shared, &settings, peer, serving.clock.now());
        info!(target: "SERVER", "[{}] Accepted connection to {} from {remote}", adaptor.id(), bound.configured);
        let mut task = ConnectionTask::new(stream, adaptor, serving.clock);
        tokio::spawn(async move {
            // The machine has logged how it ended.
            let _ = task.run().await;
            drop(place);
        });
    }
}

/// One of the connections that the policy allows.
struct Place {
    admission: Arc<Admission>,
    number: usize,
}

impl Place {
    fn take(admission: &Arc<Admission>) -> Self {
        admission.processed.fetch_add(1, Ordering::Relaxed);
        let number = admission.current.fetch_add(1, Ordering::Relaxed) + 1;
        Self { admission: Arc::clone(admission), number }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.admission.current.fetch_sub(1, Ordering::Relaxed);
    }
}
