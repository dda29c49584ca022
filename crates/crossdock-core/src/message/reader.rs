//! The few AMQP encodings a router has to see through [AMQP 1.6]: constructors, sizes and counts.

use super::Span;

pub(super) const DESCRIBED: u8 = 0x00;
pub(super) const NULL: u8 = 0x40;
pub(super) const TRUE: u8 = 0x41;
pub(super) const FALSE: u8 = 0x42;
pub(super) const BOOLEAN: u8 = 0x56;
pub(super) const UBYTE: u8 = 0x50;
pub(super) const SMALL_ULONG: u8 = 0x53;
pub(super) const SMALL_INT: u8 = 0x54;
pub(super) const ULONG: u8 = 0x80;
pub(super) const STRING8: u8 = 0xa1;
pub(super) const SYMBOL8: u8 = 0xa3;
pub(super) const STRING32: u8 = 0xb1;
pub(super) const SYMBOL32: u8 = 0xb3;
pub(super) const LIST0: u8 = 0x45;
pub(super) const LIST8: u8 = 0xc0;
pub(super) const MAP8: u8 = 0xc1;
pub(super) const LIST32: u8 = 0xd0;
pub(super) const MAP32: u8 = 0xd1;

/// One value: its constructor and where its octets are, without constructor and size. Those of a compound value begin
/// with its count; a described value has none, it is only known to have been passed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) constructor: u8,
    pub(super) content: Span,
}

impl Value {
    pub(super) fn is_string(self) -> bool {
        matches!(self.constructor, STRING8 | STRING32)
    }

    pub(super) fn is_symbol(self) -> bool {
        matches!(self.constructor, SYMBOL8 | SYMBOL32)
    }
}

/// Reads values in sequence, never past the end of the octets it was given. Offsets count from the start of the message.
/// `None` stands for octets that end too early.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'m> {
    rest: &'m [u8],
    /// Offset of the end of `rest`.
    end: u32,
}

impl<'m> Reader<'m> {
    /// Reads from `span` of `message`.
    #[inline]
    pub(super) fn new(message: &'m [u8], span: Span) -> Option<Self> {
        Some(Self { rest: message.get(span.start as usize..span.end as usize)?, end: span.end })
    }

    #[inline]
    pub(super) fn offset(&self) -> u32 {
        self.end - self.rest.len() as u32
    }

    /// The next value, passed as a whole: a compound value by its size, without looking inside.
    #[inline]
    pub(super) fn value(&mut self) -> Option<Value> {
        let (&constructor, rest) = self.rest.split_first()?;
        self.rest = rest;
        if constructor == DESCRIBED {
            self.skip_described()?;
            return Some(Value { constructor, content: Span { start: self.offset(), end: self.offset() } });
        }
        let size = self.content_size(constructor)?;
        let start = self.offset();
        self.skip(size)?;
        Some(Value { constructor, content: Span { start, end: self.offset() } })
    }

    /// How many octets the value of this constructor has [AMQP 1.2]: its category is in the upper four bits.
    #[inline]
    fn content_size(&mut self, constructor: u8) -> Option<usize> {
        match constructor >> 4 {
            0x4 => Some(0),
            0x5 => Some(1),
            0x6 => Some(2),
            0x7 => Some(4),
            0x8 => Some(8),
            0x9 => Some(16),
            0xa | 0xc | 0xe => self.size8(),
            0xb | 0xd | 0xf => self.size32(),
            _ => None,
        }
    }

    /// Passes descriptor and value, either of which may be described in turn: counted, not recursed into, as the nesting
    /// is the sender's choice.
    #[cold]
    fn skip_described(&mut self) -> Option<()> {
        let mut due = 2_usize;
        while due > 0 {
            let (&constructor, rest) = self.rest.split_first()?;
            self.rest = rest;
            if constructor == DESCRIBED {
                due += 1;
                continue;
            }
            let size = self.content_size(constructor)?;
            self.skip(size)?;
            due -= 1;
        }
        Some(())
    }

    /// The count of a compound value of this constructor, whose content this reader is at.
    #[inline]
    pub(super) fn count(&mut self, constructor: u8) -> Option<u32> {
        match constructor {
            LIST0 => Some(0),
            LIST8 | MAP8 => self.size8().map(|count| count as u32),
            LIST32 | MAP32 => self.size32().map(|count| count as u32),
            _ => None,
        }
    }

    #[inline]
    fn skip(&mut self, size: usize) -> Option<()> {
        self.rest = self.rest.get(size..)?;
        Some(())
    }

    #[inline]
    fn size8(&mut self) -> Option<usize> {
        let (&size, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(usize::from(size))
    }

    #[inline]
    fn size32(&mut self) -> Option<usize> {
        let (size, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_be_bytes(*size) as usize)
    }
}
