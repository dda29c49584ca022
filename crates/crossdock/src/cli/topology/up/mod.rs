//! `crossdock topology up`: the whole mesh on this machine.
//!
//! ```text
//!   Mesh ─ports─► Mesh on 127.0.0.1 ─sections─► configurations ─► Fleet: a Member for each router and broker,
//!                                                                   ▲     a child process or a thread of this one
//!                                                                   │ starts, sees them end, stops
//!                 Watch: asks each router's management ──Sight──► Up: ready? what lacks? ──► screen, lines or JSON
//! ```

mod fleet;
mod member;
mod ports;
mod process;
mod screen;
mod thread;
mod watch;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use crossdock_topology::Mesh;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::read::mesh;
use super::{FileArgs, write_out};
use crate::cli::paint::Paint;
use fleet::Fleet;
use member::Member;
use screen::{Scene, Screen};
use watch::Watch;

const EXAMPLES: &str = "\
Examples:
  A mesh on this machine, with its brokers, and what it does; Ctrl-C stops it:
      crossdock topology up topologies/iot-gateway.yaml

  The same on ports that are free, whatever the file says:
      crossdock topology up topologies/iot-gateway.yaml --free-ports

  For scripts: one line of JSON when all routers know each other and all links to brokers and shards are up:
      crossdock topology up mesh.yaml --free-ports --ready > ready.json &
      until test -s ready.json; do sleep 0.1; done
      jq -r '.routers[\"edge-1\"].listeners.devices' ready.json      # 127.0.0.1:40123

  A hundred routers that share one process, which is lighter; each has one thread:
      crossdock topology up topologies/ring-100.yaml --in-process

A router that ends by itself is shown, and with --restart started again. Configurations and logs, one for each router, are in a
temporary folder, which is removed at a clean end, or in --dir. However this process ends, so do those that it started.

Exit status: 0 when it was stopped by a signal; 1 when something could not start, ended by itself or had to be killed; 2 for a
wrong command line.";

/// How often the members are looked at.
const TICK: Duration = Duration::from_millis(10);

/// How often the screen is drawn.
const FRAME: Duration = Duration::from_millis(500);

/// Pause before a member is started again.
const RESTART: Duration = Duration::from_secs(1);

