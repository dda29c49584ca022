//! Messages that are sent to find out their way: TRACE, and the probes behind it.

use crossdock_amqp::codec::Cursor;
use crossdock_amqp::codec::walk::Budget;
use crossdock_amqp::engine::LinkId;
use crossdock_core::record::LinkType;
use crossdock_router::{ConnectionRole, Holdings};
use crossdock_schema::parse;
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::primitives::{Array, Symbol, Value};

use super::bench::{self, Bench};
use super::hostile::{Scene, annotated, body, string, trace};

/// Some routers, and a client at the first that asks.
struct Asker {
    bench: Bench,
    client: usize,
    requests: LinkId,
}

impl Asker {
    /// At this router of a bench.
    fn at(mut bench: Bench, site: usize) -> Self {
        let client = bench.connect(site, ConnectionRole::Normal, "asker");
        bench.attach(client, Role::Receiver, Some("replies"), 1000);
        let requests = bench.attach(client, Role::Sender, Some("$management"), 0);
        Self { bench, client, requests }
    }

    /// A line of routers A, B, C.
    fn line() -> Self {
        Self::of(3, &[(0, 1), (1, 2)], "")
    }

    /// So many routers A, B, C, joined like that, all with this configuration.
    fn of(routers: usize, joined: &[(usize, usize)], configuration: &str) -> Self {
        let mut bench = Bench::new(10_000);
        for id in ["A", "B", "C", "D"].iter().take(routers) {
            let site = bench.router(id, 1);
            if !configuration.is_empty() {
                let (configuration, _) = parse("test.conf", configuration).unwrap();
                bench.sites[site].node.configure(&configuration).unwrap();
            }
        }
        for &(from, to) in joined {
            bench.join(from, to);
        }
        bench.run_for(15_000);
        Self::at(bench, 0)
    }

    /// A consumer at a router.
    fn consumer(&mut self, site: usize, address: &str, credit: u32) -> usize {
        let client = self.bench.connect(site, ConnectionRole::Normal, &format!("consumer-{site}"));
        self.bench.attach(client, Role::Receiver, Some(address), credit);
        self.bench.run_for(2_000);
        client
    }

    fn ask(&mut self, about: &[(&str, &str)]) {
        self.bench.client(self.client).got.clear();
        let request = request("replies", about);
        self.bench.send(self.client, self.requests, &request, true, false);
    }

    /// The answer, if it has come.
    fn answer(&mut self) -> Option<Answer> {
        let got = &mut self.bench.client(self.client).got;
        let (_, _, message) = got.pop()?;
        Some(Answer(body_of(&message)))
    }

    /// No router holds anything of a delivery.
    #[track_caller]
    fn assert_at_rest(&self) {
        for conn in 0..self.bench.conns.len() {
            assert_eq!(self.bench.holdings(conn), Holdings::default(), "connection {conn}");
        }
        for link in self.bench.sites.iter().flat_map(|site| site.node.links()) {
            assert_eq!((link.unsettled(), link.waiting(), link.stuck()), (0, 0, 0), "{link:?}");
        }
    }

    fn trace(&mut self, address: &str) -> Answer {
        self.trace_with(&[("address", address)])
    }

    fn trace_with(&mut self, about: &[(&str, &str)]) -> Answer {
        self.ask(about);
        self.answer().expect("an answer at once")
    }
}

struct Answer(Value);

impl Answer {
    /// Each hop in a line: `A>B: closest M0news -> consumer name L3 (note) | why`.
    #[track_caller]
    fn assert_hops(&self, expected: &[&str]) {
        assert_eq!(self.hops(), expected);
    }

    fn hops(&self) -> Vec<String> {
        let mut hops: Vec<String> = list(&self.0, "hops").iter().map(hop).collect();
        hops.sort();
        hops
    }

    fn is(&self, name: &str) -> bool {
        matches!(entry(&self.0, name), Some(Value::Bool(true)))
    }

    #[track_caller]
    fn assert_delivered(&self, is_delivered: bool) {
        assert_eq!((self.is("complete"), self.is("delivered")), (true, is_delivered), "{:?}", self.0);
    }
}

