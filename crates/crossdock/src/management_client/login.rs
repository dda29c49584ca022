//! The SASL layer, as the client's side of it [AMQP 5.3].
//!
//! The client library has one, but no EXTERNAL over a stream of one's own, and no choice among what the router offers.

use std::io;

use crossdock_amqp::codec::{FrameHeader, ProtocolHeader, SaslFrame, decode_sasl, encode_sasl};
use fe2o3_amqp_types::primitives::{Binary, Symbol};
use fe2o3_amqp_types::sasl::{SaslCode, SaslInit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::error::ClientError;
use super::stream::{Stream, is_tls_alert};

/// The longest SASL frame that is taken, in bytes: that of the standard's minimum [AMQP 5.3.1].
const MAX_FRAME: usize = 512;

const EXTERNAL: &str = "EXTERNAL";
const PLAIN: &str = "PLAIN";
const ANONYMOUS: &str = "ANONYMOUS";

/// How to log in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Login {
    /// No SASL layer at all: the router takes the connection as it is, or drops it.
    None,
    /// With the first of these that the router offers.
    Sasl(Vec<Mechanism>),
}

/// A way to log in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mechanism {
    /// The client's certificate says who it is.
    External,
    Plain {
        user: String,
        password: String,
    },
    Anonymous,
}

impl Mechanism {
    fn name(&self) -> &'static str {
        match self {
            Mechanism::External => EXTERNAL,
            Mechanism::Plain { .. } => PLAIN,
            Mechanism::Anonymous => ANONYMOUS,
        }
    }

    fn initial_response(&self) -> Vec<u8> {
        match self {
            Mechanism::External => Vec::new(),
            Mechanism::Anonymous => b"anonymous".to_vec(),
            Mechanism::Plain { user, password } => [b"", user.as_bytes(), password.as_bytes()].join(&0),
        }
    }
}

impl Login {
    /// What to try: `mechanisms` of `--sasl-mechanisms`, or all that there are credentials for.
    pub(crate) fn choose(
        mechanisms: Option<&str>,
        user: Option<String>,
        password: Option<String>,
        has_certificate: bool,
    ) -> Result<Login, ClientError> {
        let is_allowed = |mechanism: &str| match mechanisms {
            Some(names) => names.split([' ', ',']).any(|name| name.eq_ignore_ascii_case(mechanism)),
            None => true,
        };
        let is_named = |mechanism| mechanisms.is_some() && is_allowed(mechanism);
        let is_anonymous = user.is_none();
        let mut candidates = Vec::new();
        if is_named(EXTERNAL) || (has_certificate && is_anonymous && is_allowed(EXTERNAL)) {
            candidates.push(Mechanism::External);
        }
        if let Some(user) = user
            && is_allowed(PLAIN)
        {
            candidates.push(Mechanism::Plain { user, password: password.unwrap_or_default() });
        }
        if is_named(ANONYMOUS) || (is_anonymous && is_allowed(ANONYMOUS)) {
            candidates.push(Mechanism::Anonymous);
        }
        let names = mechanisms.unwrap_or_default();
        match candidates.is_empty() {
            false => Ok(Login::Sasl(candidates)),
            true if is_allowed(PLAIN) => {
                Err(ClientError::Url(format!("--sasl-mechanisms {names}: give --sasl-username too")))
            }
            true => Err(ClientError::Url(format!(
                "--sasl-mechanisms {names}: only {EXTERNAL}, {PLAIN} and {ANONYMOUS} are known"
            ))),
        }
    }
}

/// Why nobody is logged in.
pub(super) enum LoginError {
    Io(io::Error),
    /// Not what a SASL layer begins with.
    Header([u8; 8]),
    Refused(String),
}

impl From<io::Error> for LoginError {
    fn from(error: io::Error) -> Self {
        LoginError::Io(error)
    }
}

