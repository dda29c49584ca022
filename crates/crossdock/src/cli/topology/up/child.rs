//! A router or a broker, as a process of this program.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout_at};

/// Most of a log that is read to find something in it (bytes).
const MAX_LOG: u64 = 1 << 20;

/// How often the log of a child is looked at that is starting.
const LOOK: Duration = Duration::from_millis(3);

/// A process of the mesh.
#[derive(Debug)]
pub(super) struct Child {
    /// Id of the router or broker.
    pub(super) id: String,
    arguments: Vec<String>,
    /// What it writes to stdout and stderr.
    pub(super) log: PathBuf,
    /// Number of `Listening on` in its log by which it can be connected to.
    listeners: usize,
    process: Option<tokio::process::Child>,
    /// Process id, while it runs.
    pub(super) pid: Option<u32>,
    /// How it ended, if nobody had asked it to.
    pub(super) end: Option<ExitStatus>,
    /// How often it was started again.
    pub(super) restarts: u32,
}

impl Child {
    pub(super) fn new(id: &str, arguments: Vec<String>, log: PathBuf, listeners: usize) -> Self {
        let id = id.to_owned();
        Self { id, arguments, log, listeners, process: None, pid: None, end: None, restarts: 0 }
    }

    /// Starts it, or starts it again. A group of its own: Ctrl-C on the terminal is for the parent, which ends its children
    /// in order.
    pub(super) fn start(&mut self) -> io::Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let process = Command::new(std::env::current_exe()?)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        self.pid = process.id();
        self.process = Some(process);
        self.end = None;
        Ok(())
    }

    /// Waits until it listens, it ended, or the time is over.
    pub(super) async fn wait_until_it_listens(&mut self, deadline: Instant) {
        while Instant::now() < deadline && self.pid.is_some() {
            if read(&self.log).matches("Listening on ").count() >= self.listeners {
                return;
            }
            self.look();
            sleep(LOOK).await;
        }
    }

    /// Sees whether it ended by itself. True the first time it did.
    pub(super) fn look(&mut self) -> bool {
        let Some(process) = &mut self.process else { return false };
        let Ok(Some(status)) = process.try_wait() else { return false };
        self.end = Some(status);
        self.pid = None;
        self.process = None;
        true
    }

    /// Tells it to end.
    pub(super) fn terminate(&self) {
        if let Some(pid) = self.pid.and_then(|pid| i32::try_from(pid).ok()) {
            // Should it have ended just now, it still has its process id until it is waited for.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }

    /// Waits for its end after [`Child::terminate`]. Kills it when the time is over; false then.
    pub(super) async fn wait_for_end(&mut self, deadline: Instant) -> bool {
        let Some(mut process) = self.process.take() else { return true };
        self.pid = None;
        if timeout_at(deadline, process.wait()).await.is_ok() {
            return true;
        }
        let _ = process.kill().await;
        false
    }

    /// The last lines of its log.
    pub(super) fn tail(&self, lines: usize) -> String {
        let text = read(&self.log);
        let all: Vec<&str> = text.lines().collect();
        all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
    }
}

fn read(log: &Path) -> String {
    let mut text = Vec::new();
    if let Ok(file) = File::open(log) {
        let _ = io::Read::read_to_end(&mut io::Read::take(file, MAX_LOG), &mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}
