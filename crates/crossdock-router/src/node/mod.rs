//! The control plane of one router: who sends to and who receives from which address, here and elsewhere.

mod agent;
mod auto_links;
mod companions;
mod container;
mod endpoint;
mod link_routes;
mod mesh;
mod records;
mod retired;
mod traces;

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{LinkId, LinkRole, Time};
use crossdock_core::address::{AddressClass, KeyRef};
use crossdock_core::address::{AddressKey, Phase, RouterMode, Treatment, dynamic_address, dynamic_target_address};
use crossdock_core::batch::ConnId;
use crossdock_core::mailbox::Mailbox;
use crossdock_core::routers::{RouterIndex, Way};
use crossdock_core::table::{AddressEntry, Destination, Party};
use crossdock_core::work::{Action, AttachRequest, Wish, Work};
use crossdock_linkstate::LinkState;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;

use crate::shared::Shared;
use agent::Agent;
use auto_links::AutoLinks;
use endpoint::Endpoint;
use link_routes::LinkRoutes;
use mesh::{Mesh, NeighborConnection};
use records::Records;
use traces::Traces;

pub use agent::{COMPATIBLE_VERSION, ConnectionCounts, ConnectorFare, Platform, StartFailure};

/// The one node of a router. It alone changes the address table; connections tell it of links by [`Action`]s and are told
/// by [`Work`].
#[derive(Debug)]
pub struct Node {
    shared: Arc<Shared>,
    addresses: HashMap<AddressKey, Address>,
    records: Records,
    actions: Vec<Action>,
    /// The network, if this is an interior router.
    mesh: Option<Mesh>,
    link_routes: LinkRoutes,
    endpoint: Endpoint,
    /// Takes what clients send to addresses of routing protocols.
    sink: Endpoint,
    agent: Agent,
    auto_links: AutoLinks,
    traces: Traces,
}

#[derive(Debug)]
struct Address {
    entry: Arc<AddressEntry>,
    /// Addresses are numbered in the order in which they came into use.
    number: u64,
    producers: BTreeMap<(ConnId, LinkId), Producer>,
    /// Links here that take deliveries.
    consumers: usize,
    /// Link routes of this router that are for it, and connections on which they are active.
    link_routes: usize,
    containers: usize,
    /// Routers that have destinations.
    remote: usize,
    /// Whether the node itself takes deliveries.
    in_process: bool,
    /// How the last destination was lost, while there is none.
    lost: Option<Loss>,
    /// The addresses that this one stands by.
    stands_by: Vec<AddressKey>,
    /// Whether it is configured to be spread over others.
    is_sharded: bool,
}

/// The end of an address's last destination.
#[derive(Debug)]
struct Loss {
    at: Time,
    /// Where it was, as annotations call the router, if not here.
    router: Option<Arc<str>>,
}

#[derive(Debug)]
struct Producer {
    mailbox: Arc<Mailbox>,
    party: Party,
}

impl Node {
    /// The node of the router that `shared` belongs to.
    pub fn new(shared: Arc<Shared>, now: Time) -> Self {
        let mesh = (shared.names().mode() == RouterMode::Interior).then(|| Mesh::new(&shared, now));
        let mut node = Self {
            shared,
            addresses: HashMap::new(),
            records: Records::default(),
            actions: Vec::new(),
            mesh,
            link_routes: LinkRoutes::default(),
            endpoint: Endpoint::new(),
            sink: Endpoint::sink(),
            agent: Agent::new(now),
            auto_links: AutoLinks::default(),
            traces: Traces::default(),
        };
        node.serve_addresses();
        node
    }

    /// Has management done by this platform.
    pub fn set_platform(&mut self, platform: Box<dyn Platform>) {
        self.agent.set_platform(platform);
    }

