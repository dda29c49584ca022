//! What clients do.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::{Chunk, Config, Handshake, LinkId, NewDelivery, Payload, attach};
use crossdock_amqp::serial::DeliveryNumber;
use crossdock_router::ConnectionSettings;
use fe2o3_amqp_types::definitions::{Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use fe2o3_amqp_types::performatives::Attach;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::World;
use super::model::{Client, Progress, Receiver, Sender, Sending, Sent, Taste, Verdict};
use super::rules::is_routed;
use crate::message;
use crate::net::Peer;

/// `modified` with delivery-failed, and `rejected`, as clients write them.
const MODIFIED: &[u8] = &[0x00, 0x53, 0x27, 0xc0, 0x02, 0x01, 0x41];
const REJECTED: &[u8] = &[0x00, 0x53, 0x25, 0x45];

/// Credit that routers give to each sender.
pub(super) const CAPACITY: u32 = 250;

/// How a client wants its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientTerms {
    /// Largest frame of both sides (bytes).
    pub frame: u32,
    /// Transfers that each side takes on a session.
    pub window: u32,
    /// Bytes under way in each direction.
    pub pipe: usize,
}

impl Default for ClientTerms {
    fn default() -> Self {
        Self { frame: 16_384, window: 1000, pipe: 1 << 20 }
    }
}

/// What a message is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Post<'a> {
    /// Length of the body (bytes).
    pub len: usize,
    /// Whether it is sent settled.
    pub presettled: bool,
    /// Transfers that it is sent in, at least.
    pub pieces: usize,
    /// Its priority.
    pub priority: u8,
    /// Where it goes, from a sender without address.
    pub to: &'a str,
    /// Its group-id, if it has one.
    pub group: &'a str,
}

impl Default for Post<'_> {
    fn default() -> Self {
        Self { len: 20, presettled: false, pieces: 1, priority: 4, to: "", group: "" }
    }
}

impl World {
    /// A client connects.
    pub fn client(&mut self, router: usize) -> usize {
        self.client_with(router, ClientTerms::default())
    }

    /// A client connects on these terms.
    pub fn client_with(&mut self, router: usize, terms: ClientTerms) -> usize {
        let at = self.clients.len();
        let mut client = Config::client(format!("client-{at}"));
        client.handshake = Handshake::Plain;
        let mut server = Config::server(&self.net.routers[router].name);
        for config in [&mut client, &mut server] {
            config.open.max_frame_size = terms.frame.into();
            config.incoming_window = terms.window;
            config.idle_timeout = 0;
            config.open.idle_time_out = None;
            config.handshake_timeout = 0;
        }
        let settings = ConnectionSettings { link_capacity: CAPACITY, ..ConnectionSettings::new(Arc::new(server)) };
        self.connect_client(router, client, settings, (terms.pipe, 0));
        at
    }

    /// A client connects to a listener with these settings, over so wide a transport with so much latency (ms).
    pub(crate) fn connect_client(
        &mut self,
        router: usize,
        config: Config,
        settings: ConnectionSettings,
        transport: (usize, u64),
    ) -> usize {
        let mut peer = Peer::new(config, self.net.now);
        let session = peer.conn.begin().expect("a session");
        let capacity = settings.link_capacity;
        let end = self.net.connect_client(router, peer, settings, transport);
        self.clients.push(Client { session, ..Client::new(end, router, capacity) });
        self.clients.len() - 1
    }

    /// A client attaches a sender to an address. The first word of the address says how it is treated: `closest`,
    /// `multicast`, `unavailable`; others are balanced.
    pub fn sender(&mut self, client: usize, address: &str) -> usize {
        self.attach_sender(client, Some(address))
    }

    /// A client attaches a sender that says in each message where it goes.
    pub fn anonymous_sender(&mut self, client: usize) -> usize {
        self.attach_sender(client, None)
    }

    fn attach_sender(&mut self, client: usize, address: Option<&str>) -> usize {
        let target = Target { address: address.map(Into::into), ..Target::default() };
        let target = Some(TargetArchetype::Target(target));
        let request = attach(self.link_name(), Role::Sender, Some(Source::default()), target);
        let link = self.attach(client, request);
        self.clients[client].senders.push(self.senders.len());
        self.senders.push(Sender {
            client,
            link,
            session: self.clients[client].session,
            address: address.map(Into::into),
            key: address.map_or_else(String::new, |address| self.rules.key(address, false)),
            attached: false,
            gone: false,
            queue: VecDeque::new(),
            source: None,
            current: None,
            sent: 0,
        });
        self.senders.len() - 1
    }

