//! Delivery states [AMQP 3.4, 4.5]: two that are nearly all of them, and the others as opaque bytes.

use super::format::{constructor as code, descriptor};
use super::sink::Sink;
use super::walk::Budget;
use super::{Cursor, DecodeError, Expected, Problem};

/// The state of a delivery as a transfer or disposition carries it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StateRef<'a> {
    /// No state.
    #[default]
    None,
    /// The outcome accepted [AMQP 3.4.2].
    Accepted,
    /// The outcome released [AMQP 3.4.4].
    Released,
    /// Any other: the complete described value as it was encoded, checked by a [`walk`](super::walk), to be passed on as
    /// it is.
    Other(&'a [u8]),
}

/// Which state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateKind {
    /// No state.
    None,
    /// received [AMQP 3.4.1], the only state of the standard that is not terminal.
    Received,
    /// accepted [AMQP 3.4.2]
    Accepted,
    /// rejected [AMQP 3.4.3]
    Rejected,
    /// released [AMQP 3.4.4]
    Released,
    /// modified [AMQP 3.4.5]
    Modified,
    /// declared [AMQP 4.5.5], an outcome of a transaction coordinator.
    Declared,
    /// transactional-state [AMQP 4.5.8]: an outcome that takes effect when the transaction ends.
    Transactional,
    /// One that the standard does not define.
    Extended,
}

impl StateKind {
    /// Whether the state is terminal: no other state can follow, and the delivery can be settled with it [AMQP 3.4].
    #[must_use]
    pub const fn is_outcome(self) -> bool {
        match self {
            StateKind::Accepted
            | StateKind::Rejected
            | StateKind::Released
            | StateKind::Modified
            | StateKind::Declared => true,
            StateKind::None | StateKind::Received | StateKind::Transactional | StateKind::Extended => false,
        }
    }
}

const ACCEPTED: [u8; 4] = [code::DESCRIBED, code::SMALL_ULONG, descriptor::ACCEPTED as u8, code::LIST_0];
const RELEASED: [u8; 4] = [code::DESCRIBED, code::SMALL_ULONG, descriptor::RELEASED as u8, code::LIST_0];

const REJECTED: [u8; 4] = [code::DESCRIBED, code::SMALL_ULONG, descriptor::REJECTED as u8, code::LIST_0];
/// By delivery-failed (the lower bit) and undeliverable-here.
const MODIFIED: [[u8; 8]; 4] = [
    modified(code::FALSE, code::FALSE),
    modified(code::TRUE, code::FALSE),
    modified(code::FALSE, code::TRUE),
    modified(code::TRUE, code::TRUE),
];

const fn modified(delivery_failed: u8, undeliverable_here: u8) -> [u8; 8] {
    let code = descriptor::MODIFIED as u8;
    [code::DESCRIBED, code::SMALL_ULONG, code, code::LIST_8, 3, 2, delivery_failed, undeliverable_here]
}

/// The first two fields of modified [AMQP 3.4.5].
fn modified_flags(bytes: &[u8]) -> Option<(bool, bool)> {
    let mut cursor = Cursor::new(bytes);
    cursor.descriptor().ok()?;
    let list = cursor.list().ok()??;
    let mut fields = list.elements;
    let mut flag = |number| if number < list.count { fields.boolean().ok().flatten() } else { None };
    Some((flag(0).unwrap_or(false), flag(1).unwrap_or(false)))
}

impl<'a> StateRef<'a> {
    /// Which state it is.
    #[must_use]
    pub fn kind(self) -> StateKind {
        let bytes = match self {
            StateRef::None => return StateKind::None,
            StateRef::Accepted => return StateKind::Accepted,
            StateRef::Released => return StateKind::Released,
            StateRef::Other(bytes) => bytes,
        };
        match Cursor::new(bytes).descriptor().ok().and_then(|descriptor| descriptor.code()) {
            Some(descriptor::RECEIVED) => StateKind::Received,
            Some(descriptor::ACCEPTED) => StateKind::Accepted,
            Some(descriptor::REJECTED) => StateKind::Rejected,
            Some(descriptor::RELEASED) => StateKind::Released,
            Some(descriptor::MODIFIED) => StateKind::Modified,
            Some(descriptor::DECLARED) => StateKind::Declared,
            Some(descriptor::TRANSACTIONAL_STATE) => StateKind::Transactional,
            Some(_) | None => StateKind::Extended,
        }
    }

