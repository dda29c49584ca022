//! Peers that do not read, do not grant, or send without end: the router holds what it has promised to hold, and stops
//! those who would send more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crossdock_amqp::codec::{StateKind, Transfer};

use crate::support::wire::*;
use crate::support::{MIB, Pair, Peer, Router};

#[track_caller]
fn grew_by_less_than(router: &Router, mark: u64, limit: u64) {
    let growth = router.growth(mark);
    assert!(growth < limit, "grew by {} KiB", growth / 1024);
}

#[test]
fn a_consumer_that_does_not_read_holds_up_its_producer_and_loses_nothing() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    consumer.attach_receiver(0, 0, "unread");
    consumer.grant(0, 0, 0, 10_000);
    producer.attach_sender(0, 0, Some("unread"));
    let memory = router.mark_memory();
    let messages = 150;
    let content = |number: u32| message(&number.to_be_bytes().repeat(1 << 18));
    let sent = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&sent);
    let sending = std::thread::spawn(move || {
        for number in 0..messages {
            producer.send_message(0, 0, false, &content(number));
            count.fetch_add(1, Ordering::Relaxed);
        }
        producer
    });
    // Until the producer stands still: the router would take no more if it waited for a day.
    pair.exchange_until_still(&sent);
    assert!(!sending.is_finished(), "the router has taken all {messages} MB");
    grew_by_less_than(&router, memory, 64 * MIB);
    for number in 0..messages {
        let (delivery, received) = consumer.next_message();
        assert_eq!((delivery, received == content(number)), (number, true));
        consumer.accept(0, delivery, delivery);
    }
    let mut producer = sending.join().unwrap();
    let mut settled = 0;
    while settled < messages {
        let outcome = producer.next_disposition();
        assert_eq!((outcome.kind, outcome.settled), (StateKind::Accepted, true));
        settled += outcome.last - outcome.first + 1;
    }
    grew_by_less_than(&router, memory, 96 * MIB);
    pair.exchange();
}

#[test]
fn a_flood_of_settled_messages_waits_for_its_slow_consumer() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    consumer.attach_receiver(0, 0, "flood");
    producer.attach_sender(0, 0, Some("flood"));
    let memory = router.mark_memory();
    let messages: u32 = 30_000;
    let sending = std::thread::spawn(move || {
        for number in 0..messages {
            producer.send_message(0, 0, true, &message(&number.to_be_bytes()));
        }
        producer.close();
    });
    let mut received = 0;
    while received < messages {
        // Credit in small change, and something else to do in between.
        consumer.grant(0, 0, received, 10);
        for _ in 0..10 {
            let arrived = consumer.next_transfer();
            assert_eq!((arrived.payload, arrived.settled), (message(&received.to_be_bytes()), true));
            received += 1;
        }
        if received % 3_000 == 0 {
            pair.exchange();
        }
    }
    sending.join().unwrap();
    grew_by_less_than(&router, memory, 16 * MIB);
}

/// What has been written of the output must go, even if the output is never empty.
#[test]
fn a_consumer_that_never_catches_up_costs_no_more_than_one_that_does() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    consumer.attach_receiver(0, 0, "behind");
    consumer.grant(0, 0, 0, 1_000_000);
    producer.attach_sender(0, 0, Some("behind"));
    let memory = router.mark_memory();
    let messages = 100_000;
    let sending = std::thread::spawn(move || {
        for _ in 0..messages {
            producer.send_message(0, 0, true, &message(&[7; 1000]));
        }
        producer.close();
    });
    for number in 0..messages {
        consumer.next_transfer();
        if number % 20 == 0 {
            // The producer is ahead all the time.
            pair.exchange();
        }
    }
    sending.join().unwrap();
    grew_by_less_than(&router, memory, 40 * MIB);
}

