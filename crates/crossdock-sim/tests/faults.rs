//! What a mesh does when wires and routers fail.

use crossdock_sim::{Post, StateKind, Taste, WireTerms, World};

const SETTLE: u64 = 10_000;

/// HELLO age and one tick, in milliseconds: a silent neighbour is found within.
const SILENCE: u64 = 3_000 + 1_000;

/// A ring of four routers of which the way over router 1 is cheaper than that over router 3, a sender at router 0 and a
/// receiver at router 2.
fn ring(seed: u64) -> (World, usize, usize) {
    let mut world = World::new(seed);
    for _ in 0..4 {
        world.add_router();
    }
    for (a, b, cost) in [(0, 1, 1), (1, 2, 1), (2, 3, 2), (3, 0, 2)] {
        world.connect(a, b, cost);
    }
    world.mark_baseline();
    let (near, far) = (world.client(0), world.client(2));
    let receiver = world.receiver(far, "a");
    world.converge(SETTLE);
    let sender = world.sender(near, "a");
    world.send(sender, 10);
    world.rest();
    assert_eq!(world.received(receiver).len(), 10);
    (world, sender, receiver)
}

/// Sends until something arrives again; milliseconds that took.
fn millis_until_traffic_flows(world: &mut World, sender: usize, receiver: usize) -> u64 {
    let (start, before) = (world.now(), world.received(receiver).len());
    while world.received(receiver).len() == before {
        assert!(world.now() < start + 60_000, "nothing arrives any more");
        world.send(sender, 1);
        world.run_for(10);
    }
    world.now() - start
}

#[test]
fn after_a_cut_traffic_takes_the_other_way_within_a_second() {
    for seed in 0..10 {
        let (mut world, sender, receiver) = ring(seed);
        world.cut((seed % 2) as usize, seed % 3 == 0);
        let millis = millis_until_traffic_flows(&mut world, sender, receiver);
        assert!(millis <= 1_000, "{millis} ms, seed {seed}");
        world.converge(1_000);
        world.send(sender, 10);
        world.finish();
    }
}

#[test]
fn when_a_router_dies_traffic_takes_the_other_way_within_a_second() {
    for seed in 0..5 {
        let (mut world, sender, receiver) = ring(seed);
        world.stop(1);
        let millis = millis_until_traffic_flows(&mut world, sender, receiver);
        assert!(millis <= 1_000, "{millis} ms, seed {seed}");
        world.finish();
    }
}

#[test]
fn a_silent_neighbour_is_found_after_the_hello_age_and_a_tick_and_not_much_earlier() {
    for seed in 0..5 {
        let (mut world, sender, receiver) = ring(seed);
        world.silence(0);
        world.run_for(1_900);
        assert!(world.neighbors(0).contains(&1), "a missed HELLO is no loss");
        world.run_for(SILENCE - 1_900);
        assert_eq!((world.neighbors(0), world.neighbors(1)), (vec![3], vec![2]));
        let millis = millis_until_traffic_flows(&mut world, sender, receiver);
        assert!(millis <= 1_000, "{millis} ms, seed {seed}");
        world.heal(0);
        world.converge(SETTLE);
        world.finish();
    }
}

#[test]
fn what_was_sent_over_a_silent_wire_gets_its_outcome_when_the_connection_is_given_up() {
    let (mut world, sender, _) = ring(11);
    world.silence(1);
    world.send(sender, 20);
    world.run_for(1_000);
    assert!(world.outcomes(sender)[10..].iter().all(Option::is_none));
    // The engine gives a connection up that is silent for 16 s.
    world.run_for(20_000);
    let lost = &world.outcomes(sender)[10..];
    assert_eq!(lost, [Some(StateKind::Modified); 20]);
    world.finish();
}

