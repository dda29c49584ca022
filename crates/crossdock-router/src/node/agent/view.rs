//! The node's tables, as the management agent sees them.

use crossdock_amqp::engine::Time;
use crossdock_core::batch::ConnId;
use crossdock_management::{Change, ConfigRow, Explanation, Key, LogLine, NewEntity, Record, Refusal, Row, Store};
use crossdock_schema::{Entity, EntityKind, RouterMode};
use std::ops::ControlFlow;

use super::configured::Wanted;
use super::connectors::ConnectorRow;
use super::link_routes::LinkRouteRow;
use super::policy::{self, PolicyRow};
use super::router::RouterRow;
use super::{addresses, connections, explain, link_routes, links, logs, nodes};
use crate::node::Node;

/// The node, for one request.
pub(super) struct View<'n> {
    pub(super) node: &'n mut Node,
    /// The connection over which the request came.
    pub(super) requester: ConnId,
    pub(super) now: Time,
}

type Visit<'v> = &'v mut dyn FnMut(&dyn Record) -> ControlFlow<()>;

impl<'n> View<'n> {
    pub(super) fn new(node: &'n mut Node, requester: ConnId, now: Time) -> Self {
        Self { node, requester, now }
    }

    fn policy(&self) -> PolicyRow<'_> {
        let counts = self.node.agent.platform().map(|platform| platform.connection_counts()).unwrap_or_default();
        PolicyRow { policy: &self.node.agent.configured.policy, counts }
    }

    fn connector<'v>(&'v self, wanted: &'v Wanted<crossdock_schema::Connector>) -> ConnectorRow<'v> {
        ConnectorRow::new(wanted, self.node.agent.platform())
    }
}

