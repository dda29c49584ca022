//! What routers on the way of a traced message tell the router where it began: a request without answer, to its management
//! address. Nobody can forge one who does not know the name of the trace, which cannot be guessed.

use std::collections::BTreeMap;

use crossdock_schema::Value;

use crate::fields::map;
use crate::octets::Octets;
use crate::request::{self, Request};
use crate::trace::{self, FateKind, TracedFate, TracedHop, TracedStep, TracedTo};

/// The operation of a report.
const OPERATION: &str = "TRACE-REPORT";

/// Octets of a report, at most.
const MAX_REPORT: usize = 64 * 1024;

/// Octets of one text in it, at most; longer ones are cut.
const MAX_TEXT: usize = 512;

/// Routers of a path, and steps of a router, at most.
const MAX_LIST: usize = 256;

/// Octets of the name of a trace.
const ID: usize = 16;

/// What one router tells of a message that is traced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The name of the trace.
    pub id: [u8; ID],
    /// The routers that the message has passed, and the one that tells.
    pub path: Vec<String>,
    /// What it tells.
    pub said: Said,
}

/// What a report tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Where the message goes. The path is that of the report.
    Decided(TracedHop),
    /// What became of it.
    Became {
        /// On its way to this router.
        router: String,
        /// Number of the link; 0 if it had none.
        link: u64,
        /// What.
        fate: TracedFate,
    },
}

impl Report {
    /// The message that says so, to this address.
    pub fn encode(&self, to: &str) -> Vec<u8> {
        let mut out = Octets::default();
        out.section(0x73);
        let properties = out.list();
        out.null();
        out.null();
        out.string(to);
        out.close(properties, 3);
        out.section(0x74);
        map(&mut out, |fields| fields.text("operation", OPERATION));
        out.section(0x77);
        map(&mut out, |fields| {
            let id: String = self.id.iter().map(|octet| format!("{octet:02x}")).collect();
            fields.text("id", &id);
            fields.list("path", &self.path, |out, router| out.string(cut(router)));
            match &self.said {
                Said::Decided(hop) => {
                    fields.value("decided", |out| map(out, |fields| trace::write_decision(fields, &shortened(hop))));
                }
                Said::Became { router, link, fate } => {
                    fields.text("router", cut(router));
                    fields.number("link", *link);
                    trace::write_fate(fields, fate);
                }
            }
        });
        out.into_bytes()
    }

    /// Reads such a message; none if it is none.
    pub fn decode(message: &[u8]) -> Option<Self> {
        if message.len() > MAX_REPORT {
            return None;
        }
        let request = Request::read(message).ok()?;
        if request.properties.operation.text("operation").ok()? != Some(OPERATION) {
            return None;
        }
        let entries = request.body.entries().ok()??;
        let entries = entries.into_iter().filter_map(|(key, at)| Some((key.to_owned(), request::value(key, at).ok()?)));
        let body = Entries(&entries.collect());
        let path =
            body.list("path")?.iter().map(|router| text(router).map(str::to_owned)).collect::<Option<Vec<_>>>()?;
        let said = match body.0.get("decided") {
            Some(Value::Map(decided)) => Said::Decided(Entries(decided).decision()?),
            Some(_) => return None,
            None => {
                Said::Became { router: body.text("router")?.to_owned(), link: body.number("link"), fate: body.fate()? }
            }
        };
        (!path.is_empty()).then_some(Self { id: parse_id(body.text("id")?)?, path, said })
    }
}

/// A map of a report.
struct Entries<'v>(&'v BTreeMap<String, Value>);

impl<'v> Entries<'v> {
    fn text(&self, key: &str) -> Option<&'v str> {
        self.0.get(key).and_then(text)
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    /// 0 if there is none.
    fn number(&self, key: &str) -> u64 {
        match self.0.get(key) {
            Some(Value::Integer(number)) => u64::try_from(*number).unwrap_or(0),
            Some(_) | None => 0,
        }
    }

