//! Rows of connections, in the order in which they came; and what may be done to one.

use crossdock_amqp::engine::Time;
use crossdock_core::batch::ConnId;
use crossdock_core::record::{ConnectionRecord, ConnectionRole, PropertyValue};
use crossdock_core::work::Work;
use crossdock_management::{Key, Refusal, Row, Slot};
use crossdock_schema::{AdminStatus, ConnectionAttr, ConnectionOperStatus, Role};
use tracing::info;

use super::view::View;
use crate::node::Node;

/// A connection.
pub(super) struct ConnectionRow<'v> {
    connection: &'v ConnectionRecord,
    now: Time,
}

pub(super) fn rows<'v>(view: &'v View<'v>, from: usize) -> impl Iterator<Item = ConnectionRow<'v>> {
    view.node.connections().skip(from).map(|connection| ConnectionRow { connection, now: view.now })
}

pub(super) fn find<'v>(view: &'v View<'v>, key: Key<'_>) -> Option<ConnectionRow<'v>> {
    let connection = match key {
        Key::Identity(identity) => view.node.connection(ConnId(identity.parse().ok()?))?,
        Key::Name(name) => {
            let host = name.strip_prefix("connection/")?;
            view.node.connections().find(|connection| *connection.host == *host)?
        }
    };
    Some(ConnectionRow { connection, now: view.now })
}

fn role(connection: &ConnectionRecord) -> Role {
    match connection.role {
        ConnectionRole::Normal => Role::Normal,
        ConnectionRole::RouteContainer => Role::RouteContainer,
        ConnectionRole::InterRouter => Role::InterRouter,
        ConnectionRole::Edge => Role::Edge,
    }
}

impl Row for ConnectionRow<'_> {
    type Attr = ConnectionAttr;

    fn write(&self, attribute: ConnectionAttr, slot: Slot<'_>) {
        let Self { connection, now } = *self;
        let is_deleted = connection.activity.is_deleted();
        match attribute {
            ConnectionAttr::AdminStatus => {
                slot.text(if is_deleted { AdminStatus::Deleted } else { AdminStatus::Enabled }.as_str());
            }
            ConnectionAttr::OperStatus => {
                slot.text(if is_deleted { ConnectionOperStatus::Closing } else { ConnectionOperStatus::Up }.as_str());
            }
            ConnectionAttr::Protocol => slot.text("amqp"),
            ConnectionAttr::Container => slot.text(&connection.container),
            // Others have no row.
            ConnectionAttr::Opened | ConnectionAttr::Active => slot.boolean(true),
            ConnectionAttr::Host => slot.text(&connection.host),
            ConnectionAttr::Dir => slot.text(if connection.is_outgoing { "out" } else { "in" }),
            ConnectionAttr::Role => slot.text(role(connection).as_str()),
            ConnectionAttr::IsAuthenticated => slot.boolean(connection.is_authenticated),
            ConnectionAttr::IsEncrypted | ConnectionAttr::Ssl => slot.boolean(connection.is_encrypted),
            ConnectionAttr::EnableProtocolTrace => slot.boolean(connection.activity.is_traced()),
            ConnectionAttr::Sasl => slot.optional_text(connection.sasl),
            // To those it connects to, this router is nobody.
            ConnectionAttr::User if connection.is_outgoing && connection.sasl == Some("ANONYMOUS") => slot.absent(),
            ConnectionAttr::User => slot.text(&connection.user),
            ConnectionAttr::SslProto | ConnectionAttr::SslCipher | ConnectionAttr::Tenant => slot.absent(),
            ConnectionAttr::SslSsf => slot.number(0),
            ConnectionAttr::UptimeSeconds => slot.number(now.millis_since(connection.opened_at) / 1000),
            ConnectionAttr::Properties => slot.map(|entries| {
                for (key, value) in &connection.properties {
                    match value {
                        PropertyValue::Text(text) => entries.text(key, text),
                        PropertyValue::Number(number) => entries.number(key, *number),
                    }
                }
            }),
            ConnectionAttr::LastDlvSeconds => {
                let last = connection.activity.last_delivery();
                slot.optional_number(last.map(|last| now.millis_since(last) / 1000));
            }
            ConnectionAttr::Name => slot.display(format_args!("connection/{}", connection.host)),
            ConnectionAttr::Identity => slot.display(connection.id.0),
        }
    }
}

impl Node {
    /// Closes a connection, or has its frames logged.
    pub(super) fn update_connection(
        &mut self,
        identity: &str,
        admin_status: Option<AdminStatus>,
        trace: Option<bool>,
    ) -> Result<(), Refusal> {
        let id = identity.parse().map_err(|_| Refusal::bad_request("Bad Request"))?;
        let Some(connection) = self.connection(ConnId(id)) else { return Err(Refusal::bad_request("Bad Request")) };
        if admin_status == Some(AdminStatus::Deleted) {
            match connection.role {
                ConnectionRole::Normal | ConnectionRole::RouteContainer => {}
                ConnectionRole::InterRouter | ConnectionRole::Edge => {
                    return Err(Refusal::forbidden("You are not allowed to perform this operation."));
                }
            }
            info!(target: "ROUTER_CORE", "[{}] Connection force-closed by request of management", connection.id);
            connection.activity.delete();
            if let Some(mailbox) = self.shared.mailbox(connection.id) {
                mailbox.instruct(Work::Close { description: "Connection forced-closed by management request".into() });
            }
        }
        if let Some(on) = trace {
            connection.activity.set_traced(on);
        }
        Ok(())
    }
}
