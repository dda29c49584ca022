//! Addresses that take another one's deliveries: fallback destinations, the way past a waypoint, shards.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod bypass;
mod concentration;
mod fallback;
mod shards;

use fe2o3_amqp_types::messaging::TargetArchetype;
use fe2o3_amqp_types::primitives::{Array, Symbol};
use support::peer::Seen;
use support::stage::{Link, Stage};

/// A router with these sections in its configuration.
fn configured(sections: &str) -> Stage {
    let mut stage = Stage::new();
    let (configuration, warnings) = crossdock_schema::parse("test.conf", sections).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    stage.net.node.configure(&configuration).unwrap();
    stage
}

/// A consumer with credit on a connection of its own, whose source has this capability.
fn consumer_with(stage: &mut Stage, address: &str, capability: &str) -> Link {
    let end = stage.client();
    let mut request = stage.receiver_attach(address);
    if !capability.is_empty() {
        request.source.as_mut().unwrap().capabilities = Some(Array::from(vec![Symbol::from(capability)]));
    }
    let link = stage.attach(end, request);
    stage.grant(link, 100);
    stage.news(end);
    link
}

fn consumer(stage: &mut Stage, address: &str) -> Link {
    consumer_with(stage, address, "")
}

fn producer(stage: &mut Stage, address: &str) -> Link {
    producer_with(stage, address, "")
}

fn producer_with(stage: &mut Stage, address: &str, capability: &str) -> Link {
    let end = stage.client();
    let mut request = stage.sender_attach(Some(address));
    if !capability.is_empty()
        && let Some(TargetArchetype::Target(target)) = request.target.as_deref_mut()
    {
        target.capabilities = Some(Array::from(vec![Symbol::from(capability)]));
    }
    let link = stage.attach(end, request);
    stage.news(end);
    link
}

/// Whether a producer was asked to give its credit back.
fn is_drained(stage: &mut Stage, source: Link) -> bool {
    stage.conn(source.end).link(source.id).unwrap().sender_credit().unwrap().drain()
}

/// What a producer was told of its deliveries, without their numbers.
fn outcomes(stage: &mut Stage, source: Link) -> Vec<String> {
    let news = stage.news(source.end);
    news.iter().map(|news| news.split_once(' ').map_or(news.clone(), |(_, outcome)| outcome.to_owned())).collect()
}

/// The texts of the messages that a consumer got since the last call, whatever is in front of them.
fn texts(stage: &mut Stage, consumer: Link) -> Vec<String> {
    let seen: Vec<Seen> = stage.net.ends[consumer.end].peer.seen.drain(..).collect();
    let parts = seen.into_iter().filter_map(|seen| if let Seen::Part(part) = seen { Some(part.payload) } else { None });
    let text = |payload: Vec<u8>| {
        let at = payload.windows(4).position(|octets| *octets == [0x00, 0x53, 0x75, 0xa0])?;
        Some(String::from_utf8_lossy(&payload[at + 5..]).into_owned())
    };
    parts.filter_map(|payload| text(payload.to_vec())).collect()
}
