//! Links: who gets one, when their credit flows, and how they end.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_amqp::codec::{Flow, StateRef, Transfer, encode_flow, encode_transfer_head};
use fe2o3_amqp_types::messaging::TargetArchetype;
use fe2o3_amqp_types::primitives::{Array, Symbol};
use fe2o3_amqp_types::transaction::Coordinator;
use support::message::Message;
use support::net::Step;
use support::stage::{Stage, Terms, body};

#[test]
fn a_producer_gets_credit_when_somebody_is_there() {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let producers = [stage.sender(source, "balanced.x"), stage.sender(source, "balanced.x")];
    let elsewhere = stage.sender(source, "balanced.y");
    assert_eq!(producers.map(|producer| stage.credit(producer)), [0, 0]);
    let consumer = stage.receiver(sink, "balanced.x");
    assert_eq!(producers.map(|producer| stage.credit(producer)), [10, 10]);
    assert_eq!(stage.credit(elsewhere), 0);
    let late = stage.sender(source, "balanced.x");
    assert_eq!(stage.credit(late), 10);
    stage.detach(consumer);
    assert_eq!(stage.credit(late), 10, "what was given is not taken back before it is used");
}

#[test]
fn a_producer_with_nobody_left_is_told_and_asked_for_its_credit_until_somebody_comes() {
    for answers in [false, true] {
        let mut stage = Stage::new();
        let (source, sink) = (stage.client(), stage.client());
        let consumer = stage.receiver(sink, "balanced.x");
        let producer = stage.sender(source, "balanced.x");
        stage.detach(consumer);
        stage.send(producer, "x");
        assert_eq!(stage.news(source), ["0 released settled"]);
        assert!(stage.conn(source).link(producer.id).unwrap().sender_credit().unwrap().drain());
        if answers {
            stage.conn(source).answer_drain(producer.id);
            stage.net.run();
            assert_eq!(stage.credit(producer), 0);
        }
        let consumer = stage.receiver(sink, "balanced.x");
        assert_eq!(stage.credit(producer), 10);
        stage.grant(consumer, 1);
        stage.send(producer, "x");
        stage.settle(sink, StateRef::Accepted);
        assert_eq!(stage.credit(producer), 10);
    }
}

#[test]
fn credit_that_comes_back_when_somebody_is_there_again_is_given_again() {
    // The producer answers the drain after its address has a consumer again, and before it has heard of that.
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let consumer = stage.receiver(sink, "balanced.x");
    let producer = stage.sender(source, "balanced.x");
    stage.detach(consumer);
    stage.send(producer, "x");
    stage.net.ends[source].reading = false;
    stage.receiver(sink, "balanced.x");
    stage.conn(source).answer_drain(producer.id);
    stage.net.ends[source].reading = true;
    stage.net.run();
    assert_eq!(stage.credit(producer), 10);
}

#[test]
fn a_consumer_gets_its_credit_back_when_nothing_waits_for_it() {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let consumer = stage.receiver(sink, "balanced.x");
    let producer = stage.sender(source, "balanced.x");
    stage.send(producer, "1");
    stage.grant(consumer, 5);
    stage.conn(sink).drain(consumer.id);
    stage.net.run();
    assert_eq!(stage.news(sink), ["1", "drained"]);
    let credit = *stage.conn(sink).link(consumer.id).unwrap().receiver_credit().unwrap();
    assert_eq!((credit.granted(), credit.is_draining()), (0, false));
    stage.send(producer, "2");
    assert!(stage.news(sink).is_empty(), "without credit nothing comes");
    stage.grant(consumer, 1);
    assert_eq!(stage.news(sink), ["2"]);
}

#[test]
fn a_consumer_that_takes_credit_back_gets_nothing_more() {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let consumer = stage.receiver(sink, "balanced.x");
    let producer = stage.sender(source, "balanced.x");
    stage.grant(consumer, 5);
    let flow = Flow {
        next_incoming_id: Some(0),
        incoming_window: 100,
        outgoing_window: 100,
        handle: Some(0),
        delivery_count: Some(0),
        link_credit: Some(0),
        ..Flow::default()
    };
    encode_flow(stage.conn(sink).output().buffer(), 0, &flow);
    stage.net.run();
    stage.send(producer, "x");
    assert!(stage.news(sink).is_empty());
    assert_eq!(stage.holdings(sink).waiting, 1);
    stage.grant(consumer, 0);
    stage.grant(consumer, 1);
    assert_eq!(stage.news(sink), ["x"]);
}

