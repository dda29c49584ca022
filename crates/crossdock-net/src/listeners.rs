//! The listeners that there are: opened and closed.

use socket2::SockRef;
use std::collections::BTreeMap;
use std::io;
use std::net::Shutdown;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tracing::info;

use crate::listener::{self, Serving};
use crate::plan::ListenerPlan;

/// All listeners, by identity.
#[derive(Debug)]
pub(crate) struct Listeners {
    serving: Serving,
    running: BTreeMap<String, Running>,
}

#[derive(Debug)]
struct Running {
    socket: Arc<TcpListener>,
    task: JoinHandle<()>,
}

impl Listeners {
    pub(crate) fn new(serving: Serving) -> Self {
        Self { serving, running: BTreeMap::new() }
    }

    /// Listens, in the place of a listener with the same identity.
    ///
    /// # Errors
    /// It cannot bind.
    pub(crate) fn open(&mut self, identity: &str, plan: ListenerPlan) -> io::Result<()> {
        self.close(identity);
        let address = format!("{}:{}", plan.host, plan.port);
        let bound = listener::bind(&plan.host, &plan.port)?;
        match bound.listener.local_addr() {
            Ok(local) if plan.port == "0" => {
                let name = plan.name.as_deref().unwrap_or(&address);
                info!(target: "SERVER", notice = true, "Listening on {local} ({name})");
            }
            Ok(_) | Err(_) => info!(target: "SERVER", notice = true, "Listening on {address}"),
        }
        let socket = Arc::clone(&bound.listener);
        let task = tokio::spawn(listener::serve(bound, plan.settings, self.serving.clone()));
        self.running.insert(identity.to_owned(), Running { socket, task });
        Ok(())
    }

    /// Stops listening. Connections that were accepted stay.
    pub(crate) fn close(&mut self, identity: &str) {
        if let Some(running) = self.running.remove(identity) {
            running.stop();
        }
    }

    /// Closes all of them.
    pub(crate) fn close_all(&mut self) {
        for (_, running) in std::mem::take(&mut self.running) {
            running.stop();
        }
    }
}

impl Running {
    fn stop(&self) {
        self.task.abort();
        // The task lets go of its socket a moment later; the port is to be free now.
        let _ = SockRef::from(&*self.socket).shutdown(Shutdown::Both);
    }
}

/// What the log says of a listener that is about to be opened.
pub(crate) fn announce(plan: &ListenerPlan) {
    info!(target: "CONN_MGR", "Configured Listener: {}:{} proto=any, role={}", plan.host, plan.port, plan.role);
}
