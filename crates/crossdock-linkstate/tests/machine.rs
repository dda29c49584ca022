//! One machine and what is said to it, step by step.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crossdock_linkstate::message::{
    AddressUpdate, AdvertisedAddress, Hello, LinkStateRequest, LinkStateUpdate, Message, MobileAddressRequest,
    MobileAddressUpdate, Recipient, RouterAdvertisement,
};
use crossdock_linkstate::{
    Config, ConnectionKey, Cost, Instance, LinkState, LsSeq, MobileSeq, Notice, Output, RouterId, Time,
};
use proptest::prelude::*;

const TO_B: ConnectionKey = ConnectionKey(1);
const TO_C: ConnectionKey = ConnectionKey(2);

fn id(name: &str) -> RouterId {
    RouterId::new(name)
}

fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

fn hello(from: &str) -> Message {
    Message::Hello(Hello { id: id(from), instance: Instance(7), seen: vec![id("A")] })
}

fn advertisement(from: &str, ls_seq: u64, mobile_seq: u64) -> Message {
    let (ls_seq, mobile_seq) = (LsSeq(ls_seq), MobileSeq(mobile_seq));
    Message::RouterAdvertisement(RouterAdvertisement { id: id(from), instance: Instance(7), ls_seq, mobile_seq })
}

fn link_state(from: &str, ls_seq: u64, peers: &[(&str, u32)]) -> Message {
    let peers = peers.iter().map(|&(peer, cost)| (id(peer), Cost(cost))).collect();
    Message::LinkStateUpdate(LinkStateUpdate { id: id(from), instance: Instance(7), ls_seq: LsSeq(ls_seq), peers })
}

fn update(seq: u64, add: &[&str], del: &[&str]) -> Message {
    let add = add.iter().map(|&key| AdvertisedAddress { key: key.into(), hint: Some(3) }).collect();
    let del = del.iter().map(|&key| key.into()).collect();
    let update = AddressUpdate::Differential { add, del };
    Message::MobileAddressUpdate(MobileAddressUpdate { id: id("B"), mobile_seq: MobileSeq(seq), update })
}

fn absolute(seq: u64, exist: &[&str]) -> Message {
    let exist = exist.iter().map(|&key| AdvertisedAddress { key: key.into(), hint: Some(3) }).collect();
    let update = AddressUpdate::Absolute { exist };
    Message::MobileAddressUpdate(MobileAddressUpdate { id: id("B"), mobile_seq: MobileSeq(seq), update })
}

/// Router A with the neighbours B and C, who know each other; everything so far was taken out.
fn settled() -> LinkState {
    let mut machine = LinkState::new(Config::new(id("A"), Instance(1)), at(0));
    for (on, name) in [(TO_B, "B"), (TO_C, "C")] {
        machine.handle_connection_up(on, Cost(1), at(10));
        machine.handle_message(&hello(name), on, at(20));
    }
    machine.handle_message(&link_state("B", 1, &[("A", 1), ("C", 1)]), TO_B, at(30));
    machine.handle_message(&link_state("C", 1, &[("A", 1), ("B", 1)]), TO_C, at(30));
    machine.tick(at(500));
    outputs(&mut machine);
    assert_eq!(machine.paths().len(), 2);
    machine
}

fn outputs(machine: &mut LinkState) -> Vec<Output> {
    std::iter::from_fn(|| machine.poll_output()).collect()
}

/// Opcodes of what is sent to B alone.
fn opcodes(machine: &mut LinkState) -> Vec<&'static str> {
    let to_b = Recipient::Router(id("B"));
    outputs(machine)
        .into_iter()
        .filter_map(
            |output| if let Output::Send { to, message, .. } = output { Some((to, message.opcode())) } else { None },
        )
        .filter(|(to, _)| *to == to_b)
        .map(|(_, opcode)| opcode)
        .collect()
}

fn addresses(machine: &LinkState) -> Vec<String> {
    machine.addresses_of(&id("B")).map(|(address, _)| address.to_owned()).collect()
}

