//! The connections of a run and the threads that they live on.

use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

use super::args::{Plan, Traffic, Work};
use super::churn::{Churn, ChurnSpec};
use super::control::{Control, Phase};
use super::counters::{Counters, Overview, Progress};
use super::driver::{Dial, drive};
use super::idle::Idle;
use super::receiver::{Received, Receiver, ReceiverSpec};
use super::sender::{Sender, SenderSpec};

/// Connections that a thread opens at once: a server's backlog is finite.
const CONNECTING: usize = 64;

/// What a connection is for.
#[derive(Clone, Debug)]
enum Duty {
    Send(SenderSpec),
    Receive(ReceiverSpec),
    Idle { address: String, credit: u32 },
    Churn(ChurnSpec),
}

#[derive(Clone, Debug)]
struct Job {
    dial: Dial,
    duty: Duty,
    counters: Arc<Counters>,
}

/// What came of a connection.
#[derive(Debug, Default)]
struct Ended {
    received: Option<Received>,
    error: Option<String>,
}

/// All connections of a run.
pub(super) struct Crew {
    senders: Vec<Arc<Counters>>,
    others: Vec<Arc<Counters>>,
    threads: Vec<JoinHandle<Result<Vec<Ended>, String>>>,
}

/// What came of all connections.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) received: Vec<Received>,
    pub(super) errors: Vec<String>,
}

impl Crew {
    /// Starts the threads; the connections follow the phases of `control`.
    ///
    /// # Errors
    /// A name that cannot be resolved, or threads that cannot be had.
    pub(super) fn start(plan: &Plan, control: &Arc<Control>) -> Result<Self, String> {
        let jobs = jobs(plan)?;
        let of = |sends: bool| {
            let chosen = jobs.iter().filter(move |job| matches!(job.duty, Duty::Send(_)) == sends);
            chosen.map(|job| job.counters.clone()).collect::<Vec<_>>()
        };
        let (senders, others) = (of(true), of(false));
        let mut shares = vec![Vec::new(); plan.threads];
        let (mut next_sender, mut next_other) = (0, 0);
        for job in jobs {
            // Both ends of a pair on one thread.
            let next = if matches!(job.duty, Duty::Send(_)) { &mut next_sender } else { &mut next_other };
            if let Some(share) = shares.get_mut(*next % plan.threads) {
                share.push(job);
            }
            *next += 1;
        }
        let mut threads = Vec::new();
        for (index, share) in shares.into_iter().enumerate() {
            let control = control.clone();
            let thread = std::thread::Builder::new().name(format!("bench-{index}"));
            threads.push(thread.spawn(move || work(share, &control)).map_err(|error| error.to_string())?);
        }
        Ok(Self { senders, others, threads })
    }

    /// The senders.
    pub(super) fn senders(&self) -> Overview {
        Overview::of(self.senders.iter().map(AsRef::as_ref))
    }

    /// All connections that are not senders.
    pub(super) fn others(&self) -> Overview {
        Overview::of(self.others.iter().map(AsRef::as_ref))
    }

    /// Number of senders.
    pub(super) fn sender_count(&self) -> usize {
        self.senders.len()
    }

    /// Number of connections that are not senders.
    pub(super) fn other_count(&self) -> usize {
        self.others.len()
    }

    /// Waits for the threads; the phase must be [`Phase::Close`].
    pub(super) fn join(self) -> Results {
        let mut results = Results::default();
        for thread in self.threads {
            match thread.join() {
                Ok(Ok(ended)) => {
                    for one in ended {
                        results.received.extend(one.received);
                        results.errors.extend(one.error);
                    }
                }
                Ok(Err(error)) => results.errors.push(error),
                Err(_) => results.errors.push("a thread of the load generator panicked".into()),
            }
        }
        results
    }
}

/// A thread's work: its connections, all at once.
fn work(jobs: Vec<Job>, control: &Arc<Control>) -> Result<Vec<Ended>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    let local = LocalSet::new();
    let gate = Rc::new(Semaphore::new(CONNECTING));
    let tasks: Vec<_> =
        jobs.into_iter().map(|job| local.spawn_local(run(job, control.clone(), gate.clone()))).collect();
    let ended = local.block_on(&runtime, async {
        let mut ended = Vec::with_capacity(tasks.len());
        for task in tasks {
            ended.push(task.await.unwrap_or_else(|_| Ended {
                received: None,
                error: Some("a connection of the load generator panicked".into()),
            }));
        }
        // A thread takes its CPU time with it when it ends, and the time has not been read yet.
        reached(control, Phase::Close).await;
        ended
    });
    Ok(ended)
}

