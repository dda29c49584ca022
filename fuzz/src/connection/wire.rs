//! What the peer sees of the machine: every frame is sound, small enough, and in its place.

use std::collections::BTreeMap;

use crossdock_amqp::codec::{
    Body, Flow, FrameHeader, FrameKind, Performative, ProtocolHeader, Transfer, decode_body, decode_performative,
    decode_sasl,
};
use crossdock_amqp::engine::Output;
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::performatives::{Attach, Begin, Open};

/// One direction of a transport.
pub(super) struct Wire {
    /// Whether output is taken as soon as it was written, so that counts can be compared at each event.
    pub(super) is_prompt: bool,
    /// Bytes seen so far.
    pub(super) seen: usize,
    /// The peer's own limits.
    max_frame_size: usize,
    channel_max: u16,
    is_open: bool,
    is_closed: bool,
    sessions: BTreeMap<u16, Session>,
    /// Where the newest session and the newest link are.
    pub(super) newest_channel: Option<u16>,
    pub(super) newest_link: Option<(u16, u32)>,
}

struct Session {
    /// Transfers that the peer may send.
    window: u32,
    handle_max: u32,
    links: BTreeMap<u32, Link>,
    next_delivery: Option<u32>,
}

struct Link {
    is_sender: bool,
    is_partial: bool,
    /// Deliveries that the peer may start.
    credit: u32,
}

impl Wire {
    pub(super) fn new(is_prompt: bool) -> Self {
        Self {
            is_prompt,
            seen: 0,
            max_frame_size: 512,
            channel_max: u16::MAX,
            is_open: false,
            is_closed: false,
            sessions: BTreeMap::new(),
            newest_channel: None,
            newest_link: None,
        }
    }

    /// The peer has sent this open.
    pub(super) fn note_peer_open(&mut self, open: &Open) {
        self.max_frame_size = open.max_frame_size.0 as usize;
        self.channel_max = open.channel_max.0;
    }

    /// The peer has sent this begin, which belongs to the newest session.
    pub(super) fn note_peer_begin(&mut self, begin: &Begin) {
        let channel = begin.remote_channel.or(self.newest_channel);
        if let Some(session) = channel.and_then(|channel| self.sessions.get_mut(&channel)) {
            session.handle_max = begin.handle_max.0;
        }
    }

    /// The peer has sent a transfer, which began a delivery or not, and the machine took it.
    pub(super) fn note_transfer(&mut self, channel: u16, handle: u32, is_first: bool) {
        let session = self.session_mut(channel);
        session.window = session.window.checked_sub(1).expect("a transfer for which there was no window");
        if is_first {
            let link = session.links.get_mut(&handle).expect("an attached link");
            link.credit = link.credit.checked_sub(1).expect("a delivery for which there was no credit");
        }
    }

    /// Takes what has been written, or leaves it in a slow transport.
    pub(super) fn look(&mut self, output: &mut Output) {
        if self.is_prompt {
            self.see(&output.take_all());
        }
    }

    pub(super) fn see(&mut self, bytes: &[u8]) {
        self.seen += bytes.len();
        let mut rest = bytes;
        while !rest.is_empty() {
            assert!(!self.is_closed, "frames after the close");
            if !self.is_open && rest.starts_with(b"AMQP") {
                let (header, behind) = rest.split_first_chunk().expect("a complete protocol header");
                ProtocolHeader::decode(header).expect("a protocol header that exists");
                rest = behind;
                continue;
            }
            let header = FrameHeader::decode(rest, self.max_frame_size).expect("a frame within the peer's limits");
            let header = header.expect("a complete header");
            let (frame, behind) = rest.split_at_checked(header.size).expect("a complete frame");
            self.see_frame(frame, &header);
            rest = behind;
        }
    }

