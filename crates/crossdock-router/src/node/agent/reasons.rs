//! Why deliveries to an address do not flow, in words: of the address as a whole, and of each link that stands still.

use crossdock_amqp::engine::{LinkRole, Time};
use crossdock_core::address::{AddressClass, KeyRef, Treatment};
use crossdock_core::batch::ConnId;
use crossdock_core::record::{LinkRecord, LinkType, Stall};
use crossdock_management::{ExplainedLink, Explanation, Rule};
use crossdock_schema::AutoLinkOperStatus;

use super::view::View;
use crate::node::{Address, Loss, Node};

/// Links of one kind that get a sentence each; all are counted.
const MAX_SENTENCES: usize = 20;

/// Adds the sentences to an explanation that has everything else.
pub(super) fn add(view: &View<'_>, key: KeyRef<'_>, treatment: Treatment, explanation: &mut Explanation) {
    let mut why = std::mem::take(&mut explanation.why);
    if treatment == Treatment::Unavailable {
        why.push(unavailable(&explanation.rule));
    } else if explanation.next.is_empty() {
        why.push(nowhere(view.node, key, explanation));
        if let Some(loss) = view.node.addresses.get(&key).and_then(|address| address.lost.as_ref()) {
            why.push(format!("{}.", lost(view, loss)));
        }
    }
    auto_links(view.node, key, &mut why);
    consumers(&explanation.consumers, &mut why);
    producers(&explanation.producers, &mut why);
    neighbors(view, explanation, &mut why);
    explanation.why = why;
}

/// Why a link stands still, in a few words; none if it does not.
pub(super) fn of_link(view: &View<'_>, link: &LinkRecord) -> Option<String> {
    match link.role() {
        LinkRole::Sender if link.credit() == 0 => Some("consumer without credit".to_owned()),
        LinkRole::Sender if link.waiting() == 0 => None,
        LinkRole::Sender => match link.stall() {
            Stall::None => None,
            Stall::Window => Some("session window closed by the client".to_owned()),
            Stall::Transport => Some("the client does not read from its connection".to_owned()),
        },
        LinkRole::Receiver if link.credit() > 0 => link
            .is_window_shut()
            .then(|| "session window closed: content that the client has sent has not left".to_owned()),
        LinkRole::Receiver => {
            let address = link.address().and_then(|entry| view.node.addresses.get(entry.key()));
            Some(match address {
                Some(address) if !view.node.is_reachable(address) => unreachable(view, address),
                Some(_) | None if link.unsettled() > 0 => {
                    let by_whom = if address.is_some_and(|address| no_credit(view.node, address)) {
                        "; consumer without credit"
                    } else {
                        ""
                    };
                    format!("capacity used up by {} unsettled{by_whom}", link.unsettled())
                }
                Some(_) | None => "capacity used up by settled deliveries that have not left".to_owned(),
            })
        }
    }
}

/// Whether all consumers are here, and none has credit.
fn no_credit(node: &Node, address: &Address) -> bool {
    let key = address.entry.key();
    let is_consumer = |link: &&std::sync::Arc<LinkRecord>| {
        link.role() == LinkRole::Sender && link.address().is_some_and(|entry| entry.key() == key)
    };
    address.remote == 0 && !address.in_process && node.links().filter(is_consumer).all(|link| link.credit() == 0)
}

fn unreachable(view: &View<'_>, address: &Address) -> String {
    match &address.lost {
        Some(loss) if loss.router.is_some() => format!("no consumer: {}", lost(view, loss)),
        Some(_) | None => "no consumer".to_owned(),
    }
}

/// How the last destination went.
fn lost(view: &View<'_>, loss: &Loss) -> String {
    let since = since(view, loss.at);
    match &loss.router {
        None => format!("No consumer {since}, when the last one here left"),
        Some(router) => {
            let id = router.strip_prefix("0/").unwrap_or(router);
            match view.node.shared.routers().find(router) {
                Some(_) => format!("No consumer {since}, when the last one left, at router {id}"),
                None => format!("Path to router {id}, which has consumers, lost {since}"),
            }
        }
    }
}

/// `since 12:03:44 UTC (42 s)`, or `for 42 s` if nobody knows the time.
fn since(view: &View<'_>, at: Time) -> String {
    let seconds = view.now.millis_since(at) / 1000;
    match view.node.agent.unix_time(at, view.now) {
        time @ 1.. => {
            let (hour, minute, second) = (time / 3600 % 24, time / 60 % 60, time % 60);
            format!("since {hour:02}:{minute:02}:{second:02} UTC ({seconds} s)")
        }
        _ => format!("for {seconds} s"),
    }
}

fn unavailable(rule: &Rule) -> String {
    match rule {
        Rule::Prefix(prefix) => format!("The configured prefix '{prefix}' makes the address unavailable."),
        Rule::Pattern(pattern) => format!("The configured pattern '{pattern}' makes the address unavailable."),
        Rule::Default | Rule::Router => {
            "The router's defaultDistribution makes addresses without configuration unavailable.".to_owned()
        }
    }
}

