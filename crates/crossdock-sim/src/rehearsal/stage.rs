//! From a topology to a world: routers that read the configurations which `crossdock topology generate` writes, wires,
//! containers.

use crossdock_amqp::engine::{Config, Handshake};
use crossdock_linkstate::RouterId;
use crossdock_router::{ConnectionSettings, plan};
use crossdock_schema::{AutoLink, Configuration, Direction, Role};
use crossdock_topology::simulation::Simulation;
use crossdock_topology::{Mesh, honoured_sections, sections_to_json};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::net::{Feed, Wire};
use crate::world::{Rules, World, is_routed};

/// Bytes under way in each direction of a connection.
const PIPE: usize = 1 << 20;

/// A mesh, ready to be played.
pub(super) struct Stage {
    pub(super) world: World,
    /// The world's number of each router.
    pub(super) routers: BTreeMap<String, usize>,
    /// The world's wire of each connection; none: it is not simulated.
    pub(super) wires: Vec<Option<usize>>,
    /// Settings of the listener for clients, by router.
    listeners: Vec<Option<Arc<ConnectionSettings>>>,
    /// Link routes: router, its connector to the container, and for which links of clients.
    routes: Vec<(usize, usize, Direction, String)>,
    /// What is not simulated, and why.
    pub(super) notes: Vec<String>,
    /// Milliseconds to clients and containers.
    pub(super) delay: u64,
}

impl Stage {
    /// Builds the world of a mesh.
    ///
    /// # Errors
    /// What of the mesh cannot be simulated.
    pub(super) fn build(mesh: &Mesh, simulation: &Simulation, seed: u64) -> Result<Self, String> {
        let delay = simulation.delay.unwrap_or(1);
        let mut notes = Vec::new();
        // Numbers are in the order of names.
        let mut ids: Vec<&str> = mesh.routers.iter().map(|router| router.id.as_str()).collect();
        ids.sort_unstable();
        let routers: BTreeMap<String, usize> = ids.iter().enumerate().map(|(at, id)| ((*id).to_owned(), at)).collect();
        let mut configurations = Vec::new();
        for id in &ids {
            let (sections, refused) = honoured_sections(mesh, id);
            notes.extend(refused.into_iter().map(|(_, problem)| format!("not simulated: {problem}")));
            let (configuration, _) = crossdock_schema::parse(&format!("{id}.json"), &sections_to_json(&sections))
                .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
            configurations.push(configuration);
        }
        notes.sort();
        notes.dedup();
        let mut world = World::new(seed);
        world.set_choppy(false);
        world.rules = Rules::of(&configurations);
        world.news = Some(Default::default());
        let plans: Vec<plan::RouterPlan> = configurations.iter().map(|one| plan::router(one, [0; 15], 1)).collect();
        let brokers: BTreeMap<&str, usize> = mesh
            .brokers
            .iter()
            .map(|broker| (broker.id.as_str(), world.add_container(&broker.id, &broker.container)))
            .collect();
        for configuration in &configurations {
            world.net.add_configured_router(Arc::new(configuration.clone()));
        }
        let mut stage = Self {
            world,
            routers,
            wires: vec![None; mesh.connections.len()],
            listeners: Vec::new(),
            routes: Vec::new(),
            notes,
            delay,
        };
        for (at, configuration) in configurations.iter().enumerate() {
            let listener = configuration.listeners.iter().find(|listener| listener.value.role == Role::Normal);
            let listener = listener.map(|listener| plan::listener(&listener.value, &plans[at]).settings);
            stage.listeners.push(listener);
            for connector in configuration.connectors.iter().map(|connector| &connector.value) {
                let planned = plan::connector(connector, &plans[at], &|_| ("simulated".into(), None));
                if !planned.is_possible {
                    let name = connector.name.as_deref().unwrap_or(&connector.host);
                    stage.notes.push(format!("the connector {name} of {} can use no SASL mechanism", ids[at]));
                    continue;
                }
                let settings = planned.settings_for(&connector.host);
                let name = connector.name.as_deref().unwrap_or_default();
                match (connector.role, brokers.get(name)) {
                    (Role::RouteContainer, Some(&container)) => {
                        let feed =
                            Feed { router: at, container, settings, latency: delay, pipe: PIPE, transport: None };
                        let id = &mesh.brokers[container].container;
                        let feed = stage.world.add_feed(feed, auto_links(configuration, name, id));
                        for route in configuration.link_routes.iter().map(|route| &route.value) {
                            if route.connection.as_deref() == Some(name) || route.container_id.as_ref() == Some(id) {
                                let prefix = route.prefix.as_ref().map(|prefix| format!("{prefix}/#"));
                                let pattern = prefix.or_else(|| route.pattern.clone()).unwrap_or_default();
                                stage.routes.push((at, feed, route.direction, pattern));
                            }
                        }
                    }
                    (Role::InterRouter, _) => {
                        let wire = stage.wire(mesh, simulation, (at, ids[at], name), settings, &configurations, &plans);
                        if wire.is_none() {
                            stage.notes.push(format!("the connector {name} of {} leads nowhere", ids[at]));
                        }
                    }
                    (Role::RouteContainer | Role::Normal | Role::Edge, _) => {
                        stage.notes.push(format!("the connector {name} of {} is not simulated", ids[at]));
                    }
                }
            }
        }
        Ok(stage)
    }

