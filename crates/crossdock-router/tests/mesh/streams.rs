//! What waits behind a stream to a neighbour goes on as soon as it may.

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::LinkId;
use crossdock_router::{ConnectionRole, Holdings};
use fe2o3_amqp_types::definitions::Role;

use super::bench::Bench;
use super::hostile::{LARGE, Scene, body};

/// As hostile.rs has it; and a router behind R, whose clients send to an address that is served at N. N does not say that
/// it keeps order.
fn scene_with_router_behind() -> (Scene, usize) {
    let mut scene = Scene::with_lanes(10);
    let behind = join_router_behind(&mut scene);
    (scene, behind)
}

fn join_router_behind(scene: &mut Scene) -> usize {
    let bench = &mut scene.bench;
    let behind = bench.router("B", 2);
    bench.join(behind, 0);
    bench.run_for(1_000);
    scene.greet();
    scene.tell("B");
    behind
}

fn producer(bench: &mut Bench, site: usize, name: &str) -> (usize, LinkId) {
    let client = bench.connect(site, ConnectionRole::Normal, name);
    (client, bench.attach(client, Role::Sender, Some("far"), 0))
}

fn large(head: &str) -> Vec<u8> {
    [body(head), vec![0x40; LARGE]].concat()
}

/// The messages that N got, by the text in their first section, and the link of each.
fn got(scene: &mut Scene, texts: &[&'static str]) -> Vec<(&'static str, LinkId)> {
    let got = &scene.bench.client(scene.neighbor).got;
    let find = |message: &[u8]| {
        texts.iter().copied().find(|text| message.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    got.iter().filter_map(|(link, _, message)| Some((find(message)?, *link))).collect()
}

#[test]
fn what_another_router_sent_behind_a_stream_goes_on_when_the_stream_has_begun_though_it_stalls() {
    let (mut scene, behind) = scene_with_router_behind();
    let neighbor = scene.neighbor;
    let (slow, slow_link) = producer(&mut scene.bench, behind, "slow");
    let (quick, quick_link) = producer(&mut scene.bench, behind, "quick");
    scene.bench.send(slow, slow_link, &large("stalls"), false, true);
    scene.bench.send(quick, quick_link, &body("small"), false, false);
    scene.bench.send(quick, quick_link, &large("large"), false, false);
    let texts = ["stalls", "small", "large"];
    assert_eq!(got(&mut scene, &texts), [], "none must overtake a stream that has not begun");
    assert_eq!(scene.bench.client(neighbor).attached.len(), 1);
    scene.bench.answer(neighbor, 1);
    assert_eq!(scene.bench.client(neighbor).attached.len(), 1, "a stream for the other large one");
    let own = scene.bench.answer(neighbor, 1);
    let arrived = got(&mut scene, &texts);
    assert_eq!(arrived.iter().map(|(text, _)| *text).collect::<Vec<_>>(), ["small", "large"]);
    assert_eq!(arrived[1].1, own);
    scene.bench.send(quick, quick_link, &body("later"), false, false);
    assert_eq!(got(&mut scene, &["later"]).len(), 1);
    scene.bench.send(slow, slow_link, &[0x40], false, false);
    assert_eq!(got(&mut scene, &["stalls"]).len(), 1);
    assert_eq!(scene.bench.client(quick).outcomes.len(), 3);
    assert_eq!(scene.bench.client(slow).outcomes.len(), 1);
    scene.finish();
}

#[test]
fn large_messages_of_one_client_go_one_after_the_other_where_the_neighbour_would_mix_them_up_and_small_ones_pass() {
    let mut scene = Scene::with_lanes(10);
    let neighbor = scene.neighbor;
    let (client, slow) = producer(&mut scene.bench, 0, "client");
    let other = scene.bench.attach(client, Role::Sender, Some("far"), 0);
    scene.bench.send(client, slow, &large("stalls"), false, true);
    scene.bench.answer(neighbor, 10);
    for text in ["second", "third"] {
        scene.bench.send(client, other, &large(text), false, false);
    }
    let (bystander, quick) = producer(&mut scene.bench, 0, "bystander");
    scene.bench.send(bystander, quick, &body("small"), false, false);
    let texts = ["stalls", "second", "third", "small"];
    assert_eq!(got(&mut scene, &texts).iter().map(|(text, _)| *text).collect::<Vec<_>>(), ["small"]);
    scene.bench.send(client, slow, &[0x40], false, false);
    let arrived = got(&mut scene, &texts);
    assert_eq!(arrived.iter().map(|(text, _)| *text).collect::<Vec<_>>(), ["small", "stalls", "second", "third"]);
    assert!(arrived[1..].iter().all(|(_, link)| *link == arrived[1].1), "all on one link");
    assert!(scene.bench.client(neighbor).attached.is_empty());
    scene.finish();
}

#[test]
fn settled_content_of_other_routers_counts_while_it_waits_whatever_becomes_of_it() {
    let (mut scene, behind) = scene_with_router_behind();
    let neighbor = scene.neighbor;
    let bench = &mut scene.bench;
    let [slow, quick, gives_up, settles_late] =
        ["slow", "quick", "gives-up", "settles-late"].map(|name| producer(bench, behind, name));
    let mut expected = 0;
    let mut assert_grows = |bench: &Bench, from: usize, to: usize| {
        let transit = bench.holdings(neighbor).transit;
        assert!((expected + from..=expected + to).contains(&transit), "{transit} after {expected}");
        expected = transit;
    };
    let annotations = 200;
    bench.send(slow.0, slow.1, &large("stalls"), true, true);
    assert_grows(bench, LARGE, LARGE + annotations);
    bench.send(quick.0, quick.1, &body("small"), true, false);
    assert_grows(bench, 10, annotations);
    bench.send(quick.0, quick.1, &large("large"), true, false);
    assert_grows(bench, LARGE, LARGE + annotations);
    bench.send(gives_up.0, gives_up.1, &large("aborted"), true, true);
    assert_grows(bench, LARGE, LARGE + annotations);
    let session = bench.session(settles_late.0);
    let number = bench.client(settles_late.0).peer.conn.session(session).unwrap().outgoing().next_number();
    bench.send(settles_late.0, settles_late.1, &body("late"), false, false);
    assert_grows(bench, 0, 0);
    let engine = &mut bench.client(settles_late.0).peer.conn;
    engine.write_disposition(session, false, number, number, true, StateRef::None);
    engine.session_mut(session).unwrap().outgoing_mut().remove(number);
    bench.settle();
    assert_grows(bench, 10, annotations);
    assert!(bench.client(gives_up.0).peer.conn.abort_delivery(gives_up.1));
    bench.settle();
    assert_eq!(bench.holdings(neighbor).waiting, 4);
    while !bench.client(neighbor).attached.is_empty() {
        bench.answer(neighbor, 1);
    }
    assert_eq!((bench.holdings(neighbor).waiting, bench.holdings(neighbor).transit), (1, 0));
    bench.send(slow.0, slow.1, &[0x40], true, false);
    assert_eq!(bench.holdings(neighbor), Holdings::default());
    let arrived = got(&mut scene, &["stalls", "small", "large", "aborted", "late"]);
    assert_eq!(arrived.iter().map(|(text, _)| *text).collect::<Vec<_>>(), ["small", "late", "large", "stalls"]);
    scene.finish();
}

#[test]
fn settled_messages_of_several_frames_are_dropped_too_when_too_many_wait_for_a_neighbour() {
    const PIECE: usize = 100 * 1024;
    const KEPT: usize = 32 * 1024 * 1024;
    let (mut scene, receivers) = Scene::with_lanes_and_credit(10, 0);
    let behind = join_router_behind(&mut scene);
    let neighbor = scene.neighbor;
    let (client, link) = producer(&mut scene.bench, behind, "eager");
    let message = [body("piece"), vec![0x40; PIECE]].concat();
    let fit = KEPT / PIECE;
    for _ in 0..fit + 50 {
        scene.bench.send(client, link, &message, true, false);
    }
    let Holdings { waiting, transit, .. } = scene.bench.holdings(neighbor);
    assert!(transit <= KEPT && transit > KEPT - 2 * PIECE, "{transit} bytes");
    assert!(waiting <= fit && waiting > fit - 5, "{waiting} of {}", fit + 50);
    for receiver in receivers {
        let engine = &mut scene.bench.client(neighbor).peer.conn;
        engine.add_credit(receiver, 1_000);
        engine.open_gate(receiver);
        scene.bench.settle();
    }
    assert_eq!(got(&mut scene, &["piece"]).len(), waiting);
    assert_eq!(scene.bench.holdings(neighbor), Holdings::default());
    scene.finish();
}
