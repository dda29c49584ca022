//! What management asks of this process: sockets, log, memory, time.

use crossdock_router::{ConnectionCounts, ConnectorFare, LogLine, Platform, Refusal};
use crossdock_schema::{Connector, Listener, Log};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::error;

use crate::connectors::{self, Connectors};
use crate::listener::{Admission, Serving};
use crate::listeners::{self, Listeners};
use crate::plan::{self, RouterPlan};

/// The log, as management needs it.
pub trait LogBook: fmt::Debug + Send + Sync {
    /// Changes what one module logs; attributes that are absent stay as they are.
    ///
    /// # Errors
    /// A file cannot be opened. Nothing has changed then.
    fn update(&self, log: &Log) -> Result<(), String>;

    /// Lines written so far by a module, by level from trace to critical.
    fn counts(&self, module: &str) -> [u64; 7];

    /// Visits the last lines, the newest first, until the visitor has enough.
    fn for_each_recent(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>);
}

/// Where connections come from.
#[derive(Debug)]
pub(crate) struct Doors {
    pub(crate) listeners: Listeners,
    pub(crate) connectors: Connectors,
}

impl Doors {
    pub(crate) fn new(serving: &Serving) -> Arc<Mutex<Self>> {
        let listeners = Listeners::new(serving.clone());
        Arc::new(Mutex::new(Self { listeners, connectors: Connectors::new(serving.clone()) }))
    }
}

pub(crate) fn lock(doors: &Mutex<Doors>) -> MutexGuard<'_, Doors> {
    doors.lock().unwrap_or_else(PoisonError::into_inner)
}

/// This process.
pub(crate) struct Process {
    pub(crate) router: RouterPlan,
    pub(crate) doors: Arc<Mutex<Doors>>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) log: Arc<dyn LogBook>,
    /// Worker threads as configured.
    pub(crate) threads: u32,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("doors", &self.doors).finish_non_exhaustive()
    }
}

impl Platform for Process {
    fn open_listener(&mut self, identity: &str, listener: &Listener) -> Result<(), Refusal> {
        let plan = plan::listener(listener, &self.router);
        listeners::announce(&plan);
        let address = format!("{}:{}", plan.host, plan.port);
        lock(&self.doors).listeners.open(identity, plan).map_err(|reason| {
            error!(target: "SERVER", "Listener error on {address}: {reason} (proton:io)");
            Refusal::bad_request(format!("Listener error on {address}: {reason}"))
        })
    }

    fn close_listener(&mut self, identity: &str) {
        lock(&self.doors).listeners.close(identity);
    }

    fn open_connector(&mut self, identity: &str, connector: &Connector) -> Result<(), Refusal> {
        let plan = plan::connector(connector, &self.router);
        connectors::announce(&plan);
        lock(&self.doors).connectors.open(identity, plan);
        Ok(())
    }

    fn close_connector(&mut self, identity: &str) {
        lock(&self.doors).connectors.close(identity);
    }

    fn connector_state(&self, identity: &str) -> Option<ConnectorFare> {
        let fare = lock(&self.doors).connectors.state(identity)?.fare();
        Some(ConnectorFare { status: fare.status, message: fare.message, failover_urls: fare.failover_urls })
    }

    fn set_log(&mut self, log: &Log) -> Result<(), Refusal> {
        self.log.update(log).map_err(Refusal::bad_request)
    }

    fn log_counts(&self, module: &str) -> [u64; 7] {
        self.log.counts(module)
    }

    fn for_each_log_line(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>) {
        self.log.for_each_recent(visit);
    }

    fn connection_counts(&self) -> ConnectionCounts {
        self.admission.counts()
    }

    fn host_name(&self) -> Option<String> {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
        Some(name.trim_end().to_owned()).filter(|name| !name.is_empty())
    }

    fn unix_time(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn memory_usage(&self) -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
        let kibibytes: u64 = kibibytes.split_whitespace().next()?.parse().ok()?;
        kibibytes.checked_mul(1024)
    }

    fn worker_threads(&self) -> u32 {
        self.threads
    }
}
