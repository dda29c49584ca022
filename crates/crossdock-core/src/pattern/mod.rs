//! Which configured pattern speaks for an address: a tree of tokens, used for address configuration, link routes and
//! policy alike.
//!
//! Tokens are separated by `.` or `/`, which mean the same here (in the address table they do not); leading separators
//! are skipped, one trailing one is too. `*` stands for exactly one token, `#` for any number of them, none included. Two
//! patterns that mean the same are the same: `#.*` is `*.#`, `#.#` is `#` ([`normal_form`]).
//!
//! The best match of an address is the first complete one, depth first, trying at every token the exact child, then `*`,
//! then `#` with as few tokens as possible. The order in which patterns were inserted does not matter.
//!
//! An address comes from a peer, so the search must not be exponential in the number of `#`: it visits each pair of tree
//! node and token at most once, see `search`.

mod search;
mod tokens;

use std::collections::BTreeMap;

use search::Search;
use std::fmt;
use tokens::{Token, separators, tokenise};

/// A pattern may have this many tokens. Trees are as deep as their longest pattern, and are walked recursively.
pub const MAX_PATTERN_TOKENS: usize = 128;

/// Why a pattern was not inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// A pattern of the same normal form is there already.
    Conflict,
    /// More than [`MAX_PATTERN_TOKENS`] tokens.
    TooManyTokens,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("pattern conflicts with an existing one"),
            Self::TooManyTokens => write!(f, "pattern has more than {MAX_PATTERN_TOKENS} tokens"),
        }
    }
}

impl std::error::Error for PatternError {}

/// Values by pattern.
#[derive(Clone, Debug)]
pub struct PatternTree<T> {
    root: Node<T>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Node<T> {
    entry: Option<Entry<T>>,
    exact: BTreeMap<Box<str>, Node<T>>,
    star: Option<Box<Node<T>>>,
    hash: Option<Box<Node<T>>>,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    pattern: Box<str>,
    value: T,
}

impl<T> PatternTree<T> {
    /// An empty tree.
    pub fn new() -> Self {
        Self { root: Node::new(), len: 0 }
    }

    /// Adds `pattern`. Nothing changes if that fails.
    pub fn insert(&mut self, pattern: &str, value: T) -> Result<(), PatternError> {
        self.insert_tokens(&tokenise(pattern)?, value)
    }

    /// Adds the pattern `prefix/#`, which matches `prefix` itself and whatever follows it after a separator.
    pub fn insert_prefix(&mut self, prefix: &str, value: T) -> Result<(), PatternError> {
        self.insert(&prefix_pattern(prefix), value)
    }

    /// Removes `pattern`, or one that means the same.
    pub fn remove(&mut self, pattern: &str) -> Option<T> {
        let removed = self.root.remove(&tokenise(pattern).ok()?)?;
        self.len -= 1;
        Some(removed.value)
    }

    /// Removes what [`insert_prefix`](Self::insert_prefix) added.
    pub fn remove_prefix(&mut self, prefix: &str) -> Option<T> {
        self.remove(&prefix_pattern(prefix))
    }

    /// The value of `pattern` itself, not of an address it matches.
    pub fn get(&self, pattern: &str) -> Option<&T> {
        let mut node = &self.root;
        for token in tokenise(pattern).ok()? {
            node = node.child(token)?;
        }
        node.entry.as_ref().map(|entry| &entry.value)
    }

    /// As [`get`](Self::get), to be changed.
    pub fn get_mut(&mut self, pattern: &str) -> Option<&mut T> {
        let mut node = &mut self.root;
        for token in tokenise(pattern).ok()? {
            node = node.child_mut(token)?;
        }
        node.entry.as_mut().map(|entry| &mut entry.value)
    }

    /// The value for an address given in canonical form.
    pub fn best_match(&self, address: &str) -> Option<&T> {
        Search::new().run(&self.root, address).map(|entry| &entry.value)
    }

    /// As [`best_match`](Self::best_match), with the normal form of the pattern that matched.
    pub fn best_pattern(&self, address: &str) -> Option<(&str, &T)> {
        Search::new().run(&self.root, address).map(Entry::parts)
    }

    /// All patterns in normal form and their values: in tree order, which depends on the patterns alone.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let mut entries = Vec::with_capacity(self.len);
        self.root.collect(&mut entries);
        entries.into_iter().map(Entry::parts)
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn insert_tokens(&mut self, tokens: &[Token<'_>], value: T) -> Result<(), PatternError> {
        let mut node = &mut self.root;
        for &token in tokens {
            node = node.child_or_new(token);
        }
        // Only a pattern that is there already leads to a node with an entry, so a refusal has created no node.
        if node.entry.is_some() {
            return Err(PatternError::Conflict);
        }
        node.entry = Some(Entry { pattern: tokens::write(tokens).into(), value });
        self.len += 1;
        Ok(())
    }
}

impl<T> Default for PatternTree<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The form in which patterns are compared, separated by dots.
pub fn normal_form(pattern: &str) -> Result<String, PatternError> {
    Ok(tokens::write(&tokenise(pattern)?))
}

fn prefix_pattern(prefix: &str) -> String {
    format!("{}/#", prefix.trim_end_matches(separators))
}

impl<T> Entry<T> {
    fn parts(&self) -> (&str, &T) {
        (&self.pattern, &self.value)
    }
}

impl<T> Node<T> {
    fn new() -> Self {
        Self { entry: None, exact: BTreeMap::new(), star: None, hash: None }
    }

    fn has_children(&self) -> bool {
        !self.exact.is_empty() || self.star.is_some() || self.hash.is_some()
    }

    fn is_unused(&self) -> bool {
        self.entry.is_none() && !self.has_children()
    }

    fn child(&self, token: Token<'_>) -> Option<&Self> {
        match token {
            Token::Exact(text) => self.exact.get(text),
            Token::Star => self.star.as_deref(),
            Token::Hash => self.hash.as_deref(),
        }
    }

    fn child_mut(&mut self, token: Token<'_>) -> Option<&mut Self> {
        match token {
            Token::Exact(text) => self.exact.get_mut(text),
            Token::Star => self.star.as_deref_mut(),
            Token::Hash => self.hash.as_deref_mut(),
        }
    }

    fn child_or_new(&mut self, token: Token<'_>) -> &mut Self {
        match token {
            Token::Exact(text) => self.exact.entry(text.into()).or_insert_with(Self::new),
            Token::Star => self.star.get_or_insert_with(|| Box::new(Self::new())),
            Token::Hash => self.hash.get_or_insert_with(|| Box::new(Self::new())),
        }
    }

    fn remove(&mut self, tokens: &[Token<'_>]) -> Option<Entry<T>> {
        let Some((&token, rest)) = tokens.split_first() else {
            return self.entry.take();
        };
        let child = self.child_mut(token)?;
        let removed = child.remove(rest)?;
        if child.is_unused() {
            match token {
                Token::Exact(text) => drop(self.exact.remove(text)),
                Token::Star => self.star = None,
                Token::Hash => self.hash = None,
            }
        }
        Some(removed)
    }

    fn collect<'t>(&'t self, entries: &mut Vec<&'t Entry<T>>) {
        entries.extend(&self.entry);
        for child in self.exact.values() {
            child.collect(entries);
        }
        for child in self.star.iter().chain(&self.hash) {
            child.collect(entries);
        }
    }
}
