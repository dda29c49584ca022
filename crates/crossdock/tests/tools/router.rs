//! A router that knows nothing but how to answer management requests, and answers as it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use fe2o3_amqp::acceptor::{ConnectionAcceptor, LinkAcceptor, LinkEndpoint, SessionAcceptor};
use fe2o3_amqp::{Receiver, Sendable, Sender};
use fe2o3_amqp_types::messaging::{AmqpValue, ApplicationProperties, Body, Message, Properties, Source};
use fe2o3_amqp_types::primitives::{OrderedMap, Value};
use tokio::net::{TcpListener, TcpStream};

/// A request as the router got it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The address of the link that it came on.
    pub(crate) address: String,
    pub(crate) properties: ApplicationProperties,
    pub(crate) body: Value,
}

/// A response, as it goes onto the wire.
pub(crate) struct Answer {
    pub(crate) properties: ApplicationProperties,
    pub(crate) body: Value,
}

type Answering = dyn Fn(&Asked) -> Option<Answer> + Send + Sync;

impl Asked {
    /// The text of a property; empty if there is none.
    pub(crate) fn property(&self, name: &str) -> String {
        match self.properties.0.get(name).cloned().map(Value::from) {
            Some(Value::String(text)) => text,
            Some(other) => format!("{other:?}"),
            None => String::new(),
        }
    }

    /// The number of a property; 0 if there is none.
    pub(crate) fn number(&self, name: &str) -> usize {
        match self.properties.0.get(name).cloned().map(Value::from) {
            Some(Value::Long(number)) => usize::try_from(number).unwrap(),
            _ => 0,
        }
    }
}

impl Answer {
    pub(crate) fn new(status: i32, description: &str, body: Value) -> Self {
        let properties =
            ApplicationProperties::builder().insert("statusCode", status).insert("statusDescription", description);
        Answer { properties: properties.build(), body }
    }
}

/// The body of an answer to QUERY.
pub(crate) fn rows(names: &[&str], rows: &[&[&str]]) -> Value {
    let texts = |texts: &[&str]| Value::List(texts.iter().map(|text| Value::String((*text).to_owned())).collect());
    let mut body = OrderedMap::new();
    body.insert(Value::String(String::from("attributeNames")), texts(names));
    body.insert(Value::String(String::from("results")), Value::List(rows.iter().map(|row| texts(row)).collect()));
    Value::Map(body)
}

/// A router in a thread of its own, which ends with the test.
pub(crate) struct Router {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Router {
    /// Starts it. Requests for which there is no answer stay without one.
    pub(crate) fn start(answer: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = Arc::clone(&asked);
        let answer: Arc<Answering> = Arc::new(move |asked| {
            remembered.lock().unwrap().push(asked.clone());
            answer(asked)
        });
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    tokio::spawn(serve(stream, Arc::clone(&answer)));
                }
            });
        });
        Router { port, asked }
    }

    /// What follows `-b`.
    pub(crate) fn bus(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// All requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, answer: Arc<Answering>) {
    let Ok(mut connection) = ConnectionAcceptor::new("recorded").accept(stream).await else { return };
    let mut session = SessionAcceptor::new().accept(&mut connection).await.unwrap();
    let links = LinkAcceptor::builder()
        .on_dynamic_source(|_| {
            static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
            let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Some(Source::builder().address(format!("amqp:/_topo/0/recorded/temp.{number}")).dynamic(true).build())
        })
        .build();
    let replies = Arc::new(tokio::sync::Mutex::new(HashMap::new()));
    while let Ok(link) = links.accept(&mut session).await {
        match link {
            LinkEndpoint::Sender(sender) => {
                let address = sender.source().as_ref().unwrap().address.clone().unwrap();
                replies.lock().await.insert(address, sender);
            }
            LinkEndpoint::Receiver(receiver) => {
                tokio::spawn(answer_all(receiver, Arc::clone(&replies), Arc::clone(&answer)));
            }
        }
    }
}

async fn answer_all(
    mut requests: Receiver,
    replies: Arc<tokio::sync::Mutex<HashMap<String, Sender>>>,
    answer: Arc<Answering>,
) {
    let address = requests.target().as_ref().unwrap().address.clone().unwrap();
    while let Ok(delivery) = requests.recv::<Body<Value>>().await {
        requests.accept(&delivery).await.unwrap();
        let Message { properties, application_properties, body, .. } = delivery.into_message();
        let Body::Value(body) = body else { panic!("a body that is no value") };
        let asked = Asked { address: address.clone(), properties: application_properties.unwrap(), body: body.0 };
        let Some(Answer { properties: application_properties, body }) = answer(&asked) else { continue };
        let request = properties.unwrap();
        let reply_to = request.reply_to.unwrap();
        let response: Message<AmqpValue<Value>> = Message::builder()
            .properties(Properties {
                to: Some(reply_to.clone()),
                correlation_id: request.correlation_id,
                ..Properties::default()
            })
            .application_properties(application_properties)
            .value(body)
            .build();
        let mut replies = replies.lock().await;
        let sender = replies.get_mut(&reply_to).unwrap();
        let _ = sender.send(Sendable::builder().message(response).settled(true).build()).await;
    }
}
