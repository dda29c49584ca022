//! What can be seen of links, connections and addresses while they work.
//!
//! A record is shared by whoever does the work and whoever wants to see it, management above all. Each of its counters has
//! one owner, who alone writes it: with a plain load and a plain store, so that a reader costs the path of a message nothing.
//! A reader may see counters of one record a moment apart from each other.
//!
//! * [`LinkRecord`]: one link. Written by the connection that has the link.
//! * [`ConnectionRecord`]: one connection.
//! * [`SenderCounts`]: one sender's deliveries to one address. The address sums those of all its senders when it is asked.
//! * [`Totals`]: of a router, summed from its links and those that it had.
//! * [`Moment`] and [`Arrival`]: the time as far as records care, in two octets for each delivery.

mod address;
mod connection;
mod counter;
mod link;
mod moment;
mod origin;
mod rate;
mod stall;
mod totals;

pub(crate) use address::Senders;
pub use address::{AddressCounts, SenderCounts};
pub use connection::{Activity, ConnectionRecord, ConnectionRole, PropertyValue};
pub use counter::{Counter, Gauge32};
pub use link::{LinkRecord, LinkTerms, LinkType};
pub use moment::{Age, Arrival, Moment};
pub use origin::OriginIndex;
pub use rate::Rate;
pub use stall::{SessionWindow, Stall};
pub use totals::Totals;
