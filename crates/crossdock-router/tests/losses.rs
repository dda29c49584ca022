//! Connections break: in every state of a delivery, on either side, and while mail is under way.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_amqp::codec::StateRef;
use fe2o3_amqp_types::definitions::{ReceiverSettleMode, SenderSettleMode};
use support::net::Step;
use support::stage::{Link, Stage, Terms, body, modes};

/// How a consumer goes.
#[derive(Clone, Copy, Debug)]
enum Farewell {
    Cut,
    Close,
    End,
    Detach,
}

const FAREWELLS: [Farewell; 4] = [Farewell::Cut, Farewell::Close, Farewell::End, Farewell::Detach];

fn leave(stage: &mut Stage, link: Link, how: Farewell) {
    match how {
        Farewell::Cut => stage.net.cut(link.end, true),
        Farewell::Close => {
            let now = stage.net.now;
            stage.conn(link.end).close(None, now);
        }
        Farewell::End => {
            let session = stage.session(link.end);
            stage.conn(link.end).end(session, None);
        }
        Farewell::Detach => stage.conn(link.end).detach(link.id, true, None),
    }
    stage.net.run();
}

fn pair() -> (Stage, Link, Link) {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let consumer = stage.receiver(sink, "balanced.x");
    let producer = stage.sender(source, "balanced.x");
    (stage, producer, consumer)
}

#[test]
fn what_a_lost_consumer_was_sent_is_modified_and_what_waited_for_it_is_released() {
    for how in FAREWELLS {
        let (mut stage, producer, consumer) = pair();
        stage.grant(consumer, 2);
        for text in ["sent", "sent too", "waits", "waits too"] {
            stage.send(producer, text);
        }
        leave(&mut stage, consumer, how);
        assert_eq!(stage.news(producer.end), ["0..=1 modified settled", "2..=3 released settled"], "{how:?}");
        stage.assert_at_rest();
        stage.assert_leaves_nothing();
    }
}

#[test]
fn what_a_lost_consumer_had_decided_stays_decided() {
    for how in FAREWELLS {
        let (mut stage, producer, consumer) = pair();
        stage.grant(consumer, 2);
        stage.send(producer, "x");
        let number = stage.oldest(consumer.end);
        stage.say(consumer.end, true, number, false, StateRef::Accepted);
        leave(&mut stage, consumer, how);
        assert_eq!(stage.news(producer.end), ["0 accepted unsettled", "0 none settled"], "{how:?}");
        stage.assert_at_rest();
    }
}

#[test]
fn a_consumer_lost_in_the_middle_of_a_message_ends_it_and_the_next_goes_elsewhere() {
    for how in FAREWELLS {
        for settled in [false, true] {
            let (mut stage, producer, consumer) = pair();
            stage.grant(consumer, 2);
            stage.send_half(producer, "half", settled);
            leave(&mut stage, consumer, how);
            let told: &[&str] = if settled { &[] } else { &["0 modified unsettled"] };
            assert_eq!(stage.news(producer.end), told, "{how:?}");
            let other = stage.client();
            let other = stage.receiver(other, "balanced.x");
            stage.grant(other, 5);
            stage.go_on(producer, b"more", true);
            stage.go_on(producer, b"rest", false);
            let told: &[&str] = if settled { &[] } else { &["0 modified settled"] };
            assert_eq!(stage.news(producer.end), told, "{how:?}");
            assert!(stage.news(other.end).is_empty());
            stage.send(producer, "next");
            assert_eq!(stage.news(other.end), ["next"]);
            stage.settle(other.end, StateRef::Accepted);
            assert_eq!(stage.credit(producer), 10);
            stage.assert_at_rest();
            stage.assert_leaves_nothing();
        }
    }
}

#[test]
fn half_a_message_to_a_consumer_that_takes_everything_settled_is_not_accepted() {
    for how in FAREWELLS {
        let mut stage = Stage::new();
        let (source, sink) = (stage.client(), stage.client());
        let request = stage.receiver_attach("balanced.x");
        let request = modes(request, SenderSettleMode::Settled, ReceiverSettleMode::First);
        let consumer = stage.attach(sink, request);
        let producer = stage.sender(source, "balanced.x");
        stage.grant(consumer, 2);
        stage.send_half(producer, "half", false);
        leave(&mut stage, consumer, how);
        stage.go_on(producer, b"rest", false);
        assert_eq!(stage.news(source), ["0 modified unsettled", "0 modified settled"], "{how:?}");
        stage.assert_at_rest();
    }
}

#[test]
fn a_lost_producers_messages_go_on_and_half_a_message_is_given_up() {
    for how in FAREWELLS {
        let (mut stage, producer, consumer) = pair();
        stage.grant(consumer, 2);
        stage.send(producer, "whole");
        stage.send_half(producer, "half", false);
        leave(&mut stage, producer, how);
        assert_eq!(stage.news(consumer.end), ["whole", "half more", "0 bytes later settled aborted"], "{how:?}");
        stage.settle(consumer.end, StateRef::Accepted);
        let number = stage.oldest(consumer.end);
        stage.forget(consumer.end, number);
        stage.assert_at_rest();
        stage.assert_leaves_nothing();
    }
}

