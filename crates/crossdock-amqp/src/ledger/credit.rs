//! Link credit as each end counts it [AMQP 2.6.7].

use crate::serial::DeliveryCount;

/// The sender's side of a link's credit: how many deliveries it may still start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderCredit {
    delivery_count: DeliveryCount,
    link_credit: u32,
    drain: bool,
}

impl SenderCredit {
    /// A link whose attach says `initial-delivery-count`.
    pub fn new(initial: DeliveryCount) -> Self {
        Self { delivery_count: initial, ..Self::default() }
    }

    /// Deliveries started so far, plus credit given back by draining.
    #[inline]
    pub fn delivery_count(&self) -> DeliveryCount {
        self.delivery_count
    }

    /// Deliveries that may still be started.
    #[inline]
    pub fn available(&self) -> u32 {
        self.link_credit
    }

    /// Whether the receiver wants unused credit back.
    #[inline]
    pub fn drain(&self) -> bool {
        self.drain
    }

    /// Takes the receiver's flow: `link-credit_snd := delivery-count_rcv + link-credit_rcv - delivery-count_snd`.
    /// `delivery_count` is none before the receiver has seen our attach; then it counts from `initial`.
    pub fn apply_flow(
        &mut self,
        delivery_count: Option<DeliveryCount>,
        initial: DeliveryCount,
        link_credit: u32,
        drain: bool,
    ) {
        let seen = delivery_count.unwrap_or(initial);
        // Deliveries under way, which the receiver had not counted when it wrote the flow. A receiver that is ahead of us
        // is wrong; it gains nothing by it.
        let under_way = self.delivery_count.since(seen).max(0) as u32;
        self.link_credit = link_credit.saturating_sub(under_way);
        self.drain = drain;
    }

    /// Starts a delivery; false if there is no credit for one.
    #[inline]
    #[must_use]
    pub fn start_delivery(&mut self) -> bool {
        if self.link_credit == 0 {
            return false;
        }
        self.link_credit -= 1;
        self.delivery_count = self.delivery_count.next();
        true
    }

    /// Uses up what is left on the receiver's request and tells how much it was.
    pub fn drain_rest(&mut self) -> u32 {
        let rest = std::mem::take(&mut self.link_credit);
        self.delivery_count = self.delivery_count.plus(rest);
        rest
    }
}

/// A delivery came for which no credit had been granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditExceeded;

/// Deliveries beyond a link's capacity that are taken from a sender whose miscounting is tolerated. Each flow that crosses
/// deliveries can make RabbitMQ send its credit once more, so this is a bound for memory and says nothing of what is usual.
const MAX_EXCESS: u32 = 10_000;

/// The receiver's side of a link's credit. Its `capacity` is divided, at all times, into three parts: *granted* to the
/// sender, *held* by deliveries that came and are not done with, and *pending* (done with, not granted
/// again yet). From a sender whose miscounting is tolerated there may be more.
///
/// Or it has no capacity of its own and says what another receiver says: [`ReceiverCredit::mirror`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiverCredit {
    delivery_count: DeliveryCount,
    granted: u32,
    held: u32,
    pending: u32,
    /// Deliveries that the sender may have started before it learnt that it has less credit.
    grace: u32,
    /// Part of `pending` that the sender may have used before it heard that it was withdrawn.
    withdrawn: u32,
    /// Deliveries held beyond the capacity.
    excess: u32,
    tolerant: bool,
    gate: Gate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// Pending credit is granted.
    Open,
    /// Pending credit is withheld: there is no destination.
    Closed,
    /// As closed, and the sender has been asked to give back what it has.
    Draining,
}

impl ReceiverCredit {
    /// A link of this capacity (deliveries), nothing granted yet.
    pub fn new(capacity: u32) -> Self {
        Self {
            delivery_count: DeliveryCount::default(),
            granted: 0,
            held: 0,
            pending: capacity,
            grace: 0,
            withdrawn: 0,
            excess: 0,
            tolerant: false,
            gate: Gate::Closed,
        }
    }

