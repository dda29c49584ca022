//! Links that the router attaches to containers by itself, as long as they are configured and the container is there.
//!
//! ```text
//!   container comes ─► attaching ─► active ── refused, detached, session lost ──► failed
//!                          ▲                                                        │
//!                          └───────────── at once, 2 s, then 5 s, 5 s … ────────────┘
//! ```

use crossdock_amqp::engine::{LinkRole, Time};
use crossdock_core::address::Phase;
use crossdock_core::batch::ConnId;
use crossdock_core::record::ConnectionRecord;
use crossdock_core::work::{AutoLink as Order, Work};
use crossdock_management::Refusal;
use crossdock_schema::{AutoLink, AutoLinkOperStatus, Direction};
use std::collections::BTreeMap;
use tracing::info;

use super::Node;
use super::container::Container;

/// Wait before the first try again (ms).
const FIRST_RETRY: u64 = 2_000;

/// Wait before every further one (ms).
const RETRY: u64 = 5_000;

/// A link that has lived so long (ms) is attached again at once: containers detach links that rest.
const SETTLED: u64 = 2_000;

/// All auto links, by their numbers.
#[derive(Debug, Default)]
pub(super) struct AutoLinks {
    links: BTreeMap<u64, Row>,
    /// The earliest time at which one is tried again.
    due: Option<Time>,
}

/// An auto link, and how it fares with each container that it is for.
#[derive(Debug)]
struct Row {
    order: Order,
    container: Container,
    connections: BTreeMap<ConnId, Attempt>,
    last_error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    Attaching {
        /// Tries that have failed since it was there last.
        failed: u32,
    },
    Active {
        /// The number of the link.
        link: u64,
        since: Time,
    },
    Failed {
        /// When it is tried again.
        due: Time,
        failed: u32,
    },
}

/// What is to be seen of an auto link.
pub(super) struct AutoLinkFare<'n> {
    pub(super) status: AutoLinkOperStatus,
    pub(super) link: Option<u64>,
    pub(super) last_error: Option<&'n str>,
}

impl AutoLinks {
    pub(super) fn poll_timeout(&self) -> Time {
        self.due.unwrap_or(Time::NEVER)
    }

    /// How an auto link fares: as with the container with which it fares best.
    pub(super) fn fare(&self, number: u64) -> AutoLinkFare<'_> {
        let row = self.links.get(&number);
        let attempts = || row.iter().flat_map(|row| row.connections.values());
        let link = attempts().find_map(|attempt| match attempt {
            Attempt::Active { link, .. } => Some(*link),
            Attempt::Attaching { .. } | Attempt::Failed { .. } => None,
        });
        let status = if link.is_some() {
            AutoLinkOperStatus::Active
        } else if attempts().any(|attempt| matches!(attempt, Attempt::Attaching { .. })) {
            AutoLinkOperStatus::Attaching
        } else if attempts().next().is_some() {
            AutoLinkOperStatus::Failed
        } else {
            AutoLinkOperStatus::Inactive
        };
        AutoLinkFare { status, link, last_error: row.and_then(|row| row.last_error.as_deref()) }
    }

    /// All auto links, for what they are ordered, and how they fare.
    pub(super) fn fares(&self) -> impl Iterator<Item = (&Order, &Container, AutoLinkFare<'_>)> {
        self.links.iter().map(|(&number, row)| (&row.order, &row.container, self.fare(number)))
    }

    fn refresh_due(&mut self) {
        let attempts = self.links.values().flat_map(|row| row.connections.values());
        self.due = attempts
            .filter_map(|attempt| match attempt {
                Attempt::Failed { due, .. } => Some(*due),
                Attempt::Attaching { .. } | Attempt::Active { .. } => None,
            })
            .min();
    }
}

impl Node {
    /// Makes an auto link with this number, and attaches it where its container is.
    pub(super) fn add_auto_link(&mut self, number: u64, auto_link: &AutoLink) -> Result<(), Refusal> {
        let order = order(number, auto_link);
        let container = Container::named(auto_link.container_id.as_deref(), auto_link.connection.as_deref())?;
        let mut row = Row { order, container, connections: BTreeMap::new(), last_error: None };
        for connection in self.connections() {
            if row.container.is(connection) && self.order(connection.id, &row.order) {
                row.connections.insert(connection.id, Attempt::Attaching { failed: 0 });
            }
        }
        self.auto_links.links.insert(number, row);
        Ok(())
    }

    pub(super) fn remove_auto_link(&mut self, number: u64) {
        let Some(row) = self.auto_links.links.remove(&number) else { return };
        for &conn in row.connections.keys() {
            if let Some(mailbox) = self.shared.mailbox(conn) {
                mailbox.instruct(Work::Detach { auto_link: number });
            }
        }
        self.auto_links.refresh_due();
    }

