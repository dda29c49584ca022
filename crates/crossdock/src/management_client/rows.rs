//! What a QUERY brings: names and rows.

use std::sync::Arc;

use super::value::Value;

static NULL: Value = Value::Null;

/// Rows that have the same attributes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rows {
    names: Arc<[String]>,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    pub(crate) fn new(names: Vec<String>, rows: Vec<Vec<Value>>) -> Rows {
        Rows { names: names.into(), rows }
    }

    /// The body of a response to QUERY.
    pub(crate) fn parse(body: Value) -> Option<Rows> {
        let Value::Map(entries) = body else { return None };
        let (mut names, mut rows) = (None, None);
        for (key, value) in entries {
            match (key.as_str(), value) {
                ("attributeNames", Value::List(items)) => {
                    names = items.into_iter().map(|item| item.as_text().map(str::to_owned)).collect::<Option<Vec<_>>>();
                }
                ("results", Value::List(items)) => rows = items.into_iter().map(cells).collect::<Option<Vec<_>>>(),
                (_, _) => {}
            }
        }
        Some(Rows::new(names?, rows?))
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn truncate(&mut self, rows: usize) {
        self.rows.truncate(rows);
    }

    pub(crate) fn append(&mut self, mut more: Rows) {
        if self.rows.is_empty() {
            *self = more;
        } else {
            self.rows.append(&mut more.rows);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { names: &self.names, cells })
    }

    pub(crate) fn first(&self) -> Option<Row<'_>> {
        self.iter().next()
    }
}

fn cells(row: Value) -> Option<Vec<Value>> {
    match row {
        Value::List(cells) => Some(cells),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Real(_) | Value::Text(_) | Value::Map(_) => None,
    }
}

/// One row: the attributes of one entity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    names: &'a [String],
    cells: &'a [Value],
}

impl<'a> Row<'a> {
    /// The attribute; null if there is none of that name.
    pub(crate) fn value(&self, name: &str) -> &'a Value {
        let position = self.names.iter().position(|known| known == name);
        position.and_then(|position| self.cells.get(position)).unwrap_or(&NULL)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.value(name).as_text()
    }

    /// The number; 0 where there is none.
    pub(crate) fn number(&self, name: &str) -> i128 {
        self.value(name).as_integer().unwrap_or(0)
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        *self.value(name) == Value::Boolean(true)
    }

    /// All attributes that the row has a value for, in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.names.iter().map(String::as_str).zip(self.cells)
    }
}
