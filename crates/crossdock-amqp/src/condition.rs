//! Error conditions: every symbol that Crossdock writes into an `error`, once.

use fe2o3_amqp_types::definitions::{Error, ErrorCondition};
use fe2o3_amqp_types::primitives::Symbol;
use std::fmt;

macro_rules! conditions {
    ($($(#[$doc:meta])* $name:ident = $symbol:literal,)*) => {
        /// A symbolic error [AMQP 2.8.15 to 2.8.18, and the router's own].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Condition {
            $($(#[$doc])* $name,)*
        }

        impl Condition {
            /// The symbol on the wire.
            pub const fn symbol(self) -> &'static str {
                match self {
                    $(Self::$name => $symbol,)*
                }
            }
        }
    };
}

conditions! {
    /// An internal error of the router.
    InternalError = "amqp:internal-error",
    /// No such node.
    NotFound = "amqp:not-found",
    /// The peer may not do that.
    UnauthorizedAccess = "amqp:unauthorized-access",
    /// Bytes that are not AMQP.
    DecodeError = "amqp:decode-error",
    /// A limit of the router was reached.
    ResourceLimitExceeded = "amqp:resource-limit-exceeded",
    /// Not allowed in this state or by configuration.
    NotAllowed = "amqp:not-allowed",
    /// A field has a value that it cannot have.
    InvalidField = "amqp:invalid-field",
    /// Not implemented.
    NotImplemented = "amqp:not-implemented",
    /// Something that had to be so is not.
    PreconditionFailed = "amqp:precondition-failed",
    /// The state of the sender does not permit it.
    IllegalState = "amqp:illegal-state",
    /// The frame is larger than agreed.
    FrameSizeTooSmall = "amqp:frame-size-too-small",
    /// The router or an operator closes the connection.
    ConnectionForced = "amqp:connection:forced",
    /// Frames that cannot be.
    FramingError = "amqp:connection:framing-error",
    /// The peer broke a rule of the listener, such as skipping authentication.
    PolicyError = "amqp:connection:policy-error",
    /// The peer sent more transfers than the session window allowed.
    WindowViolation = "amqp:session:window-violation",
    /// The peer attached a handle that is in use.
    HandleInUse = "amqp:session:handle-in-use",
    /// The peer used a handle that is not attached.
    UnattachedHandle = "amqp:session:unattached-handle",
    /// The peer broke the sequence of delivery-ids.
    SessionInvalidField = "amqp:session:invalid-field",
    /// The router or an operator detaches the link.
    DetachForced = "amqp:link:detach-forced",
    /// Another link with the same name, of the same container, took this one's place [AMQP 2.6.1].
    Stolen = "amqp:link:stolen",
    /// The peer sent more deliveries than it had credit for.
    TransferLimitExceeded = "amqp:link:transfer-limit-exceeded",
    /// A message is larger than the link allows.
    MessageSizeExceeded = "amqp:link:message-size-exceeded",
    /// Nobody to send to or to receive from.
    NoRouteToDest = "qd:no-route-to-dest",
    /// The connection on the other side of a routed link is gone.
    RoutedLinkLost = "qd:routed-link-lost",
    /// Links that outlive their connections are not routed.
    LinkExpiration = "qd:link-expiration",
    /// The peer may not reach that node.
    Forbidden = "qd:forbidden",
    /// Connections of this role do not carry such links.
    ConnectionRole = "qd:connection-role",
}

impl Condition {
    /// An `error` with this condition.
    pub fn error(self, description: impl Into<String>) -> Error {
        let condition = ErrorCondition::Custom(Symbol::from(self.symbol()));
        Error { condition, description: Some(description.into()), info: None }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
