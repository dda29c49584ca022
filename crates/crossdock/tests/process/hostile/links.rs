//! Sessions, links and deliveries whose rules a peer breaks: what dies is the link or the session, and nothing else.

use std::time::Duration;

use crossdock_amqp::codec::{Disposition, Performative, StateKind, StateRef, Transfer};
use fe2o3_amqp_types::definitions::{ReceiverSettleMode, SenderSettleMode};
use fe2o3_amqp_types::messaging::TargetArchetype;
use fe2o3_amqp_types::performatives::{Begin, Detach, End};
use fe2o3_amqp_types::primitives::{Array, Symbol};

use crate::support::wire::*;
use crate::support::{Answer, MIB, Pair, Peer, Router, honest};

/// A consumer of `address` with plenty of credit, and a producer that has some.
fn ends(router: &Router, address: &str) -> (Peer, Peer) {
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    consumer.attach_receiver(0, 0, address);
    consumer.grant(0, 0, 0, 100_000);
    producer.attach_sender(0, 0, Some(address));
    producer.wait_for_credit(0, 0);
    (consumer, producer)
}

/// The first transfer of a delivery.
fn first(delivery_id: u32) -> Transfer<'static> {
    let (delivery_id, message_format) = (Some(delivery_id), Some(0));
    Transfer { delivery_id, delivery_tag: Some(b"t"), message_format, ..Transfer::default() }
}

fn small(delivery_id: u32) -> Vec<u8> {
    transfer(0, &first(delivery_id), &message(b"content"))
}

/// The connection is fit for use: a message goes over a new session and a new link.
fn still_works(producer: &mut Peer, consumer: &mut Peer, address: &str, channel: u16) {
    producer.begin(channel);
    let link = honest::sender(40, Some(address));
    producer.attach(channel, &link);
    let content = message(b"still works");
    let sent = producer.send_message(channel, 40, false, &content);
    loop {
        let (number, message) = consumer.next_message();
        consumer.accept(0, number, number);
        if message == content {
            break;
        }
    }
    loop {
        let outcome = producer.next_disposition();
        if (outcome.first..=outcome.last).contains(&sent) && outcome.settled {
            break;
        }
    }
    producer.send(&performative(channel, End { error: None }));
    producer.skip_to_end(channel);
}

#[test]
fn a_sender_that_ignores_the_session_window_loses_the_session() {
    let router = Router::with_listener("maxSessionFrames: 10");
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = ends(&router, "window");
    let frames: Vec<u8> = (0..100).flat_map(small).collect();
    producer.send(&frames);
    producer.expect_end(0, "amqp:session:window-violation");
    still_works(&mut producer, &mut consumer, "window", 1);
    pair.exchange();
}

#[test]
fn a_sender_without_credit_loses_the_link() {
    let router = Router::with_listener("linkCapacity: 5");
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = ends(&router, "credit");
    let frames: Vec<u8> = (0..6).flat_map(small).collect();
    producer.send(&frames);
    producer.expect_detach(0, 0, "amqp:link:transfer-limit-exceeded");
    // Nobody has granted anything here: there is no consumer.
    producer.attach_sender(0, 1, Some("nobody"));
    producer.send(&transfer(0, &Transfer { handle: 1, ..first(10) }, &message(b"x")));
    producer.expect_detach(0, 1, "amqp:link:transfer-limit-exceeded");
    still_works(&mut producer, &mut consumer, "credit", 1);
    pair.exchange();
}

