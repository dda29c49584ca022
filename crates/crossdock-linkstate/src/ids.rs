//! Names and numbers of the protocol, each a type of its own.

use std::fmt;
use std::sync::Arc;

/// The name of a router. Ordered by code point, which is the order in which ties between paths are broken.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RouterId(Arc<str>);

impl RouterId {
    /// The router with this name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for RouterId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RouterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RouterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(pub $inner);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

number! {
    /// An inter-router connection with a control link in each direction. The owner of the connections chooses the numbers
    /// and does not use one twice.
    ConnectionKey(u64)
}

number! {
    /// Cost of an inter-router connection, at least 1. Costs add up along a path.
    Cost(u32)
}

number! {
    /// Tells the lives of a router's process apart: seconds since the epoch at its start. 0 is not known.
    Instance(u64)
}

number! {
    /// Version of a router's link state. 0 is no link state; each change adds one. It does not wrap: 63 bits.
    LsSeq(u64)
}

number! {
    /// Version of a router's mobile addresses. 0 is none yet; each update adds one. It does not wrap: 63 bits.
    MobileSeq(u64)
}

impl Cost {
    /// The cost of a connection: the greater of what its two ends are configured with, at least 1.
    pub fn effective(own: u32, peer: u32) -> Self {
        Self(own.max(peer).max(1))
    }
}

impl LsSeq {
    /// The version after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl MobileSeq {
    /// The version after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
