//! CPU time and memory of processes, from `/proc`.

use std::fs;
use std::path::PathBuf;

/// A process under observation.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pid: u32,
    name: String,
}

/// What a process has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// CPU time of its threads that live (ns).
    pub(super) cpu: u64,
    /// Resident memory (KiB).
    pub(super) rss: u64,
}

impl Process {
    /// The process with this id.
    ///
    /// # Errors
    /// There is none, in words for the user.
    pub(super) fn find(pid: u32) -> Result<Self, String> {
        let name =
            fs::read_to_string(format!("/proc/{pid}/comm")).map_err(|error| format!("process {pid}: {error}"))?;
        Ok(Self { pid, name: name.trim().into() })
    }

    /// This process.
    pub(super) fn own() -> Self {
        Self { pid: std::process::id(), name: "bench".into() }
    }

    /// Its id.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it has used; none if it is gone.
    pub(super) fn usage(&self) -> Option<Usage> {
        Some(Usage { cpu: self.cpu()?, rss: self.rss()? })
    }

    fn path(&self, file: &str) -> PathBuf {
        format!("/proc/{}/{file}", self.pid).into()
    }

    /// Sum over its threads: the schedstat of the process itself counts its first thread only.
    fn cpu(&self) -> Option<u64> {
        let mut sum = 0;
        for task in fs::read_dir(self.path("task")).ok()?.flatten() {
            // A thread may end between the listing and the reading.
            if let Ok(text) = fs::read_to_string(task.path().join("schedstat")) {
                sum += parse_schedstat(&text)?;
            }
        }
        Some(sum)
    }

    /// Resident memory (KiB) alone: cheaper than all of the usage.
    pub(super) fn rss(&self) -> Option<u64> {
        parse_rss(&fs::read_to_string(self.path("status")).ok()?)
    }
}

/// Nanoseconds on a CPU: the first of three numbers.
fn parse_schedstat(text: &str) -> Option<u64> {
    text.split_ascii_whitespace().next()?.parse().ok()
}

/// The `VmRSS` line (KiB).
fn parse_rss(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedstat_begins_with_the_time_on_a_cpu() {
        assert_eq!(parse_schedstat("123456789 42 7\n"), Some(123_456_789));
        assert_eq!(parse_schedstat(""), None);
    }

    #[test]
    fn resident_memory_is_read_from_its_line() {
        assert_eq!(parse_rss("Name:\tx\nVmHWM:\t  9000 kB\nVmRSS:\t    8196 kB\nThreads:\t1\n"), Some(8196));
        assert_eq!(parse_rss("Name:\tx\n"), None);
    }

    #[test]
    fn work_of_any_thread_shows() {
        let own = Process::own();
        let before = own.usage().unwrap();
        let (done, wait) = std::sync::mpsc::channel();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            let mut x = 1u64;
            for n in 0..20_000_000u64 {
                x = std::hint::black_box(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n));
            }
            done.send(x).unwrap();
            let _ = held.recv();
        });
        wait.recv().unwrap();
        let after = own.usage().unwrap();
        assert!(after.cpu > before.cpu, "{before:?} {after:?}");
        assert!(after.rss > 0);
        drop(release);
        thread.join().unwrap();
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        assert!(Process::find(u32::MAX).is_err());
        assert_eq!(Process { pid: u32::MAX, name: String::new() }.usage(), None);
    }
}
