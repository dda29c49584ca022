//! Where a router is, and who wants to talk to it.

use super::error::ClientError;
use super::tls::TlsOptions;

/// The port of AMQP [AMQP 2.7, IANA].
const PORT: u16 = 5672;

/// A parsed `--bus` URL: `[amqp[s]://][USER[:PASSWORD]@]HOST[:PORT][/ADDRESS]`.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// How to speak TLS, if the scheme asks for it.
    pub(crate) tls: Option<TlsOptions>,
    /// A management address that takes the place of the usual one.
    pub(crate) address: Option<String>,
}

impl Endpoint {
    /// Parses the URL. With `is_secure` it is one with TLS in any case; the scheme alone chooses the usual port, as it does for
    /// qdstat and qdmanage.
    pub(crate) fn parse(url: &str, is_secure: bool) -> Result<Endpoint, ClientError> {
        let wrong = |problem: &str| ClientError::Url(format!("{url:?} is no URL of a router: {problem}"));
        let (scheme, rest) = url.split_once("://").unwrap_or(("amqp", url));
        let is_amqps = match scheme {
            "amqp" | "tcp" => false,
            "amqps" => true,
            _ => return Err(wrong("the scheme must be amqp or amqps")),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, authority),
        };
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            Some((user, "")) => (Some(unescape(user)), None),
            Some((user, password)) => (Some(unescape(user)), Some(unescape(password))),
            None => (None, None),
        };
        let (host, port) = split_port(place).ok_or_else(|| wrong("the brackets of its host are not closed"))?;
        let port = match port {
            None | Some("") if is_amqps => 5671,
            None | Some("") | Some("amqp") => PORT,
            Some("amqps") => 5671,
            Some(digits) => digits.parse().map_err(|_| wrong("the port must be a number up to 65535"))?,
        };
        let host = if host.is_empty() { "0.0.0.0" } else { host };
        let address = Some(unescape(path)).filter(|path| !path.is_empty());
        Ok(Endpoint {
            host: host.to_owned(),
            port,
            user,
            password,
            tls: (is_amqps || is_secure).then(TlsOptions::default),
            address,
        })
    }

    /// HOST:PORT, for people.
    pub(crate) fn peer(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Host and port; an IPv6 address stands in brackets, or has no port.
fn split_port(place: &str) -> Option<(&str, Option<&str>)> {
    if let Some(bracketed) = place.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']')?;
        return Some((host, rest.strip_prefix(':')));
    }
    match place.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => Some((host, Some(port))),
        Some(_) | None => Some((place, None)),
    }
}

/// Takes `%41` for `A`; what is no such thing stays as it is.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => std::str::from_utf8(&[*high, *low])
                .ok()
                .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> (String, u16, Option<String>) {
        let endpoint = Endpoint::parse(url, false).unwrap();
        (endpoint.host, endpoint.port, endpoint.address)
    }

    #[test]
    fn scheme_port_and_address_may_be_left_out() {
        assert_eq!(parse("0.0.0.0"), ("0.0.0.0".into(), 5672, None));
        assert_eq!(parse("amqp://router.example"), ("router.example".into(), 5672, None));
        assert_eq!(parse("amqps://router.example"), ("router.example".into(), 5671, None));
        assert_eq!(parse("h:5000/_local/$management"), ("h".into(), 5000, Some("_local/$management".into())));
        assert_eq!(parse(":5000"), ("0.0.0.0".into(), 5000, None));
        assert_eq!(parse("h:amqp"), ("h".into(), 5672, None));
        let secure = Endpoint::parse("amqp://h", true).unwrap();
        assert_eq!((secure.port, secure.tls.is_some()), (5672, true));
    }

    #[test]
    fn an_ipv6_address_may_stand_in_brackets() {
        assert_eq!(parse("amqp://[::1]:5000"), ("::1".into(), 5000, None));
        assert_eq!(parse("[::1]"), ("::1".into(), 5672, None));
        assert_eq!(parse("::1"), ("::1".into(), 5672, None));
        assert_eq!(Endpoint::parse("[::1]:5000", false).unwrap().peer(), "[::1]:5000");
        assert!(Endpoint::parse("[::1", false).is_err());
    }

    #[test]
    fn a_login_may_be_escaped() {
        let endpoint = Endpoint::parse("amqp://bob%40home:p%3Aq%2@h/", false).unwrap();
        assert_eq!((endpoint.user.as_deref(), endpoint.password.as_deref()), (Some("bob@home"), Some("p:q%2")));
        assert_eq!(Endpoint::parse("bob@h", false).unwrap().password, None);
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for wrong in ["http://h", "h:port", "h:70000"] {
            assert!(Endpoint::parse(wrong, false).is_err(), "{wrong}");
        }
    }
}
