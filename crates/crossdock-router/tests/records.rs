//! What everybody may see of connections, links and addresses.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{LinkRole, Time};
use crossdock_router::ConnectionRole;
use crossdock_router::record::{AddressCounts, LinkRecord, LinkType, PropertyValue, Totals};
use std::sync::Arc;
use support::stage::{Link, MODIFIED, REJECTED, Stage};

/// A producer and a consumer of an address, each on its own connection.
struct Pair {
    stage: Stage,
    producer: Link,
    consumer: Link,
}

impl Pair {
    fn new(credit: u32) -> Self {
        let mut stage = Stage::new();
        let (source, sink) = (stage.client(), stage.client());
        let consumer = stage.receiver(sink, "balanced.x");
        let producer = stage.sender(source, "balanced.x");
        if credit > 0 {
            stage.grant(consumer, credit);
        }
        Self { stage, producer, consumer }
    }

    fn links(&self) -> Vec<Arc<LinkRecord>> {
        self.stage.net.node.links().cloned().collect()
    }

    /// The consumer's link and the producer's.
    fn both(&self) -> [Arc<LinkRecord>; 2] {
        self.links().try_into().expect("two links")
    }

    fn settle(&mut self, state: StateRef<'_>) {
        self.stage.settle(self.consumer.end, state);
    }
}

/// What went to the address with this key.
fn counts(stage: &Stage, key: &str) -> AddressCounts {
    let mut addresses = stage.net.node.addresses();
    addresses.find(|entry| entry.key().as_str() == key).expect("it is in use").counts()
}

fn outcomes(link: &LinkRecord) -> [u64; 4] {
    [link.accepted(), link.rejected(), link.released(), link.modified()]
}

#[test]
fn links_are_seen_in_the_order_in_which_they_came_until_they_go() {
    let mut pair = Pair::new(3);
    let [out, into] = pair.both();
    assert_eq!((out.name(), out.role(), out.kind()), ("link-1", LinkRole::Sender, LinkType::Endpoint));
    assert_eq!((into.name(), into.role(), into.kind()), ("link-2", LinkRole::Receiver, LinkType::Endpoint));
    assert_eq!((out.conn().0, into.conn().0, into.capacity(), into.priority()), (2, 1, 10, 4));
    assert_eq!(out.address().unwrap().key().as_str(), "M0balanced.x");
    assert_eq!(into.address().unwrap().key().as_str(), "M0balanced.x");
    assert_eq!((out.credit(), into.credit()), (3, 10));

    let anonymous = pair.stage.anonymous(pair.producer.end);
    let numbers: Vec<u64> = pair.links().iter().map(|link| link.number()).collect();
    assert!(numbers.is_sorted() && numbers.len() == 3);
    let last = pair.stage.net.node.link(numbers[2]).unwrap();
    assert_eq!((last.name(), last.address().is_none()), ("link-3", true));
    // A page begins behind those that were seen, whatever went before it is asked for.
    pair.stage.detach(pair.consumer);
    assert_eq!(pair.stage.net.node.links().skip(1).map(|link| link.number()).collect::<Vec<_>>(), [numbers[2]]);
    pair.stage.detach(anonymous);
    pair.stage.detach(pair.producer);
    assert_eq!(pair.stage.net.node.links().len(), 0);
    assert!(pair.stage.net.node.addresses().all(|entry| entry.key().text() != "balanced.x"));
}

#[test]
fn a_refused_link_is_never_seen() {
    let mut stage = Stage::new();
    let client = stage.client();
    stage.receiver(client, "unavailable.x");
    assert_eq!(stage.net.node.link_count(), 0);
}

