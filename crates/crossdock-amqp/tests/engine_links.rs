//! Sessions and links come and go: numbers are used again, answers are expected, leftovers are passed over.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod engine_support;

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{Config, attach};
use engine_support::{Bench, calm, frames, plain_client};
use fe2o3_amqp_types::definitions::{Handle, Role};
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use fe2o3_amqp_types::performatives::Detach;

fn begun() -> Bench {
    Bench::begun(calm(), 4096, 1000)
}

/// A client that has opened, begun and attached a sender, all at once, and has heard nothing but the open.
fn asking() -> Bench {
    let mut bench = Bench::client(plain_client());
    bench.hear(frames::AMQP);
    bench.hear(&frames::open(4096));
    let session = bench.engine.begin().unwrap();
    bench.session = Some(session);
    let target = TargetArchetype::Target(Target::default());
    let request = attach("ours", Role::Sender, Some(Source::default()), Some(target));
    bench.link = bench.engine.attach(session, request, 0);
    bench.forget();
    bench
}

#[test]
fn links_of_both_roles_are_attached_answered_and_detached() {
    let mut bench = begun();
    bench.hear(&frames::attach_sender(3, "in"));
    bench.hear(&frames::attach_receiver(4, "out"));
    assert_eq!(
        bench.notes(),
        [
            "attached 0.0 in",
            "attached 1.0 out",
            "> attach 0 in as receiver",
            "> flow of 0 count 0 credit 100",
            "> attach 1 out as sender",
        ]
    );
    bench.hear(&frames::detach(3, false));
    bench.hear(&frames::detach(4, true));
    assert_eq!(bench.notes(), ["detached 0.0", "detached for good 1.0", "> detach 0", "> detach for good 1"]);
    assert_eq!(bench.engine.link_count(), 0);
}

#[test]
fn handles_are_used_again_and_old_ids_find_nothing() {
    let mut bench = begun();
    bench.hear(&frames::attach_sender(0, "a"));
    let before = bench.link();
    bench.hear(&frames::detach(0, true));
    bench.hear(&frames::attach_sender(0, "b"));
    assert_ne!(bench.link(), before);
    assert!(bench.engine.link(before).is_none());
    bench.engine.detach(before, true, None);
    bench.engine.give_back(before, 1);
    bench.forget();
    bench.hear(&frames::delivery(0, 0, b"x"));
    assert_eq!(bench.notes(), ["transfer 0 on 0.1 first \"x\""]);
}

#[test]
fn a_refused_link_is_answered_without_its_terminus_and_detached() {
    let mut bench = begun();
    bench.accepts = None;
    for (frame, expected) in [
        (frames::attach_sender(0, "in"), ["> attach 0 in as receiver without target", "> detach for good 0"]),
        (frames::attach_receiver(1, "out"), ["> attach 1 out as sender without source", "> detach for good 1"]),
    ] {
        bench.hear(&frame);
        bench.forget();
        let link = bench.link();
        let target = Some(Box::new(TargetArchetype::Target(Target::default())));
        bench.engine.refuse_link(link, Some(Box::default()), target, None);
        assert_eq!(bench.notes(), expected);
    }
    bench.hear(&frames::detach(0, true));
    bench.hear(&frames::detach(1, true));
    assert!(bench.notes().is_empty());
    assert_eq!(bench.engine.link_count(), 0);
}

#[test]
fn a_link_that_is_detached_before_it_is_answered_gets_both_answers() {
    let mut bench = begun();
    bench.accepts = None;
    bench.hear(&frames::attach_sender(0, "in"));
    let link = bench.link();
    // The owner has not answered yet.
    let mut input = crossdock_amqp::engine::Input::new(&[]);
    assert!(bench.engine.poll_event(&mut input, bench.now).is_none());
    let detach = frames::detach(0, true);
    let mut input = crossdock_amqp::engine::Input::new(&detach);
    assert!(bench.engine.poll_event(&mut input, bench.now).is_some());
    assert!(bench.engine.is_detach_received(link));
    bench.forget();
    bench.engine.refuse_link(link, None, None, None);
    assert_eq!(bench.notes(), ["> attach 0 in as receiver without target", "> detach for good 0"]);
    assert_eq!(bench.engine.link_count(), 0);
}

