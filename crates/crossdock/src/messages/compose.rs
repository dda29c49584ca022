//! Messages from options.

use std::str::FromStr;

use clap::Args;
use fe2o3_amqp_types::messaging::annotations::OwnedKey;
use fe2o3_amqp_types::messaging::{
    AmqpValue, ApplicationProperties, Header, Message, MessageAnnotations, MessageId, Priority, Properties,
};
use fe2o3_amqp_types::primitives::{SimpleValue, Symbol};
use serde_json::Value as JsonValue;

use crate::management_client::Value;

/// Sections of the messages to send, besides the body.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Message")]
pub(super) struct ComposeArgs {
    /// Ask brokers to keep the messages
    #[arg(long)]
    durable: bool,
    /// Priority, 0 to 9; the default is 4
    #[arg(long, value_name = "0-9", value_parser = clap::value_parser!(u8).range(0..=9))]
    priority: Option<u8>,
    /// Milliseconds after which brokers may drop a message
    #[arg(long, value_name = "MS")]
    ttl: Option<u32>,
    /// What the message is about
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// Name of the message, for whom it may concern
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,
    /// The group that the message belongs to
    #[arg(long, value_name = "GROUP")]
    group_id: Option<String>,
    /// Type of the body, such as text/plain
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Application property; KEY:=JSON for a number or true or false. Can be repeated
    #[arg(long = "property", value_name = "KEY=TEXT")]
    properties: Vec<Pair>,
    /// Message annotation; KEY:=JSON for other values than text. Can be repeated
    #[arg(long = "annotation", value_name = "KEY=TEXT")]
    annotations: Vec<Pair>,
}

/// A key and its value, as `KEY=TEXT` or `KEY:=JSON`.
#[derive(Debug, Clone, PartialEq)]
struct Pair {
    key: String,
    value: Value,
}

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Pair, String> {
        let Some((key, value)) = text.split_once('=') else {
            return Err(String::from("give KEY=TEXT, or KEY:=JSON"));
        };
        let (key, value) = match key.strip_suffix(':') {
            Some(key) => {
                let json =
                    JsonValue::from_str(value).map_err(|error| format!("'{value}' is no JSON value: {error}"))?;
                (key, Value::from_json(&json))
            }
            None => (key, Value::text(value)),
        };
        if key.is_empty() {
            return Err(String::from("the key is missing: give KEY=TEXT"));
        }
        Ok(Pair { key: key.to_owned(), value })
    }
}

/// Where a message is to go, and where its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Routing {
    pub(super) to: Option<String>,
    pub(super) reply_to: Option<String>,
    pub(super) correlation_id: Option<MessageId>,
}

impl ComposeArgs {
    /// Why the options make no messages.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.properties.iter().find(|pair| pair.value.to_property().is_none()) {
            Some(pair) => Err(format!("--property {}: a property cannot be a list or a map", pair.key)),
            None => Ok(()),
        }
    }

    /// A message with this text as its body.
    pub(super) fn compose(&self, text: String, routing: Routing) -> Message<AmqpValue<String>> {
        let Routing { to, reply_to, correlation_id } = routing;
        let header = Header {
            durable: self.durable,
            priority: Priority(self.priority.unwrap_or(4)),
            ttl: self.ttl,
            ..Header::default()
        };
        let properties = Properties {
            message_id: self.message_id.clone().map(MessageId::String),
            to,
            subject: self.subject.clone(),
            reply_to,
            correlation_id,
            content_type: self.content_type.clone().map(Symbol::from),
            group_id: self.group_id.clone(),
            ..Properties::default()
        };
        let annotation = |pair: &Pair| (OwnedKey::from(pair.key.as_str()), pair.value.to_amqp());
        let annotations = MessageAnnotations(self.annotations.iter().map(annotation).collect());
        let property = |pair: &Pair| pair.value.to_property().map(|value: SimpleValue| (pair.key.clone(), value));
        let application = ApplicationProperties(self.properties.iter().filter_map(property).collect());
        Message::builder()
            .header((header != Header::default()).then_some(header))
            .message_annotations((!annotations.is_empty()).then_some(annotations))
            .properties((properties != Properties::default()).then_some(properties))
            .application_properties((!application.is_empty()).then_some(application))
            .value(text)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_text_unless_it_is_said_to_be_json() {
        let pair = |text: &str| Pair::from_str(text).map(|pair| (pair.key, pair.value));
        assert_eq!(pair("n=5"), Ok((String::from("n"), Value::text("5"))));
        assert_eq!(pair("n:=5"), Ok((String::from("n"), Value::Integer(5))));
        assert_eq!(pair("n="), Ok((String::from("n"), Value::text(""))));
        assert_eq!(pair("a=b=c"), Ok((String::from("a"), Value::text("b=c"))));
        assert_eq!(pair("on:=true"), Ok((String::from("on"), Value::Boolean(true))));
        for wrong in ["n", "=5", ":=5", "n:=five"] {
            assert!(pair(wrong).is_err(), "{wrong}");
        }
    }
}
