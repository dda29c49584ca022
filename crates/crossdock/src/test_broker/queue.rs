//! A queue: messages in order, consumers in turn.

use bytes::Bytes;
use crossdock_amqp::engine::LinkId;
use std::collections::{BTreeMap, VecDeque};

/// A link to a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Consumer {
    /// Number of its connection.
    pub(super) peer: u64,
    pub(super) link: LinkId,
}

/// A message as it came.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) content: Bytes,
    pub(super) format: u32,
    /// Consumers that said that it cannot be delivered there.
    pub(super) avoids: Vec<Consumer>,
}

/// The place of a message in its queue: messages keep theirs when they come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64);

#[derive(Debug, Default)]
pub(super) struct Queue {
    messages: BTreeMap<Place, Message>,
    next: u64,
    /// The first has its turn.
    consumers: VecDeque<Consumer>,
    /// Whether it goes with its last consumer.
    pub(super) is_temporary: bool,
}

impl Queue {
    pub(super) fn temporary() -> Self {
        Self { is_temporary: true, ..Self::default() }
    }

    pub(super) fn push(&mut self, message: Message) {
        self.messages.insert(Place(self.next), message);
        self.next += 1;
    }

    /// A message that was not consumed comes back to where it was.
    pub(super) fn put_back(&mut self, place: Place, message: Message) {
        self.messages.insert(place, message);
    }

    /// The first message for this consumer.
    pub(super) fn first_for(&self, consumer: Consumer) -> Option<(Place, &Message)> {
        self.messages.iter().find(|(_, message)| !message.avoids.contains(&consumer)).map(|(&place, one)| (place, one))
    }

    pub(super) fn take(&mut self, place: Place) -> Option<Message> {
        self.messages.remove(&place)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(super) fn add_consumer(&mut self, consumer: Consumer) {
        self.consumers.push_back(consumer);
    }

    pub(super) fn remove_consumer(&mut self, consumer: Consumer) {
        self.consumers.retain(|one| *one != consumer);
        for message in self.messages.values_mut() {
            message.avoids.retain(|one| *one != consumer);
        }
    }

    pub(super) fn consumer_count(&self) -> usize {
        self.consumers.len()
    }

    /// The consumer whose turn it is; the next time it is another's.
    pub(super) fn next_consumer(&mut self) -> Option<Consumer> {
        self.consumers.rotate_left(usize::from(self.consumers.len() > 1));
        self.consumers.back().copied()
    }
}
