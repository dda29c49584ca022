//! The node's tables, as the management agent sees them.

use crossdock_amqp::engine::Time;
use crossdock_core::batch::ConnId;
use crossdock_management::{
    Change, ConfigRow, Explanation, Key, LogLine, NewEntity, Record, Refusal, Row, Store, Trace, TraceRequest,
};
use crossdock_schema::{Entity, EntityKind, RouterMode};
use std::ops::ControlFlow;

use super::auto_links::AutoLinkRow;
use super::configured::Wanted;
use super::connectors::ConnectorRow;
use super::link_routes::LinkRouteRow;
use super::policy::{self, PolicyRow};
use super::router::RouterRow;
use super::shards::ShardRow;
use super::{addresses, connections, explain, link_routes, links, logs, nodes};
use crate::node::Node;

/// The node, for one request.
pub(super) struct View<'n> {
    pub(super) node: &'n mut Node,
    /// The connection over which the request came.
    pub(super) requester: ConnId,
    request: &'n [u8],
    /// What became of the trace that the request asks for, once that is known.
    trace: Option<Trace>,
    pub(super) now: Time,
}

/// The kinds of entities that this router may have.
#[derive(Clone, Copy)]
enum Table {
    Router,
    Policy,
    Listener,
    Connector,
    SslProfile,
    AuthServicePlugin,
    Log,
    Address,
    LinkRoute,
    OwnLinkRoute,
    AutoLink,
    Shard,
    RouterAddress,
    RouterNode,
    LogStats,
    RouterLink,
    Connection,
}

impl Table {
    fn of(kind: EntityKind) -> Option<Self> {
        Some(match kind {
            EntityKind::Router => Self::Router,
            EntityKind::Policy => Self::Policy,
            EntityKind::Listener => Self::Listener,
            EntityKind::Connector => Self::Connector,
            EntityKind::SslProfile => Self::SslProfile,
            EntityKind::AuthServicePlugin => Self::AuthServicePlugin,
            EntityKind::Log => Self::Log,
            EntityKind::Address => Self::Address,
            EntityKind::LinkRoute => Self::LinkRoute,
            EntityKind::RouterConnectionLinkRoute => Self::OwnLinkRoute,
            EntityKind::AutoLink => Self::AutoLink,
            EntityKind::Shard => Self::Shard,
            EntityKind::RouterAddress => Self::RouterAddress,
            EntityKind::RouterNode => Self::RouterNode,
            EntityKind::LogStats => Self::LogStats,
            EntityKind::RouterLink => Self::RouterLink,
            EntityKind::Connection => Self::Connection,
            // There are none in this router.
            EntityKind::Exchange
            | EntityKind::Binding
            | EntityKind::Vhost
            | EntityKind::VhostUserGroupSettings
            | EntityKind::Console
            | EntityKind::Allocator
            | EntityKind::VhostStats
            // The agent answers for this one.
            | EntityKind::Management => return None,
        })
    }
}

type Visit<'v> = &'v mut dyn FnMut(&dyn Record) -> ControlFlow<()>;

impl<'n> View<'n> {
    pub(super) fn new(
        node: &'n mut Node,
        (requester, request): (ConnId, &'n [u8]),
        trace: Option<Trace>,
        now: Time,
    ) -> Self {
        Self { node, requester, request, trace, now }
    }

    fn policy(&self) -> PolicyRow<'_> {
        let counts = self.node.agent.platform().map(|platform| platform.connection_counts()).unwrap_or_default();
        PolicyRow { policy: &self.node.agent.configured.policy, counts }
    }

    fn auto_link<'v>(&'v self, wanted: &'v Wanted<crossdock_schema::AutoLink>) -> AutoLinkRow<'v> {
        AutoLinkRow::new(wanted, &self.node.auto_links)
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
        let Some(table) = Table::of(kind) else { return 0 };
        match table {
            Table::Router | Table::Policy => 1,
            Table::Listener => wanted.listeners.len(),
            Table::Connector => wanted.connectors.len(),
            Table::SslProfile => wanted.ssl_profiles.len(),
            Table::AuthServicePlugin => wanted.auth_service_plugins.len(),
            Table::Log => wanted.logs.len(),
            Table::Address => wanted.addresses.len(),
            Table::Shard => wanted.shards.len(),
            Table::LinkRoute => wanted.link_routes.len(),
            Table::OwnLinkRoute => link_routes::own_rows(self).count(),
            Table::AutoLink => wanted.auto_links.len(),
            Table::RouterAddress => self.node.addresses.len(),
            Table::RouterNode => nodes::count(self),
            Table::LogStats => logs::count(),
            Table::RouterLink => self.node.link_count(),
            Table::Connection => self.node.connections().len(),
        }
    }

