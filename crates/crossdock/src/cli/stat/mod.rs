//! `crossdock stat`: what a running router does, in the tables of qdstat, in CSV or in JSON.
//!
//! A [`view::View`] is data: what to ask a management agent for, and a function that makes blocks of text and tables of
//! the answers. `look` asks, `write` prints. Nothing but `look` talks to a router.

mod address_key;
mod addresses;
mod args;
mod connections;
mod general;
mod links;
mod log;
mod look;
mod memory;
mod nodes;
mod policy;
mod routes;
mod table;
mod units;
mod vhosts;
mod view;
mod write;

use std::io::{self, BufWriter, IsTerminal, Write as _};
use std::process::ExitCode;

pub(crate) use args::StatArgs;

use super::failure::{Failure, Style, run_client};
use look::Watcher;

/// Makes a terminal empty.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

/// Runs `crossdock stat`, or what is called qdstat.
pub(super) fn run(args: &StatArgs, style: Style) -> ExitCode {
    run_client("stat", style, watch(args))
}

async fn watch(args: &StatArgs) -> Result<(), Failure> {
    let mut watcher = Watcher::connect(args).await?;
    let clear = args.watch().is_some() && !args.json && io::stdout().is_terminal();
    let mut between = if clear { CLEAR } else { "" };
    loop {
        let sight = watcher.look().await?;
        let mut out = BufWriter::new(io::stdout().lock());
        write!(out, "{between}")?;
        write::write(&mut out, &sight, args)?;
        out.flush()?;
        drop(out);
        if !clear && !args.json {
            between = "\n";
        }
        match args.watch() {
            Some(pause) => tokio::time::sleep(pause).await,
            None => break,
        }
    }
    watcher.close().await;
    Ok(())
}
