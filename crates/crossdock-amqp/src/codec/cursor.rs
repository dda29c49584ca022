//! Reading primitive values [AMQP 1.6] from a slice.

use super::format::constructor as code;
use super::walk::{self, Budget, Layout, layout};
use super::{DecodeError, Expected, Problem, descriptor};

/// A place in a slice of encoded values. Each method reads one value and moves on; nothing is copied or allocated.
///
/// Typed methods accept every encoding that the standard allows for the type, and null, which is `None`. After an error
/// the place is unspecified: stop reading.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The inside of a list or map: a cursor that ends where the compound ends.
#[derive(Clone, Copy, Debug)]
pub struct Compound<'a> {
    /// Number of elements; in a map, keys and values both count.
    pub count: u32,
    /// The elements. Offsets continue those of the cursor that the compound was read from.
    pub elements: Cursor<'a>,
}

/// The descriptor of a described value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descriptor<'a> {
    /// A number.
    Code(u64),
    /// A name.
    Symbol(&'a [u8]),
}

impl Descriptor<'_> {
    /// The number, also for the names which the standard defines (see [`descriptor`]); `None` for any other name.
    #[inline]
    #[must_use]
    pub fn code(self) -> Option<u64> {
        match self {
            Descriptor::Code(code) => Some(code),
            Descriptor::Symbol(symbol) => descriptor::code_of(symbol),
        }
    }
}

impl<'a> Cursor<'a> {
    /// A cursor at the start of these bytes.
    #[inline]
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    /// A cursor over all of these bytes, placed at `at`. Beyond the end every read is an error.
    #[inline]
    #[must_use]
    pub const fn at(bytes: &'a [u8], at: usize) -> Cursor<'a> {
        Cursor { bytes, at }
    }

    /// Place of the next byte, counted from the start of the slice.
    #[inline]
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// Whether everything is read.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Number of bytes not yet read.
    #[inline]
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// The next byte, without moving: the constructor of the next value.
    #[inline]
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// A boolean [AMQP 1.6.2].
    #[inline]
    pub fn boolean(&mut self) -> Result<Option<bool>, DecodeError> {
        match self.byte()? {
            code::TRUE => Ok(Some(true)),
            code::FALSE => Ok(Some(false)),
            code::NULL => Ok(None),
            code::BOOLEAN => match self.byte()? {
                0 => Ok(Some(false)),
                1 => Ok(Some(true)),
                other => Err(self.error_behind(Problem::Boolean(other))),
            },
            found => Err(self.unexpected(found, Expected::Boolean)),
        }
    }

    /// A ubyte [AMQP 1.6.3].
    #[inline]
    pub fn ubyte(&mut self) -> Result<Option<u8>, DecodeError> {
        match self.byte()? {
            code::UBYTE => Ok(Some(self.byte()?)),
            code::NULL => Ok(None),
            found => Err(self.unexpected(found, Expected::Ubyte)),
        }
    }

    /// A ushort [AMQP 1.6.4].
    #[inline]
    pub fn ushort(&mut self) -> Result<Option<u16>, DecodeError> {
        match self.byte()? {
            code::USHORT => Ok(Some(u16::from_be_bytes(self.array()?))),
            code::NULL => Ok(None),
            found => Err(self.unexpected(found, Expected::Ushort)),
        }
    }

    /// A uint [AMQP 1.6.5].
    #[inline]
    pub fn uint(&mut self) -> Result<Option<u32>, DecodeError> {
        match self.byte()? {
            code::UINT_0 => Ok(Some(0)),
            code::SMALL_UINT => Ok(Some(u32::from(self.byte()?))),
            code::UINT => Ok(Some(u32::from_be_bytes(self.array()?))),
            code::NULL => Ok(None),
            found => Err(self.unexpected(found, Expected::Uint)),
        }
    }

    /// A ulong [AMQP 1.6.6].
    #[inline]
    pub fn ulong(&mut self) -> Result<Option<u64>, DecodeError> {
        match self.byte()? {
            code::ULONG_0 => Ok(Some(0)),
            code::SMALL_ULONG => Ok(Some(u64::from(self.byte()?))),
            code::ULONG => Ok(Some(u64::from_be_bytes(self.array()?))),
            code::NULL => Ok(None),
            found => Err(self.unexpected(found, Expected::Ulong)),
        }
    }

    /// An int [AMQP 1.6.9].
    #[inline]
    pub fn int(&mut self) -> Result<Option<i32>, DecodeError> {
        match self.byte()? {
            code::SMALL_INT => Ok(Some(i32::from(i8::from_be_bytes(self.array()?)))),
            code::INT => Ok(Some(i32::from_be_bytes(self.array()?))),
            code::NULL => Ok(None),
            found => Err(self.unexpected(found, Expected::Int)),
        }
    }

    /// A long [AMQP 1.6.10].
    #[inline]
    pub fn long(&mut self) -> Result<Option<i64>, DecodeError> {
        match self.byte()? {
            code::SMALL_LONG => Ok(Some(i64::from(i8::from_be_bytes(self.array()?)))),
            code::LONG => Ok(Some(i64::from_be_bytes(self.array()?))),
            code::NULL => Ok(None),
            found => Err(self.unexpected(found, Expected::Long)),
        }
    }

    /// Binary data [AMQP 1.6.19].
    #[inline]
    pub fn binary(&mut self) -> Result<Option<&'a [u8]>, DecodeError> {
        self.variable(code::BINARY_8, code::BINARY_32, Expected::Binary)
    }

