//! `-g`: the router and its counters.

use super::table::{Block, Table};
use super::units::{bytes, plain, uptime};
use super::view::{Answers, Detail};
use crate::management_client::Row;

/// A line of the table, and the attribute behind it.
const FACTS: [(&str, &str); 29] = [
    ("Version", "version"),
    ("Mode", "mode"),
    ("Router Id", "id"),
    ("Worker Threads", "workerThreads"),
    ("Uptime", "uptimeSeconds"),
    ("VmSize", "memoryUsage"),
    ("Area", "area"),
    ("Link Routes", "linkRouteCount"),
    ("Auto Links", "autoLinkCount"),
    ("Links", "linkCount"),
    ("Nodes", "nodeCount"),
    ("Addresses", "addrCount"),
    ("Connections", "connectionCount"),
    ("Presettled Count", "presettledDeliveries"),
    ("Dropped Presettled Count", "droppedPresettledDeliveries"),
    ("Accepted Count", "acceptedDeliveries"),
    ("Rejected Count", "rejectedDeliveries"),
    ("Released Count", "releasedDeliveries"),
    ("Modified Count", "modifiedDeliveries"),
    ("Deliveries Delayed > 1sec", "deliveriesDelayed1Sec"),
    ("Deliveries Delayed > 10sec", "deliveriesDelayed10Sec"),
    ("Deliveries Stuck > 10sec", "deliveriesStuck"),
    ("Deliveries to Fallback", "deliveriesRedirectedToFallback"),
    ("Links Blocked", "linksBlocked"),
    ("Ingress Count", "deliveriesIngress"),
    ("Egress Count", "deliveriesEgress"),
    ("Transit Count", "deliveriesTransit"),
    ("Deliveries from Route Container", "deliveriesIngressRouteContainer"),
    ("Deliveries to Route Container", "deliveriesEgressRouteContainer"),
];

pub(super) fn blocks(answers: &Answers, _detail: Detail) -> Vec<Block> {
    let Some(router) = answers.rows(0).first() else { return vec![Block::line("No Router Statistics")] };
    // A router that does not know its memory has no such line.
    let shown = |attribute: &str| attribute != "memoryUsage" || !router.value(attribute).is_null();
    let facts = FACTS.iter().filter(|(_, attribute)| shown(attribute));
    let facts = facts.map(|(name, attribute)| (*name, fact(&router, attribute))).collect();
    vec![Block::line("Router Statistics"), Block::Table(Table::of_facts(facts))]
}

fn fact(router: &Row<'_>, attribute: &str) -> String {
    match attribute {
        "uptimeSeconds" => uptime(router.number(attribute)),
        "memoryUsage" => bytes(router.number(attribute)),
        _ => plain(router.value(attribute)),
    }
}
