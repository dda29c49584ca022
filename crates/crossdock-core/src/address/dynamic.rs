//! Addresses that the router makes up for dynamic termini.

use super::{
    classify::{LocalNames, RouterMode},
    key::{AddressClass, AddressKey, KeyRef, Phase},
};

/// Random octets in a generated address. One character each: 90 bits, so that an address cannot be guessed.
pub const DYNAMIC_RANDOM: usize = 15;

const ALPHABET: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_";

/// An address for a dynamic source, reachable from every router: `amqp:/_topo/0/ME/temp.RANDOM`, on an edge router
/// `amqp:/_edge/ME/temp.RANDOM`; and its key here, `Ltemp.RANDOM`.
pub fn dynamic_address(names: &LocalNames, random: &[u8; DYNAMIC_RANDOM]) -> (String, AddressKey) {
    let name = format!("temp.{}", random_name(random));
    let address = match names.mode() {
        RouterMode::Standalone | RouterMode::Interior => {
            format!("amqp:/_topo/{}/{}/{name}", names.area(), names.router_id())
        }
        RouterMode::Edge => format!("amqp:/_edge/{}/{name}", names.router_id()),
    };
    (address, KeyRef::new(AddressClass::Local, &name).to_key())
}

/// An address for a dynamic target, mobile so that consumers may be anywhere: `amqp:/_$temp.RANDOM`; and its key.
pub fn dynamic_target_address(random: &[u8; DYNAMIC_RANDOM]) -> (String, AddressKey) {
    let name = format!("_$temp.{}", random_name(random));
    (format!("amqp:/{name}"), KeyRef::mobile(Phase::ZERO, &name).to_key())
}

/// Random octets as characters that may stand in addresses, names of links and ids of routers; one for each.
pub fn random_name(random: &[u8; DYNAMIC_RANDOM]) -> String {
    // The mask keeps the index inside the alphabet, and every character as likely as any other.
    random.iter().map(|octet| char::from(ALPHABET[usize::from(octet & 63)])).collect()
}
