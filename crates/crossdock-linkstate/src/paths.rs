//! Shortest paths, and whose traffic passes through us on the way.
//!
//! Every router computes the tree of every other router and must come to the same result, or multicast messages get lost
//! or go round. So the rule for ties is part of the protocol: routers are taken in the order of cost, then of name; a path
//! is replaced only by a strictly cheaper one. Of two equal paths the one whose last router is cheaper to reach wins, then
//! the one whose last router has the lesser name.
//!
//! Only what a router says of itself counts for the way from it to a neighbour: costs may differ between the directions,
//! and a router that nobody lists cannot be reached, whomever it lists itself.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::message::Peers;
use crate::{Cost, RouterId};

/// The routers and what each says about its neighbours, as a graph whose nodes are in the order of names.
#[derive(Clone, Debug)]
pub struct Topology {
    graph: DiGraph<RouterId, Cost>,
}

/// The way to a router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The first router of the path, a neighbour of the one where it begins.
    pub next_hop: RouterId,
    /// Sum of the costs.
    pub cost: u64,
    /// Number of connections on the path.
    pub hops: u32,
}

/// The routes from one router to all that it can reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// By router, without the one where they begin.
    pub routes: BTreeMap<RouterId, Route>,
    /// Number of hops to the router that is the most hops away; 0 if there is none.
    pub radius: u32,
}

/// For each reachable router the routers whose traffic for it may pass through us. The own router is one of them always,
/// and is not listed.
pub type ValidOrigins = BTreeMap<RouterId, Vec<RouterId>>;

/// The tree of shortest paths from one router. Node numbers are ranks of names.
struct Tree {
    /// Indexed by node; none where there is no path.
    reached: Vec<Option<Reached>>,
    /// In the order in which they were reached for good: each after its predecessor. The root is the first.
    order: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Reached {
    cost: u64,
    hops: u32,
    predecessor: u32,
}

impl Topology {
    /// The graph of what these routers say. A router that is listed, but says nothing, gets a way back to whoever lists it,
    /// at cost 1.
    pub fn new<'a>(states: impl IntoIterator<Item = (&'a RouterId, &'a Peers)>) -> Self {
        let mut states: Vec<(&RouterId, &Peers)> = states.into_iter().collect();
        states.sort_unstable_by_key(|&(router, _)| router);
        let says = |router: &RouterId| states.binary_search_by(|&(known, _)| known.cmp(router)).is_ok();
        let mut names: Vec<&RouterId> = states.iter().map(|&(router, _)| router).collect();
        names.extend(states.iter().flat_map(|(_, peers)| peers.keys()).filter(|peer| !says(peer)));
        names.sort_unstable();
        names.dedup();
        let edges = states.iter().map(|(_, peers)| peers.len()).sum();
        let mut graph = DiGraph::with_capacity(names.len(), edges);
        for &name in &names {
            graph.add_node(name.clone());
        }
        let rank = |router: &RouterId| NodeIndex::new(names.binary_search(&router).unwrap_or_default());
        let everybody_says = names.len() == states.len();
        for &(router, peers) in &states {
            let from = rank(router);
            for (peer, &cost) in peers.iter().filter(|&(peer, _)| peer != router) {
                let to = rank(peer);
                graph.add_edge(from, to, cost);
                if !everybody_says && !says(peer) {
                    graph.add_edge(to, from, Cost(1));
                }
            }
        }
        Self { graph }
    }

    /// The routes from `own` to everywhere.
    pub fn routes(&self, own: &RouterId) -> Routes {
        let Some(root) = self.rank(own) else { return Routes::default() };
        let tree = self.tree(root);
        // Who is the first on the way: the routers are in an order in which that is known of the predecessor.
        let mut first: Vec<u32> = vec![root; self.graph.node_count()];
        let mut routes = Routes::default();
        for &node in tree.order.iter().skip(1) {
            let Some(reached) = tree.reached(node) else { continue };
            let next_hop = match reached.predecessor {
                predecessor if predecessor == root => node,
                predecessor => first.get(predecessor as usize).copied().unwrap_or(root),
            };
            if let Some(place) = first.get_mut(node as usize) {
                *place = next_hop;
            }
            let (Some(router), Some(next_hop)) = (self.router(node), self.router(next_hop)) else { continue };
            routes.radius = routes.radius.max(reached.hops);
            let route = Route { next_hop: next_hop.clone(), cost: reached.cost, hops: reached.hops };
            routes.routes.insert(router.clone(), route);
        }
        routes
    }

