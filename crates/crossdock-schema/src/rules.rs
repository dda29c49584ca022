//! What must hold between sections, and between attributes of one.

use std::collections::BTreeMap;

use crate::check::Placed;
use crate::error::{Place, Report};
use crate::formats::{ClientMechanism, client_mechanisms};
use crate::generated::{Bypass, Connector, Entity, Listener, Role, RouterMode};
use crate::json::shorten;
use crate::names::Seen;
use crate::value::Value;

/// Longest router id, in characters.
const MAX_ROUTER_ID: usize = 127;

/// Keys of open properties the router sets itself.
const RESERVED_KEYS: [&str; 5] = ["product", "version", "failover-server-list", "network-host", "port"];
const RESERVED_PREFIXES: [&str; 2] = ["qd.", "x-opt-qd."];

/// Checks all rules and reports what breaks them.
pub(crate) fn check_rules(entities: &[Placed], report: &mut Report<'_>) {
    check_singletons(entities, report);
    check_shards(entities, report);
    check_unique_names(entities, report);
    let mode = entities
        .iter()
        .find_map(|placed| if let Entity::Router(router) = &placed.entity { Some(router.mode) } else { None });
    for placed in entities {
        check_alone(placed, mode.unwrap_or(RouterMode::Standalone), report);
    }
}

/// Checks the rules that take no more than one section and the mode of the router.
pub(crate) fn check_alone(placed: &Placed, mode: RouterMode, report: &mut Report<'_>) {
    check_router_id(placed, report);
    check_role(placed, mode, report);
    check_open_properties(placed, report);
    check_user_name(placed, report);
    check_name_of_shard(placed, report);
    check_bypass(placed, report);
}

fn check_singletons(entities: &[Placed], report: &mut Report<'_>) {
    let mut seen = Seen::default();
    for placed in entities.iter().filter(|placed| placed.entity.entity_type().singleton) {
        let name = placed.entity.entity_type().name;
        if let Some(first) = seen.note(name, placed.line) {
            let problem = format!("at most one such section is allowed; the first is on line {first}");
            report.error(Place::section(placed.line, name), problem);
        }
    }
}

/// Shards of one address are judged by the same key, or there is no saying where a message belongs.
fn check_shards(entities: &[Placed], report: &mut Report<'_>) {
    let mut first: BTreeMap<&str, &Placed> = BTreeMap::new();
    for placed in entities {
        let Entity::Shard(shard) = &placed.entity else { continue };
        let before = first.entry(&shard.address).or_insert(placed);
        let Entity::Shard(other) = &before.entity else { continue };
        let differs = [("key", shard.key != other.key), ("onLoss", shard.on_loss != other.on_loss)];
        for (attribute, _) in differs.into_iter().filter(|(_, differs)| *differs) {
            let (address, line) = (shorten(&shard.address), before.line);
            let problem = format!("the shards of '{address}' must agree about it; the first is on line {line}");
            report.error(placed.place(attribute), problem);
        }
    }
}

fn check_name_of_shard(placed: &Placed, report: &mut Report<'_>) {
    if let Entity::Shard(shard) = &placed.entity
        && shard.name.is_none()
    {
        report.error(placed.place("name"), String::from("a shard needs a name"));
    }
}

fn check_bypass(placed: &Placed, report: &mut Report<'_>) {
    if let Entity::Address(address) = &placed.entity
        && address.bypass != Bypass::None
        && !address.waypoint
        && address.ingress_phase.unwrap_or(0) == address.egress_phase.unwrap_or(0)
    {
        report.error(placed.place("bypass"), String::from("there is nothing to go past: it needs 'waypoint: yes'"));
    }
}

fn check_unique_names(entities: &[Placed], report: &mut Report<'_>) {
    let mut names = Seen::default();
    let mut identities = Seen::default();
    for placed in entities {
        let given =
            [("name", placed.entity.name(), &mut names), ("identity", placed.entity.identity(), &mut identities)];
        for (attribute, value, seen) in given {
            let Some(value) = value else { continue };
            let place = placed.place(attribute);
            if let Some(first) = seen.note(value, place.line) {
                let value = shorten(value);
                report.error(place, format!("{attribute} '{value}' is not unique: it is also given on line {first}"));
            }
        }
    }
}

