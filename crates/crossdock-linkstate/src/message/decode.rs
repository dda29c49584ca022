//! Octets to messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossdock_amqp::codec::walk::Budget;
use crossdock_amqp::codec::{Compound, Cursor, descriptor};

use super::{
    AddressUpdate, AdvertisedAddress, Hello, LinkStateRequest, LinkStateUpdate, Message, MessageError,
    MobileAddressRequest, MobileAddressUpdate, Peers, RouterAdvertisement, VERSION, Wrong,
};
use crate::{Cost, Instance, LsSeq, MobileSeq, RouterId};

/// Octets of a message. A full update of half a million addresses fits.
const MAX_MESSAGE: usize = 32 * 1024 * 1024;
/// Octets of the name of a router.
const MAX_ID: usize = 255;
/// Octets of the key of an address.
const MAX_ADDRESS: usize = 16 * 1024;
/// Neighbours in a HELLO or LSU.
const MAX_PEERS: u32 = 16_384;
/// Addresses in one list of a MAU.
const MAX_ADDRESSES: u32 = 500_000;
/// Values in a message: two lists of addresses, one of hints, and what is around them.
const BUDGET: Budget = Budget { depth: 8, elements: 3 * MAX_ADDRESSES + 100_000 };

impl Message {
    /// Reads all octets of an AMQP message.
    pub fn decode(message: &[u8]) -> Result<Self, MessageError> {
        if message.len() > MAX_MESSAGE {
            return Err(content(None, None, Wrong::MessageLength));
        }
        let sections = Sections::find(message)?;
        let opcode = opcode_of(&sections)?;
        let body = Body::read(opcode, &sections)?;
        let id = body.id()?;
        let version = body.number_or("pv", 0)?;
        if version > VERSION {
            return Err(MessageError::Version { id, version });
        }
        match opcode {
            "HELLO" => Ok(Self::Hello(Hello { id, instance: body.instance()?, seen: body.seen()? })),
            "RA" => Ok(Self::RouterAdvertisement(RouterAdvertisement {
                id,
                instance: body.instance()?,
                ls_seq: LsSeq(body.number("ls_seq")?),
                mobile_seq: MobileSeq(body.number("mobile_seq")?),
            })),
            "LSR" => Ok(Self::LinkStateRequest(LinkStateRequest { id })),
            "LSU" => body.link_state_update(id).map(Self::LinkStateUpdate),
            "MAR" => Ok(Self::MobileAddressRequest(MobileAddressRequest {
                id,
                have_seq: MobileSeq(body.number("have_seq")?),
            })),
            _ => body.mobile_address_update(id).map(Self::MobileAddressUpdate),
        }
    }
}

fn content(opcode: Option<&'static str>, key: Option<&'static str>, wrong: Wrong) -> MessageError {
    MessageError::Content { opcode, key, wrong }
}

/// The two sections that count.
struct Sections<'a> {
    application_properties: Option<Cursor<'a>>,
    body: Option<Cursor<'a>>,
}

impl<'a> Sections<'a> {
    /// Walks over all of the message, so that what is read afterwards is known to be sound.
    fn find(message: &'a [u8]) -> Result<Self, MessageError> {
        let mut budget = BUDGET;
        let mut sections = Self { application_properties: None, body: None };
        let mut at = Cursor::new(message);
        while !at.is_empty() {
            let mut inside = at;
            at.skip(&mut budget)?;
            let place = match inside.descriptor()?.code() {
                Some(descriptor::APPLICATION_PROPERTIES) => &mut sections.application_properties,
                Some(descriptor::AMQP_VALUE) => &mut sections.body,
                Some(_) | None => continue,
            };
            *place = Some(inside);
        }
        Ok(sections)
    }
}

fn opcode_of(sections: &Sections<'_>) -> Result<&'static str, MessageError> {
    let none = || content(None, None, Wrong::NoOpcode);
    let mut section = sections.application_properties.ok_or_else(none)?;
    let mut properties = section.map()?.ok_or_else(none)?;
    let mut found = None;
    for _ in 0..properties.count / 2 {
        let key = text(&mut properties.elements)?;
        let value = properties.elements;
        properties.elements.skip(&mut { BUDGET })?;
        if key == Some("opcode") {
            found = text(&mut { value })?;
        }
    }
    let opcode = found.ok_or_else(none)?;
    ["HELLO", "RA", "LSR", "LSU", "MAR", "MAU"]
        .into_iter()
        .find(|&known| known == opcode)
        .ok_or_else(|| content(None, None, Wrong::UnknownOpcode))
}

/// The entries of a map, by key. Of two entries with one key the later counts.
struct Body<'a> {
    opcode: &'static str,
    entries: BTreeMap<&'a str, Cursor<'a>>,
}

