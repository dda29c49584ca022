//! Two ends of a connection joined in memory: what one asks for, the other must be able to live with.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{
    Chunk, Config, Connection, Event, Input, LinkId, LinkRole, NewDelivery, Payload, SessionId, Time, attach,
};
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use proptest::prelude::*;
use std::sync::Arc;
use std::task::Waker;

const NOW: Time = Time::from_millis(0);

/// One end, and what its owner remembers.
struct End {
    engine: Connection<(), u64>,
    unread: Vec<u8>,
    /// What happened, in short.
    log: Vec<&'static str>,
    /// Links that the peer attached and that are not answered yet.
    unanswered: Vec<LinkId>,
    /// Answer attaches at once.
    answers: bool,
    credit: u32,
    /// Bytes of the delivery under way, and those that are complete.
    partial: Vec<u8>,
    received: Vec<Vec<u8>>,
    accepted: Vec<u64>,
}

impl End {
    fn new(engine: Connection<(), u64>) -> Self {
        Self {
            engine,
            unread: Vec::new(),
            log: Vec::new(),
            unanswered: Vec::new(),
            answers: true,
            credit: 10,
            partial: Vec::new(),
            received: Vec::new(),
            accepted: Vec::new(),
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
        let unread = std::mem::take(&mut self.unread);
        let mut input = Input::new(&unread);
        while let Some(event) = self.engine.poll_event(&mut input, NOW) {
            self.handle(event);
        }
        self.unread.extend_from_slice(&unread[input.consumed()..]);
        self.engine.refresh_windows();
    }

    fn handle(&mut self, event: Event<'_>) {
        match event {
            Event::Opened(_) => {
                self.log.push("opened");
                self.engine.open();
            }
            Event::Closed { error, .. } => {
                assert_eq!(error, None);
                self.log.push("closed");
            }
            Event::Begun(..) => self.log.push("begun"),
            Event::Ended { session, error } => {
                assert_eq!(error, None);
                self.log.push("ended");
                self.engine.end(session, None);
            }
            Event::Attached(link, _) => {
                self.log.push("attached");
                self.unanswered.push(link);
                if self.answers {
                    self.answer();
                }
            }
            Event::AttachAnswered(link, _) => {
                self.log.push("answered");
                self.engine.open_gate(link);
            }
            Event::Detached { link, error, .. } => {
                assert_eq!(error, None);
                self.log.push("detached");
                self.unanswered.retain(|&other| other != link);
                self.engine.detach(link, true, None);
            }
            Event::Transfer(transfer) => {
                assert_eq!(transfer.first, self.partial.is_empty());
                self.partial.extend_from_slice(transfer.payload);
                if transfer.more {
                    return;
                }
                self.received.push(std::mem::take(&mut self.partial));
                let session = self.engine.session_mut(transfer.session).unwrap();
                assert_eq!(session.incoming_mut().remove(transfer.delivery), Some(()));
                if !transfer.settled {
                    let number = transfer.delivery;
                    self.engine.write_disposition(transfer.session, true, number, number, true, StateRef::Accepted);
                }
                self.engine.give_back(transfer.link, 1);
                self.engine.grant(transfer.link);
            }
            Event::Disposition { session, of_outgoing, first, last, settled, state } => {
                assert!(of_outgoing && settled);
                assert_eq!(state, StateRef::Accepted);
                let ledger = self.engine.session_mut(session).unwrap().outgoing_mut();
                let (mut from, to) = ledger.clamp(first, last).unwrap();
                while let Some((number, &mut context)) = ledger.next_live(from, to) {
                    ledger.remove(number);
                    self.accepted.push(context);
                    from = number.next();
                }
            }
            Event::Credit(_) | Event::Drained(_) | Event::Window(_) => {}
        }
    }

    fn answer(&mut self) {
        for link in std::mem::take(&mut self.unanswered) {
            self.engine.accept_link(link, Some(Box::default()), Some(Box::new(target())), self.credit, 0);
            if self.engine.link(link).unwrap().role() == LinkRole::Receiver {
                self.engine.open_gate(link);
            }
        }
    }
}

fn target() -> TargetArchetype {
    TargetArchetype::Target(Target::default())
}

/// A client and a server that have opened their connection.
fn pair(client: Config, server: Config) -> (End, End) {
    let waker = || Waker::noop().clone();
    let mut client = End::new(Connection::initiate(Arc::new(client), waker(), NOW));
    let mut server = End::new(Connection::accept(Arc::new(server), waker(), NOW));
    exchange(&mut client, &mut server);
    assert!(client.engine.is_open() && server.engine.is_open());
    (client, server)
}

/// Carries bytes to and fro until there are none.
fn exchange(a: &mut End, b: &mut End) {
    for _ in 0..10_000 {
        let (to_b, to_a) = (a.engine.output().take_all(), b.engine.output().take_all());
        if to_a.is_empty() && to_b.is_empty() {
            return;
        }
        b.read(&to_b);
        a.read(&to_a);
    }
    panic!("the ends do not come to rest");
}

fn default_pair() -> (End, End) {
    pair(Config::client("client"), Config::server("server"))
}

fn begin(client: &mut End) -> SessionId {
    client.engine.begin().unwrap()
}

fn attach_sender(client: &mut End, session: SessionId) -> LinkId {
    let attach = attach("link", Role::Sender, Some(Source::default()), Some(target()));
    client.engine.attach(session, attach, 0).unwrap()
}

#[test]
fn a_link_may_be_detached_before_its_attach_is_answered() {
    let (mut client, mut server) = default_pair();
    let session = begin(&mut client);
    let link = attach_sender(&mut client, session);
    client.engine.detach(link, true, None);
    exchange(&mut client, &mut server);
    assert!(client.engine.link(link).is_none());
    assert_eq!((client.engine.link_count(), server.engine.link_count()), (0, 0));
    assert_eq!(client.log, ["opened", "begun"]);
    assert_eq!(server.log, ["opened", "begun", "attached", "detached"]);
}

#[test]
fn a_name_may_be_attached_again_while_its_earlier_attach_is_unanswered_and_detached() {
    let (mut client, mut server) = default_pair();
    let session = begin(&mut client);
    let early = attach_sender(&mut client, session);
    client.engine.detach(early, true, None);
    let late = attach_sender(&mut client, session);
    exchange(&mut client, &mut server);
    assert!(client.engine.link(early).is_none());
    assert_eq!(client.log, ["opened", "begun", "answered"]);
    assert_eq!(client.engine.link(late).unwrap().sender_credit().unwrap().available(), 10);
}

#[test]
fn a_session_may_be_ended_before_its_begin_is_answered() {
    let (mut client, mut server) = default_pair();
    let session = begin(&mut client);
    attach_sender(&mut client, session);
    client.engine.end(session, None);
    exchange(&mut client, &mut server);
    assert!(client.engine.is_open() && server.engine.is_open());
    assert_eq!((client.engine.sessions().count(), server.engine.sessions().count()), (0, 0));
    let session = begin(&mut client);
    attach_sender(&mut client, session);
    exchange(&mut client, &mut server);
    assert_eq!(client.log.last(), Some(&"answered"));
}

#[test]
fn a_close_ends_both_ends() {
    let (mut client, mut server) = default_pair();
    let session = begin(&mut client);
    attach_sender(&mut client, session);
    client.engine.close(None, NOW);
    exchange(&mut client, &mut server);
    assert!(client.engine.is_closed() && server.engine.is_closed());
}

/// A message to send: its size, whether it is sent settled, and whether its content is shared.
#[derive(Clone, Debug)]
struct Message {
    size: usize,
    settled: bool,
    shared: bool,
}

fn message() -> impl Strategy<Value = Message> {
    let size = prop_oneof![4 => 0usize..2_000, 1 => 0usize..700_000];
    (size, any::<bool>(), any::<bool>()).prop_map(|(size, settled, shared)| Message { size, settled, shared })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every message arrives whole and in order, and is settled, whatever the frame size, window and credit.
    #[test]
    fn messages_arrive(
        messages in prop::collection::vec(message(), 1..30),
        frame in prop_oneof![Just(512u32), Just(4096), Just(65_536)],
        window in prop_oneof![1u32..8, Just(2048)],
        budget in prop_oneof![Just(1usize), Just(100_000), Just(16 << 20)],
        credit in prop_oneof![1u32..4, Just(1000)],
    ) {
        let mut config = Config::server("server");
        config.open.max_frame_size = frame.into();
        config.incoming_window = window;
        config.content_target = budget;
        config.content_limit = 2 * budget;
        let (mut client, mut server) = pair(Config::client("client"), config);
        server.credit = credit;
        let session = begin(&mut client);
        let link = attach_sender(&mut client, session);
        exchange(&mut client, &mut server);
        let content: Vec<Chunk> = (messages.iter().enumerate())
            .map(|(n, message)| Chunk::free(Bytes::from((0..message.size).map(|at| (at * 7 + n) as u8).collect::<Vec<_>>())))
            .collect();
        let mut unsettled = Vec::new();
        for (n, (message, chunk)) in messages.iter().zip(&content).enumerate() {
            let tag = (n as u32).to_be_bytes();
            let mut sent = None;
            let mut at = 0;
            for _ in 0..100_000 {
                let rest = chunk.slice(at..message.size);
                let payload = if message.shared { Payload::Shared(&rest) } else { Payload::Copied(rest.bytes()) };
                let now = match sent {
                    None => {
                        let context = (!message.settled).then_some(n as u64);
                        let new = NewDelivery { tag: &tag, message_format: 0, context, state: StateRef::None, rcv_second: false };
                        client.engine.start_delivery(link, new, payload, false)
                    }
                    Some(_) => client.engine.continue_delivery(link, payload, false),
                };
                if let Some(now) = now {
                    at += now.bytes;
                    sent = Some(now);
                    if now.finished {
                        break;
                    }
                }
                exchange(&mut client, &mut server);
            }
            prop_assert!(sent.is_some_and(|sent| sent.finished), "message {} is stuck", n);
            if !message.settled {
                unsettled.push(n as u64);
            }
        }
        exchange(&mut client, &mut server);
        prop_assert_eq!(server.received.len(), messages.len());
        for (received, chunk) in server.received.iter().zip(&content) {
            prop_assert!(received == chunk.bytes());
        }
        prop_assert_eq!(client.accepted, unsettled);
        prop_assert!(client.engine.session(session).unwrap().outgoing().is_empty());
    }
}
