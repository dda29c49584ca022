//! Checks an encoded value of any type without building anything.
//!
//! The walk is iterative, its stack has a fixed size, and every value it visits is charged to a [`Budget`]. So a value
//! that passes can be given to a recursive decoder that allocates: its depth, its number of elements, and every size and
//! count in it are known to be sound.

use super::format::constructor as code;
use super::legible::{is_illegible_key, is_legible};
use super::{Cursor, DecodeError, Problem};

/// The deepest nesting that any budget can allow.
pub const MAX_DEPTH: u32 = 32;

/// What a value may cost. A walk spends the elements, so that one budget can cover several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How many lists, maps, arrays and descriptors may be around one value, [`MAX_DEPTH`] at most.
    pub depth: u32,
    /// How many values may still come. Each element of an array counts, also when it takes no bytes.
    pub elements: u32,
}

impl Budget {
    /// For a performative, a SASL frame or a delivery state. Filters, properties and error infos of real peers nest 4 deep
    /// and hold dozens of values; a map of unsettled deliveries can be long.
    pub const PERFORMATIVE: Budget = Budget { depth: 24, elements: 8192 };

    fn spend(&mut self, count: u32, cursor: &Cursor<'_>) -> Result<(), DecodeError> {
        self.elements = self.elements.checked_sub(count).ok_or_else(|| cursor.error(Problem::Elements))?;
        Ok(())
    }
}

/// Checks the first value in these bytes and returns its length: every constructor exists, every size and count is
/// exact, strings are UTF-8, symbols ASCII, maps hold pairs, descriptors are symbols or ulongs.
pub fn value(bytes: &[u8], budget: &mut Budget) -> Result<usize, DecodeError> {
    walk(bytes, 0, budget).map(|walked| walked.end)
}

/// What a walk found out.
pub(super) struct Walked {
    /// The place behind the value.
    pub(super) end: usize,
    /// Whether the value has something inside that must be [rewritten](super::legible) for serde.
    pub(super) is_illegible: bool,
}

/// Checks the value at `at`.
pub(super) fn walk(bytes: &[u8], at: usize, budget: &mut Budget) -> Result<Walked, DecodeError> {
    let mut walk = Walk {
        bytes,
        cursor: Cursor::at(bytes, at),
        levels: [Level::UNUSED; MAX_DEPTH as usize],
        used: 0,
        is_illegible: false,
    };
    loop {
        walk.visit(budget)?;
        if walk.leave_complete()? {
            return Ok(Walked { end: walk.cursor.offset(), is_illegible: walk.is_illegible });
        }
    }
}

/// A compound that the walk is inside of.
#[derive(Clone, Copy)]
struct Level {
    end: usize,
    /// Elements that it says it has, and how many of them are still to come.
    count: u32,
    left: u32,
    /// Compounds and descriptors around each element.
    depth: u32,
    /// In an array, the constructor that all elements share.
    element: Option<u8>,
    is_map: bool,
}

impl Level {
    const UNUSED: Level = Level { end: 0, count: 0, left: 0, depth: 0, element: None, is_map: false };

    /// Whether the element that is visited now, which is no longer among those left, is the key of a map.
    fn is_at_key(&self) -> bool {
        self.is_map && !self.left.is_multiple_of(2)
    }
}

struct Walk<'a> {
    bytes: &'a [u8],
    /// Ends where the innermost compound ends, so that no read can leave it.
    cursor: Cursor<'a>,
    levels: [Level; MAX_DEPTH as usize],
    used: usize,
    is_illegible: bool,
}

