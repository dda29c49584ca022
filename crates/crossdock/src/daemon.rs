//! Becoming a daemon, in three processes of this program.
//!
//! A fork copies one thread of a process and whatever state its libraries are in; a new run of the program has no such
//! past. So each stage runs the program again, with a hidden option that tells how far it is:
//!
//! ```text
//! started by the user          detach()         waits for the daemon's word, exits 0 or 1
//!   --daemon-stage session     leave_session()  begins a session of its own and exits
//!     --daemon-stage daemon    settle()         no session leader: no terminal can take it over
//! ```
//!
//! The daemon's word goes through a pipe that both children have as their stdin until the daemon takes it away.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};

use clap::ValueEnum;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{User, dup2_stdin, setsid, setuid};

/// What the daemon says when it is up; everything else it says is an error.
const READY: &str = "ready\n";

/// Most the parent reads of an error, in bytes.
const MAX_WORD: u64 = 1 << 20;

/// How far a process is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// To begin a session.
    Session,
    /// To become the daemon.
    Daemon,
}

impl Stage {
    /// The value of the hidden option.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Stage::Session => "session",
            Stage::Daemon => "daemon",
        }
    }
}

/// In the process the user started: starts the next stage and waits for what the daemon says.
pub(crate) fn detach(program: &OsStr, arguments: Vec<OsString>) -> ExitCode {
    let word = || -> std::io::Result<String> {
        let (reader, writer) = std::io::pipe()?;
        run_again(program, arguments, Some(writer))?.wait()?;
        let mut word = String::new();
        reader.take(MAX_WORD).read_to_string(&mut word)?;
        Ok(word)
    };
    let word = match word() {
        Ok(word) if word == READY => return ExitCode::SUCCESS,
        Ok(word) if word.is_empty() => String::from("the daemon ended before it was ready"),
        Ok(word) => word,
        Err(error) => format!("cannot start the daemon: {error}"),
    };
    eprintln!("{}", word.trim_end());
    ExitCode::FAILURE
}

/// In the second process: leaves the user's session and starts the daemon.
pub(crate) fn leave_session(program: &OsStr, arguments: Vec<OsString>) -> ExitCode {
    let result = setsid().map_err(std::io::Error::from).and_then(|_| run_again(program, arguments, None));
    match result {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            Parent::take().fail(&format!("cannot start the daemon: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run_again(
    program: &OsStr,
    arguments: Vec<OsString>,
    pipe: Option<PipeWriter>,
) -> std::io::Result<std::process::Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg0(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    // Without a pipe of its own the child inherits that of this process.
    if let Some(pipe) = pipe {
        command.stdin(pipe);
    }
    command.spawn()
}

/// In the daemon: directory, file mode mask, pid file and user. `pidfile` must be absolute.
///
/// # Errors
///
/// A sentence about what could not be done.
pub(crate) fn settle(pidfile: Option<&Path>, user: Option<&str>) -> Result<(), String> {
    std::env::set_current_dir("/").map_err(|error| format!("cannot change to directory /: {error}"))?;
    if let Some(path) = pidfile {
        // With the mask of the user still: nobody else is to write it.
        let pid = format!("{}\n", std::process::id());
        std::fs::write(path, pid).map_err(|error| format!("cannot write pid file {}: {error}", path.display()))?;
    }
    umask(Mode::empty());
    if let Some(name) = user {
        let user = User::from_name(name).map_err(|error| format!("cannot look up user {name}: {error}"))?;
        let user = user.ok_or_else(|| format!("no such user: {name}"))?;
        setuid(user.uid).map_err(|error| format!("cannot become user {name}: {error}"))?;
    }
    Ok(())
}

/// The daemon's side of the pipe to the process the user started. What is said first is all that is heard.
#[derive(Debug)]
pub(crate) struct Parent(Mutex<Option<File>>);

impl Parent {
    /// Takes the pipe away from stdin.
    pub(crate) fn take() -> Parent {
        let pipe = std::io::stdin().as_fd().try_clone_to_owned().ok().map(File::from);
        if let Ok(nothing) = File::open("/dev/null") {
            // Should it fail, the parent still hears the word, only not its end.
            let _ = dup2_stdin(nothing);
        }
        Parent(Mutex::new(pipe))
    }

    /// The daemon is up.
    pub(crate) fn ready(&self) {
        self.say(READY, true);
    }

    /// Adds a line to the reasons why the daemon is not up.
    pub(crate) fn fail(&self, reason: &str) {
        self.say(&format!("{reason}\n"), false);
    }

    fn say(&self, word: &str, is_last: bool) {
        let mut pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = pipe.as_mut() {
            // A parent that has been killed does not listen; the daemon goes on.
            let _ = open.write_all(word.as_bytes());
        }
        if is_last {
            *pipe = None;
        }
    }
}
