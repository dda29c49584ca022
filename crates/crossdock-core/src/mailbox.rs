//! Where a connection finds what others have for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

use crate::batch::Batch;
use crate::work::Work;

/// The mailbox of one connection: written by all other connections and by the node, emptied by its owner. One lock and at
/// most one wake for each batch; no wake if the owner has not looked since the last one.
#[derive(Debug, Default)]
pub struct Mailbox {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    batch: Batch,
    work: Vec<Work>,
    /// Somebody wants the owner to look, be it for mail or because content has left.
    pending: bool,
    closed: bool,
    waker: Option<Waker>,
}

impl Mailbox {
    /// A mailbox nobody has written to.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Hands a batch over; it is empty afterwards, with the memory of an earlier one. False if the owner has gone: then the
    /// batch is as it was, and it is for the caller to say what becomes of it.
    pub fn deliver(&self, batch: &mut Batch) -> bool {
        let mut inner = self.lock();
        if inner.closed {
            return false;
        }
        if inner.batch.is_empty() {
            std::mem::swap(&mut inner.batch, batch);
        } else {
            inner.batch.append(batch);
        }
        Self::wake_owner(inner);
        true
    }

    /// Hands over a piece of control work. False if the owner has gone.
    pub fn instruct(&self, work: Work) -> bool {
        let mut inner = self.lock();
        if inner.closed {
            return false;
        }
        inner.work.push(work);
        Self::wake_owner(inner);
        true
    }

    /// Whom to wake when there is mail. The shell calls it before it looks for the last time.
    pub fn register(&self, waker: &Waker) {
        let mut inner = self.lock();
        match &mut inner.waker {
            Some(current) => current.clone_from(waker),
            None => inner.waker = Some(waker.clone()),
        }
    }

    /// Takes everything: mail into `batch` and `work`, which are empty. False if there was nothing and nobody had woken
    /// the owner.
    pub fn take(&self, batch: &mut Batch, work: &mut Vec<Work>) -> bool {
        let mut inner = self.lock();
        if !std::mem::take(&mut inner.pending) {
            return false;
        }
        std::mem::swap(&mut inner.batch, batch);
        std::mem::swap(&mut inner.work, work);
        true
    }

    /// The owner goes: nothing more is taken in. What is left is its to answer for.
    pub fn close(&self, batch: &mut Batch, work: &mut Vec<Work>) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.waker = None;
        std::mem::swap(&mut inner.batch, batch);
        std::mem::swap(&mut inner.work, work);
    }

    /// Whether the owner has gone.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn wake_owner(mut inner: MutexGuard<'_, Inner>) {
        if !std::mem::replace(&mut inner.pending, true)
            && let Some(waker) = inner.waker.clone()
        {
            drop(inner);
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere while the lock was held leaves the vectors whole: nothing in there can be half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mailbox wakes its owner, so that a gauge can: content has left and windows may open.
impl Wake for Mailbox {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        Self::wake_owner(self.lock());
    }
}
