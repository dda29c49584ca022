//! What management asks of the shell.

use crossdock_management::{LogLine, Refusal};
use crossdock_schema::{ConnectionStatus, Connector, Listener, Log};
use std::fmt;
use std::ops::ControlFlow;

/// The shell, as management needs it. All of it is done at once: nobody waits.
pub trait Platform: fmt::Debug + Send {
    /// Listens.
    ///
    /// # Errors
    /// It cannot bind, and why.
    fn open_listener(&mut self, identity: &str, listener: &Listener) -> Result<(), Refusal>;

    /// Stops listening. Connections that were accepted stay.
    fn close_listener(&mut self, identity: &str);

    /// Starts a connector.
    ///
    /// # Errors
    /// It cannot be, and why.
    fn open_connector(&mut self, identity: &str, connector: &Connector) -> Result<(), Refusal>;

    /// Stops a connector and closes its connection, once that interrupts nothing.
    fn close_connector(&mut self, identity: &str);

    /// How a connector fares.
    fn connector_state(&self, identity: &str) -> Option<ConnectorFare>;

    /// Changes what a module logs.
    ///
    /// # Errors
    /// It cannot be, and why.
    fn set_log(&mut self, log: &Log) -> Result<(), Refusal>;

    /// Lines written so far by a module, by level from trace to critical.
    fn log_counts(&self, module: &str) -> [u64; 7];

    /// Visits the last lines of the log, the newest first, until the visitor has enough.
    fn for_each_log_line(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>);

    /// Connections that listeners took and refused.
    fn connection_counts(&self) -> ConnectionCounts;

    /// Name of the machine, if it has one.
    fn host_name(&self) -> Option<String>;

    /// Seconds since 1970.
    fn unix_time(&self) -> i64;

    /// Bytes of virtual memory, if known.
    fn memory_usage(&self) -> Option<u64>;

    /// Number of worker threads.
    fn worker_threads(&self) -> u32;
}

/// Connections that came to the listeners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionCounts {
    /// All so far.
    pub processed: u64,
    /// Of these, refused because there were too many.
    pub denied: u64,
    /// Those that are there now.
    pub current: u64,
}

/// How a connector fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorFare {
    /// What it does.
    pub status: ConnectionStatus,
    /// What happened last.
    pub message: String,
    /// Where it may connect to.
    pub failover_urls: String,
}
