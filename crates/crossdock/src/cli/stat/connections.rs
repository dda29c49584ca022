//! `-c` and `-e`: connections of all kinds, and those of edge routers.

use super::table::{Block, Column, Table, column};
use super::units::{plain, python, uptime};
use super::view::{Answers, Detail};
use crate::management_client::Row;

const COLUMNS: [Column; 11] = [
    column("id", |row| plain(row.value("identity"))),
    column("host", |row| plain(row.value("host"))),
    column("container", |row| plain(row.value("container"))),
    column("role", |row| plain(row.value("role"))),
    column("proto", |row| plain(row.value("protocol"))),
    column("dir", |row| plain(row.value("dir"))),
    column("security", security),
    column("authentication", authentication),
    column("tenant", tenant),
    column("last dlv", last_delivery),
    column("uptime", |row| uptime(row.number("uptimeSeconds"))),
];

const EDGE_COLUMNS: [Column; 9] = [
    column("id", |row| plain(row.value("identity"))),
    column("host", |row| plain(row.value("host"))),
    column("container", |row| plain(row.value("container"))),
    column("role", |row| plain(row.value("role"))),
    column("dir", |row| plain(row.value("dir"))),
    column("security", security),
    column("authentication", authentication),
    column("tenant", tenant),
    column("active", |row| String::from(if row.is_true("active") { "yes" } else { "no" })),
];

pub(super) fn blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let table = Table::of_rows(&COLUMNS, answers.rows(0).iter(), detail.verbose);
    vec![Block::line("Connections"), Block::Table(table)]
}

pub(super) fn edge_blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let edges: Vec<_> = answers.rows(0).iter().filter(|row| row.text("role") == Some("edge")).collect();
    if edges.is_empty() {
        return vec![Block::line("No Edge Router Connections")];
    }
    let table = Table::of_rows(&EDGE_COLUMNS, edges.into_iter(), detail.verbose);
    vec![Block::line("Connections"), Block::Table(table)]
}

fn security(row: &Row<'_>) -> String {
    match (row.is_true("isEncrypted"), row.text("sasl")) {
        (false, _) => String::from("no-security"),
        (true, Some("GSSAPI")) => String::from("Kerberos"),
        (true, _) => format!("{}({})", python(row.value("sslProto")), python(row.value("sslCipher"))),
    }
}

fn authentication(row: &Row<'_>) -> String {
    if !row.is_true("isAuthenticated") {
        return String::from("no-auth");
    }
    let mechanism = match row.text("sasl") {
        Some("ANONYMOUS") => return String::from("anonymous-user"),
        Some("GSSAPI") => "Kerberos",
        Some("EXTERNAL") => "x.509",
        Some(other) => other,
        None => "",
    };
    match row.text("user") {
        Some(user) if !user.is_empty() => {
            let mechanism = if row.value("sasl").is_null() { "None" } else { mechanism };
            format!("{user}({mechanism})")
        }
        Some(_) | None => mechanism.to_owned(),
    }
}

/// The tenant without the slash that ends it.
fn tenant(row: &Row<'_>) -> String {
    let tenant = row.text("tenant").unwrap_or_default();
    tenant.strip_suffix('/').unwrap_or(tenant).to_owned()
}

fn last_delivery(row: &Row<'_>) -> String {
    match row.value("lastDlvSeconds").as_integer() {
        Some(seconds) => uptime(seconds),
        None => String::from("-"),
    }
}
