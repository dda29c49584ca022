//! Every frame in every state of a connection: what is taken, what is passed over, and what ends the connection.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod engine_support;

use crossdock_amqp::codec::{Flow, StateRef};
use crossdock_amqp::engine::{Config, Handshake};
use engine_support::{Bench, calm, frames, plain_client};
use fe2o3_amqp_types::sasl::SaslCode;

/// What a peer can send.
fn everything() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("AMQP", frames::AMQP.to_vec()),
        ("SASL", frames::SASL.to_vec()),
        ("mechanisms", frames::mechanisms(&["ANONYMOUS"])),
        ("init", frames::init("ANONYMOUS")),
        ("challenge", frames::challenge()),
        ("response", frames::response()),
        ("outcome", frames::outcome(SaslCode::Ok)),
        ("open", frames::open(4096)),
        ("begin", frames::begin(1, 10)),
        ("attach", frames::attach_sender(7, "new")),
        ("flow", frames::flow(0, &Flow { next_incoming_id: Some(0), incoming_window: 10, ..Flow::default() })),
        ("transfer", frames::delivery(0, 0, b"content")),
        ("disposition", frames::disposition(true, 0, None, StateRef::Accepted)),
        ("detach", frames::detach(0, true)),
        ("end", frames::end(0)),
        ("close", frames::close()),
        ("empty", frames::empty()),
    ]
}

type Start = fn() -> Bench;

/// A connection of each kind in each of its states.
fn states() -> Vec<(&'static str, Start)> {
    fn server(parts: &[&[u8]]) -> Bench {
        let mut bench = Bench::server(calm());
        parts.iter().for_each(|part| bench.hear(part));
        bench
    }
    fn client(parts: &[&[u8]]) -> Bench {
        let mut bench = Bench::client(Config { handshake: Handshake::SaslAnonymous, ..plain_client() });
        parts.iter().for_each(|part| bench.hear(part));
        bench
    }
    fn with_session() -> Bench {
        server(&[frames::AMQP, &frames::open(4096), &frames::begin(0, 10)])
    }
    fn close(mut bench: Bench) -> Bench {
        let now = bench.now;
        bench.engine.close(None, now);
        bench
    }
    vec![
        ("S start", || server(&[])),
        ("S SASL", || server(&[frames::SASL])),
        ("S outcome", || server(&[frames::SASL, &frames::init("ANONYMOUS")])),
        ("S AMQP", || server(&[frames::AMQP])),
        ("S opened", || server(&[frames::AMQP, &frames::open(4096)])),
        ("S begun", with_session),
        ("S attached", || {
            let mut bench = with_session();
            bench.hear(&frames::attach_sender(0, "in"));
            bench
        }),
        ("S ended", || {
            let mut bench = with_session();
            let session = bench.session();
            bench.engine.end(session, None);
            bench
        }),
        ("S close sent", || close(with_session())),
        ("S closed", || server(&[frames::AMQP, &frames::open(4096), &frames::close()])),
        ("C start", || client(&[])),
        ("C SASL", || client(&[frames::SASL])),
        ("C mechanisms", || client(&[frames::SASL, &frames::mechanisms(&["ANONYMOUS"])])),
        ("C outcome", || client(&[frames::SASL, &frames::mechanisms(&["ANONYMOUS"]), &frames::outcome(SaslCode::Ok)])),
        ("C AMQP", || {
            client(&[frames::SASL, &frames::mechanisms(&["ANONYMOUS"]), &frames::outcome(SaslCode::Ok), frames::AMQP])
        }),
        ("C close sent", || {
            let parts = [frames::AMQP, &frames::open(4096)];
            let mut bench = Bench::client(plain_client());
            parts.iter().for_each(|part| bench.hear(part));
            close(bench)
        }),
    ]
}

/// In short what a frame did: nothing (`.`), the first event's word, or `!` and who ended what for which reason.
fn verdict(mut bench: Bench, frame: &[u8]) -> String {
    bench.forget();
    let was_closed = bench.engine.is_closed();
    bench.hear(frame);
    let notes = bench.notes();
    let Some(first) = notes.first() else { return if was_closed { "-" } else { "." }.into() };
    let condition = first.split_once(": ").map(|(_, rest)| rest.split_once(" (").unwrap_or((rest, "")).0);
    let short = condition.map(|condition| condition.rsplit(':').next().unwrap_or_default().replace("-error", ""));
    let what = first.split(' ').next().unwrap_or_default().trim_end_matches(':');
    match short {
        Some(reason) if what == "closed" => format!("!{reason}"),
        Some(reason) => format!("{what}!{reason}"),
        None if what == ">" => {
            notes.iter().map(|note| note.split(' ').nth(1).unwrap_or_default()).collect::<Vec<_>>().join("+")
        }
        None => what.into(),
    }
}

