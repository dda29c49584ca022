//! One request, one answer.

use crossdock_schema::EntityKind;

use crate::kinds::TypeRef;
use crate::locate::{Located, locate, locate_core, not_implemented};
use crate::refusal::{Refusal, Status};
use crate::reply::{Reply, Style};
use crate::request::{Envelope, Request};
use crate::store::{Key, Store};
use crate::words::shorten;
use crate::{create, node, query, rows, update};

/// What goes back to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Address to send it to: the reply-to of the request.
    pub to: String,
    /// The encoded message. It is to be sent settled.
    pub message: Vec<u8>,
    /// Its status.
    pub status: Status,
    /// The operation asked for, as far as one could be seen; for the log.
    pub operation: String,
    /// Why the request was not done, if it was not; for the log.
    pub problem: Option<String>,
}

/// Answers one management request, a complete AMQP message. `None` when nobody waits for an answer: without a reply-to there
/// is nothing to do either. Also when the store is not done yet with what it was asked ([`Store::trace`]): the same request is
/// to be given again when it is.
pub fn handle_request(message: &[u8], store: &mut dyn Store) -> Option<Response> {
    let envelope = Envelope::find(message)?;
    let mut reply = Reply::new(envelope);
    let mut operation = String::new();
    let done = Request::read(message).and_then(|request| perform(&request, store, &mut reply, &mut operation));
    if done.is_ok() && reply.is_put_off {
        return None;
    }
    let problem = done.err().map(|refusal| {
        // The core agent of qdrouterd answers a failed CREATE with null, everything else with an empty map.
        let null_body = reply.style == Style::Core && operation == "CREATE";
        reply.refuse(&refusal, null_body);
        refusal.description
    });
    let status = reply.status;
    let to = envelope.reply_to.to_owned();
    Some(Response { to, message: reply.into_message(), status, operation, problem })
}

/// The operation that a message asks for, as it is written; for the log.
pub fn operation_of(message: &[u8]) -> Option<String> {
    let request = Request::read(message).ok()?;
    request.properties.operation.text("operation").ok()?.map(shorten)
}

fn perform(
    request: &Request<'_>,
    store: &mut dyn Store,
    reply: &mut Reply<'_>,
    operation: &mut String,
) -> Result<(), Refusal> {
    let properties = &request.properties;
    let Some(written) = properties.operation.text("operation")? else {
        return Err(Refusal::bad_request("No 'operation' property: it says what to do, such as QUERY or READ"));
    };
    *operation = shorten(written).to_ascii_uppercase();
    let core = core_kind(written, request)?;
    if let Some(kind) = core {
        reply.style = Style::Core;
        check_permitted(kind, operation)?;
    }
    match operation.as_str() {
        "QUERY" => query::query(query_filter(request)?, request, store, reply),
        "CREATE" => create::create(core, request, store, reply),
        "READ" => {
            let located = find_entity(core, "READ", request, store)?;
            write_entity(&located, store, reply, Status::Ok)
        }
        "UPDATE" => update::update(core, request, store, reply),
        "DELETE" => {
            let located = find_entity(core, "DELETE", request, store)?;
            store.delete(located.kind, &located.identity)?;
            let out = reply.begin(Status::NoContent);
            let empty = out.map();
            out.close(empty, 0);
            Ok(())
        }
        other => {
            let located = locate(properties, store, false)?;
            if located.kind != EntityKind::Management {
                return Err(not_implemented(other, TypeRef::Kind(located.kind)));
            }
            node::perform(other, request, store, reply)
        }
    }
}

/// The kind, if it is one that qdrouterd's core agent answers for, named in full and with the operation in capitals.
fn core_kind(operation: &str, request: &Request<'_>) -> Result<Option<EntityKind>, Refusal> {
    if !matches!(operation, "QUERY" | "CREATE" | "READ" | "UPDATE" | "DELETE") {
        return Ok(None);
    }
    let entity_type = request.properties.entity_type.text("entityType")?;
    let Some(name) = entity_type.or(request.properties.r#type.text("type")?) else { return Ok(None) };
    let is_meant = |kind: &EntityKind| kind.entity_type().core && kind.entity_type().wire_name == name;
    Ok(EntityKind::ALL.iter().copied().find(is_meant))
}

/// What nobody may do, whatever exists.
fn check_permitted(kind: EntityKind, operation: &str) -> Result<(), Refusal> {
    let is_forbidden = kind == EntityKind::Console
        || kind == EntityKind::Router && matches!(operation, "CREATE" | "READ" | "DELETE")
        || kind == EntityKind::Connection && operation == "DELETE";
    if is_forbidden { Err(Status::Forbidden.into()) } else { Ok(()) }
}

/// The type whose entities a QUERY wants.
fn query_filter(request: &Request<'_>) -> Result<Option<TypeRef>, Refusal> {
    if let Some(name) = request.properties.entity_type.text("entityType")? {
        return TypeRef::parse(name).map(Some);
    }
    // The type of the request is that of the management node; when it is another, that one must be meant.
    let node = TypeRef::Kind(EntityKind::Management);
    let named = request.properties.r#type.text("type")?.map(TypeRef::parse).transpose()?;
    Ok(named.filter(|named| !node.is_a(*named)))
}

/// Finds the entity that an operation is asked of, and makes sure that its type has the operation.
pub(crate) fn find_entity(
    core: Option<EntityKind>,
    operation: &str,
    request: &Request<'_>,
    store: &dyn Store,
) -> Result<Located, Refusal> {
    if let Some(kind) = core {
        check_operation(operation, kind)?;
        return locate_core(kind, &request.properties, store);
    }
    let located = locate(&request.properties, store, operation == "READ")?;
    check_operation(operation, located.kind)?;
    Ok(located)
}

fn check_operation(operation: &str, kind: EntityKind) -> Result<(), Refusal> {
    let on = TypeRef::Kind(kind);
    // A connection can be updated, although it does not say so.
    let is_unsaid = kind == EntityKind::Connection && operation == "UPDATE";
    if is_unsaid || on.operations().contains(&operation) { Ok(()) } else { Err(not_implemented(operation, on)) }
}

/// Answers with all attributes of an entity.
pub(crate) fn write_entity(
    located: &Located,
    store: &dyn Store,
    reply: &mut Reply<'_>,
    status: Status,
) -> Result<(), Refusal> {
    let style = reply.style;
    let out = reply.begin(status);
    let is_there = rows::find(store, located.kind, Key::Identity(&located.identity), &mut |record| match style {
        Style::Core => rows::write_columns(out, record),
        Style::General => {
            rows::with_general_view(record, store.router_id(), |record| rows::write_present(out, record));
        }
    });
    if !is_there {
        return Err(Refusal::internal(format!("The entity with identity={} has vanished", shorten(&located.identity))));
    }
    Reply::check_length(out)
}
