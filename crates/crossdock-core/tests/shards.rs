//! Which member takes which key: little moves, all have their share, and the answer never changes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crossdock_core::shards::{KeyHash, Standing};
use proptest::collection::btree_map;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Members = BTreeMap<String, u8>;

fn winner<'m>(members: &'m Members, key: &str) -> Option<&'m str> {
    let key = KeyHash::new(key.as_bytes());
    let best = members.iter().max_by_key(|(name, weight)| Standing::new(name, **weight).score(key));
    best.map(|(name, _)| name.as_str())
}

fn keys(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("device-{number}"))
}

fn members(list: &[(&str, u8)]) -> Members {
    list.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect()
}

fn shares(members: &Members, count: usize) -> BTreeMap<String, usize> {
    let mut shares = BTreeMap::new();
    for key in keys(count) {
        *shares.entry(winner(members, &key).unwrap().to_owned()).or_default() += 1;
    }
    shares
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn when_a_member_goes_only_its_keys_move(
        all in btree_map("[a-z]{1,8}(/[a-z0-9]{1,4})?", 1..=100_u8, 2..12),
        at in any::<prop::sample::Index>(),
    ) {
        let gone = all.keys().nth(at.index(all.len())).unwrap().clone();
        let mut rest = all.clone();
        rest.remove(&gone);
        for key in keys(200) {
            let before = winner(&all, &key).unwrap();
            if before != gone {
                prop_assert_eq!(winner(&rest, &key), Some(before), "{}", key);
            }
        }
    }

    #[test]
    fn more_weight_takes_keys_and_gives_none_away(
        all in btree_map("[a-z]{1,8}", 1..=99_u8, 2..8),
        at in any::<prop::sample::Index>(),
    ) {
        let favoured = all.keys().nth(at.index(all.len())).unwrap().clone();
        let mut after = all.clone();
        *after.get_mut(&favoured).unwrap() += 1;
        for key in keys(200) {
            let now = winner(&after, &key).unwrap();
            prop_assert!(now == favoured || Some(now) == winner(&all, &key), "{}", key);
        }
    }

    #[test]
    fn equal_weights_are_as_no_weights(names in prop::collection::btree_set("[a-z]{1,8}", 1..8), weight in 1..=100_u8) {
        let plain: Members = names.iter().map(|name| (name.clone(), 1)).collect();
        let weighed: Members = names.iter().map(|name| (name.clone(), weight)).collect();
        for key in keys(50) {
            prop_assert_eq!(winner(&plain, &key), winner(&weighed, &key));
        }
    }
}

#[test]
fn members_have_equal_shares() {
    let names = ["orders/a", "orders/b", "orders/c", "orders/d", "orders/e"];
    let members = members(&names.map(|name| (name, 1)));
    for (name, share) in shares(&members, 10_000) {
        // Four standard deviations of a fair draw.
        assert!((1840..=2160).contains(&share), "{name}: {share}");
    }
}

#[test]
fn weights_divide_the_keys() {
    let members = members(&[("a", 1), ("b", 2), ("c", 7)]);
    let shares = shares(&members, 10_000);
    for (name, expected) in [("a", 1000), ("b", 2000), ("c", 7000)] {
        assert!(shares[name].abs_diff(expected) <= 190, "{name}: {shares:?}");
    }
}

/// Computed from the formula in the documentation by another program. A router of another version must come to the same.
#[test]
fn the_winners_are_these_for_all_time() {
    let equal = members(&[("orders/a", 1), ("orders/b", 1), ("orders/c", 1)]);
    let weighed = members(&[("orders/a", 1), ("orders/b", 2), ("orders/c", 3)]);
    let winners = |members: &Members| -> String {
        keys(24).map(|key| winner(members, &key).unwrap().chars().last().unwrap()).collect()
    };
    assert_eq!(winners(&equal), "cccacaaacacaacacccbaabaa");
    assert_eq!(winners(&weighed), "cccaccbacaccccccccbccbcc");
    assert_eq!(winner(&equal, ""), Some("orders/a"));
}
