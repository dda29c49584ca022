//! A routed link ends at both ends as it ended at one.

use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Link, LinkId};
use crossdock_core::batch::Batch;
use crossdock_core::routed::{LinkWord, Word};
use fe2o3_amqp_types::definitions::Error;

use super::super::Adaptor;
use super::super::slots::Slot;
use super::Routed;
use super::attach::no_route;

impl Adaptor {
    /// The peer detaches its end of a routed link, or broke the link's rules: the other half follows. False if it is no routed
    /// link.
    pub(in super::super) fn detach_routed(&mut self, link: LinkId, closed: bool, error: Option<Error>) -> bool {
        let Some(routed) = self.slot_mut(link).and_then(|slot| slot.routed_mut().take()) else { return false };
        let Routed { pair, conn, .. } = *routed;
        self.routed.links.remove(&pair);
        if let Some(Slot::Pending(_)) = self.slot(link) {
            self.refuse_half(link, error.clone());
        } else {
            self.drop_link(link, if closed { "closed" } else { "detached" });
            self.detach_half(link, closed, error.clone());
        }
        self.tell(conn, pair, Word::Detach { closed, error });
        true
    }

    /// A second half gives its name to another link; its terminus at the container is that one's from now on.
    pub(super) fn steal(&mut self, link: LinkId) {
        let Some(routed) = self.slot_mut(link).and_then(|slot| slot.routed_mut().take()) else { return };
        let Routed { pair, conn, .. } = *routed;
        self.routed.links.remove(&pair);
        self.drop_link(link, "stolen");
        self.detach_half(link, false, None);
        let error = Condition::Stolen.error("another link of this name and container took its place");
        self.tell(conn, pair, Word::Detach { closed: true, error: Some(error) });
    }

    /// A routed link went with its session or its connection.
    #[cold]
    pub(in super::super) fn lose_routed(&mut self, routed: &Routed) {
        self.routed.links.remove(&routed.pair);
        let error = lost();
        self.tell(routed.conn, routed.pair, Word::Detach { closed: !routed.outlives, error: Some(error) });
    }

    /// The other half is gone. Complete deliveries that wait for the peer still go to it.
    pub(super) fn take_detach(&mut self, link: LinkId, closed: bool, error: Option<Error>) {
        match self.slot_mut(link) {
            Some(Slot::Pending(_)) => self.refuse_half(link, error),
            Some(Slot::Out(slot)) if !slot.queue.is_empty() || slot.current.is_some() => {
                if let Some(routed) = &mut slot.routed {
                    routed.closing = Some((closed, error));
                    // Its number is free for words of others; this half has nobody to talk to.
                    let pair = routed.pair;
                    self.routed.links.remove(&pair);
                }
            }
            Some(Slot::In(_) | Slot::Out(_)) => self.end_half(link, closed, error),
            None => {}
        }
    }

    /// Detaches the peer of a half whose other half is gone.
    pub(super) fn end_half(&mut self, link: LinkId, closed: bool, error: Option<Error>) {
        if let Some(routed) = self.slot_mut(link).and_then(|slot| slot.routed_mut().take()) {
            self.routed.links.remove(&routed.pair);
        }
        self.drop_link(link, if closed { "closed" } else { "detached" });
        self.detach_half(link, closed, error);
    }

    /// Detaches a half that has been given up, and ends its session if that was begun for it and the likes of it, which are
    /// gone.
    fn detach_half(&mut self, link: LinkId, closed: bool, error: Option<Error>) {
        let session = self.conn.link(link).map(Link::session);
        if session.is_some_and(|session| self.routed.owners.contains_key(&session)) {
            self.detach_with_session(link, closed, error);
        } else {
            self.conn.detach(link, closed, error);
        }
    }

    /// Words that never reached the connection they were for: what was to be attached there is not.
    pub(in super::super) fn take_words_back(&mut self, batch: &mut Batch) {
        for LinkWord { pair, word, .. } in batch.take_words() {
            if let Word::Attach { .. } = word
                && let Some(&link) = self.routed.links.get(&pair)
            {
                self.refuse_half(link, Some(no_route()));
            }
        }
    }

    /// Words that this connection will not follow any more.
    pub(in super::super) fn return_words(&mut self, batch: &mut Batch) {
        for LinkWord { from, pair, word, .. } in batch.take_words() {
            if let Word::Attach { .. } = word {
                self.tell(from, pair, Word::Detach { closed: true, error: Some(lost()) });
            }
        }
    }
}

fn lost() -> Error {
    Condition::RoutedLinkLost.error("Connectivity to the peer container was lost")
}
