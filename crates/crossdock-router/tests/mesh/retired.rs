//! A connection to a neighbour whose connector is removed.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::LinkId;
use crossdock_core::work::Work;
use crossdock_router::ConnectionRole;
use fe2o3_amqp_types::definitions::Role;

use super::bench::Bench;
use super::hostile::body;

/// A and B, joined so many times, each with a producer and with a consumer that settles when the test says so.
struct Pair {
    bench: Bench,
    /// Connections of the producers, and their links, at A and at B.
    producers: [(usize, LinkId); 2],
    /// Connections of the consumers at the other one.
    consumers: [usize; 2],
}

impl Pair {
    fn joined(times: usize) -> Self {
        let mut bench = Bench::new(10_000);
        let (a, b) = (bench.router("A", 1), bench.router("B", 2));
        for _ in 0..times {
            bench.join(a, b);
            bench.run_for(2_000);
        }
        let ways = [(a, b, "there"), (b, a, "back")];
        let consumers = ways.map(|(_, to, address)| {
            let consumer = bench.connect(to, ConnectionRole::Normal, address);
            bench.client(consumer).accepts = false;
            bench.attach(consumer, Role::Receiver, Some(address), 10);
            consumer
        });
        bench.run_for(3_000);
        let producers = ways.map(|(from, _, address)| {
            let producer = bench.connect(from, ConnectionRole::Normal, address);
            (producer, bench.attach(producer, Role::Sender, Some(address), 0))
        });
        Pair { bench, producers, consumers }
    }

    fn send(&mut self, way: usize) {
        let (producer, link) = self.producers[way];
        self.bench.send(producer, link, &body("message"), false, false);
    }

    /// The consumer accepts all that it got.
    fn accept(&mut self, way: usize) {
        let client = self.bench.client(self.consumers[way]);
        for (session, number) in std::mem::take(&mut client.numbers) {
            let engine = &mut client.peer.conn;
            engine.session_mut(session).unwrap().incoming_mut().remove(number);
            engine.write_disposition(session, true, number, number, true, StateRef::Accepted);
        }
        self.bench.settle();
    }

    fn outcomes(&mut self, way: usize) -> Vec<StateKind> {
        let (producer, _) = self.producers[way];
        self.bench.client(producer).outcomes.iter().map(|(kind, _)| *kind).collect()
    }

    fn retire(&mut self, conn: usize) {
        self.bench.conns[conn].adaptor.mailbox().instruct(Work::Retire { description: "removed".into() });
        self.bench.settle();
    }
}

#[test]
fn it_is_closed_when_all_that_is_under_way_is_settled_while_another_one_takes_over_both_ways() {
    let mut pair = Pair::joined(2);
    pair.send(0);
    pair.send(1);
    pair.retire(0);
    pair.bench.run_for(5_000);
    assert!(!pair.bench.conns[0].over, "two deliveries are under way");
    pair.accept(0);
    pair.accept(1);
    // These take the other connection, or they would keep the first one open.
    pair.send(0);
    pair.send(1);
    pair.bench.run_for(1_500);
    assert!(pair.bench.conns[0].over && !pair.bench.conns[2].over);
    pair.accept(0);
    pair.accept(1);
    for way in 0..2 {
        assert_eq!(pair.outcomes(way), [StateKind::Accepted, StateKind::Accepted]);
    }
}

#[test]
fn what_is_never_settled_does_not_keep_it_for_ever() {
    let mut pair = Pair::joined(2);
    pair.send(0);
    pair.retire(0);
    pair.bench.run_for(29_000);
    assert!(!pair.bench.conns[0].over);
    pair.bench.run_for(2_000);
    assert!(pair.bench.conns[0].over);
    assert_eq!(pair.outcomes(0).len(), 1, "the sender is told");
}

#[test]
fn without_another_way_to_the_neighbour_it_is_closed_at_once() {
    let mut pair = Pair::joined(1);
    pair.retire(0);
    assert!(pair.bench.conns[0].over);
}
