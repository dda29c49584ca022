//! The management agent: a request message in, an answer out.
//!
//! Clients manage a router with messages to `$management`: an operation such as QUERY or CREATE in the application properties,
//! attributes in the body. [`handle_request`] is all of it. It reads no clock and does no IO; the router it speaks for is a
//! [`Store`], which somebody else implements.
//!
//! ```text
//! message ─► request.rs   bounded and checked: properties, body
//!              │
//!            agent.rs     which operation, on which type (kinds.rs), on which entity (locate.rs)
//!              │
//!            query.rs  create.rs  update.rs  node.rs  ──►  Store ──► Record ──► Slot
//!              │                                                               │ one value, encoded at once
//! message ◄─ reply.rs     head, then the body straight into the message  ◄─────┘
//! ```
//!
//! What there is to manage is said once, in `router-config/schema.json`: types, operations, columns and their order, AMQP types
//! of numbers, what may be set. This crate has no list of attributes of its own.
//!
//! # How to implement [`Store`]
//!
//! 1. For each kind of row write a small view that borrows what holds the values, and implement [`Row`] for it with the
//!    attribute enum of its type: one `match` without a wildcard, one call of the [`Slot`] in each arm. An attribute added to
//!    the schema then does not compile until somebody supplies it.
//! 2. Rows of configuration take what the configuration says from its struct
//!    (`Listener::supply` and its likes, or [`ConfigRow`] where there is nothing else to say) and the rest from the router.
//! 3. In [`Store::for_each_row`] match the kind, position the iterator behind `from` rows, make a view of each row on the
//!    stack, pass it on, and stop when told to: a page of ten rows out of ten thousand then costs ten rows.
//! 4. [`Store::create`] and the other changes get typed, checked entities. What needs the router's own tables is left to
//!    check: two addresses with the same pattern are refused with 400 `Already exists`, for example.
//!
//! # The two agents of qdrouterd
//!
//! qdrouterd answers with two agents that differ in small ways. There is one here, and `core` in the schema says which types it
//! answers for in the manner of the other: null for attributes without value, `statusDescription` first. Where qdrouterd
//! does not answer at all, this does, with 501. Secrets are never shown.

mod agent;
mod config_row;
mod core_rules;
mod create;
mod explain;
mod fields;
mod kinds;
mod locate;
mod node;
mod octets;
mod query;
mod refusal;
mod reply;
mod report;
mod request;
mod rows;
mod schema_tree;
mod slot;
mod store;
mod trace;
mod update;
mod words;

pub use agent::{Response, handle_request, operation_of};
pub use config_row::{ConfigRow, phases};
pub use create::identity_of;
pub use explain::{ExplainedLink, ExplainedRouter, Explanation, MAX_EXPLAINED, NextStep, Rule};
pub use refusal::{Refusal, Status};
pub use report::{Report, Said};
pub use slot::{Entries, Slot};
pub use store::{Change, Key, LogLine, NewEntity, Record, Row, Store};
pub use trace::{FateKind, Trace, TraceRequest, TracedFate, TracedHop, TracedStep, TracedTo};
