//! Deliveries whose settlement is outstanding, by their number within a session and direction.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use crate::serial::{DeliveryNumber, WireDeliveryNumber};

/// A delivery number that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsettledError {
    /// The number is not later than every number used before [AMQP 2.6.12].
    NotSequential,
}

impl fmt::Display for UnsettledError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSequential => f.write_str("delivery-id is not later than the ones before it"),
        }
    }
}

/// Unsettled deliveries of one session and direction, each with its context `T`.
///
/// Nearly all deliveries settle in about the order in which they were sent, so they sit in a ring that is indexed by
/// number. A delivery that stays while thousands pass it moves to a map of stragglers: memory follows the number of
/// unsettled deliveries, never the span of their numbers.
#[derive(Debug)]
pub struct Unsettled<T> {
    /// Number of `ring[0]`.
    base: u64,
    ring: VecDeque<Option<T>>,
    /// Live deliveries in `ring`.
    live: usize,
    stragglers: BTreeMap<u64, T>,
    started: bool,
}

/// Vacant slots that the ring may hold beyond twice its live ones before stragglers are moved out of its way.
const SLACK: usize = 1024;

impl<T> Default for Unsettled<T> {
    fn default() -> Self {
        // Numbers start one circle up, so that a peer's number "before" the first one still has a place.
        Self { base: 1 << 32, ring: VecDeque::new(), live: 0, stragglers: BTreeMap::new(), started: false }
    }
}

impl<T> Unsettled<T> {
    /// Unsettled deliveries.
    pub fn len(&self) -> usize {
        self.live + self.stragglers.len()
    }

    /// Whether everything is settled.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number that the next delivery gets.
    #[inline]
    pub fn next_number(&self) -> DeliveryNumber {
        DeliveryNumber(self.base + self.ring.len() as u64)
    }

    /// Adds a delivery under the next number.
    #[inline]
    pub fn push(&mut self, context: T) -> DeliveryNumber {
        self.started = true;
        let number = self.next_number();
        self.ring.push_back(Some(context));
        self.live += 1;
        if self.ring.len() > 2 * self.live + SLACK {
            self.compact();
        }
        number
    }

    /// Uses up the next number for a delivery that is settled from the start.
    #[inline]
    pub fn skip(&mut self) -> DeliveryNumber {
        self.started = true;
        let number = self.next_number();
        if self.ring.is_empty() {
            self.base += 1;
        } else {
            self.ring.push_back(None);
            if self.ring.len() > 2 * self.live + SLACK {
                self.compact();
            }
        }
        number
    }

    /// Makes the next number the one the peer used. Numbers it left out stay unused.
    ///
    /// # Errors
    /// The number is not later than those before it.
    #[inline]
    pub fn advance_to(&mut self, wire: WireDeliveryNumber) -> Result<(), UnsettledError> {
        let ahead = wire.since(self.next_number().wire());
        if ahead == 0 {
            return Ok(());
        }
        self.advance_far(wire, ahead)
    }

    #[cold]
    fn advance_far(&mut self, wire: WireDeliveryNumber, ahead: i32) -> Result<(), UnsettledError> {
        if !self.started {
            // The first number is the peer's choice, whatever it is.
            self.base = (1 << 32) | u64::from(wire.raw());
            return Ok(());
        }
        if ahead < 0 {
            return Err(UnsettledError::NotSequential);
        }
        let next = self.next_number().0 + ahead as u64;
        self.evict_all();
        self.base = next;
        Ok(())
    }

    /// The delivery that a number on the wire means, whether or not it is unsettled: the one within 2³¹ of the next.
    #[inline]
    pub fn resolve(&self, wire: WireDeliveryNumber) -> DeliveryNumber {
        let next = self.next_number();
        let distance = i64::from(wire.since(next.wire()));
        DeliveryNumber(next.0.saturating_add_signed(distance))
    }

    /// The unsettled delivery with this number.
    #[inline]
    pub fn get(&self, number: DeliveryNumber) -> Option<&T> {
        match self.index(number) {
            Some(index) => self.ring.get(index)?.as_ref(),
            None => self.stragglers.get(&number.0),
        }
    }

    /// The unsettled delivery with this number, to be changed.
    #[inline]
    pub fn get_mut(&mut self, number: DeliveryNumber) -> Option<&mut T> {
        match self.index(number) {
            Some(index) => self.ring.get_mut(index)?.as_mut(),
            None => self.stragglers.get_mut(&number.0),
        }
    }

    /// Settles: the delivery is forgotten and its context returned.
    #[inline]
    pub fn remove(&mut self, number: DeliveryNumber) -> Option<T> {
        let Some(index) = self.index(number) else { return self.stragglers.remove(&number.0) };
        let context = self.ring.get_mut(index)?.take()?;
        self.live -= 1;
        if index == 0 {
            self.trim();
        }
        Some(context)
    }

