//! Frames as text, for people and for test suites that look for `@attach`.
//!
//! The form is that of Qpid Proton's frame trace: `@open(16) [container-id="c", max-frame-size=0x4000]`. Fields that are null
//! are left out, unsigned numbers are hexadecimal, symbols begin with a colon, payload is cut. Three things differ: what
//! breaks the rules is named, types are named whatever encoding their descriptor has, and what a SASL frame authenticates
//! with is not shown.

use std::fmt::{self, Write};

use super::composites::{self, Shape};
use super::format::constructor as code;
use super::text::Text;
use super::walk::{Layout, MAX_DEPTH, layout, sizes};
use super::{Cursor, DecodeError, Descriptor, FrameHeader, FrameKind, Problem, ProtocolHeader, descriptor};

/// Bytes of text for one frame, without the words that say that it was cut.
const MAX_TEXT: usize = 1800;

/// Bytes of text for the payload of one transfer.
const MAX_PAYLOAD: usize = 511;

/// One frame, or one protocol header, to be written as text with `Display`; at most about 2000 bytes.
#[derive(Clone, Copy, Debug)]
pub struct FrameText<'a> {
    bytes: &'a [u8],
    is_whole: bool,
}

/// The text of a complete frame or protocol header. What is malformed is described as far as it goes, and then by what is
/// wrong: `@begin(17) [next-outgoing-id=0x0, <malformed: the bytes end inside a value (at byte 21)>`.
#[must_use]
pub fn describe(frame: &[u8]) -> FrameText<'_> {
    FrameText { bytes: frame, is_whole: true }
}

/// The text of a frame of which only the beginning is at hand, enough for all but the payload.
#[must_use]
pub fn describe_beginning(frame: &[u8]) -> FrameText<'_> {
    FrameText { bytes: frame, is_whole: false }
}

impl fmt::Display for FrameText<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer { text: Text::new(MAX_TEXT), is_secret: false };
        let text = match writer.unit(self.bytes, self.is_whole) {
            Ok(()) => writer.text.finish(""),
            Err(Stop::Full) => writer.text.finish("... (truncated)"),
            Err(Stop::Cut) => writer.text.finish(" ... (truncated)"),
            Err(Stop::Malformed(error)) => writer.text.finish(&format!("<malformed: {error}>")),
        };
        out.write_str(&text)
    }
}

/// Why there is no more text.
enum Stop {
    /// No room for it.
    Full,
    /// No room for all of the payload, which comes last.
    Cut,
    /// The bytes mean nothing.
    Malformed(DecodeError),
}

impl From<fmt::Error> for Stop {
    /// Writing [`Text`] has no other error.
    fn from(_: fmt::Error) -> Self {
        Stop::Full
    }
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Stop::Malformed(error)
    }
}

struct Writer {
    text: Text,
    /// Whether this is a SASL frame: of texts and bytes only the length is shown.
    is_secret: bool,
}

impl Writer {
    fn unit(&mut self, bytes: &[u8], is_whole: bool) -> Result<(), Stop> {
        if let Some(header) = bytes.first_chunk().filter(|bytes| bytes.starts_with(b"AMQP")) {
            let name = match ProtocolHeader::decode(header)? {
                ProtocolHeader::Amqp => "AMQP",
                ProtocolHeader::Sasl => "SASL",
                ProtocolHeader::TlsTunnel => "TLS",
            };
            return Ok(self.text.write_str(name)?);
        }
        let truncated = Stop::Malformed(DecodeError { offset: bytes.len(), problem: Problem::Truncated });
        let Some(header) = FrameHeader::decode(bytes, usize::MAX)? else { return Err(truncated) };
        if is_whole && bytes.len() < header.size {
            return Err(truncated);
        }
        let body = bytes.get(..header.size).unwrap_or(bytes);
        let mut cursor = Cursor::at(body, header.data_offset);
        if header.size == header.data_offset {
            return Ok(self.text.write_str("(EMPTY FRAME)")?);
        }
        self.is_secret = header.kind == FrameKind::Sasl;
        self.value(&mut cursor, 0)?;
        let payload = cursor.take(cursor.remaining())?;
        let length = header.size - (cursor.offset() - payload.len());
        if length > 0 { self.payload(payload, length) } else { Ok(()) }
    }

    fn payload(&mut self, bytes: &[u8], length: usize) -> Result<(), Stop> {
        write!(self.text, " ({length})")?;
        if self.is_secret {
            return Ok(());
        }
        self.text.write_char(' ')?;
        self.text.limit(MAX_PAYLOAD);
        self.text.escaped(bytes).map_err(|_| Stop::Cut)
    }

