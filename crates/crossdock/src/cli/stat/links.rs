//! `-l`: links.

use super::address_key;
use super::table::{Block, Column, Table, column, verbose};
use super::units::{blocked, plain};
use super::view::{Answers, Detail};
use crate::management_client::Row;

pub(super) const ATTRIBUTES: &[&str] = &[
    "linkType",
    "linkDir",
    "connectionId",
    "identity",
    "peer",
    "owningAddr",
    "capacity",
    "undeliveredCount",
    "unsettledCount",
    "deliveryCount",
    "presettledCount",
    "droppedPresettledCount",
    "acceptedCount",
    "rejectedCount",
    "releasedCount",
    "modifiedCount",
    "deliveriesDelayed1Sec",
    "deliveriesDelayed10Sec",
    "deliveriesStuck",
    "creditAvailable",
    "zeroCreditSeconds",
    "adminStatus",
    "operStatus",
    "linkName",
    "priority",
    "settleRate",
];

const COLUMNS: [Column; 27] = [
    column("type", |row| plain(row.value("linkType"))),
    column("dir", |row| plain(row.value("linkDir"))),
    column("conn id", |row| plain(row.value("connectionId"))),
    column("id", |row| plain(row.value("identity"))),
    column("peer", |row| plain(row.value("peer"))),
    column("class", |row| address_key::class(address(row))),
    column("addr", |row| address_key::text(address(row)).to_owned()),
    column("phs", |row| address_key::phase(address(row))),
    column("cap", |row| plain(row.value("capacity"))),
    column("pri", |row| plain(row.value("priority"))),
    column("undel", |row| plain(row.value("undeliveredCount"))),
    column("unsett", |row| plain(row.value("unsettledCount"))),
    column("deliv", |row| plain(row.value("deliveryCount"))),
    column("presett", |row| plain(row.value("presettledCount"))),
    column("psdrop", |row| plain(row.value("droppedPresettledCount"))),
    column("acc", |row| plain(row.value("acceptedCount"))),
    column("rej", |row| plain(row.value("rejectedCount"))),
    column("rel", |row| plain(row.value("releasedCount"))),
    column("mod", |row| plain(row.value("modifiedCount"))),
    column("delay", |row| (row.number("deliveriesDelayed1Sec") + row.number("deliveriesDelayed10Sec")).to_string()),
    column("rate", |row| plain(row.value("settleRate"))),
    column("stuck", |row| plain(row.value("deliveriesStuck"))),
    column("cred", |row| plain(row.value("creditAvailable"))),
    column("blkd", |row| blocked(row.number("zeroCreditSeconds"))),
    verbose("admin", |row| plain(row.value("adminStatus"))),
    verbose("oper", |row| plain(row.value("operStatus"))),
    verbose("name", |row| plain(row.value("linkName"))),
];

pub(super) fn blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let table = Table::of_rows(&COLUMNS, answers.rows(0).iter(), detail.verbose);
    vec![Block::line("Router Links"), Block::Table(table)]
}

fn address<'a>(row: &Row<'a>) -> &'a str {
    row.text("owningAddr").unwrap_or_default()
}
