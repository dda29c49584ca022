//! The six messages between routers.
//!
//! A message travels as an AMQP message on a control link: `opcode` among the application properties, a map as body.
//! [`Message::decode`] reads the octets of a whole message, [`Message::encode`] writes them exactly as qdrouterd 1.19 does.
//!
//! Whatever a peer may write is accepted (any integer type, symbols for strings, missing optional keys, entries in any order
//! and unknown ones); what is wrong is said in words, see [`MessageError`].

mod decode;
mod encode;
mod error;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use encode::Recipient;
pub use error::{MessageError, Wrong};

use crate::{Cost, Instance, LsSeq, MobileSeq, RouterId};

/// The version of the protocol that is spoken here (`pv`).
pub const VERSION: u64 = 1;

/// A message between routers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// HELLO: the greeting of a neighbour, sent on every control link and never passed on.
    Hello(Hello),
    /// RA: which versions of link state and mobile addresses a router has; flooded.
    RouterAdvertisement(RouterAdvertisement),
    /// LSR: asks the recipient for its link state.
    LinkStateRequest(LinkStateRequest),
    /// LSU: the link state of a router.
    LinkStateUpdate(LinkStateUpdate),
    /// MAR: asks the recipient for its mobile addresses.
    MobileAddressRequest(MobileAddressRequest),
    /// MAU: mobile addresses of a router, what changed or all of them.
    MobileAddressUpdate(MobileAddressUpdate),
}

/// HELLO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Who greets.
    pub id: RouterId,
    /// Its life.
    pub instance: Instance,
    /// Whom it heard lately.
    pub seen: Vec<RouterId>,
}

/// RA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouterAdvertisement {
    /// Whose versions these are.
    pub id: RouterId,
    /// Its life.
    pub instance: Instance,
    /// Version of its link state.
    pub ls_seq: LsSeq,
    /// Version of its mobile addresses.
    pub mobile_seq: MobileSeq,
}

/// LSR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkStateRequest {
    /// Who asks.
    pub id: RouterId,
}

/// LSU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkStateUpdate {
    /// Whose link state this is.
    pub id: RouterId,
    /// Its life.
    pub instance: Instance,
    /// The version.
    pub ls_seq: LsSeq,
    /// Its neighbours and what it costs to go there.
    pub peers: Peers,
}

/// The neighbours of a router, by what it costs to go there.
pub type Peers = BTreeMap<RouterId, Cost>;

/// MAR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MobileAddressRequest {
    /// Who asks.
    pub id: RouterId,
    /// The version it has.
    pub have_seq: MobileSeq,
}

/// MAU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MobileAddressUpdate {
    /// Whose addresses these are.
    pub id: RouterId,
    /// The version after this update.
    pub mobile_seq: MobileSeq,
    /// What changed, or all of them.
    pub update: AddressUpdate,
}

/// The two kinds of MAU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressUpdate {
    /// From the version before to this one.
    Differential {
        /// New addresses.
        add: Vec<AdvertisedAddress>,
        /// Keys of addresses that are gone.
        del: Vec<Arc<str>>,
    },
    /// The state of this version, whatever was before.
    Absolute {
        /// All addresses.
        exist: Vec<AdvertisedAddress>,
    },
}

/// An address that a router is a destination of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvertisedAddress {
    /// Class, phase and text, `M0orders`.
    pub key: Arc<str>,
    /// The number of the treatment that it has there, if that was said: 0 flood, 1 multicast, 2 closest, 3 balanced,
    /// 4 link balanced, 5 unavailable. Not checked.
    pub hint: Option<i64>,
}

impl Message {
    /// Who sent it first.
    pub fn id(&self) -> &RouterId {
        match self {
            Self::Hello(message) => &message.id,
            Self::RouterAdvertisement(message) => &message.id,
            Self::LinkStateRequest(message) => &message.id,
            Self::LinkStateUpdate(message) => &message.id,
            Self::MobileAddressRequest(message) => &message.id,
            Self::MobileAddressUpdate(message) => &message.id,
        }
    }

    /// The value of `opcode`.
    pub fn opcode(&self) -> &'static str {
        match self {
            Self::Hello(_) => "HELLO",
            Self::RouterAdvertisement(_) => "RA",
            Self::LinkStateRequest(_) => "LSR",
            Self::LinkStateUpdate(_) => "LSU",
            Self::MobileAddressRequest(_) => "MAR",
            Self::MobileAddressUpdate(_) => "MAU",
        }
    }
}
