//! What one connection hands to another in one go: deliveries, and what became of deliveries.
//!
//! Everything that one read yields for one other connection is collected in one [`Batch`] and handed over with one lock and
//! at most one wake. Small content is copied into the batch's buffer, large content travels by reference. A batch is a
//! struct of arrays whose vectors go back and forth between the two connections, so that steady traffic allocates nothing.

use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{Chunk, LinkId, SessionId};
use crossdock_amqp::serial::WireDeliveryNumber;
use std::fmt;

use crate::record::{Arrival, OriginIndex};
use crate::routed::{LinkWord, Marks, Tag, Word};

/// A connection of this router, numbered from 1 in the order in which connections came; never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ConnId(pub u64);

impl fmt::Display for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{}", self.0)
    }
}

impl fmt::Debug for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{}", self.0)
    }
}

/// A delivery as its ingress connection knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryRef {
    /// The session it came over.
    pub session: SessionId,
    /// Its number there.
    pub number: WireDeliveryNumber,
}

/// A frame's worth of a delivery, from its ingress connection to one of its egress connections.
#[derive(Clone, Copy, Debug)]
pub struct Forward {
    /// The outgoing link it was assigned to.
    pub link: LinkId,
    /// The ingress connection.
    pub from: ConnId,
    /// The delivery there.
    pub delivery: DeliveryRef,
    /// Format of the message.
    pub message_format: u32,
    /// Offset of the content in the batch's data, or index of the chunk.
    pub(crate) at: u32,
    /// Length of copied content (bytes).
    pub(crate) len: u32,
    /// What kind of part it is.
    pub flags: Flags,
    /// Priority, 0 to 9.
    pub priority: u8,
    /// When the delivery came to this router; of its first part.
    pub came: Arrival,
    /// Where the delivery entered the network; of its first part.
    pub origin: OriginIndex,
}

impl Forward {
    /// A part of a delivery, of which only the first carries more than content.
    #[inline]
    pub fn part(link: LinkId, from: ConnId, delivery: DeliveryRef, flags: Flags) -> Self {
        Self {
            link,
            from,
            delivery,
            message_format: 0,
            at: 0,
            len: 0,
            flags,
            priority: 0,
            came: Arrival::LONG_AGO,
            origin: OriginIndex::OWN,
        }
    }

    /// The first part of a delivery.
    #[inline]
    #[must_use]
    pub fn first(mut self, message_format: u32, priority: u8, came: Arrival) -> Self {
        self.flags = self.flags.with(Flags::FIRST, true);
        self.message_format = message_format;
        self.priority = priority;
        self.came = came;
        self
    }

    /// The same, of a delivery that entered the network there.
    #[inline]
    #[must_use]
    pub fn from_origin(mut self, origin: OriginIndex) -> Self {
        self.origin = origin;
        self
    }
}

/// Flags of a [`Forward`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u16);

impl Flags {
    /// First part of a delivery.
    pub const FIRST: Self = Self(1);
    /// More parts follow.
    pub const MORE: Self = Self(2);
    /// The sender has settled it.
    pub const SETTLED: Self = Self(4);
    /// The sender gave it up.
    pub const ABORTED: Self = Self(8);
    /// The content is a chunk.
    pub(crate) const SHARED: Self = Self(16);
    /// A state came with the transfer.
    pub(crate) const STATE: Self = Self(32);
    /// The sender asks for receiver settle mode second.
    pub const RCV_SECOND: Self = Self(64);
    /// The sender has gone, and nobody wants to know what becomes of it.
    pub const ORPHAN: Self = Self(128);
    /// It came from another router, which has its credit back already.
    pub const TRANSIT: Self = Self(256);
    /// Its content is an open-ended stream: its end is not to be waited for.
    pub const STREAM: Self = Self(512);
    /// It has the delivery-tag of its sender.
    pub(crate) const TAGGED: Self = Self(1024);
    /// It is a probe: the node wants to know what becomes of it. It has no sender.
    pub const PROBE: Self = Self(2048);

