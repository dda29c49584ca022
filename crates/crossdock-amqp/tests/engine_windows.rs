//! Session windows: a rule for the peer, a rule for us, and what holds content back.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod engine_support;

use bytes::Bytes;
use crossdock_amqp::codec::Flow;
use crossdock_amqp::engine::{Chunk, Config, Payload};
use engine_support::{Bench, calm, frames};

/// A server whose sessions may send so many frames, with a link for the peer to send on.
fn receiving(incoming_window: u32, content_target: usize, content_limit: usize) -> Bench {
    let mut config = Config { incoming_window, content_target, content_limit, ..calm() };
    config.open.max_frame_size = 1000.into();
    let mut bench = Bench::begun(config, 4096, 1000);
    bench.hear(&frames::attach_sender(0, "in"));
    bench.tells_windows = true;
    bench.forget();
    bench
}

/// Content of this length comes, and its owner keeps it.
fn keep(bench: &mut Bench, id: u32, len: usize) {
    bench.kept.get_or_insert_default();
    bench.hear(&frames::delivery(0, id, &vec![0; len]));
}

fn window(bench: &Bench) -> u32 {
    bench.engine.session(bench.session()).unwrap().incoming_window()
}

#[test]
fn a_transfer_beyond_the_window_ends_the_session_and_no_other() {
    let mut bench = receiving(5, 1_000_000, 1_000_000);
    // One piece: the windows are looked at when all of it has been read.
    let flood: Vec<u8> = (0..7).flat_map(|id| frames::delivery(0, id, b"x")).collect();
    bench.hear(&[frames::begin(3, 10), flood, frames::begin(4, 10)].concat());
    let notes = bench.notes();
    let error = "amqp:session:window-violation (transfer beyond the session's incoming window)";
    let expected = [
        "begun 1.0",
        "transfer 0 on 0.0 first \"x\"",
        "transfer 1 on 0.0 first \"x\"",
        "transfer 2 on 0.0 first \"x\"",
        "transfer 3 on 0.0 first \"x\"",
        "transfer 4 on 0.0 first \"x\"",
        &format!("ended 0.0: {error}"),
        "begun 2.0",
        "> begin for 3, window 5 on channel 3",
        &format!("> end: {error}"),
        "> begin for 4, window 5 on channel 4",
    ];
    assert_eq!(notes, expected);
    bench.hear(&frames::end(0));
    assert!(bench.notes().is_empty() && bench.engine.is_open());
    assert_eq!(bench.engine.sessions().count(), 2);
}

#[test]
fn a_window_is_opened_again_when_a_quarter_of_it_has_been_used() {
    let mut bench = receiving(8, 1_000_000, 1_000_000);
    bench.hear(&frames::delivery(0, 0, b"x"));
    bench.forget();
    assert_eq!(window(&bench), 7);
    bench.hear(&frames::delivery(0, 1, b"x"));
    assert_eq!(bench.notes(), ["transfer 1 on 0.0 first \"x\"", "> flow window 8"]);
}

#[test]
fn content_that_is_held_shuts_the_window_and_opens_it_when_it_leaves() {
    let mut bench = receiving(100, 10_000, 100_000);
    for id in 0..1000 {
        if window(&bench) == 0 {
            break;
        }
        keep(&mut bench, id, 900);
        let in_all = bench.engine.held_content();
        assert!(in_all <= 12_000, "{in_all} bytes held, 10000 wanted");
    }
    assert_eq!(window(&bench), 0);
    assert_eq!(bench.woken.count(), 0);
    bench.forget();
    // The owner is woken when half has left, for the session and for the connection; then the window opens.
    let mut kept = bench.kept.take().unwrap();
    let half = kept.len().div_ceil(2);
    kept.drain(..half);
    assert_eq!(bench.woken.count(), 2);
    bench.engine.refresh_windows();
    assert!(window(&bench) > 0);
    let notes = bench.notes();
    assert!(notes.len() == 1 && notes[0].starts_with("> flow window "), "{notes:?}");
    kept.clear();
    assert_eq!(bench.engine.held_content(), 0);
}

