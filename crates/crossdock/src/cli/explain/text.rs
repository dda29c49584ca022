//! Answers to EXPLAIN in words.

use std::fmt::Write as _;

use crate::management_client::Value;

/// Links that are shown of each kind; `--json` has more.
const SHOWN: usize = 20;

/// All of an answer.
pub(super) fn explanation(answer: &Value) -> String {
    let mut out = String::new();
    let here = answer.entry("here").unwrap_or(&Value::Null);
    let _ = writeln!(
        out,
        "Router {}: address '{}' (key {})",
        text(answer, "router"),
        text(answer, "address"),
        text(answer, "key")
    );
    let _ = write!(out, "  treatment: {}, {}", text(answer, "treatment"), rule(answer));
    if let Some(priority) = answer.entry("priority").and_then(Value::as_integer) {
        let _ = write!(out, ", priority {priority}");
    }
    out.push('\n');
    links(&mut out, here, "consumers", "consumerCount");
    links(&mut out, here, "producers", "producerCount");
    let routers = list(answer, "routers");
    if !routers.is_empty() {
        out.push_str("  consumers at other routers:\n");
    }
    for router in routers.iter().take(SHOWN) {
        let _ = writeln!(
            out,
            "    {}: cost {}, next hop {} on C{}",
            text(router, "id"),
            number(router, "cost"),
            text(router, "nextHop"),
            number(router, "connection")
        );
    }
    more(&mut out, routers.len());
    let _ = writeln!(out, "  next delivery: {}", decision(answer));
    let companions = list(answer, "companions");
    if !companions.is_empty() {
        out.push_str("  other addresses that take messages:\n");
    }
    for sentence in companions.iter().take(SHOWN) {
        let _ = writeln!(out, "    {}", sentence.as_text().unwrap_or_default());
    }
    more(&mut out, companions.len());
    let why = list(answer, "why");
    if !why.is_empty() {
        out.push_str("  why deliveries do not flow:\n");
    }
    for sentence in why {
        let _ = writeln!(out, "    {}", sentence.as_text().unwrap_or_default());
    }
    out
}

/// Where the next delivery goes from there.
fn decision(answer: &Value) -> String {
    let step = |step: &Value| match step.entry("to").and_then(Value::as_text) {
        Some("consumer") => format!("consumer L{} on C{}", number(step, "link"), number(step, "connection")),
        Some("router") => {
            format!("router {} on C{}, cost {}", text(step, "router"), number(step, "connection"), number(step, "cost"))
        }
        Some(_) | None => String::from("the router itself"),
    };
    let steps: Vec<_> = list(answer, "next").iter().take(SHOWN).map(step).collect();
    let is_multicast = matches!(text(answer, "treatment"), "multicast" | "flood");
    match steps.as_slice() {
        [] => String::from("nowhere"),
        [only] => format!("to {only}"),
        all if is_multicast => format!("to all of: {}", all.join("; ")),
        all => format!("in turn to: {}", all.join("; ")),
    }
}

fn rule(answer: &Value) -> String {
    match text(answer, "matched") {
        "default" => String::from("the default: nothing configured matches"),
        "router" => String::from("an address of routers themselves"),
        kind => format!("by the configured {kind} '{}'", text(answer, "rule")),
    }
}

fn links(out: &mut String, here: &Value, kind: &str, count: &str) {
    let _ = writeln!(out, "  {kind} here: {}", number(here, count));
    let links = list(here, kind);
    for link in links.iter().take(SHOWN) {
        let _ = write!(
            out,
            "    L{} on C{} (container '{}'): credit {}",
            number(link, "link"),
            number(link, "connection"),
            text(link, "container"),
            number(link, "credit")
        );
        if number(link, "credit") == 0 {
            let _ = write!(out, " for {} s", number(link, "secondsWithoutCredit"));
        }
        let _ = write!(out, ", {} unsettled", number(link, "unsettled"));
        if number(link, "undelivered") > 0 {
            let _ = write!(out, ", {} waiting", number(link, "undelivered"));
        }
        if let Some(why) = link.entry("why").and_then(Value::as_text) {
            let _ = write!(out, " — {why}");
        }
        out.push('\n');
    }
    more(out, links.len());
}

fn more(out: &mut String, all: usize) {
    if all > SHOWN {
        let _ = writeln!(out, "    and {} more", all - SHOWN);
    }
}

pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.entry(name).and_then(Value::as_text).unwrap_or_default()
}

pub(super) fn truth(value: &Value, name: &str) -> bool {
    value.entry(name) == Some(&Value::Boolean(true))
}

pub(super) fn number(value: &Value, name: &str) -> i128 {
    value.entry(name).and_then(Value::as_integer).unwrap_or_default()
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.entry(name).and_then(Value::as_list).unwrap_or_default()
}
