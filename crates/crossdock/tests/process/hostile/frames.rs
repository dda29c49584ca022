//! Frames that cannot be: the connection is closed with `amqp:connection:framing-error`, at once and at no cost.

use std::time::Duration;

use crossdock_amqp::codec::Transfer;

use crate::support::wire::*;
use crate::support::{MIB, Pair, Peer, Router, honest};

/// Sends this to an open connection with a session on channel 0, and reads the close.
fn is_refused(router: &Router, name: &str, bytes: &[u8]) {
    let mut peer = Peer::session(router.port());
    peer.send(bytes);
    let fault = peer.expect_close("amqp:connection:framing-error");
    assert!(!fault.description.is_empty(), "{name}: the description says nothing");
    router.wait_for(name, |line| {
        line.contains("failed: amqp:connection:framing-error") && line.contains(&fault.description)
    });
}

/// An attach of a receiver with these capabilities and properties, each an encoded value.
fn attach_with(name: &[u8], address: &[u8], capabilities: &[u8], properties: &[u8]) -> Vec<u8> {
    let source = described(0x28, &list(&[address.to_vec()]));
    let target = described(0x29, &list(&[]));
    let mut fields = vec![name.to_vec(), uint(0), boolean(true), null(), null(), source, target];
    fields.extend([null(), null(), null(), null(), capabilities.to_vec(), null(), properties.to_vec()]);
    frame(0, &described(0x12, &list(&fields)))
}

#[test]
fn a_frame_whose_header_cannot_be_closes_the_connection_at_once() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    for (name, header) in [
        ("a frame of 4 bytes", raw_frame(4, 2, 0, 0, &[])),
        ("a frame of no bytes", raw_frame(0, 2, 0, 0, &[])),
        ("a frame of 7 bytes", raw_frame(7, 2, 0, 0, &[])),
        // The rest of these two never comes: the size alone decides.
        ("a frame of 2³²-1 bytes", raw_frame(u32::MAX, 2, 0, 0, &[])),
        ("a frame one byte larger than agreed", raw_frame(16_385, 2, 0, 0, &[])),
        ("a body that begins inside the header", raw_frame(8, 1, 0, 0, &[])),
        ("a body that begins behind the frame", raw_frame(8, 255, 0, 0, &[])),
        ("a frame of unknown type", raw_frame(8, 2, 7, 0, &[])),
        ("a SASL frame after the open", raw_frame(8, 2, 1, 0, &[])),
    ] {
        is_refused(&router, name, &header);
        pair.exchange();
    }
}

#[test]
fn a_body_that_cannot_be_closes_the_connection() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    let good_name = string("l");
    let with_properties = |properties: &[u8]| attach_with(&good_name, &string("a"), &null(), properties);
    for (name, bytes) in [
        ("no described value", frame(0, &[0x45])),
        ("an unknown performative", frame(0, &described(0x7f, &list(&[])))),
        ("a performative called by an unknown name", frame(0, &[&[0x00][..], &symbol("x"), &list(&[])].concat())),
        ("a performative that is no list", frame(0, &described(0x12, &string("attach")))),
        ("a performative that is null", frame(0, &described(0x12, &null()))),
        ("an unknown constructor", with_properties(&[0x99])),
        ("a performative that ends too early", frame(0, &described(0x12, &[0xd0, 0, 0, 0, 4]))),
        ("a list that counts more than it holds", frame(0, &described(0x11, &compound(0xd0, 4, &null())))),
        ("a list that holds more than it counts", frame(0, &described(0x18, &compound(0xd0, 0, &null())))),
        ("too many fields", frame(0, &described(0x18, &list(&[null(), null()])))),
        ("bytes behind the performative", frame(0, &[described(0x17, &list(&[null()])), null()].concat())),
        ("a begin without its windows", frame(1, &described(0x11, &list(&[null(), uint(0)])))),
        ("a handle that is a string", frame(0, &described(0x12, &list(&[string("l"), string("0"), boolean(true)])))),
        ("a map with an odd number of elements", with_properties(&map(&[symbol("k")]))),
        ("a property whose name is no symbol", with_properties(&map(&[uint(1), uint(1)]))),
        ("a boolean that is 2", frame(0, &described(0x12, &list(&[string("l"), uint(0), vec![0x56, 2]])))),
        ("a link name that is not UTF-8", attach_with(&string_of(b"\xff"), &string("a"), &null(), &null())),
        ("an address that is not UTF-8", attach_with(&good_name, &string_of(b"a\xc3("), &null(), &null())),
        ("a capability that is not ASCII", attach_with(&good_name, &string("a"), &symbol("é"), &null())),
        ("a string longer than the frame", with_properties(&map(&[symbol("k"), vec![0xb1, 255, 255, 255, 255]]))),
        ("a transfer without a handle", frame(0, &described(0x14, &list(&[null()])))),
        ("a disposition without its first delivery", frame(0, &described(0x15, &list(&[boolean(true)])))),
        ("a flow without its windows", frame(0, &described(0x13, &list(&[uint(0)])))),
        ("a second open", performative(0, honest::open())),
        ("a begin on a channel in use", performative(0, honest::begin())),
        ("a begin beyond channel-max", performative(32_768, honest::begin())),
        ("a flow on a channel without session", flow(9, &honest::grant(0, 0, 1))),
        ("a transfer on a channel without session", transfer(9, &Transfer::default(), b"")),
        ("an attach with a handle beyond handle-max", performative(0, honest::receiver(65_536, "a"))),
    ] {
        is_refused(&router, name, &bytes);
    }
    pair.exchange();
}

