//! What concerns addresses.

use crossdock_schema::{Address, Direction};

use super::items::Settings;
use crate::text::Place;

/// How an address is treated.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressRule {
    /// Where it stands.
    pub at: Place,
    /// Prefix or pattern, as written.
    pub text: String,
    /// The pattern it means: a prefix `x` is `x/#`.
    pub pattern: String,
    /// The section; defaults where nothing is given.
    pub address: Address,
    /// Phase in which messages of senders travel.
    pub ingress_phase: u32,
    /// Phase receivers get.
    pub egress_phase: u32,
    /// Routers that have it; empty: all.
    pub routers: Vec<String>,
    /// Attributes given.
    pub settings: Settings,
}

/// A link that a router attaches to a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoLink {
    /// Where it stands.
    pub at: Place,
    /// Address in the mesh.
    pub address: String,
    /// Queue at the broker.
    pub queue: String,
    /// The broker.
    pub broker: String,
    /// `out`: to the broker.
    pub direction: Direction,
    /// Phase in the mesh.
    pub phase: u32,
    /// It serves the fallback of the address.
    pub fallback: bool,
    /// Attributes given.
    pub settings: Settings,
}

/// Links that end at a broker.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkRoute {
    /// Where it stands.
    pub at: Place,
    /// Prefix or pattern, as written.
    pub text: String,
    /// The pattern it means.
    pub pattern: String,
    /// The broker.
    pub broker: String,
    /// `in`: links of senders.
    pub direction: Direction,
    /// Attributes given.
    pub settings: Settings,
}

/// An address spread over brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Where it stands.
    pub at: Place,
    /// Name.
    pub name: String,
    /// Address.
    pub address: String,
    /// `to`, `group-id`, `property:NAME` or `annotation:NAME`.
    pub key: String,
    /// `move` or `wait`.
    pub on_loss: String,
    /// The brokers.
    pub members: Vec<Member>,
}

/// A broker of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Where it stands.
    pub at: Place,
    /// The broker.
    pub broker: String,
    /// Queue there.
    pub queue: String,
}

impl Shard {
    /// The address over which a member gets its messages: that of the shard and the broker; and the queue, should the broker
    /// have several of the shard's.
    pub fn member_address(&self, member: &Member) -> String {
        let (address, broker) = (&self.address, &member.broker);
        match self.members.iter().filter(|other| other.broker == *broker).count() {
            0 | 1 => format!("{address}/{broker}"),
            _ => format!("{address}/{broker}/{}", member.queue),
        }
    }
}
