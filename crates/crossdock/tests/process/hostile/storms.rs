//! Peers that stay within the protocol and try what it costs: answers, memory and processor time follow what they send.

use std::io::Write;
use std::thread::JoinHandle;
use std::time::Duration;

use crossdock_amqp::codec::{Disposition, Flow, Performative, StateRef};
use fe2o3_amqp_types::performatives::{Detach, End};

use crate::support::wire::*;
use crate::support::{Answer, MIB, Pair, Peer, Router, honest};

fn detach(handle: u32) -> Vec<u8> {
    performative(0, Detach { handle: handle.into(), closed: true, error: None })
}

/// Sends this from another thread, so that the test can read the answers.
fn send_aside(peer: &Peer, bytes: Vec<u8>) -> JoinHandle<()> {
    let mut writer = peer.writer();
    std::thread::spawn(move || writer.write_all(&bytes).unwrap())
}

/// Reads so many performatives of one kind; the router may not end anything meanwhile.
fn read_answers(peer: &mut Peer, count: usize, is_it: impl Fn(&Performative) -> bool) {
    for _ in 0..count {
        peer.skip_past("an answer", |answer| matches!(answer, Answer::Performative(_, answer) if is_it(answer)));
    }
}

fn is_attach(performative: &Performative) -> bool {
    matches!(performative, Performative::Attach(_))
}

fn is_detach(performative: &Performative) -> bool {
    matches!(performative, Performative::Detach(_))
}

#[test]
fn flows_that_ask_for_echoes_nobody_reads_are_not_read_for_ever() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let mut client = Peer::session(router.port());
    client.attach_receiver(0, 0, "echo");
    let ask = flow(0, &Flow { echo: true, ..honest::grant(0, 0, 10) });
    let asks = ask.repeat(2_000_000);
    let memory = router.mark_memory();
    let sent = client.send_until_blocked(&asks, Duration::from_millis(500));
    assert!(sent < asks.len(), "the router took all {sent} bytes");
    pair.exchange();
    assert!(router.growth(memory) < 24 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
    // As soon as they are read there is one answer for each question.
    let whole = sent / ask.len();
    for _ in 0..whole {
        client.skip_to("an echo", |answer| matches!(answer, Answer::Flow(flow) if flow.handle == Some(0)));
    }
    client.send(&asks[sent..(whole + 1) * ask.len()]);
    if !sent.is_multiple_of(ask.len()) {
        client.skip_to("the last echo", |answer| matches!(answer, Answer::Flow(flow) if flow.handle == Some(0)));
    }
    pair.exchange();
    client.close();
}

#[test]
fn twenty_thousand_attaches_and_detaches_are_answered_one_by_one() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let count = 10_000;
    let mut client = Peer::session(router.port());
    let storm = |client: &mut Peer, pair: &mut Pair, attach: fe2o3_amqp_types::performatives::Attach| {
        client.announce(0, &attach);
        let once = [performative(0, attach), detach(0)].concat();
        let writing = send_aside(client, once.repeat(count));
        for number in 0..count {
            read_answers(client, 1, is_attach);
            read_answers(client, 1, is_detach);
            if number % 1_000 == 0 {
                pair.exchange();
            }
        }
        writing.join().unwrap();
    };
    storm(&mut client, &mut pair, honest::receiver(0, "warm-up"));
    let (memory, cpu) = (router.mark_memory(), router.cpu());
    storm(&mut client, &mut pair, honest::receiver(0, "storm"));
    storm(&mut client, &mut pair, honest::sender(0, Some("storm")));
    assert!(router.growth(memory) < 24 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
    let spent = router.cpu() - cpu;
    assert!(spent < Duration::from_secs(3), "{spent:?} of processor time");
    client.close();
}

