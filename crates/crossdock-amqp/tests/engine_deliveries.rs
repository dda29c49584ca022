//! Deliveries: in one frame or many, given up, numbered past the wrap, settled in ranges.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod engine_support;

use crossdock_amqp::codec::{Disposition, StateRef, Transfer, encode_disposition};
use crossdock_amqp::serial::WireDeliveryNumber;
use engine_support::{Bench, calm, frames};
use fe2o3_amqp_types::definitions::{Role, SenderSettleMode};

fn receiving() -> Bench {
    let mut bench = Bench::begun(calm(), 4096, 1000);
    bench.hear(&frames::attach_sender(0, "in"));
    bench.forget();
    bench
}

fn sending() -> Bench {
    let mut bench = Bench::begun(calm(), 4096, 1000);
    bench.hear(&frames::attach_receiver(0, "out"));
    bench.hear(&frames::flow(0, &frames::credit(0, 0, 0, 100)));
    bench.forget();
    bench
}

fn send(bench: &mut Bench, transfer: &Transfer<'_>, payload: &[u8]) {
    bench.hear(&frames::transfer(0, transfer, payload));
}

/// Numbers of deliveries from the peer that are in the ledger.
fn incoming(bench: &Bench) -> Vec<u32> {
    let session = bench.engine.session(bench.session()).unwrap();
    session.incoming().iter().map(|(number, ())| number.wire().raw()).collect()
}

#[test]
fn a_delivery_comes_in_as_many_frames_as_its_sender_likes() {
    let mut bench = receiving();
    send(&mut bench, &frames::first(0, 0, true), b"one");
    send(&mut bench, &frames::later(0, true), b"");
    send(&mut bench, &Transfer { delivery_id: Some(0), ..frames::later(0, true) }, b"two");
    send(&mut bench, &frames::later(0, false), b"three");
    send(&mut bench, &frames::first(0, 1, false), b"next");
    assert_eq!(
        bench.notes(),
        [
            "transfer 0 on 0.0 first more \"one\"",
            "transfer 0 on 0.0 more \"\"",
            "transfer 0 on 0.0 more \"two\"",
            "transfer 0 on 0.0 \"three\"",
            "transfer 1 on 0.0 first \"next\"",
        ]
    );
    assert_eq!(incoming(&bench), [0, 1]);
    let credit = bench.engine.link(bench.link()).unwrap().receiver_credit().unwrap();
    assert_eq!((credit.held(), credit.granted()), (2, 98), "a delivery costs one credit, not one for each frame");
}

#[test]
fn deliveries_on_several_links_come_interleaved() {
    let mut bench = receiving();
    bench.hear(&frames::attach_sender(1, "other"));
    bench.forget();
    send(&mut bench, &frames::first(0, 0, true), b"a");
    send(&mut bench, &frames::first(1, 1, true), b"b");
    send(&mut bench, &frames::later(0, false), b"a");
    send(&mut bench, &frames::later(1, false), b"b");
    assert_eq!(
        bench.notes(),
        [
            "transfer 0 on 0.0 first more \"a\"",
            "transfer 1 on 1.0 first more \"b\"",
            "transfer 0 on 0.0 \"a\"",
            "transfer 1 on 1.0 \"b\"",
        ]
    );
}

#[test]
fn an_aborted_delivery_ends_though_it_says_more() {
    let mut bench = receiving();
    send(&mut bench, &frames::first(0, 0, true), b"half");
    send(&mut bench, &Transfer { aborted: true, ..frames::later(0, true) }, b"");
    send(&mut bench, &Transfer { aborted: true, ..frames::first(0, 1, false) }, b"");
    send(&mut bench, &frames::first(0, 2, false), b"next");
    assert_eq!(
        bench.notes(),
        [
            "transfer 0 on 0.0 first more \"half\"",
            "transfer 0 on 0.0 aborted \"\"",
            "transfer 1 on 0.0 first aborted \"\"",
            "transfer 2 on 0.0 first \"next\"",
        ]
    );
}

