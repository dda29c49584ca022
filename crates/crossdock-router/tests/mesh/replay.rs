//! Recorded conversations of two qdrouterd, with a whole router of ours in the place of one of them.
//!
//! It gets what the other one said, octet for octet and when it was said; clients and further routers do what the notes of
//! the capture say. It must say what the router in its place said, as far as the other one needs it: the same links, the
//! same control messages, deliveries with the same annotations on the same lanes, the same outcomes. Link names are made
//! equal by the dice; what is free to differ (tags, containers' properties, how credit is batched) is not compared.

use crossdock_amqp::codec::{Performative, SaslFrame, StateKind};
use crossdock_core::message::{HeadScanner, Want, write_annotations};
use crossdock_linkstate::RouterId;
use crossdock_linkstate::message::{AddressUpdate, Message};
use crossdock_router::ConnectionRole;
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::messaging::TargetArchetype;
use std::collections::BTreeMap;

use super::bench::Bench;
use super::capture::{Capture, control, is_empty};
use super::frames::{Letter, Unit, units};

/// When the recorded connection is made.
const START: u64 = 10_000;

/// A router of ours in the place of a recorded one.
struct Stand {
    bench: Bench,
    site: usize,
    conn: usize,
    capture: Capture,
    place: &'static str,
    other: &'static str,
    /// Recorded units that were looked at.
    played: usize,
    said: Vec<u8>,
}

impl Stand {
    fn new(name: &str, place: &'static str, cost: u32, around: impl FnOnce(&mut Bench, usize)) -> Self {
        let capture = Capture::read(name);
        let own = capture.control(place);
        let Message::Hello(hello) = &own[0].1 else { panic!("a HELLO is the first") };
        // It ticks when the router in its place did.
        let mut bench = Bench::new(START - 1_000 + own[0].0 % 1_000);
        let site = bench.router(hello.id.as_str(), hello.instance.0);
        around(&mut bench, site);
        bench.run_until(START);
        let is_client = place == "client";
        if is_client {
            let names = capture.link_names("client");
            let names = names.iter().map(|name| name.strip_prefix("qdlink.").unwrap().to_owned());
            // The first throw is for the number of the connection's group.
            *bench.sites[site].names.lock().unwrap() = std::iter::once("group".to_owned()).chain(names).collect();
        }
        let conn = bench.by_hand(site, is_client, cost);
        let other = if is_client { "server" } else { "client" };
        Self { bench, site, conn, capture, place, other, played: 0, said: Vec::new() }
    }

    /// Plays what was recorded until then, in milliseconds of the recording.
    fn play_until(&mut self, end: u64) {
        while let Some((at, from, bytes)) = self.capture.said.get(self.played).filter(|said| said.0 <= end) {
            self.bench.run_until(START + at);
            if from == self.other {
                self.bench.give(self.conn, bytes);
                assert!(!self.bench.conns[self.conn].over, "over at {at}");
            }
            self.played += 1;
        }
        self.bench.run_until(START + end);
    }

    fn finish(&mut self) -> Vec<Unit> {
        let end = self.capture.said.last().unwrap().0;
        self.play_until(end);
        self.bench.run_for(50);
        self.said = self.bench.heard(self.conn);
        let units = units(&self.said);
        assert!(!units.iter().any(|unit| matches!(unit, Unit::Performative(_, Performative::Close(_)))));
        self.assert_sets_up(&units);
        self.assert_gives_all_credit_back(&units);
        assert_eq!(self.bench.holdings(self.conn), Default::default());
        units
    }

