//! Patterns: which one speaks for an address.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crossdock_core::pattern::{MAX_PATTERN_TOKENS, PatternError, PatternTree, normal_form};
use proptest::prelude::*;

fn tree(patterns: &[&str]) -> PatternTree<String> {
    let mut tree = PatternTree::new();
    for pattern in patterns {
        tree.insert(pattern, (*pattern).to_owned()).unwrap();
    }
    tree
}

#[test]
fn star_is_one_token_and_hash_any_number() {
    for (pattern, matching, others) in [
        ("a.*", &["a.b", "a/b", "/a.b", "a.b."][..], &["a", "a.b.c", "b.b", "", "ab"][..]),
        ("*", &["a", "*", "a."], &["a.b", "", "."]),
        ("a.#", &["a", "a.b", "a/b.c", "a.#"], &["ab", "b.a", ""]),
        ("#", &["", "a", "a.b", "/"], &[]),
        ("#.b", &["b", "a.b", "b.b", "b.a.b"], &["b.a", "", "a"]),
        ("a.#.b", &["a.b", "a.x.b", "a.b.b", "a/x/y/b"], &["a", "b", "a.b.x"]),
        ("a.*.#.b", &["a.x.b", "a.b.b", "a.x.y.b"], &["a.b", "a.x"]),
        ("a.b", &["a.b", "a/b", "a/b/"], &["a.b.c", "a", "A.b", "a..b", "*.b", "#"]),
        ("a..b", &["a..b", "a/.b"], &["a.b"]),
    ] {
        let tree = tree(&[pattern]);
        for address in matching {
            assert!(tree.best_match(address).is_some(), "{pattern} should match {address}");
        }
        for address in others {
            assert!(tree.best_match(address).is_none(), "{pattern} should not match {address}");
        }
    }
}

#[test]
fn a_value_is_changed_where_it_is() {
    let mut tree = tree(&["a.b", "a.*", "a.#"]);
    for pattern in ["a.b", "a.*", "a.#"] {
        tree.get_mut(pattern).unwrap().push('!');
        assert_eq!(tree.get(pattern), Some(&format!("{pattern}!")));
    }
    for absent in ["a", "a.c", "a.*.b", "#"] {
        assert_eq!(tree.get_mut(absent), None, "{absent}");
    }
}

#[test]
fn a_prefix_matches_itself_and_what_follows_a_separator() {
    for prefix in ["p", "p/", "/p.", "p//"] {
        let mut tree = PatternTree::new();
        tree.insert_prefix(prefix, ()).unwrap();
        for address in ["p", "p.x", "p/x/y"] {
            assert!(tree.best_match(address).is_some(), "{prefix}: {address}");
        }
        for address in ["px", "q", ""] {
            assert!(tree.best_match(address).is_none(), "{prefix}: {address}");
        }
        assert_eq!(tree.best_pattern("p.x"), Some(("p.#", &())));
        assert_eq!(tree.remove_prefix("p"), Some(()));
        assert!(tree.is_empty());
    }
}

#[test]
fn at_each_token_exact_comes_before_star_and_star_before_hash() {
    let tree = tree(&["w/ok/x", "w/*/x", "w/#", "w/ok/*", "*/ok/x", "#"]);
    for (address, expected) in [
        ("w/ok/x", "w/ok/x"),
        ("w.no.x", "w/*/x"),
        ("w/ok/y", "w/ok/*"),
        ("w/no/y", "w/#"),
        ("w", "w/#"),
        ("v/ok/x", "*/ok/x"),
        ("v/ok/y", "#"),
    ] {
        assert_eq!(tree.best_match(address).map(String::as_str), Some(expected), "{address}");
    }
}

#[test]
fn a_dead_end_below_an_exact_token_leads_back_to_the_wildcards() {
    let tree = tree(&["a.b.c", "a.*.d", "#.e"]);
    assert_eq!(tree.best_match("a.b.d").unwrap(), "a.*.d");
    assert_eq!(tree.best_match("a.b.e").unwrap(), "#.e");
    assert_eq!(tree.best_match("a.b.f"), None);
}

#[test]
fn hash_takes_as_few_tokens_as_possible() {
    let tree = tree(&["#.a.*", "#.b", "#"]);
    assert_eq!(tree.best_match("a.b").unwrap(), "#.a.*");
    assert_eq!(tree.best_match("a.x.b").unwrap(), "#.b");
    assert_eq!(tree.best_match("a.a.c.c").unwrap(), "#");
}

#[test]
fn patterns_that_mean_the_same_have_one_normal_form() {
    for (pattern, normal) in [
        ("#.*", "*.#"),
        ("#/#", "#"),
        ("#.*.#", "*.#"),
        ("*.#.*.#.#.*", "*.*.*.#"),
        ("a/#/*/b/#/#", "a.*.#.b.#"),
        ("//a.b/", "a.b"),
        ("a//b", "a..b"),
        ("a*.#b", "a*.#b"),
        ("", ""),
        ("/", ""),
    ] {
        assert_eq!(normal_form(pattern).unwrap(), normal, "{pattern}");
    }
}