#[test]
fn transfers_that_contradict_themselves_end_what_they_touch() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    enum Dies {
        Link,
        Session,
    }
    use Dies::{Link, Session};
    let more = |id| Transfer { more: true, ..first(id) };
    let with = |head: Transfer<'_>| transfer(0, &head, &message(b"content"));
    for (name, frames, dies, condition) in [
        (
            "a handle that is not attached",
            with(Transfer { handle: 7, ..first(0) }),
            Session,
            "amqp:session:unattached-handle",
        ),
        ("delivery-ids that go backwards", [small(5), small(4)].concat(), Session, "amqp:session:invalid-field"),
        ("a delivery-id twice", [small(5), small(5)].concat(), Session, "amqp:session:invalid-field"),
        ("no delivery-id", with(Transfer { delivery_id: None, ..first(0) }), Link, "amqp:invalid-field"),
        ("no delivery-tag", with(Transfer { delivery_tag: None, ..first(0) }), Link, "amqp:invalid-field"),
        ("two deliveries mixed", [with(more(0)), with(first(1))].concat(), Link, "amqp:invalid-field"),
        ("a transfer on a link that receives", with(Transfer { handle: 1, ..first(0) }), Link, "amqp:not-allowed"),
        (
            "a flow for a handle that is not attached",
            flow(0, &honest::grant(7, 0, 1)),
            Session,
            "amqp:session:unattached-handle",
        ),
        (
            "a handle attached twice",
            performative(0, honest::sender(0, Some("b"))),
            Session,
            "amqp:session:handle-in-use",
        ),
        (
            "a detach of a handle that is not attached",
            performative(0, Detach { handle: 7.into(), closed: true, error: None }),
            Session,
            "amqp:session:unattached-handle",
        ),
    ] {
        let (mut consumer, mut producer) = ends(&router, "rules");
        producer.attach_receiver(0, 1, "other");
        producer.send(&frames);
        let fault = match dies {
            Link => {
                let handle = if name.contains("receives") { 1 } else { 0 };
                producer.expect_detach(0, handle, condition)
            }
            Session => producer.expect_end(0, condition),
        };
        assert!(!fault.description.is_empty(), "{name}");
        still_works(&mut producer, &mut consumer, "rules", 1);
        // Cut, so that the next round has this address to itself.
        producer.cut();
        consumer.close();
        pair.exchange();
    }
}

#[test]
fn a_malformed_message_is_rejected_and_the_link_goes_on() {
    let router = Router::start();
    let (mut consumer, mut producer) = ends(&router, "malformed");
    let annotations = |value: &[u8]| described(0x72, value);
    let body = message(b"body");
    for (name, message, condition) in [
        ("no section", Vec::new(), "amqp:decode-error"),
        ("no AMQP at all", b"hello".to_vec(), "amqp:decode-error"),
        ("a header that is a string", described(0x70, &string("x")), "amqp:decode-error"),
        ("a header cut short", described(0x70, &[0xc0, 200, 1]), "amqp:decode-error"),
        (
            "sections out of order",
            [described(0x71, &map(&[])), described(0x70, &list(&[])), body.clone()].concat(),
            "amqp:decode-error",
        ),
        (
            "annotations larger than anything",
            annotations(&[0xd1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2]),
            "amqp:decode-error",
        ),
        ("annotations that are a list", [annotations(&list(&[])), body.clone()].concat(), "amqp:invalid-field"),
        (
            "annotations without the last value",
            [annotations(&map(&[symbol("k")])), body.clone()].concat(),
            "amqp:invalid-field",
        ),
        (
            "an array of nothing without end",
            [annotations(&compound(0xf0, u32::MAX, &[0x40])), body.clone()].concat(),
            "amqp:invalid-field",
        ),
    ] {
        let sent = producer.send_message(0, 0, false, &message);
        let outcome = producer.next_disposition();
        assert_eq!(
            (outcome.first, outcome.last, outcome.settled, outcome.kind),
            (sent, sent, true, StateKind::Rejected),
            "{name}"
        );
        assert!(outcome.explains(condition), "{name}: {outcome:?}");
        // Over the same link.
        let sent = producer.send_message(0, 0, false, &body);
        let (number, content) = consumer.next_message();
        assert_eq!(content, body, "{name}");
        consumer.accept(0, number, number);
        let outcome = producer.next_disposition();
        assert_eq!((outcome.first, outcome.kind), (sent, StateKind::Accepted), "{name}");
    }
}

#[test]
fn content_may_be_anything() {
    let router = Router::start();
    let (mut consumer, mut producer) = ends(&router, "content");
    let annotations = |value: Vec<u8>| described(0x72, &map(&[symbol("k"), value]));
    for message in [
        [annotations(nested(1000)), message(b"body")].concat(),
        [annotations(zero_width_array()), message(b"body")].concat(),
        described(0x77, &nested(1000)),
        described(0x77, &zero_width_array()),
        described(0x77, &[0xff; 100]),
    ] {
        let sent = producer.send_message(0, 0, false, &message);
        let (number, content) = consumer.next_message();
        assert_eq!(content, message);
        consumer.accept(0, number, number);
        assert_eq!(producer.next_disposition().first, sent);
    }
}

