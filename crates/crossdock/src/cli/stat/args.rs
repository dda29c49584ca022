//! The options of `crossdock stat`, spelled as those of qdstat.

use std::time::Duration;

use clap::{ArgGroup, Args};

use super::super::connection::{ConnectionArgs, TargetArgs};
use super::view::{self, View};

pub(super) const EXAMPLES: &str = "\
Examples:
  Is the router there, and what has it done?
      crossdock stat -b router.example:5672
  Who is connected, and what comes and goes on their links?
      crossdock stat -c
      crossdock stat -l
  Which addresses have consumers, here and elsewhere?
      crossdock stat -a
  Another router of the network, through this one; then all of them:
      crossdock stat -n
      crossdock stat -l -r Router.B
      crossdock stat -c --all-routers
  For scripts: all attributes, under the names that management has for them:
      crossdock stat -l --json | jq '.routers[].links[] | select(.creditAvailable == 0) | .linkName'
      crossdock stat -a --csv | tail -n +5 > addresses.csv
  Look again every second:
      crossdock stat -a --watch 1
  The newest lines of the router's log:
      crossdock stat --log --limit 20

Columns of -l: cap capacity, undel not sent yet, unsett sent and not settled, presett sent settled, psdrop of those dropped,
acc rej rel mod outcomes, delay settled after more than a second, rate settled a second, stuck unsettled for 10 seconds and
more, cred credit that is left, blkd for how long there is none.
Columns of -a: local remote consumers, in out thru deliveries, fallback deliveries that went to the fallback.

Exit status: 0 when the router answered, 1 when it did not or refused, 2 for a wrong command line.";

/// Show what a running router does: connections, links, addresses, routers, counters
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, args_override_self = true, group = ArgGroup::new("display").multiple(false))]
pub(crate) struct StatArgs {
    /// Show more columns (-l, -a, -n)
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// At most so many rows; 0 for all
    #[arg(long, value_name = "ROWS", default_value = "0", allow_negative_numbers = true, hide_default_value = true)]
    limit: i64,
    /// Write tables as comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
    /// Write one JSON object instead of text (one for each look with --watch)
    #[arg(long)]
    pub(super) json: bool,
    /// Look again every so many seconds (2 if not given), until interrupted
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2")]
    watch: Option<f64>,

    /// The router and its counters (this is shown if nothing else is asked for)
    #[arg(short, long, group = "display", help_heading = "Display")]
    general: bool,
    /// Connections
    #[arg(short, long, group = "display", help_heading = "Display")]
    connections: bool,
    /// Links
    #[arg(short, long, group = "display", help_heading = "Display")]
    links: bool,
    /// Routers of the network
    #[arg(short, long, group = "display", help_heading = "Display")]
    nodes: bool,
    /// Connections of edge routers
    #[arg(short, long, group = "display", help_heading = "Display")]
    edge: bool,
    /// Addresses
    #[arg(short, long, group = "display", help_heading = "Display")]
    address: bool,
    /// Memory
    #[arg(short, long, group = "display", help_heading = "Display")]
    memory: bool,
    /// Policy
    #[arg(short, long, group = "display", help_heading = "Display")]
    policy: bool,
    /// Auto links
    #[arg(long, group = "display", help_heading = "Display")]
    autolinks: bool,
    /// Shards: addresses that share the messages to another one by a key
    #[arg(long, group = "display", help_heading = "Display")]
    shards: bool,
    /// Link routes
    #[arg(long, group = "display", help_heading = "Display")]
    linkroutes: bool,
    /// Vhosts of the policy
    #[arg(long, group = "display", help_heading = "Display")]
    vhosts: bool,
    /// User groups of the vhosts
    #[arg(long, group = "display", help_heading = "Display")]
    vhostgroups: bool,
    /// What the vhosts allowed and denied
    #[arg(long, group = "display", help_heading = "Display")]
    vhoststats: bool,
    /// The newest lines of the log
    #[arg(long, group = "display", help_heading = "Display")]
    log: bool,
    /// Links, addresses, connections, auto links, link routes, the router, memory, policy and vhosts
    #[arg(long, group = "display", help_heading = "Display")]
    all_entities: bool,

    /// Ask all routers of the network
    #[arg(long, group = "target", help_heading = "Target")]
    pub(super) all_routers: bool,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) connection: ConnectionArgs,
}

impl StatArgs {
    /// What to show. `--all-entities` are more than one.
    pub(super) fn views(&self) -> Vec<&'static View> {
        let views: [(bool, &'static View); 14] = [
            (self.connections, &view::CONNECTIONS),
            (self.links, &view::LINKS),
            (self.nodes, &view::NODES),
            (self.edge, &view::EDGE),
            (self.address, &view::ADDRESSES),
            (self.memory, &view::MEMORY),
            (self.policy, &view::POLICY),
            (self.autolinks, &view::AUTO_LINKS),
            (self.shards, &view::SHARDS),
            (self.linkroutes, &view::LINK_ROUTES),
            (self.vhosts, &view::VHOSTS),
            (self.vhostgroups, &view::VHOST_GROUPS),
            (self.vhoststats, &view::VHOST_STATS),
            (self.log, &view::LOG),
        ];
        if self.all_entities {
            return view::ALL_ENTITIES.to_vec();
        }
        let chosen = views.iter().find(|(chosen, _)| *chosen).map(|(_, view)| *view);
        vec![chosen.unwrap_or(&view::GENERAL)]
    }

    pub(super) fn is_all_entities(&self) -> bool {
        self.all_entities
    }

    /// At most so many rows; 0 for all.
    pub(super) fn limit(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(0)
    }

    /// How long to wait before looking again; at least a tenth of a second.
    pub(super) fn watch(&self) -> Option<Duration> {
        let seconds = self.watch?.clamp(0.1, 1e6);
        Some(Duration::from_secs_f64(if seconds.is_nan() { 2.0 } else { seconds }))
    }
}
