//! Answers to TRACE in words: each router below the one before it.

use std::fmt::Write as _;

use super::text::{list, number, text, truth};
use crate::management_client::Value;

/// Routers below one another that are shown.
const DEPTH: usize = 70;

/// All of an answer.
pub(super) fn trace(answer: &Value) -> String {
    let mut out = String::new();
    let hops = list(answer, "hops");
    if let Some(first) = hops.iter().find(|hop| list(hop, "path").len() == 1) {
        write_hop(&mut out, hops, first, None);
    }
    out.push_str(match (truth(answer, "delivered"), truth(answer, "complete")) {
        (true, true) => "A message would be delivered.\n",
        (true, false) => "A message would be delivered, as far as is known: not all routers have answered.\n",
        (false, true) => "A message would reach nobody.\n",
        (false, false) => "Where a message ends is not known: not all routers have answered.\n",
    });
    out
}

fn write_hop(out: &mut String, hops: &[Value], hop: &Value, before: Option<&Value>) {
    let path = list(hop, "path");
    let indent = "  ".repeat(path.len().saturating_sub(1));
    let router = text(hop, "router");
    let _ = write!(out, "{indent}{router}  ");
    match before {
        None => {
            let _ = match text(hop, "key") {
                "" => writeln!(out, "priority {}", number(hop, "priority")),
                key => writeln!(out, "{key}, {}, priority {}", text(hop, "treatment"), number(hop, "priority")),
            };
        }
        Some(before) => {
            let _ = write!(out, "answered after {} ms", millis(hop, "roundTripMicros"));
            if list(before, "path").len() > 1 {
                let more = number(hop, "roundTripMicros") - number(before, "roundTripMicros");
                let _ = write!(out, " ({:+.2} ms)", more as f64 / 1e3);
            }
            if text(before, "key") != text(hop, "key") && !text(hop, "key").is_empty() {
                let _ = write!(out, "; {}", text(hop, "key"));
            }
            out.push('\n');
        }
    }
    let under = format!("{indent}{}", " ".repeat(router.chars().count() + 2));
    let why = text(hop, "why");
    if !why.is_empty() {
        let _ = writeln!(out, "{under}{why}");
    }
    for step in list(hop, "next") {
        let _ = writeln!(out, "{under}{}", words(step));
        if text(step, "to") == "router" && path.len() < DEPTH {
            write_next(out, hops, hop, step);
        }
    }
    match number(hop, "leftOut") {
        0 => {}
        more => {
            let _ = writeln!(out, "{under}and to {more} more consumers");
        }
    }
}

/// The router to which a step leads.
fn write_next(out: &mut String, hops: &[Value], hop: &Value, step: &Value) {
    let way = list(hop, "path");
    let is_next = |next: &&Value| match list(next, "path").split_last() {
        Some((own, before)) => own.as_text() == Some(text(step, "name")) && before == way,
        None => false,
    };
    match hops.iter().find(is_next) {
        Some(next) => write_hop(out, hops, next, Some(hop)),
        None if text(step, "fate") == "left" => {
            let _ = writeln!(out, "{}{}  has not answered", "  ".repeat(way.len()), text(step, "name"));
        }
        None => {}
    }
}

/// Where a message goes, and what became of it.
fn words(step: &Value) -> String {
    let name = text(step, "name");
    let (link, connection) = (number(step, "link"), number(step, "connection"));
    let by = if link == 0 { format!("on C{connection}") } else { format!("by L{link} on C{connection}") };
    let mut words = match text(step, "to") {
        "consumer" => format!("to consumer '{name}' {by}"),
        "container" => format!("to container '{name}' {by}"),
        "self" => String::from("to the router itself"),
        _ => format!("to router {name} {by}, cost {}", number(step, "cost")),
    };
    let time = millis(step, "residenceMicros");
    match text(step, "fate") {
        "left" => {
            let _ = write!(words, ": left after {time} ms");
        }
        "waits" => {
            let _ = write!(words, ": waits: {}", text(step, "because"));
        }
        "lost" => {
            let _ = write!(words, ": lost after {time} ms: {}", text(step, "because"));
        }
        _ => {}
    }
    match text(step, "note") {
        "" => {}
        note => {
            let _ = write!(words, ": {note}");
        }
    }
    words
}

fn millis(value: &Value, name: &str) -> String {
    format!("{:.2}", number(value, name) as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    fn hop(path: &[&str], micros: i128, next: Vec<Value>) -> Value {
        map(&[
            ("router", Value::text(path[path.len() - 1])),
            ("path", Value::List(path.iter().map(|router| Value::text(*router)).collect())),
            ("roundTripMicros", Value::Integer(micros)),
            ("key", Value::text("M0orders")),
            ("treatment", Value::text("balanced")),
            ("priority", Value::Integer(4)),
            ("next", Value::List(next)),
        ])
    }

    fn step(to: &str, name: &str, fate: &[(&str, Value)]) -> Value {
        let known = [
            ("to", Value::text(to)),
            ("name", Value::text(name)),
            ("link", Value::Integer(7)),
            ("connection", Value::Integer(2)),
            ("cost", Value::Integer(1)),
        ];
        map(&[&known[..], fate].concat())
    }

    fn left() -> Vec<(&'static str, Value)> {
        vec![("fate", Value::text("left")), ("residenceMicros", Value::Integer(30))]
    }

    #[test]
    fn each_router_is_below_the_one_before_it_with_what_it_added_to_the_round_trip() {
        let hops = vec![
            hop(&["A"], 0, vec![step("router", "B", &left())]),
            hop(&["A", "B", "C"], 980, vec![step("consumer", "billing", &[])]),
            hop(&["A", "B"], 520, vec![step("router", "C", &left())]),
        ];
        let answer = map(&[
            ("delivered", Value::Boolean(true)),
            ("complete", Value::Boolean(true)),
            ("hops", Value::List(hops)),
        ]);
        let expected = "\
A  M0orders, balanced, priority 4
   to router B by L7 on C2, cost 1: left after 0.03 ms
  B  answered after 0.52 ms
     to router C by L7 on C2, cost 1: left after 0.03 ms
    C  answered after 0.98 ms (+0.46 ms)
       to consumer 'billing' by L7 on C2
A message would be delivered.
";
        assert_eq!(trace(&answer), expected);
    }

    #[test]
    fn a_router_that_has_not_answered_and_what_waits_are_said() {
        let waits = [("fate", Value::text("waits")), ("because", Value::text("no credit"))];
        let next = vec![step("router", "B", &left()), step("router", "C", &waits)];
        let answer = map(&[("hops", Value::List(vec![hop(&["A"], 0, next)]))]);
        let expected = "\
A  M0orders, balanced, priority 4
   to router B by L7 on C2, cost 1: left after 0.03 ms
  B  has not answered
   to router C by L7 on C2, cost 1: waits: no credit
Where a message ends is not known: not all routers have answered.
";
        assert_eq!(trace(&answer), expected);
    }
}