    /// Handles what connections have submitted. False if there was nothing; then `waker` is woken when there is.
    pub fn handle_actions(&mut self, now: Time, waker: Option<&Waker>) -> bool {
        if let Some(waker) = waker {
            self.endpoint.register(waker);
            self.sink.register(waker);
        }
        let requested = self.handle_requests(now);
        let mut actions = std::mem::take(&mut self.actions);
        let any = self.shared.take_actions(&mut actions, waker) | requested;
        for action in actions.drain(..) {
            match action {
                Action::Attach(request) => self.attach(&request, now),
                Action::AutoLinkLost { auto_link, conn, error } => self.auto_link_lost(auto_link, conn, error, now),
                Action::Linked { link, record } => self.records.add_link(link, record),
                Action::Detach { number } => self.detach(number, now),
                Action::Opened { record } => {
                    self.records.add_connection(Arc::clone(&record));
                    self.attach_auto_links(&record);
                    self.activate_link_routes(record.id);
                }
                Action::Closed { conn } => {
                    self.deactivate_link_routes(conn);
                    self.records.remove_connection(conn);
                    self.forget_auto_links(conn);
                }
                Action::NeighborUp { conn, mailbox, cost, group, traffic, takes_probes } => {
                    let connection = NeighborConnection::new(mailbox, group, traffic, takes_probes);
                    self.neighbor_up(conn, connection, cost, now);
                }
                Action::NeighborData { conn, mailbox, group, takes_probes } => {
                    self.neighbor_data(Way { conn, mailbox, takes_probes }, group);
                }
                Action::Probe(news) => self.probe_news(news, now),
                Action::NeighborLost { conn } => self.neighbor_lost(conn, now),
                Action::NeighborRetired { conn, description } => self.retire_neighbor(conn, description, now),
                Action::Control { conn, message } => self.control_message(conn, &message, now),
            }
        }
        self.actions = actions;
        any
    }

    /// When [`Node::handle_timeout`] wants to be called, at the latest.
    pub fn poll_timeout(&self) -> Time {
        let mesh = self.mesh.as_ref().map_or(Time::NEVER, Mesh::poll_timeout);
        mesh.min(self.auto_links.poll_timeout()).min(self.traces.poll_timeout())
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        self.tick_mesh(now);
        self.tick_auto_links(now);
        self.tick_traces(now);
    }

    /// What the link-state protocol knows; none unless this is an interior router.
    pub fn link_state(&self) -> Option<&LinkState> {
        self.mesh.as_ref().map(Mesh::link_state)
    }

    fn attach(&mut self, request: &AttachRequest, now: Time) {
        let link = request.link;
        let work = match self.admit(request) {
            Ok(work) => {
                if let Some(auto_link) = request.auto_link {
                    self.auto_link_active(auto_link, request.conn, request.record.number(), now);
                }
                work
            }
            Err((condition, description)) => Work::Refuse { link, condition, description },
        };
        if !request.mailbox.instruct(work) {
            // The connection went while its attach was under way, and its farewell came before this.
            self.detach(request.record.number(), now);
        }
    }

