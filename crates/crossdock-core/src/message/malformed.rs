//! Why a message is rejected unread.

use std::fmt;

/// What is wrong with the head of a message. The delivery is rejected with [`condition`](Self::condition) and
/// [`description`](Self::description); link and connection live on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// A section that cannot be parsed, is out of order or has the wrong type; or no octet at all.
    Format,
    /// The leading sections are larger than [`HEAD_LIMIT`](super::HEAD_LIMIT).
    HeadTooLarge,
    /// `to` or a destination override is not UTF-8.
    AddressText,
    /// Message annotations are not a map.
    AnnotationsNotMap,
    /// The map of message annotations has a key without value.
    AnnotationsOdd,
    /// An entry of the message annotations cannot be parsed.
    AnnotationsFormat,
    /// `x-opt-qd.to` is not a string.
    ToOverride,
    /// `x-opt-qd.phase` is not an integer, or not a phase.
    Phase,
    /// `x-opt-qd.ingress` is not a string.
    Ingress,
    /// `x-opt-qd.trace` is not a list.
    Trace,
    /// `x-opt-qd.trace` has an entry that is not a string.
    TraceEntry,
}

impl Malformed {
    /// The error condition of the rejected outcome.
    pub fn condition(self) -> &'static str {
        match self {
            Self::Format | Self::HeadTooLarge | Self::AddressText => "amqp:decode-error",
            Self::AnnotationsNotMap
            | Self::AnnotationsOdd
            | Self::AnnotationsFormat
            | Self::ToOverride
            | Self::Phase
            | Self::Ingress
            | Self::Trace
            | Self::TraceEntry => "amqp:invalid-field",
        }
    }

    /// The error description of the rejected outcome.
    pub fn description(self) -> &'static str {
        match self {
            Self::Format => "invalid message format",
            Self::HeadTooLarge => "message annotations and properties are larger than 64 KiB",
            Self::AddressText => "destination address is not UTF-8",
            Self::AnnotationsNotMap => "message annotations are not a map",
            Self::AnnotationsOdd => "message annotations have a key without value",
            Self::AnnotationsFormat => "message annotations cannot be parsed",
            Self::ToOverride => "to-override not a valid string type",
            Self::Phase => "phase annotation is not a valid phase",
            Self::Ingress => "ingress router not a string type",
            Self::Trace => "trace annotation is not a list",
            Self::TraceEntry => "trace list contains non-string entries",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.condition(), self.description())
    }
}

impl std::error::Error for Malformed {}
