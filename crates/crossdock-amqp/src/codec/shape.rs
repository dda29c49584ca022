//! The fields of the composite types that serde reads for us, and a check of encoded values against them.
//!
//! serde says only that something was wrong. This check comes first and says what and where; and it refuses composites
//! with more fields than they have, behind which serde would lose its place.

use super::format::constructor as code;
use super::walk::{Budget, Width};
use super::{Cursor, DecodeError, Expected, Problem, descriptor};

/// A composite type.
pub(super) struct Shape {
    /// Code of its descriptor.
    pub(super) code: u64,
    fields: &'static [Field],
}

struct Field {
    name: &'static str,
    kind: Kind,
    is_mandatory: bool,
}

enum Kind {
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

/// Checks that the next value is one of these composites, and moves behind it. Returns its descriptor code. The offsets of
/// values that are to be read as null are added to `unknown`.
///
/// The value was walked before. Calls itself for the composites inside a composite, as deep as the tables above go.
pub(super) fn check(cursor: &mut Cursor<'_>, shapes: &[Shape], unknown: &mut Vec<usize>) -> Result<u64, DecodeError> {
    let start = *cursor;
    let code = cursor.descriptor()?.code().ok_or_else(|| start.error(Problem::DescriptorSymbol))?;
    let shape = shapes.iter().find(|shape| shape.code == code).ok_or_else(|| start.error(Problem::Descriptor(code)))?;
    let behind_descriptor = *cursor;
    let most = u8::try_from(shape.fields.len()).unwrap_or(u8::MAX);
    let list = cursor.list()?.ok_or_else(|| behind_descriptor.error(Problem::NullList))?;
    if list.count > u32::from(most) {
        return Err(behind_descriptor.error(Problem::Fields { found: list.count, most }));
    }
    let mut elements = list.elements;
    for (number, field) in (0..most).zip(shape.fields) {
        let start = elements;
        let is_there = u32::from(number) < list.count && field.check(&mut elements, unknown)?;
        if field.is_mandatory && !is_there {
            return Err(start.error(Problem::Missing { descriptor: code as u8, field: number }));
        }
    }
    if elements.is_empty() { Ok(code) } else { Err(elements.error(Problem::Count(list.count))) }
}

impl Field {
    /// Checks the next value against the type of the field; false when it is null, or an array of nothing, which is the
    /// same [AMQP 1.4].
    fn check(&self, cursor: &mut Cursor<'_>, unknown: &mut Vec<usize>) -> Result<bool, DecodeError> {
        let offset = cursor.offset();
        Ok(match self.kind {
            Kind::Boolean => cursor.boolean()?.is_some(),
            Kind::Ubyte => cursor.ubyte()?.is_some(),
            Kind::Ushort => cursor.ushort()?.is_some(),
            Kind::Uint => cursor.uint()?.is_some(),
            Kind::Ulong => cursor.ulong()?.is_some(),
            Kind::Binary => cursor.binary()?.is_some(),
            Kind::String => cursor.string()?.is_some(),
            Kind::Symbol => cursor.symbol()?.is_some(),
            Kind::Symbols => check_symbols(cursor, |_| {})?,
            Kind::Choice(known) => match cursor.symbol()? {
                Some(symbol) if known.contains(&symbol) => true,
                Some(_) => {
                    unknown.push(offset);
                    false
                }
                None => false,
            },
            Kind::Choices(known) => {
                let mut is_known = true;
                let is_there = check_symbols(cursor, |symbol| is_known &= known.contains(&symbol))?;
                if !is_known {
                    unknown.push(offset);
                }
                is_there && is_known
            }
            Kind::Map => cursor.map()?.is_some(),
            Kind::Any => cursor.value(&mut { Budget::PERFORMATIVE })?.is_some(),
            Kind::Composite(shapes) => {
                let is_null = cursor.peek() == Some(code::NULL);
                if is_null {
                    cursor.byte()?;
                } else {
                    check(cursor, shapes, unknown)?;
                }
                !is_null
            }
        })
    }
}

/// Checks one symbol or an array of them, of which `see` sees each; false when there is none.
fn check_symbols(cursor: &mut Cursor<'_>, mut see: impl FnMut(&str)) -> Result<bool, DecodeError> {
    let start = *cursor;
    let (end, count) = match cursor.byte()? {
        code::ARRAY_8 => cursor.sizes_8()?,
        code::ARRAY_32 => cursor.sizes_32()?,
        _ => {
            *cursor = start;
            let symbol = cursor.symbol()?;
            symbol.into_iter().for_each(see);
            return Ok(symbol.is_some());
        }
    };
    let mut elements = cursor.until(end)?;
    if !elements.is_empty() {
        let width = match elements.byte()? {
            code::SYMBOL_8 => Width::One,
            code::SYMBOL_32 => Width::Four,
            found => return Err(cursor.error(Problem::Constructor { found, expected: Expected::Symbol })),
        };
        while !elements.is_empty() {
            let length = width.read(&mut elements)?;
            // The walk has seen that they are ASCII.
            see(std::str::from_utf8(elements.take(length)?).unwrap_or_default());
        }
    }
    cursor.move_to(end);
    Ok(count > 0)
}

/// Name of a field, for a message to people.
pub(super) fn field_name(descriptor: u8, field: u8) -> Option<&'static str> {
    let descriptor = u64::from(descriptor);
    let hot = HOT_MANDATORY.iter().find(|(code, number, _)| *code == descriptor && *number == field);
    hot.map(|(_, _, name)| *name).or_else(|| {
        [PERFORMATIVES, SASL_FRAMES, SOURCES, TARGETS, OUTCOMES, ERRORS]
            .into_iter()
            .flatten()
            .find(|shape| shape.code == descriptor)
            .and_then(|shape| shape.fields.get(usize::from(field)))
            .map(|field| field.name)
    })
}

/// The mandatory fields of the performatives that are not checked here.
const HOT_MANDATORY: &[(u64, u8, &str)] = &[
    (descriptor::TRANSFER, 0, "handle"),
    (descriptor::DISPOSITION, 0, "role"),
    (descriptor::DISPOSITION, 1, "first"),
    (descriptor::FLOW, 1, "incoming-window"),
    (descriptor::FLOW, 2, "next-outgoing-id"),
    (descriptor::FLOW, 3, "outgoing-window"),
];