#[test]
fn every_outcome_counts_on_both_links_once_in_the_totals_and_at_the_address() {
    let mut pair = Pair::new(10);
    for state in [StateRef::Accepted, StateRef::Accepted, REJECTED, StateRef::Released, MODIFIED] {
        pair.stage.send(pair.producer, "a");
        pair.settle(state);
    }
    pair.stage.send_settled(pair.producer, "b");
    pair.stage.send(pair.producer, "c");
    let [out, into] = pair.both();
    for link in [&out, &into] {
        assert_eq!((link.deliveries(), link.presettled(), link.unsettled()), (7, 1, 1));
        assert_eq!(outcomes(link), [2, 1, 1, 1]);
    }
    assert_eq!((out.credit(), out.dropped(), into.dropped()), (3, 0, 0));
    let totals = Totals {
        presettled: 1,
        accepted: 2,
        rejected: 1,
        released: 1,
        modified: 1,
        ingress: 7,
        egress: 7,
        ..Totals::default()
    };
    assert_eq!(pair.stage.net.node.totals(), totals);
    assert_eq!(
        counts(&pair.stage, "M0balanced.x"),
        AddressCounts { ingress: 7, egress: 7, ..AddressCounts::default() }
    );

    // What links have done stays when they go. The first that the consumer has is the settled one.
    pair.settle(StateRef::None);
    pair.settle(StateRef::Accepted);
    pair.stage.detach(pair.producer);
    assert_eq!(
        counts(&pair.stage, "M0balanced.x"),
        AddressCounts { ingress: 7, egress: 7, ..AddressCounts::default() }
    );
    pair.stage.detach(pair.consumer);
    assert_eq!(pair.stage.net.node.totals(), Totals { accepted: 3, ..totals });
}

#[test]
fn copies_count_as_leaving_and_their_delivery_as_coming_once() {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    for _ in 0..3 {
        let consumer = stage.receiver(sink, "multicast.x");
        stage.grant(consumer, 5);
    }
    let producer = stage.sender(source, "multicast.x");
    stage.send(producer, "a");
    let counts = counts(&stage, "M0multicast.x");
    assert_eq!((counts.ingress, counts.egress), (1, 3));
}

#[test]
fn deliveries_of_anonymous_senders_count_at_their_addresses() {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let consumer = stage.receiver(sink, "balanced.x");
    stage.grant(consumer, 5);
    let producer = stage.anonymous(source);
    let message = support::message::Message::new(1, 10).to("balanced.x").sent();
    stage.start(producer, &message, true, false);
    stage.net.run();
    assert_eq!(counts(&stage, "M0balanced.x").ingress, 1);
}

#[test]
fn what_goes_nowhere_is_dropped_or_released() {
    let mut pair = Pair::new(10);
    pair.stage.detach(pair.consumer);
    pair.stage.send_settled(pair.producer, "a");
    let into = Arc::clone(&pair.links()[0]);
    assert_eq!((into.deliveries(), into.presettled(), into.dropped(), into.unsettled()), (1, 1, 1, 0));
    assert_eq!(pair.stage.net.node.totals().dropped, 1);
}

#[test]
fn a_delivery_is_delayed_by_the_time_from_its_arrival_until_it_is_settled() {
    let mut pair = Pair::new(10);
    for millis in [0, 800, 1_200, 9_500, 10_500, 29_000] {
        pair.stage.send(pair.producer, "a");
        pair.stage.net.later(millis);
        pair.settle(StateRef::Accepted);
    }
    for link in pair.both() {
        assert_eq!((link.delayed(), link.delayed_long(), link.stuck()), (2, 2, 0));
    }
    let totals = pair.stage.net.node.totals();
    assert_eq!((totals.delayed, totals.delayed_long), (2, 2));
}

#[test]
fn a_delivery_that_waits_for_credit_is_delayed_as_well() {
    let mut pair = Pair::new(0);
    // Without credit the producer has some: there is a consumer.
    pair.stage.send_settled(pair.producer, "a");
    let [out, into] = pair.both();
    assert_eq!((out.waiting(), out.deliveries(), into.unsettled()), (1, 0, 0));
    pair.stage.net.later(2_000);
    pair.stage.grant(pair.consumer, 1);
    assert_eq!((out.waiting(), out.deliveries(), out.presettled()), (0, 1, 1));
    assert_eq!((out.delayed(), into.delayed()), (1, 1));
}

#[test]
fn deliveries_unsettled_for_ten_seconds_are_found_stuck_within_half_a_minute_until_they_are_settled() {
    let mut pair = Pair::new(2);
    for _ in 0..3 {
        pair.stage.send(pair.producer, "a");
    }
    let [out, into] = pair.both();
    pair.stage.net.later(5_000);
    assert_eq!((out.stuck(), into.stuck()), (0, 0));
    pair.stage.net.later(26_000);
    // Two sent, one waiting.
    assert_eq!((out.stuck(), into.stuck()), (3, 3));
    pair.stage.net.later(31_000);
    assert_eq!((out.stuck(), into.stuck(), pair.stage.net.node.totals().stuck), (3, 3, 3));
    pair.settle(StateRef::Accepted);
    assert_eq!((out.stuck(), into.stuck(), into.delayed_long()), (2, 2, 1));
    // However long it takes: the ticks of a delivery's arrival come round after an hour.
    for _ in 0..240 {
        pair.stage.net.later(30_000);
    }
    pair.stage.grant(pair.consumer, 1);
    pair.settle(StateRef::Accepted);
    pair.settle(StateRef::Accepted);
    assert_eq!((out.stuck(), into.stuck(), out.delayed_long(), into.delayed_long()), (0, 0, 3, 3));
    assert_eq!((out.delayed(), into.delayed()), (0, 0));
    // Nobody looks any more where nothing is.
    pair.stage.net.later(60_000);
    assert!(pair.stage.net.ends.iter().all(|end| end.adaptor.poll_timeout() == Time::NEVER));
}

