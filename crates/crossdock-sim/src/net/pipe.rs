//! One direction of a transport.

use crossdock_amqp::engine::Time;
use std::collections::VecDeque;

/// Bytes on their way, in order: takes so many and no more until some are read, and gives each out when it has arrived.
#[derive(Debug)]
pub(crate) struct Pipe {
    pieces: VecDeque<(Time, VecDeque<u8>)>,
    len: usize,
    capacity: usize,
    /// When the reader sees the end, after all bytes.
    end: Option<Time>,
}

impl Pipe {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { pieces: VecDeque::new(), len: 0, capacity, end: None }
    }

    /// How many bytes it takes now.
    pub(crate) fn room(&self) -> usize {
        if self.end.is_some() { 0 } else { self.capacity.saturating_sub(self.len) }
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Bytes that arrive then, or after what is before them.
    pub(crate) fn write(&mut self, bytes: Vec<u8>, arrival: Time) {
        self.len += bytes.len();
        let arrival = self.pieces.back().map_or(arrival, |(last, _)| arrival.max(*last));
        self.pieces.push_back((arrival, bytes.into()));
    }

    /// Nothing more is written.
    pub(crate) fn finish(&mut self, arrival: Time) {
        if self.end.is_none() {
            self.end = Some(self.pieces.back().map_or(arrival, |(last, _)| arrival.max(*last)));
        }
    }

    /// What is under way is lost.
    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
        self.len = 0;
    }

    /// When there is something to read next, bytes or the end.
    pub(crate) fn next_arrival(&self) -> Time {
        self.pieces.front().map(|(at, _)| *at).or(self.end).unwrap_or(Time::NEVER)
    }

    /// Up to `n` bytes that have arrived; none is the end.
    pub(crate) fn read(&mut self, n: usize, now: Time) -> Vec<u8> {
        let mut taken = Vec::new();
        while let Some((at, piece)) = self.pieces.front_mut() {
            if *at > now || taken.len() == n {
                break;
            }
            let part = piece.len().min(n - taken.len());
            taken.extend(piece.drain(..part));
            if piece.is_empty() {
                self.pieces.pop_front();
            }
        }
        self.len -= taken.len();
        taken
    }
}
