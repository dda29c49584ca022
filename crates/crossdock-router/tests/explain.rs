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
        let mut stage = Stage::new();
        let end = stage.client();
        let replies = stage.receiver(end, "replies");
        stage.grant(replies, 100);
        let requests = stage.sender(end, "$management");
        Self { stage, end, requests }
    }

    /// The texts of the answer, one behind the other.
    fn explain(&mut self, address: &str) -> String {
        let request = request(address);
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

fn request(address: &str) -> Vec<u8> {
    let mut fields = vec![0x40; 4];
    string(&mut fields, "replies");
    let mut out = vec![0x00, 0x53, 0x73, 0xc0, fields.len() as u8 + 1, 5];
    out.append(&mut fields);
    let properties =
        [("operation", "EXPLAIN"), ("type", "org.amqp.management"), ("name", "self"), ("address", address)];
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
