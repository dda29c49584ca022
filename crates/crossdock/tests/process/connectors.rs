//! Connections that the router makes: how it introduces itself, and how it comes back.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crossdock_amqp::codec::{FrameHeader, Performative, decode_performative};
use fe2o3_amqp_types::definitions::Fields;
use fe2o3_amqp_types::performatives::{Close, Open};
use fe2o3_amqp_types::primitives::{OrderedMap, Symbol, Value};
use nix::sys::signal::Signal;

use crate::support::wire::{message, performative};
use crate::support::{Peer, Router, command, honest, listener};

fn port_of(listener: &TcpListener) -> u16 {
    listener.local_addr().unwrap().port()
}

fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// A connector section for a neighbour.
fn connector(port: u16, attributes: &str) -> String {
    format!("connector {{\nhost: 127.0.0.1\nport: {port}\nrole: inter-router\n{attributes}\n}}\n")
}

/// The first line with this text, counted from `from`; its number.
fn line_with(router: &Router, from: usize, text: &str) -> usize {
    router.wait_for(text, |line| line.contains(text));
    let lines = router.lines();
    let at = lines.iter().skip(from).position(|line| line.contains(text));
    at.map(|at| at + from).unwrap_or_else(|| panic!("no '{text}' behind line {from}:\n{}", lines.join("\n")))
}

/// These texts are in the log, in this order.
fn expect_in_order(router: &Router, texts: &[String]) {
    let mut from = 0;
    for text in texts {
        from = line_with(router, from, text) + 1;
    }
}

/// The open that qdrouterd as router A sent to its neighbour.
fn captured_open() -> Open {
    let capture = include_str!("../../../../tests/captures/inter-router.jsonl");
    let unit = capture
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|unit| unit["from"] == "client" && unit["frame"].as_str().unwrap().starts_with("open "))
        .unwrap();
    let hex = unit["hex"].as_str().unwrap();
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    let header = FrameHeader::decode(&bytes, 65_536).unwrap().unwrap();
    let Performative::Open(open) = decode_performative(&bytes, &header).unwrap() else { panic!("an open") };
    *open
}

#[test]
fn a_connector_introduces_itself_as_qdrouterd_does() {
    let neighbour = listen();
    let _router = Router::interior("A", "", &connector(port_of(&neighbour), "cost: 3"));
    let mut peer = Peer::awaited(&neighbour);
    let init = peer.offer(&["SCRAM-SHA-1", "PLAIN", "ANONYMOUS"]);
    assert_eq!((init.mechanism.as_str(), init.hostname), ("ANONYMOUS", None));
    assert_eq!(init.initial_response.unwrap().into_vec(), b"anonymous@127.0.0.1");
    let (ours, theirs) = (*peer.agree(), captured_open());
    assert_eq!((&ours.container_id, &ours.hostname), (&theirs.container_id, &theirs.hostname));
    assert_eq!((&ours.max_frame_size, &ours.channel_max), (&theirs.max_frame_size, &theirs.channel_max));
    assert_eq!(ours.idle_time_out, theirs.idle_time_out);
    assert_eq!(ours.offered_capabilities, theirs.offered_capabilities);
    assert_eq!(ours.desired_capabilities, theirs.desired_capabilities);
    let properties = ours.properties.unwrap();
    for (key, value) in theirs.properties.unwrap() {
        assert_eq!(properties.get(&key), Some(&value), "{}", key.as_str());
    }
    peer.cut();
}

#[test]
fn two_routers_are_one_network() {
    let far = [listener("plain", ""), listener("routers", "role: inter-router")].concat();
    let b = Router::interior("B", "plain routers", &far);
    let near = [listener("plain", ""), connector(b.port_of("routers"), "cost: 2")].concat();
    let a = Router::interior("A", "plain", &near);
    for text in ["Router started in Interior mode, area=0 id=A", "Router Engine Instantiated: id=A instance="] {
        a.wait_for(text, |line| line.contains(text));
    }
    let opened = format!("Connection Opened: dir=out host=127.0.0.1:{}", b.port_of("routers"));
    a.wait_for(&opened, |line| line.contains(&opened) && line.contains("container_id=B"));
    b.wait_for("A's open", |line| line.contains("Connection Opened: dir=in") && line.contains("container_id=A"));
    let (mut consumer, mut producer) = (Peer::session(b.port()), Peer::session(a.port()));
    consumer.attach_receiver(0, 0, "from/a/to/b");
    consumer.grant(0, 0, 0, 1);
    producer.attach_sender(0, 0, Some("from/a/to/b"));
    let content = message(b"across");
    producer.send_message(0, 0, false, &content);
    let (number, received) = consumer.next_message();
    assert_eq!(received, content);
    consumer.accept(0, number, number);
    assert!(producer.next_disposition().settled);
}

#[test]
fn a_port_that_nobody_listens_on_is_tried_until_somebody_does() {
    let port = port_of(&listen());
    let router = Router::interior("A", "", &connector(port, ""));
    let refused = |number: usize| {
        format!(
            "SERVER (info) [C{number}] Connection to 127.0.0.1:{port} failed: proton:io Connection refused - disconnected 127.0.0.1:{port}"
        )
    };
    line_with(&router, 0, &refused(1));
    let neighbour = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let peer = Peer::awaited_open(&neighbour, &honest::open());
    expect_in_order(&router, &[refused(1), "[C2] Connection Opened: dir=out".into()]);
    peer.cut();
}