    /// Whether all of `other` is set.
    #[inline]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With `other` set if `condition` holds.
    #[inline]
    #[must_use]
    pub const fn with(self, other: Self, condition: bool) -> Self {
        if condition { Self(self.0 | other.0) } else { self }
    }

    /// With `other` cleared.
    #[inline]
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// A delivery state under way between connections. All but the commonest are carried as they came off the wire.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum State {
    /// No state.
    #[default]
    None,
    /// Accepted.
    Accepted,
    /// Released.
    Released,
    /// Any other, encoded.
    Other(Box<[u8]>),
}

impl State {
    /// The state in a frame.
    #[inline]
    pub fn from_wire(state: StateRef<'_>) -> Self {
        match state {
            StateRef::None => Self::None,
            StateRef::Accepted => Self::Accepted,
            StateRef::Released => Self::Released,
            StateRef::Other(bytes) => Self::Other(bytes.into()),
        }
    }

    /// The state for a frame.
    #[inline]
    pub fn as_wire(&self) -> StateRef<'_> {
        match self {
            Self::None => StateRef::None,
            Self::Accepted => StateRef::Accepted,
            Self::Released => StateRef::Released,
            Self::Other(bytes) => StateRef::Other(bytes),
        }
    }

    /// `modified` with delivery-failed: sent, and then its receiver was lost.
    pub const DELIVERY_FAILED: StateRef<'static> = StateRef::Other(&[0x00, 0x53, 0x27, 0xc0, 0x02, 0x01, 0x41]);

    /// [`State::DELIVERY_FAILED`], to be kept.
    pub fn delivery_failed() -> Self {
        Self::from_wire(Self::DELIVERY_FAILED)
    }
}

/// What became of deliveries, from their egress connection to their ingress connection.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The ingress session.
    pub session: SessionId,
    /// First delivery.
    pub first: WireDeliveryNumber,
    /// Last delivery, inclusive.
    pub last: WireDeliveryNumber,
    /// The state; none if there is nothing to tell.
    pub state: State,
    /// Whether the egress side is done with them.
    pub settled: bool,
    /// Whether this is the first word that decides them: an outcome, or settlement without one.
    pub decides: bool,
}

/// What the sender of deliveries said of them after sending, from their ingress connection to an egress connection.
#[derive(Clone, Debug)]
pub struct SenderUpdate {
    /// The ingress connection.
    pub from: ConnId,
    /// The ingress session.
    pub session: SessionId,
    /// First delivery.
    pub first: WireDeliveryNumber,
    /// Last delivery, inclusive.
    pub last: WireDeliveryNumber,
    /// The state the sender gives them.
    pub state: State,
    /// Whether the sender has settled them.
    pub settled: bool,
    /// Whether the sender has gone: nobody wants to know what becomes of them.
    pub gone: bool,
}

/// Deliveries and settlements for one connection.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) forwards: Vec<Forward>,
    pub(crate) data: Vec<u8>,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) states: Vec<(u32, State)>,
    pub(crate) settlements: Vec<Settlement>,
    pub(crate) updates: Vec<SenderUpdate>,
    pub(crate) tags: Vec<(u32, Tag)>,
    pub(crate) words: Vec<LinkWord>,
}

/// Settlements, or updates, that wait for a connection before those that decide nothing are dropped: a peer may write such
/// states faster than another connection takes them, and as often as it likes.
const ENOUGH: usize = 4096;

/// Content of a forwarded part.
#[derive(Debug)]
pub enum Content<'a> {
    /// To be copied.
    Copied(&'a [u8]),
    /// Shared.
    Shared(Chunk),
}

