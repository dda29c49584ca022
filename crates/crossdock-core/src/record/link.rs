//! One link.

use crossdock_amqp::codec::StateKind;
use crossdock_amqp::engine::{LinkRole, Time};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::counter::{Counter, Gauge32};
use super::moment::{Age, Arrival, Moment};
use super::origin::{OriginCounts, OriginIndex};
use super::rate::Rate;
use super::stall::{SessionWindow, Stall, StallCell};
use crate::batch::ConnId;
use crate::table::AddressEntry;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkType {
    /// A client's, or a container's.
    Endpoint,
    /// Control messages between routers.
    RouterControl,
    /// Deliveries between routers.
    InterRouter,
}

/// A link, from when it was attached until it is gone.
#[derive(Debug)]
pub struct LinkRecord {
    number: u64,
    conn: ConnId,
    name: Box<str>,
    role: LinkRole,
    kind: LinkType,
    capacity: u32,
    priority: u8,
    is_container: bool,
    address: OnceLock<Arc<AddressEntry>>,
    /// What its terminus names and the number of its other half, if it is a routed link.
    terminus: OnceLock<Box<str>>,
    peer: OnceLock<u64>,
    hot: Hot,
    origins: OriginCounts,
    presettled: Counter,
    dropped: Counter,
    redirected: Counter,
    rejected: Counter,
    released: Counter,
    modified: Counter,
    delayed: Counter,
    delayed_long: Counter,
    stuck: Gauge32,
    waiting: Gauge32,
    /// When the credit was used up (ms); [`Time::NEVER`] while there is some.
    dry_since: AtomicU64,
    stall: StallCell,
    /// Of an incoming link.
    window: OnceLock<Arc<SessionWindow>>,
}

/// What changes with every delivery: all of it in one line of the cache, which no other connection writes to.
#[derive(Debug, Default)]
#[repr(C, align(64))]
struct Hot {
    deliveries: Counter,
    accepted: Counter,
    unsettled: Gauge32,
    credit: Gauge32,
    settled: Rate,
}

const _: () = assert!(size_of::<Hot>() == 64);

/// What does not change about a link.
#[derive(Clone, Debug)]
pub struct LinkTerms {
    /// Its number on this router.
    pub number: u64,
    /// Its connection.
    pub conn: ConnId,
    /// The name that its peers gave it.
    pub name: Box<str>,
    /// Which end this router is: a receiver has an incoming link.
    pub role: LinkRole,
    /// What it is for.
    pub kind: LinkType,
    /// Deliveries that may be under way on it.
    pub capacity: u32,
    /// Priority of its deliveries, if it carries those of one priority.
    pub priority: u8,
    /// Whether its connection is one to a container of addresses.
    pub is_container: bool,
}

impl LinkRecord {
    /// Of a link that is being attached, without credit yet.
    pub fn new(terms: LinkTerms, now: &Moment) -> Arc<Self> {
        let LinkTerms { number, conn, name, role, kind, capacity, priority, is_container } = terms;
        Arc::new(Self {
            number,
            conn,
            name,
            role,
            kind,
            capacity,
            priority,
            is_container,
            address: OnceLock::new(),
            terminus: OnceLock::new(),
            peer: OnceLock::new(),
            hot: Hot::default(),
            origins: OriginCounts::default(),
            presettled: Counter::default(),
            dropped: Counter::default(),
            redirected: Counter::default(),
            rejected: Counter::default(),
            released: Counter::default(),
            modified: Counter::default(),
            delayed: Counter::default(),
            delayed_long: Counter::default(),
            stuck: Gauge32::default(),
            waiting: Gauge32::default(),
            dry_since: AtomicU64::new(now.time().as_millis()),
            stall: StallCell::default(),
            window: OnceLock::new(),
        })
    }

    // ---- for its owner ---------------------------------------------------------------------------------------------------

    /// The link belongs to this address. Only the first word counts.
    pub fn set_address(&self, entry: &Arc<AddressEntry>) {
        let _ = self.address.set(Arc::clone(entry));
    }

    /// An incoming link is in the session with this window. Only the first word counts.
    pub fn set_window(&self, window: &Arc<SessionWindow>) {
        let _ = self.window.set(Arc::clone(window));
    }

    /// What the deliveries that wait on an outgoing link wait for, if not for credit.
    #[inline]
    pub fn set_stall(&self, stall: Stall) {
        self.stall.set(stall);
    }

    /// It is half of a routed link, whose terminus names this. Only the first word counts.
    pub fn set_terminus(&self, address: &str) {
        let _ = self.terminus.set(address.into());
    }

    /// The link with this number is its other half. Only the first word counts.
    pub fn set_peer(&self, number: u64) {
        let _ = self.peer.set(number);
    }

