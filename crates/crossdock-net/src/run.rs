//! A router: start, serve, stop. As a process of its own ([`run`]), or on one thread of a process with others ([`run_on_this_thread`]).

use crossdock_core::address::RouterMode;
use crossdock_core::work::Work;
use crossdock_router::{Node, Shared, StartFailure};
use crossdock_schema::Configuration;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::runtime::{Builder, Runtime};
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::listener::Serving;
use crate::plan;
use crate::platform::{Doors, LogBook, Process, lock};
use crate::signals::{Stop, StopSignals};

/// How long peers get to answer our close before the process ends.
const FAREWELL: Duration = Duration::from_secs(3);

/// How a router ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// By SIGTERM or SIGQUIT.
    Terminated,
    /// By SIGINT: the process should end by that signal too.
    Interrupted,
}

/// Why a router did not start, or did not go on.
#[derive(Debug)]
pub enum RunError {
    /// The runtime, its signals or its randomness could not be set up.
    System(io::Error),
    /// A listener could not bind.
    Listener(StartFailure),
    /// The node failed while it ran: without it nobody can attach any more.
    Node,
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(error) => write!(f, "cannot start: {error}"),
            Self::Listener(failure) => failure.fmt(f),
            Self::Node => f.write_str("its node failed: this is a defect of Crossdock"),
        }
    }
}

impl std::error::Error for RunError {}

/// Runs a router until a signal stops it. `log` is for management; `ready` is called when all listeners listen.
///
/// # Errors
/// It could not start or go on; the log says why, too.
pub fn run(configuration: &Configuration, log: Arc<dyn LogBook>, ready: impl FnOnce()) -> Result<Outcome, RunError> {
    let configured = configuration.router.worker_threads.max(1) as usize;
    // More threads than processors only wake each other up.
    let threads = configured.min(std::thread::available_parallelism().map_or(configured, usize::from));
    let runtime = Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name("crossdock")
        .enable_all()
        .build()
        .map_err(RunError::System)?;
    let served = async {
        let mut signals = StopSignals::install().map_err(RunError::System)?;
        serve(configuration, log, configured, ready, signals.wait()).await
    };
    let stop = finish(runtime, served)?;
    Ok(match stop {
        Stop::Terminate => Outcome::Terminated,
        Stop::Interrupt => Outcome::Interrupted,
    })
}

/// Runs a router on this thread and no other, until `stop` is ready; `router.workerThreads` is not followed. What it logs
/// goes to the subscriber of this thread. `log` is for management; `ready` is called when all listeners listen.
///
/// # Errors
/// It could not start or go on; the log says why, too.
pub fn run_on_this_thread(
    configuration: &Configuration,
    log: Arc<dyn LogBook>,
    ready: impl FnOnce(),
    stop: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(RunError::System)?;
    finish(runtime, serve(configuration, log, 1, ready, stop))
}

fn finish<T>(runtime: Runtime, served: impl Future<Output = Result<T, RunError>>) -> Result<T, RunError> {
    raise_file_limit();
    let outcome = runtime.block_on(served);
    runtime.shutdown_timeout(Duration::from_secs(1));
    if outcome.is_ok() {
        info!(target: "SERVER", notice = true, "Shut Down");
    }
    outcome
}