    /// A client attaches a receiver that accepts whatever comes.
    pub fn receiver(&mut self, client: usize, address: &str) -> usize {
        self.receiver_with(client, address, Taste::default())
    }

    /// A client attaches a receiver that behaves like this.
    pub fn receiver_with(&mut self, client: usize, address: &str, taste: Taste) -> usize {
        let source = Source { address: Some(address.into()), ..Source::default() };
        let target = Some(TargetArchetype::Target(Target::default()));
        let mut request = attach(self.link_name(), Role::Receiver, Some(source), target);
        if taste.presettled {
            request.snd_settle_mode = SenderSettleMode::Settled;
        }
        let link = self.attach(client, request);
        self.clients[client].receivers.push(self.receivers.len());
        self.receivers.push(Receiver {
            client,
            link,
            session: self.clients[client].session,
            address: address.into(),
            key: self.rules.key(address, true),
            taste,
            attached: false,
            gone: false,
            known_since: None,
            current: None,
            receipts: Vec::new(),
            seen: BTreeSet::new(),
            latest: BTreeMap::new(),
            sink: None,
            said: 0,
        });
        let at = self.receivers.len() - 1;
        self.grant(at, taste.credit);
        at
    }

    fn link_name(&mut self) -> String {
        self.links += 1;
        format!("link-{}", self.links)
    }

    fn attach(&mut self, client: usize, request: Attach) -> LinkId {
        let Client { end, session, .. } = self.clients[client];
        self.net.peer(end).conn.attach(session, request, 0).expect("the session lives")
    }

    /// So many messages are to be sent, as soon as there is credit.
    pub fn send(&mut self, sender: usize, count: usize) {
        for _ in 0..count {
            self.send_with(sender, Post::default());
        }
    }

    /// A message is to be sent. Returns its number.
    pub fn send_with(&mut self, sender: usize, post: Post<'_>) -> u32 {
        let id = self.messages.len() as u32;
        let address = self.senders[sender].address.clone().unwrap_or_else(|| post.to.into());
        assert!(!address.is_empty(), "message {id} goes nowhere");
        let is_anonymous = self.senders[sender].address.is_none();
        self.messages.push(Sent {
            sender,
            key: self.rules.key(&address, false),
            to: is_anonymous.then(|| address.clone()),
            address,
            group: Some(post.group).filter(|group| !group.is_empty()).map(Into::into),
            attempt: None,
            born: self.net.age(),
            bytes: 0,
            len: post.len,
            priority: post.priority,
            presettled: post.presettled,
            pieces: post.pieces.max(1),
            progress: Progress::Queued,
            turn: 0,
            left: self.senders[sender].gone,
            outcome: None,
            settled: false,
            calm: None,
            disturbances: 0,
            disturbed: false,
            audience: Vec::new(),
            has_one_way: false,
        });
        if !self.senders[sender].gone {
            self.senders[sender].queue.push_back(id);
            self.rouse(self.senders[sender].client);
        }
        id
    }

    /// The octets of a message as its sender sends it and its receiver is to get it.
    pub(super) fn octets(&self, id: u32) -> Vec<u8> {
        let sent = &self.messages[id as usize];
        message::encode(id, sent.len, sent.priority, sent.to.as_deref(), sent.group.as_deref())
    }

    /// A client may have something to send.
    pub(super) fn rouse(&mut self, client: usize) {
        let end = self.clients[client].end;
        self.net.ends[end].pumping = true;
        self.net.prod(end);
    }

    /// A client sends a piece of something, whichever of its senders can.
    pub(super) fn pump_client(&mut self, end: usize) {
        let client = self.client_at(end);
        let all = self.clients[client].senders.iter().copied();
        let able: Vec<usize> = all.filter(|&at| self.can_pump(at)).collect();
        if able.is_empty() {
            self.net.ends[end].pumping = false;
            for at in self.clients[client].senders.clone() {
                self.answer_drain(at, end);
            }
            return;
        }
        let at = *self.net.rng.pick(&able);
        if self.senders[at].queue.is_empty() && self.senders[at].current.is_none() {
            self.draw(at);
        }
        self.pump(at);
    }

