//! `-m`: pools of memory, where a router has such.

use super::table::{Block, Column, Table, column};
use super::units::{bytes, commas, plain};
use super::view::{Answers, Detail};
use crate::management_client::Row;

pub(super) const POOL_ATTRIBUTES: &[&str] = &[
    "identity",
    "typeSize",
    "transferBatchSize",
    "localFreeListMax",
    "totalAllocFromHeap",
    "heldByThreads",
    "batchesRebalancedToThreads",
    "batchesRebalancedToGlobal",
];

const COLUMNS: [Column; 8] = [
    column("type", pool_type),
    column("size", |row| commas(row.number("typeSize"))),
    column("batch", |row| plain(row.value("transferBatchSize"))),
    column("thread-max", |row| commas(row.number("localFreeListMax"))),
    column("total", |row| commas(row.number("totalAllocFromHeap"))),
    column("in-threads", |row| commas(row.number("heldByThreads"))),
    column("rebal-in", |row| commas(row.number("batchesRebalancedToThreads"))),
    column("rebal-out", |row| commas(row.number("batchesRebalancedToGlobal"))),
];

pub(super) fn blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let pools = answers.rows(0);
    if pools.is_empty() || pools.iter().any(|pool| pool.value("totalAllocFromHeap").is_null()) {
        return vec![Block::line("No memory statistics available")];
    }
    let mut table = Table::of_rows(&COLUMNS, pools.iter(), detail.verbose);
    table.sort_by("type");
    let pooled = |sum: i128, size: i128, count: i128| sum.saturating_add(size.saturating_mul(count));
    let pooled =
        pools.iter().fold(0, |sum, pool| pooled(sum, pool.number("typeSize"), pool.number("totalAllocFromHeap")));
    let process = answers.rows(1).first().and_then(|router| router.value("memoryUsage").as_integer());
    let summary = vec![process.map_or_else(|| String::from("-"), bytes), bytes(pooled)];
    vec![
        Block::line("Memory Pools"),
        Block::Table(table),
        Block::line(""),
        Block::line("Memory Summary"),
        Block::Table(Table::new(&["VmSize", "Pooled"], vec![summary])),
    ]
}

/// Identities are `allocator/TYPE`.
fn pool_type(row: &Row<'_>) -> String {
    let identity = row.text("identity").unwrap_or_default();
    identity.split_once('/').map_or(identity, |(_, name)| name).to_owned()
}