    /// The numbers in `first..=last` (as on the wire) that can be unsettled, as an inclusive range of full numbers; none if
    /// the range is empty or lies wholly outside. A peer that writes 0..=2³²-1 costs no more than one that names what it
    /// has: walk the result with [`Unsettled::next_live`].
    pub fn clamp(
        &self,
        first: WireDeliveryNumber,
        last: WireDeliveryNumber,
    ) -> Option<(DeliveryNumber, DeliveryNumber)> {
        let next = self.next_number();
        let oldest = self.stragglers.keys().next().copied().unwrap_or(self.base);
        // The range is measured from its first number: 0..=2³²-1 is the whole circle, not one number before zero.
        let low = self.resolve(first);
        let high = low.0.saturating_add(u64::from(last.raw().wrapping_sub(first.raw())));
        let low = low.0.max(oldest);
        let high = high.min(next.0.saturating_sub(1));
        (low <= high).then_some((DeliveryNumber(low), DeliveryNumber(high)))
    }

    /// The first unsettled delivery at or after `from`, up to and including `to`.
    #[inline]
    pub fn next_live(&mut self, from: DeliveryNumber, to: DeliveryNumber) -> Option<(DeliveryNumber, &mut T)> {
        if from > to {
            return None;
        }
        if from.0 < self.base
            && let Some((&number, _)) = self.stragglers.range(from.0..=to.0).next()
        {
            return self.stragglers.get_mut(&number).map(|context| (DeliveryNumber(number), context));
        }
        let start = from.0.max(self.base) - self.base;
        let end = (to.0 + 1).saturating_sub(self.base).min(self.ring.len() as u64);
        for index in start..end {
            if self.ring.get(index as usize).is_some_and(Option::is_some) {
                let context = self.ring.get_mut(index as usize).and_then(Option::as_mut)?;
                return Some((DeliveryNumber(self.base + index), context));
            }
        }
        None
    }

