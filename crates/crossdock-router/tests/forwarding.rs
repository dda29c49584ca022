//! Where deliveries go, and how they look when they get there.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{NewDelivery, Payload};
use fe2o3_amqp_types::messaging::TargetArchetype;
use support::Seen;
use support::message::Message;
use support::stage::{Link, MODIFIED, REJECTED, Stage, body};

/// A producer and so many consumers of an address, each on a connection of its own.
fn fan(stage: &mut Stage, address: &str, consumers: usize) -> (Link, Vec<Link>) {
    let consumers: Vec<Link> = (0..consumers)
        .map(|_| {
            let end = stage.client();
            stage.receiver(end, address)
        })
        .collect();
    let end = stage.client();
    (stage.sender(end, address), consumers)
}

/// How many messages each consumer has got since the last call.
fn counts(stage: &mut Stage, consumers: &[Link]) -> Vec<usize> {
    consumers.iter().map(|consumer| stage.news(consumer.end).len()).collect()
}

#[test]
fn closest_consumers_take_turns() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "closest.x", 3);
    consumers.iter().for_each(|&consumer| stage.grant(consumer, 100));
    for turn in 1..=3 {
        for _ in 0..3 {
            stage.send(producer, "x");
        }
        assert_eq!(counts(&mut stage, &consumers), [1, 1, 1], "{turn}");
    }
}

#[test]
fn closest_passes_over_a_consumer_without_credit_while_another_has_some() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "closest.x", 3);
    stage.grant(consumers[0], 100);
    stage.grant(consumers[2], 1);
    for _ in 0..6 {
        stage.send(producer, "x");
    }
    assert_eq!(counts(&mut stage, &consumers), [5, 0, 1]);
}

#[test]
fn what_nobody_has_credit_for_waits_for_the_one_it_was_given_to() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "closest.x", 2);
    for text in ["1", "2", "3", "4"] {
        stage.send(producer, text);
    }
    stage.grant(consumers[1], 100);
    assert_eq!(stage.news(consumers[1].end), ["2", "4"]);
    stage.grant(consumers[0], 1);
    assert_eq!(stage.news(consumers[0].end), ["1"]);
    stage.grant(consumers[0], 1);
    assert_eq!(stage.news(consumers[0].end), ["3"]);
}

#[test]
fn balanced_goes_to_whoever_has_the_least_to_do() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "balanced.x", 2);
    consumers.iter().for_each(|&consumer| stage.grant(consumer, 100));
    for _ in 0..4 {
        stage.send(producer, "x");
    }
    assert_eq!(counts(&mut stage, &consumers), [2, 2]);
    // One of them gets on with it: the next four are its, until it has as many.
    for _ in 0..2 {
        stage.settle(consumers[1].end, StateRef::Accepted);
    }
    stage.send(producer, "x");
    stage.send(producer, "x");
    assert_eq!(counts(&mut stage, &consumers), [0, 2]);
    stage.send(producer, "x");
    stage.send(producer, "x");
    assert_eq!(counts(&mut stage, &consumers), [1, 1]);
}

#[test]
fn a_consumer_whose_waiting_message_was_given_up_has_its_credit_all_the_same() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "closest.x", 2);
    stage.send_half(producer, "half", false);
    stage.abort(producer);
    // The first has credit for one, the second for none, and it is the second's turn.
    stage.grant(consumers[0], 1);
    stage.send(producer, "x");
    assert_eq!(counts(&mut stage, &consumers), [1, 0]);
}

#[test]
fn multicast_goes_to_all_and_its_outcome_is_that_of_all() {
    let outcomes = [
        ([StateRef::Accepted, StateRef::Accepted, StateRef::Accepted], "0 accepted settled"),
        ([StateRef::Released, StateRef::Accepted, MODIFIED], "0 accepted settled"),
        ([StateRef::Accepted, REJECTED, StateRef::Released], "0 rejected settled"),
        ([StateRef::Released, MODIFIED, StateRef::Released], "0 modified settled"),
        ([StateRef::Released, StateRef::Released, StateRef::Released], "0 released settled"),
        ([StateRef::None, StateRef::Released, StateRef::None], "0 released settled"),
        ([StateRef::None, StateRef::None, StateRef::None], "0 none settled"),
    ];
    for (said, expected) in outcomes {
        let mut stage = Stage::new();
        let (producer, consumers) = fan(&mut stage, "multicast.x", 3);
        consumers.iter().for_each(|&consumer| stage.grant(consumer, 100));
        stage.send(producer, "x");
        assert_eq!(counts(&mut stage, &consumers), [1, 1, 1]);
        for (consumer, state) in consumers.iter().zip(said) {
            assert!(stage.news(producer.end).is_empty(), "not before all have said");
            stage.settle(consumer.end, state);
        }
        assert_eq!(stage.news(producer.end), [expected]);
        stage.assert_at_rest();
        stage.assert_leaves_nothing();
    }
}

