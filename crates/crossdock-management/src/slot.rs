//! The place of one value in an answer.

use std::collections::BTreeMap;
use std::fmt::Display;

use crossdock_schema::{Attribute, Field, Secret, Value, Wire};

use crate::octets::Octets;

/// Where the value of one attribute of one row goes: encoded at once, in the AMQP type the schema says.
///
/// A slot takes one value. One that is dropped without a value is null; so is [`Slot::absent`]. Numbers that do not fit the
/// type of the attribute become the nearest that does.
#[derive(Debug)]
pub struct Slot<'o> {
    out: &'o mut Octets,
    wire: Wire,
    secret: bool,
    /// Whether an empty list has an encoding of its own.
    short_lists: bool,
}

impl<'o> Slot<'o> {
    pub(crate) fn new(out: &'o mut Octets, attribute: &Attribute, short_lists: bool) -> Self {
        Slot { out, wire: attribute.wire, secret: attribute.secret, short_lists }
    }

    /// No value.
    pub fn absent(self) {
        self.out.null();
    }

    /// A text, or the tag of an enumeration.
    pub fn text(self, text: &str) {
        self.out.string(if self.secret { Secret::MASK } else { text });
    }

    /// A text, if there is one.
    pub fn optional_text(self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.absent(),
        }
    }

    /// What a value looks like as text.
    pub fn display(self, value: impl Display) {
        self.text(&value.to_string());
    }

    /// Yes or no.
    pub fn boolean(self, truth: bool) {
        self.out.boolean(truth);
    }

    /// A whole number.
    pub fn number(self, number: impl Into<i128>) {
        write_number(self.out, self.wire, number.into());
    }

    /// A whole number, if there is one.
    pub fn optional_number<N: Into<i128>>(self, number: Option<N>) {
        match number {
            Some(number) => self.number(number),
            None => self.absent(),
        }
    }

    /// A list of texts.
    pub fn texts<'a>(self, texts: impl IntoIterator<Item = &'a str>) {
        self.list(texts, |out, text| out.string(text));
    }

    /// A list of whole numbers.
    pub fn numbers<N: Into<i128>>(self, numbers: impl IntoIterator<Item = N>) {
        let wire = self.wire;
        self.list(numbers, |out, number| write_number(out, wire, number.into()));
    }

    /// A list of counters by index, without the zeros at its end. Clients cannot read answers of more than about 65,000
    /// values, and a row of such a list for each link gets there soon.
    pub fn histogram(self, counts: &[u64]) {
        let used = counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        self.numbers(counts.iter().take(used).copied());
    }

    /// A map with text keys.
    pub fn map(self, write: impl FnOnce(&mut Entries<'_>)) {
        let open = self.out.map();
        let mut entries = Entries { out: self.out, count: 0, short_lists: self.short_lists };
        write(&mut entries);
        let count = entries.count;
        self.out.close(open, count * 2);
    }

    /// The value of a configured attribute.
    pub fn field(self, field: Field<'_>) {
        match field {
            Field::Absent => self.absent(),
            Field::Text(text) => self.text(text),
            Field::Integer(number) => self.number(number),
            Field::Boolean(truth) => self.boolean(truth),
            Field::List(values) => self.list(values, write_value),
            Field::Map(map) => write_map(self.out, map),
            Field::Secret => self.out.string(Secret::MASK),
        }
    }

    fn list<T>(self, elements: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Octets, T)) {
        let at = self.out.len();
        let open = self.out.list();
        let mut count = 0;
        for element in elements {
            write(self.out, element);
            count += 1;
        }
        self.out.close(open, count);
        if count == 0 && self.short_lists {
            self.out.truncate(at);
            self.out.empty_list();
        }
    }
}

/// The entries of a map that is being written.
#[derive(Debug)]
pub struct Entries<'o> {
    out: &'o mut Octets,
    count: usize,
    short_lists: bool,
}

impl Entries<'_> {
    /// An entry with a text.
    pub fn text(&mut self, key: &str, text: &str) {
        self.key(key).string(text);
    }

    /// An entry with a number: int, or long where that is too small.
    pub fn number(&mut self, key: &str, number: i64) {
        self.key(key).number(number);
    }

    /// An entry with yes or no.
    pub fn boolean(&mut self, key: &str, truth: bool) {
        self.key(key).boolean(truth);
    }

    /// An entry with a list of texts.
    pub fn texts<'a>(&mut self, key: &str, texts: impl IntoIterator<Item = &'a str>) {
        let short_lists = self.short_lists;
        let out = self.key(key);
        Slot { out, wire: Wire::Number, secret: false, short_lists }.texts(texts);
    }

    /// An entry with a value that is encoded already, as one complete AMQP value. The caller answers for that.
    pub fn encoded(&mut self, key: &str, value: &[u8]) {
        self.key(key).encoded(value);
    }

    fn key(&mut self, key: &str) -> &mut Octets {
        self.count += 1;
        self.out.string(key);
        self.out
    }
}

fn write_number(out: &mut Octets, wire: Wire, number: i128) {
    let fit = |low: i128, high: i128| number.clamp(low, high);
    match wire {
        Wire::Ulong => out.ulong(fit(0, u64::MAX.into()) as u64),
        Wire::Uint => out.uint(fit(0, u32::MAX.into()) as u32),
        Wire::Int => out.int(fit(i32::MIN.into(), i32::MAX.into()) as i32),
        Wire::Long => out.long(fit(i64::MIN.into(), i64::MAX.into()) as i64),
        Wire::Number => out.number(fit(i64::MIN.into(), i64::MAX.into()) as i64),
    }
}

/// A value of a configuration file. Such values are nested no deeper than their parser allows.
fn write_value(out: &mut Octets, value: &Value) {
    match value {
        Value::Null => out.null(),
        Value::Boolean(truth) => out.boolean(*truth),
        Value::Integer(number) => out.number(*number),
        Value::Float(number) => out.double(*number),
        Value::Text(text) => out.string(text),
        Value::List(values) => {
            let open = out.list();
            values.iter().for_each(|value| write_value(out, value));
            out.close(open, values.len());
        }
        Value::Map(map) => write_map(out, map),
    }
}

fn write_map(out: &mut Octets, map: &BTreeMap<String, Value>) {
    let open = out.map();
    for (key, value) in map {
        out.string(key);
        write_value(out, value);
    }
    out.close(open, map.len() * 2);
}
