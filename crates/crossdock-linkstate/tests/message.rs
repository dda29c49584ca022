//! Messages and their octets, against what qdrouterd 1.19 writes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use crossdock_linkstate::message::{
    AddressUpdate, AdvertisedAddress, Hello, LinkStateRequest, LinkStateUpdate, Message, MessageError,
    MobileAddressRequest, MobileAddressUpdate, Peers, Recipient, RouterAdvertisement, Wrong,
};
use crossdock_linkstate::{Cost, Instance, LsSeq, MobileSeq, RouterId};
use proptest::prelude::*;

fn id(name: &str) -> RouterId {
    RouterId::new(name)
}

fn to(name: &str) -> Recipient {
    Recipient::Router(id(name))
}

fn advertised(key: &str, hint: i64) -> AdvertisedAddress {
    AdvertisedAddress { key: key.into(), hint: Some(hint) }
}

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Header and annotations of every message of router A.
const ENVELOPE_OF_A: &str = "005370d0000000050000000142
    005372c13004a310782d6f70742d71642e696e6772657373a103302f41a30e782d6f70742d71642e7472616365c00601a103302f41";

/// The message is written like this by router `own`, and is read from it.
#[track_caller]
fn golden(message: &Message, recipient: &Recipient, own: &str, hex: &str) {
    let expected = octets(hex);
    assert_eq!(message.encode(recipient, &id(own)), expected);
    assert_eq!(Message::decode(&expected).as_ref(), Ok(message));
}

#[test]
fn hello_is_written_as_qdrouterd_does() {
    let hello = Hello { id: id("A"), instance: Instance(1_795_355_881), seen: vec![id("X")] };
    let rest = "005373d00000001f000000064040a114616d71703a2f5f6c6f63616c2f716468656c6c6f404040
        005374d10000001300000002a1066f70636f6465a10548454c4c4f
        005377d10000003b0000000aa1026964a10141a1027076 5401a10461726561a10130a108696e7374616e6365716b02f4e9
        a1047365656ed00000000700000001a10158";
    golden(&Message::Hello(hello), &Recipient::Neighbors, "A", &format!("{ENVELOPE_OF_A}{rest}"));
}

#[test]
fn link_state_update_is_written_as_qdrouterd_does() {
    let update = LinkStateUpdate {
        id: id("A"),
        instance: Instance(1_795_355_881),
        ls_seq: LsSeq(1),
        peers: Peers::from([(id("X"), Cost(1))]),
    };
    let rest = "005373d000000023000000064040a118616d71703a2f5f746f706f2f302f582f7164726f75746572404040
        005374d10000001100000002a1066f70636f6465a1034c5355
        005377d10000006f0000000ca1026964a10141a10270765401a10461726561a10130a108696e7374616e6365716b02f4e9
        a1066c735f7365715401a1026c73d10000003300000008a1026964a10141a10461726561a10130
        a1066c735f7365715401a1057065657273d10000000900000002a101585401";
    golden(&Message::LinkStateUpdate(update), &to("X"), "A", &format!("{ENVELOPE_OF_A}{rest}"));
}

#[test]
fn differential_update_is_written_as_qdrouterd_does() {
    let update = MobileAddressUpdate {
        id: id("A"),
        mobile_seq: MobileSeq(1),
        update: AddressUpdate::Differential { add: vec![advertised("M0q1", 3), advertised("M0q2", 3)], del: vec![] },
    };
    let rest = "005373d00000001f000000034040a1175f746f706f2f302f616c6c2f7164726f757465722e6d61
        005374d10000001100000002a3066f70636f6465a1034d4155
        005377d1000000640000000ea3026964a10141a30270765501a30461726561a10130a30a6d6f62696c655f7365715501
        a30568696e7473d0000000080000000254035403a303616464d00000001000000002a1044d307131a1044d307132
        a30364656cd00000000400000000";
    golden(&Message::MobileAddressUpdate(update), &Recipient::All, "A", &format!("{ENVELOPE_OF_A}{rest}"));
}

#[test]
fn address_request_is_written_as_qdrouterd_does() {
    let request = MobileAddressRequest { id: id("A"), have_seq: MobileSeq(0) };
    let rest = "005373d000000023000000034040a11b616d71703a2f5f746f706f2f302f422f7164726f757465722e6d61
        005374d10000001100000002a3066f70636f6465a1034d4152
        005377d10000002600000008a3026964a10141a30270765501a30461726561a10130a308686176655f7365715500";
    golden(&Message::MobileAddressRequest(request), &to("B"), "A", &format!("{ENVELOPE_OF_A}{rest}"));
}

