//! The steps that make a mesh what its file says: which, and in which order.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::wildcard_enum_match_arm, reason = "of the kinds of entities a test looks at some")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use crossdock_schema::{EntityKind, Value};
use crossdock_topology::apply::{Action, Plan, STAND_IN, Step, Until, Wishes, plan};
use crossdock_topology::live::{Entity, KINDS, Leave, LiveMesh, RouterState, planned_ways};
use crossdock_topology::{Mesh, Network, honoured_sections};

/// Three routers in a ring, two brokers, an address through a queue.
const BASE: &str = "
routers:
  - {id: a, workerThreads: 2, listeners: [{name: clients, port: 1001}, {name: routers, port: 1002, role: inter-router}]}
  - {id: b, listeners: [{name: clients, port: 1003}, {name: routers, port: 1004, role: inter-router}]}
  - {id: c, listeners: [{name: clients, port: 1005}]}
connections: [{from: b, to: a, cost: 3}, {from: c, to: a, cost: 4}, {from: c, to: b, cost: 4}]
addresses: [{pattern: stock, waypoint: yes}, {prefix: news, distribution: multicast}, {pattern: event, waypoint: yes}]
brokers: [{id: store, routers: [a, b], port: 1101}, {id: depot, routers: b, port: 1102}]
autoLinks: [{address: stock, broker: store, direction: both}]
linkRoutes: [{prefix: archive, broker: depot, direction: both}]
shards: [{name: ev, address: event, key: group-id, members: [{broker: store}, {broker: depot}]}]
clients: [{name: shops, routers: a, send: stock}, {name: clerks, routers: b, receive: stock}]
";

const PRUNE: Wishes = Wishes { prune: true, force: false, any_ports: false };

fn mesh(text: &str) -> Mesh {
    let reading = support::text(text);
    assert!(!reading.has_errors(), "{:#?}", reading.diagnostics);
    reading.mesh
}

/// A section as the router shows it that has it, and that works.
fn entity(kind: EntityKind, values: &[(String, Value)]) -> Entity {
    let entity =
        crossdock_schema::check_entity(kind, crossdock_schema::RouterMode::Interior, values.to_vec()).unwrap().0;
    let shown = match &entity {
        crossdock_schema::Entity::Router(one) => one.values(),
        crossdock_schema::Entity::Listener(one) => one.values(),
        crossdock_schema::Entity::Connector(one) => one.values(),
        crossdock_schema::Entity::Address(one) => one.values(),
        crossdock_schema::Entity::AutoLink(one) => one.values(),
        crossdock_schema::Entity::LinkRoute(one) => one.values(),
        crossdock_schema::Entity::Shard(one) => one.values(),
        other => panic!("{other:?}"),
    };
    let wire = |name: &str| kind.entity_type().attribute(name).unwrap().wire_name.to_owned();
    let mut values: BTreeMap<String, String> =
        shown.into_iter().map(|(name, value)| (wire(name), value.to_string())).collect();
    let text = |name: &str| values.get(name).cloned().unwrap_or_default();
    let identity = match kind {
        EntityKind::Connector => format!("connector/{}:{}:{}", text("host"), text("port"), text("name")),
        other => format!("{}/{}/{}{}", other.entity_type().name, text("name"), text("prefix"), text("pattern")),
    };
    values.insert(String::from("identity"), identity);
    let status = match kind {
        EntityKind::Connector => ("connectionStatus", "SUCCESS"),
        EntityKind::AutoLink | EntityKind::LinkRoute => ("operStatus", "active"),
        _ => ("operStatus", "up"),
    };
    values.insert(status.0.to_owned(), status.1.to_owned());
    Entity { kind, values }
}

fn state(mesh: &Mesh, router: &str) -> RouterState {
    let is_shown = |kind: EntityKind| KINDS.iter().any(|(shown, _)| *shown == kind);
    let sections = honoured_sections(mesh, router).0;
    let entities = sections.iter().filter(|section| is_shown(section.kind));
    let entities = entities.map(|section| entity(section.kind, &section.values)).collect();
    RouterState { id: router.to_owned(), ways: planned_ways(&Network::whole(mesh), router), entities }
}

