//! `crossdock explain` and `crossdock trace`: where deliveries to an address go, and why they do not flow.
//!
//! `explain` shows what one router answers to EXPLAIN: what its tables say. `trace` shows the answer to TRACE: what became of a
//! message that was sent to find out. `text` and `tree` put the answers into words.

mod text;
mod trace;
mod tree;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Args;

use super::connection::{ConnectionArgs, TargetArgs};
use super::failure::{Failure, Style, run_client};
use super::json::to_json;
use crate::management_client::{Agent, ClientError, Request, Value};
pub(crate) use trace::{TraceArgs, run as run_trace};

const EXAMPLES: &str = "\
Example: messages to the address 'orders' do not arrive. Why?
      crossdock explain orders -b 127.0.0.1:5672

  Router A: address 'orders' (key M0orders)
    treatment: balanced, by the configured prefix 'orders'
    consumers here: 1
      L12 on C3 (container 'billing'): credit 0 for 42 s, 250 unsettled, 17 waiting — consumer without credit
    producers here: 1
      L9 on C2 (container 'shop'): credit 33, 217 unsettled
    next delivery: to consumer L12 on C3
    why deliveries do not flow:
      Consumer L12 on connection C3 (container 'billing') has given no credit for 42 s.
      250 deliveries are sent to consumer L12 and not settled.
      17 deliveries are waiting for consumer L12.

So the consumer 'billing' is the one to look at: it has 250 messages and settles none of them.

Another router of the network, through this one; then what a script may ask:
      crossdock explain orders -r Router.B
      crossdock explain orders --json | jq -r '.why[]'

See also: crossdock trace, which sends a message to find out its way through all routers.

Exit status: 0 when the router answered, 1 when it did not or refused, 2 for a wrong command line.";

/// Say where deliveries to an address go, and why they do not flow
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// The address, as clients write it
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Key of a message, where the address is spread over shards: which one takes it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Write the router's answer as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs `crossdock explain`.
pub(super) fn run(args: &ExplainArgs) -> ExitCode {
    run_client("explain", Style::Crossdock, explain(args))
}

async fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let mut session = args.connection.connect().await?;
    let mut agent = session.target(&args.target).await?;
    let answer = ask(&mut agent, &args.address, args.key.as_deref()).await?;
    let shown = if args.json { to_json(&answer, Some(2)) } else { text::explanation(&answer) };
    writeln!(io::stdout().lock(), "{}", shown.trim_end())?;
    session.close().await;
    Ok(())
}

/// Asks a router about an address.
async fn ask(agent: &mut Agent, address: &str, key: Option<&str>) -> Result<Value, ClientError> {
    let request = Request::to_node("EXPLAIN").with("address", address);
    let request = match key {
        Some(key) => request.with("key", key),
        None => request,
    };
    let answer = agent.call(request).await?.body;
    match answer.entry("key") {
        Some(_) => Ok(answer),
        None => Err(ClientError::Answer(String::from("EXPLAIN brought no explanation"))),
    }
}