#[test]
fn a_disposition_of_all_deliveries_there_can_be_settles_those_there_are() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = ends(&router, "range");
    let sent: Vec<u32> = (0..100).map(|_| producer.send_message(0, 0, false, &message(b"x"))).collect();
    for _ in &sent {
        consumer.next_message();
    }
    let cpu = router.cpu();
    let all = |role_receiver, settled, state| Disposition {
        role_receiver,
        first: 0,
        last: Some(u32::MAX),
        settled,
        state,
        ..Disposition::default()
    };
    // 20,000 times about nothing: the role is the other one's, there is nothing of that role.
    let about_nothing = disposition(0, &all(false, true, StateRef::Accepted)).repeat(10_000);
    consumer.send(&about_nothing);
    producer.send(&disposition(0, &all(true, true, StateRef::Released)).repeat(10_000));
    pair.exchange();
    consumer.dispose(0, &all(true, true, StateRef::Accepted));
    let mut settled = 0;
    while settled < sent.len() {
        let outcome = producer.next_disposition();
        assert_eq!((outcome.settled, outcome.kind), (true, StateKind::Accepted));
        settled += (outcome.last - outcome.first + 1) as usize;
    }
    // And again, when there is nothing left.
    consumer.send(&disposition(0, &all(true, true, StateRef::Accepted)).repeat(10_000));
    let sent = producer.send_message(0, 0, false, &message(b"y"));
    let (number, _) = consumer.next_message();
    consumer.accept(0, number, number);
    assert_eq!(producer.next_disposition().first, sent);
    let spent = router.cpu() - cpu;
    assert!(spent < Duration::from_secs(2), "{spent:?} of processor time");
    pair.exchange();
}

#[test]
fn a_receiver_that_settles_before_the_last_frame_gets_no_more_and_the_sender_goes_on() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = ends(&router, "early");
    let part = vec![7; 10_000];
    producer.send(&transfer(0, &Transfer { more: true, ..first(0) }, &message(&part)));
    let begun = consumer.next_transfer();
    assert!(begun.more);
    consumer.accept(0, begun.delivery_id.unwrap(), begun.delivery_id.unwrap());
    let aborted = consumer.next_transfer();
    assert!(aborted.aborted);
    // The sender learns it while it still sends, and ends the delivery in its own time.
    let outcome = producer.next_disposition();
    assert_eq!((outcome.kind, outcome.settled), (StateKind::Accepted, false));
    for _ in 0..100 {
        producer.send(&transfer(0, &Transfer { more: true, ..Transfer::default() }, &part));
    }
    producer.send(&transfer(0, &Transfer::default(), &part));
    let outcome = producer.next_disposition();
    assert_eq!((outcome.first, outcome.kind, outcome.settled), (0, StateKind::Accepted, true));
    producer.send(&small(1));
    let (number, content) = consumer.next_message();
    assert_eq!(content, message(b"content"));
    consumer.accept(0, number, number);
    assert_eq!(producer.next_disposition().first, 1);
    pair.exchange();
}

#[test]
fn a_sender_that_dies_in_the_middle_takes_only_its_own_delivery_with_it() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = ends(&router, "dies");
    for how in ["cut", "detach", "end"] {
        producer.send(&transfer(0, &Transfer { more: true, ..first(0) }, &message(&[1; 10_000])));
        assert!(consumer.next_transfer().more);
        match how {
            "cut" => producer.cut(),
            "detach" => producer.detach(0, 0),
            _ => producer.send(&performative(0, End { error: None })),
        }
        assert!(consumer.next_transfer().aborted, "{how}");
        pair.exchange();
        producer = Peer::session(router.port());
        producer.attach_sender(0, 0, Some("dies"));
        let sent = producer.send_message(0, 0, false, &message(b"next"));
        let (number, content) = consumer.next_message();
        assert_eq!(content, message(b"next"));
        consumer.accept(0, number, number);
        assert_eq!(producer.next_disposition().first, sent);
        producer.cut();
        producer = Peer::session(router.port());
        producer.attach_sender(0, 0, Some("dies"));
        producer.wait_for_credit(0, 0);
    }
}

