//! What a connection still holds, for whoever wants to see it at rest.

use super::Adaptor;
use super::slots::Slot;

/// What a connection holds of links and deliveries. All zero when its peer has no link and nothing is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Links.
    pub links: usize,
    /// Deliveries from the peer that are not settled.
    pub incoming: usize,
    /// Deliveries to the peer that are not settled.
    pub outgoing: usize,
    /// Deliveries from the peer that went to several consumers and are not settled by all of them.
    pub multicasts: usize,
    /// Deliveries to the peer that wait, or of which a part waits.
    pub waiting: usize,
    /// Of those that were settled by their senders behind other routers, what has come and waits (bytes).
    pub transit: usize,
    /// Deliveries assigned to the peer's links, as others count them, that are not over.
    pub outstanding: u64,
    /// Content from the peer that has not left yet (bytes, as charged).
    pub content: usize,
    /// Sessions that have ended and of which something is kept all the same.
    pub ended_sessions: usize,
}

impl Adaptor {
    /// What the connection holds now.
    pub fn holdings(&self) -> Holdings {
        let mut holdings = Holdings { content: self.conn.held_content(), ..Holdings::default() };
        for slot in self.slots.iter().flatten() {
            holdings.links += 1;
            if let Slot::Out(slot) = slot {
                holdings.waiting += slot.queue.len() + usize::from(slot.current.is_some());
                holdings.transit += slot.transit_bytes;
                holdings.outstanding += slot.counters.outstanding();
            }
        }
        for session in self.conn.sessions().filter_map(|id| self.conn.session(id)) {
            holdings.incoming += session.incoming().len();
            holdings.outgoing += session.outgoing().len();
        }
        holdings.waiting += self.parked_count();
        let kept = self.windows.sessions().chain(self.routed.sessions());
        holdings.ended_sessions = kept.filter(|&session| self.conn.session(session).is_none()).count();
        holdings.multicasts = self.multicasts.list.iter().flatten().count();
        holdings
    }
}
