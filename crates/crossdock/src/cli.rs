//! The command line of `crossdock`, and what each command does up to the start of the router.

mod check;
pub(crate) mod connection;
mod explain;
pub(crate) mod failure;
pub(crate) mod json;
mod manage;
mod paint;
mod qdrouterd;
mod read;
mod stat;
mod stock;
mod topology;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use crossdock_schema::LogFormat;

use crate::Launch;
use crate::bench;
use crate::logging::Logging;
use crate::messages;
use crate::parent;
use crate::test_broker;
use failure::Style;

/// Runs the router with a [`Launch`]; the error is why it could not start.
pub(crate) type Start = fn(Launch) -> Result<(), String>;

const EXAMPLES: &str = "\
Examples:
  Run a router in the foreground; SIGTERM or Ctrl-C stops it:
      crossdock run -c router.conf

  See everything that is wrong with a configuration, without running it:
      crossdock check -c router.conf
      crossdock check -c router.conf --json | jq '.errors[]'

  Send a first message through it, from a second and a third terminal:
      crossdock receive news
      crossdock send news 'hello, world'

  See what a running router does, and change what it is told to do:
      crossdock stat -l -b 127.0.0.1:5672
      crossdock manage create --type address prefix=news distribution=multicast

  Find out why messages do not arrive, and which way they take:
      crossdock explain news
      crossdock trace news

  Describe a whole mesh in one file, and see where messages go and what a failure does:
      crossdock topology check mesh.yaml
      crossdock topology plan mesh.yaml --all-failures

  Take the place of qdrouterd, with its options; links named qdstat and qdmanage work as well:
      crossdock qdrouterd -c /etc/qpid-dispatch/qdrouterd.conf -d -P /run/qdrouterd.pid
      ln -s $(command -v crossdock) /usr/sbin/qdrouterd

  The smallest configuration that serves clients:
      listener {
          host: 127.0.0.1
          port: 5672
      }
";

/// AMQP 1.0 dispatch router: carries messages between clients without owning them
#[derive(Debug, Parser)]
#[command(name = "crossdock", version, after_help = EXAMPLES, arg_required_else_help = true, disable_help_subcommand = true, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a router in the foreground
    Run {
        /// Configuration file; a name that ends in .json means the JSON form
        #[arg(short, long, value_name = "FILE")]
        config: PathBuf,
        /// How log lines are written; overrules router.logFormat of the configuration
        #[arg(long, value_name = "FORMAT")]
        log_format: Option<LogFormatArg>,
        /// Take the end of stdin for SIGTERM
        #[arg(long, hide = true)]
        end_with_stdin: bool,
    },
    /// Read a configuration and tell what is wrong with it, or what it amounts to
    #[command(
        after_help = "Exit status: 0 when the configuration can be run, 1 when it cannot, 2 for a wrong command line."
    )]
    Check {
        /// Configuration file; a name that ends in .json means the JSON form
        #[arg(short, long, value_name = "FILE")]
        config: PathBuf,
        /// Write one JSON object to stdout instead of text
        #[arg(long)]
        json: bool,
    },
    Send(Box<messages::SendArgs>),
    Receive(Box<messages::ReceiveArgs>),
    Request(Box<messages::RequestArgs>),
    Stat(Box<stat::StatArgs>),
    Manage(Box<manage::ManageArgs>),
    Explain(Box<explain::ExplainArgs>),
    Trace(Box<explain::TraceArgs>),
    Topology(Box<topology::TopologyArgs>),
    Bench(Box<bench::Args>),
    TestBroker(test_broker::Args),
    /// Behave like qdrouterd 1.19: its options, texts and exit statuses (see: crossdock qdrouterd -h)
    #[command(disable_help_flag = true)]
    Qdrouterd {
        /// Options of qdrouterd
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
        arguments: Vec<OsString>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormatArg {
    /// qdrouterd's lines
    Text,
    /// One JSON object a line
    Json,
}

/// Does what the arguments, program name first, ask for.
pub(crate) fn run(arguments: Vec<OsString>, start: Start) -> ExitCode {
    let program = arguments.first().cloned().unwrap_or_else(|| OsString::from("crossdock"));
    let called = Path::new(&program).file_name();
    if let Some(tool) = called.and_then(OsStr::to_str).and_then(stock::Tool::named) {
        return tool.run(arguments);
    }
    let is_qdrouterd = called == Some(OsStr::new("qdrouterd"));
    let behind_program = arguments.get(1..).unwrap_or_default();
    match behind_program {
        all if is_qdrouterd => return qdrouterd::run(&program, false, all, start),
        // Before clap sees it: the rules of that command line are its own.
        [command, rest @ ..] if command == "qdrouterd" => return qdrouterd::run(&program, true, rest, start),
        _ => {}
    }
    match Cli::parse_from(arguments).command {
        Command::Run { config, log_format, end_with_stdin } => {
            if end_with_stdin {
                parent::end_with_stdin();
            }
            run_router(&config, log_format, start)
        }
        Command::Check { config, json } => check::run(&config, json),
        Command::Send(args) => messages::run_send(&args),
        Command::Receive(args) => messages::run_receive(&args),
        Command::Request(args) => messages::run_request(&args),
        Command::Stat(args) => stat::run(&args, Style::Crossdock),
        Command::Manage(args) => manage::run(&args, Style::Crossdock),
        Command::Explain(args) => explain::run(&args),
        Command::Trace(args) => explain::run_trace(&args),
        Command::Topology(args) => topology::run(&args),
        Command::Bench(args) => bench::main(&args),
        Command::TestBroker(args) => test_broker::main(&args),
        Command::Qdrouterd { arguments } => qdrouterd::run(&program, true, &arguments, start),
    }
}

fn run_router(config: &Path, log_format: Option<LogFormatArg>, start: Start) -> ExitCode {
    let logging = Logging::new();
    logging.install();
    let (configuration, warnings) = match read::read(config) {
        Ok(read) => read,
        Err(error) => {
            check::print_errors(&error);
            eprintln!("crossdock: not started: {}", error.summary(config));
            return ExitCode::FAILURE;
        }
    };
    let format = log_format.map(|format| match format {
        LogFormatArg::Text => LogFormat::Text,
        LogFormatArg::Json => LogFormat::Json,
    });
    if let Err(problem) = logging.apply(&configuration, format) {
        eprintln!("crossdock: not started: {problem}");
        return ExitCode::FAILURE;
    }
    for warning in &warnings {
        tracing::warn!(target: "AGENT", "{warning}");
    }
    match start(Launch { configuration, logging, ready: Box::new(|| ()) }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!(target: "MAIN", critical = true, "Router start-up failed: {problem}");
            eprintln!("crossdock: not started: {problem}");
            ExitCode::FAILURE
        }
    }
}
