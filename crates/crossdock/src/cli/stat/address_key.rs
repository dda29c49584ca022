//! The parts of an address key: class, phase and text.

/// What the first letter of the key says; `unknown: X` for a letter without meaning.
pub(super) fn class(key: &str) -> String {
    let letter = key.chars().next();
    let name = match letter {
        Some('M') => "mobile",
        Some('R') => "router",
        Some('A') => "area",
        Some('L') => "local",
        Some('T') => "topo",
        Some('C' | 'E') => "link-in",
        Some('D' | 'F') => "link-out",
        Some('H') => "edge",
        Some(other) => return format!("unknown: {other}"),
        None => "",
    };
    name.to_owned()
}

/// The text without class and phase.
pub(super) fn text(key: &str) -> &str {
    let parts = if key.starts_with('M') { 2 } else { 1 };
    key.char_indices().nth(parts).and_then(|(start, _)| key.get(start..)).unwrap_or_default()
}

/// The phase of a mobile address; nothing for others.
pub(super) fn phase(key: &str) -> String {
    if key.starts_with('M') { key.chars().nth(1).map(String::from).unwrap_or_default() } else { String::new() }
}

/// Whether the key is that of a link route.
pub(super) fn is_link_route(key: &str) -> bool {
    matches!(key.chars().next(), Some('C'..='F'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mobile_addresses_have_a_phase() {
        let parts = |key| (class(key), text(key), phase(key));
        assert_eq!(parts("M1w.q"), ("mobile".into(), "w.q", "1".into()));
        assert_eq!(parts("MFback"), ("mobile".into(), "back", "F".into()));
        assert_eq!(parts("Lqdhello"), ("local".into(), "qdhello", "".into()));
        assert_eq!(parts("Flr/#"), ("link-out".into(), "lr/#", "".into()));
        assert_eq!(parts("Xx"), ("unknown: X".into(), "x", "".into()));
        assert_eq!(parts("M\u{e4}\u{f6}"), ("mobile".into(), "\u{f6}", "\u{e4}".into()));
    }

    #[test]
    fn a_key_too_short_has_no_text() {
        for key in ["", "M", "M0", "L"] {
            assert_eq!(text(key), "", "{key}");
        }
        assert_eq!(phase("M"), "");
    }
}
