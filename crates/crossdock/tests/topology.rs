//! Topologies, started for real.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// A mesh that runs, and is ended with its test.
struct Up {
    child: Child,
    ready: Value,
}

impl Up {
    /// Starts a mesh on free ports; returns when it is ready.
    fn start(file: &Path) -> Self {
        Self::start_with(&[], file)
    }

    fn start_with(options: &[&str], file: &Path) -> Self {
        let mut child = command()
            .args(["topology", "up", "--free-ports", "--ready"])
            .args(options)
            .arg(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("{} did not start: {said}", file.display());
        }
        Up { child, ready: serde_json::from_str(&line).unwrap() }
    }

    /// Where clients connect to a router.
    fn url(&self, router: &str) -> String {
        let listeners = self.ready["routers"][router]["listeners"].as_object().unwrap();
        let (_, address) = listeners.iter().find(|(name, _)| *name != "routers").unwrap();
        address.as_str().unwrap().to_owned()
    }

    fn pid(&self, router: &str) -> Pid {
        Pid::from_raw(i32::try_from(self.ready["routers"][router]["pid"].as_i64().unwrap()).unwrap())
    }

    /// Process ids of all routers and brokers that are processes of their own.
    fn pids(&self) -> Vec<i64> {
        let of = |what: &str| self.ready[what].as_object().unwrap().values().filter_map(|one| one["pid"].as_i64());
        of("routers").chain(of("brokers")).collect()
    }

    /// The log of a router or broker.
    fn log(&self, id: &str) -> String {
        let folder = Path::new(self.ready["logs"].as_str().unwrap());
        std::fs::read_to_string(folder.join(format!("{id}.log"))).unwrap()
    }

    /// Ends it as Ctrl-C does; returns the exit status and what it said.
    fn stop(mut self) -> (Option<i32>, String) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGINT).unwrap();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // Its children end with it when it is told to end; so it is not killed.
        let _ = kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossdock"));
    command.env_remove("RUST_BACKTRACE");
    command
}

fn diff(file: &Path, url: &str) -> (Option<i32>, Value) {
    let Output { status, stdout, stderr } =
        command().args(["topology", "diff", "--any-ports", "--json", "--live", url]).arg(file).output().unwrap();
    let answer = serde_json::from_slice(&stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&stderr)));
    (status.code(), answer)
}

fn texts(answer: &Value) -> Vec<&str> {
    answer["differences"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect()
}

fn topology(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../topologies/{name}.yaml"))
}

/// A file that is there until the end of the tests.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}.yaml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}

/// Starts a topology of the repository: every next hop and cost is that of the plan, and all else is as in the file.
fn runs_as_planned(name: &str, router: &str) {
    runs_as_planned_with(&[], name, router);
}

fn runs_as_planned_with(options: &[&str], name: &str, router: &str) {
    let up = Up::start_with(options, &topology(name));
    let (status, answer) = diff(&topology(name), &up.url(router));
    assert_eq!((status, texts(&answer)), (Some(0), Vec::new()), "{name}");
    let (status, said) = up.stop();
    assert_eq!(status, Some(0), "{said}");
}

#[test]
fn single_runs_as_planned() {
    runs_as_planned("single", "dock");
}

#[test]
fn triangle_runs_as_planned() {
    runs_as_planned("triangle", "dock-2");
}

#[test]
fn line_3_runs_as_planned() {
    runs_as_planned("line-3", "west");
}

#[test]
fn hub_and_spoke_runs_as_planned() {
    runs_as_planned("hub-and-spoke", "branch-3");
}

#[test]
fn two_datacentres_run_as_planned() {
    runs_as_planned("two-datacentres", "rome-3");
}

#[test]
fn iot_gateway_runs_as_planned() {
    runs_as_planned("iot-gateway", "edge-2");
}

#[test]
#[ignore = "a hundred processes: run it by hand"]
fn ring_100_runs_as_planned() {
    runs_as_planned("ring-100", "r050");
}

#[test]
fn in_one_process_two_datacentres_run_as_planned() {
    runs_as_planned_with(&["--in-process"], "two-datacentres", "oslo-2");
}

#[test]
fn in_one_process_ring_100_runs_as_planned() {
    runs_as_planned_with(&["--in-process"], "ring-100", "r050");
}

#[test]
fn in_one_process_each_router_has_its_own_log() {
    let up = Up::start_with(&["--in-process"], &file("logs", TWO));
    assert_eq!(up.pids(), [0; 0], "there are no other processes");
    for (id, other) in [("a", "b"), ("b", "a")] {
        let log = up.log(id);
        let says =
            |what: &str| log.contains(&format!("ROUTER (info) Router started in Interior mode, area=0 id={what}"));
        assert!(says(id) && !says(other), "{log}");
        assert!(log.contains("SERVER (notice) Listening on 127.0.0.1:"), "{log}");
    }
    assert!(up.log("store").contains("Listening on 127.0.0.1:"));
    let logs = PathBuf::from(up.ready["logs"].as_str().unwrap());
    let (status, said) = up.stop();
    assert_eq!((status, logs.exists()), (Some(0), false), "{said}");
}

#[test]
fn in_one_process_a_router_that_fails_is_told() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-no-log", std::process::id()));
    // Where its log is to be, no file can be.
    std::fs::create_dir_all(folder.join("logs/b.log")).unwrap();
    let mut up = command();
    up.args(["topology", "up", "--free-ports", "--in-process", "--dir"]).arg(&folder).arg(file("no-log", TWO));
    let Output { status, stderr, .. } = up.output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("b has ended (log file ") && said.contains("Is a directory"), "{said}");
}

