//! A whole configuration, and the way from a text to it.

use crate::check::{Placed, check_section};
use crate::error::{Place, Report, SchemaError, Warning};
use crate::generated::{
    Address, AuthServicePlugin, AutoLink, Binding, Connector, Console, Entity, Exchange, LinkRoute, Listener, Log,
    Policy, Router, Shard, SslProfile, Vhost,
};
use crate::{json_form, native, rules};

/// Texts longer than this are refused, in bytes.
const MAX_TEXT: usize = 64 << 20;

/// A value and the line of the section it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Line number from 1.
    pub line: u32,
}

/// All sections of a configuration, checked; those of one type in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Configuration {
    /// The router; defaults when there is no such section.
    pub router: Router,
    /// The limits of the router; defaults when there is no such section.
    pub policy: Policy,
    /// `log` sections.
    pub logs: Vec<Located<Log>>,
    /// `listener` sections.
    pub listeners: Vec<Located<Listener>>,
    /// `connector` sections.
    pub connectors: Vec<Located<Connector>>,
    /// `address` sections; those without prefix and pattern, or with both, are left out with a warning.
    pub addresses: Vec<Located<Address>>,
    /// `linkRoute` sections.
    pub link_routes: Vec<Located<LinkRoute>>,
    /// `autoLink` sections.
    pub auto_links: Vec<Located<AutoLink>>,
    /// `shard` sections.
    pub shards: Vec<Located<Shard>>,
    /// `exchange` sections.
    pub exchanges: Vec<Located<Exchange>>,
    /// `binding` sections.
    pub bindings: Vec<Located<Binding>>,
    /// `sslProfile` sections.
    pub ssl_profiles: Vec<Located<SslProfile>>,
    /// `authServicePlugin` sections.
    pub auth_service_plugins: Vec<Located<AuthServicePlugin>>,
    /// `vhost` sections.
    pub vhosts: Vec<Located<Vhost>>,
    /// The `console` section.
    pub console: Option<Located<Console>>,
}

/// Reads a configuration file. A `file_name` that ends in `.json` selects the JSON form, every other one the
/// line-oriented form; apart from that the name only stands in messages.
///
/// # Errors
///
/// Everything that is wrong with the text, as far as it can be seen in one go, in the order of lines; never empty.
pub fn parse(file_name: &str, text: &str) -> Result<(Configuration, Vec<Warning>), Vec<SchemaError>> {
    let mut report = Report::new(file_name);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let sections = if text.is_empty() {
        report.error(Place::line(0), "Configuration file was empty");
        Vec::new()
    } else if text.len() > MAX_TEXT {
        report.error(Place::line(0), format!("the file is longer than {MAX_TEXT} bytes"));
        Vec::new()
    } else if file_name.ends_with(".json") {
        json_form::read_sections(text, &mut report)
    } else {
        native::read_sections(text, &mut report)
    };
    let entities: Vec<Placed> =
        sections.into_iter().filter_map(|section| check_section(section, &mut report)).collect();
    rules::check_rules(&entities, &mut report);
    let configuration = collect(entities, &mut report);
    report.finish().map(|warnings| (configuration, warnings))
}

fn collect(entities: Vec<Placed>, report: &mut Report<'_>) -> Configuration {
    let mut all = Configuration::default();
    for Placed { entity, line, .. } in entities {
        match entity {
            Entity::Router(value) => all.router = value,
            Entity::Policy(value) => all.policy = value,
            Entity::Log(value) => all.logs.push(Located { value, line }),
            Entity::Listener(value) => all.listeners.push(Located { value, line }),
            Entity::Connector(value) => all.connectors.push(Located { value, line }),
            Entity::Address(value) => match (&value.prefix, &value.pattern) {
                (None, None) => report
                    .warn(Place::section(line, "address"), "without prefix and pattern this section has no effect"),
                (Some(_), Some(_)) => {
                    report.warn(
                        Place::section(line, "address"),
                        "with both prefix and pattern this section has no effect",
                    );
                }
                (Some(_), None) | (None, Some(_)) => all.addresses.push(Located { value, line }),
            },
            Entity::LinkRoute(value) => all.link_routes.push(Located { value, line }),
            Entity::AutoLink(value) => all.auto_links.push(Located { value, line }),
            Entity::Shard(value) => all.shards.push(Located { value, line }),
            Entity::Exchange(value) => all.exchanges.push(Located { value, line }),
            Entity::Binding(value) => all.bindings.push(Located { value, line }),
            Entity::SslProfile(value) => all.ssl_profiles.push(Located { value, line }),
            Entity::AuthServicePlugin(value) => all.auth_service_plugins.push(Located { value, line }),
            Entity::Vhost(value) => all.vhosts.push(Located { value, line }),
            Entity::Console(value) => all.console = Some(Located { value, line }),
        }
    }
    all
}
