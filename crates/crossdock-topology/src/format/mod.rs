//! What may stand in a topology file, once: the reader, its messages and the JSON Schema follow from these tables. What an
//! item has in common with a section of a router's configuration comes from `crossdock-schema`, attribute for attribute.

mod records;
mod schema;

use crossdock_schema::{Attribute, EntityKind, Nature};

pub(crate) use records::*;
pub use schema::json_schema;

/// A kind of map, such as a router.
#[derive(Debug)]
pub(crate) struct Record {
    /// What one is called in messages.
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// Keys that are known here only.
    pub(crate) fields: &'static [Field],
    /// The section whose attributes may be given as well, and those of them that may not.
    pub(crate) section: Option<(EntityKind, &'static [&'static str])>,
    /// Whether it may be a template, with `count`, `first` and `vars`.
    pub(crate) repeats: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: FieldKind,
    pub(crate) required: bool,
    pub(crate) description: &'static str,
}

/// What a value must be.
#[derive(Debug)]
pub(crate) enum FieldKind {
    Text,
    /// A span of time, such as `5s`.
    Span,
    Integer {
        min: i64,
        max: i64,
    },
    Boolean,
    Choice(&'static [&'static str]),
    /// A text or a list of texts.
    Texts,
    /// A map of names and scalars.
    Variables,
    Records(&'static Record),
    One(&'static Record),
}

impl Record {
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().chain(if self.repeats { TEMPLATE } else { &[] }).find(|field| field.name == name)
    }

    /// The attribute of the configuration section that goes by this name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static Attribute> {
        let (kind, without) = self.section.unzip();
        let attributes = kind.map(|kind| kind.entity_type().attributes).unwrap_or_default();
        attributes.iter().filter(move |attribute| {
            attribute.nature == Nature::Configuration
                && !matches!(attribute.name, "identity" | "type")
                && !without.is_some_and(|without| without.contains(&attribute.name))
                && !self.fields.iter().any(|field| field.name == attribute.name)
        })
    }

    /// All keys, for suggestions.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        let template = if self.repeats { TEMPLATE } else { &[] };
        let own = self.fields.iter().chain(template).map(|field| field.name);
        own.chain(self.attributes().map(|attribute| attribute.name))
    }
}