fn check_router_id(placed: &Placed, report: &mut Report<'_>) {
    let Entity::Router(router) = &placed.entity else { return };
    let Some(id) = &router.id else { return };
    let length = id.chars().count();
    if length > MAX_ROUTER_ID {
        let problem = format!("the router id has {length} characters; at most {MAX_ROUTER_ID} are allowed");
        report.error(placed.place("id"), problem);
    }
    if let Some(letter) = id.chars().find(|letter| is_control_or_separator(*letter)) {
        let letter = u32::from(letter);
        let problem = format!("the router id contains a control or separator character (U+{letter:04X})");
        report.error(placed.place("id"), problem);
    }
}

/// Unicode categories C (of these control, format, private use and surrogates) and Z.
fn is_control_or_separator(letter: char) -> bool {
    letter.is_control()
        || letter.is_whitespace()
        || matches!(letter,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'..='\u{e007f}' | '\u{f0000}'..='\u{10ffff}')
}

fn check_role(placed: &Placed, mode: RouterMode, report: &mut Report<'_>) {
    let Some(Party { role, is_listener, .. }) = party(&placed.entity) else { return };
    let is_to_router = matches!(role, Role::InterRouter | Role::Edge);
    let name = placed.entity.name().unwrap_or(placed.entity.entity_type().name);
    // The first two of these texts are matched by test suites, their odd wording included.
    let problem = if mode == RouterMode::Standalone && is_to_router {
        String::from("role='standalone' not allowed to connect to or accept connections from other routers.")
    } else if (role == Role::InterRouter && mode != RouterMode::Interior)
        || (role == Role::Edge && mode == RouterMode::Edge && is_listener)
    {
        format!("role='{role}' only allowed with router mode='interior' for {}", shorten(name))
    } else {
        return;
    };
    report.error(placed.place("role"), problem);
}

fn check_open_properties(placed: &Placed, report: &mut Report<'_>) {
    let Some(Party { role, open_properties: Some(properties), .. }) = party(&placed.entity) else { return };
    if matches!(role, Role::InterRouter | Role::Edge) {
        report.error(placed.place("openProperties"), format!("openProperties not allowed for role {role}"));
    }
    for key in properties.keys() {
        let is_reserved =
            RESERVED_KEYS.contains(&key.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| key.starts_with(prefix));
        if is_reserved {
            let key = shorten(key);
            report.error(placed.place("openProperties"), format!("Reserved key '{key}' not allowed in openProperties"));
        }
    }
}

/// A connector that could never be taken is worth a word, but a router with others is not to be kept from starting.
fn check_user_name(placed: &Placed, report: &mut Report<'_>) {
    let Entity::Connector(Connector { sasl_mechanisms: Some(list), sasl_username: None, .. }) = &placed.entity else {
        return;
    };
    if let Ok(mechanisms) = client_mechanisms(list)
        && mechanisms.iter().all(|mechanism| *mechanism == ClientMechanism::Plain)
    {
        let problem = "PLAIN, the only mechanism of 'saslMechanisms' that can be used, needs a 'saslUsername'";
        report.warn(placed.place("saslMechanisms"), problem);
    }
}

/// What listeners and connectors have in common.
struct Party<'a> {
    role: Role,
    is_listener: bool,
    open_properties: Option<&'a BTreeMap<String, Value>>,
}

fn party(entity: &Entity) -> Option<Party<'_>> {
    if let Entity::Listener(Listener { role, open_properties, .. }) = entity {
        Some(Party { role: *role, is_listener: true, open_properties: open_properties.as_ref() })
    } else if let Entity::Connector(Connector { role, open_properties, .. }) = entity {
        Some(Party { role: *role, is_listener: false, open_properties: open_properties.as_ref() })
    } else {
        None
    }
}