fn nowhere(node: &Node, key: KeyRef<'_>, explanation: &Explanation) -> String {
    match key.class() {
        AddressClass::Router => format!("There is no path to router {}.", key.text()),
        AddressClass::Mobile if !explanation.routers.is_empty() => {
            "Other routers have consumers, but messages of this router's clients do not go to them.".to_owned()
        }
        AddressClass::Mobile if node.mesh.is_some() => {
            "There is no consumer, neither here nor at any router to which there is a path.".to_owned()
        }
        AddressClass::Local
        | AddressClass::Topological
        | AddressClass::Area
        | AddressClass::Mobile
        | AddressClass::LinkRoutePrefixIn
        | AddressClass::LinkRoutePrefixOut
        | AddressClass::LinkRoutePatternIn
        | AddressClass::LinkRoutePatternOut
        | AddressClass::EdgeSummary => "There is no consumer.".to_owned(),
    }
}

/// Auto links of the address that are not there, and what their containers say.
fn auto_links(node: &Node, key: KeyRef<'_>, why: &mut Vec<String>) {
    if key.class() != AddressClass::Mobile {
        return;
    }
    let is_meant = |address: &str| node.shared.classify(address).text() == key.text();
    for fare in node.auto_links.fares().filter(|(order, ..)| is_meant(&order.address)).take(MAX_SENTENCES) {
        let (order, container, fare) = fare;
        let (number, external) = (order.number, &order.external_address);
        let way = match order.role {
            LinkRole::Receiver => "from",
            LinkRole::Sender => "to",
        };
        let state = match fare.status {
            AutoLinkOperStatus::Active => continue,
            AutoLinkOperStatus::Inactive => "is inactive: there is no connection to it".to_owned(),
            AutoLinkOperStatus::Failed => "was refused or detached".to_owned(),
            AutoLinkOperStatus::Attaching | AutoLinkOperStatus::Quiescing | AutoLinkOperStatus::Idle => {
                format!("is {}", fare.status)
            }
        };
        let last_error = fare.last_error.map(|error| format!("; its last error: {error}")).unwrap_or_default();
        why.push(format!("Auto link {number} {way} '{external}' of {container} {state}{last_error}."));
    }
}

fn consumers(consumers: &[ExplainedLink], why: &mut Vec<String>) {
    for link in consumers {
        let ExplainedLink { link: number, container, unsettled, undelivered, seconds_without_credit, .. } = link;
        let connection = ConnId(link.connection);
        if link.credit == 0 {
            why.push(format!(
                "Consumer L{number} on connection {connection} (container '{container}') has given no credit for \
                 {seconds_without_credit} s."
            ));
            if *unsettled > 0 {
                why.push(format!("{} sent to consumer L{number} and not settled.", deliveries(*unsettled)));
            }
        } else if let Some(reason) = &link.why {
            why.push(format!(
                "Consumer L{number} on connection {connection} (container '{container}') is held up: {reason}."
            ));
        }
        if *undelivered > 0 {
            why.push(format!("{} waiting for consumer L{number}.", deliveries(*undelivered)));
        }
    }
}

fn producers(producers: &[ExplainedLink], why: &mut Vec<String>) {
    let mut held_up = producers.iter().filter_map(|link| Some((link, link.why.as_ref()?)));
    for (link, reason) in held_up.by_ref().take(MAX_SENTENCES) {
        let ExplainedLink { link: number, container, seconds_without_credit, .. } = link;
        let connection = ConnId(link.connection);
        let has = if link.credit == 0 {
            format!("has had no credit for {seconds_without_credit} s")
        } else {
            "may not send".to_owned()
        };
        why.push(format!("Producer L{number} on connection {connection} (container '{container}') {has}: {reason}."));
    }
    match held_up.count() {
        0 => {}
        more => why.push(format!("So it is with {more} more producers.")),
    }
}

/// Links to the next routers that stand still.
fn neighbors(view: &View<'_>, explanation: &Explanation, why: &mut Vec<String>) {
    let mut next: Vec<(u64, &str)> =
        explanation.routers.iter().map(|router| (router.connection, router.next_hop.as_str())).collect();
    next.sort_unstable();
    next.dedup();
    let is_data = |link: &LinkRecord| link.kind() == LinkType::InterRouter && link.role() == LinkRole::Sender;
    for link in view.node.links().filter(|link| is_data(link)) {
        let Some((_, router)) = next.iter().find(|(connection, _)| *connection == link.conn().0) else { continue };
        let reason = match (link.credit(), link.seconds_without_credit(view.now), link.stall()) {
            (0, seconds @ 1.., _) => format!("has had no credit for {seconds} s"),
            (1.., _, Stall::Window) if link.waiting() > 0 => "is held up: session window closed by that router".into(),
            (1.., _, Stall::Transport) if link.waiting() > 0 => "is held up: that router does not read".into(),
            (_, _, Stall::None | Stall::Window | Stall::Transport) => continue,
        };
        let (number, conn, waiting) = (link.number(), link.conn(), deliveries(link.waiting()));
        why.push(format!("Link L{number} to router {router} on connection {conn} {reason}; {waiting} waiting for it."));
    }
}

fn deliveries(count: u64) -> String {
    if count == 1 { "1 delivery is".to_owned() } else { format!("{count} deliveries are") }
}
