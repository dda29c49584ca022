//! This router among the others: control messages, neighbours, paths, and who else serves which address.

use crossdock_amqp::engine::Time;
use crossdock_core::address::{AddressClass, AddressKey, KeyRef, Treatment};
use crossdock_core::batch::ConnId;
use crossdock_core::mailbox::Mailbox;
use crossdock_core::message::{Head, HeadScanner, NewRouterAnnotations, NewTrace, Want, write_annotations};
use crossdock_core::routers::{Neighbor, Path, RouterIndex, RouterSet, Way};
use crossdock_core::work::Work;
use crossdock_linkstate::message::Message;
use crossdock_linkstate::{self as linkstate, ConnectionKey, Cost, LinkState, Output, RouterId};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::{debug, info, warn};

use super::Node;
use super::retired::Retired;
use crate::shared::Shared;

/// Whose traffic passes here takes long to find out in a large network: changes closer together than this (ms) are taken
/// together.
const ORIGINS_PAUSE: u64 = 200;

/// In networks up to this many routers it is found out at once.
const SMALL_NETWORK: usize = 100;

/// What the node knows of the network.
#[derive(Debug)]
pub(super) struct Mesh {
    link_state: LinkState,
    own: RouterId,
    identity: Arc<str>,
    /// Connections with control links.
    neighbors: HashMap<ConnId, NeighborConnection>,
    /// The connection that further ones with this group belong to.
    groups: HashMap<u64, ConnId>,
    /// Further connections to neighbours.
    data: HashMap<ConnId, DataConnection>,
    routers: BTreeMap<RouterId, RouterIndex>,
    /// Connections to be closed.
    pub(super) retired: BTreeMap<ConnId, Retired>,
    origins_due: Time,
    /// When the topology changed last.
    changed_at: Option<Time>,
}

/// A connection with control links.
#[derive(Debug)]
pub(super) struct NeighborConnection {
    mailbox: Arc<Mailbox>,
    group: u64,
    /// When deliveries came over it last (ms).
    traffic: Arc<AtomicU64>,
    /// Whether the neighbour knows what a probe is.
    takes_probes: bool,
    neighbor: Option<Arc<Neighbor>>,
}

#[derive(Debug)]
struct DataConnection {
    way: Way,
    group: u64,
}

impl NeighborConnection {
    pub(super) fn new(mailbox: Arc<Mailbox>, group: u64, traffic: Arc<AtomicU64>, takes_probes: bool) -> Self {
        Self { mailbox, group, traffic, takes_probes, neighbor: None }
    }
}

impl Mesh {
    pub(super) fn new(shared: &Shared, now: Time) -> Self {
        let own = shared.link_state.id.clone();
        Self {
            link_state: LinkState::new(shared.link_state.clone(), now),
            own,
            identity: shared.identity().into(),
            neighbors: HashMap::new(),
            groups: HashMap::new(),
            data: HashMap::new(),
            routers: BTreeMap::new(),
            retired: BTreeMap::new(),
            origins_due: Time::NEVER,
            changed_at: None,
        }
    }

    pub(super) fn poll_timeout(&self) -> Time {
        let retired = self.retired.values().map(|retired| retired.look_at).min();
        self.link_state.poll_timeout().min(self.origins_due).min(retired.unwrap_or(Time::NEVER))
    }

    /// Has other connections carry what this one carries, as far as there are some.
    pub(super) fn retire(&mut self, conn: ConnId, now: Time) {
        self.link_state.handle_connection_retired(ConnectionKey(conn.0), now);
    }

    /// A connection to a neighbour: its mailbox, when deliveries came over it last, and the further connections that belong
    /// to it.
    pub(super) fn connection(&self, conn: ConnId) -> Option<(&Arc<Mailbox>, Time, Vec<ConnId>)> {
        let neighbor = self.neighbors.get(&conn)?;
        let further = self.data.iter().filter(|(_, data)| neighbor.group != 0 && data.group == neighbor.group);
        let traffic = Time::from_millis(neighbor.traffic.load(Ordering::Relaxed));
        Some((&neighbor.mailbox, traffic, further.map(|(&conn, _)| conn).collect()))
    }

    pub(super) fn link_state(&self) -> &LinkState {
        &self.link_state
    }

    /// The routers to which there is a path, by name.
    pub(super) fn routers(&self) -> &BTreeMap<RouterId, RouterIndex> {
        &self.routers
    }

    /// When the topology changed last.
    pub(super) fn changed_at(&self) -> Option<Time> {
        self.changed_at
    }

    /// This router became a destination of an address.
    pub(super) fn add_local(&mut self, key: &AddressKey, treatment: Treatment) {
        if is_advertised(key) {
            self.link_state.add_local_address(key.as_str(), treatment.hint());
        }
    }

