//! Link routes: which links of clients go on to which container, here or at another router.
//!
//! What is wanted comes from the configuration, from management, and from containers for their own connections. A link route
//! is active while there is a connection to its container; then other routers are told its address, in a class of its own
//! (`Clr`: prefix `lr`, client senders). What they tell this router of theirs is in the same tree, so that one look finds
//! whoever serves an address.

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::LinkRole;
use crossdock_core::address::{AddressClass, AddressKey, KeyRef, Treatment};
use crossdock_core::batch::ConnId;
use crossdock_core::pattern::PatternTree;
use crossdock_core::record::ConnectionRole;
use crossdock_core::routed::{LinkWay, Rewrite};
use crossdock_core::routers::RouterIndex;
use crossdock_core::work::{AttachRequest, Wish, Work};
use std::collections::BTreeMap;
use std::sync::Arc;
use tracing::info;

use super::Node;
use super::container::Container;

/// What a coordinator of transactions is looked up as.
const COORDINATOR: &str = "$coordinator";

/// A link route of this router.
#[derive(Debug)]
pub(super) struct LinkRoute {
    pub(super) key: AddressKey,
    pub(super) role: LinkRole,
    pub(super) pattern: String,
    pub(super) name: Option<String>,
    pub(super) container: Container,
    rewrite: Option<Arc<Rewrite>>,
    /// The connections to its container, in the order in which they came.
    active: Vec<ConnId>,
}

impl LinkRoute {
    /// For links of which this router's end has this `role`.
    pub(super) fn new(place: Place<'_>, role: LinkRole, container: Container, rewrite: Rewrite) -> Self {
        let (key, pattern) = place.key(role);
        let rewrite = (rewrite != Rewrite::default()).then(|| Arc::new(rewrite));
        Self { key, role, pattern, name: None, container, rewrite, active: Vec::new() }
    }

    pub(super) fn is_active(&self) -> bool {
        !self.active.is_empty()
    }
}

/// The addresses that a link route is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// All that begin so.
    Prefix(&'a str),
    /// All that match.
    Pattern(&'a str),
}

impl Place<'_> {
    /// The key by which routers know it, and the pattern in the tree. What can be written as a prefix is.
    fn key(self, role: LinkRole) -> (AddressKey, String) {
        let separators: &[char] = &['.', '/'];
        let prefix = match self {
            Self::Prefix(prefix) => Some(prefix),
            Self::Pattern(pattern) => {
                let front = pattern.strip_suffix('#').and_then(|front| front.strip_suffix(separators));
                let is_plain = |front: &str| front.split(separators).all(|token| token != "*" && token != "#");
                front.filter(|front| !front.is_empty() && is_plain(front))
            }
        };
        let (class, text, pattern) = match (prefix, self) {
            (Some(prefix), _) => {
                let prefix = prefix.trim_end_matches(separators);
                (prefix_class(role), prefix, format!("{prefix}/#"))
            }
            (None, Self::Prefix(text) | Self::Pattern(text)) => (pattern_class(role), text, text.to_owned()),
        };
        (KeyRef::new(class, text).to_key(), pattern)
    }
}

fn prefix_class(role: LinkRole) -> AddressClass {
    match role {
        LinkRole::Receiver => AddressClass::LinkRoutePrefixIn,
        LinkRole::Sender => AddressClass::LinkRoutePrefixOut,
    }
}

fn pattern_class(role: LinkRole) -> AddressClass {
    match role {
        LinkRole::Receiver => AddressClass::LinkRoutePatternIn,
        LinkRole::Sender => AddressClass::LinkRoutePatternOut,
    }
}

/// The role and the pattern of an address that another router tells of; none if it is not one of link routes.
fn read_key(key: KeyRef<'_>) -> Option<(LinkRole, String)> {
    match key.class() {
        AddressClass::LinkRoutePrefixIn => Some((LinkRole::Receiver, format!("{}/#", key.text()))),
        AddressClass::LinkRoutePrefixOut => Some((LinkRole::Sender, format!("{}/#", key.text()))),
        AddressClass::LinkRoutePatternIn => Some((LinkRole::Receiver, key.text().to_owned())),
        AddressClass::LinkRoutePatternOut => Some((LinkRole::Sender, key.text().to_owned())),
        AddressClass::Local
        | AddressClass::Topological
        | AddressClass::Router
        | AddressClass::Area
        | AddressClass::Mobile
        | AddressClass::EdgeSummary => None,
    }
}

/// All link routes, and those of other routers.
#[derive(Debug, Default)]
pub(super) struct LinkRoutes {
    /// By their identity.
    all: BTreeMap<u64, LinkRoute>,
    incoming: PatternTree<Served>,
    outgoing: PatternTree<Served>,
}

/// Who serves a pattern.
#[derive(Debug, Default)]
struct Served {
    /// How many link routes of this router are for it, active or not.
    wanted: usize,
    /// Connections of this router, and the link routes they are of.
    local: Vec<(ConnId, u64)>,
    /// Other routers, each as often as it says so.
    remote: Vec<RouterIndex>,
    turn: usize,
}

