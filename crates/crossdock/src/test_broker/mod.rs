//! `crossdock test-broker`: a broker for demos and tests, with queues in memory and nothing else.
//!
//! ```text
//!   socket ─► serve: a task for each connection ─► Hub ─┬─ Peer: engine, links, transactions of one connection
//!                                                       └─ Queues: messages in order, consumers in turn
//! ```
//!
//! One thread serves everything, so that the [`hub::Hub`] can be one plain value. A turn of a connection reads, lets its
//! [`peer::Peer`] handle what came, deals messages out to consumers on all connections, and writes.
//!
//! What AMQP is, the engine of `crossdock-amqp` knows. A broker must see credit as it comes and goes, for it deals a message
//! to a consumer that has some, and must send what it has before it answers a drain: the engine shows both.

mod hub;
mod peer;
mod queue;
mod serve;
mod transaction;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use clap::Parser;
use hub::Hub;
use serve::Clock;
use tokio::net::{TcpListener, lookup_host};
use tokio::signal::unix::{SignalKind, signal};

use crate::parent;

const ABOUT_AT_LENGTH: &str = "\
A broker for demos and tests: queues in memory

It is there to have a broker behind a router at hand, and it is no more than that: nothing survives its end, nothing \
bounds its memory, anybody may connect. An address is a queue, made when a link is attached to it. Consumers of a queue \
take turns as far as they give credit. Accepted and rejected messages are gone, released and modified ones go back to \
their place; a dynamic source is a queue that goes with its link. A coordinator declares and discharges local \
transactions. Filters, browsing, anonymous senders, redelivery counts and expiry are not there.";

const EXAMPLES: &str = "\
Examples:
  A broker on a port of the system's choosing, which it prints:
      crossdock test-broker --port 0

  Behind a router, whose autoLinks name the container:
      crossdock test-broker --port 5673 --container-id broker --queue orders
";

/// A broker for demos and tests: queues in memory
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT_AT_LENGTH, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Name or address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(short, long, default_value_t = 5672)]
    port: u16,
    /// Name that peers are told, by which routers know the broker
    #[arg(long, value_name = "NAME", default_value = "test-broker")]
    container_id: String,
    /// Queue to be there from the start; can be repeated
    #[arg(long, value_name = "NAME")]
    queue: Vec<String>,
    /// Refuse links to queues that are not there, instead of making them
    #[arg(long)]
    only_declared: bool,
    /// Detach links that carried nothing for this long (s), as some brokers do
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    idle_detach: Option<u32>,
    /// Take the end of stdin for SIGTERM
    #[arg(long, hide = true)]
    end_with_stdin: bool,
}

impl Args {
    /// Those of a command line: what follows `crossdock`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn parse(command_line: &[String]) -> Result<Self, String> {
        let read = Alone::try_parse_from(command_line).map_err(|error| error.to_string())?;
        Ok(read.args)
    }
}

/// The command without the program around it.
#[derive(Debug, clap::Parser)]
struct Alone {
    #[command(flatten)]
    args: Args,
}

/// Runs the broker until SIGTERM or Ctrl-C.
pub(crate) fn main(args: &Args) -> ExitCode {
    if args.end_with_stdin {
        parent::end_with_stdin();
    }
    let tell = |address: SocketAddr| {
        // Whoever does not read it knows the port.
        let _ = writeln!(std::io::stdout(), "Listening on {address}");
    };
    match run(args, tell, stop_signal()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "crossdock: test-broker: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn stop_signal() {
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Runs a broker on this thread until `stop` is ready; `ready` is told where it listens.
///
/// # Errors
///
/// It could not start.
pub(crate) fn run(args: &Args, ready: impl FnOnce(SocketAddr), stop: impl Future<Output = ()>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    tokio::task::LocalSet::new().block_on(&runtime, serve(args, ready, stop))
}

async fn serve(args: &Args, ready: impl FnOnce(SocketAddr), stop: impl Future<Output = ()>) -> Result<(), String> {
    let listener = bind(&args.host, args.port).await?;
    let mut stop = std::pin::pin!(stop);
    // Asked first: should it be a signal, that is waited for from now on.
    if poll_fn(|cx| Poll::Ready(stop.as_mut().poll(cx).is_ready())).await {
        return Ok(());
    }
    ready(listener.local_addr().map_err(|error| error.to_string())?);

    let clock = Clock::default();
    let hub = Rc::new(RefCell::new(Hub::new(args.container_id.clone(), &args.queue, !args.only_declared)));
    if let Some(seconds) = args.idle_detach {
        tokio::task::spawn_local(detach_idle_links(Rc::clone(&hub), clock, u64::from(seconds) * 1000));
    }
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    tokio::task::spawn_local(serve::connection(Rc::clone(&hub), stream, clock));
                }
                // Out of file descriptors, most likely: some connection will give one back.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            () = &mut stop => break,
        }
    }
    hub.borrow_mut().close_all(clock.now());
    let gone = async {
        while !hub.borrow().is_deserted() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(2), gone).await;
    Ok(())
}

async fn bind(host: &str, port: u16) -> Result<TcpListener, String> {
    let addresses: Vec<SocketAddr> =
        lookup_host((host, port)).await.map_err(|error| format!("{host}: {error}"))?.collect();
    TcpListener::bind(addresses.as_slice()).await.map_err(|error| format!("listen on {host}:{port}: {error}"))
}

async fn detach_idle_links(hub: Rc<RefCell<Hub>>, clock: Clock, limit: u64) {
    let mut ticks = tokio::time::interval(Duration::from_millis((limit / 4).max(50)));
    loop {
        ticks.tick().await;
        hub.borrow_mut().detach_idle_links(clock.now(), limit);
    }
}
