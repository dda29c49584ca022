//! The batches under way to other connections.

use crossdock_core::batch::{Batch, ConnId};
use crossdock_core::mailbox::Mailbox;
use hashbrown::HashMap;
use std::sync::Arc;

/// One batch for each connection that this one has something for. A connection usually talks to few others, and mostly to
/// the one it talked to last.
#[derive(Debug, Default)]
pub(super) struct Targets {
    list: Vec<Target>,
    index: HashMap<ConnId, usize>,
    last: usize,
    dirty: Vec<usize>,
    sweep_at: usize,
}

#[derive(Debug)]
struct Target {
    conn: ConnId,
    mailbox: Arc<Mailbox>,
    batch: Batch,
    dirty: bool,
}

/// Targets that are kept without asking whether their connections still live.
const SWEEP_MIN: usize = 32;

impl Targets {
    /// The batch for a connection; `find` looks its mailbox up if it is new here. None if the connection is gone.
    #[inline]
    pub(super) fn batch(&mut self, conn: ConnId, find: impl FnOnce() -> Option<Arc<Mailbox>>) -> Option<&mut Batch> {
        let at = match self.list.get(self.last) {
            Some(target) if target.conn == conn => self.last,
            _ => self.locate(conn, find)?,
        };
        self.last = at;
        let target = self.list.get_mut(at)?;
        if !target.dirty {
            target.dirty = true;
            self.dirty.push(at);
        }
        Some(&mut target.batch)
    }

    fn locate(&mut self, conn: ConnId, find: impl FnOnce() -> Option<Arc<Mailbox>>) -> Option<usize> {
        if let Some(&at) = self.index.get(&conn) {
            return Some(at);
        }
        let mailbox = find()?;
        let at = self.list.len();
        self.list.push(Target { conn, mailbox, batch: Batch::default(), dirty: false });
        self.index.insert(conn, at);
        Some(at)
    }

    /// Hands all batches over. Those whose connection has gone end up in `returned`.
    pub(super) fn dispatch(&mut self, returned: &mut Vec<Batch>) {
        if self.dirty.is_empty() {
            return;
        }
        let mut gone = false;
        for at in self.dirty.drain(..) {
            let Some(target) = self.list.get_mut(at) else { continue };
            target.dirty = false;
            if !target.batch.is_empty() && !target.mailbox.deliver(&mut target.batch) {
                returned.push(std::mem::take(&mut target.batch));
                gone = true;
            }
        }
        if gone || self.list.len() > self.sweep_at.max(SWEEP_MIN) {
            self.sweep();
        }
    }

    /// Whether nothing waits to be handed over.
    pub(super) fn is_clean(&self) -> bool {
        self.dirty.is_empty()
    }

    fn sweep(&mut self) {
        self.list.retain(|target| !target.mailbox.is_closed());
        self.index = self.list.iter().enumerate().map(|(at, target)| (target.conn, at)).collect();
        self.last = 0;
        self.sweep_at = 2 * self.list.len();
    }

    /// Gives memory back while nothing is under way.
    pub(super) fn shrink(&mut self) {
        if self.is_clean() {
            *self = Self::default();
        }
    }
}
