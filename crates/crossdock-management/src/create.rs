//! CREATE: a new entity of configuration.

use crossdock_schema::{Direction, Effect, Entity, EntityKind, EntityType, Value, check_entity};

use crate::agent::write_entity;
use crate::core_rules::{self, Given};
use crate::kinds::{PREFIX, TypeRef, general_kinds};
use crate::locate::{Located, not_implemented};
use crate::query::attribute;
use crate::refusal::{Refusal, Status};
use crate::reply::Reply;
use crate::request::{self, Request};
use crate::rows;
use crate::store::{Key, NewEntity, Store};
use crate::words::shorten;

/// Octets of a name.
const MAX_NAME: usize = 1024;

pub(crate) fn create(
    core: Option<EntityKind>,
    request: &Request<'_>,
    store: &mut dyn Store,
    reply: &mut Reply<'_>,
) -> Result<(), Refusal> {
    let Some(body) = request.body.entries()? else {
        return Err(Refusal::bad_request("Body of request must be a map"));
    };
    let of_body = |key: &str| match body.get(key).map(|value| request::value(key, *value)).transpose()? {
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(Value::Null) | None => Ok(None),
        Some(_) => Err(Refusal::bad_request(format!("'{key}' is not a text, but has to be one"))),
    };
    let type_name = agree("type", request.properties.r#type.text("type")?, of_body("type")?)?;
    let Some(type_name) = type_name else {
        return Err(Refusal::bad_request("No 'type' attribute: it says what to create"));
    };
    let kind = creatable(&type_name)?;
    if request.properties.identity.text("identity")?.is_some() || body.contains_key("identity") {
        return Err(cannot_set("identity"));
    }
    let name = request.properties.name.text("name")?;
    let name = match core {
        // The core agent of qdrouterd does not look into the body for a name.
        Some(_) => name.map(str::to_owned),
        None => agree("name", name, of_body("name")?)?,
    };
    check_name(name.as_deref())?;

    let mut given = Given::new();
    for (key, value) in &body {
        if matches!(*key, "name" | "type") {
            continue;
        }
        let Some(found) = settable(kind.entity_type(), key, core.is_some())? else { continue };
        let value = request::value(key, *value)?;
        if value != Value::Null && given.insert(found, value).is_some() {
            return Err(Refusal::bad_request(format!("'{found}' is given also by its other name")));
        }
    }
    check_unique(kind, core, name.as_deref(), store)?;
    let entity = checked(kind, core.is_some(), name, given, store)?;
    if let NewEntity::Configured(entity) = &entity
        && let Some(identity) = identity_of(entity)
        && rows::find(store, kind, Key::Identity(&identity), &mut |_| {})
    {
        return Err(duplicate("identity", &identity, kind));
    }
    let identity = store.create(entity)?;
    write_entity(&Located { kind, identity }, store, reply, Status::Created)
}

/// The identity that an entity has by its configuration; `None` where the router counts them.
pub fn identity_of(entity: &Entity) -> Option<String> {
    let party = |what: &str, host: &str, port: &str, name: &Option<String>| match name {
        Some(name) => Some(format!("{what}/{host}:{port}:{name}")),
        None => Some(format!("{what}/{host}:{port}")),
    };
    let named = |what: &str, name: &Option<String>| Some(format!("{what}/{}", name.as_deref().unwrap_or("None")));
    match entity {
        Entity::Router(_) => Some(String::from("1")),
        Entity::Listener(listener) => party("listener", &listener.host, &listener.port, &listener.name),
        Entity::Connector(connector) => party("connector", &connector.host, &connector.port, &connector.name),
        Entity::SslProfile(profile) => named("sslProfile", &profile.name),
        Entity::AuthServicePlugin(plugin) => named("authServicePlugin", &plugin.name),
        Entity::Log(log) => Some(format!("log/{}", log.module)),
        // The name is a quirk of qdrouterd that scripts rely on.
        Entity::Policy(_) => Some(String::from("policy/None")),
        Entity::Vhost(vhost) => Some(format!("vhost/{}", vhost.hostname)),
        Entity::Shard(shard) => named("shard", &shard.name),
        Entity::Console(_) => Some(String::from("console/None")),
        Entity::Address(_) | Entity::LinkRoute(_) | Entity::AutoLink(_) | Entity::Exchange(_) | Entity::Binding(_) => {
            None
        }
    }
}

/// The value a key has in the properties or in the body of a request, but not two of them.
fn agree(key: &str, property: Option<&str>, body: Option<String>) -> Result<Option<String>, Refusal> {
    match (property, body) {
        (Some(property), Some(body)) if property != body => {
            Err(Refusal::bad_request(format!("Conflicting values for '{key}'")))
        }
        (Some(property), _) => Ok(Some(property.to_owned())),
        (None, body) => Ok(body),
    }
}

fn creatable(type_name: &str) -> Result<EntityKind, Refusal> {
    let named = TypeRef::parse(type_name)?;
    let kind = match named {
        TypeRef::Kind(kind) if named.operations().contains(&"CREATE") => kind,
        TypeRef::Kind(_) | TypeRef::Base(_) => return Err(not_implemented("CREATE", named)),
    };
    match kind.entity_type().effect {
        Effect::Full | Effect::Accepted => Ok(kind),
        Effect::None { reason, .. } => {
            let name = kind.entity_type().wire_name;
            Err(Refusal::not_implemented(format!("'{name}' cannot be created: {reason}")))
        }
    }
}

fn check_name(name: Option<&str>) -> Result<(), Refusal> {
    match name {
        Some(name) if name.len() > MAX_NAME => {
            let length = name.len();
            Err(Refusal::bad_request(format!("The name has {length} bytes; at most {MAX_NAME} are taken")))
        }
        Some(_) | None => Ok(()),
    }
}

/// The attribute a key of the body sets, by its name in the schema. `None` for one that the core agent of qdrouterd does not
/// look at.
fn settable(of: &EntityType, key: &str, is_core: bool) -> Result<Option<&'static str>, Refusal> {
    let found = attribute(of, key).and_then(|index| of.attributes.get(index));
    match found {
        Some(found) if found.create => Ok(Some(found.name)),
        _ if is_core => Ok(None),
        Some(found) => Err(cannot_set(found.name)),
        None => {
            let type_name = of.wire_name;
            Err(Refusal::bad_request(format!("Unknown attribute '{}' for '{type_name}'", shorten(key))))
        }
    }
}