    fn wire(
        &mut self,
        mesh: &Mesh,
        simulation: &Simulation,
        (at, id, name): (usize, &str, &str),
        settings: Arc<ConnectionSettings>,
        configurations: &[Configuration],
        plans: &[plan::RouterPlan],
    ) -> Option<()> {
        let index = mesh.connections.iter().position(|one| one.from == id && one.name == name)?;
        let connection = mesh.connections.get(index)?;
        let other = *self.routers.get(&connection.to)?;
        let mut listeners = configurations.get(other)?.listeners.iter().map(|located| &located.value);
        let listener = listeners.find(|listener| listener.name == connection.listener)?;
        let accepting = plan::listener(listener, plans.get(other)?).settings;
        let latency = simulation.delays.iter().rfind(|(one, _)| *one == index).map_or(self.delay, |(_, delay)| *delay);
        let wire = Wire {
            cost: connection.cost,
            latency,
            pipe: PIPE,
            data_connections: settings.data_connections.min(accepting.data_connections),
            settings: Some([settings, accepting]),
            ..Wire::new(at, other)
        };
        self.wires[index] = Some(self.world.net.add_wire(wire));
        Some(())
    }

    /// Whether a link to an address finds its way: if a link route speaks for it, the client's router has to know of that, for
    /// it would take the link for an ordinary one.
    pub(super) fn is_open(&self, client: usize, address: &str, consumes: bool) -> bool {
        if !is_routed(&self.world.rules.key(address, consumes)) {
            return true;
        }
        let here = self.world.clients[client].router;
        let wanted = if consumes { Direction::Out } else { Direction::In };
        let net = &self.world.net;
        let machine = net.routers[here].process.as_ref().and_then(|process| process.node.link_state());
        let knows = |there: usize| {
            let id = RouterId::new(&net.routers[there].name);
            machine.is_some_and(|machine| {
                machine.paths().contains_key(&id) && machine.addresses_of(&id).any(|(key, _)| !key.starts_with('M'))
            })
        };
        let mut routes = self
            .routes
            .iter()
            .filter(|(.., direction, pattern)| *direction == wanted && crossdock_topology::overlap(pattern, address));
        routes.any(|&(there, feed, ..)| net.is_fed(feed) && (there == here || knows(there)))
    }

    /// A client of this name connects to a router; none if that takes no clients.
    pub(super) fn connect(&mut self, router: usize, name: &str) -> Option<usize> {
        let settings = self.listeners.get(router)?.as_ref()?;
        let config = Config { handshake: Handshake::Plain, ..Config::client(name) };
        // Who may connect is not what is simulated.
        let handshake = Handshake::Accept { mechanisms: Vec::new(), required: false };
        let engine = Arc::new(Config { handshake, ..Config::clone(&settings.engine) });
        let settings = ConnectionSettings { engine, ..ConnectionSettings::clone(settings) };
        Some(self.world.connect_client(router, config, settings, (PIPE, self.delay)))
    }
}

/// The auto links that a router wants at a container.
fn auto_links(configuration: &Configuration, connection: &str, container: &str) -> Vec<AutoLink> {
    let all = configuration.auto_links.iter().map(|located| &located.value);
    let is_meant = |one: &&AutoLink| {
        one.connection.as_deref() == Some(connection) || one.container_id.as_deref() == Some(container)
    };
    all.filter(is_meant).cloned().collect()
}
