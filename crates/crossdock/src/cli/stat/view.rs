//! What can be shown: for each view what to ask for, and how to make blocks of the answers.

use super::table::Block;
use super::{addresses, connections, general, links, log, memory, nodes, policy, routes, vhosts};
use crate::management_client::{Rows, Value};

/// A view: questions and how their answers look.
pub(super) struct View {
    /// Its name in JSON.
    pub(super) key: &'static str,
    pub(super) asks: &'static [Ask],
    pub(super) blocks: fn(&Answers, Detail) -> Vec<Block>,
    /// Whether the time and the router's id stand above it.
    pub(super) headed: bool,
}

/// One question to an agent.
pub(super) enum Ask {
    /// QUERY of a type; all attributes if none are named.
    Query { entity: &'static str, attributes: &'static [&'static str], limited: bool },
    /// An operation of the management node.
    Operation { name: &'static str, limited: bool },
}

/// The answer to one question.
pub(super) enum Answer {
    Rows(Rows),
    Body(Value),
}

/// The answers to all questions of a view, in their order.
pub(super) struct Answers(pub(super) Vec<Answer>);

/// How much to show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    pub(super) verbose: bool,
}

static NO_ROWS: std::sync::LazyLock<Rows> = std::sync::LazyLock::new(Rows::default);

impl Answers {
    pub(super) fn rows(&self, position: usize) -> &Rows {
        match self.0.get(position) {
            Some(Answer::Rows(rows)) => rows,
            Some(Answer::Body(_)) | None => &NO_ROWS,
        }
    }

    pub(super) fn body(&self, position: usize) -> &Value {
        match self.0.get(position) {
            Some(Answer::Body(body)) => body,
            Some(Answer::Rows(_)) | None => &Value::Null,
        }
    }
}

/// The type of the router itself.
pub(super) const ROUTER: &str = "org.apache.qpid.dispatch.router";

pub(super) static GENERAL: View = View {
    key: "router",
    asks: &[Ask::Query { entity: ROUTER, attributes: &[], limited: false }],
    blocks: general::blocks,
    headed: true,
};

pub(super) static CONNECTIONS: View = View {
    key: "connections",
    asks: &[Ask::Query { entity: "org.apache.qpid.dispatch.connection", attributes: &[], limited: true }],
    blocks: connections::blocks,
    headed: true,
};

pub(super) static EDGE: View = View {
    key: "edgeConnections",
    // Which of them are of edge routers shows only here.
    asks: &[Ask::Query { entity: "org.apache.qpid.dispatch.connection", attributes: &[], limited: false }],
    blocks: connections::edge_blocks,
    headed: true,
};

pub(super) static LINKS: View = View {
    key: "links",
    asks: &[Ask::Query {
        entity: "org.apache.qpid.dispatch.router.link",
        attributes: links::ATTRIBUTES,
        limited: true,
    }],
    blocks: links::blocks,
    headed: true,
};

pub(super) static NODES: View = View {
    key: "nodes",
    asks: &[Ask::Query { entity: "org.apache.qpid.dispatch.router.node", attributes: &[], limited: true }],
    blocks: nodes::blocks,
    headed: true,
};

pub(super) static ADDRESSES: View = View {
    key: "addresses",
    asks: &[Ask::Query {
        entity: "org.apache.qpid.dispatch.router.address",
        attributes: addresses::ATTRIBUTES,
        limited: true,
    }],
    blocks: addresses::blocks,
    headed: true,
};

pub(super) static MEMORY: View = View {
    key: "memory",
    asks: &[
        Ask::Query {
            entity: "org.apache.qpid.dispatch.allocator",
            attributes: memory::POOL_ATTRIBUTES,
            limited: false,
        },
        Ask::Query { entity: ROUTER, attributes: &["memoryUsage"], limited: false },
    ],
    blocks: memory::blocks,
    headed: true,
};

pub(super) static POLICY: View = View {
    key: "policy",
    asks: &[Ask::Query { entity: "org.apache.qpid.dispatch.policy", attributes: &[], limited: false }],
    blocks: policy::blocks,
    headed: true,
};

pub(super) static AUTO_LINKS: View = View {
    key: "autoLinks",
    asks: &[Ask::Query {
        entity: "org.apache.qpid.dispatch.router.config.autoLink",
        attributes: routes::AUTO_LINK_ATTRIBUTES,
        limited: true,
    }],
    blocks: routes::auto_link_blocks,
    headed: true,
};

pub(super) static SHARDS: View = View {
    key: "shards",
    asks: &[Ask::Query {
        entity: "org.apache.qpid.dispatch.router.config.shard",
        attributes: routes::SHARD_ATTRIBUTES,
        limited: true,
    }],
    blocks: routes::shard_blocks,
    headed: true,
};

pub(super) static LINK_ROUTES: View = View {
    key: "linkRoutes",
    asks: &[Ask::Query {
        entity: "org.apache.qpid.dispatch.router.config.linkRoute",
        attributes: routes::LINK_ROUTE_ATTRIBUTES,
        limited: true,
    }],
    blocks: routes::link_route_blocks,
    headed: true,
};

pub(super) static VHOSTS: View = View {
    key: "vhosts",
    asks: &[Ask::Query { entity: "org.apache.qpid.dispatch.vhost", attributes: &[], limited: false }],
    blocks: vhosts::blocks,
    headed: false,
};

pub(super) static VHOST_GROUPS: View = View {
    key: "vhostGroups",
    asks: &[
        Ask::Query { entity: "org.apache.qpid.dispatch.vhost", attributes: &[], limited: false },
        Ask::Operation { name: "GET-SCHEMA", limited: false },
    ],
    blocks: vhosts::group_blocks,
    headed: false,
};

pub(super) static VHOST_STATS: View = View {
    key: "vhostStats",
    asks: &[Ask::Query { entity: "org.apache.qpid.dispatch.vhostStats", attributes: &[], limited: false }],
    blocks: vhosts::stats_blocks,
    headed: false,
};

pub(super) static LOG: View =
    View { key: "log", asks: &[Ask::Operation { name: "GET-LOG", limited: true }], blocks: log::blocks, headed: false };

/// What --all-entities shows, one after the other.
pub(super) static ALL_ENTITIES: [&View; 10] =
    [&LINKS, &ADDRESSES, &CONNECTIONS, &AUTO_LINKS, &LINK_ROUTES, &GENERAL, &MEMORY, &POLICY, &VHOSTS, &VHOST_STATS];
