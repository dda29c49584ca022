//! One entity that comes over management instead of in a file.

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
