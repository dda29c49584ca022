//! One address spread over several by a key: which member takes which key.
//!
//! Every router decides for itself, so all must come to the same answer from the same configuration. This is rendezvous
//! hashing: a key goes to the member with the highest score for it. A member that is lost or comes back moves its own keys
//! and no others; where it stands in the list means nothing. The score is part of the interface and does not change:
//!
//! ```text
//! hash(octets)       = FNV-1a, 64 bits: offset basis cbf29ce484222325, prime 00000100000001b3
//! mix(z)             : z ^= z >> 30; z *= bf58476d1ce4e5b9; z ^= z >> 27; z *= 94d049bb133111eb; z ^= z >> 31
//! score(member, key) = mix(mix(hash(address of the member)) ^ hash(key))
//! ```
//!
//! all modulo 2^64. With weights, what is compared is `weight / (64 - log2(score))`; between equal weights that is the same
//! order. The logarithm has 24 binary digits, cut off, so that no two machines disagree about it.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::message::KeySource;
use crate::table::AddressEntry;

/// Most members of one address: each is looked at for each delivery.
pub const MAX_MEMBERS: usize = 256;

/// The members of a sharded address.
#[derive(Clone, Debug)]
pub struct Shards {
    /// What decides.
    pub key: KeySource,
    /// What becomes of the keys of a member that has no destinations.
    pub on_loss: OnLoss,
    /// The addresses.
    pub members: Vec<Member>,
}

/// What becomes of the keys of a member that has no destinations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnLoss {
    /// Other members take them until it is back.
    #[default]
    Move,
    /// Nobody does: their deliveries are released.
    Wait,
}

/// An address that takes a share of the keys.
#[derive(Clone, Debug)]
pub struct Member {
    /// The address.
    pub entry: Arc<AddressEntry>,
    /// Whether it gets nothing more, as if it were lost and its keys moved.
    pub draining: bool,
    /// Its place in the contest.
    pub standing: Standing,
}

/// What a member is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    hash: u64,
    weight: u8,
}

/// The hash of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyHash(u64);

impl KeyHash {
    /// Of these octets.
    #[inline]
    pub fn new(key: &[u8]) -> Self {
        Self(fnv1a(key))
    }
}

impl Standing {
    /// Of the member with this address; a `weight` of nothing counts as one.
    pub fn new(address: &str, weight: u8) -> Self {
        Self { hash: mix(fnv1a(address.as_bytes())), weight: weight.max(1) }
    }

    /// How well the member stands for a key.
    #[inline]
    pub fn score(self, key: KeyHash) -> Score {
        Score { hash: mix(self.hash ^ key.0), weight: self.weight }
    }
}

/// How well a member stands for a key: the greatest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    hash: u64,
    weight: u8,
}

impl Ord for Score {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if self.weight == other.weight {
            return self.hash.cmp(&other.hash);
        }
        // weight / distance, without dividing.
        let (mine, others) = (distance(self.hash), distance(other.hash));
        let cross = (u64::from(self.weight) * others).cmp(&(u64::from(other.weight) * mine));
        cross.then(self.hash.cmp(&other.hash)).then(self.weight.cmp(&other.weight))
    }
}

impl PartialOrd for Score {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Binary digits of the logarithm after the point.
const DIGITS: u32 = 24;

/// 64 - log2, as a whole number of 2^-24; at most 64 * 2^24.
fn distance(hash: u64) -> u64 {
    let Some(whole) = hash.checked_ilog2() else { return 64 << DIGITS };
    let mut logarithm = u64::from(whole) << DIGITS;
    // The number between 1 and 2 that is left, in units of 2^-63. Squared, it says the next digit.
    let mut rest = hash << (63 - whole);
    for digit in (0..DIGITS).rev() {
        let square = (u128::from(rest) * u128::from(rest)) >> 63;
        let carry = (square >> 64) as u64;
        logarithm |= carry << digit;
        rest = (square >> carry) as u64;
    }
    (64 << DIGITS) - logarithm
}

#[inline]
fn fnv1a(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}

#[inline]
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
