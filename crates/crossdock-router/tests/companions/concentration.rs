//! Many addresses onto one.

use crossdock_amqp::codec::StateRef;

use super::support::message::Message;
use super::support::stage::{Link, Stage, body};
use super::{configured, consumer, consumer_with, is_drained, outcomes, producer, texts};

const CONCENTRATE: &str = "address {\npattern: telemetry/#\nconcentrate: measurements\n}\n\
                           address {\nprefix: alarms\nconcentrate: queue\n}\n\
                           address {\nprefix: queue\nwaypoint: yes\n}\n";

/// The first message that a consumer got since the last call, as it is.
fn payload(stage: &mut Stage, consumer: Link) -> Vec<u8> {
    let seen = stage.net.ends[consumer.end].peer.seen.drain(..);
    let parts =
        seen.filter_map(|seen| if let super::Seen::Part(part) = seen { Some(part.payload.to_vec()) } else { None });
    parts.collect::<Vec<_>>().concat()
}

fn holds(message: &[u8], text: &str) -> bool {
    message.windows(text.len()).any(|octets| octets == text.as_bytes())
}

#[test]
fn what_is_sent_to_any_of_the_addresses_goes_to_the_one_and_says_which_was_meant() {
    let mut stage = configured(CONCENTRATE);
    let sink = consumer(&mut stage, "measurements");
    for address in ["telemetry/1", "telemetry/2/x"] {
        let source = producer(&mut stage, address);
        assert_eq!(stage.credit(source), 10, "{address}");
        stage.send(source, "one");
        let got = payload(&mut stage, sink);
        let annotation =
            [b"\xa3\x17x-opt-crossdock-address\xa1".as_slice(), &[address.len() as u8], address.as_bytes()].concat();
        let expected = [&[0x00, 0x53, 0x72, 0xc1, annotation.len() as u8 + 1, 2], &*annotation, &body("one")].concat();
        assert_eq!(got, expected);
    }
}

#[test]
fn the_annotations_of_the_sender_stay_and_a_message_that_says_it_already_is_left_alone() {
    let mut stage = configured(CONCENTRATE);
    let sink = consumer(&mut stage, "measurements");
    let source = producer(&mut stage, "telemetry/1");
    stage.start(source, &Message { annotated: true, ..Message::new(1, 5) }.sent(), true, false);
    stage.net.run();
    let got = payload(&mut stage, sink);
    assert!(holds(&got, "x-opt-colour") && holds(&got, "blue") && holds(&got, "telemetry/1"), "{got:?}");
    stage.start(source, &got, true, false);
    stage.net.run();
    assert_eq!(payload(&mut stage, sink), got);
}

#[test]
fn large_messages_in_parts_say_it_once() {
    let mut stage = configured(CONCENTRATE);
    let sink = consumer(&mut stage, "measurements");
    let source = producer(&mut stage, "telemetry/1");
    let whole = Message::new(7, 5000).sent();
    stage.start(source, &whole[..3000], false, true);
    stage.net.run();
    stage.go_on(source, &whole[3000..], false);
    let got = payload(&mut stage, sink);
    assert!(got.ends_with(&whole) && holds(&got[..got.len() - whole.len()], "telemetry/1"));
}

#[test]
fn anonymous_producers_are_concentrated_and_their_messages_say_already_where_they_go() {
    let mut stage = configured(CONCENTRATE);
    let sink = consumer(&mut stage, "measurements");
    let end = stage.client();
    let source = stage.anonymous(end);
    let message = Message::new(1, 10).to("telemetry/9");
    stage.start(source, &message.sent(), false, false);
    stage.net.run();
    assert_eq!(payload(&mut stage, sink), message.received());
}

#[test]
fn the_one_address_has_its_own_phases_and_whoever_plays_its_waypoint_gets_all() {
    let mut stage = configured(CONCENTRATE);
    let queue = consumer_with(&mut stage, "queue", "qd.waypoint");
    let source = producer(&mut stage, "alarms/fire");
    stage.send(source, "one");
    assert_eq!(texts(&mut stage, queue), ["one"]);
    stage.settle(queue.end, StateRef::Accepted);
    assert_eq!(outcomes(&mut stage, source), ["accepted settled"]);
    stage.detach(queue);
    stage.send(source, "two");
    assert_eq!(outcomes(&mut stage, source), ["released settled"]);
    assert!(is_drained(&mut stage, source));
}

#[test]
fn other_addresses_are_themselves() {
    let mut stage = configured(CONCENTRATE);
    let sink = consumer(&mut stage, "telemetries");
    let source = producer(&mut stage, "telemetries");
    stage.send(source, "one");
    assert_eq!(stage.news(sink.end), ["one"]);
}
