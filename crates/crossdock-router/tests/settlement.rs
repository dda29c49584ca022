//! What becomes of deliveries, and who is told: every settle mode, every order, in one piece or under way.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_amqp::codec::{StateRef, Transfer, encode_transfer_head};
use crossdock_amqp::serial::DeliveryNumber;
use fe2o3_amqp_types::definitions::ReceiverSettleMode::{First, Second};
use fe2o3_amqp_types::definitions::SenderSettleMode::{Mixed, Settled, Unsettled};
use fe2o3_amqp_types::definitions::{ReceiverSettleMode, SenderSettleMode};
use support::stage::{Link, MODIFIED, REJECTED, Stage, modes};

const ACCEPTED: StateRef<'static> = StateRef::Accepted;

/// A producer and a consumer of an address, each on its own connection, with these settle modes.
struct Pair {
    stage: Stage,
    producer: Link,
    consumer: Link,
}

fn pair() -> Pair {
    pair_with((Mixed, First), (Mixed, First))
}

fn pair_with(
    producing: (SenderSettleMode, ReceiverSettleMode),
    consuming: (SenderSettleMode, ReceiverSettleMode),
) -> Pair {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let request = modes(stage.receiver_attach("balanced.x"), consuming.0, consuming.1);
    let consumer = stage.attach(sink, request);
    let request = modes(stage.sender_attach(Some("balanced.x")), producing.0, producing.1);
    let producer = stage.attach(source, request);
    stage.grant(consumer, 5);
    Pair { stage, producer, consumer }
}

impl Pair {
    fn told(&mut self) -> Vec<String> {
        self.stage.news(self.producer.end)
    }

    fn got(&mut self) -> Vec<String> {
        self.stage.news(self.consumer.end)
    }

    /// The consumer says something of the delivery with this number.
    fn consumer_says(&mut self, number: DeliveryNumber, settled: bool, state: StateRef<'_>) {
        self.stage.say(self.consumer.end, true, number, settled, state);
    }

    fn producer_says(&mut self, number: DeliveryNumber, settled: bool, state: StateRef<'_>) {
        self.stage.say(self.producer.end, false, number, settled, state);
    }

    /// A frame that the producer's own engine would not write. Its link has handle 0.
    fn producer_sends(&mut self, transfer: &Transfer<'_>, payload: &[u8]) {
        let buffer = self.stage.conn(self.producer.end).output().buffer();
        encode_transfer_head(buffer, 0, transfer, payload.len());
        buffer.extend_from_slice(payload);
        self.stage.net.run();
    }

    /// Nothing is under way any more, and the producer has all its credit.
    fn finish(mut self) {
        assert_eq!(self.stage.credit(self.producer), 10);
        self.stage.assert_at_rest();
        self.stage.assert_leaves_nothing();
    }
}

#[test]
fn every_outcome_comes_back_as_it_was_given() {
    for (state, word) in [
        (ACCEPTED, "accepted"),
        (REJECTED, "rejected"),
        (StateRef::Released, "released"),
        (MODIFIED, "modified"),
        (StateRef::None, "none"),
    ] {
        let mut pair = pair();
        pair.stage.send(pair.producer, "x");
        assert_eq!(pair.got(), ["x"]);
        assert!(pair.told().is_empty(), "nothing is invented");
        pair.stage.settle(pair.consumer.end, state);
        assert_eq!(pair.told(), [format!("0 {word} settled")]);
        pair.finish();
    }
}

#[test]
fn a_range_goes_back_as_a_range() {
    let mut pair = pair();
    let first = pair.stage.start(pair.producer, b"\x00\x53\x75\xa0\x00", false, false);
    for _ in 0..4 {
        pair.stage.send(pair.producer, "x");
    }
    let session = pair.stage.session(pair.consumer.end);
    let conn = pair.stage.conn(pair.consumer.end);
    conn.write_disposition(session, true, first, first.plus(4), true, ACCEPTED);
    pair.stage.net.run();
    assert_eq!(pair.told(), ["0..=4 accepted settled"]);
    pair.finish();
}

