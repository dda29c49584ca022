//! The options that the clients share: how to reach a router, and which one to ask.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgGroup, Args};

use crate::management_client::{Agent, Client, ClientError, Endpoint, Login, TlsOptions};

/// The management address of the router at the other end.
const LOCAL: &str = "$management";

const BUS: &str = "Router to connect to: [amqp[s]://][USER[:PASSWORD]@]HOST[:PORT][/ADDRESS]";

const BUS_DEFAULT: &str = "0.0.0.0";

/// The longest timeout that makes sense, in seconds: about three years.
const MAX_TIMEOUT: f64 = 1e8;

/// How to reach a router, and how long to wait for it. The names are those of the tools of qdrouterd.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub(super) struct ConnectionArgs {
    #[command(flatten)]
    reach: ReachArgs,
    /// How long to wait for each step: the connection, a link, an answer
    #[arg(short, long, value_name = "SECONDS", default_value = "5", allow_negative_numbers = true)]
    timeout: f64,
}

/// Where a router is, and how to log in.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ReachArgs {
    #[arg(short, long, value_name = "URL", default_value = BUS_DEFAULT, help = BUS)]
    bus: String,
    /// Client certificate (PEM). Asks for TLS
    #[arg(long, value_name = "FILE")]
    ssl_certificate: Option<PathBuf>,
    /// Private key of the client certificate (PEM), if it is in a file of its own
    #[arg(long, value_name = "FILE")]
    ssl_key: Option<PathBuf>,
    /// Certificates of the authorities to trust (PEM), instead of those of this system. Asks for TLS
    #[arg(long, value_name = "FILE")]
    ssl_trustfile: Option<PathBuf>,
    /// Password of the private key
    #[arg(long, value_name = "PASSWORD")]
    ssl_password: Option<String>,
    /// File with the password of the private key
    #[arg(long, value_name = "FILE")]
    ssl_password_file: Option<PathBuf>,
    /// Do not compare the name in the router's certificate with the host. Insecure
    #[arg(long)]
    ssl_disable_peer_name_verify: bool,
    /// SASL mechanisms to choose from: EXTERNAL, PLAIN, ANONYMOUS. Without TLS and --sasl options there is no SASL layer
    #[arg(long, value_name = "NAMES")]
    sasl_mechanisms: Option<String>,
    /// User name, for PLAIN
    #[arg(long, value_name = "NAME")]
    sasl_username: Option<String>,
    /// Password, for PLAIN
    #[arg(long, value_name = "PASSWORD")]
    sasl_password: Option<String>,
    /// File with the password, for PLAIN
    #[arg(long, value_name = "FILE")]
    sasl_password_file: Option<PathBuf>,
}

/// Which router to ask, if not the one at the other end.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Target", group = ArgGroup::new("target").multiple(false))]
pub(super) struct TargetArgs {
    /// Ask this router of the network
    #[arg(short, long, value_name = "ROUTER-ID", group = "target")]
    pub(super) router: Option<String>,
    /// Ask this edge router of the router at the other end
    #[arg(short = 'd', long, value_name = "EDGE-ROUTER-ID", group = "target")]
    pub(super) edge_router: Option<String>,
}

impl ConnectionArgs {
    /// The same, to another router.
    pub(super) fn to(mut self, bus: &str) -> Self {
        bus.clone_into(&mut self.reach.bus);
        self
    }

    /// How long to wait for each step.
    pub(super) fn patience(&self) -> Result<Duration, ClientError> {
        parse_timeout(self.timeout)
    }

    /// The port of the router, if the URL makes sense.
    pub(super) fn port(&self) -> Option<u16> {
        Endpoint::parse(&self.reach.bus, false).ok().map(|endpoint| endpoint.port)
    }

    /// Connects.
    pub(super) async fn connect(&self) -> Result<Session, ClientError> {
        let (client, address) = self.reach.connect(self.patience()?).await?;
        Ok(Session { client, address })
    }
}