fn hop(hop: &Value) -> String {
    let path: Vec<_> = list(hop, "path").iter().map(as_text).collect();
    let mut line = format!("{}: {} {}", path.join(">"), text(hop, "treatment"), text(hop, "key"));
    for step in list(hop, "next") {
        line += &format!(" -> {} {}", text(step, "to"), text(step, "name"));
        for note in [text(step, "note"), text(step, "fate"), text(step, "because")] {
            if !note.is_empty() {
                line += &format!(" ({note})");
            }
        }
    }
    if !text(hop, "why").is_empty() {
        line += &format!(" | {}", text(hop, "why"));
    }
    line
}

fn entry<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Map(map) => map.get(&Value::String(name.to_owned())),
        _ => None,
    }
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    match entry(value, name) {
        Some(Value::List(list)) => list,
        _ => &[],
    }
}

fn as_text(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        _ => "",
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    entry(value, name).map_or("", as_text)
}

fn number(value: &Value, name: &str) -> i64 {
    match entry(value, name) {
        Some(Value::Int(number)) => (*number).into(),
        Some(Value::Long(number)) => *number,
        other => panic!("{name}: {other:?}"),
    }
}

fn body_of(message: &[u8]) -> Value {
    let mut at = Cursor::new(message);
    while !at.is_empty() {
        let mut section = at;
        at.skip(&mut Budget::PERFORMATIVE.clone()).unwrap();
        if section.descriptor().unwrap().code() == Some(0x77) {
            let value = section.value(&mut Budget::PERFORMATIVE.clone()).unwrap().unwrap();
            return serde_amqp::from_slice(value).unwrap();
        }
    }
    panic!("no body");
}

fn request(reply_to: &str, about: &[(&str, &str)]) -> Vec<u8> {
    let mut fields = vec![0x40; 4];
    fields.extend(string(reply_to));
    let mut out = vec![0x00, 0x53, 0x73, 0xc0, fields.len() as u8 + 1, 5];
    out.append(&mut fields);
    let properties = [&[("operation", "TRACE"), ("type", "org.amqp.management"), ("name", "self")], about].concat();
    for text in properties.iter().flat_map(|(name, value)| [*name, *value]) {
        fields.extend(string(text));
    }
    out.extend_from_slice(&[0x00, 0x53, 0x74, 0xc1, fields.len() as u8 + 1, 2 * properties.len() as u8]);
    out.append(&mut fields);
    out.extend_from_slice(&[0x00, 0x53, 0x77, 0x40]);
    out
}

const CONFIGURED: &str = "address {\nprefix: closest\ndistribution: closest\n}\n\
                          address {\nprefix: orders\nenableFallback: yes\n}\n\
                          address {\nprefix: queue\nwaypoint: yes\nbypass: presettled\n}\n\
                          address {\nprefix: urgent\npriority: 8\n}\n";

// ---- what it finds -----------------------------------------------------------------------------------------------------

#[test]
fn a_consumer_two_routers_away_is_found_and_gets_nothing() {
    let mut asker = Asker::line();
    let consumer = asker.consumer(2, "news", 10);
    let answer = asker.trace("news");
    answer.assert_hops(&[
        "A: balanced M0news -> router B (left)",
        "A>B: balanced M0news -> router C (left)",
        "A>B>C: balanced M0news -> consumer consumer-2",
    ]);
    answer.assert_delivered(true);
    assert!(asker.bench.client(consumer).got.is_empty());
    asker.assert_at_rest();
}

#[test]
fn each_hop_tells_links_costs_and_the_priority_of_the_address() {
    let mut asker = Asker::of(3, &[(0, 1), (1, 2)], CONFIGURED);
    asker.consumer(2, "urgent", 10);
    let answer = asker.trace("urgent");
    let hops = list(&answer.0, "hops");
    assert_eq!(hops.iter().map(|hop| number(hop, "priority")).collect::<Vec<_>>(), [8, 8, 8]);
    let costs: Vec<_> = hops.iter().map(|hop| number(&list(hop, "next")[0], "cost")).collect();
    assert_eq!(costs, [2, 1, 0]);
    let links: Vec<_> = hops.iter().map(|hop| number(&list(hop, "next")[0], "link")).collect();
    assert!(links.iter().all(|link| *link > 0), "{links:?}");
    // It came where it says it came: over the lane of its priority.
    for (site, hop) in [(1, &hops[1]), (2, &hops[2])] {
        let link = asker.bench.sites[site].node.link(number(hop, "link") as u64).expect("the link is there");
        assert_eq!(link.conn().0, number(hop, "connection") as u64);
        assert!(link.deliveries() > 0, "{link:?}");
    }
}

