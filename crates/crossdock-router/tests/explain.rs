//! EXPLAIN over the router's tables: where deliveries would go, and why they do not flow.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::condition::Condition;
use crossdock_core::record::ConnectionRole;
use support::peer::Seen;
use support::stage::{Link, Stage, Terms};

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
fn a_producer_that_nobody_consumes_from_has_no_consumer() {
    let mut asker = Asker::new();
    let end = asker.stage.client();
    asker.stage.sender(end, "orders");
    asker.stage.net.later(7_000);
    let answer = asker.explain("orders");
    let producer = "Producer L3 on connection C2 (container 'client')";
    assert_says(&answer, &[&format!("{producer} has had no credit for 7 s: no consumer.")]);
    asker.stage.receiver(end, "orders");
    let answer = asker.explain("orders");
    assert!(!answer.contains("Producer L3"), "{answer:?}");
}

#[test]
fn an_address_whose_last_consumer_left_says_for_how_long() {
    let mut asker = Asker::new();
    let end = asker.stage.client();
    asker.stage.sender(end, "orders");
    let consumer = asker.stage.receiver(end, "orders");
    asker.stage.detach(consumer);
    asker.stage.net.later(5_000);
    assert_says(&asker.explain("orders"), &["No consumer for 5 s, when the last one here left."]);
    asker.stage.receiver(end, "orders");
    let answer = asker.explain("orders");
    assert!(!answer.contains("left"), "{answer:?}");
}

#[test]
fn a_producer_with_all_its_capacity_unsettled_says_how_much_and_whether_the_consumer_has_credit() {
    let mut asker = Asker::new();
    let (sink, source) = (asker.stage.client(), asker.stage.client());
    let consumer = asker.stage.receiver(sink, "orders");
    asker.stage.grant(consumer, 5);
    let producer = asker.stage.sender(source, "orders");
    for _ in 0..10 {
        asker.stage.send(producer, "order");
    }
    let full = "capacity used up by 10 unsettled";
    assert_says(&asker.explain("orders"), &[&format!("{full}; consumer without credit.")]);
    asker.stage.grant(consumer, 50);
    assert_says(&asker.explain("orders"), &[&format!("{full}.")]);
    for _ in 0..10 {
        asker.stage.settle(sink, StateRef::Accepted);
    }
    asker.stage.net.later(1_000);
    let answer = asker.explain("orders");
    assert!(!answer.contains("Producer"), "{answer:?}");
}

#[test]
fn a_producer_whose_session_holds_as_much_content_as_it_may_has_a_closed_window() {
    let mut asker = Asker::new();
    let (sink, source) = (asker.stage.client(), asker.stage.client());
    let consumer = asker.stage.receiver(sink, "orders");
    let producer = asker.stage.sender(source, "orders");
    let session = asker.stage.session(source);
    asker.stage.send_half(producer, "large", true);
    while asker.stage.conn(source).can_transfer(session) {
        asker.stage.go_on(producer, &[0; 16_000], true);
    }
    assert!(asker.stage.credit(producer) > 0);
    let closed = "may not send: session window closed: content that the client has sent has not left.";
    assert_says(&asker.explain("orders"), &[closed]);
    asker.stage.grant(consumer, 5);
    let answer = asker.explain("orders");
    assert!(!answer.contains("may not send"), "{answer:?}");
}

#[test]
fn a_consumer_with_credit_and_a_closed_session_window_is_held_up_by_the_window() {
    let mut asker = Asker::new();
    let sink = asker.stage.client_with(Terms { window: 2, ..Terms::default() });
    let source = asker.stage.client();
    let consumer = asker.stage.receiver(sink, "orders");
    asker.stage.grant(consumer, 50);
    let producer = asker.stage.sender(source, "orders");
    // It reads nothing, so that its window stays shut.
    asker.stage.net.ends[sink].reading = false;
    for _ in 0..2 {
        asker.stage.send(producer, "order");
    }
    let answer = asker.explain("orders");
    assert!(!answer.contains("held up"), "nothing waits: {answer:?}");
    asker.stage.send(producer, "order");
    let held_up = "(container 'client') is held up: session window closed by the client.";
    assert_says(&asker.explain("orders"), &[held_up, "1 delivery is waiting for consumer L3."]);
}

#[test]
fn a_consumer_that_does_not_read_is_held_up_by_itself() {
    let mut asker = Asker::new();
    let sink = asker.stage.client_with(Terms { pipe: 4_096, ..Terms::default() });
    let source = asker.stage.client_with(Terms { capacity: 500, ..Terms::default() });
    let consumer = asker.stage.receiver(sink, "orders");
    asker.stage.grant(consumer, 1_000);
    let producer = asker.stage.sender(source, "orders");
    asker.stage.net.ends[sink].reading = false;
    let message = [&[0x00, 0x53, 0x75, 0xb0, 0x00, 0x00, 0x3c, 0x00][..], &[0; 0x3c00]].concat();
    for _ in 0..60 {
        asker.stage.start(producer, &message, true, false);
        asker.stage.net.run();
    }
    assert_says(&asker.explain("orders"), &["is held up: the client does not read from its connection."]);
}

#[test]
fn auto_links_that_are_not_there_are_named_with_what_the_container_said_last() {
    let mut asker = Asker::new();
    let text = "autoLink {\n address: queue\n direction: out\n connection: broker\n externalAddress: q/1\n}\n";
    let (configuration, _) = crossdock_schema::parse("router.conf", text).unwrap();
    asker.stage.net.node.configure(&configuration).unwrap();
    let number = "to 'q/1' of connection 'broker'";
    assert_says(&asker.explain("queue"), &[&format!("{number} is inactive: there is no connection to it.")]);
    let terms = Terms { role: ConnectionRole::RouteContainer, name: "broker", ..Terms::default() };
    let broker = asker.stage.client_with(terms);
    let seen = std::mem::take(&mut asker.stage.net.ends[broker].peer.seen);
    let attached = |seen| if let Seen::Attached(link, attach) = seen { Some((link, attach)) } else { None };
    let wanted = seen.into_iter().find_map(attached);
    let (link, attach) = wanted.expect("it is attached");
    assert_says(&asker.explain("queue"), &[&format!("{number} is attaching.")]);
    let error = Condition::NotFound.error("no such queue");
    asker.stage.conn(broker).refuse_link(link, attach.source, attach.target, Some(error));
    asker.stage.net.run();
    let refused = format!("{number} was refused or detached; its last error: no such queue.");
    assert_says(&asker.explain("queue"), &[&refused]);
    assert!(!asker.explain("another").contains("Auto link"));
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