#[test]
fn a_connector_comes_back_sooner_to_a_peer_that_was_open_than_to_one_that_was_not() {
    let (opens, fails) = (listen(), listen());
    let router = Router::interior(
        "A",
        "",
        &[connector(port_of(&opens), "name: opens"), connector(port_of(&fails), "name: fails")].concat(),
    );
    let to =
        |listener: &TcpListener, what: &str| format!("Connection to 127.0.0.1:{} failed: {what}", port_of(listener));
    // Both are lost at about the same time. The first try of each is made at once.
    let refused = Peer::awaited(&fails);
    Peer::awaited_open(&opens, &honest::open()).cut();
    refused.cut();
    let again = Peer::awaited_open(&opens, &honest::open());
    router.wait_for_count("Connection Opened: dir=out", 2);
    let lost = router.count(&to(&fails, ""));
    fails.set_nonblocking(true).unwrap();
    assert!(fails.accept().is_err() && lost == 1, "not before the other has come back");
    Peer::awaited_open(&fails, &honest::open()).cut();
    again.cut();
}

#[test]
fn a_peer_that_stays_silent_or_speaks_otherwise_is_left_and_tried_again() {
    let neighbour = listen();
    let port = port_of(&neighbour);
    let router = Router::interior("A", "", &connector(port, "idleTimeoutSeconds: 1"));
    let failed = |what: &str| format!("Connection to 127.0.0.1:{port} failed: {what}");
    let mut silent = Peer::awaited(&neighbour);
    let first = failed("amqp:not-allowed Timeout waiting for initial handshake");
    line_with(&router, 0, &first);
    silent.skip_to("the router's header", |_| true);
    silent.expect_eof();
    let mut other = Peer::awaited(&neighbour);
    other.send(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let second = failed("amqp:connection:framing-error protocol header is not AMQP 1.0");
    expect_in_order(&router, &[first, second]);
}

fn open_with_failover(ports: &[u16]) -> Open {
    let entries = ports.iter().map(|port| {
        let mut entry = OrderedMap::new();
        let fields = [("network-host", "127.0.0.1".to_owned()), ("port", port.to_string())];
        for (key, text) in fields {
            entry.insert(Value::Symbol(Symbol::from(key)), Value::String(text));
        }
        Value::Map(entry)
    });
    let mut properties = Fields::new();
    properties.insert(Symbol::from("failover-server-list"), Value::List(entries.collect()));
    Open { properties: Some(properties), ..honest::open() }
}

#[test]
fn a_connector_goes_where_its_peer_told_it_to_when_that_is_gone() {
    let (first, second) = (listen(), listen());
    let (one, two) = (port_of(&first), port_of(&second));
    let router = Router::interior("A", "", &connector(one, ""));
    let peer = Peer::awaited_open(&first, &open_with_failover(&[two]));
    line_with(&router, 0, &format!("Connection Opened: dir=out host=127.0.0.1:{one}"));
    drop(first);
    peer.cut();
    let peer = Peer::awaited_open(&second, &honest::open());
    expect_in_order(
        &router,
        &[
            format!("Connection Opened: dir=out host=127.0.0.1:{one}"),
            format!("Connection to 127.0.0.1:{one} failed: "),
            format!("Connection to 127.0.0.1:{one} failed: proton:io Connection refused"),
            format!("Connection Opened: dir=out host=127.0.0.1:{two}"),
        ],
    );
    // And back again, in turn.
    let first = TcpListener::bind(("127.0.0.1", one)).unwrap();
    drop(second);
    peer.cut();
    Peer::awaited_open(&first, &honest::open()).cut();
}

#[test]
fn a_user_and_a_password_are_said_in_plain_and_never_logged() {
    let neighbour = listen();
    let credentials = "saslUsername: harbour\nsaslPassword: env:CROSSDOCK_TEST_PASSWORD";
    let sections = [
        connector(port_of(&neighbour), credentials).replace("inter-router", "normal"),
        "log {\nmodule: DEFAULT\nenable: trace+\n}\n".into(),
    ]
    .concat();
    let mut program = command();
    program.env("CROSSDOCK_TEST_PASSWORD", "swordfish");
    let router = Router::run(program, &["run"], "", &sections);
    let mut peer = Peer::awaited(&neighbour);
    let init = peer.offer(&["ANONYMOUS", "PLAIN"]);
    assert_eq!(init.mechanism.as_str(), "PLAIN");
    assert_eq!(init.initial_response.unwrap().into_vec(), b"\0harbour\0swordfish");
    peer.agree();
    peer.send(&performative(0, honest::open()));
    let opened = format!(
        "Connection Opened: dir=out host=127.0.0.1:{} vhost= encrypted=no auth=PLAIN user=harbour ",
        port_of(&neighbour)
    );
    line_with(&router, 0, &opened);
    assert_eq!(router.count("swordfish"), 0);
    peer.cut();
}

#[test]
fn a_router_that_waits_for_its_peers_ends_at_once() {
    // One that is open, one in the middle of the handshake, one that has just failed.
    let (opens, silent, fails) = (listen(), listen(), listen());
    let sections: String = [&opens, &silent, &fails].map(|listener| connector(port_of(listener), "")).concat();
    let mut router = Router::with("", &sections.replace("inter-router", "normal"));
    let mut open = Peer::awaited_open(&opens, &honest::open());
    let _silent = Peer::awaited(&silent);
    Peer::awaited(&fails).cut();
    line_with(&router, 0, &format!("Connection to 127.0.0.1:{} failed", port_of(&fails)));
    line_with(&router, 0, "Connection Opened: dir=out");
    let start = Instant::now();
    router.signal(Signal::SIGTERM);
    open.expect_farewell();
    open.send(&performative(0, Close { error: None }));
    let status = router.wait_for_end();
    assert_eq!(status.code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert_eq!(router.count("SERVER (notice) Shut Down"), 1);
}