#[test]
fn children_end_with_their_parent_even_if_that_is_killed() {
    let mut up = Up::start(&file("orphans", TWO));
    let children = up.pids();
    assert_eq!(children.len(), 3);
    up.child.kill().unwrap();
    up.child.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    for pid in children {
        // Of one that has ended and is not waited for, there is no command line.
        while std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty()) {
            assert!(Instant::now() < deadline, "the child {pid} lives on");
            std::thread::yield_now();
        }
    }
    // Nobody else could.
    std::fs::remove_dir_all(Path::new(up.ready["logs"].as_str().unwrap()).parent().unwrap()).unwrap();
}

const TWO: &str = "
routers:
  - id: a
    listeners: [{name: clients, port: 21001}, {name: routers, port: 21002, role: inter-router}]
  - id: b
    listeners: [{name: clients, port: 21003}]
connections: [{from: b, to: a, cost: 3}]
addresses: [{prefix: news, distribution: multicast}]
brokers: [{id: store, routers: a, embedded: yes, port: 21004}]
autoLinks: [{address: news, broker: store, direction: out}]
accept:
  - {warning: single-point-of-failure, because: this is a test}
";

#[test]
fn diff_tells_what_is_not_as_in_the_file() {
    let up = Up::start(&file("two", TWO));
    let url = up.url("b");
    let other = TWO
        .replace("cost: 3", "cost: 5")
        .replace("multicast", "closest")
        .replace("{name: clients, port: 21001}, ", "{name: services, port: 21001}, ")
        .replace(
            "connections:",
            "  - {id: c, listeners: [{port: 21009}]}\nconnections: [{from: c, to: a}]\nxconnections:",
        )
        .replace(
            "connections: [{from: c, to: a}]\nxconnections: [{from: b, to: a, cost: 5}]",
            "connections: [{from: c, to: a}, {from: b, to: a, cost: 5}]",
        );
    let (status, answer) = diff(&file("other", &other), &url);
    assert_eq!(status, Some(1));
    assert_eq!(
        texts(&answer),
        [
            "c: the mesh has no such router",
            "a: no listener services",
            "a: the listener clients is not in the file",
            "a: address news has distribution 'multicast'; in the file 'closest'",
            "a: the way to b has cost 3 by b; planned is cost 5 by b",
            "b: connector to-a has cost '3'; in the file '5'",
            "b: address news has distribution 'multicast'; in the file 'closest'",
            "b: the way to a has cost 3 by a; planned is cost 5 by a",
        ]
    );
}

#[test]
fn a_process_that_ends_by_itself_is_told_and_makes_the_end_unclean() {
    let up = Up::start(&file("lost", TWO));
    kill(up.pid("a"), Signal::SIGKILL).unwrap();
    let mut up = up;
    let mut said = BufReader::new(up.child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("a has ended (signal: 9 (SIGKILL)") {
        line.clear();
        assert_ne!(said.read_line(&mut line).unwrap(), 0, "nobody said that a has ended");
    }
    kill(Pid::from_raw(i32::try_from(up.child.id()).unwrap()), Signal::SIGINT).unwrap();
    assert_eq!(up.child.wait().unwrap().code(), Some(1));
}

#[test]
fn ports_that_are_taken_are_told_before_anything_starts() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let text = format!("routers: [{{id: a, listeners: [{{name: clients, port: {port}}}]}}]\n");
    let output = command().args(["topology", "up"]).arg(file("taken", &text)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("port {port} of listener clients of a: Address already in use")), "{said}");
}