#[test]
fn an_address_without_consumer_and_an_unavailable_one_say_so() {
    let mut asker = Asker::of(1, &[], "address {\nprefix: never\ndistribution: unavailable\n}\n");
    let answer = asker.trace("nobody");
    answer.assert_hops(&["A:   | no consumer"]);
    answer.assert_delivered(false);
    asker.trace("never").assert_hops(&["A:   | the address is unavailable"]);
}

#[test]
fn a_consumer_without_credit_would_let_it_wait() {
    let mut asker = Asker::line();
    asker.consumer(1, "news", 0);
    asker.bench.run_for(42_000);
    let hops = asker.trace("news").hops();
    assert!(
        hops[1].ends_with("-> consumer consumer-1 (would wait: no credit for 44 s, 0 unsettled, 0 waiting)"),
        "{hops:?}"
    );
}

#[test]
fn multicast_shows_every_branch() {
    let mut asker = Asker::of(4, &[(0, 1), (1, 2), (1, 3)], "");
    for site in [0, 2, 3] {
        asker.consumer(site, "multicast/news", 10);
    }
    let answer = asker.trace("multicast/news");
    answer.assert_hops(&[
        "A: multicast M0multicast/news -> consumer consumer-0 -> router B (left)",
        "A>B: multicast M0multicast/news -> router C (left) -> router D (left)",
        "A>B>C: multicast M0multicast/news -> consumer consumer-2",
        "A>B>D: multicast M0multicast/news -> consumer consumer-3",
    ]);
    answer.assert_delivered(true);
}

#[test]
fn closest_keeps_to_its_own_router_and_balanced_goes_where_less_is_under_way() {
    let mut asker = Asker::of(3, &[(0, 1), (1, 2)], CONFIGURED);
    for address in ["closest", "balanced"] {
        let own = asker.consumer(0, address, 100);
        asker.consumer(2, address, 100);
        asker.trace(address).assert_hops(&[&format!("A: {address} M0{address} -> consumer consumer-0")]);
        // It settles nothing: four are more than the way costs.
        asker.bench.client(own).accepts = false;
        let sender = asker.bench.attach(asker.client, Role::Sender, Some(address), 0);
        for _ in 0..4 {
            asker.bench.send(asker.client, sender, &body("x"), false, false);
        }
    }
    asker.trace("closest").assert_hops(&["A: closest M0closest -> consumer consumer-0"]);
    let hops = asker.trace("balanced").hops();
    assert_eq!(hops.len(), 3, "{hops:?}");
}

#[test]
fn equals_take_turns_and_messages_lose_none_of_theirs() {
    let mut asker = Asker::of(1, &[], CONFIGURED);
    let one = asker.consumer(0, "closest", 100);
    let other = asker.consumer(0, "closest", 100);
    let sender = asker.bench.attach(asker.client, Role::Sender, Some("closest"), 0);
    let mut found = Vec::new();
    for _ in 0..6 {
        asker.bench.send(asker.client, sender, &body("x"), true, false);
        let answer = asker.trace("closest");
        found.push(number(&list(&list(&answer.0, "hops")[0], "next")[0], "link"));
    }
    assert_eq!((asker.bench.client(one).got.len(), asker.bench.client(other).got.len()), (3, 3));
    let (one, other) = (found[0], found[1]);
    assert_eq!(found, [one, other, one, other, one, other]);
    assert_ne!(one, other);
}

#[test]
fn nothing_is_counted_as_a_delivery_of_the_address() {
    let mut asker = Asker::line();
    asker.consumer(2, "news", 10);
    for _ in 0..5 {
        asker.trace("news").assert_delivered(true);
    }
    for site in &asker.bench.sites {
        let news = site.node.addresses().find(|entry| entry.key().as_str() == "M0news").expect("in use");
        let counts = news.counts();
        assert_eq!((counts.ingress, counts.egress, counts.transit), (0, 0, 0));
    }
}

