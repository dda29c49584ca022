//! `--log`: the newest lines of the router's log.

use super::table::Block;
use super::units::{log_date, plain};
use super::view::{Answers, Detail};
use crate::management_client::Value;

/// The members of a line, in order.
pub(super) const MEMBERS: [&str; 6] = ["module", "level", "text", "file", "line", "time"];

pub(super) fn blocks(answers: &Answers, _detail: Detail) -> Vec<Block> {
    answers.body(0).as_list().unwrap_or_default().iter().map(|line| Block::Line(text(line))).collect()
}

fn text(line: &Value) -> String {
    let members = line.as_list().unwrap_or_default();
    let member = |position: usize| members.get(position).unwrap_or(&Value::Null);
    let time = member(5).as_integer().map(log_date).unwrap_or_default();
    format!("{time} {} ({}) {}", plain(member(0)), plain(member(1)), plain(member(2)))
}
