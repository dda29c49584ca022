//! What everybody may see of a connection and its links, kept up to date.

use crossdock_amqp::engine::{Handshake, LinkId, Time};
use crossdock_core::record::{Activity, Arrival, ConnectionRecord, LinkRecord, PropertyValue};
use crossdock_core::work::Action;
use fe2o3_amqp_types::definitions::Fields;
use fe2o3_amqp_types::performatives::Open;
use fe2o3_amqp_types::primitives::Value;
use std::sync::Arc;

use super::slots::Slot;
use super::{Adaptor, Presence};

/// Pause between two looks at unsettled deliveries (ms).
const LOOK_EVERY: u64 = 30_000;

impl Adaptor {
    /// The peer has opened the connection: from now on it is to be seen.
    pub(super) fn note_opened(&mut self, open: &Open) {
        if self.presence != Presence::Here {
            return;
        }
        let sasl = self.conn.sasl_mechanism();
        let user = match &self.settings.engine.handshake {
            Handshake::SaslPlain { credentials, .. } if sasl == Some("PLAIN") => credentials.username(),
            Handshake::SaslPlain { .. } | Handshake::SaslAnonymous | Handshake::Plain | Handshake::Accept { .. } => {
                "anonymous"
            }
        };
        let record = Arc::new(ConnectionRecord {
            id: self.id,
            host: self.peer.remote.as_str().into(),
            role: self.settings.role,
            is_outgoing: self.initiator,
            container: open.container_id.as_str().into(),
            sasl,
            user: user.into(),
            is_authenticated: sasl.is_some(),
            is_encrypted: false,
            properties: properties(open.properties.as_ref()),
            name: self.settings.name.as_str().into(),
            opened_at: self.now.time(),
            activity: Activity::default(),
        });
        self.shared.submit(Action::Opened { record: Arc::clone(&record) });
        self.record = Some(record);
    }

    /// Whether somebody wants to see its frames.
    #[inline]
    pub fn is_traced(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.activity.is_traced())
    }

    /// The connection is over: nobody sees it any more.
    pub(super) fn note_closed(&mut self) {
        self.look_at = Time::NEVER;
        if self.record.take().is_some() {
            self.shared.submit(Action::Closed { conn: self.id });
        }
    }

    /// Deliveries came or went in this round.
    #[inline]
    pub(super) fn note_delivered(&mut self) {
        self.delivered = false;
        if let Some(record) = &self.record {
            record.activity.note_delivery(&self.now);
            if self.look_at == Time::NEVER {
                self.look_at = self.now.time().plus_millis(LOOK_EVERY);
            }
        }
    }

    /// Shows how many deliveries the sender of an incoming link may still start.
    #[inline]
    pub(super) fn note_granted(&self, link: LinkId) {
        if let (Some(Slot::In(slot)), Some(engine_link)) = (self.slot(link), self.conn.link(link)) {
            let granted = engine_link.receiver_credit().map_or(0, |credit| credit.granted());
            slot.record.set_credit(granted, &self.now);
        }
    }

    /// Lets the sender of an incoming link have its credit.
    pub(super) fn open_gate(&mut self, link: LinkId) {
        self.conn.open_gate(link);
        self.note_granted(link);
    }

    /// Marks deliveries that have been here for long. Looks again while there are any others.
    pub(super) fn look_for_stuck(&mut self) {
        let now = self.now;
        let mut any = false;
        let mut look = |record: Option<&LinkRecord>, came: &mut Arrival| {
            match record {
                Some(record) => record.look_at(came, &now),
                None => {
                    came.note_age(&now);
                }
            }
            any |= *came != Arrival::LONG_AGO;
        };
        let sessions: Vec<_> = self.conn.sessions().collect();
        for session in sessions {
            let Some(session) = self.conn.session_mut(session) else { continue };
            for incoming in session.incoming_mut().iter_mut() {
                let link = incoming.link();
                if let (Some(link), Some(came)) = (link, incoming.came_mut())
                    && let Some(Some(Slot::In(slot))) = self.slots.get(link.index())
                    && slot.id == link
                {
                    look(Some(&slot.record), came);
                }
            }
            for outgoing in session.outgoing_mut().iter_mut() {
                if let Some(Some(Slot::Out(slot))) = self.slots.get(outgoing.link.index())
                    && slot.id == outgoing.link
                {
                    look(Some(&slot.record), &mut outgoing.came);
                }
            }
        }
        for slot in self.slots.iter_mut().flatten() {
            let Slot::Out(slot) = slot else { continue };
            // The others under way are among the unsettled.
            if let Some(current) = slot.current.as_mut().filter(|current| current.settled) {
                look(Some(&slot.record), &mut current.came);
            }
            for waiting in &mut slot.queue {
                look(Some(&slot.record), &mut waiting.came);
            }
        }
        for parked in self.parked_mut() {
            look(None, &mut parked.came);
        }
        self.look_at = if any { now.time().plus_millis(LOOK_EVERY) } else { Time::NEVER };
    }
}

/// The properties of an open, as far as their types are shown.
fn properties(fields: Option<&Fields>) -> Vec<(Box<str>, PropertyValue)> {
    let shown = fields.into_iter().flat_map(|fields| fields.iter()).filter_map(|(key, value)| {
        #[allow(clippy::wildcard_enum_match_arm, reason = "the many other types are all left out")]
        let value = match value {
            Value::String(text) => PropertyValue::Text(text.as_str().into()),
            Value::Symbol(text) => PropertyValue::Text(text.as_str().into()),
            Value::Int(number) => PropertyValue::Number(i64::from(*number)),
            Value::Long(number) => PropertyValue::Number(*number),
            _ => return None,
        };
        Some((key.as_str().into(), value))
    });
    shown.collect()
}
