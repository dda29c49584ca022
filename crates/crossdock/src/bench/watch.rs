//! The processes under observation, over the course of a run.

use super::process::{Process, Usage};

/// Processes and what they used at the moments that matter. The load generator itself is the first.
#[derive(Debug)]
pub(super) struct Watch {
    processes: Vec<Watched>,
}

#[derive(Debug)]
pub(super) struct Watched {
    pub(super) process: Process,
    /// Before anything was connected.
    pub(super) before: Usage,
    /// When measuring began and ended.
    pub(super) start: Usage,
    pub(super) end: Usage,
    /// Largest resident memory at any sample (KiB).
    pub(super) max_rss: u64,
    /// Whether it was there to the end.
    pub(super) lives: bool,
}

impl Watch {
    /// Looks at this process and those with the given ids.
    ///
    /// # Errors
    /// One of them is not there.
    pub(super) fn new(pids: &[u32]) -> Result<Self, String> {
        let found = pids.iter().map(|&pid| Process::find(pid)).collect::<Result<Vec<_>, _>>()?;
        let watched = |process: Process| {
            let before = process.usage().ok_or_else(|| format!("process {}: cannot be measured", process.pid()))?;
            Ok(Watched { process, before, start: before, end: before, max_rss: before.rss, lives: true })
        };
        let processes = std::iter::once(Process::own()).chain(found).map(watched).collect::<Result<_, String>>()?;
        Ok(Self { processes })
    }

    /// Looks at memory.
    pub(super) fn sample(&mut self) {
        for watched in &mut self.processes {
            match watched.process.rss() {
                Some(rss) => watched.max_rss = watched.max_rss.max(rss),
                None => watched.lives = false,
            }
        }
    }

    /// Measuring begins.
    pub(super) fn start(&mut self) {
        for watched in &mut self.processes {
            if let Some(usage) = watched.look() {
                watched.start = usage;
                watched.end = usage;
            }
        }
    }

    /// Measuring ends, or would if this were the end.
    pub(super) fn end(&mut self) {
        for watched in &mut self.processes {
            if let Some(usage) = watched.look() {
                watched.end = usage;
            }
        }
    }

    /// The load generator.
    pub(super) fn own(&self) -> Option<&Watched> {
        self.processes.first()
    }

    /// The others.
    pub(super) fn others(&self) -> &[Watched] {
        self.processes.get(1..).unwrap_or_default()
    }

    /// Resident memory of the others now, in their order (KiB).
    pub(super) fn rss(&self) -> Vec<u64> {
        self.others().iter().map(|watched| watched.process.rss().unwrap_or(0)).collect()
    }
}

impl Watched {
    fn look(&mut self) -> Option<Usage> {
        let usage = self.process.usage();
        match usage {
            Some(usage) => self.max_rss = self.max_rss.max(usage.rss),
            None => self.lives = false,
        }
        usage
    }
}
