//! Whether a certificate is that of the router.

use std::net::IpAddr;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::oid::AssociatedOid;
use x509_cert::ext::pkix::SubjectAltName;

/// Who is trusted.
#[derive(Debug)]
pub(super) struct Trusted {
    pub(super) roots: RootCertStore,
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// Where they are from, for people.
    pub(super) source: String,
}

/// Looks at the chain, then at the name.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) trusted: Trusted,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
    pub(super) is_any_name_good: bool,
}

/// What is wrong, in words.
#[derive(Debug)]
pub(super) struct Mistrust(pub(super) String);

impl std::fmt::Display for Mistrust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mistrust {}

fn mistrust(words: String) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(std::sync::Arc::new(Mistrust(words)))))
}

impl Verifier {
    fn verify_chain(
        &self,
        end_entity: &CertificateDer<'_>,
        parsed: &ParsedCertificate<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let algorithms = self.algorithms.all;
        let verified =
            verify_server_cert_signed_by_trust_anchor(parsed, &self.trusted.roots, intermediates, now, algorithms);
        match verified {
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => Err(mistrust(format!(
                "its certificate is not trusted: it comes from none of the authorities of {}; \
                 --ssl-trustfile names the one that it comes from",
                self.trusted.source
            ))),
            // A certificate that is its own authority, and that the user trusts by name, needs nobody else's word.
            Err(Error::InvalidCertificate(CertificateError::Other(_))) if self.is_trusted_itself(end_entity) => {
                verify_dates(end_entity, now)
            }
            other => other,
        }
    }

    fn is_trusted_itself(&self, certificate: &CertificateDer<'_>) -> bool {
        self.trusted.certificates.iter().any(|trusted| trusted.as_ref() == certificate.as_ref())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        self.verify_chain(end_entity, &parsed, intermediates, now)?;
        if !self.is_any_name_good
            && let Err(error) = verify_server_name(&parsed, server_name)
        {
            verify_common_name(end_entity, server_name, error)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn verify_dates(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let certificate =
        Certificate::from_der(certificate).map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
    let validity = certificate.tbs_certificate().validity();
    let now = now.as_secs();
    if now < validity.not_before.to_unix_duration().as_secs() {
        return Err(Error::InvalidCertificate(CertificateError::NotValidYet));
    }
    if now > validity.not_after.to_unix_duration().as_secs() {
        return Err(Error::InvalidCertificate(CertificateError::Expired));
    }
    Ok(())
}

/// The name may be the common name, if there are no others. `error` is what is wrong otherwise.
fn verify_common_name(certificate: &CertificateDer<'_>, name: &ServerName<'_>, error: Error) -> Result<(), Error> {
    let Ok(certificate) = Certificate::from_der(certificate) else { return Err(error) };
    let body = certificate.tbs_certificate();
    let extensions = body.extensions().map(Vec::as_slice).unwrap_or_default();
    if extensions.iter().any(|extension| extension.extn_id == SubjectAltName::OID) {
        return Err(error);
    }
    let common = body.subject().common_name().ok().flatten().map(String::from);
    let common = common.unwrap_or_default();
    if is_name(&common, name) {
        return Ok(());
    }
    Err(mistrust(super::words::other_name(&[common], &name.to_str())))
}

fn is_name(common: &str, name: &ServerName<'_>) -> bool {
    match name {
        ServerName::IpAddress(address) => common.parse::<IpAddr>().is_ok_and(|common| common == IpAddr::from(*address)),
        ServerName::DnsName(host) => {
            let host = host.as_ref();
            let rest = host.split_once('.').map(|(_, rest)| rest);
            common.eq_ignore_ascii_case(host)
                || common
                    .strip_prefix("*.")
                    .is_some_and(|domain| rest.is_some_and(|rest| rest.eq_ignore_ascii_case(domain)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(common: &str, host: &str) -> bool {
        is_name(common, &ServerName::try_from(host).unwrap())
    }

    #[test]
    fn a_common_name_is_the_host_or_an_address_or_one_label_short() {
        assert!(is("localhost", "LocalHost"));
        assert!(is("127.0.0.1", "127.0.0.1") && is("::1", "0:0:0:0:0:0:0:1"));
        assert!(is("*.example.org", "a.example.org"));
        assert!(!is("*.example.org", "b.a.example.org") && !is("*.example.org", "example.org"));
        assert!(!is("localhost", "localhost2") && !is("", "localhost") && !is("localhost", "127.0.0.1"));
    }
}