    /// The next value, described or not. Calls itself for what is inside, as deep as a walk would go.
    fn value(&mut self, cursor: &mut Cursor<'_>, depth: u32) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(cursor.error(Problem::Depth).into());
        }
        if cursor.peek() != Some(code::DESCRIBED) {
            let constructor = cursor.byte()?;
            return self.content(cursor, constructor, depth);
        }
        let descriptor = cursor.descriptor()?;
        let known = descriptor.code();
        let name = known.and_then(descriptor::symbol_of).and_then(|symbol| symbol.split(':').nth(1));
        match (known, name, descriptor) {
            (Some(code), Some(name), _) => write!(self.text, "@{name}({code}) ")?,
            (_, _, Descriptor::Code(code @ 0..=0xff)) => write!(self.text, "@{code} ")?,
            (_, _, Descriptor::Code(code)) => write!(self.text, "@{code:#x}")?,
            (_, _, Descriptor::Symbol(symbol)) => {
                self.text.write_char('@')?;
                self.variable(code::SYMBOL_8, symbol)?;
            }
        }
        match known.and_then(composites::find) {
            Some(shape) if is_list(cursor.peek()) => self.composite(cursor, shape, depth),
            Some(_) | None => self.value(cursor, depth + 1),
        }
    }

    /// A list whose fields have names.
    fn composite(&mut self, cursor: &mut Cursor<'_>, shape: &Shape, depth: u32) -> Result<(), Stop> {
        let Some(list) = cursor.list()? else { return Ok(self.text.write_str("null")?) };
        let mut elements = list.elements;
        let mut separator = "";
        self.text.write_char('[')?;
        for number in 0..list.count as usize {
            let field = shape.fields.get(number);
            if field.is_some() && elements.peek() == Some(code::NULL) {
                elements.byte()?;
                continue;
            }
            self.text.write_str(separator)?;
            separator = ", ";
            let Some(field) = field else {
                self.value(&mut elements, depth + 1)?;
                continue;
            };
            self.text.write_str(field.name)?;
            self.text.write_char('=')?;
            let was_secret = self.is_secret;
            self.is_secret &= !is_public(shape.code, field.name, elements.peek());
            self.value(&mut elements, depth + 1)?;
            self.is_secret = was_secret;
        }
        self.end(&elements, list.count, ']')
    }

    /// A value whose constructor was read already.
    fn content(&mut self, cursor: &mut Cursor<'_>, constructor: u8, depth: u32) -> Result<(), Stop> {
        match layout(constructor, cursor)? {
            Layout::Fixed(width) => {
                let bytes = cursor.take(width)?;
                self.fixed(constructor, bytes)
            }
            Layout::Variable(width) => {
                let length = width.read(cursor)?;
                let bytes = cursor.take(length)?;
                self.variable(constructor, bytes)
            }
            Layout::Sequence(width) => {
                let (end, count) = sizes(cursor, width)?;
                let elements = cursor.until(end)?;
                cursor.move_to(end);
                if matches!(constructor, code::MAP_8 | code::MAP_32) {
                    self.map(elements, count, depth)
                } else {
                    self.list(elements, count, depth)
                }
            }
            Layout::Array(width) => {
                let (end, count) = sizes(cursor, width)?;
                let elements = cursor.until(end)?;
                cursor.move_to(end);
                self.array(elements, count, depth)
            }
        }
    }

    fn list(&mut self, mut elements: Cursor<'_>, count: u32, depth: u32) -> Result<(), Stop> {
        self.text.write_char('[')?;
        for number in 0..count {
            self.text.write_str(if number == 0 { "" } else { ", " })?;
            self.value(&mut elements, depth + 1)?;
        }
        self.end(&elements, count, ']')
    }

    fn map(&mut self, mut elements: Cursor<'_>, count: u32, depth: u32) -> Result<(), Stop> {
        self.text.write_char('{')?;
        for number in 0..count {
            self.text.write_str(match number {
                0 => "",
                _ if number.is_multiple_of(2) => ", ",
                _ => "=",
            })?;
            self.value(&mut elements, depth + 1)?;
        }
        self.end(&elements, count, '}')
    }

    /// The inside of an array: its type, then its elements. Descriptors, which all elements share, are not shown.
    fn array(&mut self, mut elements: Cursor<'_>, count: u32, depth: u32) -> Result<(), Stop> {
        if elements.is_empty() && count == 0 {
            return Ok(self.text.write_str("@<>[]")?);
        }
        let constructor = loop {
            match elements.byte()? {
                code::DESCRIBED => elements.descriptor_value()?,
                constructor => break constructor,
            };
        };
        let takes_no_bytes = matches!(layout(constructor, &elements)?, Layout::Fixed(0));
        write!(self.text, "@<{}>[", type_name(constructor))?;
        for number in 0..count {
            self.text.write_str(if number == 0 { "" } else { ", " })?;
            if takes_no_bytes && number == 1 {
                write!(self.text, "...({} more)", count - 1)?;
                break;
            }
            if depth >= MAX_DEPTH {
                return Err(elements.error(Problem::Depth).into());
            }
            self.content(&mut elements, constructor, depth + 1)?;
        }
        self.end(&elements, count, ']')
    }

    /// Ends a compound, whose elements must have been all there was.
    fn end(&mut self, elements: &Cursor<'_>, count: u32, bracket: char) -> Result<(), Stop> {
        if !elements.is_empty() {
            return Err(elements.error(Problem::Count(count)).into());
        }
        Ok(self.text.write_char(bracket)?)
    }

    fn fixed(&mut self, constructor: u8, bytes: &[u8]) -> Result<(), Stop> {
        let unsigned = bytes.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte));
        // Shifted up and down again, the number is extended by its sign.
        let unused = 64 - 8 * bytes.len().clamp(1, 8) as u32;
        let signed = (unsigned << unused).cast_signed() >> unused;
        match constructor {
            code::NULL => self.text.write_str("null")?,
            code::TRUE => self.text.write_str("true")?,
            code::FALSE => self.text.write_str("false")?,
            code::BOOLEAN => self.text.write_str(if unsigned == 0 { "false" } else { "true" })?,
            code::LIST_0 => self.text.write_str("[]")?,
            code::BYTE
            | code::SMALL_INT
            | code::SMALL_LONG
            | code::SHORT
            | code::INT
            | code::LONG
            | code::TIMESTAMP => {
                write!(self.text, "{signed}")?;
            }
            code::FLOAT => self.text.float(f64::from(f32::from_bits(unsigned as u32)))?,
            code::DOUBLE => self.text.float(f64::from_bits(unsigned))?,
            code::CHAR => self.char(unsigned as u32)?,
            code::DECIMAL_32 | code::DECIMAL_64 | code::DECIMAL_128 => {
                write!(self.text, "D{}(", 8 * bytes.len())?;
                self.text.hex(bytes)?;
                self.text.write_char(')')?;
            }
            code::UUID => {
                self.text.write_str("UUID(")?;
                let mut at = 0;
                for length in [4, 2, 2, 2, 6] {
                    self.text.write_str(if at == 0 { "" } else { "-" })?;
                    self.text.hex(bytes.get(at..at + length).unwrap_or_default())?;
                    at += length;
                }
                self.text.write_char(')')?;
            }
            _ => self.text.unsigned(unsigned)?,
        }
        Ok(())
    }

    fn char(&mut self, scalar: u32) -> fmt::Result {
        let character = char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.text.write_char('\'')?;
        self.text.escaped(character.encode_utf8(&mut [0; 4]).as_bytes())?;
        self.text.write_char('\'')
    }

    fn variable(&mut self, constructor: u8, bytes: &[u8]) -> Result<(), Stop> {
        let quote = match constructor {
            _ if self.is_secret => return Ok(write!(self.text, "<{} bytes>", bytes.len())?),
            code::SYMBOL_8 | code::SYMBOL_32 => return Ok(self.symbol(bytes)?),
            code::BINARY_8 | code::BINARY_32 => "b\"",
            _ => "\"",
        };
        self.text.write_str(quote)?;
        self.text.escaped(bytes)?;
        Ok(self.text.write_char('"')?)
    }

    fn symbol(&mut self, bytes: &[u8]) -> fmt::Result {
        self.text.write_char(':')?;
        let is_word = bytes.first().is_some_and(u8::is_ascii_alphabetic)
            && bytes.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let quote = if is_word { "" } else { "\"" };
        self.text.write_str(quote)?;
        self.text.escaped(bytes)?;
        self.text.write_str(quote)
    }
}

