//! Neighbours that break the rules between routers, or stretch them: each gets the right error, memory stays bounded, other
//! connections go on, and nothing is left afterwards.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::{LinkId, LinkRole, SessionId};
use crossdock_linkstate::message::{
    AddressUpdate, AdvertisedAddress, Hello, LinkStateUpdate, Message, MobileAddressRequest, MobileAddressUpdate,
    Recipient, RouterAdvertisement,
};
use crossdock_linkstate::{Cost, Instance, LsSeq, MobileSeq, RouterId};
use crossdock_router::{ConnectionRole, Holdings};
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use fe2o3_amqp_types::primitives::{Array, Symbol};

use super::bench::{Bench, request};

/// Router R, a client of its own that sends to itself, and a neighbour N, which is in the hands of the test.
pub(crate) struct Scene {
    pub(crate) bench: Bench,
    pub(crate) neighbor: usize,
    bystander: usize,
    by_sender: LinkId,
    control: Option<LinkId>,
    /// Senders of N on its lanes.
    pub(crate) lanes: Vec<LinkId>,
}

const LOTS: u32 = 1_000_000;

impl Scene {
    /// N has opened and begun a session, and no more.
    pub(crate) fn bare() -> Self {
        Self::bare_saying(&[])
    }

    /// The same, with these properties in its open.
    fn bare_saying(says: &[&str]) -> Self {
        let mut bench = Bench::new(1_000_000);
        let router = bench.router("R", 1);
        let bystander = bench.connect(router, ConnectionRole::Normal, "bystander");
        bench.attach(bystander, Role::Receiver, Some("bystander"), LOTS);
        let by_sender = bench.attach(bystander, Role::Sender, Some("bystander"), 0);
        let neighbor = bench.connect_saying(router, ConnectionRole::InterRouter, "N", says);
        Self { bench, neighbor, bystander, by_sender, control: None, lanes: Vec::new() }
    }

    /// N has control links, so many pairs of data links, and is a neighbour.
    pub(crate) fn with_lanes(pairs: usize) -> Self {
        Self::with_lanes_and_credit(pairs, LOTS).0
    }

    /// And so much credit on each of them; the receivers, too.
    pub(crate) fn with_lanes_and_credit(pairs: usize, credit: u32) -> (Self, Vec<LinkId>) {
        Self::with_lanes_saying(&[], pairs, credit)
    }

    /// The same, with these properties in its open.
    pub(crate) fn with_lanes_saying(says: &[&str], pairs: usize, credit: u32) -> (Self, Vec<LinkId>) {
        let mut receivers = Vec::new();
        let mut scene = Self::bare_saying(says);
        scene.router_link("control-in", LinkRole::Receiver, "qd.router", LOTS);
        scene.control = Some(scene.router_link("control-out", LinkRole::Sender, "qd.router", 0));
        for pair in 0..pairs {
            receivers.push(scene.router_link(&format!("in-{pair}"), LinkRole::Receiver, "qd.router-data", credit));
            let lane = scene.router_link(&format!("out-{pair}"), LinkRole::Sender, "qd.router-data", 0);
            scene.lanes.push(lane);
        }
        scene.greet();
        scene.say(&update(1, &["R"]), &to_us());
        scene.say(&addresses(1, &["M0far"]), &Recipient::All);
        scene.bench.run_for(200);
        (scene, receivers)
    }

    fn router_link(&mut self, name: &str, role: LinkRole, capability: &str, credit: u32) -> LinkId {
        let session = self.session();
        self.router_link_in(session, name, role, capability, credit)
    }

    fn router_link_in(
        &mut self,
        session: SessionId,
        name: &str,
        role: LinkRole,
        capability: &str,
        credit: u32,
    ) -> LinkId {
        let engine = &mut self.bench.client(self.neighbor).peer.conn;
        let link = engine.attach_between_routers(session, name, role, capability, 0).unwrap();
        if credit > 0 {
            engine.add_credit(link, credit);
            engine.open_gate(link);
        }
        self.bench.settle();
        link
    }

    fn session(&mut self) -> SessionId {
        self.bench.session(self.neighbor)
    }

