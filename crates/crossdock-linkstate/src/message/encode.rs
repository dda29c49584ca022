//! Messages to octets, exactly as qdrouterd 1.19 writes them.
//!
//! The modules of qdrouterd that speak of links write keys as strings and numbers as int; the one that speaks of mobile
//! addresses writes keys as symbols and its own numbers as long. Receivers do not care, but it costs nothing to be the same.

use super::{AddressUpdate, AdvertisedAddress, LinkStateUpdate, Message, MobileAddressUpdate, Peers, VERSION};
use crate::RouterId;

/// Who a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The router at the other end of each control link.
    Neighbors,
    /// Every router: whoever receives it passes it on.
    All,
    /// One router, hop by hop.
    Router(RouterId),
}

impl Message {
    /// The value of `to` for this recipient.
    pub fn address(&self, to: &Recipient) -> String {
        let (scheme, service) = match self {
            Self::Hello(_) => return "amqp:/_local/qdhello".into(),
            Self::RouterAdvertisement(_) | Self::LinkStateRequest(_) | Self::LinkStateUpdate(_) => {
                ("amqp:/", "qdrouter")
            }
            Self::MobileAddressUpdate(MobileAddressUpdate { update: AddressUpdate::Differential { .. }, .. }) => {
                ("", "qdrouter.ma")
            }
            Self::MobileAddressRequest(_) | Self::MobileAddressUpdate(_) => ("amqp:/", "qdrouter.ma"),
        };
        match to {
            Recipient::Neighbors => format!("{scheme}_local/{service}"),
            Recipient::All => format!("{scheme}_topo/0/all/{service}"),
            Recipient::Router(router) => format!("{scheme}_topo/0/{router}/{service}"),
        }
    }

    /// The octets of the message, as sent by router `own`, which is its ingress and the first in its trace.
    pub fn encode(&self, to: &Recipient, own: &RouterId) -> Vec<u8> {
        let mut out = Octets(Vec::with_capacity(256));
        let style = match self {
            Self::Hello(_) | Self::RouterAdvertisement(_) | Self::LinkStateRequest(_) | Self::LinkStateUpdate(_) => {
                Style::Link
            }
            Self::MobileAddressRequest(_) | Self::MobileAddressUpdate(_) => Style::Mobile,
        };
        out.section(0x70);
        out.list_32(1, |list| list.0.push(FALSE));
        out.section(0x72);
        out.annotations(&format!("0/{own}"));
        out.section(0x73);
        let trailing_nulls = match style {
            Style::Link => 3,
            Style::Mobile => 0,
        };
        out.list_32(3 + trailing_nulls, |fields| {
            fields.0.extend_from_slice(&[NULL, NULL]);
            fields.string(&self.address(to));
            fields.0.extend((0..trailing_nulls).map(|_| NULL));
        });
        out.section(0x74);
        out.map_32(1, |map| {
            map.key(style, "opcode");
            map.string(self.opcode());
        });
        out.section(0x77);
        self.encode_body(&mut out, style);
        out.0
    }

    fn encode_body(&self, out: &mut Octets, style: Style) {
        let mut map = Entries::new(style);
        map.text("id", self.id().as_str());
        map.number("pv", VERSION);
        map.text("area", AREA);
        match self {
            Self::Hello(hello) => {
                map.number("instance", hello.instance.0);
                map.texts("seen", hello.seen.iter().map(RouterId::as_str));
            }
            Self::RouterAdvertisement(advertisement) => {
                map.number("instance", advertisement.instance.0);
                map.number("ls_seq", advertisement.ls_seq.0);
                map.number("mobile_seq", advertisement.mobile_seq.0);
            }
            Self::LinkStateRequest(_) => {}
            Self::LinkStateUpdate(update) => {
                map.number("instance", update.instance.0);
                map.number("ls_seq", update.ls_seq.0);
                map.link_state("ls", update);
            }
            Self::MobileAddressRequest(request) => map.number("have_seq", request.have_seq.0),
            Self::MobileAddressUpdate(message) => {
                map.number("mobile_seq", message.mobile_seq.0);
                match &message.update {
                    AddressUpdate::Differential { add, del } => {
                        map.hints(add);
                        map.texts("add", add.iter().map(|address| &*address.key));
                        map.texts("del", del.iter().map(|key| &**key));
                    }
                    AddressUpdate::Absolute { exist } => {
                        map.texts("exist", exist.iter().map(|address| &*address.key));
                        map.hints(exist);
                    }
                }
            }
        }
        map.finish(out);
    }
}

/// The one area there is.
const AREA: &str = "0";
const NULL: u8 = 0x40;
const FALSE: u8 = 0x42;
const LIST_0: u8 = 0x45;

/// How keys, numbers and empty lists are written.
#[derive(Clone, Copy)]
enum Style {
    /// String keys, int, a list of its own kind for no elements.
    Link,
    /// Symbol keys, long, a list of zero elements.
    Mobile,
}

/// A map under construction.
struct Entries {
    style: Style,
    count: u32,
    out: Octets,
}

impl Entries {
    fn new(style: Style) -> Self {
        Self { style, count: 0, out: Octets(Vec::new()) }
    }

    fn key(&mut self, key: &str) -> &mut Octets {
        self.count += 1;
        self.out.key(self.style, key);
        &mut self.out
    }

    fn text(&mut self, key: &str, text: &str) {
        self.key(key).string(text);
    }

