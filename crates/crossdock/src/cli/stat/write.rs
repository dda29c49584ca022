//! Writing what was seen.

use std::io::{self, Write};

use super::args::StatArgs;
use super::look::{RouterSight, Sight, objects};
use super::units::header_date;
use super::view::{Answers, Detail, LOG, View};
use crate::cli::json::to_json;
use crate::management_client::Value;

pub(super) fn write(out: &mut impl Write, sight: &Sight, args: &StatArgs) -> io::Result<()> {
    if args.json { writeln!(out, "{}", to_json(&json(sight), None)) } else { write_text(out, sight, args) }
}

fn write_text(out: &mut impl Write, sight: &Sight, args: &StatArgs) -> io::Result<()> {
    let several = sight.routers.len() > 1;
    if several {
        writeln!(out, "{}", header_date(sight.at))?;
    }
    for router in &sight.routers {
        if several {
            writeln!(out, "Router  {}\n", router.id)?;
        } else if router.views.iter().any(|(view, _)| view.headed) {
            writeln!(out, "{}\n{}\n", header_date(sight.at), router.id)?;
        }
        write_views(out, router, args)?;
        if several {
            writeln!(out)?;
        }
    }
    Ok(())
}

fn write_views(out: &mut impl Write, router: &RouterSight, args: &StatArgs) -> io::Result<()> {
    for (view, answers) in &router.views {
        for block in (view.blocks)(answers, Detail { verbose: args.verbose }) {
            block.write(out, args.csv)?;
        }
        if args.is_all_entities() {
            writeln!(out)?;
        }
    }
    Ok(())
}

/// `{"time": …, "routers": [{"id": …, VIEW: [{ATTRIBUTE: value, …}, …]}]}`
fn json(sight: &Sight) -> Value {
    let router = |router: &RouterSight| {
        let mut members = vec![(String::from("id"), Value::text(&router.id))];
        members.extend(router.views.iter().map(|(view, answers)| (view.key.to_owned(), view_json(view, answers))));
        Value::Map(members)
    };
    Value::Map(vec![
        (String::from("time"), Value::text(sight.at.to_string())),
        (String::from("routers"), Value::List(sight.routers.iter().map(router).collect())),
    ])
}

fn view_json(view: &View, answers: &Answers) -> Value {
    let Some(first) = answers.0.first() else { return Value::Null };
    let value = objects(first);
    if view.key == LOG.key { log_lines(&value) } else { value }
}

/// Log lines come without names.
fn log_lines(lines: &Value) -> Value {
    let named = |line: &Value| {
        let members = super::log::MEMBERS.iter().map(|name| (*name).to_owned());
        Value::Map(members.zip(line.as_list().unwrap_or_default().iter().cloned()).collect())
    };
    Value::List(lines.as_list().unwrap_or_default().iter().map(named).collect())
}
