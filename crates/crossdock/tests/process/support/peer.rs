//! A client in the hands of a test: what it sends, the test decides, right or wrong; what it gets is decoded and kept.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crossdock_amqp::codec::{
    self, Body, Disposition, FrameHeader, FrameKind, Performative, SaslFrame, StateRef, Transfer,
};
use fe2o3_amqp_types::performatives::{Attach, Close, Detach, End, Open};
use fe2o3_amqp_types::sasl::SaslInit;

use super::answer::{Answer, Arrived, Disposed, Fault, Granted, fault};
use super::honest::{begin, grant, open, receiver, sender};
use super::{PATIENCE, wire};

/// The largest frame that the router takes unless its listener says otherwise (bytes).
const ROUTER_MAX_FRAME: usize = 16_384;

/// A peer that waits shows life so often.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// Room for everything in front of the payload of a transfer that these tests send (bytes).
const TRANSFER_HEAD: usize = 64;

/// One connection.
pub(crate) struct Peer {
    stream: TcpStream,
    input: Vec<u8>,
    /// Bytes of the input that were decoded already.
    used: usize,
    is_open: bool,
    /// Whether more of a frame must be sent before another can be.
    is_inside_frame: bool,
    /// What was read while something else was waited for.
    kept: VecDeque<Answer>,
    /// The largest frame that the router may send (bytes): what the open said.
    max_frame_size: u32,
    /// Our handles by name, and by the router's handle for the same link.
    names: BTreeMap<(u16, String), u32>,
    handles: BTreeMap<(u16, u32), u32>,
    sessions: BTreeMap<u16, Sending>,
}

/// How far an honest sender may go on a session.
#[derive(Debug, Default)]
struct Sending {
    /// Transfers sent, and how many the router's window has allowed in all.
    transfers: u32,
    transfers_allowed: u32,
    deliveries: u32,
    /// By handle: deliveries sent, and how many the router's credit has allowed in all.
    links: BTreeMap<u32, (u32, u32)>,
}

impl Peer {
    /// Connected; nothing has been sent.
    pub(crate) fn connect(port: u16) -> Self {
        Self::on(TcpStream::connect(("127.0.0.1", port)).unwrap())
    }

