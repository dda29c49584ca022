//! Plans for scripts.

use serde_json::{Value, json};

use super::{Changes, Flow, RouterRoute, Verdict};
use crate::model::Mesh;
use crate::network::{Part, Path};

/// Routes and flows.
pub fn plan_to_json(mesh: &Mesh, routes: &[RouterRoute], flows: &[Flow]) -> Value {
    json!({
        "name": mesh.name,
        "routes": routes.iter().map(route).collect::<Vec<_>>(),
        "flows": flows.iter().map(flow).collect::<Vec<_>>(),
    })
}

/// What changes without some parts.
pub fn changes_to_json(mesh: &Mesh, without: &[Part], changes: &Changes) -> Value {
    let pair = |before: Value, after: Value| json!({"before": before, "after": after});
    json!({
        "name": mesh.name,
        "without": without.iter().map(|part| part.describe(mesh)).collect::<Vec<_>>(),
        "routes": changes.routes.iter().map(|(old, new)| pair(route(old), route(new))).collect::<Vec<_>>(),
        "unchangedRoutes": changes.unchanged,
        "flows": changes.flows.iter().map(|(old, new)| pair(flow(old), flow(new))).collect::<Vec<_>>(),
    })
}

/// What each single loss means.
pub fn verdicts_to_json(mesh: &Mesh, verdicts: &[Verdict]) -> Value {
    let verdict = |verdict: &Verdict| {
        let losses = verdict.losses.iter().map(|loss| {
            let does = if loss.sends { "send" } else { "receive" };
            json!({"clients": loss.class, "does": does, "address": loss.address, "why": loss.why})
        });
        json!({"lost": verdict.part.describe(mesh), "survives": verdict.losses.is_empty(), "losses": losses.collect::<Vec<_>>()})
    };
    json!({
        "name": mesh.name,
        "survives": verdicts.iter().all(|verdict| verdict.losses.is_empty()),
        "failures": verdicts.iter().map(verdict).collect::<Vec<_>>(),
    })
}

fn route(route: &RouterRoute) -> Value {
    json!({
        "from": route.from,
        "to": route.to,
        "nextHop": route.path.as_ref().and_then(|path| path.routers.get(1)),
        "path": path(route.path.as_ref()),
    })
}

fn path(path: Option<&Path>) -> Value {
    path.map_or(Value::Null, |path| json!({"cost": path.cost, "hops": path.hops(), "routers": path.routers}))
}

fn flow(flow: &Flow) -> Value {
    let legs = flow.legs.iter().map(|leg| {
        json!({
            "attached": leg.attached,
            "service": leg.service,
            "router": leg.router,
            "used": leg.is_used,
            "path": path(leg.path.as_ref()),
        })
    });
    json!({
        "clients": flow.class,
        "does": if flow.sends { "send" } else { "receive" },
        "address": flow.address,
        "treatment": flow.treatment,
        "legs": legs.collect::<Vec<_>>(),
    })
}