    /// A delivery has begun: it uses a credit. `unsettled` tells whether somebody will settle it.
    #[inline]
    pub fn begin(&self, presettled: bool, unsettled: bool, now: &Moment) {
        self.hot.deliveries.add(1);
        if presettled {
            self.presettled.add(1);
        }
        if unsettled {
            self.hot.unsettled.raise();
        }
        match self.hot.credit.level() {
            0 => {}
            credit => {
                self.hot.credit.set(credit - 1);
                if credit == 1 {
                    self.dry_since.store(now.time().as_millis(), Ordering::Relaxed);
                }
            }
        }
    }

    /// The delivery that has begun entered the network there. Counted for clients and containers.
    #[inline]
    pub fn note_origin(&self, origin: OriginIndex) {
        if self.shows_origins() {
            self.origins.note(origin);
        }
    }

    /// A delivery has its outcome.
    #[inline]
    pub fn decide(&self, outcome: StateKind) {
        match outcome {
            StateKind::Accepted => self.hot.accepted.add(1),
            StateKind::Rejected => self.rejected.add(1),
            StateKind::Released => self.released.add(1),
            StateKind::Modified => self.modified.add(1),
            StateKind::None
            | StateKind::Received
            | StateKind::Declared
            | StateKind::Transactional
            | StateKind::Extended => {}
        }
    }

    /// A delivery that was unsettled is settled.
    #[inline]
    pub fn settle(&self) {
        self.hot.unsettled.lower();
    }

    /// A delivery, which came to this router then, is over.
    #[inline]
    pub fn finish(&self, came: Arrival, now: &Moment) {
        self.hot.settled.note(now);
        match came.age(now) {
            Age::Prompt => {}
            Age::Delayed => self.delayed.add(1),
            Age::DelayedLong => self.finish_late(came),
        }
    }

    #[cold]
    fn finish_late(&self, came: Arrival) {
        self.delayed_long.add(1);
        if came == Arrival::LONG_AGO {
            self.stuck.lower();
        }
    }

    /// A delivery, which came to this router then, is none of this link's any more, and never was sent.
    pub fn let_go(&self, came: Arrival) {
        if came == Arrival::LONG_AGO {
            self.stuck.lower();
        }
    }

    /// A delivery that was settled from the start goes nowhere.
    pub fn drop_presettled(&self) {
        self.dropped.add(1);
    }

    /// A delivery goes to the fallback destination of its address.
    pub fn redirect(&self) {
        self.redirected.add(1);
    }

    /// Looks at a delivery that is not over: one that has been here for long is stuck from now on.
    #[inline]
    pub fn look_at(&self, came: &mut Arrival, now: &Moment) {
        if came.note_age(now) {
            self.stuck.raise();
        }
    }

    /// A delivery that came to this router then is one of this link's from now on.
    #[inline]
    pub fn take_over(&self, came: Arrival) {
        if came == Arrival::LONG_AGO {
            self.stuck.raise();
        }
    }

    /// So many deliveries wait to be sent.
    #[inline]
    pub fn set_waiting(&self, deliveries: usize) {
        self.waiting.set(u32::try_from(deliveries).unwrap_or(u32::MAX));
    }

    /// There is credit for so many more deliveries.
    #[inline]
    pub fn set_credit(&self, credit: u32, now: &Moment) {
        let before = self.hot.credit.level();
        self.hot.credit.set(credit);
        if (before == 0) != (credit == 0) {
            let dry_since = if credit == 0 { now.time() } else { Time::NEVER };
            self.dry_since.store(dry_since.as_millis(), Ordering::Relaxed);
        }
    }

    // ---- for everybody ---------------------------------------------------------------------------------------------------

    /// Its number on this router: links are numbered in the order in which they came.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its connection.
    pub fn conn(&self) -> ConnId {
        self.conn
    }

    /// The name that its peers gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which end this router is: a receiver has an incoming link.
    pub fn role(&self) -> LinkRole {
        self.role
    }

    /// What it is for.
    pub fn kind(&self) -> LinkType {
        self.kind
    }

    /// Deliveries that may be under way on it.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Priority of its deliveries, if it carries those of one priority; else 0.
    pub fn priority(&self) -> u8 {
        self.priority
    }

    /// Whether its connection is one to a container of addresses.
    pub fn is_container(&self) -> bool {
        self.is_container
    }

    /// The address it belongs to; none for links between routers and for senders that say in each message where it goes.
    pub fn address(&self) -> Option<&Arc<AddressEntry>> {
        self.address.get()
    }

    /// What its terminus names, if it is half of a routed link.
    pub fn terminus(&self) -> Option<&str> {
        self.terminus.get().map(|terminus| &**terminus)
    }

    /// The number of its other half, if it is half of a routed link that is answered.
    pub fn peer(&self) -> Option<u64> {
        self.peer.get().copied()
    }

    /// Deliveries so far.
    pub fn deliveries(&self) -> u64 {
        self.hot.deliveries.count()
    }

    /// Of these, settled from the start.
    pub fn presettled(&self) -> u64 {
        self.presettled.count()
    }