    /// Handshake and links are as recorded, in the same order.
    fn assert_sets_up(&self, units: &[Unit]) {
        let recorded = self.capture.units(self.place);
        assert_eq!(greeting(units), greeting(&recorded));
        assert_eq!(sessions_and_links(units), sessions_and_links(&recorded));
        let links = sessions_and_links(units).len();
        assert!(links >= 33, "11 sessions and 22 links: {links}");
        if self.place == "server" {
            return;
        }
        // Capabilities are bare symbols: no array is in any attach. In answers nobody looks at them.
        let mut rest = &self.said[..];
        while let Some(&[a, b, c, d]) = rest.first_chunk() {
            let size = if rest.starts_with(b"AMQP") { 8 } else { u32::from_be_bytes([a, b, c, d]) as usize };
            let frame = &rest[..size];
            if frame.get(8..11) == Some(&[0x00, 0x53, 0x12]) {
                assert!(!frame.iter().any(|octet| matches!(octet, 0xe0 | 0xf0)), "{frame:02x?}");
            }
            rest = &rest[size..];
        }
    }

    /// Each receiver begins with 250 and in the end has replaced whatever came.
    fn assert_gives_all_credit_back(&self, units: &[Unit]) {
        let mut flows: BTreeMap<(u16, u32), Vec<(u32, u32)>> = BTreeMap::new();
        for unit in units {
            if let &Unit::Credit { channel, handle, count, credit } = unit {
                flows.entry((channel, handle)).or_default().push((count, credit));
            }
        }
        let mut came: BTreeMap<u16, u32> = BTreeMap::new();
        for unit in self.capture.units(self.other) {
            if let Unit::Transfer { channel, more: false, .. } = unit {
                *came.entry(channel).or_default() += 1;
            }
        }
        assert!(flows.len() >= 11, "{flows:?}");
        for ((channel, _), flows) in flows {
            assert_eq!(flows.first(), Some(&(0, 250)), "channel {channel}");
            let came = came.get(&channel).copied().unwrap_or_default();
            assert_eq!(flows.last(), Some(&(came, 250)), "channel {channel}");
        }
    }

    /// What the router in this place said the peer gets to hear, octet for octet.
    fn assert_says_all_control_messages(&self, units: &[Unit]) {
        let ours: Vec<Vec<u8>> = control(units).into_iter().map(|(octets, _)| octets).collect();
        let recorded = control(&self.capture.units(self.place));
        for (octets, message) in recorded.iter().filter(|(_, message)| !is_empty(message)) {
            assert!(ours.contains(octets), "not said: {message:?}");
        }
    }

    /// Each request for this router's link state is answered, with the peer in it.
    fn assert_answers_requests(&self, units: &[Unit]) {
        let own = self.id();
        let peer = self.capture.control(self.other)[0].1.id().clone();
        let asked = self.capture.control(self.other);
        let asked: Vec<_> =
            asked.iter().filter(|(_, message)| matches!(message, Message::LinkStateRequest(_))).collect();
        let answered = control(units).into_iter().filter(|(_, message)| {
            matches!(message, Message::LinkStateUpdate(update) if update.id == own && update.peers.contains_key(&peer))
        });
        assert!(asked.len() >= 2);
        assert_eq!(answered.count(), asked.len());
    }

    fn id(&self) -> RouterId {
        RouterId::new(self.bench.sites[self.site].shared.router_id())
    }

    /// Deliveries on data links: the channel says which lane, so the priority.
    fn deliveries(units: &[Unit]) -> Vec<(u16, bool, Vec<u8>)> {
        let mut open: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
        let mut whole = Vec::new();
        for unit in units {
            if let Unit::Transfer { channel, more, settled, payload, .. } = unit
                && *channel > 0
            {
                let message = open.entry(*channel).or_default();
                message.extend_from_slice(payload);
                if !more {
                    whole.push((*channel, *settled, std::mem::take(message)));
                }
            }
        }
        assert!(open.values().all(Vec::is_empty), "all are complete");
        whole
    }

    /// What was sent on data links goes as recorded: lane, settlement, annotations in their order, and the bare message.
    fn assert_forwards(&self, units: &[Unit]) {
        let read = |all: Vec<(u16, bool, Vec<u8>)>| -> Vec<(u16, bool, Letter)> {
            all.into_iter().map(|(channel, settled, message)| (channel, settled, Letter::read(&message))).collect()
        };
        let recorded = read(Self::deliveries(&self.capture.units(self.place)));
        assert!(recorded.len() >= 3);
        assert_eq!(read(Self::deliveries(units)), recorded);
    }

