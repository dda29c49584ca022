//! Looks at each router of a running mesh, again and again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossdock_schema::EntityKind;
use crossdock_topology::live::{Way, planned_ways};
use crossdock_topology::{Mesh, Network};
use tokio::time::{Instant, sleep};

use super::super::live::{door, not_up, rows, ways};
use crate::management_client::{Agent, Client, ClientError, Endpoint, Login};

/// How long a router may take for each step of an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a router showed when it was looked at.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    pub(super) at: Instant,
    /// Routers it has a way to.
    pub(super) sees: usize,
    /// Those to which the way costs what the plan says.
    pub(super) as_planned: usize,
    /// Auto links, link routes and shards that are not up.
    pub(super) problems: Vec<String>,
    pub(super) counts: Counts,
    /// Messages in a second, in and out, since it was looked at before.
    pub(super) rates: (f64, f64),
}

/// Numbers of a router.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) connections: u64,
    pub(super) links: u64,
    pub(super) incoming: u64,
    pub(super) outgoing: u64,
}

/// What is known of the routers, in the order of the mesh.
#[derive(Debug)]
pub(super) struct Watch {
    sights: Mutex<Vec<Option<Sight>>>,
    /// Pause between two looks (ms).
    pause: AtomicU64,
}

impl Watch {
    /// Begins to look at all routers. It ends with the runtime.
    pub(super) fn start(mesh: &Mesh) -> Arc<Self> {
        let count = mesh.routers.len();
        // Many routers share the processors with those who look at them.
        let pause = AtomicU64::new(u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(4).max(25));
        let watch = Arc::new(Self { sights: Mutex::new(vec![None; count]), pause });
        let network = Network::whole(mesh);
        for (index, router) in mesh.routers.iter().enumerate() {
            let Some((host, port, address)) = door(mesh, &router.id) else { continue };
            let endpoint = Endpoint { host, port, user: None, password: None, tls: None, address: Some(address) };
            let planned = planned_ways(&network, &router.id);
            tokio::spawn(look_on(Arc::clone(&watch), index, endpoint, planned));
        }
        watch
    }

    /// From now on a look in a second is enough.
    pub(super) fn calm_down(&self) {
        self.pause.store(1000, Ordering::Relaxed);
    }

    /// What was seen, in the order of the mesh.
    pub(super) fn sights(&self) -> Vec<Option<Sight>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Option<Sight>>> {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, index: usize, sight: Option<Sight>) {
        if let Some(place) = self.lock().get_mut(index) {
            *place = sight;
        }
    }

    async fn pause(&self) {
        sleep(Duration::from_millis(self.pause.load(Ordering::Relaxed))).await;
    }
}

async fn look_on(watch: Arc<Watch>, index: usize, endpoint: Endpoint, planned: BTreeMap<String, Way>) {
    loop {
        // A router that is not up yet, or any more, is asked again.
        let _ = look_while_it_answers(&watch, index, &endpoint, &planned).await;
        watch.set(index, None);
        watch.pause().await;
    }
}

async fn look_while_it_answers(
    watch: &Watch,
    index: usize,
    endpoint: &Endpoint,
    planned: &BTreeMap<String, Way>,
) -> Result<(), ClientError> {
    let mut client = Client::connect(endpoint, &Login::None, PATIENCE).await?;
    let mut agent = client.agent(endpoint.address.as_deref().unwrap_or_default()).await?;
    let mut before: Option<Sight> = None;
    loop {
        let mut sight = look(&mut agent, planned).await?;
        if let Some(before) = before.replace(sight.clone()) {
            let seconds = sight.at.duration_since(before.at).as_secs_f64().max(0.001);
            let rate = |now: u64, then: u64| now.saturating_sub(then) as f64 / seconds;
            let (now, then) = (sight.counts, before.counts);
            sight.rates = (rate(now.incoming, then.incoming), rate(now.outgoing, then.outgoing));
        }
        watch.set(index, Some(sight));
        watch.pause().await;
    }
}

async fn look(agent: &mut Agent, planned: &BTreeMap<String, Way>) -> Result<Sight, ClientError> {
    let ways = ways(&rows(agent, EntityKind::RouterNode).await?);
    let as_planned = planned.iter().filter(|(id, way)| ways.get(*id).is_some_and(|known| known.cost == way.cost));
    let as_planned = as_planned.count();
    let mut problems = Vec::new();
    for kind in [EntityKind::AutoLink, EntityKind::LinkRoute, EntityKind::Shard] {
        problems.extend(not_up(kind, &rows(agent, kind).await?));
    }
    let router = rows(agent, EntityKind::Router).await?;
    let counts = router.first().map_or(Counts::default(), |row| {
        let number = |attribute: &str| u64::try_from(row.number(attribute)).unwrap_or(0);
        Counts {
            connections: number("connectionCount"),
            links: number("linkCount"),
            incoming: number("deliveriesIngress"),
            outgoing: number("deliveriesEgress"),
        }
    });
    Ok(Sight { at: Instant::now(), sees: ways.len(), as_planned, problems, counts, rates: (0.0, 0.0) })
}
