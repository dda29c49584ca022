//! What can go wrong between a tool and a router.

use std::fmt;
use std::time::Duration;

/// Why a request has no answer, or not the one that was wanted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ClientError {
    /// The URL, or what belongs to it, makes no sense.
    Url(String),
    /// The name of the host is unknown, or its look-up failed.
    Host { host: String, problem: String },
    /// There is no connection to `peer` (HOST:PORT).
    Connect { peer: String, problem: String },
    /// The router does not take the credentials.
    Credentials { peer: String, problem: String },
    /// Nothing came within the patience.
    Timeout { doing: String, after: Duration },
    /// The connection ended.
    Disconnected { peer: String, problem: String },
    /// The management address cannot be used.
    Address { address: String, problem: String },
    /// No router of the network has this id; these do.
    UnknownRouter { router: String, known: Vec<String> },
    /// An attribute cannot have this value, or does not exist; says the router's schema.
    Attribute(String),
    /// The agent refused, or failed.
    Status { code: i128, description: String },
    /// The agent answered something that is no answer to the request.
    Answer(String),
}

impl ClientError {
    /// The name by which the Python tools call such an error; scripts look for it.
    pub(crate) fn stock_name(&self) -> &'static str {
        match self {
            ClientError::Url(_) => "ValueError",
            ClientError::Host { .. } => "gaierror",
            ClientError::Connect { .. } | ClientError::Credentials { .. } | ClientError::Disconnected { .. } => {
                "ConnectionException"
            }
            ClientError::Timeout { .. } => "Timeout",
            ClientError::Address { .. } | ClientError::UnknownRouter { .. } => "LinkDetached",
            ClientError::Status { code, .. } => match code {
                400 => "BadRequestStatus",
                401 => "UnauthorizedStatus",
                403 => "ForbiddenStatus",
                404 => "NotFoundStatus",
                501 => "NotImplementedStatus",
                _ => "InternalServerErrorStatus",
            },
            ClientError::Attribute(_) => "ValidationError",
            ClientError::Answer(_) => "ManagementError",
        }
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Url(problem) | ClientError::Attribute(problem) => f.write_str(problem),
            ClientError::Host { host, problem } => write!(f, "host {host} not found: {problem}"),
            ClientError::Connect { peer, problem } => write!(f, "cannot connect to {peer}: {problem}"),
            ClientError::Credentials { peer, problem } => write!(f, "{peer} refuses the login: {problem}"),
            ClientError::Timeout { doing, after } => {
                write!(f, "timed out after {} s: {doing}", after.as_secs_f64())
            }
            ClientError::Disconnected { peer, problem } => write!(f, "connection to {peer} lost: {problem}"),
            ClientError::Address { address, problem } => write!(f, "cannot use {address}: {problem}"),
            ClientError::UnknownRouter { router, known } => {
                write!(f, "no router {router} in the network; there are: {}", known.join(", "))
            }
            ClientError::Status { code, description } => write!(f, "{description} ({code})"),
            ClientError::Answer(problem) => write!(f, "the router's answer makes no sense: {problem}"),
        }
    }
}

impl std::error::Error for ClientError {}
