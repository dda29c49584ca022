//! Whether a mesh holds together: what can be seen only of the whole.

mod addresses;
mod brokers;
mod clients;
mod names;
mod patterns;
mod ports;
mod structure;

use crate::diagnostic::{Code, Diagnostics};
use crate::model::Mesh;
use crate::service::Services;

/// Checks everything that takes more than one item.
pub(crate) fn check(mesh: &Mesh, diagnostics: &mut Diagnostics) {
    names::check(mesh, diagnostics);
    ports::check(mesh, diagnostics);
    // Two routers of one name are one in a graph.
    if !diagnostics.has(Code::Duplicate) {
        structure::check(mesh, diagnostics);
    }
    let services = Services::new(mesh);
    patterns::check(mesh, &services, diagnostics);
    addresses::check(mesh, &services, diagnostics);
    brokers::check(mesh, &services, diagnostics);
    clients::check(mesh, &services, diagnostics);
}