#[test]
fn fallback_destinations_and_ways_past_a_queue_are_followed_to_their_end() {
    let mut asker = Asker::of(2, &[(0, 1)], CONFIGURED);
    asker.bench.attach(asker.client, Role::Sender, Some("orders.x"), 0);
    let client = asker.bench.connect(1, ConnectionRole::Normal, "last-resort");
    let mut wanted = bench::request("last-resort", Role::Receiver, Some("orders.x"));
    let source = wanted.source.as_mut().unwrap();
    source.capabilities = Some(Array::from(vec![Symbol::from("qd.fallback")]));
    asker.bench.attach_as(client, wanted, 10);
    asker.bench.run_for(2_000);
    asker.trace("orders.x").assert_hops(&[
        "A: balanced MForders.x -> router B (left)",
        "A>B: balanced MForders.x -> consumer last-resort",
    ]);

    asker.bench.attach(asker.client, Role::Sender, Some("queue"), 0);
    asker.consumer(1, "queue", 10);
    // For unsettled messages there is nobody who plays the waypoint.
    asker.trace("queue").assert_delivered(false);
    let answer = asker.trace_with(&[("address", "queue"), ("settled", "1")]);
    answer.assert_hops(&["A: balanced M1queue -> router B (left)", "A>B: balanced M1queue -> consumer consumer-1"]);
}

#[test]
fn the_shard_of_a_key_gets_it() {
    let shard = |name: &str| format!("shard {{\nname: {name}\naddress: orders\nkey: group-id\n}}\n");
    let mut asker = Asker::of(2, &[(0, 1)], &["a", "b", "c"].map(shard).concat());
    for member in ["orders/a", "orders/b", "orders/c"] {
        asker.consumer(1, member, 10);
    }
    let answer = asker.trace_with(&[("address", "orders"), ("key", "device-0")]);
    answer
        .assert_hops(&["A: balanced M0orders/c -> router B (left)", "A>B: balanced M0orders/c -> consumer consumer-1"]);
}

#[test]
fn a_router_itself_is_found_where_an_address_names_it() {
    let mut asker = Asker::line();
    let answer = asker.trace("_topo/0/C/$management");
    let hops = answer.hops();
    assert_eq!(hops.len(), 3, "{hops:?}");
    assert!(hops[2].ends_with("-> self "), "{hops:?}");
    answer.assert_delivered(true);
}

#[test]
fn two_traces_at_a_time_do_not_mix() {
    let mut asker = Asker::line();
    asker.consumer(2, "news", 10);
    asker.consumer(1, "olds", 10);
    let conn = asker.client;
    for address in ["news", "olds"] {
        let request = request("replies", &[("address", address)]);
        asker.bench.client(conn).got.clear();
        asker.bench.send(conn, asker.requests, &request, true, false);
        let answer = asker.answer().expect("an answer");
        assert!(answer.hops().iter().all(|hop| hop.contains(address)), "{:?}", answer.hops());
    }
}

// ---- neighbours ---------------------------------------------------------------------------------------------------------

/// Router R, who asks, and N, which is the test's: it knows what a probe is, or it does not.
fn with_neighbor(says: &[&str], credit: u32) -> (Asker, Scene2) {
    let (scene, receivers) = Scene::with_lanes_saying(says, 10, credit);
    let Scene { bench, neighbor, lanes, .. } = scene;
    (Asker::at(bench, 0), Scene2 { neighbor, lanes, receivers })
}

struct Scene2 {
    neighbor: usize,
    lanes: Vec<LinkId>,
    receivers: Vec<LinkId>,
}

const PROBER: &[&str] = &["crossdock.ordered", "crossdock.probes"];

#[test]
fn a_neighbor_that_would_deliver_it_gets_none() {
    let (mut asker, scene) = with_neighbor(&["crossdock.ordered"], 100);
    let answer = asker.trace("far");
    let note = "not a Crossdock that knows traces: the path beyond it is not known";
    answer.assert_hops(&[&format!("R: balanced M0far -> stranger N ({note})")]);
    answer.assert_delivered(false);
    assert_eq!(probes(&mut asker, &scene), 0);
}

#[test]
fn without_an_answer_the_way_up_to_there_is_told_when_the_time_is_over() {
    let (mut asker, scene) = with_neighbor(PROBER, 100);
    asker.ask(&[("address", "far"), ("timeout", "1000")]);
    assert_eq!(probes(&mut asker, &scene), 1);
    asker.bench.run_for(900);
    assert!(asker.answer().is_none());
    asker.bench.run_for(200);
    let answer = asker.answer().expect("an answer");
    answer.assert_hops(&["R: balanced M0far -> router N (left)"]);
    assert!(!answer.is("complete") && !answer.is("delivered"));
}