    /// The sender's attach says where its count starts.
    pub fn start_at(&mut self, initial: DeliveryCount) {
        self.delivery_count = initial;
    }

    /// The sender's delivery-count as far as it is known here.
    #[inline]
    pub fn delivery_count(&self) -> DeliveryCount {
        self.delivery_count
    }

    /// Deliveries the sender may still start.
    #[inline]
    pub fn granted(&self) -> u32 {
        self.granted
    }

    /// Deliveries that came and still count against the capacity.
    #[inline]
    pub fn held(&self) -> u32 {
        self.held
    }

    /// Credit that could be granted, were the gate open.
    #[inline]
    pub fn pending(&self) -> u32 {
        self.pending
    }

    /// All parts together; constant unless [`ReceiverCredit::raise`]d.
    #[inline]
    pub fn capacity(&self) -> u32 {
        self.granted + self.held + self.pending - self.excess
    }

    /// Takes deliveries that have no credit, up to a bound for memory: some brokers lose count of it when grants and
    /// deliveries cross.
    pub fn tolerate_excess(&mut self) {
        self.tolerant = true;
    }

    /// Adds `n` to the capacity, for receivers that hand out credit one by one.
    pub fn raise(&mut self, n: u32) {
        let room = u32::MAX - self.capacity();
        self.pending += n.min(room);
    }

    /// A delivery started.
    ///
    /// # Errors
    /// It had no credit: the peer broke the protocol [AMQP 2.6.7, transfer-limit-exceeded].
    #[inline]
    pub fn receive(&mut self) -> Result<(), CreditExceeded> {
        if self.granted > 0 {
            self.granted -= 1;
        } else if self.withdrawn > 0 && self.pending > 0 {
            // It was under way when its credit was withdrawn.
            self.withdrawn -= 1;
            self.pending -= 1;
        } else if self.tolerant && self.pending > 0 {
            self.pending -= 1;
        } else if self.tolerant && self.excess < MAX_EXCESS {
            self.excess += 1;
        } else if self.grace > 0 {
            // A mirrored link's sender could not know yet either.
            self.grace -= 1;
        } else {
            return Err(CreditExceeded);
        }
        self.held += 1;
        self.delivery_count = self.delivery_count.next();
        self.note_drained();
        Ok(())
    }

    /// Makes the credit exactly this much, be it more or less than it was, for a link whose credit somebody else decides
    /// about; with `drain` the sender is to use it up or give it back. Nothing is held or pending on such a link. Returns
    /// whether the sender has to be told.
    pub fn mirror(&mut self, granted: u32, drain: bool) -> bool {
        let reach = self.granted.saturating_add(self.grace);
        // Without credit there is nothing to give back.
        let gate = if drain && granted > 0 { Gate::Draining } else { Gate::Open };
        let is_news = granted != self.granted || (gate == Gate::Draining) != self.is_draining();
        *self = Self { granted, held: 0, pending: 0, grace: reach.saturating_sub(granted), gate, ..*self };
        is_news
    }

    /// `n` deliveries are done with.
    #[inline]
    pub fn give_back(&mut self, n: u32) {
        let n = n.min(self.held);
        debug_assert!(n <= self.held);
        self.held -= n;
        let repaid = n.min(self.excess);
        self.excess -= repaid;
        self.pending += n - repaid;
    }

    /// The sender says how far it has counted: what it skipped, it has drained [AMQP 2.6.7]. Returns how much credit came
    /// back that way.
    pub fn apply_sender_count(&mut self, count: DeliveryCount) -> u32 {
        let advance = count.since(self.delivery_count).max(0) as u32;
        let returned = advance.min(self.granted);
        // Or more, if it was drained of credit that it had no longer.
        let late = (advance - returned).min(self.grace);
        self.grace -= late;
        self.delivery_count = self.delivery_count.plus(returned).plus(late);
        self.granted -= returned;
        self.pending += returned;
        self.note_drained();
        returned
    }

