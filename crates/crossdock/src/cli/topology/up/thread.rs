//! A member of the mesh as a thread of this process: a router or broker whole, with its own sockets, clock and log, that
//! shares nothing with the others but the program.

use std::any::Any;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout_at};

use super::member::LOOK;
use crate::cli::read;
use crate::logging::Logging;
use crate::test_broker;

/// What a thread does, from its start to its end; the error is why it could not, or could not go on.
pub(super) type Job = Arc<dyn Fn(Signals) -> Result<(), String> + Send + Sync>;

/// What is told between a thread and who started it.
#[derive(Debug)]
pub(super) struct Signals {
    /// To be told when it listens.
    pub(super) ready: oneshot::Sender<()>,
    /// Ready, with or without a word, when it is to end.
    pub(super) stop: oneshot::Receiver<()>,
}

/// How to start it, and the thread while it runs.
pub(super) struct Thread {
    job: Job,
    running: Option<Running>,
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("running", &self.running).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Running {
    handle: JoinHandle<Result<(), String>>,
    ready: oneshot::Receiver<()>,
    stop: Option<oneshot::Sender<()>>,
    /// An error when the thread is at its end.
    end: oneshot::Receiver<()>,
}

impl Thread {
    pub(super) fn new(job: Job) -> Self {
        Self { job, running: None }
    }

    /// Starts it; the thread is called like this.
    pub(super) fn start(&mut self, name: &str) -> io::Result<()> {
        let (ready_sender, ready) = oneshot::channel();
        let (stop, stop_receiver) = oneshot::channel();
        let (end_sender, end) = oneshot::channel();
        let job = Arc::clone(&self.job);
        let name = name.replace('\0', "");
        let handle = Builder::new().name(name).spawn(move || {
            // Dropped at the end, whatever that is.
            let _end: oneshot::Sender<()> = end_sender;
            job(Signals { ready: ready_sender, stop: stop_receiver })
        })?;
        self.running = Some(Running { handle, ready, stop: Some(stop), end });
        Ok(())
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// How it ended, the first time it is asked after that.
    pub(super) fn look(&mut self) -> Option<String> {
        if !self.running.as_ref()?.handle.is_finished() {
            return None;
        }
        let end = match self.running.take()?.handle.join() {
            Ok(Ok(())) => String::from("by itself"),
            Ok(Err(problem)) => problem,
            Err(panic) => format!("panic: {}", words(panic.as_ref())),
        };
        Some(end)
    }

    /// Waits until it listens or the time is over; or how it ended before.
    pub(super) async fn wait_until_it_listens(&mut self, deadline: Instant) -> Option<String> {
        let running = self.running.as_mut()?;
        match timeout_at(deadline, &mut running.ready).await {
            Ok(Ok(())) | Err(_) => None,
            // It went without a word.
            Ok(Err(_)) => {
                self.wait(deadline).await;
                self.look()
            }
        }
    }

    /// Tells it to end.
    pub(super) fn terminate(&mut self) {
        if let Some(stop) = self.running.as_mut().and_then(|running| running.stop.take()) {
            // Should it have ended, it need not be told.
            let _ = stop.send(());
        }
    }

    /// Waits for its end after [`Thread::terminate`]. False if the time is over before.
    pub(super) async fn wait_for_end(&mut self, deadline: Instant) -> bool {
        self.wait(deadline).await;
        self.look();
        !self.is_running()
    }

    async fn wait(&mut self, deadline: Instant) {
        let Some(running) = &mut self.running else { return };
        let _ = timeout_at(deadline, &mut running.end).await;
        // From its last word to its end is no more than a moment.
        while !running.handle.is_finished() && Instant::now() < deadline {
            sleep(LOOK).await;
        }
    }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without words")
}

/// A router with this configuration, and this log for what it would write to the standard streams.
pub(super) fn router(configuration: PathBuf, log: PathBuf) -> Job {
    Arc::new(move |signals| {
        let logging = Logging::in_file(&log)?;
        logging.install_while(|| run_router(&configuration, &logging, signals))
    })
}

fn run_router(configuration: &Path, logging: &Logging, signals: Signals) -> Result<(), String> {
    let (configuration, warnings) = read::read(configuration).map_err(|error| error.to_string())?;
    logging.apply(&configuration, None)?;
    for warning in &warnings {
        tracing::warn!(target: "AGENT", "{warning}");
    }
    let Signals { ready, stop } = signals;
    let ready = || {
        // Should nobody wait for it any more, it will soon be told to stop.
        let _ = ready.send(());
    };
    let stop = async { drop(stop.await) };
    let run = crossdock_net::run_on_this_thread(&configuration, Arc::new(logging.clone()), ready, stop);
    run.map_err(|error| error.to_string())
}

/// A test broker with these arguments, the first of them the command, and this log.
pub(super) fn broker(arguments: Vec<String>, log: PathBuf) -> Job {
    Arc::new(move |Signals { ready, stop }| {
        let arguments = test_broker::Args::parse(&arguments)?;
        let ready = |address| {
            tracing::info!(target: "SERVER", "Listening on {address}");
            let _ = ready.send(());
        };
        Logging::in_file(&log)?.install_while(|| test_broker::run(&arguments, ready, async { drop(stop.await) }))
    })
}

/// From now on panics of these threads are told to their logs, not to stderr, where nobody would know whose they are.
pub(super) fn log_panics() {
    let otherwise = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some("main") {
            otherwise(panic);
        } else {
            tracing::error!(target: "MAIN", critical = true, "{panic}");
        }
    }));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    async fn end_of(job: Job) -> Option<String> {
        let mut thread = Thread::new(job);
        thread.start("test").unwrap();
        thread.wait_until_it_listens(soon()).await
    }

    #[tokio::test]
    async fn a_thread_that_fails_says_why() {
        assert_eq!(end_of(Arc::new(|_| Err(String::from("no port")))).await.as_deref(), Some("no port"));
        assert_eq!(end_of(Arc::new(|_| Ok(()))).await.as_deref(), Some("by itself"));
        let end = end_of(Arc::new(|_| panic!("a {} and its thread", "defect"))).await;
        assert_eq!(end.as_deref(), Some("panic: a defect and its thread"));
    }

    #[tokio::test]
    async fn a_thread_ends_when_it_is_told_and_starts_again() {
        let log = std::env::temp_dir().join(format!("crossdock-thread-{}.log", std::process::id()));
        let mut thread = Thread::new(broker(["test-broker", "--port=0"].map(String::from).to_vec(), log.clone()));
        for _ in 0..2 {
            thread.start("broker").unwrap();
            assert_eq!(thread.wait_until_it_listens(soon()).await, None);
            assert!(thread.is_running() && thread.look().is_none());
            thread.terminate();
            assert!(thread.wait_for_end(soon()).await && !thread.is_running());
        }
        assert_eq!(std::fs::read_to_string(&log).unwrap().matches("Listening on 127.0.0.1:").count(), 2);
        std::fs::remove_file(log).unwrap();
    }

    #[tokio::test]
    async fn a_thread_that_does_not_end_is_told_of() {
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let wait = std::sync::Mutex::new(wait);
        let mut thread = Thread::new(Arc::new(move |_| {
            let _ = wait.lock().unwrap().recv();
            Ok(())
        }));
        thread.start("deaf").unwrap();
        thread.terminate();
        assert!(!thread.wait_for_end(Instant::now()).await);
        drop(release);
        assert!(thread.wait_for_end(soon()).await);
    }
}
