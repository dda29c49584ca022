//! What all machines of one router share.

use crossdock_amqp::engine::{Config, Time};
use crossdock_core::address::{
    AddressClass, AddressKey, DYNAMIC_RANDOM, KeyRef, LocalNames, Phase, RouterMode, Treatment, classify,
};
use crossdock_core::batch::ConnId;
use crossdock_core::mailbox::Mailbox;
use crossdock_core::pattern::{PatternError, PatternTree};
pub use crossdock_core::record::ConnectionRole;
use crossdock_core::routers::Routers;
use crossdock_core::table::AddressTable;
use crossdock_core::work::Action;
use crossdock_linkstate::{Config as LinkStateConfig, Instance, RouterId};
use hashbrown::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::Waker;

/// Credit of incoming links, unless something else is configured.
pub(crate) const LINK_CAPACITY: u32 = 250;

/// Supplies unguessable octets for temporary addresses.
pub type Entropy = Box<dyn Fn() -> [u8; DYNAMIC_RANDOM] + Send + Sync>;

/// Settings of the router as a whole.
#[derive(Clone, Debug)]
pub struct RouterSettings {
    /// The router id, which is also the container-id.
    pub id: String,
    /// Whether and how it joins a network.
    pub mode: RouterMode,
    /// Treatment of addresses without configuration.
    pub default_treatment: Treatment,
    /// Times of the routing protocol, and this life of the process; used in interior mode. Its id is `id`.
    pub link_state: LinkStateConfig,
}

impl RouterSettings {
    /// The defaults of qdrouterd for a router `id` in `mode`, started `instance` seconds after the epoch.
    pub fn new(id: &str, mode: RouterMode, instance: u64) -> Self {
        Self {
            id: id.to_owned(),
            mode,
            default_treatment: Treatment::Balanced,
            link_state: LinkStateConfig::new(RouterId::new(id), Instance(instance)),
        }
    }
}

/// What the configuration says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressSettings {
    /// How deliveries are forwarded.
    pub treatment: Treatment,
    /// Priority of all its messages, 0 to 9; none = each message's own.
    pub priority: Option<u8>,
    /// Phase of what ordinary producers send.
    pub ingress: Phase,
    /// Phase of what ordinary consumers receive.
    pub egress: Phase,
    /// Whether what no receiver can take goes to a fallback destination.
    pub fallback: bool,
    /// Whether settled deliveries go past the waypoint as long as there are consumers behind it.
    pub bypass: bool,
    /// Whether what is sent to it goes to another address, see [`Shared::concentrated`].
    pub concentrated: bool,
}

impl AddressSettings {
    /// An address of which only the treatment is configured.
    pub fn new(treatment: Treatment) -> Self {
        Self {
            treatment,
            priority: None,
            ingress: Phase::ZERO,
            egress: Phase::ZERO,
            fallback: false,
            bypass: false,
            concentrated: false,
        }
    }
}

/// Settings that all connections of one listener share.
#[derive(Clone, Debug)]
pub struct ConnectionSettings {
    /// Settings of the protocol engine.
    pub engine: Arc<Config>,
    /// Credit granted to each incoming link (deliveries).
    pub link_capacity: u32,
    /// Largest message taken from a sender (bytes); 0 = any.
    pub max_message_size: u64,
    /// What the connection is for.
    pub role: ConnectionRole,
    /// Cost of an inter-router connection, as configured on this side (1 and more).
    pub cost: u32,
    /// Where annotations of routers are taken off.
    pub strip: StripAnnotations,
    /// Name of the listener or connector.
    pub name: String,
    /// How many further connections may share the traffic to a neighbour, if that is willing too.
    pub data_connections: u32,
}

impl ConnectionSettings {
    /// The defaults of a listener for ordinary clients, with this engine.
    pub fn new(engine: Arc<Config>) -> Self {
        Self {
            engine,
            link_capacity: LINK_CAPACITY,
            max_message_size: 0,
            role: ConnectionRole::Normal,
            cost: 1,
            strip: StripAnnotations::Both,
            name: String::new(),
            data_connections: 0,
        }
    }
}

/// On which of a connection's messages the annotations of routers are removed. Never between routers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StripAnnotations {
    /// On those that come and those that go.
    #[default]
    Both,
    /// On those that come.
    Incoming,
    /// On those that go.
    Outgoing,
    /// On none.
    Neither,
}

