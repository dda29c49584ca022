//! From the trees of all files to the mesh.

use crossdock_schema::{Entity, EntityKind, Role, RouterMode, port_number};

use super::item::{Item, check_settings};
use super::items::{Broker, ClientClass, Connection, Listener, Router};
use super::names::resolve;
use super::{Accepted, LayoutWish, Mesh};
use crate::diagnostic::{Code, Diagnostics};
use crate::format;
use crate::text::{Node, Place, Scope, Tree, expand_list, substitute};

/// Builds the mesh of these files, the main one first.
pub(crate) struct Builder<'a> {
    pub(super) mesh: Mesh,
    pub(super) scope: Scope,
    pub(super) files: &'a [Node],
    pub(super) diagnostics: &'a mut Diagnostics,
}

/// The mesh that these files mean, the main one first. `set` overrules variables.
pub(crate) fn build(
    names: Vec<String>,
    files: &[Node],
    set: &[(String, String)],
    diagnostics: &mut Diagnostics,
) -> Mesh {
    let mut scope = Scope::default();
    // Those included come later in the list and are overruled.
    for file in files.iter().rev() {
        if let Some(vars) = file.entry("vars") {
            scope.extend(&vars.node, diagnostics);
        }
    }
    for (name, value) in set {
        scope.set(name, value.clone());
    }
    let mesh = Mesh { files: names, ..Mesh::default() };
    let mut builder = Builder { mesh, scope, files, diagnostics };
    builder.head();
    builder.routers();
    builder.connections();
    builder.brokers();
    builder.addresses();
    builder.auto_links();
    builder.link_routes();
    builder.shards();
    builder.clients();
    builder.simulation();
    builder.mesh
}

