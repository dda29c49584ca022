//! What a configuration makes the node ask of the shell.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without")]

use crossdock_amqp::engine::Time;
use crossdock_router::{
    ConnectionCounts, ConnectorFare, LogLine, Node, Platform, Refusal, RouterMode, RouterSettings, Shared,
};
use crossdock_schema::{Connector, Listener, Log, parse};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

/// Notes what it is asked for. Ports below 1000 cannot be listened on.
#[derive(Clone, Debug, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn note(&self, what: &str, identity: &str) {
        self.0.lock().unwrap().push(format!("{what} {identity}"));
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Platform for Notes {
    fn open_listener(&mut self, identity: &str, listener: &Listener) -> Result<(), Refusal> {
        self.note("listen", identity);
        match listener.port.parse::<u16>() {
            Ok(..1000) => Err(Refusal::bad_request("Permission denied")),
            Ok(1000..) | Err(_) => Ok(()),
        }
    }

    fn close_listener(&mut self, identity: &str) {
        self.note("close listener", identity);
    }

    fn open_connector(&mut self, identity: &str, _: &Connector) -> Result<(), Refusal> {
        self.note("connect", identity);
        Ok(())
    }

    fn close_connector(&mut self, identity: &str) {
        self.note("close connector", identity);
    }

    fn connector_state(&self, _: &str) -> Option<ConnectorFare> {
        None
    }

    fn set_log(&mut self, _: &Log) -> Result<(), Refusal> {
        Ok(())
    }

    fn log_counts(&self, _: &str) -> [u64; 7] {
        [0; 7]
    }

    fn for_each_log_line(&self, _: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>) {}

    fn connection_counts(&self) -> ConnectionCounts {
        ConnectionCounts::default()
    }

    fn host_name(&self) -> Option<String> {
        Some("lighthouse".into())
    }

    fn unix_time(&self) -> i64 {
        0
    }

    fn memory_usage(&self) -> Option<u64> {
        None
    }

    fn worker_threads(&self) -> u32 {
        1
    }
}

fn configure(text: &str) -> (Result<(), String>, Vec<String>, Arc<Shared>) {
    let settings = RouterSettings::new("A", RouterMode::Standalone, 1);
    let shared = Shared::new(&settings, Box::new(|| [0; 15]));
    let mut node = Node::new(Arc::clone(&shared), Time::from_millis(0));
    let notes = Notes::default();
    node.set_platform(Box::new(notes.clone()));
    let (configuration, _) = parse("test.conf", text).unwrap();
    let result = node.configure(&configuration).map_err(|failure| format!("{}: {failure}", failure.address));
    (result, notes.all(), shared)
}

const CONNECTOR: &str = "connector {\n host: 127.0.0.1\n port: 5\n}\n";

#[test]
fn listeners_listen_before_connectors_connect() {
    let (result, asked, _) =
        configure(&format!("{CONNECTOR}listener {{\n host: 127.0.0.1\n port: 5672\n name: l\n}}\n"));
    assert_eq!(result, Ok(()));
    assert_eq!(asked, ["listen listener/127.0.0.1:5672:l", "connect connector/127.0.0.1:5"]);
}

#[test]
fn a_router_that_cannot_listen_connects_to_nobody_and_says_why() {
    let (result, asked, _) = configure(&format!("listener {{\n host: 127.0.0.1\n port: 80\n}}\n{CONNECTOR}"));
    assert_eq!(result, Err("127.0.0.1:80: Permission denied".to_owned()));
    assert_eq!(asked, ["listen listener/127.0.0.1:80"]);
}

#[test]
fn two_connectors_to_one_place_are_two() {
    let (_, asked, _) = configure(&format!("{CONNECTOR}{CONNECTOR}"));
    assert_eq!(asked, ["connect connector/127.0.0.1:5", "connect connector/127.0.0.1:5/2"]);
}

#[test]
fn of_two_addresses_with_one_pattern_the_first_counts() {
    let address = |distribution| format!("address {{\n prefix: p\n distribution: {distribution}\n}}\n");
    let (result, _, shared) = configure(&format!("{}{}", address("multicast"), address("closest")));
    assert_eq!(result, Ok(()));
    let settings = shared.configured(shared.classify("p/x")).unwrap();
    assert_eq!(settings.treatment, crossdock_core::address::Treatment::Multicast);
}
