//! How routers learn of one another: the link-state protocol of qdrouterd 1.19, as a machine without IO, clock or chance.
//!
//! Each router greets its neighbours (HELLO), says which versions of its link state and of its addresses it has (RA, flooded
//! to all), and is asked for them (LSR, MAR) by whoever has older ones. From the link states of all (LSU) each computes the
//! same shortest paths; from the addresses (MAU) it knows which router is a destination of what.
//!
//! ```text
//!              a neighbour                     any other router
//!
//!     HELLO ─► Silent ─► Heard ─► Qualified    unknown ◄─────────────────────────────┐
//!                │                   │            │ RA, LSR, or listed in an LSU      │ listed by nobody for 3 ticks
//!                │ silence, loss     │            ▼                                  │
//!                └───────◄───────────┘          known ── RA: version is newer ──► LSR, MAR
//!                          │                      ▲ │                                │
//!         own link state changes: ls_seq + 1      │ └── no RA for 60 s: no link state┘
//!         paths computed, RA to all               └──── LSU, MAU: newer version taken, paths computed, owner told
//!                                                       other instance: all forgotten, asked again
//! ```
//!
//! The type to read first is [`LinkState`], the machine of one router: messages, losses and the time go in, [`Output`]s come
//! out. [`message`] has the messages and their octets, [`paths`] the computation.
//!
//! What it is not: it moves no message. Its owner sends what it says, and forwards control messages that are for others:
//! [`LinkState::pass_on`] says where a flood goes on, [`LinkState::connection_towards`] where a message for one router does.
//!
//! On the wire it is qdrouterd's protocol to the octet. Where that leaves freedom it differs from qdrouterd 1.19:
//!
//! * A change takes effect at once and not in the next second ([`Config::settle`]).
//! * Several connections to one neighbour do not take turns; the loss of one is not the loss of the neighbour.
//! * A flood is passed on once, and advertisements are frequent only after changes of the *own* link state. So the messages
//!   after a change grow with connections and routers, not with their square. A router that comes into reach is told our
//!   versions by an RA of its own.
//! * Requests without answer are repeated. After a gap nothing is applied out of order.
//! * Addresses of routers that cannot be reached are withdrawn at once.
//! * There is no limit on the number of routers but a configured one against abuse.

pub mod message;
pub mod paths;

mod config;
mod ids;
mod machine;
mod mobile;
mod neighbor;
mod node;
mod output;

pub use config::Config;
pub use crossdock_amqp::engine::Time;
pub use ids::{ConnectionKey, Cost, Instance, LsSeq, MobileSeq, RouterId};
pub use machine::{Counters, LinkState};
pub use output::{Notice, Output, Path};