#[test]
fn a_receiver_that_dies_in_the_middle_is_told_to_the_sender_and_the_next_one_serves() {
    let router = Router::start();
    let (mut consumer, mut producer) = ends(&router, "dies");
    producer.send(&transfer(0, &Transfer { more: true, ..first(0) }, &message(&[1; 10_000])));
    assert!(consumer.next_transfer().more);
    consumer.cut();
    let outcome = producer.next_disposition();
    assert_eq!((outcome.first, outcome.kind), (0, StateKind::Modified));
    producer.send(&transfer(0, &Transfer::default(), b"rest"));
    let outcome = producer.next_disposition();
    assert_eq!((outcome.first, outcome.kind, outcome.settled), (0, StateKind::Modified, true));
    let mut consumer = Peer::session(router.port());
    consumer.attach_receiver(0, 0, "dies");
    consumer.grant(0, 0, 0, 10);
    producer.send(&small(1));
    let (number, _) = consumer.next_message();
    consumer.accept(0, number, number);
    assert_eq!(producer.next_disposition().first, 1);
}

#[test]
fn attaches_of_any_size_and_shape_are_answered() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let mut client = Peer::session(router.port());
    let long = "n".repeat(7_000);
    let mut many = honest::receiver(1, "many");
    many.source.as_mut().unwrap().capabilities = Some(Array::from(vec![Symbol::from("a"); 3_000]));
    let mut named = honest::receiver(2, &long);
    named.name = long.clone();
    let mut unsettled = honest::receiver(3, "unsettled");
    unsettled.rcv_settle_mode = ReceiverSettleMode::Second;
    unsettled.snd_settle_mode = SenderSettleMode::Unsettled;
    let mut properties = fe2o3_amqp_types::definitions::Fields::new();
    for number in 0..1_000 {
        properties.insert(Symbol::from(format!("k{number}")), fe2o3_amqp_types::primitives::Value::Null);
    }
    unsettled.properties = Some(properties);
    for attach in [&many, &named, &unsettled] {
        let answer = client.attach(0, attach);
        assert!(answer.source.is_some());
        let handle = attach.handle.0;
        client.detach(0, handle);
        client.skip_to_detach(0, handle);
    }
    // What only routers may ask for.
    let mut router_link = honest::receiver(4, "x");
    router_link.source.as_mut().unwrap().capabilities = Some(Array::from(vec![Symbol::from("qd.router")]));
    assert!(client.attach(0, &router_link).source.is_none());
    client.expect_detach(0, 4, "qd:forbidden");
    // What the router does not do.
    let mut transaction = honest::sender(5, None);
    transaction.target =
        Some(Box::new(TargetArchetype::Coordinator(fe2o3_amqp_types::transaction::Coordinator::new(None))));
    assert!(client.attach(0, &transaction).target.is_none());
    client.expect_detach(0, 5, "amqp:precondition-failed");
    client.close();
    pair.exchange();
}

#[test]
fn a_peer_whose_frames_are_small_never_gets_a_larger_one() {
    let router = Router::start();
    let mut open = honest::open();
    open.max_frame_size = 512.into();
    let (mut consumer, mut producer) = (Peer::open_with(router.port(), &open), Peer::open_with(router.port(), &open));
    consumer.begin(0);
    producer.begin(0);
    consumer.attach_receiver(0, 0, "frames");
    consumer.grant(0, 0, 0, 100);
    producer.attach_sender(0, 0, Some("frames"));
    let mut loud = Peer::session(router.port());
    loud.attach_receiver(0, 0, "loud");
    loud.grant(0, 0, 0, 100);
    producer.attach_sender(0, 1, Some("loud"));

    // A message is split (the peers check the size of each frame that they get).
    let content = message(&[9; 100_000]);
    let sent = producer.send_message(0, 0, false, &content);
    let (number, received) = consumer.next_message();
    assert_eq!(received, content);
    consumer.accept(0, number, number);
    assert_eq!(producer.next_disposition().first, sent);

    // An outcome with a long explanation loses the explanation, not the outcome.
    let sent = producer.send_message(0, 1, false, &message(b"x"));
    let (number, _) = loud.next_message();
    let error = described(0x1d, &list(&[symbol("amqp:not-allowed"), string(&"why ".repeat(3_000))]));
    let rejected = described(0x25, &list(&[error]));
    let state = StateRef::Other(&rejected);
    loud.dispose(
        0,
        &Disposition { role_receiver: true, first: number, settled: true, state, ..Disposition::default() },
    );
    let outcome = producer.next_disposition();
    assert_eq!((outcome.first, outcome.kind, outcome.settled), (sent, StateKind::Rejected, true));

    // A state that came with a transfer does not make the transfer too large.
    let mut strange = Peer::session(router.port());
    strange.attach_sender(0, 0, Some("frames"));
    strange.wait_for_credit(0, 0);
    strange.send(&transfer(0, &Transfer { state, ..first(0) }, &message(b"y")));
    let (number, received) = consumer.next_message();
    assert_eq!(received, message(b"y"));
    consumer.accept(0, number, number);
    assert_eq!(strange.next_disposition().first, 0);
}

