//! Links that the router attaches to a container by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_amqp::codec::{Transfer, encode_transfer_head};
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::LinkRole;
use crossdock_core::record::ConnectionRole;
use crossdock_schema::parse;
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::messaging::TargetArchetype;
use fe2o3_amqp_types::performatives::Attach;
use support::net::QUIET;
use support::peer::Seen;
use support::stage::{Link, Stage, Terms};

const BOTH: &str = "address {\n prefix: work\n waypoint: yes\n}\n\
    autoLink {\n address: work.q\n direction: in\n connection: broker\n}\n\
    autoLink {\n address: work.q\n direction: out\n connection: broker\n}\n";

/// A router with this configuration.
fn stage(text: &str) -> Stage {
    let mut stage = Stage::new();
    let (configuration, _) = parse("router.conf", text).unwrap();
    stage.net.node.configure(&configuration).unwrap();
    stage
}

fn broker(stage: &mut Stage) -> usize {
    let terms = Terms { role: ConnectionRole::RouteContainer, name: "broker", ..Terms::default() };
    stage.client_with(terms)
}

/// The links that the router wants to attach and that were not answered yet.
fn wanted(stage: &mut Stage, end: usize) -> Vec<(Link, Box<Attach>)> {
    let seen = std::mem::take(&mut stage.net.ends[end].peer.seen);
    seen.into_iter()
        .filter_map(|seen| {
            let Seen::Attached(id, attach) = seen else { return None };
            Some((Link { end, id }, attach))
        })
        .collect()
}

/// Grants all that the router wants; of a broker, first the link to it and then that from it.
fn grant_all(stage: &mut Stage, end: usize) -> (Option<Link>, Option<Link>) {
    let mut links = (None, None);
    for (link, attach) in wanted(stage, end) {
        let place = if attach.role == Role::Sender { &mut links.0 } else { &mut links.1 };
        *place = Some(link);
        stage.conn(end).accept_link(link.id, attach.source, attach.target, 0, 0);
    }
    stage.net.run();
    links
}

fn status(stage: &Stage) -> Vec<(String, String)> {
    stage.net.node.auto_link_states()
}

#[test]
fn they_are_attached_when_the_container_comes_with_the_names_that_it_knows() {
    let mut stage = stage("autoLink {\n address: a\n direction: out\n connection: broker\n externalAddress: q/a\n}\n");
    let other = stage.client();
    assert_eq!(wanted(&mut stage, other).len(), 0, "a client is no container");
    let broker = broker(&mut stage);
    let links = wanted(&mut stage, broker);
    let [(_, attach)] = &links[..] else { panic!("{links:?}") };
    assert!(attach.name.starts_with("qdlink."));
    let Some(TargetArchetype::Target(target)) = attach.target.as_deref() else { panic!("{attach:?}") };
    assert_eq!(target.address.as_deref(), Some("q/a"));
    assert_eq!(attach.source.as_ref().unwrap().address, None);
}

#[test]
fn messages_go_through_the_queue_of_the_container() {
    let mut stage = stage(BOTH);
    let (source, sink) = (stage.client(), stage.client());
    let producer = stage.sender(source, "work.q");
    let consumer = stage.receiver(sink, "work.q");
    assert_eq!(stage.credit(producer), 0, "no container is there");
    let broker = broker(&mut stage);
    assert_eq!(stage.credit(producer), 0, "the container has granted nothing yet");
    let (to, from) = grant_all(&mut stage, broker);
    let (to, from) = (to.unwrap(), from.unwrap());
    assert_eq!((stage.credit(producer), stage.credit(from)), (10, 10));
    stage.grant(to, 10);
    stage.send(producer, "x");
    assert_eq!(stage.news(broker), ["x"]);
    stage.settle(broker, crossdock_amqp::codec::StateRef::Accepted);
    assert_eq!(stage.news(source), ["0 accepted settled"]);
    stage.grant(consumer, 10);
    stage.send(from, "x");
    assert_eq!(stage.news(sink), ["x"]);
    stage.settle(sink, crossdock_amqp::codec::StateRef::Accepted);
    assert_eq!(stage.news(broker), ["0 accepted settled"]);
    stage.assert_leaves_nothing();
}

#[test]
fn credit_of_a_container_is_withdrawn_with_the_last_consumer_and_comes_back_with_the_next() {
    let mut stage = stage(BOTH);
    let sink = stage.client();
    let broker = broker(&mut stage);
    let (_, from) = grant_all(&mut stage, broker);
    let from = from.unwrap();
    assert_eq!(stage.credit(from), 0, "nobody consumes");
    let consumer = stage.receiver(sink, "work.q");
    assert_eq!(stage.credit(from), 10);
    stage.detach(consumer);
    assert_eq!(stage.credit(from), 0);
    assert!(
        !stage.conn(broker).link(from.id).unwrap().sender_credit().unwrap().drain(),
        "brokers do not like to drain"
    );
    stage.receiver(sink, "work.q");
    assert_eq!(stage.credit(from), 10);
}

#[test]
fn what_was_under_way_when_its_credit_was_withdrawn_goes_back_to_the_queue() {
    let mut stage = stage(BOTH);
    let sink = stage.client();
    let broker = broker(&mut stage);
    let (_, from) = grant_all(&mut stage, broker);
    let from = from.unwrap();
    let consumer = stage.receiver(sink, "work.q");
    stage.net.ends[broker].reading = false;
    stage.detach(consumer);
    stage.start(from, &support::stage::body("late"), false, false);
    stage.net.run();
    stage.net.ends[broker].reading = true;
    stage.net.run();
    assert_eq!(stage.news(broker), ["0 released settled"]);
    assert_eq!(stage.credit(from), 0);
    stage.receiver(sink, "work.q");
    assert_eq!(stage.credit(from), 10);
}

