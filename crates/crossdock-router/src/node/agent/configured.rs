//! What is wanted of the router: the entities of its configuration file, and those that clients have made since.
//!
//! The configuration file is a series of CREATEs: both come in by [`Node::create_entity`]. What a client makes lives as long
//! as the process.

use crossdock_core::address::{Phase, Treatment};
use crossdock_core::pattern::PatternError;
use crossdock_management::{Refusal, identity_of, phases};
use crossdock_schema::{
    Address, AuthServicePlugin, AutoLink, Bypass, Configuration, Connector, Distribution, Entity, EntityKind,
    LinkRoute, Listener, Log, LogModule, Policy, Router, Shard, SslProfile,
};
use std::fmt;
use tracing::error;

use crate::node::Node;
use crate::shared::AddressSettings;

/// An entity, and how it is called.
#[derive(Debug)]
pub(super) struct Wanted<E> {
    pub(super) identity: String,
    pub(super) name: Option<String>,
    pub(super) entity: E,
}

impl<E> Wanted<E> {
    /// The number of an entity that goes by one.
    pub(super) fn number(&self) -> u64 {
        self.identity.parse().unwrap_or_default()
    }
}

/// All entities, each kind in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Configured {
    pub(super) router: Router,
    pub(super) policy: Policy,
    pub(super) listeners: Vec<Wanted<Listener>>,
    pub(super) connectors: Vec<Wanted<Connector>>,
    pub(super) addresses: Vec<Wanted<Address>>,
    pub(super) link_routes: Vec<Wanted<LinkRoute>>,
    pub(super) auto_links: Vec<Wanted<AutoLink>>,
    pub(super) ssl_profiles: Vec<Wanted<SslProfile>>,
    pub(super) auth_service_plugins: Vec<Wanted<AuthServicePlugin>>,
    pub(super) logs: Vec<Wanted<Log>>,
    pub(super) shards: Vec<Wanted<Shard>>,
}

/// Why a router cannot start: a listener of its configuration cannot listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartFailure {
    /// `HOST:PORT` as configured.
    pub address: String,
    /// Why, in words.
    pub reason: String,
}

impl fmt::Display for StartFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for StartFailure {}

impl Node {
    /// Makes what the configuration says: addresses, then listeners, then connectors, so that a router that cannot listen
    /// connects to nobody. What is wrong with an address is for the log; the others count all the same, as in qdrouterd.
    ///
    /// # Errors
    /// A listener cannot listen.
    pub fn configure(&mut self, configuration: &Configuration) -> Result<(), StartFailure> {
        let wanted = &mut self.agent.configured;
        wanted.router = configuration.router.clone();
        wanted.policy = configuration.policy.clone();
        wanted.logs = logs(configuration);
        for profile in &configuration.ssl_profiles {
            push(&mut wanted.ssl_profiles, profile.value.clone(), Entity::SslProfile, profile.value.name.clone());
        }
        for plugin in &configuration.auth_service_plugins {
            let name = plugin.value.name.clone();
            push(&mut wanted.auth_service_plugins, plugin.value.clone(), Entity::AuthServicePlugin, name);
        }
        for (number, located) in configuration.addresses.iter().enumerate() {
            let mut address = located.value.clone();
            address.name.get_or_insert_with(|| format!("address/{number}"));
            let what = address.prefix.clone().or_else(|| address.pattern.clone()).unwrap_or_default();
            if let Err(refusal) = self.create_entity(Entity::Address(address)) {
                error!(target: "ROUTER_CORE", "Error configuring address '{what}' (line {}): {refusal}", located.line);
            }
        }
        for located in &configuration.shards {
            let what = located.value.name.clone().unwrap_or_default();
            if let Err(refusal) = self.create_entity(Entity::Shard(located.value.clone())) {
                error!(target: "ROUTER_CORE", "Error configuring shard '{what}' (line {}): {refusal}", located.line);
            }
        }
        for (number, located) in configuration.link_routes.iter().enumerate() {
            let mut route = located.value.clone();
            route.name.get_or_insert_with(|| format!("linkRoute/{number}"));
            if let Err(refusal) = self.create_entity(Entity::LinkRoute(route)) {
                error!(target: "ROUTER_CORE", "Error configuring linkRoute (line {}): {refusal}", located.line);
            }
        }
        for (number, located) in configuration.auto_links.iter().enumerate() {
            let mut auto_link = located.value.clone();
            auto_link.name.get_or_insert_with(|| format!("autoLink/{number}"));
            let what = auto_link.address.clone();
            if let Err(refusal) = self.create_entity(Entity::AutoLink(auto_link)) {
                error!(target: "ROUTER_CORE", "Error configuring autoLink '{what}' (line {}): {refusal}", located.line);
            }
        }
        for listener in &configuration.listeners {
            let address = format!("{}:{}", listener.value.host, listener.value.port);
            self.create_entity(Entity::Listener(listener.value.clone()))
                .map_err(|refusal| StartFailure { address, reason: refusal.description })?;
        }
        for connector in &configuration.connectors {
            let place = format!("{}:{}", connector.value.host, connector.value.port);
            if let Err(refusal) = self.create_entity(Entity::Connector(connector.value.clone())) {
                error!(target: "CONN_MGR", "Error configuring connector to {place}: {refusal}");
            }
        }
        Ok(())
    }

