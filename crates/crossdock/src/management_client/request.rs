//! One request and its response.

use super::value::Value;

/// What an agent is asked to do: application properties and a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    /// Application properties besides `operation`.
    pub(crate) properties: Vec<(String, Value)>,
    /// The operation, as it is written.
    pub(crate) operation: String,
    pub(crate) body: Value,
}

impl Request {
    /// A request with an empty map as its body.
    pub(crate) fn new(operation: impl Into<String>) -> Request {
        Request { properties: Vec::new(), operation: operation.into(), body: Value::Map(Vec::new()) }
    }

    /// A request to the management node itself rather than to one of its entities.
    pub(crate) fn to_node(operation: impl Into<String>) -> Request {
        Request::new(operation).with("type", "org.amqp.management").with("name", "self")
    }

    /// Sets a property. A later one replaces an earlier one of that name.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Request {
        self.properties.retain(|(known, _)| known != name);
        self.properties.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn with_body(self, body: Value) -> Request {
        Request { body, ..self }
    }
}

/// What the agent answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Response {
    /// 200 and the like.
    pub(crate) status: i128,
    pub(crate) description: String,
    pub(crate) body: Value,
}