#[test]
fn a_consumer_may_decide_first_and_settle_later() {
    let mut pair = pair();
    pair.stage.send(pair.producer, "x");
    let number = pair.stage.oldest(pair.consumer.end);
    let received = StateRef::Other(&[0x00, 0x53, 0x23, 0xc0, 0x03, 0x02, 0x43, 0x44]);
    pair.consumer_says(number, false, received);
    pair.consumer_says(number, false, ACCEPTED);
    pair.consumer_says(number, true, ACCEPTED);
    assert_eq!(pair.told(), ["0 received unsettled", "0 accepted unsettled", "0 accepted settled"]);
    pair.finish();
}

#[test]
fn a_settled_message_costs_credit_until_it_has_left() {
    let mut pair = pair();
    for text in ["1", "2", "3", "4", "5", "6", "7"] {
        pair.stage.send_settled(pair.producer, text);
    }
    assert_eq!(pair.got().len(), 5, "as many as the consumer has credit for");
    assert_eq!(pair.stage.credit(pair.producer), 8, "two of ten wait");
    assert!(pair.told().is_empty());
    pair.stage.grant(pair.consumer, 2);
    assert_eq!(pair.got(), ["6 settled", "7 settled"]);
    pair.finish();
}

#[test]
fn a_consumer_that_takes_everything_settled_is_answered_for() {
    let mut pair = pair_with((Mixed, First), (Settled, First));
    pair.stage.send(pair.producer, "x");
    assert_eq!(pair.got(), ["x settled"]);
    assert_eq!(pair.told(), ["0 accepted settled"]);
    // In pieces: when the last has left.
    pair.stage.send_half(pair.producer, "half", false);
    assert!(pair.told().is_empty());
    pair.stage.go_on(pair.producer, b"rest", false);
    assert_eq!(pair.told(), ["1 accepted settled"]);
    pair.finish();
}

#[test]
fn a_consumer_that_takes_everything_unsettled_speaks_for_nobody_of_what_came_settled() {
    for (mode, expected) in [(First, vec![]), (Second, vec!["sender says 0 none settled"])] {
        let mut pair = pair_with((Mixed, First), (Unsettled, mode.clone()));
        pair.stage.send_settled(pair.producer, "x");
        assert_eq!(pair.got(), ["x"]);
        let number = pair.stage.oldest(pair.consumer.end);
        pair.consumer_says(number, mode == First, REJECTED);
        assert_eq!(pair.got(), expected, "whoever waits for the sender to settle must not wait for ever");
        assert!(pair.told().is_empty());
        pair.finish();
    }
}

#[test]
fn a_settled_message_in_pieces_is_over_for_its_consumer_once() {
    let mut pair = pair_with((Mixed, First), (Unsettled, First));
    pair.stage.send_half(pair.producer, "half", true);
    pair.stage.go_on(pair.producer, b"rest", false);
    pair.stage.settle(pair.consumer.end, ACCEPTED);
    // Were it counted twice, the next would not be counted at all.
    pair.stage.send(pair.producer, "x");
    assert_eq!(pair.stage.holdings(pair.consumer.end).outstanding, 1);
    pair.stage.settle(pair.consumer.end, ACCEPTED);
    pair.finish();
}

#[test]
fn a_sender_that_settles_second_is_told_first_and_followed() {
    let mut pair = pair_with((Mixed, Second), (Mixed, First));
    pair.stage.send(pair.producer, "x");
    let number = pair.stage.oldest(pair.consumer.end);
    pair.stage.settle(pair.consumer.end, ACCEPTED);
    assert_eq!(pair.told(), ["0 accepted unsettled"]);
    assert_eq!(pair.stage.credit(pair.producer), 9, "not over yet");
    assert_eq!(pair.stage.holdings(pair.producer.end).incoming, 1);
    pair.producer_says(number, true, StateRef::None);
    assert!(pair.told().is_empty());
    pair.finish();
}

#[test]
fn a_consumer_that_settles_second_waits_for_the_sender() {
    let mut pair = pair_with((Mixed, Second), (Mixed, Second));
    pair.stage.send(pair.producer, "x");
    let number = pair.stage.oldest(pair.consumer.end);
    pair.consumer_says(number, false, ACCEPTED);
    assert_eq!(pair.told(), ["0 accepted unsettled"]);
    pair.got();
    pair.producer_says(number, true, StateRef::None);
    assert_eq!(pair.got(), ["sender says 0 none settled"]);
    assert!(pair.told().is_empty(), "it knows");
    pair.finish();
}