    fn admit(&mut self, request: &AttachRequest) -> Result<Work, (Condition, &'static str)> {
        if let Some(routed) = self.route_link(request) {
            if routed.is_ok() {
                self.records.add_link(request.link, Arc::clone(&request.record));
            }
            return routed;
        }
        let shared = Arc::clone(&self.shared);
        let link = request.link;
        let (key, dynamic) = match (&request.wish, request.role) {
            (Wish::Anonymous, LinkRole::Receiver) => {
                self.records.add_link(link, Arc::clone(&request.record));
                return Ok(Work::Accept { link, entry: None, dynamic: None, reachable: true });
            }
            (Wish::Anonymous, LinkRole::Sender) => {
                return Err((Condition::NoRouteToDest, "No route to the destination node"));
            }
            (Wish::Coordinator, _) => {
                return Err((
                    Condition::PreconditionFailed,
                    "The router can't coordinate transactions by itself, a linkRoute to a coordinator must be configured \
                     to use transactions.",
                ));
            }
            (Wish::Dynamic | Wish::DynamicAt(_), LinkRole::Sender) => {
                let (text, key) = dynamic_address(shared.names(), &(shared.entropy)());
                (key, Some(text))
            }
            (Wish::Dynamic | Wish::DynamicAt(_), LinkRole::Receiver) => {
                let (text, key) = dynamic_target_address(&(shared.entropy)());
                (key, Some(text))
            }
            (Wish::Address(text), role) => (self.key(text, request.phase, role), None),
        };
        if request.role == LinkRole::Sender && self.addresses.get(&key).is_some_and(|address| address.in_process) {
            return Err((Condition::Forbidden, "Connectivity to the node is forbidden"));
        }
        if key.class() == AddressClass::Router && request.role == LinkRole::Sender {
            return Err((Condition::NoRouteToDest, "No route to the destination node"));
        }
        if !self.addresses.contains_key(&key) {
            let settings = shared.settings_for(key.key_ref());
            let treatment = if key.class() == AddressClass::Router {
                Treatment::Closest
            } else if dynamic.is_some() {
                Treatment::Balanced
            } else {
                settings.treatment
            };
            if treatment == Treatment::Unavailable {
                return Err((Condition::NotFound, "Node not found"));
            }
            let treatment = if key.phase() == Phase::FALLBACK { Treatment::Balanced } else { treatment };
            self.create(key.clone(), treatment, settings.priority);
        }
        let Some(address) = self.addresses.get_mut(&key) else {
            return Err((Condition::InternalError, "Address is gone"));
        };
        let entry = Arc::clone(&address.entry);
        match request.role {
            LinkRole::Receiver => {
                let producer = Producer { mailbox: Arc::clone(&request.mailbox), party: request.party };
                address.producers.insert((request.conn, link), producer);
            }
            LinkRole::Sender => {
                address.consumers += 1;
                address.lost = None;
                entry.add(Destination {
                    conn: request.conn,
                    mailbox: Arc::clone(&request.mailbox),
                    link,
                    counters: Arc::clone(&request.counters),
                    annotated: request.annotated,
                    party: request.party,
                });
                if address.consumers == 1 {
                    if let Some(mesh) = &mut self.mesh {
                        mesh.add_local(&key, entry.treatment());
                    }
                    self.destinations_changed(key.key_ref());
                }
            }
        }
        let reachable = self.addresses.get(&key).is_some_and(|address| self.is_reachable(address));
        request.record.set_address(&entry);
        self.records.add_link(link, Arc::clone(&request.record));
        Ok(Work::Accept { link, entry: Some(entry), dynamic, reachable })
    }

    /// The key of what a link names.
    fn key(&self, text: &str, phase: Option<Phase>, role: LinkRole) -> AddressKey {
        let key = self.shared.classify(text);
        match (role, phase) {
            (LinkRole::Receiver, None) => self.shared.producer_key(key),
            (LinkRole::Sender, None) => key.in_phase(self.shared.settings_for(key).egress).to_key(),
            // Whoever plays a waypoint means the address itself.
            (LinkRole::Receiver | LinkRole::Sender, Some(phase)) => key.in_phase(phase).to_key(),
        }
    }

    fn create(&mut self, key: AddressKey, treatment: Treatment, priority: Option<u8>) {
        let entry = AddressEntry::new(key.clone(), treatment, priority);
        self.shared.table.insert(Arc::clone(&entry));
        let number = self.records.add_address(Arc::clone(&entry));
        let address = Address {
            entry,
            number,
            producers: BTreeMap::new(),
            consumers: 0,
            link_routes: 0,
            containers: 0,
            remote: 0,
            in_process: false,
            stands_by: Vec::new(),
            is_sharded: false,
            lost: None,
        };
        self.addresses.insert(key.clone(), address);
        self.link_companions(&key);
    }

