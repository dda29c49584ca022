//! Sending, and passing on.

use crossdock_amqp::engine::Time;

use super::LinkState;
use crate::message::{
    AddressUpdate, Hello, LinkStateRequest, Message, MobileAddressRequest, MobileAddressUpdate, Recipient,
    RouterAdvertisement,
};
use crate::node::Flood;
use crate::output::Output;
use crate::{ConnectionKey, RouterId};

impl LinkState {
    /// The connection on which a message for this router leaves: that of the next hop, or its own if it is a neighbour to
    /// which no path was computed yet.
    pub fn connection_towards(&self, router: &RouterId) -> Option<ConnectionKey> {
        let next_hop = self.paths.get(router).map_or(router, |path| &path.next_hop);
        self.neighbors.paths().get(next_hop).map(|path| path.connection)
    }

    /// The connections on which a message to all goes on that came on `from`, with these routers in its trace (names
    /// without area). To be called after [`handle_message`](LinkState::handle_message), once for each copy that came.
    ///
    /// A flood is passed on once, whatever copies come from other sides, and never to where it has been.
    pub fn pass_on(&mut self, message: &Message, trace: &[&str], from: ConnectionKey, now: Time) -> Vec<ConnectionKey> {
        let flood = match message {
            Message::RouterAdvertisement(RouterAdvertisement { instance, ls_seq, mobile_seq, .. }) => {
                Flood::Advertisement(*instance, *ls_seq, *mobile_seq)
            }
            Message::MobileAddressUpdate(MobileAddressUpdate {
                mobile_seq,
                update: AddressUpdate::Differential { .. },
                ..
            }) => Flood::Addresses(*mobile_seq),
            Message::Hello(_)
            | Message::LinkStateRequest(_)
            | Message::LinkStateUpdate(_)
            | Message::MobileAddressRequest(_)
            | Message::MobileAddressUpdate(_) => return Vec::new(),
        };
        if trace.contains(&self.config.id.as_str()) {
            return Vec::new();
        }
        let Some(node) = self.nodes.get_mut(message.id()) else { return Vec::new() };
        if !node.passed.is_new(flood, now) {
            return Vec::new();
        }
        let is_wanted = |router: &RouterId| !trace.contains(&router.as_str()) && router != message.id();
        self.neighbors
            .paths()
            .iter()
            .filter(|&(router, path)| path.connection != from && is_wanted(router))
            .map(|(_, path)| path.connection)
            .collect()
    }

    pub(super) fn send_hello(&mut self, on: Vec<ConnectionKey>) {
        if on.is_empty() {
            return;
        }
        let (id, instance) = (self.config.id.clone(), self.config.instance);
        let seen = self.neighbors.seen();
        let (retired, on): (Vec<_>, Vec<_>) = on.into_iter().partition(|on| self.neighbors.is_retired(*on));
        for on in retired {
            let peer = self.neighbors.peer_on(on);
            let seen = seen.iter().filter(|id| Some(*id) != peer).cloned().collect();
            let message = Message::Hello(Hello { id: id.clone(), instance, seen });
            self.output(Output::Send { on: vec![on], to: Recipient::Neighbors, message });
        }
        if !on.is_empty() {
            let message = Message::Hello(Hello { id, instance, seen });
            self.output(Output::Send { on, to: Recipient::Neighbors, message });
        }
    }

    pub(super) fn send_advertisement(&mut self, to: Recipient) {
        let message = Message::RouterAdvertisement(RouterAdvertisement {
            id: self.config.id.clone(),
            instance: self.config.instance,
            ls_seq: self.own.ls_seq,
            mobile_seq: self.addresses.seq(),
        });
        self.send(to, message);
    }

    pub(super) fn send(&mut self, to: Recipient, message: Message) {
        let on: Vec<ConnectionKey> = match &to {
            Recipient::Neighbors => self.neighbors.connections().collect(),
            Recipient::All => self.neighbors.paths().values().map(|path| path.connection).collect(),
            Recipient::Router(router) => self.connection_towards(router).into_iter().collect(),
        };
        if !on.is_empty() {
            self.output(Output::Send { on, to, message });
        }
    }

    /// Sends this router what requests are due, if there is a way to it.
    pub(super) fn ask(&mut self, router: &RouterId, now: Time) {
        if self.connection_towards(router).is_none() {
            return;
        }
        let (least, most) = (self.config.request_repeat, self.config.ra_interval_flux);
        let Some(node) = self.nodes.get_mut(router) else { return };
        let asks_link_state = node.link_state_request.is_due(now);
        let asks_addresses = node.address_request.is_due(now);
        let have_seq = node.mobile_seq;
        for (request, is_due) in
            [(&mut node.link_state_request, asks_link_state), (&mut node.address_request, asks_addresses)]
        {
            if is_due {
                self.timers.ask = self.timers.ask.min(request.asked(now, least, most));
            }
        }
        let id = self.config.id.clone();
        let to = Recipient::Router(router.clone());
        if asks_link_state {
            self.send(to.clone(), Message::LinkStateRequest(LinkStateRequest { id: id.clone() }));
        }
        if asks_addresses {
            self.send(to, Message::MobileAddressRequest(MobileAddressRequest { id, have_seq }));
        }
    }
}
