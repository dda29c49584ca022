//! One connection.

use crossdock_amqp::engine::Time;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::moment::Moment;
use crate::batch::ConnId;

/// What a connection is for: a property of listener or connector, never negotiated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConnectionRole {
    /// For clients.
    #[default]
    Normal,
    /// For brokers and other containers of addresses.
    RouteContainer,
    /// For the other interior routers.
    InterRouter,
    /// For edge routers and their interior routers.
    Edge,
}

/// A property in a peer's open, of the types that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PropertyValue {
    /// A string or a symbol.
    Text(Box<str>),
    /// An int or a long.
    Number(i64),
}

/// A connection whose peer has opened it, until it is gone.
#[derive(Debug)]
pub struct ConnectionRecord {
    /// Its number.
    pub id: ConnId,
    /// The peer, `HOST:PORT`.
    pub host: Box<str>,
    /// What it is for.
    pub role: ConnectionRole,
    /// Whether this router made it.
    pub is_outgoing: bool,
    /// The peer's container-id.
    pub container: Box<str>,
    /// The SASL mechanism, if there is a SASL layer.
    pub sasl: Option<&'static str>,
    /// Who the peer is.
    pub user: Box<str>,
    /// Whether SASL says so.
    pub is_authenticated: bool,
    /// Whether it is encrypted.
    pub is_encrypted: bool,
    /// The properties of the peer's open, in its order, as far as their types are shown.
    pub properties: Vec<(Box<str>, PropertyValue)>,
    /// Name of the listener or connector.
    pub name: Box<str>,
    /// When the peer opened it.
    pub opened_at: Time,
    /// What changes.
    pub activity: Activity,
}

/// What changes about a connection.
#[derive(Debug)]
pub struct Activity {
    /// When a delivery came or went last (ms); never yet: [`Time::NEVER`].
    last_delivery: AtomicU64,
    deleted: AtomicBool,
    traced: AtomicBool,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            last_delivery: AtomicU64::new(Time::NEVER.as_millis()),
            deleted: AtomicBool::new(false),
            traced: AtomicBool::new(false),
        }
    }
}

impl Activity {
    /// Deliveries came or went. For the connection's own machine, once in a round.
    #[inline]
    pub fn note_delivery(&self, now: &Moment) {
        self.last_delivery.store(now.time().as_millis(), Ordering::Relaxed);
    }

    /// When a delivery came or went last; none yet if there was none.
    pub fn last_delivery(&self) -> Option<Time> {
        let time = Time::from_millis(self.last_delivery.load(Ordering::Relaxed));
        (time != Time::NEVER).then_some(time)
    }

    /// Somebody wants its frames in the log, or no more.
    pub fn set_traced(&self, on: bool) {
        self.traced.store(on, Ordering::Relaxed);
    }

    /// Whether somebody wants its frames in the log.
    #[inline]
    pub fn is_traced(&self) -> bool {
        self.traced.load(Ordering::Relaxed)
    }

    /// Somebody wants the connection to go.
    pub fn delete(&self) {
        self.deleted.store(true, Ordering::Relaxed);
    }

    /// Whether somebody wants it to go.
    pub fn is_deleted(&self) -> bool {
        self.deleted.load(Ordering::Relaxed)
    }
}
