//! Reports for scripts.

use serde_json::{Value, json};

use super::report::{Flow, Incident, Outcomes, Report, RouteChange};

impl Report {
    /// One object with all of it.
    pub fn to_json(&self) -> Value {
        let [routers, connections, brokers, clients] = self.counts;
        json!({
            "name": self.name,
            "seed": self.seed,
            "lengthMillis": self.length,
            "counts": {"routers": routers, "connections": connections, "brokers": brokers, "clients": clients},
            "sound": self.is_sound(),
            "breach": self.breach.as_ref().map(|breach| json!({"atMillis": breach.millis, "what": breach.what})),
            "start": self.start.map(|start| json!({"agreedMillis": start.agreed, "completeMillis": start.complete})),
            "incidents": self.incidents.iter().map(incident).collect::<Vec<_>>(),
            "flows": self.flows.iter().map(flow).collect::<Vec<_>>(),
            "queued": self.queued.iter().map(|(broker, count)| json!({"broker": broker, "messages": count})).collect::<Vec<_>>(),
            "unlinked": self.unlinked.iter().map(|(error, count)| json!({"error": error, "links": count})).collect::<Vec<_>>(),
            "notes": self.notes,
            "transfersBetweenRouters": self.transfers,
            "steps": self.steps,
            "trace": format!("{:016x}", self.trace),
        })
    }
}

fn incident(incident: &Incident) -> Value {
    json!({
        "atMillis": incident.at,
        "what": incident.what,
        "agreedMillis": incident.agreed,
        "lostClients": incident.lost_clients,
        "clientsBackMillis": incident.back,
        "routes": {"before": incident.routes[0], "after": incident.routes[1]},
        "changes": incident.changes.iter().map(change).collect::<Vec<_>>(),
        "affected": outcomes(&incident.affected),
    })
}

fn change(change: &RouteChange) -> Value {
    let side = |side: &Option<(String, u64)>| side.as_ref().map(|(next, cost)| json!({"nextHop": next, "cost": cost}));
    json!({"from": change.from, "to": change.to, "before": side(&change.before), "after": side(&change.after)})
}

fn flow(flow: &Flow) -> Value {
    let latency = flow.latency.map(|one| json!({"p50Millis": one.p50, "p99Millis": one.p99, "maxMillis": one.max}));
    json!({
        "clients": flow.class,
        "address": flow.address,
        "outcomes": outcomes(&flow.outcomes),
        "unsent": flow.unsent,
        "latency": latency,
    })
}

fn outcomes(all: &Outcomes) -> Value {
    json!({
        "sent": all.sent,
        "settled": all.settled,
        "accepted": all.accepted,
        "rejected": all.rejected,
        "released": all.released,
        "modified": all.modified,
        "unknown": all.unknown,
        "delivered": all.delivered,
        "copies": all.copies,
        "queued": all.queued,
        "discarded": all.discarded,
        "lost": all.lost,
        "repeated": all.repeated,
        "doubled": all.doubled,
    })
}