/// Messages from one router to another, one behind the other, until it is enough.
struct Flow {
    sender: Child,
    receiver: Child,
    writer: JoinHandle<usize>,
    enough: Arc<AtomicBool>,
    outcomes: PathBuf,
    arrivals: PathBuf,
}

impl Flow {
    fn start(name: &str, from: &str, to: &str) -> Self {
        let path =
            |end: &str| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}-{end}", std::process::id()));
        let (outcomes, arrivals) = (path("outcomes"), path("arrivals"));
        let mut receiver = command()
            .args(["receive", name, "--ready", "--pause", "0.001", "-b", to])
            .stdout(File::create(&arrivals).unwrap())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(receiver.stderr.take().unwrap());
        while !line.starts_with("ready:") {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "no receiver of {name}");
        }
        let mut sender = command()
            .args(["send", name, "-b", from])
            .stdin(Stdio::piped())
            .stdout(File::create(&outcomes).unwrap())
            .spawn()
            .unwrap();
        let mut stdin = sender.stdin.take().unwrap();
        let enough = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&enough);
        // Long lines, so that few of them wait in the pipe.
        let writer = std::thread::spawn(move || {
            let mut count = 0;
            while !until.load(Ordering::Relaxed) && writeln!(stdin, "{count:01000}").is_ok() {
                count += 1;
            }
            count
        });
        Flow { sender, receiver, writer, enough, outcomes, arrivals }
    }

    /// Ends it: how many messages there were, what the sender was told of them, and how many different ones arrived.
    fn stop(mut self) -> (usize, Vec<String>, usize) {
        self.enough.store(true, Ordering::Relaxed);
        let count = self.writer.join().unwrap();
        assert!(self.sender.wait().unwrap().code().is_some());
        // Who was started in the background by a script ignores SIGINT, and so do its children.
        kill(Pid::from_raw(i32::try_from(self.receiver.id()).unwrap()), Signal::SIGTERM).unwrap();
        self.receiver.wait().unwrap();
        let lines = |path: &Path| -> Vec<String> {
            std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
        };
        let mut arrivals = lines(&self.arrivals);
        arrivals.sort();
        arrivals.dedup();
        (count, lines(&self.outcomes), arrivals.len())
    }
}

fn apply(file: &Path, url: &str, options: &[&str]) -> (Option<i32>, Value) {
    let mut command = command();
    command.args(["topology", "apply", "--any-ports", "--json", "--live", url]).args(options).arg(file);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let answer = serde_json::from_slice(&stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&stderr)));
    (status.code(), answer)
}

const RING: &str = "
routers:
  - id: a
    listeners: [{name: clients, port: 22001}, {name: routers, port: 22002, role: inter-router}]
  - id: b
    listeners: [{name: clients, port: 22003}, {name: routers, port: 22004, role: inter-router}]
  - id: c
    listeners: [{name: clients, port: 22005}]
connections: [{from: b, to: a, cost: 3}, {from: c, to: a, cost: 4}, {from: c, to: b, cost: 4}]
brokers:
  - {id: store, routers: a, embedded: yes, port: 22006}
  - {id: depot, routers: b, embedded: yes, port: 22007}
addresses: [{prefix: news, distribution: multicast}, {pattern: stock, waypoint: yes}, {pattern: event, waypoint: yes}]
autoLinks: [{address: stock, broker: store, direction: both}]
shards: [{name: ev, address: event, key: group-id, members: [{broker: store}]}]
";