/// What all machines of one router share.
pub struct Shared {
    names: LocalNames,
    pub(crate) link_state: LinkStateConfig,
    identity: String,
    default_treatment: Treatment,
    addresses: RwLock<PatternTree<AddressSettings>>,
    /// The address to which others are concentrated, by their patterns: those of them that have such settings.
    concentrations: RwLock<PatternTree<Arc<str>>>,
    pub(crate) table: AddressTable,
    pub(crate) routers: Routers,
    mailboxes: RwLock<HashMap<ConnId, Arc<Mailbox>>>,
    next_connection: AtomicU64,
    next_link: AtomicU64,
    next_sender: AtomicU32,
    /// Addresses that the node serves.
    pub(crate) in_process: AtomicUsize,
    actions: Mutex<Actions>,
    probes: Mutex<Probes>,
    pub(crate) entropy: Entropy,
}

/// Probes taken in one second.
const PROBES: u32 = 200;

/// The second in which probes were taken last, and how many.
#[derive(Debug, Default)]
struct Probes {
    second: u64,
    taken: u32,
}

#[derive(Default)]
struct Actions {
    queue: Vec<Action>,
    waker: Option<Waker>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl Shared {
    /// Of a router with these settings.
    pub fn new(settings: &RouterSettings, entropy: Entropy) -> Arc<Self> {
        let names = LocalNames::new(&settings.id, "0", settings.mode);
        Arc::new(Self {
            identity: names.identity(),
            names,
            link_state: LinkStateConfig { id: RouterId::new(&settings.id), ..settings.link_state.clone() },
            default_treatment: settings.default_treatment,
            addresses: RwLock::default(),
            concentrations: RwLock::default(),
            table: AddressTable::default(),
            routers: Routers::default(),
            mailboxes: RwLock::default(),
            next_connection: AtomicU64::new(1),
            next_link: AtomicU64::new(1),
            next_sender: AtomicU32::new(0),
            in_process: AtomicUsize::new(0),
            actions: Mutex::default(),
            probes: Mutex::default(),
            entropy,
        })
    }

    /// The router id.
    pub fn router_id(&self) -> &str {
        self.names.router_id()
    }

    /// Adds the configuration of a prefix.
    ///
    /// # Errors
    /// The prefix is taken, or not a prefix.
    pub fn configure_prefix(&self, prefix: &str, settings: AddressSettings) -> Result<(), PatternError> {
        self.addresses.write().unwrap_or_else(PoisonError::into_inner).insert_prefix(prefix, settings)
    }

    /// Adds the configuration of a pattern.
    ///
    /// # Errors
    /// The pattern is taken, or not a pattern.
    pub fn configure_pattern(&self, pattern: &str, settings: AddressSettings) -> Result<(), PatternError> {
        self.addresses.write().unwrap_or_else(PoisonError::into_inner).insert(pattern, settings)
    }

    /// Has what is sent to the addresses of a configured pattern go to this one, or to themselves again.
    pub fn concentrate(&self, pattern: &str, to: Option<&str>) {
        let mut concentrations = self.concentrations.write().unwrap_or_else(PoisonError::into_inner);
        concentrations.remove(pattern);
        if let Some(to) = to {
            // It was found to be a pattern when its settings were made, and to be free.
            let _ = concentrations.insert(pattern, to.into());
        }
    }

    /// The address to which goes what producers send to this one, if that is another.
    pub fn concentrated(&self, key: KeyRef<'_>) -> Option<Arc<str>> {
        if key.class() != AddressClass::Mobile || !self.configured(key)?.concentrated {
            return None;
        }
        self.concentrations.read().unwrap_or_else(PoisonError::into_inner).best_match(key.text()).cloned()
    }

    /// Where what a producer sends goes that names an address, and no phase.
    pub(crate) fn producer_key(&self, named: KeyRef<'_>) -> AddressKey {
        if named.class() != AddressClass::Mobile {
            return named.to_key();
        }
        let queue = self.concentrated(named);
        let key = queue.as_deref().map_or(named, |queue| KeyRef::mobile(Phase::ZERO, queue));
        key.in_phase(self.settings_for(key).ingress).to_key()
    }

    /// Removes the configuration of a prefix. Addresses in use stay as they are.
    pub fn forget_prefix(&self, prefix: &str) {
        self.addresses.write().unwrap_or_else(PoisonError::into_inner).remove_prefix(prefix);
    }

    /// Removes the configuration of a pattern. Addresses in use stay as they are.
    pub fn forget_pattern(&self, pattern: &str) {
        self.addresses.write().unwrap_or_else(PoisonError::into_inner).remove(pattern);
    }

    /// The key of an address as a client wrote it.
    pub fn classify<'a>(&self, text: &'a str) -> KeyRef<'a> {
        classify(text, &self.names)
    }

    /// The names by which this router is known.
    pub fn names(&self) -> &LocalNames {
        &self.names
    }

    /// The other routers.
    pub fn routers(&self) -> &Routers {
        &self.routers
    }

    /// How annotations call this router.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// What the configuration says of an address, by its canonical text, if it says anything.
    pub fn configured(&self, key: KeyRef<'_>) -> Option<AddressSettings> {
        self.addresses.read().unwrap_or_else(PoisonError::into_inner).best_match(key.text()).copied()
    }

    /// The configured pattern that decides about an address, by its canonical text, in normal form. That of a prefix ends
    /// with `#`.
    pub fn configured_pattern(&self, key: KeyRef<'_>) -> Option<String> {
        let addresses = self.addresses.read().unwrap_or_else(PoisonError::into_inner);
        addresses.best_pattern(key.text()).map(|(pattern, _)| pattern.to_owned())
    }

    /// What the configuration says of an address, by its canonical text, or the default.
    pub fn settings_for(&self, key: KeyRef<'_>) -> AddressSettings {
        self.configured(key).unwrap_or(AddressSettings::new(self.default_treatment))
    }

    /// A number for a new connection.
    pub fn next_connection(&self) -> ConnId {
        ConnId(self.next_connection.fetch_add(1, Ordering::Relaxed))
    }

    /// A number for a new sender, by which the connections to a neighbour are shared out.
    pub(crate) fn next_sender(&self) -> u32 {
        self.next_sender.fetch_add(1, Ordering::Relaxed)
    }

    /// A number for a new link, for logs and management.
    pub fn next_link(&self) -> u64 {
        self.next_link.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn register(&self, conn: ConnId, mailbox: &Arc<Mailbox>) {
        self.mailboxes.write().unwrap_or_else(PoisonError::into_inner).insert(conn, Arc::clone(mailbox));
    }

    pub(crate) fn unregister(&self, conn: ConnId) {
        self.mailboxes.write().unwrap_or_else(PoisonError::into_inner).remove(&conn);
    }

    pub(crate) fn mailbox(&self, conn: ConnId) -> Option<Arc<Mailbox>> {
        self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).get(&conn).cloned()
    }

    /// The mailboxes of all connections, in the order in which they came.
    pub fn mailboxes(&self) -> Vec<Arc<Mailbox>> {
        let mailboxes = self.mailboxes.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = mailboxes.iter().map(|(conn, mailbox)| (*conn, Arc::clone(mailbox))).collect();
        all.sort_by_key(|(conn, _)| *conn);
        all.into_iter().map(|(_, mailbox)| mailbox).collect()
    }

    /// Number of connections.
    pub fn connection_count(&self) -> usize {
        self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Number of addresses in use, without those that the node itself serves.
    pub fn address_count(&self) -> usize {
        self.table.len().saturating_sub(self.in_process.load(Ordering::Relaxed))
    }

    /// Whether another probe may be taken: each costs as many reports as it has branches, whoever sends it.
    pub(crate) fn admits_probe(&self, now: Time) -> bool {
        let mut probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
        let second = now.as_millis() / 1000;
        if probes.second != second {
            *probes = Probes { second, taken: 0 };
        }
        probes.taken += 1;
        probes.taken <= PROBES
    }

    pub(crate) fn submit(&self, action: Action) {
        let mut actions = self.actions.lock().unwrap_or_else(PoisonError::into_inner);
        actions.queue.push(action);
        if actions.queue.len() == 1
            && let Some(waker) = actions.waker.take()
        {
            drop(actions);
            waker.wake();
        }
    }

    /// Takes all actions into `queue`, which is empty. False if there were none; then `waker` is woken by the next.
    pub(crate) fn take_actions(&self, queue: &mut Vec<Action>, waker: Option<&Waker>) -> bool {
        let mut actions = self.actions.lock().unwrap_or_else(PoisonError::into_inner);
        if actions.queue.is_empty() {
            actions.waker = waker.cloned();
            return false;
        }
        std::mem::swap(&mut actions.queue, queue);
        true
    }
}
