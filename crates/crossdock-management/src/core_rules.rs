//! What qdrouterd's core agent refuses when routes are created, in its words, which test suites match.

use std::collections::BTreeMap;

use crossdock_schema::{Direction, Distribution, EntityKind, LinkRouteDistribution, MatchMethod, Value};

use crate::refusal::Refusal;

/// Attributes given, by their names in the schema.
pub(crate) type Given = BTreeMap<&'static str, Value>;

type Rule = fn(&mut Given) -> Result<(), Refusal>;

/// Checks what is given for an entity of one of the core types, and makes of it what the schema can check further.
pub(crate) fn check(kind: EntityKind, name: Option<&str>, given: &mut Given) -> Result<(), Refusal> {
    let rules: &[(EntityKind, Rule)] = &[
        (EntityKind::Address, address),
        (EntityKind::LinkRoute, link_route),
        (EntityKind::AutoLink, auto_link),
        (EntityKind::Exchange, exchange),
        (EntityKind::Binding, binding),
        (EntityKind::RouterConnectionLinkRoute, connection_link_route),
    ];
    if kind == EntityKind::Exchange && name.is_none() {
        return refuse("exchange requires a unique name");
    }
    rules.iter().filter(|(of, _)| *of == kind).try_for_each(|(_, check)| check(given))
}

fn address(given: &mut Given) -> Result<(), Refusal> {
    prefix_or_pattern(given)?;
    let ingress = phase(given, "ingressPhase")?;
    let egress = phase(given, "egressPhase")?;
    if ingress.is_some() != egress.is_some() {
        return refuse("Phase values must be between 0 and 9");
    }
    let is_waypoint = is_true(given, "waypoint");
    let has_phases = ingress.is_some_and(|phase| phase > 0) || egress.is_some_and(|phase| phase > 0);
    if is_true(given, "enableFallback") && (is_waypoint || has_phases) {
        return refuse("Fallback cannot be specified with waypoint or non-zero ingress and egress phases");
    }
    match number(given, "priority") {
        Some(priority) if priority > 9 => {
            return refuse("Priority value, if present, must be between 0 and QDR_MAX_PRIORITY");
        }
        Some(priority) if priority < 0 => {
            given.insert("priority", Value::Integer(-1));
        }
        Some(_) | None => {}
    }
    if let Some(Value::Text(distribution)) = given.get("distribution")
        && Distribution::from_tag(distribution).is_none()
    {
        // This is what qdrouterd makes of it.
        given.remove("distribution");
    }
    Ok(())
}

fn link_route(given: &mut Given) -> Result<(), Refusal> {
    prefix_or_pattern(given)?;
    match given.get("direction") {
        None => return refuse("No 'direction' attribute provided - it is mandatory"),
        Some(direction) => check_direction(direction)?,
    }
    if let Some(distribution) = given.get("distribution")
        && !matches!(distribution, Value::Text(tag) if LinkRouteDistribution::from_tag(tag).is_some())
    {
        return refuse("Invalid value for 'distribution'");
    }
    one_container(given)
}

fn auto_link(given: &mut Given) -> Result<(), Refusal> {
    let (Some(_), Some(direction)) = (given.get("address"), given.get("direction")) else {
        return refuse("address and direction fields are mandatory");
    };
    check_direction(direction)?;
    if number(given, "phase").is_some_and(|phase| !(0..=9).contains(&phase)) {
        return refuse("autoLink phase must be between 0 and 9");
    }
    one_container(given)
}

fn exchange(given: &mut Given) -> Result<(), Refusal> {
    if !given.contains_key("address") {
        return refuse("exchange address is mandatory");
    }
    if let Some(method) = given.get("matchMethod")
        && !matches!(method, Value::Text(tag) if MatchMethod::from_tag(tag).is_some())
    {
        return refuse("Exchange matchMethod must be either 'amqp' or 'mqtt'");
    }
    phases_in_range(given, &["phase", "alternatePhase"])
}

fn binding(given: &mut Given) -> Result<(), Refusal> {
    if !given.contains_key("exchangeName") {
        return refuse("Binding configuration requires an exchange");
    }
    phases_in_range(given, &["nextHopPhase"])
}

fn connection_link_route(given: &mut Given) -> Result<(), Refusal> {
    match given.get("pattern") {
        Some(Value::Text(pattern)) => check_tokens("Pattern", pattern)?,
        Some(_) => return refuse("Pattern must be a non-empty string type"),
        None => return refuse("Pattern field is required"),
    }
    given.get("direction").map_or_else(|| refuse("Missing value for 'direction'"), check_direction)
}

fn prefix_or_pattern(given: &Given) -> Result<(), Refusal> {
    let (attribute, value) = match (given.get("prefix"), given.get("pattern")) {
        (Some(prefix), None) => ("Prefix", prefix),
        (None, Some(pattern)) => ("Pattern", pattern),
        (Some(_), Some(_)) => return refuse("Cannot specify both a 'prefix' and a 'pattern' attribute"),
        (None, None) => return refuse("Either a 'prefix' or 'pattern' attribute must be provided"),
    };
    check_tokens(attribute, if let Value::Text(text) = value { text } else { "" })
}

fn check_tokens(attribute: &str, text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        refuse(&format!("{attribute} must be a non-empty string type"))
    } else if text.chars().all(|letter| matches!(letter, '.' | '/')) {
        refuse(&format!("{attribute} invalid - no tokens"))
    } else {
        Ok(())
    }
}

fn check_direction(direction: &Value) -> Result<(), Refusal> {
    if matches!(direction, Value::Text(tag) if Direction::from_tag(tag).is_some()) {
        Ok(())
    } else {
        refuse("Invalid value for 'direction'")
    }
}

fn one_container(given: &Given) -> Result<(), Refusal> {
    if given.contains_key("containerId") && given.contains_key("connection") {
        return refuse("Both connection and containerId cannot be specified. Specify only one");
    }
    Ok(())
}

fn phase(given: &Given, name: &str) -> Result<Option<i64>, Refusal> {
    match number(given, name) {
        Some(phase) if !(0..=9).contains(&phase) => refuse("Phase values must be between 0 and 9"),
        other => Ok(other),
    }
}

fn phases_in_range(given: &Given, names: &[&str]) -> Result<(), Refusal> {
    if names.iter().filter_map(|name| number(given, name)).any(|phase| !(0..=9).contains(&phase)) {
        return refuse("phase must be in the range 0-9");
    }
    Ok(())
}

fn number(given: &Given, name: &str) -> Option<i64> {
    match given.get(name)? {
        Value::Integer(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Null | Value::Boolean(_) | Value::Float(_) | Value::List(_) | Value::Map(_) => None,
    }
}

fn is_true(given: &Given, name: &str) -> bool {
    match given.get(name) {
        Some(Value::Boolean(truth)) => *truth,
        Some(Value::Text(text)) => matches!(text.to_ascii_lowercase().as_str(), "yes" | "true" | "on"),
        Some(Value::Null | Value::Integer(_) | Value::Float(_) | Value::List(_) | Value::Map(_)) | None => false,
    }
}

fn refuse<T>(problem: &str) -> Result<T, Refusal> {
    Err(Refusal::bad_request(problem))
}
