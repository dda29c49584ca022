//! The two ledgers: who owes whom a credit, and who owes whom an outcome.
//!
//! Every delivery passes through both. They hold numbers and contexts only, know no frames and do no IO, and are the one
//! place where credit is counted and unsettled deliveries are remembered.

mod credit;
mod unsettled;

pub use credit::{CreditExceeded, ReceiverCredit, SenderCredit};
pub use unsettled::{Unsettled, UnsettledError};
