//! Which messages of one sender have arrived: what is missing, came twice, or came late.

/// Sequence numbers further ahead than this are not believed: they would only cost memory.
const FAR: u64 = 1 << 28;

/// A set of sequence numbers that mostly come in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    bits: Vec<u64>,
    /// One above the highest number that came.
    next: u64,
    unique: u64,
    duplicated: u64,
    out_of_order: u64,
}

/// What a sequence number turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// New and later than all before.
    InOrder,
    /// New, but after a later one.
    Late,
    /// It had come before.
    Duplicate,
    /// Not a number that anybody could have sent.
    Foreign,
}

impl Seen {
    /// Adds a number.
    #[inline]
    pub(super) fn record(&mut self, sequence: u64) -> Arrival {
        let (word, bit) = ((sequence / 64) as usize, 1u64 << (sequence % 64));
        if sequence >= self.next {
            if sequence - self.next > FAR {
                return Arrival::Foreign;
            }
            if word >= self.bits.len() {
                self.bits.resize(word + 1, 0);
            }
            self.next = sequence + 1;
            self.unique += 1;
            if let Some(bits) = self.bits.get_mut(word) {
                *bits |= bit;
            }
            return Arrival::InOrder;
        }
        match self.bits.get_mut(word) {
            Some(bits) if *bits & bit == 0 => {
                *bits |= bit;
                self.unique += 1;
                self.out_of_order += 1;
                Arrival::Late
            }
            Some(_) | None => {
                self.duplicated += 1;
                Arrival::Duplicate
            }
        }
    }

    /// Adds what another receiver of the same sender got. What both got came twice.
    pub(super) fn union(&mut self, other: &Self) {
        if self.bits.len() < other.bits.len() {
            self.bits.resize(other.bits.len(), 0);
        }
        let mut both = 0;
        for (bits, more) in self.bits.iter_mut().zip(&other.bits) {
            both += u64::from((*bits & more).count_ones());
            *bits |= more;
        }
        self.next = self.next.max(other.next);
        self.unique += other.unique - both;
        self.duplicated += other.duplicated + both;
        self.out_of_order += other.out_of_order;
    }

    /// Different numbers that came.
    pub(super) fn unique(&self) -> u64 {
        self.unique
    }

    /// Numbers that came again.
    pub(super) fn duplicated(&self) -> u64 {
        self.duplicated
    }

    /// Numbers that came after a later one.
    pub(super) fn out_of_order(&self) -> u64 {
        self.out_of_order
    }

    /// Numbers below the highest that did not come.
    pub(super) fn gaps(&self) -> u64 {
        self.next - self.unique
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(sequence: impl IntoIterator<Item = u64>) -> Seen {
        let mut seen = Seen::default();
        for number in sequence {
            seen.record(number);
        }
        seen
    }

    #[test]
    fn numbers_in_order_are_all_there_is() {
        let seen = seen(0..1000);
        assert_eq!((seen.unique(), seen.duplicated(), seen.out_of_order(), seen.gaps()), (1000, 0, 0, 0));
    }

    #[test]
    fn a_late_one_fills_its_gap_and_the_next_copy_is_a_duplicate() {
        let mut seen = seen([0, 1, 200]);
        assert_eq!(seen.gaps(), 198);
        assert_eq!(seen.record(100), Arrival::Late);
        assert_eq!(seen.record(100), Arrival::Duplicate);
        assert_eq!(seen.record(200), Arrival::Duplicate);
        assert_eq!((seen.unique(), seen.duplicated(), seen.out_of_order(), seen.gaps()), (4, 2, 1, 197));
    }

    #[test]
    fn a_number_out_of_reach_takes_no_memory() {
        let mut seen = seen(0..10);
        assert_eq!(seen.record(u64::MAX), Arrival::Foreign);
        assert_eq!((seen.bits.len(), seen.unique()), (1, 10));
    }

    #[test]
    fn competing_receivers_share_the_numbers() {
        let mut even = seen((0..100).map(|n| 2 * n));
        let odd = seen((0..100).map(|n| 2 * n + 1).chain([0]));
        even.union(&odd);
        assert_eq!((even.unique(), even.duplicated(), even.gaps()), (200, 1, 0));
    }
}