    fn see_frame(&mut self, frame: &[u8], header: &FrameHeader) {
        if header.kind == FrameKind::Sasl {
            assert!(!self.is_open, "SASL after the open");
            decode_sasl(frame, header).expect("a sound SASL frame");
            return;
        }
        let body = decode_body(frame, header).expect("a sound frame");
        let channel = header.channel;
        if !matches!(body, Body::Empty) {
            assert!(self.is_open || matches!(body, Body::Other(0x10)), "{body:?} before open");
        }
        match body {
            Body::Empty => {}
            Body::Transfer(transfer, _) => self.see_transfer(channel, &transfer),
            Body::Disposition(disposition) => {
                assert!(self.sessions.contains_key(&channel), "{disposition:?} outside of a session");
                let last = disposition.last.unwrap_or(disposition.first);
                assert!(last.wrapping_sub(disposition.first) < 1 << 31, "{disposition:?}");
            }
            Body::Flow(flow) => self.see_flow(channel, &flow),
            Body::Other(_) => match decode_performative(frame, header).expect("a sound performative") {
                Performative::Open(_) => assert!(!std::mem::replace(&mut self.is_open, true), "a second open"),
                Performative::Begin(begin) => self.see_begin(channel, &begin),
                Performative::Attach(attach) => self.see_attach(channel, &attach),
                Performative::Detach(detach) => {
                    let link = self.session_mut(channel).links.remove(&detach.handle.0);
                    assert!(link.is_some(), "detach of handle {} without attach", detach.handle.0);
                }
                Performative::End(_) => {
                    assert!(self.sessions.remove(&channel).is_some(), "end without begin");
                }
                Performative::Close(_) => self.is_closed = true,
            },
        }
    }

    fn session_mut(&mut self, channel: u16) -> &mut Session {
        self.sessions.get_mut(&channel).expect("a session on the channel")
    }

    fn see_begin(&mut self, channel: u16, begin: &Begin) {
        assert!(channel <= self.channel_max, "begin on channel {channel}");
        let session = Session {
            window: begin.incoming_window,
            handle_max: u32::MAX,
            links: BTreeMap::new(),
            next_delivery: None,
        };
        assert!(self.sessions.insert(channel, session).is_none(), "begin on channel {channel}, which is in use");
        self.newest_channel = Some(channel);
    }

    fn see_attach(&mut self, channel: u16, attach: &Attach) {
        let session = self.session_mut(channel);
        let handle = attach.handle.0;
        assert!(handle <= session.handle_max, "attach with handle {handle}");
        let is_sender = attach.role == Role::Sender;
        assert_eq!(is_sender, attach.initial_delivery_count.is_some(), "only a sender says where it starts to count");
        let link = Link { is_sender, is_partial: false, credit: 0 };
        assert!(session.links.insert(handle, link).is_none(), "attach with handle {handle}, which is in use");
        self.newest_link = Some((channel, handle));
    }

    fn see_flow(&mut self, channel: u16, flow: &Flow<'_>) {
        let session = self.session_mut(channel);
        session.window = flow.incoming_window;
        if let Some(handle) = flow.handle {
            let link = session.links.get_mut(&handle).expect("flow for an attached handle");
            if !link.is_sender {
                link.credit = flow.link_credit.expect("a receiver tells its credit");
            }
        }
    }

    fn see_transfer(&mut self, channel: u16, transfer: &Transfer<'_>) {
        let session = self.session_mut(channel);
        let link = session.links.get_mut(&transfer.handle).expect("transfer on an attached handle");
        assert!(link.is_sender, "transfer on a link of which this is the receiver");
        if !link.is_partial {
            let id = transfer.delivery_id.expect("a delivery begins with its id");
            assert!(transfer.delivery_tag.is_some(), "a delivery begins with its tag");
            assert!(session.next_delivery.is_none_or(|next| next == id), "delivery-id {id} out of order");
            session.next_delivery = Some(id.wrapping_add(1));
        }
        link.is_partial = transfer.more && !transfer.aborted;
    }
}
