//! Addresses that stand by others: who is whose fallback, far side of a waypoint, or shard.
//!
//! A primary knows its companions by its table entry, a companion its primaries by their keys. Companions exist as long as a
//! primary does. A primary exists also while a companion has destinations, so that senders who look the address up find it.
//! Who is whose companion is looked up when an address comes into use, and again when its shards change; companions of
//! companions are followed by nobody, and no shard is sharded itself.

use crossdock_core::address::{AddressClass, AddressKey, KeyRef, Phase, Treatment};
use crossdock_core::companions::Companions;
use crossdock_core::shards::{Member, Shards, Standing};
use crossdock_core::table::AddressEntry;
use std::sync::Arc;

use super::agent::ShardSet;
use super::{Address, Node};

impl Node {
    /// An address has come into use: it gets its companions, or is one.
    pub(super) fn link_companions(&mut self, key: &AddressKey) {
        if key.class() != AddressClass::Mobile {
            return;
        }
        let settings = self.shared.settings_for(key.key_ref());
        let stands_by = (key.phase() == Phase::FALLBACK && settings.fallback)
            || (settings.bypass && key.phase() == settings.egress && settings.ingress != settings.egress);
        if stands_by {
            let primary = key.key_ref().in_phase(settings.ingress).to_key();
            if !self.addresses.contains_key(&primary) && settings.treatment != Treatment::Unavailable {
                self.create(primary, settings.treatment, settings.priority);
            }
        }
        self.refresh_companions(key);
    }

    /// An address has got shards, others than before, or none any more.
    pub(super) fn apply_shards(&mut self, key: &AddressKey) {
        if !self.addresses.contains_key(key) {
            let settings = self.shared.settings_for(key.key_ref());
            // It exists as long as its shards do: whoever looks it up must find it.
            return self.create(key.clone(), self.treatment_of(key), settings.priority);
        }
        self.refresh_companions(key);
        self.retire_if_unused(key.key_ref());
    }

    /// Finds an address's companions anew.
    pub(super) fn refresh_companions(&mut self, key: &AddressKey) {
        let settings = self.shared.settings_for(key.key_ref());
        let is_ingress = key.phase() == settings.ingress;
        let set = self.agent.shards.get(key).cloned();
        let in_phase = |phase| key.key_ref().in_phase(phase).to_key();
        let wants_bypass = is_ingress && settings.bypass && settings.ingress != settings.egress;
        let companions = Companions {
            fallback: (is_ingress && settings.fallback).then(|| self.companion(in_phase(Phase::FALLBACK), key)),
            bypass: wants_bypass.then(|| self.companion(in_phase(settings.egress), key)),
            shards: set.map(|set| self.members(&set, key)),
        };
        let Some(address) = self.addresses.get_mut(key) else { return };
        let before = address.entry.companions();
        if before.is_none() && companions.is_empty() {
            return;
        }
        address.is_sharded = companions.shards.is_some();
        let companions = Arc::new(companions);
        let is_gone = |entry: &&Arc<AddressEntry>| !companions.entries().any(|other| Arc::ptr_eq(entry, other));
        let gone: Vec<AddressKey> = before
            .iter()
            .flat_map(|before| before.entries())
            .filter(is_gone)
            .map(|entry| entry.key().clone())
            .collect();
        address.entry.set_companions((!companions.is_empty()).then_some(companions));
        for companion in gone {
            self.part(&companion, key);
        }
        if let Some(address) = self.addresses.get(key) {
            self.tell(address);
        }
    }

    fn members(&mut self, set: &ShardSet, key: &AddressKey) -> Shards {
        let members = set.members.iter().map(|member| Member {
            entry: self.companion(member.key.clone(), key),
            draining: member.draining,
            standing: Standing::new(member.key.text(), member.weight),
        });
        Shards { members: members.collect(), key: set.key.clone(), on_loss: set.on_loss }
    }

    /// The entry of a companion, which is made if it does not exist.
    fn companion(&mut self, key: AddressKey, primary: &AddressKey) -> Arc<AddressEntry> {
        if !self.addresses.contains_key(&key) {
            let settings = self.shared.settings_for(key.key_ref());
            self.create(key.clone(), self.treatment_of(&key), settings.priority);
        }
        match self.addresses.get_mut(&key) {
            Some(address) => {
                if !address.stands_by.contains(primary) {
                    address.stands_by.push(primary.clone());
                }
                Arc::clone(&address.entry)
            }
            None => AddressEntry::new(key, Treatment::Balanced, None),
        }
    }

    /// How an address that a companion has is forwarded.
    fn treatment_of(&self, key: &AddressKey) -> Treatment {
        match self.shared.settings_for(key.key_ref()).treatment {
            _ if key.phase() == Phase::FALLBACK => Treatment::Balanced,
            Treatment::Unavailable => Treatment::Balanced,
            treatment @ (Treatment::Balanced
            | Treatment::Closest
            | Treatment::LinkBalanced
            | Treatment::Multicast
            | Treatment::MulticastFlood) => treatment,
        }
    }

    /// An address does not stand by another any more.
    fn part(&mut self, companion: &AddressKey, primary: &AddressKey) {
        if let Some(address) = self.addresses.get_mut(companion) {
            address.stands_by.retain(|other| other != primary);
        }
        self.retire_if_unused(companion.key_ref());
    }

    /// An address has gone out of use: nobody stands by it.
    pub(super) fn part_companions(&mut self, address: &Address) {
        let key = address.entry.key();
        for companion in address.entry.companions().iter().flat_map(|companions| companions.entries()) {
            self.part(companion.key(), key);
        }
    }

    /// An address has got its first destination, or lost its last: whoever sends to it, or to an address it stands by, is
    /// told.
    pub(super) fn destinations_changed(&self, key: KeyRef<'_>) {
        let Some(address) = self.addresses.get(&key) else { return };
        self.tell(address);
        for primary in address.stands_by.iter().filter_map(|primary| self.addresses.get(primary)) {
            primary.entry.companions_changed();
            self.tell(primary);
        }
    }

    fn tell(&self, address: &Address) {
        if self.is_reachable(address) {
            address.tell_producers();
        } else {
            address.tell_containers();
        }
    }

    /// Whether there is somebody who takes deliveries of an address: itself, or one that stands by it.
    pub(super) fn is_reachable(&self, address: &Address) -> bool {
        address.has_destinations() || self.any_companion(address, false)
    }

    /// Whether an address must exist: somebody uses it, or it or a companion has destinations.
    pub(super) fn is_in_use(&self, address: &Address) -> bool {
        address.has_destinations()
            || !address.producers.is_empty()
            || !address.stands_by.is_empty()
            || address.is_sharded
            || self.any_companion(address, true)
    }

    /// Whether any companion has destinations. Drained members count if `drained`.
    fn any_companion(&self, address: &Address, drained: bool) -> bool {
        let Some(companions) = address.entry.companions() else { return false };
        let has_destinations = |entry: &Arc<AddressEntry>| {
            self.addresses.get::<KeyRef<'_>>(&entry.key().key_ref()).is_some_and(Address::has_destinations)
        };
        let members = companions.shards.iter().flat_map(|shards| &shards.members);
        companions.fallback.iter().chain(&companions.bypass).any(has_destinations)
            || members.filter(|member| drained || !member.draining).any(|member| has_destinations(&member.entry))
    }
}