impl LinkRoutes {
    fn tree(&mut self, role: LinkRole) -> &mut PatternTree<Served> {
        match role {
            LinkRole::Receiver => &mut self.incoming,
            LinkRole::Sender => &mut self.outgoing,
        }
    }

    /// Changes who serves a pattern; false if it is none.
    fn change(&mut self, role: LinkRole, pattern: &str, change: impl FnOnce(&mut Served)) -> bool {
        let tree = self.tree(role);
        if let Some(served) = tree.get_mut(pattern) {
            change(served);
            if served.wanted == 0 && served.remote.is_empty() {
                tree.remove(pattern);
            }
            return true;
        }
        let mut served = Served::default();
        change(&mut served);
        tree.insert(pattern, served).is_ok()
    }

    pub(super) fn get(&self, number: u64) -> Option<&LinkRoute> {
        self.all.get(&number)
    }

    /// Those that the peer of a connection wants for itself.
    pub(super) fn of_connection(&self, conn: ConnId) -> impl Iterator<Item = (u64, &LinkRoute)> {
        let own = Container::Own(conn);
        self.all.iter().filter(move |(_, route)| route.container == own).map(|(number, route)| (*number, route))
    }
}

impl Node {
    /// Makes a link route. Returns its number; none if its pattern is none.
    pub(super) fn add_link_route(&mut self, route: LinkRoute) -> Option<u64> {
        let number = self.shared.next_link();
        if !self.link_routes.change(route.role, &route.pattern, |served| served.wanted += 1) {
            return None;
        }
        self.link_address(&route.key);
        self.link_routes.all.insert(number, route);
        let to: Vec<ConnId> = self.connections().map(|record| record.id).collect();
        for conn in to {
            self.activate(number, conn);
        }
        Some(number)
    }

    /// Takes a link route out. Links that went by it stay.
    pub(super) fn remove_link_route(&mut self, number: u64) -> bool {
        let Some(route) = self.link_routes.all.get(&number) else { return false };
        for conn in route.active.clone() {
            self.deactivate(number, conn);
        }
        let Some(route) = self.link_routes.all.remove(&number) else { return false };
        self.link_routes.change(route.role, &route.pattern, |served| served.wanted -= 1);
        self.retire_link_address(route.key.key_ref());
        true
    }

    /// A connection is open: link routes to whoever is at its other end are active.
    pub(super) fn activate_link_routes(&mut self, conn: ConnId) {
        let numbers: Vec<u64> = self.link_routes.all.keys().copied().collect();
        for number in numbers {
            self.activate(number, conn);
        }
    }

    fn activate(&mut self, number: u64, conn: ConnId) {
        let Some(record) = self.connection(conn).cloned() else { return };
        let Some(route) = self.link_routes.all.get_mut(&number) else { return };
        if !route.container.is(&record) || route.active.contains(&conn) {
            return;
        }
        route.active.push(conn);
        let (role, pattern, key) = (route.role, route.pattern.clone(), route.key.clone());
        info!(target: "ROUTER_CORE", "Link Route Activated '{}' on connection {conn}", key.as_str());
        self.link_routes.change(role, &pattern, |served| served.local.push((conn, number)));
        if let Some(address) = self.addresses.get_mut(&key) {
            address.containers += 1;
            if address.containers == 1
                && let Some(mesh) = &mut self.mesh
            {
                mesh.add_local(&key, Treatment::LinkBalanced);
            }
        }
    }

    /// A connection is gone, and with it what its peer wanted for itself.
    pub(super) fn deactivate_link_routes(&mut self, conn: ConnId) {
        let active: Vec<u64> = self
            .link_routes
            .all
            .iter()
            .filter(|(_, route)| route.active.contains(&conn))
            .map(|(number, _)| *number)
            .collect();
        for number in active {
            self.deactivate(number, conn);
        }
        let own: Vec<u64> = self.link_routes.of_connection(conn).map(|(number, _)| number).collect();
        for number in own {
            self.remove_link_route(number);
        }
    }

    fn deactivate(&mut self, number: u64, conn: ConnId) {
        let Some(route) = self.link_routes.all.get_mut(&number) else { return };
        route.active.retain(|active| *active != conn);
        let (role, pattern, key) = (route.role, route.pattern.clone(), route.key.clone());
        info!(target: "ROUTER_CORE", "Link Route Deactivated '{}' on connection {conn}", key.as_str());
        self.link_routes.change(role, &pattern, |served| served.local.retain(|local| *local != (conn, number)));
        if let Some(address) = self.addresses.get_mut(&key) {
            address.containers -= 1;
            if address.containers == 0
                && let Some(mesh) = &mut self.mesh
            {
                mesh.remove_local(&key);
            }
        }
    }

    /// The address of a link route, for whoever wants to see it.
    fn link_address(&mut self, key: &AddressKey) {
        if !self.addresses.contains_key(key) {
            self.create(key.clone(), Treatment::LinkBalanced, None);
        }
        if let Some(address) = self.addresses.get_mut(key) {
            address.link_routes += 1;
        }
    }

