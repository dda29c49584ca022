//! Deliveries from producers that go no further: what their senders are told, and what is thrown away.

use crossdock_amqp::codec::StateKind;
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::{IncomingTransfer, LinkId, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use crossdock_core::batch::State;
use crossdock_core::record::Arrival;
use crossdock_core::table::Party;

use super::Adaptor;
use super::destinations::{Undeliverable, rejected};
use super::slots::{Incoming, IngressPhase, Slot};

impl Adaptor {
    /// A delivery that goes nowhere: its sender is told, and what is still to come of it is thrown away.
    #[cold]
    pub(super) fn undeliverable(&mut self, transfer: &IncomingTransfer<'_>, why: Undeliverable) {
        let state = match &why {
            Undeliverable::Unroutable => State::Released,
            Undeliverable::Bad(condition, description) => rejected(*condition, description),
        };
        let Some(Slot::In(slot)) = self.slot_mut(transfer.link) else { return };
        match why {
            Undeliverable::Unroutable if transfer.settled => slot.record.drop_presettled(),
            Undeliverable::Unroutable => slot.record.decide(StateKind::Released),
            Undeliverable::Bad(..) => slot.record.decide(StateKind::Rejected),
        }
        // Nobody is there: this link's credit waits until somebody is.
        if matches!(why, Undeliverable::Unroutable) && slot.route.as_ref().is_some_and(|route| !route.others_may_pass())
        {
            match slot.party {
                // Brokers are known to end their session when they are asked to drain a queue's link.
                Party::RouteContainer => self.conn.withdraw(transfer.link),
                Party::Client | Party::Router | Party::Network => self.conn.close_gate(transfer.link),
            }
        }
        if transfer.more {
            if !transfer.settled {
                self.conn.write_disposition(
                    transfer.session,
                    true,
                    transfer.delivery,
                    transfer.delivery,
                    false,
                    state.as_wire(),
                );
            }
            self.note_coming(transfer.session, transfer.delivery, transfer.link, transfer.settled);
            self.set_current(transfer, IngressPhase::Discarding { state });
        } else {
            self.end_discarded(transfer, &state);
        }
    }

    /// The last frame of a delivery that was thrown away.
    pub(super) fn end_discarded(&mut self, transfer: &IncomingTransfer<'_>, state: &State) {
        let known = self
            .conn
            .session_mut(transfer.session)
            .and_then(|session| session.incoming_mut().remove(transfer.delivery));
        let settled = match known {
            None => true,
            Some(Incoming::Coming { settled, .. }) => settled || transfer.settled,
            Some(
                Incoming::Unrouted | Incoming::To { .. } | Incoming::Multicast { .. } | Incoming::AwaitSender { .. },
            ) => transfer.settled,
        };
        if let Some(known) = known {
            self.end_incoming(transfer.link, known);
        }
        if !settled && !transfer.aborted {
            let number = transfer.delivery;
            self.conn.write_disposition(transfer.session, true, number, number, true, state.as_wire());
        }
        self.give_back(transfer.link, 1);
    }

    /// An aborted delivery leaves nothing behind; aborted means settled [AMQP 2.6.14].
    pub(super) fn forget(&mut self, transfer: &IncomingTransfer<'_>) {
        let known = self.conn.session_mut(transfer.session);
        if let Some(known) = known.and_then(|session| session.incoming_mut().remove(transfer.delivery)) {
            if let Incoming::Multicast { index, .. } = known {
                self.multicasts.remove(index);
            }
            self.end_incoming(transfer.link, known);
        }
        self.give_back(transfer.link, 1);
    }

    /// A delivery is coming in that nobody else knows of, or wants any more.
    pub(super) fn note_coming(&mut self, session: SessionId, number: DeliveryNumber, link: LinkId, settled: bool) {
        let session = self.conn.session_mut(session);
        if let Some(incoming) = session.and_then(|session| session.incoming_mut().get_mut(number)) {
            let came = incoming.came().unwrap_or_else(|| Arrival::now(&self.now));
            if let Incoming::To { way, .. } = std::mem::replace(incoming, Incoming::Coming { link, settled, came }) {
                self.ways.finish(way);
            }
        }
    }

    /// The sender settles a delivery whose head is not complete.
    pub(super) fn settle_coming(&mut self, transfer: &IncomingTransfer<'_>) {
        let session = self.conn.session_mut(transfer.session);
        if let Some(Incoming::Coming { settled, .. }) =
            session.and_then(|session| session.incoming_mut().get_mut(transfer.delivery))
            && !std::mem::replace(settled, true)
        {
            self.note_settled_by_sender(transfer.link);
        }
    }

    #[cold]
    pub(super) fn refuse_oversized(&mut self, transfer: &IncomingTransfer<'_>) {
        let limit = self.settings.max_message_size;
        let error = Condition::MessageSizeExceeded.error(format!("Message size exceeded: the limit is {limit} bytes"));
        if !transfer.settled {
            let state = rejected(Condition::MessageSizeExceeded, "Message size exceeded");
            let number = transfer.delivery;
            self.conn.write_disposition(transfer.session, true, number, number, true, state.as_wire());
        }
        if let Some(session) = self.conn.session_mut(transfer.session)
            && let Some(Incoming::Unrouted) = session.incoming().get(transfer.delivery)
        {
            session.incoming_mut().remove(transfer.delivery);
        }
        self.drop_link(transfer.link, "detached");
        self.conn.detach(transfer.link, true, Some(error));
    }

    /// Seals the fate of a delivery that is still coming in: the rest is thrown away. False if it has come in full.
    /// `settled` tells whether its sender has settled it.
    pub(super) fn discard_rest(&mut self, link: LinkId, number: DeliveryNumber, state: &State, settled: bool) -> bool {
        let Some(Slot::In(slot)) = self.slot_mut(link) else { return false };
        let session = slot.session;
        match &mut slot.current {
            Some(current) if current.number == number => {
                let head_len = current.phase.head_len();
                current.phase = IngressPhase::Discarding { state: state.clone() };
                self.heads = self.heads.saturating_sub(head_len);
                self.note_coming(session, number, link, settled);
                true
            }
            Some(_) | None => false,
        }
    }
}
