//! Where a probe goes from here: the decision that any message gets, without being one of those that are counted.

use crossdock_core::address::Treatment;
use crossdock_core::probe::{Decision, Fork, MAX_FORKS};
use crossdock_core::route::{Case, Choice, RemoteDestination, Route, Via};
use crossdock_core::routers::Origin;
use crossdock_core::table::Destination;
use std::sync::Arc;

use crate::shared::Shared;

/// Why a probe does not leave any more.
pub(crate) const GONE: &str = "the connection is gone";

/// Decides. `capacity` is that of the link it came on, `priority` its own; `passed` tells the routers where it has been.
pub(crate) fn decide(
    shared: &Shared,
    route: &mut Route,
    case: Case,
    (capacity, priority): (u64, u8),
    passed: impl Fn(&str) -> bool,
) -> Decision {
    route.refresh(&shared.routers);
    let via = route.foresee_via(case, &shared.routers);
    let own = Arc::clone(route.entry());
    let Some((via, taker)) = via.and_then(|via| Some((via, route.via_mut(via)?))) else {
        let why = nowhere(route, case.origin);
        return Decision { entry: Some(own), priority, why: Some(why), ..Decision::default() };
    };
    let entry = Arc::clone(taker.entry());
    let mut left_out = 0;
    let forks: Vec<Fork> = if matches!(entry.treatment(), Treatment::Multicast | Treatment::MulticastFlood) {
        left_out = taker.local().len().saturating_sub(MAX_FORKS);
        let remote = taker.copies(case.origin).filter(|remote| !passed(&remote.next_hop));
        taker.local().iter().take(MAX_FORKS).map(local_fork).chain(remote.map(remote_fork)).collect()
    } else {
        let choice = taker.foresee(capacity, case.origin);
        let fork = choice.map(|choice| match choice {
            Choice::Local(local) => local_fork(local),
            Choice::Remote(remote) => remote_fork(remote),
        });
        fork.into_iter().collect()
    };
    Decision {
        renamed: via != Via::Own || taker.renames(),
        priority: entry.priority().unwrap_or(priority),
        left_out,
        why: forks.is_empty().then(|| nowhere(taker, case.origin)),
        forks,
        entry: Some(entry),
    }
}

fn local_fork(local: &Destination) -> Fork {
    Fork::Local {
        conn: local.conn,
        link: local.link,
        has_credit: local.counters.has_credit(),
        outstanding: local.counters.outstanding(),
        party: local.party,
    }
}

fn remote_fork(remote: &RemoteDestination) -> Fork {
    Fork::Router {
        identity: Arc::clone(&remote.next_hop),
        conn: remote.conn,
        cost: remote.cost,
        takes_probes: remote.takes_probes,
    }
}

/// Why a message goes nowhere.
fn nowhere(route: &Route, origin: Origin) -> String {
    if route.has_companions() {
        "no consumer, neither of the address nor of another one that stands in for it".to_owned()
    } else if route.remote().is_empty() {
        "no consumer".to_owned()
    } else if origin == Origin::Own {
        "other routers have consumers, and none of them can be reached".to_owned()
    } else {
        "other routers have consumers, but messages from that origin do not pass here".to_owned()
    }
}