/// A mesh that runs as its file says.
fn running(text: &str) -> LiveMesh {
    let mesh = mesh(text);
    let routers: Vec<String> = mesh.routers.iter().map(|router| router.id.clone()).collect();
    let states = routers.iter().map(|id| state(&mesh, id)).collect();
    LiveMesh { routers, states, door: Some((String::from("a"), 1001)) }
}

fn planned(text: &str, live: &LiveMesh, wishes: Wishes) -> Plan {
    let mesh = mesh(text);
    plan(&Network::whole(&mesh), live, wishes)
}

fn steps(plan: &Plan) -> Vec<String> {
    let line = |step: &Step| {
        format!("{}: {} {} {}", step.router, step.action.as_str(), step.kind.entity_type().name, step.name)
    };
    plan.steps.iter().map(line).collect()
}

/// Takes a step in memory.
fn take(live: &mut LiveMesh, step: &Step) {
    let state = live.states.iter_mut().find(|state| state.id == step.router).unwrap();
    let mut remove = |identity: &str| {
        let at = state.entities.iter().position(|one| one.kind == step.kind && one.text("identity") == identity);
        state.entities.remove(at.unwrap_or_else(|| panic!("{step:?}: there is no {identity}")));
    };
    match &step.action {
        Action::Create { .. } => {}
        Action::Delete { identity } => remove(identity),
        Action::Replace { before, .. } => remove(before.text("identity")),
    }
    if let Action::Create { values } | Action::Replace { values, .. } = &step.action {
        let new = entity(step.kind, values);
        let is_taken = state.entities.iter().any(|one| one.kind == step.kind && one.text("name") == new.text("name"));
        assert!(!is_taken || new.text("name").is_empty(), "{step:?}: its name is taken");
        let port = |one: &Entity| (one.kind == EntityKind::Listener).then(|| one.text("port").to_owned());
        let clash = port(&new).is_some() && state.entities.iter().any(|one| port(one) == port(&new));
        assert!(!clash, "{step:?}: its port is taken");
        state.entities.push(new);
    }
}

/// What a mesh is like in which the paths have settled.
fn settle(live: &mut LiveMesh, text: &str) {
    let mesh = mesh(text);
    for state in &mut live.states {
        state.ways = planned_ways(&Network::whole(&mesh), &state.id);
    }
}

/// The base with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from}");
    BASE.replace(from, to)
}

/// Changes of the base, of every kind.
fn variants() -> Vec<String> {
    vec![
        BASE.to_owned(),
        changed("{from: b, to: a, cost: 3}", "{from: b, to: a, cost: 5}"),
        changed("{from: c, to: a, cost: 4}, ", ""),
        changed("name: clients, port: 1003", "name: services, port: 1003"),
        changed("{name: clients, port: 1005}", "{name: clients, port: 1006}, {name: more, port: 1005}"),
        changed("port: 1002, role: inter-router", "port: 1002, role: inter-router, cost: 9"),
        changed("prefix: news, distribution: multicast", "prefix: news, distribution: closest"),
        changed("{prefix: news, distribution: multicast}, ", ""),
        changed("routers: [a, b], port: 1101", "routers: [a, c], port: 1101"),
        changed("routers: b, port: 1102", "routers: b, port: 1103"),
        changed("prefix: archive, broker: depot", "prefix: archive, broker: store"),
        changed("prefix: archive, broker: depot", "prefix: archive, addExternalPrefix: x, broker: depot"),
        changed(
            "key: group-id, members: [{broker: store}, {broker: depot}]",
            "key: to, onLoss: wait, members: [{broker: store}]",
        ),
        changed("linkRoutes: [{prefix: archive, broker: depot, direction: both}]", ""),
        changed(
            "{from: b, to: a, cost: 3}, {from: c, to: a, cost: 4}",
            "{from: b, to: a, name: up, cost: 2}, {from: c, to: a, cost: 7}",
        ),
    ]
}

