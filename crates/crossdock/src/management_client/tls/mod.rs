//! TLS, as seen from the client.
//!
//! ```text
//!   TlsOptions ─► files (PEM, passwords) ─► rustls configuration ─► handshake ─► stream
//!                                           └ Verifier: chain, dates, name      └ words for what goes wrong
//! ```
//!
//! Whom the router's certificate must come from: the authorities of `--ssl-trustfile`, or those of the system. Its name is that
//! of the host in the URL. A certificate without alternative names goes by its common name, as routers have had them for long.

mod files;
mod verify;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::client::within;
use super::error::ClientError;
use verify::Verifier;

pub(super) use words::tls_problem;

/// What the options say about TLS.
#[derive(Debug, Clone, Default)]
pub(crate) struct TlsOptions {
    /// Certificate of the client, and those between it and its authority.
    pub(crate) certificate: Option<PathBuf>,
    /// Its key, if that is not in the same file.
    pub(crate) key: Option<PathBuf>,
    /// Password of the key.
    pub(crate) password: Option<String>,
    /// Certificates of authorities; without them those of the system count.
    pub(crate) trusted: Option<PathBuf>,
    /// Any trusted certificate will do, whosever it is.
    pub(crate) is_any_name_good: bool,
}

/// Speaks TLS with the router at `host` from here on; `peer` is what people call it.
pub(super) async fn start(
    stream: TcpStream,
    host: &str,
    peer: &str,
    options: &TlsOptions,
    patience: Duration,
) -> Result<TlsStream<TcpStream>, ClientError> {
    let config = configuration(options)?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| ClientError::Url(format!("{host} is no name that a certificate could be for")))?;
    let connector = TlsConnector::from(Arc::new(config));
    let shaking =
        within(patience, || format!("waiting for {peer} to shake hands in TLS"), connector.connect(name, stream));
    shaking
        .await?
        .map_err(|error| ClientError::Connect { peer: peer.to_owned(), problem: words::handshake(&error, host) })
}

fn configuration(options: &TlsOptions) -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        trusted: files::trusted(options.trusted.as_deref())?,
        algorithms: provider.signature_verification_algorithms,
        is_any_name_good: options.is_any_name_good,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Url(format!("TLS cannot be used: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let Some(certificate) = &options.certificate else {
        if options.key.is_some() {
            return Err(ClientError::Url(String::from(
                "--ssl-key is the key of a certificate: give --ssl-certificate too",
            )));
        }
        return Ok(builder.with_no_client_auth());
    };
    let chain = files::certificates(certificate)?;
    let key_file = options.key.as_deref().unwrap_or(certificate);
    let key = files::key(key_file, options.password.as_deref())?;
    builder.with_client_auth_cert(chain, key).map_err(|error| {
        let (certificate, key) = (certificate.display(), key_file.display());
        if matches!(error, rustls::Error::InconsistentKeys(_)) {
            return ClientError::Url(format!("the key in {key} is not that of the certificate in {certificate}"));
        }
        ClientError::Url(format!("certificate {certificate} with key {key} cannot be used: {error}"))
    })
}
