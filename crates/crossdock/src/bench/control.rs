//! What the threads of a run share: the phase and the clock.

use crossdock_amqp::engine::Time;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where the run is. Everybody moves on together.
///
/// ```text
///  Receivers ──all attached──► Senders ──all attached──► Run ──time or number reached──► Stop ──all arrived──► Close
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Phase {
    /// Receivers connect and attach.
    Receivers,
    /// Senders connect and attach.
    Senders,
    /// Messages flow.
    Run,
    /// No new messages; those under way arrive and are settled.
    Stop,
    /// Connections close.
    Close,
}

impl Phase {
    const ALL: [Self; 5] = [Self::Receivers, Self::Senders, Self::Run, Self::Stop, Self::Close];
}

/// Shared by all threads of a run.
#[derive(Debug)]
pub(super) struct Control {
    phase: AtomicU8,
    wakers: Mutex<Vec<Waker>>,
    origin: Instant,
    /// Wall clock at the origin (ns): stamps can be compared between processes of one machine.
    wall: u64,
    /// Messages sent before this do not count for latency (ns of the wall clock).
    measure_from: AtomicU64,
    run_from: AtomicU64,
}

impl Control {
    pub(super) fn new() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall = u64::try_from(wall.as_nanos()).unwrap_or(u64::MAX / 2);
        Self {
            phase: AtomicU8::new(Phase::Receivers as u8),
            wakers: Mutex::default(),
            origin: Instant::now(),
            wall,
            measure_from: AtomicU64::new(u64::MAX),
            run_from: AtomicU64::new(u64::MAX),
        }
    }

    /// The phase.
    #[inline]
    pub(super) fn phase(&self) -> Phase {
        let phase = self.phase.load(Ordering::Acquire);
        Phase::ALL.get(usize::from(phase)).copied().unwrap_or(Phase::Close)
    }

    /// Moves on and tells everybody.
    pub(super) fn enter(&self, phase: Phase) {
        if phase == Phase::Run {
            self.run_from.store(self.now(), Ordering::Release);
        }
        self.phase.store(phase as u8, Ordering::Release);
        let wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        for waker in wakers.iter() {
            waker.wake_by_ref();
        }
    }

    /// Wake this task whenever the phase changes.
    pub(super) fn register(&self, waker: Waker) {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner).push(waker);
    }

    /// Nanoseconds of a wall clock that never jumps.
    #[inline]
    pub(super) fn now(&self) -> u64 {
        self.wall.saturating_add(u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// The engine's time at `now`.
    #[inline]
    pub(super) fn engine_time(&self, now: u64) -> Time {
        Time::from_millis(now.saturating_sub(self.wall) / 1_000_000)
    }

    /// When messages began to flow.
    pub(super) fn run_from(&self) -> u64 {
        self.run_from.load(Ordering::Acquire)
    }

    /// The warm-up is over.
    pub(super) fn measure_from(&self, now: u64) {
        self.measure_from.store(now, Ordering::Release);
    }

    /// When the warm-up ended.
    #[inline]
    pub(super) fn measured_from(&self) -> u64 {
        self.measure_from.load(Ordering::Acquire)
    }
}