impl Walk<'_> {
    /// Visits one value: a primitive completely, of a compound the header.
    fn visit(&mut self, budget: &mut Budget) -> Result<(), DecodeError> {
        let level = self.innermost().copied().unwrap_or(Level::UNUSED);
        let Level { mut depth, element, .. } = level;
        let constructor = match element {
            Some(constructor) => constructor,
            None => self.constructor(&mut depth, budget)?,
        };
        budget.spend(1, &self.cursor)?;
        self.is_illegible |= level.is_at_key() && is_illegible_key(constructor);
        match layout(constructor, &self.cursor)? {
            Layout::Fixed(width) => self.fixed(constructor, width),
            Layout::Variable(width) => self.variable(constructor, width),
            Layout::Sequence(width) => {
                let (end, count) = sizes(&mut self.cursor, width)?;
                let is_map = matches!(constructor, code::MAP_8 | code::MAP_32);
                if is_map && !count.is_multiple_of(2) {
                    return Err(self.cursor.error_behind(Problem::OddMap(count)));
                }
                self.deepen(&mut depth, budget)?;
                self.enter(Level { end, count, left: count, depth, element: None, is_map })
            }
            Layout::Array(width) => {
                let (end, count) = sizes(&mut self.cursor, width)?;
                self.deepen(&mut depth, budget)?;
                self.array(end, count, depth, budget)
            }
        }
    }

    /// Reads the constructor of a value and the descriptors in front of it, each of which adds to `depth`.
    fn constructor(&mut self, depth: &mut u32, budget: &mut Budget) -> Result<u8, DecodeError> {
        loop {
            match self.cursor.byte()? {
                code::DESCRIBED => {
                    budget.spend(1, &self.cursor)?;
                    self.deepen(depth, budget)?;
                    self.cursor.descriptor_value()?;
                }
                constructor => return Ok(constructor),
            }
        }
    }

    /// The inside of an array [AMQP 1.6.24]: one constructor for all elements, then the elements without theirs.
    fn array(&mut self, end: usize, count: u32, mut depth: u32, budget: &mut Budget) -> Result<(), DecodeError> {
        self.cursor = self.cursor.until(end)?;
        if count == 0 && self.cursor.is_empty() {
            // The grammar wants a constructor here too, but there are encoders that leave it off.
            self.back_to_innermost();
            return Ok(());
        }
        self.is_illegible |= count == 0 || !is_legible(&self.cursor)?;
        let element = self.constructor(&mut depth, budget)?;
        let Layout::Fixed(width) = layout(element, &self.cursor)? else {
            return self.enter(Level { end, count, left: count, depth, element: Some(element), is_map: false });
        };
        // Without a visit to each element: they may be many and take no bytes at all.
        budget.spend(count, &self.cursor)?;
        if u64::from(count) * width as u64 != self.cursor.remaining() as u64 {
            return Err(self.cursor.error(Problem::Count(count)));
        }
        if matches!(element, code::BOOLEAN | code::CHAR) {
            for _ in 0..count {
                self.fixed(element, width)?;
            }
        }
        self.cursor.move_to(end);
        self.back_to_innermost();
        Ok(())
    }

    fn fixed(&mut self, constructor: u8, width: usize) -> Result<(), DecodeError> {
        let offset = self.cursor.offset();
        let bytes = self.cursor.take(width)?;
        let problem = match (constructor, bytes) {
            (code::BOOLEAN, &[byte]) if byte > 1 => Problem::Boolean(byte),
            (code::CHAR, &[a, b, c, d]) => {
                let scalar = u32::from_be_bytes([a, b, c, d]);
                if char::from_u32(scalar).is_some() {
                    return Ok(());
                }
                Problem::Char(scalar)
            }
            _ => return Ok(()),
        };
        Err(DecodeError { offset, problem })
    }

    fn variable(&mut self, constructor: u8, width: Width) -> Result<(), DecodeError> {
        let length = width.read(&mut self.cursor)?;
        let offset = self.cursor.offset();
        let bytes = self.cursor.take(length)?;
        match constructor {
            code::STRING_8 | code::STRING_32 => std::str::from_utf8(bytes)
                .map(|_| ())
                .map_err(|wrong| DecodeError { offset: offset + wrong.valid_up_to(), problem: Problem::Utf8 }),
            code::SYMBOL_8 | code::SYMBOL_32 if !bytes.is_ascii() => {
                Err(DecodeError { offset, problem: Problem::Ascii })
            }
            _ => Ok(()),
        }
    }

    /// Ends every compound whose elements are all there; true when that was the outermost value.
    fn leave_complete(&mut self) -> Result<bool, DecodeError> {
        loop {
            let Some(level) = self.used.checked_sub(1).and_then(|top| self.levels.get_mut(top)) else {
                return Ok(true);
            };
            if level.left > 0 {
                level.left -= 1;
                return Ok(false);
            }
            if !self.cursor.is_empty() {
                return Err(self.cursor.error(Problem::Count(level.count)));
            }
            self.used -= 1;
            self.back_to_innermost();
        }
    }

    fn enter(&mut self, level: Level) -> Result<(), DecodeError> {
        match self.levels.get_mut(self.used) {
            Some(free) => *free = level,
            None => return Err(self.cursor.error(Problem::Depth)),
        }
        self.used += 1;
        self.cursor = self.cursor.until(level.end)?;
        Ok(())
    }

    fn deepen(&self, depth: &mut u32, budget: &Budget) -> Result<(), DecodeError> {
        *depth += 1;
        if *depth > budget.depth.min(MAX_DEPTH) { Err(self.cursor.error(Problem::Depth)) } else { Ok(()) }
    }

    fn innermost(&self) -> Option<&Level> {
        self.used.checked_sub(1).and_then(|top| self.levels.get(top))
    }

    /// Lets the cursor reach as far as the compound it is in now.
    fn back_to_innermost(&mut self) {
        let end = self.innermost().map_or(self.bytes.len(), |level| level.end);
        self.cursor = Cursor::at(self.bytes.get(..end).unwrap_or(self.bytes), self.cursor.offset());
    }
}