fn cannot_set(attribute: &str) -> Refusal {
    Refusal::bad_request(format!("Cannot set attribute '{attribute}' in CREATE"))
}

fn check_unique(
    kind: EntityKind,
    core: Option<EntityKind>,
    name: Option<&str>,
    store: &dyn Store,
) -> Result<(), Refusal> {
    let Some(name) = name else { return Ok(()) };
    let is_taken = |kind: EntityKind| rows::find(store, kind, Key::Name(name), &mut |_| {});
    if core.is_some() {
        return if is_taken(kind) {
            Err(Refusal::bad_request("Name conflicts with an existing entity"))
        } else {
            Ok(())
        };
    }
    match general_kinds().find(|kind| is_taken(*kind)) {
        Some(other) => Err(duplicate("name", name, other)),
        None => Ok(()),
    }
}

fn duplicate(attribute: &str, value: &str, other: EntityKind) -> Refusal {
    let type_name = other.entity_type().wire_name;
    let value = shorten(value);
    Refusal::bad_request(format!("'{value}' duplicates unique attribute '{attribute}' from existing {type_name}"))
}

fn checked(
    kind: EntityKind,
    is_core: bool,
    name: Option<String>,
    mut given: Given,
    store: &dyn Store,
) -> Result<NewEntity, Refusal> {
    if kind.entity_type().core {
        core_rules::check(kind, name.as_deref(), &mut given)?;
    }
    if kind == EntityKind::RouterConnectionLinkRoute {
        let (Some(Value::Text(pattern)), Some(Value::Text(direction))) =
            (given.remove("pattern"), given.remove("direction"))
        else {
            return Err(Status::BadRequest.into());
        };
        let direction = Direction::from_tag(&direction).ok_or(Status::BadRequest)?;
        return Ok(NewEntity::ConnectionLinkRoute { name, pattern, direction });
    }
    let name = name.map(|name| (String::from("name"), Value::Text(name)));
    let attributes = given.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(name);
    match check_entity(kind, store.mode(), attributes) {
        Ok((entity, _)) => Ok(NewEntity::Configured(Box::new(entity))),
        Err(problems) => Err(Refusal::bad_request(say(kind, is_core, &problems))),
    }
}

/// `org.apache.qpid.dispatch.listener: 'cost' is 'abc'; allowed are whole numbers from 1 to 2147483647`
pub(crate) fn say(kind: EntityKind, is_core: bool, problems: &[String]) -> String {
    let problems = problems.iter().take(4).map(|problem| shorten(problem)).collect::<Vec<_>>().join("; ");
    if is_core { problems } else { format!("{PREFIX}{}: {problems}", TypeRef::Kind(kind).short_name()) }
}
