//! The fields of a composite type encoded as a list [AMQP 1.3].

use super::{Cursor, DecodeError, Problem};

/// Reads fields in their order. Fields that the sender left off at the end are null.
pub(super) struct Fields<'a> {
    descriptor: u64,
    count: u32,
    left: u32,
    elements: Cursor<'a>,
}

impl<'a> Fields<'a> {
    /// Starts at the list that is next, and moves the cursor behind it. `descriptor` is the code of the type, `most` the number
    /// of fields that it has.
    #[inline(always)]
    pub(super) fn start(cursor: &mut Cursor<'a>, descriptor: u64, most: u8) -> Result<Fields<'a>, DecodeError> {
        let before = cursor.offset();
        let Some(list) = cursor.list()? else {
            return Err(DecodeError { offset: before, problem: Problem::NullList });
        };
        if list.count > u32::from(most) {
            return Err(DecodeError { offset: before, problem: Problem::Fields { found: list.count, most } });
        }
        Ok(Fields { descriptor, count: list.count, left: list.count, elements: list.elements })
    }

    /// The next field, read by the method of [`Cursor`] for its type.
    #[inline(always)]
    pub(super) fn next<T: Default>(
        &mut self,
        read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        if self.left == 0 {
            return Ok(T::default());
        }
        self.left -= 1;
        read(&mut self.elements)
    }

    /// The next field, which must not be null. It is the one of this number, counted from 0.
    #[inline(always)]
    pub(super) fn mandatory<T>(
        &mut self,
        field: u8,
        read: impl FnOnce(&mut Cursor<'a>) -> Result<Option<T>, DecodeError>,
    ) -> Result<T, DecodeError> {
        let before = self.elements.offset();
        match self.next(read)? {
            Some(value) => Ok(value),
            None => Err(self.missing(before, field)),
        }
    }

    /// Checks that the fields fill the list exactly.
    #[inline(always)]
    pub(super) fn finish(self) -> Result<(), DecodeError> {
        if self.left == 0 && self.elements.is_empty() {
            Ok(())
        } else {
            Err(self.elements.error(Problem::Count(self.count)))
        }
    }

    #[cold]
    fn missing(&self, offset: usize, field: u8) -> DecodeError {
        DecodeError { offset, problem: Problem::Missing { descriptor: self.descriptor as u8, field } }
    }
}