    fn can_pump(&self, at: usize) -> bool {
        let sender = &self.senders[at];
        if sender.gone || !sender.attached {
            return false;
        }
        let conn = &self.net.look_at_peer(self.clients[sender.client].end).conn;
        match sender.current {
            Some(_) => conn.can_transfer(sender.session),
            None => (!sender.queue.is_empty() || self.has_supply(at)) && conn.can_start(sender.link),
        }
    }

    /// A sender with nothing to send gives back the credit that it was asked for.
    fn answer_drain(&mut self, at: usize, end: usize) {
        let sender = &self.senders[at];
        if sender.gone || !sender.queue.is_empty() || sender.current.is_some() || self.has_supply(at) {
            return;
        }
        let link = sender.link;
        let conn = &mut self.net.peer(end).conn;
        let credit = conn.link(link).and_then(|link| link.sender_credit());
        if credit.is_some_and(|credit| credit.drain() && credit.available() > 0) {
            conn.answer_drain(link);
        }
    }

    fn pump(&mut self, at: usize) {
        if self.senders[at].current.is_none() {
            self.start_sending(at);
        } else {
            self.go_on_sending(at);
        }
        let Client { end, .. } = self.clients[self.senders[at].client];
        let link = self.senders[at].link;
        let is_complete = self.net.peer(end).conn.link(link).is_some_and(|link| link.unfinished().is_none());
        let sender = &mut self.senders[at];
        if is_complete && let Some(sending) = sender.current.take() {
            assert_eq!(sending.at, sending.bytes.len());
            self.messages[sending.message as usize].progress = Progress::Complete;
            self.progress += 1;
        }
    }

    fn start_sending(&mut self, at: usize) {
        let Some(id) = self.senders[at].queue.pop_front() else { return };
        let bytes = self.octets(id);
        let key = self.messages[id as usize].key.clone();
        let presettled = self.messages[id as usize].presettled;
        let audience = self.audience(self.clients[self.senders[at].client].router, &key, presettled);
        let has_one_way = self.has_one_way(&key);
        let sender = &mut self.senders[at];
        let sent = &mut self.messages[id as usize];
        sent.has_one_way = has_one_way;
        sent.calm = self.calm;
        sent.disturbances = self.disturbances;
        sent.audience = audience;
        sent.progress = Progress::UnderWay;
        sent.turn = sender.sent;
        sent.bytes = bytes.len();
        let piece = bytes.len().div_ceil(sent.pieces);
        let new = NewDelivery {
            tag: &sender.sent.to_be_bytes(),
            message_format: 0,
            context: (!sent.presettled).then_some(id),
            state: StateRef::None,
            rcv_second: false,
        };
        sender.sent += 1;
        let more = piece < bytes.len();
        let part = &bytes[..piece.min(bytes.len())];
        let end = self.clients[sender.client].end;
        let conn = &mut self.net.peer(end).conn;
        let started = conn.start_delivery(sender.link, new, Payload::Copied(part), more).expect("can_pump said so");
        sender.current = Some(Sending { message: id, at: started.bytes, bytes, piece });
    }

    /// Who is to receive what is sent from there now, as all routers know.
    fn audience(&self, from: usize, key: &str, presettled: bool) -> Vec<usize> {
        if self.calm.is_none() || is_routed(key) {
            return Vec::new();
        }
        let all = self.receivers.iter().enumerate();
        let all = all.filter(|(_, one)| !one.gone && self.rules.may_reach(key, presettled, &one.key));
        let known = all.filter(|(_, one)| one.known_since.is_some() && one.known_since == self.calm);
        let known: Vec<usize> = known
            .filter(|(_, one)| self.cost(from, self.clients[one.client].router).is_some())
            .map(|(at, _)| at)
            .collect();
        let is_there = |member: &String| known.iter().any(|&one| self.receivers[one].key == *member);
        match self.rules.members(key) {
            // What belongs to a member that is not there may have to wait for it.
            Some(members) if !members.iter().all(is_there) => Vec::new(),
            Some(_) | None => known,
        }
    }