    /// Makes an entity; what is returned is its identity.
    pub(super) fn create_entity(&mut self, entity: Entity) -> Result<String, Refusal> {
        let identity = identity_of(&entity);
        let agent = &mut self.agent;
        let wanted = &mut agent.configured;
        match entity {
            Entity::Listener(entity) => {
                let identity = unused(&wanted.listeners, identity.unwrap_or_default());
                if let Some(platform) = &mut agent.platform {
                    platform.open_listener(&identity, &entity)?;
                }
                let name = entity.name.clone();
                wanted.listeners.push(Wanted { identity: identity.clone(), name, entity });
                Ok(identity)
            }
            Entity::Connector(entity) => {
                let identity = unused(&wanted.connectors, identity.unwrap_or_default());
                if let Some(platform) = &mut agent.platform {
                    platform.open_connector(&identity, &entity)?;
                }
                let name = entity.name.clone();
                wanted.connectors.push(Wanted { identity: identity.clone(), name, entity });
                Ok(identity)
            }
            Entity::Address(entity) => {
                check_phases(&entity)?;
                let settings = settings(&entity);
                match (&entity.prefix, &entity.pattern) {
                    (Some(prefix), None) => self.shared.configure_prefix(prefix, settings).map_err(refuse)?,
                    (None, Some(pattern)) => self.shared.configure_pattern(pattern, settings).map_err(refuse)?,
                    (Some(_), Some(_)) => {
                        return Err(Refusal::bad_request("Cannot specify both a 'prefix' and a 'pattern' attribute"));
                    }
                    (None, None) => {
                        return Err(Refusal::bad_request("Either a 'prefix' or 'pattern' attribute must be provided"));
                    }
                }
                if let (Some(pattern), Some(to)) = (pattern_of(&entity), entity.concentrate.as_deref()) {
                    let to = self.shared.classify(to);
                    self.shared.concentrate(&pattern, Some(to.text()));
                }
                let identity = self.shared.next_link().to_string();
                let name = entity.name.clone();
                wanted.addresses.push(Wanted { identity: identity.clone(), name, entity });
                Ok(identity)
            }
            Entity::Shard(entity) => self.create_shard(identity.unwrap_or_default(), entity),
            Entity::LinkRoute(entity) => self.create_link_route(entity),
            Entity::AutoLink(entity) => {
                let number = self.shared.next_link();
                self.add_auto_link(number, &entity)?;
                let name = entity.name.clone();
                let identity = number.to_string();
                self.agent.configured.auto_links.push(Wanted { identity: identity.clone(), name, entity });
                Ok(identity)
            }
            other @ (Entity::Router(_)
            | Entity::SslProfile(_)
            | Entity::AuthServicePlugin(_)
            | Entity::Log(_)
            | Entity::Exchange(_)
            | Entity::Binding(_)
            | Entity::Policy(_)
            | Entity::Vhost(_)
            | Entity::Console(_)) => {
                let what = other.entity_type().name;
                Err(Refusal::not_implemented(format!("This router cannot make a '{what}' while it runs")))
            }
        }
    }

