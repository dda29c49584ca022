//! Rows as octets, and the rows the agent itself has.

use std::ops::ControlFlow;

use crossdock_amqp::codec::Cursor;
use crossdock_schema::{AttributeName, EntityKind, EntityType, ManagementAttr, RouterAttr};

use crate::kinds::has_rows;
use crate::octets::{Octets, is_null};
use crate::slot::Slot;
use crate::store::{Key, Record, Row, Store};

/// The management node itself.
struct Node;

impl Row for Node {
    type Attr = ManagementAttr;

    fn write(&self, attribute: ManagementAttr, slot: Slot<'_>) {
        match attribute {
            ManagementAttr::Name | ManagementAttr::Identity => slot.text("self"),
        }
    }
}

/// The router as qdrouterd's general agent shows it: under another name, with its configuration.
struct GeneralRouter<'r> {
    record: &'r dyn Record,
    label: String,
}

impl Record for GeneralRouter<'_> {
    fn kind(&self) -> EntityKind {
        EntityKind::Router
    }

    fn write_at(&self, index: usize, slot: Slot<'_>) {
        match RouterAttr::ALL.get(index) {
            Some(RouterAttr::Name | RouterAttr::Identity) => slot.text(&self.label),
            _ => self.record.write_at(index, slot),
        }
    }
}

/// Lets `visit` see a record as qdrouterd's general agent shows it.
pub(crate) fn with_general_view<R>(record: &dyn Record, router_id: &str, visit: impl FnOnce(&dyn Record) -> R) -> R {
    if record.kind() == EntityKind::Router {
        visit(&GeneralRouter { record, label: router_label(router_id) })
    } else {
        visit(record)
    }
}

fn router_label(router_id: &str) -> String {
    format!("router/{router_id}")
}

/// Number of rows of a kind.
pub(crate) fn count(store: &dyn Store, kind: EntityKind) -> usize {
    if kind == EntityKind::Management {
        1
    } else if has_rows(kind) {
        store.count(kind)
    } else {
        0
    }
}

/// Visits the rows of a kind, without the first `from`.
pub(crate) fn for_each_row(
    store: &dyn Store,
    kind: EntityKind,
    from: usize,
    visit: &mut dyn FnMut(&dyn Record) -> ControlFlow<()>,
) {
    if kind != EntityKind::Management {
        if has_rows(kind) {
            store.for_each_row(kind, from, visit);
        }
    } else if from == 0 {
        // There is no row behind it to go on with.
        let _ = visit(&Node);
    }
}

/// Visits one row; false if there is none.
pub(crate) fn find(store: &dyn Store, kind: EntityKind, key: Key<'_>, visit: &mut dyn FnMut(&dyn Record)) -> bool {
    let (Key::Name(text) | Key::Identity(text)) = key;
    if kind == EntityKind::Management {
        if text == "self" {
            visit(&Node);
        }
        return text == "self";
    }
    if kind == EntityKind::Policy && text == "policy" {
        // Its identity in qdrouterd is an accident, but scripts have it.
        return store.find(kind, Key::Identity("policy/None"), visit);
    }
    if kind != EntityKind::Router {
        return has_rows(kind) && store.find(kind, key, visit);
    }
    let id = store.router_id();
    let mut is_there = false;
    if text == id || text == "1" || text == router_label(id) {
        store.for_each_row(kind, 0, &mut |record| {
            visit(record);
            is_there = true;
            ControlFlow::Break(())
        });
    }
    is_there
}

/// Writes the value of an attribute; true if there is one.
pub(crate) fn write_value(out: &mut Octets, record: &dyn Record, entity_type: &EntityType, index: usize) -> bool {
    let Some(attribute) = entity_type.attributes.get(index) else {
        out.null();
        return false;
    };
    if attribute.name == "type" {
        out.string(entity_type.wire_name);
        return true;
    }
    let at = out.len();
    record.write_at(index, Slot::new(out, attribute, !entity_type.core));
    if out.len() == at {
        out.null();
    }
    !is_null(out.since(at))
}

/// Writes a map of all columns, null where there is no value.
pub(crate) fn write_columns(out: &mut Octets, record: &dyn Record) {
    let entity_type = record.kind().entity_type();
    let map = out.map();
    for column in entity_type.columns {
        out.string(column.name);
        write_value(out, record, entity_type, column.attribute);
    }
    out.close(map, entity_type.columns.len() * 2);
}

/// Writes a map of the attributes that have a value. Of the router these are more than its columns.
pub(crate) fn write_present(out: &mut Octets, record: &dyn Record) {
    let entity_type = record.kind().entity_type();
    let map = out.map();
    let mut count = 0;
    let mut write = |name: &str, index: usize| {
        let at = out.len();
        out.string(name);
        if write_value(out, record, entity_type, index) {
            count += 2;
        } else {
            out.truncate(at);
        }
    };
    if record.kind() == EntityKind::Router {
        entity_type.attributes.iter().enumerate().for_each(|(index, attribute)| write(attribute.name, index));
    } else {
        entity_type.columns.iter().for_each(|column| write(column.name, column.attribute));
    }
    out.close(map, count);
}

/// The text of an attribute that is one.
pub(crate) fn text_of(record: &dyn Record, attribute: &str) -> Option<String> {
    let entity_type = record.kind().entity_type();
    let index = entity_type.attributes.iter().position(|candidate| candidate.name == attribute)?;
    let mut scratch = Octets::default();
    write_value(&mut scratch, record, entity_type, index);
    Cursor::new(scratch.since(0)).string().ok()?.map(str::to_owned)
}
