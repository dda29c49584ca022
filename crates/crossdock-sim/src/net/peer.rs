//! A client: the protocol engine at the far end of a router's connection, and what it has heard.

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
    pub(crate) heard: VecDeque<Heard>,
}

/// An event, with what it points to.
#[derive(Debug)]
pub(crate) enum Heard {
    Opened,
    Closed {
        error: Option<String>,
        by_us: bool,
    },
    Ended {
        session: SessionId,
        error: Option<String>,
    },
    Attached(LinkId, Box<Attach>),
    Answered(LinkId, Box<Attach>),
    Detached {
        link: LinkId,
        error: Option<String>,
    },
    Part(Part),
    State(Disposition),
    /// Credit, windows, answers to begin.
    Room,
}

/// What became of deliveries.
#[derive(Debug)]
pub(crate) struct Disposition {
    pub(crate) session: SessionId,
    /// Whether it is about deliveries that this client sent.
    pub(crate) of_outgoing: bool,
    pub(crate) first: WireDeliveryNumber,
    pub(crate) last: WireDeliveryNumber,
    pub(crate) settled: bool,
    pub(crate) state: State,
}

/// A transfer frame.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) link: LinkId,
    pub(crate) number: DeliveryNumber,
    pub(crate) first: bool,
    pub(crate) more: bool,
    pub(crate) aborted: bool,
    pub(crate) settled: bool,
    pub(crate) payload: Vec<u8>,
}

impl Peer {
    pub(crate) fn new(config: Config, now: Time) -> Self {
        let conn = Connection::initiate(Arc::new(config), Waker::noop().clone(), now);
        Self { conn, heard: VecDeque::new() }
    }

    /// One that waits for the other side to begin.
    pub(crate) fn accept(config: Config, now: Time) -> Self {
        let conn = Connection::accept(Arc::new(config), Waker::noop().clone(), now);
        Self { conn, heard: VecDeque::new() }
    }

    /// Takes bytes from the wire. Returns how many it used.
    pub(crate) fn handle_input(&mut self, bytes: &[u8], now: Time) -> usize {
        let mut input = Input::new(bytes);
        while let Some(event) = self.conn.poll_event(&mut input, now) {
            self.heard.push_back(heard(event));
            if let Some(Heard::Opened) = self.heard.back() {
                self.conn.open();
            }
        }
        self.conn.refresh_windows();
        input.consumed()
    }

    pub(crate) fn handle_timeout(&mut self, now: Time) {
        if let Some(event) = self.conn.handle_timeout(now) {
            self.heard.push_back(heard(event));
        }
    }
}

fn heard(event: Event<'_>) -> Heard {
    match event {
        Event::Opened(_) => Heard::Opened,
        Event::Closed { error, by_us } => Heard::Closed { error: error.map(text), by_us },
        Event::Ended { session, error } => Heard::Ended { session, error: error.map(text) },
        Event::Attached(link, attach) => Heard::Attached(link, attach),
        Event::AttachAnswered(link, attach) => Heard::Answered(link, attach),
        Event::Detached { link, closed: _, error } => Heard::Detached { link, error: error.map(text) },
        Event::Transfer(transfer) => Heard::Part(Part {
            link: transfer.link,
            number: transfer.delivery,
            first: transfer.first,
            more: transfer.more,
            aborted: transfer.aborted,
            settled: transfer.settled,
            payload: transfer.payload.to_vec(),
        }),
        Event::Disposition { session, of_outgoing, first, last, settled, state } => {
            Heard::State(Disposition { session, of_outgoing, first, last, settled, state: State::from_wire(state) })
        }
        Event::Begun(..) | Event::Credit(_) | Event::Drained(_) | Event::Window(_) => Heard::Room,
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