#[test]
fn after_a_gap_all_addresses_are_asked_for_and_nothing_is_applied_out_of_order() {
    let mut machine = settled();
    machine.handle_message(&update(1, &["M0a", "M0b"], &[]), TO_B, at(600));
    assert_eq!((addresses(&machine), opcodes(&mut machine)), (vec!["M0a".into(), "M0b".into()], vec![]));
    machine.handle_message(&update(3, &["M0d"], &["M0a"]), TO_B, at(610));
    assert_eq!((addresses(&machine), opcodes(&mut machine)), (vec!["M0a".into(), "M0b".into()], vec!["MAR"]));
    machine.handle_message(&update(4, &["M0e"], &[]), TO_B, at(620));
    assert_eq!(
        (addresses(&machine), opcodes(&mut machine)),
        (vec!["M0a".into(), "M0b".into()], vec![]),
        "asked already"
    );
    machine.handle_message(&absolute(4, &["M0b", "M0d", "M0e"]), TO_B, at(630));
    let told = outputs(&mut machine);
    let count = |wanted: fn(&Output) -> bool| told.iter().filter(|output| wanted(output)).count();
    assert_eq!(count(|output| matches!(output, Output::AddressAdded { .. })), 2);
    assert_eq!(count(|output| matches!(output, Output::AddressRemoved { .. })), 1);
    machine.handle_message(&update(5, &[], &["M0b"]), TO_B, at(640));
    assert_eq!(addresses(&machine), ["M0d", "M0e"]);
}

#[test]
fn an_update_that_comes_twice_or_late_changes_nothing() {
    let mut machine = settled();
    machine.handle_message(&update(1, &["M0a"], &[]), TO_B, at(600));
    machine.handle_message(&update(2, &[], &["M0a"]), TO_B, at(610));
    outputs(&mut machine);
    for late in [update(2, &[], &["M0a"]), update(1, &["M0a"], &[]), absolute(1, &["M0a"])] {
        machine.handle_message(&late, TO_C, at(620));
        assert_eq!((outputs(&mut machine), addresses(&machine)), (vec![], vec![]));
    }
}

/// What D says of itself in this life.
fn of_life(instance: u64, mut message: Message) -> Message {
    match &mut message {
        Message::RouterAdvertisement(advertisement) => advertisement.instance = Instance(instance),
        Message::LinkStateUpdate(update) => update.instance = Instance(instance),
        other @ (Message::Hello(_)
        | Message::LinkStateRequest(_)
        | Message::MobileAddressRequest(_)
        | Message::MobileAddressUpdate(_)) => panic!("{other:?} tells no life"),
    }
    message
}

fn asks_for_link_state_of(machine: &mut LinkState, name: &str) -> bool {
    let is_request = |output: &Output| matches!(output, Output::Send { to: Recipient::Router(to), message: Message::LinkStateRequest(_), .. } if *to == id(name));
    outputs(machine).iter().any(is_request)
}

/// A machine that heard of D by its neighbour C and by an answer of D's first life, and never by an advertisement.
fn answered_by_d() -> LinkState {
    let mut machine = settled();
    machine.handle_message(&link_state("C", 2, &[("A", 1), ("B", 1), ("D", 1)]), TO_C, at(600));
    machine.tick(at(700));
    assert!(asks_for_link_state_of(&mut machine, "D"));
    machine.handle_message(&of_life(100, link_state("D", 3, &[("C", 1)])), TO_C, at(800));
    machine.tick(at(900));
    outputs(&mut machine);
    machine
}

#[test]
fn a_restart_is_noticed_of_a_router_whose_former_life_is_known_by_an_answer_alone() {
    let mut machine = answered_by_d();
    // The new life has not come as far with its versions.
    machine.handle_message(&of_life(101, advertisement("D", 2, 0)), TO_C, at(2_000));
    assert!(asks_for_link_state_of(&mut machine, "D"));
    machine.handle_message(&of_life(101, link_state("D", 2, &[("C", 1), ("E", 1)])), TO_C, at(2_100));
    machine.tick(at(2_300));
    assert!(machine.paths().contains_key(&id("E")));
}

#[test]
fn an_answer_of_a_new_life_counts_before_its_first_advertisement_and_a_late_one_of_the_former_does_not() {
    let mut machine = answered_by_d();
    machine.handle_message(&of_life(101, link_state("D", 1, &[("C", 1), ("E", 1)])), TO_C, at(2_000));
    machine.tick(at(2_200));
    assert!(machine.paths().contains_key(&id("E")));
    machine.handle_message(&of_life(100, link_state("D", 9, &[("C", 1)])), TO_C, at(2_300));
    machine.tick(at(2_500));
    assert!(machine.paths().contains_key(&id("E")));
    assert_eq!(machine.state_of(&id("D")).unwrap().0, Instance(101));
}

