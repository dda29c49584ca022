//! Deliveries that went to several consumers.

use crossdock_core::batch::ConnId;
use crossdock_core::outcome::Combined;

/// Multicast deliveries whose copies have not all been settled.
#[derive(Debug, Default)]
pub(super) struct Multicasts {
    pub(super) list: Vec<Option<Multicast>>,
    free: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Multicast {
    pub(super) combined: Combined,
    pub(super) told: bool,
    pub(super) copies: Vec<ConnId>,
}

impl Multicasts {
    pub(super) fn insert(&mut self, multicast: Multicast) -> u32 {
        if let Some(index) = self.free.pop()
            && let Some(slot) = self.list.get_mut(index as usize)
        {
            *slot = Some(multicast);
            return index;
        }
        self.list.push(Some(multicast));
        self.list.len() as u32 - 1
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut Multicast> {
        self.list.get_mut(index as usize)?.as_mut()
    }

    pub(super) fn remove(&mut self, index: u32) -> Option<Multicast> {
        let multicast = self.list.get_mut(index as usize)?.take()?;
        self.free.push(index);
        Some(multicast)
    }
}