#[test]
fn what_was_under_way_when_a_wire_broke_is_modified_or_arrives() {
    for seed in 0..20 {
        let (mut world, sender, receiver) = ring(seed);
        world.send(sender, 200);
        world.run_steps(40 + 20 * seed as usize, 50);
        world.cut(1, true);
        world.rest();
        for (at, outcome) in world.outcomes(sender).into_iter().enumerate() {
            let came = world.received(receiver).contains(&(at as u32));
            let right = match outcome {
                Some(StateKind::Accepted) => came,
                Some(StateKind::Modified) => true,
                Some(StateKind::Released) => !came,
                _ => false,
            };
            assert!(right, "message {at} is {outcome:?}, came: {came}, seed {seed}");
        }
        world.finish();
    }
}

#[test]
fn without_another_way_what_comes_is_released_until_the_wire_is_back() {
    let (mut world, sender, receiver) = ring(12);
    world.cut(1, false);
    world.cut(2, false);
    world.converge(1_000);
    world.send(sender, 5);
    world.rest();
    let released = world.outcomes(sender).into_iter().filter(|one| *one == Some(StateKind::Released)).count();
    assert_eq!(released, 5);
    world.heal(1);
    world.converge(SETTLE);
    world.send(sender, 5);
    world.rest();
    assert_eq!(world.received(receiver).len(), 15);
    world.finish();
}

#[test]
fn a_router_that_starts_again_is_another_instance_without_its_old_consumers() {
    let (mut world, sender, receiver) = ring(13);
    world.stop(2);
    world.run_for(200);
    world.restart(2);
    world.converge(SETTLE);
    // Its clients are gone, and so is what it consumed: `converge` compares that.
    world.send(sender, 3);
    world.rest();
    assert_eq!(world.received(receiver).len(), 10);
    let client = world.client(2);
    let receiver = world.receiver(client, "a");
    world.converge(SETTLE);
    world.send(sender, 3);
    world.rest();
    assert!(world.received(receiver).len() >= 3);
    world.finish();
}

#[test]
fn a_router_that_died_unnoticed_and_starts_again_is_found_out() {
    let (mut world, sender, _) = ring(14);
    // Nobody hears of its death: both its wires are silent.
    world.silence(1);
    world.silence(2);
    world.stop(2);
    world.run_for(1_000);
    world.restart(2);
    world.heal(1);
    world.heal(2);
    world.converge(SETTLE);
    let client = world.client(2);
    let receiver = world.receiver(client, "a");
    world.converge(SETTLE);
    world.send(sender, 3);
    world.rest();
    assert_eq!(world.received(receiver).len(), 3);
    world.finish();
}

#[test]
fn a_wire_that_flaps_loses_nothing_without_an_outcome_and_most_takes_the_other_way() {
    let (mut world, sender, receiver) = ring(15);
    for round in 0..20 {
        world.send(sender, 10);
        world.run_steps(50, 20);
        world.cut(0, round % 2 == 0);
        world.send(sender, 10);
        world.run_for(30);
        world.heal(0);
        world.run_for(50);
    }
    world.rest();
    assert!(world.outcomes(sender).iter().all(Option::is_some));
    assert!(world.received(receiver).len() > 200, "{}", world.received(receiver).len());
    world.finish();
}

#[test]
fn a_busy_wire_that_is_slow_is_not_taken_for_dead() {
    let mut world = World::new(17);
    let (a, b) = (world.add_router(), world.add_router());
    // 10 kB/s: what waits in front of a HELLO takes longer than the hello age.
    world.connect_with(b, a, WireTerms { latency: 30, pipe: 300, frame: 512, ..WireTerms::default() });
    world.mark_baseline();
    let (near, far) = (world.client(b), world.client(a));
    let receiver = world.receiver(far, "a");
    world.converge(SETTLE);
    let sender = world.sender(near, "a");
    for _ in 0..20 {
        world.send_with(sender, Post { len: 100_000, presettled: true, ..Post::default() });
    }
    world.rest();
    assert_eq!(world.received(receiver), (0..20).collect::<Vec<_>>());
    world.finish();
}

