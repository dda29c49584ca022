//! Deliveries that may go to another address than their own: its fallback, its far side of a waypoint, one of its shards.

use crossdock_amqp::engine::IncomingTransfer;
use crossdock_core::message::KeyScan;
use crossdock_core::route::{Case, Route, Via};
use crossdock_core::routers::Origin;
use crossdock_core::shards::KeyHash;

use super::destinations::Undeliverable;
use super::known::Known;
use crate::shared::Shared;

/// Whose destinations take a delivery.
pub(super) enum Chosen<'r> {
    /// Those of its own address.
    Own(&'r mut Route),
    /// Those of another one.
    Companion(&'r mut Route),
    /// Its key says so, and has not come.
    NeedMore,
}

/// Decides for an address that has companions.
pub(super) fn via_companion<'r>(
    shared: &Shared,
    route: &'r mut Route,
    origin: Origin,
    transfer: &IncomingTransfer<'_>,
    known: &Known<'_>,
) -> Result<Chosen<'r>, Undeliverable> {
    let key = match route.key_source(origin).map(|source| source.find(known.message, known.head)) {
        Some(Ok(KeyScan::NeedMore)) if transfer.more => return Ok(Chosen::NeedMore),
        Some(Ok(KeyScan::Found(key))) => Some(KeyHash::new(key.octets())),
        Some(Ok(KeyScan::NeedMore | KeyScan::Absent)) | None => None,
        Some(Err(malformed)) => return Err(malformed.into()),
    };
    let case = Case { origin, settled: transfer.settled, key };
    let via = route.via(case, &shared.routers).ok_or(Undeliverable::Unroutable)?;
    let route = route.via_mut(via).ok_or(Undeliverable::Unroutable)?;
    Ok(if via == Via::Own { Chosen::Own(route) } else { Chosen::Companion(route) })
}
