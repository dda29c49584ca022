//! Messages on stdout: the body alone, or all sections as one line of JSON.

use std::io::{self, Write};

use fe2o3_amqp_types::messaging::annotations::{Annotations, OwnedKey};
use fe2o3_amqp_types::messaging::{AmqpValue, Body, Header, Message, MessageId, Properties};
use fe2o3_amqp_types::primitives::{Symbol, Timestamp, Value as WireValue};

use crate::cli::json::to_json;
use crate::management_client::Value;

/// A message whose body may be any.
pub(super) type AnyMessage = Message<Body<WireValue>>;

/// Writes the message, and lets it be seen at once.
pub(super) fn show(message: &AnyMessage, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        out.write_all(to_json(&sections(message), None).as_bytes())?;
    } else {
        out.write_all(&body_bytes(&message.body))?;
    }
    out.write_all(b"\n")?;
    out.flush()
}

/// The body as people read it: data as it is, text as it is, all else as JSON.
pub(super) fn body_bytes(body: &Body<WireValue>) -> Vec<u8> {
    match body {
        Body::Data(batch) => batch.iter().flat_map(|data| data.0.iter().copied()).collect(),
        Body::Value(AmqpValue(WireValue::Binary(bytes))) => bytes.to_vec(),
        Body::Value(AmqpValue(WireValue::String(text))) => text.clone().into_bytes(),
        Body::Value(_) | Body::Sequence(_) => to_json(&body_value(body), None).into_bytes(),
        Body::Empty => Vec::new(),
    }
}

fn body_value(body: &Body<WireValue>) -> Value {
    match body {
        Body::Data(_) => bytes_value(&body_bytes(body)),
        Body::Value(AmqpValue(WireValue::Binary(bytes))) => bytes_value(bytes),
        Body::Value(AmqpValue(value)) => Value::from_amqp(value.clone()),
        Body::Sequence(batch) => {
            Value::List(batch.iter().flat_map(|sequence| sequence.0.iter().cloned()).map(Value::from_amqp).collect())
        }
        Body::Empty => Value::Null,
    }
}

/// Bytes that are text are shown as text, others as a map with their hexadecimal digits.
fn bytes_value(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::text(text),
        Err(_) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Value::Map(vec![(String::from("hex"), Value::Text(digits))])
        }
    }
}

/// The sections that the message has, in their order, under the names of the standard [AMQP 3.2].
fn sections(message: &AnyMessage) -> Value {
    let mut sections = Vec::new();
    let mut add = |name: &str, value: Option<Value>| sections.extend(value.map(|value| (name.to_owned(), value)));
    add("header", message.header.as_ref().map(header));
    add("delivery-annotations", message.delivery_annotations.as_ref().map(|map| annotations(&map.0)));
    add("message-annotations", message.message_annotations.as_ref().map(|map| annotations(&map.0)));
    add("properties", message.properties.as_ref().map(properties));
    add(
        "application-properties",
        message.application_properties.as_ref().map(|map| {
            let entry =
                |(key, value): (&String, &_)| (key.clone(), Value::from_amqp(WireValue::from(Clone::clone(value))));
            Value::Map(map.0.iter().map(entry).collect())
        }),
    );
    add("body", Some(body_value(&message.body)));
    add("footer", message.footer.as_ref().map(|map| annotations(&map.0)));
    Value::Map(sections)
}

fn annotations(map: &Annotations) -> Value {
    let key = |key: &OwnedKey| match key {
        OwnedKey::Symbol(symbol) => symbol.0.clone(),
        OwnedKey::Ulong(number) => number.to_string(),
    };
    Value::Map(map.iter().map(|(name, value)| (key(name), Value::from_amqp(value.clone()))).collect())
}

fn header(header: &Header) -> Value {
    let mut fields = vec![
        (String::from("durable"), Value::Boolean(header.durable)),
        (String::from("priority"), Value::Integer(header.priority.0.into())),
    ];
    fields.extend(header.ttl.map(|ttl| (String::from("ttl"), Value::from(ttl))));
    fields.push((String::from("first-acquirer"), Value::Boolean(header.first_acquirer)));
    fields.push((String::from("delivery-count"), Value::from(header.delivery_count)));
    Value::Map(fields)
}

fn properties(properties: &Properties) -> Value {
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    let symbol = |symbol: &Option<Symbol>| symbol.clone().map(|symbol| Value::Text(symbol.0));
    let time = |time: &Option<Timestamp>| time.clone().map(|time| Value::Integer(time.into_inner().into()));
    let fields = [
        ("message-id", properties.message_id.as_ref().map(id)),
        ("user-id", properties.user_id.as_ref().map(|user| bytes_value(user))),
        ("to", text(&properties.to)),
        ("subject", text(&properties.subject)),
        ("reply-to", text(&properties.reply_to)),
        ("correlation-id", properties.correlation_id.as_ref().map(id)),
        ("content-type", symbol(&properties.content_type)),
        ("content-encoding", symbol(&properties.content_encoding)),
        ("absolute-expiry-time", time(&properties.absolute_expiry_time)),
        ("creation-time", time(&properties.creation_time)),
        ("group-id", text(&properties.group_id)),
        ("group-sequence", properties.group_sequence.map(Value::from)),
        ("reply-to-group-id", text(&properties.reply_to_group_id)),
    ];
    Value::Map(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn id(id: &MessageId) -> Value {
    match id {
        MessageId::Ulong(number) => Value::Integer((*number).into()),
        MessageId::Uuid(uuid) => Value::from_amqp(WireValue::Uuid(uuid.clone())),
        MessageId::Binary(bytes) => bytes_value(bytes),
        MessageId::String(text) => Value::text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fe2o3_amqp_types::messaging::{AmqpSequence, Data};
    use fe2o3_amqp_types::primitives::Binary;

    fn data(parts: &[&[u8]]) -> Body<WireValue> {
        Body::Data(parts.iter().map(|part| Data(Binary::from(part.to_vec()))).collect::<Vec<_>>().into())
    }

    #[test]
    fn a_body_is_shown_as_it_is_if_it_is_text_or_data() {
        assert_eq!(body_bytes(&Body::Value(AmqpValue(WireValue::String(String::from("hi"))))), b"hi");
        assert_eq!(body_bytes(&data(&[b"a", b"\xff"])), b"a\xff");
        assert_eq!(body_bytes(&Body::Value(AmqpValue(WireValue::Binary(Binary::from(vec![0]))))), [0]);
        assert_eq!(body_bytes(&Body::Empty), b"");
    }

    #[test]
    fn other_bodies_are_shown_as_json() {
        assert_eq!(body_bytes(&Body::Value(AmqpValue(WireValue::Int(5)))), b"5");
        let list = AmqpSequence(vec![WireValue::Bool(true), WireValue::String(String::from("x"))]);
        assert_eq!(body_bytes(&Body::Sequence(vec![list].into())), b"[true, \"x\"]");
    }

    #[test]
    fn json_keeps_bytes_that_are_no_text() {
        let json = |body| to_json(&body_value(&body), None);
        assert_eq!(json(data(&[b"te", b"xt"])), "\"text\"");
        assert_eq!(json(data(&[b"\xff\x00"])), "{\"hex\": \"ff00\"}");
        assert_eq!(json(Body::Empty), "null");
    }
}
