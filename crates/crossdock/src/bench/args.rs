//! The command line of `crossdock bench`, and the plan it amounts to.

use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;
use std::time::Duration;

use super::body::MIN_SIZE;

/// Generate load on an AMQP 1.0 server and measure what it costs.
///
/// Without --connections or --churn, senders send to receivers: each has a connection of its own, every message carries
/// its sender, a sequence number and the time, and what is lost, duplicated or out of order is counted.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  crossdock bench --pairs 16 --messages 1000000 --pid $(pidof crossdock)
  crossdock bench --rate 20000 --duration 10 --warmup 2          latency, open loop
  crossdock bench --address multicast/x --fan-out 3              each message to three receivers
  crossdock bench --settled --messages 1000000 --receiver-rate 50000
  crossdock bench --size 1000000 --stall --duration 10           receivers that stop reading
  crossdock bench A --receive-from B --pid PID_A --pid PID_B     across a network of routers
  crossdock bench --connections 5000 --pid PID                   memory of idle connections
  crossdock bench --churn 1000000 --pid PID                      attach and detach

Ends with 1 if a message was lost or the server failed.")]
pub(crate) struct Args {
    /// Server, as amqp://HOST:PORT or HOST:PORT
    #[arg(default_value = "127.0.0.1:5672")]
    url: Server,

    /// Server that the receivers connect to, if it is another one
    #[arg(long, value_name = "URL", visible_alias = "receive-from")]
    receive_url: Option<Server>,

    /// Address to send to; the n in braces stands for 0, 1, 2 … so that pairs have addresses of their own
    #[arg(long, default_value = "bench/{n}", value_name = "ADDRESS")]
    address: String,

    /// Senders and as many receivers, each pair with its own address
    #[arg(long, value_name = "N", conflicts_with_all = ["senders", "receivers"])]
    pairs: Option<u32>,

    /// Senders; they take addresses in turn
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    senders: Option<u32>,

    /// Receivers; they take addresses in turn and share what comes unless --fan-out is given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000), conflicts_with = "fan_out")]
    receivers: Option<u32>,

    /// Receivers per address, each of which must get every message: the address has to be a multicast one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    fan_out: Option<u32>,

    /// Messages to send, over all senders
    #[arg(long, value_name = "N", value_parser = number)]
    messages: Option<u64>,

    /// Seconds to send, or to hold idle connections [default: 10, or 5 for idle connections]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    duration: Option<Duration>,

    /// Seconds of traffic before measuring starts
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "0")]
    warmup: Duration,

    /// Bytes of the body, a data section
    #[arg(long, value_name = "BYTES", value_parser = size, default_value_t = 100)]
    size: usize,

    /// Credit that each receiver keeps outstanding
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 1000)]
    credit: u32,

    /// Send settled: no dispositions
    #[arg(long)]
    settled: bool,

    /// Messages per second over all senders, on a fixed schedule; latency counts from the scheduled time
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,

    /// Messages per second that each receiver is done with; it holds credit and settlement of the rest
    #[arg(long, value_name = "N", value_parser = rate)]
    receiver_rate: Option<f64>,

    /// Receivers grant their credit and then stop reading from their sockets
    #[arg(long, conflicts_with = "receiver_rate")]
    stall: bool,

    /// Open this many connections, each with a session and a link, and leave them idle; with --churn, churn on this many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000),
          conflicts_with_all = ["pairs", "senders", "receivers", "fan_out", "messages", "rate", "stall"])]
    connections: Option<u32>,

    /// Attach and detach a link this many times
    #[arg(long, value_name = "N", value_parser = number,
          conflicts_with_all = ["pairs", "senders", "receivers", "fan_out", "messages", "rate", "stall"])]
    churn: Option<u64>,

    /// Links that each churning connection has under way at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000), default_value_t = 16)]
    in_flight: u32,

    /// Threads; connections take them in turn
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256), default_value_t = 1)]
    threads: u32,

    /// Largest frame to accept (bytes)
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(512..=0x100_0000), default_value_t = 65_536)]
    frame_size: u32,

    /// Transfer frames that a receiver's session takes without a flow
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(1..=0x7fff_ffff), default_value_t = 0x7fff_ffff)]
    window: u32,

    /// Skip the SASL layer
    #[arg(long)]
    plain: bool,

    /// Seconds without any progress after which to give up
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    patience: Duration,

    /// Process whose CPU and memory to measure; can be given several times
    #[arg(long, value_name = "PID")]
    pid: Vec<u32>,

    /// Routers that each message passes: what the processes spend together is also told for each [default: number of --pid]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000), requires = "pid")]
    hops: Option<u32>,

    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,

    /// No progress on standard error
    #[arg(long, short)]
    quiet: bool,
}