impl Store for View<'_> {
    fn router_id(&self) -> &str {
        self.node.shared.router_id()
    }

    fn mode(&self) -> RouterMode {
        match self.node.shared.names().mode() {
            crossdock_core::address::RouterMode::Standalone => RouterMode::Standalone,
            crossdock_core::address::RouterMode::Interior => RouterMode::Interior,
            crossdock_core::address::RouterMode::Edge => RouterMode::Edge,
        }
    }

    fn for_each_router(&self, visit: &mut dyn FnMut(&str)) {
        if let Some(mesh) = &self.node.mesh {
            mesh.routers().keys().for_each(|router| visit(router.as_str()));
        }
    }

    fn count(&self, kind: EntityKind) -> usize {
        let wanted = &self.node.agent.configured;
        match kind {
            EntityKind::Router | EntityKind::Policy => 1,
            EntityKind::Listener => wanted.listeners.len(),
            EntityKind::Connector => wanted.connectors.len(),
            EntityKind::SslProfile => wanted.ssl_profiles.len(),
            EntityKind::AuthServicePlugin => wanted.auth_service_plugins.len(),
            EntityKind::Log => wanted.logs.len(),
            EntityKind::Address => wanted.addresses.len(),
            EntityKind::LinkRoute => wanted.link_routes.len(),
            EntityKind::RouterConnectionLinkRoute => link_routes::own_rows(self).count(),
            EntityKind::RouterAddress => self.node.addresses.len(),
            EntityKind::RouterNode => nodes::count(self),
            EntityKind::LogStats => logs::count(),
            EntityKind::RouterLink => self.node.link_count(),
            EntityKind::Connection => self.node.connections().len(),
            // There are none in this router.
            EntityKind::AutoLink
            | EntityKind::Exchange
            | EntityKind::Binding
            | EntityKind::Vhost
            | EntityKind::VhostUserGroupSettings
            | EntityKind::Console
            | EntityKind::Allocator
            | EntityKind::VhostStats
            // The agent answers for this one.
            | EntityKind::Management => 0,
        }
    }

    fn for_each_row(&self, kind: EntityKind, from: usize, visit: Visit<'_>) {
        let wanted = &self.node.agent.configured;
        match kind {
            EntityKind::Router => each(std::iter::once(RouterRow::new(self)), from, visit),
            EntityKind::Policy => each(std::iter::once(self.policy()), from, visit),
            EntityKind::Listener => each(configured(&wanted.listeners), from, visit),
            EntityKind::Connector => {
                each(wanted.connectors.iter().map(|wanted| self.connector(wanted)), from, visit);
            }
            EntityKind::SslProfile => each(configured(&wanted.ssl_profiles), from, visit),
            EntityKind::AuthServicePlugin => each(configured(&wanted.auth_service_plugins), from, visit),
            EntityKind::Log => each(configured(&wanted.logs), from, visit),
            EntityKind::Address => each(configured(&wanted.addresses), from, visit),
            EntityKind::LinkRoute => {
                each(wanted.link_routes.iter().map(|wanted| LinkRouteRow::new(wanted, self.node)), from, visit);
            }
            EntityKind::RouterConnectionLinkRoute => each(link_routes::own_rows(self), from, visit),
            EntityKind::RouterAddress => each(addresses::rows(self, from), 0, visit),
            EntityKind::RouterNode => each(nodes::rows(self), from, visit),
            EntityKind::LogStats => each(logs::rows(self), from, visit),
            EntityKind::RouterLink => each(links::rows(self, from), 0, visit),
            EntityKind::Connection => each(connections::rows(self, from), 0, visit),
            EntityKind::AutoLink
            | EntityKind::Exchange
            | EntityKind::Binding
            | EntityKind::Vhost
            | EntityKind::VhostUserGroupSettings
            | EntityKind::Console
            | EntityKind::Allocator
            | EntityKind::VhostStats
            | EntityKind::Management => {}
        }
    }

    fn find(&self, kind: EntityKind, key: Key<'_>, visit: &mut dyn FnMut(&dyn Record)) -> bool {
        let wanted = &self.node.agent.configured;
        let (Key::Name(text) | Key::Identity(text)) = key;
        match kind {
            EntityKind::Router => {
                let is_meant = text == self.router_id() || key == Key::Identity("1");
                show(is_meant.then(|| RouterRow::new(self)), visit)
            }
            EntityKind::Policy => show((text == policy::IDENTITY).then(|| self.policy()), visit),
            EntityKind::Listener => show(find_configured(&wanted.listeners, key, true), visit),
            EntityKind::Connector => {
                show(find_wanted(&wanted.connectors, key, true).map(|wanted| self.connector(wanted)), visit)
            }
            EntityKind::SslProfile => show(find_configured(&wanted.ssl_profiles, key, true), visit),
            EntityKind::AuthServicePlugin => show(find_configured(&wanted.auth_service_plugins, key, true), visit),
            EntityKind::Log => show(find_configured(&wanted.logs, key, true), visit),
            EntityKind::Address => show(find_configured(&wanted.addresses, key, false), visit),
            EntityKind::LinkRoute => {
                let found = find_wanted(&wanted.link_routes, key, false);
                show(found.map(|wanted| LinkRouteRow::new(wanted, self.node)), visit)
            }
            EntityKind::RouterConnectionLinkRoute => show(link_routes::find_own(self, key), visit),
            EntityKind::RouterAddress => show(addresses::find(self, key), visit),
            EntityKind::RouterNode => show(nodes::find(self, key), visit),
            EntityKind::LogStats => show(logs::find(self, key), visit),
            EntityKind::RouterLink => show(links::find(self, key), visit),
            EntityKind::Connection => show(connections::find(self, key), visit),
            EntityKind::AutoLink
            | EntityKind::Exchange
            | EntityKind::Binding
            | EntityKind::Vhost
            | EntityKind::VhostUserGroupSettings
            | EntityKind::Console
            | EntityKind::Allocator
            | EntityKind::VhostStats
            | EntityKind::Management => false,
        }
    }

    fn configured(&self, kind: EntityKind, identity: &str) -> Option<Entity> {
        if kind != EntityKind::Log {
            return None;
        }
        let wanted = find_wanted(&self.node.agent.configured.logs, Key::Identity(identity), true)?;
        Some(Entity::Log(wanted.entity.clone()))
    }

    fn create(&mut self, entity: NewEntity) -> Result<String, Refusal> {
        match entity {
            NewEntity::Configured(entity) => self.node.create_entity(*entity),
            NewEntity::ConnectionLinkRoute { name, pattern, direction } => {
                self.node.create_own_link_route(self.requester, name, pattern, direction)
            }
        }
    }

    fn update(&mut self, identity: &str, change: Change) -> Result<(), Refusal> {
        match change {
            Change::Log(log) => self.node.update_log(identity, log),
            Change::Vhost(_) => Err(Refusal::not_implemented("This router has no virtual hosts")),
            Change::Connection { admin_status, enable_protocol_trace } => {
                self.node.update_connection(identity, admin_status, enable_protocol_trace)
            }
        }
    }

    fn delete(&mut self, kind: EntityKind, identity: &str) -> Result<(), Refusal> {
        if kind == EntityKind::RouterConnectionLinkRoute {
            let is_gone = self.node.delete_own_link_route(self.requester, identity);
            return is_gone.ok_or_else(|| Refusal::not_found("Not Found"));
        }
        self.node.delete_entity(kind, identity)
    }

    fn explain(&self, address: &str, origin: Option<&str>) -> Explanation {
        explain::explain(self, address, origin)
    }

    fn for_each_log_line(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>) {
        if let Some(platform) = self.node.agent.platform() {
            platform.for_each_log_line(visit);
        }
    }
}

fn each<R: Record>(rows: impl Iterator<Item = R>, from: usize, visit: Visit<'_>) {
    // Whether somebody stopped it or it has come to the end is the same to the caller.
    let _ = rows.skip(from).try_for_each(|row| visit(&row));
}

fn show<R: Record>(row: Option<R>, visit: &mut dyn FnMut(&dyn Record)) -> bool {
    row.is_some_and(|row| {
        visit(&row);
        true
    })
}

fn configured<E>(wanted: &[Wanted<E>]) -> impl Iterator<Item = ConfigRow<'_, E>> {
    wanted.iter().map(config_row)
}

fn config_row<E>(wanted: &Wanted<E>) -> ConfigRow<'_, E> {
    ConfigRow { entity: &wanted.entity, identity: &wanted.identity, name: wanted.name.as_deref() }
}

fn find_configured<'v, E>(wanted: &'v [Wanted<E>], key: Key<'_>, is_named: bool) -> Option<ConfigRow<'v, E>>
where
    ConfigRow<'v, E>: Row,
{
    find_wanted(wanted, key, is_named).map(config_row)
}

/// The entity with this name or identity. Where entities `is_named`, those without name go by their identity.
fn find_wanted<'v, E>(wanted: &'v [Wanted<E>], key: Key<'_>, is_named: bool) -> Option<&'v Wanted<E>> {
    wanted.iter().find(|wanted| match key {
        Key::Identity(identity) => wanted.identity == identity,
        Key::Name(name) => match &wanted.name {
            Some(own) => own == name,
            None => is_named && wanted.identity == name,
        },
    })
}
