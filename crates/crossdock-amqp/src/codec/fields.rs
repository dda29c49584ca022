//! The fields of a composite type encoded as a list [AMQP 1.3].

use super::{Cursor, DecodeError, Mandatory, Problem};

/// Reads fields in their order. Fields that the sender left off at the end are null.
pub(super) struct Fields<'a> {
    count: u32,
    left: u32,
    elements: Cursor<'a>,
}

impl<'a> Fields<'a> {
    /// Starts at the list in which `cursor` is, and moves the cursor behind it. `most` is the number of fields that the type
    /// has.
    #[inline(always)]
    pub(super) fn start(cursor: &mut Cursor<'a>, most: u8) -> Result<Fields<'a>, DecodeError> {
        let before = cursor.offset();
        let Some(list) = cursor.list()? else {
            return Err(DecodeError { offset: before, problem: Problem::Fields { found: 0, most } });
        };
        if list.count > u32::from(most) {
            return Err(DecodeError { offset: before, problem: Problem::Fields { found: list.count, most } });
        }
        Ok(Fields { count: list.count, left: list.count, elements: list.elements })
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

    /// The next field, which must not be null.
    #[inline(always)]
    pub(super) fn mandatory<T>(
        &mut self,
        field: Mandatory,
        read: impl FnOnce(&mut Cursor<'a>) -> Result<Option<T>, DecodeError>,
    ) -> Result<T, DecodeError> {
        let before = self.elements.offset();
        match self.next(read)? {
            Some(value) => Ok(value),
            None => Err(DecodeError { offset: before, problem: Problem::Missing(field) }),
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
}
