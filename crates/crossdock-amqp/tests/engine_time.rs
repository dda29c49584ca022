//! Heartbeats, silence, and farewells that nobody reads.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod engine_support;

use crossdock_amqp::engine::{Config, Time};
use engine_support::{Bench, calm, frames};

/// A server that closes after a second of silence, with a peer that wants to hear something within `peer_idle`.
fn opened(idle_timeout: u64, peer_idle: Option<u32>) -> Bench {
    let mut bench = Bench::server(Config { idle_timeout, ..calm() });
    bench.hear(frames::AMQP);
    let mut open = crossdock_amqp::engine::Config::client("P").open;
    open.idle_time_out = peer_idle;
    bench.hear(&frames::performative(0, open));
    bench.forget();
    bench
}

#[test]
fn a_heartbeat_is_sent_twice_as_often_as_the_peer_asks() {
    let mut bench = opened(0, Some(1000));
    for beat in 1..=5u64 {
        assert_eq!(bench.engine.poll_timeout(), Time::from_millis(500 * beat));
        bench.wait(499);
        assert!(bench.notes().is_empty());
        bench.wait(1);
        assert_eq!(bench.notes(), ["> empty"]);
    }
}

#[test]
fn what_is_written_is_a_heartbeat_too() {
    let mut bench = opened(0, Some(1000));
    bench.wait(400);
    let now = bench.now;
    bench.engine.mark_output(now);
    assert_eq!(bench.engine.poll_timeout(), Time::from_millis(900));
    bench.wait(200);
    assert!(bench.notes().is_empty());
}

#[test]
fn a_transport_that_takes_nothing_gets_one_heartbeat_and_no_more() {
    let mut bench = opened(0, Some(1000));
    for _ in 0..10 {
        bench.wait(500);
    }
    assert_eq!(bench.notes(), ["> empty"]);
}

#[test]
fn a_peer_that_does_not_ask_gets_no_heartbeats_and_one_that_asks_for_too_many_gets_fewer() {
    for peer_idle in [None, Some(0)] {
        assert_eq!(opened(0, peer_idle).engine.poll_timeout(), Time::NEVER);
    }
    assert_eq!(opened(0, Some(1)).engine.poll_timeout(), Time::from_millis(50));
}

#[test]
fn a_silent_peer_is_closed_and_told_why() {
    let mut bench = opened(1000, None);
    bench.wait(999);
    assert!(bench.notes().is_empty());
    bench.wait(1);
    let error = "amqp:resource-limit-exceeded (local-idle-timeout expired)";
    assert_eq!(bench.notes(), [format!("closed by us: {error}"), format!("> close: {error}")]);
    assert!(bench.engine.is_closed());
}

#[test]
fn any_frame_ends_the_silence_and_half_a_frame_does_not() {
    let mut bench = opened(1000, None);
    for _ in 0..10 {
        bench.wait(900);
        bench.hear(&frames::empty());
    }
    assert!(bench.engine.is_open());
    bench.wait(900);
    bench.hear(&frames::empty()[..7]);
    bench.wait(100);
    assert!(bench.engine.is_closed());
}

#[test]
fn a_deadline_that_comes_early_does_nothing() {
    let mut bench = opened(1000, Some(1000));
    let now = bench.now;
    assert!(bench.engine.handle_timeout(now).is_none());
    assert!(bench.notes().is_empty());
}

#[test]
fn a_close_that_is_not_answered_ends_by_itself() {
    let mut bench = opened(0, None);
    let now = bench.now;
    bench.engine.close(None, now);
    assert_eq!(bench.notes(), ["> close"]);
    assert!(!bench.engine.is_closed() && !bench.engine.is_open());
    bench.wait(2_999);
    assert!(!bench.engine.is_closed());
    bench.wait(1);
    assert!(bench.engine.is_closed() && bench.notes().is_empty());
    assert_eq!(bench.engine.poll_timeout(), Time::NEVER);
}

#[test]
fn a_farewell_that_the_transport_does_not_take_is_thrown_away() {
    let mut bench = opened(1000, None);
    bench.wait(1000);
    assert!(bench.engine.is_closed() && !bench.engine.output().is_empty());
    assert_eq!(bench.engine.poll_timeout(), bench.now.plus_millis(3_000));
    // Trying to write does not put it off.
    bench.wait(2_000);
    let now = bench.now;
    bench.engine.mark_output(now);
    bench.wait(1_000);
    assert!(bench.engine.output().is_empty());
    assert_eq!(bench.engine.poll_timeout(), Time::NEVER);
}

#[test]
fn nothing_is_written_after_a_close() {
    let mut bench = Bench::begun(calm(), 4096, 100);
    bench.hear(&frames::attach_receiver(0, "out"));
    let out = bench.link();
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 0, 10)));
    bench.hear(&frames::attach_sender(1, "in"));
    let (link, session, now) = (bench.link(), bench.session(), bench.now);
    bench.forget();
    bench.link = Some(out);
    assert!(bench.send_part(1, b"half", false, true).is_some());
    bench.hear(&frames::delivery(1, 0, b"content"));
    bench.engine.close(None, now);
    assert_eq!(bench.notes().last().unwrap(), "> close");

    assert!(bench.send(2, b"content", false).is_none());
    assert!(bench.go_on(b"content", false).is_none());
    assert!(!bench.engine.abort_delivery(out) && !bench.engine.can_start(out) && !bench.engine.has_output_room());
    let number = bench.engine.session(session).unwrap().incoming().iter().next().unwrap().0;
    let state = crossdock_amqp::codec::StateRef::Accepted;
    bench.engine.write_disposition(session, true, number, number, true, state);
    bench.engine.give_back(link, 1);
    bench.engine.grant(link);
    bench.engine.grant_rest(link);
    bench.engine.drain(link);
    bench.engine.detach(link, true, None);
    bench.engine.end(session, None);
    bench.engine.refresh_windows();
    assert!(bench.engine.begin().is_none());
    assert!(bench.notes().is_empty());
}
