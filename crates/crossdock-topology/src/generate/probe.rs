//! What those who run a router need to know about it: how one sees that it is well, how long it takes to end, what it needs.

use crossdock_schema::{Role, Value};

use crate::model::{Listener, Router};

/// Seconds a router may take to answer.
pub(super) const PATIENCE: u16 = 5;

/// Seconds between being told to end and being killed: peers get three to answer the close.
pub(super) const FAREWELL: u16 = 15;

/// A listener that shows by taking connections that the router has started.
pub(super) fn door(router: &Router) -> Option<&Listener> {
    asked(router).or_else(|| router.listeners.iter().find(|listener| listener.port.is_some()))
}

/// What is run beside the router, in the same container, to see that it works: the node must answer. None if it has no
/// listener for clients that come without a name.
pub(super) fn question(router: &Router) -> Option<Vec<String>> {
    let port = asked(router)?.port?;
    let words = ["stat", "--general", "--bus"].map(String::from).into_iter();
    let words = words.chain([format!("127.0.0.1:{port}"), String::from("--timeout"), PATIENCE.to_string()]);
    Some(words.collect())
}

fn asked(router: &Router) -> Option<&Listener> {
    let is_open = |listener: &&Listener| {
        let asks_who = listener.settings.value("authenticatePeer") == Some(&Value::Boolean(true));
        let has_tls = listener.settings.value("sslProfile").is_some();
        listener.role == Role::Normal && listener.port.is_some() && !asks_who && !has_tls
    };
    router.listeners.iter().find(is_open)
}

/// Whether it listens at a port for which a privilege is needed.
pub(super) fn has_low_port(router: &Router) -> bool {
    router.listeners.iter().any(|listener| listener.port.is_some_and(|port| port < 1024))
}