    /// The messages of the recording, as their sender sent them.
    fn originals(&self, of: &str) -> Vec<(bool, Vec<u8>)> {
        let all = Self::deliveries(&self.capture.units(of)).into_iter();
        all.map(|(_, settled, message)| (settled, original(&message))).collect()
    }

    /// Accepted and settled, as recorded, delivery by delivery.
    fn assert_settles(&self, units: &[Unit]) {
        let settled = |units: &[Unit]| {
            let mut all: Vec<(u16, u32)> = Vec::new();
            for unit in units {
                if let &Unit::Disposition { channel, first, last, settled: true } = unit {
                    all.extend((first..=last).map(|number| (channel, number)));
                }
            }
            all.sort_unstable();
            all
        };
        let recorded = settled(&self.capture.units(self.place));
        assert!(recorded.len() >= 2);
        assert_eq!(settled(units), recorded);
    }

    fn receiver(&mut self, site: usize, address: &str) -> usize {
        let client = self.bench.connect(site, ConnectionRole::Normal, "receiver");
        self.bench.attach(client, Role::Receiver, Some(address), 100);
        client
    }

    fn assert_got(&mut self, client: usize, originals: &[(bool, Vec<u8>)]) {
        let got: Vec<_> = self.bench.client(client).got.iter().map(|(_, settled, octets)| (*settled, octets)).collect();
        let originals: Vec<_> = originals.iter().map(|(settled, octets)| (*settled, octets)).collect();
        assert!(got == originals, "{} of {}", got.len(), originals.len());
    }
}

/// Protocol headers, the SASL mechanism or outcome, and who opens.
fn greeting(units: &[Unit]) -> Vec<String> {
    let words = units.iter().filter_map(|unit| {
        Some(match unit {
            Unit::Header(header) => format!("{header:?}"),
            Unit::Sasl(SaslFrame::Mechanisms(offered)) => {
                let offers = offered.sasl_server_mechanisms.0.iter().any(|name| name.as_str() == "ANONYMOUS");
                format!("anonymous offered: {offers}")
            }
            Unit::Sasl(SaslFrame::Init(init)) => init.mechanism.as_str().into(),
            Unit::Sasl(SaslFrame::Outcome(outcome)) => format!("{:?}", outcome.code),
            Unit::Performative(0, Performative::Open(open)) => {
                format!("{} {} {}", open.container_id, open.max_frame_size.0, cost(open))
            }
            _ => return None,
        })
    });
    words.collect()
}

/// The properties of an open that the other router looks at.
fn cost(open: &fe2o3_amqp_types::performatives::Open) -> String {
    let properties = open.properties.as_ref().unwrap();
    let wanted = ["qd.inter-router-cost", "qd.annotations-version"];
    let all = properties.iter().filter(|(key, _)| wanted.contains(&key.as_str()));
    let mut all: Vec<_> = all.map(|(key, value)| format!("{}={value:?}", key.as_str())).collect();
    all.sort();
    all.join(" ")
}

/// Sessions, by their channel and the peer's; links by channel, name, role and what they carry.
fn sessions_and_links(units: &[Unit]) -> Vec<String> {
    let words = units.iter().filter_map(|unit| match unit {
        Unit::Performative(channel, Performative::Begin(begin)) => {
            Some(format!("{channel} {:?}", begin.remote_channel))
        }
        Unit::Performative(channel, Performative::Attach(attach)) => {
            let source = attach.source.as_ref().unwrap().capabilities.as_ref();
            let Some(TargetArchetype::Target(target)) = attach.target.as_deref() else { panic!("{attach:?}") };
            let name = |symbols: Option<&fe2o3_amqp_types::primitives::Array<_>>| {
                symbols.map(|symbols| format!("{:?}", symbols.0))
            };
            let carries = (name(source), name(target.capabilities.as_ref()));
            Some(format!("{channel} {} {:?} {:?} {carries:?}", attach.name, attach.handle, attach.role))
        }
        _ => None,
    });
    words.collect()
}

