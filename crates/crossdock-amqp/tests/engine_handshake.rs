//! From the first byte to both opens.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod engine_support;

use crossdock_amqp::engine::{Config, Credentials, Handshake};
use engine_support::{Bench, calm, frames, plain_client};
use fe2o3_amqp_types::sasl::SaslCode;

fn requiring_sasl() -> Config {
    let handshake = Handshake::Accept { mechanisms: vec!["EXTERNAL".into(), "ANONYMOUS".into()], required: true };
    Config { handshake, ..calm() }
}

fn sasl_client() -> Config {
    Config { handshake: Handshake::SaslAnonymous, ..plain_client() }
}

#[test]
fn a_server_takes_a_client_without_sasl() {
    let mut bench = Bench::server(calm());
    assert!(bench.notes().is_empty(), "the client speaks first");
    bench.hear(frames::AMQP);
    assert_eq!(bench.notes(), ["> AMQP"]);
    bench.hear(&frames::open(4096));
    assert_eq!(bench.notes(), ["opened by P", "> open R"]);
    assert!(bench.engine.is_open() && !bench.engine.used_sasl());
    bench.hear(&frames::close());
    assert_eq!(bench.notes(), ["closed", "> close"]);
    assert!(bench.engine.is_closed());
}

#[test]
fn a_server_takes_a_client_through_sasl_anonymous() {
    let mut bench = Bench::server(requiring_sasl());
    bench.hear(frames::SASL);
    assert_eq!(bench.notes(), ["> SASL", "> mechanisms EXTERNAL ANONYMOUS"]);
    bench.hear(&frames::init("ANONYMOUS"));
    assert_eq!(bench.notes(), ["> outcome Ok"]);
    bench.hear(frames::AMQP);
    assert_eq!(bench.notes(), ["> AMQP"]);
    bench.hear(&frames::open(4096));
    assert_eq!(bench.notes(), ["opened by P", "> open R"]);
    assert!(bench.engine.used_sasl());
}

#[test]
fn a_server_that_requires_sasl_closes_on_a_client_that_skips_it() {
    let mut bench = Bench::server(requiring_sasl());
    bench.hear(frames::AMQP);
    let error = "amqp:connection:policy-error (Client skipped authentication - forbidden)";
    assert_eq!(
        bench.notes(),
        [format!("closed by us: {error}"), "> AMQP".into(), "> open R".into(), format!("> close: {error}")]
    );
    assert!(bench.engine.is_closed());
}

#[test]
fn a_mechanism_that_is_not_offered_or_cannot_be_ends_the_connection() {
    for mechanism in ["PLAIN", "EXTERNAL", "ANONYMOUS2", ""] {
        let mut bench = Bench::server(requiring_sasl());
        bench.hear(frames::SASL);
        bench.forget();
        bench.hear(&frames::init(mechanism));
        let notes = bench.notes();
        assert!(notes[0].starts_with("closed by us: amqp:unauthorized-access"), "{notes:?}");
        assert_eq!(notes[1..], ["> outcome Auth"]);
    }
}

#[test]
fn a_client_sends_header_and_open_at_once_without_sasl() {
    let mut bench = Bench::client(plain_client());
    assert_eq!(bench.notes(), ["> AMQP", "> open C"]);
    bench.hear(frames::AMQP);
    bench.hear(&frames::open(4096));
    assert_eq!(bench.notes(), ["opened by P"]);
    assert!(bench.engine.is_open());
}

#[test]
fn a_client_goes_through_sasl_anonymous() {
    let mut bench = Bench::client(sasl_client());
    assert_eq!(bench.notes(), ["> SASL"]);
    assert!(bench.engine.begin().is_none(), "no session before our open");
    bench.hear(frames::SASL);
    assert!(bench.notes().is_empty());
    bench.hear(&frames::mechanisms(&["PLAIN", "ANONYMOUS"]));
    assert_eq!(bench.notes(), ["> init ANONYMOUS anonymous"]);
    bench.hear(&frames::outcome(SaslCode::Ok));
    assert_eq!(bench.notes(), ["> AMQP", "> open C"]);
    bench.hear(frames::AMQP);
    bench.hear(&frames::open(4096));
    assert_eq!(bench.notes(), ["opened by P"]);
}

fn plain_user(or_anonymous: bool) -> Config {
    let credentials = Credentials::new("me", "a secret").unwrap();
    Config { handshake: Handshake::SaslPlain { credentials, or_anonymous }, ..plain_client() }
}

