//! How the clients run, and how they fail.

use std::future::Future;
use std::io;
use std::process::ExitCode;

use super::paint::Paint;
use crate::management_client::ClientError;

/// Whose manners a client of management has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Style {
    Crossdock,
    /// Those of qdstat and qdmanage: errors go to stdout, named as Python names them.
    Stock,
}

/// Why a client ends before it is done.
#[derive(Debug)]
pub(crate) enum Failure {
    Client(ClientError),
    /// As before, and what to do about it.
    Advised {
        error: ClientError,
        advice: String,
    },
    /// What went wrong stands in the output already.
    Told,
    /// What was asked for makes no sense; no router was asked.
    Usage(String),
    /// Nobody reads the output any more.
    Output(io::Error),
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Failure::Client(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

/// Runs the client on this thread. The exit status is 0, 1 for a failure, 2 for a wrong command line.
pub(crate) fn run_client(name: &str, style: Style, work: impl Future<Output = Result<(), Failure>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("crossdock {name}: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            eprintln!("crossdock {name}: {error}");
            ExitCode::FAILURE
        }
        Err(Failure::Usage(problem)) => {
            eprintln!("{}: {problem}", Paint::on(&io::stderr()).red("error"));
            ExitCode::from(2)
        }
        Err(Failure::Told) => ExitCode::FAILURE,
        Err(Failure::Advised { error, advice }) => {
            eprintln!("{}: {error}\n{advice}", Paint::on(&io::stderr()).red("error"));
            ExitCode::FAILURE
        }
        Err(Failure::Client(error)) => {
            match style {
                Style::Crossdock => eprintln!("{}: {error}", Paint::on(&io::stderr()).red("error")),
                Style::Stock => println!("{}: {}", error.stock_name(), stock_text(&error)),
            }
            ExitCode::FAILURE
        }
    }
}

/// Scripts compare the router's words, which stand alone there.
fn stock_text(error: &ClientError) -> String {
    match error {
        ClientError::Status { description, .. } => description.clone(),
        ClientError::Url(_)
        | ClientError::Host { .. }
        | ClientError::Connect { .. }
        | ClientError::Credentials { .. }
        | ClientError::Timeout { .. }
        | ClientError::Disconnected { .. }
        | ClientError::Address { .. }
        | ClientError::UnknownRouter { .. }
        | ClientError::Attribute(_)
        | ClientError::Answer(_) => error.to_string(),
    }
}