#[test]
fn what_changes_in_the_file_is_applied_while_messages_flow_and_none_is_lost_or_released() {
    let up = Up::start(&file("ring", RING));
    let url = up.url("c");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = RING
        .replace("{from: b, to: a, cost: 3}", "{from: b, to: a, cost: 5}")
        .replace(
            "{name: clients, port: 22001}",
            &format!("{{name: clients, port: 22001}}, {{name: more, port: {port}}}"),
        )
        .replace("distribution: multicast", "distribution: closest")
        .replace("{id: store, routers: a,", "{id: store, routers: [a, b],")
        .replace("{address: stock, broker: store,", "{address: stock, broker: \"*\",")
        .replace("members: [{broker: store}]", "members: [{broker: store}, {broker: depot}]")
        + "linkRoutes: [{prefix: archive, broker: depot, direction: both}]\n";
    let changed = file("ring-changed", &text);
    let before = diff(&changed, &url);

    let (status, plan) = apply(&changed, &url, &["--dry-run"]);
    assert_eq!(status, Some(0), "{plan:#}");
    assert!(plan["steps"].as_array().unwrap().iter().all(|step| step["done"] == false));
    assert_eq!(diff(&changed, &url), before, "a dry run touches nothing");

    let flows = [Flow::start("there", &up.url("b"), &up.url("a")), Flow::start("back", &up.url("a"), &up.url("b"))];
    let (status, answer) = apply(&changed, &url, &[]);
    assert_eq!(status, Some(0), "{answer:#}");
    let steps = |answer: &Value| answer["steps"].as_array().unwrap().len();
    assert_eq!(steps(&answer), steps(&plan));
    for flow in flows {
        let (count, outcomes, arrivals) = flow.stop();
        let others: Vec<&String> = outcomes.iter().filter(|outcome| *outcome != "accepted").collect();
        assert_eq!(others, Vec::<&String>::new());
        assert!(count > 100, "{count} messages are no flow");
        assert_eq!((outcomes.len(), arrivals), (count, count));
    }
    let (status, answer) = diff(&changed, &url);
    assert_eq!((status, texts(&answer)), (Some(0), Vec::new()));
    let (status, answer) = apply(&changed, &url, &[]);
    assert_eq!((status, steps(&answer)), (Some(0), 0));

    // And back: what the first file does not have goes.
    let ring = file("ring", RING);
    let (status, answer) = apply(&ring, &url, &["--prune"]);
    assert_eq!(status, Some(0), "{answer:#}");
    let (status, answer) = diff(&ring, &url);
    assert_eq!((status, texts(&answer)), (Some(0), Vec::new()));
    let (status, said) = up.stop();
    assert_eq!(status, Some(0), "{said}");
}

#[test]
fn a_step_that_fails_ends_it_and_the_next_run_goes_on_from_there() {
    let up = Up::start(&file("stopped", RING));
    let url = up.url("c");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let text = RING
        .replace(
            "{name: clients, port: 22001}",
            &format!("{{name: clients, port: 22001}}, {{name: more, host: 127.0.0.1, port: {port}}}"),
        )
        .replace("prefix: news", "prefix: olds");
    let changed = file("stopped-changed", &text);
    let (status, answer) = apply(&changed, &url, &[]);
    assert_eq!((status, &answer["stopped"]["step"]), (Some(1), &Value::from(1)), "{answer:#}");
    assert!(answer["stopped"]["problem"].as_str().unwrap().contains("Address already in use"), "{answer:#}");
    drop(taken);
    let (status, answer) = apply(&changed, &url, &[]);
    assert_eq!(status, Some(0), "{answer:#}");
    assert_eq!(answer["leftAlone"].as_array().unwrap().len(), 3, "the old address section of each router");
}

