//! How the process starts, what signals do to it, and how it ends.

use std::net::TcpListener;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fe2o3_amqp_types::performatives::Close;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::wire::*;
use crate::support::{PATIENCE, Pair, Peer, Router, command, folder, listener};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn listener_on(port: u16) -> String {
    format!("listener {{\nname: fixed\nhost: 127.0.0.1\nport: {port}\n}}\n")
}

/// Runs to the end with this configuration.
fn run_to_end(mut command: Command, sections: &str) -> (Output, Duration) {
    let folder = folder();
    std::fs::write(folder.join("router.conf"), sections).unwrap();
    let start = Instant::now();
    let output = command.args(["-c", "router.conf"]).current_dir(&folder).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    (output, start.elapsed())
}

/// Reads the router's farewell and answers it.
fn is_sent_away(mut peer: Peer) {
    let fault = peer.expect_farewell();
    assert_eq!(fault.condition, "amqp:connection:forced");
    peer.send(&performative(0, Close { error: None }));
    peer.expect_eof();
}

#[test]
fn term_and_quit_close_all_connections_and_end_with_0() {
    for signal in [Signal::SIGTERM, Signal::SIGQUIT] {
        let mut router = Router::start();
        let (open, mut with_links) = (Peer::open(router.port()), Peer::session(router.port()));
        with_links.attach_receiver(0, 0, "a");
        with_links.attach_sender(0, 1, Some("b"));
        let mut unfinished = Peer::connect(router.port());
        unfinished.send(&amqp_header()[..5]);
        router.wait_for_count("Accepted connection", 3);
        router.signal(signal);
        is_sent_away(open);
        is_sent_away(with_links);
        unfinished.expect_eof();
        let status = router.wait_for_end();
        assert_eq!((status.code(), status.signal()), (Some(0), None), "{signal}");
        assert_eq!(router.count("SERVER (notice) Shut Down"), 1);
        assert!(std::net::TcpStream::connect(("127.0.0.1", router.port())).is_err());
    }
}

#[test]
fn int_ends_as_orderly_and_by_that_signal() {
    let mut router = Router::start();
    let peer = Peer::open(router.port());
    router.signal(Signal::SIGINT);
    is_sent_away(peer);
    let status = router.wait_for_end();
    assert_eq!((status.code(), status.signal()), (None, Some(Signal::SIGINT as i32)));
    assert_eq!(router.count("SERVER (notice) Shut Down"), 1);
}

#[test]
fn hup_means_nothing() {
    let router = Router::start();
    let mut pair = Pair::new(&router);
    router.signal(Signal::SIGHUP);
    pair.exchange();
    router.signal(Signal::SIGHUP);
    Pair::new(&router).exchange();
    // Ends by TERM with status 0, as each router does that is dropped.
}