#[test]
fn ten_thousand_links_on_one_session() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let mut client = Peer::session(router.port());
    let links = 10_000;
    let (memory, cpu) = (router.mark_memory(), router.cpu());
    let mut attaches = Vec::new();
    for handle in 0..links {
        let attach = honest::receiver(handle, &format!("many/{handle}"));
        client.announce(0, &attach);
        attaches.extend(performative(0, attach));
    }
    let writing = send_aside(&client, attaches);
    read_answers(&mut client, links as usize, is_attach);
    writing.join().unwrap();
    // 4 KiB each, and 1.5 KiB more while its attach waits for the node.
    assert!(router.growth(memory) < 72 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
    // All of them serve.
    let mut producer = Peer::session(router.port());
    for handle in [0, links / 2, links - 1] {
        client.grant(0, handle, 0, 1);
        producer.attach_sender(0, handle, Some(&format!("many/{handle}")));
        producer.send_message(0, handle, true, &message(&handle.to_be_bytes()));
        assert_eq!(client.next_transfer().handle, handle);
    }
    pair.exchange();
    // Sessions that come and go elsewhere on the connection do not pay for them.
    let sessions = 5_000;
    let once = [performative(1, honest::begin()), performative(1, End { error: None })].concat();
    let before_sessions = router.cpu();
    let writing = send_aside(&client, once.repeat(sessions));
    read_answers(&mut client, sessions, |answer| matches!(answer, Performative::Begin(_)));
    writing.join().unwrap();
    let spent = router.cpu() - before_sessions;
    assert!(spent < Duration::from_millis(100), "{spent:?} of processor time for {sessions} sessions");
    let writing = send_aside(&client, (0..links).flat_map(detach).collect());
    read_answers(&mut client, links as usize, is_detach);
    writing.join().unwrap();
    let spent = router.cpu() - cpu;
    assert!(spent < Duration::from_secs(3), "{spent:?} of processor time");
    pair.exchange();
    client.close();
}

#[test]
fn ten_thousand_sessions_on_one_connection() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let mut client = Peer::open(router.port());
    let sessions = 10_000;
    let (memory, cpu) = (router.mark_memory(), router.cpu());
    let mut frames = Vec::new();
    for channel in 0..sessions {
        let attach = honest::receiver(0, "sessions");
        client.announce(channel, &attach);
        frames.extend(performative(channel, honest::begin()));
        frames.extend(performative(channel, attach));
        frames.extend(flow(channel, &honest::grant(0, 0, 1)));
    }
    let writing = send_aside(&client, frames);
    read_answers(&mut client, usize::from(sessions), is_attach);
    writing.join().unwrap();
    let mut producer = Peer::session(router.port());
    producer.attach_sender(0, 0, Some("sessions"));
    let mut served = std::collections::BTreeSet::new();
    for _ in 0..200 {
        producer.send_message(0, 0, true, &message(b"x"));
        served.insert(client.next_transfer().channel);
    }
    assert_eq!(served.len(), 200, "they take turns");
    pair.exchange();
    let writing =
        send_aside(&client, (0..sessions).flat_map(|channel| performative(channel, End { error: None })).collect());
    read_answers(&mut client, usize::from(sessions), |answer| matches!(answer, Performative::End(_)));
    writing.join().unwrap();
    let spent = router.cpu() - cpu;
    assert!(router.growth(memory) < 80 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
    assert!(spent < Duration::from_secs(3), "{spent:?} of processor time");
    pair.exchange();
    client.close();
}

#[test]
fn links_come_and_go_beside_many_unsettled_deliveries_at_no_extra_cost() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    let (links, each) = (1_000, 100);
    for handle in 0..links {
        consumer.attach_receiver(0, handle, &format!("unsettled/{handle}"));
        consumer.grant(0, handle, 0, each);
        producer.attach_sender(0, handle, Some(&format!("unsettled/{handle}")));
    }
    for number in 0..each * links {
        producer.send_message(0, number % links, false, &message(b"x"));
    }
    for _ in 0..each * links {
        consumer.next_message();
    }
    let more = links..links + 2_000;
    for (client, is_consumer) in [(&mut consumer, true), (&mut producer, false)] {
        let cpu = router.cpu();
        let mut attaches = Vec::new();
        for handle in more.clone() {
            let attach = if is_consumer { honest::receiver(handle, "x") } else { honest::sender(handle, Some("x")) };
            client.announce(0, &attach);
            attaches.extend(performative(0, attach));
        }
        let writing = send_aside(client, attaches);
        read_answers(client, more.len(), is_attach);
        writing.join().unwrap();
        let writing = send_aside(client, more.clone().flat_map(detach).collect());
        read_answers(client, more.len(), is_detach);
        writing.join().unwrap();
        let spent = router.cpu() - cpu;
        assert!(spent < Duration::from_millis(200), "{spent:?} of processor time for {} links", more.len());
        pair.exchange();
    }
    // All at once, too.
    let cpu = router.cpu();
    consumer.cut();
    let mut left = each * links;
    while left > 0 {
        let outcome = producer.next_disposition();
        left -= outcome.last - outcome.first + 1;
    }
    let spent = router.cpu() - cpu;
    assert!(spent < Duration::from_millis(150), "{spent:?} of processor time to lose {links} links");
    pair.exchange();
}

