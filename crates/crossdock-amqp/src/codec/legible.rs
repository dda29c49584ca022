//! Rewrites what `serde_amqp` 0.18 cannot read, or cannot write again.
//!
//! * After an empty array it loses its place: it leaves the constructor unread.
//! * It refuses an array whose elements take no bytes when they are more than the array has bytes.
//! * It reads the elements of an array of lists, maps, arrays or described values as if each had its own constructor.
//! * In an array it writes the length of a string in characters instead of bytes.
//! * When it writes a map, a key with an array in it makes a list that is the value an array, and a key that is a timestamp
//!   makes it panic.
//!
//! All of these are legal. Here an empty array loses its constructor, the others become lists of the same elements, and the
//! key becomes a long. They come so rarely (in maps of properties, filters and error infos) that what a peer behind us sees
//! instead is not worth more code.

use super::format::constructor as code;
use super::walk::{Layout, Width, layout, sizes};
use super::{Cursor, DecodeError, Problem};

/// The value at the cursor, which was walked and fills the rest of its slice, in an encoding that `serde_amqp` reads. The
/// values at the offsets in `unknown` become null: it has no type for them.
///
/// An error when that would be many times longer: a descriptor that an array has once, a list has for each element.
pub(super) fn rewrite(mut cursor: Cursor<'_>, unknown: &[usize]) -> Result<Vec<u8>, DecodeError> {
    let length = cursor.remaining();
    let mut rewriter = Rewriter { out: Vec::with_capacity(length + 64), limit: 8 * length + 16_384, unknown };
    rewriter.value(&mut cursor, false)?;
    Ok(rewriter.out)
}

struct Rewriter<'a> {
    out: Vec<u8>,
    limit: usize,
    unknown: &'a [usize],
}

impl Rewriter<'_> {
    /// Rewrites the next value, which may be in the key of a map. Calls itself for what is inside, as deep as the budget of
    /// the walk allowed.
    fn value(&mut self, cursor: &mut Cursor<'_>, in_key: bool) -> Result<(), DecodeError> {
        if self.unknown.contains(&cursor.offset()) {
            cursor.pass_over()?;
            self.out.push(code::NULL);
            return Ok(());
        }
        let (descriptors, constructor) = constructor(cursor)?;
        self.out.extend_from_slice(descriptors);
        self.content(cursor, constructor, in_key)
    }

    /// Rewrites a value whose constructor was read already.
    fn content(&mut self, cursor: &mut Cursor<'_>, constructor: u8, in_key: bool) -> Result<(), DecodeError> {
        match layout(constructor, cursor)? {
            Layout::Fixed(width) => {
                let is_timestamp_key = in_key && constructor == code::TIMESTAMP;
                self.out.push(if is_timestamp_key { code::LONG } else { constructor });
                self.out.extend_from_slice(cursor.take(width)?);
            }
            Layout::Variable(width) => {
                let mut start = *cursor;
                let length = width.read(cursor)?;
                cursor.take(length)?;
                self.out.push(constructor);
                self.out.extend_from_slice(start.take(cursor.offset() - start.offset())?);
            }
            Layout::Sequence(width) => {
                let (end, count) = sizes(cursor, width)?;
                let mut elements = cursor.until(end)?;
                let is_map = matches!(constructor, code::MAP_8 | code::MAP_32);
                let size = self.start_compound(if is_map { code::MAP_32 } else { code::LIST_32 }, count);
                for number in 0..count {
                    self.value(&mut elements, in_key || (is_map && number.is_multiple_of(2)))?;
                }
                self.finish_compound(size);
                cursor.move_to(end);
            }
            Layout::Array(width) => {
                let mut start = *cursor;
                let (end, count) = sizes(cursor, width)?;
                let elements = cursor.until(end)?;
                if in_key || !is_legible(&elements)? {
                    self.list_of(elements, count, in_key)?;
                } else if count == 0 {
                    self.out.extend_from_slice(&[code::ARRAY_8, 1, 0]);
                } else {
                    self.out.push(constructor);
                    self.out.extend_from_slice(start.take(end - start.offset())?);
                }
                cursor.move_to(end);
            }
        }
        if self.out.len() > self.limit { Err(cursor.error(Problem::Elements)) } else { Ok(()) }
    }

    /// Writes the elements of an array as a list.
    fn list_of(&mut self, mut elements: Cursor<'_>, count: u32, in_key: bool) -> Result<(), DecodeError> {
        let size = self.start_compound(code::LIST_32, count);
        if count > 0 {
            let (descriptors, constructor) = constructor(&mut elements)?;
            for _ in 0..count {
                self.out.extend_from_slice(descriptors);
                self.content(&mut elements, constructor, in_key)?;
            }
        }
        self.finish_compound(size);
        Ok(())
    }

    /// Writes constructor, a size to be filled in, and count. Returns where the size is.
    fn start_compound(&mut self, constructor: u8, count: u32) -> usize {
        self.out.push(constructor);
        let size = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        self.out.extend_from_slice(&count.to_be_bytes());
        size
    }

    fn finish_compound(&mut self, size: usize) {
        let length = u32::try_from(self.out.len() - size - 4).unwrap_or(u32::MAX);
        if let Some(place) = self.out.get_mut(size..).and_then(<[u8]>::first_chunk_mut) {
            *place = length.to_be_bytes();
        }
    }
}

/// Reads a constructor, and the descriptors in front of it as they are.
fn constructor<'a>(cursor: &mut Cursor<'a>) -> Result<(&'a [u8], u8), DecodeError> {
    let mut start = *cursor;
    loop {
        let before = cursor.offset();
        match cursor.byte()? {
            code::DESCRIBED => cursor.descriptor_value()?,
            constructor => return Ok((start.take(before - start.offset())?, constructor)),
        };
    }
}

/// Whether serde reads and writes an array with these elements, whose constructor is next.
pub(super) fn is_legible(elements: &Cursor<'_>) -> Result<bool, DecodeError> {
    let mut elements = *elements;
    if elements.is_empty() {
        return Ok(true);
    }
    let constructor = elements.byte()?;
    if constructor == code::DESCRIBED {
        return Ok(false);
    }
    Ok(match layout(constructor, &elements)? {
        Layout::Fixed(width) => width > 0,
        Layout::Variable(width) => {
            !matches!(constructor, code::STRING_8 | code::STRING_32) || are_ascii(elements, width)?
        }
        Layout::Sequence(_) | Layout::Array(_) => false,
    })
}

/// Whether a key of a map, with this constructor, might have to be rewritten.
pub(super) fn is_illegible_key(constructor: u8) -> bool {
    // A key that is a compound, which no peer sends, is not looked into.
    constructor == code::TIMESTAMP || constructor >= code::LIST_8
}

fn are_ascii(mut strings: Cursor<'_>, width: Width) -> Result<bool, DecodeError> {
    while !strings.is_empty() {
        let length = width.read(&mut strings)?;
        if !strings.take(length)?.is_ascii() {
            return Ok(false);
        }
    }
    Ok(true)
}
