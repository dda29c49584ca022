//! One section against the table of its type: names, aliases, types, defaults, what is required and what is refused.

use std::collections::BTreeMap;

use crate::convert::{convert, default};
use crate::entity::{Attribute, Effect, EntityType, Nature};
use crate::error::{Place, Report};
use crate::generated::{ENTITY_TYPES, Entity};
use crate::json::shorten;
use crate::names::{camel_case, suggestion};
use crate::section::{Given, Section};
use crate::value::Value;

/// Typed values by attribute name, ready to become an entity.
#[derive(Debug, Default)]
pub(crate) struct Checked(BTreeMap<&'static str, Value>);

impl Checked {
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }

    pub(crate) fn integer<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        match self.0.get(name) {
            Some(Value::Integer(number)) => T::try_from(*number).ok(),
            _ => None,
        }
    }

    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        match self.0.get(name) {
            Some(Value::Boolean(truth)) => Some(*truth),
            _ => None,
        }
    }

    pub(crate) fn map(&self, name: &str) -> Option<BTreeMap<String, Value>> {
        match self.0.get(name) {
            Some(Value::Map(map)) => Some(map.clone()),
            _ => None,
        }
    }
}

/// An entity with the lines it came from.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) entity: Entity,
    /// Line where the section begins.
    pub(crate) line: u32,
    /// Lines of the attributes that were given.
    lines: BTreeMap<&'static str, u32>,
}

