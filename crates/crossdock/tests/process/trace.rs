//! The frames of connections in the log.

use crate::support::wire::message;
use crate::support::{Peer, Router, listener};

/// One message from a producer to a consumer, whose link is detached at the end.
fn talk(router: &Router) {
    let (mut consumer, mut producer) = (Peer::session(router.port()), Peer::session(router.port()));
    consumer.attach_receiver(0, 0, "q");
    consumer.grant(0, 0, 0, 10);
    producer.attach_sender(0, 0, Some("q"));
    producer.wait_for_credit(0, 0);
    producer.send_message(0, 0, false, &message(b"content"));
    let (number, _) = consumer.next_message();
    consumer.accept(0, number, number);
    consumer.detach(0, 0);
    consumer.skip_to_detach(0, 0);
    consumer.close();
    producer.close();
    router.wait_for_count("Connection Closed", 2);
}

#[test]
fn at_trace_every_frame_is_in_the_log() {
    let log = "log {\nmodule: PROTOCOL\nenable: trace+\n}\n";
    let router = Router::with("plain", &format!("{}{log}", listener("plain", "")));
    talk(&router);
    for text in [
        "PROTOCOL (trace) [C1]:FRAME:   <- AMQP",
        "[C1]:FRAME:   -> AMQP",
        "[C1]:FRAME: 0 <- @open(16) [container-id=",
        "[C1]:FRAME: 0 -> @open(16) [container-id=\"R\", ",
        "[C1]:FRAME: 0 <- @begin(17) [",
        "[C1]:FRAME: 0 -> @begin(17) [remote-channel=0x0, ",
        "[C1]:FRAME: 0 <- @attach(18) [name=",
        "[C1]:FRAME: 0 -> @attach(18) [name=",
        "[C1]:FRAME: 0 <- @flow(19) [",
        "[C2]:FRAME: 0 <- @transfer(20) [",
        "[C1]:FRAME: 0 -> @transfer(20) [",
        "[C1]:FRAME: 0 <- @disposition(21) [role=true, first=0x0, ",
        "[C2]:FRAME: 0 -> @disposition(21) [role=true, first=0x",
        "[C1]:FRAME: 0 <- @detach(22) [handle=0x0, ",
        "[C1]:FRAME: 0 -> @detach(22) [handle=0x0, ",
        "[C1]:FRAME: 0 <- @close(24) []",
        "[C1]:FRAME: 0 -> @close(24) []",
        "[C1]:FRAME:   -> EOS",
    ] {
        router.wait_for(text, |line| line.contains(text));
    }
    assert_eq!(router.count("<malformed"), 0);
}

#[test]
fn otherwise_no_frame_is_in_the_log() {
    let log = "log {\nmodule: DEFAULT\nenable: debug+\n}\n";
    let router = Router::with("plain", &format!("{}{log}", listener("plain", "")));
    talk(&router);
    assert_eq!(router.count(":FRAME:"), 0);
}
