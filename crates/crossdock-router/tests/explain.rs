//! EXPLAIN over the router's tables: where deliveries would go, and why they do not flow.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_amqp::codec::StateRef;
use support::peer::Seen;
use support::stage::{Link, Stage};

/// A router, and a client that asks it.
struct Asker {
    stage: Stage,
    end: usize,
    requests: Link,
}

impl Asker {
    fn new() -> Self {
        Self::with("")
    }

    /// The router has these sections in its configuration.
    fn with(sections: &str) -> Self {
        let mut stage = Stage::new();
        if !sections.is_empty() {
            let (configuration, _) = crossdock_schema::parse("test.conf", sections).unwrap();
            stage.net.node.configure(&configuration).unwrap();
        }
        let end = stage.client();
        let replies = stage.receiver(end, "replies");
        stage.grant(replies, 100);
        let requests = stage.sender(end, "$management");
        Self { stage, end, requests }
    }

    /// The texts of the answer, one behind the other.
    fn explain(&mut self, address: &str) -> String {
        self.ask(&[("address", address)])
    }

    /// The same for a message with this key.
    fn explain_key(&mut self, address: &str, key: &str) -> String {
        self.ask(&[("address", address), ("key", key)])
    }

    fn ask(&mut self, about: &[(&str, &str)]) -> String {
        let request = request(about);
        self.stage.net.ends[self.end].peer.seen.clear();
        self.stage.start(self.requests, &request, true, false);
        self.stage.net.run();
        let seen = self.stage.net.ends[self.end].peer.seen.drain(..);
        let part = seen.filter_map(|seen| if let Seen::Part(part) = seen { Some(part.payload) } else { None }).next();
        String::from_utf8_lossy(&part.expect("an answer")).into_owned()
    }
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&[0xa1, text.len() as u8]);
    out.extend_from_slice(text.as_bytes());
}

fn request(about: &[(&str, &str)]) -> Vec<u8> {
    let mut fields = vec![0x40; 4];
    string(&mut fields, "replies");
    let mut out = vec![0x00, 0x53, 0x73, 0xc0, fields.len() as u8 + 1, 5];
    out.append(&mut fields);
    let properties = [&[("operation", "EXPLAIN"), ("type", "org.amqp.management"), ("name", "self")], about].concat();
    for text in properties.iter().flat_map(|(name, value)| [*name, *value]) {
        string(&mut fields, text);
    }
    out.extend_from_slice(&[0x00, 0x53, 0x74, 0xc1, fields.len() as u8 + 1, 2 * properties.len() as u8]);
    out.append(&mut fields);
    out.extend_from_slice(&[0x00, 0x53, 0x77, 0x40]);
    out
}

#[track_caller]
fn assert_says(answer: &str, expected: &[&str]) {
    for text in expected {
        assert!(answer.contains(text), "not '{text}': {answer:?}");
    }
}

#[test]
fn an_address_that_nobody_uses_has_no_consumer_and_the_default_treatment() {
    let answer = Asker::new().explain("orders");
    assert_says(&answer, &["M0orders", "default", "balanced", "There is no consumer."]);
}

#[test]
fn an_unavailable_address_names_what_makes_it_so() {
    let answer = Asker::new().explain("unavailable.x");
    assert_says(&answer, &["'unavailable.#' makes the address unavailable."]);
    assert!(!answer.contains("There is no consumer."), "{answer:?}");
}

#[test]
fn a_consumer_without_credit_is_named_with_its_container_and_for_how_long() {
    let mut asker = Asker::new();
    let end = asker.stage.client();
    let consumer = asker.stage.receiver(end, "orders");
    asker.stage.net.later(42_000);
    let answer = asker.explain("orders");
    let why = "Consumer L3 on connection C2 (container 'client') has given no credit for 42 s.";
    assert_says(&answer, &[why]);
    asker.stage.grant(consumer, 5);
    let answer = asker.explain("orders");
    assert!(!answer.contains("Consumer L3"), "{answer:?}");
    assert_says(&answer, &["consumer"]);
}

#[test]
fn deliveries_that_a_consumer_keeps_and_those_that_wait_for_it_are_counted_and_none_is_made() {
    let mut asker = Asker::new();
    let (sink, source) = (asker.stage.client(), asker.stage.client());
    let consumer = asker.stage.receiver(sink, "orders");
    asker.stage.grant(consumer, 2);
    let producer = asker.stage.sender(source, "orders");
    for text in ["a", "b", "c"] {
        asker.stage.send(producer, text);
    }
    asker.stage.news(sink);
    let answer = asker.explain("orders");
    let kept = "2 deliveries are sent to consumer L3 and not settled.";
    assert_says(&answer, &[kept, "1 delivery is waiting for consumer L3."]);
    assert_eq!(asker.stage.news(sink), Vec::<String>::new());
    asker.stage.grant(consumer, 2);
    for _ in 0..3 {
        asker.stage.settle(sink, StateRef::Accepted);
    }
    let answer = asker.explain("orders");
    assert!(!answer.contains("Consumer L3") && !answer.contains("delivery is"), "{answer:?}");
}

#[test]
fn shards_are_named_with_what_they_are_worth_and_the_one_that_has_a_key() {
    let shard = |name: &str| format!("shard {{\nname: {name}\naddress: orders\nkey: group-id\n}}\n");
    let mut asker = Asker::with(&["a", "b", "c"].map(shard).concat());
    let answer = asker.explain_key("orders", "device-1");
    assert_says(
        &answer,
        &["3 shards by group-id", "Shard M0orders/a: without consumers.", "'device-1' goes nowhere now"],
    );
    assert_says(&answer, &["There is no consumer."]);
    let end = asker.stage.client();
    for member in ["orders/a", "orders/b", "orders/c"] {
        let link = asker.stage.receiver(end, member);
        asker.stage.grant(link, 10);
    }
    let answer = asker.explain_key("orders", "device-0");
    assert_says(&answer, &["Shard M0orders/b: 1 consumer here", "The key 'device-0' goes to M0orders/c now."]);
    assert!(!answer.contains("There is no consumer"), "{answer:?}");
}

#[test]
fn what_goes_to_the_fallback_destination_or_past_a_queue_is_said() {
    let mut asker = Asker::with(
        "address {\nprefix: orders\nenableFallback: yes\n}\naddress {\nprefix: queue\nwaypoint: yes\nbypass: presettled\n}\n",
    );
    let end = asker.stage.client();
    asker.stage.sender(end, "orders");
    let answer = asker.explain("orders");
    assert_says(&answer, &["What nobody else takes goes to the fallback destination MForders: without consumers."]);
    asker.stage.sender(end, "queue");
    asker.stage.receiver(end, "queue");
    let answer = asker.explain("queue");
    assert_says(&answer, &["Pre-settled messages go past the queue to M1queue: 1 consumer here"]);
    assert_says(&answer, &["There is no consumer."]);
}