impl Placed {
    /// The place of an attribute; if it was not given, of the section.
    pub(crate) fn place(&self, attribute: &'static str) -> Place<'static> {
        let line = self.lines.get(attribute).copied().unwrap_or(self.line);
        Place::attribute(line, self.entity.entity_type().name, attribute)
    }
}

/// Checks a section. The entity is there if enough of it is right to look at it further.
pub(crate) fn check_section(section: Section, report: &mut Report<'_>) -> Option<Placed> {
    let place = Place::section(section.line, &section.name);
    let name = camel_case(&section.name);
    let Some(entity_type) =
        ENTITY_TYPES.iter().find(|entity_type| entity_type.name == name && entity_type.is_section())
    else {
        report.error(place, unknown_section(&name));
        return None;
    };
    if let Effect::None { reason, .. } = entity_type.effect {
        report.refuse(place, format!("such a section is refused: {reason}"));
    }
    let mut lines = BTreeMap::new();
    let mut checked = Checked::default();
    for (attribute, given) in resolve(entity_type, section.attributes, &section.name, report) {
        lines.insert(attribute.name, given.line);
        let place = Place::attribute(given.line, &section.name, &given.name);
        if given.value == Value::Null {
            continue;
        }
        let value = match convert(attribute, given.value) {
            Ok(value) => value,
            Err(problem) => {
                report.error(place, problem);
                continue;
            }
        };
        if attribute.nature != Nature::Configuration {
            report.warn(place, format!("'{}' is for the router to say; giving it has no effect", attribute.name));
            continue;
        }
        if entity_type.effect == Effect::Full
            && let Some(problem) = refusal(attribute, &value)
        {
            report.refuse(place, problem);
        }
        checked.0.insert(attribute.name, value);
    }
    for attribute in entity_type.attributes.iter().filter(|attribute| attribute.nature == Nature::Configuration) {
        if checked.0.contains_key(attribute.name) {
            continue;
        }
        if let Some(value) = default(attribute) {
            checked.0.insert(attribute.name, value);
        } else if attribute.required && !lines.contains_key(attribute.name) {
            let place = Place::attribute(section.line, &section.name, attribute.name);
            report.error(place, format!("attribute '{}' is required", attribute.name));
        }
    }
    Entity::from_checked(entity_type, &checked).map(|entity| Placed { entity, line: section.line, lines })
}

/// Finds the attribute each name means. Of an attribute given twice the last one stays.
fn resolve(
    entity_type: &EntityType,
    attributes: Vec<Given>,
    entity: &str,
    report: &mut Report<'_>,
) -> Vec<(&'static Attribute, Given)> {
    let mut resolved: Vec<(&'static Attribute, Given, bool)> = Vec::new();
    for given in attributes {
        let place = Place::attribute(given.line, entity, &given.name);
        let name = camel_case(&given.name);
        let (attribute, by_alias) = match (entity_type.attribute(&name), entity_type.attribute_by_alias(&name)) {
            (Some(_), _) if name == "type" => {
                report.error(place, "'type' cannot be given: the section's name is the type");
                continue;
            }
            (Some(attribute), _) => (attribute, false),
            (None, Some(attribute)) => (attribute, true),
            (None, None) => {
                report.error(place, unknown_attribute(entity_type, &given.name, &name));
                continue;
            }
        };
        if by_alias {
            let type_name = entity_type.name;
            report.warn(
                place,
                format!(
                    "Attribute '{name}' of entity '{type_name}' has been deprecated. Use '{}' instead",
                    attribute.name
                ),
            );
        }
        match resolved.iter_mut().find(|(other, ..)| std::ptr::eq(*other, attribute)) {
            Some((_, first, first_by_alias)) if *first_by_alias != by_alias => {
                let alias = attribute.alias.unwrap_or_default();
                let problem = format!(
                    "'{}' is given also by its deprecated name '{alias}': lines {} and {}",
                    attribute.name, first.line, given.line
                );
                report.error(place, problem);
            }
            Some((_, first, _)) => {
                report
                    .warn(place, format!("'{}' is given twice; this one counts, not line {}", given.name, first.line));
                *first = given;
            }
            None => resolved.push((attribute, given, by_alias)),
        }
    }
    resolved.into_iter().map(|(attribute, given, _)| (attribute, given)).collect()
}

/// Why this value is refused although it is well-formed.
fn refusal(attribute: &Attribute, value: &Value) -> Option<String> {
    let Effect::None { reason, honoured } = attribute.effect else { return None };
    let default = default(attribute);
    let text = value.to_string();
    if default.as_ref() == Some(value) || honoured.contains(&text.as_str()) {
        return None;
    }
    let name = attribute.name;
    let mut allowed: Vec<String> = default.iter().map(Value::to_string).collect();
    allowed.extend(honoured.iter().map(|value| (*value).to_owned()));
    if allowed.is_empty() {
        return Some(format!("'{name}' is refused: {reason}"));
    }
    Some(format!("'{name}' cannot be '{}', only '{}': {reason}", shorten(&text), allowed.join("' or '")))
}

fn unknown_section(name: &str) -> String {
    let hint = match name {
        "fixedAddress" | "waypoint" => "gone since qpid-dispatch 1.0; write an 'address' section",
        "linkRoutePattern" => "gone since qpid-dispatch 1.0; write a 'linkRoute' section",
        "tcpListener" | "tcpConnector" | "httpListener" | "httpConnector" => {
            "TCP and HTTP adaptors are not in this version"
        }
        "vhostUserGroupSettings" => "such settings stand in the 'groups' of a 'vhost' section",
        _ => {
            let names =
                ENTITY_TYPES.iter().filter(|entity_type| entity_type.is_section()).map(|entity_type| entity_type.name);
            return match suggestion(name, names) {
                Some(meant) => format!("no such entity type; did you mean '{meant}'?"),
                None => String::from("no such entity type"),
            };
        }
    };
    format!("no such entity type: {hint}")
}

fn unknown_attribute(entity_type: &EntityType, written: &str, name: &str) -> String {
    let candidates = entity_type.attributes.iter().filter(|attribute| attribute.nature == Nature::Configuration);
    let problem = format!("'{}' is not an attribute of {}", shorten(written), entity_type.name);
    match suggestion(name, candidates.map(|attribute| attribute.name)) {
        Some(meant) => format!("{problem}; did you mean '{meant}'?"),
        None => problem,
    }
}
