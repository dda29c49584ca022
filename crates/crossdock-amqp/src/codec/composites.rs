//! Every composite type of the standard that Crossdock looks into: its fields, their names and types [AMQP 1.3].

use super::descriptor;

/// A composite type.
pub(super) struct Shape {
    /// Code of its descriptor.
    pub(super) code: u64,
    pub(super) fields: &'static [Field],
}

pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) is_mandatory: bool,
}

/// The type of a field.
pub(super) enum Kind {
    Boolean,
    Ubyte,
    Ushort,
    Uint,
    Ulong,
    Binary,
    String,
    Symbol,
    /// A field declared "multiple": one symbol, or an array of symbols [AMQP 1.4].
    Symbols,
    /// A symbol, of which our types know these. The standard lets peers agree on others; they are read as null, the default.
    Choice(&'static [&'static str]),
    /// As [`Kind::Symbols`], of which our types know these. With any other among them all are read as null.
    Choices(&'static [&'static str]),
    Map,
    /// A described list: one of these.
    Composite(&'static [Shape]),
    /// Whatever is well-formed.
    Any,
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_mandatory: true }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_mandatory: false }
}

/// The performatives that are not hot [AMQP 2.7].
pub(super) const PERFORMATIVES: &[Shape] = &[
    Shape {
        code: descriptor::OPEN,
        fields: &[
            must("container-id", Kind::String),
            may("hostname", Kind::String),
            may("max-frame-size", Kind::Uint),
            may("channel-max", Kind::Ushort),
            may("idle-time-out", Kind::Uint),
            may("outgoing-locales", Kind::Symbols),
            may("incoming-locales", Kind::Symbols),
            may("offered-capabilities", Kind::Symbols),
            may("desired-capabilities", Kind::Symbols),
            may("properties", Kind::Map),
        ],
    },
    Shape {
        code: descriptor::BEGIN,
        fields: &[
            may("remote-channel", Kind::Ushort),
            must("next-outgoing-id", Kind::Uint),
            must("incoming-window", Kind::Uint),
            must("outgoing-window", Kind::Uint),
            may("handle-max", Kind::Uint),
            may("offered-capabilities", Kind::Symbols),
            may("desired-capabilities", Kind::Symbols),
            may("properties", Kind::Map),
        ],
    },
    Shape {
        code: descriptor::ATTACH,
        fields: &[
            must("name", Kind::String),
            must("handle", Kind::Uint),
            must("role", Kind::Boolean),
            may("snd-settle-mode", Kind::Ubyte),
            may("rcv-settle-mode", Kind::Ubyte),
            may("source", Kind::Composite(SOURCES)),
            may("target", Kind::Composite(TARGETS)),
            may("unsettled", Kind::Map),
            may("incomplete-unsettled", Kind::Boolean),
            may("initial-delivery-count", Kind::Uint),
            may("max-message-size", Kind::Ulong),
            may("offered-capabilities", Kind::Symbols),
            may("desired-capabilities", Kind::Symbols),
            may("properties", Kind::Map),
        ],
    },
    Shape {
        code: descriptor::DETACH,
        fields: &[must("handle", Kind::Uint), may("closed", Kind::Boolean), may("error", Kind::Composite(ERRORS))],
    },
    Shape { code: descriptor::END, fields: &[may("error", Kind::Composite(ERRORS))] },
    Shape { code: descriptor::CLOSE, fields: &[may("error", Kind::Composite(ERRORS))] },
];

/// The performatives that make up nearly all traffic [AMQP 2.7]. They are read by hand; the table serves for their names.
const HOT: &[Shape] = &[
    Shape {
        code: descriptor::FLOW,
        fields: &[
            may("next-incoming-id", Kind::Uint),
            must("incoming-window", Kind::Uint),
            must("next-outgoing-id", Kind::Uint),
            must("outgoing-window", Kind::Uint),
            may("handle", Kind::Uint),
            may("delivery-count", Kind::Uint),
            may("link-credit", Kind::Uint),
            may("available", Kind::Uint),
            may("drain", Kind::Boolean),
            may("echo", Kind::Boolean),
            may("properties", Kind::Map),
        ],
    },
    Shape {
        code: descriptor::TRANSFER,
        fields: &[
            must("handle", Kind::Uint),
            may("delivery-id", Kind::Uint),
            may("delivery-tag", Kind::Binary),
            may("message-format", Kind::Uint),
            may("settled", Kind::Boolean),
            may("more", Kind::Boolean),
            may("rcv-settle-mode", Kind::Ubyte),
            may("state", Kind::Any),
            may("resume", Kind::Boolean),
            may("aborted", Kind::Boolean),
            may("batchable", Kind::Boolean),
        ],
    },
    Shape {
        code: descriptor::DISPOSITION,
        fields: &[
            must("role", Kind::Boolean),
            must("first", Kind::Uint),
            may("last", Kind::Uint),
            may("settled", Kind::Boolean),
            may("state", Kind::Any),
            may("batchable", Kind::Boolean),
        ],
    },
];

