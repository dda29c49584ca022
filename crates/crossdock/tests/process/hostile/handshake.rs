//! Peers that have not said who they are: they have a deadline and a budget of bytes, and get nothing for nothing.

use std::time::{Duration, Instant};

use crossdock_amqp::codec::SaslFrame;
use fe2o3_amqp_types::sasl::SaslCode;

use crate::support::wire::*;
use crate::support::{Answer, MIB, Pair, Peer, Router, honest};

/// The bytes of a whole handshake with SASL, and where each of its steps ends.
fn steps() -> [Vec<u8>; 4] {
    [sasl_header().to_vec(), sasl_anonymous(), amqp_header().to_vec(), performative(0, honest::open())]
}

/// Reads until the router closes the connection; the condition of its close, if there was one.
fn last_words(peer: &mut Peer) -> Option<String> {
    let mut condition = None;
    while let Some(answer) = peer.next() {
        if let Answer::Performative(0, crossdock_amqp::codec::Performative::Close(close)) = answer {
            condition = close.error.and_then(|error| error.description);
        }
    }
    condition
}

#[test]
fn without_any_configuration_a_peer_has_ten_seconds_until_its_open() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let whole = steps().concat();
    let ends: Vec<usize> = steps()
        .iter()
        .scan(0, |end, step| {
            *end += step.len();
            Some(*end)
        })
        .collect();
    let start = Instant::now();
    // Every place at which a peer can fall silent: nothing sent, inside of each step, between the steps.
    let stops = [0, 3, ends[0], ends[0] + 5, ends[1], ends[1] + 4, ends[2], ends[2] + 20, ends[3] - 1];
    let mut silent: Vec<(usize, Peer)> = stops
        .into_iter()
        .map(|stop| {
            let mut peer = Peer::connect(router.port());
            peer.send(&whole[..stop]);
            (stop, peer)
        })
        .collect();
    pair.exchange();
    for (stop, peer) in &mut silent {
        let words = last_words(peer);
        let lived = start.elapsed();
        assert!(lived >= Duration::from_secs(10), "stopped at byte {stop}, closed after {lived:?}");
        assert!(lived < Duration::from_secs(15), "stopped at byte {stop}, closed after {lived:?}");
        // Where a close can be sent, it says why.
        let expected = (*stop >= ends[2]).then_some("Timeout waiting for initial handshake");
        assert_eq!(words.as_deref(), expected, "stopped at byte {stop}");
    }
    router.wait_for_count("failed: amqp:not-allowed Timeout waiting for initial handshake", stops.len());
    router.wait_for_count("Connection Closed", stops.len());
    pair.exchange();
}

#[test]
fn a_byte_now_and_then_does_not_move_the_deadline() {
    let router = Router::with_listener("initialHandshakeTimeoutSeconds: 1");
    let mut pair = Pair::new(&router);
    let mut peer = Peer::connect(router.port());
    let start = Instant::now();
    let mut bytes = steps().concat().into_iter();
    // Nothing is due before the deadline, so each wait for an answer lasts as long as it may.
    while start.elapsed() < Duration::from_secs(20) {
        let is_open = match bytes.next() {
            Some(byte) => peer.try_send(&[byte]),
            None => panic!("the whole handshake went through in {:?}", start.elapsed()),
        };
        if !is_open || !peer.stays_open_for(Duration::from_millis(50)) {
            break;
        }
    }
    let lived = start.elapsed();
    assert!(lived >= Duration::from_secs(1) && lived < Duration::from_secs(4), "closed after {lived:?}");
    router.wait_for_count("Timeout waiting for initial handshake", 1);
    pair.exchange();
}

#[test]
fn bytes_before_the_open_are_counted_whatever_they_are() {
    let router = Router::with_listener("maxFrameSize: 1000000");
    let mut pair = Pair::new(&router);
    let memory = router.mark_memory();
    let after_sasl = [&sasl_header()[..], &sasl_anonymous(), &amqp_header()].concat();
    let huge_open = {
        let mut open = honest::open();
        open.container_id = "x".repeat(900_000);
        performative(0, open)
    };
    let huge_response = described(0x41, &list(&[symbol("ANONYMOUS"), binary(&vec![0; 900_000])]));
    for (name, start, flood) in [
        ("an open without end", after_sasl.clone(), huge_open[..800_000].to_vec()),
        ("frames without content", after_sasl.clone(), frame(0, &[]).repeat(100_000)),
        ("frames with a long header", amqp_header().to_vec(), raw_frame(1020, 255, 0, 0, &[0; 1012]).repeat(1000)),
        ("a SASL frame without end", sasl_header().to_vec(), raw_frame(908_000, 2, 1, 0, &huge_response)),
        ("SASL responses", [&sasl_header()[..], &sasl_anonymous()].concat(), sasl_anonymous().repeat(30_000)),
    ] {
        let mut peer = Peer::connect(router.port());
        peer.send(&start);
        // Sent from another thread: the router may stop reading long before the end.
        let mut writer = peer.writer();
        let writing = std::thread::spawn(move || std::io::Write::write_all(&mut writer, &flood).is_ok());
        let start = Instant::now();
        last_words(&mut peer);
        peer.cut();
        writing.join().unwrap();
        assert!(start.elapsed() < Duration::from_secs(5), "{name}: closed after {:?}", start.elapsed());
        pair.exchange();
    }
    router.wait_for_count("failed: amqp:connection:framing-error", 5);
    assert!(router.growth(memory) < 16 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
}

#[test]
fn frames_of_the_wrong_layer_end_the_handshake() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let mechanisms = {
        let body = described(0x40, &list(&[symbol("ANONYMOUS")]));
        raw_frame(body.len() as u32 + 8, 2, 1, 0, &body)
    };
    for (name, bytes) in [
        ("an open where the mechanism is chosen", [&sasl_header()[..], &performative(0, honest::open())].concat()),
        (
            "an open right behind SASL",
            [&sasl_header()[..], &sasl_anonymous(), &performative(0, honest::open())].concat(),
        ),
        ("what only a server says", [&sasl_header()[..], &mechanisms].concat()),
        ("SASL twice", [&sasl_header()[..], &sasl_anonymous(), &sasl_header()].concat()),
        ("SASL behind the AMQP header", [&amqp_header()[..], &sasl_anonymous()].concat()),
        ("a begin without an open", [&amqp_header()[..], &performative(0, honest::begin())].concat()),
        ("a transfer without an open", [&amqp_header()[..], &transfer(0, &Default::default(), b"")].concat()),
    ] {
        let mut peer = Peer::connect(router.port());
        peer.send(&bytes);
        let start = Instant::now();
        while peer.next().is_some() {}
        assert!(start.elapsed() < Duration::from_secs(5), "{name}: closed after {:?}", start.elapsed());
    }
    router.wait_for_count("failed: amqp:connection:framing-error", 7);
    assert_eq!(router.count("container_id=peer"), 2, "only the pair has opened");
    pair.exchange();
}

