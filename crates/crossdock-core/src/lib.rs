//! The ideas of a dispatch router, as plain data and plain functions: what an address is, which rule of the configuration
//! applies to it, and which few octets at the front of a message decide where it goes.
//!
//! * [`address`]: from the text in a `to` field or a terminus to the key under which the network knows it.
//! * [`pattern`]: which configured pattern, if any, speaks for an address.
//! * [`message`]: finds priority, destination and router annotations in the leading sections of a message without
//!   decoding it, and writes those sections anew for the next hop.
//! * [`table`] and [`route`]: the addresses in use, and how a delivery finds its destination.
//! * [`companions`] and [`shards`]: other addresses that take an address's deliveries in its place.
//! * [`batch`] and [`mailbox`]: how connections hand deliveries and settlements to each other.
//! * [`routed`]: what the two halves of a routed link tell each other.
//! * [`routers`]: the other routers of the network and the ways to them.
//! * [`probe`]: what a connection tells of messages that are sent to find out their way.
//! * [`record`]: what can be seen of links, connections and addresses while they work.
//! * [`outcome`]: the one outcome of a multicast delivery.
//! * [`work`]: what connections and the node tell each other.
//!
//! Nothing here does IO, reads a clock or starts a thread. Whatever a peer can choose (texts, sizes, counts, nesting) is
//! checked before it is believed, and costs at most linear time.

pub mod address;
pub mod batch;
pub mod companions;
pub mod mailbox;
pub mod message;
pub mod outcome;
pub mod pattern;
pub mod probe;
pub mod record;
pub mod route;
pub mod routed;
pub mod routers;
pub mod shards;
pub mod table;
pub mod work;