/// A message without what routers noted on it.
fn original(message: &[u8]) -> Vec<u8> {
    let mut scanner = HeadScanner::new();
    scanner.finish(message, Want::To, false).unwrap();
    let mut out = Vec::new();
    write_annotations(&mut out, message, scanner.head(), None);
    out.extend_from_slice(&message[scanner.head().rest as usize..]);
    out
}

#[test]
fn in_the_place_of_the_connecting_router_all_is_said_that_the_accepting_one_needs() {
    let mut stand = Stand::new("inter-router", "client", 3, |_, _| ());
    let units = stand.finish();
    stand.assert_says_all_control_messages(&units);
    stand.assert_answers_requests(&units);
    let link_state = stand.bench.sites[stand.site].node.link_state().unwrap();
    assert_eq!(link_state.paths()[&RouterId::new("B")].cost, 3);
}

#[test]
fn in_the_place_of_the_accepting_router_a_receiver_comes_and_goes() {
    let mut stand = Stand::new("inter-router", "server", 1, |_, _| ());
    stand.play_until(4_200);
    let client = stand.receiver(stand.site, "golden.a");
    stand.play_until(6_250);
    stand.bench.lose(client);
    let units = stand.finish();
    stand.assert_says_all_control_messages(&units);
    stand.assert_answers_requests(&units);
    let link_state = stand.bench.sites[stand.site].node.link_state().unwrap();
    assert_eq!(link_state.paths()[&RouterId::new("A")].cost, 3, "what the other side is configured with");
}

#[test]
fn who_joins_late_asks_for_addresses_and_its_producers_get_credit() {
    let mut stand = Stand::new("late-join-mar", "client", 1, |_, _| ());
    let units = stand.finish();
    stand.assert_says_all_control_messages(&units);
    let client = stand.bench.connect(stand.site, ConnectionRole::Normal, "sender");
    for address in ["golden.m1", "golden.m2"] {
        let sender = stand.bench.attach(client, Role::Sender, Some(address), 0);
        assert_eq!(stand.bench.credit(client, sender), 250, "{address}");
    }
}

#[test]
fn who_joins_late_is_told_all_addresses() {
    let mut stand = Stand::new("late-join-mar", "server", 1, |bench, site| {
        let client = bench.connect(site, ConnectionRole::Normal, "receiver");
        bench.attach(client, Role::Receiver, Some("golden.m1"), 10);
        bench.attach(client, Role::Receiver, Some("golden.m2"), 10);
    });
    let units = stand.finish();
    let is_absolute = |message: &Message| {
        let Message::MobileAddressUpdate(update) = message else { return false };
        matches!(&update.update, AddressUpdate::Absolute { exist } if exist.len() == 2)
    };
    assert_eq!(control(&units).iter().filter(|(_, message)| is_absolute(message)).count(), 1);
    stand.assert_says_all_control_messages(&units);
}

/// A producer at router A, in front of the router in whose place ours is.
fn behind_a(bench: &mut Bench, site: usize) {
    let a = bench.router("A", 1);
    bench.join(a, site);
}

#[test]
fn in_the_middle_of_a_line_deliveries_take_the_lanes_of_their_priority_and_large_ones_a_stream() {
    let mut stand = Stand::new("three-routers", "client", 1, behind_a);
    let originals = stand.originals("client");
    stand.play_until(9_000);
    let client = stand.bench.connect(1, ConnectionRole::Normal, "sender");
    let sender = stand.bench.attach(client, Role::Sender, Some("golden.b"), 0);
    assert_eq!(stand.bench.credit(client, sender), 250);
    stand.play_until(9_513);
    let (large, small) = originals.split_last().unwrap();
    for (settled, message) in small {
        stand.bench.send(client, sender, message, *settled, false);
    }
    stand.play_until(9_908);
    let mut pieces = large.1.chunks(40_000).peekable();
    for piece in pieces.by_ref().take(4) {
        stand.bench.send(client, sender, piece, false, true);
    }
    stand.play_until(9_938);
    while let Some(piece) = pieces.next() {
        stand.bench.send(client, sender, piece, false, pieces.peek().is_some());
    }
    let units = stand.finish();
    stand.assert_forwards(&units);
    assert_eq!(stand.bench.client(client).kinds(), [StateKind::Accepted; 4]);
    // A's messages are passed on, with both in the trace.
    let passed = control(&units).into_iter().filter(|(_, message)| message.id().as_str() == "A");
    let mut passed = passed.map(|(octets, message)| (message.opcode(), Letter::read(&octets))).peekable();
    assert!(passed.peek().is_some());
    for (_, letter) in passed {
        assert_eq!((letter.ingress.as_deref(), &letter.trace[..]), (Some("0/A"), &["0/A".into(), "0/B".into()][..]));
    }
}