    /// A container is there: its links are attached.
    pub(super) fn attach_auto_links(&mut self, connection: &ConnectionRecord) {
        let mut auto_links = std::mem::take(&mut self.auto_links);
        for row in auto_links.links.values_mut() {
            if row.container.is(connection) && self.order(connection.id, &row.order) {
                row.connections.insert(connection.id, Attempt::Attaching { failed: 0 });
            }
        }
        self.auto_links = auto_links;
    }

    /// A connection is gone, and its links with it.
    pub(super) fn forget_auto_links(&mut self, conn: ConnId) {
        for row in self.auto_links.links.values_mut() {
            row.connections.remove(&conn);
        }
        self.auto_links.refresh_due();
    }

    /// The state of each auto link, and the last error.
    pub fn auto_link_states(&self) -> Vec<(String, String)> {
        let fares = self.auto_links.links.keys().map(|&number| self.auto_links.fare(number));
        fares.map(|fare| (fare.status.to_string(), fare.last_error.unwrap_or_default().to_owned())).collect()
    }

    fn order(&self, conn: ConnId, order: &Order) -> bool {
        self.shared.mailbox(conn).is_some_and(|mailbox| mailbox.instruct(Work::Attach(Box::new(order.clone()))))
    }

    /// The container has granted a link.
    pub(super) fn auto_link_active(&mut self, number: u64, conn: ConnId, link: u64, now: Time) {
        let row = self.auto_links.links.get_mut(&number);
        if let Some(row) = row
            && let Some(attempt) = row.connections.get_mut(&conn)
        {
            *attempt = Attempt::Active { link, since: now };
            row.last_error = None;
            info!(target: "ROUTER_CORE", "Auto link {number} to {} is active: [{conn}][L{link}]", row.order.external_address);
        }
    }

    /// The container has refused or detached a link, or ended its session: it is tried again, unless the auto link or the
    /// connection is gone.
    pub(super) fn auto_link_lost(&mut self, number: u64, conn: ConnId, error: Option<String>, now: Time) {
        let Some(row) = self.auto_links.links.get_mut(&number) else { return };
        let Some(attempt) = row.connections.get_mut(&conn) else { return };
        let (wait, failed) = match *attempt {
            Attempt::Active { since, .. } if since.plus_millis(SETTLED) <= now => (0, 0),
            Attempt::Active { .. } | Attempt::Attaching { failed: 0 } => (FIRST_RETRY, 1),
            Attempt::Attaching { failed } => (RETRY, failed + 1),
            Attempt::Failed { .. } => return,
        };
        *attempt = Attempt::Failed { due: now.plus_millis(wait), failed };
        let error = error.unwrap_or_else(|| "detached without a reason".into());
        info!(
            target: "ROUTER_CORE",
            "[{conn}] Auto link {number} to {} failed: {error}; next try in {} s", row.order.external_address, wait / 1000
        );
        row.last_error = Some(error);
        self.auto_links.refresh_due();
    }

    /// Tries again what is due.
    pub(super) fn tick_auto_links(&mut self, now: Time) {
        if self.auto_links.poll_timeout() > now {
            return;
        }
        let mut auto_links = std::mem::take(&mut self.auto_links);
        for row in auto_links.links.values_mut() {
            for (&conn, attempt) in &mut row.connections {
                if let Attempt::Failed { due, failed } = *attempt
                    && due <= now
                {
                    *attempt = Attempt::Attaching { failed };
                    // If the connection is gone, it is about to be said.
                    self.order(conn, &row.order);
                }
            }
        }
        auto_links.refresh_due();
        self.auto_links = auto_links;
    }
}

fn order(number: u64, auto_link: &AutoLink) -> Order {
    let role = match auto_link.direction {
        Direction::In => LinkRole::Receiver,
        Direction::Out => LinkRole::Sender,
    };
    Order {
        number,
        role,
        address: auto_link.address.as_str().into(),
        phase: phase(auto_link),
        external_address: auto_link.external_address.as_deref().unwrap_or(&auto_link.address).into(),
    }
}

/// The phase of an auto link's address.
pub(super) fn phase(auto_link: &AutoLink) -> Phase {
    match (auto_link.direction, auto_link.fallback, auto_link.phase) {
        (Direction::Out, true, _) => Phase::FALLBACK,
        (_, _, Some(phase)) => u8::try_from(phase).ok().and_then(Phase::from_number).unwrap_or_default(),
        (Direction::In, false, None) => Phase::from_number(1).unwrap_or_default(),
        (Direction::In | Direction::Out, _, None) => Phase::ZERO,
    }
}