#[test]
fn from_any_mesh_to_any_other_the_steps_lead_there_and_then_there_is_nothing_to_do() {
    let variants = variants();
    for from in &variants {
        for to in &variants {
            let wishes = Wishes { prune: true, force: true, any_ports: false };
            let mut live = running(from);
            let plan = planned(to, &live, wishes);
            assert_eq!(plan.steps.is_empty(), from == to);
            for step in &plan.steps {
                take(&mut live, step);
            }
            settle(&mut live, to);
            let mesh = mesh(to);
            let left = live.differences(&Network::whole(&mesh), Leave { ports: false });
            let left: Vec<String> = left.iter().map(ToString::to_string).collect();
            assert!(left.is_empty(), "{left:#?}\nfrom {from}\nto {to}\n{:#?}", steps(&plan));
            assert_eq!(planned(to, &live, wishes), Plan::default());
        }
    }
}

#[test]
fn wherever_it_is_interrupted_another_run_goes_on() {
    let variants = variants();
    for (from, to) in variants.iter().zip(variants.iter().skip(1)) {
        let wishes = Wishes { prune: true, force: true, any_ports: false };
        let whole = planned(to, &running(from), wishes);
        for end in 0..whole.steps.len() {
            let mut live = running(from);
            whole.steps.iter().take(end).for_each(|step| take(&mut live, step));
            for step in &planned(to, &live, wishes).steps {
                take(&mut live, step);
            }
            settle(&mut live, to);
            assert_eq!(
                planned(to, &live, wishes),
                Plan::default(),
                "stopped before step {end} of {:#?}",
                steps(&whole)
            );
        }
    }
}

#[test]
fn routers_stay_connected_and_addresses_served_after_every_step() {
    let variants = variants();
    for from in &variants {
        for to in &variants {
            let mut live = running(from);
            let both: BTreeSet<(String, String)> = served(&live).intersection(&served(&running(to))).cloned().collect();
            for step in &planned(to, &live, PRUNE).steps {
                take(&mut live, step);
                assert_eq!(parts(&live), 1, "{step:?}\nfrom {from}\nto {to}");
                // Where a connection to a container has to be made anew, that says so.
                let is_told = step.kind == EntityKind::Shard;
                assert!(both.is_subset(&served(&live)) || is_told, "{step:?}\nfrom {from}\nto {to}");
            }
        }
    }
}

/// Address and direction of links to containers, and shards' addresses, that there are somewhere.
fn served(live: &LiveMesh) -> BTreeSet<(String, String)> {
    let entities = live.states.iter().flat_map(|state| &state.entities);
    let links =
        entities.filter(|one| matches!(one.kind, EntityKind::AutoLink | EntityKind::LinkRoute | EntityKind::Shard));
    links
        .map(|one| (format!("{}{}", one.text("address"), one.text("prefix")), one.text("direction").to_owned()))
        .collect()
}

fn parts(live: &LiveMesh) -> usize {
    let listens = |port: &str| {
        let is_it = |one: &Entity| one.kind == EntityKind::Listener && one.text("port") == port;
        live.states.iter().find(|state| state.entities.iter().any(is_it)).map(|state| state.id.clone())
    };
    let mut groups: Vec<BTreeSet<String>> = live.routers.iter().map(|id| BTreeSet::from([id.clone()])).collect();
    for state in &live.states {
        for connector in state.of(EntityKind::Connector).filter(|one| one.text("role") == "inter-router") {
            let Some(to) = listens(connector.text("port")) else { continue };
            let (joined, mut rest): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group| group.contains(&state.id) || group.contains(&to));
            rest.push(joined.into_iter().flatten().collect());
            groups = rest;
        }
    }
    groups.len()
}

#[test]
fn a_cost_changes_with_a_connection_that_stands_in() {
    let plan =
        planned(&changed("{from: b, to: a, cost: 3}", "{from: b, to: a, cost: 5}"), &running(BASE), Wishes::default());
    assert_eq!(
        steps(&plan),
        [
            "b: create connector to-a~apply",
            "b: delete connector to-a",
            "b: create connector to-a",
            "b: delete connector to-a~apply",
        ]
    );
    let connected = |name: &str| Some(Until::Connected { connector: name.to_owned(), other: Some(String::from("a")) });
    let closed = || Some(Until::Closed { connection: None });
    let untils: Vec<Option<Until>> = plan.steps.iter().map(|step| step.until.clone()).collect();
    assert_eq!(untils, [connected("to-a~apply"), closed(), connected("to-a"), closed()]);
    assert_eq!(plan.steps.first().unwrap().reason, "it stands in for to-a: cost is 3, in the file 5");
}