#[test]
fn a_request_without_answer_is_repeated_less_and_less_often() {
    let mut machine = settled();
    machine.handle_message(&advertisement("B", 2, 0), TO_B, at(600));
    assert_eq!(opcodes(&mut machine), ["LSR"]);
    let mut times = Vec::new();
    for now in 601..20_000 {
        if machine.poll_timeout() <= at(now) {
            // It must not be taken for silent.
            machine.handle_message(&hello("B"), TO_B, at(now));
            machine.tick(at(now));
            times.extend(opcodes(&mut machine).into_iter().filter(|&opcode| opcode == "LSR").map(|_| now - 600));
        }
    }
    assert_eq!(times, [200, 600, 1_400, 3_000, 6_200, 10_200, 14_200, 18_200]);
}

#[test]
fn news_that_overtake_an_answer_are_asked_for_once_more() {
    let mut machine = settled();
    machine.handle_message(&advertisement("B", 2, 0), TO_B, at(600));
    machine.handle_message(&advertisement("B", 3, 0), TO_B, at(601));
    assert_eq!(opcodes(&mut machine), ["LSR"]);
    machine.handle_message(&link_state("B", 2, &[("A", 1)]), TO_B, at(602));
    assert_eq!(opcodes(&mut machine), ["LSR"]);
    machine.handle_message(&link_state("B", 3, &[("A", 1)]), TO_B, at(603));
    assert_eq!(opcodes(&mut machine), Vec::<&str>::new());
}

#[test]
fn a_link_state_of_version_zero_or_of_an_earlier_version_counts_for_nothing() {
    let mut machine = settled();
    let paths = machine.paths().clone();
    machine.handle_message(&link_state("C", 1, &[("A", 1), ("X", 1)]), TO_C, at(600));
    machine.handle_message(&link_state("X", 0, &[("A", 1)]), TO_C, at(600));
    machine.tick(at(1_500));
    assert_eq!(machine.paths(), &paths);
}

