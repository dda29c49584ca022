//! Patterns and addresses as lists of tokens.

use super::{MAX_PATTERN_TOKENS, PatternError};

/// One token of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'p> {
    /// This text.
    Exact(&'p str),
    /// Any one token.
    Star,
    /// Any number of tokens.
    Hash,
}

/// Whether `letter` separates tokens.
pub(super) fn separators(letter: char) -> bool {
    letter == '.' || letter == '/'
}

/// The tokens of an address that are still to be matched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest<'a>(Option<&'a str>);

impl<'a> Rest<'a> {
    /// All tokens of `text`. Empty tokens inside it count.
    pub(super) fn of(text: &'a str) -> Self {
        let text = text.trim_start_matches(separators);
        let text = text.strip_suffix(separators).unwrap_or(text);
        Self((!text.is_empty()).then_some(text))
    }

    /// The first token and those after it.
    pub(super) fn pop(self) -> Option<(&'a str, Self)> {
        let text = self.0?;
        Some(match text.split_once(separators) {
            Some((token, rest)) => (token, Self(Some(rest))),
            None => (text, Self(None)),
        })
    }

    /// Whether none is left.
    pub(super) fn is_empty(self) -> bool {
        self.0.is_none()
    }
}

/// The tokens of `pattern` in normal form: every run of wildcards is all its `*`, then one `#` if it had any.
pub(super) fn tokenise(pattern: &str) -> Result<Vec<Token<'_>>, PatternError> {
    let mut tokens = Vec::new();
    let mut hash_due = false;
    let mut rest = Rest::of(pattern);
    while let Some((token, after)) = rest.pop() {
        match token {
            "*" => tokens.push(Token::Star),
            "#" => hash_due = true,
            text => {
                if std::mem::take(&mut hash_due) {
                    tokens.push(Token::Hash);
                }
                tokens.push(Token::Exact(text));
            }
        }
        if tokens.len() >= MAX_PATTERN_TOKENS {
            return Err(PatternError::TooManyTokens);
        }
        rest = after;
    }
    if hash_due {
        tokens.push(Token::Hash);
    }
    Ok(tokens)
}

/// Tokens as text, separated by dots.
pub(super) fn write(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        if index > 0 {
            text.push('.');
        }
        text.push_str(match *token {
            Token::Exact(token) => token,
            Token::Star => "*",
            Token::Hash => "#",
        });
    }
    text
}