#[test]
fn a_multicast_is_decided_before_it_is_settled_when_its_consumers_do_so() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "multicast.x", 2);
    consumers.iter().for_each(|&consumer| stage.grant(consumer, 100));
    stage.send(producer, "x");
    for consumer in &consumers {
        let number = stage.oldest(consumer.end);
        stage.say(consumer.end, true, number, false, StateRef::Accepted);
    }
    assert_eq!(stage.news(producer.end), ["0 accepted unsettled"]);
    stage.settle(consumers[0].end, StateRef::Accepted);
    assert!(stage.news(producer.end).is_empty());
    stage.settle(consumers[1].end, StateRef::Accepted);
    assert_eq!(stage.news(producer.end), ["0 accepted settled"]);
    stage.assert_at_rest();
}

#[test]
fn a_multicast_whose_consumer_is_lost_is_decided_by_the_others() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "multicast.x", 2);
    consumers.iter().for_each(|&consumer| stage.grant(consumer, 100));
    stage.send(producer, "x");
    stage.net.cut(consumers[0].end, true);
    stage.net.run();
    assert!(stage.news(producer.end).is_empty());
    stage.settle(consumers[1].end, StateRef::Released);
    assert_eq!(stage.news(producer.end), ["0 modified settled"]);
    stage.assert_at_rest();
}

#[test]
fn several_consumers_of_one_connection_each_get_their_copy() {
    let mut stage = Stage::new();
    let end = stage.client();
    let consumers = [stage.receiver(end, "multicast.x"), stage.receiver(end, "multicast.x")];
    consumers.iter().for_each(|&consumer| stage.grant(consumer, 100));
    let client = stage.client();
    let producer = stage.sender(client, "multicast.x");
    stage.send(producer, "x");
    assert_eq!(stage.news(end), ["x", "x"]);
    stage.settle(end, StateRef::Accepted);
    assert!(stage.news(client).is_empty());
    stage.settle(end, StateRef::Accepted);
    assert_eq!(stage.news(client), ["0 accepted settled"]);
    stage.assert_at_rest();
}

#[test]
fn a_multicast_decided_early_leaves_the_place_of_the_next_alone() {
    // A message in pieces is settled by its consumer before it has come in full. The next multicast takes its place in the
    // list; the producer of the first then goes, and the second must not notice.
    let mut stage = Stage::new();
    let (streaming, consumers) = fan(&mut stage, "multicast.x", 1);
    stage.grant(consumers[0], 100);
    let other = stage.sender(streaming.end, "multicast.x");
    stage.send_half(streaming, "half", false);
    stage.settle(consumers[0].end, StateRef::Accepted);
    stage.send(other, "whole");
    stage.news(streaming.end);
    stage.detach(streaming);
    stage.settle(consumers[0].end, StateRef::Accepted);
    assert_eq!(stage.news(other.end), ["1 accepted settled"]);
    stage.assert_at_rest();
}

#[test]
fn an_anonymous_producer_says_in_each_message_where_it_goes() {
    let mut stage = Stage::new();
    let (a, b, client) = (stage.client(), stage.client(), stage.client());
    let (at_a, at_b) = (stage.receiver(a, "balanced.a"), stage.receiver(b, "closest.b"));
    stage.grant(at_a, 10);
    stage.grant(at_b, 10);
    let producer = stage.anonymous(client);
    assert_eq!(stage.credit(producer), 10, "whether or not anybody is there");
    for (id, to) in [(0, "balanced.a"), (1, "closest.b"), (2, "balanced.a"), (3, "balanced.nobody")] {
        stage.start(producer, &Message::new(id, 10).to(to).sent(), false, false);
        stage.net.run();
    }
    assert_eq!(stage.news(a).len(), 2);
    assert_eq!(stage.news(b).len(), 1);
    assert_eq!(stage.news(client), ["3 released settled"]);
    stage.start(producer, &body("nowhere"), false, false);
    stage.start(producer, &Message::new(0, 10).to("unavailable.x").sent(), false, false);
    stage.net.run();
    assert_eq!(stage.news(client), ["4 rejected settled", "5 rejected settled"]);
}

#[test]
fn a_dynamic_address_is_made_up_told_and_reached() {
    let mut stage = Stage::new();
    let (client, server) = (stage.client(), stage.client());
    let mut request = stage.receiver_attach("");
    let source = request.source.as_deref_mut().unwrap();
    source.address = None;
    source.dynamic = true;
    let replies = stage.attach(client, request);
    let seen = stage.net.ends[client].peer.seen.pop_back().unwrap();
    let Seen::Answered(_, answer) = seen else { panic!("{seen:?}") };
    let address = answer.source.unwrap().address.unwrap();
    assert!(!address.is_empty());
    stage.grant(replies, 10);
    let producer = stage.sender(server, &address);
    stage.send(producer, "reply");
    assert_eq!(stage.news(client), ["reply"]);
    stage.settle(client, StateRef::Accepted);
    stage.assert_at_rest();
    stage.assert_leaves_nothing();
}

