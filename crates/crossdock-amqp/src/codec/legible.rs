//! Rewrites the arrays that `serde_amqp` 0.18 cannot read.
//!
//! It loses its place after an empty array (it leaves the constructor unread), refuses arrays whose elements take no bytes when
//! they are more than the array has bytes, and reads the elements of an array of lists, maps, arrays or described values as if
//! each had its own constructor. All of these are legal. Here an empty array loses its constructor, and the others become
//! lists of the same elements. They come so rarely (the elements of maps of properties, filters and error infos) that
//! what a peer behind us sees as a list instead of an array is not worth more code.

use super::format::constructor as code;
use super::walk::{Layout, layout, sizes};
use super::{Cursor, DecodeError};

/// The value in these bytes, which were walked, in an encoding that `serde_amqp` reads.
pub(super) fn rewrite(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    value(&mut Cursor::new(bytes), &mut out)?;
    Ok(out)
}

/// Rewrites the next value. Calls itself for what is inside, as deep as the budget of the walk allowed.
fn value(cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let constructor = descriptors(cursor, out)?;
    content(cursor, constructor, out)
}

/// Copies the descriptors in front of a constructor, and reads the constructor.
fn descriptors(cursor: &mut Cursor<'_>, out: &mut Vec<u8>) -> Result<u8, DecodeError> {
    loop {
        let mut start = *cursor;
        match cursor.byte()? {
            code::DESCRIBED => {
                cursor.descriptor_value()?;
                out.extend_from_slice(start.take(cursor.offset() - start.offset())?);
            }
            constructor => return Ok(constructor),
        }
    }
}

/// Rewrites a value whose constructor was read already.
fn content(cursor: &mut Cursor<'_>, constructor: u8, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    match layout(constructor, cursor)? {
        Layout::Fixed(width) => {
            out.push(constructor);
            out.extend_from_slice(cursor.take(width)?);
        }
        Layout::Variable(width) => {
            let mut start = *cursor;
            let length = width.read(cursor)?;
            cursor.take(length)?;
            out.push(constructor);
            out.extend_from_slice(start.take(cursor.offset() - start.offset())?);
        }
        Layout::Sequence(width) => {
            let (end, count) = sizes(cursor, width)?;
            let mut elements = cursor.until(end)?;
            let wide = if matches!(constructor, code::MAP_8 | code::MAP_32) { code::MAP_32 } else { code::LIST_32 };
            let size = start_compound(out, wide, count);
            for _ in 0..count {
                value(&mut elements, out)?;
            }
            finish_compound(out, size);
            cursor.move_to(end);
        }
        Layout::Array(width) => {
            let mut start = *cursor;
            let (end, count) = sizes(cursor, width)?;
            let mut elements = cursor.until(end)?;
            if count == 0 {
                out.extend_from_slice(&[code::ARRAY_8, 1, 0]);
            } else if is_legible(&elements)? {
                out.push(constructor);
                out.extend_from_slice(start.take(end - start.offset())?);
            } else {
                let size = start_compound(out, code::LIST_32, count);
                let mut shared = Vec::new();
                let element = descriptors(&mut elements, &mut shared)?;
                for _ in 0..count {
                    out.extend_from_slice(&shared);
                    content(&mut elements, element, out)?;
                }
                finish_compound(out, size);
            }
            cursor.move_to(end);
        }
    }
    Ok(())
}

/// Whether serde reads an array with elements of this constructor, which is next.
pub(super) fn is_legible(elements: &Cursor<'_>) -> Result<bool, DecodeError> {
    let Some(constructor) = elements.peek() else {
        return Ok(true);
    };
    if constructor == code::DESCRIBED {
        return Ok(false);
    }
    Ok(match layout(constructor, elements)? {
        Layout::Fixed(width) => width > 0,
        Layout::Variable(_) => true,
        Layout::Sequence(_) | Layout::Array(_) => false,
    })
}

/// Writes constructor, a size to be filled in, and count. Returns where the size is.
fn start_compound(out: &mut Vec<u8>, constructor: u8, count: u32) -> usize {
    out.push(constructor);
    let size = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&count.to_be_bytes());
    size
}

fn finish_compound(out: &mut [u8], size: usize) {
    let length = u32::try_from(out.len() - size - 4).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(size..).and_then(<[u8]>::first_chunk_mut) {
        *place = length.to_be_bytes();
    }
}
