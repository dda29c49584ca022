//! Peers that break rules, or that follow them in an order that is easily forgotten.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::task::Waker;

use crossdock_amqp::codec::{
    Body, Flow, FrameHeader, Performative, ProtocolHeader, StateRef, Transfer, decode_body, decode_performative,
    encode_flow, encode_performative, encode_transfer_head,
};
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Config, Connection, Event, Input, LinkId, NewDelivery, Payload, SessionId, Time, attach};
use fe2o3_amqp_types::definitions::{Error, ErrorCondition, Handle, Role};
use fe2o3_amqp_types::messaging::{Source, Target};
use fe2o3_amqp_types::performatives::{Attach, Begin, Close, Detach, Open};
use fe2o3_amqp_types::primitives::Symbol;

const NOW: Time = Time::from_millis(1);

/// A server's end, and what its peer has written and not sent yet.
struct Server {
    conn: Connection<(), ()>,
    unsent: Vec<u8>,
}

/// What the owner was told, without what it does not need here.
#[derive(Debug, PartialEq)]
enum Told {
    Opened,
    Closed(Option<String>),
    Begun(SessionId),
    Ended(Option<String>),
    Attached(LinkId, Box<Attach>),
    Detached(Option<String>),
    Window,
    Other,
}

impl Server {
    /// A connection whose peer has opened and begun a session on channel 0.
    fn open(max_frame_size: u32) -> (Self, SessionId) {
        let conn = Connection::accept(Arc::new(Config::server("s")), Waker::noop().clone(), NOW);
        let mut server = Self { conn, unsent: ProtocolHeader::Amqp.bytes().to_vec() };
        let mut open: Open = Config::client("c").open;
        open.max_frame_size = max_frame_size.into();
        server.write(open);
        server.write(begin());
        let told = server.send();
        let [Told::Opened, Told::Begun(session)] = told[..] else { panic!("{told:?}") };
        server.conn.open();
        server.conn.output().take_all();
        (server, session)
    }

    fn write(&mut self, performative: impl Into<Performative>) {
        encode_performative(&mut self.unsent, 0, &performative.into()).expect("our own frame");
    }

    fn send(&mut self) -> Vec<Told> {
        let bytes = std::mem::take(&mut self.unsent);
        let mut input = Input::new(&bytes);
        let mut told = Vec::new();
        while let Some(event) = self.conn.poll_event(&mut input, NOW) {
            told.push(match event {
                Event::Opened(_) => Told::Opened,
                Event::Closed { error, .. } => Told::Closed(condition(error)),
                Event::Begun(session, _) => Told::Begun(session),
                Event::Ended { session, error } => {
                    self.conn.end(session, error.clone());
                    Told::Ended(condition(error))
                }
                Event::Attached(link, attach) => Told::Attached(link, attach),
                Event::Detached { link, closed, error } => {
                    self.conn.detach(link, closed, error.clone());
                    Told::Detached(condition(error))
                }
                Event::Window(_) => Told::Window,
                Event::AttachAnswered(..)
                | Event::Transfer(_)
                | Event::Disposition { .. }
                | Event::Credit(_)
                | Event::Drained(_) => Told::Other,
            });
        }
        assert_eq!(input.consumed(), bytes.len());
        told
    }

    /// Attaches a link that the server accepts.
    fn attach(&mut self, role: Role) -> LinkId {
        self.write(attach("l", role, Some(Source::default()), Some(Target::default().into())));
        let told = self.send();
        let [Told::Attached(link, attach)] = &told[..] else { panic!("{told:?}") };
        self.conn.accept_link(*link, attach.source.clone(), attach.target.clone(), 10, 0);
        *link
    }

    /// What the server has written, as the names and channels of its frames.
    fn written(&mut self) -> Vec<String> {
        let bytes = self.conn.output().take_all();
        let mut frames = Vec::new();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let header = FrameHeader::decode(rest, usize::MAX).expect("a sound header").expect("complete");
            let (frame, behind) = rest.split_at(header.size);
            frames.push(match decode_body(frame, &header).expect("a sound frame") {
                Body::Other(_) => match decode_performative(frame, &header).expect("a sound performative") {
                    Performative::Open(_) => "open".to_owned(),
                    Performative::Begin(_) => "begin".to_owned(),
                    Performative::Attach(attach) => format!(
                        "attach {} {} {}",
                        attach.handle.0,
                        if attach.source.is_some() { "source" } else { "-" },
                        if attach.target.is_some() { "target" } else { "-" }
                    ),
                    Performative::Detach(detach) => format!("detach {} {:?}", detach.handle.0, condition(detach.error)),
                    Performative::End(end) => format!("end {:?}", condition(end.error)),
                    Performative::Close(close) => format!("close {:?}", condition(close.error)),
                },
                Body::Empty => "empty".to_owned(),
                Body::Transfer(..) => "transfer".to_owned(),
                Body::Disposition(_) => "disposition".to_owned(),
                Body::Flow(_) => "flow".to_owned(),
            });
            rest = behind;
        }
        frames
    }
}