/// A message with this opcode and this body, written by hand.
fn by_hand(opcode: &str, body: &str) -> Vec<u8> {
    let opcode: String = opcode.bytes().map(|byte| format!("{byte:02x}")).collect();
    let length = opcode.len() / 2;
    let size = 1 + 8 + 2 + length;
    octets(&format!("005374c1{size:02x}02a3066f70636f6465a3{length:02x}{opcode}005377{body}"))
}

/// A map of these encoded entries.
fn map(entries: &[&str]) -> String {
    let content: String = entries.concat();
    format!("c1{:02x}{:02x}{content}", content.len() / 2 + 1, entries.len() * 2)
}

const ID_Z: &str = "a3026964a3015a"; // symbols
const LS_SEQ: &str = "a1066c735f736571";
const MOBILE_SEQ: &str = "a10a6d6f62696c655f736571";
const INSTANCE: &str = "a108696e7374616e6365";

#[test]
fn any_integer_type_is_accepted_and_optional_keys_may_be_missing() {
    for seven in [
        "5007",
        "600007",
        "5207",
        "7000000007",
        "5307",
        "800000000000000007",
        "5107",
        "610007",
        "5407",
        "7100000007",
        "5507",
        "810000000000000007",
    ] {
        let body = map(&[ID_Z, &format!("{LS_SEQ}{seven}"), &format!("{MOBILE_SEQ}{seven}")]);
        let expected =
            RouterAdvertisement { id: id("Z"), instance: Instance(0), ls_seq: LsSeq(7), mobile_seq: MobileSeq(7) };
        assert_eq!(Message::decode(&by_hand("RA", &body)), Ok(Message::RouterAdvertisement(expected)), "{seven}");
    }
}

