//! Deliveries of a routed link: passed on frame by frame, as they are.

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{Chunk, IncomingTransfer};
use crossdock_core::batch::{Content, DeliveryRef, Forward, State};
use crossdock_core::record::Arrival;
use crossdock_core::routed::Tag;

use super::super::Adaptor;
use super::super::destinations::Undeliverable;
use super::super::ingress::{COPY_UP_TO, flags};
use super::super::slots::{Incoming, IngressPhase, Slot};
use super::super::ways::WayId;

/// Priority of deliveries whose heads nobody reads.
const PRIORITY: u8 = 4;

impl Adaptor {
    /// The first frame of a delivery on a routed link.
    #[inline]
    pub(in super::super) fn begin_routed(&mut self, transfer: &IncomingTransfer<'_>, read: &Bytes) {
        if transfer.aborted {
            self.forget(transfer);
            return self.mirror(transfer.link);
        }
        let Some(tag) = Tag::new(transfer.tag) else {
            let description = "delivery tag length exceeded".into();
            self.undeliverable(transfer, Undeliverable::Bad(Condition::InvalidField, description));
            return self.mirror(transfer.link);
        };
        let Some(Slot::In(slot)) = self.slots.get_mut(transfer.link.index()).and_then(Option::as_mut) else { return };
        let Some(routed) = &mut slot.routed else { return };
        routed.passed += 1;
        let (conn, link) = (routed.conn, routed.link);
        let delivery = DeliveryRef { session: transfer.session, number: transfer.delivery.wire() };
        let came = Arrival::now(&self.now);
        let first = Forward::part(link, self.id, delivery, flags(transfer));
        let first = first.first(transfer.message_format, PRIORITY, came);
        let Some(batch) = self.targets.batch(conn, || self.shared.mailbox(conn)) else {
            return self.undeliverable(transfer, Undeliverable::Unroutable);
        };
        if transfer.payload.len() <= COPY_UP_TO && !transfer.more {
            batch.push_forward(first, Content::Copied(transfer.payload));
        } else {
            let Some(session) = self.conn.session(transfer.session) else { return };
            let bytes = read.slice(transfer.payload_at..transfer.payload_at + transfer.payload.len());
            batch.push_forward(first, Content::Shared(Chunk::held(bytes, session.gauge())));
        }
        if transfer.state != StateRef::None {
            batch.state_of_last(State::from_wire(transfer.state));
        }
        batch.tag_of_last(tag);
        if let Some(session) = self.conn.session_mut(transfer.session)
            && let Some(incoming) = session.incoming_mut().get_mut(transfer.delivery)
        {
            let (link, settled, way) = (transfer.link, transfer.settled, WayId::default());
            *incoming = Incoming::To { link, conn, settled, way, came };
        }
        if transfer.more {
            self.set_current(transfer, IngressPhase::Forwarding(vec![(conn, link)]));
        }
    }
}
