//! Link routes: made and removed, and their rows. Those of the configuration, and those that peers make for their own
//! connections, which nobody else sees.

use crossdock_amqp::engine::LinkRole;
use crossdock_core::batch::ConnId;
use crossdock_core::record::ConnectionRole;
use crossdock_core::routed::Rewrite;
use crossdock_management::{Key, Refusal, Row, Slot};
use crossdock_schema::{
    Direction, LinkRoute as Configured, LinkRouteAttr, LinkRouteOperStatus, LinkRouteState,
    RouterConnectionLinkRouteAttr, Supply,
};

use super::configured::{Wanted, take};
use super::view::View;
use crate::node::Node;
use crate::node::container::Container;
use crate::node::link_routes::{LinkRoute, Place};

/// A link route of the configuration.
pub(super) struct LinkRouteRow<'v> {
    wanted: &'v Wanted<Configured>,
    is_active: bool,
}

impl<'v> LinkRouteRow<'v> {
    pub(super) fn new(wanted: &'v Wanted<Configured>, node: &Node) -> Self {
        let number = wanted.identity.parse().ok();
        let route = number.and_then(|number| node.link_routes.get(number));
        Self { wanted, is_active: route.is_some_and(LinkRoute::is_active) }
    }
}

impl Row for LinkRouteRow<'_> {
    type Attr = LinkRouteAttr;

    fn write(&self, attribute: LinkRouteAttr, slot: Slot<'_>) {
        let status = if self.is_active { LinkRouteOperStatus::Active } else { LinkRouteOperStatus::Inactive };
        match self.wanted.entity.supply(attribute) {
            Supply::Configured(field) => slot.field(field),
            Supply::Running(LinkRouteState::OperStatus) => slot.text(status.as_str()),
            Supply::Running(LinkRouteState::Name) => slot.optional_text(self.wanted.name.as_deref()),
            Supply::Running(LinkRouteState::Identity) => slot.text(&self.wanted.identity),
        }
    }
}

/// A link route that a peer has made for its own connection.
pub(super) struct OwnRow<'v> {
    number: u64,
    route: &'v LinkRoute,
    container: Option<&'v str>,
}

/// Those of the peer that asks.
pub(super) fn own_rows<'v>(view: &'v View<'v>) -> impl Iterator<Item = OwnRow<'v>> {
    let node = &*view.node;
    let container = node.connection(view.requester).map(|record| &*record.container);
    let own = node.link_routes.of_connection(view.requester);
    own.map(move |(number, route)| OwnRow { number, route, container })
}

pub(super) fn find_own<'v>(view: &'v View<'v>, key: Key<'_>) -> Option<OwnRow<'v>> {
    own_rows(view).find(|row| match key {
        Key::Identity(identity) => row.number.to_string() == identity,
        Key::Name(name) => row.route.name.as_deref() == Some(name),
    })
}

impl Row for OwnRow<'_> {
    type Attr = RouterConnectionLinkRouteAttr;

    fn write(&self, attribute: RouterConnectionLinkRouteAttr, slot: Slot<'_>) {
        match attribute {
            RouterConnectionLinkRouteAttr::Pattern => slot.text(&self.route.pattern),
            RouterConnectionLinkRouteAttr::Direction => slot.text(direction(self.route.role).as_str()),
            RouterConnectionLinkRouteAttr::ContainerId => slot.optional_text(self.container),
            RouterConnectionLinkRouteAttr::Name => slot.optional_text(self.route.name.as_deref()),
            RouterConnectionLinkRouteAttr::Identity => slot.display(self.number),
        }
    }
}

impl Node {
    pub(super) fn create_link_route(&mut self, entity: Configured) -> Result<String, Refusal> {
        let place = match (&entity.prefix, &entity.pattern) {
            (Some(prefix), None) => Place::Prefix(prefix),
            (None, Some(pattern)) => Place::Pattern(pattern),
            (Some(_), Some(_)) => {
                return Err(Refusal::bad_request("Cannot specify both a 'prefix' and a 'pattern' attribute"));
            }
            (None, None) => {
                return Err(Refusal::bad_request("Either a 'prefix' or 'pattern' attribute must be provided"));
            }
        };
        let container = Container::named(entity.container_id.as_deref(), entity.connection.as_deref())?;
        let text = |prefix: &Option<String>| prefix.clone().unwrap_or_default();
        let rewrite = Rewrite { remove: text(&entity.del_external_prefix), add: text(&entity.add_external_prefix) };
        let route = LinkRoute::new(place, role(entity.direction), container, rewrite);
        let number = self.add_link_route(route).ok_or_else(too_many_tokens)?;
        let wanted = Wanted { identity: number.to_string(), name: entity.name.clone(), entity };
        let identity = wanted.identity.clone();
        self.agent.configured.link_routes.push(wanted);
        Ok(identity)
    }

    pub(super) fn delete_link_route(&mut self, identity: &str) -> Option<()> {
        take(&mut self.agent.configured.link_routes, identity)?;
        self.remove_link_route(identity.parse().ok()?);
        Some(())
    }

    /// Makes a link route for a peer's own connection.
    pub(super) fn create_own_link_route(
        &mut self,
        requester: ConnId,
        name: Option<String>,
        pattern: String,
        direction: Direction,
    ) -> Result<String, Refusal> {
        // One that asks through another router has no connection here.
        let is_here = self.connection(requester).is_some_and(|record| record.role != ConnectionRole::InterRouter);
        if !is_here {
            return Err(Refusal::forbidden("Forbidden"));
        }
        if self.link_routes.of_connection(requester).count() >= OWN_LINK_ROUTES {
            return Err(Refusal::forbidden("The connection has too many link routes"));
        }
        let container = Container::Own(requester);
        let mut route = LinkRoute::new(Place::Pattern(&pattern), role(direction), container, Rewrite::default());
        route.name = name;
        route.pattern = pattern;
        self.add_link_route(route).map(|number| number.to_string()).ok_or_else(too_many_tokens)
    }

    /// Removes a link route of a peer's own connection.
    pub(super) fn delete_own_link_route(&mut self, requester: ConnId, identity: &str) -> Option<()> {
        let number = identity.parse().ok()?;
        self.link_routes.of_connection(requester).find(|(own, _)| *own == number)?;
        self.remove_link_route(number).then_some(())
    }
}

/// Link routes that one peer may make for its own connection.
const OWN_LINK_ROUTES: usize = 1000;

fn too_many_tokens() -> Refusal {
    Refusal::bad_request("The pattern has too many tokens")
}

fn role(direction: Direction) -> LinkRole {
    match direction {
        Direction::In => LinkRole::Receiver,
        Direction::Out => LinkRole::Sender,
    }
}

fn direction(role: LinkRole) -> Direction {
    match role {
        LinkRole::Receiver => Direction::In,
        LinkRole::Sender => Direction::Out,
    }
}
