//! Where deliveries go in a mesh that is well, and what becomes of them.

use crossdock_sim::{Post, StateKind, Taste, Verdict, World};

const SETTLE: u64 = 10_000;

/// Routers joined by wires of these costs; calm.
fn mesh(seed: u64, routers: usize, wires: &[(usize, usize, u32)]) -> World {
    let mut world = World::new(seed);
    for _ in 0..routers {
        world.add_router();
    }
    for &(a, b, cost) in wires {
        world.connect(a, b, cost);
    }
    world.mark_baseline();
    world
}

fn line(seed: u64, routers: usize) -> World {
    let wires: Vec<_> = (1..routers).map(|at| (at - 1, at, 1)).collect();
    mesh(seed, routers, &wires)
}

#[test]
fn outcomes_come_back_over_any_number_of_routers() {
    let mut world = line(1, 4);
    let (near, far) = (world.client(0), world.client(3));
    let receiver = world.receiver_with(far, "a", Taste { verdict: Some(Verdict::InTurn), ..Taste::default() });
    world.converge(SETTLE);
    let sender = world.sender(near, "a");
    world.send(sender, 100);
    world.rest();
    assert_eq!(world.received(receiver), (0..100).collect::<Vec<_>>());
    use StateKind::{Accepted, Modified, Rejected, Released};
    let in_turn = [Accepted, Released, Rejected, Modified].map(Some);
    let expected: Vec<_> = in_turn.into_iter().cycle().take(100).collect();
    assert_eq!(world.outcomes(sender), expected);
    world.finish();
}

#[test]
fn credit_comes_when_a_consumer_is_known_and_not_before() {
    let mut world = line(2, 3);
    let near = world.client(0);
    let sender = world.sender(near, "a");
    world.send(sender, 3);
    world.run_for(5_000);
    assert_eq!(world.credit(sender), 0);
    let far = world.client(2);
    let receiver = world.receiver(far, "a");
    world.converge(SETTLE);
    world.rest();
    assert_eq!((world.credit(sender), world.received(receiver).len()), (250, 3));
    world.finish();
}

#[test]
fn every_router_of_a_mesh_with_cycles_gets_one_copy_of_a_multicast() {
    let triangle = vec![(0, 1, 1), (1, 2, 1), (2, 0, 1)];
    let square = vec![(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 0, 1), (0, 2, 3)];
    let full: Vec<_> = (0..5).flat_map(|a| (0..a).map(move |b| (a, b, 1 + (a * b) as u32 % 3))).collect();
    for (routers, wires) in [(3, triangle), (4, square), (5, full)] {
        let mut world = mesh(routers as u64, routers, &wires);
        let clients: Vec<usize> = (0..routers).map(|router| world.client(router)).collect();
        let receivers: Vec<usize> = clients.iter().map(|&client| world.receiver(client, "multicast.a")).collect();
        world.converge(SETTLE);
        let senders: Vec<usize> = clients.iter().map(|&client| world.sender(client, "multicast.a")).collect();
        for &sender in &senders {
            world.send(sender, 5);
            world.send_with(sender, Post { presettled: true, ..Post::default() });
        }
        world.rest();
        for receiver in receivers {
            let mut received = world.received(receiver);
            received.sort_unstable();
            assert_eq!(received, (0..6 * routers as u32).collect::<Vec<_>>(), "{routers} routers");
        }
        world.finish();
    }
}

#[test]
fn a_multicast_is_what_the_worst_and_the_best_of_its_receivers_say() {
    let verdicts = [Verdict::Released, Verdict::Modified, Verdict::Accepted, Verdict::Rejected];
    let outcomes = [StateKind::Released, StateKind::Modified, StateKind::Accepted, StateKind::Rejected];
    for present in 1..=4 {
        let mut world = mesh(present as u64, 3, &[(0, 1, 1), (1, 2, 1), (2, 0, 1)]);
        for (at, &verdict) in verdicts.iter().take(present).enumerate() {
            let client = world.client(at % 3);
            world.receiver_with(client, "multicast.a", Taste { verdict: Some(verdict), ..Taste::default() });
        }
        world.converge(SETTLE);
        let client = world.client(0);
        let sender = world.sender(client, "multicast.a");
        world.send(sender, 1);
        world.rest();
        assert_eq!(world.outcomes(sender), [Some(outcomes[present - 1])]);
        world.finish();
    }
}

