//! The clients over TLS: to a router behind a terminator, which is the router's part here, and to peers that say the wrong
//! thing.
//!
//! `certificates` holds what they show each other; `certificates/make` says how it was made.

mod terminator;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{self, Peer, Router, wire};
use terminator::Terminator;

/// What a run of the program came to.
#[derive(Debug)]
struct Ran {
    is_success: bool,
    stdout: String,
    stderr: String,
}

/// A file of the certificates.
fn file(name: &str) -> String {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/process/tls/certificates");
    folder.join(name).to_string_lossy().into_owned()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = support::command();
    // What the system trusts is nothing that these tests know.
    command.env("SSL_CERT_FILE", file("stranger.pem")).env_remove("SSL_CERT_DIR");
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Ran {
    let output = command(arguments).output().unwrap();
    Ran {
        is_success: output.status.success(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `crossdock stat -g` with these options.
fn stat(bus: &str, options: &[&str]) -> Ran {
    run(&[&["stat", "-g", "-b", bus], options].concat())
}

fn url(host: &str, port: u16) -> String {
    format!("amqps://{host}:{port}")
}

#[track_caller]
fn assert_works(ran: &Ran) {
    assert!(ran.is_success && ran.stdout.contains("Router Id"), "{ran:?}");
}

#[track_caller]
fn assert_fails(ran: &Ran, words: &str) {
    assert!(!ran.is_success && ran.stderr.contains(words), "{words:?} is not in {ran:?}");
}

#[test]
fn every_client_works_over_tls() {
    let router = Router::start();
    let terminator = Terminator::start("common-name", None, router.port());
    let bus = url("localhost", terminator.port());
    let trust = file("authority.pem");
    let secure = ["-b", &bus, "--ssl-trustfile", &trust];
    let with = |arguments: &[&'static str]| -> Vec<String> {
        arguments.iter().copied().chain(secure).map(str::to_owned).collect()
    };
    for arguments in [&["stat", "-c"][..], &["manage", "get-types"], &["explain", "news"]] {
        let arguments = with(arguments);
        let ran = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(ran.is_success && !ran.stdout.is_empty(), "{arguments:?}: {ran:?}");
    }
    let receiving =
        command(&[]).args(with(&["receive", "news", "--count", "1"])).stdout(Stdio::piped()).spawn().unwrap();
    let sent = command(&[]).args(with(&["send", "news", "hello"])).output().unwrap();
    assert!(sent.status.success(), "{sent:?}");
    let received = receiving.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(received.stdout).unwrap().trim(), "hello");
}

#[test]
fn a_trust_file_or_a_certificate_asks_for_tls() {
    let router = Router::start();
    let terminator = Terminator::start("common-name", None, router.port());
    let bus = format!("localhost:{}", terminator.port());
    assert_works(&stat(&bus, &["--ssl-trustfile", &file("authority.pem")]));
    let ran = stat(&bus, &["--ssl-certificate", &file("client.pem"), "--ssl-key", &file("client.key")]);
    assert_fails(&ran, "its certificate is not trusted");
    // Without them it is none, and the other options say that they are in vain.
    assert_fails(&stat(&bus, &["--ssl-password", "secret"]), "warning: --ssl-password has no effect");
}

#[test]
fn a_certificate_must_come_from_an_authority_that_is_trusted() {
    let router = Router::start();
    let terminator = Terminator::start("common-name", None, router.port());
    let bus = url("localhost", terminator.port());
    let ran = stat(&bus, &["--ssl-trustfile", &file("stranger.pem"), "--ssl-disable-peer-name-verify"]);
    assert_fails(&ran, "its certificate is not trusted: it comes from none of the authorities of ");
    assert_fails(&ran, "stranger.pem");
    assert_fails(&stat(&bus, &[]), "it comes from none of the authorities of this system; --ssl-trustfile names");
    assert_fails(&stat(&bus, &["--ssl-trustfile", "nothing.pem"]), "nothing.pem: No such file");
    assert_fails(&stat(&bus, &["--ssl-trustfile", &file("client.key")]), "there is no certificate in it");
}

#[test]
fn a_certificate_that_is_its_own_authority_is_trusted_by_name() {
    let router = Router::start();
    let terminator = Terminator::start("itself", None, router.port());
    let bus = url("localhost", terminator.port());
    assert_works(&stat(&bus, &["--ssl-trustfile", &file("itself.pem")]));
    assert_fails(&stat(&bus, &["--ssl-trustfile", &file("authority.pem")]), "its certificate is not trusted");
}

#[test]
fn a_certificate_must_be_for_the_host() {
    let router = Router::start();
    let trust = file("authority.pem");
    let trusting = ["--ssl-trustfile", trust.as_str()];
    let terminator = Terminator::start("alternative", None, router.port());
    assert_works(&stat(&url("127.0.0.1", terminator.port()), &trusting));
    // Its common name is of no account beside the others.
    let ran = stat(&url("localhost", terminator.port()), &trusting);
    assert_fails(&ran, "its certificate is for router.example, 127.0.0.1, not for localhost");
    let elsewhere = Terminator::start("elsewhere", None, router.port());
    let bus = url("localhost", elsewhere.port());
    assert_fails(&stat(&bus, &trusting), "its certificate is for elsewhere.example, not for localhost");
    assert_works(&stat(&bus, &["--ssl-trustfile", &trust, "--ssl-disable-peer-name-verify"]));
}

#[test]
fn a_key_may_have_a_password() {
    let router = Router::start();
    let terminator = Terminator::start("common-name", Some("authority"), router.port());
    let bus = url("localhost", terminator.port());
    let with = |key: &str, more: &[&str]| {
        let (trust, certificate, key) = (file("authority.pem"), file("client.pem"), file(key));
        let options = ["--ssl-trustfile", &trust, "--ssl-certificate", &certificate, "--ssl-key", &key];
        stat(&bus, &[&options, more].concat())
    };
    let password = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("password-{}", std::process::id()));
    std::fs::write(&password, "secret\n").unwrap();
    assert_works(&with("client.key", &[]));
    assert_works(&with("client-aes.key", &["--ssl-password", "secret"]));
    assert_works(&with("client-des3.key", &["--ssl-password-file", &password.to_string_lossy()]));
    std::fs::remove_file(&password).unwrap();
    for key in ["client-aes.key", "client-des3.key"] {
        assert_fails(&with(key, &["--ssl-password", "guess"]), "the password of its key is wrong");
        assert_fails(&with(key, &[]), "its key has a password: give --ssl-password or --ssl-password-file");
    }
    assert_fails(&with("client-old.key", &["--ssl-password", "secret"]), "openssl pkcs8 -topk8");
    assert_fails(&with("itself.key", &[]), "itself.key is not that of the certificate in");
    assert_fails(&with("client.pem", &[]), "there is no private key in it");
}

#[test]
fn a_listener_that_wants_a_certificate_is_told_apart() {
    let router = Router::start();
    let terminator = Terminator::start("common-name", Some("authority"), router.port());
    let bus = url("localhost", terminator.port());
    let trust = file("authority.pem");
    let ran = stat(&bus, &["--ssl-trustfile", &trust]);
    assert_fails(&ran, "it wants a certificate from the client: give --ssl-certificate and --ssl-key");
    let (certificate, key) = (file("itself.pem"), file("itself.key"));
    let ran = stat(&bus, &["--ssl-trustfile", &trust, "--ssl-certificate", &certificate, "--ssl-key", &key]);
    assert_fails(&ran, "it does not trust the certificate of --ssl-certificate");
}

#[test]
fn tls_to_a_port_without_and_the_other_way_round_are_told() {
    let router = Router::start();
    let ran = stat(&url("localhost", router.port()), &["--ssl-trustfile", &file("authority.pem")]);
    assert_fails(&ran, "TLS");
    let terminator = Terminator::start("common-name", None, router.port());
    let plain = format!("localhost:{}", terminator.port());
    let words = "it speaks TLS only there; amqps://";
    assert_fails(&stat(&plain, &[]), words);
    assert_fails(&stat(&plain, &["--sasl-mechanisms", "ANONYMOUS"]), words);
}

#[test]
fn a_peer_that_is_silent_in_the_handshake_is_given_up_after_the_timeout() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let bus = url("localhost", silent.local_addr().unwrap().port());
    let ran = stat(&bus, &["-t", "0.2"]);
    assert_fails(&ran, "timed out after 0.2 s: waiting for localhost:");
    assert_fails(&ran, "to shake hands in TLS");
}

#[test]
fn the_certificate_logs_in_with_external() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let terminator = Terminator::start("common-name", Some("authority"), listener.local_addr().unwrap().port());
    let bus = url("localhost", terminator.port());
    let (trust, certificate, key) = (file("authority.pem"), file("client.pem"), file("client.key"));
    let options = ["--ssl-trustfile", &trust, "--ssl-certificate", &certificate, "--ssl-key", &key];
    let tool = std::thread::spawn({
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        move || stat(&bus, &options.iter().map(String::as_str).collect::<Vec<_>>())
    });
    let mut peer = Peer::awaited(&listener);
    let init = peer.offer(&["ANONYMOUS", "EXTERNAL", "PLAIN"]);
    assert_eq!(init.mechanism.as_str(), "EXTERNAL");
    peer.send(&wire::sasl_outcome(1));
    assert_fails(&tool.join().unwrap(), "refuses the login: authentication failed [mech=EXTERNAL]");
}

#[test]
fn a_login_that_cannot_be_says_what_is_offered() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let bus = listener.local_addr().unwrap().to_string();
    let tool = std::thread::spawn(move || stat(&bus, &["--sasl-username", "bob", "--sasl-password", "secret"]));
    let mut peer = Peer::awaited(&listener);
    assert!(matches!(peer.expect("a header"), support::Answer::Header(header) if header == wire::sasl_header()));
    peer.send(&wire::sasl_header());
    peer.send(&wire::sasl_mechanisms(&["EXTERNAL", "SCRAM-SHA-256"]));
    let ran = tool.join().unwrap();
    assert_fails(&ran, "it offers EXTERNAL, SCRAM-SHA-256, and these options allow PLAIN");
}
