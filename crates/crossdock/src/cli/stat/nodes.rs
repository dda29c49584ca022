//! `-n`: the routers of the network, as this one knows them.

use super::table::{Block, Column, Table, column, verbose};
use super::units::{long_date, plain};
use super::view::{Answers, Detail};
use crate::management_client::{Row, Value};

const COLUMNS: [Column; 7] = [
    column("router-id", |row| plain(row.value("id"))),
    column("next-hop", |row| row.text("nextHop").unwrap_or("-").to_owned()),
    column("link", direct_link),
    verbose("ver", |row| plain(row.value("protocolVersion"))),
    verbose("cost", cost),
    verbose("neighbors", |row| list(row.value("linkState"))),
    verbose("valid-origins", |row| list(row.value("validOrigins"))),
];

pub(super) fn blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let rows = answers.rows(0);
    if rows.is_empty() {
        return vec![Block::line("Router is Standalone - No Router List")];
    }
    let mut blocks = vec![Block::line("Routers in the Network")];
    if let Some(seconds) = rows.iter().filter_map(|row| row.value("lastTopoChange").as_integer()).max() {
        blocks.push(Block::Line(format!("Last Topology Change: {}", long_date(seconds))));
    }
    let mut table = Table::of_rows(&COLUMNS, rows.iter(), detail.verbose);
    table.sort_by("router-id");
    blocks.push(Block::Table(table));
    blocks
}

/// Only a direct neighbour has a link.
fn direct_link(row: &Row<'_>) -> String {
    match (row.value("nextHop"), row.value("routerLink")) {
        (Value::Null, Value::Null) => String::from("-"),
        (Value::Null, link) => plain(link),
        (_, _) => String::from("-"),
    }
}

fn cost(row: &Row<'_>) -> String {
    match row.value("cost").as_integer() {
        None | Some(0) => String::new(),
        Some(cost) => cost.to_string(),
    }
}

fn list(value: &Value) -> String {
    if value.is_null() { String::from("[]") } else { plain(value) }
}