    /// For each router that `own` can reach, the other reachable routers on whose path to it `own` lies.
    ///
    /// One tree for each router: time grows with the routers times the connections.
    pub fn valid_origins(&self, own: &RouterId) -> ValidOrigins {
        let Some(own) = self.rank(own) else { return ValidOrigins::new() };
        let reachable = self.tree(own).order;
        let mut lists: BTreeMap<u32, Vec<u32>> = reachable.iter().skip(1).map(|&node| (node, Vec::new())).collect();
        let mut behind = vec![false; self.graph.node_count()];
        for &origin in reachable.iter().skip(1) {
            let tree = self.tree(origin);
            behind.fill(false);
            // From where the own router was reached on, all that follow from it are behind it.
            for &node in tree.order.iter().skip_while(|&&node| node != own).skip(1) {
                let Some(Reached { predecessor, .. }) = tree.reached(node) else { continue };
                if predecessor != own && !behind.get(predecessor as usize).copied().unwrap_or_default() {
                    continue;
                }
                if let Some(place) = behind.get_mut(node as usize) {
                    *place = true;
                }
                if let Some(list) = lists.get_mut(&node) {
                    list.push(origin);
                }
            }
        }
        lists
            .into_iter()
            .filter_map(|(node, mut origins)| {
                origins.sort_unstable();
                let origins = origins.into_iter().filter_map(|origin| self.router(origin).cloned()).collect();
                Some((self.router(node)?.clone(), origins))
            })
            .collect()
    }

    /// Number of routers, mentioned ones included.
    pub fn router_count(&self) -> usize {
        self.graph.node_count()
    }

    fn rank(&self, router: &RouterId) -> Option<u32> {
        // Nodes are in the order of names.
        let nodes = self.graph.raw_nodes();
        nodes.binary_search_by(|node| node.weight.cmp(router)).ok().and_then(|rank| u32::try_from(rank).ok())
    }

    fn router(&self, node: u32) -> Option<&RouterId> {
        self.graph.node_weight(NodeIndex::new(node as usize))
    }

    /// Dijkstra's algorithm, with the rule for ties.
    fn tree(&self, root: u32) -> Tree {
        let count = self.graph.node_count();
        let mut tree = Tree { reached: vec![None; count], order: Vec::with_capacity(count) };
        let mut is_final = vec![false; count];
        let mut heap = BinaryHeap::with_capacity(count);
        tree.reach(root, Reached { cost: 0, hops: 0, predecessor: root });
        heap.push(Reverse((0_u64, root)));
        while let Some(Reverse((cost, node))) = heap.pop() {
            match is_final.get_mut(node as usize) {
                Some(place) if !*place => *place = true,
                Some(_) | None => continue,
            }
            tree.order.push(node);
            let Some(Reached { hops, .. }) = tree.reached(node) else { continue };
            for edge in self.graph.edges(NodeIndex::new(node as usize)) {
                let target = edge.target().index() as u32;
                let cost = cost.saturating_add(edge.weight().0.into());
                if tree.reached(target).is_none_or(|known| cost < known.cost) {
                    tree.reach(target, Reached { cost, hops: hops + 1, predecessor: node });
                    heap.push(Reverse((cost, target)));
                }
            }
        }
        tree
    }
}

impl Tree {
    fn reached(&self, node: u32) -> Option<Reached> {
        self.reached.get(node as usize).copied().flatten()
    }

    fn reach(&mut self, node: u32, reached: Reached) {
        if let Some(place) = self.reached.get_mut(node as usize) {
            *place = Some(reached);
        }
    }
}