#[test]
fn what_is_promised_and_held_never_exceeds_the_limit() {
    // Twenty sessions, of which each could fill the limit alone.
    let limit = 100_000;
    let mut bench = receiving(1000, 10_000_000, limit);
    for channel in 1..20u16 {
        bench.hear(&frames::begin(channel, 10));
    }
    let sessions: Vec<_> = bench.engine.sessions().collect();
    let promised = |bench: &Bench| {
        let windows = sessions.iter().map(|&id| bench.engine.session(id).unwrap().incoming_window() as usize);
        windows.sum::<usize>() * 1000
    };
    // A session that holds nothing may always send two frames.
    let floor = sessions.len() * 2 * 1000;
    for id in 0..200 {
        if bench.engine.session(sessions[0]).unwrap().incoming_window() == 0 {
            break;
        }
        keep(&mut bench, id, 900);
        let (held, promised) = (bench.engine.held_content(), promised(&bench));
        assert!(held + promised <= limit + floor, "{held} held, {promised} promised");
    }
    assert!(bench.engine.held_content() > 10_000);
}

#[test]
fn a_session_opens_again_though_others_have_been_promised_the_limit() {
    // Many idle sessions keep what they were promised; the busy one lives on two frames at a time.
    let mut bench = receiving(1000, 1_000_000, 100_000);
    for channel in 1..60u16 {
        bench.hear(&frames::begin(channel, 10));
    }
    for id in 0..500 {
        assert!(window(&bench) > 0, "shut after {id}");
        bench.hear(&frames::delivery(0, id, b"x"));
    }
}

#[test]
fn a_session_that_ends_gives_back_what_it_was_promised() {
    let mut bench = receiving(20, 1_000_000, 50_000);
    let first = bench.session;
    for _ in 0..1000 {
        bench.hear(&frames::begin(1, 10));
        bench.hear(&frames::end(1));
    }
    bench.session = first;
    for id in 0..100 {
        bench.hear(&frames::delivery(0, id, b"x"));
    }
    assert!(window(&bench) >= 15, "{}", window(&bench));
}

#[test]
fn frames_that_break_a_rule_are_counted_against_the_window_too() {
    let mut bench = receiving(20, 1_000_000, 50_000);
    let before = window(&bench);
    bench.hear(&frames::attach_receiver(5, "out"));
    // On a link of the other direction, which is detached for it.
    bench.hear(&frames::delivery(5, 0, b"x"));
    assert_eq!(window(&bench), before - 1);
    for id in 0..100 {
        bench.hear(&frames::delivery(0, id, b"x"));
    }
    assert!(window(&bench) >= 15, "{}", window(&bench));
}

/// A server with a link to a peer whose session lets `window` transfers through, and plenty of credit.
fn sending(peer_max_frame_size: u32, window: u32) -> Bench {
    let mut bench = Bench::begun(calm(), peer_max_frame_size, window);
    bench.hear(&frames::attach_receiver(0, "out"));
    let flow = Flow { incoming_window: window, ..frames::credit(0, 0, 0, 1000) };
    bench.hear(&frames::flow(0, &flow));
    bench.forget();
    bench
}

#[test]
fn we_send_no_more_transfers_than_the_peer_lets_through() {
    let mut bench = sending(4096, 3);
    for message in 0..3 {
        assert!(bench.send(message, b"x", false).is_some());
    }
    assert!(!bench.engine.can_start(bench.link()));
    assert!(bench.send(3, b"x", false).is_none());
    bench.forget();
    // The peer has seen two of them when it lets five through: four more.
    bench.hear(&frames::flow(0, &frames::window(2, 5)));
    assert_eq!(bench.notes(), ["window 0.0"]);
    assert_eq!((0..10).filter(|&message| bench.send(message, b"x", false).is_some()).count(), 4);
    // A peer that says it has seen more than was sent gains nothing.
    bench.hear(&frames::flow(0, &frames::window(1000, 2)));
    assert_eq!(bench.engine.session(bench.session()).unwrap().remote_window(), 2);
}

