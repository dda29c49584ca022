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