#[test]
fn a_peer_that_neither_reads_nor_speaks_is_given_up_and_what_it_held_goes_on() {
    let router = Router::with_listener("idleTimeoutSeconds: 2");
    let (mut silent, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    silent.attach_receiver(0, 0, "silent");
    silent.grant(0, 0, 0, 10_000);
    producer.attach_sender(0, 0, Some("silent"));
    let messages = 12;
    // More than socket buffers hold: the rest waits in the router. The router waits for the producer's last byte.
    let sending = std::thread::spawn(move || {
        for _ in 0..messages {
            producer.send_message(0, 0, false, &message(&vec![7; 1 << 20]));
        }
        let mut settled = 0;
        while settled < messages {
            let outcome = producer.next_disposition();
            assert!(matches!(outcome.kind, StateKind::Modified | StateKind::Released), "{outcome:?}");
            if outcome.settled {
                settled += outcome.last - outcome.first + 1;
            }
        }
        producer.close();
    });
    router.wait_for("the end of the silent peer", |line| line.contains("local-idle-timeout expired"));
    sending.join().unwrap();
    router.wait_for_count("Connection Closed", 2);
    drop(silent);
}

/// Whether the router lets a session that has sent so many transfers send another one, before long.
fn gets_window(producer: &mut Peer, pair: &mut Pair, sent: u32) -> bool {
    (0..2_000).any(|_| {
        let has_window = producer.has_window_for(0, sent);
        if !has_window {
            pair.exchange();
            producer.collect_flows();
        }
        has_window
    })
}

/// Tiny parts of one message, each of which could keep a read buffer or an allocation alive.
#[test]
fn a_message_in_tiny_frames_is_charged_for_what_it_costs() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    consumer.attach_receiver(0, 0, "tiny");
    producer.attach_sender(0, 0, Some("tiny"));
    let memory = router.mark_memory();
    // No credit at all: the message waits in the router, as far as the window lets it come in.
    let head = Transfer {
        delivery_id: Some(0),
        delivery_tag: Some(b"t"),
        message_format: Some(0),
        more: true,
        ..Transfer::default()
    };
    producer.wait_for_credit(0, 0);
    producer.send(&transfer(0, &head, &message(&[7; 100])));
    let next = transfer(0, &Transfer { more: true, ..Transfer::default() }, b"x");
    let mut sent = 1;
    while sent < 200_000 && gets_window(&mut producer, &mut pair, sent) {
        producer.send(&next);
        sent += 1;
    }
    // Each is charged 256 bytes of the 16 MiB that a connection may hold.
    assert!(sent < 70_000, "the router took {sent} parts");
    grew_by_less_than(&router, memory, 64 * MIB);
    pair.exchange();
}

/// Messages whose beginning does not end: the router must have all of it before it can route, on each of many links.
#[test]
fn many_messages_whose_heads_are_not_complete_do_not_fill_the_router() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let mut producer = Peer::session(router.port());
    let memory = router.mark_memory();
    // Properties of 60 kB, of which the last byte does not come yet.
    let properties = described(0x73, &list(&[null(), null(), string("nowhere"), string(&"s".repeat(60_000))]));
    let (all_but_one, last) = properties.split_at(properties.len() - 1);
    let links = 1_000;
    for handle in 0..links {
        producer.attach_sender(0, handle, None);
        producer.wait_for_credit(0, handle);
    }
    let mut transfers = 0;
    for handle in 0..links {
        for (number, chunk) in all_but_one.chunks(16_000).enumerate() {
            let is_first = number == 0;
            let tag = handle.to_be_bytes();
            let head = Transfer {
                handle,
                delivery_id: is_first.then_some(handle),
                delivery_tag: is_first.then_some(&tag),
                message_format: is_first.then_some(0),
                more: true,
                ..Transfer::default()
            };
            // The window stays open: more frames are what makes these messages go.
            producer.wait_for_window_of(0, transfers);
            producer.send(&transfer(0, &head, chunk));
            transfers += 1;
        }
    }
    pair.exchange();
    grew_by_less_than(&router, memory, 32 * MIB);
    // The first of them are as good as any when their last byte comes; the others have been refused.
    let (mut released, mut refused) = (0, 0);
    for handle in 0..links {
        producer.wait_for_window_of(0, transfers);
        producer.send(&transfer(0, &Transfer { handle, ..Transfer::default() }, last));
        transfers += 1;
        let outcome = loop {
            let outcome = producer.next_disposition();
            if outcome.settled {
                break outcome;
            }
            assert_eq!(outcome.kind, StateKind::Rejected);
        };
        assert_eq!((outcome.first, outcome.last), (handle, handle));
        if outcome.kind == StateKind::Released {
            released += 1;
        } else {
            assert!(outcome.explains("amqp:resource-limit-exceeded"), "{outcome:?}");
            refused += 1;
        }
    }
    assert!(released >= 32 && refused >= links / 2, "{released} released, {refused} refused");
    pair.exchange();
}