#[test]
fn a_message_is_cut_to_the_peers_frames_and_its_window() {
    for max in [512, 513, 600, 4096] {
        let mut bench = sending(max, 1000);
        let payload: Vec<u8> = (0..5000u32).map(|n| n as u8).collect();
        let sent = bench.send(1, &payload, false).unwrap();
        assert!(sent.finished && sent.bytes == payload.len());
        let mut bytes = bench.take_output();
        let mut content = Vec::new();
        while !bytes.is_empty() {
            let size = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
            assert!(size <= max as usize, "{size} > {max}");
            let rest = bytes.split_off(size);
            let header = crossdock_amqp::codec::FrameHeader::decode(&bytes, 1 << 20).unwrap().unwrap();
            let crossdock_amqp::codec::Body::Transfer(transfer, at) =
                crossdock_amqp::codec::decode_body(&bytes, &header).unwrap()
            else {
                panic!("not a transfer");
            };
            assert_eq!(transfer.more, !rest.is_empty());
            assert!(rest.is_empty() || size == max as usize, "a frame that is not full is the last");
            content.extend_from_slice(&bytes[at..]);
            bytes = rest;
        }
        assert_eq!(content, payload);
    }
}

#[test]
fn a_message_goes_on_where_the_window_stopped_it() {
    let mut bench = sending(512, 2);
    let payload = vec![7; 3000];
    let first = bench.send(1, &payload, false).unwrap();
    assert!(!first.finished && first.bytes < 1000);
    assert!(bench.go_on(&payload[first.bytes..], false).is_none());
    let mut at = first.bytes;
    let mut seen = 2;
    while at < payload.len() {
        bench.hear(&frames::flow(0, &frames::window(seen, 1)));
        let sent = bench.go_on(&payload[at..], false).unwrap();
        assert_eq!(sent.delivery, first.delivery);
        at += sent.bytes;
        seen += 1;
    }
    assert!(bench.engine.link(bench.link()).unwrap().unfinished().is_none());
    let transfers = bench.notes().iter().filter(|note| note.starts_with("> transfer")).count();
    assert_eq!(transfers as u32, seen);
}

#[test]
fn an_abort_waits_for_the_window() {
    let mut bench = sending(4096, 1);
    let number = bench.send_part(1, b"half", false, true).unwrap().delivery;
    bench.forget();
    assert!(!bench.engine.abort_delivery(bench.link()));
    assert!(bench.notes().is_empty());
    assert!(bench.engine.session(bench.session()).unwrap().outgoing().get(number).is_some());
    bench.hear(&frames::flow(0, &frames::window(1, 1)));
    bench.forget();
    assert!(bench.engine.abort_delivery(bench.link()));
    assert_eq!(bench.notes(), ["> transfer on 0 settled aborted, 0 bytes"]);
    assert!(bench.engine.session(bench.session()).unwrap().outgoing().is_empty());
    assert!(bench.engine.abort_delivery(bench.link()), "there is none any more");
}

#[test]
fn a_transport_that_takes_nothing_stops_transfers_before_memory_does() {
    let mut bench = sending(65_536, 100_000);
    let chunk = Chunk::free(Bytes::from(vec![0; 60_000]));
    let mut sent = 0;
    let link = bench.link();
    let new = |message: u32| crossdock_amqp::engine::NewDelivery {
        tag: b"t",
        message_format: 0,
        context: Some(message),
        state: crossdock_amqp::codec::StateRef::None,
        rcv_second: false,
    };
    while bench.engine.start_delivery(link, new(sent), Payload::Shared(&chunk), false).is_some() {
        sent += 1;
        assert!(sent < 100);
    }
    assert!(!bench.engine.has_output_room());
    assert!((250_000..400_000).contains(&bench.engine.output().len()));
    bench.take_output();
    assert!(bench.engine.can_start(link));
}

#[test]
fn an_echo_is_answered_with_the_sessions_state() {
    let mut bench = receiving(8, 1_000_000, 1_000_000);
    bench.hear(&frames::flow(0, &Flow { echo: true, ..frames::window(0, 5) }));
    assert_eq!(bench.notes(), ["> flow window 8"]);
}