/// The SASL frames [AMQP 5.3.3].
pub(super) const SASL_FRAMES: &[Shape] = &[
    Shape { code: descriptor::SASL_MECHANISMS, fields: &[must("sasl-server-mechanisms", Kind::Symbols)] },
    Shape {
        code: descriptor::SASL_INIT,
        fields: &[
            must("mechanism", Kind::Symbol),
            may("initial-response", Kind::Binary),
            may("hostname", Kind::String),
        ],
    },
    Shape { code: descriptor::SASL_CHALLENGE, fields: &[must("challenge", Kind::Binary)] },
    Shape { code: descriptor::SASL_RESPONSE, fields: &[must("response", Kind::Binary)] },
    Shape {
        code: descriptor::SASL_OUTCOME,
        fields: &[must("code", Kind::Ubyte), may("additional-data", Kind::Binary)],
    },
];

const SOURCES: &[Shape] = &[Shape {
    code: descriptor::SOURCE,
    fields: &[
        may("address", Kind::String),
        may("durable", Kind::Uint),
        may("expiry-policy", Kind::Choice(EXPIRY_POLICIES)),
        may("timeout", Kind::Uint),
        may("dynamic", Kind::Boolean),
        may("dynamic-node-properties", Kind::Map),
        may("distribution-mode", Kind::Choice(DISTRIBUTION_MODES)),
        may("filter", Kind::Map),
        may("default-outcome", Kind::Composite(OUTCOMES)),
        may("outcomes", Kind::Symbols),
        may("capabilities", Kind::Symbols),
    ],
}];

const TARGETS: &[Shape] = &[
    Shape {
        code: descriptor::TARGET,
        fields: &[
            may("address", Kind::String),
            may("durable", Kind::Uint),
            may("expiry-policy", Kind::Choice(EXPIRY_POLICIES)),
            may("timeout", Kind::Uint),
            may("dynamic", Kind::Boolean),
            may("dynamic-node-properties", Kind::Map),
            may("capabilities", Kind::Symbols),
        ],
    },
    Shape { code: descriptor::COORDINATOR, fields: &[may("capabilities", Kind::Choices(TXN_CAPABILITIES))] },
];

/// [AMQP 3.5.6]
const EXPIRY_POLICIES: &[&str] = &["link-detach", "session-end", "connection-close", "never"];

/// [AMQP 3.5.7]
const DISTRIBUTION_MODES: &[&str] = &["move", "copy"];

/// [AMQP 4.5.7]
const TXN_CAPABILITIES: &[&str] = &[
    "amqp:local-transactions",
    "amqp:distributed-transactions",
    "amqp:promotable-transactions",
    "amqp:multi-txns-per-ssn",
    "amqp:multi-ssns-per-txn",
];

const OUTCOMES: &[Shape] = &[
    Shape { code: descriptor::ACCEPTED, fields: &[] },
    Shape { code: descriptor::REJECTED, fields: &[may("error", Kind::Composite(ERRORS))] },
    Shape { code: descriptor::RELEASED, fields: &[] },
    Shape {
        code: descriptor::MODIFIED,
        fields: &[
            may("delivery-failed", Kind::Boolean),
            may("undeliverable-here", Kind::Boolean),
            may("message-annotations", Kind::Map),
        ],
    },
    Shape { code: descriptor::DECLARED, fields: &[must("txn-id", Kind::Any)] },
];

const ERRORS: &[Shape] = &[Shape {
    code: descriptor::ERROR,
    fields: &[must("condition", Kind::Symbol), may("description", Kind::String), may("info", Kind::Map)],
}];

/// Delivery states that are no outcome, and what a coordinator is sent [AMQP 3.4.1, 4.5]: for their names.
const STATES: &[Shape] = &[
    Shape {
        code: descriptor::RECEIVED,
        fields: &[must("section-number", Kind::Uint), must("section-offset", Kind::Ulong)],
    },
    Shape { code: descriptor::DECLARE, fields: &[may("global-id", Kind::Any)] },
    Shape { code: descriptor::DISCHARGE, fields: &[must("txn-id", Kind::Any), may("fail", Kind::Boolean)] },
    Shape {
        code: descriptor::TRANSACTIONAL_STATE,
        fields: &[must("txn-id", Kind::Any), may("outcome", Kind::Composite(OUTCOMES))],
    },
];

/// The composite type with this descriptor; none for those without fields of their own.
pub(super) fn find(code: u64) -> Option<&'static Shape> {
    [HOT, PERFORMATIVES, SOURCES, TARGETS, OUTCOMES, ERRORS, STATES, SASL_FRAMES]
        .into_iter()
        .flatten()
        .find(|shape| shape.code == code)
}

/// Name of a field, for people.
pub(super) fn field_name(descriptor: u8, field: u8) -> Option<&'static str> {
    find(u64::from(descriptor))?.fields.get(usize::from(field)).map(|field| field.name)
}