impl<'a> Body<'a> {
    fn read(opcode: &'static str, sections: &Sections<'a>) -> Result<Self, MessageError> {
        let none = || content(Some(opcode), None, Wrong::NoMap);
        let mut body = sections.body.ok_or_else(none)?;
        if !is_map(&body) {
            return Err(none());
        }
        let map = body.map()?.ok_or_else(none)?;
        Self::of_map(opcode, map)
    }

    fn of_map(opcode: &'static str, mut map: Compound<'a>) -> Result<Self, MessageError> {
        // No message of the protocol has more than a dozen keys; unknown ones are for the future.
        if map.count > 128 {
            return Err(content(Some(opcode), None, Wrong::Entries));
        }
        let mut entries = BTreeMap::new();
        for _ in 0..map.count / 2 {
            let key = text(&mut map.elements)?;
            let value = map.elements;
            map.elements.skip(&mut { BUDGET })?;
            if let Some(key) = key {
                entries.insert(key, value);
            }
        }
        Ok(Self { opcode, entries })
    }

    fn wrong(&self, key: &'static str, wrong: Wrong) -> MessageError {
        content(Some(self.opcode), Some(key), wrong)
    }

    /// The value of a key; null is none.
    fn value(&self, key: &str) -> Option<Cursor<'a>> {
        self.entries.get(key).copied().filter(|value| value.peek() != Some(NULL))
    }

    fn mandatory(&self, key: &'static str) -> Result<Cursor<'a>, MessageError> {
        self.value(key).ok_or_else(|| self.wrong(key, Wrong::Missing))
    }

    fn id(&self) -> Result<RouterId, MessageError> {
        let mut value = self.mandatory("id")?;
        self.router_id("id", &mut value)
    }

    fn router_id(&self, key: &'static str, value: &mut Cursor<'a>) -> Result<RouterId, MessageError> {
        self.bounded_text(key, value, MAX_ID).map(RouterId::new)
    }

    fn bounded_text(&self, key: &'static str, value: &mut Cursor<'a>, longest: usize) -> Result<&'a str, MessageError> {
        let text = text(value)?.ok_or_else(|| self.wrong(key, Wrong::Type))?;
        if text.is_empty() || text.len() > longest { Err(self.wrong(key, Wrong::Text)) } else { Ok(text) }
    }

    /// A number that is not negative.
    fn number(&self, key: &'static str) -> Result<u64, MessageError> {
        self.natural(key, &mut self.mandatory(key)?)
    }

    fn number_or(&self, key: &'static str, default: u64) -> Result<u64, MessageError> {
        self.value(key).map_or(Ok(default), |mut value| self.natural(key, &mut value))
    }

    fn natural(&self, key: &'static str, value: &mut Cursor<'a>) -> Result<u64, MessageError> {
        let number = self.integer(key, value)?;
        u64::try_from(number).map_err(|_| self.wrong(key, Wrong::Number))
    }

    fn integer(&self, key: &'static str, value: &mut Cursor<'a>) -> Result<i64, MessageError> {
        let number = integer(value)?.ok_or_else(|| self.wrong(key, Wrong::Type))?;
        i64::try_from(number).map_err(|_| self.wrong(key, Wrong::Number))
    }

    fn instance(&self) -> Result<Instance, MessageError> {
        self.number_or("instance", 0).map(Instance)
    }

    fn list(&self, key: &'static str, most: u32) -> Result<Option<Compound<'a>>, MessageError> {
        let Some(mut value) = self.value(key) else { return Ok(None) };
        if !matches!(value.peek(), Some(0x45 | 0xc0 | 0xd0)) {
            return Err(self.wrong(key, Wrong::Type));
        }
        let list = value.list()?;
        match list {
            Some(list) if list.count > most => Err(self.wrong(key, Wrong::Entries)),
            list => Ok(list),
        }
    }

    fn seen(&self) -> Result<Vec<RouterId>, MessageError> {
        let list = self.list("seen", MAX_PEERS)?.ok_or_else(|| self.wrong("seen", Wrong::Missing))?;
        let mut elements = list.elements;
        (0..list.count).map(|_| self.router_id("seen", &mut elements)).collect()
    }

    fn link_state_update(&self, id: RouterId) -> Result<LinkStateUpdate, MessageError> {
        // Of the two versions the inner one counts; the outer one has to be there.
        self.number("ls_seq")?;
        let state = self.map("ls")?;
        let state = Body::of_map(self.opcode, state)?;
        if state.id()? != id {
            return Err(self.wrong("ls", Wrong::OtherRouter));
        }
        let mut peers = state.map("peers")?;
        if peers.count / 2 > MAX_PEERS {
            return Err(self.wrong("peers", Wrong::Entries));
        }
        let mut costs = Peers::new();
        for _ in 0..peers.count / 2 {
            let peer = self.router_id("peers", &mut peers.elements)?;
            let cost = self.integer("peers", &mut peers.elements)?;
            match u32::try_from(cost) {
                Ok(cost @ 1..) => costs.insert(peer, Cost(cost)),
                Ok(0) | Err(_) => return Err(self.wrong("peers", Wrong::Number)),
            };
        }
        Ok(LinkStateUpdate { id, instance: self.instance()?, ls_seq: LsSeq(state.number("ls_seq")?), peers: costs })
    }

    fn map(&self, key: &'static str) -> Result<Compound<'a>, MessageError> {
        let mut value = self.mandatory(key)?;
        if !is_map(&value) {
            return Err(self.wrong(key, Wrong::Type));
        }
        value.map()?.ok_or_else(|| self.wrong(key, Wrong::Missing))
    }

    fn mobile_address_update(&self, id: RouterId) -> Result<MobileAddressUpdate, MessageError> {
        let mobile_seq = MobileSeq(self.number("mobile_seq")?);
        let hints = self.hints()?;
        let update = match (self.keys("exist")?, self.keys("add")?, self.keys("del")?) {
            (Some(exist), None, None) => AddressUpdate::Absolute { exist: with_hints(exist, &hints) },
            (None, Some(add), Some(del)) => AddressUpdate::Differential { add: with_hints(add, &hints), del },
            (None, Some(_) | None, None) | (None, None, Some(_)) | (Some(_), Some(_), _) | (Some(_), None, Some(_)) => {
                return Err(content(Some(self.opcode), None, Wrong::Update));
            }
        };
        Ok(MobileAddressUpdate { id, mobile_seq, update })
    }

    fn keys(&self, key: &'static str) -> Result<Option<Vec<Arc<str>>>, MessageError> {
        let Some(list) = self.list(key, MAX_ADDRESSES)? else { return Ok(None) };
        let mut elements = list.elements;
        (0..list.count)
            .map(|_| self.bounded_text(key, &mut elements, MAX_ADDRESS).map(Arc::from))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    fn hints(&self) -> Result<Vec<i64>, MessageError> {
        let Some(list) = self.list("hints", MAX_ADDRESSES)? else { return Ok(Vec::new()) };
        let mut elements = list.elements;
        (0..list.count).map(|_| self.integer("hints", &mut elements)).collect()
    }
}

/// Hints run parallel to the addresses. If there are more or fewer, nobody knows whose they are, and they say nothing.
fn with_hints(keys: Vec<Arc<str>>, hints: &[i64]) -> Vec<AdvertisedAddress> {
    let hints = if hints.len() == keys.len() { hints } else { &[] };
    let hints = hints.iter().copied().map(Some).chain(std::iter::repeat(None));
    keys.into_iter().zip(hints).map(|(key, hint)| AdvertisedAddress { key, hint }).collect()
}

const NULL: u8 = 0x40;

fn is_map(value: &Cursor<'_>) -> bool {
    matches!(value.peek(), Some(0xc1 | 0xd1))
}

/// Reads a value; its text if it is a string or a symbol.
fn text<'a>(value: &mut Cursor<'a>) -> Result<Option<&'a str>, MessageError> {
    Ok(match value.peek() {
        Some(0xa1 | 0xb1) => value.string()?,
        Some(0xa3 | 0xb3) => value.symbol()?,
        Some(_) | None => {
            value.skip(&mut { BUDGET })?;
            None
        }
    })
}

/// Reads a value; its number if it is an integer of any type [AMQP 1.6.3 to 1.6.10].
fn integer(value: &mut Cursor<'_>) -> Result<Option<i128>, MessageError> {
    Ok(match value.peek() {
        Some(0x50) => value.ubyte()?.map(i128::from),
        Some(0x60) => value.ushort()?.map(i128::from),
        Some(0x43 | 0x52 | 0x70) => value.uint()?.map(i128::from),
        Some(0x44 | 0x53 | 0x80) => value.ulong()?.map(i128::from),
        Some(0x51 | 0x61) => small_signed(value.skip(&mut { BUDGET })?),
        Some(0x54 | 0x71) => value.int()?.map(i128::from),
        Some(0x55 | 0x81) => value.long()?.map(i128::from),
        Some(_) | None => {
            value.skip(&mut { BUDGET })?;
            None
        }
    })
}

/// A byte or a short, with its constructor.
fn small_signed(encoded: &[u8]) -> Option<i128> {
    match *encoded {
        [_, number] => Some(i8::from_be_bytes([number]).into()),
        [_, upper, lower] => Some(i16::from_be_bytes([upper, lower]).into()),
        _ => None,
    }
}