/// Logs in with the first of the mechanisms that the router offers.
pub(super) async fn log_in(stream: &mut Stream, host: &str, mechanisms: &[Mechanism]) -> Result<(), LoginError> {
    stream.write_all(&ProtocolHeader::Sasl.bytes()).await?;
    stream.flush().await?;
    let header = read_header(stream).await?;
    if ProtocolHeader::decode(&header) != Ok(ProtocolHeader::Sasl) {
        return Err(LoginError::Header(header));
    }
    let unexpected = || LoginError::Refused(String::from("it does not keep to the SASL of AMQP"));
    let SaslFrame::Mechanisms(offered) = read_frame(stream).await? else { return Err(unexpected()) };
    let offered: Vec<&str> = offered.sasl_server_mechanisms.iter().map(Symbol::as_str).collect();
    let Some(chosen) = mechanisms.iter().find(|mechanism| offered.contains(&mechanism.name())) else {
        let ours: Vec<&str> = mechanisms.iter().map(Mechanism::name).collect();
        let (theirs, ours) = (offered.join(", "), ours.join(", "));
        return Err(LoginError::Refused(format!("it offers {theirs}, and these options allow {ours}")));
    };
    let init = SaslInit {
        mechanism: Symbol::from(chosen.name()),
        initial_response: Some(Binary::from(chosen.initial_response())),
        hostname: Some(host.to_owned()),
    };
    let mut frame = Vec::new();
    encode_sasl(&mut frame, &SaslFrame::Init(init)).map_err(|_| unexpected())?;
    stream.write_all(&frame).await?;
    stream.flush().await?;
    match read_frame(stream).await? {
        SaslFrame::Outcome(outcome) => match outcome.code {
            SaslCode::Ok => Ok(()),
            SaslCode::Auth | SaslCode::Sys | SaslCode::SysPerm | SaslCode::SysTemp => {
                Err(LoginError::Refused(format!("authentication failed [mech={}]", chosen.name())))
            }
        },
        SaslFrame::Mechanisms(_) | SaslFrame::Init(_) | SaslFrame::Challenge(_) | SaslFrame::Response(_) => {
            Err(unexpected())
        }
    }
}

/// A peer that speaks TLS only sends less than a header and hangs up.
async fn read_header(stream: &mut Stream) -> io::Result<[u8; 8]> {
    let mut header = [0; 8];
    let mut len = 0;
    while let Some(free @ [_, ..]) = header.get_mut(len..) {
        match stream.read(free).await? {
            0 if is_tls_alert(&header) => break,
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => len += count,
        }
    }
    Ok(header)
}

async fn read_frame(stream: &mut Stream) -> Result<SaslFrame, LoginError> {
    let broken = || LoginError::Refused(String::from("what it sends is no SASL frame"));
    let mut frame = vec![0; 8];
    stream.read_exact(&mut frame).await?;
    let header = FrameHeader::decode(&frame, MAX_FRAME).ok().flatten().ok_or_else(broken)?;
    frame.resize(header.size, 0);
    stream.read_exact(frame.get_mut(8..).unwrap_or_default()).await?;
    decode_sasl(&frame, &header).map_err(|_| broken())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(mechanisms: Option<&str>, user: Option<&str>, has_certificate: bool) -> Vec<&'static str> {
        match Login::choose(mechanisms, user.map(str::to_owned), None, has_certificate).unwrap() {
            Login::None => Vec::new(),
            Login::Sasl(mechanisms) => mechanisms.iter().map(Mechanism::name).collect(),
        }
    }

    #[test]
    fn the_credentials_that_there_are_choose_the_mechanisms() {
        assert_eq!(names(None, None, false), ["ANONYMOUS"]);
        assert_eq!(names(None, None, true), ["EXTERNAL", "ANONYMOUS"]);
        assert_eq!(names(None, Some("bob"), true), ["PLAIN"]);
        assert_eq!(names(Some("external PLAIN"), Some("bob"), false), ["EXTERNAL", "PLAIN"]);
        assert_eq!(names(Some("PLAIN,ANONYMOUS"), Some("bob"), false), ["PLAIN", "ANONYMOUS"]);
    }

    #[test]
    fn mechanisms_that_cannot_be_are_refused() {
        for wrong in ["PLAIN", "GSSAPI", ""] {
            assert!(Login::choose(Some(wrong), None, None, true).is_err(), "{wrong}");
        }
    }
}