    /// This router is no destination of an address any more.
    pub(super) fn remove_local(&mut self, key: &AddressKey) {
        if is_advertised(key) {
            self.link_state.remove_local_address(key.as_str());
        }
    }

    fn handle_up(&mut self, conn: ConnId, mut connection: NeighborConnection, cost: u32, now: Time) {
        let (mailbox, takes_probes) = (Arc::clone(&connection.mailbox), connection.takes_probes);
        let neighbor = Neighbor::new(Way { conn, mailbox, takes_probes });
        let group = connection.group;
        if group != 0 {
            self.groups.insert(group, conn);
            for data in self.data.values().filter(|data| data.group == group) {
                neighbor.add(data.way.clone());
            }
        }
        connection.neighbor = Some(neighbor);
        self.neighbors.insert(conn, connection);
        self.link_state.handle_connection_up(ConnectionKey(conn.0), Cost::effective(cost, 1), now);
    }

    fn handle_data(&mut self, shared: &Shared, way: Way, group: u64) {
        if let Some(neighbor) = self.neighbor_of(group) {
            neighbor.add(way.clone());
            shared.routers.publish();
        }
        self.data.insert(way.conn, DataConnection { way, group });
    }

    fn neighbor_of(&self, group: u64) -> Option<&Neighbor> {
        self.neighbors.get(self.groups.get(&group)?)?.neighbor.as_deref()
    }

    fn handle_lost(&mut self, shared: &Shared, conn: ConnId, now: Time) {
        if let Some(data) = self.data.remove(&conn) {
            if let Some(neighbor) = self.neighbor_of(data.group) {
                neighbor.remove(conn);
                shared.routers.publish();
            }
            return;
        }
        self.retired.remove(&conn);
        let Some(lost) = self.neighbors.remove(&conn) else { return };
        if self.groups.get(&lost.group) == Some(&conn) {
            self.groups.remove(&lost.group);
            for data in self.data.values().filter(|data| data.group == lost.group) {
                data.way.mailbox.instruct(Work::Close { description: "The connection it belongs to is gone".into() });
            }
        }
        self.link_state.handle_link_lost(ConnectionKey(conn.0), now);
    }

    /// A message that came on a control link: for this router, for all, or for another one. Gives what is to be passed on,
    /// and where, once what it says has been followed here: whoever learns of an address may send to it at once.
    fn handle_control(
        &mut self,
        shared: &Shared,
        conn: ConnId,
        message: &[u8],
        now: Time,
    ) -> Option<(Vec<ConnectionKey>, Arc<[u8]>)> {
        let from = ConnectionKey(conn.0);
        let mut scanner = HeadScanner::new();
        if let Err(malformed) = scanner.finish(message, Want::To, false) {
            debug!(target: "ROUTER_LS", "[{conn}] control message refused: {}", malformed.description());
            // Says why in its own words, counts, and reports once.
            if let Err(error) = Message::decode(message) {
                self.link_state.handle_malformed(error, from);
            }
            return None;
        }
        let head = scanner.head();
        let Ok(Some(destination)) = head.destination(message) else {
            debug!(target: "ROUTER_LS", "[{conn}] control message without destination");
            return None;
        };
        let key = shared.classify(destination.text);
        let is_ours = matches!(key.text(), "qdhello" | "qdrouter" | "qdrouter.ma");
        match key.class() {
            AddressClass::Local if is_ours => self.take_in(message, from, now),
            AddressClass::Topological if is_ours => {
                let trace = trace(head, message);
                let onward = self.take_in_for_all(message, &trace, from, now);
                if !onward.is_empty() {
                    return Some((onward, self.noted(message, head)));
                }
            }
            AddressClass::Router => {
                if trace(head, message).contains(&self.own.as_str()) {
                    return None;
                }
                match self.link_state.connection_towards(&RouterId::new(key.text())) {
                    Some(on) if on != from => return Some((vec![on], self.noted(message, head))),
                    Some(_) | None => {}
                }
            }
            AddressClass::Local
            | AddressClass::Topological
            | AddressClass::Area
            | AddressClass::Mobile
            | AddressClass::LinkRoutePrefixIn
            | AddressClass::LinkRoutePrefixOut
            | AddressClass::LinkRoutePatternIn
            | AddressClass::LinkRoutePatternOut
            | AddressClass::EdgeSummary => {
                debug!(target: "ROUTER_LS", "[{conn}] control message for {}, which no routing protocol uses", destination.text);
            }
        }
        None
    }