fn condition(error: Option<Error>) -> Option<String> {
    error.map(|error| match error.condition {
        ErrorCondition::Custom(symbol) => symbol.0,
        ErrorCondition::AmqpError(error) => Symbol::from(&error).0,
        ErrorCondition::ConnectionError(error) => Symbol::from(&error).0,
        ErrorCondition::SessionError(error) => Symbol::from(&error).0,
        ErrorCondition::LinkError(error) => Symbol::from(&error).0,
        ErrorCondition::TransactionError(error) => Symbol::from(&error).0,
    })
}

fn begin() -> Begin {
    Begin {
        remote_channel: None,
        next_outgoing_id: 0,
        incoming_window: 0,
        outgoing_window: 10,
        handle_max: Handle(10),
        offered_capabilities: None,
        desired_capabilities: None,
        properties: None,
    }
}

fn detach(handle: u32) -> Detach {
    Detach { handle: Handle(handle), closed: true, error: None }
}

fn flow(handle: Option<u32>) -> Flow<'static> {
    let credit = handle.map(|_| 5);
    Flow { incoming_window: 10, outgoing_window: 10, handle, link_credit: credit, ..Flow::default() }
}

#[test]
fn nothing_is_written_behind_the_close_whatever_the_owner_asks_for() {
    for by_us in [false, true] {
        let (mut server, session) = Server::open(65_536);
        let producer = server.attach(Role::Sender);
        server.conn.open_gate(producer);
        encode_transfer_head(
            &mut server.unsent,
            0,
            &Transfer { delivery_id: Some(0), delivery_tag: Some(b"t"), ..Transfer::default() },
            0,
        );
        assert_eq!(server.send(), [Told::Other]);
        server.conn.output().take_all();
        if by_us {
            server.conn.close(None, NOW);
        } else {
            server.write(Close { error: None });
            assert_eq!(server.send(), [Told::Closed(None)]);
        }
        assert_eq!(server.written(), ["close None"]);

        let number = server.conn.session(session).expect("still there").incoming().iter().next().expect("unsettled").0;
        server.conn.write_disposition(session, true, number, number, true, StateRef::Accepted);
        server.conn.give_back(producer, 1);
        server.conn.grant_rest(producer);
        server.conn.close_gate(producer);
        server.conn.refresh_windows();
        server.conn.detach(producer, true, None);
        server.conn.end(session, None);
        server.conn.close(None, NOW);
        assert_eq!(server.written(), [""; 0]);
    }
}

#[test]
fn no_delivery_starts_behind_the_close() {
    let (mut server, _) = Server::open(65_536);
    let consumer = server.attach(Role::Receiver);
    encode_flow(&mut server.unsent, 0, &flow(Some(0)));
    server.send();
    let new =
        || NewDelivery { tag: b"t", message_format: 0, context: Some(()), state: StateRef::None, rcv_second: false };
    assert!(server.conn.start_delivery(consumer, new(), Payload::Copied(b"x"), true).is_some());
    server.conn.close(None, NOW);
    assert_eq!(server.written().last().map(String::as_str), Some("close None"));
    assert!(!server.conn.can_start(consumer));
    assert!(server.conn.continue_delivery(consumer, Payload::Copied(b"y"), false).is_none());
    assert!(!server.conn.abort_delivery(consumer));
    assert!(server.conn.start_delivery(consumer, new(), Payload::Copied(b"z"), false).is_none());
    assert_eq!(server.written(), [""; 0]);
}

#[test]
fn a_transfer_against_the_direction_of_a_link_is_told_once() {
    let (mut server, _) = Server::open(65_536);
    server.attach(Role::Receiver);
    let transfer = Transfer { delivery_id: Some(0), delivery_tag: Some(b"t"), ..Transfer::default() };
    for _ in 0..2 {
        encode_transfer_head(&mut server.unsent, 0, &transfer, 0);
    }
    assert_eq!(server.send(), [Told::Detached(Some(Condition::NotAllowed.symbol().to_owned()))]);
}

#[test]
fn an_answer_that_does_not_fit_the_peers_frames_refuses_the_link_and_no_more() {
    let (mut server, _) = Server::open(512);
    let mut big = attach("l", Role::Receiver, Some(Source::default()), None);
    big.source.as_mut().expect("given").address = Some("a".repeat(500));
    server.write(big);
    assert_eq!(server.send(), []);
    assert_eq!(server.written(), ["attach 0 - -", "detach 0 Some(\"amqp:frame-size-too-small\")"]);
    server.write(detach(0));
    assert_eq!(server.send(), []);
    server.attach(Role::Receiver);
    assert_eq!(server.written(), ["attach 0 source target"]);
}

#[test]
fn a_link_name_that_does_not_fit_the_peers_frames_ends_the_session_and_no_more() {
    let (mut server, _) = Server::open(512);
    server.write(attach("l".repeat(500), Role::Receiver, Some(Source::default()), None));
    let error = Condition::FrameSizeTooSmall.symbol();
    assert_eq!(server.send(), [Told::Ended(Some(error.to_owned()))]);
    assert_eq!(server.written(), [format!("end Some({error:?})")]);
    assert!(server.conn.is_open());
}

#[test]
fn a_flow_that_opens_the_window_says_so_whatever_else_it_is_about() {
    let (mut server, _) = Server::open(65_536);
    // About a link on which the peer is the sender: its credit is not the peer's to grant.
    server.attach(Role::Sender);
    encode_flow(&mut server.unsent, 0, &flow(Some(0)));
    assert_eq!(server.send(), [Told::Window]);
}
