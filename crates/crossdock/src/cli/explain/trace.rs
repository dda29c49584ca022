//! `crossdock trace`: the way that a message took.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Args;

use super::{text, tree};
use crate::cli::connection::{ConnectionArgs, TargetArgs};
use crate::cli::failure::{Failure, Style, run_client};
use crate::cli::json::to_json;
use crate::management_client::{ClientError, Request};

/// Of the time for which an answer is waited for, how much the router has to gather reports.
const SHARE: f64 = 0.8;

/// The longest that a router waits for reports (milliseconds).
const MAX_WAIT: f64 = 60_000.0;

const EXAMPLES: &str = "\
Example: which way do messages take that a client of router A sends to 'orders'?
      crossdock trace orders -b 127.0.0.1:5672

  A  M0orders, balanced, priority 4
     to router B by L14 on C2, cost 2: left after 0.03 ms
    B  answered after 0.52 ms
       to router C by L31 on C5, cost 1: left after 0.05 ms
      C  answered after 0.98 ms (+0.46 ms)
         to consumer 'billing' by L12 on C3
  A message would be delivered.

A message is sent for that: over the same links, through the same queues and by the same decisions as others, but each router on
the way takes it off before a consumer would get it, and tells where it was going. Times are how long the message was at the
router, and how long after the start the router's answer was there. Multicast shows as branches. What stops a message shows where
it stops it:

     to router B by L14 on C2, cost 2: waits: no credit from that router; behind 3 others

Where equals take turns, the next trace shows another of them. Routers that are no Crossdock get no such message: they would
deliver it.

As a client of another router; a message of one shard's; for scripts:
      crossdock trace orders -r Router.B
      crossdock trace orders --key device-7
      crossdock trace orders --json | jq -r '.hops[].router'

Exit status: 0 when somebody would get a message, 1 when nobody would or the router did not answer, 2 for a wrong command line.";

/// Send a message that is not delivered, and show which way it takes through the network
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TraceArgs {
    /// The address, as clients write it
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Key of the message, where the address is spread over shards
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Priority of the message
    #[arg(long, value_name = "0..9", default_value = "4", value_parser = clap::value_parser!(u8).range(0..=9))]
    priority: u8,
    /// Take the way of settled messages, where that is another one
    #[arg(long)]
    settled: bool,
    /// Write the router's answer as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs `crossdock trace`.
pub(crate) fn run(args: &TraceArgs) -> ExitCode {
    run_client("trace", Style::Crossdock, trace(args))
}

async fn trace(args: &TraceArgs) -> Result<(), Failure> {
    let mut session = args.connection.connect().await?;
    let mut agent = session.target(&args.target).await?;
    let wait = (args.connection.patience()?.as_secs_f64() * 1e3 * SHARE).min(MAX_WAIT);
    let request = Request::to_node("TRACE")
        .with("address", args.address.as_str())
        .with("priority", usize::from(args.priority))
        .with("settled", usize::from(args.settled))
        .with("timeout", wait as usize);
    let request = match &args.key {
        Some(key) => request.with("key", key.as_str()),
        None => request,
    };
    let answer = agent.call(request).await?.body;
    if answer.entry("hops").is_none() {
        return Err(ClientError::Answer(String::from("TRACE brought no hops")).into());
    }
    let shown = if args.json { to_json(&answer, Some(2)) } else { tree::trace(&answer) };
    writeln!(io::stdout().lock(), "{}", shown.trim_end())?;
    session.close().await;
    if text::truth(&answer, "delivered") { Ok(()) } else { Err(Failure::Told) }
}
