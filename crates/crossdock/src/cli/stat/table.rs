//! Tables, and the two ways to write them as text.

use std::io::{self, Write};

use crate::management_client::Row;

/// What a view shows, from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// A title, a remark, or an empty line.
    Line(String),
    Table(Table),
}

impl Block {
    pub(super) fn line(text: impl Into<String>) -> Block {
        Block::Line(text.into())
    }

    pub(super) fn write(&self, out: &mut impl Write, csv: bool) -> io::Result<()> {
        match self {
            Block::Line(text) => writeln!(out, "{text}"),
            Block::Table(table) if table.rows.is_empty() => Ok(()),
            Block::Table(table) if csv => table.write_csv(out),
            Block::Table(table) => table.write_text(out),
        }
    }
}

/// Heads, and rows of as many cells. Without rows nothing is written, not even the heads.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// When a column is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shown {
    Always,
    /// With --verbose.
    Verbose,
}

/// One column of a view.
pub(super) struct Column {
    pub(super) head: &'static str,
    pub(super) shown: Shown,
    pub(super) cell: fn(&Row<'_>) -> String,
}

/// A column that is always there.
pub(super) const fn column(head: &'static str, cell: fn(&Row<'_>) -> String) -> Column {
    Column { head, shown: Shown::Always, cell }
}

/// A column for --verbose.
pub(super) const fn verbose(head: &'static str, cell: fn(&Row<'_>) -> String) -> Column {
    Column { head, shown: Shown::Verbose, cell }
}

impl Table {
    /// A table of two columns, a line for each fact.
    pub(super) fn of_facts(facts: Vec<(&'static str, String)>) -> Table {
        let rows = facts.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
        Table { heads: vec!["attr", "value"], rows }
    }

    pub(super) fn new(heads: &[&'static str], rows: Vec<Vec<String>>) -> Table {
        Table { heads: heads.to_vec(), rows }
    }

    pub(super) fn of_rows<'a>(columns: &[Column], rows: impl Iterator<Item = Row<'a>>, all: bool) -> Table {
        let shown: Vec<_> = columns.iter().filter(|column| all || column.shown == Shown::Always).collect();
        let cells = |row: Row<'_>| shown.iter().map(|column| (column.cell)(&row)).collect();
        Table { heads: shown.iter().map(|column| column.head).collect(), rows: rows.map(cells).collect() }
    }

    /// Sorts by the cells under this head; equal ones keep their order.
    pub(super) fn sort_by(&mut self, head: &str) {
        if let Some(position) = self.heads.iter().position(|known| *known == head) {
            self.rows.sort_by(|one, other| one.get(position).cmp(&other.get(position)));
        }
    }

    /// Two blanks before each cell, each column as wide as its widest cell, the last one not filled up.
    fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        let mut widths: Vec<_> = self.heads.iter().map(|head| head.len()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        write_row(out, &widths, self.heads.iter().copied())?;
        let line: usize = widths.iter().map(|width| width + 2).sum();
        writeln!(out, "  {}", "=".repeat(line))?;
        self.rows.iter().try_for_each(|row| write_row(out, &widths, row.iter().map(String::as_str)))
    }

    fn write_csv(&self, out: &mut impl Write) -> io::Result<()> {
        write_csv_row(out, self.heads.iter().copied())?;
        self.rows.iter().try_for_each(|row| write_csv_row(out, row.iter().map(String::as_str)))
    }
}

fn write_row<'a>(out: &mut impl Write, widths: &[usize], cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let last = widths.len().saturating_sub(1);
    for ((position, width), cell) in widths.iter().enumerate().zip(cells) {
        let width = if position == last { 0 } else { *width };
        write!(out, "  {cell:width$}")?;
    }
    writeln!(out)
}

fn write_csv_row<'a>(out: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            write!(out, ",")?;
        }
        if !cell.is_empty() {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        }
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |cells: [&str; 3]| cells.map(String::from).to_vec();
        Table::new(&["a", "wide head", "last"], vec![row(["b\u{e4}c", "", "1"]), row(["a", "say \"x\"", ""])])
    }

    fn written(blocks: &[Block], csv: bool) -> String {
        let mut out = Vec::new();
        blocks.iter().for_each(|block| block.write(&mut out, csv).unwrap());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_the_last_is_not_filled_up() {
        let expected =
            "  a    wide head  last\n  ======================\n  b\u{e4}c             1\n  a    say \"x\"    \n";
        assert_eq!(written(&[Block::Table(table())], false), expected);
    }

    #[test]
    fn csv_quotes_all_but_empty_cells() {
        let expected = "title\n\"a\",\"wide head\",\"last\"\n\"b\u{e4}c\",,\"1\"\n\"a\",\"say \"\"x\"\"\",\n";
        assert_eq!(written(&[Block::line("title"), Block::Table(table())], true), expected);
    }

    #[test]
    fn a_table_without_rows_has_no_heads_either() {
        let none = Block::Table(Table::new(&["a"], Vec::new()));
        assert_eq!(written(&[Block::line("title"), none.clone()], false), "title\n");
        assert_eq!(written(&[none], true), "");
    }

    #[test]
    fn equal_rows_keep_their_order_when_sorted() {
        let row = |cells: [&str; 2]| cells.map(String::from).to_vec();
        let rows = vec![row(["1", "b"]), row(["2", "a"]), row(["3", "b"]), row(["4", "B"])];
        let mut table = Table::new(&["n", "key"], rows);
        table.sort_by("key");
        let order: Vec<_> = table.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(order, ["4", "2", "1", "3"]);
    }
}