    fn list(&self, key: &str) -> Option<&'v [Value]> {
        match self.0.get(key) {
            Some(Value::List(list)) if list.len() <= MAX_LIST => Some(list),
            Some(_) | None => None,
        }
    }

    fn decision(&self) -> Option<TracedHop> {
        let step = |step: &Value| if let Value::Map(step) = step { Entries(step).step() } else { None };
        Some(TracedHop {
            path: Vec::new(),
            micros: 0,
            address: self.owned("key")?,
            treatment: self.owned("treatment")?,
            priority: u8::try_from(self.number("priority")).unwrap_or(0),
            connection: self.number("connection"),
            link: self.number("link"),
            steps: self.list("next")?.iter().map(step).collect::<Option<Vec<_>>>()?,
            left_out: self.number("leftOut"),
            why: self.owned("why"),
        })
    }

    fn step(&self) -> Option<TracedStep> {
        Some(TracedStep {
            to: TracedTo::parse(self.text("to")?)?,
            name: self.owned("name")?,
            connection: self.number("connection"),
            link: self.number("link"),
            cost: self.number("cost"),
            note: self.owned("note"),
            fate: None,
        })
    }

    fn fate(&self) -> Option<TracedFate> {
        let kind = FateKind::parse(self.text("fate")?)?;
        Some(TracedFate { kind, micros: self.number("residenceMicros"), note: self.owned("because") })
    }
}

/// A text, if it is not too long.
fn text(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value
        && text.len() <= MAX_TEXT
    {
        Some(text)
    } else {
        None
    }
}

/// The same, with texts no longer than is taken.
fn shortened(hop: &TracedHop) -> TracedHop {
    let mut hop = hop.clone();
    let notes = hop.steps.iter_mut().flat_map(|step| step.note.iter_mut().chain([&mut step.name]));
    for text in notes.chain(&mut hop.why).chain([&mut hop.address]) {
        text.truncate(cut(text).len());
    }
    hop
}

/// As much of a text as is taken.
fn cut(text: &str) -> &str {
    let end = (0..=MAX_TEXT.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

fn parse_id(text: &str) -> Option<[u8; ID]> {
    let mut id = [0; ID];
    if text.len() != 2 * ID {
        return None;
    }
    for (at, octet) in id.iter_mut().enumerate() {
        *octet = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn reports() -> [Report; 2] {
        let step = TracedStep {
            to: TracedTo::Router,
            name: "B".into(),
            connection: 7,
            link: 0,
            cost: 3,
            note: Some("a note".into()),
            fate: None,
        };
        let hop = TracedHop {
            address: "M0news".into(),
            treatment: "closest".into(),
            priority: 4,
            connection: 2,
            link: 9,
            steps: vec![step],
            left_out: 1,
            why: None,
            ..TracedHop::default()
        };
        let fate = TracedFate { kind: FateKind::Left, micros: 123_456_789_012, note: None };
        let path = vec!["A".to_owned(), "B".to_owned()];
        [
            Report { id: [0xa5; ID], path: path.clone(), said: Said::Decided(hop) },
            Report { id: [1; ID], path, said: Said::Became { router: "C".into(), link: 3, fate } },
        ]
    }

    #[test]
    fn a_report_is_read_as_it_was_written_and_no_part_of_it_is_one() {
        for report in reports() {
            let message = report.encode("_topo/0/A/$management");
            assert_eq!(Report::decode(&message), Some(report));
            for end in 0..message.len() {
                assert_eq!(Report::decode(&message[..end]), None);
            }
        }
    }

    #[test]
    fn longer_lists_than_routers_write_are_no_reports_and_long_texts_are_cut() {
        let [mut report, _] = reports();
        report.path = vec!["x".to_owned(); MAX_LIST + 1];
        assert_eq!(Report::decode(&report.encode("x")), None);
        let [mut report, _] = reports();
        let Said::Decided(hop) = &mut report.said else { unreachable!() };
        hop.address = "x".repeat(MAX_TEXT + 1);
        let report = Report::decode(&report.encode("x")).unwrap();
        let Said::Decided(hop) = report.said else { unreachable!() };
        assert_eq!(hop.address.len(), MAX_TEXT);
    }
}
