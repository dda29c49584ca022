//! The world: a router, its clients, and what the clients do and know.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::{Chunk, Config, Handshake, NewDelivery, Payload, SessionId, attach};
use crossdock_amqp::serial::DeliveryNumber;
use crossdock_core::work::Work;
use fe2o3_amqp_types::definitions::{ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use std::collections::VecDeque;

use crate::model::*;
use crate::script::{Mode, Op, Verdict};
use crate::support::Net;
use crate::support::message::Message;
use crate::support::net::Step;
use crate::support::rng::Rng;

/// `modified` with delivery-failed, `rejected` and `received`, as clients write them.
const MODIFIED: &[u8] = &[0x00, 0x53, 0x27, 0xc0, 0x02, 0x01, 0x41];
const REJECTED: &[u8] = &[0x00, 0x53, 0x25, 0x45];
const RECEIVED: &[u8] = &[0x00, 0x53, 0x23, 0xc0, 0x03, 0x02, 0x43, 0x44];

pub(crate) struct World {
    pub(crate) net: Net,
    pub(crate) ends: Vec<End>,
    pub(crate) senders: Vec<Sender>,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) messages: Vec<Sent>,
    pub(crate) receipts: Vec<Receipt>,
    /// Whether a consumer of the address has ever left.
    pub(crate) bereft: [bool; 4],
    /// Whether the address has had a consumer, attached as far as that consumer knows.
    pub(crate) served: [bool; 4],
    rng: Rng,
    links: usize,
}

