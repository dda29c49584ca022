//! Shortest paths and valid origins, against the rules taken literally.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use crossdock_linkstate::message::Peers;
use crossdock_linkstate::paths::{Route, Topology};
use crossdock_linkstate::{Cost, RouterId};
use proptest::prelude::*;

type States = BTreeMap<RouterId, Peers>;

fn id(name: &str) -> RouterId {
    RouterId::new(name)
}

/// `"A>B 3"` says that A lists B at cost 3; `"A-B 3"` that both do.
fn states(lines: &[&str]) -> States {
    let mut states = States::new();
    for line in lines {
        let (pair, cost) = line.split_once(' ').unwrap();
        let cost = Cost(cost.parse().unwrap());
        let (from, to) = pair.split_once(['>', '-']).unwrap();
        states.entry(id(from)).or_default().insert(id(to), cost);
        let back = states.entry(id(to)).or_default();
        if pair.contains('-') {
            back.insert(id(from), cost);
        }
    }
    states
}

fn route(next_hop: &str, cost: u64, hops: u32) -> Option<Route> {
    Some(Route { next_hop: id(next_hop), cost, hops })
}

#[test]
fn of_equal_paths_the_one_over_the_lesser_name_wins() {
    let topology = Topology::new(&states(&["A-X 2", "A-Y 2", "X-Z 1", "Y-Z 1"]));
    assert_eq!(topology.routes(&id("A")).routes.get(&id("Z")).cloned(), route("X", 3, 2));
}

#[test]
fn of_equal_paths_the_one_whose_last_router_is_cheaper_wins_over_the_name() {
    let topology = Topology::new(&states(&["A-X 2", "A-Y 1", "X-Z 1", "Y-Z 2"]));
    assert_eq!(topology.routes(&id("A")).routes.get(&id("Z")).cloned(), route("Y", 3, 2));
}

#[test]
fn a_neighbour_may_be_reached_through_a_cheaper_one() {
    let routes = Topology::new(&states(&["A-B 10", "A-C 1", "C-B 1"])).routes(&id("A"));
    assert_eq!(routes.routes.get(&id("B")).cloned(), route("C", 2, 2));
    assert_eq!(routes.radius, 2);
}

#[test]
fn costs_count_in_the_direction_in_which_they_are_listed() {
    let topology = Topology::new(&states(&["A>B 7", "B>A 2"]));
    assert_eq!(topology.routes(&id("A")).routes.get(&id("B")).cloned(), route("B", 7, 1));
    assert_eq!(topology.routes(&id("B")).routes.get(&id("A")).cloned(), route("A", 2, 1));
}

#[test]
fn who_is_listed_by_nobody_cannot_be_reached() {
    let routes = Topology::new(&states(&["A-B 1", "C>A 1", "C>B 1"])).routes(&id("A"));
    assert_eq!(routes.routes.keys().collect::<Vec<_>>(), [&id("B")]);
}

#[test]
fn who_is_listed_but_says_nothing_has_a_way_back_at_cost_one() {
    let mut states = states(&["A-B 5", "B>C 5", "D-C 5"]);
    states.remove(&id("C"));
    let routes = Topology::new(&states).routes(&id("A")).routes;
    assert_eq!(routes.get(&id("C")).cloned(), route("B", 10, 2));
    assert_eq!(routes.get(&id("D")).cloned(), route("B", 11, 3));
}

#[test]
fn a_hub_is_on_the_way_between_its_leaves_and_a_leaf_on_nobodys() {
    let topology = Topology::new(&states(&["A-X 1", "A-Y 1"]));
    let hub = topology.valid_origins(&id("A"));
    assert_eq!(hub, BTreeMap::from([(id("X"), vec![id("Y")]), (id("Y"), vec![id("X")])]));
    assert!(topology.valid_origins(&id("X")).values().all(Vec::is_empty));
}

#[test]
fn an_unknown_router_has_no_routes() {
    assert!(Topology::new(&states(&["A-B 1"])).routes(&id("Q")).routes.is_empty());
}

/// The path from `root` to every router, each a list of routers: the rules word for word, with no regard to time.
fn trees(states: &States, root: &RouterId) -> BTreeMap<RouterId, (u64, Vec<RouterId>)> {
    let mut open = BTreeMap::from([(root.clone(), (0_u64, vec![root.clone()]))]);
    let mut done: BTreeMap<RouterId, (u64, Vec<RouterId>)> = BTreeMap::new();
    while let Some(next) =
        open.iter().min_by_key(|(router, (cost, _))| (*cost, (*router).clone())).map(|(r, _)| r.clone())
    {
        let (cost, path) = open.remove(&next).unwrap();
        for (peer, step) in &states[&next] {
            let cost = cost + u64::from(step.0);
            if done.contains_key(peer) || open.get(peer).is_some_and(|(known, _)| *known <= cost) {
                continue;
            }
            open.insert(peer.clone(), (cost, [&path[..], std::slice::from_ref(peer)].concat()));
        }
        done.insert(next, (cost, path));
    }
    done
}

