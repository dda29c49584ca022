//! The others, who must not be disturbed.

use std::thread::JoinHandle;

use crossdock_amqp::codec::StateKind;

use super::{Peer, Router, wire};

/// A sender and a receiver, each on a connection of its own, that behave well.
pub(crate) struct Pair {
    sender: Peer,
    receiver: Peer,
    exchanged: u32,
}

impl Pair {
    pub(crate) fn new(router: &Router) -> Self {
        let (mut sender, mut receiver) = (Peer::session(router.port()), Peer::session(router.port()));
        receiver.attach_receiver(0, 0, "pair");
        sender.attach_sender(0, 0, Some("pair"));
        let mut pair = Self { sender, receiver, exchanged: 0 };
        pair.exchange();
        pair
    }

    /// One message goes from end to end, and its outcome back. All that is waited for comes within the deadline.
    pub(crate) fn exchange(&mut self) {
        let number = self.exchanged;
        self.exchanged += 1;
        self.receiver.grant(0, 0, number, 1);
        let message = wire::message(&number.to_be_bytes());
        let sent = self.sender.send_message(0, 0, false, &message);
        let (received, content) = self.receiver.next_message();
        assert_eq!(content, message);
        self.receiver.accept(0, received, received);
        let outcome = self.sender.next_disposition();
        assert_eq!(
            (outcome.first, outcome.last, outcome.settled, outcome.kind),
            (sent, sent, true, StateKind::Accepted)
        );
    }

    /// Exchanges messages for as long as this goes on, and at least one.
    pub(crate) fn exchange_during<T>(&mut self, attack: JoinHandle<T>) -> T {
        loop {
            self.exchange();
            if attack.is_finished() {
                return attack.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
        }
    }
}
