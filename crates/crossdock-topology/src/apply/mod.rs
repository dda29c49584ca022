//! What makes a running mesh what its file says: steps, in an order that does not interrupt traffic.
//!
//! ```text
//!   Mesh ──┐
//!          ├─ differences ─► changes.rs ─► steps ─ sorted by Phase ─► Plan
//!   LiveMesh ┘                  │ connectors.rs   a connection beside the old one, then without the old one
//!                               │ listeners.rs    one that is in the way goes first
//!                               │ shards.rs       all shards of an address agree
//!                               └ removals.rs     what must not be removed
//! ```
//!
//! First comes what is added, then what is changed, then what is removed. The steps of one [`Phase`] are taken one after the
//! other; then all that they are to bring about is waited for ([`Until`]), and only then comes the next phase. There is no
//! IO here: somebody else takes the steps, and looks at the mesh again for what is left.

mod changes;
mod connectors;
mod listeners;
mod removals;
mod shards;
mod until;

use crossdock_schema::{EntityKind, Value};

use crate::live::{Entity, Leave, LiveMesh};
use crate::network::Network;
use crate::sections::Section;

pub use until::Until;

/// Appended to the name of a connector, for the one that stands in while that is made anew.
pub const STAND_IN: &str = "~apply";

/// What may be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Remove what the file does not have.
    pub prune: bool,
    /// Also what cuts the mesh, or leaves an address without anybody who serves it.
    pub force: bool,
    /// Ports of the mesh may be others than those of the file, and count.
    pub any_ports: bool,
}

/// When a step is taken, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Connectors that an earlier run left and that are of no use.
    Leftovers,
    /// Listeners are added.
    Listeners,
    /// Listeners are changed: what comes next may have to come in by them.
    ChangedListeners,
    /// Connections between routers are added, and those that stand in for others.
    Connectors,
    /// Addresses are added.
    Addresses,
    /// Connections to containers are added.
    Containers,
    /// Auto links are added.
    AutoLinks,
    /// Link routes are added.
    LinkRoutes,
    /// Shards are added.
    Shards,
    /// Addresses are changed.
    ChangedAddresses,
    /// The connection to a container is changed, one after the other: those of other routers carry on meanwhile.
    ChangedContainer(usize),
    /// Links to containers that take the place of others are added.
    NewLinks,
    /// Those others are removed.
    OldLinks,
    /// Shards are changed.
    ChangedShards,
    /// Connections between routers that others stand in for are removed.
    OldConnectors,
    /// The new ones are made.
    NewConnectors,
    /// What stood in is removed.
    StandIns,
    /// Shards are removed.
    RemovedShards,
    /// Auto links that lead to containers are removed: what is in their queues can still be fetched.
    RemovedAutoLinksOut,
    /// The other ones.
    RemovedAutoLinksIn,
    /// Link routes are removed.
    RemovedLinkRoutes,
    /// Addresses are removed.
    RemovedAddresses,
    /// Connections to containers are removed.
    RemovedContainers,
    /// A connection between routers is removed, one after the other.
    RemovedConnector(usize),
    /// Listeners are removed.
    RemovedListeners,
    /// The listener by which the mesh was reached is removed.
    RemovedDoor,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Makes an entity.
    Create {
        /// By their names in files.
        values: Vec<(String, Value)>,
    },
    /// Removes an entity.
    Delete {
        /// What management calls it.
        identity: String,
    },
    /// Removes an entity and makes it anew.
    Replace {
        /// The one that is there; it is made again if the new one is refused.
        before: Entity,
        /// By their names in files.
        values: Vec<(String, Value)>,
    },
}

impl Action {
    /// `create`, `delete` or `replace`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Action::Create { .. } => "create",
            Action::Delete { .. } => "delete",
            Action::Replace { .. } => "replace",
        }
    }
}