#[test]
fn who_does_not_speak_amqp_is_told_what_is_spoken_here() {
    let router = Router::start();
    let hello = [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, 1, 2, 3, 4];
    for bytes in
        [&b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..], b"AMQP\x00\x00\x09\x01", b"AMQP\x07\x01\x00\x00", b"\n", &hello]
    {
        let mut peer = Peer::connect(router.port());
        peer.send(bytes);
        assert!(matches!(peer.next(), Some(Answer::Header(header)) if header == amqp_header()), "{bytes:?}");
        while peer.next().is_some() {}
    }
    Pair::new(&router).exchange();
}

#[test]
fn a_mechanism_that_is_not_offered_is_refused() {
    let router = Router::start();
    let body = described(0x41, &list(&[symbol("PLAIN"), binary(b"\0guest\0guest")]));
    let mut peer = Peer::connect(router.port());
    peer.send(&sasl_header());
    peer.send(&raw_frame(body.len() as u32 + 8, 2, 1, 0, &body));
    assert!(matches!(peer.expect("the header"), Answer::Header(header) if header == sasl_header()));
    assert!(matches!(peer.expect("the offer"), Answer::Sasl(SaslFrame::Mechanisms(_))));
    let answer = peer.expect("the outcome");
    assert!(
        matches!(&answer, Answer::Sasl(SaslFrame::Outcome(outcome)) if outcome.code == SaslCode::Auth),
        "{answer:?}"
    );
    peer.expect_eof();
    Pair::new(&router).exchange();
}

#[test]
fn a_connection_without_a_byte_is_harmless() {
    let router = Router::start();
    for _ in 0..100 {
        Peer::connect(router.port()).cut();
    }
    router.wait_for_count("Connection Closed", 100);
    for word in ["(error)", "(critical)", "(warning)", "Connection Opened"] {
        assert_eq!(router.count(word), 0, "{word}");
    }
    Pair::new(&router).exchange();
}

#[test]
fn a_peer_that_shuts_its_half_of_the_connection_has_left() {
    let router = Router::start();
    let mut half = Peer::session(router.port());
    half.attach_receiver(0, 0, "half");
    half.shut_half();
    router.wait_for_count("Connection Closed", 1);
    half.expect_eof();
    Pair::new(&router).exchange();
}

#[test]
fn a_thousand_connections_cut_in_all_states_leave_nothing_behind() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let whole = [
        steps().concat(),
        performative(0, honest::begin()),
        performative(0, honest::receiver(0, "cut")),
        performative(0, honest::sender(1, Some("cut"))),
        flow(0, &honest::grant(0, 0, 100)),
    ]
    .concat();
    let mut rounds = |count: usize| {
        for number in 0..count {
            let mut peer = Peer::connect(router.port());
            peer.send(&whole[..number * whole.len() / count]);
            // Some hang up, of others only the half that writes goes, some vanish with unread answers (a reset).
            if number % 3 == 0 {
                drop(peer);
            } else {
                peer.cut();
            }
            if number % 100 == 0 {
                pair.exchange();
            }
        }
    };
    rounds(100);
    router.wait_for_count("Connection Closed", 100);
    let memory = router.mark_memory();
    rounds(1000);
    router.wait_for_count("Connection Closed", 1100);
    pair.exchange();
    assert!(router.growth(memory) < 8 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
    assert_eq!(router.count("Accepted connection"), 1102);
}

#[test]
fn connections_beyond_the_limit_are_refused_and_the_others_live() {
    let sections = format!("policy {{\nmaxConnections: 4\n}}\n{}", crate::support::listener("plain", ""));
    let router = Router::with("plain", &sections);
    let mut pair = Pair::new(&router);
    let third = Peer::open(router.port());
    let fourth = Peer::connect(router.port());
    for _ in 0..20 {
        Peer::connect(router.port()).expect_eof();
        pair.exchange();
    }
    router.wait_for_count("(info) DENY Connection", 20);
    // A place that becomes free can be taken.
    third.close();
    fourth.cut();
    router.wait_for_count("Connection Closed", 2);
    let deadline = Instant::now() + crate::support::PATIENCE;
    let is_taken = || {
        let mut peer = Peer::connect(router.port());
        peer.try_send(&amqp_header()) && peer.next().is_some()
    };
    while !is_taken() {
        assert!(Instant::now() < deadline, "no place becomes free");
        pair.exchange();
    }
}
