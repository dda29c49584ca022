//! One entity that does not come in a configuration file: over management, or in a file of another form.

use crate::attributes::EntityKind;
use crate::check::check_section;
use crate::error::{Place, Report, SchemaError, Warning};
use crate::generated::{Entity, RouterMode};
use crate::rules::check_alone;
use crate::section::{Given, Section};
use crate::value::Value;

/// Checks the attributes of one entity by the rules that hold for a section of a file, for a router of this mode.
/// Attributes go by their names in files ([`crate::Attribute::name`]).
///
/// # Errors
///
/// What is wrong, one sentence each; never empty.
pub fn check_entity(
    kind: EntityKind,
    mode: RouterMode,
    attributes: impl IntoIterator<Item = (String, Value)>,
) -> Result<(Entity, Vec<Warning>), Vec<String>> {
    let entity_type = kind.entity_type();
    let mut report = Report::new("management");
    if !entity_type.is_section() {
        report.error(Place::section(0, entity_type.name), "this is not a type of configuration");
    }
    let attributes = attributes.into_iter().map(|(name, value)| Given { name, line: 0, value }).collect();
    let section = Section { name: entity_type.name.to_owned(), line: 0, attributes };
    let placed = check_section(section, &mut report);
    if let Some(placed) = &placed {
        check_alone(placed, mode, &mut report);
    }
    let problems = |errors: Vec<SchemaError>| errors.into_iter().map(|error| error.problem).collect::<Vec<_>>();
    let warnings = report.finish().map_err(problems)?;
    match placed {
        Some(placed) => Ok((placed.entity, warnings)),
        None => Err(vec![String::from("the attributes do not make an entity")]),
    }
}

/// Checks one entity that stands in a file of another form, as [`check_entity`] does: attributes with their lines.
///
/// The entity is there if enough of it is right to look at it further, so also beside errors. They are never empty.
pub fn check_written(
    kind: EntityKind,
    mode: RouterMode,
    file: &str,
    line: u32,
    attributes: impl IntoIterator<Item = (String, u32, Value)>,
) -> (Option<Entity>, Result<Vec<Warning>, Vec<SchemaError>>) {
    let mut report = Report::new(file);
    let attributes = attributes.into_iter().map(|(name, line, value)| Given { name, line, value }).collect();
    let placed = check_section(Section { name: kind.entity_type().name.to_owned(), line, attributes }, &mut report);
    if let Some(placed) = &placed {
        check_alone(placed, mode, &mut report);
    }
    (placed.map(|placed| placed.entity), report.finish())
}
