//! A check of encoded values against the composite types that serde reads for us.
//!
//! serde says only that something was wrong. This check comes first and says what and where; and it refuses composites
//! with more fields than they have, behind which serde would lose its place.

use super::composites::{Field, Kind, Shape};
use super::format::constructor as code;
use super::walk::{Budget, Width};
use super::{Cursor, DecodeError, Expected, Problem};

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
