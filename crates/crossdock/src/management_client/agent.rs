//! One management address: a request goes in, its response comes back.

use std::fmt::Display;
use std::time::Duration;

use fe2o3_amqp::link::receiver::CreditMode;
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::{Receiver, Sender};
use fe2o3_amqp_types::messaging::{
    AmqpValue, ApplicationProperties, Body, Message, MessageId, Outcome, Properties, Source,
};
use fe2o3_amqp_types::primitives::{SimpleValue, Value as WireValue};

use super::client::within;
use super::error::ClientError;
use super::request::{Request, Response};
use super::rows::Rows;
use super::value::Value;

/// The rows asked for at once.
const PAGE: usize = 500;

/// What a QUERY asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'a> {
    /// The full name of the type; all types without it.
    pub(crate) entity_type: Option<&'a str>,
    /// All attributes if empty.
    pub(crate) attributes: &'a [&'a str],
    /// At most so many rows; 0 for all.
    pub(crate) limit: usize,
}

/// A sender to a management address and the receiver of its answers.
pub(crate) struct Agent {
    sender: Sender,
    receiver: Receiver,
    reply_to: String,
    address: String,
    patience: Duration,
    requests: u64,
}

impl Agent {
    pub(super) async fn attach(
        session: &mut SessionHandle<()>,
        address: &str,
        peer: &str,
        patience: Duration,
    ) -> Result<Agent, ClientError> {
        let waiting = || format!("waiting for {peer} to attach links for {address}");
        let wrong =
            |problem: &dyn Display| ClientError::Address { address: address.to_owned(), problem: problem.to_string() };
        let sending = Sender::attach(session, format!("requests to {address}"), address);
        let sender = within(patience, waiting, sending).await?.map_err(|error| wrong(&error))?;
        let receiving = Receiver::builder()
            .name(format!("replies of {address}"))
            .source(Source::builder().dynamic(true).build())
            .credit_mode(CreditMode::Manual)
            .attach(session);
        let receiver = within(patience, waiting, receiving).await?.map_err(|error| wrong(&error))?;
        let reply_to = receiver.source().as_ref().and_then(|source| source.address.clone());
        let reply_to = reply_to.ok_or_else(|| wrong(&"no address for the replies"))?;
        Ok(Agent { sender, receiver, reply_to, address: address.to_owned(), patience, requests: 0 })
    }

    /// Sends the request and waits for its response, which may be a refusal.
    pub(crate) async fn ask(&mut self, request: Request) -> Result<Response, ClientError> {
        let address = self.address.clone();
        let operation = request.operation.clone();
        self.requests += 1;
        let id = self.requests.to_string();
        let lost = |error: &dyn Display| ClientError::Address { address: address.clone(), problem: error.to_string() };
        self.receiver.set_credit(1).await.map_err(|error| lost(&error))?;
        let message = encode(request, &self.reply_to, &id)?;
        let waiting = || format!("waiting for {address} to take the request {operation} (no router there?)");
        match within(self.patience, waiting, self.sender.send(message)).await?.map_err(|error| lost(&error))? {
            Outcome::Accepted(_) => {}
            Outcome::Rejected(rejected) => {
                let reason = rejected.error.map_or_else(|| String::from("without a reason"), |error| error.to_string());
                return Err(lost(&format!("the request was rejected: {reason}")));
            }
            Outcome::Released(_) | Outcome::Modified(_) => return Err(lost(&"nobody takes requests there")),
            #[allow(unreachable_patterns, reason = "transactions add one if they are compiled in")]
            _ => return Err(lost(&"the request was not accepted")),
        }
        let waiting = || format!("waiting for {address} to answer the request {operation}");
        loop {
            let receiving = self.receiver.recv::<Body<WireValue>>();
            let delivery = within(self.patience, waiting, receiving).await?.map_err(|error| lost(&error))?;
            self.receiver.accept(&delivery).await.map_err(|error| lost(&error))?;
            let message = delivery.into_message();
            let answered = message.properties.as_ref().and_then(|properties| properties.correlation_id.clone());
            if answered == Some(MessageId::String(id.clone())) {
                return decode(message);
            }
            // The answer to a request that was given up.
            self.receiver.set_credit(1).await.map_err(|error| lost(&error))?;
        }
    }

