//! A process and the lines it prints.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running command. It is gone with the test.
pub(crate) struct Process {
    child: Child,
    printed: Arc<Printed>,
}

#[derive(Default)]
struct Printed {
    lines: Mutex<Lines>,
    more: Condvar,
}

#[derive(Default)]
struct Lines {
    list: Vec<String>,
    is_complete: bool,
}

impl Process {
    /// Runs the program with these arguments and nothing on stdin. What it writes to stdout and to stderr comes in the order it was written.
    pub(crate) fn start(arguments: &[String], folder: &Path) -> Process {
        Process::start_with(arguments, folder, "")
    }

    /// As [`Process::start`], with this text on stdin.
    pub(crate) fn start_with(arguments: &[String], folder: &Path, stdin: &str) -> Process {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_crossdock"))
            .args(arguments)
            .current_dir(folder)
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::piped())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer)
            .spawn()
            .unwrap();
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let printed = Arc::<Printed>::default();
        let filling = Arc::clone(&printed);
        std::thread::spawn(move || {
            for line in BufReader::new(reader).lines().map_while(Result::ok) {
                filling.lines.lock().unwrap().list.push(line);
                filling.more.notify_all();
            }
            filling.lines.lock().unwrap().is_complete = true;
            filling.more.notify_all();
        });
        Process { child, printed }
    }

    /// Waits for a line of which `pick` makes something.
    pub(crate) fn wait_for<T>(&self, what: &str, pick: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.printed.lines.lock().unwrap();
        loop {
            if let Some(found) = lines.list.iter().find_map(|line| pick(line)) {
                return found;
            }
            assert!(!lines.is_complete, "{what}: it ended without '{what}': {:#?}", lines.list);
            lines = self.wait(lines, deadline, what);
        }
    }

    /// Waits for the end: all lines, and the status.
    pub(crate) fn wait_for_end(&mut self, what: &str) -> (Vec<String>, ExitStatus) {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.printed.lines.lock().unwrap();
        while !lines.is_complete {
            lines = self.wait(lines, deadline, what);
        }
        let list = lines.list.clone();
        drop(lines);
        (list, self.child.wait().unwrap())
    }

    fn wait<'a>(
        &self,
        lines: std::sync::MutexGuard<'a, Lines>,
        deadline: Instant,
        what: &str,
    ) -> std::sync::MutexGuard<'a, Lines> {
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "{what}: waited {PATIENCE:?} in vain; it printed {:#?}", lines.list);
        self.printed.more.wait_timeout(lines, left).unwrap().0
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        kill(Pid::from_raw(self.child.id() as i32), Signal::SIGTERM).unwrap();
    }

    /// Ends it without a word.
    pub(crate) fn kill(&self) {
        kill(Pid::from_raw(self.child.id() as i32), Signal::SIGKILL).unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