#[test]
fn an_anonymous_client_says_where_it_connected() {
    let mut config = sasl_client();
    config.open.hostname = Some("example.org".into());
    let mut bench = Bench::client(config);
    bench.hear(frames::SASL);
    bench.forget();
    bench.hear(&frames::mechanisms(&["ANONYMOUS"]));
    assert_eq!(bench.notes(), ["> init ANONYMOUS anonymous@example.org"]);
}

#[test]
fn a_client_with_credentials_says_them_in_plain() {
    let mut bench = Bench::client(plain_user(true));
    bench.hear(frames::SASL);
    bench.forget();
    bench.hear(&frames::mechanisms(&["SCRAM-SHA-1", "ANONYMOUS", "PLAIN"]));
    assert_eq!(bench.notes(), ["> init PLAIN |me|a secret"]);
    bench.hear(&frames::outcome(SaslCode::Ok));
    assert_eq!(bench.notes(), ["> AMQP", "> open C"]);
    assert_eq!(bench.engine.sasl_mechanism(), Some("PLAIN"));
}

#[test]
fn a_client_with_credentials_is_anonymous_only_where_it_may_be() {
    let mut bench = Bench::client(plain_user(true));
    bench.hear(frames::SASL);
    bench.forget();
    bench.hear(&frames::mechanisms(&["ANONYMOUS"]));
    assert_eq!(bench.notes(), ["> init ANONYMOUS anonymous"]);
    bench.hear(&frames::outcome(SaslCode::Auth));
    assert_eq!(bench.notes(), ["closed by us: amqp:unauthorized-access (server refused ANONYMOUS)"]);

    for (or_anonymous, offer, said) in [
        (false, "ANONYMOUS", "server does not offer PLAIN"),
        (true, "EXTERNAL", "server does not offer PLAIN or ANONYMOUS"),
    ] {
        let mut bench = Bench::client(plain_user(or_anonymous));
        bench.hear(frames::SASL);
        bench.forget();
        bench.hear(&frames::mechanisms(&[offer]));
        assert_eq!(bench.notes(), [format!("closed by us: amqp:unauthorized-access ({said})")]);
    }
}

#[test]
fn a_client_that_was_refused_says_no_password_again() {
    let mut bench = Bench::client(plain_user(true));
    bench.hear(frames::SASL);
    bench.hear(&frames::mechanisms(&["PLAIN"]));
    bench.forget();
    bench.hear(&frames::outcome(SaslCode::Auth));
    assert_eq!(bench.notes(), ["closed by us: amqp:unauthorized-access (server refused PLAIN)"]);
}

#[test]
fn credentials_that_would_be_read_differently_are_none() {
    for (username, password) in [("", "secret"), ("me\0you", "secret"), ("me", "sec\0ret")] {
        assert_eq!(Credentials::new(username, password), None, "{username:?} {password:?}");
    }
    assert_eq!(Credentials::new("me", &"x".repeat(1000)), None);
    assert!(Credentials::new("mé", "").is_some());
    assert!(!format!("{:?}", plain_user(true)).contains("secret"));
}

#[test]
fn a_client_that_wants_sasl_is_told_when_there_is_none() {
    let mut bench = Bench::client(plain_user(true));
    bench.forget();
    bench.hear(frames::AMQP);
    assert_eq!(bench.notes(), ["closed by us: amqp:connection:framing-error (server has no SASL layer)"]);
}

#[test]
fn the_side_that_connected_remembers_how_it_went() {
    let mut bench = Bench::client(plain_client());
    let attempt = bench.engine.attempt().unwrap();
    assert!(attempt.open.is_none() && attempt.error.is_none());
    bench.hear(frames::AMQP);
    bench.hear(&frames::open(4096));
    let attempt = bench.engine.attempt().unwrap();
    assert_eq!(attempt.open.as_ref().map(|open| open.container_id.as_str()), Some("P"));
    bench.hear(&frames::close_forced("go away"));
    let error = bench.engine.attempt().unwrap().error.clone().unwrap();
    assert_eq!(error.description.as_deref(), Some("go away"));

    let mut bench = Bench::client(sasl_client());
    bench.hear(b"HTTP");
    let error = bench.engine.attempt().unwrap().error.clone().unwrap();
    assert_eq!(error.description.as_deref(), Some("transport does not speak AMQP"));

    let bench = Bench::opened(calm(), 4096);
    assert!(bench.engine.attempt().is_none(), "the peer initiated it");
}

