//! Texts from outside in sentences of ours.

use std::fmt::Write;

/// The beginning of a text, so that an answer does not repeat whole kilobytes of a request.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}... ({} bytes)", text.get(..end).unwrap_or_default(), text.len()),
    }
}

/// `['CREATE', 'READ']`
pub(crate) fn quoted_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for (position, text) in texts.into_iter().enumerate() {
        if position == 8 && text.len() > 40 {
            out.push_str(", ...");
            break;
        }
        let comma = if position > 0 { ", " } else { "" };
        // Writing to a String does not fail.
        let _ = write!(out, "{comma}'{}'", shorten(text));
    }
    out.push(']');
    out
}