/// What to do, checked.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) server: Server,
    pub(super) receive_server: Server,
    pub(super) work: Work,
    pub(super) address: String,
    /// Of each receiver.
    pub(super) credit: u32,
    pub(super) warmup: Duration,
    pub(super) patience: Duration,
    pub(super) threads: usize,
    pub(super) frame_size: u32,
    pub(super) window: u32,
    pub(super) plain: bool,
    pub(super) pids: Vec<u32>,
    /// Routers that each message passes; none if that does not matter.
    pub(super) hops: Option<u32>,
    pub(super) json: bool,
    pub(super) quiet: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Work {
    Traffic(Traffic),
    Idle { connections: u32, hold: Duration },
    Churn { connections: u32, cycles: u64, in_flight: u32 },
}

#[derive(Clone, Debug)]
pub(super) struct Traffic {
    pub(super) senders: u32,
    pub(super) receivers: u32,
    /// Different addresses in use.
    pub(super) addresses: u32,
    /// Receivers that must each get a copy of every message.
    pub(super) fan_out: Option<u32>,
    /// Over all senders.
    pub(super) messages: Option<u64>,
    pub(super) duration: Option<Duration>,
    pub(super) size: usize,
    pub(super) settled: bool,
    /// Over all senders, per second.
    pub(super) rate: Option<f64>,
    /// Of each receiver, per second.
    pub(super) receiver_rate: Option<f64>,
    pub(super) stall: bool,
}

impl Args {
    /// The plan that these arguments amount to.
    ///
    /// # Errors
    /// Arguments that contradict each other, in words for the user.
    pub(super) fn plan(&self) -> Result<Plan, String> {
        let work = match (self.churn, self.connections) {
            (Some(cycles), connections) => {
                Work::Churn { connections: connections.unwrap_or(1), cycles, in_flight: self.in_flight }
            }
            (None, Some(connections)) => {
                Work::Idle { connections, hold: self.duration.unwrap_or(Duration::from_secs(5)) }
            }
            (None, None) => Work::Traffic(self.traffic()?),
        };
        Ok(Plan {
            server: self.url.clone(),
            receive_server: self.receive_url.clone().unwrap_or_else(|| self.url.clone()),
            work,
            address: self.address.clone(),
            credit: self.credit,
            warmup: self.warmup,
            patience: self.patience,
            threads: self.threads as usize,
            frame_size: self.frame_size,
            window: self.window,
            plain: self.plain,
            pids: self.pid.clone(),
            hops: self.hops.or_else(|| u32::try_from(self.pid.len()).ok().filter(|&several| several > 1)),
            json: self.json,
            quiet: self.quiet,
        })
    }

    fn traffic(&self) -> Result<Traffic, String> {
        let (senders, receivers, addresses) = match (self.pairs, self.senders, self.receivers) {
            (Some(pairs), _, _) => (pairs, pairs, pairs),
            (None, None, None) => (1, 1, 1),
            (None, senders, None) => {
                let senders = senders.unwrap_or(1);
                (senders, senders, senders)
            }
            (None, senders, Some(receivers)) => {
                let senders = senders.unwrap_or(1);
                let fewer =
                    if senders == 0 || receivers == 0 { senders.max(receivers) } else { senders.min(receivers) };
                (senders, receivers, fewer)
            }
        };
        let addresses = if self.address.contains("{n}") { addresses.max(1) } else { 1 };
        let receivers = self.fan_out.map_or(receivers, |copies| copies.saturating_mul(addresses));
        if senders == 0 && receivers == 0 {
            return Err("neither senders nor receivers".into());
        }
        if senders == 0 && (self.rate.is_some() || self.settled) {
            return Err("--rate and --settled need senders".into());
        }
        let endless = self.messages.is_none() && self.duration.is_none();
        Ok(Traffic {
            senders,
            receivers,
            addresses,
            fan_out: self.fan_out,
            messages: self.messages,
            duration: self.duration.or(endless.then_some(Duration::from_secs(10))),
            size: self.size,
            settled: self.settled,
            rate: self.rate,
            receiver_rate: self.receiver_rate,
            stall: self.stall,
        })
    }
}

impl Plan {
    /// The `n`th address.
    pub(super) fn address(&self, n: u32) -> String {
        self.address.replace("{n}", &n.to_string())
    }
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    host: String,
    port: u16,
}

impl Server {
    /// Looks the name up.
    ///
    /// # Errors
    /// There is no such host, in words for the user.
    pub(super) fn resolve(&self) -> Result<SocketAddr, String> {
        let mut found =
            (self.host.as_str(), self.port).to_socket_addrs().map_err(|error| format!("{self}: {error}"))?;
        found.next().ok_or_else(|| format!("{self}: no such host"))
    }

    /// The name to put into the open.
    pub(super) fn host(&self) -> &str {
        &self.host
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "amqp://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "amqp://{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = match text.split_once("://") {
            Some(("amqp", rest)) => rest.trim_end_matches('/'),
            Some((scheme, _)) => return Err(format!("cannot speak {scheme}, only amqp")),
            None => text,
        };
        if rest.contains(['@', '/']) {
            return Err("expected amqp://HOST:PORT without user or path".into());
        }
        let (host, port) = match rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => rest.rsplit_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
        };
        let port = match port {
            Some("amqp") | None => 5672,
            Some(port) => port.parse().map_err(|_| format!("{port} is not a port"))?,
        };
        let host = if host.is_empty() { "127.0.0.1" } else { host };
        Ok(Self { host: host.into(), port })
    }
}