impl Batch {
    /// Whether there is nothing in it.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.forwards.is_empty() && self.settlements.is_empty() && self.updates.is_empty() && self.words.is_empty()
    }

    /// Adds a part of a delivery.
    #[inline]
    pub fn push_forward(&mut self, mut forward: Forward, content: Content<'_>) {
        match content {
            Content::Copied(bytes) => {
                forward.at = self.data.len() as u32;
                forward.len = bytes.len() as u32;
                self.data.extend_from_slice(bytes);
            }
            Content::Shared(chunk) => {
                forward.at = self.chunks.len() as u32;
                forward.flags = forward.flags.with(Flags::SHARED, true);
                self.chunks.push(chunk);
            }
        }
        self.forwards.push(forward);
    }

    /// Attaches a state to the part added last.
    pub fn state_of_last(&mut self, state: State) {
        if let Some(last) = self.forwards.last_mut() {
            last.flags = last.flags.with(Flags::STATE, true);
            self.states.push((self.forwards.len() as u32 - 1, state));
        }
    }

    /// Gives the part added last the delivery-tag of its sender.
    pub fn tag_of_last(&mut self, tag: Tag) {
        if let Some(last) = self.forwards.last_mut() {
            last.flags = last.flags.with(Flags::TAGGED, true);
            self.tags.push((self.forwards.len() as u32 - 1, tag));
        }
    }

    /// Adds what one half of a routed link tells the other, in its place after what is there. Credit replaces what was said
    /// of it just before.
    pub fn push_link_word(&mut self, from: ConnId, pair: u64, word: Word) {
        if let (Word::Credit { .. }, Some(last)) = (&word, self.words.last_mut())
            && last.pair == pair
            && last.from == from
            && matches!(last.word, Word::Credit { .. })
        {
            last.word = word;
            return;
        }
        let after =
            Marks { forwards: self.forwards.len(), settlements: self.settlements.len(), updates: self.updates.len() };
        self.words.push(LinkWord { from, pair, word, after });
    }

    /// Adds what became of a delivery; adjacent deliveries with the same fate become one range.
    #[inline]
    pub fn push_settlement(&mut self, delivery: DeliveryRef, state: StateRef<'_>, settled: bool, decides: bool) {
        if let Some(last) = self.settlements.last_mut()
            && last.last.next() == delivery.number
            && last.session == delivery.session
            && last.settled == settled
            && last.decides == decides
            && last.state.as_wire() == state
        {
            last.last = delivery.number;
            return;
        }
        let DeliveryRef { session, number } = delivery;
        let state = State::from_wire(state);
        self.settlements.push(Settlement { session, first: number, last: number, state, settled, decides });
    }

    /// Adds what the sender said of a delivery; adjacent deliveries become one range.
    pub fn push_update(&mut self, from: ConnId, delivery: DeliveryRef, state: StateRef<'_>, settled: bool) {
        self.push_word(from, delivery, state, settled, false);
    }

    /// Adds that the sender of a delivery has gone; adjacent deliveries become one range.
    pub fn push_orphan(&mut self, from: ConnId, delivery: DeliveryRef) {
        self.push_word(from, delivery, StateRef::None, false, true);
    }

    fn push_word(&mut self, from: ConnId, delivery: DeliveryRef, state: StateRef<'_>, settled: bool, gone: bool) {
        if let Some(last) = self.updates.last_mut()
            && last.last.next() == delivery.number
            && last.session == delivery.session
            && last.from == from
            && last.settled == settled
            && last.gone == gone
            && last.state.as_wire() == state
        {
            last.last = delivery.number;
            return;
        }
        let DeliveryRef { session, number } = delivery;
        let state = State::from_wire(state);
        self.updates.push(SenderUpdate { from, session, first: number, last: number, state, settled, gone });
    }

    /// Adds all of `other`, which is empty afterwards.
    pub fn append(&mut self, other: &mut Self) {
        let data = self.data.len() as u32;
        let chunks = self.chunks.len() as u32;
        let forwards = self.forwards.len() as u32;
        self.append_words(other);
        self.tags.extend(other.tags.drain(..).map(|(index, tag)| (index + forwards, tag)));
        self.data.append(&mut other.data);
        self.chunks.append(&mut other.chunks);
        self.states.extend(other.states.drain(..).map(|(index, state)| (index + forwards, state)));
        self.forwards.extend(other.forwards.drain(..).map(|mut forward| {
            forward.at += if forward.flags.has(Flags::SHARED) { chunks } else { data };
            forward
        }));
        if self.settlements.len() >= ENOUGH {
            other.settlements.retain(|settlement| settlement.settled || settlement.decides);
        }
        self.settlements.append(&mut other.settlements);
        if self.updates.len() >= ENOUGH {
            other.updates.retain(|update| update.settled);
        }
        self.updates.append(&mut other.updates);
    }

    fn append_words(&mut self, other: &mut Self) {
        let before =
            Marks { forwards: self.forwards.len(), settlements: self.settlements.len(), updates: self.updates.len() };
        for LinkWord { from, pair, word, after } in other.words.drain(..) {
            let after = Marks {
                forwards: before.forwards + after.forwards,
                settlements: before.settlements + after.settlements,
                updates: before.updates + after.updates,
            };
            match self.words.last_mut() {
                // As often as a peer says it, it is one word.
                Some(last)
                    if last.pair == pair
                        && last.from == from
                        && matches!((&last.word, &word), (Word::Credit { .. }, Word::Credit { .. })) =>
                {
                    last.word = word;
                }
                Some(_) | None => self.words.push(LinkWord { from, pair, word, after }),
            }
        }
    }

    /// What halves of routed links said, in order.
    #[inline]
    pub fn words(&self) -> &[LinkWord] {
        &self.words
    }

    /// The same, to be followed one by one; [`Batch::put_back`] wants their memory.
    pub fn take_words(&mut self) -> Vec<LinkWord> {
        std::mem::take(&mut self.words)
    }

    /// Takes the memory of words back, which are forgotten.
    pub fn put_back(&mut self, mut words: Vec<LinkWord>) {
        words.clear();
        self.words = words;
    }

    /// The delivery-tag that the sender gave to the part at this index.
    #[inline]
    pub fn tag(&self, index: usize, forward: &Forward) -> Option<&Tag> {
        if !forward.flags.has(Flags::TAGGED) {
            return None;
        }
        let found = self.tags.binary_search_by_key(&index, |(of, _)| *of as usize);
        found.ok().and_then(|at| self.tags.get(at)).map(|(_, tag)| tag)
    }

    /// Parts of deliveries, in order.
    #[inline]
    pub fn forwards(&self) -> &[Forward] {
        &self.forwards
    }

    /// What became of deliveries, in order.
    pub fn settlements(&self) -> &[Settlement] {
        &self.settlements
    }

    /// What senders said, in order.
    pub fn updates(&self) -> &[SenderUpdate] {
        &self.updates
    }

    /// The content of a part.
    #[inline]
    pub fn content(&self, forward: &Forward) -> ContentRef<'_> {
        if forward.flags.has(Flags::SHARED) {
            match self.chunks.get(forward.at as usize) {
                Some(chunk) => ContentRef::Shared(chunk),
                None => ContentRef::Copied(&[]),
            }
        } else {
            let range = forward.at as usize..(forward.at + forward.len) as usize;
            ContentRef::Copied(self.data.get(range).unwrap_or_default())
        }
    }

    /// The state that came with the part at this index.
    #[inline]
    pub fn state(&self, index: usize, forward: &Forward) -> StateRef<'_> {
        if !forward.flags.has(Flags::STATE) {
            return StateRef::None;
        }
        let found = self.states.binary_search_by_key(&index, |(of, _)| *of as usize);
        found.ok().and_then(|at| self.states.get(at)).map_or(StateRef::None, |(_, state)| state.as_wire())
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.forwards.clear();
        self.data.clear();
        self.chunks.clear();
        self.states.clear();
        self.settlements.clear();
        self.updates.clear();
        self.tags.clear();
        self.words.clear();
    }

    /// Gives memory back.
    pub fn shrink(&mut self) {
        if self.is_empty() {
            *self = Self::default();
        }
    }
}

/// Content of a forwarded part, looked at.
#[derive(Clone, Copy, Debug)]
pub enum ContentRef<'a> {
    /// Copied.
    Copied(&'a [u8]),
    /// Shared.
    Shared(&'a Chunk),
}

impl ContentRef<'_> {
    /// The content, to be kept: copied again, or shared as it is.
    pub fn to_chunk(self) -> Chunk {
        match self {
            Self::Copied(bytes) => Chunk::free(bytes.to_vec().into()),
            Self::Shared(chunk) => chunk.clone(),
        }
    }
}