/// Run a whole mesh on this machine, with its brokers
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct UpArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Take free ports instead of those of the file
    #[arg(long)]
    free_ports: bool,
    /// Say nothing on stdout but one line of JSON when the mesh is ready
    #[arg(long)]
    ready: bool,
    /// Start a router or broker again that ended by itself
    #[arg(long)]
    restart: bool,
    /// Run routers and brokers as threads of this process, not as processes
    #[arg(long)]
    in_process: bool,
    /// Folder for configurations and logs, which stay there
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &UpArgs) -> ExitCode {
    let mut mesh = match mesh(&args.file) {
        Ok(mesh) => mesh,
        Err(status) => return status,
    };
    crossdock_net::raise_file_limit();
    let _reserved = match ports::settle(&mut mesh, args.free_ports) {
        Ok(reserved) => reserved,
        Err(problems) => {
            for problem in problems {
                complain(&problem);
            }
            eprintln!("see also: crossdock topology up --free-ports {}", args.file.file.display());
            return ExitCode::FAILURE;
        }
    };
    let name = format!("crossdock-{}-{}", mesh.name, std::process::id());
    let folder = args.dir.clone().unwrap_or_else(|| std::env::temp_dir().join(name));
    let fleet = match Fleet::prepare(&mesh, &folder, args.in_process) {
        Ok(fleet) => fleet,
        Err(error) => {
            complain(&format!("folder {}: {error}", folder.display()));
            return ExitCode::FAILURE;
        }
    };
    for line in &fleet.left_out {
        eprintln!("{}: {line}", Paint::on(&std::io::stderr()).yellow("warning"));
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    if args.in_process {
        thread::log_panics();
    }
    let up = Up { args, mesh, fleet, started: Instant::now(), is_odd: false };
    let is_clean = runtime.block_on(up.run());
    if is_clean && args.dir.is_none() {
        let _ = std::fs::remove_dir_all(&folder);
    } else if !is_clean {
        eprintln!("configurations and logs: {}", folder.display());
    }
    if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn complain(problem: &str) {
    eprintln!("{}: {problem}", Paint::on(&std::io::stderr()).red("error"));
}

struct Up<'a> {
    args: &'a UpArgs,
    mesh: Mesh,
    fleet: Fleet,
    started: Instant,
    /// Something ended by itself.
    is_odd: bool,
}

impl Up<'_> {
    /// Runs the mesh until a signal comes. Whether all went well.
    async fn run(mut self) -> bool {
        let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals else {
            complain("signals cannot be waited for");
            return false;
        };
        let problem = tokio::select! {
            problem = self.serve() => Some(problem),
            _ = interrupt.recv() => None,
            _ = terminate.recv() => None,
            _ = hangup.recv() => None,
        };
        if let Some(problem) = &problem {
            complain(problem);
        }
        let killed = self.fleet.stop().await;
        for id in &killed {
            complain(&format!(
                "{id} did not end when it was told to{}",
                if self.args.in_process { "" } else { ", and was killed" }
            ));
        }
        problem.is_none() && killed.is_empty() && !self.is_odd
    }

    /// Starts all and looks after them. It ends only with a problem.
    async fn serve(&mut self) -> String {
        let is_shown = !self.args.ready && std::io::stdout().is_terminal();
        self.say(&format!(
            "starting {} routers and {} brokers; logs: {}",
            self.fleet.routers.len(),
            self.fleet.brokers.len(),
            self.fleet.logs.display()
        ));
        if let Err(problem) = self.fleet.start().await {
            self.is_odd = true;
            return problem;
        }
        let watch = Watch::start(&self.mesh);
        let screen = is_shown.then(Screen::take);
        self.look_after(&watch, screen.as_ref()).await
    }

    async fn look_after(&mut self, watch: &Arc<Watch>, screen: Option<&Screen>) -> String {
        let mut was_ready = false;
        let mut drawn = Instant::now() - FRAME;
        let mut told = Vec::new();
        loop {
            self.see_ends(screen.is_some()).await;
            if self.fleet.all().all(|member| !member.is_running()) {
                return String::from("none is left");
            }
            let lacks = self.lacks(watch);
            if lacks.is_empty() && !was_ready {
                was_ready = true;
                watch.calm_down();
                self.tell_ready(screen.is_some());
            }
            match screen {
                Some(screen) if drawn.elapsed() >= FRAME => {
                    drawn = Instant::now();
                    let (mesh, fleet, age) = (&self.mesh, &self.fleet, self.started.elapsed());
                    screen.show(&Scene { mesh, fleet, sights: &watch.sights(), age, lacks: &lacks });
                }
                Some(_) => {}
                None if was_ready && told != lacks => {
                    let line = if lacks.is_empty() { String::from("ready again") } else { lacks.join("; ") };
                    self.say(&line);
                    told = lacks;
                }
                None => {}
            }
            sleep(TICK).await;
        }
    }

    /// What is not as it is to be, in sentences.
    fn lacks(&self, watch: &Watch) -> Vec<String> {
        let others = self.mesh.routers.len().saturating_sub(1);
        let mut lacks = Vec::new();
        for member in self.fleet.brokers.iter().filter(|member| !member.is_running()) {
            lacks.push(format!("broker {} is not running", member.id));
        }
        for (router, sight) in self.mesh.routers.iter().zip(watch.sights()) {
            let id = &router.id;
            let is_running = self.fleet.router(id).is_some_and(Member::is_running);
            match sight {
                _ if !is_running => lacks.push(format!("{id} is not running")),
                None => lacks.push(format!("{id} does not answer")),
                Some(sight) => {
                    if sight.sees < others {
                        lacks.push(format!("{id} sees {} of {others} others", sight.sees));
                    } else if sight.as_planned < others {
                        lacks.push(format!("{id} has {} of {others} ways as planned", sight.as_planned));
                    }
                    lacks.extend(sight.problems.iter().map(|problem| format!("{id}: {problem}")));
                }
            }
        }
        lacks
    }

    /// Sees which members ended by themselves.
    async fn see_ends(&mut self, is_silent: bool) {
        let restart = self.args.restart;
        let mut news = Vec::new();
        for member in self.fleet.all() {
            if let Some(end) = member.look() {
                news.push(format!("{} has ended ({end}); log: {}", member.id, member.log.display()));
                if restart {
                    sleep(RESTART).await;
                    member.restarts += 1;
                    match member.start() {
                        Ok(()) => news.push(format!("{} is started again", member.id)),
                        Err(error) => news.push(format!("{} cannot be started again: {error}", member.id)),
                    }
                }
            }
        }
        self.is_odd |= !news.is_empty();
        for line in news.iter().filter(|_| !is_silent) {
            self.say(line);
        }
    }

    fn tell_ready(&self, is_silent: bool) {
        let seconds = self.started.elapsed().as_secs_f64();
        if self.args.ready {
            write_out(&format!("{}\n", self.report(seconds)));
        } else if !is_silent {
            for router in &self.mesh.routers {
                let ports = router.listeners.iter().filter_map(|listener| {
                    listener.port.map(|port| format!("{} {}", listener.name, place(&listener.host, port)))
                });
                self.say(&format!("{}: {}", router.id, ports.collect::<Vec<_>>().join(", ")));
            }
            for broker in self.mesh.brokers.iter().filter(|broker| broker.embedded) {
                self.say(&format!("{}: {}", broker.id, place(&broker.host, broker.port)));
            }
            self.say(&format!("ready in {seconds:.2} s"));
        }
    }

    /// Where everything is, in one line.
    fn report(&self, seconds: f64) -> serde_json::Value {
        let routers = self.mesh.routers.iter().map(|router| {
            let listeners = router.listeners.iter().filter_map(|listener| {
                let port = listener.port?;
                Some((listener.name.clone(), json!(place(&listener.host, port))))
            });
            let listeners: serde_json::Map<_, _> = listeners.collect();
            let pid = self.fleet.router(&router.id).and_then(Member::pid);
            (router.id.clone(), json!({"pid": pid, "listeners": listeners}))
        });
        let brokers = self.fleet.brokers.iter().filter_map(|member| {
            let broker = self.mesh.broker(&member.id)?;
            Some((member.id.clone(), json!({"pid": member.pid(), "address": place(&broker.host, broker.port)})))
        });
        json!({
            "ready": (seconds * 1000.0).round() / 1000.0,
            "name": self.mesh.name,
            "pid": std::process::id(),
            "logs": self.fleet.logs,
            "routers": routers.collect::<serde_json::Map<_, _>>(),
            "brokers": brokers.collect::<serde_json::Map<_, _>>(),
        })
    }

    /// A line: to stdout, or where that is for a script to stderr.
    fn say(&self, line: &str) {
        if self.args.ready {
            eprintln!("{line}");
        } else {
            write_out(&format!("{line}\n"));
        }
    }
}

fn place(host: &str, port: u16) -> String {
    format!("{host}:{port}")
}