    /// All unsettled deliveries, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (DeliveryNumber, &T)> {
        self.iter_from(DeliveryNumber(0))
    }

    /// Unsettled deliveries from this number on, oldest first.
    pub fn iter_from(&self, from: DeliveryNumber) -> impl Iterator<Item = (DeliveryNumber, &T)> {
        let stragglers = self.stragglers.range(from.0..).map(|(&number, context)| (DeliveryNumber(number), context));
        let passed = from.0.saturating_sub(self.base);
        let numbers = self.base + passed..;
        let ring = self.ring.iter().skip(usize::try_from(passed).unwrap_or(usize::MAX));
        stragglers.chain(
            numbers
                .zip(ring)
                .filter_map(|(number, slot)| slot.as_ref().map(|context| (DeliveryNumber(number), context))),
        )
    }

    /// All unsettled deliveries, oldest first, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.stragglers.values_mut().chain(self.ring.iter_mut().flatten())
    }

    /// Gives back memory that an earlier burst needed.
    pub fn shrink(&mut self) {
        if self.ring.is_empty() && self.ring.capacity() > 0 {
            self.ring = VecDeque::new();
        }
    }

    #[inline]
    fn index(&self, number: DeliveryNumber) -> Option<usize> {
        number.0.checked_sub(self.base).map(|index| index as usize)
    }

    #[inline]
    fn trim(&mut self) {
        while let Some(None) = self.ring.front() {
            self.ring.pop_front();
            self.base += 1;
        }
    }

    /// Moves live deliveries from the front of the ring to the stragglers until the rest is dense again.
    #[cold]
    fn compact(&mut self) {
        while self.ring.len() > 2 * self.live + SLACK / 2 {
            match self.ring.pop_front() {
                Some(Some(context)) => {
                    self.stragglers.insert(self.base, context);
                    self.live -= 1;
                }
                Some(None) => {}
                None => break,
            }
            self.base += 1;
        }
        self.trim();
    }

    fn evict_all(&mut self) {
        while let Some(slot) = self.ring.pop_front() {
            if let Some(context) = slot {
                self.stragglers.insert(self.base, context);
            }
            self.base += 1;
        }
        self.live = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(ledger: &mut Unsettled<u32>, first: u32, last: u32) -> Vec<u32> {
        let mut found = Vec::new();
        let Some((mut from, to)) = ledger.clamp(WireDeliveryNumber::new(first), WireDeliveryNumber::new(last)) else {
            return found;
        };
        while let Some((number, context)) = ledger.next_live(from, to) {
            found.push(*context);
            from = number.next();
        }
        found
    }

    #[test]
    fn numbers_continue_past_the_wrap() {
        let mut ledger = Unsettled::default();
        ledger.advance_to(WireDeliveryNumber::new(u32::MAX)).unwrap();
        let before = ledger.push(1);
        let after = ledger.push(2);
        assert_eq!((before.wire().raw(), after.wire().raw()), (u32::MAX, 0));
        assert_eq!(all(&mut ledger, u32::MAX, 0), [1, 2]);
        assert_eq!(ledger.remove(ledger.resolve(WireDeliveryNumber::new(0))), Some(2));
        assert_eq!(ledger.len(), 1);
    }

    #[test]
    fn a_range_over_everything_finds_what_there_is_and_nothing_more() {
        let mut ledger = Unsettled::default();
        for n in 0..5 {
            ledger.push(n);
        }
        assert_eq!(all(&mut ledger, 0, u32::MAX), [0, 1, 2, 3, 4]);
        assert_eq!(all(&mut ledger, 3, 1_000_000), [3, 4]);
        assert_eq!(all(&mut ledger, 5, 9), [0; 0]);
        assert_eq!(all(&mut ledger, u32::MAX - 5, 1), [0, 1]);
    }

    #[test]
    fn a_number_may_not_come_twice() {
        let mut ledger = Unsettled::default();
        ledger.advance_to(WireDeliveryNumber::new(7)).unwrap();
        ledger.push(());
        assert_eq!(ledger.advance_to(WireDeliveryNumber::new(7)), Err(UnsettledError::NotSequential));
        assert_eq!(ledger.advance_to(WireDeliveryNumber::new(3)), Err(UnsettledError::NotSequential));
        assert_eq!(ledger.advance_to(WireDeliveryNumber::new(9)), Ok(()));
        assert_eq!(ledger.push(()).wire().raw(), 9);
        assert_eq!(ledger.len(), 2);
    }

    #[test]
    fn memory_follows_the_live_ones_not_the_span() {
        let mut ledger = Unsettled::default();
        let held = ledger.push(1u32);
        for _ in 0..100_000 {
            let number = ledger.push(2);
            ledger.remove(number);
        }
        assert!(ledger.ring.len() < 4 * SLACK, "{}", ledger.ring.len());
        assert_eq!(ledger.get(held), Some(&1));
        assert_eq!(all(&mut ledger, held.wire().raw(), u32::MAX), [1]);
        assert_eq!(ledger.remove(held), Some(1));
        assert!(ledger.is_empty());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push,
        Skip,
        Gap(u16),
        Remove(usize),
        Range(u32, u32),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Push),
            2 => Just(Step::Skip),
            1 => any::<u16>().prop_map(Step::Gap),
            4 => any::<usize>().prop_map(Step::Remove),
            1 => (0u32..4000, 0u32..4000).prop_map(|(a, b)| Step::Range(a, b)),
        ]
    }

    proptest! {
        /// The ledger behaves as a plain map from full numbers to contexts.
        #[test]
        fn equals_a_map(start in any::<u32>(), steps in prop::collection::vec(step(), 1..3000)) {
            let mut ledger = Unsettled::default();
            let mut model = BTreeMap::new();
            ledger.advance_to(WireDeliveryNumber::new(start)).unwrap();
            let mut next = (1u64 << 32) | u64::from(start);
            let mut context = 0u32;
            for step in steps {
                match step {
                    Step::Push => {
                        context += 1;
                        prop_assert_eq!(ledger.push(context).0, next);
                        model.insert(next, context);
                        next += 1;
                    }
                    Step::Skip => {
                        prop_assert_eq!(ledger.skip().0, next);
                        next += 1;
                    }
                    Step::Gap(n) => {
                        if ledger.started {
                            next += u64::from(n);
                            prop_assert_eq!(ledger.advance_to(WireDeliveryNumber::new(next as u32)), Ok(()));
                        }
                    }
                    Step::Remove(n) => {
                        if let Some((&number, _)) = model.iter().nth(n % model.len().max(1)) {
                            let wire = WireDeliveryNumber::new(number as u32);
                            prop_assert_eq!(ledger.resolve(wire).0, number);
                            prop_assert_eq!(ledger.remove(DeliveryNumber(number)), model.remove(&number));
                            prop_assert_eq!(ledger.get(DeliveryNumber(number)), None);
                        }
                    }
                    Step::Range(back, length) => {
                        let first = next.saturating_sub(u64::from(back));
                        let last = first + u64::from(length);
                        let expected: Vec<u32> = model.range(first..=last).map(|(_, &c)| c).collect();
                        prop_assert_eq!(all(&mut ledger, first as u32, last as u32), expected);
                    }
                }
                prop_assert_eq!(ledger.len(), model.len());
            }
            prop_assert!(ledger.iter().map(|(n, &c)| (n.0, c)).eq(model.iter().map(|(&n, &c)| (n, c))));
        }
    }
}
