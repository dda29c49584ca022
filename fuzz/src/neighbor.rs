//! A whole router, and a neighbour that sends anything once it has said a proper hello.
//!
//! The data is a list of steps: a byte that says what, two bytes of length, and so many bytes. They are the payload of a
//! transfer on the control link or a data link, or bytes of the wire as they are; or time passes.

use std::sync::Arc;
use std::task::Waker;

use bytes::Bytes;
use crossdock_amqp::codec::{
    Flow, Performative, ProtocolHeader, RouterAttach, Transfer, encode_flow, encode_performative, encode_router_attach,
    encode_transfer_head,
};
use crossdock_amqp::engine::{Config, Time};
use crossdock_router::{
    Adaptor, ConnectionRole, ConnectionSettings, Holdings, Node, Peer, RouterMode, RouterSettings, Shared,
};
use fe2o3_amqp_types::performatives::{Begin, Open};

/// What the router may write beyond what it was asked for, for each second that passes; and for each byte it is given.
const GREETING: usize = 64 * 1024;
const PER_SECOND: usize = 4096;
const ANSWER_FACTOR: usize = 64;

/// A router whose neighbour sends what the data says.
pub fn neighbor(data: &[u8]) {
    let mut run = Run::new();
    run.greet();
    let mut rest = data;
    while let Some((&[what, high, low], tail)) = rest.split_first_chunk() {
        let len = usize::from(u16::from_be_bytes([high, low])).min(tail.len());
        let (bytes, tail) = tail.split_at(len);
        match what % 4 {
            0 => run.give(bytes),
            1 => run.transfer(CONTROL, what, bytes),
            2 => run.transfer(DATA, what, bytes),
            _ => run.wait(len as u64),
        }
        rest = tail;
    }
    run.finish();
}

/// Handles of the links by which the neighbour sends.
const CONTROL: u32 = 1;
const DATA: u32 = 3;

struct Run {
    shared: Arc<Shared>,
    node: Node,
    adaptor: Adaptor,
    now: Time,
    partial: Vec<u8>,
    deliveries: u32,
    /// By handle: whether a delivery is under way.
    open: [bool; 4],
    given: usize,
    seconds: usize,
    written: usize,
}

impl Run {
    fn new() -> Self {
        let now = Time::from_millis(1_000_000);
        let shared = Shared::new(&RouterSettings::new("R", RouterMode::Interior, 1), Box::new(|| [7; 15]));
        let node = Node::new(Arc::clone(&shared), now);
        let settings = ConnectionSettings {
            role: ConnectionRole::InterRouter,
            ..ConnectionSettings::new(Arc::new(Config::server("R")))
        };
        let names = Peer { remote: "neighbor".into(), local: "router".into() };
        let adaptor = Adaptor::accept(&shared, &Arc::new(settings), names, now);
        Self {
            shared,
            node,
            adaptor,
            now,
            partial: Vec::new(),
            deliveries: 0,
            open: [false; 4],
            given: 0,
            seconds: 1,
            written: 0,
        }
    }

    /// Opens, and attaches control links and a pair of data links.
    fn greet(&mut self) {
        let open = Open {
            container_id: "N".into(),
            hostname: None,
            max_frame_size: 65_536.into(),
            channel_max: 10.into(),
            idle_time_out: None,
            outgoing_locales: None,
            incoming_locales: None,
            offered_capabilities: None,
            desired_capabilities: None,
            properties: None,
        };
        let window = i32::MAX as u32;
        let begin = Begin {
            remote_channel: None,
            next_outgoing_id: 0,
            incoming_window: window,
            outgoing_window: window,
            handle_max: 100.into(),
            offered_capabilities: None,
            desired_capabilities: None,
            properties: None,
        };
        let mut out = ProtocolHeader::Amqp.bytes().to_vec();
        encode_performative(&mut out, 0, &Performative::from(open)).expect("an open");
        encode_performative(&mut out, 0, &Performative::from(begin)).expect("a begin");
        for handle in 0..4 {
            let (name, receiver) = (format!("link-{handle}"), handle % 2 == 0);
            let capability = if handle < 2 { "qd.router" } else { "qd.router-data" };
            encode_router_attach(&mut out, 0, &RouterAttach { name: &name, handle, receiver, capability });
        }
        for handle in [0, 2] {
            let flow = Flow {
                next_incoming_id: Some(0),
                incoming_window: window,
                outgoing_window: window,
                handle: Some(handle),
                delivery_count: Some(0),
                link_credit: Some(10_000),
                ..Flow::default()
            };
            encode_flow(&mut out, 0, &flow);
        }
        self.give(&out);
        assert!(!self.adaptor.is_closed(), "a proper hello");
    }

    /// A frame of a delivery; bits of `what` say whether it is settled, has more to come, or is given up.
    fn transfer(&mut self, handle: u32, what: u8, payload: &[u8]) {
        let Some(open) = self.open.get_mut(handle as usize) else { return };
        let first = !std::mem::replace(open, what & 8 != 0 && what & 16 == 0);
        let head = Transfer {
            handle,
            delivery_id: first.then_some(self.deliveries),
            delivery_tag: first.then_some(b"tag"),
            message_format: first.then_some(0),
            settled: Some(what & 4 == 0),
            more: what & 8 != 0,
            aborted: what & 16 != 0,
            ..Transfer::default()
        };
        self.deliveries += u32::from(first);
        let mut out = Vec::new();
        let payload = payload.get(..16_000).unwrap_or(payload);
        encode_transfer_head(&mut out, 0, &head, payload.len());
        out.extend_from_slice(payload);
        self.give(&out);
    }

    fn give(&mut self, bytes: &[u8]) {
        self.given += bytes.len();
        self.partial.extend_from_slice(bytes);
        let input = Bytes::from(std::mem::take(&mut self.partial));
        let used = self.adaptor.handle_input(&input, self.now);
        assert!(used <= input.len());
        self.partial = input.get(used..).unwrap_or_default().to_vec();
        self.settle();
    }

    fn wait(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        self.seconds += millis as usize / 1000 + 1;
        if self.adaptor.poll_timeout() <= self.now {
            self.adaptor.handle_timeout(self.now);
        }
        if self.node.poll_timeout() <= self.now {
            self.node.handle_timeout(self.now);
            assert!(self.node.poll_timeout() > self.now, "what was due is done");
        }
        self.settle();
    }

    fn settle(&mut self) {
        loop {
            let mut moved = false;
            while self.node.handle_actions(self.now, Some(Waker::noop())) {
                moved = true;
            }
            moved |= self.adaptor.handle_mailbox(self.now);
            let bytes = self.adaptor.output().take_all();
            self.written += bytes.len();
            if !moved && bytes.is_empty() {
                break;
            }
            self.adaptor.handle_output_room(self.now);
        }
        let most = GREETING + PER_SECOND * self.seconds + ANSWER_FACTOR * self.given;
        assert!(self.written <= most, "{} bytes written, {} read", self.written, self.given);
    }

    fn finish(mut self) {
        self.adaptor.handle_transport_lost(self.now);
        self.settle();
        assert_eq!(self.adaptor.holdings(), Holdings::default());
        assert_eq!((self.shared.connection_count(), self.node.link_count()), (0, 0));
        // Whoever was heard of is forgotten in the end, with all addresses.
        for _ in 0..10 {
            self.wait(61_000);
        }
        assert!(self.shared.routers().is_empty());
        assert_eq!(self.shared.address_count(), 0);
    }
}