/// Whether this field of a SASL frame says something that is no secret, in the type that it has.
fn is_public(composite: u64, field: &str, constructor: Option<u8>) -> bool {
    match (composite, field) {
        (descriptor::SASL_INIT, "mechanism") => matches!(constructor, Some(code::SYMBOL_8 | code::SYMBOL_32)),
        (descriptor::SASL_INIT, "hostname") => matches!(constructor, Some(code::STRING_8 | code::STRING_32)),
        (descriptor::SASL_MECHANISMS, _) => true,
        _ => false,
    }
}

fn is_list(constructor: Option<u8>) -> bool {
    matches!(constructor, Some(code::LIST_0 | code::LIST_8 | code::LIST_32))
}

/// The type of an array's elements.
fn type_name(constructor: u8) -> &'static str {
    match constructor {
        code::NULL => "null",
        code::TRUE => "true",
        code::FALSE => "false",
        code::BOOLEAN => "bool",
        code::UBYTE => "ubyte",
        code::USHORT => "ushort",
        code::UINT_0 | code::SMALL_UINT | code::UINT => "uint",
        code::ULONG_0 | code::SMALL_ULONG | code::ULONG => "ulong",
        code::BYTE => "byte",
        code::SHORT => "short",
        code::SMALL_INT | code::INT => "int",
        code::SMALL_LONG | code::LONG => "long",
        code::FLOAT => "float",
        code::DOUBLE => "double",
        code::DECIMAL_32 => "decimal32",
        code::DECIMAL_64 => "decimal64",
        code::DECIMAL_128 => "decimal128",
        code::CHAR => "char",
        code::TIMESTAMP => "timestamp",
        code::UUID => "uuid",
        code::BINARY_8 | code::BINARY_32 => "binary",
        code::STRING_8 | code::STRING_32 => "string",
        code::SYMBOL_8 | code::SYMBOL_32 => "symbol",
        code::LIST_0 | code::LIST_8 | code::LIST_32 => "list",
        code::MAP_8 | code::MAP_32 => "map",
        code::ARRAY_8 | code::ARRAY_32 => "array",
        _ => "?",
    }
}
