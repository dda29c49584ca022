//! The command line of qdrouterd 1.19: options, texts and exit statuses that scripts know.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use super::Start;
use super::read::{ReadError, read};
use crate::Launch;
use crate::daemon::{self, Parent, Stage};
use crate::logging::Logging;

/// The version whose place Crossdock takes; tools compare it with their own.
const VERSION: &str = "1.19.0";

const DEFAULT_CONFIG: &str = "/etc/qpid-dispatch/qdrouterd.conf";

#[derive(Debug, Parser)]
#[command(disable_help_flag = true, disable_version_flag = true, infer_long_args = true, no_binary_name = true)]
struct Options {
    #[arg(short = 'c', long, default_value = DEFAULT_CONFIG, overrides_with = "config")]
    config: PathBuf,
    #[arg(short = 'I', long, overrides_with = "include")]
    include: Option<OsString>,
    #[arg(short = 'd', long, overrides_with = "daemon")]
    daemon: bool,
    #[arg(short = 'P', long, overrides_with = "pidfile")]
    pidfile: Option<PathBuf>,
    #[arg(short = 'U', long, overrides_with = "user")]
    user: Option<String>,
    #[arg(short = 'T', long, overrides_with = "test_hooks")]
    test_hooks: bool,
    #[arg(short = 'v', long, overrides_with = "version")]
    version: bool,
    #[arg(short = 'h', long, overrides_with = "help")]
    help: bool,
    /// How far the process is on its way to a daemon; only the program itself gives it.
    #[arg(long, hide = true)]
    daemon_stage: Option<Stage>,
    unexpected: Vec<OsString>,
}

/// A failure as qdrouterd tells it.
struct Failure {
    kind: &'static str,
    text: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind, self.text)
    }
}

/// `as_command` says that the arguments stood behind `crossdock qdrouterd`.
pub(super) fn run(program: &OsStr, as_command: bool, arguments: &[OsString], start: Start) -> ExitCode {
    let program_name = program.to_string_lossy();
    let options = match Options::try_parse_from(arguments) {
        Ok(options) => options,
        Err(error) => {
            let text = error.to_string();
            let problem = text.lines().next().unwrap_or_default();
            eprintln!("{program_name}: {}", problem.strip_prefix("error: ").unwrap_or(problem));
            print_usage(&program_name);
            return ExitCode::FAILURE;
        }
    };
    if options.help {
        print_usage(&program_name);
        return ExitCode::SUCCESS;
    }
    if options.version {
        println!("{VERSION}");
        return ExitCode::SUCCESS;
    }
    if !options.unexpected.is_empty() {
        let words: Vec<_> = options.unexpected.iter().map(|word| word.to_string_lossy()).collect();
        eprintln!("Unexpected arguments: {}", words.join(" "));
        print_usage(&program_name);
        return ExitCode::FAILURE;
    }
    match options.daemon_stage {
        None if options.daemon => {
            let again = |stage: Stage| repeat(&options, as_command, stage);
            daemon::detach(program, again(Stage::Session))
        }
        None => start_here(&program_name, &options, None, start),
        Some(Stage::Session) => daemon::leave_session(program, repeat(&options, as_command, Stage::Daemon)),
        Some(Stage::Daemon) => {
            let parent = Parent::take();
            if let Err(problem) = daemon::settle(options.pidfile.as_deref(), options.user.as_deref()) {
                parent.fail(&format!("{program_name}: {problem}"));
                return ExitCode::FAILURE;
            }
            start_here(&program_name, &options, Some(Arc::new(parent)), start)
        }
    }
}