#[test]
fn what_cannot_be_attached_is_refused_with_its_reason() {
    let mut stage = Stage::new();
    let client = stage.client();
    let no_address = {
        let mut attach = stage.receiver_attach("x");
        attach.source.as_deref_mut().unwrap().address = None;
        attach
    };
    let coordinator = {
        let mut attach = stage.sender_attach(None);
        attach.target = Some(Box::new(TargetArchetype::Coordinator(Coordinator::new(None))));
        attach
    };
    let router = {
        let mut attach = stage.sender_attach(Some("x"));
        let Some(TargetArchetype::Target(target)) = attach.target.as_deref_mut() else { panic!("a target") };
        target.capabilities = Some(Array::from(vec![Symbol::from("qd.router")]));
        attach
    };
    for (attach, reason) in [
        (stage.sender_attach(Some("unavailable.x")), "amqp:not-found"),
        (stage.receiver_attach("unavailable.x"), "amqp:not-found"),
        (no_address, "qd:no-route-to-dest"),
        (coordinator, "amqp:precondition-failed"),
        (router, "qd:forbidden"),
    ] {
        let link = stage.attach(client, attach);
        assert_eq!(stage.news(client), ["refused".into(), format!("detached: {reason}")]);
        stage.detach(link);
        assert_eq!(stage.net.ends[client].adaptor.holdings().links, 0);
    }
    assert_eq!((stage.net.node.link_count(), stage.net.shared.address_count()), (0, 0));
    assert_eq!(stage.conn(client).link_count(), 0);
}

#[test]
fn a_link_detached_before_the_node_has_answered_is_answered_and_gone() {
    for sending in [false, true] {
        let mut stage = Stage::new();
        let client = stage.client();
        let request = if sending { stage.sender_attach(Some("x")) } else { stage.receiver_attach("x") };
        let link = stage.ask(client, request);
        stage.conn(client).detach(link.id, true, None);
        // The router hears both before its node looks.
        stage.net.step(Step::PeerWrite(client), usize::MAX);
        stage.net.step(Step::RouterRead(client), usize::MAX);
        stage.net.run();
        assert_eq!(stage.conn(client).link_count(), 0);
        assert_eq!((stage.net.node.link_count(), stage.net.shared.address_count()), (0, 0));
        // And the same handle at once again.
        let request = stage.receiver_attach("x");
        stage.attach(client, request);
        assert_eq!(stage.net.node.link_count(), 1);
    }
}

#[test]
fn a_connection_lost_before_the_node_has_answered_leaves_nothing() {
    for node_first in [false, true] {
        let mut stage = Stage::new();
        let client = stage.client();
        let request = stage.receiver_attach("x");
        stage.ask(client, request);
        let request = stage.sender_attach(Some("x"));
        stage.ask(client, request);
        stage.net.step(Step::PeerWrite(client), usize::MAX);
        stage.net.step(Step::RouterRead(client), usize::MAX);
        if node_first {
            stage.net.step(Step::Node, 0);
        }
        stage.assert_leaves_nothing();
    }
}

#[test]
fn a_session_that_ends_takes_its_links_and_no_others() {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let consumer = stage.receiver(sink, "balanced.x");
    stage.grant(consumer, 10);
    let ending = stage.conn(source).begin().unwrap();
    let request = stage.sender_attach(Some("balanced.x"));
    let gone = stage.conn(source).attach(ending, request, 0).unwrap();
    stage.net.run();
    let staying = stage.sender(source, "balanced.x");
    stage.send(support::stage::Link { end: source, id: gone }, "before");
    stage.conn(source).end(ending, None);
    stage.net.run();
    assert_eq!(stage.news(source), [""; 0]);
    stage.send(staying, "after");
    assert_eq!(stage.news(sink), ["before", "after"]);
    stage.settle(sink, StateRef::Accepted);
    assert!(stage.news(source).is_empty(), "nobody is left to be told");
    stage.settle(sink, StateRef::Accepted);
    assert_eq!(stage.news(source), ["0 accepted settled"]);
    stage.assert_at_rest();
    assert_eq!(stage.net.node.link_count(), 2);
}

#[test]
fn a_session_that_breaks_a_rule_ends_and_the_connection_goes_on() {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let consumer = stage.receiver(sink, "balanced.x");
    stage.grant(consumer, 10);
    let producer = stage.sender(source, "balanced.x");
    stage.send_half(producer, "half", false);
    let buffer = stage.conn(source).output().buffer();
    let transfer = Transfer { handle: 99, delivery_id: Some(7), delivery_tag: Some(b"t"), ..Transfer::default() };
    encode_transfer_head(buffer, 0, &transfer, 0);
    stage.net.run();
    assert_eq!(stage.news(source), ["ended: amqp:session:unattached-handle"]);
    assert_eq!(stage.news(sink), ["half more", "0 bytes later settled aborted"]);
    let session = stage.session(source);
    stage.conn(source).end(session, None);
    stage.conn(source).begin().unwrap();
    stage.net.run();
    let producer = stage.sender(source, "balanced.x");
    stage.send(producer, "x");
    assert_eq!(stage.news(sink), ["x"]);
}

