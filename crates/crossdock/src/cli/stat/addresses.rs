//! `-a`: addresses.

use super::address_key;
use super::table::{Block, Column, Table, column, verbose};
use super::units::{commas, plain};
use super::view::{Answers, Detail};
use crate::management_client::Row;

pub(super) const ATTRIBUTES: &[&str] = &[
    "distribution",
    "inProcess",
    "subscriberCount",
    "remoteCount",
    "containerCount",
    "deliveriesIngress",
    "deliveriesEgress",
    "deliveriesRedirectedToFallback",
    "deliveriesTransit",
    "deliveriesToContainer",
    "deliveriesFromContainer",
    "name",
    "priority",
];

const COLUMNS: [Column; 14] = [
    column("class", |row| address_key::class(key(row))),
    column("addr", |row| address_key::text(key(row)).to_owned()),
    column("phs", |row| address_key::phase(key(row))),
    column("distrib", |row| plain(row.value("distribution"))),
    column("pri", priority),
    verbose("in-proc", |row| commas(row.number("inProcess"))),
    column("local", |row| commas(row.number(consumers(row)))),
    column("remote", |row| commas(row.number("remoteCount"))),
    column("in", |row| commas(row.number("deliveriesIngress"))),
    column("out", |row| commas(row.number("deliveriesEgress"))),
    column("thru", |row| commas(row.number("deliveriesTransit"))),
    column("fallback", |row| commas(row.number("deliveriesRedirectedToFallback"))),
    verbose("to-proc", |row| commas(row.number("deliveriesToContainer"))),
    verbose("from-proc", |row| commas(row.number("deliveriesFromContainer"))),
];

pub(super) fn blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let mut table = Table::of_rows(&COLUMNS, answers.rows(0).iter(), detail.verbose);
    table.sort_by("addr");
    vec![Block::line("Router Addresses"), Block::Table(table)]
}

fn key<'a>(row: &Row<'a>) -> &'a str {
    row.text("name").unwrap_or_default()
}

fn priority(row: &Row<'_>) -> String {
    match row.value("priority").as_integer() {
        Some(priority) if priority >= 0 => priority.to_string(),
        Some(_) | None => String::from("-"),
    }
}

/// Consumers of a link route are containers.
fn consumers(row: &Row<'_>) -> &'static str {
    if address_key::is_link_route(key(row)) { "containerCount" } else { "subscriberCount" }
}
