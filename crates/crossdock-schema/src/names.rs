//! Spelling: the many forms of one name, and what a misspelt name may have meant.

use std::collections::BTreeSet;

/// `ssl-profile`, `ssl_profile`, `ssl.profile` and `sslProfile` are all `sslProfile`: words are split at blank, `_`, `-`
/// and `.`, the first stays as it is and the others get a capital letter.
pub(crate) fn camel_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (position, word) in name.split([' ', '_', '-', '.']).enumerate() {
        let mut letters = word.chars();
        if position > 0
            && let Some(first) = letters.next()
        {
            out.extend(first.to_uppercase());
        }
        out.push_str(letters.as_str());
    }
    out
}

/// The candidate most like `name`, if any is so much like it that it may have been meant.
pub fn suggestion<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A name from outside may be of any length; nothing that long resembles a real one.
    if name.len() > 64 {
        return None;
    }
    let wanted = name.to_ascii_lowercase();
    candidates
        .map(|candidate| (distance(&wanted, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 5)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Number of letters to insert, remove, replace or swap with their neighbour to make one name of the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous_letter = None;
    for (row, letter) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, column) + usize::from(letter != *other);
            let mut best = replaced.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped = column > 0 && previous_letter == Some(*other) && right.get(column - 1) == Some(&letter);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
        previous_letter = Some(letter);
    }
    last.last().copied().unwrap_or(0)
}

/// Texts seen before, with the line where they stood first.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeSet<(String, u32)>);

impl Seen {
    /// Notes that `text` stands on `line`; if it has been noted before, the line where.
    pub(crate) fn note(&mut self, text: &str, line: u32) -> Option<u32> {
        let first = self.0.range((text.to_owned(), 0)..=(text.to_owned(), u32::MAX)).next().map(|(_, line)| *line);
        if first.is_none() {
            self.0.insert((text.to_owned(), line));
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_a_name_are_one() {
        for spelling in ["sslProfile", "ssl-profile", "ssl_profile", "ssl.profile", "ssl profile"] {
            assert_eq!(camel_case(spelling), "sslProfile");
        }
        assert_eq!(camel_case("cert-file"), "certFile");
        assert_eq!(camel_case(""), "");
        assert_eq!(camel_case("-host"), "Host");
    }

    #[test]
    fn a_misspelt_name_finds_the_one_meant() {
        let names = ["maxFrameSize", "maxSessions", "maxSessionFrames", "host", "port", "role", "cost"];
        assert_eq!(suggestion("mxFrameSize", names.into_iter()), Some("maxFrameSize"));
        assert_eq!(suggestion("maxframesize", names.into_iter()), Some("maxFrameSize"));
        assert_eq!(suggestion("prot", names.into_iter()), Some("port"));
        assert_eq!(suggestion("maxSesion", names.into_iter()), Some("maxSessions"));
        assert_eq!(suggestion("colour", names.into_iter()), None);
    }

    #[test]
    fn distance_counts_single_edits() {
        for (left, right, edits) in
            [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("abc", "ab", 1)]
        {
            assert_eq!(distance(left, right), edits, "{left} {right}");
        }
    }
}