#[test]
fn closest_is_the_cheapest_and_equals_take_turns() {
    // 0 ─1─ 1 ─1─ 2, 0 ─1─ 3, 0 ─5─ 4: routers 1 and 3 are equally near, 2 and 4 are farther.
    let mut world = mesh(5, 5, &[(0, 1, 1), (1, 2, 1), (0, 3, 1), (0, 4, 5)]);
    let clients: Vec<usize> = (0..5).map(|router| world.client(router)).collect();
    let receivers: Vec<usize> = (1..5).map(|router| world.receiver(clients[router], "closest.a")).collect();
    world.converge(SETTLE);
    let sender = world.sender(clients[0], "closest.a");
    world.send(sender, 20);
    world.rest();
    let counts = |world: &World| receivers.iter().map(|&one| world.received(one).len()).collect::<Vec<_>>();
    assert_eq!(counts(&world), [10, 0, 10, 0]);
    // Whoever is here is nearer than all.
    let here = world.receiver(clients[0], "closest.a");
    world.converge(SETTLE);
    world.send(sender, 20);
    world.rest();
    assert_eq!((counts(&world), world.received(here).len()), (vec![10, 0, 10, 0], 20));
    // The nearest leave: the next gets it.
    world.detach_receiver(here);
    world.detach_receiver(receivers[0]);
    world.detach_receiver(receivers[2]);
    world.converge(SETTLE);
    world.send(sender, 20);
    world.rest();
    assert_eq!(counts(&world), [10, 20, 10, 0]);
    world.finish();
}

#[test]
fn balanced_deliveries_go_where_the_least_is_outstanding() {
    let mut world = mesh(6, 3, &[(0, 1, 1), (0, 2, 10)]);
    let clients: Vec<usize> = (0..3).map(|router| world.client(router)).collect();
    let slow = Taste { credit: 1_000, verdict: None, presettled: false };
    let receivers: Vec<usize> = clients.iter().map(|&client| world.receiver_with(client, "a", slow)).collect();
    world.converge(SETTLE);
    let sender = world.sender(clients[0], "a");
    world.send(sender, 150);
    world.rest();
    // Nobody settles: outstanding deliveries and cost are in balance.
    let counts: Vec<usize> = receivers.iter().map(|&one| world.received(one).len()).collect();
    assert_eq!(counts.iter().sum::<usize>(), 150);
    assert!(counts[0].abs_diff(counts[1] + 1) <= 2 && counts[1].abs_diff(counts[2] + 9) <= 2, "{counts:?}");
    world.finish();
}

#[test]
fn what_nobody_wants_is_released() {
    let mut world = line(7, 3);
    let client = world.client(0);
    let sender = world.anonymous_sender(client);
    for to in ["nowhere", "multicast.nowhere", "closest.nowhere"] {
        world.send_with(sender, Post { to, ..Post::default() });
        world.send_with(sender, Post { to, presettled: true, ..Post::default() });
    }
    world.rest();
    let released = [Some(StateKind::Released), None];
    assert_eq!(world.outcomes(sender), released.repeat(3));
    assert_eq!(world.credit(sender), 250);
    world.finish();
}

#[test]
fn large_messages_pass_small_windows_and_do_not_keep_others_waiting() {
    let mut world = line(8, 3);
    let (near, far) = (world.client(0), world.client(2));
    // One who takes nothing has a large message on its way; another's traffic flows.
    let idle = world.receiver_with(far, "b", Taste { credit: 0, ..Taste::default() });
    let receiver = world.receiver(far, "a");
    world.converge(SETTLE);
    let (large, small) = (world.sender(near, "b"), world.sender(near, "a"));
    world.send_with(large, Post { len: 300_000, pieces: 10, ..Post::default() });
    world.send(small, 200);
    world.rest();
    assert_eq!((world.received(receiver).len(), world.received(idle).len()), (200, 0));
    world.grant(idle, 1);
    world.rest();
    assert_eq!(world.received(idle).len(), 1);
    world.finish();
}

