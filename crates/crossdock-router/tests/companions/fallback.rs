//! What reaches no consumer goes to the fallback destination.

use crossdock_amqp::codec::StateRef;

use super::support::message::Message;
use super::support::stage::Stage;
use super::{configured, consumer, consumer_with, is_drained, outcomes, producer, texts};

const FALLBACK: &str = "address {\nprefix: orders\nenableFallback: yes\n}\n\
                        address {\nprefix: news\ndistribution: multicast\nenableFallback: yes\n}\n";

/// What came to an address, went from it to consumers, and was redirected.
fn counts(stage: &Stage, key: &str) -> (u64, u64, u64) {
    let node = &stage.net.node;
    let entry = node.addresses().find(|entry| entry.key().as_str() == key).expect("the address is in use");
    let counts = entry.counts();
    (counts.ingress, counts.egress, counts.redirected)
}

#[test]
fn a_producer_has_credit_where_only_a_fallback_destination_is() {
    let mut stage = configured(FALLBACK);
    let source = producer(&mut stage, "orders.x");
    assert_eq!(stage.credit(source), 0);
    let sink = consumer_with(&mut stage, "orders.x", "qd.fallback");
    assert_eq!(stage.credit(source), 10);
    stage.send(source, "one");
    assert_eq!(texts(&mut stage, sink), ["one"]);
    stage.settle(sink.end, StateRef::Accepted);
    assert_eq!(stage.news(source.end), ["0 accepted settled"]);
    assert_eq!((counts(&stage, "M0orders.x"), counts(&stage, "MForders.x")), ((1, 0, 1), (0, 1, 0)));
}

#[test]
fn the_fallback_destination_gets_nothing_while_there_is_a_consumer() {
    for address in ["orders.x", "news.x"] {
        let mut stage = configured(FALLBACK);
        let fallback = consumer_with(&mut stage, address, "qd.fallback");
        let source = producer(&mut stage, address);
        let sink = consumer(&mut stage, address);
        stage.send(source, "one");
        assert_eq!((texts(&mut stage, sink), texts(&mut stage, fallback)), (vec!["one".into()], vec![]), "{address}");
        stage.detach(sink);
        stage.send(source, "two");
        stage.send_settled(source, "three");
        assert_eq!(texts(&mut stage, fallback), ["two", "three"], "{address}");
        let sink = consumer(&mut stage, address);
        stage.send(source, "four");
        assert_eq!((texts(&mut stage, sink), texts(&mut stage, fallback)), (vec!["four".into()], vec![]), "{address}");
    }
}

#[test]
fn without_either_a_delivery_is_released_and_the_credit_withdrawn() {
    let mut stage = configured(FALLBACK);
    let fallback = consumer_with(&mut stage, "orders.x", "qd.fallback");
    let source = producer(&mut stage, "orders.x");
    stage.detach(fallback);
    stage.send(source, "one");
    assert_eq!(outcomes(&mut stage, source), ["released settled"]);
    assert!(is_drained(&mut stage, source));
    consumer_with(&mut stage, "orders.x", "qd.fallback");
    assert_eq!(stage.credit(source), 10);
}

#[test]
fn anonymous_producers_reach_the_fallback_destination_too() {
    let mut stage = configured(FALLBACK);
    let sink = consumer_with(&mut stage, "orders.x", "qd.fallback");
    let end = stage.client();
    let source = stage.anonymous(end);
    stage.start(source, &Message::new(1, 10).to("orders.x").sent(), false, false);
    stage.net.run();
    assert_eq!(stage.news(sink.end).len(), 1);
    assert_eq!((counts(&stage, "M0orders.x"), counts(&stage, "MForders.x")), ((1, 0, 1), (0, 1, 0)));
}

#[test]
fn an_address_without_it_has_no_fallback_destination() {
    let mut stage = configured(FALLBACK);
    consumer_with(&mut stage, "plain.x", "qd.fallback");
    let source = producer(&mut stage, "plain.x");
    assert_eq!(stage.credit(source), 0);
}

#[test]
fn primary_and_fallback_go_when_nobody_uses_either() {
    for producer_last in [false, true] {
        let mut stage = configured(FALLBACK);
        let before = stage.net.shared.address_count();
        let sink = consumer_with(&mut stage, "orders.x", "qd.fallback");
        let source = producer(&mut stage, "orders.x");
        assert_eq!(stage.net.shared.address_count(), before + 2);
        let links = if producer_last { [sink, source] } else { [source, sink] };
        for (at, link) in links.into_iter().enumerate() {
            assert_eq!(stage.net.shared.address_count(), before + 2, "{at}");
            stage.detach(link);
        }
        assert_eq!(stage.net.shared.address_count(), before);
        stage.assert_leaves_nothing();
    }
}