impl Builder<'_> {
    /// The items of one of the lists of all files, ready to be read.
    pub(super) fn items(&mut self, list: &str) -> Vec<Node> {
        let mut out = Vec::new();
        for file in self.files {
            if let Some(Tree::List(items)) = file.entry(list).map(|entry| &entry.node.tree) {
                out.extend(expand_list(items, &self.scope, self.diagnostics));
            }
        }
        out
    }

    pub(super) fn router_ids(&self) -> Vec<String> {
        self.mesh.routers.iter().map(|router| router.id.clone()).collect()
    }

    pub(super) fn resolve_routers(&mut self, names: &[(String, Place)]) -> Vec<String> {
        resolve(names, &self.router_ids(), "router", Code::UnknownRouter, self.diagnostics)
    }

    pub(super) fn resolve_brokers(&mut self, names: &[(String, Place)]) -> Vec<String> {
        let ids: Vec<String> = self.mesh.brokers.iter().map(|broker| broker.id.clone()).collect();
        resolve(names, &ids, "broker", Code::UnknownBroker, self.diagnostics)
    }

    fn head(&mut self) {
        for (index, file) in self.files.iter().enumerate() {
            // The lists are checked item by item, after their templates are expanded.
            let Some(item) = Item::new(file, &format::MESH, self.diagnostics) else { continue };
            if index == 0 {
                self.mesh.name = item.text("name").unwrap_or_default();
                self.mesh.description = item.text("description").unwrap_or_default();
            }
            if let Some(node) = item.node("draw")
                && let Some(draw) =
                    Item::new(&substitute(node, &self.scope, self.diagnostics), &format::DRAW, self.diagnostics)
            {
                let tiers = draw.texts("tiers").into_iter().map(|(tier, _)| tier).collect();
                self.mesh.layout = LayoutWish { layout: draw.text("layout").filter(|layout| layout != "auto"), tiers };
            }
        }
        for node in self.items("accept") {
            let Some(item) = Item::new(&node, &format::ACCEPT, self.diagnostics) else { continue };
            let Some(warning) = item.text("warning") else { continue };
            let Some(code) = Code::ALL.iter().copied().find(|code| code.as_str() == warning) else {
                let problem = format!("there is no warning '{warning}'");
                let hint = match crossdock_schema::suggestion(&warning, Code::ALL.iter().map(|code| code.as_str())) {
                    Some(meant) => format!("did you mean '{meant}'?"),
                    None => String::from("the code stands behind each warning, in brackets"),
                };
                self.diagnostics.error_hint(Code::UnknownKey, item.place("warning"), problem, hint);
                continue;
            };
            let because = item.text("because").unwrap_or_default();
            self.mesh.accepted.push(Accepted { code, about: item.text("about"), because, at: item.at() });
        }
    }

    fn routers(&mut self) {
        let nodes = self.items("routers");
        // Of a file that cannot be read that is no news.
        if nodes.is_empty() && !self.diagnostics.has(Code::Syntax) && !self.diagnostics.has(Code::Include) {
            let at = self.files.first().map_or(Place::default(), |file| file.at);
            self.diagnostics.error(
                Code::MissingKey,
                Place { line: 0, ..at },
                "there are no routers: a topology needs a list 'routers'",
            );
        }
        let default_mode = if nodes.len() > 1 { RouterMode::Interior } else { RouterMode::Standalone };
        for node in &nodes {
            let Some(item) = Item::new(node, &format::ROUTER, self.diagnostics) else { continue };
            let Some(id) = item.text("id") else { continue };
            let mode = item.text("mode").and_then(|mode| RouterMode::from_tag(&mode)).unwrap_or(default_mode);
            let settings = item.settings();
            check_settings(&settings, &[("id", &id)], mode, item.at(), self.diagnostics);
            let mut router = Router {
                id,
                at: item.at(),
                mode,
                host: item.text("host").unwrap_or_else(|| String::from("127.0.0.1")),
                tier: item.text("tier"),
                listeners: Vec::new(),
                settings,
            };
            if let Some(Tree::List(listeners)) = item.node("listeners").map(|node| &node.tree) {
                for node in listeners {
                    self.listener(&mut router, node);
                }
            }
            self.mesh.routers.push(router);
        }
    }

    fn listener(&mut self, router: &mut Router, node: &Node) {
        let Some(item) = Item::new(node, &format::LISTENER, self.diagnostics) else { return };
        let settings = item.settings();
        let entity = check_settings(&settings, &[], router.mode, item.at(), self.diagnostics);
        let Some(Entity::Listener(listener)) = entity else { return };
        let name = item.text("name").unwrap_or_else(|| {
            let basic = match listener.role {
                Role::Normal => "clients",
                Role::InterRouter => "routers",
                Role::Edge => "edges",
                Role::RouteContainer => "containers",
            };
            let taken = |name: &str| router.listeners.iter().any(|other| other.name == name);
            let numbered = (2..).map(|number: u32| format!("{basic}-{number}"));
            std::iter::once(basic.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
        });
        let host = match settings.value("host") {
            Some(_) => listener.host.clone(),
            None if is_this_machine(&router.host) => router.host.clone(),
            None => String::new(),
        };
        router.listeners.push(Listener {
            name,
            at: item.at(),
            role: listener.role,
            host,
            port: port_number(&listener.port),
            cost: listener.cost,
            settings,
        });
    }

    fn connections(&mut self) {
        for node in self.items("connections") {
            let Some(item) = Item::new(&node, &format::CONNECTION, self.diagnostics) else { continue };
            let (from, to) = (self.resolve_routers(&item.texts("from")), self.resolve_routers(&item.texts("to")));
            if let ([from], [to]) = (&*from, &*to)
                && from == to
            {
                let problem = format!("'{from}' is connected with itself");
                self.diagnostics.error(Code::SelfConnection, item.at(), problem);
                continue;
            }
            let mut done: Vec<(&String, &String)> = Vec::new();
            for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (from, to))) {
                if from == to || done.contains(&(to, from)) {
                    continue;
                }
                done.push((from, to));
                self.connection(&item, from, to);
            }
        }
    }

    fn connection(&mut self, item: &Item<'_>, from: &str, to: &str) {
        let role = item.text("role").and_then(|role| Role::from_tag(&role)).unwrap_or(Role::InterRouter);
        let mode = self.mesh.router(from).map_or(RouterMode::Interior, |router| router.mode);
        let settings = item.settings();
        // Whether the modes of both ends allow it is checked of the mesh, in better words.
        let checked_as = if mode == RouterMode::Standalone { RouterMode::Interior } else { mode };
        let role_to_check = if mode == RouterMode::Edge { Role::Edge } else { role };
        let further = if role_to_check == Role::Edge { vec![] } else { vec![("role", role.as_str())] };
        let entity = check_settings(&settings, &further, checked_as, item.at(), self.diagnostics);
        let own_cost = if let Some(Entity::Connector(connector)) = &entity { connector.cost } else { 1 };
        let wanted = item.text("listener");
        let listener = self.mesh.router(to).and_then(|router| match &wanted {
            Some(name) => router.listeners.iter().find(|listener| listener.name == *name && listener.role == role),
            None => router.listener(role),
        });
        let cost = own_cost.max(listener.map_or(1, |listener| listener.cost));
        let listener = listener.map(|listener| listener.name.clone());
        if listener.is_none() {
            let (problem, hint) = match &wanted {
                Some(name) => (format!("'{to}' has no listener '{name}' with role {role}"), String::new()),
                None => (
                    format!("'{to}' has no listener with role {role} to accept the connection from '{from}'"),
                    format!("add to '{to}': listeners: [{{role: {role}, port: …}}]"),
                ),
            };
            self.diagnostics.error_hint(Code::NoListener, item.place("to"), problem, hint);
        }
        let same = |other: &&Connection| other.from == from && other.to == to;
        let name = item.text("name").unwrap_or_else(|| match self.mesh.connections.iter().filter(same).count() {
            0 => format!("to-{to}"),
            before => format!("to-{to}-{}", before + 1),
        });
        let (from, to) = (from.to_owned(), to.to_owned());
        self.mesh.connections.push(Connection { name, at: item.at(), from, to, role, cost, listener, settings });
    }

    fn brokers(&mut self) {
        for node in self.items("brokers") {
            let Some(item) = Item::new(&node, &format::BROKER, self.diagnostics) else { continue };
            let Some(id) = item.text("id") else { continue };
            let routers = self.resolve_routers(&item.texts("routers"));
            let mut settings = item.settings();
            check_settings(&settings, &[], RouterMode::Interior, item.at(), self.diagnostics);
            let port = item.integer("port").and_then(|port| u16::try_from(port).ok());
            let (host, port) = match (item.text("url"), port) {
                (Some(url), None) => match host_and_port(&url) {
                    Some(place) => place,
                    None => {
                        let problem =
                            format!("'{url}' is not a place: write amqp://host:port, without user and password");
                        let hint = "user and password go into saslUsername and saslPassword (env:NAME or file:PATH)";
                        self.diagnostics.error_hint(Code::WrongType, item.place("url"), problem, hint);
                        continue;
                    }
                },
                (Some(_), Some(_)) => {
                    self.diagnostics.error(Code::WrongType, item.place("port"), "give 'url' or 'port', not both");
                    continue;
                }
                (None, Some(port)) => (String::from("127.0.0.1"), port),
                (None, None) => {
                    let hint = "add for example: url: amqp://broker.example.com:5672, or with 'embedded: yes' a port";
                    self.diagnostics.error_hint(
                        Code::MissingKey,
                        item.at(),
                        format!("where is the broker '{id}'?"),
                        hint,
                    );
                    continue;
                }
            };
            settings.kind = EntityKind::Connector;
            self.mesh.brokers.push(Broker {
                container: item.text("container").unwrap_or_else(|| id.clone()),
                id,
                at: item.at(),
                routers,
                embedded: item.boolean("embedded"),
                host,
                port,
                queues: item.texts("queues").into_iter().map(|(queue, _)| queue).collect(),
                settings,
            });
        }
    }

    fn clients(&mut self) {
        for node in self.items("clients") {
            let Some(item) = Item::new(&node, &format::CLIENTS, self.diagnostics) else { continue };
            let Some(name) = item.text("name") else { continue };
            let routers = self.resolve_routers(&item.texts("routers"));
            let (send, receive) = (item.texts("send"), item.texts("receive"));
            let number = item.integer("number").and_then(|number| u64::try_from(number).ok());
            self.mesh.clients.push(ClientClass { name, at: item.at(), routers, send, receive, number });
        }
    }
}

/// Whether a host is reached on this machine only.
pub(crate) fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host == "::1" || host.starts_with("127.")
}

/// `amqp://host:port`, `host:port`, `[::1]:port` or `host`; no user, no path.
fn host_and_port(url: &str) -> Option<(String, u16)> {
    let place = url.strip_prefix("amqp://").unwrap_or(url).trim_end_matches('/');
    if place.contains(['/', '@', '?', '#']) || place.is_empty() {
        return None;
    }
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':')?)),
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let port = port.map_or(Some(5672), port_number).filter(|port| *port > 0)?;
    Some((host.to_owned(), port)).filter(|(host, _)| !host.is_empty())
}