#[test]
fn a_receiver_that_reads_nothing_costs_memory_up_to_a_limit_and_does_not_stop_the_others() {
    let mut world = line(9, 3);
    let (near, far) = (world.client(0), world.client(2));
    let stopped = world.receiver_with(far, "a", Taste { credit: 100_000, ..Taste::default() });
    let (near_too, other) = (world.client(0), world.client(2));
    let receiver = world.receiver(other, "b");
    world.converge(SETTLE);
    world.set_reading(far, false);
    let (to_stopped, to_other) = (world.sender(near, "a"), world.sender(near_too, "b"));
    for _ in 0..3_000 {
        world.send_with(to_stopped, Post { len: 15_000, presettled: true, ..Post::default() });
    }
    world.rest();
    world.send(to_other, 500);
    world.rest();
    assert_eq!((world.received(receiver).len(), world.received(stopped).len()), (500, 0));
    for router in 0..3 {
        // 32 MiB are kept for a consumer.
        let (_, content) = world.held(router);
        assert!(content < 36 << 20, "router {router} holds {content} bytes");
    }
    world.set_reading(far, true);
    world.rest();
    // The oldest of what is beyond the limit was dropped; the rest comes in order.
    let received = world.received(stopped);
    assert!(received.len() > 1_500 && received.is_sorted() && received.last() == Some(&2_999), "{}", received.len());
    assert!(received.len() < 3_000, "there was more than is kept");
    for router in 0..3 {
        assert_eq!(world.held(router), (0, 0), "router {router}");
    }
}

#[test]
fn unsettled_deliveries_for_a_receiver_that_reads_nothing_wait_and_do_not_stop_the_others() {
    let mut world = line(10, 3);
    let (near, far) = (world.client(0), world.client(2));
    let stopped = world.receiver_with(far, "a", Taste { credit: 100_000, ..Taste::default() });
    let (near_too, other) = (world.client(0), world.client(2));
    let receiver = world.receiver(other, "b");
    world.converge(SETTLE);
    world.set_reading(far, false);
    let (to_stopped, to_other) = (world.sender(near, "a"), world.sender(near_too, "b"));
    for _ in 0..400 {
        world.send_with(to_stopped, Post { len: 20_000, ..Post::default() });
    }
    world.rest();
    world.send(to_other, 500);
    world.rest();
    assert_eq!((world.received(receiver).len(), world.received(stopped).len()), (500, 0));
    world.set_reading(far, true);
    world.rest();
    assert_eq!(world.received(stopped), (0..400).collect::<Vec<_>>());
    world.finish();
}

#[test]
fn large_and_small_messages_of_a_sender_come_in_order_over_all_hops() {
    for seed in 0..20 {
        let mut world = line(seed, 3);
        let (near, far) = (world.client(0), world.client(2));
        let receiver = world.receiver(far, "a");
        world.converge(SETTLE);
        let sender = world.sender(near, "a");
        for at in 0..30 {
            let len = [150_000, 10, 20_000][at % 3];
            world.send_with(sender, Post { len, presettled: seed % 4 == 0, ..Post::default() });
        }
        world.rest();
        assert_eq!(world.received(receiver), (0..30).collect::<Vec<_>>(), "seed {seed}");
        world.finish();
    }
}

#[test]
fn an_aborted_message_leaves_nothing_anywhere() {
    let mut world = line(10, 3);
    let (near, far) = (world.client(0), world.client(2));
    let receiver = world.receiver(far, "a");
    world.converge(SETTLE);
    let sender = world.sender(near, "a");
    world.rest();
    world.send_with(sender, Post { len: 200_000, pieces: 100, ..Post::default() });
    world.run_steps(60, 1_000);
    world.abort(sender);
    world.send(sender, 1);
    world.rest();
    assert_eq!(world.received(receiver), [1]);
    for router in 0..3 {
        assert_eq!(world.held(router), (0, 0), "router {router}");
    }
    world.finish();
}
