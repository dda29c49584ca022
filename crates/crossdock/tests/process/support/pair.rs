//! The others, who must not be disturbed.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crossdock_amqp::codec::StateKind;

use super::{Peer, Router, wire};

/// A sender and a receiver, each on a connection of its own and with an address to themselves, that behave well.
pub(crate) struct Pair {
    sender: Peer,
    receiver: Peer,
    exchanged: u32,
}

impl Pair {
    pub(crate) fn new(router: &Router) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let address = format!("pair/{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let (mut sender, mut receiver) = (Peer::session(router.port()), Peer::session(router.port()));
        receiver.attach_receiver(0, 0, &address);
        sender.attach_sender(0, 0, Some(&address));
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

    /// Exchanges messages until something that others count stands still.
    pub(crate) fn exchange_until_still(&mut self, count: &AtomicU32) {
        loop {
            let before = count.load(Ordering::Relaxed);
            for _ in 0..1_000 {
                self.exchange();
            }
            if count.load(Ordering::Relaxed) == before {
                return;
            }
        }
    }
}