#[test]
fn what_comes_after_our_detach_is_passed_over_and_its_numbers_count() {
    let mut bench = begun();
    bench.hear(&frames::attach_sender(0, "in"));
    let link = bench.link();
    bench.hear(&frames::attach_sender(1, "other"));
    bench.hear(&frames::transfer(0, &frames::first(0, 0, true), b"half"));
    bench.engine.detach(link, true, None);
    bench.forget();
    bench.hear(&frames::transfer(0, &frames::later(0, false), b"rest"));
    bench.hear(&frames::delivery(0, 1, b"x"));
    bench.hear(&frames::transfer(0, &frames::first(0, 2, true), b"x"));
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 0, 10)));
    assert!(bench.notes().is_empty());
    bench.hear(&frames::delivery(1, 3, b"x"));
    assert_eq!(bench.notes(), ["transfer 3 on 1.0 first \"x\""]);
    bench.hear(&frames::detach(0, true));
    assert!(bench.notes().is_empty());
    assert_eq!(bench.engine.link_count(), 1);
}

#[test]
fn a_handle_that_is_in_use_or_not_attached_ends_the_session() {
    let mut bench = begun();
    bench.hear(&frames::attach_sender(0, "a"));
    bench.hear(&frames::attach_sender(0, "b"));
    let notes = bench.notes();
    assert!(notes[1].starts_with("ended 0.0: amqp:session:handle-in-use"), "{notes:?}");

    for frame in [frames::delivery(5, 0, b"x"), frames::detach(5, true)] {
        let mut bench = begun();
        bench.hear(&frame);
        let notes = bench.notes();
        assert!(notes[0].starts_with("ended 0.0: amqp:session:unattached-handle"), "{notes:?}");
        // Its channel is free again when the peer has ended it too.
        bench.hear(&frames::begin(1, 10));
        bench.hear(&frames::end(0));
        bench.hear(&frames::begin(0, 10));
        assert_eq!(bench.notes().iter().filter(|note| note.starts_with("begun")).count(), 2);
    }
}

#[test]
fn a_handle_or_channel_beyond_what_was_allowed_ends_the_connection() {
    let mut config = Config { handle_max: 3, ..calm() };
    config.open.channel_max = 2.into();
    let mut bench = Bench::begun(config.clone(), 4096, 10);
    bench.hear(&frames::attach_sender(3, "a"));
    bench.hear(&frames::begin(2, 10));
    assert!(bench.engine.is_open());
    bench.hear(&frames::attach_sender(4, "b"));
    assert!(bench.engine.is_closed());

    let mut bench = Bench::begun(config, 4096, 10);
    bench.hear(&frames::begin(3, 10));
    assert!(bench.engine.is_closed());
}

#[test]
fn we_use_no_handle_beyond_what_the_peer_allows() {
    let mut bench = Bench::opened(calm(), 4096);
    let mut begin = frames::begin_performative(None, 10);
    begin.handle_max = Handle(1);
    bench.hear(&frames::performative(0, begin));
    for (handle, name) in [(0, "a"), (1, "b"), (2, "c")] {
        bench.hear(&frames::attach_sender(handle, name));
    }
    let notes = bench.notes();
    assert!(notes.iter().any(|note| note.starts_with("ended 0.0: amqp:resource-limit-exceeded")), "{notes:?}");
    assert!(bench.engine.is_open());
}

