//! All members of a mesh.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crossdock_schema::Role;
use crossdock_topology::generate::{Names, broker_arguments};
use crossdock_topology::{Mesh, honoured_sections, sections_to_json};
use tokio::time::Instant;

use super::member::{Body, Member};
use super::process::Process;
use super::thread::{self, Thread};

/// How long a member may take until it listens.
const START: Duration = Duration::from_secs(20);

/// How long routers may take to end, and then brokers.
const STOP: Duration = Duration::from_secs(10);

/// The members, brokers first, then routers in the order in which they are started.
#[derive(Debug)]
pub(super) struct Fleet {
    pub(super) brokers: Vec<Member>,
    pub(super) routers: Vec<Member>,
    /// What this version of the router refuses, in sentences.
    pub(super) left_out: Vec<String>,
    pub(super) logs: PathBuf,
}

impl Fleet {
    /// Writes the configurations into the folder. With `in_process` the members are threads, otherwise processes.
    pub(super) fn prepare(mesh: &Mesh, folder: &Path, in_process: bool) -> std::io::Result<Self> {
        let logs = folder.join("logs");
        std::fs::create_dir_all(&logs)?;
        let names = Names::new(mesh);
        let log = |name: &str| logs.join(format!("{name}.log"));
        let embedded = mesh.brokers.iter().filter(|broker| broker.embedded);
        let brokers = embedded.map(|broker| {
            let (arguments, log) = (broker_arguments(broker, None), log(names.broker(&broker.id)));
            let body = if in_process {
                Body::Thread(Thread::new(thread::broker(arguments, log.clone())))
            } else {
                Body::Process(Process::new(arguments, 1))
            };
            Member::new(&broker.id, log, body)
        });
        let brokers = brokers.collect();
        let (mut routers, mut left_out) = (Vec::new(), Vec::new());
        for id in starting_order(mesh) {
            let Some(router) = mesh.router(id) else { continue };
            let name = names.router(id);
            let configuration = folder.join(format!("{name}.json"));
            let (sections, refused) = honoured_sections(mesh, id);
            for (section, reason) in refused {
                let (kind, name) = (section.kind.entity_type().name, section.text("name").unwrap_or_default());
                left_out.push(format!("{id} runs without {kind} {name}: {reason}"));
            }
            std::fs::write(&configuration, sections_to_json(&sections))?;
            let log = log(name);
            let body = if in_process {
                Body::Thread(Thread::new(thread::router(configuration, log.clone())))
            } else {
                let arguments = ["run", "--config", &configuration.display().to_string()].map(String::from);
                Body::Process(Process::new(arguments.to_vec(), router.listeners.len()))
            };
            routers.push(Member::new(id, log, body));
        }
        Ok(Self { brokers, routers, left_out, logs })
    }

    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut Member> {
        self.brokers.iter_mut().chain(&mut self.routers)
    }

    pub(super) fn router(&self, id: &str) -> Option<&Member> {
        self.routers.iter().find(|member| member.id == id)
    }

    /// Starts all, each when those it connects to listen: a connector that finds nobody pauses before it tries again.
    ///
    /// # Errors
    ///
    /// Which one did not start, and the end of its log.
    pub(super) async fn start(&mut self) -> Result<(), String> {
        for member in self.all() {
            member.start().map_err(|error| format!("{} cannot be started: {error}", member.id))?;
            member.wait_until_it_listens(Instant::now() + START).await;
            if let Some(end) = &member.end {
                return Err(format!("{} has ended ({end}); its log says:\n{}", member.id, member.tail(10)));
            }
        }
        Ok(())
    }

    /// Ends all: routers, then the brokers behind them. Says who had to be killed.
    pub(super) async fn stop(&mut self) -> Vec<String> {
        let mut killed = Vec::new();
        for group in [&mut self.routers, &mut self.brokers] {
            for member in &mut *group {
                member.look();
                member.terminate();
            }
            let deadline = Instant::now() + STOP;
            for member in group {
                if !member.wait_for_end(deadline).await {
                    killed.push(member.id.clone());
                }
            }
        }
        killed
    }
}

/// Who is connected to comes before who connects, as far as that is possible.
fn starting_order(mesh: &Mesh) -> Vec<&str> {
    let mut order: Vec<&str> = Vec::new();
    // Only the first way into a circle is cut.
    let mut seen: Vec<&str> = Vec::new();
    let targets = |id: &str| -> Vec<&str> {
        let own = mesh.connections.iter().filter(|connection| connection.from == id && connection.role != Role::Normal);
        own.map(|connection| connection.to.as_str()).collect()
    };
    for router in &mesh.routers {
        let mut stack = vec![(router.id.as_str(), false)];
        while let Some((id, is_done)) = stack.pop() {
            if is_done {
                order.push(id);
                continue;
            }
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            stack.push((id, true));
            stack.extend(targets(id).into_iter().map(|to| (to, false)));
        }
    }
    order
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::starting_order;

    #[test]
    fn routers_start_after_those_they_connect_to() {
        let text = "
routers:
  - {id: a, listeners: [{port: 1}]}
  - {id: b, listeners: [{port: 2, role: inter-router}]}
  - {id: c, listeners: [{port: 3, role: inter-router}]}
connections: [{from: a, to: b}, {from: b, to: c}, {from: a, to: c}]
";
        let mesh = crossdock_topology::read("mesh.yaml", &mut |_| Ok(text.to_owned()), &[]).mesh;
        assert_eq!(starting_order(&mesh), ["c", "b", "a"]);
    }
}
