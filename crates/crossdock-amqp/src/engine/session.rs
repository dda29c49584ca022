//! One session: windows, handles and the two ledgers of unsettled deliveries.

use hashbrown::HashMap;
use std::sync::Arc;

use super::LinkId;
use super::output::Gauge;
use crate::ledger::Unsettled;
use crate::serial::TransferId;

/// A session of a connection. `I` and `O` are what the owner remembers of unsettled deliveries.
#[derive(Debug)]
pub struct Session<I, O> {
    pub(super) state: SessionState,
    pub(super) incoming_channel: Option<u16>,
    pub(super) outgoing_channel: u16,
    /// Next transfer expected [AMQP 2.5.6].
    pub(super) next_incoming_id: TransferId,
    /// Transfers that the peer may still send.
    pub(super) incoming_window: u32,
    /// Size of recent transfer frames (bytes), an average that follows.
    pub(super) frame_size: u32,
    /// Whether the window is to be looked at when the current input has been handled.
    pub(super) touched: bool,
    /// Whether its window is full whatever is held.
    pub(super) unbounded: bool,
    /// Bytes that it may send whatever other sessions hold.
    pub(super) guaranteed: usize,
    pub(super) next_outgoing_id: TransferId,
    /// Transfers that we may still send.
    pub(super) remote_window: u32,
    pub(super) peer_handle_max: u32,
    pub(super) incoming: Unsettled<I>,
    pub(super) outgoing: Unsettled<O>,
    pub(super) gauge: Arc<Gauge>,
    input_handles: HashMap<u32, LinkId>,
    last_input: Option<(u32, LinkId)>,
    output_handles: Vec<u32>,
    next_output_handle: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionState {
    BeginSent,
    Mapped,
    EndSent,
    EndReceived,
}

/// Where our own transfer ids start.
pub(super) const INITIAL_OUTGOING_ID: TransferId = TransferId::new(0);

impl<I, O> Session<I, O> {
    pub(super) fn new(outgoing_channel: u16, gauge: Arc<Gauge>, frame_size: u32) -> Self {
        Self {
            state: SessionState::BeginSent,
            incoming_channel: None,
            outgoing_channel,
            next_incoming_id: TransferId::default(),
            incoming_window: 0,
            frame_size,
            touched: false,
            unbounded: false,
            guaranteed: 0,
            next_outgoing_id: INITIAL_OUTGOING_ID,
            remote_window: 0,
            peer_handle_max: u32::MAX,
            incoming: Unsettled::default(),
            outgoing: Unsettled::default(),
            gauge,
            input_handles: HashMap::new(),
            last_input: None,
            output_handles: Vec::new(),
            next_output_handle: 0,
        }
    }

    /// Unsettled deliveries from the peer.
    #[inline]
    pub fn incoming(&self) -> &Unsettled<I> {
        &self.incoming
    }

    /// Unsettled deliveries from the peer, to be changed.
    #[inline]
    pub fn incoming_mut(&mut self) -> &mut Unsettled<I> {
        &mut self.incoming
    }

    /// Unsettled deliveries to the peer.
    #[inline]
    pub fn outgoing(&self) -> &Unsettled<O> {
        &self.outgoing
    }

    /// Unsettled deliveries to the peer, to be changed.
    #[inline]
    pub fn outgoing_mut(&mut self) -> &mut Unsettled<O> {
        &mut self.outgoing
    }

    /// Counts the content that came over this session and has not left yet.
    #[inline]
    pub fn gauge(&self) -> &Arc<Gauge> {
        &self.gauge
    }

    /// Transfers that we may still send before the peer opens its window.
    pub fn remote_window(&self) -> u32 {
        self.remote_window
    }

    /// Transfers that the peer may still send.
    pub fn incoming_window(&self) -> u32 {
        self.incoming_window
    }

    /// A transfer frame of this size came (bytes).
    #[inline]
    pub(super) fn note_frame(&mut self, size: usize) {
        self.frame_size = (self.frame_size / 8 * 7).saturating_add(size as u32 / 8);
    }

    #[inline]
    pub(super) fn link_at(&mut self, input_handle: u32) -> Option<LinkId> {
        match self.last_input {
            Some((handle, link)) if handle == input_handle => Some(link),
            _ => {
                let link = *self.input_handles.get(&input_handle)?;
                self.last_input = Some((input_handle, link));
                Some(link)
            }
        }
    }

    /// The links that the peer has a handle for, in the order of their ids.
    pub(super) fn attached_links(&self) -> Vec<LinkId> {
        let mut links: Vec<LinkId> = self.input_handles.values().copied().collect();
        links.sort_unstable();
        links
    }

    pub(super) fn bind_input(&mut self, handle: u32, link: LinkId) {
        self.input_handles.insert(handle, link);
    }

    pub(super) fn unbind_input(&mut self, handle: u32) {
        self.input_handles.remove(&handle);
        self.last_input = None;
    }

    pub(super) fn allocate_output(&mut self) -> u32 {
        self.output_handles.pop().unwrap_or_else(|| {
            let handle = self.next_output_handle;
            self.next_output_handle += 1;
            handle
        })
    }

    pub(super) fn free_output(&mut self, handle: u32) {
        self.output_handles.push(handle);
    }
}