/// Something that happens next: on the wires, or a producer sends a piece.
#[derive(Clone, Copy, Debug)]
enum Act {
    Net(Step),
    Pump(usize),
    /// A producer that has nothing to send gives back the credit that it was asked for.
    AnswerDrain(usize),
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            net: Net::new(),
            ends: Vec::new(),
            senders: Vec::new(),
            receivers: Vec::new(),
            messages: Vec::new(),
            receipts: Vec::new(),
            bereft: [false; 4],
            served: [false; 4],
            rng: Rng::new(seed ^ 0x5eed),
            links: 0,
        }
    }

    // ---- what clients do -------------------------------------------------------------------------------------------------

    pub(crate) fn apply(&mut self, op: &Op) {
        match *op {
            Op::Connect { sasl, frames, windows, content, capacity, pipe } => {
                let at = self.ends.len();
                let mut client = Config::client(format!("client-{at}"));
                client.open.max_frame_size = frames[0].into();
                client.incoming_window = windows[0];
                let mut server = Config::server("R");
                server.open.max_frame_size = frames[1].into();
                server.incoming_window = windows[1];
                [server.content_target, server.content_limit] = content;
                for config in [&mut client, &mut server] {
                    config.idle_timeout = 0;
                    config.open.idle_time_out = None;
                    config.handshake_timeout = 0;
                }
                if !sasl {
                    client.handshake = Handshake::Plain;
                }
                self.net.connect(client, server, capacity, pipe);
                self.ends.push(End { later: sasl.then(Vec::new), ..End::default() });
                self.begin_or_attach(at, &Op::Begin { end: at });
            }
            Op::Begin { end } | Op::Sender { end, .. } | Op::Receiver { end, .. } => {
                if let Some(end) = self.live_end(end) {
                    self.begin_or_attach(end, op);
                }
            }
            Op::Send { sender, address, len, presettled, pieces, extras } => {
                let Some(at) = self.live_sender(sender) else { return };
                let sender = &mut self.senders[at];
                let id = self.messages.len() as u32;
                let address = sender.address.unwrap_or(address);
                let message = Message {
                    id,
                    len,
                    to: sender.address.is_none().then(|| ADDRESSES[address].into()),
                    annotated: extras & 1 != 0,
                    forged: extras & 2 != 0,
                    garbled: extras & 4 != 0,
                };
                self.messages.push(Sent {
                    message,
                    sender: at,
                    address,
                    presettled: match sender.mode {
                        Mode::Mixed => presettled,
                        Mode::Settled => true,
                        Mode::Unsettled => false,
                    },
                    pieces,
                    progress: Progress::Queued,
                    turn: 0,
                    left: false,
                    forgotten: false,
                    outcome: None,
                    settled: false,
                });
                sender.queue.push_back(id);
            }
            Op::Hold { sender, held } => {
                if let Some(at) = self.live_sender(sender) {
                    self.senders[at].held = held;
                }
            }
            Op::Abort { sender } => {
                if let Some(at) = self.live_sender(sender) {
                    self.abort(at);
                }
            }
            Op::Forget { sender, n } => {
                if let Some(at) = self.live_sender(sender) {
                    self.forget(at, n);
                }
            }
            Op::Grant { receiver, n } => {
                if let Some(at) = self.live_receiver(receiver) {
                    self.grant(at, n);
                }
            }
            Op::Drain { receiver } => {
                if let Some(at) = self.live_receiver(receiver) {
                    let (end, link) = (self.receivers[at].end, self.receivers[at].link);
                    self.peer(end).drain(link);
                }
            }
            Op::Settle { receiver, n, verdict, settled, newest, ranged } => {
                if let Some(at) = self.live_receiver(receiver) {
                    self.settle(at, n, verdict, settled, newest, ranged);
                }
            }
            Op::Detach { sender: true, which } => {
                if let Some(at) = self.live_sender(which) {
                    self.detach_sender(at);
                }
            }
            Op::Detach { sender: false, which } => {
                if let Some(at) = self.live_receiver(which) {
                    self.detach_receiver(at);
                }
            }
            Op::End { end, which } => {
                let Some(end) = self.live_end(end) else { return };
                let sessions = &mut self.ends[end].sessions;
                if sessions.is_empty() {
                    return;
                }
                let session = sessions.remove(which % sessions.len());
                self.leave(end, Some(session));
                self.peer(end).end(session, None);
            }
            Op::Close { end } => {
                let Some(end) = self.live_end(end) else { return };
                self.leave(end, None);
                let now = self.net.now;
                self.peer(end).close(None, now);
            }
            Op::Shut { end } => {
                let Some(end) = self.live_end(end) else { return };
                self.ends[end].shut = true;
                self.net.ends[end].adaptor.mailbox().instruct(Work::Close { description: "shut".into() });
            }
            Op::Cut { end, at_once } => {
                let Some(end) = self.live_end(end) else { return };
                self.leave(end, None);
                self.ends[end].cut = true;
                self.net.cut(end, at_once);
            }
            Op::Read { end, reading } => {
                let Some(end) = self.live_end(end) else { return };
                self.net.ends[end].reading = reading;
            }
            Op::Shrink { end } => {
                if let Some(end) = self.live_end(end) {
                    self.net.ends[end].adaptor.shrink();
                }
            }
            Op::Wait(millis) => self.net.now = self.net.now.plus_millis(millis),
            Op::Run(steps) => {
                for _ in 0..steps {
                    if !self.step() {
                        break;
                    }
                }
            }
        }
    }

    /// Begins a session or attaches a link, as soon as that can be.
    pub(crate) fn begin_or_attach(&mut self, end: usize, op: &Op) {
        if let Some(later) = &mut self.ends[end].later {
            later.push(op.clone());
            return;
        }
        match *op {
            Op::Sender { address, anonymous, mode, second, eager, .. } => {
                self.add_sender(end, (!anonymous).then_some(address), mode, second, eager);
            }
            Op::Receiver { address, mode, second, .. } => self.add_receiver(end, address, mode, second),
            _ => {
                let session = self.peer(end).begin();
                self.ends[end].sessions.extend(session);
            }
        }
    }

    fn add_sender(&mut self, end: usize, address: Option<usize>, mode: Mode, second: bool, eager: bool) {
        let Some(session) = self.any_session(end) else { return };
        let target = Target { address: address.map(|address| ADDRESSES[address].into()), ..Target::default() };
        let mut request =
            attach(self.link_name(), Role::Sender, Some(Source::default()), Some(TargetArchetype::Target(target)));
        set_modes(&mut request, mode, second);
        let capacity = self.net.ends[end].capacity;
        let Some(link) = self.peer(end).attach(session, request, 0) else { return };
        self.senders.push(Sender {
            end,
            session,
            link,
            address,
            mode,
            eager,
            capacity,
            attached: false,
            gone: false,
            held: false,
            queue: VecDeque::new(),
            current: None,
            sent: 0,
        });
    }

    pub(crate) fn add_receiver(&mut self, end: usize, address: usize, mode: Mode, second: bool) {
        let Some(session) = self.any_session(end) else { return };
        let source = Source { address: Some(ADDRESSES[address].into()), ..Source::default() };
        let target = TargetArchetype::Target(Target::default());
        let mut request = attach(self.link_name(), Role::Receiver, Some(source), Some(target));
        set_modes(&mut request, mode, second);
        let Some(link) = self.peer(end).attach(session, request, 0) else { return };
        self.receivers.push(Receiver {
            end,
            session,
            link,
            address,
            mode,
            second,
            attached: false,
            gone: false,
            current: None,
            receipts: Vec::new(),
        });
    }

    fn link_name(&mut self) -> String {
        self.links += 1;
        format!("link-{}", self.links)
    }

    fn any_session(&mut self, end: usize) -> Option<SessionId> {
        let sessions = &self.ends[end].sessions;
        if sessions.is_empty() {
            return None;
        }
        Some(sessions[self.links % sessions.len()])
    }

    fn abort(&mut self, at: usize) {
        let Sender { end, session, link, .. } = self.senders[at];
        let Some(sending) = &self.senders[at].current else { return };
        let message = sending.message;
        let number = self.peer(end).link(link).and_then(|link| link.unfinished()).expect("it is under way");
        if self.peer(end).abort_delivery(link) {
            self.senders[at].current = None;
            self.messages[message as usize].progress = Progress::Aborted;
            self.ends[end].done_out.insert((session, number));
        }
    }

    /// The sender settles before it is told.
    fn forget(&mut self, at: usize, n: usize) {
        let mine: Vec<(DeliveryNumber, u32)> = self.unsettled_of(at).into_iter().take(n).collect();
        for (number, message) in mine {
            self.settle_as_sender(at, number, message);
        }
    }

    pub(crate) fn settle_as_sender(&mut self, at: usize, number: DeliveryNumber, message: u32) {
        let Sender { end, session, .. } = self.senders[at];
        self.peer(end).write_disposition(session, false, number, number, true, StateRef::None);
        self.peer(end).session_mut(session).unwrap().outgoing_mut().remove(number);
        self.ends[end].done_out.insert((session, number));
        let sent = &mut self.messages[message as usize];
        sent.forgotten |= sent.outcome.is_none();
        sent.settled = true;
    }

    pub(crate) fn unsettled_of(&mut self, at: usize) -> Vec<(DeliveryNumber, u32)> {
        let Sender { end, session, .. } = self.senders[at];
        let messages = &self.messages;
        let Some(session) = self.net.ends[end].peer.conn.session(session) else { return Vec::new() };
        let all = session.outgoing().iter().map(|(number, message)| (number, *message));
        all.filter(|(_, message)| messages[*message as usize].sender == at).collect()
    }

    pub(crate) fn grant(&mut self, at: usize, n: u32) {
        let Receiver { end, link, .. } = self.receivers[at];
        let peer = self.peer(end);
        peer.add_credit(link, n);
        peer.open_gate(link);
    }

    pub(crate) fn settle(&mut self, at: usize, n: usize, verdict: Verdict, settled: bool, newest: bool, ranged: bool) {
        let Receiver { end, session, .. } = self.receivers[at];
        let mut mine: Vec<DeliveryNumber> = self.ends[end]
            .incoming
            .iter()
            .filter(|((of, _), receipt)| *of == session && self.receipts[**receipt].receiver == at)
            .map(|((_, number), _)| *number)
            .collect();
        if newest {
            mine.reverse();
        }
        mine.truncate(n);
        mine.sort();
        if ranged {
            if let (Some(&first), Some(&last)) = (mine.first(), mine.last()) {
                self.dispose(end, session, first, last, verdict, settled);
            }
        } else {
            for number in mine {
                self.dispose(end, session, number, number, verdict, settled);
            }
        }
    }

    /// A client says something of all deliveries in a range, whatever their links.
    pub(crate) fn dispose(
        &mut self,
        end: usize,
        session: SessionId,
        first: DeliveryNumber,
        last: DeliveryNumber,
        verdict: Verdict,
        settled: bool,
    ) {
        let (state, kind) = match verdict {
            Verdict::Accepted => (StateRef::Accepted, StateKind::Accepted),
            Verdict::Rejected => (StateRef::Other(REJECTED), StateKind::Rejected),
            Verdict::Released => (StateRef::Released, StateKind::Released),
            Verdict::Modified => (StateRef::Other(MODIFIED), StateKind::Modified),
            Verdict::Nothing => (StateRef::None, StateKind::None),
            Verdict::Received => (StateRef::Other(RECEIVED), StateKind::Received),
        };
        let settled = settled && verdict != Verdict::Received;
        let range: Vec<(DeliveryNumber, usize)> = self.ends[end]
            .incoming
            .range((session, first)..=(session, last))
            .map(|((_, number), receipt)| (*number, *receipt))
            .collect();
        // One who has said something does not say something else.
        let contradicts = |receipt: &usize| self.receipts[*receipt].verdict.is_some_and(|before| before != kind);
        if range.iter().any(|(_, receipt)| contradicts(receipt)) {
            for (number, receipt) in range {
                let word = self.receipts[receipt].verdict;
                if !contradicts_with(word, kind) {
                    self.dispose(end, session, number, number, verdict, settled);
                }
            }
            return;
        }
        self.peer(end).write_disposition(session, true, first, last, settled, state);
        for (number, receipt) in range {
            let receipt = &mut self.receipts[receipt];
            if kind.is_outcome() || settled {
                receipt.verdict = Some(kind);
            }
            if settled {
                receipt.settled = true;
                self.ends[end].incoming.remove(&(session, number));
                self.ends[end].done_in.insert((session, number));
                self.peer(end).session_mut(session).unwrap().incoming_mut().remove(number);
            }
        }
    }

    pub(crate) fn detach_sender(&mut self, at: usize) {
        self.sender_leaves(at);
        let Sender { end, link, .. } = self.senders[at];
        self.peer(end).detach(link, true, None);
    }

    pub(crate) fn detach_receiver(&mut self, at: usize) {
        self.receiver_leaves(at);
        let Receiver { end, link, .. } = self.receivers[at];
        self.peer(end).detach(link, true, None);
    }

    /// A session, or the whole connection, goes: what is on it goes with it.
    pub(crate) fn leave(&mut self, end: usize, session: Option<SessionId>) {
        for at in 0..self.senders.len() {
            let sender = &self.senders[at];
            if sender.end == end && session.is_none_or(|session| session == sender.session) {
                self.sender_leaves(at);
            }
        }
        for at in 0..self.receivers.len() {
            let receiver = &self.receivers[at];
            if receiver.end == end && session.is_none_or(|session| session == receiver.session) {
                self.receiver_leaves(at);
            }
        }
        if session.is_none() {
            self.ends[end].gone = true;
            self.ends[end].later = None;
        }
    }

    fn sender_leaves(&mut self, at: usize) {
        if self.senders[at].gone {
            return;
        }
        let Sender { end, session, .. } = self.senders[at];
        for (number, message) in self.unsettled_of(at) {
            self.peer(end).session_mut(session).unwrap().outgoing_mut().remove(number);
            self.ends[end].done_out.insert((session, number));
            self.messages[message as usize].left = true;
        }
        let sender = &mut self.senders[at];
        sender.gone = true;
        sender.queue.clear();
        if let Some(sending) = sender.current.take() {
            self.messages[sending.message as usize].left = true;
        }
    }

    fn receiver_leaves(&mut self, at: usize) {
        if self.receivers[at].gone {
            return;
        }
        let receiver = &mut self.receivers[at];
        receiver.gone = true;
        self.bereft[receiver.address] = true;
        let Receiver { end, session, .. } = self.receivers[at];
        let receipts = &self.receipts;
        let ours = |receipt: &usize| receipts[*receipt].receiver == at;
        let mine: Vec<_> =
            self.ends[end].incoming.iter().filter(|(_, receipt)| ours(receipt)).map(|(key, _)| *key).collect();
        for key in mine {
            self.ends[end].incoming.remove(&key);
            self.ends[end].done_in.insert(key);
            if let Some(session) = self.net.ends[end].peer.conn.session_mut(session) {
                session.incoming_mut().remove(key.1);
            }
        }
    }

    // ---- what happens ----------------------------------------------------------------------------------------------------

    /// One thing happens, whichever the generator picks. False if nothing can.
    pub(crate) fn step(&mut self) -> bool {
        let mut steps = Vec::new();
        self.net.ready(&mut steps);
        let mut acts: Vec<Act> = steps.into_iter().map(Act::Net).collect();
        for at in 0..self.senders.len() {
            if self.can_pump(at) {
                acts.push(Act::Pump(at));
            }
            if self.can_answer_drain(at) {
                acts.push(Act::AnswerDrain(at));
            }
        }
        if acts.is_empty() {
            return self.net.pass_time();
        }
        match *self.rng.pick(&acts) {
            Act::Net(step) => {
                let n = match self.rng.below(6) {
                    0 => self.rng.range(1, 30),
                    1 | 2 => self.rng.range(1, 2000),
                    _ => 64 * 1024,
                };
                self.net.step(step, n);
                if let Step::PeerRead(end) = step {
                    while let Some(seen) = self.net.ends[end].peer.seen.pop_front() {
                        self.handle(end, seen);
                    }
                    self.check_credit(end);
                }
            }
            Act::Pump(at) => self.pump(at),
            Act::AnswerDrain(at) => {
                let Sender { end, link, .. } = self.senders[at];
                self.peer(end).answer_drain(link);
            }
        }
        for end in 0..self.ends.len() {
            if !self.ends[end].gone && self.net.is_hung_up(end) {
                assert!(self.ends[end].shut, "the router hung up on {end}");
                self.leave(end, None);
            }
        }
        true
    }

    fn can_pump(&self, at: usize) -> bool {
        let sender = &self.senders[at];
        if sender.gone || sender.held || !sender.attached {
            return false;
        }
        let conn = &self.net.ends[sender.end].peer.conn;
        match sender.current {
            Some(_) => conn.can_transfer(sender.session),
            None => !sender.queue.is_empty() && conn.can_start(sender.link),
        }
    }

    fn can_answer_drain(&self, at: usize) -> bool {
        let sender = &self.senders[at];
        let idle = sender.queue.is_empty() && sender.current.is_none();
        let link = self.net.ends[sender.end].peer.conn.link(sender.link);
        let credit = link.and_then(|link| link.sender_credit());
        !sender.gone && idle && credit.is_some_and(|credit| credit.drain() && credit.available() > 0)
    }

    fn pump(&mut self, at: usize) {
        let sender = &mut self.senders[at];
        let conn = &mut self.net.ends[sender.end].peer.conn;
        if sender.current.is_none() {
            let id = sender.queue.pop_front().expect("can_pump said so");
            let sent = &mut self.messages[id as usize];
            let bytes = sent.message.sent();
            let piece = bytes.len().div_ceil(sent.pieces);
            sent.progress = Progress::UnderWay;
            sent.turn = sender.sent;
            let new = NewDelivery {
                tag: &sender.sent.to_be_bytes(),
                message_format: id,
                context: (!sent.presettled).then_some(id),
                state: StateRef::None,
                rcv_second: false,
            };
            sender.sent += 1;
            let more = piece < bytes.len();
            let part = &bytes[..piece.min(bytes.len())];
            let started = conn.start_delivery(sender.link, new, Payload::Copied(part), more).expect("can_pump said so");
            sender.current = Some(Sending { message: id, at: started.bytes, bytes, piece });
        } else if let Some(sending) = &mut sender.current {
            let end = (sending.at + sending.piece).min(sending.bytes.len());
            let more = end < sending.bytes.len();
            let chunk = Chunk::free(sending.bytes[sending.at..end].to_vec().into());
            let payload =
                if sending.message % 2 == 0 { Payload::Shared(&chunk) } else { Payload::Copied(chunk.bytes()) };
            let sent = conn.continue_delivery(sender.link, payload, more).expect("can_pump said so");
            sending.at += sent.bytes;
        }
        if conn.link(sender.link).unwrap().unfinished().is_none() {
            let sending = sender.current.take().expect("it was under way");
            assert_eq!(sending.at, sending.bytes.len());
            self.messages[sending.message as usize].progress = Progress::Complete;
        }
    }

    // ---- helpers ---------------------------------------------------------------------------------------------------------

    pub(crate) fn peer(&mut self, end: usize) -> &mut crossdock_amqp::engine::Connection<(), u32> {
        &mut self.net.ends[end].peer.conn
    }

    fn live_end(&self, which: usize) -> Option<usize> {
        nth(which, (0..self.ends.len()).filter(|&at| !self.ends[at].gone))
    }

    fn live_sender(&self, which: usize) -> Option<usize> {
        nth(which, (0..self.senders.len()).filter(|&at| !self.senders[at].gone))
    }

    fn live_receiver(&self, which: usize) -> Option<usize> {
        nth(which, (0..self.receivers.len()).filter(|&at| !self.receivers[at].gone))
    }
}

fn contradicts_with(before: Option<StateKind>, now: StateKind) -> bool {
    before.is_some_and(|before| before != now)
}

fn nth(which: usize, all: impl Iterator<Item = usize> + Clone) -> Option<usize> {
    let count = all.clone().count();
    if count == 0 { None } else { all.clone().nth(which % count) }
}

fn set_modes(attach: &mut fe2o3_amqp_types::performatives::Attach, mode: Mode, second: bool) {
    attach.snd_settle_mode = match mode {
        Mode::Mixed => SenderSettleMode::Mixed,
        Mode::Settled => SenderSettleMode::Settled,
        Mode::Unsettled => SenderSettleMode::Unsettled,
    };
    attach.rcv_settle_mode = if second { ReceiverSettleMode::Second } else { ReceiverSettleMode::First };
}
