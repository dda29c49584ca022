//! Credit of a routed link: what the receiver at one end grants, the sender at the other end has, deliveries under way
//! aside. It is told as the number of deliveries, counted since the link was attached, up to which it reaches; so a word
//! that comes late says nothing wrong, and credit that is taken back is taken back.

use crossdock_amqp::engine::LinkId;
use crossdock_core::routed::Word;

use super::super::Adaptor;
use super::super::slots::Slot;

impl Adaptor {
    /// Tells the sender's half how far the credit of this receiver reaches, if that is news.
    pub(in super::super) fn tell_credit(&mut self, link: LinkId) {
        let Some(credit) = self.conn.link(link).and_then(|link| link.sender_credit()) else { return };
        let (available, drain) = (u64::from(credit.available()), credit.drain());
        let (routed, started) = match self.slot_mut(link) {
            Some(Slot::Pending(slot)) => (&mut slot.routed, 0),
            Some(Slot::Out(slot)) => (&mut slot.routed, slot.started),
            Some(Slot::In(_)) | None => return,
        };
        let Some(routed) = routed else { return };
        let limit = started + available;
        // Nothing can be drained where there is nothing.
        let drain = drain && available > 0;
        if (routed.limit, routed.drain) == (limit, drain) {
            return;
        }
        (routed.limit, routed.drain) = (limit, drain);
        let (conn, pair) = (routed.conn, routed.pair);
        self.tell(conn, pair, Word::Credit { limit, drain });
    }

    /// The receiver's half says how far its credit reaches.
    pub(super) fn take_credit(&mut self, link: LinkId, limit: u64, drain: bool) {
        if let Some(Slot::In(slot)) = self.slot_mut(link)
            && let Some(routed) = &mut slot.routed
        {
            (routed.limit, routed.drain) = (limit, drain);
            self.mirror(link);
        }
    }

    /// Gives the sender the credit that the receiver's half told of.
    pub(super) fn mirror(&mut self, link: LinkId) {
        let Some(Slot::In(slot)) = self.slot(link) else { return };
        let Some(routed) = &slot.routed else { return };
        let granted = u32::try_from(routed.limit.saturating_sub(routed.passed)).unwrap_or(u32::MAX);
        let drain = routed.drain;
        self.conn.mirror_credit(link, granted, drain);
        self.note_granted(link);
    }

    /// The sender has given credit back. False if it has nothing to do with a routed link.
    pub(in super::super) fn handle_routed_drained(&mut self, link: LinkId) -> bool {
        let granted = self.conn.link(link).and_then(|link| link.receiver_credit()).map_or(0, |credit| credit.granted());
        let Some(Slot::In(slot)) = self.slot_mut(link) else { return false };
        let Some(routed) = &mut slot.routed else { return false };
        if !routed.drain {
            // Nobody asked for it: it is there to be used.
            self.mirror(link);
        } else if granted == 0 {
            let (conn, pair, limit) = (routed.conn, routed.pair, routed.limit);
            (routed.limit, routed.drain) = (routed.passed, false);
            self.note_granted(link);
            self.tell(conn, pair, Word::Drained { limit });
        }
        true
    }

    /// The sender's half says that the credit up to this limit is back: so it is for the receiver, once it has got what
    /// comes before. If the receiver has said something else meanwhile, the sender is about to learn that.
    pub(super) fn take_drained(&mut self, link: LinkId, limit: u64) {
        if let Some(Slot::Out(slot)) = self.slot_mut(link)
            && let Some(routed) = &mut slot.routed
        {
            routed.drained = Some(limit);
            self.after_routed_pump(link);
        }
    }

    /// All that waited for the receiver of a routed link has left, or not yet.
    pub(in super::super) fn after_routed_pump(&mut self, link: LinkId) {
        let available = self.conn.link(link).and_then(|link| link.sender_credit()).map(|credit| credit.available());
        let Some(Slot::Out(slot)) = self.slot_mut(link) else { return };
        let reaches = slot.started + u64::from(available.unwrap_or_default());
        if slot.queue.is_empty() && slot.current.is_none() {
            let started = slot.started;
            let Some(routed) = &mut slot.routed else { return };
            let closing = routed.closing.take();
            let is_drained = routed.drained.take() == Some(reaches) && routed.drain;
            if is_drained {
                (routed.limit, routed.drain) = (started, false);
            }
            if is_drained {
                self.conn.answer_drain(link);
            }
            if let Some((closed, error)) = closing {
                return self.end_half(link, closed, error);
            }
        }
        self.note_credit(link);
        self.tell_credit(link);
    }
}
