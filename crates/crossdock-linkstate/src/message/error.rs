//! What can be wrong with a message between routers.

use std::fmt;

use crossdock_amqp::codec::DecodeError;

use crate::RouterId;

/// A message that says nothing to us. It changes no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// The octets are no AMQP message.
    Encoding(DecodeError),
    /// An AMQP message, but not one of the protocol.
    Content {
        /// The opcode, if it is one of ours.
        opcode: Option<&'static str>,
        /// The key in the body, if it is about one.
        key: Option<&'static str>,
        /// What is wrong.
        wrong: Wrong,
    },
    /// A message of a later version of the protocol.
    Version {
        /// Who sent it.
        id: RouterId,
        /// The version.
        version: u64,
    },
}

/// What is wrong with the content of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Longer than allowed.
    MessageLength,
    /// No application property `opcode` with a text.
    NoOpcode,
    /// An opcode that does not exist.
    UnknownOpcode,
    /// No body, or one that is no map.
    NoMap,
    /// A mandatory key is not there.
    Missing,
    /// A value of another type than the key has.
    Type,
    /// A number that is negative, zero where that means nothing, or too large.
    Number,
    /// An empty or overlong text.
    Text,
    /// The link state of another router than the sender.
    OtherRouter,
    /// More entries than allowed.
    Entries,
    /// A MAU must have `exist`, or `add` and `del`.
    Update,
}

impl From<DecodeError> for MessageError {
    fn from(error: DecodeError) -> Self {
        Self::Encoding(error)
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding(error) => write!(f, "not an AMQP message: {error}"),
            Self::Version { id, version } => write!(f, "version {version} of the protocol from router {id}"),
            Self::Content { opcode, key, wrong } => {
                write!(f, "{}: ", opcode.unwrap_or("routing message"))?;
                if let Some(key) = key {
                    write!(f, "{key}: ")?;
                }
                f.write_str(match wrong {
                    Wrong::MessageLength => "the message is too long",
                    Wrong::NoOpcode => "no application property opcode with a text",
                    Wrong::UnknownOpcode => "unknown opcode",
                    Wrong::NoMap => "the body must be a map",
                    Wrong::Missing => "missing",
                    Wrong::Type => "a value of this type is not allowed",
                    Wrong::Number => "the number is out of range",
                    Wrong::Text => "the text is empty or too long",
                    Wrong::OtherRouter => "the link state of another router",
                    Wrong::Entries => "too many entries",
                    Wrong::Update => "either exist or both add and del are needed",
                })
            }
        }
    }
}

impl std::error::Error for MessageError {}
