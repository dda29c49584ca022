//! Addresses: what text means the same, what it names, and how its key is found.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::hash::{BuildHasher, RandomState};

use crossdock_core::address::{
    AddressClass, AddressKey, KeyRef, LocalNames, NotAKey, Phase, RouterMode, Treatment, canonical, classify,
    classify_for_tenant, dynamic_address, dynamic_target_address,
};
use hashbrown::{Equivalent, HashMap};
use proptest::prelude::*;

fn names(mode: RouterMode) -> LocalNames {
    LocalNames::new("M", "0", mode)
}

fn key_of(text: &str, mode: RouterMode) -> String {
    classify(text, &names(mode)).to_string()
}

#[test]
fn scheme_host_and_one_trailing_separator_do_not_count() {
    for text in [
        "foo",
        "/foo",
        "foo/",
        "foo.",
        "amqp:/foo",
        "amqp://h:5672/foo",
        "//h/foo",
        "x:/foo",
        "amqp:///foo",
        "a:b/c:/foo",
        "http://h/foo/",
    ] {
        assert_eq!(canonical(text), "foo", "{text}");
    }
}

#[test]
fn everything_else_in_a_text_counts() {
    for (text, expected) in [
        ("amqp:foo", "amqp:foo"),
        ("foo//", "foo/"),
        ("foo./", "foo."),
        ("Foo", "Foo"),
        ("foo/bar.baz", "foo/bar.baz"),
        ("foo.bar/baz", "foo.bar/baz"),
        ("///foo", "foo"),
        ("amqp://h/a:/b", "a:/b"),
        ("/a:/b", "a:/b"),
        ("%66oo", "%66oo"),
        ("é/ü/", "é/ü"),
        ("", ""),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn an_unfinished_prefix_is_none() {
    for (text, expected) in [
        ("/", ""),
        ("//", "/"),
        ("//h", "//h"),
        ("//h/", ""),
        ("amqp:/", "amqp:"),
        ("amqp://", "amqp:/"),
        ("amqp://h", "amqp://h"),
        ("amqp://h/", ""),
        ("amqp:", "amqp:"),
        (":/foo", ":/foo"),
        ("a::/foo", "a::/foo"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn an_address_is_classified_by_what_it_names() {
    use RouterMode::{Edge, Interior, Standalone};
    let table = [
        // canonical text, then the key on a standalone, an interior and an edge router
        ("_local/x/y", ["Lx/y", "Lx/y", "Lx/y"]),
        ("_topo/0/all/x", ["Tx", "Tx", "Tx"]),
        ("_topo/all/all/x", ["Tx", "Tx", "Tx"]),
        ("_topo/0/M/x/y", ["Lx/y", "Lx/y", "Lx/y"]),
        ("_topo/all/M/x", ["Lx", "Lx", "Lx"]),
        ("_topo/0/N/x", ["Lx", "RN", "L_edge"]),
        ("_topo/all/N/x", ["Lx", "RN", "L_edge"]),
        ("_topo/0/M", ["RM", "RM", "L_edge"]),
        ("_topo/0/MM/x", ["Lx", "RMM", "L_edge"]),
        ("_topo/1/M/x", ["A1", "A1", "L_edge"]),
        ("_topo/1", ["A1", "A1", "L_edge"]),
        ("_edge/M/x", ["Lx", "Lx", "Lx"]),
        ("_edge/N/x", ["HN", "HN", "L_edge"]),
        ("_edge/N", ["HN", "HN", "L_edge"]),
        ("orders", ["M0orders", "M0orders", "M0orders"]),
        ("$management", ["M0$management"; 3]),
        ("_$qd.addr_lookup", ["M0_$qd.addr_lookup"; 3]),
        ("_local", ["M0_local"; 3]),
        ("_topology/0/M/x", ["M0_topology/0/M/x"; 3]),
        ("_LOCAL/x", ["M0_LOCAL/x"; 3]),
        ("_local.x", ["M0_local.x"; 3]),
        ("", ["M0"; 3]),
    ];
    for (text, expected) in table {
        for (mode, expected) in [Standalone, Interior, Edge].into_iter().zip(expected) {
            assert_eq!(key_of(text, mode), expected, "{text} at {mode:?}");
            assert_eq!(key_of(&format!("amqp://host/{text}/"), mode), expected, "{text} at {mode:?}");
        }
    }
}

#[test]
fn a_standalone_router_is_every_router() {
    assert_eq!(key_of("amqp:/_topo/0/ANYTHING/$management", RouterMode::Standalone), "L$management");
}

#[test]
fn a_tenant_prefixes_mobile_addresses_only() {
    let me = names(RouterMode::Interior);
    let mut scratch = String::from("left from the last one");
    for (text, expected) in [
        ("q", "M0vh/q"),
        ("amqp:/q/", "M0vh/q"),
        ("$management", "M0vh/$management"),
        ("_local/$management", "L$management"),
        ("_topo/0/N/x", "RN"),
        ("_edge/N/x", "HN"),
        ("amqp:/_$temp.abc", "M0_$temp.abc"),
    ] {
        assert_eq!(classify_for_tenant(text, &me, "vh/", &mut scratch).to_string(), expected, "{text}");
    }
}

#[test]
fn phases_belong_to_mobile_addresses() {
    let one = Phase::from_number(1).unwrap();
    let me = names(RouterMode::Interior);
    assert_eq!(classify("q", &me).in_phase(one).to_string(), "M1q");
    assert_eq!(classify("q", &me).in_phase(Phase::FALLBACK).to_string(), "MFq");
    let local = classify("_local/q", &me).in_phase(one);
    assert_eq!((local.to_string().as_str(), local.phase()), ("Lq", Phase::ZERO));
}

#[test]
fn a_phase_is_a_digit_or_fallback() {
    for number in 0..=u8::MAX {
        let phase = Phase::from_number(number);
        assert_eq!(phase.is_some(), number <= 9 || number == 22, "{number}");
        if let Some(phase) = phase {
            assert_eq!(phase.number(), number);
            assert_eq!(Phase::from_letter(phase.letter()), Some(phase));
        }
    }
    assert_eq!(Phase::FALLBACK.letter(), 'F');
    assert_eq!(['A', 'f', ' ', '/', 'é'].map(Phase::from_letter), [None; 5]);
}

#[test]
fn a_class_is_found_by_its_prefix_and_mau_carries_six_of_them() {
    let classes: Vec<AddressClass> = ('\0'..='\u{ff}').filter_map(AddressClass::from_prefix).collect();
    assert_eq!(classes.iter().map(|class| class.prefix()).collect::<String>(), "ACDEFHLMRT");
    let synchronised = classes.iter().filter(|class| class.is_synchronised()).map(|class| class.prefix());
    assert_eq!(synchronised.collect::<String>(), "CDEFHM");
}

#[test]
fn a_written_key_is_parsed_or_refused() {
    for (written, class, phase, text) in [
        ("M0orders", AddressClass::Mobile, 0, "orders"),
        ("MFfb.q", AddressClass::Mobile, 22, "fb.q"),
        ("M1", AddressClass::Mobile, 1, ""),
        ("Clr", AddressClass::LinkRoutePrefixIn, 0, "lr"),
        ("Eq.*.r", AddressClass::LinkRoutePatternIn, 0, "q.*.r"),
        ("F", AddressClass::LinkRoutePatternOut, 0, ""),
        ("HEdgé", AddressClass::EdgeSummary, 0, "Edgé"),
    ] {
        let key = AddressKey::parse(written).unwrap();
        assert_eq!((key.class(), key.phase().number(), key.text()), (class, phase, text), "{written}");
        assert_eq!(key.as_str(), written);
        assert_eq!(key.key_ref().to_key(), key);
    }
    for written in ["", "M", "Mx", "MG1", "G1", "x", "é", "Mé"] {
        assert_eq!(AddressKey::parse(written), Err(NotAKey), "{written}");
    }
}

#[test]
fn a_table_of_keys_is_searched_with_a_borrowed_text() {
    let me = names(RouterMode::Interior);
    let mut table = HashMap::new();
    for key in ["M0q", "M1q", "Lq", "RN", "Tq"] {
        table.insert(AddressKey::parse(key).unwrap(), key);
    }
    for (text, expected) in [("amqp:/q", "M0q"), ("_local/q", "Lq"), ("_topo/0/N/any", "RN"), ("_topo/0/all/q", "Tq")] {
        assert_eq!(table.get(&classify(text, &me)), Some(&expected), "{text}");
    }
    assert_eq!(table.get(&KeyRef::mobile(Phase::from_number(1).unwrap(), "q")), Some(&"M1q"));
    assert_eq!(table.get(&classify("Q", &me)), None);
    assert_eq!(table.get(&classify("q.", &me)), Some(&"M0q"));
    assert_eq!(table.get(&classify("q..", &me)), None);
}

#[test]
fn dynamic_addresses_lead_back_to_their_key_from_here_and_to_this_router_from_elsewhere() {
    let random = [0, 25, 26, 51, 52, 61, 62, 63, 64, 255, 1, 2, 3, 4, 5];
    for (mode, address) in [
        (RouterMode::Standalone, "amqp:/_topo/0/M/temp.azAZ09+_a_bcdef"),
        (RouterMode::Interior, "amqp:/_topo/0/M/temp.azAZ09+_a_bcdef"),
        (RouterMode::Edge, "amqp:/_edge/M/temp.azAZ09+_a_bcdef"),
    ] {
        let (text, key) = dynamic_address(&names(mode), &random);
        assert_eq!((text.as_str(), key.as_str()), (address, "Ltemp.azAZ09+_a_bcdef"));
        assert_eq!(classify(&text, &names(mode)), key.key_ref());
        let elsewhere = classify(&text, &LocalNames::new("OTHER", "0", RouterMode::Interior));
        assert_eq!(elsewhere.text(), "M");
    }
    let (text, key) = dynamic_target_address(&random);
    assert_eq!((text.as_str(), key.as_str()), ("amqp:/_$temp.azAZ09+_a_bcdef", "M0_$temp.azAZ09+_a_bcdef"));
    assert_eq!(classify(&text, &names(RouterMode::Edge)), key.key_ref());
}

#[test]
fn hints_are_the_numbers_of_the_protocol() {
    let names: Vec<_> = (-1..7).map(|hint| Treatment::from_hint(hint).map(Treatment::distribution)).collect();
    let expected = ["flood", "multicast", "closest", "balanced", "linkBalanced", "unavailable"].map(Some);
    assert_eq!(names[1..7], expected);
    assert_eq!((names[0], names[7]), (None, None));
    assert!((0..6).all(|hint| Treatment::from_hint(hint).is_some_and(|treatment| i64::from(treatment.hint()) == hint)));
}

proptest! {
    #[test]
    fn canonical_is_a_part_of_any_text(text in "\\PC*|[a:/.]{0,12}") {
        let address = canonical(&text);
        prop_assert!(text.ends_with(address) || text[..text.len() - 1].ends_with(address));
    }

    #[test]
    fn no_prefix_changes_what_follows_it(text in "[a-c][a-c:./_é]{0,8}", prefix in "/|//h(:1)?/|[a-c+]{1,4}:/|amqp:///|x://h/") {
        prop_assume!(!text.contains(":/"), "a scheme of its own");
        let prefixed = format!("{prefix}{text}");
        prop_assert_eq!(canonical(&prefixed), canonical(&text));
    }

    #[test]
    fn borrowed_and_owned_keys_are_equal_and_hash_alike(text in "_?(local|topo|edge)?[/a-c]{0,8}", phase in 0_u8..10) {
        let key = classify(&text, &names(RouterMode::Interior)).in_phase(Phase::from_number(phase).unwrap());
        let owned = key.to_key();
        let hasher = RandomState::new();
        prop_assert_eq!(hasher.hash_one(key), hasher.hash_one(&owned));
        prop_assert!(key.equivalent(&owned));
        prop_assert_eq!(AddressKey::parse(owned.as_str()), Ok(owned));
    }
}
