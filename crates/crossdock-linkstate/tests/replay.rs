//! Recorded conversations of two qdrouterd, with a machine in the place of one of them.
//!
//! The machine gets what the other router said, when it said it. It must say in turn what the router in its place said, as
//! far as the other one needs it, to the octet; and it must come to know what that router knew.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use crossdock_amqp::codec::{Body, FrameHeader, FrameKind, decode_body};
use crossdock_linkstate::message::{AddressUpdate, LinkStateUpdate, Message, MobileAddressUpdate, Recipient};
use crossdock_linkstate::{Config, ConnectionKey, Cost, Instance, LinkState, LsSeq, MobileSeq, Output, RouterId, Time};

const CONNECTION: ConnectionKey = ConnectionKey(1);

/// A control message of a capture.
struct Recorded {
    at: u64,
    from: String,
    octets: Vec<u8>,
    message: Message,
}

fn recorded(capture: &str) -> Vec<Recorded> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(format!("{capture}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let units = text.lines().skip(1).map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let messages = units.filter_map(|unit| {
        let hex = unit["hex"].as_str().unwrap();
        let frame: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        if frame.is_empty() || frame.starts_with(b"AMQP") {
            return None;
        }
        let header = FrameHeader::decode(&frame, 65_536).unwrap().unwrap();
        if header.kind != FrameKind::Amqp {
            return None;
        }
        let Body::Transfer(_, payload) = decode_body(&frame, &header).unwrap() else { return None };
        let payload = &frame[payload..];
        let message = Message::decode(payload).unwrap();
        let from = unit["from"].as_str().unwrap().to_owned();
        Some(Recorded { at: unit["t_ms"].as_u64().unwrap(), from, octets: payload.to_vec(), message })
    });
    messages.collect()
}

/// A machine in the place of one of the two.
struct Stand {
    machine: LinkState,
    id: RouterId,
    /// When, the octets, the message.
    sent: Vec<(u64, Vec<u8>, Message)>,
    told: Vec<Output>,
}