    /// Whether a message to one of several receivers goes one way whichever gets it. Every router on the way chooses among
    /// them anew, so that with receivers at several routers it may come to the same one by different ways.
    fn has_one_way(&self, key: &str) -> bool {
        if self.rules.has_companions(key) || is_routed(key) {
            return false;
        }
        let all = self.receivers.iter().filter(|one| one.key == key && !one.gone);
        let mut routers = all.map(|one| self.clients[one.client].router);
        let first = routers.next();
        self.rules.is_multicast(key) || routers.all(|router| Some(router) == first)
    }

    fn go_on_sending(&mut self, at: usize) {
        let sender = &mut self.senders[at];
        let Some(sending) = &mut sender.current else { return };
        let to = (sending.at + sending.piece).min(sending.bytes.len());
        let more = to < sending.bytes.len();
        let chunk = Chunk::free(sending.bytes[sending.at..to].to_vec().into());
        let end = self.clients[sender.client].end;
        let conn = &mut self.net.peer(end).conn;
        let sent = conn.continue_delivery(sender.link, Payload::Shared(&chunk), more).expect("can_pump said so");
        sending.at += sent.bytes;
    }

    /// A sender gives up the message under way, if there is one.
    pub fn abort(&mut self, sender: usize) {
        let Sender { client, link, .. } = self.senders[sender];
        let Some(sending) = &self.senders[sender].current else { return };
        let message = sending.message;
        let end = self.clients[client].end;
        let conn = &mut self.net.peer(end).conn;
        let number = conn.link(link).and_then(|link| link.unfinished()).expect("it is under way");
        if conn.abort_delivery(link) {
            self.senders[sender].current = None;
            self.messages[message as usize].progress = Progress::Aborted;
            let session = self.senders[sender].session;
            self.clients[client].done_out.insert((session, number));
            self.rouse(client);
        }
    }

    /// A receiver takes so many deliveries more.
    pub fn grant(&mut self, receiver: usize, n: u32) {
        let Receiver { client, link, gone, .. } = self.receivers[receiver];
        if !gone && n > 0 {
            let conn = &mut self.net.peer(self.clients[client].end).conn;
            conn.add_credit(link, n);
            conn.open_gate(link);
        }
    }

    /// A receiver says something of the oldest `n` deliveries that it has got, and settles them.
    pub fn settle(&mut self, receiver: usize, n: usize, verdict: Verdict) {
        let client = self.receivers[receiver].client;
        let all = self.clients[client].incoming.iter();
        // Of a message that nobody can name yet, nobody knows what became of it.
        let is_mine = |at: usize| self.receipts[at].receiver == receiver && self.receipts[at].message.is_some();
        let mine = all.filter(|(_, receipt)| is_mine(**receipt));
        let mine: Vec<DeliveryNumber> = mine.map(|((_, number), _)| *number).take(n).collect();
        for number in mine {
            self.dispose(receiver, number, verdict);
        }
    }

    pub(super) fn dispose(&mut self, receiver: usize, number: DeliveryNumber, verdict: Verdict) {
        let said = self.receivers[receiver].said;
        self.receivers[receiver].said += 1;
        let (state, kind) = state(verdict, said);
        let Receiver { client, session, .. } = self.receivers[receiver];
        let end = self.clients[client].end;
        let Some(index) = self.clients[client].incoming.remove(&(session, number)) else { return };
        let conn = &mut self.net.peer(end).conn;
        conn.write_disposition(session, true, number, number, true, state);
        conn.session_mut(session).expect("it lives").incoming_mut().remove(number);
        self.clients[client].done_in.insert((session, number));
        let receipt = &mut self.receipts[index];
        receipt.verdict = Some(kind);
        receipt.settled = true;
        self.progress += 1;
        if kind == StateKind::Accepted {
            self.store(index);
        }
    }

    /// A client stops reading, or goes on.
    pub fn set_reading(&mut self, client: usize, reading: bool) {
        let end = self.clients[client].end;
        self.net.ends[end].reading = reading;
        self.net.prod(end);
    }

    /// A sender detaches.
    pub fn detach_sender(&mut self, sender: usize) {
        if !self.senders[sender].gone {
            self.sender_leaves(sender);
            let Sender { client, link, .. } = self.senders[sender];
            self.net.peer(self.clients[client].end).conn.detach(link, true, None);
        }
    }