/// States that are not outcomes may be told any number of times; whoever does not read them must not fill the router.
#[test]
fn states_told_to_a_partner_who_does_not_read_are_not_hoarded() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    for is_consumer in [true, false] {
        let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
        consumer.attach_receiver(0, 0, "states");
        consumer.grant(0, 0, 0, 10);
        producer.attach_sender(0, 0, Some("states"));
        producer.send_message(0, 0, false, &message(b"x"));
        consumer.next_message();
        let received = described(0x23, &list(&[uint(0), vec![0x44]]));
        let tell = disposition(
            0,
            &Disposition { role_receiver: is_consumer, state: StateRef::Other(&received), ..Disposition::default() },
        );
        // 40 bytes each, to be passed on to the other, who reads nothing.
        let memory = router.mark_memory();
        let talker = if is_consumer { &mut consumer } else { &mut producer };
        let sent = talker.send_until_blocked(&tell.repeat(2_000_000), Duration::from_millis(500));
        pair.exchange();
        assert!(router.growth(memory) < 32 * MIB, "{sent} bytes, grew by {} KiB", router.growth(memory) / 1024);
        consumer.cut();
        producer.cut();
    }
}

#[test]
fn a_frame_that_comes_byte_by_byte_costs_little_more_than_its_bytes() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let mut client = Peer::session(router.port());
    let mut attach = honest::receiver(0, "slow");
    attach.name = "n".repeat(7_000);
    client.announce(0, &attach);
    let frame = performative(0, attach);
    let cpu = router.cpu();
    for byte in &frame {
        client.send(&[*byte]);
    }
    client.skip_to("the attach", |answer| matches!(answer, Answer::Performative(_, Performative::Attach(_))));
    let spent = router.cpu() - cpu;
    assert!(spent < Duration::from_secs(2), "{spent:?} of processor time");
    pair.exchange();
}

/// A session window that opens and shuts wakes what waits for it, and no more than can go.
#[test]
fn windows_that_open_and_shut_cost_no_more_than_they_let_through() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    let links = 1_000;
    for handle in 0..links {
        consumer.attach_receiver(0, handle, &format!("shut/{handle}"));
        let shut = Flow { incoming_window: 0, ..honest::grant(handle, 0, 10) };
        consumer.send(&flow(0, &shut));
        producer.attach_sender(0, handle, Some(&format!("shut/{handle}")));
        producer.send_message(0, handle, true, &message(b"x"));
        producer.send_message(0, handle, true, &message(b"x"));
    }
    pair.exchange();
    // Opens by one transfer, and shuts, and opens: 500 messages come out of 2,000.
    let window = |end: u32| Flow {
        handle: None,
        link_credit: None,
        delivery_count: None,
        incoming_window: end,
        ..honest::grant(0, 0, 0)
    };
    let cpu = router.cpu();
    let flows: Vec<u8> = (1..=500).flat_map(|end| [flow(0, &window(end)), flow(0, &window(0))].concat()).collect();
    consumer.send(&flows);
    for _ in 0..500 {
        consumer.next_transfer();
    }
    let spent = router.cpu() - cpu;
    assert!(spent < Duration::from_secs(2), "{spent:?} of processor time");
    pair.exchange();
}

/// One small frame can name all deliveries of a session, again and again. Each time costs a look at each of them, no more.
#[test]
fn states_told_of_ten_thousand_deliveries_a_thousand_times() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    consumer.attach_receiver(0, 0, "states");
    consumer.grant(0, 0, 0, 20_000);
    let links = 40;
    for handle in 0..links {
        producer.attach_sender(0, handle, Some("states"));
    }
    for number in 0..250 * links {
        producer.send_message(0, number % links, false, &message(b"x"));
    }
    for _ in 0..250 * links {
        consumer.next_message();
    }
    let received = described(0x23, &list(&[uint(0), vec![0x44]]));
    let tell = disposition(
        0,
        &Disposition {
            role_receiver: true,
            last: Some(i32::MAX as u32),
            state: StateRef::Other(&received),
            ..Disposition::default()
        },
    );
    let (memory, cpu) = (router.mark_memory(), router.cpu());
    consumer.send(&tell.repeat(1_000));
    pair.exchange();
    consumer.send(&flow(0, &Flow { echo: true, ..honest::grant(0, 250 * links, 10) }));
    consumer.skip_to("an echo", |answer| matches!(answer, Answer::Flow(flow) if flow.handle == Some(0)));
    pair.exchange();
    let spent = router.cpu() - cpu;
    assert!(spent < Duration::from_secs(2), "{spent:?} of processor time");
    assert!(router.growth(memory) < 16 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
}
