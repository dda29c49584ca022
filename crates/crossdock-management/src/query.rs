//! QUERY: rows of one type or of many, by pages.

use std::ops::ControlFlow;

use crossdock_schema::{EntityKind, EntityType};

use crate::kinds::{PREFIX, TypeRef, general_kinds};
use crate::octets::Octets;
use crate::refusal::{Refusal, Status};
use crate::reply::{Reply, Style};
use crate::request::{Request, texts};
use crate::rows;
use crate::store::{Record, Store};
use crate::words::quoted_list;

/// The rows a page has.
struct Page {
    /// Rows of the whole result to leave out.
    skip: usize,
    /// Rows still to come.
    left: usize,
}

pub(crate) fn query(
    filter: Option<TypeRef>,
    request: &Request<'_>,
    store: &dyn Store,
    reply: &mut Reply<'_>,
) -> Result<(), Refusal> {
    let kinds: Vec<EntityKind> = match filter {
        Some(TypeRef::Kind(kind)) => vec![kind],
        Some(base @ TypeRef::Base(_)) => general_kinds().filter(|kind| TypeRef::Kind(*kind).is_a(base)).collect(),
        None => general_kinds().collect(),
    };
    let wanted = wanted_names(request, reply.style)?;
    let names = match wanted {
        Some(names) => {
            check_names(&names, filter, &kinds)?;
            names
        }
        None => default_names(filter, &kinds),
    };
    let is_general = !matches!(filter, Some(TypeRef::Kind(_)));
    let mut page = page(request)?;
    let short_lists = reply.style == Style::General;
    let out = reply.begin(Status::Ok);
    let body = out.map();
    out.string("attributeNames");
    let list = out.list();
    names.iter().for_each(|name| out.string(name));
    out.close(list, names.len());
    out.string("results");
    let at = out.len();
    let results = out.list();
    let mut count = 0;
    for kind in kinds {
        if page.left == 0 {
            break;
        }
        let columns: Vec<Option<usize>> = names.iter().map(|name| attribute(kind.entity_type(), name)).collect();
        count += write_rows(out, store, kind, &columns, is_general, &mut page)?;
    }
    out.close(results, count);
    if count == 0 && short_lists {
        out.truncate(at);
        out.empty_list();
    }
    out.close(body, 4);
    Ok(())
}

/// Writes the rows of one kind that are on the page; how many those are.
fn write_rows(
    out: &mut Octets,
    store: &dyn Store,
    kind: EntityKind,
    columns: &[Option<usize>],
    is_general: bool,
    page: &mut Page,
) -> Result<usize, Refusal> {
    let entity_type = kind.entity_type();
    if columns.iter().all(Option::is_none) {
        return Ok(0);
    }
    // A row of a general type without a single value is no row. Where that cannot be, rows in front of the page are counted
    // without a look at them.
    let is_certain = entity_type.core || columns.iter().flatten().any(|index| is_always_there(entity_type, *index));
    let mut from = 0;
    if is_certain {
        let there = rows::count(store, kind);
        from = page.skip.min(there);
        page.skip -= from;
        if from == there {
            return Ok(0);
        }
    }
    let mut written = 0;
    let mut result = Ok(());
    rows::for_each_row(store, kind, from, &mut |record| {
        let at = out.len();
        let mut write = |record: &dyn Record| write_row(out, record, entity_type, columns);
        let has_values =
            if is_general { rows::with_general_view(record, store.router_id(), write) } else { write(record) };
        if !has_values && !is_certain {
            out.truncate(at);
            return ControlFlow::Continue(());
        }
        if page.skip > 0 {
            page.skip -= 1;
            out.truncate(at);
            return ControlFlow::Continue(());
        }
        written += 1;
        page.left -= 1;
        result = Reply::check_length(out);
        if page.left == 0 || result.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    result.map(|()| written)
}

/// Writes a row; true if it has a value.
fn write_row(out: &mut Octets, record: &dyn Record, entity_type: &EntityType, columns: &[Option<usize>]) -> bool {
    let mut has_values = false;
    let list = out.list();
    for column in columns {
        match column {
            Some(index) => has_values |= rows::write_value(out, record, entity_type, *index),
            None => out.null(),
        }
    }
    out.close(list, columns.len());
    has_values
}

fn is_always_there(entity_type: &EntityType, index: usize) -> bool {
    entity_type.attributes.get(index).is_some_and(|attribute| matches!(attribute.name, "identity" | "type"))
}

/// The names the request gives; `None` for all.
fn wanted_names<'m>(request: &Request<'m>, style: Style) -> Result<Option<Vec<&'m str>>, Refusal> {
    let Some(body) = request.body.entries()? else {
        return match style {
            Style::Core => Ok(None),
            Style::General => Err(Refusal::bad_request("Body of request must be a map")),
        };
    };
    let Some(names) = body.get("attributeNames") else { return Ok(None) };
    Ok(texts("attributeNames", *names)?.filter(|names| !names.is_empty()))
}

fn check_names(names: &[&str], filter: Option<TypeRef>, kinds: &[EntityKind]) -> Result<(), Refusal> {
    // Links, connections and addresses are left out of a query for everything, but their attributes are not unknown.
    let kinds = if filter.is_none() { EntityKind::ALL } else { kinds };
    let is_common = |name: &str| matches!(name, "name" | "identity" | "type");
    let is_known =
        |name: &str| is_common(name) || kinds.iter().any(|kind| attribute(kind.entity_type(), name).is_some());
    let mut unknown = names.iter().copied().filter(|name| !is_known(name)).peekable();
    if unknown.peek().is_none() {
        return Ok(());
    }
    let of_type = filter.map_or(String::new(), |filter| format!(" for type {PREFIX}{}", filter.short_name()));
    Err(Refusal::not_found(format!("Unknown attributes {}{of_type}.", quoted_list(unknown))))
}

/// All columns of a kind; of a base, what all entities have; without a type, everything there is.
fn default_names<'m>(filter: Option<TypeRef>, kinds: &[EntityKind]) -> Vec<&'m str> {
    if let Some(TypeRef::Base(_)) = filter {
        return vec!["name", "identity", "type"];
    }
    let mut names = Vec::new();
    for column in kinds.iter().flat_map(|kind| kind.entity_type().columns) {
        if !names.contains(&column.name) {
            names.push(column.name);
        }
    }
    names
}

/// Index of the attribute a client means by this name.
pub(crate) fn attribute(entity_type: &EntityType, name: &str) -> Option<usize> {
    if let Some(column) = entity_type.columns.iter().find(|column| column.name == name) {
        return Some(column.attribute);
    }
    entity_type
        .attributes
        .iter()
        .position(|attribute| attribute.name == name || attribute.wire_name == name || attribute.alias == Some(name))
}

/// A count that is absent, 0 or negative is no limit; an offset that is negative is behind all rows.
fn page(request: &Request<'_>) -> Result<Page, Refusal> {
    let offset = request.properties.offset.number("offset")?.unwrap_or(0);
    let count = request.properties.count.number("count")?.unwrap_or(0);
    let left = if count > 0 { usize::try_from(count).unwrap_or(usize::MAX) } else { usize::MAX };
    Ok(match usize::try_from(offset) {
        Ok(skip) => Page { skip, left },
        Err(_) => Page { skip: usize::MAX, left: 0 },
    })
}