    fn take_in(&mut self, message: &[u8], from: ConnectionKey, now: Time) {
        match Message::decode(message) {
            Ok(message) => self.link_state.handle_message(&message, from, now),
            Err(error) => self.link_state.handle_malformed(error, from),
        }
    }

    fn take_in_for_all(
        &mut self,
        message: &[u8],
        trace: &[&str],
        from: ConnectionKey,
        now: Time,
    ) -> Vec<ConnectionKey> {
        match Message::decode(message) {
            Ok(message) => {
                self.link_state.handle_message(&message, from, now);
                self.link_state.pass_on(&message, trace, from, now)
            }
            Err(error) => {
                self.link_state.handle_malformed(error, from);
                Vec::new()
            }
        }
    }

    /// A control message to be passed on, with this router in its trace.
    fn noted(&self, message: &[u8], head: &Head) -> Arc<[u8]> {
        let text = |span: Option<crossdock_core::message::Span>| {
            span.and_then(|span| std::str::from_utf8(span.of(message)).ok())
        };
        let received = head.router_annotations.unwrap_or_default();
        let annotations = NewRouterAnnotations {
            phase: received.phase.unwrap_or_default(),
            stream: received.stream,
            to: text(received.to),
            ingress: text(received.ingress).or(Some(&self.identity)),
            trace: NewTrace::Append(&self.identity),
        };
        let mut out = Vec::with_capacity(message.len() + 64);
        write_annotations(&mut out, message, head, Some(&annotations));
        out.extend_from_slice(message.get(head.rest as usize..).unwrap_or_default());
        out.into()
    }

    fn send(&self, on: &[ConnectionKey], message: &Arc<[u8]>) {
        for on in on {
            if let Some(neighbor) = self.neighbors.get(&ConnId(on.0)) {
                neighbor.mailbox.instruct(Work::Control { message: Arc::clone(message) });
            }
        }
    }

    fn path(&self, path: &linkstate::Path) -> Option<Path> {
        let neighbor = self.neighbors.get(&ConnId(path.connection.0))?.neighbor.clone()?;
        Some(Path { neighbor, next_hop: identity(&path.next_hop), cost: path.cost })
    }

    fn refresh_origins(&mut self, shared: &Shared) {
        self.origins_due = Time::NEVER;
        for (router, origins) in self.link_state.valid_origins() {
            let Some(&index) = self.routers.get(router) else { continue };
            let mut set = RouterSet::default();
            for origin in origins {
                if let Some(&origin) = self.routers.get(origin) {
                    set.insert(origin);
                }
            }
            shared.routers.set_origins(index, set);
        }
    }
}

impl Node {
    pub(super) fn neighbor_up(&mut self, conn: ConnId, connection: NeighborConnection, cost: u32, now: Time) {
        if let Some(mesh) = &mut self.mesh {
            mesh.handle_up(conn, connection, cost, now);
            self.follow_link_state(now);
        }
    }

    pub(super) fn neighbor_data(&mut self, way: Way, group: u64) {
        if let Some(mesh) = &mut self.mesh {
            mesh.handle_data(&self.shared, way, group);
        }
    }

    pub(super) fn neighbor_lost(&mut self, conn: ConnId, now: Time) {
        if let Some(mesh) = &mut self.mesh {
            mesh.handle_lost(&self.shared, conn, now);
            self.follow_link_state(now);
        }
    }

    pub(super) fn control_message(&mut self, conn: ConnId, message: &[u8], now: Time) {
        let Some(mesh) = &mut self.mesh else { return };
        let onward = mesh.handle_control(&self.shared, conn, message, now);
        // Also to one that is no neighbour yet, because it has attached one of its control links only.
        if let Some(mailbox) = self.shared.mailbox(conn) {
            mailbox.instruct(Work::ControlTaken { count: 1 });
        }
        self.follow_link_state(now);
        if let (Some(mesh), Some((on, message))) = (&self.mesh, onward) {
            mesh.send(&on, &message);
        }
    }

    /// Does what is due in the network.
    pub(super) fn tick_mesh(&mut self, now: Time) {
        let Some(mesh) = &mut self.mesh else { return };
        for (conn, neighbor) in &mesh.neighbors {
            let traffic = Time::from_millis(neighbor.traffic.load(Ordering::Relaxed));
            mesh.link_state.handle_traffic(ConnectionKey(conn.0), traffic);
        }
        mesh.link_state.tick(now);
        if mesh.origins_due <= now {
            mesh.refresh_origins(&self.shared);
            self.shared.routers.publish();
        }
        self.follow_link_state(now);
        self.close_retired(now);
    }