    /// Like [`Agent::ask`], but a refusal is an error.
    pub(crate) async fn call(&mut self, request: Request) -> Result<Response, ClientError> {
        let response = self.ask(request).await?;
        match response.status {
            200..=299 => Ok(response),
            code => Err(ClientError::Status { code, description: response.description }),
        }
    }

    /// All rows, page by page.
    ///
    /// Some agents ignore `offset` and `count` and answer with all rows every time. They show by more rows than were asked
    /// for; an agent with just a page of rows shows with the second page, which asks for one less.
    pub(crate) async fn query(&mut self, query: Query<'_>) -> Result<Rows, ClientError> {
        let limit = if query.limit == 0 { usize::MAX } else { query.limit };
        let mut rows = Rows::default();
        let mut size = PAGE;
        loop {
            let asked = size.min(limit - rows.len());
            let page = self.page(&query, rows.len(), asked).await?;
            let brought = page.len();
            if brought > asked && !rows.is_empty() {
                break;
            }
            if !rows.is_empty() && brought > 0 && rows.names() != page.names() {
                return Err(ClientError::Answer(String::from("the pages of a QUERY differ in their attributes")));
            }
            if rows.is_empty() || brought > 0 {
                rows.append(page);
            }
            if brought != asked || rows.len() >= limit {
                break;
            }
            size = PAGE - 1;
        }
        rows.truncate(limit);
        Ok(rows)
    }

    async fn page(&mut self, query: &Query<'_>, offset: usize, count: usize) -> Result<Rows, ClientError> {
        let names = query.attributes.iter().map(|name| Value::text(*name)).collect();
        let mut request = Request::to_node("QUERY");
        if let Some(entity_type) = query.entity_type {
            request = request.with("entityType", entity_type);
        }
        let request = request
            .with("offset", offset)
            .with("count", count)
            .with_body(Value::Map(vec![(String::from("attributeNames"), Value::List(names))]));
        let body = self.call(request).await?.body;
        Rows::parse(body).ok_or_else(|| ClientError::Answer(String::from("a QUERY brought no rows of attributes")))
    }
}

fn encode(request: Request, reply_to: &str, id: &str) -> Result<Message<AmqpValue<WireValue>>, ClientError> {
    let mut properties = ApplicationProperties::builder().insert("operation", request.operation.as_str());
    for (name, value) in &request.properties {
        let simple: SimpleValue = value
            .to_property()
            .ok_or_else(|| ClientError::Answer(format!("property {name} is neither text nor a number")))?;
        properties = properties.insert(name.as_str(), simple);
    }
    let correlated = Properties {
        reply_to: Some(reply_to.to_owned()),
        correlation_id: Some(MessageId::String(id.to_owned())),
        ..Properties::default()
    };
    Ok(Message::builder()
        .properties(correlated)
        .application_properties(properties.build())
        .value(request.body.to_amqp())
        .build())
}

fn decode(message: Message<Body<WireValue>>) -> Result<Response, ClientError> {
    let property = |name: &str| {
        let properties = message.application_properties.as_ref()?;
        properties.0.get(name).map(|value| Value::from_amqp(WireValue::from(value.clone())))
    };
    let status = property("statusCode").and_then(|code| code.as_integer());
    let status = status.ok_or_else(|| ClientError::Answer(String::from("it has no statusCode")))?;
    let description = property("statusDescription").and_then(|text| text.as_text().map(str::to_owned));
    let body = match message.body {
        Body::Value(value) => Value::from_amqp(value.0),
        Body::Data(_) | Body::Sequence(_) | Body::Empty => Value::Null,
    };
    Ok(Response { status, description: description.unwrap_or_default(), body })
}
