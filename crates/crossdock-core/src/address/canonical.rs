//! The part of an address text that takes part in look-ups.

/// The canonical part of `text`: without scheme, host and one trailing separator. Always a sub-slice; case and encoding
/// stay as they are.
///
/// 1. After a leading `/` the address begins; after a leading `//` comes a host, which ends at the next `/`.
/// 2. Otherwise the first `:/` ends a scheme; with `://` a host follows, again up to the next `/`.
/// 3. One trailing `.` or `/` is dropped.
///
/// A prefix that the text does not finish (`//host`, `amqp:/`) is no prefix: the whole text counts, less a trailing
/// separator. Every router of a network has to find the same key for a text, therefore the scan for `:/` also has the
/// corners it has in the routers already deployed: it begins at the second octet, and an octet after a colon that is not a
/// slash is passed over even if it is a colon (`a::/b` has no scheme).
///
/// Not idempotent (`a//` → `a/`): apply it once, to the text as received.
pub fn canonical(text: &str) -> &str {
    let address = after_prefix(text).unwrap_or(text);
    address.strip_suffix(['.', '/']).unwrap_or(address)
}

fn after_prefix(text: &str) -> Option<&str> {
    let rest = match text.strip_prefix('/') {
        Some(rest) => rest,
        None => text.get(scheme_length(text)?..)?,
    };
    match rest.strip_prefix('/') {
        Some(host_and_address) => host_and_address.split_once('/').map(|(_host, address)| address),
        None if rest.is_empty() => None,
        None => Some(rest),
    }
}

/// Length of the scheme including its `:/`.
fn scheme_length(text: &str) -> Option<usize> {
    let octets = text.as_bytes();
    let mut from = 1;
    loop {
        let colon = from + octets.get(from..)?.iter().position(|&octet| octet == b':')?;
        if *octets.get(colon + 1)? == b'/' {
            return Some(colon + 2);
        }
        from = colon + 2;
    }
}
