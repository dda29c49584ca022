//! Requests to encode, responses to read.

use super::amqp::Tree;

/// A value of a request.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Long(i64),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// Octets as they are.
    Raw(Vec<u8>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Long(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Boolean(truth)
    }
}

impl Value {
    pub(crate) fn texts(texts: &[&str]) -> Self {
        Value::List(texts.iter().map(|text| (*text).into()).collect())
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Value::Null => out.push(0x40),
            Value::Boolean(truth) => out.push(if *truth { 0x41 } else { 0x42 }),
            Value::Long(number) => {
                out.push(0x81);
                out.extend_from_slice(&number.to_be_bytes());
            }
            Value::Text(text) => {
                out.push(0xb1);
                out.extend_from_slice(&(text.len() as u32).to_be_bytes());
                out.extend_from_slice(text.as_bytes());
            }
            Value::List(values) => {
                let mut content = Vec::new();
                values.iter().for_each(|value| value.encode(&mut content));
                compound(out, 0xd0, values.len(), &content);
            }
            Value::Map(entries) => {
                let mut content = Vec::new();
                for (key, value) in entries {
                    Value::Text(key.clone()).encode(&mut content);
                    value.encode(&mut content);
                }
                compound(out, 0xd1, entries.len() * 2, &content);
            }
            Value::Raw(octets) => out.extend_from_slice(octets),
        }
    }
}

fn compound(out: &mut Vec<u8>, constructor: u8, count: usize, content: &[u8]) {
    out.push(constructor);
    out.extend_from_slice(&(content.len() as u32 + 4).to_be_bytes());
    out.extend_from_slice(&(count as u32).to_be_bytes());
    out.extend_from_slice(content);
}

/// A map of these entries.
pub(crate) fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A request from `reply`, with correlation-id "1".
pub(crate) fn request<const N: usize>(properties: [(&str, Value); N], body: Value) -> Vec<u8> {
    raw_request(Value::from("reply"), Value::Null, Value::from("1"), Some(map(properties)), Some(body))
}

pub(crate) fn raw_request(
    reply_to: Value,
    message_id: Value,
    correlation_id: Value,
    properties: Option<Value>,
    body: Option<Value>,
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut section = |code: u8, value: Value| {
        out.extend_from_slice(&[0x00, 0x53, code]);
        value.encode(&mut out);
    };
    section(0x73, Value::List(vec![message_id, Value::Null, Value::Null, Value::Null, reply_to, correlation_id]));
    if let Some(properties) = properties {
        section(0x74, properties);
    }
    if let Some(body) = body {
        section(0x77, body);
    }
    out
}

/// A response, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) properties: Tree,
    pub(crate) application_properties: Tree,
    pub(crate) body: Tree,
}

impl Answer {
    pub(crate) fn read(message: &[u8]) -> Self {
        let sections = Tree::sections(message);
        let find = |code: u64| {
            let found = sections.iter().find(|(candidate, _)| *candidate == code);
            found.unwrap_or_else(|| panic!("section {code:#x}")).1.clone()
        };
        Answer { properties: find(0x73), application_properties: find(0x74), body: find(0x77) }
    }

    pub(crate) fn status(&self) -> i64 {
        self.application_properties.get("statusCode").and_then(Tree::number).expect("a status code")
    }

    pub(crate) fn description(&self) -> &str {
        self.application_properties.get("statusDescription").and_then(Tree::text).expect("a description")
    }

    /// The values of one column of the answer to a QUERY.
    pub(crate) fn column(&self, name: &str) -> Vec<Tree> {
        let names = self.body.get("attributeNames").expect("names").texts();
        let index = names.iter().position(|candidate| *candidate == name).expect("the column");
        self.rows().iter().map(|row| row.elements()[index].clone()).collect()
    }

    pub(crate) fn rows(&self) -> &[Tree] {
        self.body.get("results").expect("results").elements()
    }
}
