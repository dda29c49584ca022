//! Texts with an inner form: ports, failover lists, numbers of connections, SASL mechanisms.

use std::net::Ipv6Addr;

/// The number of a port given as a number, or as one of the two AMQP services. Other service names are for the system
/// to resolve.
pub fn port_number(port: &str) -> Option<u16> {
    match port {
        "amqp" => Some(5672),
        "amqps" => Some(5671),
        digits if is_number(digits) => digits.parse().ok(),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether a text is a port number or can be the name of a service.
pub(crate) fn check_port(text: &str) -> Result<(), String> {
    let is_name = text.len() <= 64
        && text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && text.bytes().any(|letter| letter.is_ascii_alphabetic())
        && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_.+".contains(&letter));
    if is_name || (is_number(text) && port_number(text).is_some()) {
        return Ok(());
    }
    Err(String::from("allowed are numbers from 0 to 65535 and names of services"))
}

/// A place clients may reconnect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailoverUrl {
    /// Scheme, if one was given: `amqp`, `amqps`.
    pub scheme: Option<String>,
    /// Host name or address, without brackets.
    pub host: String,
    /// Port; 5671 for scheme `amqps` and 5672 otherwise if none was given.
    pub port: String,
}

/// Reads a comma-separated list of `[scheme://]host[:port]`; blanks do not count.
///
/// # Errors
///
/// A phrase about the first entry that is none.
pub fn failover_urls(list: &str) -> Result<Vec<FailoverUrl>, String> {
    let bare: String = list.chars().filter(|letter| !letter.is_whitespace()).collect();
    bare.split(',').map(failover_url).collect()
}

fn failover_url(url: &str) -> Result<FailoverUrl, String> {
    let (scheme, place) = match url.split_once("://") {
        Some((scheme, place)) => (Some(scheme.to_owned()), place),
        None => (None, url),
    };
    let (host, port) = match place.strip_prefix('[').and_then(|place| place.split_once(']')) {
        Some((host, behind)) => (host, behind.strip_prefix(':').or(behind.is_empty().then_some(""))),
        None => match place.rsplit_once(':') {
            Some((host, _)) if host.contains(':') => (place, place.parse::<Ipv6Addr>().is_ok().then_some("")),
            Some((host, port)) => (host, Some(port).filter(|port| !port.is_empty())),
            None => (place, Some("")),
        },
    };
    let port = match port {
        Some("") if scheme.as_deref() == Some("amqps") => "5671",
        Some("") => "5672",
        Some(port) if check_port(port).is_ok() => port,
        Some(_) | None => "",
    };
    if host.is_empty() || port.is_empty() || scheme.as_deref() == Some("") {
        return Err(format!("'{}' is not of the form [scheme://]host[:port]", crate::json::shorten(url)));
    }
    Ok(FailoverUrl { scheme, host: host.to_owned(), port: port.to_owned() })
}

/// Most further connections that share the traffic to a neighbour.
const MAX_DATA_CONNECTIONS: u32 = 64;

/// The number of further connections to each neighbour; none for `auto`.
///
/// # Errors
///
/// A phrase about what is allowed.
pub fn data_connections(text: &str) -> Result<Option<u32>, String> {
    if text == "auto" {
        return Ok(None);
    }
    let number = Some(text).filter(|text| is_number(text)).and_then(|text| text.parse().ok());
    match number {
        Some(number) if number <= MAX_DATA_CONNECTIONS => Ok(Some(number)),
        _ => Err(format!("allowed are auto and whole numbers from 0 to {MAX_DATA_CONNECTIONS}")),
    }
}

/// Whether a text says what of a message is its key: `to`, `group-id`, `property:NAME` or `annotation:NAME`.
///
/// # Errors
///
/// A phrase about what is allowed.
pub fn check_key_source(text: &str) -> Result<(), String> {
    match text.split_once(':') {
        None if matches!(text, "to" | "group-id") => Ok(()),
        Some(("property" | "annotation", name)) if !name.is_empty() => Ok(()),
        Some(_) | None => Err(String::from("allowed are to, group-id, property:NAME and annotation:NAME")),
    }
}

/// A SASL mechanism that the router can use as a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientMechanism {
    /// Nobody in particular.
    Anonymous,
    /// User name and password in clear text.
    Plain,
}

