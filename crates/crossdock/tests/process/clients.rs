//! A client library that is not ours, fe2o3-amqp, through the real process.

use std::future::Future;
use std::time::Duration;

use fe2o3_amqp::connection::ConnectionHandle;
use fe2o3_amqp::link::receiver::CreditMode;
use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::{Connection, Receiver, Sendable, Sender, Session};
use fe2o3_amqp_types::definitions::SenderSettleMode;
use fe2o3_amqp_types::messaging::{
    ApplicationProperties, Body, Data, Message, Modified, Outcome, Properties, Source, Target,
};
use fe2o3_amqp_types::primitives::{Binary, Value};

use crate::support::{PATIENCE, Router};

/// A connection with one session.
struct Client {
    connection: ConnectionHandle<()>,
    session: SessionHandle<()>,
}

impl Client {
    async fn connect(router: &Router) -> Self {
        let url = format!("amqp://127.0.0.1:{}", router.port());
        let builder = Connection::builder().container_id("fe2o3").sasl_profile(SaslProfile::Anonymous);
        let mut connection = builder.open(&*url).await.unwrap();
        let session = Session::begin(&mut connection).await.unwrap();
        Self { connection, session }
    }

    async fn sender(&mut self, address: &str) -> Sender {
        Sender::attach(&mut self.session, format!("to {address}"), address).await.unwrap()
    }

    async fn receiver(&mut self, address: &str) -> Receiver {
        Receiver::attach(&mut self.session, format!("from {address}"), address).await.unwrap()
    }

    async fn close(mut self) {
        self.session.end().await.unwrap();
        self.connection.close().await.unwrap();
    }
}

/// Runs a conversation with a router; it must not take for ever.
fn converse<F: Future<Output = ()>>(conversation: impl FnOnce(Router) -> F) {
    let router = Router::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, conversation(router)).await.expect("no end in sight") });
}

#[test]
fn messages_arrive_whole_and_in_order() {
    converse(|router| async move {
        let (mut one, mut two) = (Client::connect(&router).await, Client::connect(&router).await);
        let mut receiver = one.receiver("queue").await;
        let mut sender = two.sender("queue").await;
        let sending = async {
            for number in 0..1_000 {
                let outcome = sender.send(format!("message {number}")).await.unwrap();
                assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
            }
        };
        let receiving = async {
            for number in 0..1_000 {
                let delivery = receiver.recv::<String>().await.unwrap();
                assert_eq!(delivery.body(), &format!("message {number}"));
                receiver.accept(&delivery).await.unwrap();
            }
        };
        tokio::join!(sending, receiving);
        let message = Message::builder()
            .properties(Properties { correlation_id: Some(17u64.into()), ..Properties::default() })
            .application_properties(ApplicationProperties::builder().insert("key", 1).build())
            .data(Binary::from("content"))
            .build();
        let (outcome, delivery) = tokio::join!(sender.send(message), async {
            let delivery = receiver.recv::<Body<Value>>().await.unwrap();
            receiver.accept(&delivery).await.unwrap();
            delivery
        });
        assert!(matches!(outcome.unwrap(), Outcome::Accepted(_)));
        let message = delivery.message();
        assert_eq!(message.properties.as_ref().unwrap().correlation_id, Some(17u64.into()));
        assert!(message.application_properties.as_ref().unwrap().contains_key("key"));
        assert!(message.header.is_none());
        sender.close().await.unwrap();
        receiver.close().await.unwrap();
        one.close().await;
        two.close().await;
    });
}