#[test]
fn a_stand_in_with_another_cost_is_no_help_and_goes_first() {
    let mut live = running(BASE);
    let first = planned(&changed("to: a, cost: 3", "to: a, cost: 5"), &live, Wishes::default());
    take(&mut live, first.steps.first().unwrap());
    let again = planned(&changed("to: a, cost: 3", "to: a, cost: 6"), &live, Wishes::default());
    assert_eq!(steps(&again).first().unwrap(), &format!("b: delete connector to-a{STAND_IN}"));
    let back = planned(BASE, &live, Wishes::default());
    assert_eq!(steps(&back), [format!("b: delete connector to-a{STAND_IN}")], "the file is the old one again");
}

#[test]
fn what_is_new_comes_first_then_what_is_changed_then_what_goes() {
    let text =
        changed("{prefix: news, distribution: multicast}", "{prefix: fresh}, {prefix: other, distribution: closest}")
            .replace("{name: clients, port: 1005}", "{name: clients, port: 1005}, {name: more, port: 1007}")
            .replace(
                "[{from: b, to: a, cost: 3}, {from: c, to: a, cost: 4}",
                "[{from: b, to: a, cost: 3}, {from: a, to: b}",
            )
            .replace("pattern: stock, waypoint: yes", "pattern: stock, waypoint: yes, priority: 5");
    let plan = planned(&text, &running(BASE), PRUNE);
    assert_eq!(
        steps(&plan),
        [
            "c: create listener more",
            "a: create connector to-b",
            "a: create address fresh",
            "a: create address other",
            "b: create address fresh",
            "b: create address other",
            "c: create address fresh",
            "c: create address other",
            "a: replace address stock",
            "b: replace address stock",
            "c: replace address stock",
            "a: delete address news",
            "b: delete address news",
            "c: delete address news",
            "c: delete connector to-a",
        ]
    );
}

#[test]
fn without_prune_nothing_is_removed() {
    let plan = planned(&changed("{prefix: news, distribution: multicast}, ", ""), &running(BASE), Wishes::default());
    assert_eq!(steps(&plan), Vec::<String>::new());
    let left: Vec<&str> = plan.left.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(left.len(), 3);
    assert_eq!(left.first().unwrap(), &"a: the address news is not in the file");
}

#[test]
fn a_connection_without_which_the_mesh_falls_apart_is_not_removed() {
    let mut live = running(BASE);
    // The file's way to c leads over a router that does not run.
    live.routers.retain(|id| id != "b");
    live.states.retain(|state| state.id != "b");
    let text = changed("{from: c, to: a, cost: 4}, ", "");
    let plan = planned(&text, &live, PRUNE);
    assert_eq!(steps(&plan), Vec::<String>::new());
    let refused: Vec<&str> = plan.refused.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(refused, ["c: connector to-a stays"]);
    let forced = planned(&text, &live, Wishes { force: true, ..PRUNE });
    assert_eq!(steps(&forced), ["c: delete connector to-a"]);
}

#[test]
fn the_listener_by_which_the_mesh_was_reached_is_not_removed() {
    let text =
        changed("{name: clients, port: 1001}, ", "").replace("{name: shops, routers: a", "{name: shops, routers: c");
    let plan = planned(&text, &running(BASE), PRUNE);
    assert_eq!((steps(&plan), plan.refused.len()), (Vec::new(), 1));
    let forced = planned(&text, &running(BASE), Wishes { force: true, ..PRUNE });
    assert_eq!(steps(&forced), ["a: delete listener clients"]);
}

