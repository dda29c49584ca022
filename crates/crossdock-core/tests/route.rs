//! What a route chooses is what it says that it might choose.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crossdock_amqp::engine::LinkId;
use crossdock_core::address::{KeyRef, Phase, Treatment};
use crossdock_core::batch::ConnId;
use crossdock_core::mailbox::Mailbox;
use crossdock_core::route::{Choice, Route};
use crossdock_core::routers::{Neighbor, Origin, Path, RouterSet, Routers, Way};
use crossdock_core::table::{AddressEntry, Destination, OutgoingCounters, Party};
use proptest::prelude::*;
use std::sync::Arc;

fn connection(choice: &Choice<'_>) -> ConnId {
    match choice {
        Choice::Local(to) => to.conn,
        Choice::Remote(to) => to.conn,
    }
}

fn destination(conn: u64, counters: Arc<OutgoingCounters>) -> Destination {
    Destination {
        conn: ConnId(conn),
        mailbox: Mailbox::new(),
        link: LinkId::NONE,
        counters,
        annotated: false,
        party: Party::Client,
    }
}

proptest! {
    #[test]
    fn what_is_chosen_is_among_the_candidates_and_each_of_equals_gets_its_turn(
        treatment in prop::sample::select(vec![Treatment::Balanced, Treatment::LinkBalanced, Treatment::Closest]),
        links in prop::collection::vec((0u64..4, 0u64..8), 0..4),
        routers in prop::collection::vec((1u64..4, any::<bool>()), 0..4),
        origin in 0usize..6,
        capacity in 1u64..6,
    ) {
        let entry = AddressEntry::new(KeyRef::mobile(Phase::ZERO, "a").to_key(), treatment, None);
        for (at, (outstanding, allowed)) in links.iter().enumerate() {
            let counters = Arc::new(OutgoingCounters::default());
            (0..*outstanding).for_each(|_| counters.assign());
            counters.allow(*allowed);
            entry.add(destination(at as u64 + 1, counters));
        }
        let known = Routers::default();
        let mut indices = Vec::new();
        for (at, (cost, takes_from_first)) in routers.iter().enumerate() {
            let neighbor = Neighbor::new(Way { conn: ConnId(at as u64 + 100), mailbox: Mailbox::new(), takes_probes: false });
            let identity: Arc<str> = format!("0/{at}").into();
            let index = known.set_path(&identity, Path { neighbor, next_hop: Arc::clone(&identity), cost: *cost });
            indices.push(index);
            let mut origins = RouterSet::default();
            if *takes_from_first {
                origins.insert(indices[0]);
            }
            known.set_origins(index, origins);
            entry.add_router(index);
        }
        known.publish();
        let origin = match origin {
            0 | 1 => Origin::Own,
            2 => Origin::Unknown,
            _ => indices.first().map_or(Origin::Own, |&index| Origin::Router(index)),
        };
        let mut route = Route::new(entry, 0, Party::Client);
        route.refresh(&known);
        for _ in 0..20 {
            let expected: Vec<ConnId> = route.candidates(capacity, origin).iter().map(connection).collect();
            let chosen = route.choose(capacity, origin);
            prop_assert_eq!(chosen.is_some(), !expected.is_empty());
            let Some(chosen) = chosen else { break };
            prop_assert!(expected.contains(&connection(&chosen)), "{chosen:?} of {expected:?}");
            if let Choice::Remote(to) = chosen
                && let Some(under_way) = &to.under_way
            {
                under_way.assign();
            }
        }
        // Where nothing is counted, equals take turns.
        let equals: Vec<ConnId> = route.candidates(capacity, origin).iter().map(connection).collect();
        if treatment == Treatment::Closest && links.iter().all(|(_, allowed)| *allowed == 0) {
            let mut turns: Vec<ConnId> =
                (0..equals.len()).filter_map(|_| route.choose(capacity, origin).as_ref().map(connection)).collect();
            turns.sort();
            prop_assert_eq!(turns, equals);
        }
    }
}

#[test]
fn senders_of_one_message_each_take_turns() {
    for treatment in [Treatment::Closest, Treatment::Balanced] {
        let entry = AddressEntry::new(KeyRef::mobile(Phase::ZERO, "a").to_key(), treatment, None);
        for at in 0..3 {
            let counters = Arc::new(OutgoingCounters::default());
            counters.allow(100);
            entry.add(destination(at + 1, counters));
        }
        let known = Routers::default();
        let chosen: Vec<ConnId> = (0..6)
            .map(|sender| {
                let mut route = Route::new(Arc::clone(&entry), sender, Party::Client);
                route.refresh(&known);
                let choice = route.choose(10, Origin::Own).unwrap();
                if let Choice::Local(to) = choice {
                    to.counters.finish(1);
                }
                connection(&choice)
            })
            .collect();
        assert_eq!(chosen, [1, 2, 3, 1, 2, 3].map(ConnId), "{treatment:?}");
    }
}
