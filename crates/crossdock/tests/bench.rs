//! The load generator against a router, both as processes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_crossdock");

const CONFIGURATION: &str = "
    router { mode: standalone  id: BENCH }
    listener { host: 127.0.0.1  port: 0 }
    address { prefix: multicast  distribution: multicast }
";

struct Router {
    process: Child,
    /// Where its listeners listen, in order.
    servers: Vec<String>,
}

impl Router {
    fn start(name: &str) -> Self {
        Self::configured(name, CONFIGURATION)
    }

    /// With a configuration whose sections and attributes are two blanks apart.
    fn configured(name: &str, configuration: &str) -> Self {
        let path = std::env::temp_dir().join(format!("crossdock-bench-{}-{name}.conf", std::process::id()));
        let mut file = std::fs::File::create(&path).unwrap();
        // One section or attribute a line is what the format asks for.
        let text = configuration.replace("{ ", "{\n").replace("  ", "\n").replace(" }", "\n}");
        file.write_all(text.as_bytes()).unwrap();
        let mut process = Command::new(PROGRAM)
            .args(["run", "-c"])
            .arg(&path)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        let mut servers = Vec::new();
        while servers.len() < configuration.matches("listener").count() {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the router ended");
            if let Some((_, rest)) = line.split_once("Listening on ") {
                servers.push(rest.split_whitespace().next().unwrap().to_owned());
            }
        }
        // The log is read to its end so that the router can go on writing it.
        std::thread::spawn(move || log.lines().count());
        let _ = std::fs::remove_file(path);
        Self { process, servers }
    }

    fn bench(&self, arguments: &str) -> (Output, Value) {
        let pid = self.process.id().to_string();
        let output = Command::new(PROGRAM)
            .args(["bench", &self.servers[0], "--json", "--pid", &pid])
            .args(arguments.split_whitespace())
            .output()
            .unwrap();
        let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output, report)
    }

    /// A run in which nothing may be lost.
    fn bench_well(&self, arguments: &str) -> Value {
        let (output, report) = self.bench(arguments);
        assert!(output.status.success(), "{arguments}: {output:?}");
        assert_eq!(report["ok"], true);
        report
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn every_message_arrives_once_and_in_order() {
    let router = Router::start("traffic");
    for (arguments, received) in [
        ("--messages 3000 --pairs 3 --size 16", 3000),
        ("--messages 3000 --senders 2 --receivers 3", 3000),
        ("--messages 3000 --threads 2 --pairs 2 --credit 1 --plain", 3000),
        ("--messages 3000 --settled --receiver-rate 10000", 3000),
        ("--messages 30 --size 300000 --frame-size 4096 --window 10", 30),
        ("--messages 500 --fan-out 4 --address multicast/a", 2000),
    ] {
        let traffic = &router.bench_well(arguments)["traffic"];
        assert_eq!(traffic["received"], received, "{arguments}");
        for none in ["lost", "duplicated", "unsettled", "foreign"] {
            assert_eq!(traffic[none], 0, "{arguments}: {none}");
        }
    }
}

#[test]
fn a_schedule_is_kept_and_latency_counts_from_it() {
    let router = Router::start("rate");
    let report = router.bench_well("--rate 2000 --messages 500 --pairs 2");
    let traffic = &report["traffic"];
    // 250 messages per sender at 1000 per second.
    assert!(report["seconds"].as_f64().unwrap() >= 0.249, "{report}");
    assert_eq!(traffic["latency"]["samples"], 500);
    assert!(traffic["latency"]["p50_us"].as_f64().unwrap() > 0.0);
}

#[test]
fn idle_connections_and_churn_are_measured() {
    let router = Router::start("idle");
    let report = router.bench_well("--connections 50 --duration 0.1");
    assert_eq!(report["idle"]["connections"], 50);
    assert!(report["processes"][0]["kib_per_connection"].is_number());
    let report = router.bench_well("--churn 500 --connections 2");
    assert_eq!(report["churn"]["cycles"], 500);
}

#[test]
fn routers_of_a_network_are_measured_together() {
    let client = "listener { host: 127.0.0.1  port: 0 }";
    let inner = "listener { host: 127.0.0.1  port: 0  role: inter-router }";
    let far = Router::configured("far", &format!("router {{ mode: interior  id: B }}  {client}  {inner}"));
    let port = far.servers[1].rsplit(':').next().unwrap();
    let connector = format!("connector {{ host: 127.0.0.1  port: {port}  role: inter-router }}");
    let near = Router::configured("near", &format!("router {{ mode: interior  id: A }}  {client}  {connector}"));
    let (server, pid) = (&far.servers[0], far.process.id());
    let report = near.bench_well(&format!("--messages 3000 --receive-from {server} --pid {pid}"));
    assert_eq!((&report["traffic"]["received"], &report["together"]["hops"]), (&3000.into(), &2.into()));
    let each = |index: usize| report["processes"][index]["cpu_us_per_message"].as_f64().unwrap();
    let together = report["together"]["cpu_us_per_message"].as_f64().unwrap();
    assert!((together - each(0) - each(1)).abs() < 1e-6, "{report}");
    let hop = report["together"]["cpu_us_per_message_and_hop"].as_f64().unwrap();
    assert!((together - 2.0 * hop).abs() < 1e-6, "{report}");
}

#[test]
fn a_server_that_is_not_there_is_a_failure() {
    let output = Command::new(PROGRAM).args(["bench", "127.0.0.1:1", "--messages", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("connect to 127.0.0.1:1"), "{output:?}");
}

#[test]
fn receivers_that_wait_in_vain_are_a_failure() {
    let router = Router::start("vain");
    let (output, report) = router.bench("--senders 0 --receivers 1 --messages 5 --duration 0.2");
    assert_eq!(report["traffic"]["received"], 0);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}