/// How the bytes behind a constructor are laid out [AMQP 1.2, figure 1.3].
pub(super) enum Layout {
    Fixed(usize),
    Variable(Width),
    /// A list or map.
    Sequence(Width),
    Array(Width),
}

/// Bytes in a size or count.
#[derive(Clone, Copy)]
pub(super) enum Width {
    One,
    Four,
}

impl Width {
    /// Reads a size of this width.
    pub(super) fn read(self, cursor: &mut Cursor<'_>) -> Result<usize, DecodeError> {
        Ok(match self {
            Width::One => usize::from(cursor.byte()?),
            Width::Four => u32::from_be_bytes(cursor.array()?) as usize,
        })
    }
}

/// The layout behind a constructor, which is the byte in front of the cursor; an error when there is no such constructor.
pub(super) fn layout(constructor: u8, cursor: &Cursor<'_>) -> Result<Layout, DecodeError> {
    Ok(match constructor {
        code::NULL..=code::LIST_0 => Layout::Fixed(0),
        code::UBYTE..=code::BOOLEAN => Layout::Fixed(1),
        0x60 | 0x61 => Layout::Fixed(2),
        0x70..=0x74 => Layout::Fixed(4),
        0x80..=0x84 => Layout::Fixed(8),
        0x94 | 0x98 => Layout::Fixed(16),
        code::BINARY_8 | code::STRING_8 | code::SYMBOL_8 => Layout::Variable(Width::One),
        code::BINARY_32 | code::STRING_32 | code::SYMBOL_32 => Layout::Variable(Width::Four),
        code::LIST_8 | code::MAP_8 => Layout::Sequence(Width::One),
        code::LIST_32 | code::MAP_32 => Layout::Sequence(Width::Four),
        code::ARRAY_8 => Layout::Array(Width::One),
        code::ARRAY_32 => Layout::Array(Width::Four),
        unknown => return Err(cursor.error_behind(Problem::UnknownConstructor(unknown))),
    })
}

/// End and count of a compound.
pub(super) fn sizes(cursor: &mut Cursor<'_>, width: Width) -> Result<(usize, u32), DecodeError> {
    match width {
        Width::One => cursor.sizes_8(),
        Width::Four => cursor.sizes_32(),
    }
}
