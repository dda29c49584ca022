//! Maps of answers, entry by entry.

use crate::octets::Octets;

/// A map that is being written.
pub(crate) struct Fields<'o> {
    out: &'o mut Octets,
    count: usize,
}

impl Fields<'_> {
    pub(crate) fn value(&mut self, name: &str, write: impl FnOnce(&mut Octets)) {
        self.out.string(name);
        write(self.out);
        self.count += 2;
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.value(name, |out| out.string(text));
    }

    pub(crate) fn number(&mut self, name: &str, number: impl TryInto<i64>) {
        self.value(name, |out| out.number(number.try_into().unwrap_or(i64::MAX)));
    }

    pub(crate) fn optional_text(&mut self, name: &str, text: Option<&str>) {
        self.value(name, |out| match text {
            Some(text) => out.string(text),
            None => out.null(),
        });
    }

    pub(crate) fn list<T>(&mut self, name: &str, items: &[T], write: impl Fn(&mut Octets, &T)) {
        self.value(name, |out| {
            if items.is_empty() {
                return out.empty_list();
            }
            let list = out.list();
            items.iter().for_each(|item| write(out, item));
            out.close(list, items.len());
        });
    }
}

/// Writes a map.
pub(crate) fn map(out: &mut Octets, write: impl FnOnce(&mut Fields<'_>)) {
    let open = out.map();
    let mut fields = Fields { out, count: 0 };
    write(&mut fields);
    let count = fields.count;
    out.close(open, count);
}
