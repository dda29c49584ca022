//! One address over several by a key.

use std::collections::BTreeMap;

use super::support::stage::{Link, Stage};
use super::{configured, consumer, is_drained, outcomes, producer, texts};

fn shards(key: &str, more: &str) -> String {
    let shard = |name: &str| format!("shard {{\nname: {name}\naddress: orders\nkey: {key}\n{more}\n}}\n");
    ["a", "b", "c"].map(shard).concat()
}

/// A message with this group-id and text.
fn grouped(group: &str, text: &str) -> Vec<u8> {
    let fields = [&[0x40; 10][..], &[0xa1, group.len() as u8], group.as_bytes()].concat();
    [
        &[0x00, 0x53, 0x73, 0xc0, fields.len() as u8 + 1, 11][..],
        &fields,
        &[0x00, 0x53, 0x75, 0xa0, text.len() as u8],
        text.as_bytes(),
    ]
    .concat()
}

fn send(stage: &mut Stage, source: Link, group: &str, text: &str) {
    stage.start(source, &grouped(group, text), true, false);
    stage.net.run();
}

/// Which member gets each key.
fn owners(stage: &mut Stage, source: Link, members: &[Link]) -> BTreeMap<String, usize> {
    let mut owners = BTreeMap::new();
    for key in 0..60 {
        let key = format!("key-{key}");
        send(stage, source, &key, &key);
        for (at, member) in members.iter().enumerate() {
            for text in texts(stage, *member) {
                assert_eq!(text, key);
                assert_eq!(owners.insert(text, at), None, "one of them gets it");
            }
        }
    }
    owners
}

fn members(stage: &mut Stage) -> Vec<Link> {
    ["orders/a", "orders/b", "orders/c"].iter().map(|member| consumer(stage, member)).collect()
}

#[test]
fn a_key_goes_to_one_member_and_always_to_that() {
    let mut stage = configured(&shards("group-id", ""));
    let members = members(&mut stage);
    let source = producer(&mut stage, "orders");
    let first = owners(&mut stage, source, &members);
    assert_eq!(first.len(), 60);
    for at in 0..members.len() {
        let share = first.values().filter(|owner| **owner == at).count();
        assert!((10..=32).contains(&share), "{share}");
    }
    let other = producer(&mut stage, "orders");
    assert_eq!(owners(&mut stage, other, &members), first);
}

#[test]
fn when_a_member_is_lost_its_keys_move_and_no_others_and_they_come_back() {
    let mut stage = configured(&shards("group-id", ""));
    let mut members = members(&mut stage);
    let source = producer(&mut stage, "orders");
    let before = owners(&mut stage, source, &members);
    stage.detach(members[1]);
    let without = owners(&mut stage, source, &members);
    assert_eq!(without.len(), 60);
    for (key, owner) in &without {
        assert_ne!(*owner, 1);
        assert!(before[key] == *owner || before[key] == 1, "{key}");
    }
    members[1] = consumer(&mut stage, "orders/b");
    assert_eq!(owners(&mut stage, source, &members), before);
}

#[test]
fn where_keys_wait_those_of_a_lost_member_are_released_and_the_others_flow() {
    let mut stage = configured(&shards("group-id", "onLoss: wait"));
    let members = members(&mut stage);
    let source = producer(&mut stage, "orders");
    let before = owners(&mut stage, source, &members);
    stage.detach(members[1]);
    let without = owners(&mut stage, source, &members);
    assert!(without.iter().all(|(key, owner)| before[key] == *owner));
    assert_eq!(without.len(), before.values().filter(|owner| **owner != 1).count());
    let (lost, _) = before.iter().find(|(_, owner)| **owner == 1).unwrap();
    stage.news(source.end);
    for _ in 0..30 {
        stage.start(source, &grouped(lost, "x"), false, false);
        stage.net.run();
        assert_eq!(outcomes(&mut stage, source), ["released settled"]);
        assert!(!is_drained(&mut stage, source));
    }
    consumer(&mut stage, "orders/b");
    stage.start(source, &grouped(lost, "x"), false, false);
    stage.net.run();
    assert_eq!(stage.news(source.end), Vec::<String>::new());
}

#[test]
fn a_member_that_is_drained_gets_nothing_new() {
    for on_loss in ["move", "wait"] {
        let mut sections = shards("group-id", &format!("onLoss: {on_loss}"));
        sections = sections.replacen("name: b\n", "name: b\nadminStatus: draining\n", 1);
        let mut stage = configured(&sections);
        let members = members(&mut stage);
        let source = producer(&mut stage, "orders");
        let owners = owners(&mut stage, source, &members);
        assert_eq!((owners.len(), owners.values().filter(|owner| **owner == 1).count()), (60, 0), "{on_loss}");
    }
}