/// One thing to do at one router.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub phase: Phase,
    /// Where.
    pub router: String,
    /// What kind of thing.
    pub kind: EntityKind,
    /// How it is called.
    pub name: String,
    /// What is done to it.
    pub action: Action,
    /// Why.
    pub reason: String,
    /// What is noticed of it, if anything.
    pub effect: Option<String>,
    /// What has to be so before the next phase.
    pub until: Option<Until>,
}

/// Something that is not done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omission {
    /// What.
    pub what: String,
    /// Why, or what to do about it.
    pub advice: String,
}

/// All steps, and what they leave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// In order.
    pub steps: Vec<Step>,
    /// What management cannot do: with what to do instead.
    pub beyond: Vec<Omission>,
    /// What is not removed because it would do harm: with the reason.
    pub refused: Vec<Omission>,
    /// What is in the mesh only and stays.
    pub left: Vec<Omission>,
}

/// Makes the plan.
pub fn plan(network: &Network<'_>, live: &LiveMesh, wishes: Wishes) -> Plan {
    let differences = live.differences(network, Leave { ports: wishes.any_ports });
    let mut planner = Planner { mesh: network.mesh(), live, wishes, plan: Plan::default() };
    planner.plan(&differences);
    planner.plan.steps.sort_by_key(|step| step.phase);
    planner.plan
}

/// Makes steps of differences.
struct Planner<'a> {
    mesh: &'a crate::model::Mesh,
    live: &'a LiveMesh,
    wishes: Wishes,
    plan: Plan,
}

impl Planner<'_> {
    /// Adds a step without effect on what goes on.
    fn step(
        &mut self,
        phase: Phase,
        router: &str,
        kind: EntityKind,
        name: &str,
        action: Action,
        reason: &str,
    ) -> &mut Step {
        let (router, name, reason) = (router.to_owned(), name.to_owned(), reason.to_owned());
        let at = self.plan.steps.len();
        self.plan.steps.push(Step { phase, router, kind, name, action, reason, effect: None, until: None });
        &mut self.plan.steps[at]
    }

    /// What a section says, with hosts and ports as they are in the mesh if these count.
    fn values(&self, router: &str, section: &Section) -> Vec<(String, Value)> {
        let mut values = section.values.clone();
        if self.wishes.any_ports && section.kind == EntityKind::Connector {
            let name = section.text("name").unwrap_or_default();
            if let Some((host, port)) = self.live_place(router, &name) {
                values.retain(|(name, _)| name != "port" && (name != "host" || host.is_empty()));
                if !host.is_empty() {
                    values.push((String::from("host"), Value::Text(host)));
                }
                values.push((String::from("port"), Value::Text(port)));
            }
        }
        values
    }

    /// Where the connector of this name leads in the mesh: to a listener of another router, or where another router's
    /// connector to the same broker leads.
    fn live_place(&self, router: &str, connector: &str) -> Option<(String, String)> {
        let place = |entity: &Entity| Some((entity.text("host").to_owned(), entity.text("port").to_owned()));
        let is_it = |connection: &&crate::model::Connection| connection.from == router && connection.name == connector;
        if let Some(connection) = self.mesh.connections.iter().find(is_it) {
            let state = self.live.state(&connection.to)?;
            return place(state.named(EntityKind::Listener, connection.listener.as_deref()?)?);
        }
        let broker = self.mesh.broker(connector)?;
        self.live.states.iter().find_map(|state| state.named(EntityKind::Connector, &broker.id)).and_then(place)
    }

    /// The router to which a connector of the file leads.
    fn target(&self, router: &str, connector: &str) -> Option<&str> {
        let is_it = |connection: &&crate::model::Connection| connection.from == router && connection.name == connector;
        self.mesh.connections.iter().find(is_it).map(|connection| connection.to.as_str())
    }

    fn is_live(&self, router: &str) -> bool {
        self.live.routers.iter().any(|known| known == router)
    }
}

/// A section's attributes under another name.
fn renamed(values: &[(String, Value)], name: &str) -> Vec<(String, Value)> {
    let mut values = values.to_vec();
    values.retain(|(known, _)| known != "name");
    values.push((String::from("name"), Value::Text(name.to_owned())));
    values
}
