//! `--autolinks`, `--shards` and `--linkroutes`.

use super::table::{Block, Column, Table, column, verbose};
use super::units::{commas, plain};
use super::view::{Answers, Detail};
use crate::management_client::Row;

pub(super) const AUTO_LINK_ATTRIBUTES: &[&str] =
    &["address", "direction", "phase", "externalAddress", "linkRef", "operStatus", "lastError"];

pub(super) const LINK_ROUTE_ATTRIBUTES: &[&str] =
    &["prefix", "direction", "distribution", "operStatus", "pattern", "addExternalPrefix", "delExternalPrefix"];

const AUTO_LINK_COLUMNS: [Column; 7] = [
    column("addr", |row| plain(row.value("address"))),
    column("dir", |row| plain(row.value("direction"))),
    column("phs", |row| plain(row.value("phase"))),
    column("extAddr", |row| plain(row.value("externalAddress"))),
    column("link", |row| plain(row.value("linkRef"))),
    column("status", |row| plain(row.value("operStatus"))),
    column("lastErr", |row| plain(row.value("lastError"))),
];

pub(super) const SHARD_ATTRIBUTES: &[&str] =
    &["name", "address", "member", "key", "onLoss", "weight", "operStatus", "deliveriesIngress"];

const SHARD_COLUMNS: [Column; 8] = [
    column("name", |row| plain(row.value("name"))),
    column("addr", |row| plain(row.value("address"))),
    column("member", |row| plain(row.value("member"))),
    column("key", |row| plain(row.value("key"))),
    column("onLoss", |row| plain(row.value("onLoss"))),
    column("weight", |row| plain(row.value("weight"))),
    column("status", |row| plain(row.value("operStatus"))),
    column("in", |row| commas(row.number("deliveriesIngress"))),
];

/// The last two only where a link route changes addresses.
const LINK_ROUTE_COLUMNS: [Column; 6] = [
    column("address", address),
    column("dir", |row| plain(row.value("direction"))),
    column("distrib", |row| plain(row.value("distribution"))),
    column("status", |row| plain(row.value("operStatus"))),
    verbose("add-ext-prefix", |row| plain(row.value("addExternalPrefix"))),
    verbose("del-ext-prefix", |row| plain(row.value("delExternalPrefix"))),
];

pub(super) fn auto_link_blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let rows = answers.rows(0);
    if rows.is_empty() {
        return vec![Block::line("AutoLinks"), Block::line("No AutoLinks found")];
    }
    let table = Table::of_rows(&AUTO_LINK_COLUMNS, rows.iter(), detail.verbose);
    vec![Block::line("AutoLinks"), Block::Table(table)]
}

pub(super) fn shard_blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let rows = answers.rows(0);
    if rows.is_empty() {
        return vec![Block::line("Shards"), Block::line("No shards found")];
    }
    let table = Table::of_rows(&SHARD_COLUMNS, rows.iter(), detail.verbose);
    vec![Block::line("Shards"), Block::Table(table)]
}

pub(super) fn link_route_blocks(answers: &Answers, _detail: Detail) -> Vec<Block> {
    let rows = answers.rows(0);
    if rows.is_empty() {
        return vec![Block::line("Link Routes"), Block::line("No Link Routes found")];
    }
    let given = |row: &Row<'_>, name: &str| row.text(name).is_some_and(|text| !text.is_empty());
    let prefixes = rows.iter().any(|row| given(&row, "addExternalPrefix") || given(&row, "delExternalPrefix"));
    let mut table = Table::of_rows(&LINK_ROUTE_COLUMNS, rows.iter(), prefixes);
    table.sort_by("address");
    vec![Block::line("Link Routes"), Block::Table(table)]
}

fn address(row: &Row<'_>) -> String {
    let prefix = row.text("prefix").filter(|prefix| !prefix.is_empty());
    prefix.or_else(|| row.text("pattern")).unwrap_or_default().to_owned()
}
