//! A router or an embedded broker of the mesh, while the mesh runs.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use super::process::Process;
use super::thread::Thread;

/// Most of a log that is read to find something in it (bytes).
const MAX_LOG: u64 = 1 << 20;

/// How often something is looked at that is starting or ending.
pub(super) const LOOK: Duration = Duration::from_millis(3);

/// A member of the mesh.
#[derive(Debug)]
pub(super) struct Member {
    /// Id of the router or broker.
    pub(super) id: String,
    /// What it writes to stdout and stderr.
    pub(super) log: PathBuf,
    body: Body,
    /// How it ended, if nobody had asked it to.
    pub(super) end: Option<String>,
    /// How often it was started again.
    pub(super) restarts: u32,
}

/// What runs it.
#[derive(Debug)]
pub(super) enum Body {
    Process(Process),
    Thread(Thread),
}

impl Member {
    pub(super) fn new(id: &str, log: PathBuf, body: Body) -> Self {
        Self { id: id.to_owned(), log, body, end: None, restarts: 0 }
    }

    /// Starts it, or starts it again.
    pub(super) fn start(&mut self) -> io::Result<()> {
        match &mut self.body {
            Body::Process(process) => process.start(&self.log)?,
            Body::Thread(thread) => thread.start(&self.id)?,
        }
        self.end = None;
        Ok(())
    }

    pub(super) fn is_running(&self) -> bool {
        match &self.body {
            Body::Process(process) => process.pid().is_some(),
            Body::Thread(thread) => thread.is_running(),
        }
    }

    /// Process id, while it is a process that runs.
    pub(super) fn pid(&self) -> Option<u32> {
        match &self.body {
            Body::Process(process) => process.pid(),
            Body::Thread(_) => None,
        }
    }

    /// Waits until it listens, it ended, or the time is over.
    pub(super) async fn wait_until_it_listens(&mut self, deadline: Instant) {
        let end = match &mut self.body {
            Body::Process(process) => {
                process.wait_until_it_listens(&self.log, deadline).await.map(|status| status.to_string())
            }
            Body::Thread(thread) => thread.wait_until_it_listens(deadline).await,
        };
        self.end = end.or(self.end.take());
    }

    /// Sees whether it ended by itself: how, the first time it did.
    pub(super) fn look(&mut self) -> Option<String> {
        let end = match &mut self.body {
            Body::Process(process) => process.look().map(|status| status.to_string()),
            Body::Thread(thread) => thread.look(),
        };
        self.end = end.clone().or(self.end.take());
        end
    }

    /// Tells it to end.
    pub(super) fn terminate(&mut self) {
        match &mut self.body {
            Body::Process(process) => process.terminate(),
            Body::Thread(thread) => thread.terminate(),
        }
    }

    /// Waits for its end after [`Member::terminate`]. A process is killed when the time is over; a thread ends with this
    /// process. False then.
    pub(super) async fn wait_for_end(&mut self, deadline: Instant) -> bool {
        match &mut self.body {
            Body::Process(process) => process.wait_for_end(deadline).await,
            Body::Thread(thread) => thread.wait_for_end(deadline).await,
        }
    }

    /// The last lines of its log.
    pub(super) fn tail(&self, lines: usize) -> String {
        let text = read_log(&self.log);
        let all: Vec<&str> = text.lines().collect();
        all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
    }
}

/// The beginning of a log.
pub(super) fn read_log(log: &Path) -> String {
    let mut text = Vec::new();
    if let Ok(file) = File::open(log) {
        let _ = file.take(MAX_LOG).read_to_end(&mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}
