//! Connections to neighbours that are to be closed, and carry what is under way to its end first.
//!
//! ```text
//!   connector removed ─► retired: another path carries what is new ─► nothing came for a while,
//!                           │ there is no other path                   nothing waits or is unsettled ─► closed
//!                           └─────────────────────────────────────────────────────────────────────────► closed
//! ```

use crossdock_amqp::engine::Time;
use crossdock_core::batch::ConnId;
use crossdock_core::work::Work;
use crossdock_linkstate::ConnectionKey;
use tracing::info;

use super::Node;

/// The peer needs a moment until it sends by another path (ms).
const QUIET: u64 = 1_000;

/// What is not settled by then (ms) is not waited for.
const PATIENCE: u64 = 30_000;

/// Pause between two looks (ms).
const PAUSE: u64 = 100;

/// A connection to be closed.
#[derive(Debug)]
pub(super) struct Retired {
    since: Time,
    pub(super) look_at: Time,
    description: String,
}

impl Node {
    /// A connection to a neighbour is to be closed, once that interrupts nothing. Without another path to the neighbour that
    /// is at once.
    pub(super) fn retire_neighbor(&mut self, conn: ConnId, description: String, now: Time) {
        let Some(mesh) = &mut self.mesh else { return };
        mesh.retire(conn, now);
        self.follow_link_state(now);
        let Some(mesh) = &mut self.mesh else { return };
        if mesh.link_state().reaches_peer_on(ConnectionKey(conn.0)) {
            info!(target: "SERVER", "[{conn}] Other connections take over; it is closed when nothing is under way on it");
            mesh.retired.insert(conn, Retired { since: now, look_at: now.plus_millis(PAUSE), description });
        } else if let Some((mailbox, ..)) = mesh.connection(conn) {
            mailbox.instruct(Work::Close { description });
        }
    }

    /// Closes those on which nothing is under way any more.
    pub(super) fn close_retired(&mut self, now: Time) {
        let Some(mesh) = &mut self.mesh else { return };
        let due: Vec<ConnId> =
            mesh.retired.iter().filter(|(_, retired)| retired.look_at <= now).map(|(&conn, _)| conn).collect();
        for conn in due {
            let Some(mesh) = &self.mesh else { return };
            let (Some(retired), Some((mailbox, traffic, further))) = (mesh.retired.get(&conn), mesh.connection(conn))
            else {
                continue;
            };
            let is_its = |other: ConnId| other == conn || further.contains(&other);
            let open: u64 =
                self.links().filter(|link| is_its(link.conn())).map(|link| link.waiting() + link.unsettled()).sum();
            let is_quiet = now.millis_since(retired.since.max(traffic)) >= QUIET;
            let is_late = now.millis_since(retired.since) >= PATIENCE;
            if (is_quiet && open == 0) || is_late {
                if open > 0 {
                    info!(target: "SERVER", "[{conn}] {open} deliveries are still under way; it is closed all the same");
                }
                mailbox.instruct(Work::Close { description: retired.description.clone() });
                if let Some(mesh) = &mut self.mesh {
                    mesh.retired.remove(&conn);
                }
            } else if let Some(retired) = self.mesh.as_mut().and_then(|mesh| mesh.retired.get_mut(&conn)) {
                retired.look_at = now.plus_millis(PAUSE);
            }
        }
    }
}
