//! The options that the clients share: how to reach a router, and which one to ask.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args};

use crate::management_client::{Agent, Client, ClientError, Endpoint, Sasl};

/// The management address of the router at the other end.
const LOCAL: &str = "$management";

const BUS: &str = "Router to connect to: [amqp://][USER[:PASSWORD]@]HOST[:PORT][/ADDRESS]";

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
    /// Client certificate (PEM)
    #[arg(long, value_name = "FILE")]
    ssl_certificate: Option<PathBuf>,
    /// Private key of the client certificate (PEM)
    #[arg(long, value_name = "FILE")]
    ssl_key: Option<PathBuf>,
    /// Certificates of the authorities to trust (PEM)
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
    /// SASL mechanisms to choose from: PLAIN, ANONYMOUS. Without any --sasl option there is no SASL layer
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
        Endpoint::parse(&self.reach.bus).ok().map(|endpoint| endpoint.port)
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
        let endpoint = Endpoint::parse(&self.bus)?;
        self.refuse_tls(&endpoint)?;
        let sasl = self.sasl(&endpoint)?;
        let client = Client::connect(&endpoint, &sasl, patience).await?;
        Ok((client, endpoint.address))
    }

    /// What to add to a command so that it asks the same router; empty for the usual one.
    pub(crate) fn to_option(&self) -> String {
        if self.bus == BUS_DEFAULT { String::new() } else { format!(" -b {}", self.bus) }
    }

    /// Says which option asks for what this program cannot do.
    fn refuse_tls(&self, endpoint: &Endpoint) -> Result<(), ClientError> {
        let asked = [
            (endpoint.tls, "amqps://"),
            (self.ssl_certificate.is_some(), "--ssl-certificate"),
            (self.ssl_key.is_some(), "--ssl-key"),
            (self.ssl_trustfile.is_some(), "--ssl-trustfile"),
            (self.ssl_password.is_some(), "--ssl-password"),
            (self.ssl_password_file.is_some(), "--ssl-password-file"),
            (self.ssl_disable_peer_name_verify, "--ssl-disable-peer-name-verify"),
        ];
        match asked.iter().find(|(given, _)| *given) {
            Some((_, option)) => {
                Err(ClientError::Url(format!("{option}: this build of crossdock has no TLS for clients yet")))
            }
            None => Ok(()),
        }
    }

    fn sasl(&self, endpoint: &Endpoint) -> Result<Sasl, ClientError> {
        let user = self.sasl_username.clone().or_else(|| endpoint.user.clone());
        let password = match (&self.sasl_password, &self.sasl_password_file) {
            (Some(password), _) => Some(password.clone()),
            (None, Some(file)) => Some(first_line(file)?),
            (None, None) => endpoint.password.clone(),
        };
        if self.sasl_mechanisms.is_none() && user.is_none() && password.is_none() {
            return Ok(Sasl::None);
        }
        let allowed = |mechanism: &str| match &self.sasl_mechanisms {
            Some(names) => names.split([' ', ',']).any(|name| name.eq_ignore_ascii_case(mechanism)),
            None => true,
        };
        match user {
            Some(user) if allowed("PLAIN") => Ok(Sasl::Plain { user, password: password.unwrap_or_default() }),
            Some(_) | None if allowed("ANONYMOUS") => Ok(Sasl::Anonymous),
            None if allowed("PLAIN") => {
                Err(ClientError::Url(String::from("--sasl-mechanisms PLAIN: give --sasl-username too")))
            }
            Some(_) | None => {
                let names = self.sasl_mechanisms.as_deref().unwrap_or_default();
                Err(ClientError::Url(format!("--sasl-mechanisms {names}: only PLAIN and ANONYMOUS are known")))
            }
        }
    }
}

fn first_line(file: &std::path::Path) -> Result<String, ClientError> {
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
