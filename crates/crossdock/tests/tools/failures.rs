//! What is said when there is no answer, and the exit statuses.

use std::net::TcpListener;

use fe2o3_amqp_types::primitives::{OrderedMap, Value};

use crate::captures::Capture;
use crate::router::{Answer, Router};
use crate::{run, run_as};

/// The URL of a port on which nobody listens.
fn deserted() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn a_refused_connection_is_told_with_its_address() {
    let bus = deserted();
    let ran = run(&["stat", "-b", &bus]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains(&format!("cannot connect to {bus}: Connection refused")), "{ran:?}");
    let ran = run_as("qdstat", &["-b", &bus], "");
    assert_eq!(ran.status, Some(1));
    assert!(ran.stdout.starts_with("ConnectionException: ") && ran.stderr.is_empty(), "{ran:?}");
}

#[test]
fn an_unknown_host_is_told() {
    let ran = run(&["stat", "-b", "nowhere.invalid"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains("host nowhere.invalid not found"), "{ran:?}");
}

#[test]
fn a_silent_peer_is_given_up_after_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let bus = listener.local_addr().unwrap().to_string();
    let ran = run(&["stat", "-b", &bus, "-t", "0.2"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains("timed out after 0.2 s") && ran.stderr.contains(&bus), "{ran:?}");
}

#[test]
fn a_router_that_does_not_answer_is_given_up_after_the_timeout() {
    let router = Router::start(|_| None);
    let ran = run_as("qdmanage", &["get-types", "-b", &router.bus(), "-t", "0.2"], "");
    assert_eq!(ran.status, Some(1));
    let expected = "Timeout: timed out after 0.2 s: waiting for $management to answer the request GET-TYPES\n";
    assert_eq!(ran.stdout, expected);
}

#[test]
fn a_peer_that_hangs_up_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let bus = listener.local_addr().unwrap().to_string();
    let peer = std::thread::spawn(move || drop(listener.accept().unwrap()));
    let ran = run(&["stat", "-b", &bus]);
    peer.join().unwrap();
    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains(&bus), "{ran:?}");
}

#[test]
fn an_unknown_router_is_told_at_once_with_those_that_exist() {
    let router = Capture::read("stat-all-routers").router();
    let ran = run(&["stat", "-r", "C", "-b", &router.bus()]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains("no router C in the network; there are: A, B"), "{ran:?}");
}

#[test]
fn a_refusal_has_its_status_in_it() {
    let router = Router::start(|_| Some(Answer::new(404, "No entity with name=x", Value::Map(OrderedMap::new()))));
    let ran = run(&["manage", "read", "--name", "x", "-b", &router.bus()]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("No entity with name=x (404)"), "{ran:?}");
    for (status, name) in [
        (400, "BadRequestStatus"),
        (401, "UnauthorizedStatus"),
        (403, "ForbiddenStatus"),
        (404, "NotFoundStatus"),
        (500, "InternalServerErrorStatus"),
        (501, "NotImplementedStatus"),
    ] {
        let router = Router::start(move |_| Some(Answer::new(status, "text", Value::Null)));
        let ran = run_as("qdmanage", &["read", "--name", "x", "-b", &router.bus()], "");
        assert_eq!((ran.status, ran.stdout), (Some(1), format!("{name}: text\n")));
    }
}

#[test]
fn an_answer_without_rows_or_status_is_no_answer() {
    let bodies = [Value::Null, Value::List(Vec::new()), Value::Map(OrderedMap::new())];
    for body in bodies {
        let router = Router::start(move |_| Some(Answer::new(200, "OK", body.clone())));
        let ran = run(&["stat", "-c", "-b", &router.bus()]);
        assert_eq!(ran.status, Some(1));
        assert!(ran.stderr.contains("makes no sense"), "{ran:?}");
    }
}

#[test]
fn one_view_is_shown_at_a_time() {
    let ran = run(&["stat", "-g", "-c"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""));
    let ran = run(&["stat", "--all-routers", "-r", "A"]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    let ran = run(&["stat", "--csv", "--json"]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
}

#[test]
fn the_stock_names_tell_the_stock_version() {
    for name in ["qdstat", "/usr/bin/qdmanage"] {
        assert_eq!(run_as(name, &["--version"], "").stdout, "1.19.0\n");
    }
}
