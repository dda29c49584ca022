//! Shards: addresses that share the messages to another one by a key.

use crossdock_core::address::{AddressClass, AddressKey};
use crossdock_core::message::KeySource;
use crossdock_core::shards::{MAX_MEMBERS, OnLoss};
use crossdock_management::{Refusal, Row, Slot};
use crossdock_schema::{
    OnLoss as WantedOnLoss, Shard, ShardAdminStatus, ShardAttr, ShardOperStatus, ShardState, Supply,
};

use super::configured::{Wanted, take};
use super::view::View;
use crate::node::{Address, Node};

/// What the shards of one address come to.
#[derive(Clone, Debug)]
pub(in crate::node) struct ShardSet {
    pub(in crate::node) key: KeySource,
    pub(in crate::node) on_loss: OnLoss,
    pub(in crate::node) members: Vec<WantedMember>,
}

/// An address that takes a share.
#[derive(Clone, Debug)]
pub(in crate::node) struct WantedMember {
    pub(in crate::node) key: AddressKey,
    pub(in crate::node) weight: u8,
    pub(in crate::node) draining: bool,
}

impl Node {
    pub(super) fn create_shard(&mut self, identity: String, shard: Shard) -> Result<String, Refusal> {
        self.check_shard(&shard)?;
        let address = self.ingress_key(&shard.address);
        let name = shard.name.clone();
        self.agent.configured.shards.push(Wanted { identity: identity.clone(), name, entity: shard });
        self.follow_shards(&address);
        Ok(identity)
    }

    pub(super) fn update_shard(&mut self, identity: &str, shard: Shard) -> Result<(), Refusal> {
        let address = self.ingress_key(&shard.address);
        let mut shards = self.agent.configured.shards.iter_mut();
        let Some(wanted) = shards.find(|wanted| wanted.identity == identity) else {
            return Err(Refusal::not_found("Not Found"));
        };
        wanted.entity = shard;
        self.follow_shards(&address);
        Ok(())
    }

    pub(super) fn delete_shard(&mut self, identity: &str) -> Result<(), Refusal> {
        let Some(wanted) = take(&mut self.agent.configured.shards, identity) else {
            return Err(Refusal::not_found("Not Found"));
        };
        let address = self.ingress_key(&wanted.entity.address);
        self.follow_shards(&address);
        Ok(())
    }

    fn check_shard(&self, shard: &Shard) -> Result<(), Refusal> {
        let refuse = |problem: String| Err(Refusal::bad_request(problem));
        let (address, member) = (self.ingress_key(&shard.address), self.member_key(shard));
        for key in [&address, &member] {
            if key.class() != AddressClass::Mobile || key.text().is_empty() {
                return refuse(format!("'{}' is no address that shards can be made of", key.text()));
            }
        }
        if address == member {
            return refuse(format!("'{}' cannot be a shard of itself", address.text()));
        }
        let mut siblings = 0;
        for Wanted { entity: other, name, .. } in &self.agent.configured.shards {
            let name = name.as_deref().unwrap_or_default();
            let (other_address, other_member) = (self.ingress_key(&other.address), self.member_key(other));
            if other_address == member {
                return refuse(format!(
                    "The member '{}' is itself spread over shards, '{name}' among them",
                    member.text()
                ));
            }
            if other_member == address {
                return refuse(format!("The address '{}' is itself the member of shard '{name}'", address.text()));
            }
            if other_address != address {
                continue;
            }
            siblings += 1;
            if other_member == member {
                return refuse(format!("'{}' is the member of shard '{name}' already", member.text()));
            }
            if other.key != shard.key {
                return refuse(format!("Shard '{name}' of the same address has key '{}'; all must agree", other.key));
            }
            if other.on_loss != shard.on_loss {
                return refuse(format!(
                    "Shard '{name}' of the same address has onLoss '{}'; all must agree",
                    other.on_loss
                ));
            }
        }
        if siblings >= MAX_MEMBERS {
            return refuse(format!("An address can have {MAX_MEMBERS} shards, and '{}' has them", address.text()));
        }
        Ok(())
    }

    /// Does what the configured shards of an address say now.
    fn follow_shards(&mut self, address: &AddressKey) {
        let siblings = self.agent.configured.shards.iter().map(|wanted| &wanted.entity);
        let siblings: Vec<&Shard> = siblings.filter(|shard| self.ingress_key(&shard.address) == *address).collect();
        let set = siblings.first().and_then(|first| {
            Some(ShardSet {
                key: KeySource::parse(&first.key).ok()?,
                on_loss: match first.on_loss {
                    WantedOnLoss::Move => OnLoss::Move,
                    WantedOnLoss::Wait => OnLoss::Wait,
                },
                members: siblings.iter().map(|shard| self.wanted_member(shard)).collect(),
            })
        });
        match set {
            Some(set) => self.agent.shards.insert(address.clone(), set),
            None => self.agent.shards.remove(address),
        };
        self.apply_shards(address);
    }

    fn wanted_member(&self, shard: &Shard) -> WantedMember {
        WantedMember {
            key: self.member_key(shard),
            weight: u8::try_from(shard.weight).unwrap_or(1),
            draining: shard.admin_status == ShardAdminStatus::Draining,
        }
    }

    fn member_key(&self, shard: &Shard) -> AddressKey {
        match &shard.member {
            Some(member) => self.ingress_key(member),
            None => self.ingress_key(&format!("{}/{}", shard.address, shard.name.as_deref().unwrap_or_default())),
        }
    }

    /// The key of what a producer of an address sends to.
    fn ingress_key(&self, text: &str) -> AddressKey {
        let key = self.shared.classify(text);
        key.in_phase(self.shared.settings_for(key).ingress).to_key()
    }
}

/// A shard.
pub(super) struct ShardRow<'v> {
    wanted: &'v Wanted<Shard>,
    member: Option<&'v Address>,
}

impl<'v> ShardRow<'v> {
    pub(super) fn new(view: &'v View<'_>, wanted: &'v Wanted<Shard>) -> Self {
        let member = view.node.member_key(&wanted.entity);
        Self { wanted, member: view.node.addresses.get(&member.key_ref()) }
    }

    fn oper_status(&self) -> ShardOperStatus {
        if self.wanted.entity.admin_status == ShardAdminStatus::Draining {
            ShardOperStatus::Draining
        } else if self.member.is_some_and(Address::has_destinations) {
            ShardOperStatus::Up
        } else {
            ShardOperStatus::Down
        }
    }
}

impl Row for ShardRow<'_> {
    type Attr = ShardAttr;

    fn write(&self, attribute: ShardAttr, slot: Slot<'_>) {
        let state = match self.wanted.entity.supply(attribute) {
            Supply::Configured(_) if attribute == ShardAttr::Member && self.wanted.entity.member.is_none() => {
                return slot.optional_text(self.member.map(|member| member.entry.key().text()));
            }
            Supply::Configured(field) => return slot.field(field),
            Supply::Running(state) => state,
        };
        match state {
            ShardState::OperStatus => slot.text(self.oper_status().as_str()),
            ShardState::DeliveriesIngress => {
                slot.number(self.member.map_or(0, |member| member.entry.counts().ingress));
            }
            ShardState::Name => slot.optional_text(self.wanted.name.as_deref()),
            ShardState::Identity => slot.text(&self.wanted.identity),
        }
    }
}