/// Reads a blank-separated list of SASL mechanisms; what is not known here is passed over.
///
/// # Errors
///
/// A phrase about what is allowed: none of the mechanisms is known.
pub fn client_mechanisms(list: &str) -> Result<Vec<ClientMechanism>, String> {
    let known = |name: &str| match name {
        "ANONYMOUS" => Some(ClientMechanism::Anonymous),
        "PLAIN" => Some(ClientMechanism::Plain),
        _ => None,
    };
    let mechanisms: Vec<_> = list.split_whitespace().filter_map(known).collect();
    if mechanisms.is_empty() {
        return Err(String::from("one of ANONYMOUS and PLAIN is needed: there are no others in this version"));
    }
    Ok(mechanisms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_numbers_or_names_of_services() {
        for port in ["0", "5672", "65535", "amqp", "amqps", "http-alt", "9pfs"] {
            assert_eq!(check_port(port), Ok(()), "{port}");
        }
        for port in ["", "65536", "77777", "-1", "+1", "amqp!", "a b", "99999999999999999999"] {
            assert!(check_port(port).is_err(), "{port}");
        }
        assert_eq!(
            [port_number("amqp"), port_number("amqps"), port_number("7"), port_number("http")],
            [Some(5672), Some(5671), Some(7), None]
        );
    }

    #[test]
    fn failover_lists_are_split_at_commas_and_blanks_do_not_count() {
        let places: Vec<_> = failover_urls("amqp://one:7000, two , amqps://three,[::1]:5, ::1")
            .unwrap()
            .into_iter()
            .map(|url| (url.scheme.unwrap_or_default(), url.host, url.port))
            .collect();
        let expected = [
            ("amqp", "one", "7000"),
            ("", "two", "5672"),
            ("amqps", "three", "5671"),
            ("", "::1", "5"),
            ("", "::1", "5672"),
        ];
        assert_eq!(places, expected.map(|(scheme, host, port)| (scheme.into(), host.into(), port.into())));
    }

    #[test]
    fn a_key_is_in_the_properties_or_has_a_name() {
        for text in ["to", "group-id", "property:device", "annotation:x-opt-partition-key", "property:a:b"] {
            assert_eq!(check_key_source(text), Ok(()), "{text}");
        }
        for text in ["", "subject", "property", "property:", "annotation:", "to:x", "TO"] {
            assert!(check_key_source(text).is_err(), "{text}");
        }
    }

    #[test]
    fn data_connections_are_a_number_or_auto() {
        assert_eq!(data_connections("auto"), Ok(None));
        assert_eq!([data_connections("0"), data_connections("64")], [Ok(Some(0)), Ok(Some(64))]);
        for text in ["", "65", "-1", "+1", "Auto", "99999999999999999999", "1 "] {
            assert!(data_connections(text).is_err(), "{text}");
        }
    }

    #[test]
    fn unknown_mechanisms_are_passed_over_but_one_must_be_known() {
        use ClientMechanism::{Anonymous, Plain};
        assert_eq!(client_mechanisms("SCRAM-SHA-1 PLAIN  ANONYMOUS"), Ok(vec![Plain, Anonymous]));
        for list in ["", "EXTERNAL", "plain", "SCRAM-SHA-1 DIGEST-MD5"] {
            assert!(client_mechanisms(list).is_err(), "{list}");
        }
    }

    #[test]
    fn failover_entries_without_host_or_with_a_bad_port_are_refused() {
        for list in ["", "a,,b", "amqp://", "a:", "a:99999", "://a", "[::1]5", ":5"] {
            assert!(failover_urls(list).is_err(), "{list}");
        }
    }
}
