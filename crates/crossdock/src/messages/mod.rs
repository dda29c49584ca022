//! `crossdock send`, `crossdock receive` and `crossdock request`: messages by hand and from scripts.
//!
//! ```text
//!   send:     TEXT or lines of stdin ─► compose ─► link ─► router        outcomes ─► stdout, exit status
//!   receive:  router ─► link ─► show ─► stdout                           outcome ─► router, and an answer if asked for
//!   request:  both: a message with a reply address of its own, and its answer
//! ```
//!
//! They say what happened to each message in the words of the standard: accepted, rejected, released, modified. Whoever waits
//! is told what for. What belongs to people (notes, advice) goes to stderr; stdout is for scripts.

mod compose;
mod link;
mod outcome;
mod receive;
mod request;
mod send;
mod show;

use std::process::ExitCode;
use std::time::Duration;

use crate::cli::connection::{ReachArgs, parse_timeout};
use crate::cli::failure::{Failure, Style, run_client};
use crate::management_client::{Client, ClientError};

pub(crate) use receive::ReceiveArgs;
pub(crate) use request::RequestArgs;
pub(crate) use send::SendArgs;

/// How long to wait for a connection and for a link, unless there is less time for the whole.
const PATIENCE: Duration = Duration::from_secs(5);

/// When to say what is being waited for.
const NOTE_AFTER: Duration = Duration::from_secs(1);

/// Runs `crossdock send`.
pub(crate) fn run_send(args: &SendArgs) -> ExitCode {
    run_client("send", Style::Crossdock, send::run(args))
}

/// Runs `crossdock receive`.
pub(crate) fn run_receive(args: &ReceiveArgs) -> ExitCode {
    run_client("receive", Style::Crossdock, receive::run(args))
}

/// Runs `crossdock request`.
pub(crate) fn run_request(args: &RequestArgs) -> ExitCode {
    run_client("request", Style::Crossdock, request::run(args))
}

/// Connects; who cannot is told how to start a router.
async fn connect(reach: &ReachArgs, timeout: Option<Duration>) -> Result<Client, Failure> {
    let patience = timeout.map_or(PATIENCE, |timeout| timeout.min(PATIENCE));
    match reach.connect(patience).await {
        Ok((client, None)) => Ok(client),
        Ok((_, Some(address))) => {
            Err(Failure::Usage(format!("-b takes no address here: give {address} as an argument of its own")))
        }
        Err(error @ ClientError::Connect { .. }) => Err(Failure::Advised {
            error,
            advice: String::from(
                "Is a router running there? One is started with: crossdock run -c FILE; -b HOST:PORT chooses another.",
            ),
        }),
        Err(error) => Err(error.into()),
    }
}

/// The value of `--timeout`, if it was given.
fn limit(timeout: Option<f64>) -> Result<Option<Duration>, ClientError> {
    timeout.map(parse_timeout).transpose()
}

/// Ends when the time is over; never without a limit.
async fn time_over(since: tokio::time::Instant, limit: Option<Duration>) {
    match limit {
        Some(limit) => tokio::time::sleep_until(since + limit).await,
        None => std::future::pending().await,
    }
}
