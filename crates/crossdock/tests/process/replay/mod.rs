//! What the tools of qdrouterd 1.19 were recorded asking router A of a small mesh, asked again of the same mesh of routers of
//! our own: same configuration, same connections and links, same order of calls.
//!
//! * [`mesh`]: the two routers, their broker and the receiver.
//! * [`compare`]: what is the same in two answers, and what need not be.
//!
//! `differences.txt` lists what differs on purpose, each with its reason. What is listed there and does not differ is an error
//! too. (How the agent answers when its tables are exactly the recorded ones, `crossdock-management/tests/replay.rs` has.)

#![allow(clippy::wildcard_enum_match_arm, reason = "what is not expected fails the test")]

mod compare;
mod mesh;
// The captures and their values have one reader.
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../../../../crossdock-management/tests/support/amqp.rs"]
mod amqp;
#[path = "../../../../crossdock-management/tests/support/capture.rs"]
mod capture;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../../../../crossdock-management/tests/support/message.rs"]
mod message;
#[path = "../../../../crossdock-management/tests/support/reviewed.rs"]
mod reviewed;

use crate::support::Peer;
use amqp::Tree;
use mesh::{Mesh, Tool};
use message::Answer;
use reviewed::{Found, judge};

#[test]
fn every_recorded_call_of_a_tool_gets_the_recorded_answer_from_the_recorded_mesh() {
    let mut mesh = Mesh::start();
    let mut order = capture::names();
    order.sort_by_key(|name| capture::connection(name));
    let mut found = Found::new();
    let mut count = 0;
    // The identity that the address of `create-address` was given, then and now.
    let mut identity: Option<(String, String)> = None;
    for name in order.iter().map(String::as_str) {
        let remote = name == "qdstat-g-router-B";
        mesh.show_life();
        let mut tool = Tool::connect(mesh.port(), if remote { "_topo/0/B/$management" } else { "$management" });
        for exchange in capture::exchanges(name) {
            count += 1;
            let ours = tool.ask(&mesh::with_identity(&exchange.request, identity.as_ref()));
            let mut note = |path: &str, what: String| {
                found.insert((name.to_owned(), path.to_owned()), what);
            };
            match exchange.response.as_deref().map(Answer::read) {
                Some(recorded) => {
                    if name == "create-address" {
                        let of = |answer: &Answer| answer.body.get("identity").and_then(Tree::text).map(str::to_owned);
                        identity = of(&recorded).zip(of(&ours));
                    }
                    compare::answers(&recorded, &ours, &mut note);
                }
                None => note("no response", format!("ours: {} {}", ours.status(), ours.description())),
            }
        }
    }
    assert!(count > 80, "{count} exchanges");
    judge(&found, include_str!("differences.txt"));
}

#[test]
fn deliveries_of_a_link_are_counted_by_the_router_at_which_they_entered() {
    let mesh = Mesh::start();
    let mut consumer = Peer::session(mesh.port());
    consumer.attach_receiver(0, 0, "news");
    consumer.grant(0, 0, 0, 10);
    for (port, count) in [(mesh.port(), 2), (mesh.port_of_b(), 3)] {
        let mut producer = Peer::session(port);
        producer.attach_sender(0, 0, Some("news"));
        for _ in 0..count {
            let sent = producer.send_message(0, 0, false, b"\x00\x53\x77\x40");
            let (number, _) = consumer.next_message();
            consumer.accept(0, number, number);
            assert_eq!(producer.next_disposition().first, sent);
        }
    }
    let links = mesh::query("org.apache.qpid.dispatch.router.link", &["owningAddr", "linkDir", "ingressHistogram"]);
    let answer = Tool::connect(mesh.port(), "$management").ask(&links);
    let found = answer.rows().iter().find_map(|row| match row.elements() {
        [address, dir, counts] if (address.text(), dir.text()) == (Some("M0news"), Some("out")) => Some(counts),
        _ => None,
    });
    let counts: Vec<_> = found.unwrap().elements().iter().map(Tree::number).collect();
    // A itself is the first, B the second.
    assert_eq!(counts, [Some(2), Some(3)]);
}