#[test]
fn a_consumer_that_waits_for_its_sender_does_not_wait_for_one_that_has_gone() {
    // Decided before the sender goes, after it, and before it has even got the message.
    for order in 0..3 {
        let mut pair = pair_with((Mixed, First), (Mixed, Second));
        if order == 2 {
            pair.stage.conn(pair.consumer.end).drain(pair.consumer.id);
            pair.stage.net.run();
            pair.got();
        }
        pair.stage.send(pair.producer, "x");
        if order == 0 {
            let number = pair.stage.oldest(pair.consumer.end);
            pair.consumer_says(number, false, ACCEPTED);
        }
        pair.stage.net.cut(pair.producer.end, true);
        pair.stage.net.run();
        if order == 2 {
            pair.stage.grant(pair.consumer, 1);
        }
        if order > 0 {
            let number = pair.stage.oldest(pair.consumer.end);
            pair.consumer_says(number, false, ACCEPTED);
        }
        assert_eq!(pair.got(), ["x", "sender says 0 none settled"], "{order}");
        pair.stage.assert_at_rest();
    }
}

#[test]
fn what_the_sender_says_of_a_delivery_goes_to_its_consumer() {
    let mut pair = pair();
    pair.stage.send(pair.producer, "x");
    let number = pair.stage.oldest(pair.consumer.end);
    pair.got();
    pair.producer_says(number, false, StateRef::Released);
    assert_eq!(pair.got(), ["sender says 0 released unsettled"]);
    pair.producer_says(number, true, StateRef::Released);
    assert_eq!(pair.got(), ["sender says 0 released settled"]);
    // What the consumer said at the same moment finds nobody.
    pair.consumer_says(number, true, ACCEPTED);
    assert!(pair.told().is_empty());
    pair.finish();
}

#[test]
fn a_sender_that_settles_while_its_message_waits_sends_it_settled() {
    let mut pair = pair();
    pair.stage.conn(pair.consumer.end).drain(pair.consumer.id);
    pair.stage.net.run();
    let number = pair.stage.start(pair.producer, b"\x00\x53\x75\xa0\x01x", false, false);
    pair.stage.net.run();
    pair.producer_says(number, true, StateRef::None);
    assert_eq!(pair.stage.credit(pair.producer), 9);
    pair.got();
    pair.stage.grant(pair.consumer, 1);
    assert_eq!(pair.got(), ["x settled"]);
    assert!(pair.told().is_empty());
    pair.finish();
}

#[test]
fn a_sender_that_settles_in_the_middle_of_a_message_still_sends_the_rest() {
    let mut pair = pair();
    let number = pair.stage.send_half(pair.producer, "half", false);
    pair.producer_says(number, true, StateRef::None);
    assert_eq!(pair.got(), ["half more", "sender says 0 none settled"]);
    pair.stage.go_on(pair.producer, b"more", true);
    pair.stage.go_on(pair.producer, b"rest", false);
    assert_eq!(pair.got(), ["4 bytes later more", "4 bytes later"]);
    assert!(pair.told().is_empty());
    pair.finish();
}

#[test]
fn a_sender_may_settle_with_the_last_frame() {
    for (mode, expected) in [(First, "first"), (Second, "second")] {
        let mut pair = pair_with((Mixed, First), (Mixed, mode.clone()));
        pair.stage.send_half(pair.producer, "half", false);
        pair.got();
        let last = Transfer { handle: 0, settled: Some(true), ..Transfer::default() };
        pair.producer_sends(&last, b"rest");
        assert_eq!(pair.got(), ["4 bytes later", "sender says 0 none settled"], "{expected}");
        assert!(pair.told().is_empty());
        assert_eq!(pair.stage.credit(pair.producer), 10);
        pair.stage.assert_at_rest();
    }
}