/// What happens at the router itself: when, whether it is there, the address.
type LocalChange = (u64, bool, &'static str);

impl Stand {
    /// Plays all that the other one said.
    fn play(capture: &[Recorded], place: &str, cost: u32, mut changes: Vec<LocalChange>) -> Self {
        let ours = capture.iter().find(|recorded| recorded.from == place).expect("a message");
        let Message::Hello(hello) = &ours.message else { panic!("a HELLO is the first") };
        // It ticks when the router in its place did.
        let now = Time::from_millis(ours.at % 1_000);
        let config = Config::new(hello.id.clone(), hello.instance);
        let mut stand =
            Self { machine: LinkState::new(config, now), id: hello.id.clone(), sent: Vec::new(), told: Vec::new() };
        let up = capture.iter().map(|recorded| recorded.at).min().unwrap();
        stand.run_until(up);
        stand.machine.handle_connection_up(CONNECTION, Cost(cost), Time::from_millis(up));
        for recorded in capture.iter().filter(|recorded| recorded.from != place) {
            while let Some(&(at, is_there, address)) = changes.first().filter(|change| change.0 <= recorded.at) {
                stand.run_until(at);
                match is_there {
                    true => stand.machine.add_local_address(address, 3),
                    false => stand.machine.remove_local_address(address),
                }
                changes.remove(0);
            }
            stand.run_until(recorded.at);
            stand.machine.handle_message(&recorded.message, CONNECTION, Time::from_millis(recorded.at));
            stand.drain(recorded.at);
        }
        stand
    }

    fn run_until(&mut self, at: u64) {
        self.drain(at);
        while self.machine.poll_timeout() <= Time::from_millis(at) {
            let due = self.machine.poll_timeout();
            self.machine.tick(due);
            self.drain(due.as_millis());
        }
    }

    fn drain(&mut self, at: u64) {
        while let Some(output) = self.machine.poll_output() {
            if let Output::Send { to, message, .. } = &output {
                self.sent.push((at, message.encode(to, &self.id), message.clone()));
            } else {
                self.told.push(output);
            }
        }
    }

    /// What the router in this place said, the peer gets to hear, octet for octet. Link states of version 0 say nothing;
    /// whether we greet once before we heard anybody is our affair.
    #[track_caller]
    fn assert_says_all_of(&self, capture: &[Recorded], place: &str) {
        let sent: BTreeSet<&[u8]> = self.sent.iter().map(|(_, octets, _)| octets.as_slice()).collect();
        for recorded in capture.iter().filter(|recorded| recorded.from == place) {
            let is_empty =
                matches!(&recorded.message, Message::LinkStateUpdate(LinkStateUpdate { ls_seq: LsSeq(0), .. }));
            if !is_empty {
                assert!(sent.contains(recorded.octets.as_slice()), "not said: {:?}", recorded.message);
            }
        }
    }

    /// Every request was answered: as many answers as requests, after the first one at the latest.
    #[track_caller]
    fn assert_answers_link_state_requests(&self, capture: &[Recorded], place: &str, cost: u32) {
        let requests = capture.iter().filter(|recorded| recorded.from != place);
        let requests = requests.filter(|recorded| matches!(recorded.message, Message::LinkStateRequest(_))).count();
        let peer = capture.iter().find(|recorded| recorded.from != place).unwrap().message.id();
        let answers = self.sent.iter().filter(|(_, _, message)| {
            let Message::LinkStateUpdate(update) = message else { return false };
            update.ls_seq > LsSeq(0) && update.peers[peer] == Cost(cost)
        });
        assert!(requests > 0);
        assert_eq!(answers.count(), requests);
    }

    /// The addresses that it was told of and that are left.
    fn addresses(&self) -> Vec<String> {
        let mut left = BTreeSet::new();
        for output in &self.told {
            if let Output::AddressAdded { address, .. } = output {
                assert!(left.insert(address.to_string()));
            } else if let Output::AddressRemoved { address, .. } = output {
                assert!(left.remove(&**address));
            }
        }
        left.into_iter().collect()
    }

    #[track_caller]
    fn assert_reaches(&self, peer: &str, cost: u64) {
        let path = &self.machine.paths()[&RouterId::new(peer)];
        assert_eq!((path.connection, path.cost, path.hops), (CONNECTION, cost, 1));
    }
}

#[test]
fn in_the_place_of_the_connecting_router_the_neighbour_is_reached_and_its_address_comes_and_goes() {
    let capture = recorded("inter-router");
    let stand = Stand::play(&capture, "client", 3, vec![]);
    stand.assert_reaches("B", 3);
    stand.assert_says_all_of(&capture, "client");
    stand.assert_answers_link_state_requests(&capture, "client", 3);
    let is_added = |output: &Output| matches!(output, Output::AddressAdded { address, hint: Some(3), .. } if **address == *"M0golden.a");
    assert_eq!(stand.told.iter().filter(|output| is_added(output)).count(), 1);
    assert_eq!(stand.addresses(), Vec::<String>::new());
}

#[test]
fn in_the_place_of_the_accepting_router_its_address_is_advertised_and_withdrawn() {
    let capture = recorded("inter-router");
    let changes = vec![(4_200, true, "M0golden.a"), (6_250, false, "M0golden.a")];
    let stand = Stand::play(&capture, "server", 3, changes);
    stand.assert_reaches("A", 3);
    stand.assert_says_all_of(&capture, "server");
    stand.assert_answers_link_state_requests(&capture, "server", 3);
    // Each update is followed at once by an advertisement with the new version.
    let updates = stand.sent.iter().enumerate().filter(|(_, (_, _, message))| message.opcode() == "MAU");
    for (place, (at, ..)) in updates {
        let (next_at, _, next) = &stand.sent[place + 1];
        assert_eq!((next_at, next.opcode()), (at, "RA"));
    }
}

#[test]
fn who_joins_late_asks_for_the_addresses_and_learns_them() {
    let capture = recorded("late-join-mar");
    let stand = Stand::play(&capture, "client", 1, vec![]);
    stand.assert_reaches("B", 1);
    stand.assert_says_all_of(&capture, "client");
    assert_eq!(stand.addresses(), ["M0golden.m1", "M0golden.m2"]);
}

#[test]
fn who_joins_late_is_told_all_addresses() {
    let capture = recorded("late-join-mar");
    let changes = vec![(0, true, "M0golden.m1"), (0, true, "M0golden.m2")];
    let stand = Stand::play(&capture, "server", 1, changes);
    stand.assert_says_all_of(&capture, "server");
    stand.assert_answers_link_state_requests(&capture, "server", 1);
    let is_absolute = |message: &Message| {
        let Message::MobileAddressUpdate(MobileAddressUpdate { update, .. }) = message else { return false };
        matches!(update, AddressUpdate::Absolute { exist } if exist.len() == 2)
    };
    assert_eq!(stand.sent.iter().filter(|(_, _, message)| is_absolute(message)).count(), 1);
}

#[test]
fn every_recorded_message_is_written_as_it_was_recorded() {
    for capture in ["inter-router", "late-join-mar"] {
        let messages = recorded(capture);
        assert!(messages.len() > 20, "{capture}");
        for Recorded { octets, message, .. } in messages {
            let is_differential = matches!(
                &message,
                Message::MobileAddressUpdate(MobileAddressUpdate { update: AddressUpdate::Differential { .. }, .. })
            );
            let other = if message.id().as_str() == "A" { "B" } else { "A" };
            let to = match message.opcode() {
                "HELLO" => Recipient::Neighbors,
                "RA" => Recipient::All,
                "MAU" if is_differential => Recipient::All,
                _ => Recipient::Router(RouterId::new(other)),
            };
            assert_eq!(message.encode(&to, message.id()), octets, "{message:?}");
        }
    }
}

#[test]
fn hostile_messages_change_nothing() {
    let capture = recorded("inter-router");
    let mut stand = Stand::play(&capture, "client", 3, vec![]);
    let (paths, now) = (stand.machine.paths().clone(), Time::from_millis(9_000));
    let before: Vec<_> = stand.machine.routers().map(|(id, ls, mobile)| (id.clone(), ls, mobile)).collect();
    let own_name = LinkStateUpdate {
        id: stand.id.clone(),
        instance: Instance(5),
        ls_seq: LsSeq(1_000),
        peers: [(RouterId::new("evil"), Cost(1))].into(),
    };
    let regression = LinkStateUpdate { id: RouterId::new("B"), ls_seq: LsSeq(1), ..own_name.clone() };
    let nobody = MobileAddressUpdate {
        id: RouterId::new("nobody"),
        mobile_seq: MobileSeq(1),
        update: AddressUpdate::Absolute { exist: vec![] },
    };
    for message in [
        Message::LinkStateUpdate(own_name.clone()),
        Message::LinkStateUpdate(regression),
        Message::MobileAddressUpdate(nobody),
    ] {
        stand.machine.handle_message(&message, CONNECTION, now);
    }
    // From a connection that nobody announced nothing is believed.
    let stranger = LinkStateUpdate { id: RouterId::new("S"), ..own_name };
    stand.machine.handle_message(&Message::LinkStateUpdate(stranger), ConnectionKey(77), now);
    for octets in [&b""[..], b"\x00\x53\x77\x40", b"nonsense"] {
        stand.machine.handle_malformed(Message::decode(octets).unwrap_err(), CONNECTION);
    }
    let after: Vec<_> = stand.machine.routers().map(|(id, ls, mobile)| (id.clone(), ls, mobile)).collect();
    assert_eq!((after, stand.machine.paths()), (before, &paths));
    assert_eq!((stand.machine.counters().malformed, stand.machine.counters().own_id), (3, 1));
    let (sent, told) = (stand.sent.len(), stand.told.len());
    stand.drain(9_000);
    assert_eq!((stand.sent.len() - sent, stand.told.len() - told), (0, 2), "one report of each kind");
}