#[test]
fn a_message_larger_than_allowed_is_rejected_and_costs_the_link() {
    for (pieces, settled) in [(1, false), (3, false), (1, true), (3, true)] {
        let mut stage = Stage::new();
        let source = stage.client_with(Terms { max_message_size: 1000, ..Terms::default() });
        let sink = stage.client();
        let consumer = stage.receiver(sink, "balanced.x");
        let producer = stage.sender(source, "balanced.x");
        assert_eq!(stage.conn(source).link(producer.id).unwrap().max_message_size(), 1000);
        stage.grant(consumer, 10);
        let fits = Message::new(0, 992).sent();
        assert_eq!(fits.len(), 1000);
        stage.start(producer, &fits, false, false);
        stage.net.run();
        stage.settle(sink, StateRef::Accepted);
        assert_eq!(stage.news(source), ["0 accepted settled"]);
        stage.news(sink);

        let bytes = Message::new(1, 993).sent();
        let size = bytes.len().div_ceil(pieces);
        stage.start(producer, &bytes[..size], settled, pieces > 1);
        stage.net.run();
        for (at, piece) in bytes.chunks(size).enumerate().skip(1) {
            stage.go_on(producer, piece, at < pieces - 1);
        }
        let told = stage.news(source);
        let (last, before) = told.split_last().unwrap();
        assert_eq!(last, "detached: amqp:link:message-size-exceeded");
        assert_eq!(before, if settled { &[][..] } else { &["1 rejected settled"] });
        let got = stage.news(sink);
        assert!(got.is_empty() || got.last().unwrap().ends_with("aborted"), "{got:?}");
        stage.assert_at_rest();
        stage.assert_leaves_nothing();
    }
}

#[test]
fn a_link_that_goes_before_the_head_of_its_message_is_complete_leaves_nothing() {
    for bytes in [&b"\x00"[..], b"\x40 is no section"] {
        let mut stage = Stage::new();
        let (source, sink) = (stage.client(), stage.client());
        stage.receiver(sink, "balanced.x");
        let producer = stage.sender(source, "balanced.x");
        stage.start(producer, bytes, false, true);
        stage.net.run();
        assert_eq!(stage.holdings(source).incoming, 1);
        stage.detach(producer);
        stage.assert_at_rest();
    }
}

#[test]
fn an_address_lives_as_long_as_somebody_uses_it() {
    let mut stage = Stage::new();
    let client = stage.client();
    let anonymous = stage.anonymous(client);
    for round in 0..3 {
        let consumer = stage.receiver(client, "balanced.x");
        stage.grant(consumer, 1);
        assert_eq!(stage.net.shared.address_count(), 1);
        // A producer that remembers where it went finds the address of each round.
        stage.start(anonymous, &Message::new(round, 5).to("balanced.x").sent(), true, false);
        stage.net.run();
        assert_eq!(stage.news(client).len(), 1, "{round}");
        stage.detach(consumer);
        assert_eq!(stage.net.shared.address_count(), 0);
        stage.start(anonymous, &Message::new(round, 5).to("balanced.x").sent(), false, false);
        stage.net.run();
        assert_eq!(stage.news(client).len(), 1, "{round}: released");
    }
}

#[test]
fn a_router_that_closes_a_connection_says_why_and_decides_what_is_under_way() {
    let mut stage = Stage::new();
    let (source, sink) = (stage.client(), stage.client());
    let consumer = stage.receiver(sink, "balanced.x");
    let producer = stage.sender(source, "balanced.x");
    stage.grant(consumer, 1);
    stage.send(producer, "sent");
    stage.send(producer, "waiting");
    stage.net.ends[sink].reading = false;
    let work = crossdock_core::work::Work::Close { description: "going down".into() };
    stage.net.ends[sink].adaptor.mailbox().instruct(work);
    stage.net.run();
    // At once, though the consumer reads nothing.
    assert_eq!(stage.news(source), ["0 modified settled", "1 released settled"]);
    assert_eq!(stage.net.shared.connection_count(), 1);
    stage.start(producer, &body("late"), false, false);
    stage.net.ends[sink].reading = true;
    stage.net.run();
    assert_eq!(stage.news(source), ["2 released settled"]);
    assert_eq!(stage.news(sink), ["sent", "closed: amqp:connection:forced"]);
    assert!(stage.net.is_hung_up(sink));
}
