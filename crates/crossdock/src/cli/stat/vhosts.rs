//! `--vhosts`, `--vhostgroups` and `--vhoststats`.

use super::table::{Block, Column, Table, column};
use super::units::{or, plain, python};
use super::view::{Answers, Detail};
use crate::management_client::Value;

const COLUMNS: [Column; 7] = [
    column("hostname", |row| plain(row.value("hostname"))),
    column("maxConnections", |row| python(row.value("maxConnections"))),
    column("maxMessageSize", |row| python(row.value("maxMessageSize"))),
    column("maxConnectionsPerUser", |row| python(row.value("maxConnectionsPerUser"))),
    column("maxConnectionsPerHost", |row| python(row.value("maxConnectionsPerHost"))),
    column("allowUnknownUser", |row| plain(row.value("allowUnknownUser"))),
    column("groups", |row| row.value("groups").as_map().map_or(0, <[_]>::len).to_string()),
];

const STATS_COLUMNS: [Column; 8] = [
    column("hostname", |row| plain(row.value("hostname"))),
    column("connectionsApproved", |row| python(row.value("connectionsApproved"))),
    column("connectionsDenied", |row| python(row.value("connectionsDenied"))),
    column("connectionsCurrent", |row| python(row.value("connectionsCurrent"))),
    column("sessionDenied", |row| python(row.value("sessionDenied"))),
    column("senderDenied", |row| python(row.value("senderDenied"))),
    column("receiverDenied", |row| python(row.value("receiverDenied"))),
    column("maxMessageSizeDenied", |row| python(row.value("maxMessageSizeDenied"))),
];

/// The settings of a group that stand in one table for all groups: numbers, and then what is allowed.
const LIMITS: [&str; 8] = [
    "maxConnectionsPerUser",
    "maxConnectionsPerHost",
    "maxMessageSize",
    "maxFrameSize",
    "maxSessionWindow",
    "maxSessions",
    "maxSenders",
    "maxReceivers",
];

const PERMISSIONS: [&str; 7] = [
    "allowDynamicSource",
    "allowAnonymousSender",
    "allowUserIdProxy",
    "allowWaypointLinks",
    "allowDynamicLinkRoutes",
    "allowAdminStatusUpdate",
    "allowFallbackLinks",
];

/// The settings that stand in a table for each group.
const LISTS: [&str; 6] = ["users", "remoteHosts", "sources", "targets", "sourcePattern", "targetPattern"];

const NO_VHOSTS: &str = "No Vhosts";

pub(super) fn blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let vhosts = answers.rows(0);
    if vhosts.is_empty() {
        return vec![Block::line(NO_VHOSTS)];
    }
    vec![Block::line("Vhosts"), Block::Table(Table::of_rows(&COLUMNS, vhosts.iter(), detail.verbose))]
}

pub(super) fn stats_blocks(answers: &Answers, detail: Detail) -> Vec<Block> {
    let stats = answers.rows(0);
    if stats.is_empty() {
        return vec![Block::line("No Vhost Stats")];
    }
    let mut users = Vec::new();
    for row in stats.iter() {
        for (user, connections) in row.value("perUserState").as_map().unwrap_or_default() {
            users.push(vec![plain(row.value("hostname")), user.clone(), plain(connections)]);
        }
    }
    vec![
        Block::line("Vhost Stats"),
        Block::Table(Table::of_rows(&STATS_COLUMNS, stats.iter(), detail.verbose)),
        Block::line(""),
        Block::line("Vhost User Stats"),
        Block::Table(Table::new(&["vhost", "user", "remote hosts"], users)),
    ]
}

pub(super) fn group_blocks(answers: &Answers, _detail: Detail) -> Vec<Block> {
    let vhosts = answers.rows(0);
    if vhosts.is_empty() {
        return vec![Block::line(NO_VHOSTS)];
    }
    let defaults = Defaults::new(answers.body(1));
    let mut summary = Vec::new();
    let mut lists = Vec::new();
    for vhost in vhosts.iter() {
        let host = plain(vhost.value("hostname"));
        for (group, settings) in vhost.value("groups").as_map().unwrap_or_default() {
            let setting = |name: &str| settings.entry(name).or_else(|| defaults.value(name)).unwrap_or(&Value::Null);
            let mut row = vec![host.clone(), group.clone()];
            row.extend(LIMITS.iter().map(|name| or(setting(name), "(nil)")));
            row.extend(PERMISSIONS.iter().map(|name| or(setting(name), "False")));
            summary.push(row);
            let mut facts = vec![("vhost", host.clone()), ("group", group.clone())];
            facts.extend(LISTS.iter().map(|name| (*name, or(setting(name), "(nil)"))));
            lists.extend([
                Block::line(""),
                Block::Line(format!("Vhost '{host}' UserGroup '{group}'")),
                Block::Table(Table::of_facts(facts)),
            ]);
        }
    }
    let heads: Vec<_> = ["vhost", "group"].into_iter().chain(LIMITS).chain(PERMISSIONS).collect();
    let mut blocks = vec![Block::line("Vhost Groups"), Block::Table(Table::new(&heads, summary))];
    blocks.append(&mut lists);
    blocks
}

/// What the router's schema says a setting is when it is not given.
struct Defaults<'a>(Option<&'a Value>);

impl<'a> Defaults<'a> {
    fn new(schema: &'a Value) -> Self {
        let settings = schema.entry("entityTypes").and_then(|types| types.entry("vhostUserGroupSettings"));
        Defaults(settings.and_then(|settings| settings.entry("attributes")))
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.0?.entry(name)?.entry("default")
    }
}
