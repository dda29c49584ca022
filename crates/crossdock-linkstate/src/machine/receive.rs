//! What each message does.

use std::sync::Arc;

use crossdock_amqp::engine::Time;

use super::LinkState;
use crate::message::{
    AddressUpdate, AdvertisedAddress, Hello, LinkStateRequest, LinkStateUpdate, Message, MobileAddressRequest,
    MobileAddressUpdate, Recipient, RouterAdvertisement,
};
use crate::neighbor::{HelloRefusal, NeighborChange};
use crate::node::{Passed, Request};
use crate::output::{Notice, Output};
use crate::{ConnectionKey, Instance, LsSeq, MobileSeq, RouterId};

impl LinkState {
    /// A message with our own name: a reflection of ours, or from another router that has it.
    pub(super) fn receive_own(&mut self, message: &Message, on: ConnectionKey) {
        let instance = match message {
            Message::Hello(hello) => hello.instance,
            Message::RouterAdvertisement(advertisement) => advertisement.instance,
            Message::LinkStateUpdate(update) => update.instance,
            Message::LinkStateRequest(_) | Message::MobileAddressRequest(_) | Message::MobileAddressUpdate(_) => return,
        };
        if instance == self.config.instance {
            return;
        }
        self.counters.own_id += 1;
        if !std::mem::replace(&mut self.reported.own_id, true) {
            self.notice(Notice::OwnIdTaken { on, instance });
        }
    }

    pub(super) fn receive_hello(&mut self, hello: &Hello, on: ConnectionKey, now: Time) {
        let lists_us = hello.seen.contains(&self.config.id);
        match self.neighbors.hello(&hello.id, lists_us, on, now) {
            Ok(change) => {
                // As long as it does not know that we hear it, and when it is new to us that it does, there is no need to
                // let it wait for the next round.
                if !lists_us || matches!(change, Some(NeighborChange::Gained(..))) {
                    self.send_hello(vec![on]);
                }
                self.note_neighbor(change, now);
                if lists_us {
                    self.note_instance(&hello.id, hello.instance, now);
                    self.ask(&hello.id, now);
                }
            }
            Err(HelloRefusal::UnknownConnection) => {}
            Err(HelloRefusal::OtherRouter(was)) => {
                if self.neighbors.report_once(on) {
                    self.notice(Notice::PeerRenamed { on, was, is: hello.id.clone() });
                }
            }
        }
    }

    pub(super) fn receive_advertisement(&mut self, advertisement: &RouterAdvertisement, now: Time) {
        let RouterAdvertisement { id, instance, ls_seq, mobile_seq } = advertisement;
        self.note_instance(id, *instance, now);
        let Some(node) = self.node(id, now) else { return };
        node.last_seen = now;
        node.note_ls_seq(*ls_seq);
        node.note_mobile_seq(*mobile_seq);
        self.ask(id, now);
    }

    /// A router lives. If it is another life than before, nothing of the former counts any more.
    fn note_instance(&mut self, router: &RouterId, instance: Instance, now: Time) {
        let Some(node) = self.node(router, now) else { return };
        if !node.is_restart(instance) {
            return;
        }
        node.clear_link_state();
        node.mobile_seq = MobileSeq(0);
        node.advertised_mobile_seq = MobileSeq(0);
        node.last_seen = now;
        node.link_state_request = Request::Wanted;
        node.address_request = Request::Idle;
        node.passed = Passed::default();
        let addresses = std::mem::take(&mut node.addresses);
        self.notice(Notice::Restarted { router: router.clone(), instance });
        if self.paths.contains_key(router) {
            for address in addresses.into_keys() {
                self.output(Output::AddressRemoved { router: router.clone(), address });
            }
        }
        self.want_settle(now);
    }

    pub(super) fn receive_link_state_request(&mut self, request: &LinkStateRequest, from: ConnectionKey, now: Time) {
        let spacing = self.config.settle;
        if let Some(node) = self.node(&request.id, now) {
            node.link_state_request.hasten(now, spacing);
        }
        self.ask(&request.id, now);
        // One version must not stand for two states: what changed since is a version of its own.
        self.publish(now);
        let message = Message::LinkStateUpdate(LinkStateUpdate {
            id: self.config.id.clone(),
            instance: self.config.instance,
            ls_seq: self.own.ls_seq,
            peers: self.own.peers.clone(),
        });
        self.answer(&request.id, from, message);
    }

