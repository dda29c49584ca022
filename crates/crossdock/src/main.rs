//! The `crossdock` program: command line, log, and the process around the router.
//!
//! `main` hands the arguments to [`cli`], which reads the configuration, sets up the [`logging`] and, for `run` and
//! `qdrouterd`, calls [`start_router`] with a [`Launch`]. Everything before that call happens on one thread and without
//! an async runtime, as becoming a daemon ([`daemon`]) needs it.

mod bench;
mod cli;
mod daemon;
mod logging;
mod management_client;
mod messages;
mod parent;
mod test_broker;

use std::process::ExitCode;
use std::sync::Arc;

use crossdock_net::Outcome;
use crossdock_schema::Configuration;

/// The allocator: many small, short-lived buffers move between the threads that serve two connections, and mimalloc gives
/// them back to where they came from.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run(std::env::args_os().collect(), start_router)
}

/// What a router is started with.
struct Launch {
    /// Checked configuration.
    configuration: Configuration,
    /// The log, for management.
    logging: logging::Logging,
    /// To be called once, when all listeners of the configuration are bound.
    ready: Box<dyn FnOnce() + Send>,
}

/// Runs the router until it is told to stop. The error is why it could not start.
fn start_router(launch: Launch) -> Result<(), String> {
    match crossdock_net::run(&launch.configuration, Arc::new(launch.logging), launch.ready) {
        Ok(Outcome::Terminated) => Ok(()),
        Ok(Outcome::Interrupted) => {
            crossdock_net::die_of_interrupt();
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    }
}
