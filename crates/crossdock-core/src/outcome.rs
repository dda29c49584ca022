//! The one outcome of a multicast delivery, from those of its copies.

use crossdock_amqp::codec::{StateKind, StateRef};

use crate::batch::State;

/// Combines the outcomes of a multicast delivery's copies: rejected beats accepted beats modified beats released. The
/// copies' errors and annotations are not passed on, for they are different truths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combined {
    undecided: u32,
    unsettled: u32,
    best: Option<Rank>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Released,
    Modified,
    Accepted,
    Rejected,
}

impl Combined {
    /// Of a delivery with this many copies, none decided.
    pub fn new(copies: u32) -> Self {
        Self { undecided: copies, unsettled: copies, best: None }
    }

    /// Takes one copy's word. `decides` is set on the first that gives it an outcome or settles it without one.
    pub fn apply(&mut self, state: StateRef<'_>, settled: bool, decides: bool) {
        if decides {
            self.undecided = self.undecided.saturating_sub(1);
            self.best = self.best.max(rank(state.kind()));
        }
        if settled {
            self.unsettled = self.unsettled.saturating_sub(1);
        }
    }

    /// Whether every copy has been decided.
    pub fn is_decided(&self) -> bool {
        self.undecided == 0
    }

    /// Whether every copy has been settled.
    pub fn is_settled(&self) -> bool {
        self.unsettled == 0
    }

    /// The outcome of the whole; none if all copies were settled without one.
    pub fn state(&self) -> State {
        match self.best {
            None => State::None,
            Some(Rank::Released) => State::Released,
            Some(Rank::Modified) => State::delivery_failed(),
            Some(Rank::Accepted) => State::Accepted,
            Some(Rank::Rejected) => State::Other([0x00, 0x53, 0x25, 0x45].into()),
        }
    }
}

fn rank(kind: StateKind) -> Option<Rank> {
    match kind {
        StateKind::Released => Some(Rank::Released),
        StateKind::Modified => Some(Rank::Modified),
        StateKind::Accepted => Some(Rank::Accepted),
        StateKind::Rejected | StateKind::Declared => Some(Rank::Rejected),
        StateKind::None | StateKind::Received | StateKind::Transactional | StateKind::Extended => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODIFIED: StateRef<'static> = StateRef::Other(&[0x00, 0x53, 0x27, 0x45]);
    const REJECTED: StateRef<'static> = StateRef::Other(&[0x00, 0x53, 0x25, 0x45]);

    fn combine(states: &[StateRef<'_>]) -> State {
        let mut combined = Combined::new(states.len() as u32);
        for state in states {
            assert!(!combined.is_decided());
            combined.apply(*state, true, true);
        }
        assert!(combined.is_decided() && combined.is_settled());
        combined.state()
    }

    #[test]
    fn rejected_beats_accepted_beats_modified_beats_released() {
        use StateRef::{Accepted, None, Released};
        assert_eq!(combine(&[Accepted, REJECTED, Released]).as_wire().kind(), StateKind::Rejected);
        assert_eq!(combine(&[MODIFIED, Accepted, Released]), State::Accepted);
        assert_eq!(combine(&[Released, MODIFIED]), State::delivery_failed());
        assert_eq!(combine(&[None, Released]), State::Released);
        assert_eq!(combine(&[None, None]), State::None);
    }

    #[test]
    fn it_is_decided_before_it_is_settled() {
        let mut combined = Combined::new(2);
        combined.apply(StateRef::Accepted, false, true);
        combined.apply(StateRef::Accepted, true, true);
        assert!(combined.is_decided() && !combined.is_settled());
        combined.apply(StateRef::Accepted, true, false);
        assert!(combined.is_settled());
    }
}