#[test]
fn a_delivery_is_settled_by_any_of_its_frames_and_stays_so() {
    let mut bench = receiving();
    let settled = |transfer| Transfer { settled: Some(true), ..transfer };
    send(&mut bench, &frames::first(0, 0, true), b"a");
    send(&mut bench, &settled(frames::later(0, true)), b"a");
    send(&mut bench, &Transfer { settled: Some(false), ..frames::later(0, false) }, b"a");
    send(&mut bench, &settled(frames::first(0, 1, false)), b"b");
    assert_eq!(
        bench.notes(),
        [
            "transfer 0 on 0.0 first more \"a\"",
            "transfer 0 on 0.0 more settled \"a\"",
            "transfer 0 on 0.0 settled \"a\"",
            "transfer 1 on 0.0 first settled \"b\"",
        ]
    );
}

#[test]
fn a_sender_in_mode_settled_need_not_say_so() {
    let mut bench = Bench::begun(calm(), 4096, 1000);
    let mut attach = frames::attach(0, "in", Role::Sender);
    attach.snd_settle_mode = SenderSettleMode::Settled;
    bench.hear(&frames::performative(0, attach));
    bench.forget();
    send(&mut bench, &frames::first(0, 0, false), b"x");
    assert_eq!(bench.notes(), ["transfer 0 on 0.0 first settled \"x\""]);
}

#[test]
fn numbers_may_have_gaps_and_may_not_come_twice_or_fall() {
    for (id, verdict) in [(6, true), (7, true), (1_000_000, true), (5, false), (4, false), (0x8000_0006, false)] {
        let mut bench = receiving();
        send(&mut bench, &frames::first(0, 5, false), b"x");
        bench.forget();
        send(&mut bench, &frames::first(0, id, false), b"x");
        let notes = bench.notes();
        if verdict {
            assert_eq!(notes, [format!("transfer {id} on 0.0 first \"x\"")]);
        } else {
            assert!(notes[0].starts_with("ended 0.0: amqp:session:invalid-field"), "{id}: {notes:?}");
        }
    }
}

#[test]
fn numbers_go_past_the_wrap() {
    let mut bench = receiving();
    for id in [u32::MAX - 1, u32::MAX, 0, 1] {
        send(&mut bench, &frames::first(0, id, false), b"x");
    }
    assert_eq!(incoming(&bench), [u32::MAX - 1, u32::MAX, 0, 1]);
    bench.forget();
    bench.hear(&frames::disposition(false, u32::MAX, Some(0), StateRef::None));
    assert_eq!(bench.notes(), ["disposition of theirs 4294967295..=0 settled"]);
    let ledger = bench.engine.session_mut(bench.session()).unwrap().incoming_mut();
    let (from, to) = ledger.clamp(WireDeliveryNumber::new(u32::MAX), WireDeliveryNumber::new(0)).unwrap();
    assert_eq!(from.until(to), 1);
    assert_eq!(ledger.next_live(from, to).unwrap().0.wire().raw(), u32::MAX);
}

#[test]
fn a_delivery_that_changes_its_number_or_has_none_costs_its_link() {
    let wrong = [
        (Transfer { delivery_id: None, ..frames::first(0, 0, false) }, false),
        (Transfer { delivery_tag: None, ..frames::first(0, 0, false) }, false),
        (Transfer { delivery_id: Some(1), ..frames::later(0, true) }, true),
    ];
    for (transfer, later) in wrong {
        let mut bench = receiving();
        if later {
            send(&mut bench, &frames::first(0, 0, true), b"x");
            bench.forget();
        }
        send(&mut bench, &transfer, b"x");
        let notes = bench.notes();
        assert!(notes[0].starts_with("detached for good 0.0: amqp:invalid-field"), "{notes:?}");
        assert!(notes[1].starts_with("> detach for good 0: amqp:invalid-field"), "{notes:?}");
        assert!(bench.engine.is_open());
    }
}

#[test]
fn we_number_settled_and_unsettled_deliveries_alike_and_remember_the_latter() {
    let mut bench = sending();
    for (message, settled) in [(1, false), (2, true), (3, false)] {
        bench.send(message, b"content", settled).unwrap();
    }
    assert_eq!(
        bench.notes(),
        ["> transfer on 0 of 0, 7 bytes", "> transfer on 0 of 1 settled, 7 bytes", "> transfer on 0 of 2, 7 bytes",]
    );
    let session = bench.engine.session(bench.session()).unwrap();
    let remembered: Vec<(u32, u32)> =
        session.outgoing().iter().map(|(number, message)| (number.wire().raw(), *message)).collect();
    assert_eq!(remembered, [(0, 1), (2, 3)]);
    bench.hear(&frames::disposition(true, 0, Some(2), StateRef::Accepted));
    assert_eq!(bench.notes(), ["disposition of ours 0..=2 settled accepted"]);
}

