//! Where deliveries to an address go from here, and why they do not flow: what the tables say, in words. No delivery is made,
//! and no sender's turn is used up.

use crossdock_amqp::engine::{LinkId, LinkRole};
use crossdock_core::address::{AddressClass, KeyRef, Treatment};
use crossdock_core::pattern::normal_form;
use crossdock_core::record::LinkRecord;
use crossdock_core::route::{Choice, RemoteDestination, Route};
use crossdock_core::routers::Origin;
use crossdock_core::shards::KeyHash;
use crossdock_core::table::{Destination, Party};
use crossdock_management::{ExplainedLink, ExplainedRouter, Explanation, MAX_EXPLAINED, NextStep, Rule};
use std::sync::Arc;

use super::companions::companions;
use super::reasons;
use super::view::View;
use crate::node::Node;
use crate::shared::LINK_CAPACITY;

/// Shards that are looked at for where the next delivery goes.
const MAX_TAKERS: usize = 16;

/// Answers for an address as a client writes it, and messages of this router's clients that have this `key`.
pub(super) fn explain(view: &View<'_>, address: &str, key_of_message: Option<&str>) -> Explanation {
    let node = &*view.node;
    let meant = node.shared.classify(address);
    let concentrated = node.shared.concentrated(meant);
    let key = concentrated.as_deref().map_or(meant, |to| node.shared.classify(to));
    let known = node.addresses.get(&key);
    let settings = node.shared.settings_for(key);
    let treatment = match known {
        Some(address) => address.entry.treatment(),
        None if key.class() == AddressClass::Router => Treatment::Closest,
        None => settings.treatment,
    };
    let (consumers, producers) = links(node, key);
    let mut explanation = Explanation {
        key: key.to_key().as_str().to_owned(),
        rule: rule(node, key),
        treatment: treatment.distribution(),
        priority: known.map_or(settings.priority, |address| address.entry.priority()),
        in_use: known.is_some(),
        consumer_count: consumers.len(),
        consumers: consumers.iter().take(MAX_EXPLAINED).map(|(_, link)| explained(view, link)).collect(),
        producer_count: producers.len(),
        producers: producers.iter().take(MAX_EXPLAINED).map(|(_, link)| explained(view, link)).collect(),
        routers: Vec::new(),
        next: Vec::new(),
        companions: Vec::new(),
        why: Vec::new(),
    };
    if let Some(address) = known {
        // The route of a sender of its own, which sends nothing.
        let mut route = Route::new(Arc::clone(&address.entry), 0, Party::Router);
        route.refresh(node.shared.routers());
        explanation.routers = route.remote().iter().take(MAX_EXPLAINED).map(|to| remote(node, to)).collect();
        let capacity = producers.first().map_or(LINK_CAPACITY, |(_, link)| link.capacity());
        let message = key_of_message.map(|key| KeyHash::new(key.as_bytes()));
        for taker in route.takers(Origin::Own, message).into_iter().take(MAX_TAKERS) {
            let consumers = links(node, taker.entry().key().key_ref()).0;
            explanation.next.extend(next(taker, capacity.into(), &consumers));
        }
        explanation.next.truncate(MAX_EXPLAINED);
        explanation.companions = companions(node, &route, key_of_message);
        if address.remote > route.remote().len() {
            let missing = address.remote - route.remote().len();
            explanation.why.push(format!("There is no path to {missing} of the routers with consumers."));
        }
    }
    if concentrated.is_some() {
        let sentence = format!(
            "What is sent to '{}' goes to '{}': so says 'concentrate' of its address.",
            meant.text(),
            key.text()
        );
        explanation.companions.insert(0, sentence);
    }
    reasons::add(view, key, treatment, &mut explanation);
    explanation
}

type Links<'n> = Vec<(LinkId, &'n Arc<LinkRecord>)>;

/// The links of an address: consumers, and producers.
fn links<'n>(node: &'n Node, key: KeyRef<'_>) -> (Links<'n>, Links<'n>) {
    let is_meant = |link: &LinkRecord| link.address().is_some_and(|entry| entry.key().key_ref() == key);
    let all = node.records.links_with_ids().filter(|(_, link)| is_meant(link));
    all.partition(|(_, link)| link.role() == LinkRole::Sender)
}

/// What of the configuration decides.
fn rule(node: &Node, key: KeyRef<'_>) -> Rule {
    if key.class() != AddressClass::Mobile || node.addresses.get(&key).is_some_and(|address| address.in_process) {
        return Rule::Router;
    }
    let Some(matched) = node.shared.configured_pattern(key) else { return Rule::Default };
    let wanted = node.agent.configured.addresses.iter().map(|wanted| &wanted.entity);
    let as_pattern = |prefix: &str| normal_form(&format!("{}/#", prefix.trim_end_matches(['.', '/'])));
    for address in wanted {
        match (&address.prefix, &address.pattern) {
            (Some(prefix), None) if as_pattern(prefix).is_ok_and(|pattern| pattern == matched) => {
                return Rule::Prefix(prefix.clone());
            }
            (None, Some(pattern)) if normal_form(pattern).is_ok_and(|pattern| pattern == matched) => {
                return Rule::Pattern(pattern.clone());
            }
            (Some(_) | None, Some(_) | None) => {}
        }
    }
    Rule::Pattern(matched)
}

fn explained(view: &View<'_>, link: &LinkRecord) -> ExplainedLink {
    let node = &*view.node;
    let credit = link.credit();
    ExplainedLink {
        link: link.number(),
        connection: link.conn().0,
        container: node.connection(link.conn()).map(|connection| connection.container.to_string()).unwrap_or_default(),
        credit,
        unsettled: link.unsettled(),
        undelivered: link.waiting(),
        seconds_without_credit: if credit == 0 { link.seconds_without_credit(view.now) } else { 0 },
        why: reasons::of_link(view, link),
    }
}

fn remote(node: &Node, to: &RemoteDestination) -> ExplainedRouter {
    let router = node.shared.routers().router(to.router);
    ExplainedRouter {
        id: router.map(|router| id_of(&router.identity)).unwrap_or_default(),
        cost: to.cost,
        next_hop: id_of(&to.next_hop),
        connection: to.conn.0,
    }
}

/// The id of a router, without its area.
fn id_of(identity: &str) -> String {
    identity.strip_prefix("0/").unwrap_or(identity).to_owned()
}

/// Where a delivery goes. Where equals take turns, the answer has all of them.
fn next(route: &Route, capacity: u64, consumers: &Links<'_>) -> Vec<NextStep> {
    let local = |to: &Destination| match consumers.iter().find(|(id, link)| *id == to.link && link.conn() == to.conn) {
        Some((_, link)) => NextStep::Consumer { link: link.number(), connection: link.conn().0 },
        None => NextStep::Own,
    };
    let choices = route.candidates(capacity, Origin::Own).into_iter();
    let mut steps: Vec<NextStep> = choices
        .map(|choice| match choice {
            Choice::Local(to) => local(to),
            Choice::Remote(to) => NextStep::Router { id: id_of(&to.next_hop), connection: to.conn.0, cost: to.cost },
        })
        .collect();
    steps.truncate(MAX_EXPLAINED);
    let mut neighbors: Vec<String> = Vec::new();
    steps.retain(|step| match step {
        NextStep::Router { id, .. } => {
            let is_new = !neighbors.contains(id);
            neighbors.push(id.clone());
            is_new
        }
        NextStep::Consumer { .. } | NextStep::Own => true,
    });
    steps
}