#[test]
fn a_client_gives_up_on_a_server_that_does_not_take_it() {
    let mut bench = Bench::client(sasl_client());
    bench.hear(frames::SASL);
    bench.hear(&frames::mechanisms(&["PLAIN"]));
    let notes = bench.notes();
    assert_eq!(notes, ["closed by us: amqp:unauthorized-access (server does not offer ANONYMOUS)", "> SASL"]);

    for code in [SaslCode::Auth, SaslCode::Sys, SaslCode::SysPerm, SaslCode::SysTemp] {
        let mut bench = Bench::client(sasl_client());
        bench.hear(frames::SASL);
        bench.hear(&frames::mechanisms(&["ANONYMOUS"]));
        bench.forget();
        bench.hear(&frames::outcome(code));
        assert_eq!(bench.notes(), ["closed by us: amqp:unauthorized-access (server refused ANONYMOUS)"]);
    }
}

#[test]
fn a_peer_that_is_no_amqp_is_known_by_its_first_bytes_and_told_what_is_spoken_here() {
    for (bytes, said) in [
        (&b"G"[..], "transport does not speak AMQP"),
        (b"AMQ?", "transport does not speak AMQP"),
        (b"\x16\x03\x01\x00\xa5", "transport does not speak AMQP"),
        (b"AMQP\x00\x00\x09\x01", "protocol header is not AMQP 1.0"),
        (b"AMQP\x02\x01\x00\x00", "protocol header out of place"),
    ] {
        let mut bench = Bench::server(calm());
        bench.hear(bytes);
        let error = format!("amqp:connection:framing-error ({said})");
        let expected =
            [format!("closed by us: {error}"), "> AMQP".into(), "> open R".into(), format!("> close: {error}")];
        assert_eq!(bench.notes(), expected, "{bytes:?}");
    }
}

#[test]
fn a_handshake_that_takes_too_long_ends_in_every_state() {
    let parts =
        [frames::SASL.to_vec(), frames::init("ANONYMOUS"), frames::AMQP.to_vec(), frames::open(512)[..20].to_vec()];
    for known in 0..=parts.len() {
        let mut config = calm();
        config.handshake_timeout = 500;
        let mut bench = Bench::server(config);
        for part in &parts[..known] {
            bench.wait(1);
            bench.hear(part);
        }
        bench.wait(499 - known as u64);
        bench.forget();
        assert!(!bench.engine.is_closed(), "{known}");
        bench.wait(1);
        let notes = bench.notes();
        assert_eq!(notes[0], "closed by us: amqp:not-allowed (Timeout waiting for initial handshake)", "{known}");
        // Only a peer that has the AMQP header can be told in frames.
        assert_eq!(notes.len(), if known >= 3 { 3 } else { 1 }, "{notes:?}");
        assert!(bench.engine.is_closed());
    }
}

#[test]
fn a_handshake_in_time_is_not_timed_out_later() {
    let mut config = calm();
    config.handshake_timeout = 500;
    let mut bench = Bench::opened(config, 512);
    bench.wait(100_000);
    assert!(bench.notes().is_empty() && bench.engine.is_open());
}

#[test]
fn bytes_without_end_before_the_open_end_the_connection() {
    // SASL frames that are nearly as large as they may be, again and again; and an open that never ends.
    let mut bench = Bench::server(calm());
    bench.hear(frames::SASL);
    let mut heard = 0;
    while !bench.engine.is_closed() {
        bench.hear(&frames::init(&"x".repeat(8000)));
        heard += 8000;
        assert!(heard < 100_000);
    }
    let mut config = calm();
    config.open.max_frame_size = (1 << 20).into();
    let mut bench = Bench::server(config);
    bench.hear(frames::AMQP);
    bench.hear(&(1u32 << 20).to_be_bytes());
    let mut heard = 0;
    while !bench.engine.is_closed() {
        bench.hear(&[2; 1000]);
        heard += 1000;
        assert!(heard < 100_000);
    }
}

#[test]
fn a_max_frame_size_below_512_is_refused() {
    let mut bench = Bench::server(calm());
    bench.hear(frames::AMQP);
    bench.hear(&frames::open(511));
    assert_eq!(bench.notes()[0], "closed by us: amqp:invalid-field (max-frame-size 511 is below 512)");
}

#[test]
fn a_close_before_the_opens_is_said_as_well_as_can_be() {
    let mut bench = Bench::server(calm());
    let now = bench.now;
    bench.engine.close(None, now);
    assert!(bench.engine.is_closed() && bench.notes().is_empty());

    let mut bench = Bench::server(calm());
    bench.hear(frames::AMQP);
    bench.engine.close(None, now);
    assert_eq!(bench.notes(), ["> AMQP", "> open R", "> close"]);
}