#[test]
fn a_refused_link_is_tried_again_after_2_seconds_and_then_every_5() {
    let mut stage = stage("autoLink {\n address: a\n direction: out\n connection: broker\n}\n");
    let broker = broker(&mut stage);
    for wait in [2_000, 5_000, 5_000] {
        let links = wanted(&mut stage, broker);
        let [(link, attach)] = &links[..] else { panic!("{links:?}") };
        let error = Condition::NotFound.error("no such queue");
        stage.conn(broker).refuse_link(link.id, attach.source.clone(), attach.target.clone(), Some(error));
        stage.net.run();
        let (state, error) = status(&stage).remove(0);
        assert_eq!((state.as_str(), error.as_str()), ("failed", "no such queue"));
        // Hearing it has taken a quiet moment.
        stage.net.later(wait - QUIET - 1);
        assert_eq!(wanted(&mut stage, broker).len(), 0, "after {wait} ms");
        stage.net.later(1);
    }
    grant_all(&mut stage, broker);
    assert_eq!(status(&stage), [("active".into(), String::new())]);
}

#[test]
fn a_link_that_had_settled_is_attached_again_at_once() {
    let mut stage = stage("autoLink {\n address: a\n direction: out\n connection: broker\n}\n");
    let broker = broker(&mut stage);
    let (to, _) = grant_all(&mut stage, broker);
    stage.net.later(600_000);
    stage.conn(broker).detach(to.unwrap().id, true, Some(Condition::DetachForced.error("idle")));
    stage.net.run();
    stage.net.later(0);
    assert!(grant_all(&mut stage, broker).0.is_some());
}

#[test]
fn a_session_that_the_container_ends_takes_one_link_which_comes_back_on_another() {
    let mut stage = stage(BOTH);
    let (source, broker) = (stage.client(), broker(&mut stage));
    let producer = stage.sender(source, "work.q");
    let (to, _) = grant_all(&mut stage, broker);
    stage.grant(to.unwrap(), 10);
    stage.send(producer, "one");
    let sessions: Vec<_> = stage.conn(broker).sessions().collect();
    let session = stage.conn(broker).link(to.unwrap().id).unwrap().session();
    assert!(sessions.contains(&session));
    stage.conn(broker).end(session, Some(Condition::InternalError.error("a fault")));
    stage.net.run();
    assert_eq!(stage.news(source), ["0 modified settled"]);
    assert_eq!(status(&stage), [("active".into(), String::new()), ("failed".into(), "a fault".into())]);
    stage.net.later(2_000);
    let (to, from) = grant_all(&mut stage, broker);
    assert!(from.is_none());
    stage.grant(to.unwrap(), 10);
    stage.news(broker);
    stage.send(producer, "two");
    assert_eq!(stage.news(broker), ["two"]);
}

#[test]
fn they_come_back_at_once_with_the_container() {
    let mut stage = stage(BOTH);
    let first = broker(&mut stage);
    let links = wanted(&mut stage, first);
    for (link, attach) in &links {
        let error = Condition::NotFound.error("no such queue");
        stage.conn(first).refuse_link(link.id, attach.source.clone(), attach.target.clone(), Some(error));
    }
    stage.net.run();
    stage.net.cut(first, true);
    stage.net.run();
    assert_eq!(status(&stage)[0].0, "inactive");
    let second = broker(&mut stage);
    assert_eq!(wanted(&mut stage, second).len(), 2);
    assert_eq!(status(&stage)[0].0, "attaching");
    stage.assert_leaves_nothing();
}

#[test]
fn more_deliveries_than_credit_are_taken_from_a_container() {
    let mut stage = stage(BOTH);
    let sink = stage.client();
    let broker = broker(&mut stage);
    let (_, from) = grant_all(&mut stage, broker);
    let consumer = stage.receiver(sink, "work.q");
    stage.grant(consumer, 100);
    assert_eq!(stage.credit(from.unwrap()), 10);
    // A broker that has lost count. Its own session has channel 0, that of the first auto link the next.
    let body = support::stage::body("x");
    for id in 0..20 {
        let buffer = stage.conn(broker).output().buffer();
        let (delivery_id, delivery_tag) = (Some(id), Some(&b"t"[..]));
        let transfer = Transfer { handle: 0, delivery_id, delivery_tag, settled: Some(true), ..Transfer::default() };
        encode_transfer_head(buffer, 1, &transfer, body.len());
        buffer.extend_from_slice(&body);
    }
    stage.net.run();
    assert_eq!(stage.news(sink).len(), 20);
    assert_eq!(status(&stage)[0].0, "active");
}

#[test]
fn with_a_fallback_it_takes_what_nobody_else_does() {
    let mut stage = stage("autoLink {\n address: a\n direction: out\n connection: broker\n fallback: yes\n}\n");
    let broker = broker(&mut stage);
    grant_all(&mut stage, broker);
    let keys: Vec<_> = stage.net.node.addresses().map(|entry| entry.key().as_str().to_owned()).collect();
    assert!(keys.contains(&"MFa".to_owned()), "{keys:?}");
}

#[test]
fn its_links_are_seen_like_others() {
    let mut stage = stage(BOTH);
    let broker = broker(&mut stage);
    grant_all(&mut stage, broker);
    let roles: Vec<_> = stage.net.node.links().map(|link| link.role()).collect();
    assert_eq!(roles, [LinkRole::Receiver, LinkRole::Sender]);
    stage.net.cut(broker, true);
    stage.net.run();
    assert_eq!(stage.net.node.link_count(), 0);
}