    fn retire_link_address(&mut self, key: KeyRef<'_>) {
        if let Some(address) = self.addresses.get_mut(&key) {
            address.link_routes -= 1;
        }
        self.retire_if_unused(key);
    }

    /// Another router serves addresses by link routes. False if the key is of another kind.
    pub(super) fn add_remote_link_route(&mut self, key: &AddressKey, router: RouterIndex) -> bool {
        let Some((role, pattern)) = read_key(key.key_ref()) else { return false };
        if !self.addresses.contains_key(key) {
            self.create(key.clone(), Treatment::LinkBalanced, None);
        }
        if let Some(address) = self.addresses.get_mut(key)
            && address.entry.add_router(router)
        {
            address.remote += 1;
            if !self.link_routes.change(role, &pattern, |served| served.remote.push(router)) {
                info!(target: "ROUTER_CORE", "Link route '{}' of another router has too many tokens", key.as_str());
            }
        }
        true
    }

    /// Another router does not any more.
    pub(super) fn remove_remote_link_route(&mut self, key: KeyRef<'_>, router: RouterIndex) -> bool {
        let Some((role, pattern)) = read_key(key) else { return false };
        if let Some(address) = self.addresses.get_mut(&key)
            && address.entry.remove_router(router)
        {
            address.remote -= 1;
            self.link_routes.change(role, &pattern, |served| {
                if let Some(at) = served.remote.iter().position(|remote| *remote == router) {
                    served.remote.remove(at);
                }
            });
            self.retire_if_unused(key);
        }
        true
    }

    /// Where a link goes that a link route speaks for; none if none does.
    pub(super) fn route_link(&mut self, request: &AttachRequest) -> Option<Result<Work, (Condition, &'static str)>> {
        const NO_ROUTE: (Condition, &str) = (Condition::NoRouteToDest, "No route to the destination node");
        if request.auto_link.is_some() {
            return None;
        }
        let between_routers =
            self.connection(request.conn).is_some_and(|record| record.role == ConnectionRole::InterRouter);
        let address = match &request.wish {
            Wish::Address(text) => {
                let key = self.shared.classify(text);
                let is_own = self.addresses.get(&key).is_some_and(|address| address.in_process);
                (key.class() == AddressClass::Mobile && !is_own).then(|| key.text().to_owned())
            }
            Wish::DynamicAt(text) => Some(self.shared.classify(text).text().to_owned()),
            Wish::Coordinator => Some(COORDINATOR.to_owned()),
            Wish::Dynamic | Wish::Anonymous => None,
        };
        let pattern = address.and_then(|address| {
            let (pattern, _) = self.link_routes.tree(request.role).best_pattern(&address)?;
            Some(pattern.to_owned())
        });
        let Some(pattern) = pattern else {
            // Routers attach only what goes on.
            let must = between_routers || matches!(request.wish, Wish::DynamicAt(_));
            return must.then_some(Err(NO_ROUTE));
        };
        if request.is_resumable && !self.agent.allows_resumable_link_routes() {
            return Some(Err((Condition::LinkExpiration, "Requested link expiration not allowed")));
        }
        let link = request.link;
        Some(self.choose_way(request, &pattern).map(|way| Work::Route { link, way }).ok_or(NO_ROUTE))
    }

    /// A connection of this router by turns; if there is none, the nearest of the other routers, by turns among those that are
    /// as near. Never back to where the link comes from.
    fn choose_way(&mut self, request: &AttachRequest, pattern: &str) -> Option<LinkWay> {
        let served = self.link_routes.tree(request.role).get(pattern)?;
        let local: Vec<_> = served.local.iter().copied().filter(|(conn, _)| *conn != request.conn).collect();
        let turn = served.turn;
        let way = if let Some(&(conn, number)) = pick(&local, turn) {
            let rewrite = self.link_routes.all.get(&number).and_then(|route| route.rewrite.clone());
            LinkWay { conn, mailbox: self.shared.mailbox(conn)?, rewrite }
        } else {
            let routers = self.shared.routers();
            let paths = served.remote.iter().filter_map(|&router| routers.router(router)).map(|router| router.path);
            let onward = |path: &crossdock_core::routers::Path| {
                let ways = path.neighbor.ways();
                !ways.is_empty() && ways.iter().all(|way| way.conn != request.conn)
            };
            let paths: Vec<_> = paths.filter(onward).collect();
            let nearest = paths.iter().map(|path| path.cost).min()?;
            let nearest: Vec<_> = paths.iter().filter(|path| path.cost == nearest).collect();
            let neighbor = &pick(&nearest, turn)?.neighbor;
            let way = neighbor.way(turn as u32)?;
            LinkWay { conn: way.conn, mailbox: way.mailbox, rewrite: None }
        };
        self.link_routes.change(request.role, pattern, |served| served.turn = served.turn.wrapping_add(1));
        Some(way)
    }
}

fn pick<T>(all: &[T], turn: usize) -> Option<&T> {
    all.get(turn.checked_rem(all.len())?)
}
