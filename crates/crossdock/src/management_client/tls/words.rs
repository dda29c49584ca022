//! What went wrong in TLS, in words that help.

use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

use super::verify::Mistrust;

/// Why there was no handshake with the router at `host`.
pub(super) fn handshake(error: &io::Error, host: &str) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return String::from("the connection was cut in the TLS handshake; the listener may be one without TLS");
    }
    match rustls_error(error) {
        Some(Error::InvalidCertificate(problem)) => certificate_words(problem, host),
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion)) => {
            String::from("it speaks no TLS there; amqp:// connects without TLS")
        }
        _ => tls_problem(error).unwrap_or_else(|| error.to_string()),
    }
}

/// What TLS has to say, if it is the reason. A router may refuse a client's certificate after the handshake.
pub(in crate::management_client) fn tls_problem(error: &io::Error) -> Option<String> {
    let error = rustls_error(error)?;
    if let Error::AlertReceived(alert) = error {
        return Some(alert_words(*alert));
    }
    Some(format!("TLS: {error}"))
}

fn rustls_error(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "these few deserve words of their own")]
fn alert_words(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::CertificateRequired => {
            String::from("it wants a certificate from the client: give --ssl-certificate and --ssl-key")
        }
        AlertDescription::HandshakeFailure => String::from(
            "it refuses the TLS handshake: there is no common protocol or cipher, or it wants --ssl-certificate",
        ),
        AlertDescription::ProtocolVersion => {
            String::from("it speaks no version of TLS that this program does: those are 1.2 and 1.3")
        }
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnsupportedCertificate => {
            format!("it does not trust the certificate of --ssl-certificate (TLS alert {alert:?})")
        }
        other => format!("it ended TLS with the alert {other:?}"),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "these few deserve words of their own")]
fn certificate_words(problem: &CertificateError, host: &str) -> String {
    match problem {
        CertificateError::Other(other) => match other.0.downcast_ref::<Mistrust>() {
            Some(words) => words.to_string(),
            None if other.to_string().contains("CaUsedAsEndEntity") => {
                String::from("its certificate is not trusted: it is that of an authority, and not in --ssl-trustfile")
            }
            None => format!("its certificate is not trusted: {other}"),
        },
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            String::from("its certificate is not trusted: it has expired")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            String::from("its certificate is not trusted: it is not valid yet")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            // They come as they are called in Debug: DnsName("…"), IpAddress(…).
            let name = |text: &String| match text.split_once('(') {
                Some((_, name)) => name.trim_end_matches(')').trim_matches('"').to_owned(),
                None => text.clone(),
            };
            other_name(&presented.iter().map(name).collect::<Vec<_>>(), host)
        }
        CertificateError::NotValidForName => other_name(&[], host),
        other => format!("its certificate is not trusted: {other:?}"),
    }
}

/// The certificate is for somebody else.
pub(super) fn other_name(presented: &[String], host: &str) -> String {
    let presented: Vec<&str> = presented.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let owner = if presented.is_empty() { String::from("no host") } else { presented.join(", ") };
    format!(
        "its certificate is for {owner}, not for {host}; connect by that name, or give --ssl-disable-peer-name-verify"
    )
}
