//! A member of the mesh as a process of this program.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout_at};

use super::member::{LOOK, read_log};

/// How to start it, and the process while it runs.
#[derive(Debug)]
pub(super) struct Process {
    arguments: Vec<String>,
    /// Number of `Listening on` in its log by which it can be connected to.
    listeners: usize,
    child: Option<Child>,
}

impl Process {
    /// `arguments` begin with the command of the program.
    pub(super) fn new(arguments: Vec<String>, listeners: usize) -> Self {
        Self { arguments, listeners, child: None }
    }

    /// Starts it. A group of its own: Ctrl-C on the terminal is for the parent, which ends its children in order. And a pipe
    /// from the parent: however the parent ends, the child sees that.
    pub(super) fn start(&mut self, log: &Path) -> io::Result<()> {
        let log = File::options().create(true).append(true).open(log)?;
        let child = Command::new(std::env::current_exe()?)
            .args(&self.arguments)
            .arg("--end-with-stdin")
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// How it ended, the first time it is asked after that.
    pub(super) fn look(&mut self) -> Option<ExitStatus> {
        let status = self.child.as_mut()?.try_wait().ok()??;
        self.child = None;
        Some(status)
    }

    /// Waits until it listens or the time is over; or how it ended before.
    pub(super) async fn wait_until_it_listens(&mut self, log: &Path, deadline: Instant) -> Option<ExitStatus> {
        while Instant::now() < deadline && read_log(log).matches("Listening on ").count() < self.listeners {
            if let Some(status) = self.look() {
                return Some(status);
            }
            sleep(LOOK).await;
        }
        None
    }

    /// Tells it to end.
    pub(super) fn terminate(&self) {
        if let Some(pid) = self.pid().and_then(|pid| i32::try_from(pid).ok()) {
            // Should it have ended just now, it still has its process id until it is waited for.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }

    /// Waits for its end after [`Process::terminate`]. Kills it when the time is over; false then.
    pub(super) async fn wait_for_end(&mut self, deadline: Instant) -> bool {
        let Some(mut child) = self.child.take() else { return true };
        if timeout_at(deadline, child.wait()).await.is_ok() {
            return true;
        }
        let _ = child.kill().await;
        false
    }
}
