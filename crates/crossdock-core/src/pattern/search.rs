//! The search for the best match.
//!
//! Every node is visited at most once for each token of the address. A node below an exact token or `*` is reached only
//! from its parent, one token earlier. A node of a `#` that has failed is not tried again: whatever leads to it is tried
//! with ever more tokens in front, so a later try would be about a tail of what has failed already. So the cost is at most
//! the product of nodes and tokens, and for trees without anything below a `#`, which is the usual case, a few steps for
//! each token and no allocation.

use hashbrown::HashSet;

use super::{Entry, Node, tokens::Rest};

/// One search.
pub(super) struct Search<T> {
    /// The `#` nodes, by their place in memory, below which there is no match.
    failed: HashSet<*const Node<T>>,
    /// Nodes visited.
    steps: usize,
}

impl<T> Search<T> {
    pub(super) fn new() -> Self {
        Self { failed: HashSet::new(), steps: 0 }
    }

    /// The best match for `address` below `root`.
    pub(super) fn run<'t>(&mut self, root: &'t Node<T>, address: &str) -> Option<&'t Entry<T>> {
        self.search_node(root, Rest::of(address))
    }

    /// The tokens up to `node` are matched, `rest` is not.
    fn search_node<'t>(&mut self, node: &'t Node<T>, rest: Rest<'_>) -> Option<&'t Entry<T>> {
        self.steps += 1;
        if rest.is_empty()
            && let Some(entry) = &node.entry
        {
            return Some(entry);
        }
        self.search_children(node, rest)
    }

    fn search_children<'t>(&mut self, node: &'t Node<T>, rest: Rest<'_>) -> Option<&'t Entry<T>> {
        if let Some((token, after)) = rest.pop() {
            if let Some(child) = node.exact.get(token)
                && let Some(entry) = self.search_node(child, after)
            {
                return Some(entry);
            }
            if let Some(child) = &node.star
                && let Some(entry) = self.search_node(child, after)
            {
                return Some(entry);
            }
        }
        node.hash.as_deref().and_then(|hash| self.search_hash(hash, rest))
    }

    /// `hash` takes as few tokens as possible: first those matches in which something follows it, last the one in which
    /// it takes all that is left.
    fn search_hash<'t>(&mut self, hash: &'t Node<T>, rest: Rest<'_>) -> Option<&'t Entry<T>> {
        if !hash.has_children() {
            self.steps += 1;
            return hash.entry.as_ref();
        }
        if self.failed.contains(&std::ptr::from_ref(hash)) {
            return None;
        }
        let mut left = rest;
        while !left.is_empty() {
            self.steps += 1;
            if let Some(entry) = self.search_children(hash, left) {
                return Some(entry);
            }
            left = left.pop().map_or(left, |(_, after)| after);
        }
        if hash.entry.is_none() {
            self.failed.insert(std::ptr::from_ref(hash));
        }
        hash.entry.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::PatternTree, Search};

    #[test]
    fn steps_are_at_most_nodes_times_tokens() {
        for hashes in [2, 5, 20, 60] {
            let mut tree = PatternTree::new();
            let pattern = format!("{}nowhere", "#.a.".repeat(hashes));
            tree.insert(&pattern, ()).unwrap();
            tree.insert(&format!("{}elsewhere", "*.#.a.".repeat(hashes.min(40))), ()).unwrap();
            let nodes = 1 + 2 * hashes + 1 + 3 * hashes.min(40) + 1;
            let tokens = 200;
            let address = "a.".repeat(tokens);

            let mut search = Search::new();
            assert!(search.run(&tree.root, &address).is_none());
            assert!(search.steps > tokens, "the address does make the search work: {} steps", search.steps);
            assert!(search.steps <= nodes * (tokens + 1), "{} steps for {nodes} nodes", search.steps);
        }
    }

    #[test]
    fn a_tree_of_prefixes_takes_a_step_for_each_token_and_remembers_nothing() {
        let mut tree = PatternTree::new();
        for prefix in ["a", "a.b", "a.b.c.d", "b"] {
            tree.insert_prefix(prefix, prefix).unwrap();
        }
        let mut search = Search::new();
        assert_eq!(search.run(&tree.root, "a/b/c/x/y/z").unwrap().value, "a.b");
        assert_eq!(search.steps, 5, "root, a, b, c and the # below b");
        assert_eq!(search.failed.capacity(), 0);
    }
}
