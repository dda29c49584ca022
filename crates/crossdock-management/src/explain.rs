//! Why deliveries to an address flow, or do not: the answer to EXPLAIN.

use crate::fields::{Fields, map};
use crate::octets::Octets;

/// Links and other routers in an answer, at most; the counts beside them are of all.
pub const MAX_EXPLAINED: usize = 500;

/// What a router knows about where deliveries to an address go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Key of the address in the tables, such as `M0news`.
    pub key: String,
    /// What says how it is treated.
    pub rule: Rule,
    /// How deliveries are distributed, such as `balanced`.
    pub treatment: &'static str,
    /// The configured priority of its deliveries; none = each message's own.
    pub priority: Option<u8>,
    /// Whether somebody has a link for it, here or elsewhere.
    pub in_use: bool,
    /// Number of consumers here.
    pub consumer_count: usize,
    /// Consumers here, the first [`MAX_EXPLAINED`].
    pub consumers: Vec<ExplainedLink>,
    /// Number of producers here.
    pub producer_count: usize,
    /// Producers here, the first [`MAX_EXPLAINED`].
    pub producers: Vec<ExplainedLink>,
    /// Other routers with consumers, the cheapest to reach first.
    pub routers: Vec<ExplainedRouter>,
    /// Where the next delivery goes: to all of these if the treatment is multicast, else to one of them.
    pub next: Vec<NextStep>,
    /// Other addresses that may take the deliveries, in sentences: fallback, the way past a queue, shards.
    pub companions: Vec<String>,
    /// Why deliveries do not flow, in sentences; empty when they do.
    pub why: Vec<String>,
}

/// What decides about the treatment of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// This configured prefix.
    Prefix(String),
    /// This configured pattern.
    Pattern(String),
    /// The router's default: nothing configured matches.
    Default,
    /// The router itself: the address is one of its own, or names a router.
    Router,
}

/// A link of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedLink {
    /// Its number.
    pub link: u64,
    /// Number of its connection.
    pub connection: u64,
    /// Container at its other end.
    pub container: String,
    /// Credit that is left to whoever sends on it.
    pub credit: u32,
    /// Deliveries that are not settled.
    pub unsettled: u64,
    /// Deliveries that wait to be sent.
    pub undelivered: u64,
    /// Since when there is no credit (whole seconds).
    pub seconds_without_credit: u32,
    /// Why nothing more may be sent on it, in a few words; none if something may.
    pub why: Option<String>,
}

/// Another router with consumers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedRouter {
    /// Its id.
    pub id: String,
    /// What it costs to go there.
    pub cost: u64,
    /// Id of the neighbour on the way.
    pub next_hop: String,
    /// Number of the connection to that neighbour.
    pub connection: u64,
}

/// A place to which a delivery goes from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// A consumer here.
    Consumer {
        /// Number of the link.
        link: u64,
        /// Number of its connection.
        connection: u64,
    },
    /// A neighbour.
    Router {
        /// Its id.
        id: String,
        /// Number of the connection.
        connection: u64,
        /// What it costs to go to the nearest router with consumers on that way.
        cost: u64,
    },
    /// The router itself takes it.
    Own,
}

/// Writes the answer.
pub(crate) fn write(out: &mut Octets, router: &str, address: &str, answer: &Explanation) {
    map(out, |fields| {
        fields.text("router", router);
        fields.text("address", address);
        fields.text("key", &answer.key);
        let (matched, rule) = match &answer.rule {
            Rule::Prefix(prefix) => ("prefix", Some(prefix)),
            Rule::Pattern(pattern) => ("pattern", Some(pattern)),
            Rule::Default => ("default", None),
            Rule::Router => ("router", None),
        };
        fields.text("matched", matched);
        fields.value("rule", |out| match rule {
            Some(rule) => out.string(rule),
            None => out.null(),
        });
        fields.text("treatment", answer.treatment);
        fields.value("priority", |out| match answer.priority {
            Some(priority) => out.number(priority.into()),
            None => out.null(),
        });
        fields.value("inUse", |out| out.boolean(answer.in_use));
        fields.value("here", |out| {
            map(out, |here| {
                here.number("consumerCount", answer.consumer_count);
                here.list("consumers", &answer.consumers, write_link);
                here.number("producerCount", answer.producer_count);
                here.list("producers", &answer.producers, write_link);
            });
        });
        fields.list("routers", &answer.routers, |out, router| {
            map(out, |fields| {
                fields.text("id", &router.id);
                fields.number("cost", router.cost);
                fields.text("nextHop", &router.next_hop);
                fields.number("connection", router.connection);
            });
        });
        fields.list("next", &answer.next, |out, step| map(out, |fields| write_step(fields, step)));
        fields.list("companions", &answer.companions, |out, sentence| out.string(sentence));
        fields.list("why", &answer.why, |out, sentence| out.string(sentence));
    });
}

fn write_link(out: &mut Octets, link: &ExplainedLink) {
    map(out, |fields| {
        fields.number("link", link.link);
        fields.number("connection", link.connection);
        fields.text("container", &link.container);
        fields.number("credit", link.credit);
        fields.number("unsettled", link.unsettled);
        fields.number("undelivered", link.undelivered);
        fields.number("secondsWithoutCredit", link.seconds_without_credit);
        fields.value("why", |out| match &link.why {
            Some(why) => out.string(why),
            None => out.null(),
        });
    });
}

fn write_step(fields: &mut Fields<'_>, step: &NextStep) {
    match step {
        NextStep::Consumer { link, connection } => {
            fields.text("to", "consumer");
            fields.number("link", *link);
            fields.number("connection", *connection);
        }
        NextStep::Router { id, connection, cost } => {
            fields.text("to", "router");
            fields.text("router", id);
            fields.number("connection", *connection);
            fields.number("cost", *cost);
        }
        NextStep::Own => fields.text("to", "self"),
    }
}