    pub(crate) fn greet(&mut self) {
        let hello = Hello { id: n(), instance: Instance(7), seen: vec![RouterId::new("R")] };
        self.say(&Message::Hello(hello), &Recipient::Neighbors);
    }

    /// N tells another router what it told R.
    pub(crate) fn tell(&mut self, router: &str) {
        let to = Recipient::Router(RouterId::new(router));
        self.say(&update(1, &["R"]), &to);
        self.bench.run_for(200);
        let exist = vec![AdvertisedAddress { key: "M0far".into(), hint: Some(3) }];
        let update = AddressUpdate::Absolute { exist };
        let update = MobileAddressUpdate { id: n(), mobile_seq: MobileSeq(1), update };
        self.say(&Message::MobileAddressUpdate(update), &to);
        self.bench.run_for(200);
    }

    fn say(&mut self, message: &Message, to: &Recipient) {
        self.say_octets(&message.encode(to, &n()));
    }

    fn say_octets(&mut self, octets: &[u8]) {
        let control = self.control.unwrap();
        self.bench.send(self.neighbor, control, octets, true, false);
    }

    /// Somebody who has nothing to do with it sends and receives.
    #[track_caller]
    fn assert_bystander_goes_on(&mut self) {
        let client = self.bench.client(self.bystander);
        let (got, outcomes) = (client.got.len(), client.outcomes.len());
        self.bench.send(self.bystander, self.by_sender, &body("by"), false, false);
        let client = self.bench.client(self.bystander);
        assert_eq!((client.got.len(), client.outcomes.len()), (got + 1, outcomes + 1));
    }

    fn is_neighbor(&self) -> bool {
        self.bench.sites[0].node.link_state().unwrap().paths().contains_key(&n())
    }

    /// Everybody hangs up, and nothing is left.
    #[track_caller]
    pub(crate) fn finish(mut self) {
        self.assert_bystander_goes_on();
        for conn in 0..self.bench.conns.len() {
            if !self.bench.conns[conn].over {
                self.bench.lose(conn);
            }
        }
        // Long enough for the last of what N said to be forgotten.
        self.bench.run_for(200_000);
        for conn in &self.bench.conns {
            assert_eq!(conn.adaptor.holdings(), Holdings::default());
        }
        let site = &self.bench.sites[0];
        assert_eq!((site.shared.connection_count(), site.shared.address_count(), site.node.link_count()), (0, 0, 0));
        assert!(site.shared.routers().is_empty());
    }

    fn errors(&mut self) -> Vec<String> {
        std::mem::take(&mut self.bench.client(self.neighbor).errors)
    }

    #[track_caller]
    fn assert_told(&mut self, beginnings: &[&str]) {
        let errors = self.errors();
        assert_eq!(errors.len(), beginnings.len(), "{errors:?}");
        for (error, beginning) in errors.iter().zip(beginnings) {
            assert!(error.starts_with(beginning), "{error}");
        }
    }
}

pub(crate) fn n() -> RouterId {
    RouterId::new("N")
}

fn to_us() -> Recipient {
    Recipient::Router(RouterId::new("R"))
}

fn update(seq: u64, peers: &[&str]) -> Message {
    let peers = peers.iter().map(|peer| (RouterId::new(peer), Cost(1))).collect();
    Message::LinkStateUpdate(LinkStateUpdate { id: n(), instance: Instance(7), ls_seq: LsSeq(seq), peers })
}

fn addresses(seq: u64, keys: &[&str]) -> Message {
    let add = keys.iter().map(|&key| AdvertisedAddress { key: key.into(), hint: Some(3) }).collect();
    let update = AddressUpdate::Differential { add, del: Vec::new() };
    Message::MobileAddressUpdate(MobileAddressUpdate { id: n(), mobile_seq: MobileSeq(seq), update })
}

pub(crate) fn body(text: &str) -> Vec<u8> {
    [&[0x00, 0x53, 0x75, 0xa0, text.len() as u8], text.as_bytes()].concat()
}

fn symbol(text: &str) -> Vec<u8> {
    [&[0xa3, text.len() as u8], text.as_bytes()].concat()
}

pub(crate) fn string(text: &str) -> Vec<u8> {
    [&[0xa1, text.len() as u8], text.as_bytes()].concat()
}