#[test]
fn peers_that_do_not_answer_the_close_do_not_hold_up_the_end() {
    let mut router = Router::start();
    let mut deaf = Peer::session(router.port());
    deaf.attach_receiver(0, 0, "deaf");
    deaf.grant(0, 0, 0, 1_000);
    let mut producer = Peer::session(router.port());
    producer.attach_sender(0, 0, Some("deaf"));
    // More than the sockets hold: the close cannot even be written.
    let sent = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&sent);
    let content = message(&vec![0; 1_000_000]);
    let sending = std::thread::spawn(move || {
        while producer.try_send_message(0, 0, true, &content).is_some() {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    Pair::new(&router).exchange_until_still(&sent);
    let start = Instant::now();
    router.signal(Signal::SIGTERM);
    let status = router.wait_for_end();
    assert_eq!((status.code(), status.signal()), (Some(0), None));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    sending.join().unwrap();
}

#[test]
fn term_in_the_middle_of_traffic_ends_with_0() {
    let mut router = Router::start();
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    consumer.attach_receiver(0, 0, "busy");
    consumer.grant(0, 0, 0, u32::MAX / 2);
    producer.attach_sender(0, 0, Some("busy"));
    let sending =
        std::thread::spawn(move || while producer.try_send_message(0, 0, true, &message(&[1; 10_000])).is_some() {});
    for _ in 0..100 {
        consumer.next_transfer();
    }
    router.signal(Signal::SIGTERM);
    consumer.expect_farewell();
    consumer.send(&performative(0, Close { error: None }));
    let status = router.wait_for_end();
    assert_eq!((status.code(), status.signal()), (Some(0), None));
    sending.join().unwrap();
}

#[test]
fn a_port_that_is_taken_ends_the_start_with_1_and_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let both = format!("{}{}", listener("free", ""), listener_on(port));
    let mut as_qdrouterd = command();
    as_qdrouterd.arg0("qdrouterd");
    let mut as_run = command();
    as_run.arg("run");
    for (command, name) in [(as_run, "crossdock"), (as_qdrouterd, "qdrouterd")] {
        let (output, took) = run_to_end(command, &both);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(took < Duration::from_secs(5), "{took:?}");
        let reason = format!("Listener error on 127.0.0.1:{port}: Address already in use");
        for line in [
            format!("SERVER (error) {reason}"),
            format!("SERVER (critical) Shutting down, required listener failed 127.0.0.1:{port}"),
            format!("MAIN (critical) Router start-up failed: {reason}"),
        ] {
            assert!(stderr.lines().any(|logged| logged.contains(&line)), "no '{line}' in\n{stderr}");
        }
        assert!(
            stderr.lines().any(|line| line.starts_with(&format!("{name}: ")) && line.contains(&reason)),
            "{stderr}"
        );
    }
}

#[test]
fn the_place_of_qdrouterd_can_be_taken_by_command_and_by_name() {
    let router = Router::run(command(), &["qdrouterd", "-I", ".", "-T"], "plain", &listener("plain", ""));
    Pair::new(&router).exchange();
    drop(router);
    let place = folder();
    let link = place.join("qdrouterd");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_crossdock"), &link).unwrap();
    let router = Router::run(Command::new(&link), &["-I", "/nowhere", "--test-hooks"], "plain", &listener("plain", ""));
    Pair::new(&router).exchange();
    drop(router);
    std::fs::remove_dir_all(place).unwrap();
}

#[test]
fn a_daemon_serves_when_its_parent_ends_and_goes_on_term() {
    let (folder, port) = (folder(), free_port());
    std::fs::write(folder.join("router.conf"), format!("router {{\nid: R\n}}\n{}", listener_on(port))).unwrap();
    let status = command()
        .args(["qdrouterd", "-c", "router.conf", "-d", "-P", "router.pid"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    let pid = std::fs::read_to_string(folder.join("router.pid")).unwrap();
    assert!(pid.ends_with('\n'), "{pid:?}");
    let pid: i32 = pid.trim().parse().unwrap();
    let mut peer = Peer::session(port);
    peer.attach_receiver(0, 0, "a");
    kill(Pid::from_raw(pid), Signal::SIGTERM).unwrap();
    is_sent_away(peer);
    // Gone, or waiting to be buried.
    let deadline = Instant::now() + PATIENCE;
    let lives = || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    while lives() {
        assert!(Instant::now() < deadline, "the daemon lives on");
        std::thread::yield_now();
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_daemon_that_cannot_start_is_reported_by_its_parent() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut command = command();
    command.args(["qdrouterd", "-d"]).stdin(Stdio::null());
    let (output, took) = run_to_end(command, &listener_on(port));
    assert_eq!(output.status.code(), Some(1));
    assert!(took < Duration::from_secs(5), "{took:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains(&format!("Listener error on 127.0.0.1:{port}: Address already in use")), "{stderr}");
}

#[test]
fn messages_go_from_one_listener_to_another() {
    let sections = [listener("one", ""), listener("two", "maxFrameSize: 4096")].concat();
    let router = Router::with("one two", &sections);
    assert_ne!(router.port_of("one"), router.port_of("two"));
    let (mut consumer, mut producer) = (Peer::session(router.port_of("two")), Peer::session(router.port_of("one")));
    consumer.attach_receiver(0, 0, "a");
    consumer.grant(0, 0, 0, 1);
    producer.attach_sender(0, 0, Some("a"));
    let content = message(&[1; 50_000]);
    producer.send_message(0, 0, false, &content);
    assert_eq!(consumer.next_message(), (0, content));
}

#[test]
fn a_listener_can_have_an_ipv6_address() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("no IPv6 here");
        return;
    }
    for host in ["::1", "[::1]"] {
        let router = Router::with("six", &format!("listener {{\nname: six\nhost: {host}\nport: 0\n}}\n"));
        let mut stream = std::net::TcpStream::connect(("::1", router.port_of("six"))).unwrap();
        std::io::Write::write_all(&mut stream, &amqp_header()).unwrap();
        let mut answer = [0; 8];
        std::io::Read::read_exact(&mut stream, &mut answer).unwrap();
        assert_eq!(answer, amqp_header());
    }
}

#[test]
fn a_router_can_be_started_on_the_port_of_the_one_that_just_ended() {
    let port = free_port();
    for _ in 0..5 {
        let router = Router::with("", &listener_on(port));
        router.wait_for("the listener", |line| line.contains(&format!("Listening on 127.0.0.1:{port}")));
        let mut peer = Peer::session(port);
        peer.attach_receiver(0, 0, "a");
        // The router closes first: its end of the connection stays in TIME_WAIT.
        let farewell = std::thread::spawn(move || is_sent_away(peer));
        drop(router);
        farewell.join().unwrap();
    }
}

#[test]
fn a_log_that_nobody_reads_any_more_does_not_end_the_router() {
    let folder = folder();
    let port = free_port();
    std::fs::write(folder.join("router.conf"), listener_on(port)).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut child = command()
        .args(["run", "-c", "router.conf"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stderr(writer)
        .spawn()
        .unwrap();
    // As soon as it has written something, there is nobody to read more.
    let mut reader = reader;
    std::io::Read::read_exact(&mut reader, &mut [0; 10]).unwrap();
    drop(reader);
    let deadline = Instant::now() + PATIENCE;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none(), "the router does not listen");
    }
    let mut peer = Peer::session(port);
    peer.attach_receiver(0, 0, "a");
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).unwrap();
    is_sent_away(peer);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_router_without_file_descriptors_waits_for_some() {
    let mut shell = Command::new("sh");
    let script = format!("ulimit -n 40 && exec {} run \"$@\"", env!("CARGO_BIN_EXE_crossdock"));
    shell.args(["-c", &script, "sh"]);
    let router = Router::run(shell, &[], "plain", &listener("plain", ""));
    let mut pair = Pair::new(&router);
    let cpu = router.cpu();
    let many: Vec<Peer> = (0..60).map(|_| Peer::connect(router.port())).collect();
    router.wait_for("an error", |line| line.contains("Too many open files"));
    for _ in 0..100 {
        pair.exchange();
    }
    assert!(router.cpu() - cpu < Duration::from_secs(1), "{:?}", router.cpu() - cpu);
    drop(many);
    Pair::new(&router).exchange();
    pair.exchange();
}
