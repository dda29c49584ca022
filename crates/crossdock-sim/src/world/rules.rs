//! What the configuration says of addresses, as the model understands it.

use crossdock_core::address::{LocalNames, Phase, RouterMode, Treatment, classify};
use crossdock_core::pattern::PatternTree;
use crossdock_schema::{Bypass, Configuration, Direction, Distribution};
use std::collections::{BTreeMap, BTreeSet};

use crate::net::TREATMENTS;

/// What one address section says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rule {
    treatment: Treatment,
    ingress: u32,
    egress: u32,
    fallback: bool,
    bypass: bool,
}

/// The sections of all routers. Addresses are told apart by their keys, `M`, phase and text; those whose links are routed have
/// keys that begin with `=`.
#[derive(Debug)]
pub(crate) struct Rules {
    addresses: PatternTree<Rule>,
    default: Treatment,
    /// Keys of the members, by key of the address.
    shards: BTreeMap<String, BTreeSet<String>>,
    /// For links of senders, and of receivers.
    routed: [PatternTree<()>; 2],
    /// Whether routers disagree, so that little can be foreseen.
    pub(crate) is_vague: bool,
    pub(crate) has_routed_links: bool,
    names: LocalNames,
}

impl Default for Rules {
    /// Those of worlds without configuration.
    fn default() -> Self {
        let mut rules = Self::empty();
        for (prefix, treatment) in TREATMENTS {
            let rule = Rule { treatment, ingress: 0, egress: 0, fallback: false, bypass: false };
            rules.addresses.insert_prefix(prefix, rule).expect("prefixes differ");
        }
        rules
    }
}

impl Rules {
    fn empty() -> Self {
        Self {
            addresses: PatternTree::new(),
            default: Treatment::Balanced,
            shards: BTreeMap::new(),
            routed: [PatternTree::new(), PatternTree::new()],
            is_vague: false,
            has_routed_links: false,
            names: LocalNames::new("", "0", RouterMode::Interior),
        }
    }

    pub(crate) fn of(configurations: &[Configuration]) -> Self {
        let mut rules = Self::empty();
        let said = |configuration: &Configuration| -> Vec<(String, Rule)> {
            configuration.addresses.iter().map(|located| rule(&located.value)).collect()
        };
        for (at, configuration) in configurations.iter().enumerate() {
            let said = said(configuration);
            rules.default = treatment(configuration.router.default_distribution);
            rules.is_vague |= at > 0 && said.len() != rules.addresses.len();
            for (pattern, rule) in said {
                match rules.addresses.get(&pattern) {
                    Some(known) => rules.is_vague |= *known != rule,
                    None => {
                        rules.is_vague |= at > 0;
                        let _ = rules.addresses.insert(&pattern, rule);
                    }
                }
            }
            rules.is_vague |= configuration.addresses.iter().any(|located| located.value.concentrate.is_some());
            for route in configuration.link_routes.iter().map(|located| &located.value) {
                let pattern = pattern_of(route.prefix.as_deref(), route.pattern.as_deref());
                let [senders, receivers] = &mut rules.routed;
                let tree = if route.direction == Direction::In { senders } else { receivers };
                let _ = tree.insert(&pattern, ());
                rules.has_routed_links = true;
            }
        }
        for shard in configurations.iter().flat_map(|one| &one.shards).map(|located| &located.value) {
            let (own, member) =
                (rules.key(&shard.address, false), rules.key(shard.member.as_ref().unwrap_or(&shard.address), false));
            rules.shards.entry(own).or_default().insert(member);
        }
        rules
    }

    /// The key of what a client's link names, as a consumer or as a producer.
    pub(crate) fn key(&self, address: &str, consumes: bool) -> String {
        let written = classify(address, &self.names).to_key();
        let [senders, receivers] = &self.routed;
        let routed = if consumes { receivers } else { senders };
        if routed.best_match(written.text()).is_some() {
            return format!("={}", written.text());
        }
        let (ingress, egress) = self.rule(written.text()).map_or((0, 0), |rule| (rule.ingress, rule.egress));
        self.in_phase(address, if consumes { egress } else { ingress })
    }

