//! What can be wrong with bytes, and where.

use std::fmt;

use super::{composites, descriptor};

/// The bytes break a rule of the standard or of this codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Byte at which the problem is, counted from the start of the frame (or of the slice that was given).
    pub offset: usize,
    /// What is wrong there.
    pub problem: Problem,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.problem, self.offset)
    }
}

impl std::error::Error for DecodeError {}

/// What is wrong, and what would be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The bytes end inside a value.
    Truncated,
    /// The 8 bytes are no protocol header.
    ProtocolHeader,
    /// A frame smaller than its own header or larger than the limit given.
    FrameSize(u32),
    /// The data offset of a frame, in words of four bytes.
    DataOffset(u8),
    /// The type byte of a frame, or a SASL frame among AMQP frames and the reverse.
    FrameType(u8),
    /// Another type than the field has.
    Constructor {
        /// The constructor that came.
        found: u8,
        /// The type that is allowed.
        expected: Expected,
    },
    /// A constructor that the standard does not define.
    UnknownConstructor(u8),
    /// The byte of a boolean is neither 0 nor 1.
    Boolean(u8),
    /// A string that is not UTF-8.
    Utf8,
    /// A symbol that is not ASCII.
    Ascii,
    /// A char that is no Unicode scalar value.
    Char(u32),
    /// A descriptor that is neither a symbol nor a ulong (the standard reserves all others).
    DescriptorType(u8),
    /// A descriptor that has no meaning here.
    Descriptor(u64),
    /// A symbolic descriptor that has no meaning here.
    DescriptorSymbol,
    /// A size that reaches beyond the value or frame around it.
    Size,
    /// A compound whose elements do not fill its size exactly, or do not fit into it.
    Count(u32),
    /// A map with an odd number of elements.
    OddMap(u32),
    /// More fields than the type has.
    Fields {
        /// The number that came.
        found: u32,
        /// The number of fields of the type.
        most: u8,
    },
    /// A mandatory field is null or absent.
    Missing {
        /// Descriptor code of the composite type.
        descriptor: u8,
        /// Which of its fields, counted from 0.
        field: u8,
    },
    /// A composite type encoded as null instead of a list.
    NullList,
    /// Values nested deeper than the budget.
    Depth,
    /// More values than the budget.
    Elements,
    /// No receiver settle mode [AMQP 2.8.3].
    ReceiverSettleMode(u8),
    /// Bytes after the end of a performative that has no payload.
    TrailingBytes,
    /// A field of this performative, or of a composite in it, has a value that its type does not allow: an unknown settle
    /// mode, a key that is no symbol.
    Content(u8),
}

/// The type that a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// boolean
    Boolean,
    /// ubyte
    Ubyte,
    /// ushort
    Ushort,
    /// uint
    Uint,
    /// ulong
    Ulong,
    /// int
    Int,
    /// long
    Long,
    /// binary
    Binary,
    /// string
    String,
    /// symbol
    Symbol,
    /// list
    List,
    /// map
    Map,
    /// Any described value.
    Described,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Problem::Truncated => f.write_str("the bytes end inside a value"),
            Problem::ProtocolHeader => {
                f.write_str("not a protocol header: \"AMQP\", protocol id 0, 2 or 3, version 1.0.0 is allowed")
            }
            Problem::FrameSize(size) => write!(f, "frame size {size}: from 8 to the maximum frame size is allowed"),
            Problem::DataOffset(words) => {
                write!(f, "data offset of {words} words: from 2 words to the frame size is allowed")
            }
            Problem::FrameType(kind) => write!(f, "frame type {kind:#04x}: not allowed here"),
            Problem::Constructor { found, expected } => {
                write!(f, "constructor {found:#04x}: {expected} is allowed")
            }
            Problem::UnknownConstructor(found) => write!(f, "constructor {found:#04x} does not exist"),
            Problem::Boolean(byte) => write!(f, "boolean {byte:#04x}: 0x00 and 0x01 are allowed"),
            Problem::Utf8 => f.write_str("a string must be UTF-8"),
            Problem::Ascii => f.write_str("a symbol must be ASCII"),
            Problem::Char(scalar) => write!(f, "char {scalar:#x}: a Unicode scalar value is allowed"),
            Problem::DescriptorType(found) => {
                write!(f, "descriptor with constructor {found:#04x}: a symbol or a ulong is allowed")
            }
            Problem::Descriptor(code) => match descriptor::symbol_of(code) {
                Some(symbol) => write!(f, "{symbol} is not allowed here"),
                None => write!(f, "descriptor {code:#x} is not allowed here"),
            },
            Problem::DescriptorSymbol => f.write_str("this symbolic descriptor is not allowed here"),
            Problem::Size => {
                f.write_str("a size that reaches beyond the value around it, or does not cover its own count")
            }
            Problem::Count(count) => write!(f, "count {count}: the elements must fill the size exactly"),
            Problem::OddMap(count) => write!(f, "map of {count} elements: keys and values come in pairs"),
            Problem::Fields { found, most } => write!(f, "{found} fields: at most {most} are allowed"),
            Problem::Missing { descriptor: code, field } => write!(
                f,
                "{}: mandatory field {} is null or absent",
                descriptor::symbol_of(u64::from(code)).unwrap_or("composite"),
                composites::field_name(code, field).unwrap_or("?")
            ),
            Problem::NullList => f.write_str("a composite type is a list, perhaps an empty one, never null"),
            Problem::Depth => f.write_str("values are nested too deep"),
            Problem::Elements => f.write_str("too many values"),
            Problem::ReceiverSettleMode(mode) => write!(f, "rcv-settle-mode {mode}: 0 and 1 are allowed"),
            Problem::TrailingBytes => f.write_str("bytes after the end of the performative"),
            Problem::Content(code) => write!(
                f,
                "{}: a field has a value that is not allowed",
                descriptor::symbol_of(u64::from(code)).unwrap_or("performative")
            ),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Expected::Boolean => "a boolean (0x41, 0x42, 0x56) or null (0x40)",
            Expected::Ubyte => "a ubyte (0x50) or null (0x40)",
            Expected::Ushort => "a ushort (0x60) or null (0x40)",
            Expected::Uint => "a uint (0x43, 0x52, 0x70) or null (0x40)",
            Expected::Ulong => "a ulong (0x44, 0x53, 0x80) or null (0x40)",
            Expected::Int => "an int (0x54, 0x71) or null (0x40)",
            Expected::Long => "a long (0x55, 0x81) or null (0x40)",
            Expected::Binary => "binary (0xa0, 0xb0) or null (0x40)",
            Expected::String => "a string (0xa1, 0xb1) or null (0x40)",
            Expected::Symbol => "a symbol (0xa3, 0xb3) or null (0x40)",
            Expected::List => "a list (0x45, 0xc0, 0xd0) or null (0x40)",
            Expected::Map => "a map (0xc1, 0xd1) or null (0x40)",
            Expected::Described => "a described value (0x00) or null (0x40)",
        })
    }
}

/// A performative could not be encoded: it holds a value that has no AMQP encoding. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// What the encoder said.
    pub reason: String,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot encode: {}", self.reason)
    }
}

impl std::error::Error for EncodeError {}