#[test]
fn each_outcome_comes_back_as_the_receiver_gave_it() {
    converse(|router| async move {
        let (mut one, mut two) = (Client::connect(&router).await, Client::connect(&router).await);
        let mut receiver = one.receiver("outcomes").await;
        let mut sender = two.sender("outcomes").await;
        let modified =
            Modified { delivery_failed: Some(true), undeliverable_here: Some(true), message_annotations: None };
        let answering = async {
            for wanted in ["accept", "reject", "release", "modify"] {
                let delivery = receiver.recv::<String>().await.unwrap();
                assert_eq!(delivery.body(), wanted);
                match wanted {
                    "accept" => receiver.accept(&delivery).await.unwrap(),
                    "reject" => {
                        let condition = fe2o3_amqp_types::definitions::AmqpError::NotAllowed;
                        let error = fe2o3_amqp_types::definitions::Error::new(condition, Some("no".into()), None);
                        receiver.reject(&delivery, error).await.unwrap();
                    }
                    "release" => receiver.release(&delivery).await.unwrap(),
                    _ => receiver.modify(&delivery, modified.clone()).await.unwrap(),
                }
            }
        };
        let sending = async {
            assert!(matches!(sender.send("accept").await.unwrap(), Outcome::Accepted(_)));
            let Outcome::Rejected(rejected) = sender.send("reject").await.unwrap() else { panic!("not rejected") };
            assert_eq!(rejected.error.unwrap().description.as_deref(), Some("no"));
            assert!(matches!(sender.send("release").await.unwrap(), Outcome::Released(_)));
            let Outcome::Modified(answer) = sender.send("modify").await.unwrap() else { panic!("not modified") };
            assert_eq!((answer.delivery_failed, answer.undeliverable_here), (Some(true), Some(true)));
        };
        tokio::join!(answering, sending);
        one.close().await;
        two.close().await;
    });
}

#[test]
fn a_request_finds_its_reply_by_a_dynamic_address() {
    converse(|router| async move {
        let (mut client, mut server) = (Client::connect(&router).await, Client::connect(&router).await);
        let mut requests = server.receiver("service").await;
        let source = Source::builder().dynamic(true).build();
        let replies = Receiver::builder().name("replies").source(source).attach(&mut client.session).await;
        let mut replies = replies.unwrap();
        let reply_to = replies.source().as_ref().unwrap().address.clone().unwrap();
        let mut sender = client.sender("service").await;
        let serving = async {
            // Replies go over a link of their own address, and over one that has none.
            for number in 0..2 {
                let request = requests.recv::<String>().await.unwrap();
                requests.accept(&request).await.unwrap();
                let properties = request.message().properties.clone().unwrap();
                let address = properties.reply_to.unwrap();
                let reply = Message::builder()
                    .properties(Properties {
                        to: Some(address.clone()),
                        correlation_id: properties.message_id,
                        ..Properties::default()
                    })
                    .value(format!("reply to {}", request.body()))
                    .build();
                let mut back = if number == 0 {
                    Sender::attach(&mut server.session, "reply", address).await.unwrap()
                } else {
                    let relay = Sender::builder()
                        .name("relay")
                        .target(Target::default())
                        .sender_settle_mode(SenderSettleMode::Mixed);
                    relay.attach(&mut server.session).await.unwrap()
                };
                assert!(matches!(back.send(reply).await.unwrap(), Outcome::Accepted(_)));
                back.close().await.unwrap();
            }
        };
        let asking = async {
            for number in 0..2u64 {
                let request = Message::builder()
                    .properties(Properties {
                        reply_to: Some(reply_to.clone()),
                        message_id: Some(number.into()),
                        ..Properties::default()
                    })
                    .value(format!("request {number}"))
                    .build();
                assert!(matches!(sender.send(request).await.unwrap(), Outcome::Accepted(_)));
                let reply = replies.recv::<String>().await.unwrap();
                replies.accept(&reply).await.unwrap();
                assert_eq!(reply.body(), &format!("reply to request {number}"));
                assert_eq!(reply.message().properties.as_ref().unwrap().correlation_id, Some(number.into()));
            }
        };
        tokio::join!(serving, asking);
        client.close().await;
        server.close().await;
    });
}