#[test]
fn stuck_deliveries_of_a_link_that_goes_are_stuck_no_more() {
    let mut pair = Pair::new(2);
    pair.stage.send(pair.producer, "a");
    pair.stage.net.later(31_000);
    assert_eq!(pair.stage.net.node.totals().stuck, 1);
    pair.stage.net.cut(pair.consumer.end, true);
    pair.stage.net.run();
    assert_eq!(pair.stage.net.node.totals().stuck, 0);
}

#[test]
fn time_without_credit_is_seen_on_both_kinds_of_link() {
    let mut pair = Pair::new(1);
    let [out, into] = pair.both();
    let since = |link: &LinkRecord, stage: &Stage| link.seconds_without_credit(stage.net.now);
    pair.stage.net.later(5_000);
    assert_eq!((since(&out, &pair.stage), since(&into, &pair.stage)), (0, 0));
    pair.stage.send(pair.producer, "a");
    pair.stage.net.later(3_000);
    assert_eq!((out.credit(), since(&out, &pair.stage), since(&into, &pair.stage)), (0, 3, 0));
    for _ in 0..9 {
        pair.stage.send(pair.producer, "a");
    }
    pair.stage.net.later(2_000);
    assert_eq!((into.credit(), since(&into, &pair.stage)), (0, 2));
    pair.stage.grant(pair.consumer, 100);
    for _ in 0..10 {
        pair.settle(StateRef::Accepted);
    }
    assert_eq!((into.credit(), since(&into, &pair.stage), since(&out, &pair.stage)), (10, 0, 0));
}

#[test]
fn the_settle_rate_is_that_of_the_last_five_seconds() {
    let mut pair = Pair::new(1_000);
    let start = pair.stage.net.now;
    for _ in 0..50 {
        pair.stage.send(pair.producer, "a");
        pair.settle(StateRef::Accepted);
    }
    let took = pair.stage.net.now.millis_since(start);
    assert!(took < 4_000, "else this test says nothing");
    pair.stage.net.later(5_000 - took);
    let now = pair.stage.net.now;
    for link in pair.both() {
        assert_eq!(link.settle_rate(now), 10);
        assert_eq!(link.settle_rate(now.plus_millis(10_000)), 0);
    }
}

#[test]
fn a_connection_is_seen_from_its_open_to_its_end() {
    let mut pair = Pair::new(5);
    let node = &pair.stage.net.node;
    let records: Vec<_> = node.connections().cloned().collect();
    assert_eq!(records.iter().map(|record| record.id.0).collect::<Vec<_>>(), [1, 2]);
    let record = &records[1];
    assert_eq!((&*record.host, &*record.container, record.role), ("client:1", "client", ConnectionRole::Normal));
    assert_eq!((record.is_outgoing, record.sasl, &*record.user), (false, None, "anonymous"));
    assert!(!record.is_authenticated && !record.is_encrypted && !record.activity.is_deleted());
    assert!(record.properties.iter().all(|(_, value)| matches!(value, PropertyValue::Text(_))));
    assert_eq!(record.activity.last_delivery(), None);
    pair.stage.net.later(1_000);
    let before = pair.stage.net.now;
    pair.stage.send(pair.producer, "a");
    assert_eq!(records[0].activity.last_delivery(), Some(before));
    assert_eq!(records[1].activity.last_delivery(), Some(before));
    pair.stage.net.cut(0, true);
    pair.stage.net.run();
    let node = &pair.stage.net.node;
    assert_eq!(node.connections().map(|record| record.id.0).collect::<Vec<_>>(), [2]);
    assert!(node.connection(records[0].id).is_none());
    assert_eq!(node.links().len(), 1);
}