fn number(text: &str) -> Result<u64, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    match digits.parse() {
        Ok(0) => Err("must be at least 1".into()),
        Ok(n) => Ok(n),
        Err(_) => Err("is not a number".into()),
    }
}

fn size(text: &str) -> Result<usize, String> {
    let size = number(text)?;
    if size < MIN_SIZE as u64 {
        return Err(format!("a body holds at least {MIN_SIZE} bytes: the time and a sequence number"));
    }
    usize::try_from(size).ok().filter(|&size| size <= 1 << 30).ok_or_else(|| "a body holds at most 1 GiB".into())
}

fn rate(text: &str) -> Result<f64, String> {
    match text.replace(['_', ','], "").parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        Ok(_) | Err(_) => Err("is not a rate: a number above 0".into()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.trim_end_matches('s').parse().map_err(|_| "is not a number of seconds")?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn plan(line: &str) -> Result<Plan, String> {
        let words = std::iter::once("bench").chain(line.split_whitespace());
        let command = Command::try_parse_from(words).map_err(|error| error.to_string())?;
        command.args.plan()
    }

    fn traffic(line: &str) -> Traffic {
        match plan(line).unwrap().work {
            Work::Traffic(traffic) => traffic,
            work @ (Work::Idle { .. } | Work::Churn { .. }) => panic!("{work:?}"),
        }
    }

    #[test]
    fn without_arguments_one_pair_runs_for_ten_seconds() {
        let traffic = traffic("");
        assert_eq!((traffic.senders, traffic.receivers, traffic.addresses), (1, 1, 1));
        assert_eq!((traffic.messages, traffic.duration), (None, Some(Duration::from_secs(10))));
        assert_eq!(self::traffic("--messages 1_000_000").duration, None);
    }

    #[test]
    fn pairs_have_addresses_of_their_own_unless_the_address_has_no_place_for_a_number() {
        assert_eq!(traffic("--pairs 16").addresses, 16);
        assert_eq!(traffic("--pairs 16 --address one").addresses, 1);
        assert_eq!(plan("").unwrap().address(3), "bench/3");
    }

    #[test]
    fn fan_out_counts_receivers_per_address() {
        let traffic = traffic("--pairs 2 --fan-out 3");
        assert_eq!((traffic.senders, traffic.receivers, traffic.addresses), (2, 6, 2));
    }

    #[test]
    fn senders_and_receivers_meet_on_the_fewer_addresses() {
        assert_eq!(traffic("--senders 4 --receivers 2").addresses, 2);
        assert_eq!(traffic("--senders 0 --receivers 2").addresses, 2);
        assert_eq!(traffic("--senders 3 --receivers 0").receivers, 0);
        assert!(plan("--senders 0 --receivers 0").is_err());
    }

    #[test]
    fn churn_takes_connections_as_its_number_of_connections() {
        assert!(matches!(plan("--connections 5000").unwrap().work, Work::Idle { connections: 5000, .. }));
        let Work::Churn { connections, cycles, .. } = plan("--churn 1000000 --connections 4").unwrap().work else {
            panic!("not churn");
        };
        assert_eq!((connections, cycles), (4, 1_000_000));
    }

    #[test]
    fn several_processes_are_as_many_hops_unless_told_otherwise() {
        let hops = |line| plan(line).unwrap().hops;
        assert_eq!([hops(""), hops("--pid 1"), hops("--pid 1 --pid 2 --pid 3")], [None, None, Some(3)]);
        assert_eq!([hops("--pid 1 --hops 2"), hops("--pid 1 --pid 2 --hops 3")], [Some(2), Some(3)]);
        let plan = plan("a:1 --receive-from b:2").unwrap();
        assert_ne!(plan.server, plan.receive_server);
    }

    #[test]
    fn contradictions_are_refused() {
        for line in [
            "--size 15",
            "--pairs 2 --senders 1",
            "--connections 10 --rate 5",
            "--rate 0",
            "--rate inf",
            "--credit 0",
            "--messages 0",
            "amqps://localhost",
            "--fan-out 2 --receivers 2",
            "--hops 2",
        ] {
            assert!(plan(line).is_err(), "{line}");
        }
    }

    #[test]
    fn servers_are_read_in_the_usual_forms() {
        for (text, host, port) in [
            ("amqp://localhost:5673", "localhost", 5673),
            ("amqp://localhost/", "localhost", 5672),
            ("10.0.0.1:1", "10.0.0.1", 1),
            ("[::1]:5", "::1", 5),
            ("router", "router", 5672),
            (":7", "127.0.0.1", 7),
            ("host:amqp", "host", 5672),
        ] {
            let expected = Server { host: host.into(), port };
            assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
            assert_eq!(expected.to_string().parse(), Ok(expected));
        }
        assert!("host:70000".parse::<Server>().is_err());
        assert!("amqp://u:p@host".parse::<Server>().is_err());
    }
}
