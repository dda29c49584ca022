//! Many machines as one network.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_linkstate::{Cost, Instance, Notice};
use support::{Mesh, line, name, ring, ring_with_chords};

#[test]
fn routers_find_the_paths_of_the_rules_in_any_shape() {
    let shapes = [
        ("two", 2, line(2)),
        ("line", 8, line(8)),
        ("triangle", 3, ring(3)),
        ("ring", 9, ring(9)),
        ("star", 7, (1..7).map(|leaf| (0, leaf, leaf as u32)).collect()),
        ("full", 6, (0..6).flat_map(|a| (0..a).map(move |b| (a, b, 1))).collect()),
        ("chords", 50, ring_with_chords(50, 1)),
    ];
    for (shape, routers, links) in shapes {
        for seed in 1..4 {
            let mut mesh = Mesh::start(seed, routers, &links);
            let millis = mesh.run_until_settled(3_000);
            mesh.assert_loop_free();
            mesh.run(20_000);
            assert_eq!(mesh.wrong(), None, "{shape}, seed {seed}, settled after {millis} ms");
        }
    }
}

#[test]
fn after_any_single_cut_all_paths_are_right_within_a_second() {
    let links = ring_with_chords(16, 7);
    let mut mesh = Mesh::start(5, 16, &links);
    mesh.run_until_settled(3_000);
    for link in 0..links.len() {
        mesh.run(30_000);
        mesh.cut(link);
        mesh.run_until_settled(1_000);
        mesh.assert_loop_free();
        mesh.heal(link);
        mesh.run_until_settled(2_000);
    }
}

#[test]
fn the_messages_after_a_change_grow_with_the_mesh_and_not_with_its_square() {
    for routers in [25, 50, 100, 200] {
        let links = ring_with_chords(routers, 3);
        // Without regular advertisements, so that what is counted comes from the change.
        let mut mesh = Mesh::start_tuned(11, routers, &links, |config| config.ra_interval = 3_600_000);
        let start = mesh.run_until_settled(5_000);
        mesh.run(15_000);
        let hops: u64 = (0..routers).map(|router| u64::from(mesh.machine(router).radius())).max().unwrap();
        let before = mesh.messages();
        mesh.run(5_000);
        assert_eq!(mesh.messages(), before, "{routers} routers: quiet but for HELLO");
        mesh.cut(routers / 2);
        let millis = mesh.run_until_settled(1_000);
        mesh.run(15_000);
        let count = mesh.messages() - before;
        println!("{routers} routers: settled after {start} ms, after a cut {millis} ms with {count} messages");
        // Both ends of the connection flood three advertisements, at most twice over each connection; every router asks
        // both ends and is answered. Paths that come into being while answers are under way may cost a repetition.
        let floods = 2 * 3 * 2 * links.len() as u64;
        let requests = 2 * 2 * routers as u64 * hops;
        assert!(count < floods + 2 * requests, "{routers} routers: {count} messages; {floods} {requests} expected");
    }
}

#[test]
fn a_restarted_router_is_known_as_such_and_its_old_addresses_are_gone() {
    let mut mesh = Mesh::start(3, 5, &ring(5));
    mesh.with(2, |machine| machine.add_local_address("M0old", 3));
    mesh.run_until_settled(3_000);
    mesh.run(3_000);
    mesh.assert_addresses(&[(2, "M0old")]);
    mesh.stop_router(2);
    mesh.run(500);
    mesh.start_router(2);
    mesh.with(2, |machine| machine.add_local_address("M0new", 1));
    mesh.run_until_settled(3_000);
    mesh.run(3_000);
    mesh.assert_addresses(&[(2, "M0new")]);
    let restarts = |mesh: &Mesh, at: usize| {
        let is_restart = |notice: &Notice| matches!(notice, Notice::Restarted { router, .. } if *router == name(2));
        mesh.notices.iter().filter(|(router, notice)| *router == at && is_restart(notice)).count()
    };
    for at in [0, 1, 3, 4] {
        assert_eq!(restarts(&mesh, at), 1, "at {}", name(at));
    }
}

#[test]
fn parts_go_on_alone_and_come_together_again() {
    // Two rings of six, joined by two connections.
    let mut links = ring(6);
    links.extend(ring(6).into_iter().map(|(a, b, cost)| (a + 6, b + 6, cost)));
    links.extend([(0, 6, 1), (3, 9, 2)]);
    let (first, second) = (12, 13);
    let mut mesh = Mesh::start(9, 12, &links);
    mesh.with(1, |machine| machine.add_local_address("M0a", 3));
    mesh.with(8, |machine| machine.add_local_address("M0b", 3));
    mesh.run_until_settled(3_000);
    mesh.run(10_000);
    mesh.assert_addresses(&[(1, "M0a"), (8, "M0b")]);
    for away in [5_000, 100_000] {
        mesh.cut(first);
        mesh.cut(second);
        mesh.run_until_settled(1_000);
        mesh.assert_addresses(&[(1, "M0a"), (8, "M0b")]);
        // What changes meanwhile is not missed.
        mesh.with(8, |machine| machine.add_local_address("M0c", 3));
        mesh.with(8, |machine| machine.remove_local_address("M0b"));
        mesh.cut(8);
        mesh.run(away);
        mesh.heal(first);
        mesh.heal(second);
        mesh.run_until_settled(3_000);
        mesh.run(3_000);
        mesh.assert_addresses(&[(1, "M0a"), (8, "M0c")]);
        mesh.heal(8);
        mesh.with(8, |machine| machine.add_local_address("M0b", 3));
        mesh.with(8, |machine| machine.remove_local_address("M0c"));
        mesh.run_until_settled(3_000);
        mesh.run(3_000);
    }
}