    /// A sender that has no credit left has answered a drain, be it by sending or by giving back.
    #[inline]
    fn note_drained(&mut self) {
        if self.granted == 0 && self.gate == Gate::Draining {
            self.gate = Gate::Closed;
        }
    }

    /// There is somebody to send to: pending credit may be granted.
    pub fn open(&mut self) {
        self.gate = Gate::Open;
    }

    /// There is nobody to send to. Returns whether the sender holds credit that it should be asked to drain.
    pub fn close(&mut self) -> bool {
        match self.gate {
            Gate::Draining => false,
            Gate::Open | Gate::Closed => {
                self.gate = if self.granted > 0 { Gate::Draining } else { Gate::Closed };
                self.gate == Gate::Draining
            }
        }
    }

    /// There is nobody to send to, and the sender is to stop without being asked for anything. Returns whether it holds
    /// credit that it has to be told of. Deliveries that are under way are still taken.
    pub fn withdraw(&mut self) -> bool {
        self.gate = Gate::Closed;
        let granted = std::mem::take(&mut self.granted);
        if granted == 0 {
            return false;
        }
        self.pending += granted;
        self.withdrawn = granted;
        true
    }

    /// Whether credit flows at all.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.gate == Gate::Open
    }

    /// Whether the sender has been asked to drain and has not answered.
    #[inline]
    pub fn is_draining(&self) -> bool {
        self.gate == Gate::Draining
    }

    /// Whether a grant is worth a flow frame now: half the capacity waits, or the sender is about to run dry. Smaller grants
    /// would make it send in smaller batches, and batches are what makes traffic cheap; they can wait for a quiet moment.
    #[inline]
    pub fn wants_grant(&self) -> bool {
        let capacity = self.capacity();
        self.has_pending() && (self.pending >= capacity / 2 || self.granted <= capacity / 4)
    }

    /// Whether there is something to grant at all.
    #[inline]
    pub fn has_pending(&self) -> bool {
        self.gate == Gate::Open && self.pending > 0
    }

    /// Grants all that is pending and returns the link-credit to write into the flow.
    pub fn grant(&mut self) -> u32 {
        if self.gate == Gate::Open {
            // It reaches as far as what was withdrawn: who sends what was under way then uses up this.
            self.withdrawn = 0;
            self.granted += std::mem::take(&mut self.pending);
        }
        self.granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn credit_counts_what_is_under_way() {
        let mut sender = SenderCredit::new(DeliveryCount::new(u32::MAX - 1));
        let initial = sender.delivery_count();
        sender.apply_flow(None, initial, 5, false);
        assert!(sender.start_delivery() && sender.start_delivery() && sender.start_delivery());
        // The receiver had seen one of the three when it granted five more.
        sender.apply_flow(Some(initial.next()), initial, 5, false);
        assert_eq!(sender.available(), 3);
        // A receiver that claims more than was sent gains nothing.
        sender.apply_flow(Some(initial.plus(100)), initial, 5, false);
        assert_eq!(sender.available(), 5);
    }

    #[test]
    fn credit_can_be_withdrawn() {
        let mut sender = SenderCredit::default();
        sender.apply_flow(None, DeliveryCount::default(), 10, false);
        sender.apply_flow(Some(DeliveryCount::default()), DeliveryCount::default(), 0, false);
        assert!(!sender.start_delivery());
    }

    #[test]
    fn a_closed_gate_withholds_and_an_open_one_grants_everything() {
        let mut credit = ReceiverCredit::new(250);
        assert!(!credit.wants_grant());
        assert_eq!(credit.grant(), 0);
        credit.open();
        assert!(credit.wants_grant());
        assert_eq!(credit.grant(), 250);
        assert!(credit.close());
        assert!(!credit.close(), "asked once");
        assert_eq!(credit.apply_sender_count(DeliveryCount::new(250)), 250);
        assert!(!credit.is_draining());
        assert_eq!((credit.granted(), credit.pending()), (0, 250));
    }

    #[test]
    fn a_drain_ends_when_the_credit_is_used_up() {
        let mut credit = ReceiverCredit::new(2);
        credit.open();
        credit.grant();
        assert!(credit.close());
        credit.receive().unwrap();
        assert!(credit.is_draining());
        credit.receive().unwrap();
        assert!(!credit.is_draining());
    }

    #[test]
    fn miscounting_is_tolerated_up_to_a_bound() {
        let mut credit = ReceiverCredit::new(3);
        credit.tolerate_excess();
        credit.open();
        credit.grant();
        for _ in 0..3 + MAX_EXCESS {
            credit.receive().unwrap();
        }
        assert_eq!(credit.receive(), Err(CreditExceeded));
        assert_eq!((credit.capacity(), credit.held(), credit.pending()), (3, 3 + MAX_EXCESS, 0));
        credit.give_back(MAX_EXCESS + 1);
        assert_eq!((credit.capacity(), credit.held(), credit.pending()), (3, 2, 1));
        assert_eq!(credit.grant(), 1);
        assert_eq!(credit.delivery_count(), DeliveryCount::new(3 + MAX_EXCESS));
    }

    #[test]
    fn a_sender_may_not_know_yet_that_it_has_less() {
        let mut credit = ReceiverCredit::new(0);
        assert!(credit.mirror(10, false));
        assert!(!credit.mirror(10, false), "said once");
        assert!(credit.mirror(2, false));
        for _ in 0..10 {
            credit.receive().unwrap();
        }
        assert_eq!(credit.receive(), Err(CreditExceeded), "it never had more than ten");
        assert_eq!((credit.granted(), credit.delivery_count()), (0, DeliveryCount::new(10)));
    }

    #[test]
    fn a_mirrored_drain_is_said_once_and_ends_when_the_credit_is_back() {
        let mut credit = ReceiverCredit::new(0);
        credit.mirror(5, false);
        assert!(credit.mirror(5, true));
        assert!(credit.is_draining());
        assert!(!credit.mirror(5, true));
        credit.receive().unwrap();
        assert_eq!(credit.apply_sender_count(DeliveryCount::new(5)), 4);
        assert!(!credit.is_draining());
        assert!(!credit.mirror(0, true), "there is nothing to drain");
    }

    #[derive(Clone, Debug)]
    enum Far {
        /// The far receiver makes its credit this much.
        Credit(u8, bool),
        /// The sender sends, as far as it may.
        Send(u8),
        /// The sender answers a drain.
        Drain,
        /// What was said last reaches the near receiver.
        Told,
        /// What the near receiver said last reaches the sender.
        Heard,
    }

    fn far() -> impl Strategy<Value = Far> {
        prop_oneof![
            (any::<u8>(), any::<bool>()).prop_map(|(n, drain)| Far::Credit(n, drain)),
            any::<u8>().prop_map(Far::Send),
            Just(Far::Drain),
            Just(Far::Told),
            Just(Far::Heard),
        ]
    }

    proptest! {
        /// However credit moves up and down, with flows under way, an honest sender never breaks the rules; and once all
        /// has been said, it has exactly the credit that the far receiver gives.
        #[test]
        fn mirrored_credit_is_exact(start in any::<u32>(), steps in prop::collection::vec(far(), 1..100)) {
            let start = DeliveryCount::new(start);
            let mut sender = SenderCredit::new(start);
            let mut near = ReceiverCredit::new(0);
            near.start_at(start);
            let mut wanted = (0, false);
            let mut under_way: Option<(DeliveryCount, u32, bool)> = None;
            let tell = |near: &mut ReceiverCredit, wanted: (u32, bool), flow: &mut Option<_>| {
                if near.mirror(wanted.0, wanted.1) {
                    *flow = Some((near.delivery_count(), near.granted(), near.is_draining()));
                }
            };
            for step in steps {
                match step {
                    Far::Credit(n, drain) => wanted = (u32::from(n), drain),
                    Far::Send(n) => {
                        for _ in 0..n {
                            if sender.start_delivery() {
                                prop_assert_eq!(near.receive(), Ok(()));
                                wanted.0 = wanted.0.saturating_sub(1);
                            }
                        }
                    }
                    Far::Drain => {
                        if sender.drain() && sender.drain_rest() > 0 {
                            near.apply_sender_count(sender.delivery_count());
                            wanted.0 = 0;
                        }
                    }
                    Far::Told => tell(&mut near, wanted, &mut under_way),
                    Far::Heard => {
                        if let Some((count, credit, drain)) = under_way.take() {
                            sender.apply_flow(Some(count), start, credit, drain);
                        }
                    }
                }
            }
            if let Some((count, credit, drain)) = under_way.take() {
                sender.apply_flow(Some(count), start, credit, drain);
            }
            near.mirror(wanted.0, false);
            sender.apply_flow(Some(near.delivery_count()), start, near.granted(), false);
            prop_assert_eq!(sender.available(), wanted.0);
            prop_assert_eq!(sender.delivery_count(), near.delivery_count());
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Send(u8),
        Settle(u8),
        Grant,
        Drain,
        Open,
        Close,
        /// The credit is withdrawn, and so many deliveries are under way then.
        Withdraw(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            any::<u8>().prop_map(Step::Send),
            any::<u8>().prop_map(Step::Settle),
            Just(Step::Grant),
            Just(Step::Drain),
            Just(Step::Open),
            Just(Step::Close),
            any::<u8>().prop_map(Step::Withdraw),
        ]
    }

    proptest! {
        /// Sender and receiver agree whenever nothing is under way, and the receiver's parts always sum to its capacity.
        #[test]
        fn both_sides_agree(start in any::<u32>(), capacity in 1u32..500, steps in prop::collection::vec(step(), 1..200)) {
            let start = DeliveryCount::new(start);
            let mut sender = SenderCredit::new(start);
            let mut receiver = ReceiverCredit::new(capacity);
            receiver.start_at(start);
            for step in steps {
                match step {
                    Step::Send(n) => {
                        for _ in 0..n {
                            if !sender.start_delivery() {
                                // Until there is new credit, what is under way cannot be told from too much.
                                if receiver.withdrawn == 0 {
                                    prop_assert_eq!(receiver.receive(), Err(CreditExceeded));
                                }
                                break;
                            }
                            prop_assert_eq!(receiver.receive(), Ok(()));
                        }
                    }
                    Step::Settle(n) => receiver.give_back(u32::from(n)),
                    Step::Grant => {
                        if receiver.wants_grant() {
                            let credit = receiver.grant();
                            sender.apply_flow(Some(receiver.delivery_count()), start, credit, false);
                        }
                    }
                    Step::Open => receiver.open(),
                    Step::Close => {
                        if receiver.close() {
                            sender.apply_flow(Some(receiver.delivery_count()), start, receiver.granted(), true);
                        }
                    }
                    Step::Withdraw(under_way) => {
                        let seen = receiver.delivery_count();
                        let withdrawn = receiver.withdraw();
                        let mut sent = 0;
                        while sent < under_way && sender.start_delivery() {
                            sent += 1;
                        }
                        if withdrawn {
                            sender.apply_flow(Some(seen), start, receiver.granted(), false);
                        }
                        for _ in 0..sent {
                            prop_assert_eq!(receiver.receive(), Ok(()));
                        }
                    }
                    Step::Drain => {
                        if sender.drain() {
                            let rest = sender.drain_rest();
                            prop_assert_eq!(receiver.apply_sender_count(sender.delivery_count()), rest);
                        }
                    }
                }
                prop_assert_eq!(receiver.capacity(), capacity);
                prop_assert_eq!(receiver.granted(), sender.available());
                prop_assert_eq!(receiver.delivery_count(), sender.delivery_count());
            }
        }
    }
}