#[test]
fn what_waits_for_credit_between_routers_says_so_and_how_long_it_waited() {
    let (mut asker, scene) = with_neighbor(PROBER, 0);
    asker.ask(&[("address", "far"), ("timeout", "500")]);
    asker.bench.run_for(600);
    let answer = asker.answer().expect("an answer");
    answer.assert_hops(&["R: balanced M0far -> router N (waits) (no credit from that router; behind 0 others)"]);
    // Another time it leaves while somebody waits for the answer; the first is no more of interest, and leaves with it.
    asker.ask(&[("address", "far"), ("timeout", "1000")]);
    asker.bench.run_for(700);
    for &receiver in &scene.receivers {
        let engine = &mut asker.bench.client(scene.neighbor).peer.conn;
        engine.add_credit(receiver, 10);
        engine.open_gate(receiver);
    }
    asker.bench.run_for(1_000);
    let answer = asker.answer().expect("an answer");
    answer.assert_hops(&["R: balanced M0far -> router N (left)"]);
    let step = &list(&list(&answer.0, "hops")[0], "next")[0];
    assert_eq!(number(step, "residenceMicros"), 700_000);
}

#[test]
fn what_is_lost_with_its_connection_is_lost() {
    let (mut asker, scene) = with_neighbor(PROBER, 0);
    asker.ask(&[("address", "far")]);
    asker.bench.lose(scene.neighbor);
    let answer = asker.answer().expect("an answer at once");
    answer.assert_hops(&["R: balanced M0far -> router N (lost) (the connection is gone)"]);
    answer.assert_delivered(false);
    asker.assert_at_rest();
}

/// Probes that N has got.
fn probes(asker: &mut Asker, scene: &Scene2) -> usize {
    let got = &asker.bench.client(scene.neighbor).got;
    got.iter().filter(|(_, _, message)| message.windows(PROBE.len()).any(|text| text == PROBE.as_bytes())).count()
}

/// Sends R a message from N on the lane of a priority; what N hears of it as reports.
fn reports(asker: &mut Asker, scene: &Scene2, message: &[u8]) -> usize {
    asker.bench.client(scene.neighbor).got.clear();
    asker.bench.send(scene.neighbor, scene.lanes[4], message, true, false);
    asker.bench.run_for(100);
    let got = &asker.bench.client(scene.neighbor).got;
    got.iter().filter(|(_, _, message)| message.windows(12).any(|text| text == b"TRACE-REPORT")).count()
}

fn mark() -> Vec<u8> {
    [&[0xc0, 24, 3, 0x98][..], b"0123456789abcdef", &[0x70, 0, 0, 0x10, 0, 0x41]].concat()
}

const PROBE: &str = "x-opt-crossdock.probe";

fn probe(to: &str, passed: &[&str], mark: Vec<u8>) -> Vec<u8> {
    let ingress = passed.first().copied().unwrap_or("0/N");
    annotated(&[
        ("x-opt-qd.to", string(to)),
        ("x-opt-qd.ingress", string(ingress)),
        ("x-opt-qd.trace", trace(passed)),
        (PROBE, mark),
    ])
}

#[test]
fn a_probe_from_a_neighbor_is_reported_to_where_it_began_and_nothing_else_is() {
    let (mut asker, scene) = with_neighbor(PROBER, 10_000);
    let consumer = asker.consumer(0, "here", 100);
    assert_eq!(reports(&mut asker, &scene, &probe("here", &["0/N"], mark())), 1);
    // Marks that are none, and origins that nobody knows.
    let no_marks =
        [vec![0x40], vec![0x45], string("x"), mark()[..20].to_vec(), vec![0xc0, 1, 0], vec![0xc0, 4, 3, 0x98, 0, 0]];
    for no_mark in no_marks {
        assert_eq!(reports(&mut asker, &scene, &probe("here", &["0/N"], no_mark.clone())), 0, "{no_mark:?}");
    }
    for unknown in ["0/X", "N", "", "0/N/../R", "_topo/0/N"] {
        assert_eq!(reports(&mut asker, &scene, &probe("here", &[unknown], mark())), 0, "{unknown}");
    }
    let large = [probe("here", &["0/N"], mark()), vec![0; 17_000]].concat();
    assert_eq!(reports(&mut asker, &scene, &large), 0);
    // Whatever it was, settled or not, nobody gets it.
    asker.bench.send(scene.neighbor, scene.lanes[4], &probe("here", &["0/N"], mark()), false, false);
    assert_eq!(asker.bench.client(scene.neighbor).outcomes.len(), 1);
    asker.assert_at_rest();
    assert!(asker.bench.client(consumer).got.is_empty());
    assert!(asker.bench.client(scene.neighbor).errors.is_empty());
}

