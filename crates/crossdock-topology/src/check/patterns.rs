//! Patterns of address sections and link routes among themselves.

use crossdock_core::pattern::{PatternTree, normal_form};
use crossdock_schema::Direction;

use crate::diagnostic::{Code, Diagnostics};
use crate::model::Mesh;
use crate::service::{Services, overlap};
use crate::text::Place;

/// Addresses tried of each pattern, at most.
const MAX_SAMPLES: usize = 4096;

pub(super) fn check(mesh: &Mesh, services: &Services<'_>, diagnostics: &mut Diagnostics) {
    let rules: Vec<_> =
        mesh.addresses.iter().map(|rule| (rule.at, rule.text.as_str(), rule.pattern.as_str())).collect();
    hidden("address", &rules, mesh, diagnostics);
    for direction in [Direction::In, Direction::Out] {
        let routes = mesh.link_routes.iter().filter(|route| route.direction == direction);
        let mut routes: Vec<_> = routes.map(|route| (route.at, route.text.as_str(), route.pattern.as_str())).collect();
        // Several brokers may have the same link route: they share its links.
        routes.dedup_by_key(|(.., pattern)| normal_form(pattern).unwrap_or_default());
        hidden("link route", &routes, mesh, diagnostics);
    }
    for rule in &mesh.addresses {
        if let Err(error) = normal_form(&rule.pattern) {
            diagnostics.error(Code::HiddenPattern, rule.at, format!("'{}': {error}", rule.text));
        }
        let route = mesh.link_routes.iter().find(|route| overlap(&route.pattern, &rule.pattern));
        if let Some(route) = route.filter(|_| services.rule_index(&rule.pattern).is_some()) {
            let problem = format!(
                "the address '{}' and the link route '{}' ({}) speak for the same addresses; the link route wins",
                rule.text,
                route.text,
                mesh.place(route.at)
            );
            diagnostics.warn(Code::Conflict, rule.at, problem, "leave one out, or make the patterns differ");
        }
    }
}

/// Finds patterns that never are the best match.
fn hidden(what: &str, patterns: &[(Place, &str, &str)], mesh: &Mesh, diagnostics: &mut Diagnostics) {
    let mut tree = PatternTree::new();
    let mut twice = Vec::new();
    for (index, (.., pattern)) in patterns.iter().enumerate() {
        if tree.insert(pattern, index).is_err() {
            twice.push(index);
        }
    }
    for (index, (at, text, pattern)) in patterns.iter().enumerate() {
        if twice.contains(&index) {
            let first = tree.get(pattern).and_then(|first| patterns.get(*first));
            let place = first.map(|(at, other, _)| format!("'{other}' at {}", mesh.place(*at))).unwrap_or_default();
            let problem = format!("the {what} '{text}' means the same as {place}");
            diagnostics.error_hint(Code::HiddenPattern, *at, problem, "leave one of them out: only the first counts");
            continue;
        }
        let winners: Vec<usize> =
            samples(pattern).iter().filter_map(|address| tree.best_match(address).copied()).collect();
        if winners.is_empty() || winners.contains(&index) {
            continue;
        }
        let by = winners.first().and_then(|winner| patterns.get(*winner));
        let Some((place, other, _)) = by else { continue };
        let problem = format!(
            "the {what} '{text}' never speaks: '{other}' at {} is preferred for all it matches",
            mesh.place(*place)
        );
        diagnostics.error_hint(Code::HiddenPattern, *at, problem, "leave one of them out");
    }
}

/// Addresses of all shapes that a pattern matches, made of words that stand in no other pattern.
fn samples(pattern: &str) -> Vec<String> {
    let Ok(normal) = normal_form(pattern) else { return Vec::new() };
    let mut all = vec![String::new()];
    for token in normal.split('.') {
        let choices: &[&[&str]] = match token {
            "*" => &[&["~"]],
            "#" => &[&[], &["~"], &["~", "~"]],
            exact => &[&[exact]],
        };
        let longer = |start: &String| -> Vec<String> {
            let join = |words: &&[&str]| {
                words.iter().fold(start.clone(), |text, word| {
                    if text.is_empty() { (*word).to_owned() } else { format!("{text}.{word}") }
                })
            };
            choices.iter().map(join).collect()
        };
        all = all.iter().flat_map(longer).take(MAX_SAMPLES).collect();
    }
    all.retain(|address| !address.is_empty());
    all
}