/// One line for each state: the verdicts on all frames, equal neighbours together.
fn line(make: Start) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (name, frame) in everything() {
        let verdict = verdict(make(), &frame);
        match groups.iter_mut().find(|(seen, _)| *seen == verdict) {
            Some((_, names)) => names.push(name),
            None => groups.push((verdict, vec![name])),
        }
    }
    let groups: Vec<String> =
        groups.into_iter().map(|(verdict, names)| format!("{verdict}: {}", names.join(" "))).collect();
    groups.join(" | ")
}

/// `.` is passed over, `-` comes when all is over. `!x` closes the connection because of x, with a frame for `ended!x`
/// and `detached!x` only a session or link.
const TABLE: &[(&str, &str)] = &[
    (
        "S start",
        "AMQP: AMQP | SASL+mechanisms: SASL | \
        !framing: mechanisms init challenge response outcome open begin attach flow transfer disposition \
        detach end close empty",
    ),
    (
        "S SASL",
        "!framing: AMQP SASL mechanisms challenge response outcome open begin attach flow transfer \
        disposition detach end close empty | \
        outcome: init",
    ),
    (
        "S outcome",
        "AMQP: AMQP | \
        !framing: SASL mechanisms init challenge response outcome open begin attach flow transfer \
        disposition detach end close empty",
    ),
    (
        "S AMQP",
        "!framing: AMQP SASL mechanisms init challenge response outcome begin attach flow transfer \
        disposition detach end close | \
        opened: open | .: empty",
    ),
    (
        "S opened",
        "!framing: AMQP SASL mechanisms init challenge response outcome open attach flow transfer \
        disposition detach end | \
        begun: begin | closed: close | .: empty",
    ),
    (
        "S begun",
        "!framing: AMQP SASL mechanisms init challenge response outcome open | begun: begin | \
        attached: attach | .: flow empty | ended!unattached-handle: transfer detach | \
        disposition: disposition | ended: end | closed: close",
    ),
    (
        "S attached",
        "!framing: AMQP SASL mechanisms init challenge response outcome open | begun: begin | \
        attached: attach | .: flow empty | transfer: transfer | disposition: disposition | \
        detached: detach | ended: end | closed: close",
    ),
    (
        "S ended",
        "!framing: AMQP SASL mechanisms init challenge response outcome open | begun: begin | \
        .: attach flow transfer disposition detach end empty | closed: close",
    ),
    (
        "S close sent",
        "!framing: AMQP SASL mechanisms init challenge response outcome | \
        .: open begin attach flow transfer disposition detach end empty | closed: close",
    ),
    (
        "S closed",
        "-: AMQP SASL mechanisms init challenge response outcome open begin attach flow transfer disposition \
        detach end close empty",
    ),
    (
        "C start",
        "!framing: AMQP mechanisms init challenge response outcome open begin attach flow transfer \
        disposition detach end close empty | \
        .: SASL",
    ),
    (
        "C SASL",
        "!framing: AMQP SASL init challenge response outcome open begin attach flow transfer disposition \
        detach end close empty | \
        init: mechanisms",
    ),
    (
        "C mechanisms",
        "!framing: AMQP SASL mechanisms init challenge response open begin attach flow transfer disposition \
        detach end close empty | \
        AMQP+open: outcome",
    ),
    (
        "C outcome",
        ".: AMQP | \
        !framing: SASL mechanisms init challenge response outcome open begin attach flow transfer \
        disposition detach end close empty",
    ),
    (
        "C AMQP",
        "!framing: AMQP SASL mechanisms init challenge response outcome begin attach flow transfer \
        disposition detach end close | \
        opened: open | .: empty",
    ),
    (
        "C close sent",
        "!framing: AMQP SASL mechanisms init challenge response outcome | \
        .: open begin attach flow transfer disposition detach end empty | closed: close",
    ),
];

#[test]
fn every_frame_in_every_state_has_its_verdict() {
    let found: Vec<(&str, String)> = states().into_iter().map(|(state, make)| (state, line(make))).collect();
    for (state, verdicts) in &found {
        println!("    (\"{state}\", \"{verdicts}\"),");
    }
    let expected: Vec<(&str, String)> = TABLE.iter().map(|(state, verdicts)| (*state, (*verdicts).into())).collect();
    assert_eq!(found, expected);
}
