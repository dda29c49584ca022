//! Numbers with one writer and any number of readers.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Counts upwards. Only its owner may change it: two at once would lose counts.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`.
    #[inline]
    pub fn add(&self, n: u64) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(n), Ordering::Relaxed);
    }

    /// How far it has counted.
    #[inline]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up and down. Only its owner may change it.
#[derive(Debug, Default)]
pub struct Gauge32(AtomicU32);

impl Gauge32 {
    /// One more.
    #[inline]
    pub fn raise(&self) {
        self.set(self.level().saturating_add(1));
    }

    /// One less, never less than none.
    #[inline]
    pub fn lower(&self) {
        self.set(self.level().saturating_sub(1));
    }

    /// So many.
    #[inline]
    pub fn set(&self, level: u32) {
        self.0.store(level, Ordering::Relaxed);
    }

    /// How many there are.
    #[inline]
    pub fn level(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}