#[test]
fn an_address_is_not_left_to_nobody() {
    // The file has queues of the depot serve it, and they do not.
    let text =
        changed("{address: stock, broker: store, direction: both}", "{address: stock, broker: depot, direction: both}");
    let mut live = running(BASE);
    for step in &planned(&text, &live, Wishes::default()).steps {
        take(&mut live, step);
    }
    for state in &mut live.states {
        for entity in state
            .entities
            .iter_mut()
            .filter(|one| one.kind == EntityKind::AutoLink && one.text("connection") == "depot")
        {
            entity.values.insert(String::from("operStatus"), String::from("failed"));
        }
    }
    let plan = planned(&text, &live, PRUNE);
    assert_eq!(steps(&plan), Vec::<String>::new());
    assert_eq!(plan.refused.len(), 4, "{:#?}", plan.refused);
    settle(&mut live, &text);
    for state in &mut live.states {
        for entity in &mut state.entities {
            entity.values.insert(
                String::from("operStatus"),
                if entity.kind == EntityKind::Shard { "up".into() } else { "active".into() },
            );
        }
    }
    assert_eq!(planned(&text, &live, PRUNE).steps.len(), 4, "now the depot does");
}

#[test]
fn what_management_cannot_do_is_told_with_what_to_do() {
    let mut live = running(BASE);
    live.routers.retain(|id| id != "a");
    live.states.retain(|state| state.id != "a");
    let text = changed("{id: b, listeners", "{id: b, workerThreads: 8, listeners");
    let plan = planned(&text, &live, Wishes::default());
    assert_eq!(steps(&plan), Vec::<String>::new());
    let beyond: Vec<&str> = plan.beyond.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(beyond, ["a: the mesh has no such router", "b: workerThreads is 4, in the file 8"]);
    assert!(plan.beyond.iter().all(|one| one.advice.contains("topology generate")), "{:#?}", plan.beyond);
}

#[test]
fn a_connector_to_a_router_that_does_not_run_is_made_and_not_waited_for() {
    let mut live = running(&changed("{from: b, to: a, cost: 3}, ", ""));
    live.routers.retain(|id| id != "a");
    live.states.retain(|state| state.id != "a");
    let plan = planned(BASE, &live, Wishes::default());
    assert_eq!(steps(&plan), ["b: create connector to-a"]);
    assert_eq!(plan.steps.first().unwrap().until, None);
}

#[test]
fn on_other_ports_a_connector_leads_where_the_listener_is() {
    let mut live = running(&changed("{from: b, to: a, cost: 3}, ", ""));
    for entity in live.states.iter_mut().flat_map(|state| &mut state.entities) {
        if entity.kind == EntityKind::Listener {
            let port: u32 = entity.text("port").parse().unwrap();
            entity.values.insert(String::from("port"), (port + 40_000).to_string());
            entity.values.insert(String::from("host"), String::from("10.0.0.1"));
        }
    }
    let plan = planned(BASE, &live, Wishes { any_ports: true, ..Wishes::default() });
    assert_eq!(steps(&plan), ["b: create connector to-a"]);
    let Action::Create { values } = &plan.steps.first().unwrap().action else { panic!() };
    let value = |name: &str| values.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_string());
    assert_eq!((value("host").as_deref(), value("port").as_deref()), (Some("10.0.0.1"), Some("41002")));
}

#[test]
fn of_what_is_waited_for_the_reason_is_told() {
    let mut live = running(BASE);
    let until = Until::Connected { connector: String::from("to-a"), other: Some(String::from("a")) };
    assert_eq!(until.lack("b", &live).unwrap(), "connector to-a has just been connected");
    let connection = |uptime: &str| Entity {
        kind: EntityKind::Connection,
        values: [("identity", "7"), ("uptimeSeconds", uptime)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    };
    let state = live.states.iter_mut().find(|state| state.id == "b").unwrap();
    let connector = state.entities.iter_mut().find(|one| one.text("name") == "to-a").unwrap();
    connector.values.insert(String::from("connectionMsg"), String::from("[C7] Connection Opened: dir=out"));
    state.entities.push(connection("0"));
    assert!(until.lack("b", &live).is_some());
    let state = live.states.iter_mut().find(|state| state.id == "b").unwrap();
    *state.entities.last_mut().unwrap() = connection("1");
    assert_eq!(until.lack("b", &live), None);
    let closed = Until::Closed { connection: Some(String::from("7")) };
    assert_eq!(closed.lack("b", &live).unwrap(), "connection 7 is still there");
    assert_eq!(Until::Closed { connection: Some(String::from("8")) }.lack("b", &live), None);
}