#[test]
fn at_the_end_of_a_line_all_deliveries_come_and_are_settled() {
    let mut stand = Stand::new("three-routers", "server", 1, |_, _| ());
    stand.play_until(7_900);
    let client = stand.receiver(stand.site, "golden.b");
    let units = stand.finish();
    let originals = stand.originals("client");
    assert_eq!(originals.len(), 6);
    stand.assert_got(client, &originals);
    stand.assert_settles(&units);
}

#[test]
fn a_producer_of_a_multicast_sends_one_copy_to_the_neighbour() {
    let mut stand = Stand::new("multicast-a-b", "client", 1, |_, _| ());
    send_multicast(&mut stand, 0, [9_035, 9_037]);
    let units = stand.finish();
    stand.assert_forwards(&units);
}

#[test]
fn in_the_middle_of_a_line_a_multicast_goes_on_and_to_receivers_here() {
    let mut stand = Stand::new("multicast-b-c", "client", 1, behind_a);
    stand.play_until(7_900);
    let client = stand.receiver(stand.site, "multicast.x");
    send_multicast(&mut stand, 1, [9_467, 9_469]);
    let units = stand.finish();
    stand.assert_forwards(&units);
    let originals = stand.originals("client");
    stand.assert_got(client, &originals);
}

/// Sends what was recorded, from this router, and is told that all accept it.
fn send_multicast(stand: &mut Stand, site: usize, at: [u64; 2]) {
    let originals = stand.originals("client");
    stand.play_until(8_500);
    let client = stand.bench.connect(site, ConnectionRole::Normal, "sender");
    let sender = stand.bench.attach(client, Role::Sender, Some("multicast.x"), 0);
    stand.play_until(at[0]);
    let (first, others) = originals.split_first().unwrap();
    stand.bench.send(client, sender, &first.1, first.0, false);
    stand.play_until(at[1]);
    for (settled, message) in others {
        stand.bench.send(client, sender, message, *settled, false);
    }
    stand.play_until(9_500);
    assert_eq!(stand.bench.client(client).kinds(), [StateKind::Accepted; 2]);
}

#[test]
fn a_multicast_from_a_neighbour_comes_to_receivers_here_and_beyond_and_both_settle_it() {
    let mut stand = Stand::new("multicast-a-b", "server", 1, |bench, site| {
        let c = bench.router("C", 1);
        bench.join(site, c);
    });
    stand.play_until(6_500);
    let far = stand.receiver(1, "multicast.x");
    stand.play_until(7_500);
    let near = stand.receiver(stand.site, "multicast.x");
    let units = stand.finish();
    let originals = stand.originals("client");
    assert_eq!(originals.len(), 3);
    stand.assert_got(near, &originals);
    stand.assert_got(far, &originals);
    stand.assert_settles(&units);
}

#[test]
fn at_the_end_of_a_line_a_multicast_comes_and_is_settled() {
    let mut stand = Stand::new("multicast-b-c", "server", 1, |_, _| ());
    stand.play_until(7_050);
    let client = stand.receiver(stand.site, "multicast.x");
    let units = stand.finish();
    let originals = stand.originals("client");
    stand.assert_got(client, &originals);
    stand.assert_settles(&units);
}