    /// Removes an entity. Connections of a listener stay, those of a connector go. Addresses in use stay as they are.
    pub(super) fn delete_entity(&mut self, kind: EntityKind, identity: &str) -> Result<(), Refusal> {
        let agent = &mut self.agent;
        let wanted = &mut agent.configured;
        let is_gone = match kind {
            EntityKind::Listener => take(&mut wanted.listeners, identity).map(|_| {
                if let Some(platform) = &mut agent.platform {
                    platform.close_listener(identity);
                }
            }),
            EntityKind::Connector => take(&mut wanted.connectors, identity).map(|_| {
                if let Some(platform) = &mut agent.platform {
                    platform.close_connector(identity);
                }
            }),
            EntityKind::Address => take(&mut wanted.addresses, identity).map(|address| {
                if let Some(pattern) = pattern_of(&address.entity) {
                    self.shared.concentrate(&pattern, None);
                }
                match (&address.entity.prefix, &address.entity.pattern) {
                    (Some(prefix), _) => self.shared.forget_prefix(prefix),
                    (None, Some(pattern)) => self.shared.forget_pattern(pattern),
                    (None, None) => {}
                }
            }),
            EntityKind::Shard => return self.delete_shard(identity),
            EntityKind::LinkRoute => self.delete_link_route(identity),
            EntityKind::AutoLink => take(&mut wanted.auto_links, identity).map(|auto_link| {
                self.remove_auto_link(auto_link.number());
            }),
            EntityKind::SslProfile => take(&mut wanted.ssl_profiles, identity).map(drop),
            EntityKind::AuthServicePlugin => take(&mut wanted.auth_service_plugins, identity).map(drop),
            EntityKind::Router
            | EntityKind::Log
            | EntityKind::Exchange
            | EntityKind::Binding
            | EntityKind::Policy
            | EntityKind::Vhost
            | EntityKind::VhostUserGroupSettings
            | EntityKind::Console
            | EntityKind::RouterLink
            | EntityKind::RouterAddress
            | EntityKind::RouterNode
            | EntityKind::Connection
            | EntityKind::RouterConnectionLinkRoute
            | EntityKind::LogStats
            | EntityKind::Allocator
            | EntityKind::VhostStats
            | EntityKind::Management => return Err(Refusal::forbidden("Forbidden")),
        };
        is_gone.ok_or_else(|| Refusal::not_found("Not Found"))
    }

    /// Changes what a module logs.
    pub(super) fn update_log(&mut self, identity: &str, log: Log) -> Result<(), Refusal> {
        let agent = &mut self.agent;
        let Some(wanted) = agent.configured.logs.iter_mut().find(|wanted| wanted.identity == identity) else {
            return Err(Refusal::not_found("Not Found"));
        };
        if let Some(platform) = &mut agent.platform {
            platform.set_log(&log)?;
        }
        wanted.entity = log;
        Ok(())
    }
}

