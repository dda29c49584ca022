//! Rows of the routers of the network: this one first, then those to which there is a path, by name.

use crossdock_amqp::engine::Time;
use crossdock_core::routers::RouterIndex;
use crossdock_linkstate::{Path, RouterId};
use crossdock_management::{Key, Row, Slot};
use crossdock_schema::RouterNodeAttr;

use super::view::View;
use crate::node::mesh::Mesh;

/// In front of the router's id, in identities.
const PREFIX: &str = "router.node/";

/// A router.
pub(super) enum NodeRow<'v> {
    /// This one.
    Own {
        view: &'v View<'v>,
        mesh: &'v Mesh,
    },
    Remote {
        view: &'v View<'v>,
        mesh: &'v Mesh,
        id: &'v RouterId,
        path: &'v Path,
        index: RouterIndex,
    },
}

pub(super) fn count(view: &View<'_>) -> usize {
    view.node.mesh.as_ref().map_or(0, |mesh| 1 + mesh.routers().len())
}

pub(super) fn rows<'v>(view: &'v View<'v>) -> impl Iterator<Item = NodeRow<'v>> {
    let mesh = view.node.mesh.as_ref();
    mesh.into_iter().flat_map(move |mesh| {
        let remote = mesh.routers().keys().filter_map(move |id| remote(view, mesh, id));
        std::iter::once(NodeRow::Own { view, mesh }).chain(remote)
    })
}

pub(super) fn find<'v>(view: &'v View<'v>, key: Key<'_>) -> Option<NodeRow<'v>> {
    let (Key::Name(text) | Key::Identity(text)) = key;
    let id = text.strip_prefix(PREFIX)?;
    let mesh = view.node.mesh.as_ref()?;
    if id == view.node.shared.router_id() {
        return Some(NodeRow::Own { view, mesh });
    }
    let (id, _) = mesh.routers().get_key_value(id)?;
    remote(view, mesh, id)
}

fn remote<'v>(view: &'v View<'v>, mesh: &'v Mesh, id: &'v RouterId) -> Option<NodeRow<'v>> {
    let index = *mesh.routers().get(id)?;
    let path = mesh.link_state().paths().get(id)?;
    Some(NodeRow::Remote { view, mesh, id, path, index })
}

/// The number of a router in this table: this router has 0.
pub(super) fn number(index: RouterIndex) -> u32 {
    index.number() + 1
}

impl NodeRow<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Own { view, .. } => view.node.shared.router_id(),
            Self::Remote { id, .. } => id.as_str(),
        }
    }

    fn write_link_state(&self, slot: Slot<'_>) {
        match self {
            Self::Own { mesh, .. } => slot.texts(mesh.link_state().neighbors().map(|(id, ..)| id.as_str())),
            Self::Remote { mesh, id, .. } => match mesh.link_state().state_of(id) {
                Some((_, peers)) => slot.texts(peers.map(RouterId::as_str)),
                None => slot.texts([]),
            },
        }
    }

    fn write_valid_origins(&self, slot: Slot<'_>) {
        let Self::Remote { view, mesh, index, .. } = self else { return slot.texts([]) };
        let Some(router) = view.node.shared.routers().router(*index) else { return slot.texts([]) };
        let origins = mesh.routers().iter().filter(|(_, origin)| router.origins.contains(**origin));
        slot.texts(origins.map(|(id, _)| id.as_str()));
    }
}

impl Row for NodeRow<'_> {
    type Attr = RouterNodeAttr;

    fn write(&self, attribute: RouterNodeAttr, slot: Slot<'_>) {
        match attribute {
            RouterNodeAttr::Id => slot.text(self.id()),
            RouterNodeAttr::ProtocolVersion => slot.number(1),
            RouterNodeAttr::Instance => match self {
                Self::Own { mesh, .. } => slot.number(mesh.link_state().instance().0),
                Self::Remote { mesh, id, .. } => {
                    slot.optional_number(mesh.link_state().state_of(id).map(|(instance, _)| instance.0));
                }
            },
            RouterNodeAttr::LinkState => self.write_link_state(slot),
            RouterNodeAttr::NextHop => match self {
                Self::Own { .. } => slot.text("(self)"),
                Self::Remote { id, path, .. } if path.next_hop == **id => slot.absent(),
                Self::Remote { path, .. } => slot.text(path.next_hop.as_str()),
            },
            RouterNodeAttr::ValidOrigins => self.write_valid_origins(slot),
            RouterNodeAttr::Address => slot.display(format_args!("amqp:/_topo/0/{}", self.id())),
            RouterNodeAttr::RouterLink => match self {
                Self::Remote { mesh, id, path, .. } if path.next_hop == **id => {
                    let place = mesh.link_state().neighbors().position(|(neighbor, ..)| neighbor == *id);
                    slot.optional_number(place.map(|place| place as u64));
                }
                Self::Own { .. } | Self::Remote { .. } => slot.absent(),
            },
            RouterNodeAttr::Cost => match self {
                Self::Own { .. } => slot.absent(),
                Self::Remote { path, .. } => slot.number(path.cost),
            },
            RouterNodeAttr::LastTopoChange => match self {
                Self::Own { view, mesh } => {
                    let View { node, now, .. } = *view;
                    let at: Time = mesh.changed_at().unwrap_or(node.agent.started);
                    slot.number(node.agent.unix_time(at, *now));
                }
                Self::Remote { .. } => slot.absent(),
            },
            RouterNodeAttr::Index => match self {
                Self::Own { .. } => slot.number(0),
                Self::Remote { index, .. } => slot.number(number(*index)),
            },
            RouterNodeAttr::Name | RouterNodeAttr::Identity => slot.display(format_args!("{PREFIX}{}", self.id())),
        }
    }
}
