//! Recorded conversations.

use crossdock_linkstate::LsSeq;
use crossdock_linkstate::message::{LinkStateUpdate, Message};
use std::path::Path;

use super::frames::{Unit, units};

/// One TCP connection between two qdrouterd.
pub(crate) struct Capture {
    /// When it arrived, who said it ("client" made the connection), the bytes.
    pub(crate) said: Vec<(u64, String, Vec<u8>)>,
}

impl Capture {
    pub(crate) fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(format!("{name}.jsonl"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut said = Vec::new();
        for line in text.lines().skip(1) {
            let unit: serde_json::Value = serde_json::from_str(line).unwrap();
            let hex = unit["hex"].as_str().unwrap();
            let bytes: Vec<u8> =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
            // The recording proxy's farewell, when one side was ended, is no part of the conversation.
            if bytes.is_empty() {
                break;
            }
            said.push((unit["t_ms"].as_u64().unwrap(), unit["from"].as_str().unwrap().to_owned(), bytes));
        }
        assert!(said.len() > 100);
        Self { said }
    }

    pub(crate) fn units(&self, of: &str) -> Vec<Unit> {
        let bytes: Vec<u8> = self.said.iter().filter(|said| said.1 == of).flat_map(|said| said.2.clone()).collect();
        units(&bytes)
    }

    /// When each control message of one side came, and the message.
    pub(crate) fn control(&self, of: &str) -> Vec<(u64, Message)> {
        let said = self.said.iter().filter(|said| said.1 == of);
        said.flat_map(|(at, _, bytes)| control(&units(bytes)).into_iter().map(|(_, message)| (*at, message))).collect()
    }

    /// The names of the links that one side attached, in their order.
    pub(crate) fn link_names(&self, of: &str) -> Vec<String> {
        use crossdock_amqp::codec::Performative;
        let names = self.units(of).into_iter().filter_map(|unit| match unit {
            Unit::Performative(_, Performative::Attach(attach)) => Some(attach.name),
            _ => None,
        });
        names.collect()
    }
}

/// The messages on channel 0, the control links', as they were written and what they say.
pub(crate) fn control(units: &[Unit]) -> Vec<(Vec<u8>, Message)> {
    let transfers = units.iter().filter_map(|unit| match unit {
        Unit::Transfer { channel: 0, payload, .. } => Some(payload),
        _ => None,
    });
    transfers.map(|payload| (payload.clone(), Message::decode(payload).unwrap())).collect()
}

/// Whether a message says nothing: link states of version 0 are nobody's.
pub(crate) fn is_empty(message: &Message) -> bool {
    matches!(message, Message::LinkStateUpdate(LinkStateUpdate { ls_seq: LsSeq(0), .. }))
}