#[test]
fn a_change_that_nobody_heard_of_is_a_version_of_its_own_when_somebody_asks() {
    let mut machine = settled();
    let seq = machine.ls_seq();
    machine.handle_link_lost(TO_C, at(600));
    outputs(&mut machine);
    assert_eq!(machine.ls_seq(), seq.next(), "at once");
    // Soon after: not at once, but when asked.
    machine.handle_connection_up(TO_C, Cost(1), at(610));
    machine.handle_message(&hello("C"), TO_C, at(620));
    assert_eq!(machine.ls_seq(), seq.next());
    outputs(&mut machine);
    machine.handle_message(&Message::LinkStateRequest(LinkStateRequest { id: id("B") }), TO_B, at(630));
    let answers: Vec<LinkStateUpdate> = outputs(&mut machine)
        .into_iter()
        .filter_map(|output| {
            if let Output::Send { message: Message::LinkStateUpdate(update), .. } = output {
                Some(update)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(answers.len(), 1);
    assert_eq!((answers[0].ls_seq, answers[0].peers.len()), (seq.next().next(), 2));
}

#[test]
fn a_flood_is_passed_on_once_and_not_to_where_it_was() {
    let mut machine = settled();
    let message = advertisement("B", 2, 0);
    machine.handle_message(&message, TO_B, at(600));
    assert_eq!(machine.pass_on(&message, &["B"], TO_B, at(600)), [TO_C]);
    assert!(machine.pass_on(&message, &["B", "C"], TO_C, at(605)).is_empty(), "a copy from the other side");
    let later = advertisement("B", 3, 0);
    assert!(machine.pass_on(&later, &["B", "C"], TO_C, at(610)).is_empty(), "it was everywhere");
    assert!(machine.pass_on(&advertisement("B", 4, 0), &["B", "A", "C"], TO_C, at(620)).is_empty(), "a circle");
    assert_eq!(machine.pass_on(&message, &["B"], TO_B, at(4_600)), [TO_C], "the same again is another flood");
    assert!(machine.pass_on(&hello("B"), &["B"], TO_B, at(4_700)).is_empty(), "a greeting stays where it is");
}

#[test]
fn there_are_no_more_routers_than_may_be() {
    let mut config = Config::new(id("A"), Instance(1));
    config.router_limit = 3;
    let mut machine = LinkState::new(config, at(0));
    machine.handle_connection_up(TO_B, Cost(1), at(10));
    machine.handle_message(&hello("B"), TO_B, at(20));
    let many: Vec<String> = (0..100).map(|number| format!("X{number}")).collect();
    let many: Vec<(&str, u32)> = many.iter().map(|name| (name.as_str(), 1)).collect();
    machine.handle_message(&link_state("B", 1, &many), TO_B, at(30));
    assert_eq!(machine.routers().count(), 3);
    let reports = outputs(&mut machine);
    let reports = reports.iter().filter(|output| matches!(output, Output::Notice(Notice::TooManyRouters { .. })));
    assert_eq!(reports.count(), 1);
}

/// Anything that anybody may say, likely and unlikely.
fn anything() -> impl Strategy<Value = Message> {
    let name = || "[A-E]".prop_map(|name| id(&name));
    let number = || 0..6_u64;
    let key = || "M0[ab]".prop_map(|key| Arc::<str>::from(key.as_str()));
    let address =
        move || (key(), proptest::option::of(0..6_i64)).prop_map(|(key, hint)| AdvertisedAddress { key, hint });
    let advertised = move || proptest::collection::vec(address(), 0..3);
    prop_oneof![
        (name(), number(), proptest::collection::vec(name(), 0..4))
            .prop_map(|(id, instance, seen)| Message::Hello(Hello { id, instance: Instance(instance), seen })),
        (name(), 0..3_u64, number(), number()).prop_map(|(id, instance, ls_seq, mobile_seq)| {
            let (instance, ls_seq, mobile_seq) = (Instance(instance), LsSeq(ls_seq), MobileSeq(mobile_seq));
            Message::RouterAdvertisement(RouterAdvertisement { id, instance, ls_seq, mobile_seq })
        }),
        name().prop_map(|id| Message::LinkStateRequest(LinkStateRequest { id })),
        (name(), number(), proptest::collection::btree_map(name(), (0..3_u32).prop_map(Cost), 0..4)).prop_map(
            |(id, ls_seq, peers)| {
                Message::LinkStateUpdate(LinkStateUpdate { id, instance: Instance(1), ls_seq: LsSeq(ls_seq), peers })
            }
        ),
        (name(), number()).prop_map(|(id, have_seq)| {
            Message::MobileAddressRequest(MobileAddressRequest { id, have_seq: MobileSeq(have_seq) })
        }),
        (name(), number(), advertised(), proptest::collection::vec(key(), 0..3)).prop_map(
            |(id, mobile_seq, add, del)| {
                let update = AddressUpdate::Differential { add, del };
                Message::MobileAddressUpdate(MobileAddressUpdate { id, mobile_seq: MobileSeq(mobile_seq), update })
            }
        ),
        (name(), number(), advertised()).prop_map(|(id, mobile_seq, exist)| {
            let update = AddressUpdate::Absolute { exist };
            Message::MobileAddressUpdate(MobileAddressUpdate { id, mobile_seq: MobileSeq(mobile_seq), update })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Its owner can rely on what it is told: everything begins before it ends, nothing is of an unreachable router, and
    /// the machine does not ask to be called for nothing.
    #[test]
    fn whatever_is_said_the_owner_hears_a_consistent_story(
        said in proptest::collection::vec((anything(), 1..3_u64, 0..900_u64, 0..30_u8), 0..80),
    ) {
        let mut machine = LinkState::new(Config::new(id("A"), Instance(1)), at(0));
        let mut reachable = BTreeMap::new();
        let mut addresses = BTreeSet::new();
        let mut now = 0;
        for (message, on, pause, event) in said {
            now += pause;
            match event {
                0 => machine.handle_link_lost(ConnectionKey(on), at(now)),
                1..5 => machine.handle_connection_up(ConnectionKey(on), Cost(1 + u32::from(event)), at(now)),
                _ => machine.handle_message(&message, ConnectionKey(on), at(now)),
            }
            machine.pass_on(&message, &["B"], ConnectionKey(on), at(now));
            if machine.poll_timeout() <= at(now) {
                machine.tick(at(now));
            }
            prop_assert!(machine.poll_timeout() > at(now));
            for output in outputs(&mut machine) {
                if let Output::Reachable { router, path } = output {
                    prop_assert!(reachable.insert(router, path).is_none());
                } else if let Output::PathChanged { router, path } = output {
                    prop_assert!(reachable.insert(router, path).is_some());
                } else if let Output::Unreachable { router } = output {
                    prop_assert!(!addresses.iter().any(|(at, _)| *at == router));
                    prop_assert!(reachable.remove(&router).is_some());
                } else if let Output::AddressAdded { router, address, .. } = output {
                    prop_assert!(reachable.contains_key(&router));
                    addresses.insert((router, address));
                } else if let Output::AddressRemoved { router, address } = output {
                    prop_assert!(addresses.remove(&(router, address)));
                } else if let Output::Send { on, .. } = output {
                    prop_assert!(!on.is_empty());
                }
            }
            prop_assert_eq!(machine.paths(), &reachable);
            prop_assert!(!reachable.contains_key(&id("A")));
        }
    }
}