fn list(entries: &[Vec<u8>]) -> Vec<u8> {
    let content = entries.concat();
    let size = (content.len() as u32 + 4).to_be_bytes();
    [&[0xd0][..], &size, &(entries.len() as u32).to_be_bytes(), &content].concat()
}

/// A message with these annotations.
pub(crate) fn annotated(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let content: Vec<u8> = entries.iter().flat_map(|(key, value)| [symbol(key), value.clone()].concat()).collect();
    let size = (content.len() as u32 + 4).to_be_bytes();
    let count = (2 * entries.len() as u32).to_be_bytes();
    [&[0x00, 0x53, 0x72, 0xd1][..], &size, &count, &content, &body("data")].concat()
}

pub(crate) fn trace(routers: &[&str]) -> Vec<u8> {
    list(&routers.iter().map(|router| string(router)).collect::<Vec<_>>())
}

// ---- links -----------------------------------------------------------------------------------------------------------

#[test]
fn ordinary_links_are_refused_before_the_control_links_and_after_them_where_no_link_route_takes_them_on() {
    let mut scene = Scene::bare();
    scene.bench.attach(scene.neighbor, Role::Sender, Some("early"), 0);
    scene.bench.attach(scene.neighbor, Role::Receiver, Some("early"), 1);
    scene.assert_told(&["detached: qd:connection-role", "detached: qd:connection-role"]);
    scene.router_link("in", LinkRole::Receiver, "qd.router", 10);
    scene.router_link("out", LinkRole::Sender, "qd.router", 0);
    scene.bench.attach(scene.neighbor, Role::Receiver, Some("late"), 1);
    scene.assert_told(&["detached: qd:no-route-to-dest"]);
    scene.finish();
}

#[test]
fn capabilities_of_routers_are_forbidden_on_connections_of_clients() {
    let mut scene = Scene::bare();
    let client = scene.bench.connect(0, ConnectionRole::Normal, "client");
    let session = scene.bench.session(client);
    for (at, capability) in ["qd.router", "qd.router-data"].into_iter().enumerate() {
        for role in [LinkRole::Sender, LinkRole::Receiver] {
            let engine = &mut scene.bench.client(client).peer.conn;
            engine.attach_between_routers(session, &format!("{at}{role:?}"), role, capability, 0).unwrap();
            scene.bench.settle();
        }
    }
    let errors = &scene.bench.client(client).errors;
    assert_eq!(errors.len(), 4);
    assert!(errors.iter().all(|error| error.starts_with("detached: qd:forbidden")), "{errors:?}");
    scene.finish();
}

#[test]
fn control_links_whose_capability_stands_in_an_array_are_as_good_as_any() {
    let mut scene = Scene::bare();
    let carries = || Some(Array::from(vec![Symbol::from("qd.router")]));
    for role in [Role::Receiver, Role::Sender] {
        let mut attach = request(&format!("{role:?}"), role.clone(), None);
        attach.source = Some(Box::new(Source { capabilities: carries(), ..Source::default() }));
        let target = Target { capabilities: carries(), ..Target::default() };
        attach.target = Some(Box::new(TargetArchetype::Target(target)));
        let credit = if role == Role::Receiver { 100 } else { 0 };
        let link = scene.bench.attach_as(scene.neighbor, attach, credit);
        scene.control = Some(link);
    }
    scene.greet();
    scene.bench.run_for(200);
    scene.assert_told(&[]);
    assert!(scene.is_neighbor());
    scene.finish();
}

#[test]
fn further_control_links_are_refused_and_the_first_ones_stay() {
    let mut scene = Scene::with_lanes(1);
    for at in 0..100 {
        scene.router_link(&format!("again-{at}"), LinkRole::Receiver, "qd.router", 10);
        scene.router_link(&format!("more-{at}"), LinkRole::Sender, "qd.router", 0);
    }
    scene.assert_told(&["detached: amqp:not-allowed"; 200]);
    scene.greet();
    assert!(scene.is_neighbor());
    scene.finish();
}