fn plan(name: &str, options: &[&str]) -> (Option<i32>, String) {
    let output = command().args(["topology", "plan"]).args(options).arg(topology(name)).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn plan_json(name: &str, options: &[&str]) -> (Option<i32>, Value) {
    let (status, text) = plan(name, &[options, &["--json"]].concat());
    (status, serde_json::from_str(&text).unwrap())
}

#[test]
fn plan_shows_the_mesh_its_costs_and_the_ways_of_clients() {
    let (status, text) = plan("line-3", &[]);
    assert_eq!(status, Some(0));
    for part in ["west", "middle", "costs", "client classes", "parcels/heavy"] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    let (status, answer) = plan_json("line-3", &[]);
    assert_eq!(status, Some(0));
    let route = answer["routes"].as_array().unwrap().iter().find(|one| one["from"] == "west" && one["to"] == "east");
    let path = &route.unwrap()["path"];
    assert_eq!((&path["cost"], &path["hops"]), (&Value::from(5), &Value::from(2)));
    assert_eq!(path["routers"], serde_json::json!(["west", "middle", "east"]));
}

#[test]
fn plan_without_a_connection_shows_which_ways_take_its_place() {
    let (status, answer) = plan_json("two-datacentres", &["--without", "oslo-1-rome-1"]);
    assert_eq!(status, Some(0));
    assert_eq!(answer["without"], serde_json::json!(["connection oslo-1-rome-1"]));
    let routes = answer["routes"].as_array().unwrap();
    let change =
        routes.iter().find(|one| one["before"]["from"] == "oslo-1" && one["before"]["to"] == "rome-1").unwrap();
    assert_eq!(change["before"]["path"]["routers"], serde_json::json!(["oslo-1", "rome-1"]));
    assert_eq!(change["after"]["path"]["routers"], serde_json::json!(["oslo-1", "oslo-2", "rome-2", "rome-1"]));
    let (_, text) = plan("two-datacentres", &["--without", "oslo-1-rome-1"]);
    assert!(text.contains("Without connection oslo-1-rome-1"), "{text}");
    let (status, _) = plan("two-datacentres", &["--without", "nobody"]);
    assert_eq!(status, Some(2));
}

#[test]
fn plan_of_all_failures_tells_by_its_status_whether_addresses_survive() {
    let (status, answer) = plan_json("iot-gateway", &["--all-failures"]);
    assert_eq!((status, &answer["survives"]), (Some(0), &Value::from(true)), "{answer:#}");
    let (status, answer) = plan_json("line-3", &["--all-failures"]);
    assert_eq!((status, &answer["survives"]), (Some(1), &Value::from(false)));
    let failures = answer["failures"].as_array().unwrap();
    let middle = failures.iter().find(|one| one["lost"] == "router middle").unwrap();
    assert!(!middle["losses"].as_array().unwrap().is_empty());
    let (status, text) = plan("line-3", &["--all-failures"]);
    assert_eq!(status, Some(1));
    assert!(text.contains("without router middle:"), "{text}");
}

#[test]
fn draw_strikes_out_what_has_failed() {
    let draw = |options: &[&str]| {
        let output =
            command().args(["topology", "draw", "-o", "-"]).args(options).arg(topology("triangle")).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (_, whole) = draw(&[]);
    assert!(!whole.contains("class=\"cross\""));
    let (status, picture) = draw(&["--without", "dock-1"]);
    assert_eq!(status, Some(0));
    assert!(picture.contains("without router dock-1"), "the title says so");
    // One in the picture and one in the legend.
    assert_eq!(picture.matches("class=\"cross\"").count(), 2);
    assert_eq!(picture.matches("class=\"lost\"").count(), 3, "its two connections, and the legend");
    assert_eq!(draw(&["--without", "nobody"]).0, Some(2));
}

fn simulate(name: &str, options: &[&str]) -> (Option<i32>, String) {
    let output = command().args(["topology", "simulate"]).args(options).arg(topology(name)).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn a_simulation_is_the_same_for_the_same_seed_and_another_for_another() {
    let options = ["--for", "5s", "--fault", "at 1s kill router dock-2 for 2s"];
    let played = |seed: &str| simulate("triangle", &[&options[..], &["--seed", seed]].concat());
    let (status, text) = played("7");
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("seed 7") && text.contains("kill router dock-2"), "{text}");
    assert!(text.contains("No guarantee was broken"), "{text}");
    assert_eq!(played("7").1, text);
    assert_ne!(played("8").1.replace("seed 8", "seed 7"), text);
}

#[test]
fn a_simulation_without_faults_delivers_all_of_its_load() {
    let (status, text) = simulate("single", &["--json", "--fault", "none", "--for", "2s"]);
    assert_eq!(status, Some(0), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert!(report["breach"].is_null());
    let flows = report["flows"].as_array().unwrap();
    assert!(!flows.is_empty());
    for outcomes in flows.iter().map(|flow| &flow["outcomes"]) {
        assert!(outcomes["sent"].as_u64().unwrap() > 0, "{text}");
        assert_eq!(outcomes["accepted"], outcomes["sent"], "{text}");
    }
}

#[test]
fn what_cannot_be_simulated_is_told_before_anything_is_played() {
    for (option, value, expected) in [
        ("--fault", "at 1s kill router nobody", "nobody"),
        ("--load", "clients=nobody", "nobody"),
        ("--seeds", "5", "FIRST..LAST"),
        ("--for", "soon", "soon"),
    ] {
        let (status, text) = simulate("triangle", &[option, value]);
        assert_eq!(status, Some(2), "{text}");
        assert!(text.contains(expected), "{text}");
    }
}