    /// Of these, thrown away.
    pub fn dropped(&self) -> u64 {
        self.dropped.count()
    }

    /// Deliveries that went to the fallback destination of their address.
    pub fn redirected(&self) -> u64 {
        self.redirected.count()
    }

    /// Accepted deliveries.
    pub fn accepted(&self) -> u64 {
        self.hot.accepted.count()
    }

    /// Rejected deliveries.
    pub fn rejected(&self) -> u64 {
        self.rejected.count()
    }

    /// Released deliveries.
    pub fn released(&self) -> u64 {
        self.released.count()
    }

    /// Modified deliveries.
    pub fn modified(&self) -> u64 {
        self.modified.count()
    }

    /// Deliveries that were here for 1 to 10 s until they were over.
    pub fn delayed(&self) -> u64 {
        self.delayed.count()
    }

    /// Deliveries that were here for more than 10 s until they were over.
    pub fn delayed_long(&self) -> u64 {
        self.delayed_long.count()
    }

    /// Deliveries that are here now and were found to be for more than 10 s.
    pub fn stuck(&self) -> u64 {
        self.stuck.level().into()
    }

    /// Whether it is known where its deliveries entered the network: those to clients and containers.
    pub fn shows_origins(&self) -> bool {
        self.role == LinkRole::Sender && self.kind == LinkType::Endpoint
    }

    /// Its deliveries by where they entered the network: number of the router, of which this one has 0.
    pub fn origins(&self) -> Vec<u64> {
        self.origins.counts(self.deliveries())
    }

    /// Deliveries that wait to be sent, or of which a part does.
    pub fn waiting(&self) -> u64 {
        self.waiting.level().into()
    }

    /// Deliveries that were sent and are not settled.
    pub fn unsettled(&self) -> u64 {
        self.hot.unsettled.level().into()
    }

    /// Deliveries that the link's sender may still start.
    pub fn credit(&self) -> u32 {
        self.hot.credit.level()
    }

    /// For how many whole seconds there has been no credit.
    pub fn seconds_without_credit(&self, now: Time) -> u32 {
        let since = Time::from_millis(self.dry_since.load(Ordering::Relaxed));
        u32::try_from(now.millis_since(since) / 1_000).unwrap_or(u32::MAX)
    }

    /// What the deliveries that wait on an outgoing link wait for, if not for credit. Without any that wait it means nothing.
    pub fn stall(&self) -> Stall {
        self.stall.level()
    }

    /// Whether the window of an incoming link's session is shut: its sender may have credit and may not send.
    pub fn is_window_shut(&self) -> bool {
        self.window.get().is_some_and(|window| window.is_shut())
    }

    /// Deliveries per second that were over, lately.
    pub fn settle_rate(&self, now: Time) -> u32 {
        self.hot.settled.per_second(&Moment::at(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::at(Time::from_millis(millis))
    }

    fn record(now: &Moment) -> Arc<LinkRecord> {
        LinkRecord::new(
            LinkTerms {
                number: 1,
                conn: ConnId(1),
                name: "link".into(),
                role: LinkRole::Receiver,
                kind: LinkType::Endpoint,
                capacity: 250,
                priority: 0,
                is_container: false,
            },
            now,
        )
    }

    #[test]
    fn time_without_credit_counts_from_the_attach_until_there_is_some_and_from_when_it_is_used_up() {
        let record = record(&at(5_000));
        assert_eq!(record.seconds_without_credit(Time::from_millis(7_900)), 2);
        record.set_credit(2, &at(8_000));
        assert_eq!((record.credit(), record.seconds_without_credit(Time::from_millis(20_000))), (2, 0));
        record.begin(false, true, &at(9_000));
        record.begin(false, true, &at(10_000));
        // What comes without credit changes nothing.
        record.begin(false, true, &at(11_000));
        record.set_credit(0, &at(12_000));
        assert_eq!((record.credit(), record.seconds_without_credit(Time::from_millis(13_000))), (0, 3));
    }

    #[test]
    fn a_stuck_delivery_is_one_until_it_is_over() {
        let record = record(&at(0));
        let mut came = Arrival::now(&at(1_000));
        record.look_at(&mut came, &at(10_000));
        assert_eq!(record.stuck(), 0);
        record.look_at(&mut came, &at(12_000));
        record.look_at(&mut came, &at(42_000));
        assert_eq!((record.stuck(), record.delayed_long()), (1, 0));
        record.finish(came, &at(4_000_000));
        assert_eq!((record.stuck(), record.delayed(), record.delayed_long()), (0, 0, 1));
    }

    #[test]
    fn each_delivery_counts_as_prompt_or_delayed_or_delayed_for_long() {
        let record = record(&at(0));
        for after in [0, 500, 1_000, 5_000, 9_000, 10_000, 20_000] {
            record.finish(Arrival::now(&at(50)), &at(50 + after));
        }
        assert_eq!((record.delayed(), record.delayed_long(), record.stuck()), (3, 2, 0));
    }
}
