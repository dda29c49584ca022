//! Bytes in, bytes out, first in first out, in one allocation.

/// Content of small messages that wait on a link: one buffer for all of them.
#[derive(Debug, Default)]
pub(super) struct ByteQueue {
    bytes: Vec<u8>,
    head: usize,
}

impl ByteQueue {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.head > 0 && self.head >= self.bytes.len() - self.head {
            // At least as much is dead as is alive: moving the live part costs no more than what was saved.
            self.bytes.drain(..self.head);
            self.head = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next `len` bytes; fewer if there are fewer.
    pub(super) fn front(&self, len: usize) -> &[u8] {
        let end = (self.head + len).min(self.bytes.len());
        self.bytes.get(self.head..end).unwrap_or_default()
    }

    /// How many bytes wait.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.head
    }

    pub(super) fn pop(&mut self, len: usize) {
        self.head = (self.head + len).min(self.bytes.len());
        if self.head == self.bytes.len() {
            self.bytes.clear();
            self.head = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    proptest! {
        #[test]
        fn equals_a_plain_queue(steps in prop::collection::vec((any::<bool>(), 0usize..50), 1..300)) {
            let mut queue = ByteQueue::default();
            let mut model: VecDeque<Vec<u8>> = VecDeque::new();
            let mut byte = 0u8;
            for (push, len) in steps {
                if push {
                    let bytes: Vec<u8> = (0..len).map(|_| { byte = byte.wrapping_add(1); byte }).collect();
                    queue.push(&bytes);
                    model.push_back(bytes);
                    let live: usize = model.iter().map(Vec::len).sum();
                    prop_assert_eq!(queue.len(), live);
                    prop_assert!(queue.bytes.len() <= 2 * live.max(1), "{} for {live}", queue.bytes.len());
                } else if let Some(expected) = model.pop_front() {
                    prop_assert_eq!(queue.front(expected.len()), &expected[..]);
                    queue.pop(expected.len());
                }
            }
        }
    }
}
