//! The mark of a probe: a message that is not delivered and whose routers tell where it went.

use crossdock_amqp::codec::{Compound, Cursor};

/// Octets of the name of a probe.
pub const PROBE_ID: usize = 16;

/// The name of a probe, which nobody can guess who has not seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProbeId(pub [u8; PROBE_ID]);

/// What a probe says of itself. On the wire a list of uuid, uint and boolean; what follows these is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbeMark {
    /// Its name.
    pub id: ProbeId,
    /// How long it is of interest (milliseconds).
    pub patience: u32,
    /// Whether it goes where settled messages go, rather than unsettled ones.
    pub settled: bool,
}

const UUID: u8 = 0x98;
const UINT: u8 = 0x70;
const TRUE: u8 = 0x41;
const FALSE: u8 = 0x42;
const LIST8: u8 = 0xc0;
/// Octets of the elements: uuid, uint, boolean.
const ELEMENTS: u8 = (1 + PROBE_ID + 5 + 1) as u8;

impl ProbeMark {
    /// Octets of its encoded form.
    pub(super) const LEN: usize = 3 + ELEMENTS as usize;

    /// Reads its encoded form; none if that is no such thing.
    pub fn decode(octets: &[u8]) -> Option<Self> {
        let mut value = Cursor::new(octets);
        let Compound { count, mut elements } = value.list().ok()??;
        if count < 3 || elements.peek() != Some(UUID) {
            return None;
        }
        let [_, id @ ..] = elements.take(1 + PROBE_ID).ok()? else { return None };
        let id = ProbeId(id.try_into().ok()?);
        let patience = elements.uint().ok()??;
        let settled = elements.boolean().ok()??;
        Some(Self { id, patience, settled })
    }

    pub(super) fn encode(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[LIST8, ELEMENTS + 1, 3, UUID]);
        out.extend_from_slice(&self.id.0);
        out.push(UINT);
        out.extend_from_slice(&self.patience.to_be_bytes());
        out.push(if self.settled { TRUE } else { FALSE });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_and_nothing_shorter_is_one() {
        for settled in [false, true] {
            let mark = ProbeMark { id: ProbeId(*b"0123456789abcdef"), patience: 5_000, settled };
            let mut octets = Vec::new();
            mark.encode(&mut octets);
            assert_eq!(octets.len(), ProbeMark::LEN);
            assert_eq!(ProbeMark::decode(&octets), Some(mark));
            for end in 0..octets.len() {
                assert_eq!(ProbeMark::decode(&octets[..end]), None);
            }
        }
    }

    #[test]
    fn what_later_versions_add_is_passed_over() {
        let mark = ProbeMark { id: ProbeId([7; 16]), patience: 1, settled: true };
        let mut octets = Vec::new();
        mark.encode(&mut octets);
        octets[1] += 2;
        octets[2] += 1;
        octets.extend_from_slice(&[0x50, 9]);
        assert_eq!(ProbeMark::decode(&octets), Some(mark));
    }

    #[test]
    fn other_values_are_no_marks() {
        for octets in [&b""[..], b"\x40", b"\x45", b"\xa1\x01x", b"\xc0\x02\x03\x98", b"\xc0\x04\x03\x40\x40\x40"] {
            assert_eq!(ProbeMark::decode(octets), None, "{octets:?}");
        }
    }
}