    /// The key of an address in a phase.
    pub(crate) fn in_phase(&self, address: &str, phase: u32) -> String {
        let phase = u8::try_from(phase).ok().and_then(Phase::from_number).unwrap_or_default();
        classify(address, &self.names).in_phase(phase).to_key().as_str().to_owned()
    }

    fn rule(&self, text: &str) -> Option<&Rule> {
        self.addresses.best_match(text)
    }

    fn treatment(&self, key: &str) -> Treatment {
        match (is_routed(key), key.get(1..2) == Some("F")) {
            (true, _) => Treatment::LinkBalanced,
            (false, true) => Treatment::Balanced,
            (false, false) => self.rule(text(key)).map_or(self.default, |rule| rule.treatment),
        }
    }

    /// Whether all consumers of an address get a copy.
    pub(crate) fn is_multicast(&self, key: &str) -> bool {
        self.treatment(key) == Treatment::Multicast
    }

    /// Whether deliveries go to the nearest consumer.
    pub(crate) fn is_closest(&self, key: &str) -> bool {
        self.treatment(key) == Treatment::Closest && !self.shards.contains_key(key)
    }

    /// Whether the model knows who consumes what routers tell each other of.
    pub(crate) fn is_foreseen(&self, key: &str) -> bool {
        let is_routed = || self.routed.iter().any(|tree| tree.best_match(text(key)).is_some());
        key.starts_with('M') && !is_routed()
    }

    /// The members among which an address is spread.
    pub(crate) fn members(&self, key: &str) -> Option<&BTreeSet<String>> {
        self.shards.get(key)
    }

    /// Whether somebody else may get what is sent to an address.
    pub(crate) fn has_companions(&self, key: &str) -> bool {
        let rule = if is_routed(key) { None } else { self.rule(text(key)) };
        self.shards.contains_key(key) || rule.is_some_and(|rule| rule.fallback || rule.bypass)
    }

    /// Whether what is sent to one address may come to a consumer of the other.
    pub(crate) fn may_reach(&self, sent: &str, presettled: bool, consumed: &str) -> bool {
        if sent == consumed || self.shards.get(sent).is_some_and(|members| members.contains(consumed)) {
            return true;
        }
        let (false, Some(rule)) = (is_routed(sent) || is_routed(consumed), self.rule(text(sent))) else { return false };
        let is_ingress = sent == self.in_phase(text(sent), rule.ingress);
        let far_side = rule.bypass && presettled && consumed == self.in_phase(text(sent), rule.egress);
        let fallback = rule.fallback && consumed == self.in_phase(text(sent), u32::from(Phase::FALLBACK.number()));
        is_ingress && (far_side || fallback)
    }
}

/// Whether the links of an address go to a container.
pub(crate) fn is_routed(key: &str) -> bool {
    key.starts_with('=')
}

/// The address of a key.
fn text(key: &str) -> &str {
    key.get(2..).unwrap_or_default()
}

fn rule(address: &crossdock_schema::Address) -> (String, Rule) {
    let waypoint = u32::from(address.waypoint);
    let rule = Rule {
        treatment: treatment(address.distribution),
        ingress: address.ingress_phase.unwrap_or(0),
        egress: address.egress_phase.unwrap_or(waypoint),
        fallback: address.enable_fallback,
        bypass: address.bypass == Bypass::Presettled,
    };
    (pattern_of(address.prefix.as_deref(), address.pattern.as_deref()), rule)
}

fn pattern_of(prefix: Option<&str>, pattern: Option<&str>) -> String {
    match (prefix, pattern) {
        (Some(prefix), _) => format!("{}/#", prefix.trim_end_matches(['.', '/'])),
        (None, pattern) => pattern.unwrap_or_default().to_owned(),
    }
}

fn treatment(distribution: Distribution) -> Treatment {
    match distribution {
        Distribution::Multicast => Treatment::Multicast,
        Distribution::Closest => Treatment::Closest,
        Distribution::Balanced => Treatment::Balanced,
        Distribution::Unavailable => Treatment::Unavailable,
    }
}