    /// A receiver detaches.
    pub fn detach_receiver(&mut self, receiver: usize) {
        if !self.receivers[receiver].gone {
            self.receiver_leaves(receiver);
            let Receiver { client, link, .. } = self.receivers[receiver];
            self.net.peer(self.clients[client].end).conn.detach(link, true, None);
        }
    }

    /// A client closes its connection.
    pub fn close(&mut self, client: usize) {
        if !self.clients[client].gone {
            self.leave(client);
            let now = self.net.now;
            self.net.peer(self.clients[client].end).conn.close(None, now);
        }
    }

    /// A client's connection breaks. What it wrote last is lost, if `at_once`.
    pub fn drop_client(&mut self, client: usize, at_once: bool) {
        if !self.clients[client].gone {
            self.leave(client);
            self.net.cut_client(self.clients[client].end, at_once);
        }
    }

    /// A client goes, and what is on its connection with it.
    pub(super) fn leave(&mut self, client: usize) {
        self.clients[client].gone = true;
        for at in self.clients[client].senders.clone() {
            self.sender_leaves(at);
        }
        for at in self.clients[client].receivers.clone() {
            self.receiver_leaves(at);
        }
    }

    /// A link goes, and what is on it.
    pub(super) fn link_leaves(&mut self, client: usize, link: LinkId) {
        for at in self.clients[client].senders.clone() {
            if self.senders[at].link == link {
                self.sender_leaves(at);
            }
        }
        for at in self.clients[client].receivers.clone() {
            if self.receivers[at].link == link {
                self.receiver_leaves(at);
            }
        }
    }

    fn sender_leaves(&mut self, at: usize) {
        if std::mem::replace(&mut self.senders[at].gone, true) {
            return;
        }
        let Sender { client, session, .. } = self.senders[at];
        let end = self.clients[client].end;
        let mut left: Vec<u32> = Vec::new();
        for (number, message) in self.unsettled_of(at) {
            if let Some(session) = self.net.peer(end).conn.session_mut(session) {
                session.outgoing_mut().remove(number);
            }
            self.clients[client].done_out.insert((session, number));
            left.push(message);
        }
        let sender = &mut self.senders[at];
        left.extend(std::mem::take(&mut sender.queue));
        if let Some(sending) = sender.current.take() {
            left.push(sending.message);
        }
        left.sort_unstable();
        left.dedup();
        for message in left {
            self.messages[message as usize].left = true;
            self.end_attempt(message, None);
        }
    }

    fn receiver_leaves(&mut self, at: usize) {
        if std::mem::replace(&mut self.receivers[at].gone, true) {
            return;
        }
        // Not known everywhere at once: what is sent meanwhile may be lost.
        self.disturb();
        let Receiver { client, session, .. } = self.receivers[at];
        let end = self.clients[client].end;
        let all = self.clients[client].incoming.iter();
        let mine: Vec<_> =
            all.filter(|(_, receipt)| self.receipts[**receipt].receiver == at).map(|(number, _)| *number).collect();
        for (_, number) in mine {
            self.clients[client].incoming.remove(&(session, number));
            self.clients[client].done_in.insert((session, number));
            if let Some(session) = self.net.peer(end).conn.session_mut(session) {
                session.incoming_mut().remove(number);
            }
        }
    }

    /// What a sender has sent and was not told of.
    pub(super) fn unsettled_of(&self, at: usize) -> Vec<(DeliveryNumber, u32)> {
        let Sender { client, session, .. } = self.senders[at];
        let Some(session) = self.net.look_at_peer(self.clients[client].end).conn.session(session) else {
            return Vec::new();
        };
        let all = session.outgoing().iter().map(|(number, message)| (number, *message));
        all.filter(|(_, message)| self.messages[*message as usize].sender == at).collect()
    }
}

fn state(verdict: Verdict, turn: usize) -> (StateRef<'static>, StateKind) {
    match (verdict, turn % 4) {
        (Verdict::Accepted, _) | (Verdict::InTurn, 0) => (StateRef::Accepted, StateKind::Accepted),
        (Verdict::Released, _) | (Verdict::InTurn, 1) => (StateRef::Released, StateKind::Released),
        (Verdict::Rejected, _) | (Verdict::InTurn, 2) => (StateRef::Other(REJECTED), StateKind::Rejected),
        (Verdict::Modified, _) | (Verdict::InTurn, _) => (StateRef::Other(MODIFIED), StateKind::Modified),
    }
}