async fn run(job: Job, control: Arc<Control>, gate: Rc<Semaphore>) -> Ended {
    let Job { dial, duty, counters } = job;
    let starts_in = if matches!(duty, Duty::Send(_)) { Phase::Senders } else { Phase::Receivers };
    reached(&control, starts_in).await;
    if control.phase() == Phase::Close {
        return Ended::default();
    }
    let mut received = None;
    let result = match duty {
        Duty::Send(spec) => {
            let mut sender = Sender::new(spec, counters.clone());
            drive(&dial, &control, &gate, &mut sender).await
        }
        Duty::Receive(spec) => {
            let mut receiver = Receiver::new(spec, counters.clone());
            let result = drive(&dial, &control, &gate, &mut receiver).await;
            received = Some(receiver.finish());
            result
        }
        Duty::Idle { address, credit } => {
            let mut idle = Idle { address, credit, counters: counters.clone() };
            drive(&dial, &control, &gate, &mut idle).await
        }
        Duty::Churn(spec) => {
            let mut churn = Churn::new(spec, counters.clone());
            drive(&dial, &control, &gate, &mut churn).await
        }
    };
    if result.is_err() {
        counters.set_progress(Progress::Failed);
    }
    Ended { received, error: result.err() }
}

/// Waits until the run is in this phase or a later one.
fn reached(control: &Control, phase: Phase) -> impl Future<Output = ()> {
    let mut registered = false;
    std::future::poll_fn(move |cx| {
        if !registered {
            registered = true;
            control.register(cx.waker().clone());
        }
        if control.phase() >= phase { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
}

fn jobs(plan: &Plan) -> Result<Vec<Job>, String> {
    let (to, from) = (plan.server.resolve()?, plan.receive_server.resolve()?);
    let job = |duty: Duty, kind: &str, id: u32| {
        let (addr, server) = match duty {
            Duty::Send(_) | Duty::Idle { .. } | Duty::Churn(_) => (to, &plan.server),
            Duty::Receive(_) => (from, &plan.receive_server),
        };
        let stalls = matches!(&duty, Duty::Receive(spec) if spec.stall);
        let dial = Dial {
            addr,
            host: server.host().into(),
            container_id: format!("crossdock-bench-{}-{kind}-{id}", std::process::id()),
            frame_size: plan.frame_size,
            window: plan.window,
            plain: plan.plain,
            times_out: !stalls,
            patience: plan.patience,
        };
        Job { dial, duty, counters: Arc::new(Counters::new()) }
    };
    Ok(match &plan.work {
        Work::Traffic(traffic) => {
            let receivers =
                (0..traffic.receivers).map(|id| job(Duty::Receive(receiver(plan, traffic, id)), "receiver", id));
            let senders = (0..traffic.senders).map(|id| job(Duty::Send(sender(plan, traffic, id)), "sender", id));
            receivers.chain(senders).collect()
        }
        Work::Idle { connections, .. } => {
            let duty = |id| Duty::Idle { address: plan.address(id), credit: plan.credit };
            (0..*connections).map(|id| job(duty(id), "idle", id)).collect()
        }
        Work::Churn { connections, cycles, in_flight } => {
            let addresses: Vec<String> = (0..16).map(|n| plan.address(n)).collect();
            let spec = |id| ChurnSpec {
                id,
                addresses: addresses.clone(),
                cycles: share(*cycles, *connections, id),
                in_flight: *in_flight as usize,
            };
            (0..*connections).map(|id| job(Duty::Churn(spec(id)), "churn", id)).collect()
        }
    })
}

fn receiver(plan: &Plan, traffic: &Traffic, id: u32) -> ReceiverSpec {
    ReceiverSpec {
        id,
        address: plan.address(id % traffic.addresses),
        credit: plan.credit,
        rate: traffic.receiver_rate,
        stall: traffic.stall,
        senders: (traffic.senders > 0).then_some(traffic.senders),
        latency: traffic.rate.is_some() || traffic.senders == 0,
    }
}

fn sender(plan: &Plan, traffic: &Traffic, id: u32) -> SenderSpec {
    let senders = f64::from(traffic.senders);
    SenderSpec {
        id,
        address: plan.address(id % traffic.addresses),
        size: traffic.size,
        settled: traffic.settled,
        total: traffic.messages.map(|messages| share(messages, traffic.senders, id)),
        rate: traffic.rate.map(|rate| (rate / senders, f64::from(id) / senders)),
    }
}

/// One part of `total` that is divided among `parts` as evenly as can be.
fn share(total: u64, parts: u32, index: u32) -> u64 {
    let parts = u64::from(parts.max(1));
    total / parts + u64::from(u64::from(index) < total % parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        for (total, parts) in [(10, 3), (2, 5), (1_000_000, 16), (7, 1)] {
            let shares: Vec<u64> = (0..parts).map(|index| share(total, parts, index)).collect();
            assert_eq!(shares.iter().sum::<u64>(), total);
            assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
        }
    }
}
