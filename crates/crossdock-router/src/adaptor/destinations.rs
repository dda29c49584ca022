//! Where messages from producers go, beyond the link's own route, and why some go nowhere.

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::LinkId;
use crossdock_core::address::{Phase, Treatment};
use crossdock_core::batch::{ConnId, State};
use crossdock_core::mailbox::Mailbox;
use crossdock_core::message::{Malformed, write_user_annotation};
use crossdock_core::route::Route;
use crossdock_core::routers::Origin;
use crossdock_core::table::{OutgoingCounters, Party};
use fe2o3_amqp_types::messaging::{DeliveryState, Rejected};
use hashbrown::HashMap;
use std::sync::Arc;

use super::known::Known;
use super::slots::{RouteKey, RouteKeyRef};
use crate::shared::Shared;

/// Routes that an anonymous link remembers; with more addresses than this it starts over.
const REMEMBERED_ROUTES: usize = 1024;

/// A longer address (bytes) makes it start over too, so that what is remembered stays small.
const REMEMBERED_LENGTH: usize = 1024;

/// Why a delivery goes nowhere.
pub(super) enum Undeliverable {
    /// Nobody is there: released.
    Unroutable,
    /// Something is wrong with it: rejected with this error.
    Bad(Condition, String),
}

/// Where a copy of a multicast message goes.
pub(super) struct CopyTo {
    pub(super) conn: ConnId,
    pub(super) link: LinkId,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) annotated: bool,
    pub(super) counters: Option<Arc<OutgoingCounters>>,
}

/// All links of this router, and each neighbour behind which there are others, unless the message has been there.
pub(super) fn copies(route: &Route, origin: Origin, known: &Known<'_>) -> Vec<CopyTo> {
    let local = route.local().iter().inspect(|local| route.count_going(local.party)).map(|local| CopyTo {
        conn: local.conn,
        link: local.link,
        mailbox: Arc::clone(&local.mailbox),
        annotated: local.annotated,
        counters: Some(Arc::clone(&local.counters)),
    });
    let passed = |router: &str| {
        let annotations = known.head.router_annotations.iter();
        annotations.flat_map(|annotations| annotations.trace_entries(known.message)).any(|by| by == router.as_bytes())
    };
    let remote = route.copies(origin).filter(|remote| !passed(&remote.next_hop)).map(|remote| CopyTo {
        conn: remote.conn,
        link: LinkId::NONE,
        mailbox: Arc::clone(&remote.mailbox),
        annotated: true,
        counters: None,
    });
    let remote = remote.inspect(|_| route.count_going(Party::Network));
    let copies: Vec<_> = local.chain(remote).collect();
    if !copies.is_empty() {
        route.count_coming();
    }
    copies
}

/// The route of a message that says itself where it goes.
pub(super) fn anonymous_route<'r>(
    shared: &Shared,
    routes: &'r mut HashMap<RouteKey, Route>,
    (sender, party): (u32, Party),
    known: &Known<'_>,
) -> Result<&'r mut Route, Undeliverable> {
    let Some(destination) = known.head.destination(known.message)? else {
        let description = "Routing failure: no address present".into();
        return Err(Undeliverable::Bad(Condition::PreconditionFailed, description));
    };
    let text = destination.text;
    let wanted = RouteKeyRef { phase: destination.phase.number(), text };
    if routes.get(&wanted).is_none_or(|route| route.entry().is_retired()) {
        let named = shared.classify(text);
        // Who sends to no particular phase sends as if to the address itself.
        let is_client = matches!(party, Party::Client | Party::RouteContainer) && destination.phase == Phase::ZERO;
        let key = if is_client { shared.producer_key(named) } else { named.in_phase(destination.phase).to_key() };
        let Some(entry) = shared.table.find(key.key_ref()) else {
            routes.remove(&wanted);
            return Err(if shared.settings_for(key.key_ref()).treatment == Treatment::Unavailable {
                let description = "Deliveries cannot be sent to an unavailable address".into();
                Undeliverable::Bad(Condition::NotFound, description)
            } else {
                Undeliverable::Unroutable
            });
        };
        if routes.len() >= REMEMBERED_ROUTES || text.len() > REMEMBERED_LENGTH {
            routes.clear();
        }
        let owned = RouteKey { phase: destination.phase.number(), text: text.into() };
        let mut route = Route::new(entry, sender, party);
        route.set_renames(is_client && key.key_ref() != named);
        routes.insert(owned, route);
    }
    routes.get_mut(&wanted).ok_or(Undeliverable::Unroutable)
}

/// The annotation that says which address a producer named, where its messages go to another one.
const MEANT: &str = "x-opt-crossdock-address";

/// A message that says which address was meant; none if it does already.
#[cold]
pub(super) fn stamped(known: &Known<'_>, meant: &str) -> Option<Vec<u8>> {
    let Known { head, message, .. } = *known;
    let mut out = Vec::with_capacity(message.len() + MEANT.len() + meant.len() + 16);
    let is_new = write_user_annotation(&mut out, message, head, MEANT, meant);
    out.extend_from_slice(message.get(head.rest as usize..).unwrap_or_default());
    is_new.then_some(out)
}

pub(super) fn too_many_heads() -> Undeliverable {
    let description = "too much of messages whose first sections are not complete".into();
    Undeliverable::Bad(Condition::ResourceLimitExceeded, description)
}

impl From<Malformed> for Undeliverable {
    fn from(malformed: Malformed) -> Self {
        let condition = match malformed.condition() {
            "amqp:invalid-field" => Condition::InvalidField,
            _ => Condition::DecodeError,
        };
        Self::Bad(condition, malformed.description().into())
    }
}

pub(super) fn rejected(condition: Condition, description: &str) -> State {
    let state = DeliveryState::Rejected(Rejected { error: Some(condition.error(description)) });
    // A rejection without its reason is still a rejection.
    let encoded = serde_amqp::to_vec(&state).unwrap_or_else(|_| vec![0x00, 0x53, 0x25, 0x45]);
    State::Other(encoded.into())
}