#[test]
fn what_a_lost_producer_had_waiting_goes_on_too() {
    for how in FAREWELLS {
        let (mut stage, producer, consumer) = pair();
        stage.send(producer, "waits");
        stage.send_half(producer, "half", false);
        leave(&mut stage, producer, how);
        stage.grant(consumer, 5);
        assert_eq!(stage.news(consumer.end), ["waits"], "{how:?}");
        stage.settle(consumer.end, StateRef::Accepted);
        stage.assert_at_rest();
    }
}

#[test]
fn mail_for_a_connection_that_has_gone_comes_back() {
    for settled in [false, true] {
        let (mut stage, producer, consumer) = pair();
        stage.grant(consumer, 5);
        // The router has read the message and not yet handed it over when the consumer's transport breaks.
        stage.start(producer, &body("x"), settled, false);
        stage.net.step(Step::PeerWrite(producer.end), usize::MAX);
        stage.net.ends[consumer.end].adaptor.handle_transport_lost(stage.net.now);
        stage.net.step(Step::RouterRead(producer.end), usize::MAX);
        stage.net.run();
        let told: &[&str] = if settled { &[] } else { &["0 released settled"] };
        assert_eq!(stage.news(producer.end), told);
        assert_eq!(stage.credit(producer), 10);
        assert_eq!(stage.holdings(producer.end), Default::default());
    }
}

#[test]
fn mail_that_a_connection_had_not_looked_at_when_it_went_comes_back() {
    for settled in [false, true] {
        let (mut stage, producer, consumer) = pair();
        stage.grant(consumer, 5);
        stage.start(producer, &body("x"), settled, false);
        stage.net.step(Step::PeerWrite(producer.end), usize::MAX);
        stage.net.step(Step::RouterRead(producer.end), usize::MAX);
        stage.net.cut(consumer.end, true);
        stage.net.run();
        let told: &[&str] = if settled { &[] } else { &["0 released settled"] };
        assert_eq!(stage.news(producer.end), told);
        assert_eq!(stage.credit(producer), 10);
        stage.assert_at_rest();
    }
}

#[test]
fn mail_for_a_link_that_has_gone_comes_back() {
    for settled in [false, true] {
        let (mut stage, producer, consumer) = pair();
        stage.grant(consumer, 5);
        stage.start(producer, &body("x"), settled, false);
        stage.conn(consumer.end).detach(consumer.id, true, None);
        stage.net.step(Step::PeerWrite(producer.end), usize::MAX);
        stage.net.step(Step::PeerWrite(consumer.end), usize::MAX);
        stage.net.step(Step::RouterRead(producer.end), usize::MAX);
        stage.net.step(Step::RouterRead(consumer.end), usize::MAX);
        stage.net.run();
        let told: &[&str] = if settled { &[] } else { &["0 released settled"] };
        assert_eq!(stage.news(producer.end), told);
        assert_eq!(stage.credit(producer), 10);
        stage.assert_at_rest();
    }
}

#[test]
fn a_word_for_a_producer_that_has_gone_is_lost_without_harm() {
    let (mut stage, producer, consumer) = pair();
    stage.grant(consumer, 5);
    stage.send(producer, "x");
    let number = stage.oldest(consumer.end);
    // The consumer's connection has not heard of the loss when it has the word.
    let session = stage.session(consumer.end);
    stage.conn(consumer.end).write_disposition(session, true, number, number, true, StateRef::Accepted);
    stage.net.step(Step::PeerWrite(consumer.end), usize::MAX);
    stage.net.cut(producer.end, true);
    stage.net.step(Step::RouterRead(consumer.end), usize::MAX);
    stage.net.run();
    stage.assert_at_rest();
    stage.assert_leaves_nothing();
}

#[test]
fn a_consumer_that_reads_nothing_holds_content_until_it_is_lost() {
    let mut stage = Stage::new();
    let source = stage.client();
    let sink = stage.client_with(Terms { pipe: 1000, ..Terms::default() });
    let consumer = stage.receiver(sink, "balanced.x");
    let producer = stage.sender(source, "balanced.x");
    stage.grant(consumer, 100);
    stage.net.ends[sink].reading = false;
    let large = support::message::Message::new(0, 10_000).sent();
    for _ in 0..10 {
        stage.start(producer, &large, false, false);
        stage.net.run();
    }
    assert!(stage.holdings(source).content >= 90_000);
    stage.net.cut(sink, true);
    stage.net.run();
    assert_eq!(stage.news(source), ["0..=9 modified settled"]);
    assert_eq!(stage.credit(producer), 10);
    stage.assert_at_rest();
}

#[test]
fn a_silent_consumer_is_given_up_though_it_takes_no_farewell() {
    let mut stage = Stage::new();
    let source = stage.client();
    let sink = stage.client_with(Terms { pipe: 100, idle_timeout: 1_000, ..Terms::default() });
    let consumer = stage.receiver(sink, "balanced.x");
    let producer = stage.sender(source, "balanced.x");
    stage.grant(consumer, 100);
    stage.net.ends[sink].reading = false;
    for _ in 0..5 {
        stage.send(producer, "much more than its transport takes");
    }
    assert!(stage.news(source).is_empty());
    stage.net.later(1_000);
    assert_eq!(stage.news(source), ["0..=4 modified settled"]);
    assert!(!stage.net.is_over(sink), "its farewell waits");
    stage.net.later(3_000);
    assert!(stage.net.is_over(sink));
    stage.assert_at_rest();
}