#[test]
fn a_sender_that_settled_before_the_head_of_its_message_was_complete_is_told_nothing() {
    for rest in [&b"\x53\x75\xa0\x01x"[..], b"\x40 is no section"] {
        let mut pair = pair();
        let number = pair.stage.start(pair.producer, b"\x00", false, true);
        pair.stage.net.run();
        pair.producer_says(number, true, StateRef::None);
        pair.stage.go_on(pair.producer, rest, false);
        assert!(pair.told().is_empty());
        pair.finish();
    }
}

#[test]
fn a_consumer_that_settles_in_the_middle_gets_no_more_and_the_rest_is_thrown_away() {
    for settled in [false, true] {
        let mut pair = pair_with((Mixed, First), (Unsettled, First));
        pair.stage.send_half(pair.producer, "half", settled);
        pair.got();
        pair.stage.settle(pair.consumer.end, REJECTED);
        assert_eq!(pair.got(), ["0 bytes later settled aborted"]);
        let expected: &[&str] = if settled { &[] } else { &["0 rejected unsettled"] };
        assert_eq!(pair.told(), expected);
        for _ in 0..3 {
            pair.stage.go_on(pair.producer, b"more", true);
        }
        assert!(pair.got().is_empty() && pair.told().is_empty());
        assert_eq!(pair.stage.credit(pair.producer), 9);
        pair.stage.go_on(pair.producer, b"rest", false);
        let expected: &[&str] = if settled { &[] } else { &["0 rejected settled"] };
        assert_eq!(pair.told(), expected);
        // Neither link is stuck.
        pair.stage.send(pair.producer, "next");
        assert_eq!(pair.got(), ["next"]);
        pair.stage.settle(pair.consumer.end, ACCEPTED);
        pair.finish();
    }
}

#[test]
fn a_message_given_up_by_its_sender_leaves_nothing() {
    for pieces in 0..3 {
        let mut pair = pair();
        let first: &[u8] = if pieces == 0 { b"\x00" } else { b"\x00\x53\x75\xa0\x01x" };
        pair.stage.start(pair.producer, first, false, true);
        pair.stage.net.run();
        for _ in 1..pieces {
            pair.stage.go_on(pair.producer, b"more", true);
        }
        pair.got();
        pair.stage.abort(pair.producer);
        let expected: &[&str] = if pieces == 0 { &[] } else { &["0 bytes later settled aborted"] };
        assert_eq!(pair.got(), expected);
        assert!(pair.told().is_empty());
        pair.finish();
    }
}

#[test]
fn a_message_given_up_in_its_first_frame_goes_nowhere() {
    let mut pair = pair();
    let transfer = Transfer { delivery_id: Some(0), delivery_tag: Some(b"tag"), aborted: true, ..Transfer::default() };
    pair.producer_sends(&transfer, b"");
    assert!(pair.got().is_empty() && pair.told().is_empty());
    pair.stage.assert_at_rest();
}

#[test]
fn an_abort_waits_for_the_consumers_window_and_breaks_no_rule() {
    let mut stage = Stage::new();
    let source = stage.client();
    let sink = stage.client_with(support::stage::Terms { window: 1, ..Default::default() });
    let consumer = stage.receiver(sink, "balanced.x");
    let producer = stage.sender(source, "balanced.x");
    stage.grant(consumer, 5);
    // The consumer reads nothing, so that its window stays shut.
    stage.net.ends[sink].reading = false;
    stage.send_half(producer, "half", false);
    stage.abort(producer);
    stage.net.ends[sink].reading = true;
    stage.net.run();
    assert_eq!(stage.news(sink), ["half more", "0 bytes later settled aborted"]);
    stage.assert_at_rest();
}

#[test]
fn words_on_deliveries_that_nobody_knows_are_passed_over() {
    let mut pair = pair();
    let number = pair.stage.start(pair.producer, b"\x00\x53\x75\xa0\x01x", false, false);
    pair.stage.net.run();
    pair.consumer_says(number.plus(7), true, ACCEPTED);
    pair.producer_says(number.plus(7), true, ACCEPTED);
    assert!(pair.told().is_empty());
    pair.stage.settle(pair.consumer.end, ACCEPTED);
    // Once more.
    pair.consumer_says(number, true, REJECTED);
    assert_eq!(pair.told(), ["0 accepted settled"]);
    pair.finish();
}
