//! UPDATE: what may change while the router runs.

use std::collections::BTreeMap;

use crossdock_amqp::codec::Cursor;
use crossdock_schema::{AdminStatus, Entity, EntityKind, EntityType, Value, check_entity};

use crate::agent::{find_entity, write_entity};
use crate::create::say;
use crate::kinds::TypeRef;
use crate::locate::{Located, not_implemented};
use crate::query::attribute;
use crate::refusal::{Refusal, Status};
use crate::reply::Reply;
use crate::request::{self, Request};
use crate::rows;
use crate::store::{Change, Key, Store};
use crate::words::shorten;

pub(crate) fn update(
    core: Option<EntityKind>,
    request: &Request<'_>,
    store: &mut dyn Store,
    reply: &mut Reply<'_>,
) -> Result<(), Refusal> {
    let located = if core == Some(EntityKind::Connection) {
        // Whatever is wrong with the choice of a connection is a bad request, not a connection not found.
        find_entity(core, "UPDATE", request, store).map_err(|refusal| Refusal { status: Status::BadRequest, ..refusal })
    } else {
        find_entity(core, "UPDATE", request, store)
    }?;
    let Some(body) = request.body.entries()? else {
        return Err(Refusal::bad_request("Body of request must be a map"));
    };
    let changes = changes(&located, &body, store)?;
    if located.kind == EntityKind::RouterLink {
        let is_other = |status: &Value| *status != Value::Text(String::from("enabled"));
        if changes.get("adminStatus").is_some_and(is_other) {
            return Err(Refusal::bad_request("Bad Request: 'adminStatus' of a link can only be 'enabled'"));
        }
    } else {
        let is_connection = located.kind == EntityKind::Connection;
        let change = if is_connection { connection(&changes) } else { configured(&located, changes, store) }?;
        store.update(&located.identity, change)?;
    }
    write_entity(&located, store, reply, Status::Ok)
}

/// The attributes that are given and may change, by their names in the schema. One that may not change may be given with the
/// value it has.
fn changes(
    located: &Located,
    body: &BTreeMap<&str, Cursor<'_>>,
    store: &dyn Store,
) -> Result<BTreeMap<&'static str, Value>, Refusal> {
    let of = located.kind.entity_type();
    let mut changes = BTreeMap::new();
    for (key, value) in body {
        let value = request::value(key, *value)?;
        let Some(found) = attribute(of, key).and_then(|index| of.attributes.get(index)) else {
            let type_name = of.wire_name;
            return Err(Refusal::bad_request(format!("Unknown attribute '{}' for '{type_name}'", shorten(key))));
        };
        if found.update {
            changes.insert(found.name, value);
        } else if !is_as_it_is(located, of, found.name, &value, store) {
            return Err(Refusal::bad_request(format!("Cannot update attribute '{}' in UPDATE", found.name)));
        }
    }
    Ok(changes)
}

fn is_as_it_is(located: &Located, of: &EntityType, name: &str, value: &Value, store: &dyn Store) -> bool {
    let mut is_same = false;
    rows::find(store, located.kind, Key::Identity(&located.identity), &mut |record| {
        let Some(index) = of.attributes.iter().position(|attribute| attribute.name == name) else { return };
        let mut scratch = crate::octets::Octets::default();
        rows::write_value(&mut scratch, record, of, index);
        is_same = request::value(name, Cursor::new(scratch.since(0))).is_ok_and(|current| current == *value);
    });
    is_same
}

fn connection(changes: &BTreeMap<&'static str, Value>) -> Result<Change, Refusal> {
    let admin_status = match changes.get("adminStatus") {
        None | Some(Value::Null) => None,
        Some(Value::Text(tag)) if AdminStatus::from_tag(tag).is_some() => AdminStatus::from_tag(tag),
        Some(_) => return Err(Refusal::bad_request("Bad Request: 'adminStatus' can be 'enabled' or 'deleted'")),
    };
    let enable_protocol_trace = match changes.get("enableProtocolTrace") {
        None | Some(Value::Null) => None,
        Some(Value::Boolean(truth)) => Some(*truth),
        Some(_) => return Err(Refusal::bad_request("Bad Request: 'enableProtocolTrace' has to be true or false")),
    };
    if admin_status.is_none() && enable_protocol_trace.is_none() {
        return Err(Refusal::bad_request("Bad Request: give 'adminStatus' or 'enableProtocolTrace'"));
    }
    Ok(Change::Connection { admin_status, enable_protocol_trace })
}

/// The configuration of an entity with the changes in it, checked as a whole.
fn configured(located: &Located, changes: BTreeMap<&'static str, Value>, store: &dyn Store) -> Result<Change, Refusal> {
    let Some(current) = store.configured(located.kind, &located.identity) else {
        return Err(Refusal::not_found(format!("No entity with identity={}", shorten(&located.identity))));
    };
    let mut attributes: BTreeMap<&'static str, Value> = current.values().into_iter().collect();
    attributes.extend(changes);
    let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value));
    match check_entity(located.kind, store.mode(), attributes) {
        Ok((Entity::Log(log), _)) => Ok(Change::Log(log)),
        Ok((Entity::Shard(shard), _)) => Ok(Change::Shard(shard)),
        Ok((Entity::Vhost(vhost), _)) => Ok(Change::Vhost(Box::new(vhost))),
        Ok((_, _)) => Err(not_implemented("UPDATE", TypeRef::Kind(located.kind))),
        Err(problems) => Err(Refusal::bad_request(say(located.kind, false, &problems))),
    }
}