/// Each module has an entity, whether the file has a section for it or not.
fn logs(configuration: &Configuration) -> Vec<Wanted<Log>> {
    let modules = LogModule::TAGS.iter().filter_map(|tag| LogModule::from_tag(tag));
    let mut logs: Vec<_> = modules
        .map(|module| {
            let is_default = module == LogModule::Default;
            let entity = Log {
                module,
                enable: is_default.then(|| "info+".to_owned()),
                include_timestamp: is_default.then_some(true),
                include_source: is_default.then_some(false),
                output_file: is_default.then(|| "stderr".to_owned()),
                name: None,
                identity: None,
            };
            Wanted { identity: format!("log/{module}"), name: None, entity }
        })
        .collect();
    for log in configuration.logs.iter().map(|located| &located.value) {
        let Some(wanted) = logs.iter_mut().find(|wanted| wanted.entity.module == log.module) else { continue };
        wanted.name.clone_from(&log.name);
        let known = &mut wanted.entity;
        known.enable = log.enable.clone().or(known.enable.take());
        known.include_timestamp = log.include_timestamp.or(known.include_timestamp);
        known.include_source = log.include_source.or(known.include_source);
        known.output_file = log.output_file.clone().or(known.output_file.take());
    }
    logs
}

/// The pattern of an address's configuration, be it written as a prefix.
fn pattern_of(address: &Address) -> Option<String> {
    match (&address.prefix, &address.pattern) {
        (Some(prefix), None) => Some(format!("{}/#", prefix.trim_end_matches(['.', '/']))),
        (None, Some(pattern)) => Some(pattern.clone()),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

fn check_phases(address: &Address) -> Result<(), Refusal> {
    if address.ingress_phase.is_some() != address.egress_phase.is_some() {
        return Err(Refusal::bad_request("Give both 'ingressPhase' and 'egressPhase' or neither"));
    }
    if address.enable_fallback && phases(address) != (0, 0) {
        // The words of qdrouterd.
        let problem = "Fallback cannot be specified with waypoint or non-zero ingress and egress phases";
        return Err(Refusal::bad_request(problem));
    }
    Ok(())
}

fn settings(address: &Address) -> AddressSettings {
    let (ingress, egress) = phases(address);
    let phase = |number: u32| u8::try_from(number).ok().and_then(Phase::from_number).unwrap_or_default();
    AddressSettings {
        treatment: match address.distribution {
            Distribution::Multicast => Treatment::Multicast,
            Distribution::Closest => Treatment::Closest,
            Distribution::Balanced => Treatment::Balanced,
            Distribution::Unavailable => Treatment::Unavailable,
        },
        priority: address.priority.and_then(|priority| u8::try_from(priority).ok()),
        ingress: phase(ingress),
        egress: phase(egress),
        fallback: address.enable_fallback,
        bypass: address.bypass == Bypass::Presettled,
        concentrated: address.concentrate.is_some(),
    }
}

fn refuse(error: PatternError) -> Refusal {
    match error {
        // The words of qdrouterd.
        PatternError::Conflict => Refusal::bad_request("Already exists"),
        PatternError::TooManyTokens => Refusal::bad_request(error.to_string()),
    }
}

fn push<E: Clone>(wanted: &mut Vec<Wanted<E>>, entity: E, whole: impl FnOnce(E) -> Entity, name: Option<String>) {
    let identity = identity_of(&whole(entity.clone())).unwrap_or_default();
    wanted.push(Wanted { identity: unused(wanted, identity), name, entity });
}

/// This identity, or one like it that no other entity has: a file may have two listeners without name for one port.
fn unused<E>(taken: &[Wanted<E>], identity: String) -> String {
    let is_taken = |identity: &str| taken.iter().any(|wanted| wanted.identity == identity);
    if !is_taken(&identity) {
        return identity;
    }
    let others = (2_u64..).map(|number| format!("{identity}/{number}"));
    others.into_iter().find(|other| !is_taken(other)).unwrap_or(identity)
}

pub(super) fn take<E>(wanted: &mut Vec<Wanted<E>>, identity: &str) -> Option<Wanted<E>> {
    let at = wanted.iter().position(|wanted| wanted.identity == identity)?;
    Some(wanted.remove(at))
}