/// The least cost of any path without a circle, by trying all.
fn cheapest(states: &States, at: &RouterId, to: &RouterId, passed: &mut BTreeSet<RouterId>) -> Option<u64> {
    if at == to {
        return Some(0);
    }
    passed.insert(at.clone());
    let peers = states[at].iter().filter(|(peer, _)| !passed.contains(*peer)).collect::<Vec<_>>();
    let least = peers
        .into_iter()
        .filter_map(|(peer, cost)| Some(u64::from(cost.0) + cheapest(states, peer, to, passed)?))
        .min();
    passed.remove(at);
    least
}

/// Up to `most` routers, each listing some others at small costs, so that ties are frequent.
fn graphs(most: usize) -> impl Strategy<Value = States> {
    (2..=most).prop_flat_map(|routers| {
        proptest::collection::vec((0..routers, 0..routers, 1..4_u32, any::<bool>()), 0..routers * 3).prop_map(
            move |links| {
                let name = |number: usize| id(&format!("r{number}"));
                let mut states: States = (0..routers).map(|number| (name(number), Peers::new())).collect();
                for (a, b, cost, both) in links {
                    if a != b {
                        states.get_mut(&name(a)).unwrap().insert(name(b), Cost(cost));
                        if both {
                            states.get_mut(&name(b)).unwrap().insert(name(a), Cost(cost));
                        }
                    }
                }
                states
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn routes_are_those_of_the_rules(states in graphs(12)) {
        let topology = Topology::new(&states);
        for own in states.keys() {
            let routes = topology.routes(own);
            let mut expected = trees(&states, own);
            expected.remove(own);
            prop_assert_eq!(routes.radius as usize, expected.values().map(|(_, path)| path.len() - 1).max().unwrap_or(0));
            let expected: BTreeMap<RouterId, Route> = expected
                .into_iter()
                .map(|(router, (cost, path))| {
                    (router, Route { next_hop: path[1].clone(), cost, hops: path.len() as u32 - 1 })
                })
                .collect();
            prop_assert_eq!(routes.routes, expected);
        }
    }

    #[test]
    fn no_path_is_cheaper(states in graphs(7)) {
        let topology = Topology::new(&states);
        for own in states.keys() {
            let routes = topology.routes(own).routes;
            for to in states.keys().filter(|&to| to != own) {
                let least = cheapest(&states, own, to, &mut BTreeSet::new());
                prop_assert_eq!(routes.get(to).map(|route| route.cost), least);
            }
        }
    }

    #[test]
    fn origins_are_valid_where_the_own_router_is_inside_the_path(states in graphs(9)) {
        let topology = Topology::new(&states);
        for own in states.keys() {
            let origins = topology.valid_origins(own);
            let reachable = trees(&states, own);
            prop_assert_eq!(origins.len(), reachable.len() - 1);
            for (destination, origins) in &origins {
                let expected: Vec<RouterId> = reachable
                    .keys()
                    .filter(|&origin| origin != own && origin != destination)
                    .filter(|&origin| {
                        trees(&states, origin).get(destination).is_some_and(|(_, path)| path.contains(own))
                    })
                    .cloned()
                    .collect();
                prop_assert_eq!(origins, &expected);
            }
        }
    }

    #[test]
    fn a_multicast_that_goes_where_origins_are_valid_reaches_each_router_once(states in graphs(9)) {
        // As in a settled mesh: every connection is listed by both ends.
        let mut states = states;
        for (router, peers) in states.clone() {
            for (peer, cost) in peers {
                states.get_mut(&peer).unwrap().insert(router.clone(), cost);
                states.get_mut(&router).unwrap().insert(peer, cost);
            }
        }
        let topology = Topology::new(&states);
        for ingress in states.keys() {
            let mut got: BTreeMap<RouterId, u32> = BTreeMap::new();
            let mut under_way = vec![ingress.clone()];
            while let Some(at) = under_way.pop() {
                let routes = topology.routes(&at).routes;
                let origins = topology.valid_origins(&at);
                let next: BTreeSet<RouterId> = routes
                    .iter()
                    .filter(|&(router, _)| at == *ingress || origins[router].contains(ingress))
                    .map(|(_, route)| route.next_hop.clone())
                    .collect();
                for next in next {
                    *got.entry(next.clone()).or_default() += 1;
                    prop_assert!(got[&next] < 2, "{} twice from {}", next, ingress);
                    under_way.push(next);
                }
            }
            prop_assert_eq!(got.len(), trees(&states, ingress).len() - 1);
        }
    }
}