    /// A string [AMQP 1.6.20]; an error when it is not UTF-8.
    #[inline]
    pub fn string(&mut self) -> Result<Option<&'a str>, DecodeError> {
        match self.variable(code::STRING_8, code::STRING_32, Expected::String)? {
            Some(bytes) => self.utf8(bytes).map(Some),
            None => Ok(None),
        }
    }

    /// A symbol [AMQP 1.6.21]; an error when it is not ASCII.
    #[inline]
    pub fn symbol(&mut self) -> Result<Option<&'a str>, DecodeError> {
        match self.variable(code::SYMBOL_8, code::SYMBOL_32, Expected::Symbol)? {
            Some(bytes) if bytes.is_ascii() => self.utf8(bytes).map(Some),
            Some(bytes) => Err(DecodeError { offset: self.at - bytes.len(), problem: Problem::Ascii }),
            None => Ok(None),
        }
    }

    /// The header of a list [AMQP 1.6.22]. The cursor moves behind the list; its elements are in the answer.
    #[inline]
    pub fn list(&mut self) -> Result<Option<Compound<'a>>, DecodeError> {
        let (end, count) = match self.byte()? {
            code::LIST_8 => self.sizes_8()?,
            code::LIST_32 => self.sizes_32()?,
            code::LIST_0 => (self.at, 0),
            code::NULL => return Ok(None),
            found => return Err(self.unexpected(found, Expected::List)),
        };
        self.compound(end, count).map(Some)
    }

    /// The header of a map [AMQP 1.6.23]; an error when the count is odd. The cursor moves behind the map.
    #[inline]
    pub fn map(&mut self) -> Result<Option<Compound<'a>>, DecodeError> {
        let (end, count) = match self.byte()? {
            code::MAP_8 => self.sizes_8()?,
            code::MAP_32 => self.sizes_32()?,
            code::NULL => return Ok(None),
            found => return Err(self.unexpected(found, Expected::Map)),
        };
        if !count.is_multiple_of(2) {
            return Err(self.error_behind(Problem::OddMap(count)));
        }
        self.compound(end, count).map(Some)
    }

    /// The constructor 0x00 and the descriptor of a described value [AMQP 1.2]. The value itself is next.
    #[inline]
    pub fn descriptor(&mut self) -> Result<Descriptor<'a>, DecodeError> {
        if let Some([code::DESCRIBED, code::SMALL_ULONG, number]) =
            self.bytes.get(self.at..).and_then(<[u8]>::first_chunk)
        {
            self.at += 3;
            return Ok(Descriptor::Code(u64::from(*number)));
        }
        self.unusual_descriptor()
    }

    #[cold]
    fn unusual_descriptor(&mut self) -> Result<Descriptor<'a>, DecodeError> {
        match self.byte()? {
            code::DESCRIBED => self.descriptor_value(),
            found => Err(self.unexpected(found, Expected::Described)),
        }
    }

    /// The descriptor alone, behind the constructor 0x00.
    pub(super) fn descriptor_value(&mut self) -> Result<Descriptor<'a>, DecodeError> {
        match self.peek() {
            Some(code::SMALL_ULONG | code::ULONG | code::ULONG_0) => {
                self.ulong().map(|number| Descriptor::Code(number.unwrap_or_default()))
            }
            Some(code::SYMBOL_8 | code::SYMBOL_32) => {
                self.symbol().map(|symbol| Descriptor::Symbol(symbol.unwrap_or_default().as_bytes()))
            }
            Some(found) => Err(self.error(Problem::DescriptorType(found))),
            None => Err(self.error(Problem::Truncated)),
        }
    }

    /// The complete encoding of the next value, whatever it is, checked by [`walk::value`]; `None` for null.
    #[inline]
    pub fn value(&mut self, budget: &mut Budget) -> Result<Option<&'a [u8]>, DecodeError> {
        if self.peek() == Some(code::NULL) {
            self.at += 1;
            return Ok(None);
        }
        self.skip(budget).map(Some)
    }

    /// Like [`Cursor::value`], with null as a value like any other.
    pub fn skip(&mut self, budget: &mut Budget) -> Result<&'a [u8], DecodeError> {
        let walked = walk::walk(self.bytes, self.at, budget)?;
        self.take(walked.end.saturating_sub(self.at))
    }

    /// The complete encoding of the next value, found by its size alone: what is inside is not looked at, and may be
    /// anything. For bytes that are only passed on.
    pub fn pass_over(&mut self) -> Result<&'a [u8], DecodeError> {
        let mut start = *self;
        let constructor = loop {
            match self.byte()? {
                code::DESCRIBED => self.descriptor_value()?,
                constructor => break constructor,
            };
        };
        let length = match layout(constructor, self)? {
            Layout::Fixed(width) => width,
            Layout::Variable(width) | Layout::Sequence(width) | Layout::Array(width) => width.read(self)?,
        };
        self.take(length)?;
        start.take(self.at - start.at)
    }

    /// Checks the next value without moving. Whether it must be rewritten for serde.
    pub(super) fn walk(&self, budget: &mut Budget) -> Result<bool, DecodeError> {
        walk::walk(self.bytes, self.at, budget).map(|walked| walked.is_illegible)
    }

    /// The next `count` bytes as they are.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        match self.bytes.get(self.at..).and_then(|rest| rest.get(..count)) {
            Some(taken) => {
                self.at += count;
                Ok(taken)
            }
            None => Err(self.error(Problem::Truncated)),
        }
    }

    /// The next byte as it is.
    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        match self.bytes.get(self.at) {
            Some(&byte) => {
                self.at += 1;
                Ok(byte)
            }
            None => Err(self.error(Problem::Truncated)),
        }
    }

    /// The next `N` bytes.
    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        match self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            Some(taken) => {
                self.at += N;
                Ok(*taken)
            }
            None => Err(self.error(Problem::Truncated)),
        }
    }

    /// End and count of a compound with one-byte size and count. The size includes the count.
    #[inline]
    pub(super) fn sizes_8(&mut self) -> Result<(usize, u32), DecodeError> {
        let [size, count] = self.array()?;
        Ok((self.at - 1 + usize::from(size), u32::from(count)))
    }

    /// End and count of a compound with four-byte size and count.
    #[inline]
    pub(super) fn sizes_32(&mut self) -> Result<(usize, u32), DecodeError> {
        let size = u32::from_be_bytes(self.array()?);
        let count = u32::from_be_bytes(self.array()?);
        Ok(((self.at - 4).saturating_add(size as usize), count))
    }

    /// Goes on at `at`.
    #[inline]
    pub(super) fn move_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The same place, in a slice that ends at `end`; an error when the slice is shorter or `end` already behind.
    #[inline]
    pub(super) fn until(&self, end: usize) -> Result<Cursor<'a>, DecodeError> {
        match self.bytes.get(..end) {
            Some(bytes) if self.at <= end => Ok(Cursor { bytes, at: self.at }),
            Some(_) | None => Err(self.error_behind(Problem::Size)),
        }
    }

    #[inline]
    fn compound(&mut self, end: usize, count: u32) -> Result<Compound<'a>, DecodeError> {
        let elements = self.until(end)?;
        self.at = end;
        Ok(Compound { count, elements })
    }

    #[inline]
    fn variable(&mut self, short: u8, long: u8, expected: Expected) -> Result<Option<&'a [u8]>, DecodeError> {
        let length = match self.byte()? {
            found if found == short => usize::from(self.byte()?),
            found if found == long => u32::from_be_bytes(self.array()?) as usize,
            code::NULL => return Ok(None),
            found => return Err(self.unexpected(found, expected)),
        };
        self.take(length).map(Some)
    }

    #[inline]
    fn utf8(&self, bytes: &'a [u8]) -> Result<&'a str, DecodeError> {
        std::str::from_utf8(bytes).map_err(|problem| DecodeError {
            offset: self.at - bytes.len() + problem.valid_up_to(),
            problem: Problem::Utf8,
        })
    }

    /// An error at the next byte.
    #[cold]
    pub(super) fn error(&self, problem: Problem) -> DecodeError {
        DecodeError { offset: self.at, problem }
    }

    /// An error at the byte that was read last.
    #[cold]
    pub(super) fn error_behind(&self, problem: Problem) -> DecodeError {
        DecodeError { offset: self.at.saturating_sub(1), problem }
    }

    #[cold]
    fn unexpected(&self, found: u8, expected: Expected) -> DecodeError {
        self.error_behind(Problem::Constructor { found, expected })
    }
}
