//! One end of a transport: a router's machine or a client's, driven as the shell drives it.

use bytes::Bytes;
use crossdock_amqp::engine::{Output, Time};
use crossdock_router::Adaptor;
use std::io::IoSlice;

use super::peer::Peer;

/// One end of a transport.
pub(crate) struct End {
    pub(crate) machine: Machine,
    /// The router whose process it belongs to; none for a client.
    pub(crate) router: Option<usize>,
    pub(crate) transport: usize,
    /// Which end of it: 0 connected, 1 accepted.
    pub(crate) side: usize,
    /// The beginning of a frame whose rest has not come.
    partial: Vec<u8>,
    /// Somebody has mail for it.
    pub(crate) woken: bool,
    /// Nothing happens here any more.
    pub(crate) over: bool,
    /// Whether it takes bytes.
    pub(crate) reading: bool,
    /// Whether its owner may have something to send.
    pub(crate) pumping: bool,
}

/// What is at the end.
pub(crate) enum Machine {
    Adaptor(Box<Adaptor>),
    Peer(Box<Peer>),
    /// Its process is gone.
    Gone,
}

impl End {
    pub(crate) fn new(machine: Machine, router: Option<usize>, transport: usize, side: usize) -> Self {
        Self {
            machine,
            router,
            transport,
            side,
            partial: Vec::new(),
            woken: false,
            over: false,
            reading: true,
            pumping: false,
        }
    }

    pub(crate) fn adaptor(&self) -> Option<&Adaptor> {
        match &self.machine {
            Machine::Adaptor(adaptor) => Some(adaptor),
            Machine::Peer(_) | Machine::Gone => None,
        }
    }

    pub(crate) fn poll_timeout(&self) -> Time {
        match &self.machine {
            Machine::Adaptor(adaptor) => adaptor.poll_timeout(),
            Machine::Peer(peer) => peer.conn.poll_timeout(),
            Machine::Gone => Time::NEVER,
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Time) {
        match &mut self.machine {
            Machine::Adaptor(adaptor) => adaptor.handle_timeout(now),
            Machine::Peer(peer) => peer.handle_timeout(now),
            Machine::Gone => {}
        }
    }

    pub(crate) fn wants_input(&self) -> bool {
        match &self.machine {
            Machine::Adaptor(adaptor) => self.reading && adaptor.wants_input() && !adaptor.is_closed(),
            Machine::Peer(_) => self.reading,
            Machine::Gone => false,
        }
    }

    pub(crate) fn handle_input(&mut self, bytes: Vec<u8>, now: Time) {
        self.partial.extend_from_slice(&bytes);
        match &mut self.machine {
            Machine::Adaptor(adaptor) => {
                let input = Bytes::from(std::mem::take(&mut self.partial));
                let used = adaptor.handle_input(&input, now);
                self.partial = input[used..].to_vec();
            }
            Machine::Peer(peer) => {
                let used = peer.handle_input(&self.partial, now);
                self.partial.drain(..used);
            }
            Machine::Gone => self.partial.clear(),
        }
    }

    fn output(&mut self) -> Option<&mut Output> {
        match &mut self.machine {
            Machine::Adaptor(adaptor) => Some(adaptor.output()),
            Machine::Peer(peer) => Some(peer.conn.output()),
            Machine::Gone => None,
        }
    }

    pub(crate) fn has_output(&mut self) -> bool {
        self.output().is_some_and(|output| !output.is_empty())
    }

    /// Bytes that wait for the transport.
    pub(crate) fn output_len(&mut self) -> usize {
        self.output().map_or(0, |output| output.len())
    }

    /// Up to `n` bytes of output, as if they were written.
    pub(crate) fn write(&mut self, n: usize, now: Time) -> Vec<u8> {
        match &mut self.machine {
            Machine::Adaptor(adaptor) => adaptor.mark_output(now),
            Machine::Peer(peer) => peer.conn.mark_output(now),
            Machine::Gone => {}
        }
        let Some(output) = self.output() else { return Vec::new() };
        let mut bytes = Vec::new();
        while bytes.len() < n && !output.is_empty() {
            let mut slices = [IoSlice::new(&[]); 64];
            let used = output.slices(&mut slices);
            let room = n - bytes.len();
            let part: Vec<u8> = slices[..used].iter().flat_map(|slice| slice.iter().copied()).take(room).collect();
            output.advance(part.len());
            bytes.extend(part);
        }
        if let Machine::Adaptor(adaptor) = &mut self.machine {
            adaptor.handle_output_room(now);
        }
        bytes
    }

    pub(crate) fn handle_mailbox(&mut self, now: Time) {
        if let Machine::Adaptor(adaptor) = &mut self.machine {
            adaptor.handle_mailbox(now);
        }
    }

    /// Whether everything was said and written.
    pub(crate) fn is_finished(&mut self) -> bool {
        let is_closed = match &self.machine {
            Machine::Adaptor(adaptor) => adaptor.is_closed(),
            Machine::Peer(peer) => peer.conn.is_closed(),
            Machine::Gone => true,
        };
        is_closed && !self.has_output()
    }

    /// The transport is gone.
    pub(crate) fn lose(&mut self, now: Time) {
        self.over = true;
        if let Machine::Adaptor(adaptor) = &mut self.machine {
            adaptor.handle_transport_lost(now);
        }
        if let Some(output) = self.output() {
            output.take_all();
        }
    }
}
