//! Where a connector connects to: the configured place, and those that its peers have named for when it fails.

use fe2o3_amqp_types::definitions::Fields;
use fe2o3_amqp_types::primitives::{OrderedMap, Symbol, Value};
use std::fmt;
use std::time::Duration;

/// Wait after a connection that had reached the open.
const AFTER_OPEN: Duration = Duration::from_secs(2);

/// Wait after one that had not.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Wait while there are several places to try.
const WITH_CHOICE: Duration = Duration::from_secs(1);

/// How often a place is tried before it is the next one's turn.
const TRIES: u32 = 2;

/// Most places that are kept, whatever peers name.
const MAX_PLACES: usize = 32;

/// Longest name of a host (octets), as in the domain name system.
const MAX_HOST: usize = 255;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Name or address, without brackets.
    pub(crate) host: String,
    /// Number or name of a service.
    pub(crate) port: String,
    /// What the open calls the peer: the host, unless somebody said otherwise.
    pub(crate) hostname: String,
}

impl Place {
    /// As configured.
    pub(crate) fn new(host: &str, port: &str) -> Self {
        let host = host.trim_matches(|letter| letter == '[' || letter == ']');
        Self { host: host.to_owned(), port: port.to_owned(), hostname: host.to_owned() }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.host == other.host && self.port == other.port
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// All places, and whose turn it is. Each is tried twice, then comes the next; the last one is followed by the first.
#[derive(Debug)]
pub(crate) struct Places {
    /// The configured one comes first. Never empty.
    list: Vec<Place>,
    current: usize,
    /// Connections to the current one that have ended since it was last open, that one included.
    tries: u32,
}

impl Places {
    pub(crate) fn new(configured: Place) -> Self {
        Self { list: vec![configured], current: 0, tries: 0 }
    }

    pub(crate) fn current(&self) -> Option<&Place> {
        self.list.get(self.current)
    }

    /// The current place has taken us. `failover` is the list in its open: its entries are added, and an empty list takes
    /// all away but the configured place and this one.
    pub(crate) fn note_open(&mut self, failover: Option<Vec<Place>>) {
        self.tries = 0;
        let Some(failover) = failover else { return };
        if failover.is_empty() {
            let current = self.current().cloned();
            self.list.truncate(1);
            self.current = 0;
            if let Some(current) = current.filter(|current| !self.list.iter().any(|place| place.is_same(current))) {
                self.list.push(current);
                self.current = 1;
            }
        }
        for place in failover {
            if self.list.len() < MAX_PLACES && !self.list.iter().any(|known| known.is_same(&place)) {
                self.list.push(place);
            }
        }
    }

    /// A connection to the current place has ended, or has not come about. Returns how long to wait before the next try.
    pub(crate) fn note_end(&mut self, was_open: bool) -> Duration {
        if self.list.len() > 1 {
            self.tries += 1;
            if self.tries >= TRIES {
                self.tries = 0;
                self.current = (self.current + 1) % self.list.len();
            }
            return WITH_CHOICE;
        }
        if was_open { AFTER_OPEN } else { AFTER_FAILURE }
    }

    /// All places as management shows them, the current one first.
    pub(crate) fn urls(&self) -> String {
        let turns = self.list.iter().cycle().skip(self.current).take(self.list.len());
        turns.map(|place| format!("amqp://{place}")).collect::<Vec<_>>().join(", ")
    }
}

/// The failover list in the properties of a peer's open, if there is one. What cannot be used is left out.
pub(crate) fn failover_list(properties: Option<&Fields>) -> Option<Vec<Place>> {
    let key = Symbol::from("failover-server-list");
    let Value::List(entries) = properties?.get(&key)? else { return None };
    Some(entries.iter().filter_map(failover_place).take(MAX_PLACES).collect())
}

fn failover_place(entry: &Value) -> Option<Place> {
    let Value::Map(entry) = entry else { return None };
    let host = text(entry, "network-host").filter(|host| is_host(host))?;
    let port = match text(entry, "port") {
        Some(port) => crossdock_schema::port_number(&port)?.to_string(),
        None => number(entry, "port")?.to_string(),
    };
    // There is no TLS to speak with it.
    if text(entry, "scheme").is_some_and(|scheme| scheme != "amqp") {
        return None;
    }
    let mut place = Place::new(&host, &port);
    if let Some(hostname) = text(entry, "hostname").filter(|hostname| is_host(hostname)) {
        place.hostname = hostname;
    }
    Some(place)
}

/// Whether a text from a peer can be the name of a host, and can stand in a log.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_HOST && text.bytes().all(|letter| letter.is_ascii_graphic())
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the many other types are no keys")]
fn value<'a>(entry: &'a OrderedMap<Value, Value>, key: &str) -> Option<&'a Value> {
    let is_key = |candidate: &Value| match candidate {
        Value::Symbol(symbol) => symbol.as_str() == key,
        Value::String(string) => string == key,
        _ => false,
    };
    entry.iter().find(|(candidate, _)| is_key(candidate)).map(|(_, value)| value)
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the many other types are no texts")]
fn text(entry: &OrderedMap<Value, Value>, key: &str) -> Option<String> {
    match value(entry, key)? {
        Value::String(text) => Some(text.clone()),
        Value::Symbol(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// A port that is not written as a text.
#[allow(clippy::wildcard_enum_match_arm, reason = "the many other types are no ports")]
fn number(entry: &OrderedMap<Value, Value>, key: &str) -> Option<u16> {
    match value(entry, key)? {
        Value::Ushort(number) => Some(*number),
        Value::Uint(number) => u16::try_from(*number).ok(),
        Value::Ulong(number) => u16::try_from(*number).ok(),
        Value::Int(number) => u16::try_from(*number).ok(),
        Value::Long(number) => u16::try_from(*number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn place(port: u16) -> Place {
        Place::new("127.0.0.1", &port.to_string())
    }

    fn port(places: &Places) -> u16 {
        places.current().unwrap().port.parse().unwrap()
    }

    fn entry(fields: &[(&str, Value)]) -> Value {
        let mut map = OrderedMap::new();
        for (key, value) in fields {
            map.insert(Value::Symbol(Symbol::from(*key)), value.clone());
        }
        Value::Map(map)
    }

    fn string(text: &str) -> Value {
        Value::String(text.into())
    }

    #[test]
    fn one_place_is_tried_for_ever_sooner_if_it_was_open() {
        let mut places = Places::new(place(1));
        assert_eq!(places.note_end(false), AFTER_FAILURE);
        assert_eq!(places.note_end(false), AFTER_FAILURE);
        places.note_open(None);
        assert_eq!(places.note_end(true), AFTER_OPEN);
        assert_eq!((places.note_end(false), port(&places)), (AFTER_FAILURE, 1));
    }

    #[test]
    fn of_several_places_each_is_tried_twice_in_turn() {
        let mut places = Places::new(place(1));
        places.note_open(Some(vec![place(2), place(3)]));
        let mut turns = Vec::new();
        for _ in 0..8 {
            assert_eq!(places.note_end(false), WITH_CHOICE);
            turns.push(port(&places));
        }
        assert_eq!(turns, [1, 2, 2, 3, 3, 1, 1, 2]);
        places.note_open(None);
        assert_eq!((places.note_end(true), port(&places)), (WITH_CHOICE, 2), "it has both tries again");
        assert_eq!(places.urls(), "amqp://127.0.0.1:2, amqp://127.0.0.1:3, amqp://127.0.0.1:1");
    }

    #[test]
    fn places_are_added_once_and_an_empty_list_takes_the_others_away() {
        let mut places = Places::new(place(1));
        places.note_open(Some(vec![place(2), place(1), place(2), place(3)]));
        assert_eq!(places.list.len(), 3);
        places.note_end(false);
        places.note_end(false);
        places.note_open(Some(Vec::new()));
        assert_eq!((places.list.len(), port(&places)), (2, 2), "the configured and the current one");
        places.note_end(false);
        places.note_end(false);
        places.note_open(Some(Vec::new()));
        assert_eq!((places.list.len(), port(&places)), (1, 1));
    }

    #[test]
    fn a_peer_cannot_fill_the_memory_with_places() {
        let mut places = Places::new(place(1));
        for first in 0..100 {
            places.note_open(Some((0..100).map(|port| place(first * 100 + port)).collect()));
        }
        assert_eq!(places.list.len(), MAX_PLACES);
    }

    #[test]
    fn entries_of_a_peers_list_that_cannot_be_used_are_left_out() {
        let entries = vec![
            entry(&[("network-host", string("one")), ("port", string("7"))]),
            entry(&[("network-host", string("two")), ("port", Value::Int(8)), ("hostname", string("broker"))]),
            entry(&[("network-host", string("::1")), ("port", string("amqp")), ("scheme", string("amqp"))]),
            entry(&[("network-host", string("tls")), ("port", string("9")), ("scheme", string("amqps"))]),
            entry(&[("network-host", string("no port"))]),
            entry(&[("network-host", string("bad")), ("port", string("65536"))]),
            entry(&[("network-host", string("bad")), ("port", Value::Int(-1))]),
            entry(&[("network-host", string("a\nlog line")), ("port", string("1"))]),
            entry(&[("network-host", string(&"x".repeat(256))), ("port", string("1"))]),
            entry(&[("port", string("1"))]),
            string("one:7"),
        ];
        let mut properties = Fields::new();
        properties.insert(Symbol::from("failover-server-list"), Value::List(entries));
        let list = failover_list(Some(&properties)).unwrap();
        let all: Vec<_> = list.iter().map(|place| (place.to_string(), place.hostname.as_str())).collect();
        let expected = [("one:7", "one"), ("two:8", "broker"), ("::1:5672", "::1")];
        assert_eq!(all, expected.map(|(place, hostname)| (place.to_owned(), hostname)));
        assert_eq!(failover_list(Some(&Fields::new())), None);
        assert_eq!(failover_list(None), None);
    }
}