#[test]
fn the_loss_of_one_of_several_connections_to_a_neighbour_is_not_its_loss() {
    let mut world = World::new(18);
    let (a, b) = (world.add_router(), world.add_router());
    world.connect_with(a, b, WireTerms { data_connections: 3, ..WireTerms::default() });
    world.mark_baseline();
    let (near, far) = (world.client(a), world.client(b));
    let receiver = world.receiver(far, "a");
    world.converge(SETTLE);
    let senders: Vec<usize> = (0..8).map(|_| world.sender(near, "a")).collect();
    for round in 0..4 {
        for &sender in &senders {
            world.send(sender, 50);
        }
        world.run_steps(400, 50);
        world.drop_data_connection(0, round % 3, true);
        world.run_for(100);
        assert_eq!(world.neighbors(a), [b]);
    }
    world.rest();
    let outcomes: Vec<_> = senders.iter().flat_map(|&sender| world.outcomes(sender)).collect();
    let accepted = outcomes.iter().filter(|outcome| **outcome == Some(StateKind::Accepted)).count();
    assert!(accepted > 1_000 && accepted <= world.received(receiver).len(), "{accepted}");
    world.converge(SETTLE);
    world.finish();
}

#[test]
fn a_consumer_that_leaves_is_forgotten_everywhere_and_one_that_comes_is_known() {
    let (mut world, sender, receiver) = ring(16);
    world.detach_receiver(receiver);
    let millis = world.converge(3_000);
    assert!(millis <= 1_500, "{millis} ms");
    world.send(sender, 2);
    world.rest();
    let client = world.client(1);
    let other = world.receiver_with(client, "a", Taste::default());
    let millis = world.converge(3_000);
    assert!(millis <= 1_500, "{millis} ms");
    world.send(sender, 2);
    world.rest();
    assert_eq!(world.received(other).len(), 2);
    world.finish();
}

#[test]
fn a_mesh_that_is_quiet_for_long_stays_as_it_is() {
    let (mut world, sender, receiver) = ring(19);
    // More messages of the routing protocol than any link's credit.
    world.run_for(600_000);
    assert!(world.has_settled());
    world.send(sender, 10);
    world.cut(0, true);
    world.converge(1_000);
    world.send(sender, 10);
    world.rest();
    assert!(world.received(receiver).len() >= 20);
    world.finish();
}

#[test]
fn what_waits_between_the_connections_of_a_router_when_one_is_lost_gets_its_outcome() {
    // Several senders and receivers whose connections break in the middle of traffic, at many moments.
    for seed in 0..30 {
        let (mut world, sender, _) = ring(100 + seed);
        let clients = [world.client(2), world.client(2)];
        let slow = Taste { credit: 5, ..Taste::default() };
        for client in clients {
            world.receiver_with(client, "a", slow);
        }
        world.converge(SETTLE);
        world.send(sender, 300);
        world.run_steps(100 + 10 * seed as usize, 50);
        world.drop_client(clients[0], seed % 2 == 0);
        world.run_steps(40, 50);
        world.cut(1, seed % 3 == 0);
        world.run_steps(40, 50);
        world.stop(1);
        world.finish();
    }
}

#[test]
fn who_starts_again_at_one_end_of_a_long_line_soon_knows_the_addresses_of_the_other_end() {
    let mut world = World::new(3);
    world.set_choppy(false);
    for _ in 0..50 {
        world.add_router();
    }
    for at in 1..50 {
        world.connect(at - 1, at, 1);
    }
    world.converge(60_000);
    let far = world.client(49);
    world.receiver(far, "a");
    world.converge(SETTLE);
    // Nobody but the neighbour has news of its own when the router comes back.
    world.run_for(20_000);
    world.stop(0);
    world.converge(20_000);
    world.restart(0);
    let millis = world.converge(60_000);
    assert!(millis <= 12_000, "{millis} ms");
}