    pub(super) fn receive_link_state_update(&mut self, update: &LinkStateUpdate, now: Time) {
        let LinkStateUpdate { id, instance, ls_seq, peers } = update;
        // Versions of two lives do not compare: the life belongs to the version, even if nothing else told it yet.
        if instance.0 != 0 {
            if self.nodes.get(id).is_some_and(|node| *instance < node.instance) {
                // Overtaken by news of a later life.
                return;
            }
            self.note_instance(id, *instance, now);
        }
        let Some(node) = self.node(id, now) else { return };
        // Version 0 says that there is nothing yet.
        if *ls_seq == LsSeq(0) {
            return;
        }
        node.note_link_state_answer(*ls_seq);
        if *ls_seq <= node.ls_seq {
            self.ask(id, now);
            return;
        }
        node.ls_seq = *ls_seq;
        node.last_seen = now;
        let is_different = node.peers != *peers;
        if is_different {
            node.peers.clone_from(peers);
            for peer in peers.keys() {
                self.node(peer, now);
            }
            self.want_settle(now);
        }
        self.ask(id, now);
    }

    pub(super) fn receive_address_request(&mut self, request: &MobileAddressRequest, from: ConnectionKey, now: Time) {
        self.node(&request.id, now);
        let mobile_seq = self.addresses.seq();
        if request.have_seq < mobile_seq {
            let update = MobileAddressUpdate { id: self.config.id.clone(), mobile_seq, update: self.addresses.all() };
            self.answer(&request.id, from, Message::MobileAddressUpdate(update));
        }
    }

    pub(super) fn receive_address_update(&mut self, message: &MobileAddressUpdate, now: Time) {
        let MobileAddressUpdate { id, mobile_seq, update } = message;
        let Some(node) = self.nodes.get_mut(id) else { return };
        if *mobile_seq <= node.mobile_seq {
            // A copy that came another way round, or an answer that was overtaken.
            if matches!(update, AddressUpdate::Absolute { .. }) {
                node.advertised_mobile_seq = node.mobile_seq;
                node.address_request = Request::Idle;
            }
            return;
        }
        match update {
            AddressUpdate::Differential { add, del } if *mobile_seq == node.mobile_seq.next() => {
                node.mobile_seq = *mobile_seq;
                node.note_mobile_seq(*mobile_seq);
                let gone: Vec<Arc<str>> =
                    del.iter().filter(|key| node.addresses.remove(*key).is_some()).cloned().collect();
                let new = add.iter().filter(|new| Self::add_address(&mut node.addresses, new)).cloned().collect();
                self.tell_addresses(id, gone, new);
            }
            AddressUpdate::Differential { .. } => {
                // Something was missed.
                node.note_mobile_seq(*mobile_seq);
                self.ask(id, now);
            }
            AddressUpdate::Absolute { exist } => {
                node.mobile_seq = *mobile_seq;
                node.advertised_mobile_seq = *mobile_seq;
                node.address_request = Request::Idle;
                let mut gone = std::mem::take(&mut node.addresses);
                let mut new = Vec::new();
                for address in exist {
                    if gone.remove(&address.key) != Some(address.hint) {
                        new.push(address.clone());
                    }
                    node.addresses.insert(Arc::clone(&address.key), address.hint);
                }
                self.tell_addresses(id, gone.into_keys().collect(), new);
            }
        }
    }

    /// True if it is new, or its hint is.
    fn add_address(addresses: &mut std::collections::BTreeMap<Arc<str>, Option<i64>>, new: &AdvertisedAddress) -> bool {
        addresses.insert(Arc::clone(&new.key), new.hint) != Some(new.hint)
    }

    /// The owner hears of the addresses of reachable routers only.
    fn tell_addresses(&mut self, router: &RouterId, gone: Vec<Arc<str>>, new: Vec<AdvertisedAddress>) {
        if !self.paths.contains_key(router) {
            return;
        }
        for address in gone {
            self.output(Output::AddressRemoved { router: router.clone(), address });
        }
        for AdvertisedAddress { key, hint } in new {
            self.output(Output::AddressAdded { router: router.clone(), address: key, hint });
        }
    }

    /// Sends an answer towards a router; back where the question came from if there is no other way.
    fn answer(&mut self, router: &RouterId, from: ConnectionKey, message: Message) {
        let on = self.connection_towards(router).unwrap_or(from);
        self.output(Output::Send { on: vec![on], to: Recipient::Router(router.clone()), message });
    }
}