#[test]
fn a_dynamic_target_is_made_up_and_told_too() {
    let mut stage = Stage::new();
    let client = stage.client();
    let mut request = stage.sender_attach(None);
    let Some(TargetArchetype::Target(target)) = request.target.as_deref_mut() else { panic!("a target") };
    target.dynamic = true;
    let producer = stage.attach(client, request);
    let Some(Seen::Answered(_, answer)) = stage.net.ends[client].peer.seen.pop_back() else { panic!("an answer") };
    let Some(TargetArchetype::Target(target)) = answer.target.map(|target| *target) else { panic!("a target") };
    let consumer = stage.receiver(client, &target.address.unwrap());
    stage.grant(consumer, 1);
    stage.send(producer, "x");
    assert_eq!(stage.news(client), ["x"]);
}

#[test]
fn annotations_of_routers_are_taken_out_and_others_are_left() {
    for pieces in [1, 2, 5, 20] {
        let mut stage = Stage::new();
        let (producer, consumers) = fan(&mut stage, "balanced.x", 1);
        stage.grant(consumers[0], 10);
        let message = Message { annotated: true, forged: true, ..Message::new(1, 50) };
        let sent = message.sent();
        let size = sent.len().div_ceil(pieces);
        stage.start(producer, &sent[..size], false, pieces > 1);
        stage.net.run();
        for piece in 1..pieces {
            let end = ((piece + 1) * size).min(sent.len());
            let part = &sent[(piece * size).min(end)..end];
            stage.go_on(producer, part, piece < pieces - 1);
        }
        let mut got = Vec::new();
        while let Some(seen) = stage.net.ends[consumers[0].end].peer.seen.pop_front() {
            if let Seen::Part(part) = seen {
                got.extend(part.payload);
            }
        }
        assert_eq!(got, message.received(), "in {pieces} pieces");
    }
}

#[test]
fn what_the_first_transfer_says_goes_with_the_message_however_it_is_cut() {
    for cut in [2, 10, 35] {
        let mut stage = Stage::new();
        let (producer, consumers) = fan(&mut stage, "balanced.x", 1);
        stage.grant(consumers[0], 10);
        let bytes = Message { annotated: true, ..Message::new(1, 50) }.sent();
        let new = NewDelivery {
            tag: b"tag",
            message_format: 77,
            context: Some(0),
            state: StateRef::Other(&[0x00, 0x53, 0x23, 0xc0, 0x03, 0x02, 0x43, 0x44]),
            rcv_second: true,
        };
        let conn = stage.conn(producer.end);
        conn.start_delivery(producer.id, new, Payload::Copied(&bytes[..cut]), true).unwrap();
        stage.net.run();
        stage.go_on(producer, &bytes[cut..], false);
        #[allow(clippy::wildcard_enum_match_arm, reason = "one kind is looked for")]
        let seen = stage.net.ends[consumers[0].end].peer.seen.iter().find_map(|seen| match seen {
            Seen::Part(part) if part.first => Some(part),
            _ => None,
        });
        let first = seen.unwrap();
        assert_eq!((first.message_format, first.rcv_second), (77, true), "cut at {cut}");
        assert_eq!(first.state.as_wire().kind(), crossdock_amqp::codec::StateKind::Received);
    }
}

#[test]
fn a_message_that_is_none_is_rejected_and_the_next_goes_on() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "balanced.x", 1);
    stage.grant(consumers[0], 10);
    stage.start(producer, b"\x40 is no section", false, false);
    stage.start(producer, b"\x40 nor", false, true);
    stage.net.run();
    stage.go_on(producer, b" is this", false);
    stage.start(producer, b"\x40 settled", true, false);
    stage.send(producer, "but this");
    assert_eq!(stage.news(consumers[0].end), ["but this"]);
    assert_eq!(
        stage.news(producer.end),
        ["0 rejected settled", "1 rejected unsettled", "1 rejected settled"],
        "what is settled is not spoken of"
    );
    stage.settle(consumers[0].end, StateRef::Accepted);
    assert_eq!(stage.credit(producer), 10);
    stage.assert_at_rest();
}

#[test]
fn order_is_kept_from_one_producer_to_one_consumer_whatever_the_sizes() {
    let mut stage = Stage::new();
    let (producer, consumers) = fan(&mut stage, "balanced.x", 1);
    for id in 0..10 {
        let message = Message::new(id, if id % 3 == 0 { 9_000 } else { 10 });
        stage.start(producer, &message.sent(), false, false);
    }
    stage.net.run();
    let mut sizes = Vec::new();
    for _ in 0..10 {
        stage.grant(consumers[0], 1);
        for seen in stage.net.ends[consumers[0].end].peer.seen.drain(..) {
            if let Seen::Part(part) = seen {
                sizes.push(part.payload.len());
            }
        }
    }
    let expected: Vec<usize> = (0..10).map(|id| if id % 3 == 0 { 9_008 } else { 18 }).collect();
    assert_eq!(sizes, expected);
}
