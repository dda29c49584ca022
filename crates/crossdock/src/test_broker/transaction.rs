//! What a transaction is on the wire and until it ends [AMQP 4].

use crossdock_amqp::codec::{Cursor, StateRef, descriptor};
use crossdock_amqp::engine::{LinkId, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use std::rc::Rc;

use super::peer::Held;
use super::queue::Message;

/// A transaction that was declared and not discharged.
#[derive(Debug)]
pub(super) struct Transaction {
    /// The link to the coordinator that declared it, with which it goes.
    pub(super) coordinator: LinkId,
    /// Messages to be queued.
    pub(super) posted: Vec<(Rc<str>, Message)>,
    /// Deliveries to be disposed of.
    pub(super) retired: Vec<Retired>,
}

/// A delivery whose outcome waits for the transaction.
#[derive(Debug)]
pub(super) struct Retired {
    pub(super) session: SessionId,
    pub(super) delivery: DeliveryNumber,
    pub(super) outcome: Outcome,
    /// The delivery itself, if the consumer has settled it already.
    pub(super) settled: Option<Held>,
}

/// What a consumer did with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Accepted,
    Rejected,
    Released,
    Modified { undeliverable_here: bool },
}

impl Outcome {
    /// None for a state that is no outcome.
    pub(super) fn of(state: StateRef<'_>) -> Option<Self> {
        match state {
            StateRef::None => None,
            StateRef::Accepted => Some(Self::Accepted),
            StateRef::Released => Some(Self::Released),
            StateRef::Other(bytes) => {
                let mut cursor = Cursor::new(bytes);
                match cursor.descriptor().ok()?.code()? {
                    descriptor::ACCEPTED => Some(Self::Accepted),
                    descriptor::REJECTED => Some(Self::Rejected),
                    descriptor::RELEASED => Some(Self::Released),
                    descriptor::MODIFIED => Some(Self::Modified { undeliverable_here: second_flag(&mut cursor) }),
                    _ => None,
                }
            }
        }
    }
}

/// The second field of modified [AMQP 3.4.5].
fn second_flag(cursor: &mut Cursor<'_>) -> bool {
    let Ok(Some(list)) = cursor.list() else { return false };
    let mut fields = list.elements;
    list.count >= 2 && fields.boolean().is_ok() && fields.boolean().ok().flatten().unwrap_or(false)
}

/// Transaction and outcome that a transactional-state names [AMQP 4.5.8].
pub(super) fn read_state(state: StateRef<'_>) -> Option<(&[u8], Option<Outcome>)> {
    let StateRef::Other(bytes) = state else { return None };
    let mut cursor = Cursor::new(bytes);
    if cursor.descriptor().ok()?.code() != Some(descriptor::TRANSACTIONAL_STATE) {
        return None;
    }
    let list = cursor.list().ok()??;
    let mut fields = list.elements;
    let id = fields.binary().ok()??;
    let outcome =
        if list.count < 2 { None } else { StateRef::decode(&mut fields).ok().and_then(|state| Outcome::of(state)) };
    Some((id, outcome))
}

/// What a coordinator is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Demand<'a> {
    Declare,
    Discharge { id: &'a [u8], fail: bool },
}

const AMQP_VALUE: u64 = 0x77;

/// Reads the message to a coordinator: one amqp-value, a declare or a discharge [AMQP 4.5.5, 4.5.6].
pub(super) fn read_demand(message: &[u8]) -> Option<Demand<'_>> {
    let mut cursor = Cursor::new(message);
    while cursor.descriptor().ok()?.code() != Some(AMQP_VALUE) {
        cursor.pass_over().ok()?;
    }
    match cursor.descriptor().ok()?.code()? {
        descriptor::DECLARE => Some(Demand::Declare),
        descriptor::DISCHARGE => {
            let list = cursor.list().ok()??;
            let mut fields = list.elements;
            let id = fields.binary().ok()??;
            let fail = list.count >= 2 && fields.boolean().ok()?.unwrap_or(false);
            Some(Demand::Discharge { id, fail })
        }
        _ => None,
    }
}

const fn described(code: u64) -> [u8; 3] {
    [0x00, 0x53, code as u8]
}

/// A list of fields that are encoded already; all of them fit into 255 octets.
fn list(code: u64, count: u8, fields: &[&[u8]]) -> Vec<u8> {
    let fields = fields.concat();
    let size = u8::try_from(fields.len() + 1).unwrap_or(u8::MAX);
    [&described(code)[..], &[0xc0, size, count], &fields].concat()
}

fn text(constructor: u8, text: &[u8]) -> Vec<u8> {
    [&[constructor, u8::try_from(text.len()).unwrap_or(u8::MAX)], text].concat()
}

/// The outcome declared.
pub(super) fn declared(id: &[u8]) -> Vec<u8> {
    list(descriptor::DECLARED, 1, &[&text(0xa0, id)])
}

/// The state of a message that was accepted for a transaction.
pub(super) fn accepted_in(id: &[u8]) -> Vec<u8> {
    list(descriptor::TRANSACTIONAL_STATE, 2, &[&text(0xa0, id), &described(descriptor::ACCEPTED), &[0x45]])
}

/// The outcome rejected, with an error.
pub(super) fn rejected(condition: &str, description: &str) -> Vec<u8> {
    const ERROR: u64 = 0x1d;
    let error = list(ERROR, 2, &[&text(0xa3, condition.as_bytes()), &text(0xa1, description.as_bytes())]);
    list(descriptor::REJECTED, 1, &[&error])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demands_are_read_whatever_sections_come_before() {
        // header, then amqp-value: declare.
        let declare = [0, 0x53, 0x70, 0x45, 0, 0x53, 0x77, 0, 0x53, 0x31, 0x45];
        assert_eq!(read_demand(&declare), Some(Demand::Declare));
        let discharge = [0, 0x53, 0x77, 0, 0x53, 0x32, 0xc0, 6, 2, 0xa0, 2, 7, 8, 0x41];
        assert_eq!(read_demand(&discharge), Some(Demand::Discharge { id: &[7, 8], fail: true }));
        assert_eq!(read_demand(&declare[..7]), None);
        assert_eq!(read_demand(&[0, 0x53, 0x77, 0xa1, 1, b'x']), None);
    }

    #[test]
    fn states_that_are_written_can_be_read() {
        let bytes = accepted_in(&[1, 2, 3]);
        let state = StateRef::decode(&mut Cursor::new(&bytes)).unwrap();
        assert_eq!(read_state(state), Some((&[1, 2, 3][..], Some(Outcome::Accepted))));
        let bytes = rejected("amqp:transaction:unknown-id", "no such transaction");
        let state = StateRef::decode(&mut Cursor::new(&bytes)).unwrap();
        assert_eq!(Outcome::of(state), Some(Outcome::Rejected));
        assert_eq!(read_state(state), None);
    }

    #[test]
    fn modified_tells_whether_the_message_may_come_again() {
        let modified = |flags: &[u8]| {
            let bytes = list(descriptor::MODIFIED, flags.len() as u8, &[flags]);
            Outcome::of(StateRef::decode(&mut Cursor::new(&bytes)).unwrap()).unwrap()
        };
        assert_eq!(modified(&[0x41]), Outcome::Modified { undeliverable_here: false });
        assert_eq!(modified(&[0x41, 0x41]), Outcome::Modified { undeliverable_here: true });
    }
}
