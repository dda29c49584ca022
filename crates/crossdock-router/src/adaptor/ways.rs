//! Deliveries of balanced addresses that are under way to other routers, counted until they are settled.

use crossdock_core::table::OutgoingCounters;
use hashbrown::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

/// Counters that a delivery of this connection was counted with; none if it was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WayId(Option<NonZeroU32>);

/// The counters in use, so that what is remembered of a delivery stays small.
#[derive(Debug, Default)]
pub(super) struct Ways {
    list: Vec<Way>,
    free: Vec<u32>,
    index: HashMap<usize, u32>,
}

#[derive(Debug)]
struct Way {
    counters: Option<Arc<OutgoingCounters>>,
    deliveries: u32,
}

impl Ways {
    /// Counts a delivery.
    pub(super) fn assign(&mut self, counters: &Arc<OutgoingCounters>) -> WayId {
        counters.assign();
        // Held as long as the number stands for it, the address of the counters is nobody else's.
        let address = Arc::as_ptr(counters) as usize;
        let at = match self.index.get(&address) {
            Some(&at) => at,
            None => {
                let at = self.free.pop().unwrap_or_else(|| {
                    self.list.push(Way { counters: None, deliveries: 0 });
                    self.list.len() as u32 - 1
                });
                self.index.insert(address, at);
                at
            }
        };
        if let Some(way) = self.list.get_mut(at as usize) {
            way.deliveries += 1;
            if way.counters.is_none() {
                way.counters = Some(Arc::clone(counters));
            }
        }
        WayId(NonZeroU32::new(at + 1))
    }

    /// A delivery is over.
    #[inline]
    pub(super) fn finish(&mut self, way: WayId) {
        if let Some(number) = way.0 {
            self.finish_counted(number.get() - 1);
        }
    }

    fn finish_counted(&mut self, at: u32) {
        let Some(way) = self.list.get_mut(at as usize) else { return };
        let Some(counters) = &way.counters else { return };
        counters.finish(1);
        way.deliveries -= 1;
        if way.deliveries == 0 {
            self.index.remove(&(Arc::as_ptr(counters) as usize));
            way.counters = None;
            self.free.push(at);
        }
    }
}