    /// Does what the link-state protocol wants done.
    pub(super) fn follow_link_state(&mut self, now: Time) {
        let mut paths_changed = false;
        let mut topology_changed = false;
        while let Some(output) = self.mesh.as_mut().and_then(|mesh| mesh.link_state.poll_output()) {
            match output {
                Output::Send { on, to, message } => {
                    if let Some(mesh) = &self.mesh {
                        mesh.send(&on, &message.encode(&to, &mesh.own).into());
                    }
                }
                Output::Reachable { router, path } | Output::PathChanged { router, path } => {
                    paths_changed = true;
                    self.set_path(&router, &path);
                }
                Output::Unreachable { router } => {
                    paths_changed = true;
                    self.forget_router(&router, now);
                }
                Output::TopologyChanged => topology_changed = true,
                Output::AddressAdded { router, address, hint } => self.add_remote_address(&router, &address, hint),
                Output::AddressRemoved { router, address } => self.remove_remote_address(&router, &address, now),
                Output::Notice(notice) => match notice {
                    linkstate::Notice::OwnIdTaken { .. }
                    | linkstate::Notice::PeerRenamed { .. }
                    | linkstate::Notice::Refused { .. }
                    | linkstate::Notice::TooManyRouters { .. } => warn!(target: "ROUTER_LS", "{notice}"),
                    linkstate::Notice::NeighborGained { .. }
                    | linkstate::Notice::NeighborMoved { .. }
                    | linkstate::Notice::NeighborLost { .. }
                    | linkstate::Notice::Restarted { .. }
                    | linkstate::Notice::Expired { .. }
                    | linkstate::Notice::Forgotten { .. } => info!(target: "ROUTER_LS", "{notice}"),
                },
            }
        }
        let Some(mesh) = &mut self.mesh else { return };
        if topology_changed {
            mesh.changed_at = Some(now);
            if mesh.routers.len() <= SMALL_NETWORK {
                mesh.refresh_origins(&self.shared);
            } else if mesh.origins_due == Time::NEVER {
                mesh.origins_due = now.plus_millis(ORIGINS_PAUSE);
            }
        }
        if paths_changed || topology_changed {
            self.shared.routers.set_radius(mesh.link_state.radius());
            self.shared.routers.publish();
        }
    }

    fn set_path(&mut self, router: &RouterId, path: &linkstate::Path) {
        let Some(mesh) = &mut self.mesh else { return };
        let Some(path) = mesh.path(path) else { return };
        let index = self.shared.routers.set_path(&identity(router), path);
        if mesh.routers.insert(router.clone(), index).is_none() {
            let key = KeyRef::new(AddressClass::Router, router.as_str()).to_key();
            self.add_remote(key, Some(Treatment::Closest), index);
        }
    }

    fn forget_router(&mut self, router: &RouterId, now: Time) {
        let Some(index) = self.mesh.as_mut().and_then(|mesh| mesh.routers.remove(router)) else { return };
        self.remove_remote(KeyRef::new(AddressClass::Router, router.as_str()), index, now);
        self.shared.routers.remove(&identity(router));
    }

    fn add_remote_address(&mut self, router: &RouterId, address: &str, hint: Option<i64>) {
        let Some(&index) = self.mesh.as_ref().and_then(|mesh| mesh.routers.get(router)) else { return };
        let Ok(key) = AddressKey::parse(address) else { return };
        if self.add_remote_link_route(&key, index) {
            return;
        }
        if key.class() == AddressClass::Mobile {
            self.add_remote(key, hint.and_then(Treatment::from_hint), index);
        }
    }

    fn remove_remote_address(&mut self, router: &RouterId, address: &str, now: Time) {
        let Some(&index) = self.mesh.as_ref().and_then(|mesh| mesh.routers.get(router)) else { return };
        if let Ok(key) = AddressKey::parse(address)
            && !self.remove_remote_link_route(key.key_ref(), index)
        {
            self.remove_remote(key.key_ref(), index, now);
        }
    }
}

/// Whether other routers are told who serves the address.
fn is_advertised(key: &AddressKey) -> bool {
    key.class().is_synchronised() && !(key.class() == AddressClass::Mobile && key.text().starts_with('$'))
}

/// How annotations call a router.
fn identity(router: &RouterId) -> Arc<str> {
    format!("0/{router}").into()
}

/// The routers in a message's trace, without area.
fn trace<'m>(head: &Head, message: &'m [u8]) -> Vec<&'m str> {
    let entries = head.router_annotations.iter().flat_map(|annotations| annotations.trace_entries(message));
    entries
        .filter_map(|entry| std::str::from_utf8(entry).ok())
        .map(|entry| entry.strip_prefix("0/").unwrap_or(entry))
        .collect()
}