    /// The same state without what explains it (the error of rejected, the annotations of modified), in a few bytes; none
    /// for a state that cannot do without.
    #[must_use]
    pub fn brief(self) -> StateRef<'static> {
        match (self, self.kind()) {
            (StateRef::Other(bytes), StateKind::Modified) => {
                let (delivery_failed, undeliverable_here) = modified_flags(bytes).unwrap_or_default();
                StateRef::Other(match (delivery_failed, undeliverable_here) {
                    (false, false) => &MODIFIED[0],
                    (true, false) => &MODIFIED[1],
                    (false, true) => &MODIFIED[2],
                    (true, true) => &MODIFIED[3],
                })
            }
            (StateRef::Other(_), StateKind::Rejected) => StateRef::Other(&REJECTED),
            (StateRef::Accepted, _) | (_, StateKind::Accepted) => StateRef::Accepted,
            (StateRef::Released, _) | (_, StateKind::Released) => StateRef::Released,
            (StateRef::None | StateRef::Other(_), _) => StateRef::None,
        }
    }

    /// Reads a state. Accepted and released are recognised in every encoding, the others are walked and kept.
    #[inline]
    pub fn decode(cursor: &mut Cursor<'a>) -> Result<StateRef<'a>, DecodeError> {
        let mut ahead = *cursor;
        match ahead.array() {
            Ok(ACCEPTED) => {
                *cursor = ahead;
                Ok(StateRef::Accepted)
            }
            Ok(RELEASED) => {
                *cursor = ahead;
                Ok(StateRef::Released)
            }
            Ok(_) | Err(_) => StateRef::decode_any(cursor),
        }
    }

    fn decode_any(cursor: &mut Cursor<'a>) -> Result<StateRef<'a>, DecodeError> {
        if let Some(found) = cursor.peek()
            && found != code::DESCRIBED
            && found != code::NULL
        {
            return Err(cursor.error(Problem::Constructor { found, expected: Expected::Described }));
        }
        let Some(bytes) = cursor.value(&mut Budget { elements: 4096, ..Budget::PERFORMATIVE })? else {
            return Ok(StateRef::None);
        };
        let mut inside = Cursor::new(bytes);
        let descriptor = inside.descriptor()?.code();
        let is_empty = matches!(inside.list(), Ok(Some(list)) if list.count == 0);
        Ok(match descriptor {
            Some(descriptor::ACCEPTED) if is_empty => StateRef::Accepted,
            Some(descriptor::RELEASED) if is_empty => StateRef::Released,
            Some(_) | None => StateRef::Other(bytes),
        })
    }

    /// Writes the state; none is null.
    #[inline(always)]
    pub(super) fn encode(self, sink: &mut impl Sink) {
        match self {
            StateRef::None => sink.byte(code::NULL),
            StateRef::Accepted => sink.bytes(&ACCEPTED),
            StateRef::Released => sink.bytes(&RELEASED),
            StateRef::Other(bytes) => sink.bytes(bytes),
        }
    }

    /// Bytes that [`StateRef::encode`] writes, at most.
    #[inline(always)]
    pub(super) fn encoded_len(self) -> usize {
        match self {
            StateRef::None => 1,
            StateRef::Accepted | StateRef::Released => ACCEPTED.len(),
            StateRef::Other(bytes) => bytes.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(bytes: &[u8]) -> StateRef<'_> {
        StateRef::decode(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_brief_state_says_the_same_without_its_explanation() {
        // rejected with an error; modified with annotations, its flags given, null or absent.
        let rejected = state(&[0, 0x53, 0x25, 0xc0, 10, 1, 0, 0x53, 0x1d, 0xc0, 4, 1, 0xa3, 1, b'x']).brief();
        assert_eq!(rejected, state(&[0, 0x53, 0x25, 0x45]));
        for (flags, expected) in [
            (&[0x41, 0x41, 0xc1, 1, 0][..], [0x41, 0x41]),
            (&[0x40, 0x56, 1, 0xc1, 1, 0], [0x42, 0x41]),
            (&[0x41], [0x41, 0x42]),
            (&[], [0x42, 0x42]),
        ] {
            let count = match flags {
                [] => 0,
                [_] => 1,
                _ => 3,
            };
            let bytes = [&[0, 0x53, 0x27, 0xc0, flags.len() as u8 + 1, count], flags].concat();
            let brief = state(&bytes).brief();
            assert_eq!(brief, StateRef::Other(&[&[0, 0x53, 0x27, 0xc0, 3, 2], &expected[..]].concat()));
            assert_eq!(state(&[&[0, 0x53, 0x27, 0xc0, 3, 2], &expected[..]].concat()).kind(), StateKind::Modified);
        }
        assert_eq!(state(&[0, 0x53, 0x24, 0x45]).brief(), StateRef::Accepted);
        // received means nothing without its numbers.
        assert_eq!(state(&[0, 0x53, 0x23, 0xc0, 3, 2, 0x43, 0x44]).brief(), StateRef::None);
    }
}
