//! Pre-settled deliveries go past the queue to live consumers, unsettled ones through it.

use crossdock_amqp::codec::StateRef;

use super::support::message::Message;
use super::support::stage::{Link, Stage, body};
use super::{configured, consumer, consumer_with, is_drained, outcomes, producer, producer_with, texts};

const BYPASS: &str = "address {\nprefix: queue\nwaypoint: yes\nbypass: presettled\n}\n\
                      address {\nprefix: news\nwaypoint: yes\ndistribution: multicast\nbypass: presettled\n}\n\
                      address {\nprefix: plain\nwaypoint: yes\n}\n";

/// A broker's queue: what goes in, and where it comes out.
struct Queue {
    into: Link,
    out: Link,
}

impl Queue {
    fn new(stage: &mut Stage, address: &str) -> Self {
        Self { into: consumer_with(stage, address, "qd.waypoint"), out: producer_with(stage, address, "qd.waypoint.1") }
    }

    fn leave(self, stage: &mut Stage) {
        stage.detach(self.into);
        stage.detach(self.out);
    }
}

#[test]
fn settled_deliveries_go_past_the_queue_and_unsettled_ones_into_it() {
    let mut stage = configured(BYPASS);
    let sink = consumer(&mut stage, "queue.x");
    let queue = Queue::new(&mut stage, "queue.x");
    let source = producer(&mut stage, "queue.x");
    stage.send_settled(source, "fast");
    stage.send(source, "safe");
    assert_eq!(texts(&mut stage, sink), ["fast"]);
    assert_eq!(texts(&mut stage, queue.into), ["safe"]);
    stage.settle(queue.into.end, StateRef::Accepted);
    assert_eq!(outcomes(&mut stage, source), ["accepted settled"]);
    stage.send(queue.out, "safe");
    // What comes out of the queue goes on, settled or not.
    stage.send_settled(queue.out, "other");
    assert_eq!(texts(&mut stage, sink), ["safe", "other"]);
}

#[test]
fn without_consumers_settled_deliveries_go_into_the_queue() {
    let mut stage = configured(BYPASS);
    let queue = Queue::new(&mut stage, "queue.x");
    let source = producer(&mut stage, "queue.x");
    stage.send_settled(source, "one");
    assert_eq!(texts(&mut stage, queue.into), ["one"]);
    let sink = consumer(&mut stage, "queue.x");
    stage.send_settled(source, "two");
    assert_eq!((texts(&mut stage, sink), texts(&mut stage, queue.into)), (vec!["two".into()], vec![]));
    stage.detach(sink);
    stage.send_settled(source, "three");
    assert_eq!(texts(&mut stage, queue.into), ["three"]);
}

#[test]
fn without_the_broker_settled_deliveries_flow_and_unsettled_ones_are_released() {
    let mut stage = configured(BYPASS);
    let sink = consumer(&mut stage, "queue.x");
    let queue = Queue::new(&mut stage, "queue.x");
    let source = producer(&mut stage, "queue.x");
    queue.leave(&mut stage);
    for turn in 0..30 {
        stage.send(source, "safe");
        assert_eq!(outcomes(&mut stage, source), ["released settled"]);
        assert!(!is_drained(&mut stage, source));
        stage.send_settled(source, "fast");
        assert_eq!(texts(&mut stage, sink), ["fast"], "{turn}");
    }
    let late = producer(&mut stage, "queue.x");
    assert_eq!(stage.credit(late), 10);
    Queue::new(&mut stage, "queue.x");
    stage.send(source, "safe");
    assert_eq!(stage.news(source.end), Vec::<String>::new());
}

#[test]
fn without_broker_and_consumers_nobody_gets_credit() {
    let mut stage = configured(BYPASS);
    let source = producer(&mut stage, "queue.x");
    assert_eq!(stage.credit(source), 0);
    let sink = consumer(&mut stage, "queue.x");
    assert_eq!(stage.credit(source), 10);
    stage.detach(sink);
    stage.send_settled(source, "lost");
    stage.send(source, "back");
    assert_eq!(outcomes(&mut stage, source), ["released settled"]);
    assert!(is_drained(&mut stage, source));
    Queue::new(&mut stage, "queue.x");
    assert_eq!(stage.credit(source), 10);
}

#[test]
fn the_bypass_follows_the_treatment_of_the_address() {
    let mut stage = configured(BYPASS);
    let sinks = [consumer(&mut stage, "news.x"), consumer(&mut stage, "news.x")];
    Queue::new(&mut stage, "news.x");
    let source = producer(&mut stage, "news.x");
    stage.send_settled(source, "one");
    for sink in sinks {
        assert_eq!(texts(&mut stage, sink), ["one"]);
    }
}

#[test]
fn large_messages_and_anonymous_producers_go_past_the_queue_too() {
    let mut stage = configured(BYPASS);
    let sink = consumer(&mut stage, "queue.x");
    let queue = Queue::new(&mut stage, "queue.x");
    let end = stage.client();
    let source = stage.anonymous(end);
    stage.start(source, &Message::new(1, 3000).to("queue.x").sent(), true, true);
    stage.go_on(source, &body("rest"), false);
    assert_eq!(stage.news(sink.end).len(), 2);
    assert_eq!(stage.news(queue.into.end).len(), 0);
}

#[test]
fn an_address_that_is_not_marked_so_has_no_bypass() {
    let mut stage = configured(BYPASS);
    let sink = consumer(&mut stage, "plain.x");
    let queue = Queue::new(&mut stage, "plain.x");
    let source = producer(&mut stage, "plain.x");
    stage.send_settled(source, "one");
    assert_eq!((texts(&mut stage, sink), texts(&mut stage, queue.into)), (vec![], vec!["one".into()]));
}

#[test]
fn a_bypass_needs_something_to_go_past() {
    for section in ["prefix: x\nbypass: presettled", "prefix: x\nbypass: presettled\ningressPhase: 2\negressPhase: 2"] {
        let errors = crossdock_schema::parse("x.conf", &format!("address {{\n{section}\n}}\n")).unwrap_err();
        assert!(errors[0].to_string().contains("there is nothing to go past"), "{errors:?}");
    }
}