    /// To whom the router connects: nothing has been sent.
    pub(crate) fn awaited(listener: &TcpListener) -> Self {
        listener.set_nonblocking(true).unwrap();
        let deadline = Instant::now() + PATIENCE;
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false).unwrap();
                    return Self::on(stream);
                }
                Err(error) => assert!(is_slow(&error), "cannot accept: {error}"),
            }
            assert!(Instant::now() < deadline, "the router has not connected for {PATIENCE:?}");
            std::thread::yield_now();
        }
    }

    /// To whom the router connects, with a SASL layer, and both sides have opened.
    pub(crate) fn awaited_open(listener: &TcpListener, open: &Open) -> Self {
        let mut peer = Self::awaited(listener);
        peer.offer(&["ANONYMOUS"]);
        peer.agree();
        peer.max_frame_size = open.max_frame_size.0;
        peer.send(&wire::performative(0, open.clone()));
        peer.is_open = true;
        peer
    }

    /// Answers the router's SASL header and returns its sasl-init.
    pub(crate) fn offer(&mut self, mechanisms: &[&str]) -> SaslInit {
        assert!(matches!(self.expect("a header"), Answer::Header(header) if header == wire::sasl_header()));
        assert!(self.input.len() == self.used, "the router waits for the mechanisms");
        self.send(&wire::sasl_header());
        self.send(&wire::sasl_mechanisms(mechanisms));
        let answer = self.expect("sasl-init");
        let Answer::Sasl(SaslFrame::Init(init)) = answer else { panic!("{answer:?}") };
        init
    }

    /// Takes the router as whom it says it is, and returns its open.
    pub(crate) fn agree(&mut self) -> Box<Open> {
        self.send(&wire::sasl_outcome(0));
        self.send(&wire::amqp_header());
        assert!(matches!(self.expect("a header"), Answer::Header(header) if header == wire::amqp_header()));
        let answer = self.expect("an open");
        let Answer::Performative(0, Performative::Open(open)) = answer else { panic!("{answer:?}") };
        open
    }

    fn on(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(HEARTBEAT)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self {
            stream,
            input: Vec::new(),
            used: 0,
            is_open: false,
            is_inside_frame: false,
            kept: VecDeque::new(),
            max_frame_size: u32::MAX,
            names: BTreeMap::new(),
            handles: BTreeMap::new(),
            sessions: BTreeMap::new(),
        }
    }

    /// Connected, and both sides have opened.
    pub(crate) fn open(port: u16) -> Self {
        Self::open_with(port, &open())
    }

    pub(crate) fn open_with(port: u16, open: &Open) -> Self {
        let mut peer = Self::connect(port);
        peer.max_frame_size = open.max_frame_size.0;
        peer.send(&wire::amqp_header());
        peer.send(&wire::performative(0, open.clone()));
        assert!(matches!(peer.expect("the router's header"), Answer::Header(header) if header == wire::amqp_header()));
        let answer = peer.expect("the router's open");
        assert!(matches!(answer, Answer::Performative(0, Performative::Open(_))), "{answer:?}");
        peer.is_open = true;
        peer
    }

    /// Logs in as anonymous over a connection on which nothing was sent, and both sides have opened.
    pub(crate) fn log_in_and_open(&mut self, open: &Open) {
        self.max_frame_size = open.max_frame_size.0;
        self.send(&wire::sasl_header());
        self.send(&wire::sasl_anonymous());
        self.send(&wire::amqp_header());
        self.send(&wire::performative(0, open.clone()));
        self.skip_to("the router's open", |answer| matches!(answer, Answer::Performative(_, Performative::Open(_))));
        self.is_open = true;
    }

    /// Open, with a session on channel 0.
    pub(crate) fn session(port: u16) -> Self {
        let mut peer = Self::open(port);
        peer.begin(0);
        peer
    }

    pub(crate) fn begin(&mut self, channel: u16) {
        self.send(&wire::performative(channel, begin()));
        self.skip_to(
            "the router's begin",
            |answer| matches!(answer, Answer::Performative(on, Performative::Begin(_)) if *on == channel),
        );
    }

    /// Attaches a link that sends to `address`, or says itself where each message goes; the router has accepted it.
    pub(crate) fn attach_sender(&mut self, channel: u16, handle: u32, address: Option<&str>) {
        let answer = self.attach(channel, &sender(handle, address));
        assert!(answer.target.is_some(), "the router refused a sender to {address:?}");
    }

    /// Attaches a link that receives from `address`; the router has accepted it.
    pub(crate) fn attach_receiver(&mut self, channel: u16, handle: u32, address: &str) {
        let answer = self.attach(channel, &receiver(handle, address));
        assert!(answer.source.is_some(), "the router refused a receiver from {address}");
    }

    /// Attaches and waits for the answer.
    pub(crate) fn attach(&mut self, channel: u16, attach: &Attach) -> Box<Attach> {
        self.announce(channel, attach);
        self.send(&wire::performative(channel, attach.clone()));
        let answer = self.skip_to("the router's attach", |answer| {
            matches!(answer, Answer::Performative(_, Performative::Attach(answer)) if answer.name == attach.name)
        });
        let Answer::Performative(_, Performative::Attach(answer)) = answer else { unreachable!("skip_to") };
        answer
    }

    /// Remembers an attach that will be sent, so that the router's answers can be understood.
    pub(crate) fn announce(&mut self, channel: u16, attach: &Attach) {
        self.names.insert((channel, attach.name.clone()), attach.handle.0);
    }

    /// Grants credit for so many further deliveries of a link of which `received` have come.
    pub(crate) fn grant(&mut self, channel: u16, handle: u32, received: u32, credit: u32) {
        self.send(&wire::flow(channel, &grant(handle, received, credit)));
    }

    // ---- what is sent ----------------------------------------------------------------------------------------------------

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.is_inside_frame = false;
        self.stream.write_all(bytes).unwrap();
    }

    /// False if the router has closed the connection.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.is_inside_frame = false;
        match self.stream.write_all(bytes) {
            Ok(()) => true,
            Err(error) => {
                assert!(is_cut(&error), "cannot write: {error}");
                false
            }
        }
    }

    /// Sends as much as the router takes while nothing is read here; returns once it has taken nothing for `patience`, maybe
    /// in the middle of a frame.
    pub(crate) fn send_until_blocked(&mut self, bytes: &[u8], patience: Duration) -> usize {
        self.stream.set_write_timeout(Some(patience)).unwrap();
        self.is_inside_frame = true;
        let mut sent = 0;
        while let Some(rest) = bytes.get(sent..).filter(|rest| !rest.is_empty()) {
            match self.stream.write(rest) {
                Ok(n) => sent += n,
                Err(error) => {
                    assert!(is_slow(&error), "cannot write: {error}");
                    break;
                }
            }
        }
        self.stream.set_write_timeout(Some(PATIENCE)).unwrap();
        sent
    }

    /// Sends a message as an honest sender does: within credit and window, in frames of the agreed size. Returns its
    /// delivery-id. The tag is the id too.
    pub(crate) fn send_message(&mut self, channel: u16, handle: u32, settled: bool, message: &[u8]) -> u32 {
        self.try_send_message(channel, handle, settled, message).unwrap_or_else(|| panic!("{}", self.parting()))
    }

    /// As [`Peer::send_message`]; none if the router closes the connection before all of the message is sent.
    pub(crate) fn try_send_message(&mut self, channel: u16, handle: u32, settled: bool, message: &[u8]) -> Option<u32> {
        if !self.keep_until(|peer| peer.has_credit(channel, handle)) {
            return None;
        }
        let session = self.sessions.entry(channel).or_default();
        let id = session.deliveries;
        session.deliveries += 1;
        session.links.entry(handle).or_default().0 += 1;
        let mut chunks = message.chunks(ROUTER_MAX_FRAME - TRANSFER_HEAD).peekable();
        let mut is_first = true;
        loop {
            let part = chunks.next().unwrap_or_default();
            let more = chunks.peek().is_some();
            if !self.keep_until(|peer| peer.has_window(channel)) {
                return None;
            }
            self.sessions.entry(channel).or_default().transfers += 1;
            let tag = id.to_be_bytes();
            let head = Transfer {
                handle,
                delivery_id: is_first.then_some(id),
                delivery_tag: is_first.then_some(&tag),
                message_format: is_first.then_some(0),
                settled: Some(settled),
                more,
                ..Transfer::default()
            };
            if !self.try_send(&wire::transfer(channel, &head, part)) {
                return None;
            }
            is_first = false;
            if !more {
                return Some(id);
            }
        }
    }

    /// Waits until the link may send a message.
    pub(crate) fn wait_for_credit(&mut self, channel: u16, handle: u32) {
        assert!(self.keep_until(|peer| peer.has_credit(channel, handle)), "{}", self.parting());
    }

    fn has_credit(&self, channel: u16, handle: u32) -> bool {
        let link = self.sessions.get(&channel).and_then(|session| session.links.get(&handle));
        link.is_some_and(|(sent, allowed)| sent < allowed)
    }

    fn has_window(&self, channel: u16) -> bool {
        self.sessions.get(&channel).is_some_and(|session| session.transfers < session.transfers_allowed)
    }

    /// Whether the session's window allows a transfer when this many have been sent by the test itself.
    pub(crate) fn has_window_for(&self, channel: u16, sent: u32) -> bool {
        self.sessions.get(&channel).is_some_and(|session| sent < session.transfers_allowed)
    }

    /// Waits until the session's window allows a transfer when this many have been sent by the test itself.
    pub(crate) fn wait_for_window_of(&mut self, channel: u16, sent: u32) {
        assert!(self.keep_until(|peer| peer.has_window_for(channel, sent)), "{}", self.parting());
    }

    /// Takes in what has come so far, without waiting.
    pub(crate) fn collect_flows(&mut self) {
        self.stream.set_nonblocking(true).unwrap();
        let mut bytes = [0; 65_536];
        while let Ok(n @ 1..) = self.stream.read(&mut bytes) {
            self.input.extend_from_slice(bytes.get(..n).unwrap());
        }
        self.stream.set_nonblocking(false).unwrap();
        while let Some(answer) = self.decode() {
            self.kept.push_back(answer);
        }
    }

    pub(crate) fn dispose(&mut self, channel: u16, disposition: &Disposition<'_>) {
        self.send(&wire::disposition(channel, disposition));
    }

    /// Settles deliveries, as their receiver, with the outcome accepted.
    pub(crate) fn accept(&mut self, channel: u16, first: u32, last: u32) {
        let state = StateRef::Accepted;
        self.dispose(
            channel,
            &Disposition {
                role_receiver: true,
                first,
                last: Some(last),
                settled: true,
                state,
                ..Disposition::default()
            },
        );
    }

    /// Closes the connection as it should be closed.
    pub(crate) fn close(mut self) {
        self.send(&wire::performative(0, Close { error: None }));
        self.skip_to(
            "the router's close",
            |answer| matches!(answer, Answer::Performative(0, Performative::Close(close)) if close.error.is_none()),
        );
    }

    /// Cuts the connection without a word. What was sent arrives all the same.
    pub(crate) fn cut(self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Says that nothing more will be sent, and goes on reading.
    pub(crate) fn shut_half(&mut self) {
        self.is_open = false;
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// The socket, to write to from another thread.
    pub(crate) fn writer(&self) -> TcpStream {
        self.stream.try_clone().unwrap()
    }

    /// Reads for so long; false if the router has closed the connection by then.
    pub(crate) fn stays_open_for(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        let mut is_open = true;
        while is_open {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.stream.set_read_timeout(Some(left)).unwrap();
            let mut bytes = [0; 4096];
            match self.stream.read(&mut bytes) {
                Ok(0) => is_open = false,
                Ok(n) => self.input.extend_from_slice(bytes.get(..n).unwrap()),
                Err(error) => is_open = !is_cut(&error),
            }
        }
        self.stream.set_read_timeout(Some(HEARTBEAT)).unwrap();
        is_open
    }

    // ---- what is received ------------------------------------------------------------------------------------------------

    /// The next thing that the router sends; none when it has closed the connection.
    pub(crate) fn next(&mut self) -> Option<Answer> {
        match self.kept.pop_front() {
            Some(answer) => Some(answer),
            None => self.read(),
        }
    }

    pub(crate) fn expect(&mut self, what: &str) -> Answer {
        self.next().unwrap_or_else(|| panic!("the router closed the connection; waited for {what}"))
    }

    /// Drops what comes before the answer that is waited for. An error of the router on the way is a failure.
    pub(crate) fn skip_to(&mut self, what: &str, is_it: impl Fn(&Answer) -> bool) -> Answer {
        loop {
            let answer = self.expect(what);
            if is_it(&answer) {
                return answer;
            }
            if let Answer::Performative(_, Performative::Close(_) | Performative::End(_) | Performative::Detach(_)) =
                answer
            {
                panic!("got {answer:?}, waited for {what}");
            }
        }
    }

    /// As [`Peer::skip_to`], but takes no offence at ends and detaches on the way.
    pub(crate) fn skip_past(&mut self, what: &str, is_it: impl Fn(&Answer) -> bool) -> Answer {
        loop {
            let answer = self.expect(what);
            if is_it(&answer) {
                return answer;
            }
            assert!(
                !matches!(answer, Answer::Performative(_, Performative::Close(_))),
                "got {answer:?}, waited for {what}"
            );
        }
    }

    /// Reads until the test has seen what it waits for; what comes is kept for [`Peer::next`]. False if the router closes
    /// the connection before.
    fn keep_until(&mut self, is_true: impl Fn(&Self) -> bool) -> bool {
        while !is_true(self) {
            let Some(answer) = self.read() else { return false };
            let is_close = matches!(answer, Answer::Performative(_, Performative::Close(_)));
            self.kept.push_back(answer);
            if is_close {
                return false;
            }
        }
        true
    }

    /// What to say when the router has closed the connection too early.
    fn parting(&self) -> String {
        format!("the router closed the connection; last came {:?}", self.kept.back())
    }

    /// The next frame of a message.
    pub(crate) fn next_transfer(&mut self) -> Arrived {
        let answer = self.skip_to("a transfer", |answer| matches!(answer, Answer::Transfer(_)));
        let Answer::Transfer(transfer) = answer else { unreachable!("skip_to") };
        transfer
    }

    /// The next message that comes in full, and the number of its delivery.
    pub(crate) fn next_message(&mut self) -> (u32, Vec<u8>) {
        let mut message = Vec::new();
        let mut number = 0;
        loop {
            let part = self.next_transfer();
            if let Some(id) = part.delivery_id {
                (number, message) = (id, Vec::new());
            }
            message.extend_from_slice(&part.payload);
            if !part.more && !part.aborted {
                return (number, message);
            }
        }
    }

    pub(crate) fn next_disposition(&mut self) -> Disposed {
        let answer = self.skip_to("a disposition", |answer| matches!(answer, Answer::Disposition(_)));
        let Answer::Disposition(disposition) = answer else { unreachable!("skip_to") };
        disposition
    }

    /// The router ends the connection with this condition.
    pub(crate) fn expect_close(&mut self, condition: &str) -> Fault {
        let answer = self.expect_ending(condition);
        let Answer::Performative(0, Performative::Close(close)) = answer else { panic!("{answer:?}") };
        let fault = fault(close.error, condition);
        self.expect_eof();
        fault
    }

    /// The router closes the connection because it ends itself. Deliveries on the way are dropped.
    pub(crate) fn expect_farewell(&mut self) -> Fault {
        let condition = "amqp:connection:forced";
        let answer = self.expect_ending(condition);
        let Answer::Performative(0, Performative::Close(close)) = answer else { panic!("{answer:?}") };
        fault(close.error, condition)
    }

    /// The router ends the session of this channel with this condition; the connection goes on.
    pub(crate) fn expect_end(&mut self, channel: u16, condition: &str) -> Fault {
        let answer = self.expect_ending(condition);
        let Answer::Performative(on, Performative::End(end)) = answer else { panic!("{answer:?}") };
        assert_eq!(on, channel);
        self.sessions.remove(&channel);
        self.send(&wire::performative(channel, End { error: None }));
        fault(end.error, condition)
    }

    /// The router closes the link of this handle with this condition; the session goes on.
    pub(crate) fn expect_detach(&mut self, channel: u16, handle: u32, condition: &str) -> Fault {
        let answer = self.expect_ending(condition);
        let Answer::Performative(on, Performative::Detach(detach)) = answer else { panic!("{answer:?}") };
        assert_eq!(
            (on, self.handles.get(&(on, detach.handle.0)).copied(), detach.closed),
            (channel, Some(handle), true)
        );
        self.detach(channel, handle);
        fault(detach.error, condition)
    }

    pub(crate) fn detach(&mut self, channel: u16, handle: u32) {
        if let Some(session) = self.sessions.get_mut(&channel) {
            session.links.remove(&handle);
        }
        self.send(&wire::performative(channel, Detach { handle: handle.into(), closed: true, error: None }));
    }

    /// The router answers a detach of this handle.
    pub(crate) fn skip_to_detach(&mut self, channel: u16, handle: u32) {
        let answer = self.expect_ending("the router's detach");
        let Answer::Performative(on, Performative::Detach(detach)) = answer else { panic!("{answer:?}") };
        assert_eq!((on, self.handles.get(&(on, detach.handle.0)).copied()), (channel, Some(handle)));
        assert!(detach.error.is_none(), "{:?}", detach.error);
    }

    /// The router answers an end of this channel.
    pub(crate) fn skip_to_end(&mut self, channel: u16) {
        let answer = self.expect_ending("the router's end");
        assert!(
            matches!(&answer, Answer::Performative(on, Performative::End(end)) if *on == channel && end.error.is_none()),
            "{answer:?}"
        );
    }

    fn expect_ending(&mut self, condition: &str) -> Answer {
        loop {
            let answer = self.expect(condition);
            if let Answer::Performative(_, Performative::Close(_) | Performative::End(_) | Performative::Detach(_)) =
                answer
            {
                return answer;
            }
        }
    }

    /// The router has closed the connection, and said nothing more.
    pub(crate) fn expect_eof(&mut self) {
        if let Some(answer) = self.next() {
            panic!("expected the end of the connection, got {answer:?}");
        }
    }

    /// Shows life while it waits, as an honest peer does.
    fn read(&mut self) -> Option<Answer> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.decode() {
                return Some(answer);
            }
            assert!(Instant::now() < deadline, "nothing came for {PATIENCE:?}: {:?}", self.sessions);
            let mut bytes = [0; 65_536];
            match self.stream.read(&mut bytes) {
                Ok(0) => return None,
                Ok(n) => self.input.extend_from_slice(bytes.get(..n).unwrap()),
                Err(error) if is_cut(&error) => return None,
                Err(error) => {
                    assert!(is_slow(&error), "cannot read: {error}");
                    if self.is_open && !self.is_inside_frame {
                        // If it cannot be written, the next read says why.
                        let _ = self.stream.write(&wire::frame(0, &[]));
                    }
                }
            }
        }
    }

    fn decode(&mut self) -> Option<Answer> {
        loop {
            let rest = self.input.get(self.used..).unwrap();
            if let Some(header) = rest.first_chunk::<8>().filter(|bytes| bytes.starts_with(b"AMQP")) {
                let answer = Answer::Header(*header);
                self.used += 8;
                return Some(answer);
            }
            let header = FrameHeader::decode(rest, self.max_frame_size as usize).unwrap();
            let Some(header) = header.filter(|header| header.size <= rest.len()) else {
                self.input.drain(..self.used);
                self.used = 0;
                return None;
            };
            let frame = rest.get(..header.size).unwrap().to_vec();
            self.used += header.size;
            let answer = match header.kind {
                FrameKind::Sasl => Some(Answer::Sasl(codec::decode_sasl(&frame, &header).unwrap())),
                FrameKind::Amqp => self.understand(&frame, &header),
            };
            if answer.is_some() {
                return answer;
            }
        }
    }

    /// None for a frame that only shows life.
    fn understand(&mut self, frame: &[u8], header: &FrameHeader) -> Option<Answer> {
        let channel = header.channel;
        Some(match codec::decode_body(frame, header).unwrap() {
            Body::Empty => return None,
            Body::Transfer(transfer, payload_at) => Answer::Transfer(Arrived {
                channel,
                handle: self.our_handle(channel, transfer.handle),
                delivery_id: transfer.delivery_id,
                settled: transfer.settled == Some(true),
                more: transfer.more,
                aborted: transfer.aborted,
                payload: frame.get(payload_at..).unwrap().to_vec(),
            }),
            Body::Disposition(disposition) => Answer::Disposition(Disposed {
                first: disposition.first,
                last: disposition.last.unwrap_or(disposition.first),
                settled: disposition.settled,
                kind: disposition.state.kind(),
                state: match disposition.state {
                    StateRef::Other(bytes) => bytes.to_vec(),
                    StateRef::None | StateRef::Accepted | StateRef::Released => Vec::new(),
                },
            }),
            Body::Flow(flow) => {
                let handle = flow.handle.map(|handle| self.our_handle(channel, handle));
                let session = self.sessions.entry(channel).or_default();
                session.transfers_allowed = flow.next_incoming_id.unwrap_or(0).wrapping_add(flow.incoming_window);
                if let (Some(handle), Some(credit)) = (handle, flow.link_credit) {
                    session.links.entry(handle).or_default().1 = flow.delivery_count.unwrap_or(0).wrapping_add(credit);
                }
                Answer::Flow(Granted { handle })
            }
            Body::Other(_) => {
                let performative = codec::decode_performative(frame, header).unwrap();
                if let Performative::Begin(begin) = &performative {
                    let session = Sending { transfers_allowed: begin.incoming_window, ..Sending::default() };
                    self.sessions.insert(channel, session);
                }
                if let Performative::Attach(attach) = &performative {
                    // A link that the router attaches by itself has the handle that it has there.
                    let ours = self.names.get(&(channel, attach.name.clone())).copied().unwrap_or(attach.handle.0);
                    self.handles.insert((channel, attach.handle.0), ours);
                    if let Some(session) = self.sessions.get_mut(&channel) {
                        session.links.insert(ours, (0, 0));
                    }
                }
                Answer::Performative(channel, performative)
            }
        })
    }

    fn our_handle(&self, channel: u16, theirs: u32) -> u32 {
        *self
            .handles
            .get(&(channel, theirs))
            .unwrap_or_else(|| panic!("the router used handle {theirs} before its attach"))
    }
}

/// Whether the connection is gone, as opposed to slow.
fn is_cut(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted)
}

fn is_slow(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