    fn number(&mut self, key: &str, number: u64) {
        let style = self.style;
        let out = self.key(key);
        match (style, i32::try_from(number)) {
            (Style::Link, Ok(number)) => out.int(number),
            (Style::Link, Err(_)) | (Style::Mobile, _) => out.long(number),
        }
    }

    fn texts<'a>(&mut self, key: &str, texts: impl ExactSizeIterator<Item = &'a str>) {
        let count = length(texts.len());
        if let (Style::Link, 0) = (self.style, count) {
            self.key(key).0.push(LIST_0);
            return;
        }
        self.key(key).list_32(count, |list| texts.for_each(|text| list.string(text)));
    }

    /// One number for each address, or none at all if that is not known of each.
    fn hints(&mut self, addresses: &[AdvertisedAddress]) {
        let hints: Vec<i64> = addresses.iter().map_while(|address| address.hint).collect();
        let hints = if hints.len() == addresses.len() { hints } else { Vec::new() };
        self.key("hints").list_32(length(hints.len()), |list| {
            for hint in hints {
                match i32::try_from(hint) {
                    Ok(hint) => list.int(hint),
                    Err(_) => list.int(-1),
                }
            }
        });
    }

    fn link_state(&mut self, key: &str, update: &LinkStateUpdate) {
        let mut state = Self::new(self.style);
        state.text("id", update.id.as_str());
        state.text("area", AREA);
        state.number("ls_seq", update.ls_seq.0);
        state.peers("peers", &update.peers);
        state.finish(self.key(key));
    }

    fn peers(&mut self, key: &str, peers: &Peers) {
        let mut map = Self::new(self.style);
        for (peer, cost) in peers {
            map.number(peer.as_str(), cost.0.into());
        }
        map.finish(self.key(key));
    }

    fn finish(self, out: &mut Octets) {
        out.map_32(self.count, |map| map.0.extend_from_slice(&self.out.0));
    }
}

/// Encoded values.
struct Octets(Vec<u8>);

impl Octets {
    fn section(&mut self, descriptor: u8) {
        self.0.extend_from_slice(&[0x00, 0x53, descriptor]);
    }

    fn list_32(&mut self, count: u32, write: impl FnOnce(&mut Self)) {
        self.compound(0xd0, count, write);
    }

    fn map_32(&mut self, entries: u32, write: impl FnOnce(&mut Self)) {
        self.compound(0xd1, entries.saturating_mul(2), write);
    }

    /// A list or map with sizes of four octets. What is written is our own and far below 4 GiB.
    fn compound(&mut self, constructor: u8, count: u32, write: impl FnOnce(&mut Self)) {
        self.0.push(constructor);
        let at = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        self.0.extend_from_slice(&count.to_be_bytes());
        write(self);
        let size = length(self.0.len() - at - 4).to_be_bytes();
        if let Some(place) = self.0.get_mut(at..at + 4) {
            place.copy_from_slice(&size);
        }
    }

    /// Ingress and trace, in the shortest form there is.
    fn annotations(&mut self, own: &str) {
        let mut entries = Self(Vec::new());
        entries.key(Style::Mobile, "x-opt-qd.ingress");
        entries.string(own);
        entries.key(Style::Mobile, "x-opt-qd.trace");
        let mut trace = Self(Vec::new());
        trace.string(own);
        entries.short_compound(0xc0, 1, &trace);
        self.short_compound(0xc1, 4, &entries);
    }

    /// A list or map with sizes of one octet, if that is enough; the constructor of the long form is 0x10 more.
    fn short_compound(&mut self, constructor: u8, count: u8, content: &Self) {
        match u8::try_from(content.0.len() + 1) {
            Ok(size) => {
                self.0.extend_from_slice(&[constructor, size, count]);
                self.0.extend_from_slice(&content.0);
            }
            Err(_) => {
                self.compound(constructor + 0x10, count.into(), |compound| compound.0.extend_from_slice(&content.0));
            }
        }
    }

    fn key(&mut self, style: Style, key: &str) {
        match style {
            Style::Link => self.variable(0xa1, key),
            Style::Mobile => self.variable(0xa3, key),
        }
    }

    fn string(&mut self, text: &str) {
        self.variable(0xa1, text);
    }

    /// A string or symbol; the constructor of the long form is 0x10 more.
    fn variable(&mut self, constructor: u8, text: &str) {
        match u8::try_from(text.len()) {
            Ok(length) => self.0.extend_from_slice(&[constructor, length]),
            Err(_) => {
                self.0.push(constructor + 0x10);
                self.0.extend_from_slice(&length(text.len()).to_be_bytes());
            }
        }
        self.0.extend_from_slice(text.as_bytes());
    }

    fn int(&mut self, number: i32) {
        match i8::try_from(number) {
            Ok(small) => self.0.extend_from_slice(&[0x54, small.to_be_bytes()[0]]),
            Err(_) => {
                self.0.push(0x71);
                self.0.extend_from_slice(&number.to_be_bytes());
            }
        }
    }

    fn long(&mut self, number: u64) {
        match i8::try_from(number) {
            Ok(small) => self.0.extend_from_slice(&[0x55, small.to_be_bytes()[0]]),
            Err(_) => {
                self.0.push(0x81);
                self.0.extend_from_slice(&number.to_be_bytes());
            }
        }
    }
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