#[test]
fn a_neighbour_that_detaches_a_control_link_is_none_any_more() {
    let mut scene = Scene::with_lanes(1);
    assert!(scene.is_neighbor());
    let control = scene.control.unwrap();
    scene.bench.client(scene.neighbor).peer.conn.detach(control, true, None);
    scene.bench.settle();
    assert!(!scene.is_neighbor());
    assert!(scene.errors().iter().any(|error| error.starts_with("closed: amqp:connection:forced")));
    scene.finish();
}

/// Sends from a client of R to an address that is served at N.
fn send_far(scene: &mut Scene, count: usize) -> (usize, LinkId) {
    let client = scene.bench.connect(0, ConnectionRole::Normal, "producer");
    let link = scene.bench.attach(client, Role::Sender, Some("far"), 0);
    for _ in 0..count {
        scene.bench.send(client, link, &body("far"), false, false);
    }
    (client, link)
}

#[test]
fn neighbours_with_no_data_links_one_or_a_hundred_pairs() {
    for (pairs, outcome) in [(0, StateKind::Released), (1, StateKind::Accepted), (100, StateKind::Accepted)] {
        let mut scene = Scene::with_lanes(pairs);
        let (client, _) = send_far(&mut scene, 3);
        assert_eq!(scene.bench.client(client).kinds(), [outcome; 3], "{pairs} pairs");
        scene.assert_told(&[]);
        scene.finish();
    }
}

// ---- control messages ------------------------------------------------------------------------------------------------

#[test]
fn control_messages_may_be_unsettled_and_come_in_pieces() {
    let mut scene = Scene::with_lanes(1);
    let control = scene.control.unwrap();
    let hello = Message::Hello(Hello { id: n(), instance: Instance(7), seen: vec![RouterId::new("R")] });
    let octets = hello.encode(&Recipient::Neighbors, &n());
    scene.bench.send(scene.neighbor, control, &octets, false, false);
    let (first, rest) = octets.split_at(20);
    scene.bench.send(scene.neighbor, control, first, false, true);
    scene.bench.send(scene.neighbor, control, rest, false, false);
    assert_eq!(scene.bench.client(scene.neighbor).kinds(), [StateKind::Accepted; 2]);
    scene.bench.run_for(50);
    assert_eq!(scene.bench.credit(scene.neighbor, control), 250);
    scene.finish();
}

#[test]
fn a_control_message_without_end_ends_the_connection() {
    let mut scene = Scene::with_lanes(1);
    let control = scene.control.unwrap();
    let piece = vec![0; 1 << 20];
    for _ in 0..17 {
        if !scene.bench.conns[scene.neighbor].over {
            scene.bench.send(scene.neighbor, control, &piece, true, true);
        }
    }
    scene.assert_told(&["closed: amqp:link:message-size-exceeded"]);
    assert!(!scene.is_neighbor());
    scene.finish();
}

#[test]
fn nonsense_on_the_control_link_costs_nothing_but_its_credit_which_comes_back() {
    let mut scene = Scene::with_lanes(1);
    let hello = Message::Hello(Hello { id: n(), instance: Instance(7), seen: vec![] });
    let advertisement = |id: &str| RouterAdvertisement {
        id: RouterId::new(id),
        instance: Instance(9),
        ls_seq: LsSeq(5),
        mobile_seq: MobileSeq(5),
    };
    let huge_trace = annotated(&[
        ("x-opt-qd.to", string("amqp:/_topo/0/all/qdrouter")),
        ("x-opt-qd.ingress", string("0/Z")),
        ("x-opt-qd.trace", trace(&vec!["0/Z"; 100_000])),
    ]);
    let nonsense = [
        Vec::new(),
        b"nonsense".to_vec(),
        body("no address"),
        annotated(&[("x-opt-qd.to", string("orders"))]),
        annotated(&[("x-opt-qd.trace", string("no list"))]),
        annotated(&[("x-opt-qd.to", string("amqp:/_topo/0/X/qdrouter")), ("x-opt-qd.trace", trace(&["0/R"]))]),
        huge_trace,
        hello.encode(&Recipient::Router(RouterId::new("nobody")), &n()),
        Message::RouterAdvertisement(advertisement("R")).encode(&Recipient::All, &RouterId::new("R")),
        Message::RouterAdvertisement(advertisement("Z")).encode(&Recipient::All, &RouterId::new("Z")),
    ];
    for _ in 0..100 {
        for octets in &nonsense {
            scene.say_octets(octets);
        }
    }
    scene.bench.run_for(50);
    let control = scene.control.unwrap();
    assert_eq!(scene.bench.credit(scene.neighbor, control), 250);
    assert!(scene.is_neighbor());
    scene.assert_told(&[]);
    scene.finish();
}