#[test]
fn a_silent_neighbour_is_none_after_the_hello_age_and_a_tick() {
    let mut mesh = Mesh::start(4, 4, &ring(4));
    mesh.run_until_settled(3_000);
    mesh.run(5_000);
    mesh.silence(1);
    mesh.run(1_900);
    assert!(mesh.machine(1).neighbors().any(|(router, ..)| *router == name(2)), "not before its age");
    mesh.run(2_100);
    assert!(!mesh.machine(1).neighbors().any(|(router, ..)| *router == name(2)));
    mesh.run_until_settled(500);
}

#[test]
fn who_is_gone_for_good_is_forgotten() {
    let mut mesh = Mesh::start(6, 4, &line(4));
    mesh.run_until_settled(3_000);
    mesh.stop_router(3);
    mesh.run(1_000);
    assert_eq!(mesh.machine(0).routers().count(), 3);
    mesh.run(70_000);
    assert_eq!(mesh.machine(0).routers().count(), 2);
    assert_eq!(mesh.wrong(), None);
}

#[test]
fn with_two_connections_to_a_neighbour_the_path_stays_and_the_loss_of_one_is_not_its_loss() {
    let links = [(0, 1, 2), (0, 1, 2), (0, 1, 5), (1, 2, 1)];
    let mut mesh = Mesh::start(8, 3, &links);
    mesh.run_until_settled(3_000);
    let (seq, paths) = (mesh.machine(0).ls_seq(), mesh.machine(0).paths().clone());
    let noticed = mesh.notices.len();
    mesh.run(20_000);
    assert_eq!((mesh.machine(0).ls_seq(), mesh.machine(0).paths()), (seq, &paths), "nothing flaps");
    assert_eq!(mesh.notices.len(), noticed);
    // The one in use goes, then its equal: only then the cost is another.
    let used = paths[&name(1)].connection.0 % 1_000_000;
    mesh.cut(used as usize);
    assert_eq!(mesh.machine(0).ls_seq(), seq);
    assert_eq!(mesh.wrong(), None, "at once");
    mesh.run(3_000);
    mesh.cut(1 - used as usize);
    mesh.run_until_settled(500);
    assert_eq!(mesh.machine(0).paths()[&name(2)].cost, 6);
    mesh.heal(0);
    mesh.run_until_settled(500);
    let lost = mesh.notices.iter().any(|(_, notice)| matches!(notice, Notice::NeighborLost { .. }));
    assert!(!lost, "a neighbour all the time");
}

#[test]
fn a_cost_that_changes_counts_everywhere_each_direction_for_itself() {
    let mut mesh = Mesh::start(13, 4, &ring(4));
    mesh.run_until_settled(3_000);
    mesh.run(1_000);
    let (key, now) = (mesh.machine(0).paths()[&name(1)].connection, mesh.now);
    mesh.with(0, |machine| machine.handle_connection_up(key, Cost(10), now));
    mesh.run(500);
    let cost = |mesh: &mut Mesh, from: usize, to: usize| mesh.machine(from).paths()[&name(to)].cost;
    assert_eq!((cost(&mut mesh, 0, 1), cost(&mut mesh, 3, 1), cost(&mut mesh, 1, 0)), (3, 2, 1));
    mesh.assert_loop_free();
}

#[test]
fn addresses_are_known_everywhere_soon_and_withdrawn_with_their_router() {
    let links = ring_with_chords(12, 2);
    let mut mesh = Mesh::start(2, 12, &links);
    for router in [0, 5, 7] {
        mesh.with(router, |machine| machine.add_local_address("M0shared", 1));
    }
    mesh.run_until_settled(3_000);
    mesh.with(3, |machine| machine.add_local_address("Mfleeting", 1));
    mesh.with(3, |machine| machine.remove_local_address("Mfleeting"));
    mesh.run(2_500);
    mesh.assert_addresses(&[(0, "M0shared"), (5, "M0shared"), (7, "M0shared")]);
    assert_eq!(mesh.machine(3).mobile_seq().0, 0, "what cancels out within a tick is not told");
    mesh.stop_router(5);
    mesh.run(1_000);
    mesh.assert_addresses(&[(0, "M0shared"), (7, "M0shared")]);
}

#[test]
fn the_same_seed_gives_the_same_trace_and_another_seed_another() {
    let trace = |seed: u64| {
        let mut mesh = Mesh::start(seed, 20, &ring_with_chords(20, 4));
        mesh.run(5_000);
        mesh.cut(3);
        mesh.run(5_000);
        (mesh.trace_hash, mesh.messages())
    };
    assert_eq!(trace(1), trace(1));
    assert_ne!(trace(1).0, trace(2).0);
}

#[test]
fn a_router_with_our_name_is_reported_once() {
    let mut mesh = Mesh::start(1, 2, &line(2));
    mesh.run_until_settled(3_000);
    let (key, now) = (mesh.machine(0).paths()[&name(1)].connection, mesh.now);
    for instance in [1, 2, 3] {
        let hello = crossdock_linkstate::message::Hello { id: name(0), instance: Instance(instance), seen: vec![] };
        let hello = crossdock_linkstate::message::Message::Hello(hello);
        mesh.with(0, |machine| machine.handle_message(&hello, key, now));
    }
    let reported = mesh.notices.iter().filter(|(_, notice)| matches!(notice, Notice::OwnIdTaken { .. })).count();
    assert_eq!((reported, mesh.machine(0).counters().own_id), (1, 3));
    mesh.run(3_000);
    assert_eq!(mesh.wrong(), None);
}
