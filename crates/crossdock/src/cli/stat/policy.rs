//! `-p`: the policy of the whole router, and what it denied.

use super::table::{Block, Table};
use super::units::{or, plain, python};
use super::view::{Answers, Detail};
use crate::management_client::Row;

/// Attributes whose value "nothing" is written out.
const SHOW: fn(&Row<'_>, &str) -> String = |policy, attribute| match attribute {
    "enableVhostPolicy" | "enableVhostNamePatterns" => plain(policy.value(attribute)),
    "policyDir" | "defaultVhost" => or(policy.value(attribute), "(nil)"),
    _ => python(policy.value(attribute)),
};

const CONFIGURATION: [(&str, &str); 6] = [
    ("Maximum Concurrent Connections", "maxConnections"),
    ("Maximum Message Size", "maxMessageSize"),
    ("Enable Vhost Policy", "enableVhostPolicy"),
    ("Enable Vhost Name Patterns", "enableVhostNamePatterns"),
    ("Policy Directory", "policyDir"),
    ("Default Vhost", "defaultVhost"),
];

const STATUS: [(&str, &str); 6] = [
    ("Connections Processed", "connectionsProcessed"),
    ("Connections Denied", "connectionsDenied"),
    ("Connections Current", "connectionsCurrent"),
    ("Links Denied", "linksDenied"),
    ("Maximum Message Size Denied", "maxMessageSizeDenied"),
    ("Total Denials", "totalDenials"),
];

pub(super) fn blocks(answers: &Answers, _detail: Detail) -> Vec<Block> {
    let Some(policy) = answers.rows(0).first() else { return vec![Block::line("No Policy")] };
    let facts = |facts: &[(&'static str, &str)]| {
        let facts = facts.iter().map(|(name, attribute)| (*name, SHOW(&policy, attribute)));
        Block::Table(Table::of_facts(facts.collect()))
    };
    vec![
        Block::line("Policy Configuration"),
        facts(&CONFIGURATION),
        Block::line(""),
        Block::line("Policy Status"),
        facts(&STATUS),
    ]
}
