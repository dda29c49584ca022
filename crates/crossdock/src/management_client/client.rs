//! One connection to a router.

use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fe2o3_amqp::connection::{ConnectionHandle, Error as CloseError, OpenError};
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::{Connection, Session};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::agent::Agent;
use super::endpoint::Endpoint;
use super::error::ClientError;
use super::login::{Login, LoginError, log_in};
use super::request::Request;
use super::stream::{Stream, is_tls_alert};
use super::tls;
use super::value::Value;

/// The prefix of what GET-MGMT-NODES lists.
const NODE_SCHEME: &str = "amqp:/";

/// An open connection with one session.
pub(crate) struct Client {
    connection: ConnectionHandle<()>,
    session: SessionHandle<()>,
    peer: String,
    patience: Duration,
}

impl Client {
    /// Connects and logs in.
    pub(crate) async fn connect(endpoint: &Endpoint, login: &Login, patience: Duration) -> Result<Client, ClientError> {
        let peer = endpoint.peer();
        let host = endpoint.host.as_str();
        let mut candidates = Vec::new();
        match within(patience, || format!("looking up host {host}"), tokio::net::lookup_host((host, endpoint.port)))
            .await?
        {
            Ok(found) => candidates.extend(found),
            Err(error) => return Err(ClientError::Host { host: host.to_owned(), problem: plain(&error) }),
        }
        let connecting = within(patience, || format!("connecting to {peer}"), TcpStream::connect(&*candidates)).await?;
        let stream = connecting.map_err(|error| ClientError::Connect { peer: peer.clone(), problem: plain(&error) })?;
        // Credit and a request are small writes one behind the other: the second would wait for the peer's TCP to acknowledge
        // the first, and round trips would be those of that timer. Without it all works as well, only later.
        let _ = stream.set_nodelay(true);
        let mut stream = match &endpoint.tls {
            Some(options) => Stream::new(tls::start(stream, host, &peer, options, patience).await?),
            None => Stream::new(stream),
        };
        if let Login::Sasl(mechanisms) = login {
            let logging_in = log_in(&mut stream, host, mechanisms);
            let logged_in = within(patience, || format!("waiting for {peer} to take the login"), logging_in).await?;
            logged_in.map_err(|error| login_failure(&peer, error))?;
        }
        let builder = Connection::builder()
            .container_id(format!("crossdock-{}", std::process::id()))
            .hostname(host)
            .scheme("amqp");
        let is_alert = stream.alert_flag();
        let opening = builder.open_with_stream(stream);
        let opened = within(patience, || format!("waiting for {peer} to open the connection"), opening).await?;
        let mut connection = opened.map_err(|error| match is_alert.load(Ordering::Relaxed) {
            true => ClientError::Connect { peer: peer.clone(), problem: String::from(TLS_ONLY) },
            false => refusal(&peer, &error),
        })?;
        let beginning = Session::begin(&mut connection);
        let begun = within(patience, || format!("waiting for {peer} to begin the session"), beginning).await?;
        let session =
            begun.map_err(|error| ClientError::Disconnected { peer: peer.clone(), problem: error.to_string() })?;
        Ok(Client { connection, session, peer, patience })
    }

    /// Opens a management address.
    pub(crate) async fn agent(&mut self, address: &str) -> Result<Agent, ClientError> {
        Agent::attach(&mut self.session, address, &self.peer, self.patience).await
    }

    /// The session, for links of any kind.
    pub(crate) fn session(&mut self) -> &mut SessionHandle<()> {
        &mut self.session
    }

    /// HOST:PORT of the other end.
    pub(crate) fn peer(&self) -> &str {
        &self.peer
    }

    /// How long to wait for each step.
    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// Waits until the connection is over. Links tell it too, but not all who wait for something.
    pub(crate) async fn lost(&mut self) -> ClientError {
        let _ = self.session.on_end().await;
        let closed = timeout(Duration::from_millis(100), self.connection.on_close()).await;
        let said = match closed {
            Ok(Err(CloseError::RemoteClosedWithError(error))) => error.description,
            Ok(_) | Err(_) => None,
        };
        let problem = said.unwrap_or_else(|| String::from("it was closed"));
        ClientError::Disconnected { peer: self.peer.clone(), problem }
    }

    /// Says goodbye; the answer does not matter.
    pub(crate) async fn close(mut self) {
        let _ = timeout(self.patience.min(Duration::from_secs(1)), self.connection.close()).await;
    }
}

impl Agent {
    /// The ids and management addresses of the routers of the network. None outside of a network.
    pub(crate) async fn routers(&mut self) -> Result<Vec<(String, String)>, ClientError> {
        let body = self.call(Request::to_node("GET-MGMT-NODES")).await?.body;
        let nodes = body.as_list().ok_or_else(|| ClientError::Answer(String::from("GET-MGMT-NODES is no list")))?;
        let node = |node: &Value| {
            let address = node.as_text()?.strip_prefix(NODE_SCHEME)?;
            Some((address.split('/').nth(2)?.to_owned(), address.to_owned()))
        };
        Ok(nodes.iter().filter_map(node).collect())
    }
}

/// Waits for `step`, and no longer than `patience`.
pub(crate) async fn within<F: Future>(
    patience: Duration,
    doing: impl FnOnce() -> String,
    step: F,
) -> Result<F::Output, ClientError> {
    timeout(patience, step).await.map_err(|_| ClientError::Timeout { doing: doing(), after: patience })
}

/// The text without "(os error 111)".
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.strip_prefix("failed to lookup address information: ").unwrap_or(text).to_owned()
}

fn login_failure(peer: &str, error: LoginError) -> ClientError {
    let peer = peer.to_owned();
    match error {
        LoginError::Refused(problem) => ClientError::Credentials { peer, problem },
        LoginError::Io(error) => ClientError::Connect { peer, problem: cut_words(&error) },
        LoginError::Header(header) if is_tls_alert(&header) => {
            ClientError::Connect { peer, problem: String::from(TLS_ONLY) }
        }
        LoginError::Header(_) => {
            ClientError::Connect { peer, problem: String::from("that is no AMQP 1.0 port, or one without SASL") }
        }
    }
}

fn refusal(peer: &str, error: &OpenError) -> ClientError {
    let peer = peer.to_owned();
    #[expect(clippy::wildcard_enum_match_arm, reason = "these few deserve words of their own")]
    match error {
        OpenError::Io(error) => ClientError::Connect { peer, problem: cut_words(error) },
        OpenError::RemoteClosedWithError(error) => ClientError::Disconnected { peer, problem: error.to_string() },
        OpenError::ProtocolHeaderMismatch(_) => {
            ClientError::Connect { peer, problem: String::from("that is no AMQP 1.0 port, or it wants SASL or TLS") }
        }
        other => ClientError::Connect { peer, problem: other.to_string() },
    }
}

fn cut_words(error: &std::io::Error) -> String {
    if let Some(problem) = tls::tls_problem(error) {
        return problem;
    }
    if error.kind() == std::io::ErrorKind::UnexpectedEof { String::from(CUT) } else { plain(error) }
}

/// Routers drop the transport when a listener wants more than was offered.
const CUT: &str = "the connection was cut before it was open; the listener may want a login, TLS, or is no AMQP port";

/// It answered in TLS to what was no TLS.
const TLS_ONLY: &str = "it speaks TLS only there; amqps:// or --ssl-trustfile connects with TLS";