#[test]
fn a_begin_with_windows_of_nothing_is_answered_and_holds_its_own_messages_only() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let mut client = Peer::open(router.port());
    let shut = Begin { incoming_window: 0, outgoing_window: 0, handle_max: 0.into(), ..honest::begin() };
    client.send(&performative(0, shut));
    client.skip_to("the begin", |answer| matches!(answer, Answer::Performative(0, Performative::Begin(_))));
    client.attach_receiver(0, 0, "shut");
    client.send(&flow(0, &crossdock_amqp::codec::Flow { incoming_window: 0, ..honest::grant(0, 0, 10) }));
    let mut producer = Peer::session(router.port());
    producer.attach_sender(0, 0, Some("shut"));
    for _ in 0..10 {
        producer.send_message(0, 0, false, &message(b"x"));
    }
    pair.exchange();
    // A second link has no handle left for the router.
    client.send(&performative(0, honest::receiver(1, "shut")));
    client.expect_end(0, "amqp:resource-limit-exceeded");
    let mut released = 0;
    while released < 10 {
        let outcome = producer.next_disposition();
        assert_eq!((outcome.kind, outcome.settled), (StateKind::Released, true));
        released += outcome.last - outcome.first + 1;
    }
    pair.exchange();
}

#[test]
fn thousands_of_dynamic_addresses_come_and_go() {
    let router = Router::start();
    let mut client = Peer::session(router.port());
    let round = |client: &mut Peer| {
        for handle in 0..500 {
            let mut attach = honest::receiver(handle, "");
            let source = attach.source.as_mut().unwrap();
            (source.address, source.dynamic) = (None, true);
            let answer = client.attach(0, &attach);
            assert!(answer.source.unwrap().address.is_some_and(|address| address.starts_with("amqp:/_topo/0/R/temp.")));
        }
        for handle in 0..500 {
            client.detach(0, handle);
            client.skip_to_detach(0, handle);
        }
    };
    round(&mut client);
    let memory = router.mark_memory();
    for _ in 0..4 {
        round(&mut client);
    }
    assert!(router.growth(memory) < 2 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
}

#[test]
fn what_a_peer_says_cannot_begin_a_line_of_the_log() {
    let router = Router::start();
    let forged = "x\n2026-01-01 00:00:00.000000 +0000 MAIN (critical) forged\r\x1b[2J";
    let mut open = honest::open();
    open.container_id = forged.into();
    open.hostname = Some(forged.into());
    let mut fields = fe2o3_amqp_types::definitions::Fields::new();
    fields.insert(Symbol::from("product"), fe2o3_amqp_types::primitives::Value::String(forged.into()));
    open.properties = Some(fields);
    let mut client = Peer::open_with(router.port(), &open);
    client.begin(0);
    client.attach_receiver(0, 0, forged);
    let error = fe2o3_amqp_types::definitions::Error::new(
        fe2o3_amqp_types::definitions::AmqpError::InternalError,
        Some(forged.into()),
        None,
    );
    client.send(&performative(0, Detach { handle: 0.into(), closed: true, error: Some(error) }));
    client.skip_to_detach(0, 0);
    client.close();
    router.wait_for_count("Connection Closed", 1);
    assert!(router.count("forged") >= 3);
    assert_eq!(router.count("\u{1b}"), 0);
    let forged = router.lines().into_iter().find(|line| line.starts_with("2026-01-01"));
    assert_eq!(forged, None);
}