#[test]
fn values_that_are_small_here_and_huge_there_cost_nothing() {
    // A frame large enough for lists nested 10,000 deep, and room for the rest.
    let router = Router::with_listener("maxFrameSize: 131072");
    let mut pair = Pair::new(&router);
    let deep = nested(10_000);
    let many_nulls = list(&vec![null(); 100_000]);
    let many_pairs = map(&vec![null(); 100_000]);
    let arrays_of_arrays = compound(0xf0, u32::MAX, &[&[0xf0][..], &zero_width_array()].concat());
    let (memory, cpu) = (router.mark_memory(), router.cpu());
    let rounds = 20;
    for _ in 0..rounds {
        for value in [&zero_width_array(), &deep, &many_nulls, &many_pairs, &arrays_of_arrays] {
            for (name, bytes) in [
                (
                    "attach properties",
                    attach_with(&string("l"), &string("a"), &null(), &map(&[symbol("k"), value.clone()])),
                ),
                ("attach capabilities", attach_with(&string("l"), &string("a"), value, &null())),
                ("attach address", attach_with(&string("l"), value, &null(), &null())),
                ("flow properties", {
                    let mut fields = vec![uint(0), uint(1), uint(0), uint(1)];
                    fields.extend(vec![null(); 6]);
                    fields.push(map(&[symbol("k"), value.clone()]));
                    frame(0, &described(0x13, &list(&fields)))
                }),
                ("a delivery state", {
                    let state = described(0x24, &list(std::slice::from_ref(value)));
                    frame(0, &described(0x15, &list(&[boolean(true), uint(0), uint(0), boolean(true), state])))
                }),
                ("an error", {
                    let error = described(0x1d, &list(&[symbol("x"), null(), map(&[symbol("k"), value.clone()])]));
                    frame(0, &described(0x17, &list(&[error])))
                }),
            ] {
                is_refused(&router, name, &bytes);
            }
        }
        pair.exchange();
    }
    assert!(router.growth(memory) < 16 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
    // 600 connections, their frames of up to 100 kB read in full.
    let spent = router.cpu() - cpu;
    assert!(spent < Duration::from_secs(5), "{spent:?} of processor time");
}

#[test]
fn an_open_may_not_hide_anything_huge_either() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    for value in [zero_width_array(), nested(1_700)] {
        let mut fields = vec![string("me")];
        fields.extend(vec![null(); 8]);
        fields.push(map(&[symbol("k"), value]));
        let mut peer = Peer::connect(router.port());
        peer.send(&[&amqp_header()[..], &frame(0, &described(0x10, &list(&fields)))].concat());
        // The header, and the open without which a close cannot be sent.
        peer.expect("the header");
        peer.expect("the open");
        peer.expect_close("amqp:connection:framing-error");
        pair.exchange();
    }
}

#[test]
fn a_frame_may_carry_what_the_standard_says_is_to_be_ignored() {
    let router = Router::start();
    let mut peer = Peer::session(router.port());
    // An extended header, and frames without a body on any channel.
    let attach = honest::receiver(0, "a");
    peer.announce(0, &attach);
    let plain = performative(0, attach);
    let body = plain.get(8..).unwrap();
    peer.send(&raw_frame(plain.len() as u32 + 12, 5, 0, 0, &[&[0xff; 12], body].concat()));
    peer.send(&frame(77, &[]));
    peer.skip_to("the answer", |answer| matches!(answer, crate::support::Answer::Performative(0, _)));
    peer.close();
}

/// Whatever a peer makes of a good conversation, the router survives, and so do the others.
#[test]
fn a_conversation_with_flipped_bits_harms_nobody() {
    let router = Router::with_listener("initialHandshakeTimeoutSeconds: 1\nidleTimeoutSeconds: 1");
    let mut pair = Pair::new(&router);
    let head =
        Transfer { delivery_id: Some(0), delivery_tag: Some(b"t"), message_format: Some(0), ..Transfer::default() };
    let conversation = [
        amqp_header().to_vec(),
        performative(0, honest::open()),
        performative(0, honest::begin()),
        performative(0, honest::receiver(0, "flip")),
        flow(0, &honest::grant(0, 0, 10)),
        performative(1, honest::begin()),
        performative(1, honest::sender(0, Some("flip"))),
        transfer(1, &head, &message(b"content")),
        disposition(
            0,
            &crossdock_amqp::codec::Disposition { role_receiver: true, settled: true, ..Default::default() },
        ),
        performative(1, fe2o3_amqp_types::performatives::Detach { handle: 0.into(), closed: true, error: None }),
        performative(1, fe2o3_amqp_types::performatives::End { error: None }),
        performative(0, fe2o3_amqp_types::performatives::Close { error: None }),
    ]
    .concat();
    let memory = router.mark_memory();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..600 {
        let mut bytes = conversation.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            *bytes.get_mut(at).unwrap() ^= 1 << random.below(8);
        }
        if random.below(4) == 0 {
            bytes.truncate(random.below(bytes.len()));
        }
        let mut peer = Peer::connect(router.port());
        peer.try_send(&bytes);
        peer.cut();
        if round % 50 == 0 {
            pair.exchange();
        }
    }
    router.wait_for_count("Connection Closed", 600);
    pair.exchange();
    assert!(router.growth(memory) < 16 * MIB, "grew by {} KiB", router.growth(memory) / 1024);
}

/// The same numbers each time [xorshift64].
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}
