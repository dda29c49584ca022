//! How the agent sees the router.

use std::ops::ControlFlow;

use crossdock_schema::{AdminStatus, AttributeName, Direction, Entity, EntityKind, Log, RouterMode, Shard, Vhost};

use crate::explain::Explanation;
use crate::refusal::Refusal;
use crate::slot::Slot;
use crate::trace::{Trace, TraceRequest};

/// The router, as one client may see and change it.
///
/// A store is made for one request. Who asks, and what that client may do, is the business of who makes it: link routes of
/// connections, for example, are rows only for the client that created them.
///
/// Rows of a kind have a stable order, so that a client that asks for pages gets every row that stays. The router has one
/// row of [`EntityKind::Router`]. The agent itself answers for [`EntityKind::Management`],
/// [`EntityKind::VhostUserGroupSettings`] and [`EntityKind::Console`]; a store has no rows of these.
pub trait Store {
    /// Id of this router.
    fn router_id(&self) -> &str;

    /// Mode of this router.
    fn mode(&self) -> RouterMode;

    /// The ids of the other routers of the network, without edge routers, in the order of `router.node`.
    fn for_each_router(&self, visit: &mut dyn FnMut(&str));

    /// Number of rows of a kind.
    fn count(&self, kind: EntityKind) -> usize;

    /// Visits the rows of a kind in order, without the first `from`, until the visitor has enough.
    fn for_each_row(&self, kind: EntityKind, from: usize, visit: &mut dyn FnMut(&dyn Record) -> ControlFlow<()>);

    /// Visits the row with this name or identity, the first if a name is not unique; false if there is none.
    fn find(&self, kind: EntityKind, key: Key<'_>, visit: &mut dyn FnMut(&dyn Record)) -> bool;

    /// The configuration of an entity that UPDATE is to change: a `log`, a `shard` or a `vhost`.
    fn configured(&self, kind: EntityKind, identity: &str) -> Option<Entity>;

    /// Makes an entity. Returns its identity; where [`crate::identity_of`] says one, that one. Names and identities have
    /// been found to be free.
    ///
    /// # Errors
    ///
    /// Why not; nothing has changed then. Test suites match these texts of qdrouterd, all with status 400: `Already exists`
    /// (another address or link route has the pattern), `duplicate exchange address`, `Named exchange does not exist`,
    /// `Duplicate next hop name`. A client that must not create link routes gets [`crate::Status::Forbidden`].
    fn create(&mut self, entity: NewEntity) -> Result<String, Refusal>;

    /// Changes an entity.
    ///
    /// # Errors
    ///
    /// Why not; nothing has changed then. Connections of other routers, and connections at all for clients whose policy says
    /// so, cannot be closed: 403 `You are not allowed to perform this operation.`
    fn update(&mut self, identity: &str, change: Change) -> Result<(), Refusal>;

    /// Removes an entity.
    ///
    /// # Errors
    ///
    /// Why not; nothing has changed then.
    fn delete(&mut self, kind: EntityKind, identity: &str) -> Result<(), Refusal>;

    /// Where deliveries to an address go from here, and why they do not flow, if so. No delivery is made. `key` is the key of
    /// such a message, where the address is spread over others by one.
    fn explain(&self, address: &str, key: Option<&str>) -> Explanation;

    /// Sends a message that is not delivered, and tells where it went. None when that is not known yet: whoever gave the
    /// request gives it again when it is.
    ///
    /// # Errors
    ///
    /// Why not.
    fn trace(&mut self, request: &TraceRequest<'_>) -> Result<Option<Trace>, Refusal>;

    /// Visits the last lines of the log, the newest first, until the visitor has enough.
    fn for_each_log_line(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>);
}

/// What selects one entity of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// Its name.
    Name(&'a str),
    /// Its identity.
    Identity(&'a str),
}

/// A row of one kind, for which an enum says what there is to supply. Implement this for what holds the row.
///
/// ```
/// use crossdock_management::{Row, Slot};
/// use crossdock_schema::LogStatsAttr;
///
/// struct Lines<'a> {
///     module: &'a str,
///     counts: [u64; 7],
/// }
///
/// impl Row for Lines<'_> {
///     type Attr = LogStatsAttr;
///
///     fn write(&self, attribute: LogStatsAttr, slot: Slot<'_>) {
///         let [trace, debug, info, notice, warning, error, critical] = self.counts;
///         match attribute {
///             LogStatsAttr::TraceCount => slot.number(trace),
///             LogStatsAttr::DebugCount => slot.number(debug),
///             LogStatsAttr::InfoCount => slot.number(info),
///             LogStatsAttr::NoticeCount => slot.number(notice),
///             LogStatsAttr::WarningCount => slot.number(warning),
///             LogStatsAttr::ErrorCount => slot.number(error),
///             LogStatsAttr::CriticalCount => slot.number(critical),
///             LogStatsAttr::Name => slot.text(self.module),
///             LogStatsAttr::Identity => slot.display(format_args!("logStats/{}", self.module)),
///         }
///     }
/// }
/// ```
pub trait Row {
    /// Its attributes.
    type Attr: AttributeName;

    /// Writes the value of an attribute.
    fn write(&self, attribute: Self::Attr, slot: Slot<'_>);
}

/// A row of any kind. Every [`Row`] is one.
pub trait Record {
    /// Its kind.
    fn kind(&self) -> EntityKind;

    /// Writes the value of the attribute with this index in [`crossdock_schema::EntityType::attributes`].
    fn write_at(&self, index: usize, slot: Slot<'_>);
}

impl<R: Row> Record for R {
    fn kind(&self) -> EntityKind {
        R::Attr::KIND
    }

    fn write_at(&self, index: usize, slot: Slot<'_>) {
        if let Some(attribute) = R::Attr::ALL.get(index) {
            self.write(*attribute, slot);
        }
    }
}

/// An entity to be made: every attribute checked.
#[derive(Debug, Clone, PartialEq)]
pub enum NewEntity {
    /// One that a configuration file could have as well.
    Configured(Box<Entity>),
    /// A link route of the client's own connection.
    ConnectionLinkRoute {
        /// Its name.
        name: Option<String>,
        /// All addresses that match.
        pattern: String,
        /// Direction of the links, seen from the router.
        direction: Direction,
    },
}

/// A change to an entity: every attribute checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// All attributes of a log entity, the changed among them.
    Log(Log),
    /// All attributes of a shard, the changed among them.
    Shard(Shard),
    /// All attributes of a virtual host, the changed among them.
    Vhost(Box<Vhost>),
    /// Of a connection; not both are absent.
    Connection {
        /// Deleted: close it.
        admin_status: Option<AdminStatus>,
        /// Whether its frames are logged.
        enable_protocol_trace: Option<bool>,
    },
}

/// A line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// Module that wrote it, such as `ROUTER_CORE`.
    pub module: &'a str,
    /// Its level, such as `info`.
    pub level: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Source file and line, if known.
    pub source: Option<(&'a str, u32)>,
    /// When it was written, in seconds since 1970.
    pub time: i64,
}
