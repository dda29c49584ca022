//! A client: a protocol engine, and what it has seen.

use crossdock_amqp::engine::{Config, Connection, Event, Input, LinkId, SessionId, Time};
use crossdock_amqp::serial::{DeliveryNumber, WireDeliveryNumber};
use crossdock_core::batch::State;
use fe2o3_amqp_types::definitions::{Error, ErrorCondition};
use fe2o3_amqp_types::performatives::Attach;
use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;

/// A client's end of a connection. An outgoing delivery's context is the number of its message.
pub(crate) struct Peer {
    pub(crate) conn: Connection<(), u32>,
    partial: Vec<u8>,
    pub(crate) seen: VecDeque<Seen>,
}

/// An event, with what it points to.
#[derive(Debug)]
pub(crate) enum Seen {
    Opened,
    Closed {
        error: Option<String>,
        by_us: bool,
    },
    Begun(SessionId),
    Ended {
        session: SessionId,
        error: Option<String>,
    },
    Attached(LinkId, Box<Attach>),
    Answered(LinkId, Box<Attach>),
    Detached {
        link: LinkId,
        closed: bool,
        error: Option<String>,
    },
    Part(Part),
    State {
        session: SessionId,
        of_outgoing: bool,
        first: WireDeliveryNumber,
        last: WireDeliveryNumber,
        settled: bool,
        state: State,
    },
    Credit(LinkId),
    Drained(LinkId),
    Window(SessionId),
}

/// A transfer frame.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) session: SessionId,
    pub(crate) link: LinkId,
    pub(crate) number: DeliveryNumber,
    pub(crate) first: bool,
    pub(crate) more: bool,
    pub(crate) aborted: bool,
    pub(crate) settled: bool,
    pub(crate) tag: Vec<u8>,
    pub(crate) message_format: u32,
    pub(crate) rcv_second: bool,
    pub(crate) state: State,
    pub(crate) payload: Vec<u8>,
}

impl Peer {
    pub(crate) fn new(config: Config, now: Time) -> Self {
        let conn = Connection::initiate(Arc::new(config), Waker::noop().clone(), now);
        Self { conn, partial: Vec::new(), seen: VecDeque::new() }
    }

    /// Takes bytes from the wire.
    pub(crate) fn read(&mut self, bytes: &[u8], now: Time) {
        self.partial.extend_from_slice(bytes);
        let partial = std::mem::take(&mut self.partial);
        let mut input = Input::new(&partial);
        while let Some(event) = self.conn.poll_event(&mut input, now) {
            self.seen.push_back(seen(event));
            if let Some(Seen::Opened) = self.seen.back() {
                self.conn.open();
            }
        }
        self.partial = partial[input.consumed()..].to_vec();
        self.conn.refresh_windows();
    }
}

fn seen(event: Event<'_>) -> Seen {
    match event {
        Event::Opened(_) => Seen::Opened,
        Event::Closed { error, by_us } => Seen::Closed { error: error.map(text), by_us },
        Event::Begun(session, _) => Seen::Begun(session),
        Event::Ended { session, error } => Seen::Ended { session, error: error.map(text) },
        Event::Attached(link, attach) => Seen::Attached(link, attach),
        Event::AttachAnswered(link, attach) => Seen::Answered(link, attach),
        Event::Detached { link, closed, error } => Seen::Detached { link, closed, error: error.map(text) },
        Event::Transfer(transfer) => Seen::Part(Part {
            session: transfer.session,
            link: transfer.link,
            number: transfer.delivery,
            first: transfer.first,
            more: transfer.more,
            aborted: transfer.aborted,
            settled: transfer.settled,
            tag: transfer.tag.to_vec(),
            message_format: transfer.message_format,
            rcv_second: transfer.rcv_second,
            state: State::from_wire(transfer.state),
            payload: transfer.payload.to_vec(),
        }),
        Event::Disposition { session, of_outgoing, first, last, settled, state } => {
            Seen::State { session, of_outgoing, first, last, settled, state: State::from_wire(state) }
        }
        Event::Credit(link) => Seen::Credit(link),
        Event::Drained(link) => Seen::Drained(link),
        Event::Window(session) => Seen::Window(session),
    }
}

/// Condition and description.
fn text(error: Error) -> String {
    let condition = match &error.condition {
        ErrorCondition::Custom(symbol) => symbol.clone(),
        ErrorCondition::AmqpError(condition) => condition.into(),
        ErrorCondition::ConnectionError(condition) => condition.into(),
        ErrorCondition::SessionError(condition) => condition.into(),
        ErrorCondition::LinkError(condition) => condition.into(),
        ErrorCondition::TransactionError(condition) => condition.into(),
    };
    format!("{} ({})", condition.as_str(), error.description.unwrap_or_default())
}
