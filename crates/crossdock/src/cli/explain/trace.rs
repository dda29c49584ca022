//! `crossdock trace`: the way of a message, hop by hop.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;

use super::{ask, text};
use crate::cli::connection::{ConnectionArgs, Session};
use crate::cli::failure::{Failure, Style, run_client};
use crate::cli::json::to_json;
use crate::management_client::{ClientError, Value};

/// Hops in one answer, at most.
const MAX_HOPS: usize = 256;

const EXAMPLES: &str = "\
Example: which way do messages take that a client of router A sends to 'orders'?
      crossdock trace orders -b 127.0.0.1:5672

  A  to router B on C2, cost 2  (round trip 0.4 ms)
    B  to router C on C5, cost 1  (round trip 0.7 ms, +0.3 ms)
      C  to consumer L12 on C3  (round trip 1.1 ms, +0.4 ms)

Each router is asked what it would do with the next delivery; nothing is delivered. Multicast addresses, and equals that
take turns, show as branches. A router that stops the way says why:

      C  to consumer L12 on C3  (round trip 1.1 ms, +0.4 ms)
         Consumer L12 on connection C3 (container 'billing') has given no credit for 42 s.

For scripts: hops in the order in which they were asked, each with its depth and the router's whole answer:
      crossdock trace orders --json | jq -r '.hops[].router'

Exit status: 0 when the routers answered, 1 when one did not or refused, 2 for a wrong command line.";

/// Follow the way of a message to an address through the network, without sending one
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TraceArgs {
    /// The address, as clients write it
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// A router on the way.
struct Hop {
    depth: usize,
    router: String,
    found: Found,
}

enum Found {
    Answer {
        answer: Value,
        round_trip: Duration,
        /// Of the hop before.
        before: Option<Duration>,
    },
    /// The message was there before.
    Loop,
    /// The router did not answer.
    Silent(ClientError),
    /// The way goes on, and is not followed.
    TooLong,
}

/// A router to ask.
struct Ahead {
    router: Option<String>,
    way: Vec<String>,
    before: Option<Duration>,
}

/// Runs `crossdock trace`.
pub(crate) fn run(args: &TraceArgs) -> ExitCode {
    run_client("trace", Style::Crossdock, trace(args))
}

async fn trace(args: &TraceArgs) -> Result<(), Failure> {
    let mut session = args.connection.connect().await?;
    let hops = follow(&mut session, &args.address).await?;
    let shown = if args.json { to_json(&object(&args.address, &hops), Some(2)) } else { lines(&hops) };
    writeln!(io::stdout().lock(), "{}", shown.trim_end())?;
    session.close().await;
    match hops.into_iter().find_map(|hop| if let Found::Silent(error) = hop.found { Some(error) } else { None }) {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// Asks one router after the other, each branch to its end before the next.
async fn follow(session: &mut Session, address: &str) -> Result<Vec<Hop>, ClientError> {
    let mut hops: Vec<Hop> = Vec::new();
    let mut origin: Option<String> = None;
    // A router where branches meet is asked once.
    let mut known: HashMap<String, (Value, Duration)> = HashMap::new();
    let mut ahead = vec![Ahead { router: None, way: Vec::new(), before: None }];
    while let Some(Ahead { router, mut way, before }) = ahead.pop() {
        let depth = way.len();
        let named = router.clone().unwrap_or_default();
        if way.contains(&named) {
            hops.push(Hop { depth, router: named, found: Found::Loop });
            continue;
        }
        if hops.len() >= MAX_HOPS {
            hops.push(Hop { depth, router: named, found: Found::TooLong });
            break;
        }
        let looked = match known.get(&named) {
            Some(seen) => Ok(seen.clone()),
            None => look(session, router.as_deref(), address, origin.as_deref()).await,
        };
        let (answer, round_trip) = match looked {
            Ok(seen) => seen,
            Err(error) if router.is_some() => {
                hops.push(Hop { depth, router: named, found: Found::Silent(error) });
                continue;
            }
            Err(error) => return Err(error),
        };
        let id = text::text(&answer, "router").to_owned();
        origin.get_or_insert_with(|| id.clone());
        known.insert(id.clone(), (answer.clone(), round_trip));
        way.push(id.clone());
        let steps = text::list(&answer, "next").iter();
        let onward = steps.filter_map(|step| step.entry("router")?.as_text());
        for next in onward.rev() {
            ahead.push(Ahead { router: Some(next.to_owned()), way: way.clone(), before: Some(round_trip) });
        }
        hops.push(Hop { depth, router: id, found: Found::Answer { answer, round_trip, before } });
    }
    Ok(hops)
}

/// Asks a router, the one at the other end if it has no name, and takes the time of the answer alone.
async fn look(
    session: &mut Session,
    router: Option<&str>,
    address: &str,
    origin: Option<&str>,
) -> Result<(Value, Duration), ClientError> {
    let mut agent = match router {
        Some(router) => session.at(&format!("_topo/0/{router}/$management")).await?,
        None => session.here().await?,
    };
    // The first request on new links waits for credit, too.
    ask(&mut agent, address, origin, None).await?;
    let asked = Instant::now();
    let answer = ask(&mut agent, address, origin, None).await?;
    Ok((answer, asked.elapsed()))
}

fn lines(hops: &[Hop]) -> String {
    let mut out = String::new();
    for Hop { depth, router, found } in hops {
        let indent = "  ".repeat(*depth);
        let _ = write!(out, "{indent}{router}  ");
        match found {
            Found::Answer { answer, round_trip, before } => {
                let _ = write!(out, "{}  (round trip {:.1} ms", text::decision(answer), millis(*round_trip));
                if let Some(before) = before {
                    let _ = write!(out, ", {:+.1} ms", millis(*round_trip) - millis(*before));
                }
                out.push_str(")\n");
                let under = " ".repeat(router.chars().count() + 2);
                for sentence in text::why(answer) {
                    let _ = writeln!(out, "{indent}{under}{sentence}");
                }
            }
            Found::Loop => out.push_str("again: the way is a loop\n"),
            Found::Silent(error) => {
                let _ = writeln!(out, "does not answer: {error}");
            }
            Found::TooLong => {
                let _ = writeln!(out, "and so on: {MAX_HOPS} hops are followed");
            }
        }
    }
    out
}

fn object(address: &str, hops: &[Hop]) -> Value {
    let entry = |name: &str, value: Value| (name.to_owned(), value);
    let hop = |hop: &Hop| {
        let mut entries = vec![entry("router", Value::text(&hop.router)), entry("depth", hop.depth.into())];
        match &hop.found {
            Found::Answer { answer, round_trip, before } => {
                let trip = millis(*round_trip);
                let difference = before.map_or(Value::Null, |before| Value::Real(trip - millis(before)));
                entries.push(entry("decision", Value::Text(text::decision(answer))));
                entries.push(entry("roundTripMillis", Value::Real(trip)));
                entries.push(entry("differenceMillis", difference));
                entries.push(entry("answer", answer.clone()));
            }
            Found::Loop => entries.push(entry("problem", Value::text("loop"))),
            Found::Silent(error) => entries.push(entry("problem", Value::Text(error.to_string()))),
            Found::TooLong => entries.push(entry("problem", Value::text("too many hops"))),
        }
        Value::Map(entries)
    };
    Value::Map(vec![entry("address", Value::text(address)), entry("hops", Value::List(hops.iter().map(hop).collect()))])
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