#[test]
fn a_range_over_all_numbers_costs_no_more_than_what_there_is() {
    let mut bench = sending();
    for message in 0..100 {
        bench.send(message, b"x", false).unwrap();
    }
    bench.hear(&frames::disposition(true, 0, Some(u32::MAX), StateRef::Accepted));
    let ledger = bench.engine.session_mut(bench.session()).unwrap().outgoing_mut();
    let (from, to) = ledger.clamp(WireDeliveryNumber::new(0), WireDeliveryNumber::new(u32::MAX)).unwrap();
    assert_eq!(from.until(to), 99);
}

#[test]
fn dispositions_of_both_roles_settled_or_not_are_told_as_they_are() {
    let mut bench = receiving();
    for (role_receiver, settled, state, expected) in [
        (true, false, StateRef::Accepted, "disposition of ours 4..=7 accepted"),
        (true, true, StateRef::Released, "disposition of ours 4..=7 settled released"),
        (false, true, StateRef::None, "disposition of theirs 4..=7 settled"),
        (
            false,
            false,
            StateRef::Other(&[0, 0x53, 0x23, 0xc0, 3, 2, 0x43, 0x44]),
            "disposition of theirs 4..=7 received",
        ),
    ] {
        let mut frame = Vec::new();
        let disposition = Disposition { role_receiver, first: 4, last: Some(7), settled, state, batchable: true };
        encode_disposition(&mut frame, 0, &disposition);
        bench.hear(&frame);
        assert_eq!(bench.notes(), [expected]);
    }
}

#[test]
fn a_delivery_under_way_is_gone_on_with_and_no_other_is_started_before_it_ends() {
    let mut bench = sending();
    assert!(bench.send_part(1, b"one", false, true).unwrap().finished);
    assert!(bench.send(2, b"x", false).is_none());
    assert!(bench.go_on(b"two", true).unwrap().finished);
    assert!(bench.go_on(b"", false).unwrap().finished);
    assert!(bench.go_on(b"x", false).is_none());
    assert!(bench.send(2, b"x", false).is_some());
    assert_eq!(
        bench.notes(),
        [
            "> transfer on 0 of 0 more, 3 bytes",
            "> transfer on 0 more, 3 bytes",
            "> transfer on 0, 0 bytes",
            "> transfer on 0 of 1, 1 bytes",
        ]
    );
}

#[test]
fn a_settled_delivery_in_pieces_is_settled_in_each() {
    let mut bench = sending();
    bench.send_part(1, b"one", true, true).unwrap();
    bench.go_on(b"two", false).unwrap();
    assert_eq!(bench.notes(), ["> transfer on 0 of 0 more settled, 3 bytes", "> transfer on 0 settled, 3 bytes"]);
    assert!(bench.engine.session(bench.session()).unwrap().outgoing().is_empty());
}

#[test]
fn an_aborted_delivery_is_forgotten_and_the_next_may_start() {
    let mut bench = sending();
    bench.send_part(1, b"half", false, true).unwrap();
    assert!(bench.engine.abort_delivery(bench.link()));
    bench.send(2, b"x", false).unwrap();
    assert_eq!(
        bench.notes(),
        [
            "> transfer on 0 of 0 more, 4 bytes",
            "> transfer on 0 settled aborted, 0 bytes",
            "> transfer on 0 of 1, 1 bytes",
        ]
    );
    let session = bench.engine.session(bench.session()).unwrap();
    assert_eq!(session.outgoing().iter().map(|(_, message)| *message).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_transfer_on_a_link_that_we_send_on_costs_that_link() {
    let mut bench = sending();
    bench.hear(&frames::delivery(0, 0, b"x"));
    let notes = bench.notes();
    assert!(notes[0].starts_with("detached for good 0.0: amqp:not-allowed"), "{notes:?}");
}
