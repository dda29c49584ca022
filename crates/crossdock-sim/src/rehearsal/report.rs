//! What came of a rehearsal.

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Name of the mesh.
    pub name: String,
    /// Repeats it.
    pub seed: u64,
    /// How long the load ran (ms).
    pub length: u64,
    /// Routers, connections between them, brokers, clients.
    pub counts: [usize; 4],
    /// How the mesh came up; none if it did not.
    pub start: Option<Start>,
    /// What broke and was mended, in the order of time.
    pub incidents: Vec<Incident>,
    /// What each class of clients sent to each address.
    pub flows: Vec<Flow>,
    /// Messages in the queues of each broker in the end.
    pub queued: Vec<(String, usize)>,
    /// Links that routers refused or detached, by reason.
    pub unlinked: Vec<(String, u64)>,
    /// Transfers between routers, those of the routing protocol included.
    pub transfers: u64,
    /// Steps of the simulation.
    pub steps: u64,
    /// Hash of all that went over any wire.
    pub trace: u64,
    /// What is not simulated, and why.
    pub notes: Vec<String>,
    /// A guarantee that was broken; nothing was played after that.
    pub breach: Option<Breach>,
}

impl Report {
    /// Whether all guarantees held.
    pub fn is_sound(&self) -> bool {
        self.breach.is_none()
    }

    /// The longest time until the routers agreed again after something happened (ms); none if something never was.
    pub fn slowest_convergence(&self) -> Option<u64> {
        self.incidents.iter().filter(|incident| incident.counts).try_fold(0, |most, one| Some(most.max(one.agreed?)))
    }
}

/// How the mesh came up (ms from when all processes began).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// All routers have the right paths, and brokers are connected.
    pub agreed: u64,
    /// Clients have their links too, and all routers know of them.
    pub complete: u64,
}

/// Something that broke or was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When (ms from the beginning of the load).
    pub at: u64,
    /// What, in words.
    pub what: String,
    /// Whether it changes what routers know.
    pub counts: bool,
    /// After so many ms all routers have the right paths and know of whoever is there; none: they did not before the end.
    pub agreed: Option<u64>,
    /// Clients that lost their connection, and after how many ms all of them were back.
    pub lost_clients: usize,
    /// See there; none: not all before the end.
    pub back: Option<u64>,
    /// Routes that are different since then.
    pub changes: Vec<RouteChange>,
    /// Routes before and after.
    pub routes: [usize; 2],
    /// Messages sent from a second before until the routers agreed: how they fared.
    pub affected: Outcomes,
}

/// The way from one router to another, as the first one has it: next router and cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteChange {
    /// Where it begins.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// As it was; none: there was none.
    pub before: Option<(String, u64)>,
    /// As it is.
    pub after: Option<(String, u64)>,
}

/// What a class sent to an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// The class.
    pub class: String,
    /// The address, as the topology has it.
    pub address: String,
    /// What became of it.
    pub outcomes: Outcomes,
    /// Messages that were due while no client of the class was there.
    pub unsent: u64,
    /// Milliseconds from when a message was due until a consumer had all of it.
    pub latency: Option<Latency>,
}

/// What became of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// All that were to be sent.
    pub sent: u64,
    /// Sent settled, so that nobody is told.
    pub settled: u64,
    /// What the sender was told.
    pub accepted: u64,
    /// Likewise.
    pub rejected: u64,
    /// Likewise: nobody has it.
    pub released: u64,
    /// Likewise: nobody knows.
    pub modified: u64,
    /// The sender lost its link before it was told.
    pub unknown: u64,
    /// Came to a consumer, at least once.
    pub delivered: u64,
    /// Copies that came to consumers.
    pub copies: u64,
    /// Are in a queue.
    pub queued: u64,
    /// Taken by a queue and then rejected by consumers, or given back too often.
    pub discarded: u64,
    /// Came to nobody and were not refused, nor is anybody told: lost.
    pub lost: u64,
    /// Came again from a queue, because a fault had swallowed what the consumer said.
    pub repeated: u64,
    /// Came twice without such a reason. Never, unless there is a defect.
    pub doubled: u64,
}

impl Outcomes {
    /// Both together.
    pub fn add(&mut self, other: &Self) {
        let Self { sent, settled, accepted, rejected, released, modified, unknown, .. } = self;
        *sent += other.sent;
        *settled += other.settled;
        *accepted += other.accepted;
        *rejected += other.rejected;
        *released += other.released;
        *modified += other.modified;
        *unknown += other.unknown;
        self.delivered += other.delivered;
        self.copies += other.copies;
        self.queued += other.queued;
        self.discarded += other.discarded;
        self.lost += other.lost;
        self.repeated += other.repeated;
        self.doubled += other.doubled;
    }
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Of half of them.
    pub p50: u64,
    /// Of 99 in 100.
    pub p99: u64,
    /// Of the slowest.
    pub max: u64,
}

/// A guarantee that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// When (ms from the beginning of the load; negative: while the mesh came up).
    pub millis: i64,
    /// What is wrong.
    pub what: String,
}
