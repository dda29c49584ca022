//! Routed links: a peer's link that ends at a peer of another connection, here or at another router.
//!
//! Such a link has two halves, each on its connection. What they have to tell each other beside deliveries and settlements
//! travels in the [`Batch`](crate::batch::Batch), for it has its place among these: a drain is answered after the last
//! delivery, a detach comes after the last settlement.

use crossdock_amqp::engine::LinkId;
use fe2o3_amqp_types::definitions::Error;
use fe2o3_amqp_types::performatives::Attach;
use std::sync::Arc;

use crate::batch::ConnId;
use crate::mailbox::Mailbox;

/// Largest delivery-tag (octets) [AMQP 2.8.7].
pub const MAX_TAG: usize = 32;

/// A delivery-tag of a routed link, which the far peer gets as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    len: u8,
    octets: [u8; MAX_TAG],
}

impl Tag {
    /// The tag with these octets; none if there are too many.
    #[inline]
    pub fn new(octets: &[u8]) -> Option<Self> {
        let mut tag = Self { len: u8::try_from(octets.len()).ok()?, octets: [0; MAX_TAG] };
        tag.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(tag)
    }

    /// Its octets.
    #[inline]
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// What one half of a routed link tells the other.
#[derive(Debug)]
pub struct LinkWord {
    /// The connection of the half that speaks.
    pub from: ConnId,
    /// What both halves are known by: the number of the first one's link.
    pub pair: u64,
    /// What it says.
    pub word: Word,
    /// Deliveries, settlements and updates of the batch that come before it.
    pub(crate) after: Marks,
}

/// A place in a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Parts of deliveries.
    pub forwards: usize,
    /// Settlements.
    pub settlements: usize,
    /// Updates.
    pub updates: usize,
}

impl LinkWord {
    /// What comes before it.
    pub fn after(&self) -> Marks {
        self.after
    }
}

/// See [`LinkWord`].
#[derive(Debug)]
pub enum Word {
    /// The first half: attach this on your connection.
    Attach {
        /// The first half's link.
        link: LinkId,
        /// As it is to be written, but for its handle.
        attach: Box<Attach>,
    },
    /// The second half: the peer has answered.
    Answer {
        /// The second half's link.
        link: LinkId,
        /// Its number on this router.
        number: u64,
        /// The answer.
        attach: Box<Attach>,
    },
    /// The receiver's half: deliveries since the attach up to which the credit reaches, and whether what is left is to be
    /// used up or given back. It replaces what was said before.
    Credit {
        /// Deliveries since the attach.
        limit: u64,
        /// Whether the receiver drains.
        drain: bool,
    },
    /// The sender's half: the credit up to this limit has been given back.
    Drained {
        /// As it was in [`Word::Credit`].
        limit: u64,
    },
    /// The link is gone there.
    Detach {
        /// Whether for good.
        closed: bool,
        /// Why.
        error: Option<Error>,
    },
}

/// Where a link is routed to.
#[derive(Debug)]
pub struct LinkWay {
    /// The connection.
    pub conn: ConnId,
    /// Its mailbox.
    pub mailbox: Arc<Mailbox>,
    /// What the container at its other end calls the address; none if that is another router, or says what everybody says.
    pub rewrite: Option<Arc<Rewrite>>,
}

/// How the container of a link route calls an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// Taken off the front.
    pub remove: String,
    /// Put in front then.
    pub add: String,
}

impl Rewrite {
    /// The address for the container. What does not begin with what is to be taken off, or would be empty, keeps it.
    pub fn outward(&self, address: &str) -> String {
        let rest = address.strip_prefix(self.remove.as_str()).filter(|rest| !rest.is_empty()).unwrap_or(address);
        format!("{}{rest}", self.add)
    }

    /// The address as everybody calls it.
    pub fn inward(&self, address: &str) -> String {
        match address.strip_prefix(self.add.as_str()) {
            Some(rest) => format!("{}{rest}", self.remove),
            None => address.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_up_to_32_octets() {
        assert_eq!(Tag::new(&[7; 32]).unwrap().octets(), [7; 32]);
        assert_eq!(Tag::new(b"").unwrap().octets(), b"");
        assert_eq!(Tag::new(&[7; 33]), None);
        assert_eq!(Tag::new(&[7; 300]), None);
    }

    #[test]
    fn an_address_is_rewritten_and_back() {
        let rewrite = |remove: &str, add: &str| Rewrite { remove: remove.into(), add: add.into() };
        assert_eq!(rewrite("pat.", "ext/").outward("pat.y.x"), "ext/y.x");
        assert_eq!(rewrite("pat.", "ext/").inward("ext/y.x"), "pat.y.x");
        assert_eq!(rewrite("pat.", "").outward("pat."), "pat.", "nothing would be left");
        assert_eq!(rewrite("pat.", "ext/").outward("other"), "ext/other");
        assert_eq!(rewrite("", "ext/").inward("other"), "other");
    }
}