#[test]
fn a_probe_that_goes_round_or_too_far_stops() {
    let (mut asker, scene) = with_neighbor(PROBER, 10_000);
    let consumer = asker.consumer(0, "here", 100);
    let many: Vec<String> = (0..70).map(|at| format!("0/{at}")).collect();
    let long: Vec<&str> = std::iter::once("0/N").chain(many.iter().map(String::as_str)).collect();
    for passed in [&["0/N", "0/R", "0/N"][..], &long[..64], &long[..5]] {
        assert_eq!(reports(&mut asker, &scene, &probe("far", passed, mark())), 1, "{passed:?}");
        assert_eq!(probes(&mut asker, &scene), 0, "{passed:?}");
    }
    assert_eq!(reports(&mut asker, &scene, &probe("here", &long, mark())), 0);
    assert!(asker.bench.client(consumer).got.is_empty());
}

#[test]
fn a_neighbor_that_sends_thousands_gets_so_many_reports_a_second_and_no_more() {
    let (mut asker, scene) = with_neighbor(PROBER, 100_000);
    asker.consumer(0, "here", 100);
    asker.bench.run_for(1_000);
    asker.bench.client(scene.neighbor).got.clear();
    for _ in 0..2_000 {
        asker.bench.send(scene.neighbor, scene.lanes[4], &probe("here", &["0/N"], mark()), true, false);
    }
    let got = asker.bench.client(scene.neighbor).got.len();
    assert!((200..=410).contains(&got), "{got}");
}

// ---- clients ------------------------------------------------------------------------------------------------------------

/// Messages of a client that look like probes in one way or another.
fn forged() -> Vec<Vec<u8>> {
    vec![
        annotated(&[(PROBE, mark())]),
        annotated(&[("x-opt-qd.ingress", string("0/C")), (PROBE, mark())]),
        probe("news", &["0/C"], mark()),
        annotated(&[(PROBE, mark()), ("x-opt-qd.ingress", string("0/C")), (PROBE, mark())]),
        annotated(&[(PROBE, vec![0x40])]),
    ]
}

#[test]
fn a_client_cannot_forge_one_and_its_messages_arrive() {
    let mut asker = Asker::line();
    let consumer = asker.consumer(2, "news", 100);
    let sender = asker.bench.attach(asker.client, Role::Sender, Some("news"), 0);
    for (number, message) in forged().iter().enumerate() {
        asker.bench.send(asker.client, sender, message, false, false);
        assert_eq!(asker.bench.client(consumer).got.len(), number + 1, "{message:?}");
    }
    // They came over a lane, and no report did.
    asker.bench.run_for(1_000);
    let lanes = asker.bench.sites[2].node.links().filter(|link| link.kind() == LinkType::InterRouter);
    assert_eq!(lanes.map(|link| link.deliveries()).sum::<u64>(), forged().len() as u64);
    // What stands before the first annotation of a router is the client's own, and stays.
    let (_, _, first) = &asker.bench.client(consumer).got[0];
    assert!(first.windows(PROBE.len()).any(|text| text == PROBE.as_bytes()));
}

#[test]
fn nobody_can_add_to_a_trace_who_does_not_know_its_name() {
    let (mut asker, _) = with_neighbor(PROBER, 100);
    asker.ask(&[("address", "far"), ("timeout", "3000")]);
    let forged = crossdock_management_report();
    let sender = asker.bench.attach(asker.client, Role::Sender, Some("$management"), 0);
    asker.bench.send(asker.client, sender, &forged, true, false);
    asker.bench.run_for(3_100);
    assert_eq!(asker.answer().expect("an answer").hops().len(), 1);
}

/// A report about a trace of another name.
fn crossdock_management_report() -> Vec<u8> {
    let mut fields: Vec<u8> = string("operation");
    fields.extend(string("TRACE-REPORT"));
    let mut out = vec![0x00, 0x53, 0x74, 0xc1, fields.len() as u8 + 1, 2];
    out.append(&mut fields);
    let path = [&[0xc0, 4, 1][..], &string("R")].concat();
    let entries = [
        [string("id"), string(&"0".repeat(32))].concat(),
        [string("path"), path].concat(),
        [string("router"), string("N")].concat(),
        [string("fate"), string("left")].concat(),
    ];
    let content = entries.concat();
    out.extend_from_slice(&[0x00, 0x53, 0x77, 0xc1, content.len() as u8 + 1, 8]);
    out.extend(content);
    out
}
