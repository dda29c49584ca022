//! Operations of the management node itself: what there is to manage, and the log.

use std::ops::ControlFlow;

use crossdock_schema::{EntityKind, RouterMode};

use crate::explain;
use crate::kinds::{PREFIX, TypeRef};
use crate::locate::not_implemented;
use crate::octets::Octets;
use crate::refusal::{Refusal, Status};
use crate::reply::Reply;
use crate::request::Request;
use crate::schema_tree::{self, Tree};
use crate::store::Store;
use crate::trace::{self, TraceRequest};

/// Lines of the log in an answer, at most.
const MAX_LINES: usize = 10_000;

pub(crate) fn perform(
    operation: &str,
    request: &Request<'_>,
    store: &mut dyn Store,
    reply: &mut Reply<'_>,
) -> Result<(), Refusal> {
    let filter = request.properties.entity_type.text("entityType")?.map(TypeRef::parse).transpose()?;
    match operation {
        "GET-TYPES" => {
            let derived = TypeRef::all().filter(|candidate| filter.is_none_or(|filter| candidate.is_a(filter)));
            write_types(reply.begin(Status::Ok), derived, |out, of| {
                write_list(out, of.bases().iter().map(|base| format!("{PREFIX}{}", base.name())));
            });
        }
        "GET-ATTRIBUTES" => write_types(reply.begin(Status::Ok), exactly(filter), |out, of| match of {
            TypeRef::Kind(kind) => {
                write_list(out, kind.entity_type().attributes.iter().map(|attribute| attribute.name.to_owned()));
            }
            TypeRef::Base(_) => write_list(out, ["name", "identity", "type"].into_iter().map(str::to_owned)),
        }),
        "GET-OPERATIONS" => write_types(reply.begin(Status::Ok), exactly(filter), |out, of| {
            write_list(out, of.operations().iter().map(|operation| (*operation).to_owned()));
        }),
        "GET-ANNOTATIONS" => write_types(reply.begin(Status::Ok), std::iter::empty(), |_, _| {}),
        "GET-MGMT-NODES" => write_nodes(store, reply.begin(Status::Ok)),
        "GET-SCHEMA" => schema_tree::schema().write(reply.begin(Status::Ok)),
        "GET-JSON-SCHEMA" => {
            let indent = request.properties.indent.number("indent")?.and_then(|indent| usize::try_from(indent).ok());
            reply.begin(Status::Ok).string(&Tree::to_json(&schema_tree::schema(), indent.map(|indent| indent.min(16))));
        }
        "GET-LOG" => {
            let limit = request.properties.limit.number("limit")?.unwrap_or(0);
            let limit = if limit > 0 { usize::try_from(limit).unwrap_or(usize::MAX) } else { usize::MAX };
            write_log(store, limit.min(MAX_LINES), reply.begin(Status::Ok));
        }
        "EXPLAIN" => {
            let Some(address) = request.properties.address.text("address")? else {
                return Err(Refusal::bad_request("No 'address' property: it says which address to explain"));
            };
            let key = request.properties.key.text("key")?;
            explain::write(reply.begin(Status::Ok), store.router_id(), address, &store.explain(address, key));
        }
        "TRACE" => {
            let asked = TraceRequest::read(&request.properties)?;
            match store.trace(&asked)? {
                Some(trace) => trace::write(reply.begin(Status::Ok), store.router_id(), asked.address, &trace),
                None => reply.put_off(),
            }
        }
        other => return Err(not_implemented(other, TypeRef::Kind(EntityKind::Management))),
    }
    Ok(())
}

fn exactly(filter: Option<TypeRef>) -> impl Iterator<Item = TypeRef> {
    TypeRef::all().filter(move |candidate| filter.is_none_or(|filter| filter == *candidate))
}

/// A map of full type names.
fn write_types(out: &mut Octets, types: impl Iterator<Item = TypeRef>, mut write: impl FnMut(&mut Octets, TypeRef)) {
    let map = out.map();
    let mut count = 0;
    for of in types {
        out.string(&format!("{PREFIX}{}", of.short_name()));
        write(out, of);
        count += 2;
    }
    out.close(map, count);
}

fn write_list(out: &mut Octets, texts: impl Iterator<Item = String>) {
    let at = out.len();
    let list = out.list();
    let mut count = 0;
    for text in texts {
        out.string(&text);
        count += 1;
    }
    out.close(list, count);
    if count == 0 {
        out.truncate(at);
        out.empty_list();
    }
}

/// The tools cut these addresses at fixed places, so they have exactly this form.
fn write_nodes(store: &dyn Store, out: &mut Octets) {
    let mut addresses = Vec::new();
    if store.mode() == RouterMode::Interior {
        let mut add = |id: &str| addresses.push(format!("amqp:/_topo/0/{id}/$management"));
        add(store.router_id());
        store.for_each_router(&mut add);
    }
    write_list(out, addresses.into_iter());
}

/// The newest lines, the oldest of them first.
fn write_log(store: &dyn Store, limit: usize, out: &mut Octets) {
    let mut lines = Vec::new();
    store.for_each_log_line(&mut |line| {
        let mut encoded = Octets::default();
        let list = encoded.list();
        encoded.string(line.module);
        encoded.string(line.level);
        encoded.string(line.text);
        match line.source {
            Some((file, number)) => {
                encoded.string(file);
                encoded.number(number.into());
            }
            None => {
                encoded.null();
                encoded.null();
            }
        }
        encoded.number(line.time);
        encoded.close(list, 6);
        lines.push(encoded.into_bytes());
        if lines.len() >= limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let at = out.len();
    let list = out.list();
    lines.iter().rev().for_each(|line| out.encoded(line));
    out.close(list, lines.len());
    if lines.is_empty() {
        out.truncate(at);
        out.empty_list();
    }
}
