//! A map of the file against its table: unknown and missing keys, kinds of values; and typed access to what is right.

use crossdock_schema::{Entity, EntityKind, RouterMode, Value, check_written, suggestion};

use super::items::Settings;
use crate::diagnostic::{Code, Diagnostics};
use crate::format::{Field, FieldKind, Record};
use crate::simulation::parse_span;
use crate::text::{Entry, Node, Place, Tree};

/// A map that was checked.
pub(super) struct Item<'a> {
    node: &'a Node,
    record: &'static Record,
}

impl<'a> Item<'a> {
    /// Checks `node`; none if it is no map.
    pub(super) fn new(node: &'a Node, record: &'static Record, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Tree::Map(entries) = &node.tree else {
            let problem = format!("a {} is {}; a map of keys and values is needed", record.name, node.kind());
            diagnostics.error(Code::WrongType, node.at, problem);
            return None;
        };
        for entry in entries {
            match (record.field(&entry.key), record.attribute(&entry.key)) {
                (Some(field), _) => check_kind(entry, field, diagnostics),
                (None, Some(_)) => {}
                (None, None) => {
                    let problem = format!("a {} has no '{}'", record.name, entry.key);
                    let hint = match suggestion(&entry.key, record.keys()) {
                        Some(meant) => format!("did you mean '{meant}'?"),
                        None => String::from("topologies/schema.json lists what it can have"),
                    };
                    diagnostics.error_hint(Code::UnknownKey, entry.at, problem, hint);
                }
            }
        }
        for field in record.fields.iter().filter(|field| field.required) {
            if node.entry(field.name).is_none() {
                diagnostics.error(Code::MissingKey, node.at, format!("a {} needs '{}'", record.name, field.name));
            }
        }
        Some(Item { node, record })
    }

    pub(super) fn at(&self) -> Place {
        self.node.at
    }

    /// Where a key stands; if it is not given, the item.
    pub(super) fn place(&self, key: &str) -> Place {
        self.node.entry(key).map_or(self.node.at, |entry| entry.at)
    }

    pub(super) fn node(&self, key: &str) -> Option<&'a Node> {
        self.node.entry(key).map(|entry| &entry.node)
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.node(key).and_then(Node::text)
    }

    pub(super) fn boolean(&self, key: &str) -> bool {
        matches!(self.node(key).map(|node| &node.tree), Some(Tree::Boolean(true)))
    }

    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        self.node(key).and_then(|node| if let Tree::Integer(number) = node.tree { Some(number) } else { None })
    }

    /// A text or a list of texts.
    pub(super) fn texts(&self, key: &str) -> Vec<(String, Place)> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let items = node.items().unwrap_or(std::slice::from_ref(node));
        items.iter().filter_map(|item| item.text().map(|text| (text, item.at))).collect()
    }

    /// The attributes of the section of the configuration, without those that are known here only.
    pub(super) fn settings(&self) -> Settings {
        let kind = self.record.section.map_or(EntityKind::Router, |(kind, _)| kind);
        let given = self.node.entries().iter().filter(|entry| self.record.attribute(&entry.key).is_some());
        Settings { kind, given: given.map(|entry| (entry.key.clone(), entry.node.at, entry.node.value())).collect() }
    }
}

/// Checks the attributes of a section, together with those that follow from elsewhere. The entity is there if enough of it
/// is right.
pub(super) fn check_settings(
    settings: &Settings,
    further: &[(&str, &str)],
    mode: RouterMode,
    at: Place,
    diagnostics: &mut Diagnostics,
) -> Option<Entity> {
    let further = further.iter().map(|(name, value)| ((*name).to_owned(), at.line, Value::Text((*value).to_owned())));
    let given = settings.given.iter().map(|(name, place, value)| (name.clone(), place.line, value.clone()));
    let (entity, result) = check_written(settings.kind, mode, "", at.line, given.chain(further));
    let name = settings.kind.entity_type().name;
    let place = |line| Place { file: at.file, line };
    match result {
        Ok(warnings) => {
            for warning in warnings {
                diagnostics.warn(Code::Attribute, place(warning.line), format!("{name}: {}", warning.problem), "");
            }
        }
        Err(errors) => {
            for error in errors {
                let problem = format!("{name}: {}", error.problem);
                if error.is_refusal {
                    diagnostics.warn(Code::NotYet, place(error.line), problem, "");
                } else {
                    diagnostics.error(Code::Attribute, place(error.line), problem);
                }
            }
        }
    }
    entity
}

fn check_kind(entry: &Entry, field: &Field, diagnostics: &mut Diagnostics) {
    let node = &entry.node;
    let needed = match field.kind {
        FieldKind::Text if node.text().is_some_and(|text| !text.is_empty()) => return,
        FieldKind::Text => String::from("a text is needed"),
        FieldKind::Span if node.text().is_some_and(|text| parse_span(&text).is_some()) => return,
        FieldKind::Span => String::from("a time such as 5s, 250ms or 2m is needed"),
        FieldKind::Integer { min, max } if matches!(node.tree, Tree::Integer(number) if (min..=max).contains(&number)) =>
        {
            return;
        }
        FieldKind::Integer { min, max } => format!("allowed are whole numbers from {min} to {max}"),
        FieldKind::Boolean if matches!(node.tree, Tree::Boolean(_)) => return,
        FieldKind::Boolean => String::from("allowed are yes and no"),
        FieldKind::Choice(choices) if node.text().is_some_and(|text| choices.contains(&text.as_str())) => return,
        FieldKind::Choice(choices) => format!("allowed are {}", choices.join(", ")),
        FieldKind::Texts if node.text().is_some() || node.items().is_some_and(are_texts) => return,
        FieldKind::Texts => String::from("a text or a list of texts is needed"),
        FieldKind::Variables | FieldKind::One(_) if matches!(node.tree, Tree::Map(_)) => return,
        FieldKind::Variables | FieldKind::One(_) => String::from("a map is needed"),
        FieldKind::Records(_) if matches!(node.tree, Tree::List(_) | Tree::Null) => return,
        FieldKind::Records(_) => String::from("a list is needed"),
    };
    // What could not be filled in was told already.
    if matches!(node.tree, Tree::Null) {
        diagnostics.error(Code::WrongType, entry.at, format!("'{}' is empty; {needed}", entry.key));
        return;
    }
    let shown = node.text().map_or_else(|| node.kind().to_owned(), |text| format!("'{text}'"));
    diagnostics.error(Code::WrongType, entry.at, format!("'{}' is {shown}; {needed}", entry.key));
}

fn are_texts(items: &[Node]) -> bool {
    items.iter().all(|item| item.text().is_some())
}