#[test]
fn messages_without_key_take_turns() {
    let mut stage = configured(&shards("group-id", ""));
    let members = members(&mut stage);
    let source = producer(&mut stage, "orders");
    for turn in ["1", "2", "3", "4", "5", "6"] {
        stage.send_settled(source, turn);
    }
    let got: Vec<_> = members.iter().map(|member| texts(&mut stage, *member)).collect();
    assert_eq!(got, [["1", "4"], ["2", "5"], ["3", "6"]]);
}

#[test]
fn a_producer_has_credit_while_any_member_has_a_consumer() {
    let mut stage = configured(&shards("group-id", ""));
    let source = producer(&mut stage, "orders");
    assert_eq!(stage.credit(source), 0);
    let member = consumer(&mut stage, "orders/b");
    assert_eq!(stage.credit(source), 10);
    stage.detach(member);
    stage.send(source, "x");
    assert_eq!(outcomes(&mut stage, source), ["released settled"]);
    assert!(is_drained(&mut stage, source));
    consumer(&mut stage, "orders/c");
    assert_eq!(stage.credit(source), 10);
}

#[test]
fn a_key_that_comes_in_a_later_frame_is_waited_for() {
    let mut stage = configured(&shards("group-id", ""));
    let members = members(&mut stage);
    let source = producer(&mut stage, "orders");
    let owners = owners(&mut stage, source, &members);
    for (key, owner) in owners.iter().take(6) {
        let whole = grouped(key, "split");
        for at in [1, 5, 16, whole.len() - 8] {
            stage.start(source, &whole[..at], true, true);
            stage.net.run();
            stage.go_on(source, &whole[at..], false);
            let parts: Vec<_> = members.iter().map(|member| stage.news(member.end).len()).collect();
            assert!(parts[*owner] > 0, "{key} {at}: {parts:?}");
            assert_eq!(parts.iter().filter(|parts| **parts > 0).count(), 1, "{key} {at}: {parts:?}");
        }
    }
}

#[test]
fn keys_of_all_places_are_found() {
    let property = |section: u8, name: &str, value: &str| {
        let kind = if section == 0x72 { 0xa3 } else { 0xa1 };
        let mut map = vec![kind, name.len() as u8];
        map.extend_from_slice(name.as_bytes());
        map.extend_from_slice(&[0xa1, value.len() as u8]);
        map.extend_from_slice(value.as_bytes());
        [&[0x00, 0x53, section, 0xc1, map.len() as u8 + 1, 2][..], &map, &super::support::stage::body(value)].concat()
    };
    let to = |value: &str| {
        let fields = [&[0x40, 0x40, 0xa1, value.len() as u8][..], value.as_bytes()].concat();
        [&[0x00, 0x53, 0x73, 0xc0, fields.len() as u8 + 1, 3][..], &fields, &super::support::stage::body(value)]
            .concat()
    };
    type Build<'a> = &'a dyn Fn(&str) -> Vec<u8>;
    let places: [(&str, Build<'_>); 4] = [
        ("to", &to),
        ("group-id", &|value| grouped(value, value)),
        ("property:device", &|value| property(0x74, "device", value)),
        ("annotation:x-device", &|value| property(0x72, "x-device", value)),
    ];
    let mut all = Vec::new();
    for (source_of_key, build) in places {
        let mut stage = configured(&shards(source_of_key, ""));
        let members = members(&mut stage);
        let source = producer(&mut stage, "orders");
        let mut owners = BTreeMap::new();
        for key in (0..30).map(|key| format!("key-{key}")) {
            stage.start(source, &build(&key), true, false);
            stage.net.run();
            for (at, member) in members.iter().enumerate() {
                texts(&mut stage, *member).into_iter().for_each(|text| assert_eq!(owners.insert(text, at), None));
            }
        }
        assert_eq!(owners.len(), 30, "{source_of_key}");
        all.push(owners);
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "the key decides, wherever it is");
}

#[test]
fn a_sharded_address_and_its_members_are_there_as_long_as_the_shards_are() {
    let mut stage = configured(&shards("group-id", ""));
    let before = stage.net.shared.address_count();
    assert_eq!(before, 4);
    let members = members(&mut stage);
    let source = producer(&mut stage, "orders");
    members.into_iter().chain([source]).for_each(|link| stage.detach(link));
    assert_eq!(stage.net.shared.address_count(), 4);
}

#[test]
fn shards_of_one_address_agree_or_are_refused() {
    let first = "shard {\nname: a\naddress: orders\nkey: group-id\n}\n";
    let refused = [
        ("name: b\naddress: orders\nkey: to", "must agree"),
        ("name: b\naddress: orders\nkey: group-id\nonLoss: wait", "must agree"),
        ("address: orders\nkey: group-id", "a shard needs a name"),
        ("name: b\naddress: orders\nkey: subject", "allowed are to, group-id"),
        ("name: b\naddress: orders\nkey: group-id\nweight: 0", "allowed are whole numbers from 1 to 100"),
    ];
    for (second, problem) in refused {
        let errors = crossdock_schema::parse("x.conf", &format!("{first}shard {{\n{second}\n}}\n")).unwrap_err();
        assert!(errors[0].to_string().contains(problem), "{errors:?}");
    }
}
