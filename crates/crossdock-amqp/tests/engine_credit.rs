//! Link credit: what we may send, what the peer may, and how either gives it back.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod engine_support;

use crossdock_amqp::codec::Flow;
use engine_support::{Bench, calm, frames};

/// A server with a link to send on, handle 0 on both sides.
fn sending() -> Bench {
    let mut bench = Bench::begun(calm(), 4096, 1000);
    bench.hear(&frames::attach_receiver(0, "out"));
    bench.forget();
    bench
}

/// A server with a link to receive on, and so much credit to give.
fn receiving(credit: u32) -> Bench {
    let mut bench = Bench::begun(calm(), 4096, 1000);
    bench.accepts = Some(credit);
    bench.hear(&frames::attach_sender(0, "in"));
    bench
}

fn available(bench: &Bench) -> u32 {
    bench.engine.link(bench.link()).unwrap().sender_credit().unwrap().available()
}

fn granted(bench: &Bench) -> u32 {
    bench.engine.link(bench.link()).unwrap().receiver_credit().unwrap().granted()
}

#[test]
fn nothing_is_sent_without_credit_and_a_flow_gives_it() {
    let mut bench = sending();
    assert!(bench.send(1, b"x", false).is_none());
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 0, 2)));
    assert_eq!(bench.notes(), ["credit 0.0"]);
    assert!(bench.send(1, b"x", false).is_some() && bench.send(2, b"x", true).is_some());
    assert!(bench.send(3, b"x", false).is_none());
    // The receiver had counted one of the two when it gave three: two more.
    bench.hear(&frames::flow(0, &frames::credit(0, 1, 1, 3)));
    assert_eq!(available(&bench), 2);
}

#[test]
fn a_receiver_that_takes_credit_back_gets_nothing_more() {
    let mut bench = sending();
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 0, 10)));
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 0, 0)));
    assert!(bench.send(1, b"x", false).is_none());
}

#[test]
fn a_receiver_that_counts_ahead_of_us_gains_nothing() {
    let mut bench = sending();
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 5000, 10)));
    assert_eq!(available(&bench), 10);
}

#[test]
fn a_flow_without_credit_changes_the_session_only() {
    let mut bench = sending();
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 0, 10)));
    bench.hear(&frames::flow(0, &Flow { handle: Some(0), ..frames::window(0, 50) }));
    assert_eq!(available(&bench), 10);
    assert_eq!(bench.engine.session(bench.session()).unwrap().remote_window(), 50);
}

#[test]
fn a_drain_is_answered_when_the_owner_has_nothing_more() {
    let mut bench = sending();
    bench.hear(&frames::flow(0, &Flow { drain: true, ..frames::credit(0, 0, 0, 5) }));
    bench.forget();
    assert!(bench.send(1, b"x", false).is_some());
    bench.forget();
    bench.engine.answer_drain(bench.link());
    assert_eq!(bench.notes(), ["> flow of 0 count 5 credit 0 drain"]);
    assert!(bench.send(2, b"x", false).is_none());
    bench.engine.answer_drain(bench.link());
    assert!(bench.notes().is_empty(), "once");
    // The receiver counts from what we told.
    bench.hear(&frames::flow(0, &frames::credit(0, 1, 5, 3)));
    assert_eq!(available(&bench), 3);
}

#[test]
fn credit_that_nobody_drains_is_kept() {
    let mut bench = sending();
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 0, 5)));
    bench.forget();
    bench.engine.answer_drain(bench.link());
    assert!(bench.notes().is_empty());
    assert_eq!(available(&bench), 5);
}

#[test]
fn an_echo_is_answered_with_the_links_state() {
    let mut bench = sending();
    bench.hear(&frames::flow(0, &Flow { echo: true, ..frames::credit(0, 0, 0, 5) }));
    assert_eq!(bench.notes(), ["credit 0.0", "> flow of 0 count 0 credit 5"]);
    let mut bench = receiving(10);
    bench.forget();
    bench.hear(&frames::flow(0, &Flow { handle: Some(0), echo: true, ..frames::window(0, 50) }));
    assert_eq!(bench.notes(), ["> flow of 0 count 0 credit 10"]);
}

#[test]
fn a_delivery_without_credit_costs_its_link_and_nothing_else() {
    let mut bench = receiving(2);
    assert_eq!(granted(&bench), 2);
    bench.hear(&frames::attach_sender(1, "other"));
    bench.forget();
    for id in 0..3 {
        bench.hear(&frames::delivery(0, id, b"x"));
    }
    let error = "amqp:link:transfer-limit-exceeded (delivery without credit)";
    assert_eq!(
        bench.notes(),
        [
            "transfer 0 on 0.0 first \"x\"",
            "transfer 1 on 0.0 first \"x\"",
            &format!("detached for good 0.0: {error}"),
            &format!("> detach for good 0: {error}"),
        ]
    );
    // What the peer had under way on it is passed over; its numbers count.
    bench.hear(&frames::delivery(0, 3, b"x"));
    bench.hear(&frames::delivery(1, 4, b"x"));
    assert_eq!(bench.notes(), ["transfer 4 on 1.0 first \"x\""]);
    bench.hear(&frames::detach(0, true));
    assert_eq!(bench.engine.link_count(), 1);
}