/// The value of `--timeout`.
pub(crate) fn parse_timeout(seconds: f64) -> Result<Duration, ClientError> {
    if seconds > 0.0 && seconds <= MAX_TIMEOUT {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err(ClientError::Url(format!("--timeout {seconds}: give a number of seconds above 0")))
}

impl ReachArgs {
    /// Connects, with this patience for each step; also the address that the URL names.
    pub(crate) async fn connect(&self, patience: Duration) -> Result<(Client, Option<String>), ClientError> {
        let is_secure = self.ssl_certificate.is_some() || self.ssl_trustfile.is_some();
        let mut endpoint = Endpoint::parse(&self.bus, is_secure)?;
        let login = self.login(&endpoint)?;
        match &mut endpoint.tls {
            Some(options) => *options = self.tls()?,
            None => self.warn_of_unused(),
        }
        let client = Client::connect(&endpoint, &login, patience).await?;
        Ok((client, endpoint.address))
    }

    /// What to add to a command so that it asks the same router; empty for the usual one.
    pub(crate) fn to_option(&self) -> String {
        if self.bus == BUS_DEFAULT { String::new() } else { format!(" -b {}", self.bus) }
    }

    fn tls(&self) -> Result<TlsOptions, ClientError> {
        Ok(TlsOptions {
            certificate: self.ssl_certificate.clone(),
            key: self.ssl_key.clone(),
            password: secret(self.ssl_password.as_deref(), self.ssl_password_file.as_deref())?,
            trusted: self.ssl_trustfile.clone(),
            is_any_name_good: self.ssl_disable_peer_name_verify,
        })
    }

    /// What is for TLS is of no effect without it, and whoever gave it may believe in TLS. Not an error, because it is none for
    /// qdstat and qdmanage either.
    fn warn_of_unused(&self) {
        let given = [
            (self.ssl_key.is_some(), "--ssl-key"),
            (self.ssl_password.is_some(), "--ssl-password"),
            (self.ssl_password_file.is_some(), "--ssl-password-file"),
        ];
        if let Some((_, option)) = given.iter().find(|(given, _)| *given) {
            eprintln!(
                "warning: {option} has no effect, the connection is without TLS; \
                 amqps://, --ssl-certificate or --ssl-trustfile asks for it"
            );
        }
    }

    /// SASL is used where an option or TLS asks for it.
    fn login(&self, endpoint: &Endpoint) -> Result<Login, ClientError> {
        let user = self.sasl_username.clone().or_else(|| endpoint.user.clone());
        let password = secret(self.sasl_password.as_deref(), self.sasl_password_file.as_deref())?;
        let password = password.or_else(|| endpoint.password.clone());
        if self.sasl_mechanisms.is_none() && user.is_none() && password.is_none() && endpoint.tls.is_none() {
            return Ok(Login::None);
        }
        let mechanisms = self.sasl_mechanisms.as_deref();
        Login::choose(mechanisms, user, password, self.ssl_certificate.is_some())
    }
}

/// A password, or the first line of the file that holds it.
fn secret(text: Option<&str>, file: Option<&Path>) -> Result<Option<String>, ClientError> {
    match (text, file) {
        (Some(text), _) => Ok(Some(text.to_owned())),
        (None, Some(file)) => first_line(file).map(Some),
        (None, None) => Ok(None),
    }
}

fn first_line(file: &Path) -> Result<String, ClientError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| ClientError::Url(format!("password file {}: {error}", file.display())))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// A connection, and the management address that its URL may name.
pub(super) struct Session {
    client: Client,
    address: Option<String>,
}

impl Session {
    /// The agent of the router at the other end.
    pub(super) async fn here(&mut self) -> Result<Agent, ClientError> {
        let address = self.address.clone();
        self.client.agent(address.as_deref().unwrap_or(LOCAL)).await
    }

    /// The agent at this address, as GET-MGMT-NODES lists it.
    pub(super) async fn at(&mut self, address: &str) -> Result<Agent, ClientError> {
        self.client.agent(address).await
    }

    /// The agent that the options name.
    pub(super) async fn target(&mut self, target: &TargetArgs) -> Result<Agent, ClientError> {
        match (&target.router, &target.edge_router) {
            (Some(router), _) => {
                self.must_be_known(router).await?;
                self.client.agent(&format!("_topo/0/{router}/$management")).await
            }
            (None, Some(edge)) => self.client.agent(&format!("_edge/{edge}/$management")).await,
            (None, None) => self.here().await,
        }
    }

    /// Requests to a router that nobody knows would wait for credit until the timeout. Where the list of routers may not be
    /// asked for, that is what happens.
    async fn must_be_known(&mut self, router: &str) -> Result<(), ClientError> {
        let Ok(mut here) = self.here().await else { return Ok(()) };
        let Ok(routers) = here.routers().await else { return Ok(()) };
        if routers.is_empty() || routers.iter().any(|(id, _)| id == router) {
            return Ok(());
        }
        let known = routers.into_iter().map(|(id, _)| id).collect();
        Err(ClientError::UnknownRouter { router: router.to_owned(), known })
    }

    pub(super) async fn close(self) {
        self.client.close().await;
    }
}