#[test]
fn the_second_of_two_equal_patterns_is_refused() {
    let mut tree = tree(&["a.#.*"]);
    for pattern in ["a/*/#", "a.#.*.#", "/a.*.#"] {
        assert_eq!(tree.insert(pattern, String::new()), Err(PatternError::Conflict), "{pattern}");
    }
    assert_eq!((tree.len(), tree.get("a.*.#").unwrap().as_str()), (1, "a.#.*"));
    assert_eq!(tree.get("a.*"), None);
}

#[test]
fn a_pattern_has_a_limited_number_of_tokens() {
    let longest = "a.".repeat(MAX_PATTERN_TOKENS - 1);
    let mut tree = PatternTree::new();
    assert_eq!(tree.insert(&format!("{longest}b.c"), ()), Err(PatternError::TooManyTokens));
    assert_eq!(tree.insert(&longest, ()), Ok(()));
    assert_eq!(tree.insert(&"#.".repeat(100_000), ()), Ok(()), "counted in normal form");
    assert!(tree.best_match(&"a.".repeat(100_000)).is_some());
}

#[test]
fn removal_leaves_the_others_and_nothing_behind() {
    let patterns = ["a.b", "a.b.c", "a.*", "a.*.#", "#", "a"];
    for removed in patterns {
        let mut tree = tree(&patterns);
        assert_eq!(tree.remove(removed).as_deref(), Some(removed));
        assert_eq!(tree.remove(removed), None);
        assert_eq!(tree.len(), patterns.len() - 1);
        for other in patterns.iter().filter(|&&other| other != removed) {
            assert_eq!(tree.get(other).map(String::as_str), Some(*other), "without {removed}");
        }
    }
    let mut tree = tree(&patterns);
    assert_eq!(tree.remove("b"), None);
    for pattern in patterns {
        tree.remove(pattern).unwrap();
    }
    assert_eq!(format!("{tree:?}"), format!("{:?}", PatternTree::<String>::new()));
}

#[test]
fn iteration_is_in_tree_order_whatever_the_order_of_insertion() {
    let mut patterns = ["#", "*.a", "a", "a.#", "a.*", "a.b", "b", "a/b/c"];
    let expected = ["a", "a.b", "a.b.c", "a.*", "a.#", "b", "*.a", "#"];
    for _ in 0..patterns.len() {
        patterns.rotate_left(1);
        assert_eq!(tree(&patterns).iter().map(|(pattern, _)| pattern.to_owned()).collect::<Vec<_>>(), expected);
    }
}

/// The rules once more, without a tree and without memory.
mod reference {
    /// The best of `patterns`, each given with what of it is still to be matched.
    pub(crate) fn best<'p>(patterns: &[(&'p str, Vec<&'p str>)], address: &[&str]) -> Option<&'p str> {
        if let (true, Some((found, _))) = (address.is_empty(), patterns.iter().find(|(_, rest)| rest.is_empty())) {
            return Some(found);
        }
        if patterns.is_empty() {
            return None;
        }
        let after = |wanted: &str| -> Vec<(&'p str, Vec<&'p str>)> {
            let chosen = patterns.iter().filter(|(_, rest)| rest.first() == Some(&wanted));
            chosen.map(|(pattern, rest)| (*pattern, rest[1..].to_vec())).collect()
        };
        if let [token, rest @ ..] = address
            && let Some(found) = best(&after(token), rest).or_else(|| best(&after("*"), rest))
        {
            return Some(found);
        }
        // Something follows the hash, unless it takes everything.
        let (ending, going_on): (Vec<_>, Vec<_>) = after("#").into_iter().partition(|(_, rest)| rest.is_empty());
        let found = (0..address.len()).find_map(|taken| best(&going_on, &address[taken..]));
        found.or(ending.first().map(|(pattern, _)| *pattern))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn best_match_agrees_with_a_naive_reference(
        patterns in prop::collection::vec(prop::collection::vec(prop::sample::select(vec!["a", "b", "*", "#"]), 0..6), 0..8),
        addresses in prop::collection::vec(prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 0..7), 8),
    ) {
        let mut tree = PatternTree::new();
        let mut normal_forms = Vec::new();
        for pattern in &patterns {
            let pattern = normal_form(&pattern.join(".")).unwrap();
            if tree.insert(&pattern, pattern.clone()).is_ok() {
                normal_forms.push(pattern);
            }
        }
        let split: Vec<(&str, Vec<&str>)> = normal_forms
            .iter()
            .map(|pattern| (pattern.as_str(), pattern.split('.').filter(|token| !token.is_empty()).collect()))
            .collect();
        for address in &addresses {
            let expected = reference::best(&split, address);
            prop_assert_eq!(tree.best_match(&address.join("/")).map(String::as_str), expected, "{:?}", address);
        }
    }

    #[test]
    fn any_text_is_a_pattern_and_an_address(pattern in "\\PC{0,20}|[ab*#./]{0,20}", address in "\\PC{0,20}|[ab*#./]{0,20}") {
        let mut tree = PatternTree::new();
        tree.insert(&pattern, ()).unwrap();
        tree.best_match(&address);
        if !pattern.contains(['*', '#']) {
            prop_assert!(tree.best_match(&pattern).is_some());
        }
        prop_assert_eq!(tree.remove(&pattern), Some(()));
    }
}