    fn for_each_row(&self, kind: EntityKind, from: usize, visit: Visit<'_>) {
        let wanted = &self.node.agent.configured;
        let Some(table) = Table::of(kind) else { return };
        match table {
            Table::Router => each(std::iter::once(RouterRow::new(self)), from, visit),
            Table::Policy => each(std::iter::once(self.policy()), from, visit),
            Table::Listener => each(configured(&wanted.listeners), from, visit),
            Table::Connector => {
                each(wanted.connectors.iter().map(|wanted| self.connector(wanted)), from, visit);
            }
            Table::SslProfile => each(configured(&wanted.ssl_profiles), from, visit),
            Table::AuthServicePlugin => each(configured(&wanted.auth_service_plugins), from, visit),
            Table::Log => each(configured(&wanted.logs), from, visit),
            Table::Address => each(configured(&wanted.addresses), from, visit),
            Table::Shard => each(wanted.shards.iter().map(|wanted| ShardRow::new(self, wanted)), from, visit),
            Table::LinkRoute => {
                each(wanted.link_routes.iter().map(|wanted| LinkRouteRow::new(wanted, self.node)), from, visit);
            }
            Table::OwnLinkRoute => each(link_routes::own_rows(self), from, visit),
            Table::AutoLink => each(wanted.auto_links.iter().map(|wanted| self.auto_link(wanted)), from, visit),
            Table::RouterAddress => each(addresses::rows(self, from), 0, visit),
            Table::RouterNode => each(nodes::rows(self), from, visit),
            Table::LogStats => each(logs::rows(self), from, visit),
            Table::RouterLink => each(links::rows(self, from), 0, visit),
            Table::Connection => each(connections::rows(self, from), 0, visit),
        }
    }

    fn find(&self, kind: EntityKind, key: Key<'_>, visit: &mut dyn FnMut(&dyn Record)) -> bool {
        let wanted = &self.node.agent.configured;
        let (Key::Name(text) | Key::Identity(text)) = key;
        let Some(table) = Table::of(kind) else { return false };
        match table {
            Table::Router => {
                let is_meant = text == self.router_id() || key == Key::Identity("1");
                show(is_meant.then(|| RouterRow::new(self)), visit)
            }
            Table::Policy => show((text == policy::IDENTITY).then(|| self.policy()), visit),
            Table::Listener => show(find_configured(&wanted.listeners, key, true), visit),
            Table::Connector => {
                show(find_wanted(&wanted.connectors, key, true).map(|wanted| self.connector(wanted)), visit)
            }
            Table::SslProfile => show(find_configured(&wanted.ssl_profiles, key, true), visit),
            Table::AuthServicePlugin => show(find_configured(&wanted.auth_service_plugins, key, true), visit),
            Table::Log => show(find_configured(&wanted.logs, key, true), visit),
            Table::Address => show(find_configured(&wanted.addresses, key, false), visit),
            Table::Shard => {
                show(find_wanted(&wanted.shards, key, true).map(|wanted| ShardRow::new(self, wanted)), visit)
            }
            Table::LinkRoute => {
                let found = find_wanted(&wanted.link_routes, key, false);
                show(found.map(|wanted| LinkRouteRow::new(wanted, self.node)), visit)
            }
            Table::OwnLinkRoute => show(link_routes::find_own(self, key), visit),
            Table::AutoLink => {
                show(find_wanted(&wanted.auto_links, key, false).map(|wanted| self.auto_link(wanted)), visit)
            }
            Table::RouterAddress => show(addresses::find(self, key), visit),
            Table::RouterNode => show(nodes::find(self, key), visit),
            Table::LogStats => show(logs::find(self, key), visit),
            Table::RouterLink => show(links::find(self, key), visit),
            Table::Connection => show(connections::find(self, key), visit),
        }
    }

    fn configured(&self, kind: EntityKind, identity: &str) -> Option<Entity> {
        let configured = &self.node.agent.configured;
        let key = Key::Identity(identity);
        if kind == EntityKind::Log {
            find_wanted(&configured.logs, key, true).map(|wanted| Entity::Log(wanted.entity.clone()))
        } else if kind == EntityKind::Shard {
            find_wanted(&configured.shards, key, true).map(|wanted| Entity::Shard(wanted.entity.clone()))
        } else {
            None
        }
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
            Change::Shard(shard) => self.node.update_shard(identity, shard),
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

    fn explain(&self, address: &str, key: Option<&str>) -> Explanation {
        explain::explain(self, address, key)
    }

    fn trace(&mut self, asked: &TraceRequest<'_>) -> Result<Option<Trace>, Refusal> {
        if let Some(trace) = self.trace.take() {
            return Ok(Some(trace));
        }
        self.node.start_trace(asked, (self.requester, self.request.to_vec()), self.now)?;
        Ok(None)
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
