//! What the router sends, as the tests look at it.

use crossdock_amqp::codec::{Performative, SaslFrame, StateKind};
use fe2o3_amqp_types::definitions::{Error, ErrorCondition};
use fe2o3_amqp_types::primitives::Symbol;

/// Something that the router sent. Handles are ours.
#[derive(Debug)]
pub(crate) enum Answer {
    Header([u8; 8]),
    Sasl(SaslFrame),
    Performative(u16, Performative),
    Transfer(Arrived),
    Disposition(Disposed),
    Flow(Granted),
}

#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) channel: u16,
    pub(crate) handle: u32,
    pub(crate) delivery_id: Option<u32>,
    pub(crate) settled: bool,
    pub(crate) more: bool,
    pub(crate) aborted: bool,
    pub(crate) payload: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Disposed {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) settled: bool,
    pub(crate) kind: StateKind,
    /// The state as it was encoded, unless it is one of the commonest.
    pub(crate) state: Vec<u8>,
}

impl Disposed {
    /// Whether the state says this among other things, such as the condition of its error.
    pub(crate) fn explains(&self, text: &str) -> bool {
        self.state.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) handle: Option<u32>,
}

/// An error that came with a close, end or detach.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) condition: String,
    pub(crate) description: String,
}

/// The error that came, which must be this one.
pub(super) fn fault(error: Option<Error>, condition: &str) -> Fault {
    let error = error.unwrap_or_else(|| panic!("no error came, waited for {condition}"));
    let symbol: Symbol = match &error.condition {
        ErrorCondition::Custom(symbol) => symbol.clone(),
        ErrorCondition::AmqpError(condition) => condition.into(),
        ErrorCondition::ConnectionError(condition) => condition.into(),
        ErrorCondition::SessionError(condition) => condition.into(),
        ErrorCondition::LinkError(condition) => condition.into(),
        ErrorCondition::TransactionError(condition) => condition.into(),
    };
    let fault = Fault { condition: symbol.as_str().into(), description: error.description.unwrap_or_default() };
    assert_eq!(fault.condition, condition, "{fault:?}");
    fault
}
