//! `crossdock bench`: a load generator for any AMQP 1.0 server.
//!
//! ```text
//!   args ─► Plan ─► Course (run.rs) ──phases──► Crew: threads ─► connections: driver ─► sender, receiver, idle, churn
//!                      │  ▲                        │
//!                      │  └──────counters──────────┘
//!                      └─► Report (table or JSON)
//! ```
//!
//! The load generator runs on the same machine as the server that it measures, and must take little of it: connections
//! share one thread, a wake-up reads once and writes once, and dispositions and credit are written for what a whole read
//! brought. It decides what is measured and counts it; what AMQP is, the engine of `crossdock-amqp` knows.
//!
//! Read `driver` first, then `sender` and `receiver`, then `run`.

mod args;
mod body;
mod churn;
mod control;
mod counters;
mod crew;
mod driver;
mod histogram;
mod idle;
mod link;
mod pace;
mod process;
mod progress;
mod receiver;
mod report;
mod run;
mod seen;
mod sender;
mod watch;

use std::io::Write;
use std::process::ExitCode;

pub(crate) use args::Args;
use args::{Plan, Work};
use report::Report;

/// Runs `crossdock bench`: 0 if all went well, 1 if something was lost or failed, 2 if the arguments make no sense.
pub(crate) fn main(args: &Args) -> ExitCode {
    let plan = match args.plan() {
        Ok(plan) => plan,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return ExitCode::from(2);
        }
    };
    raise_open_files(&plan);
    match run::run(&plan) {
        Ok(figures) => {
            let report = Report::new(&plan, figures);
            let text =
                if plan.json { serde_json::to_string(&report).unwrap_or_default() + "\n" } else { report.to_string() };
            let _ = std::io::stdout().write_all(text.as_bytes());
            if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Every connection is an open file: asks for as many as the system allows this process, if the plan needs them.
fn raise_open_files(plan: &Plan) {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let needed = 64
        + match &plan.work {
            // A connection that keeps a schedule has a timer too.
            Work::Traffic(traffic) => 2 * (u64::from(traffic.senders) + u64::from(traffic.receivers)),
            Work::Idle { connections, .. } | Work::Churn { connections, .. } => u64::from(*connections),
        };
    if let Ok((current, most)) = getrlimit(Resource::RLIMIT_NOFILE)
        && current < needed
    {
        // If that is not enough, connecting fails and says why.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, most, most);
    }
}