#[test]
fn credit_is_granted_when_a_flow_is_worth_it_and_the_rest_later() {
    let mut bench = receiving(100);
    bench.forget();
    let link = bench.link();
    for id in 0..60 {
        bench.hear(&frames::delivery(0, id, b"x"));
    }
    bench.forget();
    bench.engine.give_back(link, 10);
    assert!(bench.engine.grant(link), "some is left");
    assert!(bench.notes().is_empty());
    bench.engine.grant_rest(link);
    assert_eq!(bench.notes(), ["> flow of 0 count 60 credit 50"]);
    bench.engine.give_back(link, 50);
    assert!(!bench.engine.grant(link));
    assert_eq!(bench.notes(), ["> flow of 0 count 60 credit 100"]);
    assert!(!bench.engine.grant(link), "nothing is left");
    bench.engine.grant_rest(link);
    assert!(bench.notes().is_empty());
}

#[test]
fn a_closed_gate_asks_for_the_credit_back_and_an_open_one_gives_it_again() {
    let mut bench = receiving(10);
    bench.forget();
    let link = bench.link();
    bench.hear(&frames::delivery(0, 0, b"x"));
    bench.forget();
    bench.engine.close_gate(link);
    assert_eq!(bench.notes(), ["> flow of 0 count 1 credit 9 drain"]);
    bench.engine.close_gate(link);
    bench.engine.give_back(link, 1);
    bench.engine.grant(link);
    assert!(bench.notes().is_empty(), "asked once, and nothing is granted");
    let drained = Flow { handle: Some(0), delivery_count: Some(10), link_credit: Some(0), ..frames::window(0, 50) };
    bench.hear(&frames::flow(0, &drained));
    assert_eq!(bench.notes(), ["drained 0.0"]);
    assert_eq!(granted(&bench), 0);
    bench.engine.open_gate(link);
    assert_eq!(bench.notes(), ["> flow of 0 count 10 credit 10"]);
}

#[test]
fn a_gate_that_opens_again_before_the_drain_is_answered_ends_it() {
    let mut bench = receiving(10);
    bench.forget();
    let link = bench.link();
    bench.engine.close_gate(link);
    bench.engine.open_gate(link);
    assert_eq!(bench.notes(), ["> flow of 0 count 0 credit 10 drain", "> flow of 0 count 0 credit 10"]);
    // The answer to the drain was under way. What came back can be granted again.
    let drained = Flow { handle: Some(0), delivery_count: Some(10), link_credit: Some(0), ..frames::window(0, 50) };
    bench.hear(&frames::flow(0, &drained));
    assert_eq!(bench.notes(), ["drained 0.0"]);
    assert_eq!(granted(&bench), 0);
    assert!(!bench.engine.grant(link));
    assert_eq!(bench.notes(), ["> flow of 0 count 10 credit 10"]);
}

#[test]
fn a_drain_that_is_answered_with_messages_is_over() {
    let mut bench = receiving(2);
    bench.engine.drain(bench.link());
    bench.forget();
    bench.hear(&frames::delivery(0, 0, b"x"));
    bench.hear(&frames::delivery(0, 1, b"x"));
    let credit = bench.engine.link(bench.link()).unwrap().receiver_credit().unwrap();
    assert!(!credit.is_draining() && credit.granted() == 0);
}

#[test]
fn counts_go_past_the_wrap() {
    let mut bench = Bench::begun(calm(), 4096, 1000);
    let mut attach = frames::attach(0, "in", fe2o3_amqp_types::definitions::Role::Sender);
    attach.initial_delivery_count = Some(u32::MAX - 1);
    bench.accepts = Some(4);
    bench.hear(&frames::performative(0, attach));
    assert_eq!(bench.notes()[2..], ["> flow of 0 count 4294967294 credit 4"]);
    for id in 0..4 {
        bench.hear(&frames::delivery(0, id, b"x"));
    }
    bench.forget();
    bench.engine.give_back(bench.link(), 4);
    bench.engine.grant(bench.link());
    assert_eq!(bench.notes(), ["> flow of 0 count 2 credit 4"]);
}

#[test]
fn credit_before_the_attach_is_answered_counts() {
    let mut bench = Bench::begun(calm(), 4096, 1000);
    bench.accepts = None;
    bench.hear(&frames::attach_receiver(0, "out"));
    let flow = Flow { handle: Some(0), delivery_count: None, link_credit: Some(3), ..frames::window(0, 100) };
    bench.hear(&frames::flow(0, &flow));
    assert_eq!(bench.notes(), ["attached 0.0 out", "credit 0.0"]);
    assert!(bench.send(1, b"x", false).is_none(), "not before our attach");
    let link = bench.link();
    bench.engine.accept_link(link, None, None, 0, 0);
    assert!(bench.send(1, b"x", false).is_some());
    assert_eq!(available(&bench), 2);
}

#[test]
fn a_flow_for_a_handle_that_is_not_attached_ends_the_session() {
    let mut bench = sending();
    bench.hear(&frames::flow(0, &frames::credit(9, 0, 0, 1)));
    let notes = bench.notes();
    assert!(notes[0].starts_with("ended 0.0: amqp:session:unattached-handle"), "{notes:?}");
}
