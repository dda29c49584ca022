//! Further connections to a neighbour that share the traffic with the one that has the control links.

use crossdock_core::work::Work;
use crossdock_router::{Adaptor, ConnectionSettings, Peer};
use crossdock_schema::IpFamily;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tracing::info;

use crate::connection::ConnectionTask;
use crate::connector::{connect, stopped, varied};
use crate::listener::Serving;
use crate::places::Place;

/// How long one that is gone stays away.
const PAUSE: Duration = Duration::from_secs(2);

/// They are made, and made again, until this is dropped.
pub(crate) struct DataConnections {
    _stop: watch::Sender<bool>,
}

/// What each of them needs.
#[derive(Clone)]
pub(crate) struct DataPlan {
    pub(crate) place: Place,
    pub(crate) family: Option<IpFamily>,
    pub(crate) settings: Arc<ConnectionSettings>,
    /// The connection that they belong to, as the neighbour knows it.
    pub(crate) group: u64,
    pub(crate) serving: Serving,
}

impl DataConnections {
    /// Makes `count` connections.
    pub(crate) fn open(plan: &DataPlan, count: u32) -> Self {
        let (stop, stopping) = watch::channel(false);
        for _ in 0..count {
            tokio::spawn(keep(plan.clone(), stopping.clone()));
        }
        Self { _stop: stop }
    }
}

async fn keep(plan: DataPlan, mut stop: watch::Receiver<bool>) {
    loop {
        let connected = tokio::select! {
            biased;
            () = stopped(&mut stop) => return,
            connected = connect(&plan.place, plan.family) => connected,
        };
        match connected {
            Ok(stream) => {
                // Small frames are written when they are due: waiting for company costs latency.
                let _ = stream.set_nodelay(true);
                let local = stream.local_addr().map(|address| address.to_string()).unwrap_or_default();
                let peer = Peer { remote: plan.place.to_string(), local };
                let now = plan.serving.clock.now();
                let adaptor = Adaptor::initiate_data(&plan.serving.shared, &plan.settings, peer, plan.group, now);
                let mailbox = Arc::clone(adaptor.mailbox());
                let mut task = ConnectionTask::new(stream, adaptor, plan.serving.clock);
                let life = task.run();
                tokio::pin!(life);
                tokio::select! {
                    biased;
                    () = stopped(&mut stop) => {
                        mailbox.instruct(Work::Close { description: "The connection it belongs to is gone".into() });
                        let _ = life.await;
                        return;
                    }
                    _ = &mut life => {}
                }
            }
            Err(error) => {
                info!(target: "SERVER", "Data connection to {} failed: {error}", plan.place);
            }
        }
        tokio::select! {
            biased;
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(varied(PAUSE)) => {}
        }
    }
}