async fn serve<T>(
    configuration: &Configuration,
    log: Arc<dyn LogBook>,
    threads: usize,
    ready: impl FnOnce(),
    stop: impl Future<Output = T>,
) -> Result<T, RunError> {
    let mut random = [0; 15];
    getrandom::fill(&mut random).map_err(|error| RunError::System(io::Error::other(error)))?;
    let instance = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs());
    let router = plan::router(configuration, random, instance);
    let settings = &router.settings;
    let shared = Shared::new(settings, Box::new(entropy));
    info!(target: "SERVER", "Container Name: {}", settings.id);
    match settings.mode {
        RouterMode::Standalone => info!(target: "ROUTER", "Router started in Standalone mode"),
        RouterMode::Interior => {
            info!(target: "ROUTER", "Router started in Interior mode, area=0 id={}", settings.id);
        }
        RouterMode::Edge => info!(target: "ROUTER", "Router started in Edge mode"),
    }
    info!(target: "ROUTER", "Version: {}", plan::COMPATIBLE_VERSION);
    info!(target: "ROUTER_CORE", "Router Core thread running. 0/{}", settings.id);
    if settings.mode == RouterMode::Interior {
        info!(
            target: "ROUTER",
            "Router Engine Instantiated: id={} instance={instance} max_routers={}", settings.id, settings.link_state.router_limit
        );
    }
    info!(
        target: "POLICY",
        "Policy configured maxConnections: {}, policyDir: '',access rules enabled: 'false', use hostname patterns: 'false'",
        configuration.policy.max_connections
    );

    let serving = Serving {
        shared: Arc::clone(&shared),
        clock: Clock::start(),
        max_connections: configuration.policy.max_connections as usize,
        admission: Arc::default(),
    };
    let clock = serving.clock;
    let doors = Doors::new(&serving);
    let process = Process {
        router,
        doors: Arc::clone(&doors),
        admission: Arc::clone(&serving.admission),
        log,
        threads: u32::try_from(threads).unwrap_or(u32::MAX),
    };
    let mut node = Node::new(Arc::clone(&shared), clock.now());
    node.set_platform(Box::new(process));

    if configuration.listeners.is_empty() && configuration.connectors.is_empty() {
        warn!(target: "CONN_MGR", "No listener is configured: nobody can connect to this router");
    }
    info!(
        target: "SERVER",
        notice = true,
        "Operational, {threads} Threads Running (process ID {})",
        std::process::id()
    );
    if let Err(failure) = node.configure(configuration) {
        error!(target: "SERVER", critical = true, "Shutting down, required listener failed {}", failure.address);
        return Err(RunError::Listener(failure));
    }
    let node = tokio::spawn(run_node(node, clock));
    ready();

    let stop = tokio::select! {
        stop = stop => stop,
        _ = node => {
            error!(target: "SERVER", critical = true, "Shutting down, the node failed");
            return Err(RunError::Node);
        }
    };
    lock(&doors).listeners.close_all();
    say_goodbye(&shared);
    lock(&doors).connectors.close_all();
    farewell(&shared).await;
    Ok(stop)
}

/// Closes all connections.
fn say_goodbye(shared: &Shared) {
    for mailbox in shared.mailboxes() {
        mailbox.instruct(Work::Close { description: "Router is shutting down".into() });
    }
}

/// Waits, not for long, until the peers have answered our closes.
async fn farewell(shared: &Shared) {
    let all_gone = async {
        while shared.connection_count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(FAREWELL, all_gone).await.is_err() {
        info!(target: "SERVER", "{} connections did not answer our close", shared.connection_count());
    }
}

async fn run_node(mut node: Node, clock: Clock) {
    loop {
        let due = node.poll_timeout();
        let timer = async {
            match clock.instant(due) {
                Some(instant) => tokio::time::sleep_until(instant).await,
                None => std::future::pending().await,
            }
        };
        let actions = poll_fn(|cx| -> Poll<()> {
            let mut any = false;
            while node.handle_actions(clock.now(), Some(cx.waker())) {
                any = true;
                // Whoever asks for much must not keep it from greeting its neighbours.
                if node.poll_timeout() <= clock.now() {
                    break;
                }
            }
            if any { Poll::Ready(()) } else { Poll::Pending }
        });
        tokio::select! {
            () = actions => {}
            () = timer => {}
        }
        if node.poll_timeout() <= clock.now() {
            node.handle_timeout(clock.now());
        }
    }
}

/// A router has a socket for each connection: it takes as many as the system lets it have. That it could not is
/// logged.
pub fn raise_file_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls are given a structure of the right type that outlives them.
    let raised = unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 && {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) == 0
        }
    };
    if !raised {
        warn!(target: "SERVER", "The limit of open files could not be raised: {}", io::Error::last_os_error());
    }
}

/// Unguessable octets for temporary addresses.
fn entropy() -> [u8; 15] {
    let mut random = [0; 15];
    if let Err(problem) = getrandom::fill(&mut random) {
        // A guessable address would be worse than none.
        error!(target: "SERVER", critical = true, "no random numbers from the system: {problem}");
        std::process::abort();
    }
    random
}
