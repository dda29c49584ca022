//! The hashed form of an address: class, phase (mobile addresses only) and text in one string, such as `M0orders`.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// What kind of thing an address names. Part of its key, as one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressClass {
    /// On this router: in-process subscriptions and dynamic receivers (`L`).
    Local,
    /// On every router (`T`).
    Topological,
    /// A remote router (`R`).
    Router,
    /// Another area, a placeholder (`A`).
    Area,
    /// Location-free, learnt from whoever serves it (`M`, then the phase).
    Mobile,
    /// Link route prefix for client senders (`C`).
    LinkRoutePrefixIn,
    /// Link route prefix for client receivers (`D`).
    LinkRoutePrefixOut,
    /// Link route pattern for client senders (`E`).
    LinkRoutePatternIn,
    /// Link route pattern for client receivers (`F`).
    LinkRoutePatternOut,
    /// An edge router, as the interior advertises it (`H`).
    EdgeSummary,
}

impl AddressClass {
    /// The character that begins a key of this class.
    pub fn prefix(self) -> char {
        char::from(self.prefix_octet())
    }

    fn prefix_octet(self) -> u8 {
        match self {
            Self::Local => b'L',
            Self::Topological => b'T',
            Self::Router => b'R',
            Self::Area => b'A',
            Self::Mobile => b'M',
            Self::LinkRoutePrefixIn => b'C',
            Self::LinkRoutePrefixOut => b'D',
            Self::LinkRoutePatternIn => b'E',
            Self::LinkRoutePatternOut => b'F',
            Self::EdgeSummary => b'H',
        }
    }

    /// The class whose keys begin with `prefix`.
    pub fn from_prefix(prefix: char) -> Option<Self> {
        match prefix {
            'L' => Some(Self::Local),
            'T' => Some(Self::Topological),
            'R' => Some(Self::Router),
            'A' => Some(Self::Area),
            'M' => Some(Self::Mobile),
            'C' => Some(Self::LinkRoutePrefixIn),
            'D' => Some(Self::LinkRoutePrefixOut),
            'E' => Some(Self::LinkRoutePatternIn),
            'F' => Some(Self::LinkRoutePatternOut),
            'H' => Some(Self::EdgeSummary),
            _ => None,
        }
    }

    /// Whether mobile address updates carry addresses of this class.
    pub fn is_synchronised(self) -> bool {
        match self {
            Self::Mobile
            | Self::LinkRoutePrefixIn
            | Self::LinkRoutePrefixOut
            | Self::LinkRoutePatternIn
            | Self::LinkRoutePatternOut
            | Self::EdgeSummary => true,
            Self::Local | Self::Topological | Self::Router | Self::Area => false,
        }
    }
}

/// Tells the addresses of one text apart: 0 to 9 for the stages of a waypoint, and one more for the fallback destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phase(u8);

impl Phase {
    /// The phase of an address without waypoint.
    pub const ZERO: Self = Self(0);
    /// The phase of a fallback destination: `F` in a key, 22 on the wire (the distance from `0` to `F`).
    pub const FALLBACK: Self = Self(b'F' - b'0');

    /// The phase with this number: 0 to 9, or 22 for the fallback destination.
    pub fn from_number(number: u8) -> Option<Self> {
        let phase = Self(number);
        (number <= 9 || phase == Self::FALLBACK).then_some(phase)
    }

    /// The number in configuration and in the phase annotation.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The phase written as `letter` in a key.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::from_number(u8::try_from(letter).ok()?.checked_sub(b'0')?)
    }

    /// The character in a key.
    pub fn letter(self) -> char {
        char::from(b'0' + self.0)
    }
}

/// The key of an address, owned: what tables hold. Cloning is cheap.
///
/// Look it up with a [`KeyRef`] through [`hashbrown::Equivalent`]; both hash alike. Order is that of the written form.
#[derive(Clone)]
pub struct AddressKey {
    class: AddressClass,
    phase: Phase,
    written: Arc<str>,
}

/// A text that is not the hashed form of an address: no class of ours, or a mobile address without phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl AddressKey {
    /// Parses the hashed form, as found in mobile address updates.
    pub fn parse(written: &str) -> Result<Self, NotAKey> {
        let mut letters = written.chars();
        let class = letters.next().and_then(AddressClass::from_prefix).ok_or(NotAKey)?;
        let phase = match class {
            AddressClass::Mobile => letters.next().and_then(Phase::from_letter).ok_or(NotAKey)?,
            AddressClass::Local
            | AddressClass::Topological
            | AddressClass::Router
            | AddressClass::Area
            | AddressClass::LinkRoutePrefixIn
            | AddressClass::LinkRoutePrefixOut
            | AddressClass::LinkRoutePatternIn
            | AddressClass::LinkRoutePatternOut
            | AddressClass::EdgeSummary => Phase::ZERO,
        };
        Ok(Self { class, phase, written: written.into() })
    }

    /// The written form, `M0orders`.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The class.
    pub fn class(&self) -> AddressClass {
        self.class
    }

    /// The phase; always zero unless mobile.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The text without class and phase.
    pub fn text(&self) -> &str {
        let prefix = if self.class == AddressClass::Mobile { 2 } else { 1 };
        self.written.get(prefix..).unwrap_or_default()
    }

    /// The borrowed form.
    pub fn key_ref(&self) -> KeyRef<'_> {
        KeyRef { class: self.class, phase: self.phase, text: self.text() }
    }
}

impl PartialEq for AddressKey {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for AddressKey {}

impl PartialOrd for AddressKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AddressKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.written.cmp(&other.written)
    }
}

impl Hash for AddressKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key_ref().hash(state);
    }
}

impl fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Display for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// The key of an address, borrowed from the text it was found in: what look-ups use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyRef<'a> {
    class: AddressClass,
    phase: Phase,
    text: &'a str,
}

impl<'a> KeyRef<'a> {
    /// The key of a mobile address.
    pub fn mobile(phase: Phase, text: &'a str) -> Self {
        Self { class: AddressClass::Mobile, phase, text }
    }

    /// The key of `text` in `class`; a mobile one in phase zero.
    pub fn new(class: AddressClass, text: &'a str) -> Self {
        Self { class, phase: Phase::ZERO, text }
    }

    /// The same address in another phase. Only mobile addresses have phases, others stay as they are.
    pub fn in_phase(self, phase: Phase) -> Self {
        if self.class == AddressClass::Mobile { Self { phase, ..self } } else { self }
    }

    /// The class.
    pub fn class(&self) -> AddressClass {
        self.class
    }

    /// The phase; always zero unless mobile.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The text without class and phase.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The owned key.
    pub fn to_key(self) -> AddressKey {
        AddressKey { class: self.class, phase: self.phase, written: self.to_string().into() }
    }
}

impl Hash for KeyRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u16(u16::from_be_bytes([self.class.prefix_octet(), self.phase.0]));
        self.text.hash(state);
    }
}

impl hashbrown::Equivalent<AddressKey> for KeyRef<'_> {
    fn equivalent(&self, key: &AddressKey) -> bool {
        *self == key.key_ref()
    }
}

impl PartialEq<AddressKey> for KeyRef<'_> {
    fn eq(&self, key: &AddressKey) -> bool {
        *self == key.key_ref()
    }
}

impl fmt::Display for KeyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class.prefix().encode_utf8(&mut [0; 4]))?;
        if self.class == AddressClass::Mobile {
            f.write_str(self.phase.letter().encode_utf8(&mut [0; 4]))?;
        }
        f.write_str(self.text)
    }
}

impl fmt::Debug for KeyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
