//! The `crossdock` program: command line, log, and the process around the router.
//!
//! `main` hands the arguments to [`cli`], which reads the configuration, sets up the [`logging`] and, for `run` and
//! `qdrouterd`, calls [`start_router`] with a [`Launch`]. Everything before that call happens on one thread and without
//! an async runtime, as becoming a daemon ([`daemon`]) needs it.

mod cli;
mod daemon;
mod logging;

use std::process::ExitCode;

use crossdock_schema::Configuration;

use logging::Logging;

fn main() -> ExitCode {
    cli::run(std::env::args_os().collect(), start_router)
}

/// What a router is started with.
struct Launch {
    /// Checked configuration.
    configuration: Configuration,
    /// The log of the process, already following the configuration.
    logging: Logging,
    /// Whether test hooks were asked for: housekeeping at shorter intervals.
    test_hooks: bool,
    /// To be called once, when all listeners of the configuration are bound.
    ready: Box<dyn FnOnce() + Send>,
}

/// Runs the router until it is told to stop. The error is why it could not start.
fn start_router(launch: Launch) -> Result<(), String> {
    let Launch { configuration, logging, test_hooks, ready } = launch;
    let _ = (configuration, logging, test_hooks);
    ready();
    loop {
        std::thread::park();
    }
}