/// The arguments again, for the next stage of the daemon; it will stand in another directory.
fn repeat(options: &Options, as_command: bool, stage: Stage) -> Vec<OsString> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).into_os_string();
    let mut arguments: Vec<OsString> = Vec::new();
    if as_command {
        arguments.push("qdrouterd".into());
    }
    arguments.extend(["--daemon-stage".into(), stage.as_str().into(), "--config".into(), absolute(&options.config)]);
    if let Some(pidfile) = &options.pidfile {
        arguments.extend(["--pidfile".into(), absolute(pidfile)]);
    }
    if let Some(user) = &options.user {
        arguments.extend(["--user".into(), user.into()]);
    }
    if options.test_hooks {
        arguments.push("--test-hooks".into());
    }
    arguments
}

/// Starts the router in this process. Failures go to the log and to stderr, or to the parent of a daemon.
fn start_here(program: &str, options: &Options, parent: Option<Arc<Parent>>, start: Start) -> ExitCode {
    let complain = |text: &str| match &parent {
        Some(parent) => parent.fail(&format!("{program}: {text}")),
        None => eprintln!("{program}: {text}"),
    };
    let logging = Logging::new();
    logging.install();
    let failures = match read(&options.config).map_err(|error| failures(&options.config, error)) {
        Ok((configuration, warnings)) => match logging.apply(&configuration, None) {
            Ok(()) => {
                for warning in &warnings {
                    tracing::warn!(target: "AGENT", "{warning}");
                }
                let announced = parent.clone();
                let ready = Box::new(move || announced.iter().for_each(|parent| parent.ready()));
                match start(Launch { configuration, logging, ready }) {
                    Ok(()) => return ExitCode::SUCCESS,
                    Err(problem) => {
                        tracing::error!(target: "MAIN", critical = true, "Router start-up failed: {problem}");
                        complain(&problem);
                        return ExitCode::FAILURE;
                    }
                }
            }
            Err(problem) => vec![cannot_load(&options.config, &problem)],
        },
        Err(failures) => failures,
    };
    for failure in &failures {
        tracing::error!(target: "ERROR", "{failure}");
    }
    for failure in failures.iter().take(1) {
        tracing::error!(target: "MAIN", critical = true, "Router start-up failed: {failure}");
    }
    for failure in &failures {
        complain(&failure.to_string());
    }
    ExitCode::FAILURE
}

fn failures(config: &Path, error: ReadError) -> Vec<Failure> {
    match error {
        ReadError::Unreadable { problem, .. } if !config.exists() || std::fs::File::open(config).is_err() => {
            let _ = problem;
            vec![Failure { kind: "Not found", text: String::from("Configuration file could not be opened") }]
        }
        ReadError::Unreadable { problem, .. } => vec![cannot_load(config, &problem)],
        ReadError::Empty { .. } => {
            vec![Failure { kind: "Configuration", text: String::from("Configuration file was empty") }]
        }
        ReadError::Invalid(errors) => errors
            .iter()
            .map(|error| {
                // The path stands before it already.
                let line = if error.line > 0 { format!("line {}: ", error.line) } else { String::new() };
                let entity = if error.entity.is_empty() { String::new() } else { format!("{}: ", error.entity) };
                cannot_load(config, &format!("{line}{entity}{}", error.problem))
            })
            .collect(),
    }
}

fn cannot_load(config: &Path, reason: &str) -> Failure {
    let config = config.display();
    Failure { kind: "Python", text: format!("Exception: Cannot load configuration file {config}: {reason}") }
}

fn print_usage(program: &str) {
    println!(
        "\
Usage: {program} [OPTIONS]

  -c, --config=PATH ({DEFAULT_CONFIG})
                             Load configuration from file at PATH
  -I, --include=PATH         Accepted for compatibility; Crossdock needs no Python modules
  -d, --daemon               Run process as a SysV-style daemon
  -P, --pidfile=PATH         If daemon, the file for the stored daemon pid
  -U, --user=USERNAME        If daemon, the username to run as
  -T, --test-hooks           Enable internal system testing features
  -v, --version              Print the version of qdrouterd this program stands in for
  -h, --help                 Print this help"
    );
}