#[test]
fn sessions_are_ended_from_either_side_and_channels_used_again() {
    let mut bench = begun();
    bench.hear(&frames::attach_sender(0, "in"));
    bench.hear(&frames::delivery(0, 0, b"x"));
    bench.forget();
    for _ in 0..3 {
        bench.hear(&frames::end(0));
        bench.hear(&frames::begin(0, 10));
    }
    let session = bench.session();
    bench.forget();
    bench.engine.end(session, None);
    bench.engine.end(session, None);
    assert_eq!(bench.notes(), ["> end"]);
    bench.hear(&frames::attach_sender(0, "late"));
    bench.hear(&frames::delivery(0, 1, b"late"));
    bench.hear(&frames::disposition(true, 0, None, StateRef::Accepted));
    bench.hear(&frames::end(0));
    assert!(bench.notes().is_empty());
    assert_eq!((bench.engine.sessions().count(), bench.engine.link_count()), (0, 0));
}

#[test]
fn what_we_ask_for_is_answered_by_name_and_channel() {
    let mut bench = asking();
    bench.hear(&frames::begin_answer(7, 0, 100));
    let mut answer = frames::attach(9, "ours", Role::Receiver);
    answer.initial_delivery_count = None;
    bench.hear(&frames::performative(7, answer));
    assert_eq!(bench.notes(), ["begun 0.0", "answered 0.0 ours"]);
    let mut credit = frames::credit(9, 0, 0, 5);
    credit.delivery_count = None;
    bench.hear(&frames::flow(7, &credit));
    assert_eq!(bench.notes(), ["credit 0.0"]);
    assert!(bench.send(1, b"x", false).is_some());
    bench.hear(&frames::performative(7, Detach { handle: Handle(9), closed: true, error: None }));
    bench.hear(&frames::end(7));
    assert_eq!(bench.notes()[..2], ["detached for good 0.0", "ended 0.0"]);
    assert_eq!((bench.engine.sessions().count(), bench.engine.link_count()), (0, 0));
}

#[test]
fn an_answer_to_nothing_ends_the_connection() {
    let mut bench = asking();
    bench.hear(&frames::begin_answer(7, 5, 100));
    assert!(bench.engine.is_closed());
}

#[test]
fn links_and_sessions_without_number_leave_nothing() {
    let mut bench = begun();
    for round in 0..1000u32 {
        bench.hear(&frames::attach_sender(round % 7, "in"));
        bench.hear(&frames::delivery(round % 7, round, b"x"));
        let ledger = bench.engine.session_mut(bench.session()).unwrap().incoming_mut();
        let number = ledger.iter().next().unwrap().0;
        assert!(ledger.remove(number).is_some());
        bench.hear(&frames::detach(round % 7, true));
        bench.take_output();
    }
    assert_eq!(bench.engine.link_count(), 0);
    assert!(bench.engine.session(bench.session()).unwrap().incoming().is_empty());
}

/// A conversation in which everything happens once.
fn conversation() -> Vec<u8> {
    let parts = [
        frames::SASL.to_vec(),
        frames::init("ANONYMOUS"),
        frames::AMQP.to_vec(),
        frames::open(4096),
        frames::begin(0, 100),
        frames::attach_sender(0, "in"),
        frames::attach_receiver(1, "out"),
        frames::flow(0, &frames::credit(1, 0, 0, 10)),
        frames::delivery(0, 0, b"small"),
        frames::transfer(0, &frames::first(0, 1, true), &[1; 3000]),
        frames::empty(),
        frames::transfer(0, &frames::later(0, false), &[2; 3000]),
        frames::disposition(true, 0, Some(3), StateRef::Accepted),
        frames::disposition(false, 0, None, StateRef::None),
        frames::detach(1, true),
        frames::begin(1, 100),
        frames::end(0),
        frames::close(),
    ];
    parts.concat()
}

#[test]
fn a_conversation_is_the_same_in_one_piece_and_byte_by_byte() {
    let conversation = conversation();
    let mut whole = Bench::server(calm());
    whole.hear(&conversation);
    let expected = whole.notes();
    assert_eq!(expected.len(), 27, "{expected:#?}");
    assert!(whole.engine.is_closed());
    for size in [1, 2, 3, 7, 8, 9, 100, 1000] {
        let mut pieces = Bench::server(calm());
        for piece in conversation.chunks(size) {
            pieces.hear(piece);
        }
        assert_eq!(pieces.notes(), expected, "{size} bytes at a time");
    }
}
