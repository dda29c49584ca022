//! Addresses: text, canonical text, key.
//!
//! A client writes `amqp://host/orders`, another one `orders/`: both mean `orders`. [`canonical`] finds that part of the
//! text. [`classify`] then says what it names (something on this router, another router, an address anyone may serve) and
//! yields a [`KeyRef`], which finds the [`AddressKey`] in a table without allocating.
//!
//! Only look-ups see the canonical form. What is echoed to a peer and what travels with a message is the text as it came;
//! `decisions/0002-addresses-are-never-normalised.md` says why.

mod canonical;
mod classify;
mod dynamic;
mod key;
mod treatment;

pub use canonical::canonical;
pub use classify::{LocalNames, RouterMode, classify, classify_canonical, classify_for_tenant};
pub use dynamic::{DYNAMIC_RANDOM, dynamic_address, dynamic_target_address, random_name};
pub use key::{AddressClass, AddressKey, KeyRef, NotAKey, Phase};
pub use treatment::Treatment;