    /// A router became a destination of an address. `hint` is the treatment for an address that is new here and not
    /// configured.
    fn add_remote(&mut self, key: AddressKey, hint: Option<Treatment>, router: RouterIndex) {
        if !self.addresses.contains_key(&key) {
            let configured = self.shared.configured(key.key_ref());
            let treatment = match (configured, hint) {
                (_, _) if key.phase() == Phase::FALLBACK => Treatment::Balanced,
                (Some(settings), _) if key.class() == AddressClass::Mobile => settings.treatment,
                (_, Some(hint)) => hint,
                (_, None) => {
                    let default = self.shared.settings_for(key.key_ref()).treatment;
                    if default == Treatment::Unavailable { Treatment::Balanced } else { default }
                }
            };
            if treatment == Treatment::Unavailable {
                return;
            }
            self.create(key.clone(), treatment, configured.and_then(|settings| settings.priority));
        }
        let Some(address) = self.addresses.get_mut(&key) else { return };
        if address.entry.add_router(router) {
            address.remote += 1;
            address.lost = None;
            if address.remote == 1 && address.consumers == 0 {
                self.destinations_changed(key.key_ref());
            }
        }
    }

    fn remove_remote(&mut self, key: KeyRef<'_>, router: RouterIndex, now: Time) {
        let Some(address) = self.addresses.get_mut(&key) else { return };
        if address.entry.remove_router(router) {
            address.remote -= 1;
            if !address.has_destinations() {
                let router = self.shared.routers.router(router).map(|router| router.identity);
                address.lost = Some(Loss { at: now, router });
                self.destinations_changed(key);
            }
            self.retire_if_unused(key);
        }
    }

    fn retire_if_unused(&mut self, key: KeyRef<'_>) {
        // With it those that exist for its sake alone, and then perhaps it for theirs.
        for primary in self.addresses.get(&key).map_or(Vec::new(), |address| address.stands_by.clone()) {
            self.retire_if_unused(primary.key_ref());
        }
        if let Some(address) = self.addresses.get(&key)
            && !self.is_in_use(address)
            && address.link_routes == 0
        {
            let key = address.entry.key().clone();
            if let Some(address) = self.addresses.remove(&key) {
                self.records.remove_address(address.number);
                self.shared.table.remove(&key);
                self.part_companions(&address);
            }
        }
    }

    fn detach(&mut self, number: u64, now: Time) {
        let Some((link, record)) = self.records.remove_link(number) else { return };
        let Some(key) = record.address().map(|entry| entry.key()) else { return };
        let Some(address) = self.addresses.get_mut(key) else { return };
        let conn = record.conn();
        match record.role() {
            LinkRole::Receiver => {
                address.producers.remove(&(conn, link));
            }
            LinkRole::Sender => {
                address.consumers -= 1;
                address.entry.remove(conn, link);
                if address.consumers == 0 {
                    if let Some(mesh) = &mut self.mesh {
                        mesh.remove_local(key);
                    }
                    if !address.has_destinations() {
                        address.lost = Some(Loss { at: now, router: None });
                        self.destinations_changed(key.key_ref());
                    }
                }
            }
        }
        self.retire_if_unused(key.key_ref());
    }
}

impl Address {
    /// Whether anybody takes deliveries of the address itself.
    fn has_destinations(&self) -> bool {
        self.in_process || self.consumers + self.remote > 0
    }

    /// There is somebody to send to now.
    fn tell_producers(&self) {
        for (&(_, link), producer) in &self.producers {
            producer.mailbox.instruct(Work::Reachable { link });
        }
    }

    /// There is nobody to send to any more. Clients learn it from their next delivery; what a container keeps it had better
    /// not send at all.
    fn tell_containers(&self) {
        for (&(_, link), producer) in self.producers.iter().filter(|(_, of)| of.party == Party::RouteContainer) {
            producer.mailbox.instruct(Work::Unreachable { link });
        }
    }
}