#[test]
fn control_messages_before_the_other_control_link_do_not_use_up_the_credit() {
    let mut scene = Scene::bare();
    let control = scene.router_link("out", LinkRole::Sender, "qd.router", 0);
    scene.control = Some(control);
    for _ in 0..600 {
        scene.greet();
    }
    scene.bench.run_for(50);
    assert_eq!(scene.bench.credit(scene.neighbor, control), 250);
    scene.finish();
}

#[test]
fn link_states_and_addresses_without_measure_and_versions_that_go_back() {
    let mut scene = Scene::with_lanes(1);
    let peers: Vec<String> = (0..50_000).map(|at| format!("peer-{at}")).collect();
    let peers: Vec<&str> = peers.iter().map(String::as_str).collect();
    scene.say(&update(2, &peers), &to_us());
    scene.say(&update(3, &["R"]), &to_us());
    scene.say(&update(2, &["elsewhere"]), &to_us());
    scene.bench.run_for(1_000);
    assert!(scene.is_neighbor());
    assert!(scene.bench.sites[0].shared.routers().len() <= 2);
    let keys: Vec<String> = (0..100_000).map(|at| format!("M0address-{at}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    scene.say(&addresses(2, &keys), &Recipient::All);
    scene.say(&addresses(1, &["M0back"]), &Recipient::All);
    scene.bench.run_for(1_000);
    assert!(scene.bench.sites[0].shared.address_count() >= 100_000);
    scene.greet();
    scene.assert_told(&[]);
    scene.finish();
}

#[test]
fn questions_whose_answers_are_not_taken_end_the_connection_before_they_fill_the_router() {
    let mut scene = Scene::bare();
    let client = scene.bench.connect(0, ConnectionRole::Normal, "consumer");
    for at in 0..1_000 {
        scene.bench.attach(client, Role::Receiver, Some(&format!("{at:0100}")), 1);
    }
    scene.bench.run_for(2_000);
    // Credit for nothing: whatever the router says waits.
    scene.router_link("in", LinkRole::Receiver, "qd.router", 0);
    scene.control = Some(scene.router_link("out", LinkRole::Sender, "qd.router", 0));
    scene.greet();
    let request = MobileAddressRequest { id: n(), have_seq: MobileSeq(0) };
    let request = Message::MobileAddressRequest(request).encode(&to_us(), &n());
    // Each answer has more than 100 kB.
    let mut asked = 0;
    while !scene.bench.conns[scene.neighbor].over {
        asked += 1;
        assert!(asked < 1_000, "all of that waits");
        scene.say_octets(&request);
    }
    assert!(asked > 10);
    assert!(scene.errors()[0].starts_with("closed: amqp:resource-limit-exceeded"));
    scene.bench.lose(client);
    scene.finish();
}

#[test]
fn a_neighbour_with_our_own_name_stays_a_stranger() {
    let mut scene = Scene::bare();
    scene.router_link("in", LinkRole::Receiver, "qd.router", 100);
    scene.control = Some(scene.router_link("out", LinkRole::Sender, "qd.router", 0));
    let own = RouterId::new("R");
    let hello = Message::Hello(Hello { id: own.clone(), instance: Instance(99), seen: vec![own.clone()] });
    for _ in 0..10 {
        scene.say_octets(&hello.encode(&Recipient::Neighbors, &own));
    }
    assert_eq!(scene.bench.sites[0].node.link_state().unwrap().paths().len(), 0);
    assert_eq!(scene.bench.sites[0].node.link_state().unwrap().counters().own_id, 10);
    scene.finish();
}

// ---- deliveries ------------------------------------------------------------------------------------------------------

#[test]
fn data_messages_with_broken_annotations_are_rejected_and_those_that_go_round_released() {
    let mut scene = Scene::with_lanes(10);
    scene.bench.attach(scene.bystander, Role::Receiver, Some("here"), LOTS);
    let to = || ("x-opt-qd.to", string("here"));
    let cases = [
        (annotated(&[("x-opt-qd.to", symbol("here"))]), StateKind::Rejected, "amqp:invalid-field"),
        (annotated(&[to(), ("x-opt-qd.ingress", symbol("0/N"))]), StateKind::Rejected, "amqp:invalid-field"),
        (annotated(&[to(), ("x-opt-qd.trace", string("0/N"))]), StateKind::Rejected, "amqp:invalid-field"),
        (annotated(&[to(), ("x-opt-qd.trace", list(&[symbol("0/N")]))]), StateKind::Rejected, "amqp:invalid-field"),
        (body("nowhere"), StateKind::Rejected, "amqp:precondition-failed"),
        (Vec::new(), StateKind::Rejected, "amqp:decode-error"),
        (annotated(&[to(), ("x-opt-qd.trace", trace(&["0/N", "0/R"]))]), StateKind::Released, ""),
        (annotated(&[to(), ("x-opt-qd.trace", trace(&["0/X"; 3]))]), StateKind::Released, ""),
        (annotated(&[to(), ("x-opt-qd.trace", trace(&vec!["0/X"; 9_000]))]), StateKind::Released, ""),
        (
            annotated(&[to(), ("x-opt-qd.trace", trace(&vec!["0/X"; 100_000]))]),
            StateKind::Rejected,
            "amqp:decode-error",
        ),
        (annotated(&[("x-opt-qd.to", string("amqp:/_local/qdhello"))]), StateKind::Released, ""),
        (annotated(&[("x-opt-qd.to", string("amqp:/_topo/0/all/qdrouter"))]), StateKind::Released, ""),
        (annotated(&[to(), ("x-opt-qd.trace", trace(&["0/X", "0/N"]))]), StateKind::Accepted, ""),
    ];
    for (at, (octets, kind, condition)) in cases.iter().enumerate() {
        let lane = scene.lanes[at % 10];
        scene.bench.send(scene.neighbor, lane, octets, false, false);
        let (said, state) = scene.bench.client(scene.neighbor).outcomes.pop().expect("an outcome");
        assert_eq!(said, *kind, "case {at}: {}", String::from_utf8_lossy(&state));
        assert!(state.windows(condition.len().max(1)).any(|part| part == condition.as_bytes()) || condition.is_empty());
        scene.bench.run_for(50);
        assert_eq!(scene.bench.credit(scene.neighbor, lane), 250, "case {at}");
    }
    scene.assert_told(&[]);
    scene.finish();
}

#[test]
fn without_credit_on_its_lanes_deliveries_wait_and_are_released_when_the_neighbour_goes() {
    let mut scene = Scene::bare();
    scene.router_link("control-in", LinkRole::Receiver, "qd.router", LOTS);
    scene.control = Some(scene.router_link("control-out", LinkRole::Sender, "qd.router", 0));
    scene.router_link("in", LinkRole::Receiver, "qd.router-data", 0);
    scene.greet();
    scene.say(&update(1, &["R"]), &to_us());
    scene.say(&addresses(1, &["M0far"]), &Recipient::All);
    scene.bench.run_for(200);
    let (client, link) = send_far(&mut scene, 250);
    assert_eq!((scene.bench.credit(client, link), scene.bench.client(client).outcomes.len()), (0, 0));
    let neighbor = scene.neighbor;
    scene.bench.lose(neighbor);
    assert_eq!(scene.bench.client(client).kinds(), [StateKind::Released; 250]);
    scene.finish();
}

/// More than is put together before it gets a streaming link.
pub(crate) const LARGE: usize = 300 * 1024;

#[test]
fn a_stream_without_credit_waits_and_is_released_when_the_neighbour_goes() {
    let mut scene = Scene::with_lanes(10);
    let (client, link) = send_far(&mut scene, 1);
    scene.bench.send(client, link, &[body("head"), vec![0x40; LARGE]].concat(), false, true);
    // What follows must not overtake it.
    let links = scene.bench.conns[scene.neighbor].adaptor.holdings().links;
    assert_eq!(links, 23, "a streaming link");
    let neighbor = scene.neighbor;
    scene.bench.lose(neighbor);
    scene.bench.send(client, link, &[0x40], false, false);
    assert_eq!(scene.bench.client(client).kinds(), [StateKind::Accepted, StateKind::Released]);
    scene.finish();
}

#[test]
fn small_deliveries_that_stall_end_when_their_sender_gives_up_or_vanishes() {
    let mut scene = Scene::with_lanes(10);
    let (client, link) = send_far(&mut scene, 0);
    let got = scene.bench.client(scene.neighbor).got.len();
    scene.bench.send(client, link, &body("half"), false, true);
    assert_eq!(scene.bench.holdings(scene.neighbor).waiting, 1);
    assert!(scene.bench.client(client).peer.conn.abort_delivery(link));
    scene.bench.settle();
    assert_eq!(scene.bench.holdings(scene.neighbor), Holdings::default());
    scene.bench.send(client, link, &body("half"), false, true);
    scene.bench.lose(client);
    assert_eq!(scene.bench.holdings(scene.neighbor), Holdings::default());
    assert_eq!(scene.bench.client(scene.neighbor).got.len(), got);
    scene.finish();
}

#[test]
fn a_neighbour_that_detaches_each_streaming_link_leaves_no_sessions_behind() {
    let mut scene = Scene::with_lanes(10);
    let (client, link) = send_far(&mut scene, 0);
    for round in 0..50 {
        scene.bench.send(client, link, &[body("head"), vec![0x40; LARGE]].concat(), false, true);
        let engine = &mut scene.bench.client(scene.neighbor).peer.conn;
        let stream = engine.links().max_by_key(|link| link.index()).unwrap();
        assert_eq!(engine.sessions().count(), 2, "round {round}");
        engine.detach(stream, true, None);
        scene.bench.settle();
        scene.bench.send(client, link, &[0x40], false, false);
        assert_eq!(scene.bench.client(client).outcomes.len(), round + 1);
        assert_eq!(scene.bench.holdings(scene.neighbor), Holdings::default());
    }
    assert!(scene.bench.client(client).kinds().iter().all(|kind| *kind == StateKind::Released));
    scene.finish();
}

#[test]
fn a_stream_to_a_consumer_that_takes_nothing_is_held_back_before_it_fills_the_router() {
    let mut scene = Scene::with_lanes(10);
    scene.bench.attach(scene.bystander, Role::Receiver, Some("slow"), 0);
    let session = scene.bench.client(scene.neighbor).peer.conn.begin().unwrap();
    scene.bench.settle();
    let stream = scene.router_link_in(session, "stream", LinkRole::Sender, "qd.router-data", 0);
    let head = annotated(&[("x-opt-qd.to", string("slow"))]);
    scene.bench.send(scene.neighbor, stream, &head, false, true);
    let part = vec![0x40; 1 << 20];
    let mut sent = 0;
    while sent < 200 {
        let chunk = crossdock_amqp::engine::Chunk::free(part.clone().into());
        let engine = &mut scene.bench.client(scene.neighbor).peer.conn;
        let payload = crossdock_amqp::engine::Payload::Shared(&chunk);
        if !engine.can_transfer(session) || !engine.continue_delivery(stream, payload, true).unwrap().finished {
            break;
        }
        scene.bench.settle();
        sent += 1;
    }
    assert!(sent < 64, "the router took {sent} MiB");
    scene.finish();
}

#[test]
fn states_of_deliveries_that_are_none_change_nothing() {
    let mut scene = Scene::with_lanes(10);
    let (client, _) = send_far(&mut scene, 1);
    let session = scene.session();
    let engine = &mut scene.bench.client(scene.neighbor).peer.conn;
    let number = engine.session(session).unwrap().incoming().next_number();
    engine.write_disposition(session, true, number, number.plus(1 << 30), true, StateRef::Accepted);
    engine.write_disposition(session, true, number, number.plus(1 << 30), true, StateRef::Accepted);
    scene.bench.settle();
    assert_eq!(scene.bench.client(client).kinds(), [StateKind::Accepted]);
    scene.finish();
}
