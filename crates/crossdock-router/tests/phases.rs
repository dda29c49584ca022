//! Phases: an address that passes through a queue is two addresses of one text.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_core::address::{Phase, Treatment};
use crossdock_router::AddressSettings;
use fe2o3_amqp_types::messaging::TargetArchetype;
use fe2o3_amqp_types::primitives::{Array, Symbol};
use support::message::Message;
use support::stage::{Link, Stage};

fn stage() -> Stage {
    let stage = Stage::new();
    let phases =
        AddressSettings { egress: Phase::from_number(1).unwrap(), ..AddressSettings::new(Treatment::Balanced) };
    stage.net.shared.configure_prefix("queue", phases).unwrap();
    stage
}

fn sender(stage: &mut Stage, end: usize, address: &str, capability: &str) -> Link {
    let mut request = stage.sender_attach(Some(address));
    if let Some(TargetArchetype::Target(target)) = request.target.as_deref_mut() {
        target.capabilities = Some(Array::from(vec![Symbol::from(capability)]));
    }
    stage.attach(end, request)
}

fn receiver(stage: &mut Stage, end: usize, address: &str, capability: &str) -> Link {
    let mut request = stage.receiver_attach(address);
    request.source.as_mut().unwrap().capabilities = Some(Array::from(vec![Symbol::from(capability)]));
    stage.attach(end, request)
}

#[test]
fn producers_and_consumers_of_a_waypoint_do_not_meet() {
    let mut stage = stage();
    let (source, sink) = (stage.client(), stage.client());
    let producer = stage.sender(source, "queue.x");
    let consumer = stage.receiver(sink, "queue.x");
    stage.grant(consumer, 10);
    assert_eq!(stage.credit(producer), 0, "there is nobody in the phase of producers");
}

#[test]
fn a_client_that_plays_the_waypoint_takes_from_producers_and_gives_to_consumers() {
    let mut stage = stage();
    let (source, queue, sink) = (stage.client(), stage.client(), stage.client());
    let producer = stage.sender(source, "queue.x");
    let anonymous = stage.anonymous(source);
    let consumer = stage.receiver(sink, "queue.x");
    stage.grant(consumer, 10);
    let into = receiver(&mut stage, queue, "queue.x", "qd.waypoint");
    let out = sender(&mut stage, queue, "queue.x", "qd.waypoint.1");
    stage.grant(into, 10);
    assert_eq!((stage.credit(producer), stage.credit(out)), (10, 10));
    stage.send(producer, "one");
    stage.start(anonymous, &Message::new(1, 10).to("queue.x").sent(), false, false);
    stage.net.run();
    let news = stage.news(queue);
    assert_eq!((news.len(), news.first().map(String::as_str)), (2, Some("one")));
    assert_eq!(stage.news(sink), Vec::<String>::new());
    stage.send(out, "one");
    assert_eq!(stage.news(sink), ["one"]);
}

#[test]
fn phases_follow_one_another() {
    let mut stage = stage();
    let (first, second) = (stage.client(), stage.client());
    let before = receiver(&mut stage, first, "plain.x", "qd.waypoint.3");
    stage.grant(before, 10);
    for (capability, reaches) in [("qd.waypoint.1", 0), ("qd.waypoint.2", 10), ("qd.waypoint.3", 0)] {
        let link = sender(&mut stage, second, "plain.x", capability);
        assert_eq!(stage.credit(link), reaches, "{capability}");
    }
    for capability in ["qd.waypoint.0", "qd.waypoint.10", "qd.waypoint.x", "qd.waypoints"] {
        let link = sender(&mut stage, second, "plain.y", capability);
        let plain = stage.receiver(first, "plain.y");
        assert_eq!(stage.credit(link), 10, "{capability} is no phase");
        stage.detach(plain);
        stage.detach(link);
    }
}
