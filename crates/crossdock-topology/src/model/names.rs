//! From names and patterns in the file to the things they mean.

use crossdock_schema::suggestion;

use crate::diagnostic::{Code, Diagnostics};
use crate::text::Place;

/// The ids that these names mean: an id means itself, `*` in a name stands for any text. In the order of names, without
/// repetition.
pub(super) fn resolve(
    names: &[(String, Place)],
    ids: &[String],
    what: &str,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (name, at) in names {
        let before = out.len();
        let mut known = false;
        for id in ids.iter().filter(|id| glob(name, id)) {
            known = true;
            if !out.contains(id) {
                out.push(id.clone());
            }
        }
        if known || out.len() > before {
            continue;
        }
        if name.contains('*') {
            diagnostics.error(code, *at, format!("no {what} is called like '{name}'"));
            continue;
        }
        let hint = match suggestion(name, ids.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean '{meant}'?"),
            None if ids.is_empty() => format!("there is no {what} at all"),
            None => format!("there are {}", some(ids)),
        };
        diagnostics.error_hint(code, *at, format!("there is no {what} '{name}'"), hint);
    }
    out
}

fn some(ids: &[String]) -> String {
    let mut text = ids.iter().take(6).map(String::as_str).collect::<Vec<_>>().join(", ");
    if ids.len() > 6 {
        text.push_str(&format!(" and {} more", ids.len() - 6));
    }
    text
}

/// Whether a text is like a pattern in which `*` stands for any text.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part).or(if part.is_empty() { Some(("", rest)) } else { None }) else {
            return false;
        };
        rest = behind;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "a", true),
            ("edge-*", "edge-12", true),
            ("edge-*", "hub-1", false),
            ("*-1", "edge-1", true),
            ("e*e-*", "edge-1", true),
            ("*", "", true),
            ("**", "x", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }
}