#[test]
fn a_large_message_arrives_whole() {
    converse(|router| async move {
        let (mut one, mut two) = (Client::connect(&router).await, Client::connect(&router).await);
        let mut receiver = one.receiver("large").await;
        let mut sender = two.sender("large").await;
        let content: Vec<u8> = (0..5_000_000u32).map(|number| number as u8).collect();
        let message = Message::builder().data(Binary::from(content.clone())).build();
        let (outcome, ()) = tokio::join!(sender.send(message), async {
            let delivery = receiver.recv::<Data>().await.unwrap();
            assert!(delivery.body().0 == content);
            receiver.accept(&delivery).await.unwrap();
        });
        assert!(matches!(outcome.unwrap(), Outcome::Accepted(_)));
        one.close().await;
        two.close().await;
    });
}

#[test]
fn messages_sent_settled_arrive_all() {
    converse(|router| async move {
        let (mut one, mut two) = (Client::connect(&router).await, Client::connect(&router).await);
        // This library gives credit back only for messages that it settles itself.
        let manual = Receiver::builder().name("settled").source("settled").credit_mode(CreditMode::Manual);
        let mut receiver = manual.attach(&mut one.session).await.unwrap();
        receiver.set_credit(2_000).await.unwrap();
        let mut sender = two.sender("settled").await;
        let sending = async {
            for number in 0..2_000u32 {
                let message = Sendable::builder().message(number).settled(true).build();
                sender.send(message).await.unwrap();
            }
        };
        let receiving = async {
            for number in 0..2_000u32 {
                assert_eq!(receiver.recv::<u32>().await.unwrap().body(), &number);
            }
        };
        tokio::join!(sending, receiving);
        one.close().await;
        two.close().await;
    });
}

#[test]
fn drained_credit_is_gone_until_there_is_new() {
    converse(|router| async move {
        let (mut one, mut two) = (Client::connect(&router).await, Client::connect(&router).await);
        let manual =
            Receiver::builder().name("drain").source("drain").credit_mode(CreditMode::Manual).auto_accept(true);
        let mut receiver = manual.attach(&mut one.session).await.unwrap();
        let mut sender = two.sender("drain").await;
        receiver.set_credit(10).await.unwrap();
        let (outcome, delivery) = tokio::join!(sender.send("first"), receiver.recv::<String>());
        assert!(matches!(outcome.unwrap(), Outcome::Accepted(_)));
        assert_eq!(delivery.unwrap().body(), "first");
        receiver.drain().await.unwrap();
        // What is asked for later on a connection is answered later: the credit is gone, then the message is with the
        // router, then it would have come.
        one.receiver("barrier 1").await;
        let sending = tokio::spawn(async move { (sender.send("second").await, sender) });
        two.receiver("barrier 2").await;
        two.receiver("barrier 2, now that the message has been sent").await;
        one.receiver("barrier 3").await;
        assert!(tokio::time::timeout(Duration::ZERO, receiver.recv::<String>()).await.is_err());
        receiver.set_credit(1).await.unwrap();
        let delivery = receiver.recv::<String>().await.unwrap();
        let (outcome, _sender) = sending.await.unwrap();
        assert!(matches!(outcome.unwrap(), Outcome::Accepted(_)));
        assert_eq!(delivery.body(), "second");
        one.close().await;
        two.close().await;
    });
}

#[test]
fn what_nobody_receives_waits_for_somebody_who_does() {
    converse(|router| async move {
        let (mut one, mut two) = (Client::connect(&router).await, Client::connect(&router).await);
        let mut sender = two.sender("late").await;
        // There is no credit yet, so this waits.
        let sending = tokio::spawn(async move { sender.send("early").await });
        let mut receiver = one.receiver("late").await;
        let delivery = receiver.recv::<String>().await.unwrap();
        assert_eq!(delivery.body(), "early");
        receiver.accept(&delivery).await.unwrap();
        assert!(matches!(sending.await.unwrap().unwrap(), Outcome::Accepted(_)));
        one.close().await;
        two.close().await;
    });
}
