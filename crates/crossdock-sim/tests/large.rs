//! Meshes of many routers.

use crossdock_sim::World;

/// A ring in which every second router has a chord.
fn ring_with_chords(routers: usize) -> Vec<(usize, usize)> {
    let ring = (0..routers).map(|at| (at, (at + 1) % routers));
    let chords = (0..routers).step_by(2).map(|at| (at, (at + 2 + at * 7 % (routers - 3)) % routers));
    ring.chain(chords).collect()
}

fn large(seed: u64, routers: usize) -> World {
    let mut world = World::new(seed);
    world.set_choppy(false);
    for _ in 0..routers {
        world.add_router();
    }
    for (at, (a, b)) in ring_with_chords(routers).into_iter().enumerate() {
        world.connect(a, b, 1 + at as u32 % 3);
    }
    world.mark_baseline();
    world.run_for(15_000);
    world
}

#[test]
fn many_routers_agree_within_a_second_after_any_cut() {
    let mut world = large(1, 30);
    for wire in [0, 7, 20, 29, 30, 37, 44] {
        world.cut(wire, wire % 2 == 0);
        world.converge(1_000);
        world.heal(wire);
        world.converge(3_000);
    }
    world.finish();
}

#[test]
fn the_messages_after_a_change_grow_with_the_mesh_and_not_with_its_square() {
    for routers in [15, 30, 60] {
        let mut world = large(2, routers);
        world.run_for(30_000);
        let spent = |world: &mut World| {
            let before = world.transfers_between_routers();
            world.run_for(30_000);
            world.transfers_between_routers() - before
        };
        let quiet = spent(&mut world);
        let hops = (0..routers).map(|router| u64::from(world.radius(router))).max().unwrap();
        world.cut(routers / 2, true);
        let count = spent(&mut world).saturating_sub(quiet);
        println!("{routers} routers: {quiet} messages in 30 s, {count} more after a cut, {hops} hops");
        // Both ends of the wire flood advertisements, at most twice over each wire; every router asks both ends and is
        // answered over all hops.
        let wires = ring_with_chords(routers).len() as u64;
        let (floods, requests) = (2 * 4 * 2 * wires, 2 * 2 * routers as u64 * hops);
        assert!(count > routers as u64, "{count}: a cut is news for all");
        assert!(count < floods + 2 * requests, "{routers} routers: {count} messages; {floods} {requests} expected");
    }
}

#[test]
fn a_message_reaches_everybody_in_a_large_mesh_once() {
    let mut world = large(3, 30);
    let receivers: Vec<usize> = (0..30)
        .map(|router| {
            let client = world.client(router);
            world.receiver(client, "multicast.a")
        })
        .collect();
    world.converge(10_000);
    let client = world.client(4);
    let sender = world.sender(client, "multicast.a");
    world.send(sender, 10);
    world.rest();
    for receiver in receivers {
        assert_eq!(world.received(receiver), (0..10).collect::<Vec<_>>());
    }
    world.finish();
}
