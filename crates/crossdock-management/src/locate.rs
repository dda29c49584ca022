//! Which entity a request means.

use std::ops::ControlFlow;

use crossdock_schema::EntityKind;

use crate::kinds::{Base, PREFIX, TypeRef, general_kinds};
use crate::refusal::{Refusal, Status};
use crate::request::Properties;
use crate::rows;
use crate::store::{Key, Store};
use crate::words::{quoted_list, shorten};

/// An entity that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) kind: EntityKind,
    pub(crate) identity: String,
}

impl Located {
    fn node() -> Self {
        Located { kind: EntityKind::Management, identity: String::from("self") }
    }
}

/// Finds the entity by the rules of qdrouterd's general agent.
pub(crate) fn locate(properties: &Properties<'_>, store: &dyn Store, is_read: bool) -> Result<Located, Refusal> {
    let wanted = properties.r#type.text("type")?.map(TypeRef::parse).transpose()?;
    let name = properties.name.text("name")?;
    let identity = properties.identity.text("identity")?;
    let (key, other) = match (name, identity) {
        (Some(name), identity) => (Key::Name(name), identity.map(Key::Identity)),
        (None, Some(identity)) => (Key::Identity(identity), None),
        (None, None) => {
            return match wanted {
                None => Ok(Located::node()),
                Some(wanted) if TypeRef::Kind(EntityKind::Management).is_a(wanted) => Ok(Located::node()),
                Some(wanted) => only_one(wanted, store).ok_or_else(|| {
                    let name = wanted.short_name();
                    Refusal::bad_request(format!("{PREFIX}{name}: No name or identity provided"))
                }),
            };
        }
    };
    let found =
        search(wanted, key, store).ok_or_else(|| Refusal::not_found(format!("No entity with {}", said(key))))?;
    if let Some(Key::Identity(identity)) = other
        && found.identity != identity
    {
        return Err(Refusal::bad_request(format!("Conflicting {} identity={}", said(key), shorten(identity))));
    }
    check_type(found, wanted, is_read)
}

/// The entity of a type of which there is always one.
fn only_one(wanted: TypeRef, store: &dyn Store) -> Option<Located> {
    let TypeRef::Kind(kind) = wanted else { return None };
    let mut only = None;
    if kind.entity_type().singleton {
        rows::for_each_row(store, kind, 0, &mut |record| {
            only = rows::text_of(record, "identity").map(|identity| Located { kind, identity });
            ControlFlow::Break(())
        });
    }
    only
}

/// Looks among entities of the type first, then among all that have names of their own.
fn search(wanted: Option<TypeRef>, key: Key<'_>, store: &dyn Store) -> Option<Located> {
    let of_type = match wanted {
        Some(TypeRef::Kind(kind)) => Some(kind),
        Some(TypeRef::Base(_)) | None => None,
    };
    let others = general_kinds().filter(|kind| Some(*kind) != of_type);
    of_type.into_iter().chain(others).find_map(|kind| {
        let mut found = None;
        rows::find(store, kind, key, &mut |record| found = rows::text_of(record, "identity"));
        found.map(|identity| Located { kind, identity })
    })
}

fn check_type(found: Located, wanted: Option<TypeRef>, is_read: bool) -> Result<Located, Refusal> {
    let is = TypeRef::Kind(found.kind);
    let Some(wanted) = wanted.filter(|wanted| *wanted != is) else { return Ok(found) };
    let (is_name, wanted_name) = (is.short_name(), wanted.short_name());
    if !is.is_a(wanted) {
        return Err(Refusal::bad_request(format!(
            "Entity type '{PREFIX}{is_name}' does not extend requested type '{PREFIX}{wanted_name}'"
        )));
    }
    if is_read && wanted != TypeRef::Base(Base::Management) {
        return Err(Refusal::not_found(format!(
            "Entity type '{PREFIX}{is_name}' does not match requested type '{PREFIX}{wanted_name}'"
        )));
    }
    Ok(found)
}

/// Finds an entity of this kind by the rules of qdrouterd's core agent.
pub(crate) fn locate_core(
    kind: EntityKind,
    properties: &Properties<'_>,
    store: &dyn Store,
) -> Result<Located, Refusal> {
    let name = properties.name.text("name")?;
    let identity = properties.identity.text("identity")?;
    let key = match (identity, name) {
        (Some(identity), _) => Key::Identity(identity),
        (None, _) if kind == EntityKind::Connection => {
            return Err(Refusal::bad_request("Name not supported. Identity required"));
        }
        (None, Some(name)) => Key::Name(name),
        (None, None) if kind == EntityKind::RouterAddress => return Err(Status::NotFound.into()),
        (None, None) => return Err(Refusal::bad_request("No name or identity provided")),
    };
    let mut found = None;
    rows::find(store, kind, key, &mut |record| found = rows::text_of(record, "identity"));
    found.map(|identity| Located { kind, identity }).ok_or_else(|| Status::NotFound.into())
}

/// The refusal of an operation that a type does not have.
pub(crate) fn not_implemented(operation: &str, on: TypeRef) -> Refusal {
    let operations = quoted_list(on.operations().iter().copied());
    let operation = shorten(operation);
    let name = on.short_name();
    Refusal::not_implemented(format!("Operation '{operation}' not implemented for '{PREFIX}{name}' {operations}"))
}

/// `name=x`
fn said(key: Key<'_>) -> String {
    match key {
        Key::Name(name) => format!("name={}", shorten(name)),
        Key::Identity(identity) => format!("identity={}", shorten(identity)),
    }
}
