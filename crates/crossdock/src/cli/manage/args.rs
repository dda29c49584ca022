//! The options of `crossdock manage`, spelled as those of qdmanage.

use clap::Args;

use super::super::connection::{ConnectionArgs, TargetArgs};

pub(super) const EXAMPLES: &str = "\
Operations (upper or lower case):
  QUERY [ATTRIBUTE...]            entities of a --type, or of all types; only these attributes
  READ                            the entity of this --type and --name or --identity
  CREATE ATTRIBUTE=VALUE...       a new entity
  UPDATE ATTRIBUTE=VALUE...       change attributes of an entity
  DELETE                          an entity
  GET-TYPES, GET-ATTRIBUTES, GET-OPERATIONS, GET-ANNOTATIONS [TYPE]
                                  what the router knows of a type, or of all types
  GET-MGMT-NODES                  management addresses of all routers of the network
  GET-LOG [limit=N]               the newest lines of the log
  GET-SCHEMA, GET-JSON-SCHEMA     all types with their attributes
  other words are sent as they are, with ATTRIBUTE=VALUE as text properties

A TYPE without a dot is completed: listener, connector, log, vhost; link, node; address, linkRoute, autoLink, shard.

Examples:
  What is configured?
      crossdock manage query --type listener
      crossdock manage query --type address name prefix distribution
  Add an address to the running router, look at it, and take it away again:
      crossdock manage create --type address --name orders prefix=orders distribution=multicast
      crossdock manage read --type address --name orders
      crossdock manage delete --type address --name orders
  Log more:
      crossdock manage update --type log --name log/SERVER enable=debug+
  Close a connection (its number is in: crossdock stat -c):
      crossdock manage update --type connection --identity 7 adminStatus=deleted
  Many at once, from a JSON list of maps that name their types:
      crossdock manage create --stdin < entities.json
  Another router of the network:
      crossdock manage query --type connector -r Router.B

Exit status: 0 when it is done, 1 when the router did not answer or refused, 2 for a wrong command line.";

/// Read and change the configuration of a running router
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(crate) struct ManageArgs {
    /// What to do: QUERY, READ, CREATE, UPDATE, DELETE, GET-TYPES and so on
    #[arg(value_name = "OPERATION")]
    pub(super) operation: Option<String>,
    /// Attributes: names for QUERY, NAME=VALUE to create and update, a type for GET-TYPES and the like
    #[arg(value_name = "ARGUMENT")]
    pub(super) arguments: Vec<String>,
    /// Type of entity
    #[arg(long, value_name = "TYPE")]
    pub(super) r#type: Option<String>,
    /// Name of the entity
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Identity of the entity
    #[arg(long, value_name = "ID")]
    pub(super) identity: Option<String>,
    /// Blanks for each level of JSON; -1 puts all on one line
    #[arg(long, value_name = "BLANKS", default_value = "2", allow_negative_numbers = true)]
    indent: i64,
    /// Attributes to QUERY, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) attributes: Vec<String>,
    /// At most so many entities of a QUERY; 0 for all
    #[arg(long, value_name = "ROWS", default_value = "0", hide_default_value = true)]
    pub(super) limit: usize,
    /// Read the attributes from stdin: a JSON map, or a list of maps
    #[arg(long)]
    pub(super) stdin: bool,
    /// JSON value that takes the place of the request's body
    #[arg(long, value_name = "JSON")]
    pub(super) body: Option<String>,
    /// JSON map of properties to send besides
    #[arg(long, value_name = "JSON")]
    pub(super) properties: Option<String>,
    /// Show the response as it came: statusCode, statusDescription and body, also those of a refusal
    #[arg(long)]
    pub(super) raw: bool,
    /// Accepted as qdmanage does; changes nothing
    #[arg(short, long, hide = true)]
    verbose: bool,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) connection: ConnectionArgs,
}

impl ManageArgs {
    /// Blanks for each level; None for one line.
    pub(super) fn indent(&self) -> Option<usize> {
        usize::try_from(self.indent).ok().map(|indent| indent.min(64))
    }
}