#[track_caller]
fn refused(message: &[u8], key: Option<&str>, wrong: Wrong) {
    match Message::decode(message) {
        Err(MessageError::Content { key: found_key, wrong: found, .. }) => assert_eq!((found_key, found), (key, wrong)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_is_said() {
    let ra = |entries: &[&str]| by_hand("RA", &map(entries));
    let (seq, mobile) = (format!("{LS_SEQ}5401"), format!("{MOBILE_SEQ}5401"));
    refused(&ra(&[&seq, &mobile]), Some("id"), Wrong::Missing);
    refused(&ra(&[ID_Z, &mobile]), Some("ls_seq"), Wrong::Missing);
    refused(&ra(&[ID_Z, &seq, &format!("{MOBILE_SEQ}40")]), Some("mobile_seq"), Wrong::Missing);
    refused(&ra(&[ID_Z, &seq, &format!("{MOBILE_SEQ}41")]), Some("mobile_seq"), Wrong::Type);
    refused(&ra(&[ID_Z, &seq, &format!("{MOBILE_SEQ}54ff")]), Some("mobile_seq"), Wrong::Number);
    refused(&ra(&[ID_Z, &seq, &mobile, &format!("{INSTANCE}80ffffffffffffffff")]), Some("instance"), Wrong::Number);
    refused(&ra(&["a1026964a100", &seq, &mobile]), Some("id"), Wrong::Text);
    refused(&by_hand("RAX", &map(&[ID_Z])), None, Wrong::UnknownOpcode);
    refused(&by_hand("LSR", "45"), None, Wrong::NoMap);
    refused(&octets("005377c10100"), None, Wrong::NoOpcode);
    refused(&by_hand("HELLO", &map(&[ID_Z, "a1047365656ea10158"])), Some("seen"), Wrong::Type);
}

#[test]
fn a_cost_of_zero_and_the_state_of_another_router_are_refused() {
    let lsu = |ls_id: &str, cost: &str| {
        let peers = map(&[&format!("a10158{cost}")]);
        let ls = map(&[ls_id, &format!("{LS_SEQ}5401"), &format!("a1057065657273{peers}")]);
        by_hand("LSU", &map(&[ID_Z, &format!("{LS_SEQ}5401"), &format!("a1026c73{ls}")]))
    };
    assert!(Message::decode(&lsu(ID_Z, "5401")).is_ok());
    refused(&lsu(ID_Z, "5400"), Some("peers"), Wrong::Number);
    refused(&lsu("a1026964a10159", "5401"), Some("ls"), Wrong::OtherRouter);
}

#[test]
fn an_update_has_exist_or_add_and_del_and_hints_count_only_for_each_address() {
    let (exist, add, del) = ("a1056578697374c00601a1034d3071", "a103616464c00601a1034d3071", "a10364656c45");
    let hints = "a10568696e7473c00502 54015402";
    let seq = format!("{MOBILE_SEQ}5401");
    let mau = |entries: &[&str]| by_hand("MAU", &map(&[&[ID_Z, &seq], entries].concat()).replace(' ', ""));
    for wrong in [vec![], vec![add], vec![del], vec![exist, add], vec![exist, del], vec![exist, add, del]] {
        refused(&mau(&wrong), None, Wrong::Update);
    }
    let hints = hints.replace(' ', "");
    let Ok(Message::MobileAddressUpdate(update)) = Message::decode(&mau(&[exist, &hints])) else { panic!() };
    let address = AdvertisedAddress { key: Arc::from("M0q"), hint: None };
    assert_eq!(update.update, AddressUpdate::Absolute { exist: vec![address] });
}

#[test]
fn a_later_version_is_told_apart_from_nonsense() {
    let message = by_hand("LSR", &map(&[ID_Z, "a10270765402"]));
    assert_eq!(Message::decode(&message), Err(MessageError::Version { id: id("Z"), version: 2 }));
}

fn messages() -> impl Strategy<Value = Message> {
    let name = || "[a-zA-Z0-9._-]{1,300}".prop_filter("short", |name| name.len() < 255).prop_map(|name| id(&name));
    let seq = 0..i64::MAX as u64;
    let key = "M0[a-z/.]{1,300}".prop_map(|key| Arc::<str>::from(key.as_str()));
    let address = (key.clone(), 0..6_i64).prop_map(|(key, hint)| AdvertisedAddress { key, hint: Some(hint) });
    let addresses = proptest::collection::vec(address, 0..20);
    let peers = proptest::collection::btree_map(name(), (1..u32::MAX).prop_map(Cost), 0..20);
    prop_oneof![
        (name(), seq.clone(), proptest::collection::vec(name(), 0..20))
            .prop_map(|(id, instance, seen)| Message::Hello(Hello { id, instance: Instance(instance), seen })),
        (name(), seq.clone(), seq.clone(), seq.clone()).prop_map(|(id, instance, ls_seq, mobile_seq)| {
            Message::RouterAdvertisement(RouterAdvertisement {
                id,
                instance: Instance(instance),
                ls_seq: LsSeq(ls_seq),
                mobile_seq: MobileSeq(mobile_seq),
            })
        }),
        name().prop_map(|id| Message::LinkStateRequest(LinkStateRequest { id })),
        (name(), seq.clone(), seq.clone(), peers).prop_map(|(id, instance, ls_seq, peers)| {
            Message::LinkStateUpdate(LinkStateUpdate { id, instance: Instance(instance), ls_seq: LsSeq(ls_seq), peers })
        }),
        (name(), seq.clone()).prop_map(|(id, have_seq)| {
            Message::MobileAddressRequest(MobileAddressRequest { id, have_seq: MobileSeq(have_seq) })
        }),
        (name(), seq.clone(), addresses.clone(), proptest::collection::vec(key, 0..20)).prop_map(
            |(id, mobile_seq, add, del)| {
                let update = AddressUpdate::Differential { add, del };
                Message::MobileAddressUpdate(MobileAddressUpdate { id, mobile_seq: MobileSeq(mobile_seq), update })
            }
        ),
        (name(), seq, addresses).prop_map(|(id, mobile_seq, exist)| {
            let update = AddressUpdate::Absolute { exist };
            Message::MobileAddressUpdate(MobileAddressUpdate { id, mobile_seq: MobileSeq(mobile_seq), update })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_message_means_the_same_after_writing_and_reading(message in messages(), own in "[a-z]{1,300}") {
        let octets = message.encode(&Recipient::All, &id(&own));
        prop_assert_eq!(Message::decode(&octets), Ok(message));
    }

    #[test]
    fn changed_octets_are_read_or_refused_but_do_no_harm(
        message in messages(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut octets = message.encode(&Recipient::All, &id("A"));
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        let _ = Message::decode(&octets);
        let _ = Message::decode(&octets[..cut.index(octets.len())]);
    }
}
