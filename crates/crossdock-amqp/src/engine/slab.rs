//! Sessions and links by index and generation.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name {
            pub(super) index: u32,
            pub(super) generation: u32,
        }

        impl $name {
            /// The slot: dense, and used again after the session or link has gone. For tables kept in parallel.
            #[inline]
            pub fn index(self) -> usize {
                self.index as usize
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}.{}", self.index, self.generation)
            }
        }
    };
}

id! {
    /// A session of one connection, for as long as that session lives: an id of an earlier session in the same slot
    /// finds nothing.
    SessionId
}
id! {
    /// A link of one connection, for as long as that link lives: an id of an earlier link in the same slot finds nothing.
    LinkId
}

impl SessionId {
    /// No session at all: of deliveries that did not come over one.
    pub const NONE: Self = Self { index: u32::MAX, generation: u32::MAX };
}

impl LinkId {
    /// No link at all: stands for one that is still to be chosen.
    pub const NONE: Self = Self { index: u32::MAX, generation: u32::MAX };
}

#[derive(Debug)]
pub(super) struct Slab<T> {
    slots: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    pub(super) fn insert(&mut self, value: T) -> (u32, u32) {
        if let Some(index) = self.free.pop()
            && let Some((generation, slot)) = self.slots.get_mut(index as usize)
        {
            *slot = Some(value);
            return (index, *generation);
        }
        // Most connections have one session and one link: a vector's usual first step of four would waste most of it.
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact(self.slots.len().max(1));
        }
        let index = self.slots.len() as u32;
        self.slots.push((0, Some(value)));
        (index, 0)
    }

    #[inline]
    pub(super) fn get(&self, index: u32, generation: u32) -> Option<&T> {
        match self.slots.get(index as usize) {
            Some((current, slot)) if *current == generation => slot.as_ref(),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: u32, generation: u32) -> Option<&mut T> {
        match self.slots.get_mut(index as usize) {
            Some((current, slot)) if *current == generation => slot.as_mut(),
            _ => None,
        }
    }

    pub(super) fn remove(&mut self, index: u32, generation: u32) -> Option<T> {
        let (current, slot) = self.slots.get_mut(index as usize)?;
        if *current != generation {
            return None;
        }
        let value = slot.take()?;
        *current = current.wrapping_add(1);
        self.free.push(index);
        Some(value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32, &T)> {
        self.slots
            .iter()
            .enumerate()
            .filter_map(|(index, (generation, slot))| slot.as_ref().map(|value| (index as u32, *generation, value)))
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}
