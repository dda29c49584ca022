//! What the pages do not show: options, failures and exit statuses.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::process::Process;

/// A router, and clients of it.
struct Router {
    process: Process,
    port: u16,
    folder: PathBuf,
}

/// What a client printed, stdout and stderr together, and its status.
#[derive(Debug, PartialEq)]
struct Ran(Vec<String>, Option<i32>);

impl Router {
    fn start() -> Router {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("tools-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let sections = "router {\nid: R\n}\nlistener {\nname: clients\nhost: 127.0.0.1\nport: 0\n}\n\
                        address {\nprefix: closed\ndistribution: unavailable\n}\n";
        std::fs::write(folder.join("router.conf"), sections).unwrap();
        let process = Process::start(&["run", "-c", "router.conf"].map(String::from), &folder);
        let port = process.wait_for("the port", |line| {
            let (_, place) = line.split_once("Listening on 127.0.0.1:")?;
            place.split_once(' ')?.0.parse().ok()
        });
        Router { process, port, folder }
    }

    /// What follows `-b`.
    fn bus(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn client_with(&self, arguments: &[&str], stdin: &str) -> Process {
        let mut arguments: Vec<String> = arguments.iter().map(|word| String::from(*word)).collect();
        arguments.extend([String::from("-b"), self.bus()]);
        Process::start_with(&arguments, &self.folder, stdin)
    }

    fn client(&self, arguments: &[&str]) -> Process {
        self.client_with(arguments, "")
    }

    /// `receive` with these arguments, when it is attached.
    fn receiver(&self, arguments: &[&str]) -> Process {
        let receiver = self.client(&[&["receive", "--ready"], arguments].concat());
        receiver.wait_for("ready", |line| line.starts_with("ready: ").then_some(()));
        receiver
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        end(self.client(arguments))
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn end(mut process: Process) -> Ran {
    let (lines, status) = process.wait_for_end("the end");
    // They come when the machine is slow, or are the same for every receiver.
    let said = |line: &String| !line.ends_with("waiting for credit") && !line.starts_with("ready: ");
    Ran(lines.into_iter().filter(said).collect(), status.code())
}

fn ran(lines: &[&str], status: i32) -> Ran {
    Ran(lines.iter().map(|line| String::from(*line)).collect(), Some(status))
}

#[test]
fn each_line_of_stdin_is_a_message() {
    let router = Router::start();
    let receiver = router.receiver(&["lines", "--count", "3"]);
    let sender = router.client_with(&["send", "lines"], "one\n\nthree, and no end");
    assert_eq!(end(sender), ran(&["accepted"; 3], 0));
    assert_eq!(end(receiver), ran(&["one", "", "three, and no end"], 0));
}

#[test]
fn a_thousand_messages_arrive_in_order() {
    let router = Router::start();
    let receiver = router.receiver(&["many", "--count", "1000", "--credit", "7"]);
    assert_eq!(router.run(&["send", "many", "{n}", "--count", "1000"]), ran(&["accepted"; 1000], 0));
    let expected: Vec<String> = (1..=1000).map(|number| number.to_string()).collect();
    assert_eq!(end(receiver), Ran(expected, Some(0)));
}

#[test]
fn one_message_that_is_not_accepted_makes_a_failure() {
    let router = Router::start();
    let receiver = router.receiver(&["some", "--count", "1"]);
    let other = router.receiver(&["some", "--count", "1", "--release"]);
    let Ran(mut lines, status) = router.run(&["send", "some", "x", "--count", "2"]);
    lines.sort();
    let advice = format!("released: nobody took it. Who consumes, says: crossdock explain some -b {}", router.bus());
    assert_eq!((lines, status), (vec![String::from("accepted"), String::from("released"), advice], Some(1)));
    assert_eq!((end(receiver), end(other)), (ran(&["x"], 0), ran(&["x"], 0)));
}

#[test]
fn a_receiver_takes_no_more_than_it_wants_from_others() {
    let router = Router::start();
    let one = router.receiver(&["shared", "--count", "2"]);
    let other = router.receiver(&["shared", "--count", "3"]);
    assert_eq!(router.run(&["send", "shared", "x", "--count", "5"]), ran(&["accepted"; 5], 0));
    assert_eq!((end(one), end(other)), (ran(&["x"; 2], 0), ran(&["x"; 3], 0)));
}

#[test]
fn all_sections_arrive_as_they_were_given() {
    let router = Router::start();
    let receiver = router.receiver(&["all", "--count", "1", "--json"]);
    let options = [
        "send",
        "all",
        "body",
        "--durable",
        "--priority",
        "9",
        "--ttl",
        "60000",
        "--subject",
        "s",
        "--message-id",
        "m",
        "--group-id",
        "g",
        "--content-type",
        "text/plain",
        "--reply-to",
        "r",
        "--property",
        "text=1",
        "--property",
        "number:=1.5",
        "--property",
        "truth:=true",
        "--annotation",
        "x-opt-a=b",
    ];
    assert_eq!(router.run(&options), ran(&["accepted"], 0));
    let expected = concat!(
        r#"{"header": {"durable": true, "priority": 9, "ttl": 60000, "first-acquirer": false, "delivery-count": 0}, "#,
        r#""message-annotations": {"x-opt-a": "b"}, "properties": {"message-id": "m", "subject": "s", "reply-to": "r", "#,
        r#""content-type": "text/plain", "group-id": "g"}, "application-properties": {"text": "1", "number": 1.5, "#,
        r#""truth": true}, "body": "body"}"#
    );
    assert_eq!(end(receiver), ran(&[expected], 0));
}

#[test]
fn an_anonymous_link_carries_messages_to_the_address_in_them() {
    let router = Router::start();
    let receiver = router.receiver(&["there", "--count", "1"]);
    assert_eq!(router.run(&["send", "--to", "there", "x"]), ran(&["accepted"], 0));
    assert_eq!(end(receiver), ran(&["x"], 0));
    let Ran(lines, status) = router.run(&["send", "--to", "nowhere", "x"]);
    assert_eq!((lines[0].as_str(), status), ("released", Some(1)));
}

#[test]
fn who_waits_for_credit_says_so_and_goes_on_when_there_is_some() {
    let router = Router::start();
    for arguments in [&["send", "later", "x"][..], &["request", "later", "x"]] {
        let waiting = router.client(arguments);
        let note = "no consumer at 'later' yet: waiting for credit";
        waiting.wait_for("the note", |line| (line == note).then_some(()));
        let receiver = router.receiver(&["later", "--count", "1", "--reply", "accepted"]);
        assert_eq!(end(waiting), ran(&["accepted"], 0));
        receiver.terminate();
    }
}

#[test]
fn too_few_messages_are_a_failure_only_if_a_number_was_wanted() {
    let router = Router::start();
    assert_eq!(router.run(&["receive", "none", "--timeout", "0.1"]), ran(&[], 0));
    let words = "error: timed out after 0.1 s: waiting at 'none' for more messages: 0 of 1 came";
    assert_eq!(router.run(&["receive", "none", "--timeout", "0.1", "--count", "1"]), ran(&[words], 1));
}

#[test]
fn a_dynamic_address_is_told_first_and_can_be_sent_to() {
    let router = Router::start();
    let receiver = router.client(&["receive", "--dynamic", "--count", "1"]);
    let address = receiver.wait_for("an address", |line| line.contains("_topo/0/R/temp.").then(|| line.to_owned()));
    assert_eq!(router.run(&["send", &address, "x"]), ran(&["accepted"], 0));
    assert_eq!(end(receiver), ran(&[&address, "x"], 0));
}

#[test]
fn an_answer_carries_the_id_of_its_request() {
    let router = Router::start();
    let service = router.receiver(&["service", "--count", "1", "--json", "--reply", "you said {body}"]);
    let Ran(lines, status) = router.run(&["request", "service", "hello", "--json", "--subject", "s"]);
    let answer: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    let request: serde_json::Value = serde_json::from_str(&end(service).0[0]).unwrap();
    assert_eq!((lines.len(), status, &answer["body"]), (1, Some(0), &"you said hello".into()));
    assert!(request["properties"]["correlation-id"].is_string(), "{request}");
    assert_eq!(answer["properties"]["correlation-id"], request["properties"]["correlation-id"]);
    assert_eq!(answer["properties"]["to"], request["properties"]["reply-to"]);
}

#[test]
fn a_link_that_is_refused_is_told_with_the_reason() {
    let router = Router::start();
    let refusal = ran(&["error: cannot use closed/x: Node not found (amqp:not-found)"], 1);
    assert_eq!(router.run(&["send", "closed/x", "text"]), refusal);
    assert_eq!(router.run(&["receive", "closed/x"]), refusal);
}

#[test]
fn a_router_that_ends_ends_its_clients_with_words() {
    let router = Router::start();
    let receiver = router.receiver(&["x"]);
    let [sender, requester] = ["send", "request"].map(|command| {
        let client = router.client(&[command, "nowhere", "x", "--timeout", "60"]);
        client.wait_for("the note", |line| line.ends_with("waiting for credit").then_some(()));
        client
    });
    router.process.terminate();
    for client in [receiver, sender, requester] {
        let Ran(lines, status) = end(client);
        assert!(lines[0].contains("the connection was closed: Router is shutting down"), "{lines:?}");
        assert_eq!((lines.len(), status), (1, Some(1)));
    }
}

#[test]
fn a_consumer_that_is_killed_leaves_its_message_modified() {
    let router = Router::start();
    let holding = router.receiver(&["held", "--pause", "60"]);
    let sender = router.client(&["send", "held", "message"]);
    holding.wait_for("the message", |line| (line == "message").then_some(()));
    holding.kill();
    assert_eq!(end(sender), ran(&["modified: delivery failed"], 1));
}

#[test]
fn a_router_that_is_killed_ends_its_clients() {
    let router = Router::start();
    let holding = router.receiver(&["held", "--pause", "60", "--count", "1"]);
    let for_outcome = router.client(&["send", "held", "message"]);
    holding.wait_for("the message", |line| (line == "message").then_some(()));
    let for_credit = router.client(&["send", "nowhere", "x"]);
    for_credit.wait_for("the note", |line| line.ends_with("waiting for credit").then_some(()));
    let receiver = router.receiver(&["x"]);
    router.process.kill();
    for client in [for_outcome, for_credit, receiver] {
        let Ran(lines, status) = end(client);
        assert!(lines[0].starts_with("error: ") && lines[0].contains("closed"), "{lines:?}");
        assert_eq!((lines.len(), status), (1, Some(1)));
    }
}

#[test]
fn without_router_there_is_advice() {
    // Nobody listens where somebody could, and does not.
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let bus = socket.local_addr().unwrap().to_string();
    drop(socket);
    let arguments = ["send", "x", "text", "-b", &bus].map(String::from);
    let Ran(lines, status) = end(Process::start(&arguments, &std::env::temp_dir()));
    assert_eq!(lines[0], format!("error: cannot connect to {bus}: Connection refused"));
    assert!(lines[1].contains("crossdock run -c FILE"), "{lines:?}");
    assert_eq!((lines.len(), status), (2, Some(1)));
}

#[test]
fn what_makes_no_sense_ends_with_2() {
    let wrong: [&[&str]; 8] = [
        &["send"],
        &["send", "x", "text", "--priority", "10"],
        &["send", "x", "--count", "3"],
        &["send", "--to", "x", "y", "text"],
        &["send", "x", "text", "--property", "p:=[1]"],
        &["receive"],
        &["receive", "x", "--accept", "--release"],
        &["request", "x"],
    ];
    for arguments in wrong {
        let arguments: Vec<String> = arguments.iter().map(|word| String::from(*word)).collect();
        let Ran(lines, status) = end(Process::start(&arguments, &std::env::temp_dir()));
        assert_eq!(status, Some(2), "{arguments:?}: {lines:?}");
        assert!(lines[0].starts_with("error: "), "{arguments:?}: {lines:?}");
    }
}

#[test]
fn help_teaches_by_example() {
    for (command, text) in [
        ("send", "crossdock send news 'hello, world'"),
        ("send", "crossdock send telemetry/pump-1 'reading {n}' --count 100 --settled"),
        ("receive", "crossdock receive time --reply 'you asked: {body}'"),
        ("request", "crossdock request time 'how late is it?'"),
    ] {
        let arguments = [command, "--help"].map(String::from);
        let Ran(lines, status) = end(Process::start(&arguments, &std::env::temp_dir()));
        assert!(lines.iter().any(|line| line.trim() == text), "{lines:#?}");
        assert_eq!(status, Some(0));
    }
}
