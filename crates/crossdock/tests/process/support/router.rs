//! A router process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::PATIENCE;

/// A router that runs until the test is over. Then it must end by SIGTERM with status 0, and must not have panicked.
pub(crate) struct Router {
    child: Child,
    folder: PathBuf,
    log: Arc<Log>,
    ports: BTreeMap<String, u16>,
    is_over: bool,
}

impl Router {
    /// With one listener, called `plain`, that has all defaults.
    pub(crate) fn start() -> Self {
        Self::with_listener("")
    }

    /// With one listener, called `plain`, that has these attributes, one a line.
    pub(crate) fn with_listener(attributes: &str) -> Self {
        Self::with("plain", &listener("plain", attributes))
    }

    /// With these sections. `listeners` are the names of those among them whose port is 0.
    pub(crate) fn with(listeners: &str, sections: &str) -> Self {
        Self::run(command(), &["run"], listeners, sections)
    }

    /// As this command, with `arguments` in front of `-c FILE`.
    pub(crate) fn run(command: Command, arguments: &[&str], listeners: &str, sections: &str) -> Self {
        Self::configured(command, arguments, listeners, &format!("router {{\nid: R\n}}\n{sections}"))
    }

    /// In mode interior, with this id. `listeners` are as for [`Router::with`].
    pub(crate) fn interior(id: &str, listeners: &str, sections: &str) -> Self {
        let router = format!("router {{\nmode: interior\nid: {id}\n}}\n");
        Self::configured(command(), &["run"], listeners, &format!("{router}{sections}"))
    }

    /// With these attributes of the section `router`, which other sections may follow. The last one is not closed.
    pub(crate) fn with_router(listeners: &str, sections: &str) -> Self {
        Self::configured(command(), &["run"], listeners, &format!("router {{\n{sections}}}\n"))
    }

    fn configured(mut command: Command, arguments: &[&str], listeners: &str, configuration: &str) -> Self {
        let folder = folder();
        std::fs::write(folder.join("router.conf"), configuration).unwrap();
        let mut child = command
            .args(arguments)
            .args(["-c", "router.conf"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Log::read(child.stderr.take().unwrap());
        let mut router = Self { child, folder, log, ports: BTreeMap::new(), is_over: false };
        for name in listeners.split_whitespace() {
            let line =
                router.wait_for(name, |line| line.contains("Listening on") && line.ends_with(&format!("({name})")));
            let port = line.split_whitespace().rev().nth(1).and_then(|address| address.rsplit(':').next());
            router.ports.insert(name.into(), port.unwrap().parse().unwrap());
        }
        router
    }

    /// The port of the listener `plain`.
    pub(crate) fn port(&self) -> u16 {
        self.port_of("plain")
    }

    pub(crate) fn port_of(&self, listener: &str) -> u16 {
        *self.ports.get(listener).unwrap()
    }

    /// Waits for a line of the log and returns it.
    pub(crate) fn wait_for(&self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.log.lock();
        loop {
            if let Some(line) = lines.list.iter().find(|line| is_it(line)) {
                return line.clone();
            }
            assert!(!lines.is_complete, "the router ended; waited for {what}\n{}", lines.tail());
            lines = self.log.wait(lines, deadline, what);
        }
    }

    /// Waits until so many lines of the log hold this text.
    pub(crate) fn wait_for_count(&self, text: &str, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.log.lock();
        while lines.list.iter().filter(|line| line.contains(text)).count() < count {
            assert!(!lines.is_complete, "the router ended; waited for {count} times '{text}'\n{}", lines.tail());
            lines = self.log.wait(lines, deadline, text);
        }
    }

    /// The log so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log.lock().list.clone()
    }

    /// Lines of the log so far that hold this text.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(text)).count()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }

    /// Waits for the end of the process.
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        self.is_over = true;
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.log.lock();
        while !lines.is_complete {
            lines = self.log.wait(lines, deadline, "the end of the process");
        }
        let panics = lines.list.iter().find(|line| line.contains("panicked"));
        assert!(panics.is_none(), "the router panicked: {panics:?}\n{}", lines.tail());
        self.child.wait().unwrap()
    }

    fn terminate(&mut self) {
        let early = self.child.try_wait().unwrap();
        assert!(early.is_none(), "the router ended by itself: {early:?}\n{}", self.log.lock().tail());
        self.signal(Signal::SIGTERM);
        let status = self.wait_for_end();
        assert_eq!((status.code(), status.signal()), (Some(0), None), "{}", self.log.lock().tail());
    }

    /// Memory that the process has resident now (bytes). The next [`Router::growth`] counts from here.
    pub(crate) fn mark_memory(&self) -> u64 {
        // Starts the high-water mark anew.
        std::fs::write(self.proc("clear_refs"), "5").unwrap();
        self.status("VmRSS")
    }

    /// By how much resident memory was higher, at its highest, than when it was marked (bytes).
    pub(crate) fn growth(&self, mark: u64) -> u64 {
        self.status("VmHWM").saturating_sub(mark)
    }

    /// Processor time of the process so far.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(self.proc("stat")).unwrap();
        // Behind the name, which may hold anything: state is field 3, user and system time are 14 and 15, in 1/100 s.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields.get(11..13).unwrap().iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(10 * ticks)
    }

    fn status(&self, key: &str) -> u64 {
        let status = std::fs::read_to_string(self.proc("status")).unwrap();
        let line = status.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id())
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the end of the router's log:\n{}", self.log.lock().tail());
        } else if !self.is_over {
            self.terminate();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossdock"));
    command.env_remove("RUST_BACKTRACE");
    command
}

/// A listener section with a port of the system's choosing.
pub(crate) fn listener(name: &str, attributes: &str) -> String {
    format!("listener {{\nname: {name}\nhost: 127.0.0.1\nport: 0\n{attributes}\n}}\n")
}

/// A new directory.
pub(crate) fn folder() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("process-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What the process has written to stderr.
#[derive(Default)]
struct Log {
    lines: Mutex<Lines>,
    more: Condvar,
}

#[derive(Default)]
struct Lines {
    list: Vec<String>,
    /// The process has closed its end, and so has ended.
    is_complete: bool,
}

impl Lines {
    fn tail(&self) -> String {
        let start = self.list.len().saturating_sub(30);
        self.list.get(start..).unwrap_or_default().join("\n")
    }
}

impl Log {
    fn read(stream: impl Read + Send + 'static) -> Arc<Self> {
        let log = Arc::<Self>::default();
        let reader = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                reader.lock().list.push(line);
                reader.more.notify_all();
            }
            reader.lock().is_complete = true;
            reader.more.notify_all();
        });
        log
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn wait<'a>(&self, lines: MutexGuard<'a, Lines>, deadline: Instant, what: &str) -> MutexGuard<'a, Lines> {
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "waited {PATIENCE:?} in vain for {what}\n{}", lines.tail());
        self.more.wait_timeout(lines, left).unwrap().0
    }
}
